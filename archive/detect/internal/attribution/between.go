package attribution

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in attribution_test.go.

// maxBetween is the greatest number of bytes between the handle and the day.
const maxBetween = 64

// longestJoin is the greatest length of a word between them, in bytes.
const longestJoin = 24

const (
	proseJoints = ",，、،()[]"       // marks that prose may have between a handle and a day
	lineJoints  = "·•|｜・"          // marks that may begin the next line
	noJoints    = ".!…;\"'“”‘’„«‹" // marks that end a sentence or begin a quotation
)

// joinWords are words before a day or before the name of the service: on, at and from in
// the languages of the service's pages, and other words that may be there.
var joinWords = char.Words(`on at via in from by am um auf bei vom den der le du sur à au el del en a il su di op om på kl em no na do de w
	dnia dne ze z v ve ng noong sa ngày trên vào pada la pe στις στο στη на в во от у за із від в'на в-т
	posted tweeted formerly früher ehemals anciennement ex antes già voorheen
	على في من عبر في در به از ב ב־ על ב- पर को में に で から より 於 于 在 通过 透過`)

// services are the names of the service.
var services = []string{"twitter", "x", "推特", "ツイッター", "트위터", "твиттере", "твиттер", "твітері", "твітер", "تويتر", "توییتر", "טוויטר", "ट्विटर", "ทวิตเตอร์"}

// kind is the kind of something between the handle and the day.
type kind int

const (
	noJoint  kind = iota
	joinWord      // or a mark that prose may have there
	joinMark      // a mark that prose does not have there
	theName       // the name of the service
)

// readBetween reads a day with marks, words or the name of the service between it and the
// handle: (@janeroe) · May 4, 2019, (@janeroe) on X, May 4, 2019; or that name alone. If
// there are only words between them, as in prose, all else must look like an attribution.
func (a *Attribution) readBetween(v *view.View, known bool) {
	s := v.Text
	sure, on := a.passJoints(v)
	a.readService(s)
	switch {
	case a.Dated && !known && (a.goesOn() || !sure && !a.isApart(s)):
		a.Date, a.Dated, a.ID, a.End = date.Date{}, false, "", a.Close
	case !a.Dated && a.ID == "" && on > 0:
		a.onService, a.End = true, a.closeBracket(s, on)
		for _, l := range v.Touching(a.Close, a.End) {
			if st, ok := archive.FindStatus(l.Target); ok && strings.EqualFold(st.Handle, a.Handle) {
				a.ID = st.ID
			}
		}
	}
}

// passJoints passes over marks, words and names of the service, up to the day. sure is
// true if one of them is a mark that prose does not have there. on is where they end if
// the name of the service is among them; else 0.
func (a *Attribution) passJoints(v *view.View) (sure bool, on int) {
	s, i := v.Text, a.Close
	for i-a.Close < maxBetween && !a.readDayAfter(v, i) {
		if i == a.Close {
			if i = char.SkipBreak(s, i); !strings.ContainsRune(lineJoints, runeAt(s, i)) {
				i = a.Close
			}
		}
		i = char.SkipBlanks(s, i)
		n, is := joint(s[i:])
		if n == 0 {
			break
		}
		i += n
		sure = sure || is == joinMark
		if is == theName || on > 0 {
			on = i
		}
	}
	return sure, on
}

// readService passes over the name of the service after the day, if it ends the line: am
// 4. Mai 2019 auf X.
func (a *Attribution) readService(s string) {
	i := char.SkipBlanks(s, a.End)
	n, is := joint(s[i:])
	if !a.Dated || is != joinWord {
		return
	}
	i = char.SkipBlanks(s, i+n)
	if n, is = joint(s[i:]); is == theName && endsLine(s, i+n) {
		a.End = i + n
	}
}

// endsLine reports whether only blanks follow in the line at i.
func endsLine(s string, i int) bool {
	i = char.SkipBlanks(s, i)
	return i == len(s) || s[i] == '\n' || s[i] == '\r'
}

// readDayAfter reads the day that follows at i: after a line break, or after an empty
// line if the day has a line of its own.
func (a *Attribution) readDayAfter(v *view.View, i int) bool {
	s := v.Text
	at := char.SkipBreak(s, i)
	if a.dayAt(v, at); a.Dated || a.ID != "" {
		return true
	}
	if next := char.SkipBreak(s, at); next > at {
		if _, n := date.At(s[next:]); n > 0 && endsLine(s, next+n) {
			a.dayAt(v, next)
		}
	}
	return a.Dated || a.ID != ""
}

// goesOn reports whether the name begins like the rest of a sentence: — with Jane Roe
// (@janeroe).
func (a *Attribution) goesOn() bool {
	first, rest, _ := strings.Cut(a.Author, " ")
	return unicode.IsLower(runeAt(first, 0)) && strings.ContainsFunc(rest, unicode.IsUpper) && !isNameJoint(first) && !a.isNameWord(first, true)
}

// isApart reports whether name and day look like an attribution, although prose may have
// the same between them: the name looks like one, and after the day is neither the rest
// of a sentence nor the time zone of another network.
func (a *Attribution) isApart(s string) bool {
	if !likeName(s[a.Name:a.Open]) || a.Date.Clock && strings.ContainsAny(s[a.End-1:a.End], "TZ") {
		return false
	}
	r := runeAt(s, char.SkipBlanks(s, a.End))
	return r != ',' && r != ';' && !unicode.IsLower(r)
}

// runeAt is the character at s[i:].
func runeAt(s string, i int) rune {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

// joint is the length and the kind of what s begins with, if that may be between handle
// and day.
func joint(s string) (int, kind) {
	if s == "" {
		return 0, noJoint
	}
	if n := reference(s); n > 0 {
		return n, joinWord
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case strings.ContainsRune(proseJoints, r):
		return size, joinWord
	case strings.ContainsRune(noJoints, r):
		return 0, noJoint
	case unicode.IsPunct(r), unicode.IsSymbol(r): // also the replacement character
		return size, joinMark
	}
	if n := serviceName(s); n > 0 {
		return n, theName
	}
	if n := joinWordAt(s); n > 0 {
		return n, joinWord
	}
	return 0, noJoint
}

// serviceName is the length of the name of the service at the beginning of s; 0 if there
// is none.
func serviceName(s string) int {
	for _, name := range services {
		if n := len(name); n <= len(s) && strings.EqualFold(s[:n], name) {
			if e := suffix(s[n:]); e >= 0 {
				return n + e
			}
		}
	}
	return 0
}

// joinWordAt is the length of the word of joinWords at the beginning of s; 0 if there is
// none.
func joinWordAt(s string) int {
	for n := 0; n < len(s) && n < longestJoin; {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’־-", r) {
			break
		}
		n += size
		next, _ := utf8.DecodeRuneInString(s[n:])
		if (char.IsUncased(r) || !unicode.IsLetter(next)) && joinWords[strings.ToLower(s[:n])] {
			return n
		}
	}
	return 0
}

// suffix is the length of what a language adds to the service's name ("Twitter'da",
// "Twitterissä", "X.com"); -1 if s goes on as another word.
func suffix(s string) int {
	if len(s) >= 4 && strings.EqualFold(s[:4], ".com") {
		return 4
	}
	n := 0
	for n < len(s) && n < longestJoin {
		r, size := utf8.DecodeRuneInString(s[n:])
		if unicode.IsDigit(r) || unicode.IsUpper(r) || r == '_' {
			return -1
		}
		if !unicode.IsLower(r) && (n > 0 || r != '\'' && r != '’') {
			break
		}
		n += size
	}
	return n
}

// reference is the length of the number of a reference at the beginning of s: [12].
func reference(s string) int {
	n := 1
	for n < len(s) && n < 4 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n > 1 && n < len(s) && s[0] == '[' && s[n] == ']' {
		return n + 1
	}
	return 0
}

// referenceBefore is the length of the number of a reference at the end of s[:i].
func referenceBefore(s string, i int) int {
	for n := 3; n <= 5 && n <= i; n++ {
		if reference(s[i-n:i]) == n {
			return n
		}
	}
	return 0
}

// closeBracket is where the attribution ends after i: after marks of emphasis, and after
// a bracket that was opened after the handle.
func (a *Attribution) closeBracket(s string, i int) int {
	i = char.SkipAny(s, i, "*_`")
	open := strings.LastIndexAny(s[a.Close:i], openers)
	if open < 0 {
		return i
	}
	r, _ := utf8.DecodeRuneInString(s[a.Close+open:])
	next, size := utf8.DecodeRuneInString(s[i:])
	if pairs[r] != next {
		return i
	}
	return char.SkipAny(s, i+size, "*_`")
}

const openers = "([（［【〔"

var pairs = map[rune]rune{'(': ')', '[': ']', '（': '）', '［': '］', '【': '】', '〔': '〕'}
