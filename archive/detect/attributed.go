package detect

import (
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
)

// Tested in text_test.go.

const (
	maxReach  = 4096 // the greatest length of a tweet's text with its markup, in bytes
	maxAround = 6000 // bytes before the tweet in which copies of it are looked for
)

// attributed reads the standard form: text, dash, name (@handle) date. If there is
// neither dash nor date, it reads the header form.
func attributed(t *text, at int) *textFinding {
	a, ok := t.attributionAt(at, max(t.floor, t.tried))
	if !ok {
		if a, ok = attribution.Linked(t.v, at, t.floor); ok {
			return t.tweetBefore(&a)
		}
		return nil
	}
	t.tried = at + 1
	if e := shared(t, &a); e != nil {
		return e
	}
	isHeader := a.Mark == attribution.LineStart && !a.Dated
	switch is := t.isAttribution(&a); {
	case !is && !isHeader:
		return nil
	case t.isByline(&a):
		t.floor = a.End // no tweet holds a byline
		return nil
	case is:
		e := t.tweetBefore(&a)
		e.alone = a.Mark == attribution.LineStart && a.ID == ""
		if e.doubt = a.Doubt(t.s); e.doubt > 0 {
			e.begin(e.look.Choice, t.s)
		}
		return e
	}
	if e := header(t, &a); e != nil {
		return e
	}
	return copiedWidget(t, at)
}

// attributionAt reads the attribution whose @ is at byte at. Its name begins at from or
// later.
func (t *text) attributionAt(at, from int) (a attribution.Attribution, ok bool) {
	a, ok = attribution.At(t.v, at, attribution.Context{From: from})
	if ok && a.HasLostDash() && !t.losesDashes() {
		a, ok = attribution.At(t.v, at, attribution.Context{From: from, Kept: true})
	}
	if a.Date.Doubtful() {
		a.Date = a.Date.In(t.article.Date, t.orderOfDates())
	}
	return a, ok
}

// orderOfDates is the order of the numbers in the text's dates.
func (t *text) orderOfDates() date.Order {
	if !t.ordered {
		t.order, t.ordered = date.OrderOf(t.s), true
	}
	return t.order
}

// losesDashes reports whether the dashes of the text became another mark, " ? ". Then
// most of its attributions have that mark, and at least one has it where no question
// ends. If there is only one attribution, the text must not be of a language that has
// blanks before its marks, as French has.
func (t *text) losesDashes() bool {
	if t.lost != 0 {
		return t.lost > 0
	}
	t.lost = -1
	s := t.s[:min(len(t.s), boundary.LayoutReach)]
	all, lost, glued := 0, 0, 0
	for at := 0; ; at++ {
		n := strings.Index(s[at:], "(@")
		if n < 0 {
			break
		}
		at += n
		if a, ok := attribution.At(t.v, at+1, attribution.Context{}); ok && a.Dated {
			all++
			switch a.Mark {
			case attribution.LostDash:
				lost++
			case attribution.GluedMark:
				glued++
			}
		}
	}
	spaced := strings.Count(s, " :") + strings.Count(s, " !") + strings.Count(s, " ;")
	if lost > 0 && 2*(lost+glued) > all && (all > 1 || spaced < 2) {
		t.lost = 1
	}
	return t.lost > 0
}

func (t *text) isAttribution(a *attribution.Attribution) bool {
	return a.IsSure(t.article.Date) || a.IsUndated(t.s)
}

// tweetBefore is the tweet that ends at the attribution.
func (t *text) tweetBefore(a *attribution.Attribution) *textFinding {
	e := &textFinding{Embed: archive.Embed{Form: archive.FormText, Start: a.Text, End: a.End}}
	e.Author, e.Handle, e.Date = a.Author, a.Handle, a.Date.Day
	if a.ID != "" {
		identify(&e.Tweet, a.ID, a.Date)
	}
	hi := a.Text
	for n := char.BlankBefore(t.s, hi); n > 0 && hi > t.floor; n = char.BlankBefore(t.s, hi) {
		hi -= n
	}
	lo, origin := t.reach(hi, a.Text)
	hi = max(hi, lo)
	p := boundary.Passage{Text: t.s[lo:hi], Origin: origin, Author: a.Author, Handle: a.Handle, Day: a.Date.Day, Layout: t.layout}
	if at, ok := archive.StatusTime(a.ID); ok && p.Day == "" {
		p.Day = at.Format(time.DateOnly)
	}
	p.Links = t.linksElsewhere(lo, hi)
	p.Joined, p.Below = hi == a.Text, strings.Contains(t.s[hi:a.Text], "\n")
	p.Before, p.After = t.s[min(lo, runeStart(t.s, hi-maxAround)):lo], t.s[a.End:min(len(t.s), a.End+maxAround/3)]
	e.look, e.from = t.model.Look(&p), lo
	e.begin(e.look.Choice, t.s)
	return e
}

// linksElsewhere are the links in s[lo:hi] that lead to other sites. A tweet's own links
// lead to the service.
func (t *text) linksElsewhere(lo, hi int) (links []boundary.Link) {
	for _, l := range t.v.Touching(lo, hi) {
		if lo <= l.Start && l.Start < l.End && l.End <= hi && l.Target != "" && !isService(l.Target) {
			links = append(links, boundary.Link{Start: l.Start - lo, End: l.End - lo})
		}
	}
	return links
}

func isService(address string) bool {
	_, host, ok := strings.Cut(address, "//")
	host, _, _ = strings.Cut(host, "/")
	return ok && (host == "t.co" || strings.HasSuffix(host, "twitter.com") || strings.HasSuffix(host, "x.com"))
}

// runeStart is the first byte at i or later where a character begins.
func runeStart(s string, i int) int {
	for i = max(i, 0); i < len(s) && !utf8.RuneStart(s[i]); i++ {
	}
	return i
}

// begin sets the text: it begins where the choice says.
func (e *textFinding) begin(c boundary.Choice, s string) {
	e.Confidence = c.Confidence * (1 - e.doubt) * (1 - e.restDoubt)
	at := c.At
	if at < 0 && e.rest != "" {
		return // not all words are lost
	}
	if at < 0 {
		at = len(e.look.Passage.Text)
	}
	e.Start = char.SkipBlanks(s, e.from+at)
	e.Text = char.Trim(e.look.Passage.Text[at:])
	if e.rest != "" {
		e.Text += "\n" + e.rest
	}
}

// identify gives a tweet its ID, and the day of that ID if no day is printed or the
// printed day is in another time zone.
func identify(tw *archive.Tweet, id string, d date.Date) {
	if d.Clock {
		tw.Date = ""
	}
	tw.WithID(id)
}

// reach is how far before hi the text of a tweet may begin whose attribution is at at,
// and what is before that place.
func (t *text) reach(hi, at int) (lo int, from boundary.Origin) {
	lo, from = t.floor, boundary.Article
	if t.last() != nil {
		from = boundary.AfterTweet
	}
	if hi-lo > maxReach {
		lo, from = runeStart(t.s, hi-maxReach), boundary.Cut
	}
	if i := frameBefore(t.s, lo, hi); i > 0 {
		return i, boundary.Frame
	}
	if q, ok := t.v.QuoteAt(at); ok && (q.Start > lo || from != boundary.Cut) {
		lo, from = max(lo, q.Start), boundary.Frame
		for lo < hi && char.IsSpace(t.s[lo]) {
			lo++
		}
	}
	return lo, from
}

// frameBefore is where the last mark ends that begins a publisher's frame in s[lo:hi]; 0
// if there is none.
func frameBefore(s string, lo, hi int) int {
	if !strings.Contains(s[lo:hi], "Skip ") {
		return 0 // most texts have none
	}
	for _, f := range [...]string{"Skip Twitter post", "Skip twitter post", "Skip X post"} {
		i := strings.LastIndex(s[lo:hi], f)
		if i < 0 {
			continue
		}
		i += lo + len(f)
		if j := strings.IndexByte(s[i:min(hi, i+40)], '@'); j >= 0 {
			i += j + 1
			for i < hi && archive.IsHandleByte(s[i]) {
				i++
			}
		}
		return i
	}
	return 0
}
