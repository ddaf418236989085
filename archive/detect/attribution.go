package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
	"tweetarc/archive/detect/internal/date"
)

// attribution is the line under a tweet: dash, name, (@handle), date.
type attribution struct {
	author string
	handle string
	dash   int // the text ends here
	name   int // the name begins here; equal to paren if empty
	paren  int
	end    int // behind the date and its link
	when   when
	mark   mark // what stands between the text and the name
}

// when is what follows the (@handle).
type when struct {
	date   date.Date
	id     string
	dated  bool // a date stood there, though perhaps a masked one
	linked bool // it was a Markdown link
	target bool // its address stood behind it in parentheses
}

const (
	maxName    = 64 // runes; a display name has at most 50, mojibake makes more of them
	maxAddress = 400
)

// handleAt reads the handle of "(@handle)" whose parenthesis is at i, and where
// the closing one ends; "" if there is none. The handle may hold Markdown's
// escaped underscores, the parentheses blanks.
func handleAt(s string, i int) (handle string, end int) {
	if i+2 < len(s) && s[i+1] == '@' && !archive.IsHandleByte(s[i+2]) && s[i+2] != '\\' {
		return "", 0 // soon said, as much that follows, for hostile texts
	}
	if i++; i < len(s) && s[i] != '@' {
		if i = char.SkipBlanks(s, i); strings.HasPrefix(s[i:], `\@`) {
			i++
		}
	}
	if i >= len(s) || s[i] != '@' {
		return "", 0
	}
	i++
	from, escaped := i, false
	for i < len(s) && i-from <= 40 {
		if archive.IsHandleByte(s[i]) {
			i++
		} else if s[i] == '\\' && i+1 < len(s) && s[i+1] == '_' {
			i, escaped = i+2, true
		} else {
			break
		}
	}
	handle = s[from:i]
	if escaped {
		handle = strings.ReplaceAll(handle, `\_`, "_")
	}
	if i < len(s) && s[i] != ')' {
		i = char.SkipBlanks(s, i)
	}
	if i >= len(s) || s[i] != ')' || !archive.IsHandle(handle) {
		return "", 0
	}
	return handle, i + 1
}

// whenAt reads what stands behind "(@handle)": a date, in a link or with its
// address behind it, or the address alone (k3a/html2text).
func whenAt(s string, i int) (w when, end int) {
	start := i
	if i < len(s) && (s[i] <= ' ' || s[i] >= utf8.RuneSelf) {
		i = skipBreak(s, i)
	}
	for i < len(s) && i-start < 16 && (s[i] == '[' || s[i] == '*' || s[i] == '_' || s[i] == '>' || s[i] == '(' && strings.HasPrefix(s[i:], "([")) {
		w.linked = w.linked || s[i] == '['
		i = char.SkipBlanks(s, i+1)
	}
	d, n := date.At(s[i:])
	if n == 0 { // a link whose shown date was empty
		j := i
		if w.linked && j < len(s) && s[j] == ']' {
			j++
		}
		if j < len(s) && s[j] == '(' {
			if k := closing(s, j); k > j+len("(status)") {
				if st, ok := archive.FindStatus(s[j:k]); ok {
					w.id, w.target = st.ID, !w.linked
					return w, k
				}
			}
		}
	}
	if n == 0 {
		if i == len(s) {
			return when{}, start
		}
		switch s[i] {
		default:
			return when{}, start
		case 'h', 't', 'w', 'x', 'm': // https://, twitter.com, x.com, www., mobile.
		}
		if st, ok := archive.FindStatus(s[i:min(len(s), i+maxAddress)]); ok && st.Start == 0 {
			w.id = st.ID
			return w, addressEnd(s, i+st.End)
		}
		return when{}, start
	}
	w.date, w.dated = d, true
	end = i + n
	i = end
	for i < len(s) && (s[i] == '*' || s[i] == '_') {
		i++
	}
	if w.linked {
		j := skipBreak(s, i)
		if j+1 < len(s) && s[j] == ']' && (s[j+1] == '(' || s[j+1] == '[') {
			if k := closing(s, j+1); k > 0 {
				if st, ok := archive.FindStatus(s[j:k]); ok {
					w.id = st.ID
				}
				return w, k
			}
		}
		return w, end
	}
	if j := skipBreak(s, i); j < len(s) && s[j] == '(' {
		if k := closing(s, j); k > 0 {
			if st, ok := archive.FindStatus(s[j:k]); ok {
				w.id, w.target = st.ID, true
				return w, k
			}
		}
	}
	return w, end
}

// closing is where the bracket or parenthesis opened at i is closed, no
// further away than an address is long; 0 if it is not.
func closing(s string, i int) int {
	open, shut := s[i], byte(')')
	if open == '[' {
		shut = ']'
	}
	depth := 0
	for j := i; j < len(s) && j < i+maxAddress; j++ {
		switch s[j] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return 0
}

// addressEnd is where the address ends of which s[:i] is the beginning.
func addressEnd(s string, i int) int {
	for i < len(s) && s[i] > ' ' && s[i] < 0x80 && !strings.ContainsRune(`)]>"'<`, rune(s[i])) {
		i++
	}
	return i
}

// mark is what parts a tweet's text from its author's name.
type mark int

const (
	noMark       mark = iota
	hyphen            // " - "
	doubleHyphen      // "--", or an en dash
	emDash            // "—", also as entity or mojibake
	doubleSpace       // the dash was lost, its spaces stayed
	lineStart         // the name begins its line
)

// dashes are the ways in which an attribution's dash is written (FORMATS a2).
var dashes = []struct {
	s      string
	mark   mark
	spaced bool // only with white space or a line's edge on both sides
}{
	{"—", emDash, false},
	{"―", emDash, false},
	{"&mdash;", emDash, false},
	{"&#8212;", emDash, false},
	{"&#x2014;", emDash, false},
	{"&#X2014;", emDash, false},
	{"â€”", emDash, false},
	{"Ã¢Â\u0080Â\u0094", emDash, false},
	{"Ã¢â‚¬â€\u009d", emDash, false},
	{"Ã¢â‚¬â€", emDash, false},
	{"â\u0080\u0094", emDash, false},
	{"\u0097", emDash, false}, // cp1252's em dash read as ISO 8859-1
	{"---", doubleHyphen, false},
	{"--", doubleHyphen, false},
	{"–", doubleHyphen, true},
	{"&ndash;", doubleHyphen, true},
	{"&#8211;", doubleHyphen, true},
	{"â€“", doubleHyphen, true},
	{"−", doubleHyphen, true},
	{"-", hyphen, true},
}

// nameBefore finds the name that ends at the parenthesis, and the dash before
// it, no further back than lo. The last em dash counts if there is one, so that
// a name may hold a hyphen (— Hong Kong - Be Water) and a text a dash.
func (a *attribution) nameBefore(s string, lo int) {
	end := a.paren
	for end > lo {
		n := char.BlankBefore(s, end)
		if n == 0 || s[end-n] == '\n' {
			break
		}
		end -= n
	}
	a.mark, a.name, a.dash = noMark, end, end
	i := end
	runes := 0
	limit := lo
	for i > lo && runes <= maxName && a.mark != emDash {
		if s[i-1] == '\n' {
			limit = i
			break
		}
		if n, m := dashBefore(s, i, lo, end); m > noMark {
			if m > a.mark {
				a.mark, a.name, a.dash = m, i, i-n
			}
			i -= n
			runes++
			continue
		}
		_, n := utf8.DecodeLastRuneInString(s[:i])
		i -= n
		runes++
		limit = i
	}
	switch {
	case a.mark != noMark:
		for a.name < end {
			n := char.Blank(s, a.name)
			if n == 0 {
				break
			}
			a.name += n
		}
	case (limit == 0 || s[limit-1] == '\n') && likeName(s[limit:end]):
		a.onLine(s, lo, limit, end)
	case !a.when.dated && a.when.id == "":
		return // neither dash nor date, so no attribution
	default:
		a.unmarked(s, limit, end)
	}
	if a.name < end {
		a.author = name(s[a.name:end])
	}
}

// likeName tells whether a line can be a name: no two spaces where a dash was,
// no end of a sentence inside, and not for the most part in lower case.
func likeName(s string) bool {
	s = strings.Trim(s, " \t>*\u00a0")
	if strings.Contains(s, "  ") {
		return false
	}
	words, low, ended := 0, 0, false
	for w := range strings.SplitSeq(s, " ") {
		if words > 0 && ended {
			return false
		}
		words++
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) {
			low++
		}
		ended = len(w) > 4 && strings.ContainsAny(w[len(w)-1:], ".!?:")
	}
	return low*2 <= words || words < 3
}

// onLine is the name that has its line for itself, which begins at line; the
// dash may stand at the end of the text above (CNN's live blogs).
func (a *attribution) onLine(s string, lo, line, end int) {
	a.mark, a.name = lineStart, line
	for a.name < end {
		if s[a.name] == '>' || s[a.name] == '*' || s[a.name] == '_' && a.name == line {
			a.name++
		} else if n := char.Blank(s, a.name); n > 0 {
			a.name += n
		} else {
			break
		}
	}
	a.dash = line
	above := line
	for above > lo && (char.IsSpace(s[above-1]) || s[above-1] == '>') {
		above--
	}
	if n, m := dashBefore(s, above, lo, above); m >= doubleHyphen {
		a.mark, a.dash = m, above-n
	}
}

// unmarked is the name that nothing parts from the text but white space: two
// spaces where the dash was, else as many capitalised words as there are.
func (a *attribution) unmarked(s string, limit, end int) {
	if i := strings.LastIndex(s[limit:end], "  "); i >= 0 {
		a.mark, a.name = doubleSpace, limit+i+2
		a.dash = limit + i
		return
	}
	// Words outward from the parenthesis: as long as they begin with a capital,
	// or stand in the handle.
	a.name = end
	for i := end; i > limit; {
		j := strings.LastIndexByte(s[limit:i], ' ') + 1 + limit
		word := s[j:i]
		r, _ := utf8.DecodeRuneInString(word)
		plain := strings.ToLower(strings.Trim(word, ".,"))
		if word == "" || !unicode.IsUpper(r) && (len(plain) < 2 || !strings.Contains(strings.ToLower(a.handle), plain)) {
			break
		}
		if c := word[len(word)-1]; a.name < end && (c == '.' && len(word) > 4 || c == '!' || c == '?' || c == ':') || strings.Contains(word, "://") || strings.Contains(word, "pic.twitter") {
			break
		}
		a.name = j
		if i = j - 1; i <= limit {
			break
		}
	}
	a.dash = a.name
}

// dashBefore is the length and the kind of the dash that ends at s[:i].
func dashBefore(s string, i, lo, end int) (int, mark) {
	if i <= lo {
		return 0, noMark
	}
	// Every dash of the table ends in one of few bytes.
	switch c := s[i-1]; {
	case c == '-' || c == ';' || c >= 0x80:
	default:
		return 0, noMark
	}
	for _, d := range dashes {
		n := len(d.s)
		if i-n < lo || s[i-n:i] != d.s {
			continue
		}
		if d.spaced {
			before := i-n == lo || char.BlankBefore(s, i-n) > 0
			after := i == end || char.Blank(s, i) > 0
			if !before || !after {
				return 0, noMark
			}
		}
		return n, d.mark
	}
	return 0, noMark
}
