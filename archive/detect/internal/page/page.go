// Package page cuts an HTML body into tokens: tags, texts and comments, each with its
// place in the body. It builds no tree: an element is the run of tokens from its start
// tag to the tag that closes it. Read is where to begin.
package page

import (
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxElement is the greatest length of one embed in a page, in bytes. A blockquote of the
// service has 1 to 3 KB; the largest rendering that was seen, with pictures, had 20.
const MaxElement = 64 << 10

// Page is an HTML body and its tokens.
type Page struct {
	Body   string
	Tokens []Token // the last one is at the end of the body
	Links  []int   // the start tags <a> that are marked
}

// Token is a tag, a comment or a text. It ends where the next token begins.
type Token struct {
	Kind   html.TokenType
	Tag    atom.Atom // of a tag; for the text in script, style and the like its element; else 0
	Marked bool      // a mark that was given to Read is in it, and it is no end tag
	Start  int       // byte of the body
	Close  int       // for a start tag: the token that closes it; 0 if none does
}

// Read cuts body into tokens. It marks those that hold one of the places in marks. An
// unfinished tag at the end of the body is left out.
func Read(body string, marks []int) *Page {
	size := min(2*strings.Count(body, "<"), len(body)/16) + 2 // most often each < begins a tag, and a text follows
	p := &Page{Body: body, Tokens: make([]Token, 0, size)}
	var open elements
	add := func(t Token, end int) {
		for len(marks) > 0 && marks[0] < end { // a word with a mark is in one token: it holds no < and no >
			t.Marked = t.Kind != html.EndTagToken
			marks = marks[1:]
		}
		p.Tokens = append(p.Tokens, t)
	}
	at := 0
	for at < len(body) {
		t, end := tokenAt(body, at)
		if t.Kind == html.ErrorToken {
			break
		}
		n := len(p.Tokens)
		add(t, end)
		switch {
		case t.Kind == html.EndTagToken:
			open.pop(p, n)
		case t.Kind == html.StartTagToken:
			open.push(p, n)
			if t.Tag == atom.A && p.Tokens[n].Marked {
				p.Links = append(p.Links, n)
			}
		}
		if text := textAfter(body, at, end, t); text > end {
			raw := Token{Kind: html.TextToken, Start: end}
			if t.Kind == html.StartTagToken {
				raw.Tag = t.Tag
			}
			add(raw, text)
			end = text
		}
		at = end
	}
	p.Tokens = append(p.Tokens, Token{Kind: html.ErrorToken, Start: at})
	return p
}

// IsStart reports whether token i is a start tag.
func (p *Page) IsStart(i int) bool {
	k := p.Tokens[i].Kind
	return k == html.StartTagToken || k == html.SelfClosingTagToken
}

// IsText reports whether token i is text that the page shows, and not a script.
func (p *Page) IsText(i int) bool { return p.Tokens[i].Kind == html.TextToken && p.Tokens[i].Tag == 0 }

// Raw is token i as it is written in the page.
func (p *Page) Raw(i int) string { return p.Body[p.Tokens[i].Start:p.Tokens[i+1].Start] }

// Name is the name of a tag, also of one that HTML does not have.
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

// At is the first token that begins at byte start of the body or after it.
func (p *Page) At(start int) int {
	i, _ := slices.BinarySearchFunc(p.Tokens, start, func(t Token, at int) int { return t.Start - at })
	return i
}

// End is the token after the element that begins at i. If no tag closes it, or only a tag
// too far away, closed is false and end is as far as an embed can reach.
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
