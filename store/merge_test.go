package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tweetarc/archive"
)

// Archives merged in any order, any of them twice, whatever of their files they
// share: the same exports, those of all in one.
func TestMerge(t *testing.T) {
	var pool []archive.Embed
	for _, c := range clusterCases {
		embeds, _ := sightings(t, c.sightings)
		pool = append(pool, embeds...)
	}
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		var paths []string
		for i := range 4 {
			path := fmt.Sprintf("%s/%d.db", t.TempDir(), i)
			paths = append(paths, path)
			db, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			w, err := db.Writer(Run{Detector: fmt.Sprint(8 + rnd.IntN(4))}) // 10 is newer than 9
			if err != nil {
				t.Fatal(err)
			}
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
				if err := w.Add(p); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
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
				other, err := OpenReadOnly(paths[i])
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Merge(t.Context(), other); err != nil {
					t.Fatal(err)
				}
				other.Close()
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			got := export(t, db, Embeds) + export(t, db, Tweets)
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

// sound verifies the file's own checks.
func sound(t testing.TB, db *DB) {
	t.Helper()
	_, err := db.Verify(t.Context(), func(f Finding) error {
		if i := slices.IndexFunc(Checks, func(c struct{ Name, Doc string }) bool { return c.Name == f.Check }); i <= 3 {
			t.Errorf("verify: %s: %s", f.Check, f.Detail)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReplaceIsWhole(t *testing.T) {
	db := openTest(t)
	w := writer(t, db)
	first := article("a", 1, "2020-05-02", say("ada", "2020-05-01", "", "one thing and another thing"))
	if err := w.Add(part([]archive.Found{first})); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := export(t, db, Embeds)
	cut := errors.New("cut off")
	newer := FileState{File: *file("a"), Detector: "2", Record: 2, Done: true, Records: 2}
	_, err := w.replace(&incoming{FileState: newer, articles: func(yield func(Sightings, error) bool) {
		_ = yield(sightingsOf(article("a", 1, "", say("bob", "2020-05-01", "", "something else"))), nil) && yield(Sightings{}, cut)
	}}, nil)
	if of := new(sourceError); !errors.As(err, &of) || of.err != cut {
		t.Fatalf("error %v", err)
	}
	if got := export(t, db, Embeds); got != want {
		t.Errorf("a broken replacement left\n%s", got)
	}
	for _, c := range []struct {
		detector string
		want     bool
	}{{"2", true}, {"2", false}, {"1", false}, {"10", true}, {"9", false}} {
		newer.Detector = c.detector
		got, err := w.replace(&incoming{FileState: newer, articles: func(yield func(Sightings, error) bool) {
			yield(sightingsOf(article("a", 1, "", say("bob", "2020-05-01", "", "something else"))), nil)
		}}, nil)
		if err != nil || got != c.want {
			t.Errorf("detector %s: replaced %v, %v", c.detector, got, err)
		}
	}
	sound(t, db)
}
