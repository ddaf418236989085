package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"tweetarc/archive"
)

// crowd archives a few hundred tweets, some in several places, some on days
// that are none.
func crowd(t *testing.T, db *DB) {
	rnd := rand.New(rand.NewPCG(4, 2))
	handles := []string{"ada", "Ada", "bo_b", "c3", "", "dee"}
	days := []string{"2012-01-31", "2012-02-01", "2015-07-09", "2015-07-10", "2019-12-31", "", "9999-12-31", "2005-05-05"}
	var all [][]archive.Found
	for f := range 6 {
		var found []archive.Found
		for i := range 40 {
			var embeds []archive.Embed
			for range 1 + rnd.IntN(3) {
				id := ""
				day := days[rnd.IntN(len(days))]
				n := rnd.IntN(60)
				if n%3 == 0 {
					id, day = fmt.Sprint(1_000_000_000_000_000_000+int64(n)<<30), ""
				}
				e := say(handles[rnd.IntN(len(handles))], day, id, fmt.Sprintf("word%d and more of number %d", n%7, n))
				e.Form = Forms[rnd.IntN(3)]
				embeds = append(embeds, e)
			}
			a := article(fmt.Sprintf("f%d.jsonl", f), i+1, "2020-01-01", embeds...)
			a.Article.URL = []string{"https://www.one.example/x", "https://two.example/", "", "https://three.example/y"}[rnd.IntN(4)]
			found = append(found, a)
		}
		all = append(all, found)
	}
	keep(t, db, all...)
}

// A digest counts what SQL counts.
func TestDigest(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	ctx := t.Context()
	d, err := db.Digest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "word1", "word1 OR word2", "from:ada", "word3 from:bo_b", "since:2015", "until:2015", "source:one.example", "form:text", "has:id", "-has:id", "-word1", "min_sightings:3", "nothing"} {
		q, err := ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		n, err := db.Count(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 && text != "nothing" {
			t.Errorf("%q finds nothing", text)
		}
		m, err := db.Matches(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, top := range []int{2, 100} {
			want, err := db.Facets(ctx, q, top)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Facets(ctx, m, top)
			if err != nil {
				t.Fatal(err)
			}
			if got.WithID+got.WithoutID != n {
				t.Errorf("%q: %d tweets, want %d", text, got.WithID+got.WithoutID, n)
			}
			for _, f := range []*Facets{&want, &got} {
				for i := range f.Authors { // which of several names is chosen differs
					f.Authors[i].Label = ""
				}
				for _, list := range []*[]Count{&f.Authors, &f.Years, &f.Hosts, &f.Forms} {
					if len(*list) == 0 {
						*list = nil
					}
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%q:\n%+v, want\n%+v", text, got, want)
			}
		}
		for unit := range units {
			want, err := db.Histogram(ctx, q, unit)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Histogram(m, unit)
			if err != nil {
				t.Fatal(err)
			}
			if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%q by %s:\n%v, want\n%v", text, unit, got, want)
			}
		}
	}
	if _, err := d.Histogram(&Matches{all: true}, "week"); err == nil {
		t.Error("by week")
	}
}

// What came after the digest is left out, and an empty archive has one too.
func TestDigestOld(t *testing.T) {
	db := openTest(t)
	empty, err := db.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	crowd(t, db)
	m, err := db.Matches(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	some, err := ParseQuery("word1")
	if err != nil {
		t.Fatal(err)
	}
	n, err := db.Matches(t.Context(), some)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Matches{m, n} {
		f, err := empty.Facets(t.Context(), m, 5)
		if err != nil || f.WithID+f.WithoutID+len(f.Years)+len(f.Authors) != 0 {
			t.Error(f, err)
		}
	}
}

func TestWatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reader, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	w, err := reader.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	version := func() int64 {
		t.Helper()
		v, err := w.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := version()
	if version() != first {
		t.Error("another number without a change")
	}
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is on."))})
	if version() == first {
		t.Error("the same number after a change")
	}
}

func TestArticlesOf(t *testing.T) {
	db := openTest(t)
	loom := say("Ada", "2018-01-01", "", "The loom is on.")
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", loom, say("bo", "2018-01-01", "", "Not by Ada")), article("a.txt", 2, "2020-01-01", loom, loom)},
		[]archive.Found{article("b.txt", 1, "2019-01-01", loom), article("b.txt", 2, "2019-01-01", say("bo", "2018-01-01", "", "Not by Ada"))})
	for _, x := range []struct {
		limit, offset int
		want          string
	}{
		{0, 0, "[a.txt:2 2] [a.txt:1 1] [b.txt:1 1] "},
		{1, 0, "[a.txt:2 2] "},
		{2, 1, "[a.txt:1 1] [b.txt:1 1] "},
		{2, 9, ""},
	} {
		articles, err := db.ArticlesOf(t.Context(), "ada", x.limit, x.offset)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, a := range articles {
			got += fmt.Sprintf("[%v %d] ", a.Origin, a.Embeds)
		}
		if got != x.want {
			t.Errorf("limit %d offset %d: %s, want %s", x.limit, x.offset, got, x.want)
		}
	}
}

func TestRun(t *testing.T) {
	db := openTest(t)
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is on."))},
		[]archive.Found{article("b.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is off."))})
	runs, err := db.Runs(t.Context())
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	err = db.Inputs(t.Context(), runs[0].Key, func(in Input) error {
		runs[0].Inputs = append(runs[0].Inputs, in)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m, total, err := db.Run(t.Context(), runs[0].Key, 0, 0)
	if err != nil || total != 2 || !reflect.DeepEqual(*m, runs[0]) {
		t.Errorf("%+v, %d, %v; want %+v", m, total, err, runs[0])
	}
	m, total, err = db.Run(t.Context(), runs[0].Key, 1, 1)
	if err != nil || total != 2 || len(m.Inputs) != 1 || m.Inputs[0].Path != "b.txt" {
		t.Errorf("%+v, %d, %v", m, total, err)
	}
	if _, _, err := db.Run(t.Context(), "nix", 0, 0); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := db.Find(t.Context(), "1"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := db.Author(t.Context(), "nobody", 3); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if errors.Is(errorf("another"), ErrNotFound) {
		t.Error("another error is not found")
	}
}

func TestDoubts(t *testing.T) {
	db := openTest(t)
	e := say("ada", "", "1000000000000000000", "The loom is on.") // of 2018-05-25
	e.Date = "2018-05-27"
	keep(t, db, []archive.Found{article("a.txt", 1, "2018-05-20", e)})
	tw, err := db.Find(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	places, err := db.Places(t.Context(), e.ID, 0, 0)
	if err != nil || len(places) != 1 {
		t.Fatal(places, err)
	}
	var all []Finding
	if _, err := db.Verify(t.Context(), func(f Finding) error { all = append(all, f); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := Doubts(&places[0], tw); !reflect.DeepEqual(got, all) || len(got) != 3 { // day, before, zeros
		t.Errorf("%+v, Verify finds %+v", got, all)
	}
}
