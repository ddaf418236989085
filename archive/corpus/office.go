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
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"example.org/tweetarc/archive"
)

// officeFile is a zip that is one document: docx (ECMA-376), odt (OASIS
// OpenDocument 1.3) or epub (EPUB 3.3). Any other zip with such names in it is a
// container.
var officeFile = &format{
	name: "zip", exts: []string{".docx", ".docm", ".dotx", ".odt", ".ott", ".epub"},
	recognise: func(head []byte, name string) bool {
		if !isZip(head, name) {
			return false
		}
		for _, n := range [...]string{"[Content_Types].xml", "_rels/.rels", "mimetypeapplication/", "META-INF/", "content.xml", "word/", "xl/", "ppt/", ".iwa"} {
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

// office gives a zip that is no document as a container; nil is a document.
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
	if z, err := openZip(file, size); err == nil && documentKind(z) != "" {
		return nil
	}
	return r.zip(in)
}

// office reads a document that is a zip.
func (s *source) office(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		var file io.ReaderAt
		var size int64
		if s.disk != nil { // its pictures need not be in memory
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
		kind := documentKind(z)
		read := documentReaders[kind]
		switch hint := documentHints[kind]; {
		case read != nil:
		case hint != "":
			yield(nil, fileError(s.file, &refusal{name: kind, hint: hint}))
			return
		default: // a zip after all
			unsplit(s, w)(yield)
			return
		}
		s.recognised(&format{name: kind})
		p := newProse(s.max)
		p.files = map[string]*zip.File{}
		for _, f := range z.File {
			p.files[f.Name] = f
		}
		err = read(p)
		if err == nil || p.out.Len() > 0 {
			if !yield(s.record(1, s.prose(p), nil)) {
				return
			}
		}
		if err != nil { // what could be read of it is kept
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

var documentReaders = map[string]func(*prose) error{"docx": (*prose).docx, "odt": (*prose).odt, "epub": (*prose).epub}

// documentHints are the documents that are not read.
var documentHints = map[string]string{
	"Excel workbook (.xlsx)": asCSV, "PowerPoint presentation (.pptx)": asDocument, "Office document": asDocument,
	"OpenDocument spreadsheet (.ods)": asCSV, "OpenDocument file that is no text": asDocument, "iWork document": "save it as .docx or CSV",
}

// documentKind says which document a zip is, "" if none.
func documentKind(z *zip.Reader) string {
	var mimetype string
	has := map[string]bool{}
	for _, f := range z.File {
		folder, _, inside := strings.Cut(f.Name, "/")
		switch {
		case f.Name == "mimetype" && mimetype == "":
			if r, err := f.Open(); err == nil {
				b, _ := io.ReadAll(io.LimitReader(r, 200))
				r.Close()
				mimetype = string(bytes.TrimSpace(b))
			}
		case f.Name == "[Content_Types].xml", f.Name == "content.xml", f.Name == "META-INF/manifest.xml", f.Name == "META-INF/container.xml":
			has[f.Name] = true
		case inside && (folder == "word" || folder == "xl" || folder == "ppt"):
			has[folder] = true
		case strings.HasSuffix(f.Name, ".iwa"):
			has["iwa"] = true
		}
	}
	const opendocument = "application/vnd.oasis.opendocument."
	switch {
	case has["[Content_Types].xml"] && has["word"]:
		return "docx"
	case has["[Content_Types].xml"] && has["xl"]:
		return "Excel workbook (.xlsx)"
	case has["[Content_Types].xml"] && has["ppt"]:
		return "PowerPoint presentation (.pptx)"
	case has["[Content_Types].xml"]:
		return "Office document"
	case strings.HasPrefix(mimetype, opendocument+"text"):
		return "odt"
	case strings.HasPrefix(mimetype, opendocument+"spreadsheet"):
		return "OpenDocument spreadsheet (.ods)"
	case strings.HasPrefix(mimetype, opendocument):
		return "OpenDocument file that is no text"
	case mimetype == "application/epub+zip", has["META-INF/container.xml"]:
		return "epub"
	case has["content.xml"] && has["META-INF/manifest.xml"]:
		return "odt"
	case has["iwa"]:
		return "iWork document"
	}
	return ""
}

// prose makes HTML of a document, and reads what the document says of itself.
type prose struct {
	out                         bytes.Buffer
	title, date, url, publisher string

	files  map[string]*zip.File
	most   int64             // bytes that may be unpacked
	budget int64             // ... that still may
	max    int64             // bytes that may be written
	links  map[string]string // of docx: targets by their IDs

	paragraph string // the element that is open, or is to be with its first word
	open      bool
	anchor    bool   // a link is open
	field     string // the instruction of a field of docx that has begun
}

// newProse is for a document of which half as much is unpacked, and an eighth as much
// written, as a record may have: its text is in memory more than once.
func newProse(max int64) *prose { return &prose{most: max / 2, budget: max / 2, max: max / 8} }

// maxOpen is how deep the elements of a document are nested at most: the decoder
// remembers all that are open.
const maxOpen = 1000

var errOpen = fmt.Errorf("elements nested deeper than %d", maxOpen)

// part opens a part of the document.
func (p *prose) part(name string) (io.ReadCloser, error) {
	f := p.files[strings.TrimPrefix(name, "/")]
	if f == nil {
		return nil, fmt.Errorf("%s: no such part in this document", name)
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

// xmlDecoder reads XML as it is written by people, too.
func xmlDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.Strict, d.Entity, d.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	return d
}

// elements calls f with each element of a part that has one; a part that is not
// there has none.
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
			if f(t, d); d.InputOffset() > at { // its end is read
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

// skipElement passes over the rest of an element.
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

// chars is the text of the element that has begun, whose end is read.
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

// docx reads the text, then the notes. It has no day: that of its creation is the
// file's, not the article's, and a converter writes the day of converting. The same
// holds for odt.
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
	if p.files[opf] == nil {
		return fmt.Errorf("%s: no such part in this document", cmp.Or(opf, "META-INF/container.xml"))
	}
	p.most, p.budget = p.max, min(p.budget, p.max) // a page is read at once
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

// first is the first of the errors that were joined: they are of one record.
func first(err error) error {
	for {
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok {
			return err
		}
		err = joined.Unwrap()[0]
	}
}

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

// What elements of docx and odt are in HTML, by their local names. What is not here
// is only passed through.
var (
	blocks   = map[string]string{"tbl": "table", "table": "table", "tr": "tr", "table-row": "tr", "tc": "td", "table-cell": "td", "list": "ul", "list-item": "li"}
	unspoken = map[string]bool{"moveFrom": true, "binary-data": true, "Fallback": true, "tracked-changes": true, "annotation": true, "note-citation": true,
		"desc": true, "styles": true, "automatic-styles": true, "master-styles": true, "scripts": true, "settings": true}
)

// read makes HTML of the XML of docx or odt.
func (p *prose) read(r io.Reader) error {
	d := xmlDecoder(r)
	run, text := false, 0 // in a run's text; in so many paragraphs of odt
	depth := 0
	var notes bytes.Buffer
	var outer *prose // what is around a note
	for {
		t, err := d.Token()
		if p.out.Len()+notes.Len() > int(p.max) {
			return tooLong(p.max)
		}
		switch t := t.(type) {
		case nil:
			p.end()
			p.out.Write(notes.Bytes())
			if err == io.EOF {
				return nil
			}
			return err
		case xml.CharData:
			switch {
			case run:
				p.say(string(t))
			case text > 0:
				p.say(collapsed(string(t)))
			}
		case xml.StartElement:
			if depth++; depth > maxOpen {
				p.end()
				return errOpen
			}
			name := t.Name.Local
			odf := !strings.Contains(t.Name.Space, "wordprocessingml") && t.Name.Space != "w"
			switch {
			case unspoken[name]:
				depth--
				if err := skipElement(d); err != nil {
					return err
				}
			case name == "title" && (t.Name.Space == "dc" || strings.Contains(t.Name.Space, "purl.org/dc/")):
				p.title, depth = chars(d), depth-1
			case !odf && name == "t":
				run = true
			case odf && name == "note" && outer == nil: // it comes after the text
				outer = &prose{out: p.out, paragraph: p.paragraph, open: p.open}
				p.out, p.paragraph, p.open = bytes.Buffer{}, "", false
			case name == "instrText" || name == "fldSimple":
				if name == "fldSimple" {
					p.field = attr(t, "instr")
					p.link(fieldTarget(p.field))
				} else {
					p.field += chars(d)
					depth--
				}
			default:
				p.start(name, t)
				if odf && (name == "p" || name == "h") {
					text++
				}
			}
		case xml.EndElement:
			depth--
			switch name := t.Name.Local; name {
			case "t":
				run = false
			case "p", "h":
				p.end()
				text = max(0, text-1)
			case "a", "hyperlink", "fldSimple":
				p.unlink()
			case "note":
				if outer != nil {
					p.end()
					notes.Write(p.out.Bytes())
					p.out, p.paragraph, p.open = outer.out, outer.paragraph, outer.open
					outer = nil
				}
			default:
				if b := blocks[name]; b != "" {
					p.end()
					fmt.Fprintf(&p.out, "</%s>\n", b)
				}
			}
		}
	}
}

// start begins what an element is.
func (p *prose) start(name string, t xml.StartElement) {
	switch name {
	case "p":
		p.end()
		p.paragraph = "p"
	case "h":
		p.end()
		p.paragraph = "h" + strconv.Itoa(min(6, max(1, level(attr(t, "outline-level")))))
	case "pStyle":
		if style := attr(t, "val"); strings.Contains(style, "eading") || strings.Contains(style, "erschrift") || style == "Title" {
			p.paragraph = "h" + strconv.Itoa(level(style[len(style)-1:]))
		}
	case "br", "cr", "line-break":
		p.begin()
		p.out.WriteString("<br>")
	case "tab":
		if p.open { // else a stop of its style
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

// level is that of a heading, from a number.
func level(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 6 {
		return 1
	}
	return n
}

// fieldTarget is where a field leads to: HYPERLINK "https://..."
func fieldTarget(instr string) string {
	if _, after, ok := strings.Cut(instr, "HYPERLINK"); ok {
		if _, after, ok = strings.Cut(after, `"`); ok {
			target, _, _ := strings.Cut(after, `"`)
			return target
		}
	}
	return ""
}

func (p *prose) begin() {
	if !p.open {
		p.paragraph = cmp.Or(p.paragraph, "p")
		fmt.Fprintf(&p.out, "<%s>", p.paragraph)
		p.open = true
	}
}

func (p *prose) end() {
	p.unlink()
	if p.open {
		fmt.Fprintf(&p.out, "</%s>\n", p.paragraph)
	}
	p.open, p.paragraph = false, ""
}

func (p *prose) link(target string) {
	if target = address(target); target == "" {
		return
	}
	p.unlink()
	p.begin()
	fmt.Fprintf(&p.out, `<a href="%s">`, strings.ReplaceAll(markupEscaper.Replace(target), `"`, "%22"))
	p.anchor = true
}

func (p *prose) unlink() {
	if p.anchor {
		p.out.WriteString("</a>")
	}
	p.anchor = false
}

var markupEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;")

func (p *prose) say(words string) {
	if words == "" {
		return
	}
	p.begin()
	markupEscaper.WriteString(&p.out, words)
}

// collapsed is s with white space as OpenDocument has it: any amount is one space.
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
