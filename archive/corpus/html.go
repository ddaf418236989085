package corpus

import (
	"bytes"
	"html"
	"strings"

	htmltok "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tweetarc/archive"
)

var htmlPage = &format{
	name: "HTML", exts: []string{".html", ".htm", ".xhtml"}, byName: true,
	recognise: func(b []byte, _ string) bool { return beginsHTML(b) },
	read:      document((*source).html),
}

// html makes the article of a page. Its body is the page as UTF-8, without a
// byte order mark.
func (s *source) html(b []byte) *archive.Article {
	s.a = archive.Article{Body: htmlText(b, ""), HTML: true}
	m := pageMeta(s.a.Body)
	s.a.URL, s.a.Title, s.a.Date = m.url.value, m.title.value, m.date.value
	return &s.a
}

// meta is what a page says of itself.
type meta struct{ url, title, date fact }

// fact is a value and how sure its source is: the lower the surer.
type fact struct {
	value string
	rank  int
}

func (f *fact) set(rank int, value string) {
	if value != "" && (f.value == "" || rank < f.rank) {
		*f = fact{value, rank}
	}
}

// metaNames are the name, property or itemprop of meta elements, and of other
// elements with itemprop, that tell something: which part, and how surely. The
// Open Graph protocol, schema.org, Dublin Core, and what publishers' systems
// write.
var metaNames = map[string]name{
	"og:url":                       {partURL, 1},
	"og:title":                     {partTitle, 0},
	"twitter:title":                {partTitle, 2},
	"headline":                     {partTitle, 3},
	"dc.title":                     {partTitle, 4},
	"article:published_time":       {partDate, 0},
	"datepublished":                {partDate, 1},
	"og:published_time":            {partDate, 3},
	"article:published":            {partDate, 3},
	"parsely-pub-date":             {partDate, 3},
	"sailthru.date":                {partDate, 3},
	"cxenseparse:recs:publishtime": {partDate, 3},
	"publish-date":                 {partDate, 3},
	"publish_date":                 {partDate, 3},
	"publishdate":                  {partDate, 3},
	"published_date":               {partDate, 3},
	"publication_date":             {partDate, 3},
	"citation_publication_date":    {partDate, 3},
	"article_date_original":        {partDate, 3},
	"article.published":            {partDate, 3},
	"article.created":              {partDate, 4},
	"originalpublicationdate":      {partDate, 3},
	"pubdate":                      {partDate, 3},
	"ptime":                        {partDate, 3},
	"displaydate":                  {partDate, 3},
	"bt:pubdate":                   {partDate, 3},
	"dcterms.issued":               {partDate, 3},
	"dc.date.issued":               {partDate, 3},
	"dcterms.created":              {partDate, 4},
	"dc.date":                      {partDate, 4},
	"dcterms.date":                 {partDate, 4},
	"datecreated":                  {partDate, 5},
	"created":                      {partDate, 5},
	"date":                         {partDate, 5},
}

// Ranks of what stands elsewhere.
const (
	rankCanonical = 0
	rankSaved     = 2 // <!-- saved from url=(0023)https://... -->
	rankTitle     = 1
	rankLD        = 2
	rankTime      = 6 // the first time element
)

// pageMeta reads what stands in the head of a page, and as long as there is no sure
// date, in its body.
func pageMeta(page string) meta {
	const most = 2 << 20 // of a page
	var m meta
	z := htmltok.NewTokenizer(strings.NewReader(page[:min(len(page), most)]))
	for inHead := true; inHead || m.date.value == "" || m.date.rank >= rankTime; {
		switch z.Next() {
		case htmltok.ErrorToken:
			return m
		case htmltok.CommentToken:
			m.saved(z.Text())
		case htmltok.EndTagToken:
			if tag, _ := z.TagName(); string(tag) == "head" {
				inHead = false
			}
		case htmltok.StartTagToken, htmltok.SelfClosingTagToken:
			tag, more := z.TagName()
			a := atom.Lookup(tag)
			switch a {
			case atom.Body:
				inHead = false
			case atom.Title:
				if inHead && z.Next() == htmltok.TextToken {
					m.title.set(rankTitle, oneLine(string(z.Text())))
				}
				continue
			}
			if more {
				m.element(a, z)
			}
		}
	}
	return m
}

// element reads the attributes of one element.
func (m *meta) element(tag atom.Atom, z *htmltok.Tokenizer) {
	var key, prop, content, rel, href, datetime, typ string
	for more := true; more; {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "name":
			key = string(v)
		case "property", "itemprop":
			prop = string(v)
		case "content":
			content = string(v)
		case "rel":
			rel = string(v)
		case "href":
			href = string(v)
		case "datetime":
			datetime = string(v)
		case "type":
			typ = string(v)
		}
	}
	switch tag {
	case atom.Link:
		if strings.EqualFold(rel, "canonical") {
			m.url.set(rankCanonical, address(href))
		}
	case atom.Script:
		if strings.EqualFold(typ, "application/ld+json") && z.Next() == htmltok.TextToken {
			m.date.set(rankLD, day(ldDate(z.Text())))
		}
	case atom.Time:
		m.date.set(rankTime, day(datetime))
	}
	if datetime != "" && content == "" {
		content = datetime
	}
	if content == "" {
		return
	}
	for _, k := range [...]string{prop, key} {
		n, ok := metaNames[strings.ToLower(k)]
		if !ok {
			continue
		}
		switch n.part {
		case partURL:
			m.url.set(n.rank, address(content))
		case partTitle:
			if tag == atom.Meta {
				m.title.set(n.rank, oneLine(html.UnescapeString(content))) // often escaped twice
			}
		case partDate:
			m.date.set(n.rank, day(content))
		}
	}
}

// saved reads the comment with which browsers begin a saved page.
func (m *meta) saved(comment []byte) {
	_, after, ok := bytes.Cut(comment, []byte("saved from url=("))
	if !ok {
		return
	}
	if _, u, ok := bytes.Cut(after, []byte(")")); ok {
		m.url.set(rankSaved, address(string(u)))
	}
}

// ldDate is the first datePublished of a JSON-LD script, which is often no
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

// address is s if it is one on the web.
func address(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return s
	}
	return ""
}

// htmlTags are what HTML begins with, as in net/http/sniff.go and the WHATWG's
// MIME Sniffing 7.1, and what the bodies of articles begin with.
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

// looksHTML says whether the value of a field is HTML: it begins so, or ends
// a paragraph or a link somewhere.
func looksHTML(s string) bool {
	return beginsHTML([]byte(s[:min(len(s), 5000)])) ||
		strings.Contains(s, "</p>") || strings.Contains(s, "</a>") || strings.Contains(s, "</blockquote>")
}
