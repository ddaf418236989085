package store

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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

// A digest finds, sorts and counts what SQL does.
func TestDigest(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	ctx := t.Context()
	d, err := db.Digest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"", "word1", "word1 OR word2", "from:ada", "from:ADA -word2", "word3 from:bo_b", "since:2015", "until:2015", "since:2012-01-31 until:2012-02-01", "until:2005", "since:9999-12-31",
		"source:one.example", "source:example", "form:text", "has:id", "-has:id", "-word1", "min_sightings:3", "nothing", "nothing from:ada", "word1 OR from:ada", "(word1 from:ada) OR (word2 -from:ada)",
		"-(word1 has:id)", "more -word1 -word2 since:2015", "-word1 -has:id", "number -(word1 OR word2)", `"number 9" has:id`, "1000000096636764160 OR word1 has:id", "from:nobody", "min_sightings:0",
	} {
		q, err := ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		n, err := db.Count(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 && !strings.Contains(text, "no") && text != "until:2005" {
			t.Errorf("%q finds nothing", text)
		}
		m, err := d.Find(ctx, q, 0)
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != n || m.More {
			t.Errorf("%q: %d tweets, want %d", text, m.Len(), n)
		}
		for _, sort := range Sorts {
			for _, page := range []Page{{Limit: 7}, {Limit: 7, Offset: 7}, {Limit: 7, Offset: n - n%7}, {Limit: 1, Offset: n}, {Offset: 3}} {
				page.Sort = sort
				want, err := db.Search(ctx, q, page)
				if err != nil {
					t.Fatal(err)
				}
				got, err := d.Search(ctx, q, m, page)
				if err != nil {
					t.Fatal(err)
				}
				if sort == ByRelevance && q.Ranked() { // of those that are as good the order differs
					for _, hits := range [][]Hit{want, got} {
						for i := range hits {
							hits[i] = Hit{Marks: hits[i].Marks}
						}
					}
				}
				if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
					t.Errorf("%q, %+v:\n%+v, want\n%+v", text, page, got, want)
				}
			}
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
			same(t, text, &got, &want, &got.Authors, &want.Authors)
			stats, err := db.Stats(ctx, q, top)
			if err != nil {
				t.Fatal(err)
			}
			counted, err := d.Stats(ctx, m, top)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []*Stats{&stats, &counted} {
				if top == 2 {
					s.TopArticles = nil // of as many embeds, mostly
				}
				slices.SortFunc(s.TopArticles, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
			}
			same(t, text, &counted, &stats, &counted.TopAuthors, &stats.TopAuthors)
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
	if _, err := d.Histogram(&Matches{set: d.tweets}, "week"); err == nil {
		t.Error("by week")
	}
	for _, handle := range []string{"ada", "@BO_B", "c3"} {
		want, err := db.Author(ctx, handle, 5)
		if err != nil {
			t.Fatal(err)
		}
		got, m, err := d.Author(ctx, handle, 5)
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != want.Tweets || !strings.EqualFold(got.Handle, want.Handle) {
			t.Errorf("%s: %d tweets of %s, want %d of %s", handle, m.Len(), got.Handle, want.Tweets, want.Handle)
		}
		// The crowd tweets the same under several names.
		got.Handle, got.Names, want.Names, got.With, want.With = want.Handle, nil, nil, nil, nil
		same(t, handle, got, want)
	}
	if _, _, err := d.Author(ctx, "nobody", 5); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// same fails where what was counted differs: but for which of several names
// people are called by, and for lists that are nil or empty.
func same[T any](t *testing.T, what string, got, want *T, names ...*[]Count) {
	t.Helper()
	for _, list := range names {
		for i := range *list {
			(*list)[i].Label = ""
			(*list)[i].Name = strings.ToLower((*list)[i].Name)
		}
	}
	for _, v := range []reflect.Value{reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()} {
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() == 0 {
				f.SetZero()
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q:\n%+v, want\n%+v", what, *got, *want)
	}
}

// Of what many words find, what came last is looked at.
func TestFindBounded(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	ctx := t.Context()
	d, err := db.Digest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		query string
		most  int
		n     int
		more  bool
	}{
		{"more", 10, 10, true},
		{"more", 10_000, -1, false},
		{"word1", 3, 3, true},
		{"word1 OR word2", 3, 3, true},
		{"more from:ada", 3, -1, false}, // what narrows is looked at whole
		{"-more", 3, -1, false},
		{"", 3, -1, false},
	} {
		q, err := ParseQuery(x.query)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := db.list(ctx, `SELECT t.id FROM tweets t WHERE t.id IN (SELECT docid FROM tweets_fts WHERE tweets_fts MATCH ?) ORDER BY t.id DESC LIMIT ?`, q.match, x.most)
		if q.match == "" || q.cond != "" {
			whole = nil
		} else if err != nil {
			t.Fatal(err)
		}
		if x.n < 0 {
			if x.n, err = db.Count(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		m, err := d.Find(ctx, q, x.most)
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != x.n || m.More != x.more {
			t.Errorf("%q, at most %d: %d, %v", x.query, x.most, m.Len(), m.More)
		}
		for _, id := range whole {
			if !m.set.has(int32(id)) {
				t.Errorf("%q, at most %d: without row %d", x.query, x.most, id)
			}
		}
		if hits, err := d.Search(ctx, q, m, Page{}); err != nil || len(hits) != x.n {
			t.Errorf("%q, at most %d: %d hits, %v", x.query, x.most, len(hits), err)
		}
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
	for _, text := range []string{"", "word1", "word1 has:id", "id:1", "source:one.example", "from:ada", "-word1"} {
		q, err := ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := empty.Find(t.Context(), q, 0)
		if err != nil || m.Len() != 0 {
			t.Errorf("%q: %+v, %v", text, m, err)
			continue
		}
		f, err := empty.Facets(t.Context(), m, 5)
		if err != nil || f.WithID+f.WithoutID+len(f.Years)+len(f.Authors) != 0 {
			t.Error(f, err)
		}
		if hits, err := empty.Search(t.Context(), q, m, Page{}); err != nil || len(hits) != 0 {
			t.Error(hits, err)
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
	d, err := db.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, ada, err := d.Author(t.Context(), "ada", 1)
	if err != nil {
		t.Fatal(err)
	}
	if name := say("Ada", "", "", "").Author; !reflect.DeepEqual(a.Names, []Count{{Name: name, N: 1}}) || len(a.With) != 1 || a.With[0].Name != "bo" || a.With[0].N != 1 {
		t.Errorf("%+v", a)
	}
	for _, x := range []struct {
		limit, offset int
		want          string
	}{
		{0, 0, "[a.txt:2 2] [a.txt:1 1] [b.txt:1 1] "},
		{1, 0, "[a.txt:2 2] "},
		{2, 1, "[a.txt:1 1] [b.txt:1 1] "},
		{2, 9, ""},
	} {
		articles, err := d.ArticlesOf(t.Context(), ada, x.limit, x.offset)
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

// What a digest has looked up it does not look up again, and says the same.
func TestDigestKeeps(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	find := func(d *Digest, text string, most int) string {
		t.Helper()
		q, err := ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.Find(t.Context(), q, most)
		if err != nil {
			t.Fatal(err)
		}
		hits, err := d.Search(t.Context(), q, m, Page{Limit: 7, Offset: 2})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(m.Len(), m.More, m.Ranked(q), hits)
	}
	d, err := db.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{3, 1, 3, 0, 3, 1, 10_000} {
		for _, text := range []string{"word1", "word1 has:id", "word1 -word2", "word1 OR word2", `"word1"`, "word*"} {
			fresh, err := db.Digest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := find(d, text, most), find(fresh, text, most); got != want {
				t.Errorf("%q, most %d: %s, at first %s", text, most, got, want)
			}
		}
	}
	if len(d.answers.all) == 0 {
		t.Error("nothing kept")
	}
	// Memory is bounded.
	for i := range 10_000 {
		d.answers.keep(fmt.Sprint(i), found{ids: make([]int32, 2000)})
		if d.answers.size > maxKept {
			t.Fatal(d.answers.size)
		}
	}
	d.answers.keep("all", found{ids: make([]int32, maxKept/4)})
	if _, ok := d.answers.get("all"); ok {
		t.Error("one list takes all the room")
	}
}
