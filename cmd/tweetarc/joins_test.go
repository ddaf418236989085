package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// evalDir holds labelled real articles, which are not part of this repository.
const evalDir = "../../../shared/eval"

// TestJoins archives labelled articles that hold the same tweets several times,
// as different extractors left them, and compares which of their embeds
// became one tweet with what the labels say, over all pairs of embeds.
func TestJoins(t *testing.T) {
	golds, _ := filepath.Glob(filepath.Join(evalDir, "*.gold.jsonl"))
	if len(golds) == 0 {
		t.Skip("no labelled articles in", evalDir)
	}
	inputs, err := filepath.Glob(filepath.Join(evalDir, "dev-*"))
	if err != nil {
		t.Fatal(err)
	}
	dbPath := filepath.Join(t.TempDir(), "t.db")
	args := []string{"tweetarc", "archive", "--db", dbPath}
	for _, in := range inputs {
		if !strings.HasSuffix(in, ".gold.jsonl") {
			args = append(args, in)
		}
	}
	if code := run(t.Context(), args, strings.NewReader(""), io.Discard, testWriter{t}); code != 0 {
		t.Fatal("exit code", code)
	}
	db, err := store.OpenReadOnly(dbPath)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()

	seen, expected := labelledEmbeds(t, db, golds)
	sameWords(seen)
	truth := labels(seen)

	all := pairsOf(seen, truth, func(labelled) bool { return true })
	// Where a text was lost, by the extractor or by us, there is nothing to join by:
	// whoever wrote how much on that day, to guess would be to invent an ID.
	worded := pairsOf(seen, truth, func(s labelled) bool { return s.worded && s.place.Text != "" })
	precision, recall := float64(all.both)/float64(all.both+all.wrong), float64(worded.both)/float64(worded.same)
	tweets, err := db.Count(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	flat, found := 0, 0
	for _, s := range seen {
		if s.place.ID == "" {
			flat++
			if archive.IsStatusID(s.key) {
				found++
			}
		}
	}
	t.Logf("%d of %d labelled embeds found, %d tweets in the archive; %d of %d pairs joined rightly: precision %.4f; %d of %d that have words: recall %.4f; %d of %d embeds without ID got one",
		len(seen), expected, tweets, all.both, all.both+all.wrong, precision, worded.both, worded.same, recall, found, flat)
	if precision < 0.999 || recall < 0.98 {
		t.Errorf("precision %.4f and recall %.4f, want 0.999 and 0.98", precision, recall)
	}
	if testing.Verbose() {
		logJoins(t, seen, truth)
	}
}

// labelledEmbeds are the embeds that labels are about, and the number of labels.
func labelledEmbeds(t *testing.T, db *store.DB, golds []string) (seen []labelled, expected int) {
	t.Helper()
	for _, gold := range golds {
		forLines(t, gold, func(line []byte) {
			var g struct {
				File   string
				Record int
				Tweets []goldTweet
			}
			if err := json.Unmarshal(line, &g); err != nil {
				t.Fatal(err)
			}
			places, keys, err := db.InArticle(t.Context(), archive.Origin{File: filepath.Join(evalDir, g.File), Record: max(g.Record, 1)})
			if err != nil {
				t.Fatal(err)
			}
			expected += len(g.Tweets)
			record := g.Record
			for _, m := range match(g.Tweets, places) {
				g, p := g.Tweets[m.gold], places[m.place]
				seen = append(seen, labelled{filepath.Base(gold) + fmt.Sprint(record), g, holds(&p, g.Text), keys[m.place], p})
			}
		})
	}
	return seen, expected
}

// logJoins shows one example of each wrong join, and of each that is missing.
func logJoins(t *testing.T, seen []labelled, truth []string) {
	told := map[[3]string]bool{} // one example of each cell
	for i, a := range seen {
		for j, b := range seen[:i] {
			wrong := (truth[i] == truth[j]) != (a.key == b.key)
			if truth[i] == "" || truth[j] == "" || !wrong || told[[3]string{truth[i], a.key, b.key}] {
				continue
			}
			told[[3]string{truth[i], a.key, b.key}] = true
			t.Logf("joined %v:\n\t%s:%d %s %q\n\t%s:%d %s %q", a.key == b.key,
				filepath.Base(a.place.Article.File), a.place.Article.Record, a.key, a.place.Text,
				filepath.Base(b.place.Article.File), b.place.Article.Record, b.key, b.place.Text)
		}
	}
}

// pairCounts are pairs of embeds: of one tweet by label; joined, and both;
// joined although their labels differ.
type pairCounts struct{ same, both, wrong int }

// pairsOf counts. That one label is an ID of which no words are known, and the
// other words of which no ID is known, says nothing of the pair.
func pairsOf(seen []labelled, truth []string, which func(labelled) bool) (p pairCounts) {
	byLabel, byKey := map[string]int{}, map[string]map[string]int{}
	words := map[string]bool{} // labels of which words are known
	for i, s := range seen {
		words[truth[i]] = words[truth[i]] || s.gold.Text != ""
		if truth[i] != "" && which(s) {
			byLabel[truth[i]]++
			if byKey[s.key] == nil {
				byKey[s.key] = map[string]int{}
			}
			byKey[s.key][truth[i]]++
		}
	}
	for _, n := range byLabel {
		p.same += n * (n - 1) / 2
	}
	for _, labels := range byKey {
		for a, n := range labels {
			p.both += n * (n - 1) / 2
			for b, m := range labels {
				if a < b && (archive.IsStatusID(a) == archive.IsStatusID(b) || words[a] && words[b]) {
					p.wrong += n * m
				}
			}
		}
	}
	return p
}

type goldTweet struct{ ID, Handle, Author, Date, Text string }

type labelled struct {
	page   string // all extractors' versions of a page have its number
	gold   goldTweet
	worded bool // gold has its text, and the article too
	key    string
	place  store.Place
}

// holds says whether the words are in the article, about where the embed
// does: labels that were read from markup have them also where an extractor
// dropped them.
func holds(p *store.Place, text string) bool {
	return text != "" && archive.Containment(archive.TrigramsOf(archive.Normalize(text)), archive.TrigramsOf(archive.Normalize(p.Before+p.Raw+p.After))) >= archive.SameWords
}

// match pairs labels with embeds of one article, the best fits first.
func match(golds []goldTweet, places []store.Place) (pairs []pair) {
	var all []pair
	for i, g := range golds {
		for j, p := range places {
			if fit := g.fits(&p); fit > 0 {
				all = append(all, pair{i, j, fit})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(b.fit, a.fit) })
	for _, p := range all {
		if !slices.ContainsFunc(pairs, func(q pair) bool { return q.gold == p.gold || q.place == p.place }) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

type pair struct {
	gold, place int
	fit         float64
}

// fits says how well an embed fits a label, 0 not at all: as eval/score.py.
func (g *goldTweet) fits(p *store.Place) float64 {
	switch {
	case g.ID != "" && p.ID != "":
		if g.ID == p.ID {
			return 3
		}
		return 0
	case g.Handle == "" || !strings.EqualFold(g.Handle, p.Handle):
		return 0
	}
	alike := archive.Containment(archive.TrigramsOf(archive.Normalize(g.Text)), archive.TrigramsOf(archive.Normalize(p.Text)))
	if g.Date != "" && p.Date != "" && g.Date != p.Date {
		return 0
	}
	return 1 + alike
}

// sameWords gives labels without a text, where an extractor damaged it, that of
// the same page's other versions if these have one tweet of that author and day.
func sameWords(seen []labelled) {
	of := func(s labelled) string {
		return fmt.Sprint(s.page, " ", strings.ToLower(s.place.Handle), " ", s.place.Date)
	}
	texts := map[string]map[string]bool{}
	for _, s := range seen {
		if s.gold.Text != "" {
			if texts[of(s)] == nil {
				texts[of(s)] = map[string]bool{}
			}
			texts[of(s)][s.gold.Text] = true
		}
	}
	for i, s := range seen {
		if t := texts[of(s)]; s.gold.Text == "" && len(t) == 1 {
			for text := range t {
				seen[i].gold.Text, seen[i].gold.Handle, seen[i].gold.Date = text, s.place.Handle, s.place.Date
			}
		}
	}
}

// labels names the tweet of each embed: by the ID that it has, or that
// another one of the same handle, day and words has; without one by these. It is
// empty where the text was not labelled and no ID is, or nobody can know. Labels
// that were read from markup differ in a sign or two.
func labels(seen []labelled) []string {
	type label struct {
		grams archive.Trigrams
		size  int
		ids   map[string]bool
		name  string
	}
	known := map[string][]*label{} // by handle and day
	of := make([]*label, len(seen))
	id := func(s labelled) string { return cmp.Or(s.gold.ID, s.place.ID) }
	for i, s := range seen {
		if s.gold.Text == "" {
			continue
		}
		author := strings.ToLower(s.gold.Handle) + " " + s.gold.Date
		words := strings.ReplaceAll(archive.Normalize(s.gold.Text), " ", "")
		grams := archive.TrigramsOf(words)
		for _, l := range known[author] {
			if author+" "+words == l.name || archive.Containment(grams, l.grams) > 0.9 && 5*min(len(grams), l.size) > 4*max(len(grams), l.size) {
				of[i] = l
			}
		}
		if of[i] == nil {
			of[i] = &label{grams, len(grams), map[string]bool{}, author + " " + words}
			known[author] = append(known[author], of[i])
		}
		if id := id(s); id != "" {
			of[i].ids[id] = true
		}
	}
	all := make([]string, len(seen))
	for i, s := range seen {
		switch {
		case id(s) != "":
			all[i] = id(s)
		case of[i] == nil || len(of[i].ids) > 1:
		case len(of[i].ids) == 1:
			for id := range of[i].ids {
				all[i] = id
			}
		default:
			all[i] = of[i].name
		}
	}
	return all
}

func forLines(t *testing.T, path string, each func([]byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		each(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
