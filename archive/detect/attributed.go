package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
	"tweetarc/archive/detect/internal/date"
)

const (
	maxReach  = 4096 // bytes that a tweet's text takes at most, markup included
	maxAround = 6000 // bytes of the article before the tweet that are looked at for copies of it
)

// attributed reads the standard form: text, dash, name (@handle) date; and
// where there is neither dash nor date, the header form.
func attributed(t *text, at int) *archive.Embed {
	handle, end := handleAt(t.s, at)
	if handle == "" {
		return nil
	}
	a := attribution{handle: handle, paren: at, end: end}
	ok := a.read(t, max(t.floor, t.tried))
	t.tried = at + 2
	switch {
	case ok:
		return t.tweetBefore(&a)
	case a.mark == lineStart && !a.when.dated:
		return header(t, &a)
	}
	return nil
}

// attributionAt reads the attribution whose parenthesis is at at, its name no
// further back than lo.
func (t *text) attributionAt(at, lo int) (a attribution, ok bool) {
	handle, end := handleAt(t.s, at)
	if handle == "" {
		return a, false
	}
	a = attribution{handle: handle, paren: at, end: end}
	return a, a.read(t, lo)
}

// read reads what stands around the handle of a, and tells whether that makes
// it an attribution. What is read of one that is none is left in a.
func (a *attribution) read(t *text, lo int) bool {
	handle := a.end
	if w, end := whenAt(t.s, handle); end > handle {
		a.when, a.end = w, end
	}
	a.nameBefore(t.s, max(lo, a.paren-4*maxName))
	if a.when.dated || a.when.id != "" {
		// An attribution with its dash is sure; without, a date behind the
		// article's own day says that it is none.
		return a.mark != noMark || a.when.date.Fits(t.article.Date)
	}
	a.end = handle
	return (a.mark == doubleHyphen || a.mark == emDash) && a.undated(t.s, handle)
}

// undated tells whether an attribution without a date can be one: — Name
// (@handle) at the end of a line or behind an address, or with an em dash and
// something that does not go on in prose (FORMATS a6.7).
func (a *attribution) undated(s string, end int) bool {
	if a.author == "" {
		return false
	}
	if n := date.Relative(s[skipBreak(s, end):]); n > 0 {
		return true
	}
	if strings.HasPrefix(s[end:], " on ") || strings.ContainsAny(s[end:min(len(s), end+1)], ",.;:)") {
		return false
	}
	i := char.SkipBlanks(s, end)
	if i == len(s) || s[i] == '\n' || s[i] == '\r' {
		return true
	}
	if a.mark == emDash && i > end && headline(s[i:min(len(s), i+80)]) {
		return true
	}
	before := strings.TrimRightFunc(s[max(0, a.dash-200):a.dash], char.IsBlank)
	return isAddress(before[strings.LastIndexFunc(before, char.IsBlank)+1:])
}

// tweetBefore is the tweet that ends at the attribution.
func (t *text) tweetBefore(a *attribution) *archive.Embed {
	e := &archive.Embed{Form: archive.FormText, End: a.end}
	e.Author, e.Handle, e.Date = a.author, a.handle, a.when.date.Day
	if a.when.id != "" {
		identify(&e.Tweet, a.when.id, a.when.date)
	}
	e.Text, e.Start, e.Confidence = t.textBefore(a)
	t.rest(e, a)
	return e
}

// identify gives a tweet its ID, and lets it tell the day where the printed one
// is missing or was painted in another time zone.
func identify(tw *archive.Tweet, id string, d date.Date) {
	if d.Clock {
		tw.Date = ""
	}
	tw.WithID(id)
}

// textBefore is the text that ends at the attribution's dash, where it begins,
// and how sure that is.
func (t *text) textBefore(a *attribution) (string, int, float64) {
	hi := a.dash
	st := style{markdown: a.when.linked, target: a.when.target}
	if far := max(t.floor, hi-maxReach); strings.IndexByte(t.s[far:min(len(t.s), hi+8)], '>') >= 0 {
		line := strings.LastIndexByte(t.s[far:hi], '\n') + 1 + far
		st.quoted = strings.HasPrefix(strings.TrimLeft(t.s[line:min(len(t.s), line+8)], " \t*"), ">")
	}
	for hi > t.floor {
		n := char.BlankBefore(t.s, hi)
		if n == 0 && st.quoted && t.s[hi-1] == '>' {
			n = 1
		}
		if n == 0 {
			break
		}
		hi -= n
	}
	lo, from := t.reach(hi, st)
	v := look(t.s, lo, hi, st)
	p := &t.passage
	*p = passage{view: v, origin: from, author: a.author, handle: a.handle, day: a.when.date.Day, dialect: t.dialect}
	if p.day == "" && a.when.id != "" {
		if at, ok := archive.StatusTime(a.when.id); ok {
			p.day = at.Format("2006-01-02")
		}
	}
	around := max(0, hi-maxAround)
	for around < hi && !utf8.RuneStart(t.s[around]) {
		around++
	}
	p.length = hi - lo
	p.around, p.self = t.s[around:min(len(t.s), a.end+maxAround/3)], hi-around
	p.after = t.s[a.end:min(len(t.s), a.end+maxAround/3)]
	at, confidence := decide(t, p)
	if at < 0 {
		return "", a.dash, confidence
	}
	text, start := strings.TrimFunc(v.s[at:], char.IsBlank), v.place(at)
	if n := len(t.looked); n > 0 && t.looked[n-1].start < 0 {
		t.looked[n-1].start, t.looked[n-1].text = start, text
	}
	return text, start, confidence
}

// decide says where in the passage's view the text begins, or -1. It is a
// variable for the program that trains the model.
var decide = func(t *text, p *passage) (at int, confidence float64) {
	if t.desk == nil {
		t.desk = desks.Get().(*desk)
		t.looked = t.desk.looked[:0]
	}
	d := t.desk
	starts := p.starts(d.starts)
	d.starts = starts
	if len(starts) == 0 {
		return -1, 0.5
	}
	if p.standsAlone(starts) {
		if len(starts) > 1 {
			return starts[0].at, aloneTrust
		}
		return starts[0].at, 1
	}
	if len(t.looked) == 1 { // most articles have one: the next needs the desk
		l := &t.looked[0]
		l.cands, l.sums = slices.Clone(l.cands), slices.Clone(l.sums)
	}
	cands := p.describe(starts, d)
	d.sums = trained.sums(cands, p.dialect, d.sums)
	d.scores = trained.scores(d.sums, p.dialect, d.scores)
	best, confidence := trained.choose(d.scores, p.dialect)
	if len(t.looked) < maxLooked {
		l := looked{passage: *p, start: -1, cands: cands, sums: d.sums}
		if len(t.looked) > 0 {
			l.cands, l.sums = slices.Clone(cands), slices.Clone(d.sums)
		}
		t.looked = append(t.looked, l)
	}
	return starts[best].at, confidence
}

// aloneTrust is how far an article is trusted to be nothing but a tweet: a row
// of a table of tweets is, a sentence of prose and a tweet looks the same.
const aloneTrust = 0.95

// reach is how far back from hi a tweet's text may reach, and what it would
// begin behind.
func (t *text) reach(hi int, st style) (lo int, from origin) {
	lo, from = t.floor, article
	if t.chained {
		from = embedded
	}
	if hi-lo > maxReach {
		lo, from = hi-maxReach, cut
		for lo < hi && !utf8.RuneStart(t.s[lo]) {
			lo++
		}
	}
	marks := frames
	if !strings.Contains(t.s[lo:hi], "Skip ") {
		marks = nil // soon said, for most texts
	}
	for _, f := range marks {
		if i := strings.LastIndex(t.s[lo:hi], f); i >= 0 {
			i += lo + len(f)
			if j := strings.IndexByte(t.s[i:min(hi, i+40)], '@'); j >= 0 {
				i += j + 1
				for i < hi && archive.IsHandleByte(t.s[i]) {
					i++
				}
			}
			return i, inFrame
		}
	}
	if st.quoted {
		q := quoteBegin(t.s, lo, hi)
		if q > lo || from != cut {
			lo = q
			from = inFrame
		}
		for lo < hi && (t.s[lo] == '>' || char.IsSpace(t.s[lo])) {
			lo++
		}
	}
	return lo, from
}

// quoteBegin is where the block of quoted lines ("> ") begins that ends at hi.
func quoteBegin(s string, lo, hi int) int {
	begin := hi
	for {
		line := strings.LastIndexByte(s[lo:begin], '\n') + 1 + lo
		if !strings.HasPrefix(strings.TrimLeft(s[line:min(len(s), line+8)], " \t*"), ">") {
			return min(hi, begin)
		}
		if begin = line; line == lo {
			return line
		}
		begin--
	}
}
