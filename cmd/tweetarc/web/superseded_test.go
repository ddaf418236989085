package web

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// edited is an archive of files that were read, changed, and read again:
//
//	a.jsonl   turns and stays; later stays alone
//	b.jsonl   stays at record 3, in an article that is also at c.jsonl:7
//	d.jsonl   gone, by somebody of whom nothing else is known; later nothing
func edited(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	turns := archive.Tweet{Author: "Ada Mole", Handle: "ada_mole", Date: "2019-05-04", Text: "The mill turns."}
	stays := archive.Tweet{Author: "Ada Mole", Handle: "ada_mole", Date: "2019-05-05", Text: "The mill stays."}
	gone := archive.Tweet{Author: "Bo Farrow", Handle: "bo_farrow", Date: "2019-05-06", Text: "The ferry is gone."}
	first := func(path string) archive.Found {
		return article(path, 1, "https://mill.example/"+path, "First version of "+path, "2019-05-07", turns, stays)
	}
	twice := func(path string, record int) archive.Found {
		return article(path, record, "https://mill.example/twice", "In two places", "2019-05-08", stays)
	}
	fill(t, db,
		part("a.jsonl", first("a.jsonl")), part("b.jsonl", twice("b.jsonl", 3)), part("c.jsonl", twice("c.jsonl", 7)),
		part("d.jsonl", article("d.jsonl", 1, "https://ferry.example/", "The ferry", "2019-05-07", gone)))
	var later []archive.Part
	for _, p := range []archive.Part{part("a.jsonl", article("a.jsonl", 1, "https://mill.example/a.jsonl", "Second version", "2019-05-09", stays)), part("d.jsonl")} {
		p.File.Size++
		p.Records, p.Record = 1, 1
		later = append(later, p)
	}
	fill(t, db, later...)
	return db
}

func TestSuperseded(t *testing.T) {
	db := edited(t)
	s, err := New(db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h := httptest.NewServer(s)
	defer h.Close()
	key := func(text string) string {
		q, err := store.ParseQuery(text + " include:superseded")
		if err != nil {
			t.Fatal(err)
		}
		hits, err := db.Search(t.Context(), q, store.Page{})
		if err != nil || len(hits) != 1 {
			t.Fatal(hits, err)
		}
		return "/tweet/" + pathOf(hits[0].Key)
	}
	const mark = "superseded: no longer in its file"
	for _, c := range []struct {
		path       string
		want, lack []string
	}{
		{"/", []string{">1 tweet</a>", "Second version"}, []string{"First version", mark}},
		{"/?sort=-date", []string{"1 tweet</h2>", "The mill stays."}, []string{"The mill turns.", mark}},
		{"/?q=include:superseded", []string{"3 tweets<span class=\"of\"> of 3", "The mill turns.", mark, `value="include:superseded"`, "sort=date"}, nil},
		{"/?q=turns", []string{"No tweets found"}, []string{mark}},
		{"/?q=turns+include:superseded", []string{"1 tweet<", `class="superseded"`, `href="` + key("turns") + `"`}, nil},
		{"/csv?q=turns+include:superseded", []string{"The mill turns."}, nil},
		// The page of a tweet has the current embeds, and the others on request.
		{key("stays"), []string{"2 embeds", "Superseded: 1 embed", `href="` + key("stays") + `?superseded=1">Show`, "Second version", ">in 2 places</a>"}, []string{"First version", mark}},
		{key("stays") + "?superseded=1", []string{"3 embeds", "Superseded: 1 embed, no longer in its file, marked below", `href="` + key("stays") + `">Hide`, "First version", mark, `class="embed gone"`}, nil},
		// The page of one that is superseded.
		{key("turns"), []string{"1 embed<", "All are superseded", "First version", mark}, []string{"?superseded"}},
		{key("turns") + "?superseded=1&page=9", []string{"1 embed<", "First version", mark}, nil},
		// An article has a page at each of its places.
		{"/article?file=b.jsonl&record=3", []string{"b.jsonl:3</bdi></span>, in 2 places", "The mill stays."}, []string{mark}},
		{"/article?file=c.jsonl&record=7", []string{"c.jsonl:7</bdi></span>, in 2 places", "The mill stays."}, []string{mark}},
		{"/article?file=a.jsonl&record=1", []string{"Second version"}, []string{"First version"}},
		{"/article?file=d.jsonl&record=1", []string{mark, "The ferry is gone."}, nil},
		{"/author/ada_mole", []string{"The mill stays."}, []string{"The mill turns."}},
		{"/author/bo_farrow", []string{"The ferry is gone.", mark}, nil},
		{"/stats?q=include:superseded", []string{`value="include:superseded"`}, nil},
	} {
		status, body := get(t, h, c.path)
		if status != 200 {
			t.Errorf("%s: %d", c.path, status)
		}
		for _, w := range c.want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %q in\n%s", c.path, w, body)
			}
		}
		for _, w := range c.lack {
			if strings.Contains(body, w) {
				t.Errorf("%s has %q", c.path, w)
			}
		}
	}
}

// A report has what its query finds.
func TestReportSuperseded(t *testing.T) {
	db := edited(t)
	for text, tweets := range map[string]int{"": 1, "include:superseded": 3, "from:bo_farrow include:superseded": 1} {
		q, err := store.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		w, err := Report(t.Context(), db, q, t.TempDir(), 0)
		if err != nil || w.Tweets != tweets {
			t.Errorf("%q: %v, %v", text, w, err)
		}
	}
}

// Where all is superseded, the archive is not called empty.
func TestAllSuperseded(t *testing.T) {
	db, err := store.Open(filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill(t, db, part("d.jsonl", article("d.jsonl", 1, "", "The ferry", "2019-05-07", archive.Tweet{Author: "Bo Farrow", Handle: "bo_farrow", Date: "2019-05-06", Text: "The ferry is gone."})))
	p := part("d.jsonl")
	p.File.Size++
	p.Records, p.Record = 1, 1
	fill(t, db, p)
	s, err := New(db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h := httptest.NewServer(s)
	defer h.Close()
	if _, body := get(t, h, "/"); strings.Contains(body, "archive is empty") || !strings.Contains(body, "All tweets are superseded") {
		t.Error(body)
	}
}
