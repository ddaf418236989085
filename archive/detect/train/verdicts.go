package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/archive/detect/internal/boundary"
)

// Verdicts of people on their own corpus, as tweetarc export --of verdicts --format jsonl
// writes them: one passage on each line.

// verdictSet is the name of the verdicts among the sets, and verdictWeight is how much
// each counts beside the sets.
const (
	verdictSet    = "verdicts"
	verdictWeight = 3
)

// With fewer outlets than folds, cross-validation by outlet is not possible. With fewer
// claims than enoughClaims, the program's temperature is kept.
const (
	enoughOutlets = folds
	enoughClaims  = 50
)

// passages says what was read of the verdicts.
type passages struct {
	read, markup int
	outlets      map[string]bool
}

// alone reports whether there are only verdicts.
func (t *trainer) alone() bool { return t.dir == "" }

// loadVerdicts reads a file of verdicts.
func (t *trainer) loadVerdicts(path string) error {
	t.verdicts = &passages{outlets: map[string]bool{}}
	var in []article
	var of []string // the article of each passage
	err := eachLine(path, func(line []byte) error {
		var r struct {
			Case, Text, Date, Source string
			Cut                      bool
			Tweets                   []struct {
				Handle, Date string
				Text         *string
				At           int
			}
		}
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if r.Case == "" || r.Text == "" {
			return fmt.Errorf("no case or no text: it is no passage that was judged")
		}
		t.verdicts.read++
		if isMarkup(r.Text) {
			t.verdicts.markup++
			return nil
		}
		a := article{text: r.Text, day: r.Date, source: r.Source, cut: r.Cut}
		for _, w := range r.Tweets {
			if w.At < 0 || w.At >= len(r.Text) {
				return fmt.Errorf("a tweet at byte %d of %d", w.At, len(r.Text))
			}
			l := label{handle: w.Handle, date: w.Date, unknown: w.Text == nil, at: w.At}
			if w.Text != nil {
				l.text = *w.Text
			}
			a.tweets = append(a.tweets, l)
		}
		t.verdicts.outlets[r.Source] = true
		key, _, _ := strings.Cut(r.Case, "@")
		in, of = append(in, a), append(of, key)
		return nil
	})
	if err != nil {
		return err
	}
	if t.alone() && len(t.verdicts.outlets) < enoughOutlets {
		for i := range in { // else there would be too few folds
			in[i].source = of[i]
		}
	}
	weight := 1.0
	if !t.alone() {
		weight = verdictWeight
	}
	t.add(verdictSet, weight, in)
	if t.alone() && t.learnt() == 0 {
		return fmt.Errorf("%s: nothing to learn from: no text in it begins at a candidate", path)
	}
	return nil
}

// isMarkup reports whether a passage is from a page in HTML, where the markup mostly says
// where texts are.
func isMarkup(s string) bool { return strings.Contains(s, "</") || strings.Contains(s, "<p") }

// learnt is how many verdicts can be learnt from: the text is known and begins at a
// candidate.
func (t *trainer) learnt() (n int) {
	for _, g := range t.groups {
		for _, e := range g.examples {
			if g.set == verdictSet && e != nil && e.right >= 0 {
				n++
			}
		}
	}
	return n
}

// reportVerdicts prints what is learnt from, and how many texts the program's own weights
// cut right.
func (t *trainer) reportVerdicts(w io.Writer) {
	if t.verdicts == nil {
		return
	}
	by := "outlet"
	if t.alone() && len(t.verdicts.outlets) < enoughOutlets {
		by = "article, for there are few outlets"
	}
	fmt.Fprintf(w, "%d passages that were judged, of %d outlets; %d of pages in HTML are left out\n", t.verdicts.read, len(t.verdicts.outlets), t.verdicts.markup)
	fmt.Fprintf(w, "%d texts to learn from; cross-validated by %s\n", t.learnt(), by)
	right, of := 0, 0
	m := boundary.Trained()
	for _, g := range t.groups {
		if g.set != verdictSet {
			continue
		}
		for i, c := range m.Again(looks(m, g)) {
			if e := g.examples[i]; e != nil {
				if of++; e.isRight(c.At) {
					right++
				}
			}
		}
	}
	if of > 0 {
		fmt.Fprintf(w, "with the program's weights %d of %d begin where the coder says, of 100: %.2f\n", right, of, 100*float64(right)/float64(of))
	}
}

// prior is the program's weights in the order of weights.p.
func (t *trainer) prior(size int) []float32 {
	all := make([]float32, size)
	m := boundary.Trained()
	n := size / 3
	for l, ws := range m.Weights {
		for f, w := range ws {
			if own := ownOf[l]; own > 0 {
				all[own*n+f] = float32(w - m.Weights[boundary.Paragraphs][f])
			} else {
				all[f] = float32(w)
			}
		}
	}
	return all
}

// provenance is the line in a file of weights that says when they were learnt, and from
// what.
func (t *trainer) provenance() string {
	if t.verdicts == nil {
		return "" // the program's own
	}
	return fmt.Sprintf("# trained %s for detector %d, of %d texts that were judged\n", time.Now().UTC().Format(time.RFC3339), detect.Version, t.learnt())
}
