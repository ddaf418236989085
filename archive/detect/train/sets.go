package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in main_test.go.

// article is an article of a set, with its tweets in the order of the text.
type article struct {
	text, day, source string
	cut               bool // it is the middle of a longer article
	tweets            []label
}

// label is what is known of a tweet. unknown is true if its text is not known, or not all
// in the article.
type label struct {
	handle, date, text string
	unknown            bool
	at                 int // a byte of its attribution; 0 if only the order is known
}

const folds = 5

// foldOf is the fold of an outlet. Articles without one are put in folds by threes.
func foldOf(source string, i int) int {
	if source == "" {
		source = fmt.Sprint(i / 3)
	}
	if k := strings.IndexByte(source, '/'); k > 0 {
		source = source[:k] // the repository that a page is from
	}
	h := fnv.New32()
	h.Write([]byte(source))
	return int(h.Sum32()>>7) % folds
}

// The sets that are read as they are, and how much a tweet of each counts. The labels of
// more-articles.jsonl are made by a model that learnt from articles.
var real = []struct {
	name, gold string
	weight     float64
}{
	{"articles", "articles", 1},
	{"oneline", "oneline", 2.2},
	{"glued", "glued", 3},
	{"rows", "rows", 10},
	{"go-readability", "extracted", 1},
	{"go-trafilatura", "extracted", 1},
	{"html-to-markdown", "extracted", 1},
	{"jaytaylor-html2text", "extracted", 1},
	{"k3a-html2text", "extracted", 1},
	{"wet-like", "extracted", 1},
	{"one-line", "extracted", 1},
	{"no-separator", "extracted", 1},
	{freshText, freshText, 0}, // only for measuring
}

const freshText = "fresh-text"

func isReal(set string) bool {
	return set == "more oneline" || set == verdictSet || slices.ContainsFunc(real, func(r struct {
		name, gold string
		weight     float64
	},
	) bool {
		return r.name == set
	})
}

// trainer holds the examples.
type trainer struct {
	dir      string
	seed     uint64
	groups   []*group
	verdicts *passages // nil if there are none
	names    []string  // the names of the features
	off      []bool    // the features that are left out
	firsts   int       // how many come before those of the second look
	shorts   int       // how many examples were shortened
}

// load reads the sets and the verdicts, and makes other sets from the sets.
func (t *trainer) load(dir, verdicts string) error {
	t.dir = dir
	t.names, _ = boundary.Features()
	t.firsts = slices.IndexFunc(t.names, func(n string) bool { return strings.HasPrefix(n, "others-") })
	t.off = make([]bool, len(t.names))
	for i, n := range t.names {
		t.off[i] = hasAnyPrefix(n, *without)
	}
	if verdicts != "" {
		if err := t.loadVerdicts(verdicts); err != nil || dir == "" {
			return err
		}
	}
	more, err := t.read("more-articles.jsonl", "")
	if err != nil {
		return err
	}
	var articles []article
	for i, r := range real {
		in, err := t.read("dev-"+r.name+".jsonl", "dev-"+r.gold+".gold.jsonl")
		if err != nil {
			return err
		}
		t.add(r.name, r.weight, in)
		if i == 0 {
			articles = in
			t.label(more, t.fit(-1))
			t.add("more", 0.5, more)
		}
	}
	others = map[float64][]string{}
	for _, a := range slices.Concat(articles, more) {
		for _, w := range a.tweets {
			if limit := boundary.LimitFor(w.date); !w.unknown && w.text != "" {
				others[limit] = append(others[limit], w.text)
			}
		}
	}
	for k, v := range variants {
		if hasAnyPrefix(v.name, *without) {
			continue
		}
		t.add("more "+v.name, v.weight, varied(more, t.seed+uint64(k), v.most, v.change))
		if v.name != "oneline" { // one was labelled by hand
			t.add("articles "+v.name, v.weight, varied(articles, t.seed+uint64(k), v.most, v.change))
		}
	}
	return nil
}

func (t *trainer) read(file, gold string) ([]article, error) {
	var out []article
	err := eachLine(filepath.Join(t.dir, file), func(line []byte) error {
		var r struct{ Text, Date, Source string }
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if len(r.Date) != 10 || r.Date[4] != '-' {
			r.Date = ""
		}
		out = append(out, article{text: r.Text, day: r.Date, source: r.Source})
		return nil
	})
	if err != nil || gold == "" {
		return out, err
	}
	return out, eachLine(filepath.Join(t.dir, gold), func(line []byte) error {
		var g struct {
			File   string
			Record int
			Tweets []struct {
				Handle, Date  string
				Text          *string
				Lost, Partial bool
			}
		}
		if err := json.Unmarshal(line, &g); err != nil || g.File != file {
			return err
		}
		if g.Record < 1 || g.Record > len(out) {
			return fmt.Errorf("no record %d", g.Record)
		}
		for _, w := range g.Tweets {
			l := label{handle: w.Handle, date: w.Date, unknown: w.Text == nil || w.Partial}
			if w.Text != nil && !w.Lost {
				l.text = *w.Text
			}
			out[g.Record-1].tweets = append(out[g.Record-1].tweets, l)
		}
		return nil
	})
}

func eachLine(path string, do func(line []byte) error) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		if err := do([]byte(line)); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	return nil
}

// label labels articles by what a model chooses.
func (t *trainer) label(in []article, m *boundary.Model) {
	parallel(len(in), func(i int) {
		a := &in[i]
		g := &group{}
		g.passages, _, _ = detect.Passages(&archive.Article{Body: a.text, Date: a.day})
		for k, c := range m.Again(looks(m, g)) {
			p := g.passages[k]
			l := label{handle: p.Handle, date: p.Day, unknown: c.At < 0 || c.Confidence < 0.6}
			if c.At >= 0 {
				l.text = char.Trim(p.Text[c.At:])
			}
			a.tweets = append(a.tweets, l)
		}
	})
}

// add makes examples from the articles of a set.
func (t *trainer) add(set string, weight float64, in []article) {
	groups := make([]*group, len(in))
	parallel(len(in), func(i int) {
		groups[i] = &group{
			set: set, source: in[i].source, fold: foldOf(in[i].source, i),
			weight: weight, weighs: isReal(set) && weight > 0 && set != "more oneline",
		}
		t.fill(groups[i], &in[i])
	})
	for _, g := range groups {
		t.groups = append(t.groups, g)
		for i, e := range g.examples {
			if e != nil && e.right >= 0 && e.want != "" && weight > 0 && !hasAnyPrefix("short", *without) {
				t.shorten(g, i)
			}
		}
	}
}

// fill makes the examples of an article.
func (t *trainer) fill(g *group, a *article) {
	passages, stretches, places := detect.Passages(&archive.Article{Body: a.text, Date: a.day})
	labels := a.tweets // in the order of the text
	for i, p := range passages {
		if a.cut && p.Origin == boundary.Article {
			p.Origin = boundary.Cut
		}
		var e *example
		isOf := func(l label) bool { return l.isOf(p, places[i]) }
		if k := slices.IndexFunc(labels, isOf); k >= 0 {
			if l := labels[k]; !l.unknown {
				e = t.example(p, l.text)
				if s := stretches[i]; s != nil && hasRests(g.set) {
					g.rests = append(g.rests, restOf(p, s, l.text))
				}
			}
			labels = labels[k+1:]
		}
		g.passages, g.examples = append(g.passages, p), append(g.examples, e)
	}
}

// isOf reports whether a label belongs to a passage. place is where its embed is.
func (l *label) isOf(p *boundary.Passage, place [2]int) bool {
	if l.at > 0 {
		return place[0] <= l.at && l.at < place[1]
	}
	return l.handle == p.Handle && (l.date == "" || p.Day == "" || l.date == p.Day)
}

// example is a passage whose text is known, with its features.
func (t *trainer) example(p *boundary.Passage, want string) *example {
	at, values := boundary.Describe(p)
	e := &example{passage: p, at: at, right: rightOf(p.Text, at, want), want: want}
	for _, v := range values {
		e.values = append(e.values, t.sparse(nil, v, 0))
	}
	return e
}

// hasRests reports whether rests are learnt from a set. The other sets teach nothing more
// about them.
func hasRests(set string) bool {
	return isReal(set) && set != freshText || strings.Contains(set, "moved")
}

// restOf is the stretch after a passage as an example. Its rest is the part of the text
// that is not before the attribution.
func restOf(p *boundary.Passage, s *boundary.Stretch, want string) *example {
	want = bare(want)
	n, before := len(want), bare(p.Text)
	for n > 0 && !strings.HasSuffix(before, want[:n]) {
		n--
	}
	e := &example{passage: p, stretch: s, right: -1, end: after(s.Text, want[n:])}
	if n > 0 && e.end >= 0 {
		at := len(p.Text)
		for at > 0 && bare(p.Text[at:]) != want[:n] {
			at--
		}
		e.begin = at
	}
	return e
}

// skip is the end of the blanks at s[i:].
func skip(s string, i int) int { return len(s) - len(strings.TrimLeftFunc(s[i:], char.IsBlank)) }

// after is where in s the bare text ends that s begins with; -1 if s does not begin with
// it.
func after(s, text string) int {
	i := 0
	for text != "" {
		i = skip(s, i)
		if i == len(s) || s[i] != text[0] {
			return -1
		}
		i, text = i+1, text[1:]
	}
	return i
}

// rightOf is the candidate at which a text begins; -1 if there is none. If the label has
// more than the passage, the rest may be after the attribution. A text may also differ
// from its label in a few characters.
func rightOf(s string, at []int, want string) int {
	right := -1
	want = bare(want)
	for k, at := range at {
		got := bare(s[at:])
		switch {
		case got == want:
			right = k
		case right >= 0:
		case len(got) > 15 && strings.HasPrefix(want, got),
			len(want) > 30 && len(got) > 30 && got[:30] == want[:30] && max(len(got)-len(want), len(want)-len(got)) < 40:
			right = k
		}
	}
	return right
}

// bare is a text without white space. Texts are compared in this form.
func bare(s string) string { return strings.Join(strings.FieldsFunc(s, char.IsBlank), "") }

// The kinds of short articles: only the tweet; a sentence or more before it and more
// after it; the same with nothing after it.
const (
	onlyTweet = iota
	goesOn
	endsThere
	shortKinds
)

// shorten adds the passage of an example as it would be in a short article, as the sets
// have few of these. A title may be before the text.
func (t *trainer) shorten(g *group, i int) {
	e := g.examples[i]
	t.shorts++
	kind := t.shorts % shortKinds
	from, ok := e.shortBegin(kind, t.shorts/shortKinds%4)
	if !ok {
		return
	}
	q := *e.passage
	q.Text, q.Before, q.After, q.Links, q.Origin = q.Text[from:], "", "", nil, boundary.Article
	for _, l := range e.passage.Links {
		if l.Start >= from {
			q.Links = append(q.Links, boundary.Link{Start: l.Start - from, End: l.End - from})
		}
	}
	if kind == goesOn {
		q.After = " And so on."
	} else if !strings.Contains(q.Text, "\n") && q.Layout < boundary.OneLine {
		q.Layout = boundary.OneLine
	}
	if words := strings.Fields(e.passage.After); kind != onlyTweet && t.shorts/12%2 == 0 && len(words) > 20 && q.Layout < boundary.Glued {
		n := t.shorts % 12
		addTitle(&q, words[n:n+3+t.shorts%5], t.shorts%2 == 0)
	}
	if x := t.example(&q, e.want); x.right >= 0 {
		t.groups = append(t.groups, &group{set: g.set + " short", source: g.source, fold: g.fold, weight: g.weight / 2, passages: []*boundary.Passage{&q}, examples: []*example{x}})
	}
}

// shortBegin is where a short article of this kind begins in the passage: this many units
// and one more before the text, or fewer if the passage has no more. It is not ok if no
// unit begins before the text.
func (e *example) shortBegin(kind, units int) (at int, ok bool) {
	j := e.right
	if kind == onlyTweet {
		return e.at[j], units == 0 || !strings.Contains(e.want, "\n") // an article of several lines is seldom only a tweet
	}
	for n := 0; j > 0 && n <= units; {
		if j--; endsUnit(e.passage.Text[:e.at[j]]) {
			n++
		}
	}
	return e.at[j], j < e.right && endsUnit(e.passage.Text[:e.at[j]])
}

// addTitle puts a title of some words before a passage. On a page it is there twice.
func addTitle(p *boundary.Passage, words []string, twice bool) {
	title := strings.Trim(strings.Join(words, " "), ".,:;—–!?") + []string{"\n\n", "\n", " "}[p.Layout]
	if p.Text = title + p.Text; twice {
		p.Before, p.Origin = title+"Home News"+title[len(strings.TrimRight(title, " \n")):], boundary.Cut
	}
	for k := range p.Links {
		p.Links[k].Start += len(title)
		p.Links[k].End += len(title)
	}
}

// endsUnit reports roughly whether s ends with a sentence or a line.
func endsUnit(s string) bool {
	t := strings.TrimRight(s, " ”\"")
	return t == "" || strings.ContainsRune(".!?:\n", rune(t[len(t)-1]))
}
