package detect

import (
	"iter"

	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in limits_test.go and text_test.go.

// readRests gives the tweets the lines after their attributions, where an extractor put
// them. Such lines are not part of the next tweet: its beginning is decided again, after
// them.
func (t *text) readRests() {
	for i, s := range t.stretches() {
		e := &t.found[i]
		c := t.model.Rest(s)
		e.restDoubt = 1 - c.Confidence
		if c.At > 0 {
			e.rest = char.Trim(s.Text[:c.At])
			if e.End += c.At; i+1 < len(t.found) && t.found[i+1].look != nil {
				t.beginAfter(&t.found[i+1], e.End)
			}
		}
		e.begin(e.look.Choice, t.s)
	}
}

// stretches gives the stretch after each tweet that can have a rest, one at a time, as
// there may be very many. It gives none if nothing in the article shows that an
// attribution was moved.
func (t *text) stretches() iter.Seq2[int, *boundary.Stretch] {
	return func(yield func(int, *boundary.Stretch) bool) {
		moved := 0
		for i := range t.found {
			if s := t.stretchAfter(i); s != nil && s.IsMoved() {
				moved++
			}
		}
		for i := range t.found {
			if s := t.stretchAfter(i); s != nil && moved > 0 {
				if s.Others = moved; s.IsMoved() {
					s.Others--
				}
				if !yield(i, s) {
					return
				}
			}
		}
	}
}

// stretchAfter is the text from a tweet's attribution to the next embed, or to the dash
// of that; nil if the tweet can have no rest.
func (t *text) stretchAfter(i int) *boundary.Stretch {
	e := &t.found[i]
	if e.look == nil || e.ID != "" || e.Text == "" {
		return nil
	}
	s := &boundary.Stretch{Before: e.look}
	stop := len(t.s)
	if i+1 < len(t.found) {
		next := &t.found[i+1]
		stop = next.Start
		if next.look != nil {
			s.Next, s.Offset = next.look, next.from-e.End
			stop = next.from + len(next.look.Passage.Text)
		}
	}
	if stop < e.End {
		return nil
	}
	if s.Text = t.s[e.End:stop]; len(s.Text) > boundary.StretchReach {
		s.Next = nil
	}
	return s
}

// beginAfter decides again where a tweet begins: at byte at or later.
func (t *text) beginAfter(e *textFinding, at int) {
	hi := e.from + len(e.look.Passage.Text)
	lo := min(hi, at)
	if lo <= e.from {
		return
	}
	p := *e.look.Passage
	p.Text, p.Origin, p.Links = t.s[lo:hi], boundary.AfterTweet, t.linksElsewhere(lo, hi)
	p.Before = t.s[min(lo, runeStart(t.s, hi-maxAround)):lo]
	e.look, e.from = t.model.Look(&p), lo
	e.begin(e.look.Choice, t.s)
}
