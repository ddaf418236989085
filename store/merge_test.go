package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/fixtures/slow"
)

// Archives merged in any order, any of them twice, whatever of their files they
// share: the same exports, those of all in one.
func TestMerge(t *testing.T) {
	var pool []archive.Embed
	for _, c := range clusterCases {
		embeds, _ := embedsFrom(t, c.embeds)
		pool = append(pool, embeds...)
	}
	for seed := range uint64(slow.Or(2, 6)) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		var paths []string
		for i := range 4 {
			path := fmt.Sprintf("%s/%d.db", t.TempDir(), i)
			paths = append(paths, path)
			db := must(Open(path))
			w := must(db.Writer(Run{Detector: 8 + rnd.IntN(4)}))
			for _, n := range rnd.Perm(8)[:5] {
				var found []archive.Found
				for record := range 1 + rnd.IntN(3) {
					e := pool[rnd.IntN(len(pool))]
					e.Links = []archive.Link{{Shown: "a", URL: "https://t.co/" + fmt.Sprint(rnd.IntN(3))}}
					found = append(found, article(fmt.Sprintf("%02d", n), record+1, "2020-05-02", e))
				}
				p := part(found)
				p.Last = rnd.IntN(4) > 0
				if rnd.IntN(4) == 0 {
					p.File.Size, p.File.ModTime = -1, time.Time{}
				} else {
					p.File.ModTime = time.Unix(int64(1_500_000_000+rnd.IntN(3)), 0)
				}
				addPart(t, w, copied(p))
			}
			closed(t, w)
			if err := db.AddLookups(t.Context(), []Lookup{{ID: "1256100000000000001", Score: 1, Source: "v2", State: []string{"found", "gone", "unknown", "maybe"}[i], At: time.Unix(int64(1_600_000_000+i), 0)}}); err != nil {
				t.Fatal(err)
			}
			db.Close()
		}
		want := ""
		for range 5 {
			db := openTest(t)
			w := writer(t, db)
			order := append(rnd.Perm(len(paths)), rnd.Perm(len(paths))[:2]...)
			rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for _, i := range order {
				other := must(OpenReadOnly(paths[i]))
				must(w.Merge(t.Context(), other))
				other.Close()
			}
			closed(t, w)
			got := exportAll(t, db)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("seed %d, order %v:\n%s", seed, order, diff(want, got))
			}
			sound(t, db)
			runs, err := db.Runs(t.Context())
			if err != nil || len(runs) != len(paths)+1 {
				t.Errorf("%d runs, %v", len(runs), err)
			}
		}
	}
}

// exportAll is all that can be exported, with what is superseded and without.
func exportAll(t testing.TB, db *DB) string {
	t.Helper()
	var b bytes.Buffer
	for _, q := range []*Query{nil, (*Query)(nil).WithSuperseded()} {
		for _, of := range []What{Tweets, Embeds, Places, Lookups} {
			out := NewCSV(&b, of.Columns())
			must(db.Export(t.Context(), of, q, out.Write))
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

// sound verifies that the file has no damage.
func sound(t testing.TB, db *DB) {
	t.Helper()
	damage := map[string]bool{}
	for _, c := range Checks {
		damage[c.Name] = c.Damage
	}
	_, err := db.Verify(t.Context(), func(f Finding) error {
		if damage[f.Check] {
			t.Errorf("verify: %s: %s", f.Check, f.Detail)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two archives know an article by detectors of two versions: the embeds of the higher
// one count, whichever comes first.
func TestHigherDetector(t *testing.T) {
	found := func(text string) archive.Found {
		f := article("a", 1, "2020-05-02", say("ada", "2020-05-01", "", text))
		f.Article.Body = "The same body of both, long enough for the embed that is in it: one thing, and another thing. (@ada) And so on and so forth."
		f.Embeds[0].Start, f.Embeds[0].End = 10, 100
		return f
	}
	var dbs []*DB
	for version, text := range []string{"one thing", "another thing"} {
		db := openTest(t)
		w := must(db.Writer(Run{Detector: 9 + version}))
		if err := errors.Join(w.Add(part([]archive.Found{found(text)})), w.Close()); err != nil {
			t.Fatal(err)
		}
		dbs = append(dbs, db)
	}
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 1, 0}} {
		db := openTest(t)
		w := writer(t, db)
		for _, i := range order {
			must(w.Merge(t.Context(), dbs[i]))
		}
		closed(t, w)
		if got := export(t, db, Embeds); strings.Count(got, "\n") != 2 || !strings.Contains(got, ",another thing,") {
			t.Errorf("%v:\n%s", order, got)
		}
		sound(t, db)
	}
}
