package detect

import (
	"strings"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/boundary"
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
	return boundary.IsAddress(before[strings.LastIndexFunc(before, char.IsBlank)+1:])
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
	p := &boundary.Passage{Text: v.s, Origin: from, Author: a.author, Handle: a.handle, Day: a.when.date.Day, Layout: t.layout}
	if p.Day == "" && a.when.id != "" {
		if at, ok := archive.StatusTime(a.when.id); ok {
			p.Day = at.Format("2006-01-02")
		}
	}
	around := max(0, hi-maxAround)
	for around < hi && !utf8.RuneStart(t.s[around]) {
		around++
	}
	p.Before, p.After = t.s[min(around, lo):lo], t.s[a.end:min(len(t.s), a.end+maxAround/3)]
	l := passage{Look: p.Look(), view: v}
	if l.Choice.At < 0 {
		l.start = a.dash
	} else {
		l.text, l.start = l.textAt(l.Choice)
	}
	t.passages = append(t.passages, l)
	return l.text, l.start, l.Choice.Confidence
}

// passage is a text of the article whose beginning was looked for.
type passage struct {
	*boundary.Look
	view  view
	text  string // what it is as far as its passage alone says
	start int    // where that begins in the article
}

// textAt is the text that begins at a choice, and where that is in the article.
func (l *passage) textAt(c boundary.Choice) (string, int) {
	return strings.TrimFunc(l.view.s[c.At:], char.IsBlank), l.view.place(c.At)
}

// lookAgain corrects the texts found in an article now that all of them are known.
func (t *text) lookAgain(found []archive.Embed) {
	looks := make([]*boundary.Look, len(t.passages))
	for i := range t.passages {
		looks[i] = t.passages[i].Look
	}
	k := 0
	for i, c := range boundary.Again(looks) {
		l := &t.passages[i]
		for k < len(found) && found[k].End <= l.start {
			k++
		}
		if k == len(found) {
			break
		}
		e := &found[k]
		if c == l.Choice || e.Form != archive.FormText || e.Start != l.start {
			continue // it became one with its address
		}
		rest := e.Text[len(l.text):]
		e.Text, e.Start = l.textAt(c)
		if e.Confidence = c.Confidence; rest != "" {
			e.Text, e.Confidence = e.Text+rest, c.Confidence*restTrust
		}
	}
}

// reach is how far back from hi a tweet's text may reach, and what it would
// begin behind.
func (t *text) reach(hi int, st style) (lo int, from boundary.Origin) {
	lo, from = t.floor, boundary.Article
	if t.chained {
		from = boundary.AfterTweet
	}
	if hi-lo > maxReach {
		lo, from = hi-maxReach, boundary.Cut
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
			return i, boundary.Frame
		}
	}
	if st.quoted {
		q := quoteBegin(t.s, lo, hi)
		if q > lo || from != boundary.Cut {
			lo = q
			from = boundary.Frame
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
