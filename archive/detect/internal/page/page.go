// Package page cuts an HTML body into tokens, with their places in it. There is
// no tree: an element is the run of tokens from its start tag to the tag that
// closes it.
package page

import (
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxElement is as many bytes of a page as one embed can take: a blockquote of
// the site is 1 to 3 KB, the largest rendering seen, with pictures, 20.
const MaxElement = 64 << 10

// Page is an HTML body and its tokens.
type Page struct {
	Body   string
	Tokens []Token            // and one at the end of the body
	Links  []int              // the marked <a> among them
	attrs  map[int]Attributes // of the start tags that were looked into
}

// Token is a tag, a comment or a text. It ends where the next one begins.
type Token struct {
	Kind   html.TokenType
	Tag    atom.Atom // of a tag; of the text in script, style and the like its element; else 0
	Marked bool      // not an end tag, and one of the places that Read was given is in it
	Start  int       // byte of the body
	Close  int       // of a start tag: the token that closes it, 0 if none does
}

// Read cuts body into tokens and marks those in which one of the places is, which are
// in order. What the tokenizer takes for an unfinished tag at the end of the body is
// left out.
func Read(body string, marks []int) *Page {
	size := min(2*strings.Count(body, "<"), len(body)/16) + 2 // a tag and a text, mostly
	p := &Page{Body: body, Tokens: make([]Token, 0, size), attrs: map[int]Attributes{}}
	var open elements
	z := html.NewTokenizer(strings.NewReader(body))
	raw := atom.Atom(0) // the element whose text comes next as it is
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			p.Tokens = append(p.Tokens, Token{Kind: kind, Start: at})
			return p
		}
		t := Token{Kind: kind, Start: at}
		n := len(p.Tokens)
		at += len(z.Raw())
		for len(marks) > 0 && marks[0] < at { // what is there is in one token: it holds no < or >
			t.Marked = kind != html.EndTagToken
			marks = marks[1:]
		}
		switch kind {
		case html.TextToken:
			t.Tag = raw
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			t.Tag = tagOf(name)
			if more && t.Marked && len(p.attrs) < maxAttrs {
				p.attrs[n] = readAttributes(z)
			}
		}
		raw = 0
		p.Tokens = append(p.Tokens, t)
		switch kind {
		case html.StartTagToken:
			switch t.Tag {
			case atom.Iframe, atom.Noscript:
				z.NextIsNotRawText() // lazy loaders and Instant Articles keep the tweet in there
			case atom.Script, atom.Style, atom.Textarea, atom.Title, atom.Xmp, atom.Noembed, atom.Noframes, atom.Plaintext:
				raw = t.Tag
			}
			open.push(p, n)
			if t.Tag == atom.A && t.Marked {
				p.Links = append(p.Links, n)
			}
		case html.EndTagToken:
			open.pop(p, n)
		}
	}
}

// IsStart reports whether token i is a start tag.
func (p *Page) IsStart(i int) bool {
	k := p.Tokens[i].Kind
	return k == html.StartTagToken || k == html.SelfClosingTagToken
}

// IsText reports whether token i is text that the page shows, not a script's.
func (p *Page) IsText(i int) bool { return p.Tokens[i].Kind == html.TextToken && p.Tokens[i].Tag == 0 }

// Raw is token i as the page has it.
func (p *Page) Raw(i int) string { return p.Body[p.Tokens[i].Start:p.Tokens[i+1].Start] }

// Name is the tag's name, also of elements that HTML does not know.
func (p *Page) Name(i int) string {
	if t := p.Tokens[i].Tag; t&unknown == 0 {
		return t.String()
	}
	s := strings.TrimLeft(p.Raw(i), "</")
	if n := strings.IndexAny(s, " \t\r\n\f/>"); n >= 0 {
		s = s[:n]
	}
	return strings.ToLower(s)
}

// At is the first token that begins at a byte of the body or after it.
func (p *Page) At(start int) int {
	i, _ := slices.BinarySearchFunc(p.Tokens, start, func(t Token, at int) int { return t.Start - at })
	return i
}

// End is the token after the element that begins at i. Where no tag closes it,
// or none near, closed is false and end is just as far as an embed can reach.
func (p *Page) End(i int) (end int, closed bool) {
	limit := p.Tokens[i].Start + MaxElement
	if c := p.Tokens[i].Close; c > 0 && p.Tokens[c].Start <= limit {
		return c + 1, true
	}
	if p.Tokens[i].Kind == html.SelfClosingTagToken || loose[p.Tokens[i].Tag] {
		return i + 1, true
	}
	return i + sort.Search(len(p.Tokens)-1-i, func(n int) bool { return p.Tokens[i+n].Start > limit }), false
}

// Attributes of a start tag, names in lower case, values decoded.
type Attributes []html.Attribute

// maxAttrs is of how many tags the attributes are kept: they take more than the page.
const maxAttrs = 1 << 10

// Attributes are those of the start tag i.
func (p *Page) Attributes(i int) Attributes {
	as, ok := p.attrs[i]
	if !ok {
		z := html.NewTokenizer(strings.NewReader(p.Raw(i)))
		z.Next()
		if _, more := z.TagName(); more {
			as = readAttributes(z)
		}
		if len(p.attrs) == maxAttrs {
			clear(p.attrs)
		}
		p.attrs[i] = as
	}
	return as
}

// readAttributes reads those of the tag whose name the tokenizer has just read.
func readAttributes(z *html.Tokenizer) (as Attributes) {
	for more := true; more; {
		var k, v []byte
		k, v, more = z.TagAttr()
		as = append(as, html.Attribute{Key: string(k), Val: string(v)})
	}
	return as
}

// Get is the value of the attribute with that name, "" if there is none.
func (as Attributes) Get(key string) string {
	for _, a := range as {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Class reports whether one of the element's classes is what is asked for.
func (as Attributes) Class(is func(class string) bool) bool {
	for c := range strings.FieldsSeq(as.Get("class")) {
		if is(c) {
			return true
		}
	}
	return false
}
