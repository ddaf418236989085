package detect

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"hash/fnv"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	trainShow  = flag.Int("show", 0, "print this many errors of each set, cross-validated")
)

// example is one tweet with its starts and the right one.
type example struct {
	set     string
	fold    int
	dialect dialect
	starts  [][]value
	right   int
	weight  float64
	// for the eyes
	passage *passage
	places  []start
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
		tr.voice(-1)
		m := tr.fit(tr.examples, -1)
		lexicon = tr.lexiconWithout(-1, -1)
		tr.write(m)
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
	words    [folds][2]map[string]int // of prose and of tweets: in how many blocks a word stands
}

// count counts the words of labelled articles with their paragraphs.
func (tr *trainer) count(in []labelled) {
	for i, a := range in {
		c := &tr.words[foldOf(a.source, i)]
		for k := range c {
			if c[k] == nil {
				c[k] = map[string]int{}
			}
		}
		rest := a.text
		for _, w := range a.tweets {
			if w.Text == "" {
				continue
			}
			countWords(c[1], w.Text)
			if j := strings.Index(rest, w.Text); j >= 0 {
				rest = rest[:j] + "\n" + rest[j+len(w.Text):]
			}
		}
		for _, block := range strings.Split(rest, "\n") {
			if !strings.Contains(block, "(@") {
				countWords(c[0], block)
			}
		}
	}
}

func countWords(c map[string]int, s string) {
	seen := map[string]bool{}
	hear = func(w string) { seen[w] = true }
	defer func() { hear = nil }()
	(&passage{}).segment(s, nil)
	for w := range seen {
		c[w]++
	}
	c[""]++
}

// lexiconWithout is the lexicon of all folds but two.
func (tr *trainer) lexiconWithout(f, g int) map[string]float32 {
	var sum [2]map[string]int
	for k := range sum {
		sum[k] = map[string]int{}
		for i := range tr.words {
			if i != f && i != g {
				for w, n := range tr.words[i][k] {
					sum[k][w] += n
				}
			}
		}
	}
	prose, tweets := float64(sum[0][""]), float64(sum[1][""])
	// Both are told per block, but blocks of prose are longer.
	out := map[string]float32{}
	all := map[string]bool{}
	tp, tt := 0, 0
	for w, n := range sum[0] {
		all[w] = true
		tp += n
	}
	for w, n := range sum[1] {
		all[w] = true
		tt += n
	}
	_, _ = prose, tweets
	for w := range all {
		a, b := sum[1][w], sum[0][w]
		if w == "" || a+b < 12 {
			continue
		}
		const alpha = 4
		p := (float64(a + b)) / float64(tp+tt)
		v := math.Log((float64(a)+alpha*p*100)/(float64(tt)+alpha*100)) - math.Log((float64(b)+alpha*p*100)/(float64(tp)+alpha*100))
		v = math.Max(-2.5, math.Min(2.5, v))
		if math.Abs(v) > 0.15 {
			out[w] = float32(math.Round(v*100) / 100)
		}
	}
	return out
}

// voice describes the examples anew, each with a lexicon that has not seen it,
// nor the fold f.
func (tr *trainer) voice(f int) {
	old := lexicon
	defer func() { lexicon = old }()
	var lex [folds]map[string]float32
	for g := range folds {
		lex[g] = tr.lexiconWithout(f, g)
	}
	for i := range tr.examples {
		x := &tr.examples[i]
		lexicon = lex[x.fold]
		x.starts = x.passage.describe(x.places)
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
	tr.add("articles", 1, articles)
	tr.add("oneline", 1, tr.read("dev-oneline.jsonl", "dev-oneline.gold.jsonl"))
	tr.add("glued", 3, tr.read("dev-glued.jsonl", "dev-glued.gold.jsonl"))
	tr.add("rows", 0.2, tr.read("dev-rows.jsonl", "dev-rows.gold.jsonl"))
	for _, x := range []string{"go-readability", "go-trafilatura", "html-to-markdown", "jaytaylor-html2text", "k3a-html2text", "wet-like", "one-line", "no-separator"} {
		tr.add(x, 0.5, tr.read("dev-"+x+".jsonl", "dev-extracted.gold.jsonl"))
	}
	// The further articles are labelled by the model of the paragraphs.
	tr.count(articles)
	first := tr.fit(tr.examples, -1)
	more := tr.read("more-articles.jsonl", "")
	tr.label(more, first)
	tr.count(more)
	tr.add("more", 0.5, more)
	for _, v := range variants {
		tr.add("more "+v.name, v.weight, varied(more, v.change))
		if v.name != "oneline" {
			tr.add("articles "+v.name, v.weight, varied(articles, v.change))
		}
	}
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
			tr.examples = append(tr.examples, example{set, fold, p.dialect, p.describe(starts), right, weight, p, starts, w.Text})
			return starts[right].at, 1
		}
		Tweets(&archive.Article{Body: a.text, Date: a.day})
	}
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

func abs(n int) int { return max(n, -n) }

type model struct {
	w [dialects][features_]float32
}

// use makes the detector work with the model, until the function it returns is called.
func (m *model) use() func() {
	old := weights
	weights = m.w
	return func() { weights = old }
}

// fit maximises the likelihood of the right starts, but for those of a fold,
// with Adam and a little L2. Each dialect has its own weights, held towards
// what they have in common.
func (tr *trainer) fit(examples []example, without int) *model {
	const (
		steps  = 100
		rate   = 0.08
		l2     = 0.3 // of the weights of one dialect
		common = 0.03
	)
	type params [dialects + 1][features_]float64
	var w, m, v params
	m_ := &model{}
	for step := 1; step <= steps; step++ {
		var grad params
		for i := range examples {
			x := &examples[i]
			if x.fold == without {
				continue
			}
			d := x.dialect
			scores := make([]float64, len(x.starts))
			top := math.Inf(-1)
			for k, f := range x.starts {
				for _, y := range f {
					scores[k] += float64(y.value) * (w[d][y.feature] + w[dialects][y.feature])
				}
				top = math.Max(top, scores[k])
			}
			sum := 0.0
			for k := range scores {
				scores[k] = math.Exp(scores[k] - top)
				sum += scores[k]
			}
			for k, f := range x.starts {
				g := scores[k] / sum
				if k == x.right {
					g--
				}
				g *= x.weight
				if math.Abs(g) < 1e-7 {
					continue
				}
				for _, y := range f {
					grad[d][y.feature] += g * float64(y.value)
					grad[dialects][y.feature] += g * float64(y.value)
				}
			}
		}
		for d := range w {
			reg := l2
			if d == int(dialects) {
				reg = common
			}
			for k := range w[d] {
				g := grad[d][k] + reg*w[d][k]
				m[d][k] = 0.9*m[d][k] + 0.1*g
				v[d][k] = 0.999*v[d][k] + 0.001*g*g
				mh := m[d][k] / (1 - math.Pow(0.9, float64(step)))
				vh := v[d][k] / (1 - math.Pow(0.999, float64(step)))
				w[d][k] -= rate * mh / (math.Sqrt(vh) + 1e-8)
			}
		}
	}
	for d := range m_.w {
		for k := range m_.w[d] {
			m_.w[d][k] = float32(w[d][k] + w[dialects][k])
		}
	}
	return m_
}

func (tr *trainer) validate() {
	right, of := map[string]int{}, map[string]int{}
	var sets []string
	for f := range folds {
		tr.voice(f)
		m := tr.fit(tr.examples, f)
		undo := m.use()
		for i := range tr.examples {
			x := &tr.examples[i]
			if x.fold != f {
				continue
			}
			if of[x.set] == 0 {
				sets = append(sets, x.set)
			}
			of[x.set]++
			best, conf := choose(x.starts, x.dialect)
			if best == x.right || bare(x.passage.view.s[x.places[best].at:]) == bare(x.want) {
				right[x.set]++
			} else if of[x.set]-right[x.set] <= *trainShow && !strings.HasPrefix(x.set, "more") {
				fmt.Printf("## %s %.2f %s\n%s\n", x.set, conf, x.passage.author, x.marked(best))
			}
		}
		undo()
	}
	slices.Sort(sets)
	for _, s := range sets {
		fmt.Printf("%-28s %5d tweets  %.4f of the starts right, %.4f with those that are no start\n", s, tr.total[s],
			float64(right[s])/float64(of[s]), float64(right[s])/float64(tr.total[s]))
	}
}

// marked is the example's text with the place that was found and the right one.
func (x *example) marked(best int) string {
	s := x.passage.view.s
	a, b := x.places[best].at, x.places[x.right].at
	lo := max(0, min(a, b)-250)
	if a < b {
		return s[lo:a] + "«GOT»" + s[a:b] + "«WANT»" + s[b:]
	}
	return s[lo:b] + "«WANT»" + s[b:a] + "«GOT»" + s[a:]
}

func (tr *trainer) write(m *model) {
	tr.writeLexicon()
	f, err := os.Create("weights.go")
	if err != nil {
		tr.t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "// Code generated by train_test.go; DO NOT EDIT.\n\npackage detect\n\n// weights of the features for each dialect: paragraphs, lines, oneLine, glued.\nvar weights = [dialects][features_]float32{\n")
	for d := range m.w {
		fmt.Fprint(w, "\t{")
		for k, x := range m.w[d] {
			if k > 0 {
				fmt.Fprint(w, ", ")
			}
			fmt.Fprintf(w, "%.3g", x)
		}
		fmt.Fprintln(w, "},")
	}
	fmt.Fprintln(w, "}")
	w.Flush()
	if err := f.Close(); err != nil {
		tr.t.Fatal(err)
	}
}

func (tr *trainer) writeLexicon() {
	var b strings.Builder
	fmt.Fprintf(&b, "// Code generated by train_test.go; DO NOT EDIT.\n\npackage detect\n\n// lexicon is the voice of words: above 0 those of tweets, below those of prose.\nvar lexicon = map[string]float32{\n")
	for _, w := range slices.Sorted(maps.Keys(lexicon)) {
		fmt.Fprintf(&b, "\t%q: %.2f,\n", w, lexicon[w])
	}
	fmt.Fprintln(&b, "}")
	out, err := format.Source([]byte(b.String()))
	if err != nil {
		tr.t.Fatal(err)
	}
	if err := os.WriteFile("lexicon.go", out, 0o666); err != nil {
		tr.t.Fatal(err)
	}
}

func TestDump(t *testing.T) {
	if *trainDir == "" {
		t.Skip()
	}
	tr := &trainer{t: t}
	tr.load()
	tr.voice(-1)
	f, _ := os.Create("/tmp/ev/dump.jsonl")
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	for _, x := range tr.examples {
		var st [][][2]float32
		for _, s := range x.starts {
			var q [][2]float32
			for _, v := range s {
				q = append(q, [2]float32{float32(v.feature), v.value})
			}
			st = append(st, q)
		}
		e.Encode(map[string]any{"set": x.set, "fold": x.fold, "d": x.dialect, "right": x.right, "w": x.weight, "s": st})
	}
	w.Flush()
	f.Close()
}
