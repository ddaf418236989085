package view

import (
	"html"
	"strings"
	"unicode/utf8"

	htmltok "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in view_test.go.

// OfPage is the view of the tokens from i up to j of a page. Entities are decoded and
// white space is collapsed. There is a line break for <br> and two where a block begins
// or ends. Elements for which leaveOut is true are left out.
func OfPage(p *page.Page, i, j int, leaveOut func(token int) bool) *View {
	var r pageReader
	r.open = -1
	for ; i < j; i++ {
		t := &p.Tokens[i]
		switch t.Kind {
		case htmltok.TextToken:
			if t.Tag == 0 {
				r.add(p.Raw(i), t.Start)
			}
			continue
		case htmltok.StartTagToken, htmltok.SelfClosingTagToken, htmltok.EndTagToken:
		default:
			continue
		}
		switch {
		case t.Close > i && leaveOut(i):
			if page.Blocks[t.Tag] {
				r.breaks = 2
			}
			i = min(t.Close, j)
		case t.Tag == atom.Br && t.Kind != htmltok.EndTagToken:
			r.breaks = min(r.breaks+1, 2)
		case page.Blocks[t.Tag]:
			r.breaks = 2
		case t.Tag == atom.A:
			r.closeLink()
			if t.Kind == htmltok.StartTagToken {
				r.openLink(p, i)
			}
		case t.Tag == atom.Img:
			if as := p.Attributes(i); isEmoji(as) {
				r.add(html.EscapeString(as.Get("alt")), t.Start)
			}
		}
	}
	r.closeLink()
	return &View{Text: string(r.text), Links: r.links, steps: r.steps}
}

// isEmoji reports whether a picture replaces an emoji (twemoji, WordPress).
func isEmoji(as page.Attributes) bool {
	return strings.Contains(strings.ToLower(as.Get("class")), "emoji") || strings.Contains(as.Get("src"), "emoji")
}

// pageReader makes the view of a page.
type pageReader struct {
	builder
	breaks int  // line breaks before the next character
	space  bool // a space is before the next character
	open   int  // the index of the open link; -1 if there is none
}

// openLink begins the link with the start tag i.
func (r *pageReader) openLink(p *page.Page, i int) {
	l := Link{Range: Range{len(r.text), len(r.text)}, Token: i}
	if p.Tokens[i].Marked {
		l.Target = p.Attributes(i).Get("href")
	}
	r.open = len(r.links)
	r.links = append(r.links, l)
}

func (r *pageReader) closeLink() {
	if r.open >= 0 {
		r.links[r.open].End = len(r.text)
		r.open = -1
	}
}

// add adds a text of the page that begins at byte from.
func (r *pageReader) add(raw string, from int) {
	for raw != "" {
		n := 1 + strings.IndexByte(raw[1:], '&')
		if n == 0 {
			n = len(raw)
		}
		piece := raw[:n]
		if piece[0] == '&' {
			// The common tail is what UnescapeString leaves alone after the entity.
			plain := html.UnescapeString(piece)
			tail := commonTail(plain, piece)
			entity := len(piece) - tail
			r.run(plain[:len(plain)-tail], from, from+entity, true)
			from += entity
			piece = piece[entity:]
		}
		r.run(piece, from, from, false)
		from += len(piece)
		raw = raw[n:]
	}
}

// commonTail is the length of the longest common end of a and b, in whole characters.
func commonTail(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(b[len(b)-n]) {
		n--
	}
	return n
}

// run adds decoded text. It is the bytes of the page at from or, if whole is true, it
// shows the bytes between from and to.
func (r *pageReader) run(s string, from, to int, whole bool) {
	for s != "" {
		n := asShown(s)
		if n == 0 {
			r.space = true
			s = s[1:]
			if !whole {
				from++
			}
			continue
		}
		switch {
		case len(r.text) == 0:
		case r.breaks > 0:
			r.put("\n\n"[:r.breaks], from, from)
		case r.space:
			r.put(" ", from, from)
		}
		r.breaks, r.space = 0, false
		if whole {
			r.put(s[:n], from, to)
		} else {
			r.copy(s[:n], from)
			from += n
		}
		s = s[n:]
	}
}

// asShown is the length of the part at the front of s that is shown as it is: words with
// single spaces between them.
func asShown(s string) int {
	for i := range len(s) {
		if c := s[i]; c <= ' ' && collapses(c) && (c != ' ' || i == 0 || i+1 == len(s) || collapses(s[i+1])) {
			return i
		}
	}
	return len(s)
}

// collapses reports whether c is white space that HTML collapses.
func collapses(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }
