package attribution

import (
	"sort"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in attribution_test.go and ../../text_test.go.

// Characters that show nothing may be anywhere in an attribution: marks of direction,
// soft hyphens, tags that an extractor left. Its parentheses and its @ may be wide. If
// there is any of that, the parser reads a plain copy of the text around the handle, and
// its places are changed back to places of the view.

const (
	maxBefore = 4 * maxName // how many bytes before the handle are searched for odd characters
	maxAfter  = 160         // ... and after it
)

// plainView is a part of a view in plain characters.
type plainView struct {
	view.View
	of   string // the view's text
	lo   int    // where in it the part begins
	cuts []cut
}

// cut says that the copy from byte at up to the next cut comes from the view from byte
// from on.
type cut struct{ at, from int }

// plainAround is the plain copy of the text around the handle at at; nil if that is plain
// already.
func plainAround(v *view.View, at int, c Context) *plainView {
	near := v.Text[max(c.From, at-maxBefore):min(len(v.Text), at+maxAfter)]
	if nextOdd(near, 0) == len(near) {
		return nil
	}
	lo, hi := c.From, min(len(v.Text), at+maxAfter+maxAddress)
	if !c.Known {
		lo = max(lo, at-maxNameBytes)
	}
	s := v.Text[lo:hi]
	p := &plainView{of: v.Text, lo: lo}
	var b strings.Builder
	for i := 0; i < len(s); {
		p.cuts = append(p.cuts, cut{b.Len(), i})
		n := nextOdd(s, i)
		b.WriteString(s[i:n])
		size, plain := odd(s, n)
		b.WriteString(plain)
		i = n + max(size, 1)
	}
	p.Text = b.String()
	for _, l := range v.Touching(lo, hi) {
		l.Start, l.End = p.to(max(lo, l.Start)), p.to(min(hi, l.End))
		p.Links = append(p.Links, l)
	}
	return p
}

// to is the byte of the copy for byte i of the view.
func (p *plainView) to(i int) int {
	i -= p.lo
	n := sort.Search(len(p.cuts), func(n int) bool { return p.cuts[n].from > i })
	if n == 0 {
		return 0
	}
	at := p.cuts[n-1].at + i - p.cuts[n-1].from
	if n < len(p.cuts) {
		at = min(at, p.cuts[n].at)
	}
	return min(at, len(p.Text))
}

// back is the byte of the view for byte i of the copy.
func (p *plainView) back(i int) int {
	n := sort.Search(len(p.cuts), func(n int) bool { return p.cuts[n].at > i })
	return p.lo + p.cuts[n-1].from + i - p.cuts[n-1].at
}

// endOf is the end of the view's character that the last byte of Text[:i] comes from.
func (p *plainView) endOf(i int) int {
	if i == 0 {
		return p.lo
	}
	i = p.back(i-1) + 1
	for i < len(p.of) && !utf8.RuneStart(p.of[i]) {
		i++
	}
	return i
}

// nextOdd is the place of the next odd character in s[i:]; len(s) if there is none.
func nextOdd(s string, i int) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case '<', 0xc2, 0xd8, 0xe1, 0xe2, 0xef: // first bytes of odd characters
			if n, _ := odd(s, i); n > 0 {
				return i
			}
		}
	}
	return i
}

// odd is the length of the character or tag at s[i:] if it shows nothing or is a wide
// mark of attributions, and its plain form; 0 if it is neither.
func odd(s string, i int) (n int, plain string) {
	if i == len(s) {
		return 0, ""
	}
	if s[i] == '<' {
		return tagLength(s[i:]), ""
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == '（':
		return n, "("
	case r == '）':
		return n, ")"
	case r == '＠':
		return n, "@"
	case isInvisible(r), (r == '\u200c' || r == '\u200d') && i > 0 && s[i-1] < utf8.RuneSelf: // else joiners are parts of words and emoji
		return n, ""
	}
	return 0, ""
}

// isInvisible reports whether a character takes no place.
func isInvisible(r rune) bool {
	return r == '\u00ad' || r == '\u200b' || r == '\u180e' || 0x2061 <= r && r <= 0x2064 ||
		char.IsWide(r) && (r == 0x61c || r == 0x200e || r == 0x200f || 0x202a <= r && r <= 0x202e || r >= 0x2060 && r != 0x3000)
}

// inlineTags are the elements whose tags may be left in a line.
var inlineTags = []string{"a", "b", "bdi", "bdo", "big", "cite", "em", "font", "i", "small", "span", "strong", "u", "wbr"}

// tagLength is the length of the inline tag at the beginning of s; 0 if there is none.
func tagLength(s string) int {
	end := strings.IndexByte(s[:min(len(s), maxAddress)], '>')
	if end < 0 {
		return 0
	}
	name := strings.TrimPrefix(s[1:end], "/")
	if i := strings.IndexAny(name, " \n/"); i >= 0 {
		name = name[:i]
	}
	for _, t := range inlineTags {
		if strings.EqualFold(name, t) {
			return end + 1
		}
	}
	return 0
}

// visible is s without the characters that show nothing.
func visible(s string) string {
	n := nextOdd(s, 0)
	if n == len(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		b.WriteString(s[i:n])
		size, plain := odd(s, n)
		if plain != "" {
			b.WriteString(s[n : n+size]) // a name may hold wide marks
		}
		i = n + max(size, 1)
		n = nextOdd(s, min(i, len(s)))
	}
	return b.String()
}
