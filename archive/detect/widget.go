package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
)

// Tested in text_test.go.

// copiedWidget reads a rendered tweet that was copied or extracted as text, line by line:
//
//	Jane Roe                     the header: name, mark, handle, day, Follow,
//	✔ @janeroe · Follow          on one line or several
//	Replying to @rio_tan
//	The words of the tweet.
//	GIF                          furniture (furniture.go)
//	Rio Tan                      a quoted tweet: header, words, furniture
//	@rio_tan
//	The words of another tweet.
//	9:07 AM - 28 Dec 2016        the footer, with time and day
//	Read 12 replies
//
// Author, handle and day are those of the outer tweet. If there is no footer, the day may
// be in the header, after a dot. at is at the @ of the header.
func copiedWidget(t *text, at int) *textFinding {
	h, ok := t.headerAt(at)
	if !ok || h.end < t.noWidget {
		return nil
	}
	w := widget{header: h}
	w.read(t)
	var e *textFinding
	switch {
	case h.date != (date.Date{}):
		e = w.untilFurniture(t)
	case w.footer.day == "":
		t.noWidget = w.end
	case !w.apart(t.s):
		e = w.untilFooter(t)
	}
	if e != nil {
		t.identifyByLink(e)
	}
	return e
}

// identifyByLink gives a tweet the ID from a link inside it, if the link leads to a tweet
// of its author.
func (t *text) identifyByLink(e *textFinding) {
	for _, l := range t.v.Touching(e.Start, e.End) {
		if st, ok := archive.FindStatus(l.Target); ok && strings.EqualFold(st.Handle, e.Handle) {
			identify(&e.Tweet, st.ID, date.Date{Clock: true})
			return
		}
	}
}

const (
	maxWidgetLines = 48 // lines that are not empty
	maxWidgetLine  = 1000
	maxNameBytes   = 256 // the greatest length of a name
	maxPrinted     = 420 // characters: the service prints 280, and some 24 for each link
)

// shownLine is a line that is not empty.
type shownLine struct {
	start, end int
	apart      bool // an empty line is before it
	furniture
}

func (l shownLine) in(s string) string { return s[l.start:l.end] }

// nextLine is the first line that is not empty after the line that ends at from.
func (t *text) nextLine(from, stop int) (l shownLine, ok bool) {
	for i := from; i < stop; {
		end := stop
		if n := strings.IndexByte(t.s[i:stop], '\n'); n >= 0 {
			end = i + n
		}
		words := trimShown(t.s[i:end])
		if words != "" {
			l.start = i + strings.Index(t.s[i:end], words)
			l.end = l.start + len(words)
			return l, true
		}
		l.apart = l.apart || i > from && char.Trim(t.s[i:end]) == ""
		i = end + 1
	}
	return l, false
}

// trimShown takes blanks off both ends of a line, and what extractors leave of pictures
// and buttons: [], (BUTTON).
func trimShown(s string) string {
	for {
		n := len(s)
		s = char.Trim(s)
		s = strings.TrimSuffix(strings.TrimSuffix(s, "(BUTTON)"), "[]")
		s = strings.TrimPrefix(strings.TrimPrefix(s, "(BUTTON)"), "[]")
		if len(s) == n {
			return s
		}
	}
}

// widgetHeader is the header of a rendered tweet.
type widgetHeader struct {
	start, end   int // end is the end of the last line
	name, handle string
	nameEnd      int
	date         date.Date // after a dot
	follow       bool      // a button is in it
	dotted       bool      // a dot is after the handle
	loose        bool      // it has empty lines
}

// headerAt reads the header with the @ of its handle at byte at.
func (t *text) headerAt(at int) (h widgetHeader, ok bool) {
	begin := lineBegin(t.s, t.floor, at)
	if at-begin > maxNameBytes {
		return h, false
	}
	h.end = at + 1
	for h.end < len(t.s) && archive.IsHandleByte(t.s[h.end]) {
		h.end++
	}
	h.handle = t.s[at+1 : h.end]
	if !archive.IsHandle(h.handle) {
		return h, false
	}
	eol := min(len(t.s), h.end+maxLabel)
	if n := strings.IndexByte(t.s[h.end:eol], '\n'); n >= 0 {
		eol = h.end + n
	}
	after := h.end
	if at > begin && t.s[at-1] == '(' && strings.HasPrefix(t.s[after:], ")") {
		at, after = at-1, after+1
	}
	if !h.tail(trimShown(t.s[after:eol])) {
		return h, false
	}
	h.start, h.name, h.nameEnd = begin, nameOf(t.s[begin:at]), at
	if h.name == "" {
		t.nameAbove(&h)
	} else if !isNameBeforeHandle(h.name) {
		return h, false
	}
	byline := attribution.Attribution{Name: h.start, Open: h.nameEnd}
	if byline.IsByline(t.s) || t.inByline != nil && t.inByline(h.start) {
		return h, false
	}
	t.pictureAbove(&h)
	t.headerBelow(&h, eol)
	return h, true
}

// tail reads the rest of the line after the handle: · Mar 20, 2018 · Follow.
func (h *widgetHeader) tail(s string) bool {
	s = strings.TrimLeft(s, "*_] ")
	for _, part := range strings.FieldsFunc(s, isDot) {
		part = trimShown(part)
		d, n := date.Any(part)
		switch k := furnitureAt(part); {
		case part == "" || k == verifiedFurniture:
		case k == followFurniture:
			h.follow = true
		case n == len(part) && n > 0 && strings.IndexFunc(s, isDot) == 0:
			h.date = d
		case date.Relative(part) == len(part), isAge(part):
		default:
			return false
		}
	}
	h.dotted = h.dotted || strings.IndexFunc(s, isDot) == 0
	return true
}

// isAge reports the age of a tweet, as the service shortens it: 3h, 12m.
func isAge(s string) bool {
	digits := strings.TrimLeftFunc(s, unicode.IsDigit)
	return digits != s && digits != "" && utf8.RuneCountInString(digits) <= 3
}

// headerBelow reads the lines of the header below the line of the handle.
func (t *text) headerBelow(h *widgetHeader, eol int) {
	h.end = eol
	for range 6 {
		l, ok := t.nextLine(h.end, min(len(t.s), h.end+maxLabel))
		if !ok {
			return
		}
		line := trimShown(strings.TrimSuffix(l.in(t.s), "@"+h.handle)) // Follow @janeroe
		dot := strings.IndexFunc(line, isDot) == 0
		d, n := date.Any(line)
		k := furnitureAt(line)
		switch {
		case k == followFurniture, k == verifiedFurniture, dot && h.tail(line):
			h.follow = h.follow || k == followFurniture
			h.dotted = h.dotted || dot
		case h.dotted && h.date == (date.Date{}) && n == len(line) && n > 0:
			h.date = d
		case n == len(line) && n > 0 && !d.Timed: // the footer says it better
		case n == len(line) && n > 0 && t.beginsQuote(l): // the words begin with it
			h.date = d
		default:
			return
		}
		h.end, h.loose = l.end, h.loose || l.apart
	}
}

// beginsQuote reports whether a block of quoted lines begins with this line.
func (t *text) beginsQuote(l shownLine) bool {
	q, ok := t.v.QuoteAt(l.start)
	return ok && q.Start == l.start
}

// nameOf is the name in the text before the handle, or in a line above it.
func nameOf(s string) string {
	s = strings.Trim(trimShown(s), "*_ ")
	if name, ok := strings.CutPrefix(s, "!"); ok && strings.HasPrefix(name, "[") {
		s = name
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	for _, label := range []string{"Verified account", "Verified Account"} {
		s = strings.TrimSuffix(s, label)
	}
	return char.Squash(strings.TrimRight(s, "✔✓☑🗸️? \u00a0\u200f"))
}

// isNameBeforeHandle reports whether the words before a handle in its line are a name,
// and do not only point to an account: Follow us on Twitter @janeroe.
func isNameBeforeHandle(s string) bool {
	return !strings.ContainsAny(s, "()@") && !strings.HasSuffix(s, ":") && !strings.HasSuffix(s, "by") && !strings.HasSuffix(s, "witter") && !strings.HasPrefix(s, "Follow")
}

// nameAbove reads the name on a line above that of the handle.
func (t *text) nameAbove(h *widgetHeader) {
	at := h.start
	for range 3 {
		begin, end, ok := t.lineAbove(at)
		if !ok {
			return
		}
		name := nameOf(t.s[begin:end])
		k := furnitureAt(name)
		switch {
		case name == "" || k == verifiedFurniture:
			at = begin
			continue
		case k != noFurniture || len(name) > maxNameBytes || utf8.RuneCountInString(name) > 64:
			return
		}
		h.name, h.start, h.nameEnd = name, begin, begin+len(strings.TrimRightFunc(t.s[begin:end], char.IsBlank))
		return
	}
}

// pictureHost has the pictures of the service's users.
const pictureHost = "pbs.twimg.com/"

// pictureAbove adds to the header the picture above the name: its address, or its text,
// which is the name again.
func (t *text) pictureAbove(h *widgetHeader) {
	if begin, end, ok := t.lineAbove(h.start); ok && h.name != "" {
		if w := strings.Trim(trimShown(t.s[begin:end]), "!|"); nameOf(w) == h.name || strings.Contains(w, pictureHost) {
			h.start = begin
		}
	}
}

// lineAbove is the first line that is not empty above the line that begins at i.
func (t *text) lineAbove(i int) (begin, end int, ok bool) {
	end = i
	for end > t.floor && i-end < maxLabel && char.BlankBefore(t.s, end) > 0 {
		end -= char.BlankBefore(t.s, end)
	}
	end = max(end, t.floor)
	begin = lineBegin(t.s, t.floor, end)
	return begin, end, begin < end && end-begin <= maxWidgetLine
}

// widget is a rendered tweet while it is read.
type widget struct {
	header widgetHeader
	reply  replyState
	lines  []shownLine // words and furniture, up to a quoted tweet or the footer
	quoted *widgetHeader
	inner  []shownLine // the lines of the quoted tweet
	footer struct {
		shownLine
		day string
	}
	end   int // the end of the last line that was read
	doubt bool
}

// read reads the lines after the header, up to the footer.
func (w *widget) read(t *text) {
	w.end = w.header.end
	stop := min(len(t.s), w.end+maxReach)
	for range maxWidgetLines {
		l, ok := t.nextLine(w.end, stop)
		if !ok || l.end-l.start > maxWidgetLine {
			return
		}
		line := l.in(t.s)
		if d, n := date.At(line); n > 0 && d.Timed && d.Day != "" {
			w.footer.shownLine, w.footer.day = l, d.Day
			return
		}
		if len(w.lines) == 0 && w.quoted == nil && w.answers(line) {
			w.end = l.end
			w.header.loose = w.header.loose || l.apart
			continue
		}
		if i := strings.IndexByte(line, '@'); i >= 0 && (len(w.lines) > 0 || i > 0) {
			if h, ok := t.headerAt(l.start + i); ok && w.nests(&h) {
				if w.quoted != nil {
					return // a third one: a list of accounts
				}
				w.quoted, w.end = &h, h.end
				continue
			}
		}
		l.furniture = furnitureAt(line)
		if w.quoted == nil {
			w.lines = append(w.lines, l)
		} else {
			w.inner = append(w.inner, l)
		}
		w.end = l.end
	}
}

// replyState says how much was read of the lines that say whom a tweet answers.
type replyState int

const (
	noReply   replyState = iota
	beginning            // Replying to, and the handles are on lines of their own
	replied
)

// answers reports whether a line belongs to those that say whom the tweet answers.
func (w *widget) answers(line string) bool {
	_, bare, ok := replyLine(line)
	switch {
	case w.reply == noReply && ok && !bare:
		w.reply = replied
		return true
	case w.reply == noReply && repliesOf[plainLabel(line)]:
		w.reply = beginning
		return true
	}
	return w.reply == beginning && (ok && bare || line == "and" || line == ",")
}

// nests reports whether h is the header of another tweet, and not words of this one that
// end with a mention. If so, it takes the header's lines off the lines that were read.
func (w *widget) nests(h *widgetHeader) bool {
	lines := &w.lines
	if w.quoted != nil {
		lines = &w.inner
	}
	n := len(*lines)
	for n > 0 && (*lines)[n-1].start >= h.start {
		n--
	}
	sure := h.dotted || h.date != (date.Date{}) || h.follow || isHandleOf(h.handle, h.name) || n > 0 && (*lines)[n-1].furniture == quoteFurniture
	if h.name == "" || !sure && (n == 0 || !isNameLike(h.name)) {
		return false
	}
	w.doubt = w.doubt || !sure
	if h.start < w.header.end {
		return false
	}
	*lines = (*lines)[:n]
	return true
}

// isHandleOf reports whether a handle is made from a name: Jane Roe, @jane_roe12.
func isHandleOf(handle, name string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	a, b := letters(handle), letters(name)
	return len(a) > 3 && len(b) > 3 && (strings.Contains(a, b) || strings.Contains(b, a))
}

// isNameLike reports whether a line looks like a name and not like words: it is a few
// words, no sentence ends in it, and the first and the last have a capital if the script
// has them.
func isNameLike(s string) bool {
	words := strings.Fields(s)
	if r, _ := utf8.DecodeRuneInString(s); len(words) == 1 && char.IsUncased(r) && utf8.RuneCountInString(s) <= 16 {
		return true
	}
	if len(words) < 2 || len(words) > 6 || strings.ContainsAny(s, "!?:;") || strings.HasSuffix(s, ".") {
		return false
	}
	for _, word := range []string{words[0], words[len(words)-1]} {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLower(r) {
			return false
		}
	}
	return true
}

// apart reports whether the tweet that was read as a quoted one is a tweet of its own,
// with the footer: it answers the first, or is in a block of its own.
func (w *widget) apart(s string) bool {
	q := w.quoted
	if q == nil {
		return false
	}
	if q.follow && !w.header.follow {
		return true
	}
	if len(w.inner) > 0 {
		if first, _, ok := replyLine(w.inner[0].in(s)); ok && strings.EqualFold(first, w.header.handle) {
			return true
		}
	}
	last := w.header.end
	if len(w.lines) > 0 {
		last = w.lines[len(w.lines)-1].end
		if utf8.RuneCountInString(s[w.lines[0].start:last]) > maxPrinted {
			return true // prose
		}
	}
	if !emptyLine(s[last:max(last, q.start)]) || q.loose || w.footer.apart {
		return false
	}
	for _, l := range w.inner {
		if l.apart {
			return false
		}
	}
	return true
}

// emptyLine reports whether s, which is only blanks, holds an empty line.
func emptyLine(s string) bool { return strings.Count(s, "\n") > 1 }

// untilFooter is the tweet whose words end before its footer.
func (w *widget) untilFooter(t *text) *textFinding {
	e := w.finding(t.s, wordsOf(t.s, w.lines))
	e.Date, e.End = w.footer.day, t.afterFooter(w.footer.shownLine)
	if w.quoted != nil && (w.doubt || emptyLine(t.s[w.header.end:w.quoted.start])) {
		e.Confidence = 0.8
	}
	if utf8.RuneCountInString(e.Text) > maxPrinted {
		e.Confidence = 0.7 // prose may be in it
	}
	return e
}

// untilFurniture is the tweet whose day is in the header. Its words end where the counts
// begin, or at the end of their paragraph.
func (w *widget) untilFurniture(t *text) *textFinding {
	words, rest := w.lines, []shownLine(nil)
	for i, l := range w.lines {
		if i > 0 && l.furniture != noFurniture {
			words, rest = w.lines[:i], w.lines[i:]
			break
		}
	}
	for i, l := range words {
		if i > 0 && l.apart && !(w.header.loose && len(rest) > 0 && rest[0].apart) {
			words, rest = words[:i], nil
			break
		}
	}
	if len(words) == 0 || utf8.RuneCountInString(t.s[words[0].start:words[len(words)-1].end]) > maxPrinted {
		return nil
	}
	e := w.finding(t.s, wordsOf(t.s, words))
	e.Date, e.End = w.header.date.In(t.article.Date, t.orderOfDates()).Day, words[len(words)-1].end
	for _, l := range rest {
		if l.furniture == noFurniture {
			break
		}
		e.End = l.end
	}
	if len(rest) == 0 {
		e.Confidence = 0.7
	}
	return e
}

func (w *widget) finding(s string, words []shownLine) *textFinding {
	e := &textFinding{Embed: archive.Embed{Form: archive.FormWidget, Start: w.header.start, Confidence: 0.9}}
	e.Author, e.Handle = w.header.name, w.header.handle
	if len(words) > 0 {
		e.Text = trimShown(s[words[0].start:words[len(words)-1].end])
	}
	return e
}

// wordsOf are the lines without the furniture before and after the words. Some furniture
// has lines that look like words: a note of readers, the options of a poll, the title of
// a page.
func wordsOf(s string, lines []shownLine) []shownLine {
	for len(lines) > 0 && lines[0].furniture != noFurniture {
		lines = lines[1:]
	}
	for i, l := range lines {
		if l.furniture == noteFurniture || i > 0 && isHost(l.in(s)) {
			lines = lines[:i]
			break
		}
	}
	for counted := false; len(lines) > 0; {
		n, counts := furnitureBelow(s, lines, counted)
		if n == 0 {
			break
		}
		lines, counted = lines[:len(lines)-n], counted || counts
	}
	return lines
}

// furnitureBelow is how many lines the last piece of furniture takes, 0 if words are the
// last, and whether it is a count. The options of a poll may be above a count of votes.
func furnitureBelow(s string, lines []shownLine, counted bool) (n int, counts bool) {
	last := len(lines) - 1
	label := plainLabel(lines[last].in(s))
	switch {
	case label == "#":
		if last > 0 && plainLabel(lines[last-1].in(s)) == "#" {
			return 0, false // a countdown
		}
		return 1, false
	case counted && label == "#%" && last > 1:
		return 2, false // with its option
	case counted && strings.HasSuffix(label, " #%") && last > 0:
		return 1, false
	case isFrom(label) && last > 1:
		return 2, false // with its title
	case lines[last].furniture != noFurniture:
		return 1, strings.HasPrefix(label, "# ") && !strings.Contains(label, "retweet")
	}
	return 0, false
}

// afterFooter is the end of the footer and of the furniture below it.
func (t *text) afterFooter(footer shownLine) int {
	end := footer.end
	for range maxWidgetLines {
		l, ok := t.nextLine(end, min(len(t.s), end+maxLabel))
		if !ok {
			break
		}
		k := furnitureAt(l.in(t.s))
		if k == noFurniture || k == followFurniture {
			break
		}
		end = l.end
	}
	return end
}

// lineBegin is where the line begins that holds byte i, but not before lo, and no further
// back than a tweet can be long.
func lineBegin(s string, lo, i int) int {
	i = max(i, lo)
	lo = max(lo, i-maxReach)
	return strings.LastIndexByte(s[lo:i], '\n') + 1 + lo
}
