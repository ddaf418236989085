package detect

import (
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
)

// Tested in text_test.go.

// header reads the form of The Guardian: name (@handle) text. It is a paragraph of its
// own, without dash and date. An author's biography looks the same but goes on in lower
// case ("is a senior fellow", "lives in").
func header(t *text, a *attribution.Attribution) *textFinding {
	s, end := t.s, a.Close
	if a.Author == "" || end >= len(s) || char.Blank(s, end) == 0 || strings.ContainsAny(a.Author, ".!?") && len(strings.Fields(a.Author)) > 6 {
		return nil
	}
	begin := char.SkipBlanks(s, end)
	stop := begin + maxReach
	if stop > len(s) {
		stop = len(s)
	}
	if i := strings.IndexByte(s[begin:stop], '\n'); i >= 0 {
		stop = begin + i
	}
	words := strings.TrimRightFunc(s[begin:stop], char.IsBlank)
	if len(words) < 2 || !attribution.BeginsTweet(words) {
		return nil
	}
	if utf8.RuneCountInString(words) > maxPrinted || strings.Contains(words, "(@") {
		return nil
	}
	e := &textFinding{Embed: archive.Embed{Form: archive.FormHeader, Start: a.Name, End: begin + len(words), Confidence: 0.9}}
	e.Author, e.Handle, e.Text = a.Author, a.Handle, words
	return e
}

// shared reads what the service's app writes into a mail: name (@handle), some words, the
// day and a colon; then the tweet's words and its address. The colon may be missing if
// the address is of that day.
//
//	Jane Roe (@janeroe) tweeted at 9:07 PM on Wed, Mar 21, 2018:
//	The words of the tweet.
//	(https://twitter.com/janeroe/status/976565862527930371?s=03)
func shared(t *text, a *attribution.Attribution) *textFinding {
	s := t.s
	line := s[a.Close:min(len(s), a.Close+maxLabel)]
	n := strings.IndexByte(line, '\n')
	if n < 0 {
		return nil
	}
	said, colon := strings.CutSuffix(strings.TrimRightFunc(line[:n], char.IsBlank), ":")
	d := dateAtEnd(said)
	if a.Author == "" || !colon && (d.Day == "" || a.Mark != attribution.LineStart) {
		return nil
	}
	begin := a.Close + n + 1
	st, end := t.addressAfter(begin)
	at, _ := archive.StatusTime(st.ID)
	if !strings.EqualFold(st.Handle, a.Handle) || !colon && at.Format(time.DateOnly) != d.Day {
		return nil
	}
	words := strings.TrimRight(char.Trim(s[begin:st.Start]), "( \n")
	if words == "" || utf8.RuneCountInString(words) > maxPrinted || strings.Contains(words, "\n\n") {
		return nil
	}
	e := &textFinding{Embed: archive.Embed{Form: archive.FormHeader, Start: a.Name, End: end, Confidence: 0.9}}
	e.Author, e.Handle, e.Text = a.Author, a.Handle, words
	e.Date = d.Day
	identify(&e.Tweet, st.ID, d)
	if d.Day == "" {
		e.Confidence = 0.8
	}
	return e
}

// addressAfter is the first address of a tweet after begin, printed or in a link, and
// where it ends.
func (t *text) addressAfter(begin int) (st archive.Status, end int) {
	stop := min(len(t.s), begin+maxReach/2)
	st, ok := archive.FindStatus(t.s[begin:stop])
	if ok {
		st.Start, end = begin+st.Start, begin+st.End
		for end < stop && !char.IsSpace(t.s[end]) {
			end++
		}
	}
	for _, l := range t.v.Touching(begin, stop) {
		if is, linked := archive.FindStatus(l.Target); linked && l.Start >= begin && (!ok || l.Start < st.Start) {
			is.Start = l.Start
			return is, l.End
		}
	}
	return st, end
}

// dateAtEnd is the date that s ends with.
func dateAtEnd(s string) date.Date {
	for i := 0; ; {
		if d, n := date.At(s[i:]); n == len(s)-i {
			return d
		}
		n := strings.IndexByte(s[i:], ' ')
		if n < 0 {
			return date.Date{}
		}
		i += n + 1
	}
}
