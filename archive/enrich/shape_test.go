package enrich_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/enrich"
)

// What each of testdata/dumps gives. Most hold the same two tweets: one with an &,
// which APIs escape, and one with quotes, which tables double.
const (
	fog   = dumpID1 + " quay_watch|Quay Watch|Fog over the quay & bells|en"
	ferry = dumpID2 + ` quay_watch|Quay Watch|The ferry is late, "again"|en`
	both  = fog + "\n" + ferry
)

var dumpShapes = []struct{ name, want string }{
	{"twarc1.jsonl", both},
	{"pretty.json", both},
	{"array.json", both},
	{"glued.json", both},
	{"twarc2.jsonl", both},
	{"twarc2_flat.jsonl", both},
	{"twarc2.csv", both},
	{"hydrator.csv", both},
	{"export/tweets.js", both},
	{"export", both + "\n" + dumpID3 + " ||Gulls on the pier|"},
	{"twitter-2020.zip", both + "\n" + dumpID3 + " ||Gulls on the pier|"},
	{"snscrape.jsonl", both},
	{"twscrape.jsonl", both},
	{"twint.json", both},
	{"twint.csv", both},
	{"minet.csv", both},
	{"gallery-dl.json", both},
	{"zeeschuimer.ndjson", both},
	{"4cat.csv", both},
	{"academictwitteR", both},
	{"academictwitteR/data_1.json", both},
	{"rtweet.csv", both},
	{"tags.csv", strings.ReplaceAll(strings.ReplaceAll(both, "Quay Watch", ""), "|en", "|")},
	{"elections.csv", both},
	{"kaggle.csv", strings.ReplaceAll(strings.ReplaceAll(both, "Quay Watch", ""), "|en", "|")},
	{"stream.tar", fog + "\n" + dumpID2 + " pier_watch|Pier Watch|RT @quay_watch: Fog…|en\n" + dumpID3 + " gone"},

	{"ids.txt", "error: a list of tweet IDs without the tweets' words (hydrate them first"},
	{"ids.jsonl", "error: a list of tweet IDs without the tweets' words (hydrate them first"},
	{"idrow.txt", "error: a list of tweet IDs without the tweets' words (hydrate them first"},
	{"ids.csv", "error: a table of tweet IDs without the tweets' words (columns: tweet_id, relevant) (hydrate them first"},
	{"rounded.csv", "error: a table whose tweet IDs were rounded to numbers, as spreadsheets do"},
	{"zeros.csv", "error: a table whose tweet IDs were rounded to numbers, as spreadsheets do"},
	{"notes.txt", "error: text without tweets: neither JSON nor a table"},
	{"other.json", "error: no tweets in it: none of its 1 records has a tweet's ID and words (fields: pages, title)"},
	{"users.jsonl", "error: no tweets in it: none of its 1 records has a tweet's ID and words (fields: description, id, name, username)"},
}

const dumpID3 = "1234427700000000003"

func TestDumpShapes(t *testing.T) {
	for _, c := range dumpShapes {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			d := &enrich.Dump{Path: filepath.Join("testdata/dumps", c.name), Contents: contents}
			err := d.Ask(t.Context(), []archive.Tweet{{ID: dumpID1}, {ID: dumpID2}, {ID: dumpID3}}, func(a enrich.Answer) error {
				got[a.ID] = fmt.Sprintf("%s %s|%s|%s|%s", a.ID, a.Handle, a.Author, a.Text, a.Lang)
				if a.State != enrich.Found {
					got[a.ID] = a.ID + " " + string(a.State)
				}
				if len(a.Raw) == 0 || a.State == enrich.Found && a.Date != "2020-03-02" {
					t.Errorf("%s: body %q, day %s", a.ID, a.Raw, a.Date)
				}
				return nil
			})
			var all []string
			for _, id := range []string{dumpID1, dumpID2, dumpID3} {
				if got[id] != "" {
					all = append(all, got[id])
				}
			}
			if err != nil {
				all = append(all, "error: "+err.Error())
			}
			if s := strings.Join(all, "\n"); s != c.want && (err == nil || !strings.HasPrefix(s, c.want)) {
				t.Errorf("got\n%s\nwant\n%s", s, c.want)
			}
			// The author leads to the same tweets.
			n := 0
			d = &enrich.Dump{Path: d.Path, Contents: contents}
			d.Find(t.Context(), []enrich.Wanted{{Tweet: archive.Tweet{Handle: "Quay_Watch"}}}, func(a enrich.Answer) {
				if a.Handle == "quay_watch" {
					n++
				}
			}, func(...int) error { return nil })
			if want := strings.Count(c.want, "quay_watch|"); n != want {
				t.Errorf("%d tweets of the author, not %d", n, want)
			}
		})
	}
}
