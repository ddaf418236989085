package corpus

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"example.org/tweetarc/archive"
)

// officeFile is a zip that is one document: docx (ECMA-376), odt (OASIS
// OpenDocument 1.3) or epub (EPUB 3.3). A zip that only has some of their names in
// it is a container.
var officeFile = &format{
	name: "zip", exts: []string{".docx", ".docm", ".dotx", ".odt", ".ott", ".epub"},
	recognise: func(head []byte, name string) bool {
		if !isZip(head, name) {
			return false
		}
		for _, n := range [...]string{contentTypes, "_rels/.rels", "mimetypeapplication/", "META-INF/", "content.xml", "word/", "xl/", "ppt/", ".iwa"} {
			if bytes.Contains(head, []byte(n)) {
				return true
			}
		}
		return false
	},
	split: (*Reader).office,
	read:  (*source).office,
}

// flatOffice is an odt in one XML file (.fodt).
var flatOffice = &format{
	name: "OpenDocument text",
	recognise: func(head []byte, _ string) bool {
		_, name, tag := rootElement(head)
		return name == "document" && bytes.Contains(tag, []byte("opendocument.text"))
	},
	read: document(func(s *source, b []byte) *archive.Article {
		p := newProse(s.max)
		if err := p.read(bytes.NewReader(b)); err != nil && p.out.Len() == 0 {
			return s.text(b)
		}
		return s.prose(p)
	}),
}

// office gives a zip as a container; it is nil if the zip is a document.
func (r *Reader) office(in *input) batches {
	if in.nested {
		return nil
	}
	var file io.ReaderAt = in.disk
	size := in.Size
	if in.disk == nil {
		b := in.w.peek(int(r.maxRecord()))
		file, size = bytes.NewReader(b), int64(len(b))
	}
	if z, err := openZip(file, size); err == nil && documentIn(z) != nil {
		return nil
	}
	return r.zip(in)
}

// office reads a document that is a zip.
func (s *source) office(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		var file io.ReaderAt
		var size int64
		if s.disk != nil { // so its pictures are not in memory
			if info, err := s.disk.Stat(); err == nil {
				file, size = s.disk, info.Size()
			}
		}
		if file == nil {
			b, err := w.all(s.max)
			if err != nil {
				yield(s.record(1, nil, err))
				return
			}
			file, size = bytes.NewReader(b), int64(len(b))
		}
		z, err := openZip(file, size)
		if err != nil {
			yield(nil, fileError(s.file, err))
			return
		}
		kind := documentIn(z)
		switch {
		case kind == nil:
			unsplit(s, w)(yield)
			return
		case kind.read == nil:
			yield(nil, fileError(s.file, &refusal{name: kind.name, hint: kind.hint}))
			return
		}
		s.recognised(&format{name: kind.name})
		p := newProse(s.max)
		p.files = map[string]*zip.File{}
		for _, f := range z.File {
			p.files[f.Name] = f
		}
		err = kind.read(p)
		if err == nil || p.out.Len() > 0 { // also what was read before an error
			if !yield(s.record(1, s.prose(p), nil)) {
				return
			}
		}
		if err != nil {
			yield(s.record(1, nil, err))
		}
	}
}

// prose makes the article of what was read of a document.
func (s *source) prose(p *prose) *archive.Article {
	s.a = archive.Article{}
	if s.holds(p.out.Bytes()) {
		s.a = archive.Article{Body: p.out.String(), HTML: true, Title: oneLine(p.title), Date: day(p.date), URL: p.url, Outlet: outlet(p.publisher)}
	}
	return &s.a
}

// documentKind is a kind of document that is a zip: it is read, or there is a hint what
// to do instead.
type documentKind struct {
	name     string
	mimetype string   // how the file mimetype in it begins
	parts    []string // else, names in it: of files, of folders (word/), or endings of files (.iwa)
	read     func(*prose) error
	hint     string
}

// documentKinds are tried in this order.
var documentKinds = []documentKind{
	{name: "docx", parts: []string{contentTypes, "word/"}, read: (*prose).docx},
	{name: "Excel workbook (.xlsx)", parts: []string{contentTypes, "xl/"}, hint: asCSV},
	{name: "PowerPoint presentation (.pptx)", parts: []string{contentTypes, "ppt/"}, hint: asDocument},
	{name: "Office document", parts: []string{contentTypes}, hint: asDocument},
	{name: "odt", mimetype: openDocument + "text", read: (*prose).odt},
	{name: "OpenDocument spreadsheet (.ods)", mimetype: openDocument + "spreadsheet", hint: asCSV},
	{name: "OpenDocument file that is not a text", mimetype: openDocument, hint: asDocument},
	{name: "epub", mimetype: "application/epub+zip", read: (*prose).epub},
	{name: "epub", parts: []string{"META-INF/container.xml"}, read: (*prose).epub},
	{name: "odt", parts: []string{"content.xml", "META-INF/manifest.xml"}, read: (*prose).odt},
	{name: "iWork document", parts: []string{".iwa"}, hint: "save it as .docx or CSV"},
}

const (
	contentTypes = "[Content_Types].xml"
	openDocument = "application/vnd.oasis.opendocument."
)

// documentIn says which document a zip is, nil if it is only a zip.
func documentIn(z *zip.Reader) *documentKind {
	mimetype := mimetypeOf(z)
	for i := range documentKinds {
		d := &documentKinds[i]
		if d.mimetype != "" && strings.HasPrefix(mimetype, d.mimetype) {
			return d
		}
		if d.mimetype == "" && !slices.ContainsFunc(d.parts, func(part string) bool { return !hasPart(z, part) }) {
			return d
		}
	}
	return nil
}

// mimetypeOf is what the file mimetype in a zip says, "" without one.
func mimetypeOf(z *zip.Reader) string {
	for _, f := range z.File {
		if f.Name != "mimetype" {
			continue
		}
		if r, err := f.Open(); err == nil {
			defer r.Close()
			b, _ := io.ReadAll(io.LimitReader(r, 200))
			return string(bytes.TrimSpace(b))
		}
	}
	return ""
}

// hasPart says whether a zip has a part, named as in documentKind.
func hasPart(z *zip.Reader, part string) bool {
	return slices.ContainsFunc(z.File, func(f *zip.File) bool {
		return f.Name == part || part[len(part)-1] == '/' && strings.HasPrefix(f.Name, part) || part[0] == '.' && strings.HasSuffix(f.Name, part)
	})
}

// prose makes HTML of a document, and reads its title and the like.
type prose struct {
	out                         bytes.Buffer
	title, date, url, publisher string

	files  map[string]*zip.File
	most   int64             // bytes that may be unpacked
	budget int64             // how many of them are left
	max    int64             // bytes that may be written
	links  map[string]string // of docx: targets by their IDs

	paragraph paragraph
	inLink    bool
	field     string // the instruction of the field of docx that has begun
}

// paragraph is a paragraph or a heading. Its first word opens it.
type paragraph struct {
	tag  string // p, h1; "" before anything has begun
	open bool
}

// newProse is for a document in a record of at most max bytes. The text is in memory
// more than once, so only half of max is unpacked, and an eighth of it written.
func newProse(max int64) *prose { return &prose{most: max / 2, budget: max / 2, max: max / 8} }

// maxOpen is the limit for elements inside elements: the decoder remembers all that
// are open.
const maxOpen = 1000

var errOpen = fmt.Errorf("XML elements inside elements, deeper than %d", maxOpen)

// part opens a part of the document.
func (p *prose) part(name string) (io.ReadCloser, error) {
	f := p.files[strings.TrimPrefix(name, "/")]
	if f == nil {
		return nil, errPart(name)
	}
	if f.Flags&1 != 0 {
		return nil, errEncrypted
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &bounded{r, p}, nil
}

func errPart(name string) error {
	return fmt.Errorf("the document is incomplete: it has no part %s", name)
}

var errSpine = errors.New("the document is incomplete: it does not say where its pages are")

// bounded reads a part and counts what is unpacked.
type bounded struct {
	io.ReadCloser
	of *prose
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.of.budget -= int64(n); b.of.budget < 0 {
		return 0, tooLong(b.of.most)
	}
	return n, err
}

// xmlDecoder also reads XML that is not quite valid.
func xmlDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.Strict, d.Entity, d.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	return d
}

// elements calls f with each element of a part. A part that is missing has none.
func (p *prose) elements(name string, f func(t xml.StartElement, d *xml.Decoder)) error {
	if p.files[name] == nil {
		return nil
	}
	r, err := p.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	d, depth := xmlDecoder(r), 0
	for {
		switch t, err := d.Token(); t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxOpen {
				return fmt.Errorf("%s: %w", name, errOpen)
			}
			at := d.InputOffset()
			if f(t, d); d.InputOffset() > at { // f read it to its end
				depth--
			}
		case xml.EndElement:
			depth--
		case nil:
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

// skipElement reads an element to its end.
func skipElement(d *xml.Decoder) error {
	for depth := 1; depth > 0; {
		switch t, err := d.Token(); t.(type) {
		case nil:
			return err
		case xml.StartElement:
			if depth++; depth > maxOpen {
				return errOpen
			}
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// chars gives the text of the element that has begun, and reads it to its end.
func chars(d *xml.Decoder) string {
	text, _, _ := textOf(d)
	return strings.TrimSpace(text)
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// docx reads the text, then the notes. It takes no date: the day of creation belongs
// to the file, not to the article, and converters write the day of converting. The
// same is true of odt.
func (p *prose) docx() error {
	err := p.elements("docProps/core.xml", func(t xml.StartElement, d *xml.Decoder) {
		if t.Name.Local == "title" {
			p.title = chars(d)
		}
	})
	main := "word/document.xml"
	err = errors.Join(err, p.elements("_rels/.rels", func(t xml.StartElement, _ *xml.Decoder) {
		if strings.HasSuffix(attr(t, "Type"), "/officeDocument") {
			main = strings.TrimPrefix(attr(t, "Target"), "/")
		}
	}))
	for _, name := range [...]string{main, path.Join(path.Dir(main), "footnotes.xml"), path.Join(path.Dir(main), "endnotes.xml")} {
		if name != main && p.files[name] == nil {
			continue
		}
		p.links = map[string]string{}
		rels := path.Join(path.Dir(name), "_rels", path.Base(name)+".rels")
		err = errors.Join(err, p.elements(rels, func(t xml.StartElement, _ *xml.Decoder) {
			if strings.HasSuffix(attr(t, "Type"), "/hyperlink") {
				p.links[attr(t, "Id")] = attr(t, "Target")
			}
		}), p.readPart(name))
	}
	return first(err)
}

// odt reads the title, then the text.
func (p *prose) odt() error {
	locked := false
	err := p.elements("META-INF/manifest.xml", func(t xml.StartElement, _ *xml.Decoder) {
		locked = locked || t.Name.Local == "encryption-data"
	})
	if locked {
		return errEncrypted
	}
	if p.files["meta.xml"] != nil {
		err = errors.Join(err, p.readPart("meta.xml"))
	}
	return first(errors.Join(err, p.readPart("content.xml")))
}

// epub reads the pages of the spine, in its order.
func (p *prose) epub() error {
	opf := ""
	if err := p.elements("META-INF/container.xml", func(t xml.StartElement, _ *xml.Decoder) {
		if t.Name.Local == "rootfile" {
			opf = cmp.Or(opf, attr(t, "full-path"))
		}
	}); err != nil {
		return err
	}
	switch {
	case opf == "":
		return errSpine
	case p.files[opf] == nil:
		return errPart(opf)
	}
	p.most, p.budget = p.max, min(p.budget, p.max) // a page is read as a whole
	items := map[string]string{}
	var spine []string
	err := p.elements(opf, func(t xml.StartElement, d *xml.Decoder) {
		switch t.Name.Local {
		case "item":
			items[attr(t, "id")] = attr(t, "href")
		case "itemref":
			spine = append(spine, attr(t, "idref"))
		case "title":
			p.title = cmp.Or(p.title, chars(d))
		case "publisher":
			p.publisher = cmp.Or(p.publisher, chars(d))
		case "source", "identifier":
			p.url = cmp.Or(p.url, address(chars(d)))
		case "date":
			if e := attr(t, "event"); e == "" || e == "publication" {
				p.date = cmp.Or(p.date, chars(d))
			}
		}
	})
	for _, id := range spine {
		href, unescapeErr := url.PathUnescape(items[id])
		if unescapeErr != nil {
			href = items[id]
		}
		err = errors.Join(err, p.page(path.Join(path.Dir(opf), href)))
	}
	return first(err)
}

// page appends a page of an epub.
func (p *prose) page(name string) error {
	r, err := p.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if isBinary(b) {
		return errors.Join(errEncrypted, err)
	}
	s := htmlText(b, "")
	if _, after, ok := strings.Cut(s, "<body"); ok {
		_, s, _ = strings.Cut(after, ">")
		if i := strings.LastIndex(s, "</body"); i >= 0 {
			s = s[:i]
		}
	}
	p.out.WriteString(s)
	p.out.WriteByte('\n')
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// first is the first of some joined errors: a record has only one.
func first(err error) error {
	for {
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok {
			return err
		}
		err = joined.Unwrap()[0]
	}
}

// readPart reads a part with text.
func (p *prose) readPart(name string) error {
	r, err := p.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := p.read(r); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// What the elements of docx and odt become, by their local names. Of all others only
// the text counts.
var (
	// blocks are elements of HTML.
	blocks = map[string]string{"tbl": "table", "table": "table", "tr": "tr", "table-row": "tr", "tc": "td", "table-cell": "td", "list": "ul", "list-item": "li"}

	// unspoken is not part of the text.
	unspoken = map[string]bool{
		"moveFrom": true, "binary-data": true, "Fallback": true, "tracked-changes": true, "annotation": true, "note-citation": true,
		"desc": true, "styles": true, "automatic-styles": true, "master-styles": true, "scripts": true, "settings": true,
	}
)

// xmlProse reads the XML of a docx or odt.
type xmlProse struct {
	*prose
	d      *xml.Decoder
	depth  int
	inRun  bool // in the text of a run of docx
	inText int  // in so many paragraphs of odt

	// In a note of odt, out has the text of the note.
	inNote bool
	around paragraph    // the one that the note is in
	text   bytes.Buffer // what was written before the note
	notes  bytes.Buffer // all notes before
}

// read makes HTML of the XML of docx or odt. After an error, what was read before it
// is there.
func (p *prose) read(r io.Reader) error {
	x := xmlProse{prose: p, d: xmlDecoder(r)}
	err := x.tokens()
	x.endNote()
	p.end()
	p.out.Write(x.notes.Bytes())
	return err
}

// tokens reads all tokens of the XML.
func (x *xmlProse) tokens() error {
	for {
		t, err := x.d.Token()
		if x.out.Len()+x.notes.Len() > int(x.max) {
			return tooLong(x.max)
		}
		switch t := t.(type) {
		case nil:
			if err == io.EOF {
				return nil
			}
			return err
		case xml.CharData:
			switch {
			case x.inRun:
				x.say(string(t))
			case x.inText > 0:
				x.say(collapsed(string(t)))
			}
		case xml.StartElement:
			if err := x.startElement(t); err != nil {
				return err
			}
		case xml.EndElement:
			x.endElement(t.Name.Local)
		}
	}
}

// startElement begins an element. Those without text of the article are read to their
// end.
func (x *xmlProse) startElement(t xml.StartElement) error {
	if x.depth++; x.depth > maxOpen {
		return errOpen
	}
	name := t.Name.Local
	odf := !strings.Contains(t.Name.Space, "wordprocessingml") && t.Name.Space != "w"
	switch {
	case unspoken[name]:
		x.depth--
		return skipElement(x.d)
	case name == "title" && isDublinCore(t.Name.Space):
		x.title = chars(x.d)
		x.depth--
	case name == "t" && !odf:
		x.inRun = true
	case name == "note" && odf && !x.inNote:
		x.startNote()
	case name == "instrText":
		x.field += chars(x.d)
		x.depth--
	case name == "fldSimple":
		x.field = attr(t, "instr")
		x.link(fieldTarget(x.field))
	default:
		x.start(name, t)
		if odf && (name == "p" || name == "h") {
			x.inText++
		}
	}
	return nil
}

func isDublinCore(space string) bool { return space == "dc" || strings.Contains(space, "purl.org/dc/") }

// endElement ends an element.
func (x *xmlProse) endElement(name string) {
	x.depth--
	switch name {
	case "t":
		x.inRun = false
	case "p", "h":
		x.end()
		x.inText = max(0, x.inText-1)
	case "a", "hyperlink", "fldSimple":
		x.unlink()
	case "note":
		x.endNote()
	default:
		if b := blocks[name]; b != "" {
			x.end()
			fmt.Fprintf(&x.out, "</%s>\n", b)
		}
	}
}

// startNote begins a note of odt, which is written after the text.
func (x *xmlProse) startNote() {
	x.inNote, x.around, x.text = true, x.paragraph, x.out
	x.paragraph, x.out = paragraph{}, bytes.Buffer{}
}

// endNote goes back to what is around the note.
func (x *xmlProse) endNote() {
	if !x.inNote {
		return
	}
	x.end()
	x.notes.Write(x.out.Bytes())
	x.inNote, x.paragraph, x.out = false, x.around, x.text
}

// start begins a paragraph, a link or a block, or writes what a small element means.
func (p *prose) start(name string, t xml.StartElement) {
	switch name {
	case "p":
		p.end()
		p.paragraph.tag = "p"
	case "h":
		p.end()
		p.paragraph.tag = "h" + strconv.Itoa(min(6, max(1, level(attr(t, "outline-level")))))
	case "pStyle":
		if style := attr(t, "val"); strings.Contains(style, "eading") || strings.Contains(style, "erschrift") || style == "Title" {
			p.paragraph.tag = "h" + strconv.Itoa(level(style[len(style)-1:]))
		}
	case "br", "cr", "line-break":
		p.begin()
		p.out.WriteString("<br>")
	case "tab":
		if p.paragraph.open { // else it is a tab stop of the style
			p.say("\t")
		}
	case "noBreakHyphen":
		p.say("-")
	case "s":
		p.say(" ")
	case "a":
		p.link(attr(t, "href"))
	case "hyperlink":
		p.link(p.links[attr(t, "id")])
	case "fldChar":
		switch attr(t, "fldCharType") {
		case "begin":
			p.field = ""
		case "separate":
			p.link(fieldTarget(p.field))
		case "end":
			p.unlink()
		}
	default:
		if b := blocks[name]; b != "" {
			p.end()
			fmt.Fprintf(&p.out, "<%s>", b)
		}
	}
}

// level is the level of a heading.
func level(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 6 {
		return 1
	}
	return n
}

// fieldTarget is where the link of a field leads: HYPERLINK "https://..."
func fieldTarget(instr string) string {
	if _, after, ok := strings.Cut(instr, "HYPERLINK"); ok {
		if _, after, ok = strings.Cut(after, `"`); ok {
			target, _, _ := strings.Cut(after, `"`)
			return target
		}
	}
	return ""
}

// begin opens the paragraph, if it is not open.
func (p *prose) begin() {
	if !p.paragraph.open {
		p.paragraph.tag = cmp.Or(p.paragraph.tag, "p")
		fmt.Fprintf(&p.out, "<%s>", p.paragraph.tag)
		p.paragraph.open = true
	}
}

// end closes the paragraph, if it is open.
func (p *prose) end() {
	p.unlink()
	if p.paragraph.open {
		fmt.Fprintf(&p.out, "</%s>\n", p.paragraph.tag)
	}
	p.paragraph = paragraph{}
}

// link opens a link if its target is on the web.
func (p *prose) link(target string) {
	if target = address(target); target == "" {
		return
	}
	p.unlink()
	p.begin()
	fmt.Fprintf(&p.out, `<a href="%s">`, strings.ReplaceAll(markupEscaper.Replace(target), `"`, "%22"))
	p.inLink = true
}

// unlink closes the link, if one is open.
func (p *prose) unlink() {
	if p.inLink {
		p.out.WriteString("</a>")
	}
	p.inLink = false
}

var markupEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;")

// say writes words.
func (p *prose) say(words string) {
	if words == "" {
		return
	}
	p.begin()
	markupEscaper.WriteString(&p.out, words)
}

// collapsed is s with one space for any white space, as OpenDocument says.
func collapsed(s string) string {
	words := strings.Join(strings.Fields(s), " ")
	if s != "" && strings.TrimLeft(s[:1], " \t\r\n") == "" {
		words = " " + words
	}
	if len(s) > 1 && strings.TrimLeft(s[len(s)-1:], " \t\r\n") == "" {
		words += " "
	}
	return words
}
