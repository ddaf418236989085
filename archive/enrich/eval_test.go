package enrich_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/archive/enrich/enrichtest"
	"example.org/tweetarc/internal/slow"
)

// labelled is where the labelled real articles are, which are not part of the
// project: beside it.
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

// readGold reads the sets whose tweets stand flattened in text.
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

// alike tells whether two texts are of one tweet, however they were damaged.
func (a *compared) alike(b *compared) bool {
	return a.words == b.words || archive.Containment(a.grams, b.grams) >= archive.SameWords
}

// label is the labelled tweet that the ith of those found is: of one author in
// one article the nth, if as many were found as are labelled, else the one that
// is most alike, of its day.
func (a *goldArticle) label(found []archive.Embed, i int) *goldTweet {
	e := &found[i]
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
	if n == len(labels) && (labels[nth].Date == e.Date || labels[nth].Date == "" || e.Date == "") {
		return labels[nth]
	}
	var best *goldTweet
	most := -1.0
	for _, g := range labels {
		if g.Date != "" && e.Date != "" && g.Date != e.Date {
			continue
		}
		score := archive.Containment(archive.TrigramsOf(archive.Normalize(e.Text)), archive.TrigramsOf(archive.Normalize(g.Text)))
		if strings.HasSuffix(archive.Normalize(e.Text), archive.Normalize(g.Text)) {
			score++
		}
		if score > most {
			best, most = g, score
		}
	}
	return best
}

// holds tells whether the tweet's words, or their beginning or end, stand in the
// article.
func (a *goldArticle) holds(g *goldTweet) bool {
	if a.bare == "" {
		a.bare = strings.ReplaceAll(archive.Normalize(a.body), " ", "")
	}
	w := []rune(strings.ReplaceAll(archive.Normalize(g.Text), " ", ""))
	n := min(len(w), 25)
	return strings.Contains(a.bare, string(w[:n])) || strings.Contains(a.bare, string(w[len(w)-n:]))
}

// Dumps give their IDs to the flattened tweets: the labelled ones, among others
// of the same authors and days.
func TestDumpGivesIDs(t *testing.T) {
	slow.Test(t)
	if _, err := os.Stat(labelled); err != nil {
		t.Skip("the labelled sets are not beside the project:", err)
	}
	articles := readGold(t)

	// Each labelled tweet once, with an ID of its day; the sets overlap.
	type entry struct {
		enrichtest.Tweet
		of map[*goldTweet]bool
		compared
	}
	byAuthor := map[string][]*entry{}
	var dump []*entry
	var texts []string
	n := 0
	add := func(handle, author, date, text string) *entry {
		n++
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			day = time.Date(2018, 6, 1+n%28, 0, 0, 0, 0, time.UTC) // not told in the article, but it has one
		}
		if day.Before(time.Date(2010, 11, 5, 0, 0, 0, 0, time.UTC)) {
			return nil // IDs did not tell the time
		}
		at := day.Add(time.Duration(n%86000) * time.Second)
		e := &entry{Tweet: enrichtest.Tweet{ID: enrichtest.ID(at, n%4096), Handle: handle, Author: author, Text: text, At: at, State: "found"}, of: map[*goldTweet]bool{}, compared: compare(text)}
		dump = append(dump, e)
		return e
	}
	for _, a := range articles {
		for _, g := range a.tweets {
			if g.Text == "" || g.Handle == "" {
				continue
			}
			key := strings.ToLower(g.Handle)
			var same *entry
			c := compare(g.Text)
			for _, e := range byAuthor[key] {
				if (g.Date == "" || e.At.Format(time.DateOnly) == g.Date) && e.alike(&c) {
					same = e
				}
			}
			if same == nil {
				if same = add(g.Handle, g.Author, g.Date, g.Text); same == nil {
					continue
				}
				byAuthor[key] = append(byAuthor[key], same)
				texts = append(texts, g.Text)
			}
			if len(g.Text) > len(same.Text) {
				same.Text, same.compared = g.Text, c // the less damaged
			}
			same.of[g] = true
		}
	}
	real := len(dump)
	// Decoys: words of others, under the same authors and days, each once an author.
	i := 0
	for _, e := range dump[:real] {
		key := strings.ToLower(e.Handle)
		for added := 0; added < 5; i++ {
			text := texts[i*7919%len(texts)]
			c := compare(text)
			if fits := func() bool {
				for _, o := range byAuthor[key] {
					if o.alike(&c) {
						return false
					}
				}
				return true
			}(); !fits {
				continue
			}
			added++
			d := add(e.Handle, e.Author, e.At.Format(time.DateOnly), text)
			byAuthor[key] = append(byAuthor[key], d)
		}
	}

	// What the detector finds of them.
	var wanted []enrich.Wanted
	truth := map[string]string{}  // the ID, by key
	strangers := 0                // what the detector finds beyond the labels
	wordless := map[string]bool{} // the extractor lost its words: there is nothing to find it by
	entryOf := map[*goldTweet]string{}
	for _, e := range dump[:real] {
		for g := range e.of {
			entryOf[g] = e.ID
		}
	}
	for _, a := range articles {
		found := detect.Tweets(&archive.Article{Body: a.body})
		for i, e := range found {
			if e.ID != "" || e.Handle == "" || e.Text == "" {
				continue
			}
			g := a.label(found, i)
			if g == nil {
				strangers++
				continue
			}
			key := fmt.Sprintf("%s:%d:%d", a.file, a.record, e.Start)
			truth[key] = entryOf[g] // "" if its text is not labelled: it is not in the dump
			if g.Text != "" && !a.holds(g) {
				wordless[key] = true
			}
			wanted = append(wanted, enrich.Wanted{Tweet: e.Tweet, Key: key, Loose: e.Form == archive.FormWidget})
		}
	}

	for _, shape := range []string{"v1.1", "v2"} {
		var b strings.Builder
		for _, e := range dump {
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
		d := &enrich.Dump{Path: write(t, "dump.jsonl", []byte(b.String())), Bad: func(err error) { t.Error(err) }}
		in, given, wrong, maybe := 0, 0, 0, 0
		err := enrich.Resolver{Finders: []enrich.Finder{d}, Keep: func(matches []enrich.Match) error {
			for _, m := range matches {
				want := truth[m.Key]
				if want != "" && !wordless[m.Key] {
					in++
				}
				switch {
				case m.Sure && m.ID == want && wordless[m.Key]:
					// found by less than these
				case m.Sure && m.ID == want:
					given++
				case m.Sure:
					wrong++
					t.Logf("wrong: %s: %s, want %s", m.Key, m.ID, want)
				case want != "" && m.ID == want && !wordless[m.Key]:
					maybe++
				}
			}
			return nil
		}}.Run(t.Context(), wants(wanted...))
		if err != nil {
			t.Fatal(err)
		}
		share := float64(given) / float64(in)
		t.Logf("%s: %d flattened tweets of %d in a dump of %d: %d given their ID (%.2f %%), %d wrong, %d maybe; %d more have lost their words, %d are not labelled", shape, in, real, len(dump), given, 100*share, wrong, maybe, len(wordless), strangers)
		if share < 0.98 || wrong > 0 {
			t.Errorf("%s: %.2f %% given, %d wrong", shape, 100*share, wrong)
		}
	}
}
