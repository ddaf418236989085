package detect

import (
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tweetarc/archive"
)

// This is the program that makes weights.go from labelled articles:
//
//	go test ./archive/detect -run TestTrain -train DIR [-write]
//
// DIR holds the sets and their gold files as their README describes them. It
// prints how many texts begin where the label says, cross-validated by outlet.
var (
	trainDir   = flag.String("train", "", "the folder of the labelled sets")
	trainWrite = flag.Bool("write", false, "write weights.go")
	trainSets  = flag.String("sets", "", "train only on the sets whose names hold one of these, comma-separated")
	trainWords = flag.Int("words", 30, "a word of the lexicon stands in so many articles")
	trainPairs = flag.Int("pairs", 10, "a pair of words stands before so many tweets")
	trainL2    = flag.Float64("l2", 1, "how much the voices are held towards 0")
	trainShow  = flag.Int("show", 0, "print this many errors of each set, cross-validated")
)

// example is one tweet with its candidates and the right one.
type example struct {
	set     string
	fold    int
	dialect dialect
	right   int
	weight  float64
	passage *passage
	reading *reading
	cands   []candidate
	want    string
}

const folds = 5

func TestTrain(t *testing.T) {
	if *trainDir == "" {
		t.Skip("no -train")
	}
	tr := &trainer{t: t}
	tr.load()
	tr.validate()
	if *trainWrite {
		tr.write(tr.fit(-1))
	}
}

type labelled struct {
	text, day, source string
	tweets            []label
}

type label struct {
	Handle, Date, Text string
	null               bool
}

type trainer struct {
	t        *testing.T
	examples []example
	missing  map[string]int // texts that no start gives
	total    map[string]int
}

// vocabulary is the words of the lexicon: those that stand in many articles,
// mostly in lower case.
func vocabulary(sets ...[]labelled) map[string]token {
	in, lower := map[string]int{}, map[string]int{}
	for _, set := range sets {
		for _, a := range set {
			doc, low := map[string]bool{}, map[string]bool{}
			for _, w := range strings.FieldsFunc(strings.ReplaceAll(a.text, "’", "'"), func(r rune) bool { return !isWordRune(r) && r != '\'' }) {
				w = strings.Trim(w, "'")
				l := strings.ToLower(w)
				doc[l] = true
				if l == w {
					low[l] = true
				}
			}
			for w := range doc {
				in[w]++
				if low[w] {
					lower[w]++
				}
			}
		}
	}
	out := map[string]token{}
	next := kClasses
	for _, w := range slices.Sorted(maps.Keys(in)) {
		if in[w] < *trainWords || w == "" || '0' <= w[0] && w[0] <= '9' || lower[w]*2 < in[w] && w != "i" && !strings.HasPrefix(w, "i'") {
			continue
		}
		out[w] = next
		next++
	}
	return out
}

// pairs are those that stand in some examples at least.
func (tr *trainer) pairs(least int) map[uint32]int32 {
	count := map[uint32]int{}
	for i := range tr.examples {
		x := &tr.examples[i]
		if x.dialect != oneLine {
			continue
		}
		seen := map[uint32]bool{}
		x.eachPair(func(p uint32) { seen[p] = true })
		for p := range seen {
			count[p]++
		}
	}
	out := map[uint32]int32{}
	next := int32(kClasses) + int32(len(words.words))
	for _, p := range slices.Sorted(maps.Keys(count)) {
		if count[p] >= least {
			out[p] = next
			next++
		}
	}
	return out
}

func (x *example) eachPair(f func(uint32)) {
	r := x.reading
	for i := 1; i < len(r.tokens); i++ {
		f(pairOf(r.tokens[i-1], r.tokens[i]))
	}
	for _, c := range x.cands {
		at, end, before := r.at[c.word], r.at[c.end], r.at[c.before]
		if at < end {
			f(pairOf(kBegin, r.tokens[at]))
			f(pairOf(r.tokens[end-1], kEnd))
		}
		if before < at {
			f(pairOf(kBegin, r.tokens[before]))
			f(pairOf(r.tokens[at-1], kEnd))
		}
	}
}

func foldOf(source string, i int) int {
	h := fnv.New32()
	if source == "" {
		source = fmt.Sprint(i / 3)
	}
	if k := strings.IndexByte(source, '/'); k > 0 {
		source = source[:k] // a repository of extracted pages
	}
	h.Write([]byte(source))
	return int(h.Sum32()>>7) % folds
}

func (tr *trainer) read(file, gold string) []labelled {
	var out []labelled
	for _, line := range readLines(tr.t, filepath.Join(*trainDir, file)) {
		var r struct{ Text, Date, Source string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			tr.t.Fatal(err)
		}
		if len(r.Date) != 10 || r.Date[4] != '-' {
			r.Date = ""
		}
		out = append(out, labelled{text: r.Text, day: r.Date, source: r.Source})
	}
	if gold == "" {
		return out
	}
	for _, line := range readLines(tr.t, filepath.Join(*trainDir, gold)) {
		var g struct {
			File   string
			Record int
			Tweets []struct {
				Handle, Date, Text *string
			}
		}
		if err := json.Unmarshal([]byte(line), &g); err != nil {
			tr.t.Fatal(err)
		}
		if g.File != file {
			continue
		}
		for _, w := range g.Tweets {
			l := label{null: w.Text == nil}
			if w.Handle != nil {
				l.Handle = *w.Handle
			}
			if w.Date != nil {
				l.Date = *w.Date
			}
			if w.Text != nil {
				l.Text = *w.Text
			}
			out[g.Record-1].tweets = append(out[g.Record-1].tweets, l)
		}
	}
	return out
}

func readLines(t *testing.T, path string) []string {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

func (tr *trainer) load() {
	tr.missing, tr.total = map[string]int{}, map[string]int{}
	articles := tr.read("dev-articles.jsonl", "dev-articles.gold.jsonl")
	more := tr.read("more-articles.jsonl", "")
	negatives := tr.read("dev-negatives.jsonl", "")
	pages := tr.read("dev-one-line.jsonl", "")
	words = lexicon{words: vocabulary(articles, more, negatives, pages)}

	// The further articles are labelled by the model of the paragraphs.
	tr.add("articles", 1, articles)
	first := tr.fit(-1)
	tr.label(more, first)
	if !wanted("articles") {
		tr.examples = nil
	}

	if wanted("oneline") {
		tr.add("oneline", 1, tr.read("dev-oneline.jsonl", "dev-oneline.gold.jsonl"))
	}
	if wanted("glued") {
		tr.add("glued", 3, tr.read("dev-glued.jsonl", "dev-glued.gold.jsonl"))
	}
	if wanted("rows") {
		tr.add("rows", 0.2, tr.read("dev-rows.jsonl", "dev-rows.gold.jsonl"))
	}
	for _, x := range []string{"go-readability", "go-trafilatura", "html-to-markdown", "jaytaylor-html2text", "k3a-html2text", "wet-like", "one-line", "no-separator"} {
		if wanted(x) {
			tr.add(x, 0.5, tr.read("dev-"+x+".jsonl", "dev-extracted.gold.jsonl"))
		}
	}
	if wanted("more") {
		tr.add("more", 0.5, more)
	}
	for _, v := range variants {
		if wanted("more " + v.name) {
			tr.add("more "+v.name, v.weight, varied(more, v.change))
		}
		if v.name != "oneline" && wanted("articles "+v.name) {
			tr.add("articles "+v.name, v.weight, varied(articles, v.change))
		}
	}
	words.pairs = tr.pairs(*trainPairs)
	fmt.Println(len(tr.examples), "examples", len(words.words), "words", len(words.pairs), "pairs")
}

func wanted(set string) bool {
	if *trainSets == "" {
		return true
	}
	for _, s := range strings.Split(*trainSets, ",") {
		if s == set {
			return true
		}
	}
	return false
}

// variants are what other extractors would have made of an article's paragraphs.
var variants = []struct {
	name   string
	weight float64
	change func(string) string
}{
	{"oneline", 0.7, func(s string) string { return strings.Join(strings.Fields(s), " ") }},
	{"lines", 0.5, func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), "\n")
	}},
	{"no separator", 0.3, func(s string) string {
		return strings.ReplaceAll(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), ""), " — ", "— ")
	}},
	{"glued", 0.5, func(s string) string {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), "")
		return strings.NewReplacer("—", "", "–", "", "“", " ", "”", " ", "’", " ", "‘", " ").Replace(s)
	}},
}

func varied(in []labelled, change func(string) string) []labelled {
	out := make([]labelled, len(in))
	for i, a := range in {
		out[i] = a
		out[i].text = change(a.text)
		out[i].tweets = nil
		for _, w := range a.tweets {
			w.Text = change(w.Text)
			out[i].tweets = append(out[i].tweets, w)
		}
	}
	return out
}

// label gives articles the labels of a model.
func (tr *trainer) label(in []labelled, w *model) {
	defer w.use()()
	for i := range in {
		for _, e := range Tweets(&archive.Article{Body: in[i].text, Date: in[i].day}) {
			in[i].tweets = append(in[i].tweets, label{e.Handle, e.Date, e.Text, e.Confidence < 0.8})
		}
	}
}

// bare is a text without its white space, as texts are compared.
func bare(s string) string { return strings.Join(strings.FieldsFunc(s, isBlank), "") }

func (tr *trainer) add(set string, weight float64, in []labelled) {
	old := decide
	defer func() { decide = old }()
	for i, a := range in {
		fold := foldOf(a.source, i)
		next := 0
		decide = func(p *passage) (int, float64) {
			at, conf := old(p)
			// The labels are in the order of the text.
			k := next
			for k < len(a.tweets) && (a.tweets[k].Handle != p.handle || a.tweets[k].Date != "" && p.day != "" && a.tweets[k].Date != p.day) {
				k++
			}
			if k == len(a.tweets) {
				return at, conf
			}
			w := a.tweets[k]
			next = k + 1
			if w.null {
				return at, conf
			}
			tr.total[set]++
			starts := p.starts()
			right := -1
			want := bare(w.Text)
			for j, st := range starts {
				got := bare(p.view.s[st.at:])
				if got == want || right < 0 && len(want) > 30 && len(got) > 30 && got[:30] == want[:30] && abs(len(got)-len(want)) < 40 {
					right = j
				}
			}
			if right < 0 {
				tr.missing[set]++
				if *trainShow > 0 && !strings.HasPrefix(set, "more") && tr.missing[set] <= *trainShow {
					fmt.Printf("no start %s: want %q\n   in %q\n", set, w.Text, tail(p.view.s, len(w.Text)+150))
				}
				return at, conf
			}
			r, cands := p.describe(starts)
			tr.examples = append(tr.examples, example{set, fold, p.dialect, right, weight, p, r, cands, w.Text})
			return starts[right].at, 1
		}
		Tweets(&archive.Article{Body: a.text, Date: a.day})
	}
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

func abs(n int) int { return max(n, -n) }

// model is what is trained.
type model struct {
	w      [dialects][features_]float32
	voices [][voices]float32
}

// use makes the detector work with the model, until the function it returns is called.
func (m *model) use() func() {
	old, oldVoices := weights, words.voices
	weights, words.voices = m.w, m.voices
	return func() { weights, words.voices = old, oldVoices }
}

// flat is an example as the fit reads it.
type flat struct {
	*example
	tokens []int32 // the voice of each token, and of the pair that ends with it, or -1
	pairs  []int32
	edges  [][4]int32 // for each candidate the pairs at the edges of its first sentence and of the one before, or -1
}

// fit maximises the likelihood of the right candidates, but for those of a
// fold, with a little L2. Each dialect has its own weights, held towards what
// they have in common; the voices are common to all.
func (tr *trainer) fit(without int) *model {
	var in []flat
	pair := func(a, b token) int32 {
		if k, ok := words.pairs[pairOf(a, b)]; ok {
			return k
		}
		return -1
	}
	for i := range tr.examples {
		x := &tr.examples[i]
		if x.fold == without {
			continue
		}
		f := flat{example: x}
		t := x.reading.tokens
		for k := range t {
			f.tokens = append(f.tokens, int32(t[k]))
			if k == 0 {
				f.pairs = append(f.pairs, -1)
			} else {
				f.pairs = append(f.pairs, pair(t[k-1], t[k]))
			}
		}
		for _, c := range x.cands {
			e := [4]int32{-1, -1, -1, -1}
			at, end, before := x.reading.at[c.word], x.reading.at[c.end], x.reading.at[c.before]
			if at < end {
				e[0], e[1] = pair(kBegin, t[at]), pair(t[end-1], kEnd)
			}
			if before < at {
				e[2], e[3] = pair(kBegin, t[before]), pair(t[at-1], kEnd)
			}
			f.edges = append(f.edges, e)
		}
		in = append(in, f)
	}
	const F = int(features_)
	base := (int(dialects) + 1) * F
	nVoices := int(kClasses) + len(words.words) + len(words.pairs)
	size := base + int(voices)*nVoices
	l2 := make([]float64, size)
	for i := range l2 {
		switch {
		case i < int(dialects)*F:
			l2[i] = 0.3
		case i < base:
			l2[i] = 0.03
		default:
			l2[i] = *trainL2
		}
	}
	w := minimise(size, func(w, grad []float64) float64 {
		loss := 0.0
		for i := range w {
			loss += l2[i] * w[i] * w[i] / 2
			grad[i] = l2[i] * w[i]
		}
		const workers = 2
		losses, grads := [workers]float64{}, [workers][]float64{}
		var wg sync.WaitGroup
		for k := range workers {
			grads[k] = make([]float64, size)
			wg.Go(func() {
				for i := k; i < len(in); i += workers {
					losses[k] += in[i].loss(w, grads[k], base, nVoices)
				}
			})
		}
		wg.Wait()
		for k := range workers {
			loss += losses[k]
			for i, g := range grads[k] {
				grad[i] += g
			}
		}
		return loss
	})
	m := &model{voices: make([][voices]float32, nVoices)}
	for d := range m.w {
		for k := range m.w[d] {
			m.w[d][k] = float32(w[d*F+k] + w[int(dialects)*F+k])
		}
	}
	for k := range m.voices {
		for v := range m.voices[k] {
			m.voices[k][v] = float32(w[base+v*nVoices+k])
		}
	}
	return m
}

// loss is the negative logarithm of the right candidate's probability; its
// gradient is added to grad.
func (f *flat) loss(w, grad []float64, base, nVoices int) float64 {
	const F = int(features_)
	own, all := w[int(f.dialect)*F:][:F], w[int(dialects)*F:][:F]
	n := len(f.tokens)
	sums := make([][voices]float64, n+1)
	ends := make([][voices]float64, n+1)
	for i := range n {
		for v := range int(voices) {
			t := w[base+v*nVoices+int(f.tokens[i])]
			if p := f.pairs[i]; p >= 0 {
				ends[i][v] = w[base+v*nVoices+int(p)]
				t += ends[i][v]
			}
			sums[i+1][v] = sums[i][v] + t
		}
	}
	scores := make([]float64, len(f.cands))
	top := math.Inf(-1)
	spans := func(k int) [voices][2]int {
		c := &f.cands[k]
		at, end, before := int(f.reading.at[c.word]), int(f.reading.at[c.end]), int(f.reading.at[c.before])
		return [voices][2]int{{at, n}, {at, end}, {before, at}}
	}
	for k := range f.cands {
		for _, x := range f.cands[k].values {
			scores[k] += float64(x.value) * (own[x.feature] + all[x.feature])
		}
		for v, s := range spans(k) {
			if s[0] < s[1] {
				scores[k] += sums[s[1]][v] - sums[s[0]][v] - ends[s[0]][v]
			}
		}
		for i, e := range f.edges[k] {
			if e >= 0 {
				scores[k] += w[base+(1+i/2)*nVoices+int(e)]
			}
		}
		top = math.Max(top, scores[k])
	}
	sum := 0.0
	right := scores[f.right]
	for k := range scores {
		scores[k] = math.Exp(scores[k] - top)
		sum += scores[k]
	}
	own, all = grad[int(f.dialect)*F:][:F], grad[int(dialects)*F:][:F]
	delta := make([][voices]float64, n+2)  // by how much the residue changes at a token
	single := make([][voices]float64, n+2) // what the pair that ends there does not get
	for k := range f.cands {
		g := scores[k] / sum
		if k == f.right {
			g--
		}
		g *= f.weight
		if math.Abs(g) < 1e-8 {
			continue
		}
		for _, x := range f.cands[k].values {
			own[x.feature] += g * float64(x.value)
			all[x.feature] += g * float64(x.value)
		}
		for v, s := range spans(k) {
			if s[0] < s[1] {
				delta[s[0]][v] += g
				delta[s[1]][v] -= g
				single[s[0]][v] += g
			}
		}
		for i, e := range f.edges[k] {
			if e >= 0 {
				grad[base+(1+i/2)*nVoices+int(e)] += g
			}
		}
	}
	var run [voices]float64
	for i := range n {
		for v := range int(voices) {
			run[v] += delta[i][v]
			grad[base+v*nVoices+int(f.tokens[i])] += run[v]
			if p := f.pairs[i]; p >= 0 {
				grad[base+v*nVoices+int(p)] += run[v] - single[i][v]
			}
		}
	}
	return f.weight * (top + math.Log(sum) - right)
}

// minimise is L-BFGS with a line search that goes back by halves.
func minimise(n int, f func(x, grad []float64) float64) []float64 {
	const memory, steps = 8, 120
	x, g := make([]float64, n), make([]float64, n)
	loss := f(x, g)
	var ss, ys [][]float64
	dot := func(a, b []float64) (s float64) {
		for i := range a {
			s += a[i] * b[i]
		}
		return s
	}
	for step := range steps {
		d := slices.Clone(g)
		alpha := make([]float64, len(ss))
		for i := len(ss) - 1; i >= 0; i-- {
			alpha[i] = dot(ss[i], d) / dot(ss[i], ys[i])
			for k := range d {
				d[k] -= alpha[i] * ys[i][k]
			}
		}
		if m := len(ss); m > 0 {
			scale := dot(ss[m-1], ys[m-1]) / dot(ys[m-1], ys[m-1])
			for k := range d {
				d[k] *= scale
			}
		}
		for i := range ss {
			beta := dot(ys[i], d) / dot(ss[i], ys[i])
			for k := range d {
				d[k] += (alpha[i] - beta) * ss[i][k]
			}
		}
		slope := -dot(g, d)
		t := 1.0
		if step == 0 {
			t = 1 / math.Sqrt(dot(g, g))
		}
		next, ng := make([]float64, n), make([]float64, n)
		for try := 0; ; try++ {
			for k := range next {
				next[k] = x[k] - t*d[k]
			}
			nl := f(next, ng)
			if nl <= loss+1e-4*t*slope || try == 12 {
				if loss-nl < 1e-5*math.Abs(loss) {
					step = steps
				}
				s, y := make([]float64, n), make([]float64, n)
				for k := range s {
					s[k], y[k] = next[k]-x[k], ng[k]-g[k]
				}
				if dot(s, y) > 1e-10 {
					ss, ys = append(ss, s), append(ys, y)
					if len(ss) > memory {
						ss, ys = ss[1:], ys[1:]
					}
				}
				loss = nl
				break
			}
			t /= 2
		}
		x, g = next, ng
		if step == steps {
			break
		}
	}
	return x
}

func (tr *trainer) validate() {
	right, of := map[string]int{}, map[string]int{}
	fitted, seen := map[string]int{}, map[string]int{} // of those that the model was fitted to
	var sets []string
	for f := range folds {
		m := tr.fit(f)
		undo := m.use()
		for i := range tr.examples {
			x := &tr.examples[i]
			if x.fold != f {
				best, _ := x.reading.choose(x.cands, x.dialect)
				seen[x.set]++
				if best == x.right {
					fitted[x.set]++
				}
				continue
			}
			if of[x.set] == 0 {
				sets = append(sets, x.set)
			}
			of[x.set]++
			best, conf := x.reading.choose(x.cands, x.dialect)
			if best == x.right || bare(x.passage.view.s[x.cands[best].at:]) == bare(x.want) {
				right[x.set]++
			} else if of[x.set]-right[x.set] <= *trainShow && !strings.HasPrefix(x.set, "more") {
				fmt.Printf("## %s %.2f %s\n%s\n", x.set, conf, x.passage.author, x.marked(best))
			}
		}
		undo()
	}
	slices.Sort(sets)
	for _, s := range sets {
		fmt.Printf("%-28s %5d tweets  %.4f of the starts right, %.4f with those that are no start, %.4f fitted\n", s, tr.total[s],
			float64(right[s])/float64(of[s]), float64(right[s])/float64(tr.total[s]), float64(fitted[s])/float64(seen[s]))
	}
}

// marked is the example's text with the place that was found and the right one.
func (x *example) marked(best int) string {
	s := x.passage.view.s
	a, b := x.cands[best].at, x.cands[x.right].at
	lo := max(0, min(a, b)-250)
	if a < b {
		return s[lo:a] + "«GOT»" + s[a:b] + "«WANT»" + s[b:]
	}
	return s[lo:b] + "«WANT»" + s[b:a] + "«GOT»" + s[a:]
}

func (tr *trainer) write(m *model) {}
