// Package date reads the days that are printed under tweets: those that the service's
// widgets print, in all their languages, and what extractors make of them. At reads one
// date; Any also reads dates that do not give their day; OrderOf decides between day and
// month.
package date

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
)

//go:generate go run -modfile=gen_names.mod gen_names.go

// Date is a printed date.
type Date struct {
	Day   string // YYYY-MM-DD; "" if the digits are masked or do not give one day
	Clock bool   // a time of day is beside it, in an unknown zone
	Timed bool   // a time of day is beside it, in any zone

	masked  bool // its digits are masked
	doubt   doubt
	y, m, d int // the numbers of a doubtful day; if unordered, m is the first number
}

// doubt is why a date does not give its day.
type doubt int

const (
	sure       doubt = iota
	yearless         // March 21
	unordered        // 03/04/2018
	impossible       // February 30, 2018
)

// Doubtful reports whether there is a date that does not give its day.
func (d Date) Doubtful() bool { return d.doubt != sure }

// Weak reports whether it may be no date at all: the year is missing, or there is no such
// day.
func (d Date) Weak() bool { return d.doubt == yearless || d.doubt == impossible }

// In is the date as it reads in an article of this day ("" if unknown) with this order of
// numbers.
func (d Date) In(article string, order Order) Date {
	switch d.doubt {
	case unordered:
		american, other := Date{Day: dayOf(d.y, d.m, d.d)}, Date{Day: dayOf(d.y, d.d, d.m)}
		switch {
		case order == dayFirst || order == noOrder && !american.Fits(article):
			d.Day = other.Day
		case order == monthFirst || order == noOrder && !other.Fits(article):
			d.Day = american.Day
		}
	case yearless:
		t, err := time.Parse(time.DateOnly, article)
		if err != nil {
			break
		}
		day := time.Date(t.Year(), time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC)
		if day.After(t.AddDate(0, 0, 1)) {
			day = time.Date(t.Year()-1, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC)
		}
		if t.Sub(day) < maxAge && day.Day() == d.d {
			d.Day = dayOf(day.Year(), d.m, d.d)
		}
	}
	if d.Day != "" {
		d.doubt = sure
	}
	return d
}

// maxAge is the greatest age of a tweet whose year is taken from the article's day. The
// service prints no year in the year of the tweet.
const maxAge = 183 * 24 * time.Hour

// At reads the date at the beginning of s and returns its length in bytes. It returns 0
// if there is none, or none that gives its day. A day that cannot be a tweet's is no
// date.
func At(s string) (Date, int) {
	d, n := Any(s)
	if d.Doubtful() {
		return Date{}, 0
	}
	return d, n
}

// Any does what At does, and reads also dates that do not give their day.
//
// It reads what the widgets print in all their languages (the names of the months are
// CLDR's, see names.go) and what extractors make of it:
//
//	March 21, 2018 · 30 March 2016 · 7 Oct 2016 · 28th Dec 2010 · 2026-09-09
//	18. März 2018 · 4 de abril de 2018 · 1 d’abril de 2016 · 7 января 2018 г.
//	2014. május 5. · 2016年6月21日 · 2019년 12월 1일 · 2014, 5月 22 · 1 tháng 4, 2019
//	9:07 AM - 28 Dec 2016 · 8:07 PM · Jan 2, 2018 · May 1, 2018 at 7:14 PM
//	Wednesday, March 21, 2018 · Wed Mar 21 21:07:00 +0000 2018 · 2018年3月21日(水)
//	21/03/2018 · 3/21/18 · 21.3.2018 · 2018/3/21 · 10 Mar 16 · 21-Mar-2018 · 1521666420
//	October *NUMBER*, *NUMBER*
//
// The digits may be those of any script. Between the parts may be any space, a line break
// with marks of quoting, or a backslash of Markdown. The year has four digits, or two
// after a day and the name of its month; anything may be glued to it. Only the first few
// hundred bytes of s are read, even if s is hostile.
func Any(s string) (Date, int) {
	if !mayBegin(s) {
		return Date{}, 0
	}
	if day, n := epoch(s); n > 0 {
		return Date{Day: day, Timed: true}, n
	}
	p := scanner{s: s}
	if p.clock(":.h") {
		p.gap()
		if p.mark("-–—·∙•・|,") {
			p.gap()
		}
	}
	y, m, d := p.dayWithWeekday()
	if m == 0 && p.timed { // 21.03.2018 begins as a time does
		p = scanner{s: s}
		y, m, d = p.dayWithWeekday()
	}
	if m < 1 || m > 12 {
		return Date{}, 0
	}
	at := p.i
	if p.gap(); p.doubt == yearless || !p.word(yearWords...) {
		p.i = at
	}
	p.weekdayAfter()
	p.clockAfter()
	date := p.date(y, m, d)
	if date == (Date{}) {
		return Date{}, 0
	}
	date.Clock, date.Timed = p.local, p.timed
	return date, p.i
}

// mayBegin reports whether a date may begin with the first character of s. It stops most
// texts at once.
func mayBegin(s string) bool {
	if s == "" || s[0] < utf8.RuneSelf {
		return s != "" && (archive.IsHandleByte(s[0]) || s[0] == '*' || s[0] == '\\')
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r < 0x2000 || 0x2070 <= r // else it is a dash or a quotation mark
}

// date is the date with these numbers, as far as they give one; the zero Date if no tweet
// can be of it.
func (p *scanner) date(y, m, d int) Date {
	if y == masked || d == masked {
		return Date{masked: true}
	}
	date := Date{doubt: p.doubt, y: y, m: m, d: d}
	switch day := dayOf(y, m, d); {
	case p.doubt == unordered && isYear(y):
	case p.doubt == yearless && isDay(2024, m, d):
	case p.doubt == sure && day != "":
		return Date{Day: day}
	case p.doubt == sure && isYear(y) && d <= 31 && !isDay(y, m, d):
		date.doubt = impossible
	default:
		return Date{}
	}
	return date
}

// isYear reports whether a tweet can be of this year.
func isYear(y int) bool { return 2006 <= y && y <= time.Now().Year() }

func isDay(y, m, d int) bool {
	return d >= 1 && (d <= 28 || d <= time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day())
}

// epoch reads the seconds or milliseconds since 1970 at the beginning of s.
func epoch(s string) (day string, n int) {
	for n < len(s) && n <= 13 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n != 10 && n != 13 || n < len(s) && archive.IsHandleByte(s[n]) {
		return "", 0
	}
	v, err := strconv.ParseInt(s[:10], 10, 64)
	if err != nil {
		return "", 0
	}
	t := time.Unix(v, 0).UTC()
	if day = dayOf(t.Year(), int(t.Month()), t.Day()); day == "" {
		return "", 0
	}
	return day, n
}

// dayOf is the day as YYYY-MM-DD; "" if no tweet can be of it.
func dayOf(y, m, d int) string {
	if y < 0 || y > 9999 || !isDay(y, m, d) {
		return ""
	}
	if time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(time.Now().Add(24 * time.Hour)) {
		return ""
	}
	b := [...]byte{
		'0' + byte(y/1000), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10),
		'-', '0' + byte(m/10), '0' + byte(m%10), '-', '0' + byte(d/10), '0' + byte(d%10),
	}
	if string(b[:]) < archive.FirstDay {
		return ""
	}
	return string(b[:])
}

// Fits reports whether an article of this day (YYYY-MM-DD, "" if unknown) can embed a
// tweet of d: d is at most one day later.
func (d Date) Fits(article string) bool {
	if d.Day <= article {
		return true
	}
	t, err := time.Parse(time.DateOnly, article)
	return err != nil || d.Day <= t.AddDate(0, 0, 1).Format(time.DateOnly)
}

// Relative is the length of the relative date at the beginning of s, as older widgets and
// plugins print it: "about 2 hours ago". It is printed instead of a date and gives no
// day.
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

// Like reports whether s begins like a date that cannot be read: a number is among the
// first words of its line.
func Like(s string) bool {
	const maxWords = 24 // bytes
	s = s[:min(len(s), maxWords)]
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = s[:i]
	}
	return Relative(strings.TrimLeft(s, " ")) == 0 && strings.ContainsAny(s, "0123456789")
}

// Words of dates other than the names of months.
var (
	ordinals   = []string{"st", "nd", "rd", "th", "er", "º", "ª", "°"}
	yearMarks  = []string{"年", "년", "\u1102\u1167\u11ab", "(e)ko", "ko"}
	monthMarks = []string{"月", "월", "\u110b\u116f\u11af"}
	dayMarks   = []string{"日", "일", "\u110b\u1175\u11af", "(a)"}
	yearWords  = []string{"г.", "р.", "года", "року"} // after the year
	articles   = []string{"den", "the", "le", "el", "o", "dia", "ngày"}

	// Words before and after a time of day, and between it and the date before it.
	dayHalves = []string{
		"午前", "午後", "上午", "下午", "凌晨", "清晨", "早上", "中午", "晚上", "오전", "오후", "öö", "ös", "de.", "du.",
		"முற்பகல்", "பிற்பகல்", "முற்", "பிற்", "ಪೂರ್ವಾಹ್ನ", "ಅಪರಾಹ್ನ", "पूर्वाह्न", "अपराह्न", "म.पू.", "म.उ.", "পূর্বাহ্ণ", "অপরাহ্ণ",
	}
	halves = []string{
		"a.m.", "p.m.", "a. m.", "p. m.", "am", "pm", "vorm.", "nachm.", "f.m.", "e.m.", "fm", "em", "ap.", "ip.",
		"dop.", "odp.", "de.", "du.", "sa", "ch", "pg", "ptg", "uhr", "π.μ.", "μ.μ.", "дп", "пп", "לפנה״צ", "אחה״צ", `לפנה"צ`, `אחה"צ`, "ص", "م",
		"ق.ظ.", "ب.ظ.", "पूर्वाह्न", "अपराह्न", "ก่อนเที่ยง", "หลังเที่ยง",
		"πμ", "μμ", "пр. об.", "сл. об.", "пр.об.", "сл.об.", "пре подне", "по подне", "قبل\u200cازظهر", "بعدازظهر", "قبل دوپہر", "بعد دوپہر", "am.", "pm.", "น.", "ч.", "h", "r.n.", "i.n.", "म.पू.", "म.उ.", "ಪೂರ್ವಾಹ್ನ", "ಅಪರಾಹ್ನ", "পূর্বাহ্ণ", "অপরাহ্ণ",
		"da manhã", "da tarde", "da noite", "de la mañana", "de la tarde", "de la noche",
	}
	universal = []string{"utc", "(utc)", "gmt", "z"}
	zones     = []string{"est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "et", "ct", "pt", "bst", "cet", "cest", "jst", "ist"}
	atWords   = []string{"at", "à", "às", "um", "a las", "alle", "om", "kl.", "klo", "в"}
)

// The marks in a date that has a number for its month.
const numberMarks = "/.-"

// masked is a number whose digits are lost, as in corpora that have *NUMBER* for every
// number.
const masked = -1

// noYear is a year that is missing.
const noYear = -2

// scanner reads the parts of a date. Its methods step over what they read. If it is not
// there they do not move.
type scanner struct {
	s     string
	i     int
	timed bool // a time of day was read
	local bool // ... and its zone is unknown
	doubt doubt
	// unjoined is whether a time may follow the date with nothing to join them.
	unjoined bool
	thai     bool // a Thai month was read
	buf      [longestName]byte
}

// dayWithWeekday reads a date without its time of day, and the day of the week before it;
// m is 0 if there is none. Some names of days are also names of months ("mar"): the
// reading that gives more counts.
func (p *scanner) dayWithWeekday() (y, m, d int) {
	plain := *p
	y, m, d = plain.day()
	if m != 0 && y != noYear {
		*p = plain
		return y, m, d
	}
	for range maxWeekday {
		if !p.weekday() {
			break
		}
		if y, m, d, ok := p.dayAfterWeekday(); ok {
			return y, m, d
		}
	}
	*p = plain
	return y, m, d
}

// maxWeekday is the greatest number of words in the name of a day of the week.
const maxWeekday = 3

// dayAfterWeekday reads the date after the name of the day, if there is one.
func (p *scanner) dayAfterWeekday() (y, m, d int, ok bool) {
	q := *p
	q.mark(".")
	q.mark(",،，")
	q.gap()
	if q.word(articles...) {
		q.gap()
	}
	if y, m, d = q.day(); m == 0 {
		return 0, 0, 0, false
	}
	*p = q
	return y, m, d, true
}

// weekday reads one word of the name of a day of the week, and what joins it to the next
// word.
func (p *scanner) weekday() bool {
	at := p.i
	if name := p.letters(); len(name) == 0 || !isWeekday(string(name)) {
		p.i = at
		return false
	}
	end := p.i
	if !p.mark("-’'ʼ") {
		p.space()
	}
	if r, _ := p.rune(); !isLetter(r) {
		p.i = end
	}
	return true
}

// weekdayAfter reads a day of the week after the date: in parentheses, or at the end of
// the line.
func (p *scanner) weekdayAfter() {
	at := p.i
	p.mark(",،，")
	p.space()
	bracket := p.mark("(（")
	read := p.weekday()
	for range maxWeekday - 1 {
		p.weekday()
	}
	if !read || bracket && !p.mark(")）") || !bracket && !p.endsLine() {
		p.i = at
	}
}

// day reads a date without its time of day; m is 0 if there is none.
func (p *scanner) day() (y, m, d int) {
	first, n := p.number(5)
	switch n {
	case 4:
		return p.yearFirst(first)
	case 1, 2:
		if y, m, d, ok := p.numbers(first); ok { // 21/03/2018
			return y, m, d
		}
		at := p.i
		if p.space(); p.literal(monthMarks...) { // 3月21日
			return p.dayMarked(first)
		}
		p.i = at
		d = first // 30 March 2016
		p.word(ordinals...)
		dot := p.mark(".-/")
		p.gap()
		m = p.month(dot)
	case 0: // March 30, 2016
		name := p.letters()
		p.mark(".॰׳-/")
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
	before := *p
	if y = p.year(first == d); y == 0 {
		*p = before
		p.doubt = yearless
		return noYear, m, d
	}
	return y, m, d
}

// numbers reads the rest of a date in numbers that begins with the day or the month. The
// numbers may show which one it is. Dots do too: all languages write them after the day.
func (p *scanner) numbers(first int) (y, m, d int, ok bool) {
	at := p.i
	defer func() {
		if !ok {
			p.i = at
		}
	}()
	sep := p.separator()
	if sep == "" {
		return 0, 0, 0, false
	}
	p.space()
	second, n := p.number(3)
	if n == 0 || n > 2 || !p.mark(sep) {
		return 0, 0, 0, false
	}
	p.space()
	if y = p.yearNumber(true); y == 0 {
		return 0, 0, 0, false
	}
	m, d = second, first
	switch {
	case second > 12:
		m, d = first, second
	case first != second && first <= 12 && sep != ".":
		m, d, p.doubt = first, second, unordered
	}
	p.unjoined = true
	return y, m, d, m > 0 && d > 0
}

// separator reads one of numberMarks.
func (p *scanner) separator() string {
	for i := range len(numberMarks) {
		if sep := numberMarks[i : i+1]; p.mark(sep) {
			return sep
		}
	}
	return ""
}

// yearFirst reads the rest of a date that begins with its year.
func (p *scanner) yearFirst(y int) (_, m, d int) {
	at := p.i
	if sep := p.separator(); sep != "" { // 2026-09-09, 2026/9/9
		p.space()
		m, n := p.number(3)
		if p.space(); n > 0 && n <= 2 && p.mark(sep) {
			p.space()
			if d, n := p.number(3); n > 0 && n <= 2 {
				if sep == "." {
					p.mark(sep)
				}
				p.unjoined = true
				return y, m, d
			}
		}
		if sep != "." {
			return 0, 0, 0
		}
		p.i = at
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
	_, m, d = p.dayMarked(m)
	if m == 0 {
		return 0, 0, 0
	}
	p.doubt = sure
	return y, m, d
}

// dayMarked reads the day after its month, and the mark of the day if it has one.
func (p *scanner) dayMarked(m int) (_, _, d int) {
	p.gap()
	d, n := p.number(2)
	if m == 0 || n == 0 {
		return 0, 0, 0
	}
	p.doubt = yearless
	end := p.i
	if p.mark(".") {
		return noYear, m, d
	}
	if p.space(); !p.literal(dayMarks...) {
		p.i = end
	}
	return noYear, m, d
}

// month reads a month after a day; 0 if there is none. dot says whether a dot is after
// the day: listopada is October in Croatian, which has the dot, and November in Polish,
// which does not.
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

// year reads the year and what joins it to the month or day; 0 if there is none. A time
// of day may be before it, as programs of the service print dates. The year may have two
// digits after a day and a month, or after an apostrophe.
func (p *scanner) year(short bool) int {
	for range 3 {
		p.mark(",،，.-/")
		p.gap()
		if !p.word("de", "del", "do", "of", "năm", "ค.ศ.", "พ.ศ.") {
			break
		}
	}
	if !p.timed && p.clock(":") {
		p.gap()
		short = false
	}
	return p.yearNumber(p.mark("'’‘") || short)
}

// yearNumber reads a year of four digits, or of two if it may be short.
func (p *scanner) yearNumber(short bool) int {
	y, n := p.number(4)
	switch {
	case y == masked:
		return y
	case n == 2 && short && isYear(2000+y) && p.peek() != ':':
		return 2000 + y
	case n != 4:
		return 0
	case p.thai && y > 2500: // of the Buddhist era
		return y - 543
	}
	return y
}

// clock reads a time of day. One of seps is between its hours and minutes.
func (p *scanner) clock(seps string) bool {
	at := p.i
	if c := p.peek(); (c >= utf8.RuneSelf || c|0x20 == 'd') && p.word(dayHalves...) {
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
	p.seconds()
	p.spacedWord(halves)
	p.spacedWord(zones)
	p.timed, p.local = true, !p.spacedWord(universal)
	end := p.i
	if p.space(); p.peek() == '+' || p.peek() == '-' {
		p.offset(end)
	} else {
		p.i = end
	}
	return true
}

// seconds reads the seconds of a time of day and their fraction, if they are there.
func (p *scanner) seconds() {
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
	}
	p.i = end
}

// spacedWord steps over blanks and one of words.
func (p *scanner) spacedWord(words []string) bool {
	at := p.i
	p.space()
	if !p.word(words...) {
		p.i = at
		return false
	}
	return true
}

// offset reads the difference between the zone and UTC, if it is there: +0000, -07:00.
func (p *scanner) offset(end int) {
	p.i++
	h, n := p.number(2)
	p.mark(":")
	m, k := p.number(3)
	if n != 2 || k != 2 {
		p.i = end
		return
	}
	p.local = h != 0 || m != 0
}

// clockAfter reads a time of day after the date. A comma, a dot or a word in the same
// line joins it to the date, unless the date is all numbers. A time that only follows may
// begin the next paragraph.
func (p *scanner) clockAfter() {
	if c := p.peek(); c != ' ' && c != ',' && c != 'T' && c < utf8.RuneSelf || p.timed {
		return
	}
	at := p.i
	joined := p.mark(",") || p.unjoined
	if p.unjoined && p.peek() == 'T' {
		p.i++
	}
	p.space()
	joined = p.mark("·-–") || joined
	p.space()
	joined = p.word(atWords...) || joined
	p.space()
	if !joined || !p.clock(":h") {
		p.i = at
	}
}

// endsLine reports whether only blanks are left of the line.
func (p *scanner) endsLine() bool {
	at := p.i
	defer func() { p.i = at }()
	p.space()
	c := p.peek()
	return c == 0 || c == '\n' || c == '\r'
}

// number reads at most max digits of any script and returns how many they were.
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

// digit is the value of a decimal digit beyond ASCII; -1 if r is none. There are
// full-width digits and those of the scripts of the widgets' languages.
func digit(r rune) int {
	for _, zero := range [...]rune{'٠', '۰', '०', '০', '૦', '௦', '೦', '๐', '０'} {
		if zero <= r && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// letters reads a run of letters and their marks as monthNamed wants them: in lower case,
// and without the dots inside a Thai abbreviation. It gives none if the run is too long
// for a name.
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

// isLetter reports whether r is part of a word: a letter or a mark on one. The tables of
// unicode come last, as they are slow for texts that consist of combining marks.
func isLetter(r rune) bool {
	switch {
	case 0x300 <= r && r <= 0x36F: // combining accents
		return true
	case 0x900 <= r && r <= 0xCFF, 0xE00 <= r && r <= 0xE7F: // India and Thailand
		return digit(r) < 0 && r != '।' && r != '॥' && r != '॰'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// word steps over one of words, in upper or lower case, if no letter follows it.
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

// literal steps over one of words, in upper or lower case. The words are in lower case.
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
		// Some capitals have another first byte, of two: Р, р.
		if (w[0] == first || w[0]&first >= utf8.RuneSelf && first < 0xe0) && len(w) <= len(rest) && strings.EqualFold(rest[:len(w)], w) {
			p.i += len(w)
			return true
		}
	}
	return false
}

// mark steps over one of marks, which may be escaped as in Markdown.
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

// gap steps over white space with at most one line break in it, and over marks of quoting
// after that.
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

// maxSpace is the greatest length of white space that is followed, in bytes. Some
// extractors indent by 22.
const maxSpace = 64

// space steps over the blanks in a line.
func (p *scanner) space() {
	for at := p.i; p.i-at < maxSpace && p.peek() != '\n' && p.peek() != '\r'; {
		n := char.Blank(p.s, p.i)
		if n == 0 {
			return
		}
		p.i += n
	}
}

// peek is the next byte; 0 at the end.
func (p *scanner) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

// rune is the next rune and its size; utf8.RuneError at the end and at bytes that are no
// rune.
func (p *scanner) rune() (rune, int) {
	if c := p.peek(); 0 < c && c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(p.s[p.i:])
}
