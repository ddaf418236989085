// Package attribution reads what says whose a tweet is, and of which day:
//
//	The words of the tweet. — Jane Roe (@janeroe) March 5, 2018
//
// An attribution is a dash, a name, a handle in parentheses and a date, in all the ways
// in which converters write them. The package reads views, so running text and pages have
// one parser. At reads one attribution, Last and First read those of a blockquote.
// IsSure, IsUndated and IsByline say what it is worth.
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

// Attribution is what is printed under a tweet. Its places are bytes of the view.
type Attribution struct {
	Author    string
	Handle    string
	Text      int // the end of the tweet's text: the dash begins here
	Name      int // the beginning of the name; Open if there is none
	Open      int // the parenthesis before the handle
	Close     int // after the parenthesis that closes it
	End       int // after the date and its link; after the handle if there is no date
	Mark      Mark
	Date      date.Date
	Dated     bool   // there is a date, though its digits may be masked
	onService bool   // instead of the date there is the name of the service: "on X"
	ID        string // from the link of the date, or from the address instead of a date

	nameEnd int // the end of the name, before marks of emphasis
}

// Context is what is known about the place where an attribution is read.
type Context struct {
	From  int  // the name begins here or later
	Known bool // the markup says that this is a tweet: a line is the name, whatever it looks like
	Kept  bool // no characters of the article were lost, so "?" is no dash
}

// At reads the attribution whose @ is at byte at. It is not ok if there is no handle in
// parentheses. Whether dash and date make it an attribution, IsSure and IsUndated say.
func At(v *view.View, at int, c Context) (a Attribution, ok bool) {
	if at < c.From {
		return a, false
	}
	p := plainAround(v, at, c)
	if p == nil {
		return read(v, at, c)
	}
	c.From = 0
	if a, ok = read(&p.View, p.to(at), c); ok {
		a.Text, a.Name, a.Open, a.Close = p.endOf(a.Text), p.back(a.Name), p.back(a.Open), p.endOf(a.Close)
		a.End = p.endOf(a.End)
		for strings.HasPrefix(v.Text[a.End:], "</") && tagLength(v.Text[a.End:]) > 0 {
			a.End += tagLength(v.Text[a.End:])
		}
		a.Author = displayName(v.Text[a.Name:max(a.Name, p.endOf(a.nameEnd))])
	}
	return a, ok
}

// read reads an attribution in plain characters.
func read(v *view.View, at int, c Context) (a Attribution, ok bool) {
	if a.Open = parenthesisBefore(v.Text, at); a.Open < c.From {
		return a, false
	}
	if a.Handle, a.Close = handleAt(v.Text, at); a.Handle == "" {
		return a, false
	}
	a.End = a.Close
	a.dayAt(v, a.skipToDate(v.Text, c.Known))
	a.readName(v.Text, c)
	if a.Date.Weak() && a.ID == "" && !a.HasDash() && !c.Known {
		a.Date, a.Dated, a.End = date.Date{}, false, a.Close // prose has "May 5" too
	}
	if !a.Dated && a.ID == "" && (a.HasDash() || c.Known) {
		a.readBetween(v, c.Known)
	}
	a.leaveEmphasis(v.Text, c.From)
	a.readAgain(v)
	return a, true
}

// leaveEmphasis drops marks of emphasis that begin before the text's end or the name and
// end after it: *— Jane Roe (@janeroe) May 4, 2019*, — *Jane Roe (@janeroe)*.
func (a *Attribution) leaveEmphasis(s string, from int) {
	i := emphasisBefore(s, a.Text, from)
	if i < a.Text && a.HasDash() && (i == from || char.BlankBefore(s, i) > 0) && strings.Contains(s[a.Text:a.End], s[i:a.Text]) {
		a.Text = i
	}
	i = char.SkipAny(s, a.Name, "*_")
	if i > a.Name && (char.Blank(s, i) > 0 || strings.HasPrefix(s[a.Close:], s[a.Name:i])) {
		a.Name = skipSpaces(s, i)
		a.Author = displayName(s[a.Name:max(a.Name, a.nameEnd)])
	}
}

// readAgain passes over the same attribution, if it is printed again, and takes its date
// and ID if it has them.
func (a *Attribution) readAgain(v *view.View) {
	for range maxAgain {
		next, ok := a.nextOf(v.Text)
		if !ok {
			return
		}
		next.dayAt(v, next.skipToDate(v.Text, false))
		if !next.Dated && next.ID == "" && a.HasDash() {
			next.readBetween(v, false)
		}
		if a.Dated && next.Dated && a.Date != next.Date || a.ID != "" && next.ID != "" && a.ID != next.ID {
			return // it is another tweet, without words
		}
		if a.End = next.End; next.Dated {
			a.Date, a.Dated = next.Date, true
		}
		if next.ID != "" {
			a.ID = next.ID
		}
	}
}

// nextOf is the name and handle of a, if they follow it once more.
func (a *Attribution) nextOf(s string) (next Attribution, ok bool) {
	i := skipSpaces(s, a.End)
	n := strings.IndexByte(s[i:min(len(s), i+4*maxName)], '(')
	if n < 0 || a.Author == "" {
		return next, false
	}
	next.Name, next.Open = i, i+n
	next.Handle, next.Close = handleAt(s, skipSpaces(s, i+n+1))
	next.End = next.Close
	if !strings.EqualFold(next.Handle, a.Handle) {
		return next, false
	}
	next.leadingDash(s, i, next.Open)
	return next, displayName(s[next.Name:next.Open]) == a.Author
}

// maxAgain is how often an attribution may be repeated.
const maxAgain = 3

// maxInside is the greatest number of bytes between the parenthesis and the @ of a
// handle.
const maxInside = 16

// around are marks of emphasis, links and escaping that may be beside the handle within
// the parentheses.
const around = "*_`[]\\"

// parenthesisBefore is the parenthesis that opens before the @ at byte at. Only blanks, a
// line break and marks may be between them. It is -1 if there is none.
func parenthesisBefore(s string, at int) int {
	i := at
	for i > 0 && at-i < maxInside {
		switch {
		case s[i-1] == '(':
			return i - 1
		case strings.HasSuffix(s[:i], "（"):
			return i - len("（")
		}
		n := max(char.BlankBefore(s, i), referenceBefore(s, i))
		if n == 0 && strings.IndexByte(around, s[i-1]) >= 0 {
			n = 1
		}
		if n == 0 {
			break
		}
		i -= n
	}
	return -1
}

// handleAt reads the handle whose @ is at byte at, and where the parenthesis after it
// ends; "" if there is none. Its underscores may be escaped.
func handleAt(s string, at int) (handle string, end int) {
	if at == len(s) || s[at] != '@' {
		return "", 0
	}
	i := at + 1
	for i < len(s) && i-at <= 40 && (archive.IsHandleByte(s[i]) || strings.HasPrefix(s[i:], `\_`)) {
		i++
	}
	handle = strings.ReplaceAll(s[at+1:i], `\_`, "_")
	emphasis := at
	for s[emphasis-1] == '_' {
		emphasis--
	}
	handle = strings.TrimSuffix(handle, s[emphasis:at])
	if i = char.SkipAny(s, i, around); i < len(s) && s[i] != ')' {
		i = char.SkipBreak(s, i)
	}
	if i >= len(s) || s[i] != ')' || !archive.IsHandle(handle) {
		return "", 0
	}
	return handle, i + 1
}

// dayAt reads what follows the handle at i: a date, which is mostly a link to the tweet,
// or only the address.
func (a *Attribution) dayAt(v *view.View, i int) {
	d, n := date.Any(v.Text[i:])
	if a.Date, a.Dated = d, n > 0; a.Dated {
		a.End = a.closeBracket(v.Text, i+n)
	}
	for _, l := range v.Touching(a.Close, max(i, a.End)) {
		if st, ok := archive.FindStatus(l.Target); ok && (a.Dated || l.Start == l.End) {
			a.ID, a.End = st.ID, max(a.End, l.End)
		}
	}
	switch {
	case a.ID != "":
	case a.Dated:
		a.readTarget(v.Text)
	default:
		a.readAddress(v.Text, i)
	}
}

// skipToDate passes over what may always be between the handle and the date: blanks, a
// line break, and marks of emphasis, quoting and links. In a known tweet there may be
// several line breaks.
func (a *Attribution) skipToDate(s string, known bool) int {
	i := char.SkipBreak(s, a.Close)
	if known {
		i = skipSpaces(s, i)
	}
	for i < len(s) && i-a.Close < maxInside && (strings.IndexByte("[*_`>", s[i]) >= 0 || strings.HasPrefix(s[i:], "([")) {
		if n := reference(s[i:]); n > 0 {
			i += n - 1
		}
		i = char.SkipBlanks(s, i+1)
	}
	return i
}

// readAddress reads the tweet's address that is printed instead of the date.
func (a *Attribution) readAddress(s string, i int) {
	if i == len(s) || strings.IndexByte("htwxmHTWXM", s[i]) < 0 { // https://, twitter.com, x.com, www., mobile.
		return
	}
	if st, ok := archive.FindStatus(s[i:min(len(s), i+maxAddress)]); ok && st.Start == 0 {
		a.ID, a.End = st.ID, AddressEnd(s, i+st.End)
	}
}

// readTarget reads the tweet's address in parentheses that an extractor put after the
// date.
func (a *Attribution) readTarget(s string) {
	i := char.SkipBreak(s, a.End)
	if i == len(s) || s[i] != '(' {
		return
	}
	end := strings.IndexByte(s[i:min(len(s), i+maxAddress)], ')')
	if end < 0 || !strings.HasPrefix(strings.TrimLeft(s[i+1:i+end], " \n>"), "http") {
		return
	}
	if st, ok := archive.FindStatus(s[i : i+end]); ok {
		a.ID, a.End = st.ID, i+end+1
	}
}

// maxAddress is the greatest length of an address, in bytes.
const maxAddress = 400

// AddressEnd is the end of the address that s[:i] holds the beginning of.
func AddressEnd(s string, i int) int {
	for i < len(s) && s[i] > ' ' && s[i] < utf8.RuneSelf && strings.IndexByte(`)]>"'<`, s[i]) < 0 {
		i++
	}
	return i
}

// IsSure reports whether it has a date or an address, so that it is an attribution in an
// article of this day ("" if unknown). If it has no dash, the date must not be after the
// article's day.
func (a *Attribution) IsSure(articleDay string) bool {
	return (a.Dated || a.ID != "") && (a.Mark != NoMark || a.Date.Fits(articleDay))
}

// IsUndated reports whether it is an attribution although it has no date. It needs a dash
// and a name. What follows the handle is nothing, or does not go on like prose; or an
// address is before the dash.
func (a *Attribution) IsUndated(s string) bool {
	if a.Dated || a.ID != "" || a.Author == "" || isControl(a.Author) || a.Mark != DoubleHyphen && a.Mark != EmDash {
		return false
	}
	if a.onService {
		return endsLine(s, a.End) && likeName(s[a.Name:a.Open]) && !a.goesOn()
	}
	if date.Relative(s[char.SkipBreak(s, a.Close):]) > 0 {
		return true
	}
	if strings.HasPrefix(s[a.Close:], " on ") || strings.ContainsAny(s[a.Close:min(len(s), a.Close+1)], ",.;:)") {
		return false
	}
	if endsLine(s, a.Close) {
		return true
	}
	i := char.SkipBlanks(s, a.Close)
	if a.Mark == EmDash && i > a.Close && BeginsTweet(s[i:min(len(s), i+80)]) {
		return true
	}
	before := strings.TrimRightFunc(s[max(0, a.Text-200):a.Text], char.IsBlank)
	return archive.IsAddress(before[strings.LastIndexFunc(before, char.IsBlank)+1:])
}

// BeginsTweet reports whether words begin as a tweet does, and not like prose that goes
// on after a handle ("Jane Roe (@janeroe) is a fellow of ...").
func BeginsTweet(words string) bool {
	r, _ := utf8.DecodeRuneInString(words)
	switch {
	case unicode.IsLower(r):
		last := words[strings.LastIndexFunc(words, char.IsBlank)+1:]
		return strings.Contains(last, "pic.twitter.com/") || strings.Contains(last, "//t.co/")
	case unicode.IsUpper(r), unicode.IsDigit(r):
	case strings.ContainsRune("“\"‘'#@.…", r):
	case r > 0x2000 && !unicode.IsPunct(r), char.IsUncased(r):
	default:
		return false
	}
	first, _, _ := strings.Cut(words, " ")
	return first != "/" && first != "." && !strings.HasPrefix(words, "on ")
}
