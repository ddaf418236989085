package web

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// A piece is a part of a text that looks the same throughout.
type piece struct {
	Text string
	Mark bool   // it matches the query
	Href string // the page of the @mention or #tag that begins here
	End  bool   // a mention or tag ends here
}

// How many characters of a text a card and a tweet's own page show at once; the rest is
// folded.
const (
	cardText = 600
	pageText = 2000
)

// pieces cuts a text where marks, mentions and tags begin and end.
func (l *links) pieces(text string, marks []store.Span) []piece {
	type edge struct {
		at   int
		mark int    // 1 begins, -1 ends
		href string // of the link that begins here
		link int
	}
	var edges []edge
	for _, m := range marks {
		edges = append(edges, edge{at: m.Start, mark: 1}, edge{at: m.End, mark: -1})
	}
	for _, s := range store.Sigils(text) {
		if href := l.sigil(text[s.Start:s.End]); href != "" {
			edges = append(edges, edge{at: s.Start, link: 1, href: href}, edge{at: s.End, link: -1})
		}
	}
	slices.SortStableFunc(edges, func(a, b edge) int { return a.at - b.at })
	var all []piece
	at, marked, href := 0, 0, ""
	for _, e := range append(edges, edge{at: len(text)}) {
		if e.at > at {
			all = append(all, piece{Text: visible(text[at:e.at]), Mark: marked > 0, Href: href})
			at, href = e.at, ""
		}
		marked += e.mark
		switch e.link {
		case 1:
			href = e.href
		case -1:
			all[len(all)-1].End = true
		}
	}
	return all
}

// sigil is the page of a mention or tag.
func (l *links) sigil(s string) string {
	if name, ok := strings.CutPrefix(s, "@"); ok {
		return l.author(name)
	}
	return l.search(search{Query: s})
}

// visible makes everything in s visible: control characters become pictures (␀), and bytes
// that are not UTF-8 become U+FFFD. Line breaks and tabs stay.
func visible(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' || c == 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r < ' ':
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		case 0x80 <= r && r < 0xa0:
			return utf8.RuneError
		}
		return r
	}, s)
}

// oneLine makes s a name or title: visible, on one line, at most n characters, without
// characters that change the direction of the text around it.
func oneLine(s string, n int) string {
	s, cut := head(s, 4*n)
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r == 0x061c || r == 0x200e || r == 0x200f || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 {
			return -1
		}
		return r
	}, visible(s))), " ")
	s, again := head(s, n)
	if cut || again {
		s += "…"
	}
	return s
}

// head is the first n characters of s, and whether there are more.
func head(s string, n int) (string, bool) {
	h := archive.Head(s, n)
	return h, len(h) < len(s)
}

// window is the part of a text that a card shows: its beginning, or if that lacks the first
// mark, a part that begins somewhat before the mark. within are the marks in this part.
func window(text string, marks []store.Span, n int) (part string, within []store.Span, before, after bool) {
	from := 0
	if len(marks) > 0 && utf8.RuneCountInString(text[:marks[0].End]) > n {
		from = marks[0].Start - len(archive.Tail(text[:marks[0].Start], n/4))
	}
	part, after = head(text[from:], n)
	for _, m := range marks {
		if m.Start >= from && m.End <= from+len(part) {
			within = append(within, store.Span{Start: m.Start - from, End: m.End - from})
		}
	}
	return part, within, from > 0, after
}

// scripts tell the language of a text, so that browsers and screen readers choose the right
// font and voice. A text with only Han characters counts as Chinese.
var scripts = []struct {
	table *unicode.RangeTable
	lang  string
}{
	{unicode.Hiragana, "ja"},
	{unicode.Katakana, "ja"},
	{unicode.Hangul, "ko"},
	{unicode.Thai, "th"},
	{unicode.Hebrew, "he"},
	{unicode.Greek, "el"},
	{unicode.Han, "zh"},
}

// langOf is the language of a text if its script shows it, or "", which in HTML means that
// the language is not known.
func langOf(text string) string {
	text, _ = head(text, cardText)
	best := len(scripts)
	for _, r := range text {
		if r < 0x370 {
			continue
		}
		for i := range best {
			if unicode.Is(scripts[i].table, r) {
				best = i
				break
			}
		}
	}
	if best == len(scripts) {
		return ""
	}
	return scripts[best].lang
}
