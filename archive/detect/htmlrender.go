package detect

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tweetarc/archive/detect/internal/page"
)

// rendering is a stretch of a page as a reader sees it: entities decoded, white
// space collapsed, a line break where <br> stands and two where a block begins
// or ends.
type rendering struct {
	text    []byte
	places  []place
	anchors []anchor
	breaks  int  // owed before the next character
	space   bool // likewise
}

// place says that the text from at on, up to the next place, stands in the
// body from from on.
type place struct{ at, from int }

// anchor is an <a> with the text that it shows.
type anchor struct {
	tok        int
	start, end int // bytes of the text
}

// render renders the tokens from i to j. In an embed, what is there for screen
// readers only is left out, in running text what is not the article's.
func render(p *page.Page, i, j int, embed bool) *rendering {
	r := &rendering{}
	open := -1 // the anchor that is open
	for ; i < j; i++ {
		t := &p.Tokens[i]
		switch t.Kind {
		case html.TextToken:
			if t.Tag == 0 {
				r.add(p.Raw(i), t.Start)
			}
			continue
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
		default:
			continue
		}
		switch {
		case !embed && t.Close > i && (page.Aside[t.Tag] || t.Tag == atom.Blockquote && isOther(p.Attributes(i))):
			i = min(t.Close, j)
			r.breaks = 2
		case t.Tag == atom.Br && t.Kind != html.EndTagToken:
			r.breaks = min(r.breaks+1, 2)
		case page.Blocks[t.Tag]:
			r.breaks = 2
		case t.Tag == atom.A:
			if open >= 0 {
				r.anchors[open].end = len(r.text)
				open = -1
			}
			if t.Kind == html.StartTagToken {
				open = len(r.anchors)
				r.anchors = append(r.anchors, anchor{tok: i, start: len(r.text), end: -1})
			}
		case t.Tag == atom.Img && embed:
			if as := p.Attributes(i); isEmoji(as) {
				r.add(html.EscapeString(as.Get("alt")), t.Start)
			}
		case t.Tag == atom.Span && t.Kind == html.StartTagToken && embed && t.Close > i && p.Attributes(i).Class(isUnseen):
			i = min(t.Close, j) // its end tag is nothing to look at
		}
	}
	if open >= 0 {
		r.anchors[open].end = len(r.text)
	}
	return r
}

func isUnseen(class string) bool {
	switch strings.ToLower(class) {
	case "invisible", "u-hiddenvisually", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "off-screen":
		return true
	}
	return false
}

// isEmoji tells the pictures by which pages replace emoji (twemoji, WordPress).
func isEmoji(as page.Attributes) bool {
	return strings.Contains(strings.ToLower(as.Get("class")), "emoji") || strings.Contains(as.Get("src"), "emoji")
}

// add adds the text that stands as raw at a place of the body.
func (r *rendering) add(raw string, from int) {
	for raw != "" {
		n := 1 + strings.IndexByte(raw[1:], '&')
		if n == 0 {
			n = len(raw)
		}
		piece := raw[:n]
		raw = raw[n:]
		if piece[0] == '&' {
			// What UnescapeString leaves alone behind the entity is a common tail.
			plain := html.UnescapeString(piece)
			tail := 0
			for tail < len(plain) && tail < len(piece) && plain[len(plain)-1-tail] == piece[len(piece)-1-tail] {
				tail++
			}
			for tail > 0 && !utf8.RuneStart(piece[len(piece)-tail]) {
				tail--
			}
			r.run(plain[:len(plain)-tail], from, false)
			from += len(piece) - tail
			piece = piece[len(piece)-tail:]
		}
		r.run(piece, from, true)
		from += len(piece)
	}
}

// run adds decoded text; where it is linear each byte of it is one of the body.
func (r *rendering) run(s string, from int, linear bool) {
	for s != "" {
		n := asShown(s)
		if n == 0 {
			r.space = true
			s = s[1:]
			if linear {
				from++
			}
			continue
		}
		if len(r.text) > 0 && (r.breaks > 0 || r.space) {
			r.places = append(r.places, place{len(r.text), from})
			if r.breaks > 0 {
				r.text = append(r.text, "\n\n"[:r.breaks]...)
			} else {
				r.text = append(r.text, ' ')
			}
		}
		r.breaks, r.space = 0, false
		r.places = append(r.places, place{len(r.text), from})
		r.text = append(r.text, s[:n]...)
		if linear {
			from += n
		}
		s = s[n:]
	}
}

// asShown is how much of the front of s is shown as it stands: words with one
// space between.
func asShown(s string) int {
	for i := range len(s) {
		if c := s[i]; c <= ' ' && isBreaking(c) && (c != ' ' || i == 0 || i+1 == len(s) || isBreaking(s[i+1])) {
			return i
		}
	}
	return len(s)
}

// isBreaking tells the white space that HTML collapses.
func isBreaking(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// place is where in the body the byte at of the text stands.
func (r *rendering) place(at int) int {
	n := sort.Search(len(r.places), func(n int) bool { return r.places[n].at > at }) - 1
	if n < 0 {
		return 0
	}
	from := r.places[n].from + at - r.places[n].at
	if n+1 < len(r.places) {
		from = min(from, r.places[n+1].from)
	}
	return from
}

// shown is the text of an anchor.
func (r *rendering) shown(a anchor) string { return trim(string(r.text[a.start:a.end])) }

// trim takes white space and what shows nothing off both ends.
func trim(s string) string {
	return strings.TrimFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff' || c == '\u2060' || c == 0
	})
}
