package corpus

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"example.org/tweetarc/archive"
)

// feedFile is RSS 0.9 to 2.0 (WordPress exports are RSS too) or Atom (RFC 4287).
// Each item is a record and is read by itself, so that a broken item costs no other.
var feedFile = &format{
	name: "feed", exts: []string{".rss", ".atom", ".rdf"},
	recognise: func(head []byte, _ string) bool {
		_, name, tag := rootElement(head)
		return name == "rss" ||
			name == "RDF" && bytes.Contains(tag, []byte("purl.org/")) && bytes.Contains(head, []byte("purl.org/rss/")) ||
			name == "feed" && (bytes.Contains(tag, []byte("/Atom")) || bytes.Contains(tag, []byte("purl.org/atom")))
	},
	read: (*source).feed,
}

// rootElement gives the prefix, the name and the whole tag of the first element of an
// XML file.
func rootElement(b []byte) (prefix, name string, tag []byte) {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		end := ""
		switch {
		case bytes.HasPrefix(b, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(b, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(b, []byte("<!")):
			end = ">"
		case bytes.HasPrefix(b, []byte("<")):
			tag, _, _ = bytes.Cut(b, []byte(">"))
			full := tagName(b)
			prefix, name, ok := strings.Cut(full, ":")
			if !ok {
				prefix, name = "", full
			}
			return prefix, name, tag
		default:
			return "", "", nil
		}
		i := bytes.Index(b, []byte(end))
		if i < 0 {
			return "", "", nil
		}
		b = b[i+len(end):]
	}
}

// tagName is the name in the tag that b begins with, without the slash of an end tag.
func tagName(b []byte) string {
	b = bytes.TrimPrefix(b[1:], []byte("/"))
	i := bytes.IndexAny(b[:min(len(b), maxTag)], " \t\r\n/><")
	if i < 0 {
		return ""
	}
	return string(b[:i])
}

// feed reads the items of a feed.
func (s *source) feed(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		w := s.decodedXML(w)
		head := w.peek(sniffLen)
		prefix, root, _ := rootElement(head)
		f := &feed{w: w, max: s.max / 4}
		f.root, f.item = elementNames(prefix, root)
		publisher := outlet(feedTitle(head, f.item))
		for n := 1; ; n++ {
			raw, err := f.next()
			if err == io.EOF {
				return
			}
			var a *archive.Article
			if err == nil {
				a, err = s.feedItem(raw, prefix)
			}
			if err == nil && a.Body+a.Title+a.URL != "" {
				a.Outlet = publisher
			}
			a, err = s.record(n, a, err)
			if !yield(a, err) || f.ended {
				return
			}
		}
	}
}

// elementNames gives the names of the feed and of its items, as they are in tags.
func elementNames(prefix, root string) (feed, item string) {
	item = "item"
	if root == "feed" {
		item = "entry"
	}
	switch {
	case prefix == "":
		return root, item
	case root == "RDF": // the items of RSS 1.0 are in another namespace
		return prefix + ":" + root, item
	}
	return prefix + ":" + root, prefix + ":" + item
}

// decodedXML is w in UTF-8 if its XML declaration names another encoding.
func (s *source) decodedXML(w *window) *window {
	name := xmlEncoding(w.peek(sniffLen))
	if name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf-16") {
		return w
	}
	r, err := charset.NewReaderLabel(name, w)
	if err != nil {
		return w
	}
	return s.window(r)
}

// xmlEncoding is the encoding that an XML declaration names, "" without one.
func xmlEncoding(head []byte) string {
	decl, _, ok := bytes.Cut(head, []byte("?>"))
	if !ok || !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<?xml")) {
		return ""
	}
	_, after, ok := bytes.Cut(decl, []byte("encoding="))
	if !ok || len(after) < 2 {
		return ""
	}
	name, _, _ := bytes.Cut(after[1:], after[:1])
	return string(name)
}

// feedTitle is the title of a feed, from what is before its first item.
func feedTitle(head []byte, item string) string {
	if i := bytes.Index(head, []byte("<"+item)); i >= 0 {
		head = head[:i]
	}
	d := xmlDecoder(bytes.NewReader(head))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is decoded already
	for {
		switch t, _ := d.Token(); t := t.(type) {
		case nil:
			return ""
		case xml.StartElement:
			switch t.Name.Local {
			case "image":
				skipElement(d)
			case "title":
				return chars(d)
			}
		}
	}
}

// feed cuts a feed into its items.
type feed struct {
	w          *window
	max        int64  // bytes of an item: fewer than of a record, as it is in memory more than once
	root, item string // the names of the elements
	closed     bool   // the feed's last tag was seen
	ended      bool   // by an error, after which nothing can be read
}

var errNoEndTag = errors.New("the feed is incomplete: its last tag is missing")

// next gives the next item with its tags; the end is io.EOF.
func (f *feed) next() ([]byte, error) {
	if err := f.toItem(); err != nil {
		return nil, err
	}
	for at := 0; ; {
		b, e, err := f.markup(at)
		switch {
		case err == io.EOF:
			f.ended = true
			return nil, errTruncated
		case err != nil && f.w.failure() != nil:
			f.ended = true
			return nil, err
		case err != nil || int64(e) > f.max:
			f.resync()
			return nil, tooLong(f.max)
		}
		tag := f.w.data()[b:e]
		if ends := tag[1] == '/' || at == 0 && bytes.HasSuffix(tag, []byte("/>")); ends && tagName(tag) == f.item {
			raw := f.w.data()[:e]
			f.w.skip(e)
			return raw, nil
		}
		at = e
	}
}

// toItem goes to the beginning of the next item.
func (f *feed) toItem() error {
	for {
		b, e, err := f.markup(0)
		if err != nil {
			if err == io.EOF && !f.closed {
				err = errNoEndTag
			}
			f.ended = err != io.EOF
			return err
		}
		tag := f.w.data()[b:e]
		if name := tagName(tag); name == f.item && tag[1] != '/' {
			f.w.skip(b)
			return nil
		} else if name == f.root && tag[1] == '/' {
			f.closed = true
		}
		f.w.skip(e)
	}
}

// markup finds the next tag, comment or section in the window, from byte at on. It is
// data[b:e]. If it is longer than max, that is an error.
func (f *feed) markup(at int) (b, e int, err error) {
	more := func() error {
		if int64(len(f.w.data())-min(at, b)) > f.max {
			return tooLong(f.max)
		}
		if f.w.more() {
			return nil
		}
		return cmp.Or(f.w.failure(), io.EOF)
	}
	for b = at; ; {
		if i := bytes.IndexByte(f.w.data()[b:], '<'); i >= 0 {
			b += i
			break
		}
		b = len(f.w.data())
		if at == 0 { // between items
			f.w.skip(b)
			b = 0
		}
		if err := more(); err != nil {
			return 0, 0, err
		}
	}
	for len(f.w.data())-b < len("<![CDATA[") {
		if more() != nil {
			break
		}
	}
	end := ">"
	for _, m := range [...][2]string{{"<![CDATA[", "]]>"}, {"<!--", "-->"}, {"<?", "?>"}} {
		if bytes.HasPrefix(f.w.data()[b:], []byte(m[0])) {
			end = m[1]
		}
	}
	for from := b + 1; ; {
		if i := bytes.Index(f.w.data()[from:], []byte(end)); i >= 0 {
			return b, from + i + len(end), nil
		}
		from = max(from, len(f.w.data())-len(end)+1)
		if err := more(); err != nil {
			return 0, 0, err
		}
	}
}

// resync skips the rest of an item.
func (f *feed) resync() {
	end := []byte("</" + f.item + ">")
	for {
		if i := bytes.Index(f.w.data(), end); i >= 0 {
			f.w.skip(i + len(end))
			return
		}
		f.w.skip(max(0, len(f.w.data())-len(end)))
		if !f.w.more() {
			f.w.skip(len(f.w.data()))
			return
		}
	}
}

// feedItem makes the article of an item. prefix is the prefix of the feed's own
// elements, "" without one.
func (s *source) feedItem(raw []byte, prefix string) (*archive.Article, error) {
	if !hidesASCII(raw) && !s.holds(raw) {
		return s.dropped()
	}
	item, err := readItem(xmlText(raw), prefix)
	if err != nil {
		return nil, err
	}
	text := item.text
	if strings.TrimSpace(text.body) == "" {
		text = item.teaser
	}
	if !s.holds([]byte(text.body)) {
		return s.dropped()
	}
	s.a = archive.Article{
		Body: text.body, HTML: text.isHTML, Title: oneLine(html.UnescapeString(item.title)),
		URL:  cmp.Or(address(item.original), address(item.link), address(item.guid), address(item.id)),
		Date: cmp.Or(day(item.published), day(item.dated)),
	}
	return &s.a, nil
}

// feedItem is what the elements of an item say.
type feedItem struct {
	text, teaser             feedText
	title                    string
	original, link, guid, id string // what may be its address, the surest first
	published, dated         string // what may be its date, the surest first
}

// readItem reads the elements of an item.
func readItem(raw []byte, prefix string) (item feedItem, err error) {
	d := xmlDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil { // the item itself
		return item, err
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			return item, nil
		}
		if err != nil {
			return item, err
		}
		if e, ok := t.(xml.StartElement); ok {
			begin := int(d.InputOffset())
			value, end, err := textOf(d)
			if err != nil && err != io.EOF {
				return item, err
			}
			item.any(e, value)
			if isFeeds(e.Name.Space, prefix) {
				item.own(e, value, raw[begin:end])
			}
		}
	}
}

// isFeeds says whether elements of a namespace are the feed's own.
func isFeeds(space, prefix string) bool {
	return space == "" || space == prefix || space == "rss" || space == "atom" || strings.Contains(space, "/Atom") || strings.Contains(space, "purl.org/rss/")
}

// any takes the value of an element that has one meaning in every namespace.
func (f *feedItem) any(e xml.StartElement, value string) {
	switch e.Name.Local {
	case "encoded":
		if e.Name.Space != "excerpt" {
			f.text = feedText{value, true}
		}
	case "origLink": // the address behind FeedBurner's link
		f.original = value
	case "pubDate":
		f.published = cmp.Or(f.published, value)
	case "date", "post_date":
		f.dated = cmp.Or(f.dated, value)
	}
}

// own takes the value of an element of the feed's namespace.
func (f *feedItem) own(e xml.StartElement, value string, raw []byte) {
	switch e.Name.Local {
	case "content":
		f.text = atomText(e, value, raw)
	case "description", "summary":
		f.teaser = atomText(e, value, raw)
	case "title":
		f.title = value
	case "link":
		rel := attr(e, "rel")
		switch href := attr(e, "href"); {
		case href == "":
			f.link = cmp.Or(value, f.link)
		case rel == "" || rel == "alternate":
			f.link = cmp.Or(f.link, href)
		}
	case "guid":
		if attr(e, "isPermaLink") != "false" {
			f.guid = value
		}
	case "id":
		f.id = value
	case "published", "issued":
		f.published = cmp.Or(f.published, value)
	case "updated", "created":
		f.dated = cmp.Or(f.dated, value)
	}
}

// hidesASCII says whether b has printable ASCII written as character references, where
// a prefilter does not see it.
func hidesASCII(b []byte) bool {
	for {
		i := bytes.Index(b, []byte("&#"))
		if i < 0 {
			return false
		}
		b = b[i+2:]
		if len(b) > 0 && b[0]|0x20 == 'x' {
			return true
		}
		if n, _ := number(string(b[:min(len(b), 10)])); ' ' < n && n < 0x7f && strings.IndexByte(`"&'/\<>`, byte(n)) < 0 {
			return true
		}
	}
}

// xmlText is b as UTF-8, without the characters that XML does not allow. One of them
// would make the item unreadable.
func xmlText(b []byte) []byte {
	if controls(b) == 0 && bytes.IndexByte(b, '\f') < 0 && bytes.IndexByte(b, 0x1b) < 0 && utf8.Valid(b) && !bytes.Contains(b, []byte("\xef\xbf")) {
		return b
	}
	return []byte(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, utf8Text(b)))
}

type feedText struct {
	body   string
	isHTML bool
}

// unprefixed is XHTML without the prefix of its elements, if they have one.
func unprefixed(s string) string {
	_, first, _ := strings.Cut(s, "<")
	prefix, _, ok := strings.Cut(first[:max(0, strings.IndexAny(first, " \t\r\n/>"))], ":")
	if !ok || prefix == "" {
		return s
	}
	return strings.NewReplacer("<"+prefix+":", "<", "</"+prefix+":", "</").Replace(s)
}

// atomText reads a text by its type, as Atom has it. In RSS there is no type: then the
// text is HTML if it has tags or entities.
func atomText(e xml.StartElement, value string, raw []byte) feedText {
	switch strings.ToLower(attr(e, "type")) {
	case "xhtml", "application/xhtml+xml":
		return feedText{unprefixed(string(raw)), true}
	case "html", "text/html":
		return feedText{value, true}
	}
	if bytes.IndexByte(raw, '<') >= 0 && !bytes.Contains(raw, []byte("<![CDATA[")) {
		// Tags that nobody escaped. If one is not closed, the decoder reads past the end tag.
		return feedText{strings.TrimSuffix(string(raw), "</"+e.Name.Local+">"), true}
	}
	return feedText{value, hasTags(value)}
}

// textOf gives the text of the element that has begun, with that of the elements in
// it, and where its end tag begins.
func textOf(d *xml.Decoder) (text string, end int, err error) {
	var b strings.Builder
	for depth := 1; ; {
		end = int(d.InputOffset())
		t, err := d.Token()
		switch t := t.(type) {
		case nil:
			return b.String(), end, err
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if depth++; depth > maxOpen {
				return b.String(), end, errOpen
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				return b.String(), end, nil
			}
		}
	}
}

// hasTags says whether a text has tags of HTML, or entities.
func hasTags(s string) bool {
	for rest := s; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return html.UnescapeString(s) != s
		}
		rest = rest[i+1:]
		name := strings.TrimPrefix(rest, "/")
		if name != "" && isLetter(name[0]) && strings.IndexByte(name, '>') > 0 && !strings.HasPrefix(name, "http") {
			return true
		}
	}
}
