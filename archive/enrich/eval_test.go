package enrich_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/archive/enrich/enrichtest"
	"example.org/tweetarc/fixtures/slow"
)

// labelled is the folder of the labelled real articles, which are not part of the
// project.
const labelled = "../../../shared/eval"

// goldTweet is a labelled tweet.
type goldTweet struct {
	ID     string
	Handle string
	Author string
	Date   string
	Text   string
}

// goldArticle is an article of a labelled set, with its tweets.
type goldArticle struct {
	file   string
	record int
	body   string
	bare   string // body as holds compares it
	tweets []*goldTweet
}

func lines(t *testing.T, path string, each func(n int, line []byte)) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 64<<20)
	for n := 1; s.Scan(); n++ {
		each(n, s.Bytes())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

// readGold reads the sets whose tweets are flattened text.
func readGold(t *testing.T) []*goldArticle {
	var all []*goldArticle
	for _, set := range []string{"articles", "oneline", "glued", "rows", "header", "extracted"} {
		files := map[string]map[int]*goldArticle{}
		lines(t, filepath.Join(labelled, "dev-"+set+".gold.jsonl"), func(_ int, line []byte) {
			var g struct {
				File   string
				Record int
				Tweets []*goldTweet
			}
			if err := json.Unmarshal(line, &g); err != nil {
				t.Fatal(err)
			}
			if files[g.File] == nil {
				files[g.File] = map[int]*goldArticle{}
			}
			a := &goldArticle{file: g.File, record: g.Record, tweets: g.Tweets}
			files[g.File][g.Record] = a
			all = append(all, a)
		})
		for file, records := range files {
			lines(t, filepath.Join(labelled, file), func(n int, line []byte) {
				if a := records[n]; a != nil {
					var v struct{ Text string }
					if err := json.Unmarshal(line, &v); err != nil {
						t.Fatal(err)
					}
					a.body = v.Text
				}
			})
		}
	}
	return all
}

// compared is a text as it is compared.
type compared struct {
	words string
	grams archive.Trigrams
}

func compare(text string) compared {
	words := archive.Normalize(text)
	return compared{words, archive.TrigramsOf(words)}
}

// alike says whether two texts are of one tweet, however they were damaged.
func (a *compared) alike(b *compared) bool {
	return a.words == b.words || archive.Containment(a.grams, b.grams) >= archive.SameWords
}

// label is the labelled tweet that the ith of those found is. If as many were found
// of its author as are labelled, it is the one with the same place among them, else
// the one of its day that is most alike.
func (a *goldArticle) label(found []archive.Embed, i int) *goldTweet {
	e := &found[i]
	sameDay := func(g *goldTweet) bool { return g.Date == e.Date || g.Date == "" || e.Date == "" }
	var labels []*goldTweet
	for _, g := range a.tweets {
		if strings.EqualFold(g.Handle, e.Handle) {
			labels = append(labels, g)
		}
	}
	nth, n := 0, 0
	for j := range found {
		if strings.EqualFold(found[j].Handle, e.Handle) {
			if j < i {
				nth++
			}
			n++
		}
	}
	if n == len(labels) && sameDay(labels[nth]) {
		return labels[nth]
	}
	var best *goldTweet
	most := -1.0
	for _, g := range labels {
		if score := likeness(e.Text, g.Text); sameDay(g) && score > most {
			best, most = g, score
		}
	}
	return best
}

// likeness says how well a labelled text fits one that was found.
func likeness(found, label string) float64 {
	f, l := compare(found), compare(label)
	score := archive.Containment(f.grams, l.grams)
	if strings.HasSuffix(f.words, l.words) {
		score++
	}
	return score
}

// holds says whether the beginning or the end of the tweet's words is in the article.
func (a *goldArticle) holds(g *goldTweet) bool {
	if a.bare == "" {
		a.bare = strings.ReplaceAll(archive.Normalize(a.body), " ", "")
	}
	w := []rune(strings.ReplaceAll(archive.Normalize(g.Text), " ", ""))
	n := min(len(w), 25)
	return strings.Contains(a.bare, string(w[:n])) || strings.Contains(a.bare, string(w[len(w)-n:]))
}

// Dumps give their IDs to the flattened tweets: the labelled ones, among others of
// the same authors and days.
func TestDumpGivesIDs(t *testing.T) {
	slow.Test(t)
	if _, err := os.Stat(labelled); err != nil {
		t.Skip("the labelled sets are not beside the project:", err)
	}
	articles := readGold(t)
	d := dumpOfLabels(articles)
	w := d.wantedIn(articles)
	for _, shape := range []string{"v1.1", "v2"} {
		dump := &enrich.Dump{Path: d.write(t, shape), Bad: func(err error) { t.Error(err) }}
		var got outcome
		err := enrich.Resolver{Finders: []enrich.Finder{dump}, Keep: func(matches []enrich.Match) error {
			for _, m := range matches {
				got.count(t, m, w.ids[m.Key], w.wordless[m.Key])
			}
			return nil
		}}.Run(t.Context(), wants(w.all...))
		if err != nil {
			t.Fatal(err)
		}
		share := 100 * float64(got.given) / float64(got.in)
		t.Logf("%s: %d flattened tweets of %d in a dump of %d: %d given their ID (%.2f %%), %d wrong, %d maybe; %d more have lost their words, %d are not labelled", shape, got.in, d.labelled, len(d.entries), got.given, share, got.wrong, got.maybe, len(w.wordless), w.strangers)
		if share < 98 || got.wrong > 0 {
			t.Errorf("%s: %.2f %% given, %d wrong", shape, share, got.wrong)
		}
	}
}

// outcome counts wanted tweets that are in the dump, and what became of them.
type outcome struct{ in, given, wrong, maybe int }

// count counts a match for a tweet with this ID, "" if it is not in the dump. A tweet
// without its words counts only if its match is wrong.
func (o *outcome) count(t *testing.T, m enrich.Match, id string, wordless bool) {
	counts := id != "" && !wordless
	if counts {
		o.in++
	}
	switch {
	case m.Sure && m.ID != id:
		o.wrong++
		t.Logf("wrong: %s: %s, want %s", m.Key, m.ID, id)
	case !counts || m.ID != id:
	case m.Sure:
		o.given++
	default:
		o.maybe++
	}
}

// entry is a tweet of a dump.
type entry struct {
	enrichtest.Tweet
	of map[*goldTweet]bool // labels of it: the sets overlap
	compared
}

// labelledDump is a dump of the labelled tweets, with IDs of their days, and of decoys.
type labelledDump struct {
	entries  []*entry
	labelled int // of these, the first ones
	byAuthor map[string][]*entry
	texts    []string // of the labels
}

func dumpOfLabels(articles []*goldArticle) *labelledDump {
	d := &labelledDump{byAuthor: map[string][]*entry{}}
	for _, a := range articles {
		for _, g := range a.tweets {
			if g.Text != "" && g.Handle != "" {
				d.addLabel(g)
			}
		}
	}
	d.labelled = len(d.entries)
	d.addDecoys()
	return d
}

// addLabel adds a labelled tweet, unless it is there.
func (d *labelledDump) addLabel(g *goldTweet) {
	var same *entry
	c := compare(g.Text)
	for _, e := range d.byAuthor[strings.ToLower(g.Handle)] {
		if (g.Date == "" || e.At.Format(time.DateOnly) == g.Date) && e.alike(&c) {
			same = e
		}
	}
	if same == nil {
		if same = d.add(g.Handle, g.Author, g.Date, g.Text); same == nil {
			return
		}
		d.texts = append(d.texts, g.Text)
	}
	if len(g.Text) > len(same.Text) {
		same.Text, same.compared = g.Text, c // the less damaged
	}
	same.of[g] = true
}

// addDecoys adds the words of others under the author and day of each labelled tweet,
// none of them twice under one author.
func (d *labelledDump) addDecoys() {
	i := 0
	for _, e := range d.entries[:d.labelled] {
		for added := 0; added < 5; i++ {
			text := d.texts[i*7919%len(d.texts)]
			c := compare(text)
			if slices.ContainsFunc(d.byAuthor[strings.ToLower(e.Handle)], func(o *entry) bool { return o.alike(&c) }) {
				continue
			}
			added++
			d.add(e.Handle, e.Author, e.At.Format(time.DateOnly), text)
		}
	}
}

// add adds a tweet. It returns nil for one of a day when IDs did not hold the time.
func (d *labelledDump) add(handle, author, date, text string) *entry {
	n := len(d.entries) + 1
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		day = time.Date(2018, 6, 1+n%28, 0, 0, 0, 0, time.UTC) // the article does not say it, but it has one
	}
	if day.Before(time.Date(2010, 11, 5, 0, 0, 0, 0, time.UTC)) {
		return nil
	}
	at := day.Add(time.Duration(n%86000) * time.Second)
	e := &entry{Tweet: enrichtest.Tweet{ID: enrichtest.ID(at, n%4096), Handle: handle, Author: author, Text: text, At: at, State: "found"}, of: map[*goldTweet]bool{}, compared: compare(text)}
	d.entries = append(d.entries, e)
	key := strings.ToLower(handle)
	d.byAuthor[key] = append(d.byAuthor[key], e)
	return e
}

// write writes the dump as v1.1 or v2.
func (d *labelledDump) write(t *testing.T, shape string) string {
	var b strings.Builder
	for _, e := range d.entries {
		var line any = e.V1()
		if shape == "v2" {
			tweet, user := e.V2()
			tweet["author"] = user
			line = tweet
			if len(e.ID)%2 == 0 {
				line = map[string]any{"data": []any{tweet}, "includes": map[string]any{"users": []any{user}}}
			}
		}
		j, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(j, '\n'))
	}
	return write(t, "dump.jsonl", []byte(b.String()))
}

// wantedTweets are what the detector finds of the labelled tweets.
type wantedTweets struct {
	all       []enrich.Wanted
	ids       map[string]string // by key; "" if the label has no text: it is not in the dump
	wordless  map[string]bool   // by key: the extractor lost its words, so there is nothing to find it by
	strangers int               // embeds without a label
}

func (d *labelledDump) wantedIn(articles []*goldArticle) wantedTweets {
	idOf := map[*goldTweet]string{}
	for _, e := range d.entries[:d.labelled] {
		for g := range e.of {
			idOf[g] = e.ID
		}
	}
	w := wantedTweets{ids: map[string]string{}, wordless: map[string]bool{}}
	for _, a := range articles {
		found := detect.Tweets(&archive.Article{Body: a.body})
		for i, e := range found {
			if e.ID != "" || e.Handle == "" || e.Text == "" {
				continue
			}
			g := a.label(found, i)
			if g == nil {
				w.strangers++
				continue
			}
			key := fmt.Sprintf("%s:%d:%d", a.file, a.record, e.Start)
			w.ids[key] = idOf[g]
			if g.Text != "" && !a.holds(g) {
				w.wordless[key] = true
			}
			w.all = append(w.all, enrich.Wanted{Tweet: e.Tweet, Key: key, Loose: e.Form == archive.FormWidget})
		}
	}
	return w
}
