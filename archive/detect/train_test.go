package detect

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"hash/fnv"
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
	trainOwn   = flag.Float64("own", 1, "how much those of a dialect are held towards the common ones")
	trainDense = flag.Float64("dense", 1, "how much the features are held towards 0")
	trainShow  = flag.Int("show", 0, "print this many errors of each set, cross-validated")
)

// example is one tweet with its candidates and the right one.
type example struct {
	set     string
	fold    int
	source  string
	dialect dialect
	right   int
	weight  float64
	passage *passage
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
	t0 := tr.calibrate()
	if *trainWrite {
		tr.write(tr.fit(-1), t0)
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
	claims   [dialects][]claim // out of fold
}

// claim is what a model that had not seen a tweet said of its starts.
type claim struct {
	scores []float64
	best   int
	right  bool
}

// calibrate finds for each dialect the temperature at which the certainties
// are likeliest, and prints what is claimed against what is true.
func (tr *trainer) calibrate() (out [dialects]float64) {
	var n, right, claimed [10]float64
	for d, claims := range tr.claims {
		least := math.Inf(1)
		out[d] = 1
		for t := 0.3; t < 8; t *= 1.03 {
			loss := 0.0
			for _, c := range claims {
				p := math.Min(0.999, math.Max(0.001, certainty(c.scores, c.best, t)))
				if !c.right {
					p = 1 - p
				}
				loss -= math.Log(p)
			}
			if loss < least {
				least, out[d] = loss, t
			}
		}
		for _, c := range claims {
			p := certainty(c.scores, c.best, out[d])
			k := min(9, int(p*10))
			n[k]++
			claimed[k] += p
			if c.right {
				right[k]++
			}
		}
	}
	fmt.Println("confidence: tweets, claimed, true")
	for k := range n {
		if n[k] > 0 {
			fmt.Printf("%.1f - %.1f %6.0f %.3f %.3f\n", float64(k)/10, float64(k+1)/10, n[k], claimed[k]/n[k], right[k]/n[k])
		}
	}
	return out
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

	// The further articles are labelled by the model of the paragraphs.
	tr.add("articles", 1, articles)
	first := tr.fit(-1)
	tr.label(more, first)
	if !wanted("articles") {
		tr.examples = nil
	}

	if wanted("oneline") {
		tr.add("oneline", 1.5, tr.read("dev-oneline.jsonl", "dev-oneline.gold.jsonl"))
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
	{"oneline", 0.6, func(s string) string { return strings.Join(strings.Fields(s), " ") }},
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
			starts := p.starts()
			if p.standsAlone(starts) { // a rule of its own
				return starts[0].at, 1
			}
			tr.total[set]++
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
					fmt.Printf("no start %s [%s]: want %q\n   in %q\n", set, a.source, w.Text, tail(p.view.s, len(w.Text)+150))
				}
				return at, conf
			}
			cands := p.describe(starts, new(desk))
			tr.examples = append(tr.examples, example{set, fold, a.source, p.dialect, right, weight, p, cands, w.Text})
			if q, j := p.short(starts, right, len(tr.examples)); q != nil {
				cands := q.describe(q.starts(), new(desk))
				for k := range cands {
					if cands[k].at == starts[right].at-starts[j].at {
						tr.examples = append(tr.examples, example{set + " short", fold, a.source, p.dialect, k, weight / 2, q, cands, w.Text})
						tr.total[set+" short"]++
					}
				}
			}
			return starts[right].at, 1
		}
		Tweets(&archive.Article{Body: a.text, Date: a.day})
	}
}

// short is the passage as it would be if the article began a sentence or two
// before the tweet, for every third example; nil for the others. Short articles
// are rare in the sets but for those that are a tweet and nothing else.
func (p *passage) short(starts []start, right, i int) (*passage, int) {
	if i%3 != 0 {
		return nil, 0
	}
	j := right
	for n := 0; j > 0 && n <= i/3%3; {
		if j--; starts[j].junction.strong() {
			n++
		}
	}
	if j == right || !starts[j].junction.strong() {
		return nil, 0
	}
	q := *p
	q.view = view{s: p.view.s[starts[j].at:]}
	q.origin = article
	q.around = q.view.s + p.around[p.self:]
	q.self, q.length = len(q.view.s), len(q.view.s)
	if q.standsAlone(q.starts()) {
		q.after = " And so on."
	}
	return &q, j
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

func abs(n int) int { return max(n, -n) }

// model is what is trained.
type model struct {
	w [features_][dialects]float32
}

// use makes the detector work with the model, until the function it returns is called.
func (m *model) use() func() {
	old, oldHeat := weights, temperatures
	weights, temperatures = m.w, [dialects]float64{1, 1, 1, 1}
	return func() { weights, temperatures = old, oldHeat }
}

// fit maximises the likelihood of the right candidates, but for those of a
// fold, with a little L2. Each dialect has its own weights, held towards what
// they have in common.
func (tr *trainer) fit(without int) *model {
	var in []*example
	for i := range tr.examples {
		if x := &tr.examples[i]; x.fold != without {
			in = append(in, x)
		}
	}
	const F = int(features_)
	size := (int(dialects) + 1) * F
	w := minimise(size, func(w, grad []float64) float64 {
		loss := 0.0
		for i := range w {
			l2 := *trainOwn
			if i >= int(dialects)*F {
				l2 = *trainDense
			}
			loss += l2 * w[i] * w[i] / 2
			grad[i] = l2 * w[i]
		}
		const workers = 2
		losses, grads := [workers]float64{}, [workers][]float64{}
		var wg sync.WaitGroup
		for k := range workers {
			grads[k] = make([]float64, size)
			wg.Go(func() {
				for i := k; i < len(in); i += workers {
					losses[k] += in[i].loss(w, grads[k])
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
	m := &model{}
	for k := range m.w {
		for d := range m.w[k] {
			m.w[k][d] = float32(w[d*F+k] + w[int(dialects)*F+k])
		}
	}
	return m
}

// loss is the negative logarithm of the right candidate's probability; its
// gradient is added to grad.
func (x *example) loss(w, grad []float64) float64 {
	const F = int(features_)
	own, all := w[int(x.dialect)*F:][:F], w[int(dialects)*F:][:F]
	scores := make([]float64, len(x.cands))
	top := math.Inf(-1)
	for k := range x.cands {
		for _, v := range x.cands[k].values {
			scores[k] += float64(v.value) * (own[v.feature] + all[v.feature])
		}
		top = math.Max(top, scores[k])
	}
	sum := 0.0
	right := scores[x.right]
	for k := range scores {
		scores[k] = math.Exp(scores[k] - top)
		sum += scores[k]
	}
	own, all = grad[int(x.dialect)*F:][:F], grad[int(dialects)*F:][:F]
	for k := range x.cands {
		g := scores[k] / sum
		if k == x.right {
			g--
		}
		g *= x.weight
		if math.Abs(g) < 1e-8 {
			continue
		}
		for _, v := range x.cands[k].values {
			own[v.feature] += g * float64(v.value)
			all[v.feature] += g * float64(v.value)
		}
	}
	return x.weight * (top + math.Log(sum) - right)
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
				best, _ := choose(x.cands, x.dialect)
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
			best, conf := choose(x.cands, x.dialect)
			if !strings.HasPrefix(x.set, "more") && !strings.HasPrefix(x.set, "articles ") && !strings.HasSuffix(x.set, "short") {
				ok := best == x.right || bare(x.passage.view.s[x.cands[best].at:]) == bare(x.want)
				tr.claims[x.dialect] = append(tr.claims[x.dialect], claim{scores(x.cands, x.dialect), best, ok})
			}
			if best == x.right || bare(x.passage.view.s[x.cands[best].at:]) == bare(x.want) {
				right[x.set]++
			} else if of[x.set]-right[x.set] <= *trainShow && !strings.HasPrefix(x.set, "more") {
				fmt.Printf("## %s %.2f [%s] %s\n%s\n", x.set, conf, x.source, x.passage.author, x.marked(best))
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

func (tr *trainer) write(m *model, heat [dialects]float64) {
	var b strings.Builder
	fmt.Fprintf(&b, "// Code generated by train_test.go; DO NOT EDIT.\n\npackage detect\n\n// weights of the features in each dialect: paragraphs, lines, oneLine, glued.\nvar weights = [features_][dialects]float32{\n")
	for k, name := range featureNames(tr.t) {
		fmt.Fprintf(&b, "\t%s: {", name)
		for d := range m.w[k] {
			fmt.Fprintf(&b, "%.3g, ", m.w[k][d])
		}
		fmt.Fprintln(&b, "},")
	}
	fmt.Fprintf(&b, "}\n\n// temperatures make the certainties of each dialect true.\nvar temperatures = [dialects]float64{")
	for _, t := range heat {
		fmt.Fprintf(&b, "%.3g, ", t)
	}
	fmt.Fprintln(&b, "}")
	out, err := format.Source([]byte(b.String()))
	if err != nil {
		tr.t.Fatal(err)
	}
	if err := os.WriteFile("weights.go", out, 0o666); err != nil {
		tr.t.Fatal(err)
	}
}

// featureNames are the constants of features.go and, before them, those of the junctions.
func featureNames(t *testing.T) (names []string) {
	for _, x := range []struct{ file, kind string }{{"start.go", "junction"}, {"features.go", "feature"}} {
		f, err := parser.ParseFile(token.NewFileSet(), x.file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			if id, ok := g.Specs[0].(*ast.ValueSpec).Type.(*ast.Ident); !ok || id.Name != x.kind || len(g.Specs) < 5 {
				continue
			}
			for _, s := range g.Specs {
				switch name := s.(*ast.ValueSpec).Names[0].Name; {
				case name == "junctions" || name == "features_" || name == "fJunction" || name == "_jEnd":
				case x.kind == "junction":
					names = append(names, "fJunction + feature("+name+")")
				default:
					names = append(names, name)
				}
			}
		}
	}
	if len(names) != int(features_) {
		t.Fatalf("%d names for %d features", len(names), features_)
	}
	return names
}
