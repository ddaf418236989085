package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// loomCopies are two articles with one tweet, found with prose before its words, and a
// third article with another tweet.
func loomCopies() []archive.Found {
	unsure := func(e archive.Embed) archive.Embed {
		e.Confidence = .6
		return e
	}
	const found = "She wrote at once: the engine weaves patterns like a loom"
	return []archive.Found{
		article("a.jsonl", 1, "2020-05-02", unsure(say("ada_l", "2020-05-01", "", found))),
		article("a.jsonl", 2, "2020-05-03", unsure(say("ada_l", "2020-05-01", "", found))),
		article("a.jsonl", 3, "2020-05-04", unsure(say("ada_l", "2020-05-01", "", "nothing is as old as yesterday's pattern"))),
	}
}

// wordsOf lists the tweets: words, confidence, who said so, and number of embeds.
func wordsOf(t testing.TB, db *DB) string {
	t.Helper()
	var all []string
	for _, h := range must(db.Search(t.Context(), nil, Page{})) {
		all = append(all, fmt.Sprintf("%s|%.2f|%s|%d", h.Text, h.Confidence, h.WordsBy, h.Embeds))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// The words that a person gives for one embed are those of the tweet and so of all its
// embeds. When they are taken back, all is as before.
func TestCorrections(t *testing.T) {
	const right = "the engine weaves patterns like a loom"
	const other = "nothing is as old as yesterday's pattern|0.60||1"
	for _, c := range []struct {
		name string
		said []string // coder, verdict and words, of the first embed
		want string
	}{
		{"a beginning", []string{"Ada begins " + right}, right + "|1.00|Ada|2"},
		{"an end", []string{"Ada ends She wrote at once: the engine weaves"}, "She wrote at once: the engine weaves|1.00|Ada|2"},
		{"other words altogether", []string{"Ada both Looms!"}, "Looms!|1.00|Ada|2"},
		{"right as found", []string{"Ada right "}, "She wrote at once: the engine weaves patterns like a loom|1.00|Ada|2"},
		{"two against one", []string{"Ada begins " + right, "Bob right ", "Eve begins " + right}, right + "|1.00|Ada|2"},
		{"one against one: the later", []string{"Ada begins " + right, "Bob ends She wrote"}, "She wrote|1.00|Bob|2"},
		{"changed", []string{"Ada begins wrote at once", "Ada begins " + right}, right + "|1.00|Ada|2"},
		{"taken back", []string{"Ada begins " + right, "Ada  "}, ""},
		{"not a tweet", []string{"Ada none "}, ""},
		{"no words", []string{"Ada begins "}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openTest(t)
			keep(t, db, loomCopies())
			before, embeds := wordsOf(t, db), export(t, db, Embeds)
			var first Case
			for _, k := range cases(t, db) {
				if k.Article.Record == 1 {
					first = k
				}
			}
			for i, s := range c.said {
				f := strings.SplitN(s, " ", 3)
				judge(t, db, first.Judged(f[0], archive.Verdict(f[1]), f[2], "", second(i)))
			}
			want := before
			if c.want != "" {
				want = strings.Join(slices.Sorted(slices.Values([]string{c.want, other})), "\n")
			} else if got := export(t, db, Embeds); got != embeds {
				t.Errorf("the embeds are not as they were:\n%s", diff(embeds, got))
			}
			if got := wordsOf(t, db); got != want {
				t.Errorf("tweets\n%s\nwant\n%s", got, want)
			}
			sound(t, db)

			// Read again by a newer detector, and elsewhere: the same.
			newer := runOf(t, db, Run{Detector: 100, Options: "newer"})
			addPart(t, newer, part(loomCopies()))
			closed(t, newer)
			merged := openTest(t)
			keep(t, merged, loomCopies())
			w := writer(t, merged)
			must(w.Merge(t.Context(), db))
			closed(t, w)
			for _, db := range []*DB{db, merged} {
				if got := wordsOf(t, db); got != want {
					t.Errorf("then\n%s\nwant\n%s", got, want)
				}
				sound(t, db)
			}
		})
	}
}
