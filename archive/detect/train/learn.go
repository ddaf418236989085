package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"

	"example.org/tweetarc/archive/detect/internal/boundary"
)

// Tested in main_test.go and verdicts_test.go.

// group is the texts of an article. In the second look each is decided with the others.
type group struct {
	set      string
	source   string // the outlet
	fold     int
	weight   float64 // how much its examples count; 0 if they are only for measuring
	weighs   bool    // it counts for the temperatures, as it is real
	passages []*boundary.Passage
	examples []*example // for each passage; nil if its label is not known
	rests    []*example // the stretches after passages whose label is known
}

// example is a passage and which of its candidates is right.
type example struct {
	passage *boundary.Passage
	at      []int
	values  [][]value // the features of each candidate
	right   int       // the index of the right candidate; -1 if none is right
	want    string

	stretch    *boundary.Stretch // only for a rest
	begin, end int               // where the text begins in the passage and ends in the stretch; end is -1 if it is not in it
}

// value is a feature whose value is not 0.
type value struct {
	feature uint16
	value   float32
}

func (e *example) isRight(at int) bool {
	if at < 0 {
		return e.want == ""
	}
	return e.right >= 0 && at == e.at[e.right] || bare(e.passage.Text[at:]) == bare(e.want)
}

// marked is the example's text with marks at the place that was chosen and at the right
// one.
func (e *example) marked(got int) string {
	s := e.passage.Text
	if e.right < 0 {
		return s[:max(0, got)] + "«GOT»" + s[max(0, got):] + "\nWANT " + e.want
	}
	if got < 0 {
		got = len(s)
	}
	return marked(s, got, e.at[e.right])
}

// marked is the text around the place that was chosen and the right one, with marks.
func marked(s string, got, want int) string {
	a, b, first, second := got, want, "«GOT»", "«WANT»"
	if b < a {
		a, b, first, second = b, a, second, first
	}
	return s[max(0, a-250):a] + first + s[a:b] + second + s[b:min(len(s), b+250)]
}

func looks(m *boundary.Model, g *group) []*boundary.Look {
	out := make([]*boundary.Look, len(g.passages))
	for i, p := range g.passages {
		out[i] = m.Look(p)
	}
	return out
}

// fit makes a model from all examples except those of a fold. It learns first from what
// each passage shows, then also from how the first model sees the article's other texts.
func (t *trainer) fit(without int) *boundary.Model {
	t.compare(nil)
	t.compare(t.learn(without))
	return t.learn(without)
}

// compare adds to the examples the features of the second look, as a model sees them. If
// m is nil it removes them.
func (t *trainer) compare(m *boundary.Model) {
	first := uint16(t.firsts)
	parallel(len(t.groups), func(i int) {
		g := t.groups[i]
		for _, e := range g.rests {
			t.describe(e, m)
		}
		var second [][][]float64
		if m != nil && len(g.passages) > 1 {
			second = m.Compare(looks(m, g))
		}
		for i, e := range g.examples {
			if e == nil {
				continue
			}
			for k, v := range e.values {
				for len(v) > 0 && v[len(v)-1].feature >= first {
					v = v[:len(v)-1]
				}
				if second != nil {
					v = t.sparse(v, second[i][k], t.firsts)
				}
				e.values[k] = v
			}
		}
	})
}

// describe adds to a rest its features, as a model sees the tweet after it.
func (t *trainer) describe(e *example, m *boundary.Model) {
	if m == nil || e.end < 0 {
		return
	}
	s := e.stretch
	s.Before = m.Look(e.passage)
	if s.Next != nil {
		s.Next = m.Look(s.Next.Passage)
	}
	begins, ends, values := m.DescribeRest(s)
	e.at, e.right, e.values = ends, -1, nil
	for k := range ends {
		if ends[k] == e.end && skip(e.passage.Text, begins[k]) == skip(e.passage.Text, e.begin) {
			e.right = k
		}
	}
	for _, v := range values {
		e.values = append(e.values, t.sparse(nil, v, len(t.names)-len(v)))
	}
}

// sparse appends the values that are not 0. The first of them is feature from.
func (t *trainer) sparse(out []value, values []float64, from int) []value {
	for f, v := range values {
		if v != 0 && !t.off[from+f] {
			out = append(out, value{uint16(from + f), float32(v)})
		}
	}
	return out
}

func parallel(n int, do func(i int)) {
	const workers = 2
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wg.Wait()
}

// How learning goes.
const (
	rate    = 0.01
	rounds  = 14   // the least number of times that each example is learnt from
	steps   = 2500 // ... and the least number of steps, with at most 60 rounds
	batch   = 64
	hold    = 0.00001 // how strongly the shared weights are pulled to 0
	holdOwn = 0.00002 // ... and those that a layout adds

	// trust is how strongly weights are held at the program's when there are only
	// verdicts. To change a weight by d costs as much as trust/2 times d squared in
	// likelihood. So most stay within 0.2 unless many texts speak for more.
	trust = 30
)

// weighed is an example and how much it counts.
type weighed struct {
	*example
	weight float32
}

// examples are all that a model learns from that must not see a fold.
func (t *trainer) examples(without int) (in []weighed) {
	for _, g := range t.groups {
		for _, e := range g.examples {
			if e != nil && e.right >= 0 && g.fold != without && g.weight > 0 {
				in = append(in, weighed{e, float32(g.weight)})
			}
		}
		for _, e := range g.rests {
			if e.right >= 0 && g.fold != without {
				in = append(in, weighed{e, restWeight(g.set)})
			}
		}
	}
	return in
}

// learn maximises the likelihood of the right candidates with Adam (Kingma and Ba 2015).
// A weight is the sum of one that all layouts share and one that each layout without line
// breaks has of its own.
func (t *trainer) learn(without int) *boundary.Model {
	in := t.examples(without)
	w := t.newWeights(len(in))
	grads := [2][]float32{make([]float32, len(w.p)), make([]float32, len(w.p))}
	random := rand.New(rand.NewPCG(t.seed, 0))
	batch := min(batch, len(in))
	rounds := max(rounds, min(60, steps*batch/max(1, len(in))))
	for round := range rounds {
		random.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		rate := rate / 2 * (1 + math.Cos(math.Pi*float64(round)/float64(rounds)))
		for b := 0; batch > 0 && b+batch <= len(in); b += batch {
			parallel(len(grads), func(k int) {
				clear(grads[k])
				for i := b + k; i < b+batch; i += len(grads) {
					gradient(w.p, grads[k], w.features, in[i].example, in[i].weight)
				}
			})
			w.move(grads, batch, float32(rate))
		}
	}
	return w.model()
}

// weights are the weights of a model while it learns: for each feature the shared one,
// then those that two layouts add.
type weights struct {
	features     int
	p            []float32
	mean, square []float32 // running means of the gradients and of their squares
	prior        []float32 // the program's weights
	pull         float32   // how strongly they are pulled to prior
	steps        float64   // how many were taken
}

// newWeights are the weights at which learning from so many examples begins.
func (t *trainer) newWeights(examples int) *weights {
	n := len(t.names)
	size := n * 3
	w := &weights{features: n, p: make([]float32, size), mean: make([]float32, size), square: make([]float32, size), prior: t.prior(size)}
	if t.alone() {
		copy(w.p, w.prior)
		w.pull = trust / float32(max(1, examples))
	}
	return w
}

// move takes a step against the gradients of a batch.
func (w *weights) move(grads [2][]float32, batch int, rate float32) {
	w.steps++
	m, s := float32(1-math.Pow(0.9, w.steps)), float32(1-math.Pow(0.999, w.steps))
	for i := range w.p {
		g := w.p[i]*hold + (grads[0][i]+grads[1][i])/float32(batch)
		if i >= w.features {
			g += w.p[i] * (holdOwn - hold)
		}
		g += w.pull * (w.p[i] - w.prior[i])
		w.mean[i] = 0.9*w.mean[i] + 0.1*g
		w.square[i] = 0.999*w.square[i] + 0.001*g*g
		w.p[i] -= rate * (w.mean[i] / m) / (float32(math.Sqrt(float64(w.square[i]/s))) + 1e-8)
	}
}

// model is the model with these weights.
func (w *weights) model() *boundary.Model {
	model := boundary.NewModel()
	for l, ws := range model.Weights {
		for f := range ws {
			ws[f] = float64(w.p[f])
			if own := ownOf[l]; own > 0 {
				ws[f] += float64(w.p[own*w.features+f])
			}
		}
	}
	return model
}

// ownOf is for each layout where its own weights are; 0 if it has none.
var ownOf = [...]int{boundary.Paragraphs: 0, boundary.Lines: 0, boundary.OneLine: 1, boundary.Glued: 2}

// restWeight is how much a rest in a set counts.
func restWeight(set string) float32 {
	if isReal(set) {
		return 1
	}
	return 0.25
}

// gradient adds the gradient of the negative logarithm of the right candidate's
// likelihood.
func gradient(p, grad []float32, n int, e *example, weight float32) {
	var buf [128]float32
	scores := buf[:0]
	own := ownOf[e.passage.Layout] * n
	top := float32(math.Inf(-1))
	for _, values := range e.values {
		s := float32(0)
		for _, v := range values {
			s += v.value * p[v.feature]
			if own > 0 {
				s += v.value * p[own+int(v.feature)]
			}
		}
		scores, top = append(scores, s), max(top, s)
	}
	sum := float32(0)
	for k, s := range scores {
		scores[k] = float32(math.Exp(float64(s - top)))
		sum += scores[k]
	}
	for k, values := range e.values {
		g := scores[k] / sum
		if k == e.right {
			g--
		}
		if g *= weight; g > -1e-7 && g < 1e-7 {
			continue
		}
		for _, v := range values {
			grad[v.feature] += g * v.value
			if own > 0 {
				grad[own+int(v.feature)] += g * v.value
			}
		}
	}
}

func hasAnyPrefix(s, list string) bool {
	for p := range strings.SplitSeq(list, ",") {
		if p != "" && strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
