package corpus

import (
	"bytes"
	"html"
	"slices"
	"strings"

	htmltok "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
)

var htmlPage = &format{
	name: "HTML", exts: []string{".html", ".htm", ".xhtml"}, byName: true,
	recognise: func(b []byte, _ string) bool { return beginsHTML(b) && !isMarkup(string(b)) },
	read:      document((*source).html),
}

// html makes the article of a page. Its body is the page as UTF-8, without a
// byte order mark.
func (s *source) html(b []byte) *archive.Article {
	s.a = archive.Article{Body: htmlText(b, ""), HTML: true}
	m := pageMeta(s.a.Body)
	s.a.URL, s.a.Title, s.a.Date, s.a.Outlet = m.url.value, m.title.value, m.date.value, m.outlet.value
	return &s.a
}

// meta is what a page says about itself.
type meta struct{ url, title, date, outlet fact }

// fact is a value, and how sure its source is: lower is surer.
type fact struct {
	value string
	rank  int
}

// set sets the value if it is the first, or surer than the one before.
func (f *fact) set(rank int, value string) {
	if value != "" && (f.value == "" || rank < f.rank) {
		*f = fact{value, rank}
	}
}

// metaNames says what the name, property or itemprop of an element means: which part,
// and how surely. The names are from the Open Graph protocol, schema.org, Dublin Core,
// and from the systems of publishers.
var metaNames = func() map[string]name {
	m := map[string]name{}
	for _, row := range []struct {
		is    name
		names string
	}{
		{name{part: partURL, rank: 1}, `og:url`},
		{name{part: partTitle, rank: 0}, `og:title`},
		{name{part: partTitle, rank: 2}, `twitter:title`},
		{name{part: partTitle, rank: 3}, `headline`},
		{name{part: partTitle, rank: 4}, `dc.title`},
		{name{part: partDate, rank: 0}, `article:published_time`},
		{name{part: partDate, rank: 1}, `datepublished`},
		{name{part: partDate, rank: 3}, `og:published_time article:published parsely-pub-date sailthru.date
			cxenseparse:recs:publishtime publish-date publish_date publishdate published_date
			publication_date citation_publication_date article_date_original article.published
			originalpublicationdate pubdate ptime displaydate bt:pubdate dcterms.issued
			dc.date.issued`},
		{name{part: partDate, rank: 4}, `article.created dcterms.created dc.date dcterms.date`},
		{name{part: partDate, rank: 5}, `datecreated created date`},
		{name{part: partOutlet, rank: 0}, `og:site_name`},
		{name{part: partOutlet, rank: 2}, `dc.publisher dcterms.publisher`},
	} {
		for _, n := range strings.Fields(row.names) {
			m[n] = row.is
		}
	}
	return m
}()

// The ranks of other sources.
const (
	rankCanonical = 0
	rankSaved     = 2 // <!-- saved from url=(0023)https://... -->
	rankTitle     = 1
	rankLD        = 2
	rankTime      = 6 // the first time element
	rankPublisher = 1 // of JSON-LD
)

// pageMeta reads the head of a page and, until there is a sure date, its body. It stops
// when everything is known from the surest source.
func pageMeta(page string) meta {
	const most = 2 << 20 // of a page
	page = page[:min(len(page), most)]
	var m meta
	t := tokens{page: page, Tokenizer: htmltok.NewTokenizer(strings.NewReader(page))}
	for inHead := true; !m.known() && (inHead || m.date.value == "" || m.date.rank >= rankTime); {
		switch t.next() {
		case htmltok.ErrorToken:
			return m
		case htmltok.CommentToken:
			m.saved(t.Text())
		case htmltok.EndTagToken:
			if tag, _ := t.TagName(); string(tag) == "head" {
				inHead = false
			}
		case htmltok.StartTagToken, htmltok.SelfClosingTagToken:
			name, more := t.TagName()
			tag := atom.Lookup(name)
			inHead = inHead && tag != atom.Body
			if tag != atom.Title {
				m.start(tag, more, &t)
			} else if inHead {
				m.title.set(rankTitle, oneLine(string(t.text())))
			}
		}
	}
	return m
}

// start reads a start tag, and the text of a JSON-LD script.
func (m *meta) start(tag atom.Atom, attributes bool, t *tokens) {
	switch {
	case attributes && m.element(tag, t.Tokenizer):
		script := t.text()
		m.date.set(rankLD, day(ldDate(script)))
		m.outlet.set(rankPublisher, outlet(ldPublisher(script)))
	case tag == atom.Script || tag == atom.Style:
		t.skipText(tag.String())
	}
}

// tokens reads the tokens of a page.
type tokens struct {
	*htmltok.Tokenizer
	page string
	at   int // where the next one begins
}

func (t *tokens) next() htmltok.TokenType {
	typ := t.Next()
	t.at += len(t.Raw())
	return typ
}

// text is the text that comes next, nil without one.
func (t *tokens) text() []byte {
	if t.next() != htmltok.TextToken {
		return nil
	}
	return t.Text()
}

// skipText skips the text of a script or style. After a long text a new tokenizer is
// cheaper, as the old one would read the text byte by byte.
func (t *tokens) skipText(tag string) {
	const long = 1 << 10
	if n := rawLength(t.page[t.at:], tag); n >= long {
		t.at += n
		t.Tokenizer = htmltok.NewTokenizer(strings.NewReader(t.page[t.at:]))
	}
}

// known says whether everything is known from the surest sources.
func (m *meta) known() bool {
	known := func(f fact) bool { return f.value != "" && f.rank == 0 }
	return known(m.url) && known(m.title) && known(m.date) && known(m.outlet)
}

// rawLength is the length of the text of a script or style. It is 0 if only the
// tokenizer can say, as a script may have another one inside a comment.
func rawLength(s, tag string) int {
	for i := 0; ; {
		n := strings.Index(s[i:], "</")
		if n < 0 {
			return 0
		}
		i += n + len("</")
		end := i + len(tag)
		if end < len(s) && strings.EqualFold(s[i:end], tag) && strings.IndexByte(" \n\r\t\f/>", s[end]) >= 0 {
			i -= len("</")
			if strings.Contains(s[:i], "<!--") {
				return 0
			}
			return i
		}
	}
}

// element reads the attributes of an element. It is true for a JSON-LD script.
func (m *meta) element(tag atom.Atom, z *htmltok.Tokenizer) (ld bool) {
	var key, prop, content, rel, href, datetime, typ []byte
	for more := true; more; {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "name":
			key = v
		case "property", "itemprop":
			prop = v
		case "content":
			content = v
		case "rel":
			rel = v
		case "href":
			href = v
		case "datetime":
			datetime = v
		case "type":
			typ = v
		}
	}
	switch {
	case tag == atom.Link && bytes.EqualFold(rel, []byte("canonical")):
		m.url.set(rankCanonical, address(string(href)))
	case tag == atom.Time:
		m.date.set(rankTime, day(string(datetime)))
	}
	if len(content) == 0 {
		content = datetime
	}
	if len(content) > 0 {
		m.named(tag, prop, content)
		m.named(tag, key, content)
	}
	return tag == atom.Script && bytes.EqualFold(typ, []byte("application/ld+json"))
}

// named reads the content of an element with this name.
func (m *meta) named(tag atom.Atom, key, content []byte) {
	if len(key) == 0 {
		return
	}
	n, ok := metaNames[strings.ToLower(string(key))]
	switch {
	case !ok:
	case n.part == partURL:
		m.url.set(n.rank, address(string(content)))
	case n.part == partTitle && tag == atom.Meta:
		m.title.set(n.rank, oneLine(html.UnescapeString(string(content)))) // often escaped twice
	case n.part == partDate:
		m.date.set(n.rank, day(string(content)))
	case n.part == partOutlet && tag == atom.Meta:
		m.outlet.set(n.rank, outlet(html.UnescapeString(string(content))))
	}
}

// saved reads the comment that browsers put into a saved page.
func (m *meta) saved(comment []byte) {
	_, after, ok := bytes.Cut(comment, []byte("saved from url=("))
	if !ok {
		return
	}
	if _, u, ok := bytes.Cut(after, []byte(")")); ok {
		m.url.set(rankSaved, address(string(u)))
	}
}

// ldDate is the first datePublished of a JSON-LD script. Such scripts are often not
// valid JSON.
func ldDate(script []byte) string {
	_, after, ok := bytes.Cut(script, []byte(`"datePublished"`))
	if !ok {
		return ""
	}
	after = bytes.TrimLeft(after, " \t\r\n:")
	if len(after) == 0 || after[0] != '"' {
		return ""
	}
	v, _, _ := bytes.Cut(after[1:min(len(after), 64)], []byte(`"`))
	return string(v)
}

// ldPublisher is the name of the first publisher of a JSON-LD script.
func ldPublisher(script []byte) string {
	_, after, ok := bytes.Cut(script, []byte(`"publisher"`))
	if !ok {
		return ""
	}
	i := space(after, 0)
	if i == len(after) || after[i] != ':' {
		return ""
	}
	if i = space(after, i+1); i == len(after) || after[i] != '{' {
		return ""
	}
	var d jsonDecoder
	for i < len(after) && (after[i] == '{' || after[i] == ',') {
		key, value, err := memberName(after, space(after, i+1))
		if err != nil {
			return ""
		}
		end, err := d.skipValue(after, value)
		if err != nil {
			return ""
		}
		if string(key) == "name" && after[value] == '"' {
			name, _ := unescape(nil, after[value+1:end-1])
			return html.UnescapeString(string(name))
		}
		i = space(after, end)
	}
	return ""
}

// address is s if it is an address on the web, else "".
func address(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return strings.ToValidUTF8(s, "\uFFFD") // headers of mail may hold any byte
	}
	return ""
}

// htmlTags are the tags with which HTML begins, as in net/http/sniff.go and WHATWG MIME
// Sniffing 7.1, and those with which the bodies of articles begin.
var htmlTags = func() (l [][]byte) {
	for _, t := range strings.Fields(`!doctype html head script iframe h1 h2 h3 h4 div font table a style title b body br p
		article section main blockquote figure img span strong em i ul ol li amp-twitter header meta link hr center`) {
		l = append(l, []byte(t))
	}
	return l
}()

// beginsHTML says whether b begins with a tag of HTML, or a comment.
func beginsHTML(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n\f")
	if bytes.HasPrefix(b, []byte("<?xml")) {
		if i := bytes.Index(b[:min(len(b), 4096)], []byte("?>")); i >= 0 {
			b = bytes.TrimLeft(b[i+2:], " \t\r\n\f")
		}
	}
	if len(b) == 0 || b[0] != '<' {
		return false
	}
	if bytes.HasPrefix(b, []byte("<!--")) {
		return true
	}
	for _, t := range htmlTags {
		if n := 1 + len(t); len(b) > n && bytes.EqualFold(b[1:n], t) && strings.IndexByte(" \t\r\n\f>/", b[n]) >= 0 {
			return true
		}
	}
	return false
}

// looksHTML says whether the value of a field is HTML: it begins like HTML, or has the
// end of a paragraph, a link or a quote, and it is not another markup.
func looksHTML(s string) bool {
	return strings.IndexByte(s, '<') >= 0 && (beginsHTML([]byte(s[:min(len(s), 5000)])) ||
		strings.Contains(s, "</p>") || strings.Contains(s, "</a>") || strings.Contains(s, "</blockquote>")) && !isMarkup(s)
}

// isMarkup says whether a text with tags is Markdown or the markup of a wiki: there are
// empty lines between paragraphs, more links in brackets than links and paragraphs of
// HTML, and no tags except for those that converters leave in a text.
func isMarkup(s string) bool {
	links := strings.Count(s, "](http") + strings.Count(s, "[http")
	if links == 0 || !strings.Contains(s, "\n\n") && !strings.Contains(s, "\n\r\n") || links <= strings.Count(s, "<a ")+strings.Count(s, "<p") {
		return false
	}
	for i := 0; ; i++ {
		n := strings.IndexByte(s[i:], '<')
		if n < 0 {
			return true
		}
		i += n
		tag := strings.TrimPrefix(s[i+1:min(len(s), i+maxTag)], "/")
		if tag == "" || tag[0] != '!' && !isLetter(tag[0]) || strings.HasPrefix(tag, "http") {
			continue // not a tag: a sign, or an address
		}
		tag, _, _ = strings.Cut(tag, ">")
		name, rest, _ := strings.Cut(strings.TrimSuffix(tag, "/"), " ")
		if !slices.Contains(textTags, name) {
			return false
		}
		for attribute := range strings.FieldsSeq(rest) {
			if name, _, ok := strings.Cut(attribute, "="); ok && name != "class" && name != "id" {
				return false
			}
		}
	}
}

// maxTag is the limit for the length of a tag, in bytes.
const maxTag = 300

// textTags are the tags that converters leave in a text, where the detector reads them.
var textTags = []string{"div", "blockquote", "figure", "figcaption", "article", "section", "p", "br", "span"}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
