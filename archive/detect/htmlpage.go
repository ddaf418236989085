package detect

import (
	"hash/fnv"
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxMarkup is as many bytes of a page as one embed can take: a blockquote of
// the site is 1 to 3 KB, the largest rendering seen, with pictures, 20.
const maxMarkup = 64 << 10

// page is an HTML body cut into tokens, with their places in it. There is no
// tree: an element is the run of tokens from its start tag to the tag that
// closes it.
type page struct {
	body   string
	toks   []pageToken        // and one at the end of the body
	status []int              // the links among them that may lead to a tweet
	attrs  map[int]attributes // of the start tags that were looked into
}

// pageToken is a tag, a comment or a text. It ends where the next one begins.
type pageToken struct {
	kind   html.TokenType
	tag    atom.Atom // of a tag; of the text in script, style and the like its element; else 0
	marked bool      // not an end tag, and holds one of marks
	start  int       // byte of the body
	close  int       // of a start tag: the token that closes it, 0 if none does
}

// marks are what a start tag, a comment or a text that tells of a tweet holds at
// least one of; those without are not looked into.
var marks = [...]string{"weet", "witter", "bbpBox", "status"}

// finder tells whether one of some words stands in a stretch of s; stretches
// must be asked for from front to back, so that s is searched once for each.
type finder struct {
	s     string
	words []string
	next  []int // where each word stands next
	first int   // the first of these
}

func (f *finder) within(start, end int) bool {
	if f.first >= end {
		return false
	}
	if f.next == nil {
		f.next = make([]int, len(f.words))
		for i := range f.next {
			f.next[i] = -1
		}
	}
	in := false
	f.first = len(f.s)
	for i, w := range f.words {
		if f.next[i] < start {
			f.next[i] = len(f.s)
			if n := strings.Index(f.s[start:], w); n >= 0 {
				f.next[i] = start + n
			}
		}
		in = in || f.next[i]+len(w) <= end
		f.first = min(f.first, f.next[i])
	}
	return in
}

// readPage cuts body into tokens. What the tokenizer takes for an unfinished
// tag at the end of the body is left out.
func readPage(body string) *page {
	size := min(2*strings.Count(body, "<"), len(body)/16) + 2 // a tag and a text, mostly
	p := &page{body: body, toks: make([]pageToken, 0, size), attrs: map[int]attributes{}}
	told := finder{s: body, words: marks[:]}
	var open elements
	z := html.NewTokenizer(strings.NewReader(body))
	raw := atom.Atom(0) // the element whose text comes next as it stands
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			p.toks = append(p.toks, pageToken{kind: kind, start: at})
			return p
		}
		t := pageToken{kind: kind, start: at}
		n := len(p.toks)
		at += len(z.Raw())
		if kind != html.EndTagToken {
			t.marked = told.within(t.start, at)
		}
		switch kind {
		case html.TextToken:
			t.tag = raw
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			t.tag = tagOf(name)
			if more && t.marked {
				p.attrs[n] = readAttributes(z)
			}
		}
		raw = 0
		p.toks = append(p.toks, t)
		switch kind {
		case html.StartTagToken:
			switch t.tag {
			case atom.Iframe, atom.Noscript:
				z.NextIsNotRawText() // lazy loaders and Instant Articles keep the tweet in there
			case atom.Script, atom.Style, atom.Textarea, atom.Title, atom.Xmp, atom.Noembed, atom.Noframes, atom.Plaintext:
				raw = t.tag
			}
			open.push(p, n)
			if t.tag == atom.A && t.marked {
				p.status = append(p.status, n)
			}
		case html.EndTagToken:
			open.pop(p, n)
		}
	}
}

// elements is the stack of open elements. Formatting and paragraphs are not on
// it: pages close them in any order, and nothing asks where they end.
type elements struct {
	stack []int             // start tags
	count map[atom.Atom]int // how many of a tag are on it
}

func (e *elements) push(p *page, i int) {
	if tag := p.toks[i].tag; !loose[tag] {
		if e.count == nil {
			e.count = map[atom.Atom]int{}
		}
		e.stack = append(e.stack, i)
		e.count[tag]++
	}
}

// pop closes the last open element of the end tag i, and all inside of
// it; inline elements do not close blocks. Each element is passed once.
func (e *elements) pop(p *page, i int) {
	tag := p.toks[i].tag
	if e.count[tag] == 0 {
		return
	}
	for n := len(e.stack) - 1; n >= 0; n-- {
		top := &p.toks[e.stack[n]]
		if tag != top.tag && blocks[top.tag] && !blocks[tag] {
			return
		}
		e.stack = e.stack[:n]
		e.count[top.tag]--
		if tag == top.tag {
			top.close = i
			return
		}
	}
}

// tagOf is the name's atom, and one made up for names that HTML does not know.
func tagOf(name []byte) atom.Atom {
	if a := atom.Lookup(name); a != 0 {
		return a
	}
	h := fnv.New32a()
	h.Write(name)
	return atom.Atom(h.Sum32() | unknown)
}

// unknown marks made-up atoms; those of the package are smaller.
const unknown = 1 << 31

func atoms(as ...atom.Atom) map[atom.Atom]bool {
	m := make(map[atom.Atom]bool, len(as))
	for _, a := range as {
		m[a] = true
	}
	return m
}

var (
	// loose elements have no end that matters: void ones, formatting, paragraphs.
	loose = atoms(atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Param, atom.Source, atom.Track, atom.Wbr, atom.P, atom.B, atom.I, atom.Em, atom.Strong, atom.U, atom.S,
		atom.Small, atom.Big, atom.Font, atom.Tt, atom.Code, atom.Nobr, atom.Center, atom.Html, atom.Body, atom.Head)
	// aside are elements whose text is not the article's, or there twice.
	aside = atoms(atom.Nav, atom.Footer, atom.Select, atom.Button, atom.Noscript)
	// blocks are what breaks a line.
	blocks = atoms(atom.P, atom.Div, atom.Blockquote, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Section,
		atom.Article, atom.Header, atom.Footer, atom.Aside, atom.Nav, atom.Main, atom.Figure, atom.Figcaption, atom.Table,
		atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Pre, atom.Hr, atom.Form,
		atom.Fieldset, atom.Address, atom.Details, atom.Summary, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Body, atom.Html, atom.Head, atom.Center, atom.Iframe, atom.Noscript, atom.Template, atom.Title, atom.Script, atom.Style)
)

func (p *page) isStart(i int) bool {
	k := p.toks[i].kind
	return k == html.StartTagToken || k == html.SelfClosingTagToken
}

// raw is the token as it stands in the page.
func (p *page) raw(i int) string { return p.body[p.toks[i].start:p.toks[i+1].start] }

// name is the tag's name, also of elements that HTML does not know.
func (p *page) name(i int) string {
	if t := p.toks[i].tag; t&unknown == 0 {
		return t.String()
	}
	s := strings.TrimLeft(p.raw(i), "</")
	if n := strings.IndexAny(s, " \t\r\n\f/>"); n >= 0 {
		s = s[:n]
	}
	return strings.ToLower(s)
}

// attributes of a start tag, names in lower case, values decoded.
type attributes []html.Attribute

func (p *page) attributes(i int) attributes {
	as, ok := p.attrs[i]
	if !ok {
		z := html.NewTokenizer(strings.NewReader(p.raw(i)))
		z.Next()
		if _, more := z.TagName(); more {
			as = readAttributes(z)
		}
		p.attrs[i] = as
	}
	return as
}

// readAttributes reads those of the tag that the tokenizer stands on, behind
// its name.
func readAttributes(z *html.Tokenizer) (as attributes) {
	for more := true; more; {
		var k, v []byte
		k, v, more = z.TagAttr()
		as = append(as, html.Attribute{Key: string(k), Val: string(v)})
	}
	return as
}

func (as attributes) get(key string) string {
	for _, a := range as {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// class tells whether one of the element's classes is, or holds, part.
func (as attributes) class(is func(class string) bool) bool {
	for c := range strings.FieldsSeq(as.get("class")) {
		if is(c) {
			return true
		}
	}
	return false
}

// end is the token behind the element that begins at i: behind its end tag, or
// where there is none, or none near, closed is false and end is just as far as
// an embed can reach.
func (p *page) end(i int) (end int, closed bool) {
	limit := p.toks[i].start + maxMarkup
	if c := p.toks[i].close; c > 0 && p.toks[c].start <= limit {
		return c + 1, true
	}
	if p.toks[i].kind == html.SelfClosingTagToken || loose[p.toks[i].tag] {
		return i + 1, true
	}
	return i + sort.Search(len(p.toks)-1-i, func(n int) bool { return p.toks[i+n].start > limit }), false
}
