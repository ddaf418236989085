package attribution

import (
	"html"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in attribution_test.go.

// Mark is what is between a tweet's text and its author's name. A greater mark is a surer
// end of the text.
type Mark int

const (
	NoMark       Mark = iota
	Hyphen            // " - "
	DoubleHyphen      // "--", or an en dash
	GluedMark         // "? ", which may also end a question
	LostDash          // " ? ", and other marks for a character that was lost
	EmDash            // "—", also escaped twice or in the wrong encoding
	DoubleSpace       // the dash was lost and its blanks were kept
	LineStart         // the name begins its line
)

// dash is a way to write the dash.
type dash struct {
	s      string
	mark   Mark
	blanks int // on how many sides there must be a blank or the edge of the line
}

// dashes has longer ones first.
var dashes = []dash{
	{"——", EmDash, 0}, // as Chinese has it
	{"—", EmDash, 0},
	{"―", EmDash, 0},
	{"─", EmDash, 0}, // of box drawing, in East Asian texts
	{"⸺", EmDash, 0},
	{`\u2014`, EmDash, 0},
	{"â€”", EmDash, 0}, // UTF-8 read as cp1252
	{`â€"`, EmDash, 0}, // ... with its quotation mark made straight
	{"Ã¢Â\u0080Â\u0094", EmDash, 0},
	{"Ã¢â‚¬â€\u009d", EmDash, 0},
	{"Ã¢â‚¬â€", EmDash, 0},
	{"â\u0080\u0094", EmDash, 0},
	{"‚Äî", EmDash, 0},    // UTF-8 read as Mac Roman
	{"вЂ”", EmDash, 0},    // ... as cp1251
	{"\u0097", EmDash, 0}, // cp1252 read as ISO 8859-1
	{"---", DoubleHyphen, 0},
	{"--", DoubleHyphen, 0},
	{"–", DoubleHyphen, 1},
	{`\u2013`, DoubleHyphen, 1},
	{"â€“", DoubleHyphen, 1},
	{"‚Äì", DoubleHyphen, 1},
	{"вЂ“", DoubleHyphen, 1},
	{"\u0096", DoubleHyphen, 1},
	{"−", DoubleHyphen, 2},
	{"‒", DoubleHyphen, 1},
	{"-", Hyphen, 2},
	{"‐", Hyphen, 2},
	{"‑", Hyphen, 2},
	{"???", LostDash, 1}, // a mark for each of the dash's bytes
	{"?", LostDash, 1},
	{"¿", LostDash, 1},
	{"\ufffd\ufffd\ufffd", LostDash, 1},
	{"\ufffd", LostDash, 1},
	{"\x1a", LostDash, 1},
	{"□", LostDash, 1},
}

// endsDash are the last bytes of dashes, and that of an entity.
var endsDash = [256]bool{';': true}

func init() {
	for _, d := range dashes {
		endsDash[d.s[len(d.s)-1]] = true
	}
}

// maxEntity is the greatest length of a dash that is an entity, escaped once or more
// often.
const maxEntity = 16

// entityDash is the dash that an entity shows: "&mdash;", or "&amp;#8212;" if the text
// was escaped twice or more often.
func entityDash(s string) (dash, bool) {
	for range 3 {
		s = html.UnescapeString(s)
	}
	for _, d := range dashes {
		if d.s == s && d.mark != LostDash {
			return d, true
		}
	}
	return dash{}, false
}

// leadingDash reads the dash at the beginning of the line.
func (a *Attribution) leadingDash(s string, line, end int) bool {
	i := skipSpaces(s[:end], line)
	rest := s[i:end]
	found := func(n int, m Mark) bool {
		a.Mark, a.Text, a.Name = m, line, i+n
		return true
	}
	for _, d := range dashes {
		if strings.HasPrefix(rest, d.s) && (d.mark != LostDash || char.Blank(rest, len(d.s)) > 0) {
			return found(len(d.s), d.mark)
		}
	}
	if n := strings.IndexByte(rest[:min(len(rest), maxEntity)], ';') + 1; n > 1 && rest[0] == '&' {
		if d, ok := entityDash(rest[:n]); ok {
			return found(n, d.mark)
		}
	}
	return false
}

// lastDash reads the last of the strongest dashes between line and end.
func (a *Attribution) lastDash(s string, line, end int, c Context) bool {
	weakest := Hyphen
	if c.Known && end-line < maxNameLine && char.Trim(s[c.From:line]) != "" {
		weakest = EmDash // the line may be the name's alone, and names have other dashes
	}
	for i := end; i > line && a.Mark != EmDash; {
		n, m := dashBefore(s, i, line, end)
		if m >= weakest && m > a.Mark && (m != LostDash && m != GluedMark || a.isLostDash(s, i, end, c)) {
			a.Mark, a.Name, a.Text = m, i, i-n
		}
		if n == 0 {
			_, n = utf8.DecodeLastRuneInString(s[line:i])
		}
		i -= n
	}
	return a.Mark != NoMark
}

// isLostDash reports whether the mark of a lost character before s[i:end] is a dash: a
// name follows, and no other dash. In markup the dash begins its line, so it is not
// looked for.
func (a *Attribution) isLostDash(s string, i, end int, c Context) bool {
	to := end
	if a.Mark != NoMark {
		to = a.Text // a hyphen in the name
	}
	return !c.Kept && !c.Known && a.Mark < DoubleHyphen && char.Trim(s[i:to]) != "" && likeName(s[i:end])
}

// dashBefore is the length and the kind of the dash at the end of s[:i].
func dashBefore(s string, i, lo, end int) (int, Mark) {
	if i <= lo || !endsDash[s[i-1]] {
		return 0, NoMark
	}
	n, d := dashEnd(s[lo:i])
	before, after := i-n == lo || char.BlankBefore(s, i-n) > 0, i == end || char.Blank(s, i) > 0
	switch {
	case n == 0, d.blanks > 0 && !before && !after, d.blanks > 1 && !(before && after):
		return 0, NoMark
	case d.mark == LostDash:
		return n, lostMark(s, i-n, i, lo, end)
	}
	return n, d.mark
}

// dashEnd is the dash at the end of s, and its length; 0 if there is none.
func dashEnd(s string) (n int, d dash) {
	if strings.HasSuffix(s, ";") {
		from := max(0, len(s)-maxEntity)
		if k := strings.LastIndexByte(s[from:], '&'); k >= 0 {
			if d, ok := entityDash(s[from+k:]); ok {
				return len(s) - from - k, d
			}
		}
		return 0, dash{}
	}
	for _, d := range dashes {
		if strings.HasSuffix(s, d.s) {
			return len(d.s), d
		}
	}
	return 0, dash{}
}

// lostMark is the kind of s[i:j], which is the mark of a lost character. It is a dash if
// one blank follows and before it is the end of a sentence or a blank at which a line may
// break.
func lostMark(s string, i, j, lo, end int) Mark {
	if j == end || char.Blank(s, j) == 0 || char.Blank(s, j+1) > 0 {
		return NoMark
	}
	switch {
	case i == lo, char.IsSpace(s[i-1]), strings.HasSuffix(s[:i], ".") && !strings.HasSuffix(s[:i], ".."):
		return LostDash
	case char.BlankBefore(s, i) > 0:
		return NoMark // a question mark in French
	}
	return GluedMark
}
