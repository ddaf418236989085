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
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
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
	article int // which of the articles read, -1 for a made one
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
		m := tr.fit(-1)
		m.temperatures = t0
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
	articles int            // how many were read
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
				p := math.Min(0.999, math.Max(0.001, 1/sumOver(c.scores, c.best, t)))
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
			p := 1 / sumOver(c.scores, c.best, out[d])
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

	others = map[float64][]string{}
	for _, a := range slices.Concat(articles, more) {
		for _, w := range a.tweets {
			if limit := limitFor(w.Date); !w.null && w.Text != "" {
				others[limit] = append(others[limit], w.Text)
			}
		}
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
			tr.add(x, 0.8, tr.read("dev-"+x+".jsonl", "dev-extracted.gold.jsonl"))
		}
	}
	if wanted("more") {
		tr.add("more", 0.5, more)
	}
	for k, v := range variants {
		if wanted("more " + v.name) {
			tr.add("more "+v.name, v.weight, varied(more, uint64(k), v.most, v.change))
		}
		if v.name != "oneline" && wanted("articles "+v.name) {
			tr.add("articles "+v.name, v.weight, varied(articles, uint64(k), v.most, v.change))
		}
	}
}

func wanted(set string) bool {
	if *trainSets == "" {
		return true
	}
	for _, s := range strings.Split(strings.ReplaceAll(*trainSets, "+", " "), ",") {
		if s == set {
			return true
		}
	}
	return false
}

// variants are what other extractors would have made of an article's paragraphs,
// and what the articles of other sites look like: the sets are of English
// newspapers, but for a few.
var variants = []struct {
	name   string
	weight float64
	most   int // so many of 12 articles are made
	change func(labelled, *rand.Rand) labelled
}{
	{"oneline", 0.6, 12, each(inOneLine)},
	{"shaken", 0.4, 12, then(shaken, each(inOneLine))},
	{"shaken again", 0.3, 12, then(shaken, each(inOneLine))},
	{"lines", 0.5, 12, each(inLines)},
	{"no separator", 0.3, 12, each(func(s string) string { return strings.ReplaceAll(inNoLines(s), " — ", "— ") })},
	{"glued", 0.5, 12, each(func(s string) string {
		return strings.NewReplacer("—", "", "–", "", "“", " ", "”", " ", "’", " ", "‘", " ").Replace(inNoLines(s))
	})},
	{"headings", 0.5, 3, then(headed, each(inOneLine))},
	{"headings in lines", 0.5, 2, then(headed, each(inLines))},
	{"foreign", 0.5, 4, then(foreign(enciphered), each(inOneLine))},
	{"foreign lines", 0.5, 3, then(foreign(enciphered), each(inLines))},
	{"foreign headings", 0.5, 1, then(foreign(enciphered), then(headed, each(inOneLine)))},
	{"kana", 0.5, 1, then(foreign(inKana), each(inOneLine))},
	{"kana lines", 0.5, 2, then(foreign(inKana), each(inLines))},
}

// others are the texts that shaken puts in the place of others, by how long
// they might be.
var others map[float64][]string

// shaken leaves out what stands before some tweets of an article of paragraphs,
// and puts others in the place of some.
func shaken(a labelled, r *rand.Rand) labelled {
	parts, tweets := a.parts()
	for n, i := range tweets {
		blocks := strings.Split(parts[2*n], "\n\n")
		if k := len(blocks); k > 2 && blocks[k-1] == "" && !strings.Contains(blocks[k-2], "(@") && r.IntN(5) == 0 {
			blocks = append(blocks[:k-2], "")
			parts[2*n] = strings.Join(blocks, "\n\n")
		}
		if pool := others[limitFor(a.tweets[i].Date)]; r.IntN(2) == 0 {
			parts[2*n+1] = pool[r.IntN(len(pool))]
		}
	}
	return a.of(parts, tweets)
}

func breaks(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}
func inOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
func inLines(s string) string   { return strings.Join(breaks(s), "\n") }
func inNoLines(s string) string { return strings.Join(breaks(s), "") }

// each changes an article and its tweets alike.
func each(change func(string) string) func(labelled, *rand.Rand) labelled {
	return func(a labelled, _ *rand.Rand) labelled {
		a.text = change(a.text)
		a.tweets = slices.Clone(a.tweets)
		for i := range a.tweets {
			a.tweets[i].Text = change(a.tweets[i].Text)
		}
		return a
	}
}

func then(a, b func(labelled, *rand.Rand) labelled) func(labelled, *rand.Rand) labelled {
	return func(x labelled, r *rand.Rand) labelled { return b(a(x, r), r) }
}

// parts cuts an article into its tweets (those at odd places, in their order)
// and what stands between them.
func (a *labelled) parts() (parts []string, tweets []int) {
	from := 0
	for i, w := range a.tweets {
		if w.null || w.Text == "" {
			continue
		}
		if k := strings.Index(a.text[from:], w.Text+" "); k >= 0 {
			parts = append(parts, a.text[from:from+k], w.Text)
			from, tweets = from+k+len(w.Text), append(tweets, i)
		}
	}
	return append(parts, a.text[from:]), tweets
}

// of is the article of such parts. Tweets that are none of them are not known.
func (a labelled) of(parts []string, tweets []int) labelled {
	a.tweets = slices.Clone(a.tweets)
	for i := range a.tweets {
		n := slices.Index(tweets, i)
		if a.tweets[i].null = n < 0; n >= 0 {
			a.tweets[i].Text = parts[2*n+1]
		}
	}
	a.text = strings.Join(parts, "")
	return a
}

// headed gives an article of paragraphs the headings and links of Markdown.
func headed(a labelled, r *rand.Rand) labelled {
	words := strings.FieldsFunc(a.text, func(c rune) bool { return !unicode.IsLetter(c) })
	heading := func() string {
		n := 1 + r.IntN(6)
		if len(words) < 3*n {
			return ""
		}
		at := r.IntN(len(words) - n)
		title := slices.Clone(words[at : at+n])
		for i, w := range title {
			if c, size := utf8.DecodeRuneInString(w); i == 0 || n%2 == 0 && len(w) > 3 {
				title[i] = string(unicode.ToUpper(c)) + w[size:]
			}
		}
		if n == 5 {
			title = append(title, "💡")
		}
		return strings.Repeat("#", 2+n%3) + " " + strings.Join(title, " ")
	}
	parts, _ := a.parts()
	for i := 0; i < len(parts); i += 2 {
		blocks := strings.Split(parts[i], "\n\n")
		for j, b := range blocks {
			if ws := strings.Fields(b); len(ws) > 6 && !strings.Contains(b, "(@") && r.IntN(4) == 0 { // a link
				k := r.IntN(len(ws) - 3)
				ws[k], ws[k+2] = "["+ws[k], ws[k+2]+"](https://example.org/"+strings.ToLower(words[r.IntN(len(words))])+")"
				b = strings.Join(ws, " ")
			}
			if j > 0 && r.IntN(5) == 0 {
				b = heading() + "\n\n" + b
			}
			blocks[j] = b
		}
		if i+1 < len(parts) && strings.TrimSpace(blocks[len(blocks)-1]) == "" && r.IntN(2) == 0 {
			blocks[len(blocks)-1] = heading() + "\n\n"
		}
		parts[i] = strings.Join(blocks, "\n\n")
	}
	a.text = strings.Join(parts, "")
	return a
}

// foreign writes an article, its tweets, or what is around them with letters by
// which no word is known; names of authors and what belongs to the service stay.
func foreign(write func(string) string) func(labelled, *rand.Rand) labelled {
	return func(a labelled, r *rand.Rand) labelled {
		names := map[string]bool{}
		for _, m := range attributions.FindAllStringSubmatch(a.text, -1) {
			for _, w := range strings.Fields(m[1]) {
				names[w] = true
			}
		}
		change := func(s string) string {
			var b strings.Builder
			for s != "" {
				n := len(s)
				m := attributions.FindStringIndex(s)
				if m != nil {
					n = m[0]
				}
				for _, w := range pieces.FindAllString(s[:n], -1) {
					if c := w[0]; c == '@' || c == '#' || strings.Contains(w, "/") || names[w] || char.IsSpace(c) {
						b.WriteString(w)
					} else {
						b.WriteString(write(w))
					}
				}
				if m != nil {
					b.WriteString(s[n:m[1]])
					n = m[1]
				}
				s = s[n:]
			}
			return unspaced(b.String())
		}
		inside, outside := true, true
		switch r.IntN(6) {
		case 0, 1:
			inside = false
		case 2:
			outside = false
		}
		parts, tweets := a.parts()
		for i := range parts {
			if i%2 == 0 && outside || i%2 == 1 && inside {
				parts[i] = change(parts[i])
			}
		}
		return a.of(parts, tweets)
	}
}

var (
	attributions = regexp.MustCompile(`(?:—|–|--) ?([^\n()]{0,60}) \(@\w+\) \w+ \d+, \d{4}`)
	pieces       = regexp.MustCompile(`\s+|[@#]\w+|\S*/\S*|[\p{L}'’]+|.`)
)

// enciphered is a word with other letters.
func enciphered(w string) string {
	const from, to = "aeioubcdfghjklmnpqrstvwxyz", "eiouacdfghjklmnpqrstvwxyzb"
	return strings.Map(func(c rune) rune {
		if i := strings.IndexRune(from, unicode.ToLower(c)); i >= 0 {
			if unicode.IsUpper(c) {
				return unicode.ToUpper(rune(to[i]))
			}
			return rune(to[i])
		}
		return c
	}, w)
}

// unspaced is s without the spaces between words in kana.
func unspaced(s string) string {
	kana := func(c byte) bool { return c == 0xe3 || c == 0xef } // its first byte
	var b strings.Builder
	for i := range len(s) {
		if s[i] != ' ' || i < 3 || i+1 == len(s) || !kana(s[i-3]) || !kana(s[i+1]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// inKana is a word in a script without capitals and spaces, or a mark in it.
func inKana(w string) string {
	switch w {
	case ".":
		return "。"
	case ",":
		return "、"
	case "!":
		return "！"
	case "?":
		return "？"
	}
	out := []rune{}
	for i, c := range w {
		if unicode.IsLetter(c) && (i%2 == 0) {
			out = append(out, 'ぁ'+unicode.ToLower(c)%80)
		} else if !unicode.IsLetter(c) {
			out = append(out, c)
		}
	}
	return string(out)
}

func varied(in []labelled, seed uint64, most int, change func(labelled, *rand.Rand) labelled) []labelled {
	var out []labelled
	for i, a := range in {
		if i*5%12 < most {
			out = append(out, change(a, rand.New(rand.NewPCG(learnRandom+seed, uint64(i)))))
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
func bare(s string) string { return strings.Join(strings.FieldsFunc(s, char.IsBlank), "") }

func (tr *trainer) add(set string, weight float64, in []labelled) {
	old := decide
	defer func() { decide = old }()
	for i, a := range in {
		fold := foldOf(a.source, i)
		next := 0
		decide = func(t *text, p *passage) (int, float64) {
			at, conf := old(t, p)
			t.looked = nil
			own := *p // the text's is for the next tweet
			p = &own
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
			starts := p.starts(nil)
			if p.standsAlone(starts) { // a rule of its own
				return starts[0].at, 1
			}
			tr.total[set]++
			right := -1
			want := bare(w.Text)
			for j, st := range starts {
				got := bare(p.view.s[st.at:])
				if got == want || right < 0 && len(got) > 15 && strings.HasPrefix(want, got) /* the rest stands behind */ || right < 0 && len(want) > 30 && len(got) > 30 && got[:30] == want[:30] && abs(len(got)-len(want)) < 40 {
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
			tr.examples = append(tr.examples, example{set, fold, a.source, p.dialect, right, weight, p, cands, w.Text, tr.articles})
			if q, j := p.short(starts, right, len(tr.examples)); q != nil {
				cands := q.describe(q.starts(nil), new(desk))
				for k := range cands {
					if cands[k].at == starts[right].at-starts[j].at {
						tr.examples = append(tr.examples, example{set + " short", fold, a.source, p.dialect, k, weight / 2, q, cands, w.Text, -1})
						tr.total[set+" short"]++
					}
				}
			}
			return starts[right].at, 1
		}
		Tweets(&archive.Article{Body: a.text, Date: a.day})
		tr.articles++
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
	if q.standsAlone(q.starts(nil)) {
		q.after = " And so on."
	}
	return &q, j
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

func abs(n int) int { return max(n, -n) }

// use makes the detector work with the model, until the function it returns is called.
func (m *model) use() func() {
	old := trained
	trained = m
	return func() { trained = old }
}

// fit makes a model of the examples, but for those of a fold: first without
// the habits of the articles, then with those that the first model sees.
func (tr *trainer) fit(without int) *model {
	tr.habits(nil)
	tr.habits(tr.learn(without))
	return tr.learn(without)
}

// habits gives the examples the features of habit as a model sees them, or
// takes them away.
func (tr *trainer) habits(m *model) {
	each, all := make([]habits, len(tr.examples)), make([]habits, tr.articles)
	for i := range tr.examples {
		x := &tr.examples[i]
		for k := range x.cands {
			v := x.cands[k].values
			for len(v) > 0 && v[len(v)-1].feature >= fHabitAdjoining {
				v = v[:len(v)-1]
			}
			x.cands[k].values = v
		}
		if m != nil && x.article >= 0 {
			each[i] = habitsOf(x.cands, m.scores(m.sums(x.cands, x.dialect, nil), x.dialect, nil), x.passage.origin)
			all[x.article] = all[x.article].plus(&each[i], 1)
		}
	}
	for i := range tr.examples {
		if x := &tr.examples[i]; m != nil && x.article >= 0 {
			others := all[x.article].plus(&each[i], -1)
			for k := range x.cands {
				c := &x.cands[k]
				c.values = others.compare(&c.manner, c.values)
			}
		}
	}
}

// parameters are a model's weights while they are learnt, and gradients of
// them: those of the features in all dialects, what each dialect adds, those
// with which they enter the hidden units, and the units' own.
type parameters []float32

const (
	pOwn    = int(features_)
	pHidden = pOwn + int(features_*feature(dialects))
	pBias   = pHidden + int(features_)*hiddenUnits
	pOut    = pBias + int(dialects)*hiddenUnits
	pSize   = pOut + int(dialects)*hiddenUnits
)

func (p parameters) own(d dialect) []float32    { return p[pOwn+int(d)*int(features_):][:features_] }
func (p parameters) hidden(f feature) []float32 { return p[pHidden+int(f)*hiddenUnits:][:hiddenUnits] }
func (p parameters) bias(d dialect) []float32   { return p[pBias+int(d)*hiddenUnits:][:hiddenUnits] }
func (p parameters) out(d dialect) []float32    { return p[pOut+int(d)*hiddenUnits:][:hiddenUnits] }

func (p parameters) model() *model {
	m := &model{}
	for f := range m.weights {
		for d := range dialects {
			m.weights[f][d] = p[f] + p.own(d)[f]
		}
		copy(m.weights[f][dialects:], p.hidden(feature(f)))
	}
	for d := range dialects {
		copy(m.bias[d][:], p.bias(d))
		copy(m.out[d][:], p.out(d))
		m.temperatures[d] = 1
	}
	return m
}

// What learning is held to.
const (
	learnRate   = 0.003
	learnRounds = 14   // how many times each example is learnt from, at least
	learnSteps  = 2500 // ... and how many steps are taken, if an example is not learnt from more than 60 times
	learnBatch  = 64
	holdLinear  = 0.00004 // how much the features' weights are held towards 0
	holdHidden  = 0.001   // ... and those of the hidden units
	dropValues  = 0.15    // the part of the features that the hidden units do not see
	dropUnits   = 0.3     // the part of the hidden units that are left out
	learnRandom = 7
)

// learn maximises the likelihood of the right candidates, but for those of a
// fold, by Adam with dropout (Kingma and Ba 2015; Srivastava et al. 2014).
func (tr *trainer) learn(without int) *model {
	var in []*example
	for i := range tr.examples {
		if x := &tr.examples[i]; x.fold != without {
			in = append(in, x)
		}
	}
	rng := rand.New(rand.NewPCG(learnRandom, 0))
	p := make(parameters, pSize)
	for i := range p[pHidden:pBias] {
		p[pHidden+i] = float32(rng.NormFloat64() * 0.1)
	}
	for i := range p.out(0) {
		v := float32(rng.NormFloat64() * 0.1)
		for d := range dialects {
			p.out(d)[i] = v
		}
	}
	const workers = 2
	var learners [workers]*learner
	for k := range learners {
		learners[k] = &learner{grad: make(parameters, pSize), random: rand.New(rand.NewPCG(learnRandom, uint64(k+1)))}
	}
	mean, square := make(parameters, pSize), make(parameters, pSize)
	rounds := max(learnRounds, min(60, learnSteps*learnBatch/len(in)))
	for round, step := 0, 1.0; round < rounds; round++ {
		rng.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		rate := learnRate / 2 * (1 + math.Cos(math.Pi*float64(round)/float64(rounds)))
		for b := 0; b+learnBatch <= len(in); b += learnBatch {
			var wg sync.WaitGroup
			for k, l := range learners {
				wg.Go(func() {
					clear(l.grad)
					for i := b + k; i < b+learnBatch; i += workers {
						l.learn(p, in[i])
					}
				})
			}
			wg.Wait()
			m, s := float32(1-math.Pow(0.9, step)), float32(1-math.Pow(0.999, step))
			for i := range p {
				g := p[i] * holdLinear
				if i >= pHidden {
					g = p[i] * holdHidden
				}
				for _, l := range learners {
					g += l.grad[i] / learnBatch
				}
				mean[i] = 0.9*mean[i] + 0.1*g
				square[i] = 0.999*square[i] + 0.001*g*g
				p[i] -= float32(rate) * (mean[i] / m) / (float32(math.Sqrt(float64(square[i]/s))) + 1e-8)
			}
			step++
		}
	}
	return p.model()
}

// learner adds up the gradients of some examples.
type learner struct {
	grad   parameters
	random *rand.Rand
	units  [][hiddenUnits]float32 // of each candidate
	seen   [][]bool               // which of each candidate's values the units see
	scores []float32
}

// learn adds the gradient of the negative logarithm of the right candidate's
// probability.
func (l *learner) learn(p parameters, x *example) {
	common, own, bias, out := p[:features_], p.own(x.dialect), p.bias(x.dialect), p.out(x.dialect)
	var kept [hiddenUnits]float32
	for i := range kept {
		if l.random.Float32() >= dropUnits {
			kept[i] = 1 / (1 - dropUnits)
		}
	}
	n := len(x.cands)
	l.units, l.seen, l.scores = slices.Grow(l.units[:0], n)[:n], slices.Grow(l.seen[:0], n)[:n], l.scores[:0]
	top := float32(math.Inf(-1))
	for k := range x.cands {
		h, s, values := &l.units[k], float32(0), x.cands[k].values
		copy(h[:], bias)
		l.seen[k] = slices.Grow(l.seen[k][:0], len(values))[:len(values)]
		for j, v := range values {
			s += v.value * (common[v.feature] + own[v.feature])
			l.seen[k][j] = l.random.Float32() >= dropValues
			if l.seen[k][j] {
				for i, w := range p.hidden(v.feature) {
					h[i] += v.value / (1 - dropValues) * w
				}
			}
		}
		for i := range h {
			h[i] = max(0, h[i]) * kept[i]
			s += h[i] * out[i]
		}
		l.scores = append(l.scores, s)
		top = max(top, s)
	}
	sum := float32(0)
	for k, s := range l.scores {
		l.scores[k] = float32(math.Exp(float64(s - top)))
		sum += l.scores[k]
	}
	gcommon, gown, gbias, gout := l.grad[:features_], l.grad.own(x.dialect), l.grad.bias(x.dialect), l.grad.out(x.dialect)
	for k := range x.cands {
		g := l.scores[k] / sum
		if k == x.right {
			g--
		}
		g *= float32(x.weight)
		if g > -1e-7 && g < 1e-7 {
			continue
		}
		var gh [hiddenUnits]float32
		for i, h := range l.units[k] {
			if h > 0 {
				gout[i] += g * h
				gh[i] = g * out[i] * kept[i]
				gbias[i] += gh[i]
			}
		}
		for j, v := range x.cands[k].values {
			gcommon[v.feature] += g * v.value
			gown[v.feature] += g * v.value
			if l.seen[k][j] {
				row := l.grad.hidden(v.feature)
				for i := range gh {
					row[i] += gh[i] * v.value / (1 - dropValues)
				}
			}
		}
	}
}

func (tr *trainer) validate() {
	right, of := map[string]int{}, map[string]int{}
	fitted, seen := map[string]int{}, map[string]int{} // of those that the model was fitted to
	var sets []string
	for f := range folds {
		m := tr.fit(f)
		for i := range tr.examples {
			x := &tr.examples[i]
			if x.fold != f {
				best, _ := m.choose(m.scores(m.sums(x.cands, x.dialect, nil), x.dialect, nil), x.dialect)
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
			scores := m.scores(m.sums(x.cands, x.dialect, nil), x.dialect, nil)
			best, conf := m.choose(scores, x.dialect)
			if !strings.HasPrefix(x.set, "more") && !strings.HasPrefix(x.set, "articles ") && !strings.HasSuffix(x.set, "short") {
				ok := best == x.right || bare(x.passage.view.s[x.cands[best].at:]) == bare(x.want)
				tr.claims[x.dialect] = append(tr.claims[x.dialect], claim{scores, best, ok})
			}
			if best == x.right || bare(x.passage.view.s[x.cands[best].at:]) == bare(x.want) {
				right[x.set]++
			} else if of[x.set]-right[x.set] <= *trainShow && !strings.HasPrefix(x.set, "more") {
				fmt.Printf("## %s %.2f [%s] %s\n%s\n", x.set, conf, x.source, x.passage.author, x.marked(best))
			}
		}
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

func (tr *trainer) write(m *model) {
	var b strings.Builder
	numbers := func(v []float32) string {
		var out []string
		for _, x := range v {
			out = append(out, fmt.Sprintf("%.3g", x))
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	fmt.Fprintf(&b, "// Code generated by train_test.go; DO NOT EDIT.\n\npackage detect\n\n// trained is the model in use. Dialects: paragraphs, lines, oneLine, glued.\nvar trained = &model{\nweights: [features_]weights{\n")
	for k, name := range featureNames(tr.t) {
		fmt.Fprintf(&b, "%s: %s,\n", name, numbers(m.weights[k][:]))
	}
	fmt.Fprintf(&b, "},\n")
	for _, x := range []struct {
		name string
		rows [dialects][hiddenUnits]float32
	}{{"bias", m.bias}, {"out", m.out}} {
		fmt.Fprintf(&b, "%s: [dialects][hiddenUnits]float32{\n", x.name)
		for _, row := range x.rows {
			fmt.Fprintf(&b, "%s,\n", numbers(row[:]))
		}
		fmt.Fprintf(&b, "},\n")
	}
	fmt.Fprintf(&b, "temperatures: [dialects]float64{")
	for _, t := range m.temperatures {
		fmt.Fprintf(&b, "%.3g, ", t)
	}
	fmt.Fprintf(&b, "},\n}\n")
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
