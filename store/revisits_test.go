package store

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// A revisit is a place of what it revisits, whichever is read first.
func TestRevisits(t *testing.T) {
	found := article("orig", 1, "", say("ada", "2020-05-01", "", "one thing"))
	found.Article.URL, found.Article.Payload = "https://news.example/1", "sha1:A"
	orig := part([]archive.Found{found})
	again := func() archive.Part {
		p := archive.Part{File: &archive.File{Path: "again", Abs: "/again", Size: 100}, Records: 2, Record: 2, Last: true}
		for i, url := range []string{"http://www.news.example/1", "https://news.example/2"} {
			p.Errors = append(p.Errors, &archive.ReadError{
				Origin: archive.Origin{File: "again", Record: i + 1}, Err: archive.Skipped("WARC revisit record"),
				Revisit: &archive.Revisit{URL: url, Payload: "sha1:a", RecordID: "urn:uuid:1"},
			})
		}
		return p
	}()
	for name, parts := range map[string][]archive.Part{"original first": {orig, again}, "revisit first": {again, orig}} {
		for _, shards := range []bool{false, true} {
			db := openTest(t)
			for _, p := range parts {
				if shards {
					mergeAll(t, db, shardOf(t, t.TempDir(), p.File.Path, copied(p)))
					continue
				}
				w := writer(t, db)
				addPart(t, w, copied(p))
				closed(t, w)
			}
			got := export(t, db, Places)
			if strings.Count(got, "\n") != 3 || !strings.Contains(got, "again,1,") || !strings.Contains(got, "urn:uuid:1,sha1:A") {
				t.Errorf("%s, by shards %v:\n%s", name, shards, got)
			}
			sound(t, db)
		}
	}
}
