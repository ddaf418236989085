// Package boundary decides where a tweet's text begins. An attribution says
// where the text ends, and nothing says where it begins. So the passage before
// the attribution is cut into words, and where two of them meet the text may
// begin, for one of some reasons: these places are the candidates. Each is
// described by features, each feature has a weight, and the candidate with the
// greatest sum is the likeliest. The last candidate is the attribution: an
// extractor may have lost the words. Where an article has other tweets, each text is
// looked at again, in the knowledge of how the others begin. What some extractors
// leave of a text after its attribution is found in the same way: rest.go.
package boundary

import (
	"strings"
	"sync"
)

// Passage is what is known when the beginning of a tweet's text is looked for.
type Passage struct {
	Text   string // what is before the attribution's dash, as a reader sees it, as far back as a tweet reaches
	Origin Origin // what Text begins with
	Author string
	Handle string
	Day    string // 2018-03-21, or nothing
	Layout Layout
	Links  []Link // those in Text that lead elsewhere than to the service, in order
	Below  bool   // the attribution begins a line
	Joined bool   // ... or follows Text without a blank
	Before string // the article before Text
	After  string // ... and after the attribution
}

// Link is where a link's words begin and end.
type Link struct{ Start, End int }

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
	Choice  Choice // as far as the passage alone shows

	candidates []scored // none if there is no choice
}

// scored is a candidate with its score, and what the second look asks of it.
type scored struct {
	at    int
	score float64
	way   way
}

// scores are those of the candidates.
func (l *Look) scores() []float64 {
	scores := make([]float64, len(l.candidates))
	for k := range scores {
		scores[k] = l.candidates[k].score
	}
	return scores
}

// noneTrust is the confidence that a tweet without candidates has no text.
const noneTrust = 0.5

// scratch is memory in which passages are read, one after the other.
type scratch struct {
	reading    reading
	candidates []candidate
	values     []float64
	scores     []float64
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Look looks for the beginning of the text.
func (m *Model) Look(p *Passage) *Look {
	l := &Look{Passage: p}
	d := scratches.Get().(*scratch)
	defer scratches.Put(d)
	r := &d.reading
	r.read(p)
	d.candidates = r.candidates(d.candidates)
	if len(d.candidates) == 0 {
		l.Choice = Choice{-1, noneTrust}
		return l
	}
	l.candidates = make([]scored, len(d.candidates))
	d.scores = d.scores[:0]
	for k := range d.candidates {
		c := &d.candidates[k]
		d.values = c.values(d.values)
		s := score(m.Weights[p.Layout][:len(features)], d.values)
		l.candidates[k] = scored{c.at, s, wayOf(c)}
		d.scores = append(d.scores, s)
	}
	l.Choice = m.first(l, d.scores)
	return l
}

// first is the likeliest candidate as far as the passage alone shows, by the
// scores, which it changes.
func (m *Model) first(l *Look, scores []float64) Choice {
	n := len(scores)
	if l.candidates[n-1].at == len(l.Passage.Text) {
		n-- // whether the words are lost is said when the others are known
	}
	return m.choose(l, scores[:n])
}

// choose is the likeliest candidate by the scores, which it changes.
func (m *Model) choose(l *Look, scores []float64) Choice {
	best := likelihoods(scores, m.Temperatures[l.Passage.Layout])
	at := l.candidates[best].at
	if at == len(l.Passage.Text) {
		at = -1
	}
	return Choice{at, scores[best]}
}

// Describe gives the candidates of a passage with their features, those of the
// second look being 0.
func Describe(p *Passage) (at []int, values [][]float64) {
	var d scratch
	d.reading.read(p)
	d.candidates = d.reading.candidates(nil)
	for k := range d.candidates {
		c := &d.candidates[k]
		at, values = append(at, c.at), append(values, append(c.values(nil), make([]float64, len(second))...))
	}
	return at, values
}

// Compare gives the features of the second look for each candidate of the looks
// at an article's texts.
func (m *Model) Compare(looks []*Look) [][][]float64 {
	out := make([][][]float64, len(looks))
	for i, others := range m.others(looks) {
		for k := range looks[i].candidates {
			out[i] = append(out[i], looks[i].candidates[k].way.compare(&others, nil))
		}
	}
	return out
}
