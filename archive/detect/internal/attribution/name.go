package attribution

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
)

// Tested in attribution_test.go.

const (
	maxName      = 64           // characters; a name has at most 50, and a wrong encoding makes more of them
	maxNameBytes = 24 * maxName // emoji take many
	maxNameLine  = 80           // the most bytes of a line that is only a name
)

// readName finds the name before the parenthesis or on the line above it, and the dash
// before the name.
func (a *Attribution) readName(s string, c Context) {
	end := a.Open
	for end > c.From {
		n := char.BlankBefore(s, end)
		if n == 0 || s[end-n] == '\n' {
			break
		}
		end -= n
	}
	if end > c.From && s[end-1] == '\n' {
		b := *a
		if b.nameBefore(s, c, lineAbove(s, c.From, end)); b.isName() {
			*a = b
			return
		}
	}
	a.nameBefore(s, c, end)
}

// lineAbove is the end of the line above the one that begins at i. One empty line may be
// between them.
func lineAbove(s string, lo, i int) int {
	for breaks := 0; i > lo; {
		n := char.BlankBefore(s, i)
		if n == 0 || s[i-1] == '\n' && breaks == 2 {
			break
		}
		if s[i-1] == '\n' {
			breaks++
		}
		i -= n
	}
	return i
}

// isName reports whether the line above the handle is surely the name: a dash is before
// it, or it is alone on its line and looks like nothing else.
func (a *Attribution) isName() bool {
	if a.Author == "" || !likeName(a.Author) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(a.Author)
	last, _ := utf8.DecodeLastRuneInString(a.Author)
	return a.HasDash() || a.Mark == LineStart && a.Dated && unicode.IsUpper(first) && !char.EndsSentence(last) &&
		strings.Count(a.Author, " ") < maxNameWords
}

// maxNameWords is how many words a name has at most, with rare exceptions.
const maxNameWords = 5

// nameBefore finds the name that ends at end, and the dash before it. If there is an em
// dash, the last one counts. So a name may hold a hyphen (— Hong Kong - Be Water) and a
// text a dash.
func (a *Attribution) nameBefore(s string, c Context, end int) {
	a.Name, a.Text = end, end
	line := nameReach(s, c, end)
	atLine := line == 0 || s[line-1] == '\n'
	switch {
	case c.Known && a.leadingDash(s, line, end):
	case a.lastDash(s, line, end, c):
	case atLine && (c.Known || likeName(s[line:end])):
		a.ownLine(s, c.From, line, end)
	case !a.Dated && a.ID == "":
		return // neither dash nor date, so no attribution
	default:
		a.noMark(s, line, end)
	}
	a.Name = min(end, skipSpaces(s, a.Name))
	a.nameEnd = end
	if a.Name < end {
		a.nameEnd = a.Name + len(strings.TrimSuffix(s[a.Name:end], s[emphasisBefore(s, a.Name, c.From):a.Name]))
		a.Author = displayName(s[a.Name:a.nameEnd])
	}
}

// emphasisBefore is where the marks of emphasis at the end of s[:i] begin.
func emphasisBefore(s string, i, lo int) int {
	for i > lo && (s[i-1] == '*' || s[i-1] == '_') {
		i--
	}
	return i
}

// skipSpaces is the end of the blanks at s[i:].
func skipSpaces(s string, i int) int {
	for n := char.Blank(s, i); n > 0; n = char.Blank(s, i) {
		i += n
	}
	return i
}

// nameReach is the earliest place where the name that ends at end may begin: the
// beginning of its line, or as far back as names are long.
func nameReach(s string, c Context, end int) int {
	if c.Known {
		return strings.LastIndexByte(s[c.From:end], '\n') + 1 + c.From
	}
	return end - lastShown(s[max(c.From, end-maxNameBytes):end], maxName+1)
}

// lastShown is the length of the last n characters of s, as a reader counts them, or of
// its last line. An emoji counts as one, even if it is joined from several.
func lastShown(s string, n int) int {
	i, joined := len(s), false
	for i > 0 && n > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if r == '\n' {
			break
		}
		i -= size
		switch {
		case r == '\u200d':
			joined = true
		case r >= 0x300 && (0xfe00 <= r && r <= 0xfe0f || 0x1f3fb <= r && r <= 0x1f3ff || r >= 0xe0000 || unicode.Is(unicode.Mn, r)): // a variant, a skin, a flag's letter, an accent
		case joined:
			joined = false
		default:
			n--
		}
	}
	return len(s) - i
}

// likeName reports whether a line can be a name: no sentence ends in it, it has no two
// spaces where a dash was lost, and most of it is not in lower case.
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
		ended = (len(w) > 4 || len(w) == 1) && strings.ContainsAny(w[len(w)-1:], ".!?:")
	}
	return low*2 <= words || words < 3
}

// ownLine reads the name that has its line for itself. The dash may be at the end of the
// text above (as in CNN's live blogs).
func (a *Attribution) ownLine(s string, lo, line, end int) {
	a.Mark, a.Name = LineStart, line
	for a.Name < end && (strings.IndexByte(">*_", s[a.Name]) >= 0 || char.Blank(s, a.Name) > 0) {
		a.Name += max(1, char.Blank(s, a.Name))
	}
	a.Text = line
	above := line
	for above > lo && (char.IsSpace(s[above-1]) || s[above-1] == '>') {
		above--
	}
	if n, m := dashBefore(s, above, lo, above); m == DoubleHyphen || m == EmDash {
		a.Mark, a.Text = m, above-n
	}
}

// noMark reads the name with only blanks between it and the text. There are two blanks if
// a dash was lost. Else the name is as many capitalised words as there are.
func (a *Attribution) noMark(s string, limit, end int) {
	for to := end; ; {
		i := strings.LastIndex(s[limit:to], "  ")
		if i < 0 {
			break
		}
		to = limit + i
		if strings.ContainsFunc(s[to:end], unicode.IsLetter) { // not only what is left of an emoji
			a.Mark, a.Text, a.Name = DoubleSpace, to, to+2
			return
		}
	}
	// Words before the parenthesis, one after another: they belong to the name if they
	// begin with a capital, or are in the handle, or join such words.
	a.Name = end
	for i := end; i > limit; {
		j := strings.LastIndexByte(s[limit:i], ' ') + 1 + limit
		if a.isNameWord(s[j:i], i == end) {
			a.Name = j
		} else if !isNameJoint(s[j:i]) {
			break
		}
		i = j - 1
	}
	a.Text = a.Name
}

// isNameJoint reports whether a word may be between two words of a name or after them:
// of, an ampersand, an emoji.
func isNameJoint(word string) bool {
	switch word {
	case "of", "and", "the", "de", "del", "da", "do", "di", "du", "la", "van", "von", "der", "el", "al", "y", "&", "|", "-":
		return true
	}
	r, _ := utf8.DecodeRuneInString(word)
	return r > 0x2000 && !unicode.IsLetter(r) && !unicode.IsPunct(r)
}

// isNameWord reports whether a word before the parenthesis belongs to the name.
func (a *Attribution) isNameWord(word string, last bool) bool {
	if word == "" || strings.Contains(word, "://") || strings.Contains(word, "pic.twitter") {
		return false
	}
	r, _ := utf8.DecodeRuneInString(word)
	plain := strings.ToLower(strings.Trim(word, ".,"))
	if !unicode.IsUpper(r) && (len(plain) < 2 || !strings.Contains(strings.ToLower(a.Handle), plain)) {
		return false
	}
	c := word[len(word)-1]
	return last || !(c == '.' && len(word) > 4 || c == '!' || c == '?' || c == ':')
}

// displayName is a name as it is shown: without white space around it, without characters
// that show nothing, and without marks of emphasis, links and references.
func displayName(s string) string {
	s = char.Squash(visible(strings.ToValidUTF8(s, "\uFFFD")))
	s = strings.TrimRight(strings.TrimLeft(s[reference(s):], "> "), `> \`)
	for len(s) > 2 && strings.IndexByte("*_`", s[0]) >= 0 && s[0] == s[len(s)-1] {
		s = s[1 : len(s)-1]
	}
	if strings.Count(s, "*") < 3 { // the other marks of the emphasis are outside the name
		s = strings.TrimRight(strings.TrimPrefix(s, "*"), " *")
	}
	if !strings.Contains(s, "]") {
		s = strings.TrimLeft(s, "[")
	}
	return strings.TrimSpace(s)
}

// Doubt is how doubtful it is that the attribution in s was read right, from 0 to 1. If
// it has no name, a name that nobody has, or a date that gives no day, more was lost than
// can be seen.
func (a *Attribution) Doubt(s string) float64 {
	switch {
	case a.Date.Doubtful(), !a.Dated && a.ID == "" && date.Like(s[a.Close:]):
		return 0.5
	case a.Author == "":
		return 0.1
	case lastShown(a.Author, longestName) < len(a.Author), isControl(a.Author), strings.Contains(a.Author, "://"):
		return 0.5
	case !a.HasDash() && strings.Count(a.Author, " ") >= maxNameWords:
		return 0.3
	}
	return 0
}

// longestName is how many characters of a name the service allows.
const longestName = 50

// controls begin the labels that pages and articles have around names.
var controls = []string{
	"follow", "following", "reply", "replying to", "retweeted", "verified account", "view post", "show more",
	"copy link", "advertisement", "by", "photo", "via",
}

// isControl reports whether a name is a label of a page, or begins like a credit.
func isControl(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(controls, func(c string) bool {
		rest, ok := strings.CutPrefix(name, c)
		return ok && (rest == "" || rest[0] == ' ' || rest[0] == ':')
	})
}
