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

// feedFile is RSS 0.9 to 2.0 (and WordPress's export, which is that), or Atom (RFC
// 4287). Each of its items is a record, and read apart from the others, so that a
// broken one costs no other.
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

// rootElement is the first element of an XML file: its prefix and name, and its tag.
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

// tagName is the name in the tag that b begins with, the slash of an end tag apart.
func tagName(b []byte) string {
	b = bytes.TrimPrefix(b[1:], []byte("/"))
	i := bytes.IndexAny(b[:min(len(b), maxTag)], " \t\r\n/><")
	if i < 0 {
		return ""
	}
	return string(b[:i])
}

func (s *source) feed(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		head := w.peek(sniffLen)
		if name := xmlEncoding(head); name != "" && !strings.EqualFold(name, "utf-8") && !strings.EqualFold(name, "utf-16") {
			if r, err := charset.NewReaderLabel(name, w); err == nil {
				w = s.window(r)
				head = w.peek(sniffLen)
			}
		}
		prefix, root, _ := rootElement(head)
		f := &feed{w: w, max: s.max / 4, root: root, item: "item"}
		if root == "feed" {
			f.item = "entry"
		}
		if prefix != "" && root != "RDF" {
			f.item, f.root = prefix+":"+f.item, prefix+":"+f.root
		} else if prefix != "" {
			f.root = prefix + ":" + f.root
		}
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

// feedTitle is the title of a channel, from what is before the first item.
func feedTitle(head []byte, item string) string {
	if i := bytes.Index(head, []byte("<"+item)); i >= 0 {
		head = head[:i]
	}
	d := xmlDecoder(bytes.NewReader(head))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is decoded
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
	max        int64  // bytes of an item: less than of a record, it is in memory more than once
	root, item string // the names of the elements
	closed     bool   // the feed's last tag was seen
	ended      bool   // by an error after which nothing comes
}

var errNoEndTag = errors.New("the feed is cut: its last tag is missing")

// next is the next item with its tags; the end is io.EOF.
func (f *feed) next() ([]byte, error) {
	for { // to its beginning
		b, e, err := f.markup(0)
		if err != nil {
			if err == io.EOF && !f.closed {
				err = errNoEndTag
			}
			f.ended = err != io.EOF
			return nil, err
		}
		tag := f.w.data()[b:e]
		if name := tagName(tag); name == f.item && tag[1] != '/' {
			f.w.skip(b)
			break
		} else if name == f.root && tag[1] == '/' {
			f.closed = true
		}
		f.w.skip(e)
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

// markup finds the next tag, comment or section from at in the window: data[b:e].
// It is an error if it ends beyond max.
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

// resync passes over the rest of an item.
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

// feedItem is the article of an item, of a feed whose own elements have a prefix or
// none.
func (s *source) feedItem(raw []byte, prefix string) (*archive.Article, error) {
	if !hidesASCII(raw) && !s.holds(raw) {
		return s.dropped()
	}
	var title, link, original, guid, id, published, other string // other: of what may be the day
	var text, teaser feedText
	raw = xmlText(raw)
	d := xmlDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil { // the item itself
		return nil, err
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		begin := int(d.InputOffset())
		own := e.Name.Space == "" || e.Name.Space == prefix || e.Name.Space == "rss" || e.Name.Space == "atom" || strings.Contains(e.Name.Space, "/Atom") || strings.Contains(e.Name.Space, "purl.org/rss/")
		value, end, err := textOf(d)
		if err != nil && err != io.EOF {
			return nil, err
		}
		switch name := e.Name.Local; {
		case name == "encoded" && e.Name.Space != "excerpt":
			text = feedText{value, true}
		case own && name == "content":
			text = atomText(e, value, raw[begin:end])
		case own && (name == "description" || name == "summary"):
			teaser = atomText(e, value, raw[begin:end])
		case own && name == "title":
			title = value
		case own && name == "link":
			if href := attr(e, "href"); href != "" {
				if rel := attr(e, "rel"); (rel == "" || rel == "alternate") && link == "" {
					link = href
				}
			} else if value != "" {
				link = value
			}
		case name == "origLink":
			original = value // what FeedBurner's link stands for
		case own && name == "guid":
			if attr(e, "isPermaLink") != "false" {
				guid = value
			}
		case own && name == "id":
			id = value
		case name == "pubDate" || own && (name == "published" || name == "issued"):
			published = cmp.Or(published, value)
		case name == "date" || name == "post_date" || name == "updated" && own || name == "created" && own:
			other = cmp.Or(other, value)
		}
	}
	if strings.TrimSpace(text.body) == "" {
		text = teaser
	}
	if !s.holds([]byte(text.body)) {
		return s.dropped()
	}
	s.a = archive.Article{Body: text.body, HTML: text.isHTML, Title: oneLine(html.UnescapeString(title)),
		URL: cmp.Or(address(original), address(link), address(guid), address(id)), Date: cmp.Or(day(published), day(other))}
	return &s.a, nil
}

// hidesASCII says whether there are letters, digits or signs of ASCII in b as
// character references, where a prefilter does not see them.
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

// xmlText is b as UTF-8 and without characters that XML does not allow: one of them
// would cost the item.
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

// unprefixed is XHTML with the names of HTML, where its elements have a prefix.
func unprefixed(s string) string {
	_, first, _ := strings.Cut(s, "<")
	prefix, _, ok := strings.Cut(first[:max(0, strings.IndexAny(first, " \t\r\n/>"))], ":")
	if !ok || prefix == "" {
		return s
	}
	return strings.NewReplacer("<"+prefix+":", "<", "</"+prefix+":", "</").Replace(s)
}

// atomText is a text of Atom by its type. Of RSS it has none, and is HTML where
// there are tags or entities in it.
func atomText(e xml.StartElement, value string, raw []byte) feedText {
	switch strings.ToLower(attr(e, "type")) {
	case "xhtml", "application/xhtml+xml":
		return feedText{unprefixed(string(raw)), true}
	case "html", "text/html":
		return feedText{value, true}
	}
	if bytes.IndexByte(raw, '<') >= 0 && !bytes.Contains(raw, []byte("<![CDATA[")) {
		// Tags that nobody escaped. Where one is not closed, its parent's end seems to be.
		return feedText{strings.TrimSuffix(string(raw), "</"+e.Name.Local+">"), true}
	}
	return feedText{value, hasTags(value)}
}

// textOf is the text of the element that has begun, that of elements in it too, and
// where its end tag begins.
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

// hasTags says whether there are tags of HTML or entities in a text.
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
