// Package date reads the days that are printed under tweets: what the site's
// widgets print in any of their languages, and what becomes of it.
package date

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
)

//go:generate go run -modfile=gen_names.mod gen_names.go

// Date is a printed date.
type Date struct {
	Day   string // YYYY-MM-DD; "" where the digits are masked
	Clock bool   // a time of day is beside it: some widget's zone, not UTC
}

// At reads the date that s begins with and reports how many bytes it takes;
// 0 if there is none. A day that cannot be a tweet's is no date.
//
// It reads what Twitter's widgets print in any of their languages (the names
// of the months are CLDR's, see names.go) and what becomes of it:
//
//	March 21, 2018 · 30 March 2016 · 7 Oct 2016 · 28th Dec 2010 · 2026-09-09
//	18. März 2018 · 4 de abril de 2018 · 1 d’abril de 2016 · 7 января 2018 г.
//	2014. május 5. · 2016年6月21日 · 2019년 12월 1일 · 2014, 5月 22 · 1 tháng 4, 2019
//	9:07 AM - 28 Dec 2016 · 8:07 PM · Jan 2, 2018 · May 1, 2018 at 7:14 PM
//	October *NUMBER*, *NUMBER*
//
// with any script's digits, any space, a line break with quote marks, or a
// Markdown backslash between its parts. The year takes four digits, whatever
// is glued to it. However hostile s is, only its first some hundred bytes are
// looked at.
func At(s string) (Date, int) {
	if s == "" || s[0] < utf8.RuneSelf && !archive.IsHandleByte(s[0]) && s[0] != '*' && s[0] != '\\' {
		return Date{}, 0 // soon said, for hostile texts
	}
	if r, _ := utf8.DecodeRuneInString(s); 0x2000 <= r && r < 0x2070 {
		return Date{}, 0 // a dash, a quotation mark
	}
	p := scanner{s: s}
	if p.clock(":.h") {
		p.gap()
		if p.mark("-–—·∙•・|,") {
			p.gap()
		}
	}
	y, m, d := p.day()
	if m < 1 || m > 12 {
		return Date{}, 0
	}
	p.clockAfter()
	if y == masked || d == masked {
		return Date{Clock: p.local}, p.i
	}
	day := dayOf(y, m, d)
	if day == "" {
		return Date{}, 0
	}
	return Date{day, p.local}, p.i
}

// dayOf is the day as YYYY-MM-DD, "" if no tweet can be of it.
func dayOf(y, m, d int) string {
	if y > 9999 || d < 1 || d > 28 && d > time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return ""
	}
	if time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(time.Now().Add(24 * time.Hour)) {
		return ""
	}
	b := [...]byte{'0' + byte(y/1000), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10),
		'-', '0' + byte(m/10), '0' + byte(m%10), '-', '0' + byte(d/10), '0' + byte(d%10)}
	if string(b[:]) < archive.FirstDay {
		return ""
	}
	return string(b[:])
}

// Fits reports whether an article of this day (YYYY-MM-DD, "" if unknown) can
// embed a tweet of d: none from more than a day after it.
func (d Date) Fits(article string) bool {
	if d.Day <= article {
		return true
	}
	t, err := time.Parse(time.DateOnly, article)
	return err != nil || d.Day <= t.AddDate(0, 0, 1).Format(time.DateOnly)
}

// Relative is the length of the relative date that s begins with, as older
// widgets and plugins print it: "about 2 hours ago". It is in the place of a date,
// and says no day.
func Relative(s string) int {
	p := scanner{s: s}
	if p.word("about", "almost", "over", "less than") {
		p.gap()
	}
	if _, n := p.number(3); n == 0 && !p.word("half a", "an", "a") {
		return 0
	}
	p.gap()
	if !p.word("seconds", "second", "minutes", "minute", "hours", "hour", "days", "day",
		"weeks", "week", "months", "month", "years", "year") {
		return 0
	}
	p.gap()
	if !p.word("ago") {
		return 0
	}
	return p.i
}

// Words of dates other than the names of months.
var (
	ordinals   = []string{"st", "nd", "rd", "th", "er", "º", "ª", "°"}
	yearMarks  = []string{"年", "년", "\u1102\u1167\u11ab", "(e)ko", "ko"}
	monthMarks = []string{"月", "월", "\u110b\u116f\u11af"}
	dayMarks   = []string{"日", "일", "\u110b\u1175\u11af", "(a)"}
	yearWords  = []string{"г.", "р."} // after the year

	// What is before and after a clock time, and between it and the date
	// before it.
	dayHalves = []string{"午前", "午後", "上午", "下午", "오전", "오후", "öö", "ös"}
	halves    = []string{"a.m.", "p.m.", "a. m.", "p. m.", "am", "pm", "vorm.", "nachm.", "f.m.", "e.m.", "fm", "em", "ap.", "ip.",
		"dop.", "odp.", "de.", "du.", "sa", "ch", "pg", "ptg", "uhr", "π.μ.", "μ.μ.", "дп", "пп", "לפנה״צ", "אחה״צ", "ص", "م",
		"ق.ظ.", "ب.ظ.", "पूर्वाह्न", "अपराह्न", "ก่อนเที่ยง", "หลังเที่ยง"}
	universal = []string{"utc", "(utc)", "gmt", "z", "+00:00"}
	zones     = []string{"est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "et", "ct", "pt", "bst", "cet", "cest", "jst", "ist"}
	atWords   = []string{"at", "à", "às", "um", "a las", "alle", "om", "kl.", "klo", "в"}
)

// masked is a number of which only the place is left, as in corpora
// that have *NUMBER* for every number.
const masked = -1

// scanner reads the parts of a date. Its methods step over what they read,
// and stay where they are if it is not there.
type scanner struct {
	s     string
	i     int
	local bool // a clock time was read, in an unknown zone
	thai  bool // a Thai month was read
	buf   [longestName]byte
}

// day reads a date without its clock time; m is 0 if there is none.
func (p *scanner) day() (y, m, d int) {
	first, n := p.number(5)
	switch n {
	case 4:
		return p.yearFirst(first)
	case 1, 2: // 30 March 2016
		d = first
		p.word(ordinals...)
		dot := p.mark(".")
		p.gap()
		m = p.month(dot)
	case 0: // March 30, 2016
		name := p.letters()
		p.mark(".॰׳")
		p.gap()
		if d, n = p.number(3); n == 0 || n > 2 {
			return 0, 0, 0
		}
		m = monthNamed(string(name))
		p.word(ordinals...)
	}
	if m == 0 {
		return 0, 0, 0
	}
	y = p.year()
	if y == 0 {
		return 0, 0, 0
	}
	at := p.i
	if p.gap(); !p.word(yearWords...) {
		p.i = at
	}
	return y, m, d
}

// yearFirst reads the rest of a date that begins with its year.
func (p *scanner) yearFirst(y int) (_, m, d int) {
	if sep := p.peek(); sep == '-' || sep == '/' { // 2026-09-09
		p.i++
		m, n := p.number(3)
		if n != 2 || p.peek() != sep {
			return 0, 0, 0
		}
		p.i++
		d, n := p.number(3)
		if n != 2 {
			return 0, 0, 0
		}
		if at := p.i; p.peek() == 'T' {
			p.i++
			if !p.clock(":") {
				p.i = at
			}
		}
		return y, m, d
	}
	p.space()
	p.literal(yearMarks...)
	p.mark(".,，")
	p.gap()
	m, n := p.number(3)
	if n == 0 { // 2014. május 5.
		m = p.month(false)
	} else if p.space(); n > 2 || !p.literal(monthMarks...) {
		return 0, 0, 0
	}
	p.gap()
	if d, n = p.number(2); m == 0 || n == 0 {
		return 0, 0, 0
	}
	end := p.i
	if p.mark(".") {
		return y, m, d
	}
	if p.space(); !p.literal(dayMarks...) {
		p.i = end
	}
	return y, m, d
}

// month reads a month after a day, 0 if there is none. A dot was after the
// day or not: listopada is October in Croatian, which has it, and November in
// Polish, which has not.
func (p *scanner) month(dot bool) int {
	for range 3 {
		name := p.letters()
		switch string(name) {
		case "de", "do", "del", "of":
			p.gap()
			continue
		case "d":
			if !p.mark("’'") {
				return 0
			}
			continue
		case "tháng", "tha\u0301ng", "thang", "thg":
			p.gap()
			m, n := p.number(3)
			if n > 2 {
				return 0
			}
			return m
		case "listopada":
			if dot {
				return int(time.October)
			}
		}
		m := monthNamed(string(name))
		p.mark(".॰׳")
		return m
	}
	return 0
}

// year reads the year and what joins it to the month or day, 0 if there is none.
func (p *scanner) year() int {
	for range 3 {
		p.mark(",،，.")
		p.gap()
		if !p.word("de", "del", "do", "of", "năm", "ค.ศ.", "พ.ศ.") {
			break
		}
	}
	y, n := p.number(4)
	switch {
	case y == masked:
		return y
	case n != 4:
		return 0
	case p.thai && y > 2500: // counted from the Buddha
		return y - 543
	}
	return y
}

// clock reads a time of day whose hours and minutes are separated by one of seps.
func (p *scanner) clock(seps string) bool {
	at := p.i
	if p.peek() >= utf8.RuneSelf && p.word(dayHalves...) {
		p.space()
	}
	if h, n := p.number(3); n == 0 || n > 2 || h < 0 || h > 24 || !p.mark(seps) {
		p.i = at
		return false
	}
	if m, n := p.number(3); n != 2 || m > 59 {
		p.i = at
		return false
	}
	end := p.i
	if p.mark(":") {
		if _, n := p.number(2); n == 2 {
			end = p.i
		}
		if p.mark(".") {
			if _, n := p.number(9); n > 0 {
				end = p.i
			}
		}
		p.i = end
	}
	for _, words := range [...][]string{halves, zones} {
		p.space()
		if p.word(words...) {
			end = p.i
		}
		p.i = end
	}
	p.space()
	p.local = !p.word(universal...)
	if p.local {
		p.i = end
	}
	return true
}

// clockAfter reads a time of day after the date, in its line and joined to it
// by a comma, a dot or a word: what only follows may begin the next paragraph.
func (p *scanner) clockAfter() {
	if c := p.peek(); c != ' ' && c != ',' && c < utf8.RuneSelf {
		return
	}
	at := p.i
	joined := p.mark(",")
	p.space()
	joined = p.mark("·") || joined
	p.space()
	joined = p.word(atWords...) || joined
	p.space()
	if !joined || !p.clock(":") {
		p.i = at
	}
}

// number reads at most max digits of any script and reports how many they were.
func (p *scanner) number(max int) (v, digits int) {
	if c := p.peek(); (c == '*' || c == '\\') && p.literal("*NUMBER*", `\*NUMBER\*`) {
		return masked, 1
	}
	for digits < max {
		if c := p.peek(); c < utf8.RuneSelf {
			if c < '0' || c > '9' {
				break
			}
			v = 10*v + int(c-'0')
			digits++
			p.i++
			continue
		}
		r, size := p.rune()
		d := digit(r)
		if d < 0 {
			break
		}
		v = 10*v + d
		digits++
		p.i += size
	}
	return v, digits
}

// digit is the value of a decimal digit beyond ASCII, -1 if r is none: of the
// scripts in which the languages of the widgets write, and full-width ones.
func digit(r rune) int {
	for _, zero := range [...]rune{'٠', '۰', '०', '০', '૦', '௦', '೦', '๐', '０'} {
		if zero <= r && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// letters reads a run of letters and their marks as monthNamed knows them: in
// lower case and without the dots inside a Thai short form. It gives none if
// they are more than a name can have.
func (p *scanner) letters() []byte {
	name := p.buf[:0]
	for at := p.i; ; {
		c := p.peek()
		if lower := c | 0x20; 'a' <= lower && lower <= 'z' && len(name) < len(p.buf) {
			name = append(name, lower)
			p.i++
			continue
		}
		if c == '.' && p.thai && p.i+1 < len(p.s) && p.s[p.i+1] == "ก"[0] {
			p.i++
			continue
		}
		r, size := p.rune()
		if !isLetter(r) {
			return name
		}
		if r < 'א' { // after Latin, Greek and Cyrillic no script of names has capitals
			r = unicode.ToLower(r)
		}
		if len(name)+utf8.RuneLen(r) > len(p.buf) {
			p.i = at
			return nil
		}
		name = utf8.AppendRune(name, r)
		p.thai = 'ก' <= r && r <= '๛'
		p.i += size
	}
}

// isLetter reports whether r is of a word: a letter or a mark on one. The tables
// of unicode are asked last, for they are slow where whole texts consist of
// combining marks.
func isLetter(r rune) bool {
	switch {
	case 0x300 <= r && r <= 0x36F: // combining accents
		return true
	case 0x900 <= r && r <= 0xCFF, 0xE00 <= r && r <= 0xE7F: // India and Thailand
		return digit(r) < 0 && r != '।' && r != '॥' && r != '॰'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// word steps over one of words, in whatever case, that no letter follows.
func (p *scanner) word(words ...string) bool {
	at := p.i
	for _, w := range words {
		if p.literal(w) {
			if r, _ := p.rune(); w[len(w)-1] == '.' || !isLetter(r) {
				return true
			}
			p.i = at
		}
	}
	return false
}

// literal steps over one of words, which are in lower case, in whatever case.
func (p *scanner) literal(words ...string) bool {
	rest := p.s[p.i:]
	if rest == "" {
		return false
	}
	first := rest[0]
	if 'A' <= first && first <= 'Z' {
		first |= 0x20
	}
	for _, w := range words {
		// Capitals of another first byte are two bytes long: Р, р.
		if (w[0] == first || w[0]&first >= utf8.RuneSelf && first < 0xe0) && len(w) <= len(rest) && strings.EqualFold(rest[:len(w)], w) {
			p.i += len(w)
			return true
		}
	}
	return false
}

// mark steps over one of marks, escaped as in Markdown or not.
func (p *scanner) mark(marks string) bool {
	at := p.i
	if p.peek() == '\\' {
		p.i++
	}
	c := p.peek()
	if 0 < c && c < utf8.RuneSelf && strings.IndexByte(marks, c) >= 0 {
		p.i++
		return true
	}
	if c >= utf8.RuneSelf {
		if r, size := p.rune(); strings.ContainsRune(marks, r) {
			p.i += size
			return true
		}
	}
	p.i = at
	return false
}

// gap steps over white space with at most one line break in it and, after
// that, marks of quoting.
func (p *scanner) gap() {
	p.space()
	at := p.i
	if p.peek() == '\r' {
		p.i++
	}
	if p.peek() != '\n' {
		p.i = at
		return
	}
	p.i++
	p.space()
	for p.peek() == '>' && p.i-at < maxSpace {
		p.i++
		p.space()
	}
}

// maxSpace is how far white space is followed, in bytes: some extractors
// indent by 22.
const maxSpace = 64

// space steps over blanks in a line.
func (p *scanner) space() {
	for at := p.i; p.i-at < maxSpace && p.peek() != '\n' && p.peek() != '\r'; {
		n := char.Blank(p.s, p.i)
		if n == 0 {
			return
		}
		p.i += n
	}
}

// peek is the next byte, 0 at the end.
func (p *scanner) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

// rune is the next rune and its size; utf8.RuneError at the end and where the
// bytes are none.
func (p *scanner) rune() (rune, int) {
	if c := p.peek(); 0 < c && c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(p.s[p.i:])
}
