// Package boundary decides where a tweet's text begins. An attribution says
// where the text ends, and nothing says where it begins. So the places that
// come into question are collected, the passage is cut into words, each place
// is described by features, and a model says which is the likeliest. Where an
// article has other tweets, they are asked how they begin, and it decides again.
package boundary

import (
	"slices"
	"strings"
)

// Passage is what is known when the beginning of a tweet's text is looked for.
type Passage struct {
	Text   string // what is before the attribution's dash, as a reader sees it, as far back as a tweet reaches
	Origin Origin // what Text begins with
	Author string
	Handle string
	Day    string // 2018-03-21, or nothing
	Layout Layout
	Before string // the article before Text
	After  string // ... and after the attribution

	near int // where the part of Text begins that the tweet can reach; starts sets it
}

// Origin is what a passage begins with.
type Origin int

// The origins of a passage.
const (
	Cut        Origin = iota // the middle of an article
	Article                  // the article
	AfterTweet               // what follows another tweet
	Frame                    // what follows a frame's beginning ("Skip Twitter post by")
)

// Layout is how the extractor that made a text parts its blocks.
type Layout int

// The layouts of a text.
const (
	Paragraphs Layout = iota // by empty lines
	Lines                    // mostly by single line breaks
	OneLine                  // by spaces: every break became one
	Glued                    // by nothing: every break was lost, with dashes and quotes
	layouts
)

// LayoutReach bounds how much of a long text is looked at for its layout.
const LayoutReach = 1 << 16

// LayoutOf is the layout of a text.
func LayoutOf(s string) Layout {
	s = strings.TrimSpace(s[:min(len(s), LayoutReach)])
	all, empty := strings.Count(s, "\n"), strings.Count(s, "\n\n")+strings.Count(s, "\n\r\n")
	switch single := all - 2*empty; {
	case empty > 0 && single <= 3*empty:
		return Paragraphs
	case all > 0:
		return Lines
	case strings.Contains(s, "—") || !strings.Contains(s, "  "):
		return OneLine
	}
	return Glued
}

// Choice is a place where a text begins.
type Choice struct {
	At         int     // the byte of the passage's Text; -1 if there is no place
	Confidence float64 // how likely it is the right one
}

// Look is a passage whose beginning was looked for.
type Look struct {
	Passage *Passage
	Choice  Choice // as far as the passage alone says

	cands []candidate // where it may begin; none if there is no choice
	sums  []weights
}

// aloneTrust is how far an article is trusted to be nothing but a tweet: a row
// of a table of tweets is, a sentence of prose and a tweet looks the same.
const aloneTrust = 0.95

// Look looks for the beginning of the text.
func (p *Passage) Look() *Look {
	l := &Look{Passage: p}
	d := desks.Get().(*desk)
	defer desks.Put(d)
	starts := p.starts(d.starts)
	d.starts = starts
	switch {
	case len(starts) == 0:
		l.Choice = Choice{-1, 0.5}
		return l
	case p.standsAlone(starts) && len(starts) == 1:
		l.Choice = Choice{starts[0].at, 1}
		return l
	case p.standsAlone(starts):
		l.Choice = Choice{starts[0].at, aloneTrust}
		return l
	}
	l.cands = slices.Clone(p.describe(starts, d))
	l.sums = trained.sums(l.cands, p.Layout, nil)
	d.scores = trained.scores(l.sums, p.Layout, d.scores)
	for k := range l.cands {
		l.cands[k].values = nil // they are the desk's
	}
	l.choose(d.scores)
	return l
}

func (l *Look) choose(scores []float64) {
	best, confidence := trained.choose(scores, l.Passage.Layout)
	l.Choice = Choice{l.cands[best].at, confidence}
}

// maxAgain is how many texts of an article are looked at twice.
const maxAgain = 200

// Again looks at the texts of an article once more, each in the knowledge of
// how the others begin.
func Again(looks []*Look) []Choice {
	out := make([]Choice, len(looks))
	var again []*Look
	for i, l := range looks {
		if out[i] = l.Choice; len(l.cands) > 0 && len(again) < maxAgain {
			again = append(again, l)
		}
	}
	if len(again) < 2 {
		return out
	}
	var all habits
	each := make([]habits, len(looks))
	var scores []float64
	n := 0
	for i, l := range looks {
		if n == len(again) || l != again[n] {
			continue
		}
		n++
		scores = trained.scores(l.sums, l.Passage.Layout, scores)
		each[i] = habitsOf(l.cands, scores, l.Passage.Origin)
		all = all.plus(&each[i], 1)
	}
	values := make([]value, 0, habitFeatures)
	n = 0
	for i, l := range looks {
		if n == len(again) || l != again[n] {
			continue
		}
		n++
		others := all.plus(&each[i], -1)
		sums := slices.Clone(l.sums)
		for k := range l.cands {
			values = others.compare(&l.cands[k].manner, values[:0])
			addRows(&sums[k], &trained.weights, values)
		}
		scores = trained.scores(sums, l.Passage.Layout, scores)
		best, confidence := trained.choose(scores, l.Passage.Layout)
		out[i] = Choice{l.cands[best].at, confidence}
	}
	return out
}

// LengthOf is the length of a text as the service counts it.
func LengthOf(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		n += weightOf(w) + 1
	}
	return max(0, n-1)
}

// quotes counts the apostrophes and quotation marks of the article around.
func (p *Passage) quotes() quotes {
	a := quotesOf(p.Before)
	for _, s := range [...]string{p.Text, p.Author, p.After} {
		q := quotesOf(s)
		a.straight, a.curly = a.straight+q.straight, a.curly+q.curly
	}
	return a
}
