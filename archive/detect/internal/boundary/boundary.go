// Package boundary decides where a tweet's text begins. Its end is known: the
// attribution. The passage before the attribution is cut into words. Between two words
// there may be a reason for a text to begin, such as a line break or the end of a
// sentence. These places are the candidates (words.go, places.go). Features describe each
// candidate (features.go). Each feature has a weight, and the sum of values times weights
// is the candidate's score (score.go). The candidate with the highest score is chosen.
// The last candidate is the attribution itself, as an extractor may have lost the words.
// If an article has several tweets, each text is decided a second time, when it is known
// how the others begin (again.go). Some extractors put part of a text after its
// attribution; the end of that is found in the same way (rest.go).
//
// A Passage goes in, and a Model returns a Look with its Choice: begin with Model.Look.
package boundary

import (
	"strings"
	"sync"
)

// Passage is what is known when the beginning of a tweet's text is decided.
type Passage struct {
	Text   string // the view before the attribution's dash, as far back as a tweet can be long
	Origin Origin // what is before Text
	Author string
	Handle string
	Day    string // 2018-03-21, or nothing
	Layout Layout
	Links  []Link // the links in Text that lead to other sites, in order
	Below  bool   // the attribution begins a line
	Joined bool   // ... or follows Text without a blank
	Before string // the article before Text
	After  string // ... and after the attribution
}

// Link is where a link's text begins and ends.
type Link struct{ Start, End int }

// Origin is what is before a passage.
type Origin int

// The origins of a passage.
const (
	Cut        Origin = iota // more of the article
	Article                  // nothing: the article begins
	AfterTweet               // another tweet
	Frame                    // the beginning of a frame ("Skip Twitter post by")
)

// Layout is how the extractor separated the blocks of a text.
type Layout int

// The layouts of a text.
const (
	Paragraphs Layout = iota // by empty lines
	Lines                    // mostly by single line breaks
	OneLine                  // by spaces: every break became one
	Glued                    // by nothing: every break was lost, and dashes and quotation marks too
	layouts
)

// LayoutReach is how many bytes of a text are read for its layout.
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

// Choice is the place that was chosen for the beginning of a text.
type Choice struct {
	At         int     // a byte of the passage's Text; -1 if there is no text
	Confidence float64 // how likely it is the right one
}

// Look is a passage with its candidates and the choice among them.
type Look struct {
	Passage *Passage
	Choice  Choice // what the passage alone shows

	candidates []scored // none if there is nothing to choose from
}

// scored is a candidate with its score and what the second look needs.
type scored struct {
	at    int
	score float64
	way   way
}

// scores are the scores of the candidates.
func (l *Look) scores() []float64 {
	scores := make([]float64, len(l.candidates))
	for k := range scores {
		scores[k] = l.candidates[k].score
	}
	return scores
}

// noneTrust is the confidence that a tweet without candidates has no text.
const noneTrust = 0.5

// scratch is memory that is used for one passage after another.
type scratch struct {
	reading    reading
	candidates []candidate
	values     []float64
	scores     []float64
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Look scores the candidates of a passage and chooses one.
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

// first is the likeliest candidate as far as the passage alone shows. It changes scores.
func (m *Model) first(l *Look, scores []float64) Choice {
	n := len(scores)
	if l.candidates[n-1].at == len(l.Passage.Text) {
		n-- // whether the words are lost is decided when the others are known
	}
	return m.choose(l, scores[:n])
}

// choose is the likeliest candidate. It changes scores.
func (m *Model) choose(l *Look, scores []float64) Choice {
	best := likelihoods(scores, m.Temperatures[l.Passage.Layout])
	at := l.candidates[best].at
	if at == len(l.Passage.Text) {
		at = -1
	}
	return Choice{at, scores[best]}
}

// Describe returns the candidates of a passage with their features. Those of the second
// look are 0.
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

// Compare returns the features of the second look for each candidate of each text of an
// article.
func (m *Model) Compare(looks []*Look) [][][]float64 {
	out := make([][][]float64, len(looks))
	for i, others := range m.others(looks) {
		for k := range looks[i].candidates {
			out[i] = append(out[i], looks[i].candidates[k].way.compare(&others, nil))
		}
	}
	return out
}
