// Command train learns the weights with which archive/detect/internal/boundary decides
// where a tweet's text begins:
//
//	go run ./archive/detect/train -sets DIR [-verdicts FILE] [-write FILE]
//	go run ./archive/detect/train -verdicts FILE [-write FILE]
//
// DIR holds labelled articles: dev-NAME.jsonl has an article on each line, and
// dev-NAME.gold.jsonl has their tweets. FILE was written by tweetarc export --of
// verdicts. Without DIR learning begins at the program's weights, and moves them only as
// far as the verdicts require. For each set the command prints how many texts begin where
// the label says, how many rests after attributions end where it says, and how true the
// confidences are. All this is cross-validated by outlet: no text is cut with weights
// that were learnt from its outlet. See archive/detect/TRAINING.md.
//
// To read the code begin with trainer.load (sets.go), trainer.learn (learn.go) and
// trainer.validate.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"slices"
	"strings"

	"example.org/tweetarc/archive/detect/internal/boundary"
)

var (
	dir     = flag.String("sets", "", "the `folder` of the labelled sets")
	judged  = flag.String("verdicts", "", "a `file` of verdicts on your own corpus (tweetarc export --of verdicts --format jsonl)")
	seeds   = flag.String("seeds", "7", "cross-validate with each of these random `seeds`, comma-separated")
	write   = flag.String("write", "", "write the weights to this `file`: archive/detect/internal/boundary/weights.txt, or one for tweetarc --weights")
	show    = flag.Int("show", 0, "print this many errors of each set")
	every   = flag.Bool("all", false, "print the sets that are made of others, too")
	without = flag.String("without", "", "leave out the features and the made sets whose names begin with one of these, comma-separated")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	if *dir == "" && *judged == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	seed := uint64(0)
	var results []*result
	var t *trainer
	for s := range strings.SplitSeq(*seeds, ",") {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			log.Fatalf("-seeds %s: %v", *seeds, err)
		}
		t = &trainer{seed: seed}
		if err := t.load(*dir, *judged); err != nil {
			log.Fatal(err)
		}
		if s == strings.Split(*seeds, ",")[0] {
			t.reportVerdicts(os.Stdout)
		}
		results = append(results, t.validate())
	}
	report(os.Stdout, results)
	if *write != "" {
		m := t.fit(-1)
		m.Temperatures = results[len(results)-1].temperatures
		if err := os.WriteFile(*write, []byte(m.String()+t.provenance()), 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// result is what models chose in texts of outlets that they had not seen.
type result struct {
	right, of    map[string]int
	none         map[string]int // how many texts begin at no candidate
	claims       []claim
	temperatures [4]float64
}

// claim is a confidence, and whether the choice was right.
type claim struct {
	confidence float64
	right      bool
}

// tested is an article with a model that did not see its outlet.
type tested struct {
	model *boundary.Model
	looks []*boundary.Look
	group *group
}

// validate trains a model for each fold on the other folds, and tests it on that fold.
func (t *trainer) validate() *result {
	res := &result{right: map[string]int{}, of: map[string]int{}, none: map[string]int{}}
	var tests []tested
	for fold := range folds {
		m := t.fit(fold)
		for _, g := range t.groups {
			if g.fold == fold {
				tests = append(tests, tested{m, looks(m, g), g})
				t.measureRests(m, g, res)
			}
		}
	}
	res.measure(tests)
	for l := range res.temperatures {
		if c := column(l); c != l {
			res.temperatures[l] = res.temperatures[c]
			continue
		}
		res.temperatures[l] = t.temperature(tests, l)
		res.claims = append(res.claims, claims(tests, l, res.temperatures[l])...)
	}
	return res
}

// measure counts how many texts begin where the label says, and prints some of the
// errors.
func (res *result) measure(tests []tested) {
	errors := map[string]int{}
	for _, x := range tests {
		for i, c := range x.model.Again(x.looks) {
			e := x.group.examples[i]
			if e == nil {
				continue
			}
			set := x.group.set
			if e.right < 0 {
				res.none[set]++
			}
			if res.of[set]++; e.isRight(c.At) {
				res.right[set]++
			} else if errors[set]++; errors[set] <= *show && (x.group.weighs || set == freshText) {
				fmt.Printf("## %s %.2f [%s] %s\n%s\n", set, c.Confidence, x.group.source, e.passage.Author, e.marked(c.At))
			}
		}
	}
}

// temperature is the one at which the confidences in a layout are likeliest; that of the
// program if there are too few verdicts.
func (t *trainer) temperature(tests []tested, layout int) (best float64) {
	if t.alone() && len(claims(tests, layout, 1)) < enoughClaims {
		return boundary.Trained().Temperatures[layout]
	}
	least := math.Inf(1)
	for temperature := 0.5; temperature < 4; temperature *= 1.05 {
		if loss := lossOf(claims(tests, layout, temperature)); loss < least {
			least, best = loss, temperature
		}
	}
	return best
}

// claims are the confidences of the models in texts of a layout, at a temperature.
func claims(tests []tested, layout int, temperature float64) (out []claim) {
	for _, x := range tests {
		if !x.group.weighs {
			continue
		}
		for l := range x.model.Temperatures {
			x.model.Temperatures[l] = temperature
		}
		for i, c := range x.model.Again(x.looks) {
			if e := x.group.examples[i]; e != nil && column(int(e.passage.Layout)) == layout && e.right >= 0 {
				out = append(out, claim{c.Confidence, e.isRight(c.At)})
			}
		}
	}
	return out
}

// measureRests tests a model on the rests of a group.
func (t *trainer) measureRests(m *boundary.Model, g *group, res *result) {
	for _, e := range g.rests {
		if t.describe(e, m); len(e.at) == 0 {
			continue
		}
		set := g.set + ": no rests"
		if e.end > 0 {
			set = g.set + ": rests"
		}
		if e.right < 0 {
			res.none[set]++
		}
		c := m.Rest(e.stretch)
		if res.of[set]++; c.At == e.end {
			res.right[set]++
		} else if *show > 0 && g.weighs {
			fmt.Printf("## %s %.2f [%s] %s\n%s\n", set, c.Confidence, g.source, e.passage.Author, marked(e.stretch.Text, c.At, e.end))
		}
	}
}

// column is the first of the layouts that have the same weights as this one.
func column(layout int) int {
	if layout == int(boundary.Lines) {
		return int(boundary.Paragraphs)
	}
	return layout
}

// lossOf is how unlikely the claims are, as a negative logarithm.
func lossOf(claims []claim) (loss float64) {
	for _, c := range claims {
		p := min(0.999, max(0.001, c.confidence))
		if !c.right {
			p = 1 - p
		}
		loss -= math.Log(p)
	}
	return loss
}

// report prints the mean of the results.
func report(w io.Writer, results []*result) {
	var sets []string
	for s := range results[0].of {
		if *every || isReal(strings.Split(s, ":")[0]) {
			sets = append(sets, s)
		}
	}
	slices.Sort(sets)
	fmt.Fprintln(w, "set                      tweets  no candidate  begin where the label says, of 100")
	for _, s := range sets {
		sum, each := 0.0, ""
		for _, r := range results {
			x := 100 * float64(r.right[s]) / float64(r.of[s])
			sum += x / float64(len(results))
			each += fmt.Sprintf(" %6.2f", x)
		}
		if len(results) == 1 {
			each = ""
		}
		fmt.Fprintf(w, "%-24s %5d  %5d  %6.2f  %s\n", s, results[0].of[s], results[0].none[s], sum, each)
	}
	fmt.Fprintln(w, "confidence  tweets claimed true")
	for k := range 10 {
		n, claimed, right := 0.0, 0.0, 0.0
		for _, r := range results {
			for _, c := range r.claims {
				if min(9, int(10*c.confidence)) == k {
					n++
					if claimed += c.confidence; c.right {
						right++
					}
				}
			}
		}
		if n > 0 {
			fmt.Fprintf(w, "%.1f - %.1f  %6.0f  %.3f  %.3f\n", float64(k)/10, float64(k+1)/10, n/float64(len(results)), claimed/n, right/n)
		}
	}
}
