package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// plainArticle is an article without tweets.
func plainArticle(file string, record int, date, url string) archive.Found {
	return archive.Found{Article: &archive.Article{Origin: archive.Origin{File: file, Record: record}, URL: url, Date: date, Body: fmt.Sprint("no tweet in ", record, url)}}
}

// countedIn lists the counted articles by outlet and month.
func countedIn(t testing.TB, db *DB) string {
	t.Helper()
	rows := must(counts(t.Context(), db.sql, `SELECT c.outlet || ' ' || c.month, '', count(DISTINCT c.article) FROM `+countedNow+` GROUP BY c.outlet, c.month ORDER BY c.outlet, c.month`))
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprintf("%s: %d", r.Name, r.N))
	}
	return strings.Join(all, ", ")
}

// All articles of an input are counted, those without tweets too: each once, however
// often and wherever it was read, and not those that it no longer holds.
func TestCounted(t *testing.T) {
	with := article("", 1, "2020-05-02", say("ada_l", "2020-05-01", "", "The engine weaves patterns like a loom"))
	files := func(version int) (parts []archive.Part) {
		a := []archive.Found{with, plainArticle("", 2, "2020-05-30", "https://news.example/2"), plainArticle("", 3, "2020-06-01", "https://www.loom.example/3"), plainArticle("", 4, "", "")}
		b := []archive.Found{plainArticle("", 1, "2020-06-01", "https://loom.example/3#top"), plainArticle("", 2, "2020-06-02", "https://loom.example/4")}
		if version == 2 {
			b = b[:1]
		}
		return slices.Concat(holding(at("a.jsonl", 1), a...), holding(at("b.jsonl", version), b...))
	}
	const first = " : 1, loom.example 2020-06: 2, news.example 2020-05: 2"
	const second = " : 1, loom.example 2020-06: 1, news.example 2020-05: 2"
	read := func(db *DB, parts []archive.Part) {
		t.Helper()
		w := runOf(t, db, Run{Detector: 1, Keep: []string{}, CountAll: true})
		for _, p := range parts {
			addPart(t, w, copied(p))
		}
		closed(t, w)
	}
	is := func(db *DB, want string) {
		t.Helper()
		if got := countedIn(t, db); got != want {
			t.Errorf("counted %s\nwant %s", got, want)
		}
		sound(t, db)
	}
	db := openTest(t)
	read(db, files(1))
	is(db, first)
	read(db, files(1))
	is(db, first)
	if got := must(db.Count(t.Context(), nil)); got != 1 {
		t.Errorf("%d tweets", got)
	}
	another := openTest(t)
	read(another, files(1))
	both := openTest(t)
	for range 2 {
		for _, other := range []*DB{db, another} {
			w := writer(t, both)
			must(w.Merge(t.Context(), other))
			closed(t, w)
			is(both, first)
		}
	}
	read(db, files(2))
	is(db, second)
	if _, all, err := both.Keeps(t.Context()); !all || err != nil {
		t.Errorf("later runs count all: %v, %v", all, err)
	}
	if n := must(db.SetAliases(t.Context(), []Alias{{"loom.example", "The Loom"}, {"The Loom", "Loom Ltd"}})); n != 2 {
		t.Errorf("%d aliases changed", n)
	}
	if got := fmt.Sprint(must(counts(t.Context(), db.sql, `SELECT name, outlet, 0 FROM aliases ORDER BY name`))); got != "[{The Loom Loom Ltd 0} {loom.example Loom Ltd 0}]" {
		t.Errorf("aliases %s", got)
	}
	if _, err := db.SetAliases(t.Context(), []Alias{{"a", "b"}, {"b", "a"}}); err == nil {
		t.Error("an alias of itself is taken")
	}
}

// A shard counts what an archive does.
func TestCountedShard(t *testing.T) {
	dir := t.TempDir()
	found := []archive.Found{article("a.jsonl", 1, "2020-05-02", say("ada_l", "2020-05-01", "", "The engine weaves patterns like a loom"))}
	for i := range 3000 {
		found = append(found, plainArticle("a.jsonl", i+2, "2020-06-01", fmt.Sprintf("https://loom.example/%d", i)))
	}
	path := shardWith(t, dir, ShardHeader{Input: "a.jsonl", Size: 100, Scope: "s", Detector: 1, CountAll: true, Keep: []string{"section"}}, part(found))
	db := openTest(t)
	mergeAll(t, db, path)
	if got := countedIn(t, db); got != "loom.example 2020-06: 3000, news.example 2020-05: 1" {
		t.Errorf("counted %s", got)
	}
	names, all, err := db.Keeps(t.Context())
	if fmt.Sprint(names, all, err) != "[section] true <nil>" {
		t.Errorf("later runs keep %v %v %v", names, all, err)
	}
	sound(t, db)
}

// An article without tweets that moved with its file, and then was changed, is no longer
// counted where it was; neither is it where a copy of the archive saw both at once.
func TestCountedMoves(t *testing.T) {
	gone := map[string]bool{}
	read := func(db *DB, parts ...archive.Part) {
		t.Helper()
		w := runOf(t, db, Run{Detector: 1, Keep: []string{}, CountAll: true, Gone: func(path string) bool { return gone[path] }})
		for _, p := range parts {
			addPart(t, w, copied(p))
			w.Resume(p.File)
		}
		closed(t, w)
	}
	x := plainArticle("", 1, "2020-06-01", "https://loom.example/x")
	stays := plainArticle("", 2, "2020-06-01", "https://loom.example/stays")
	y := plainArticle("", 1, "2020-06-01", "https://loom.example/y")
	db := openTest(t)
	read(db, holding(at("old.jsonl", 1), x, stays)...)
	must(db.sql.Exec(`VACUUM INTO ?`, db.path+"2"))
	other := must(Open(db.path + "2"))
	defer other.Close()
	gone["/corpus/old.jsonl"] = true
	read(db, holding(at("new.jsonl", 1), x, stays)...)
	read(other, holding(at("new.jsonl", 2), y, stays)...)
	for _, c := range []struct {
		when, want string
		do         func()
	}{
		{"moved", "loom.example 2020-06: 2", func() {}},
		{"changed, and merged with a copy that saw both at once", "loom.example 2020-06: 2", func() {
			w := writer(t, db)
			must(w.Merge(t.Context(), other))
			closed(t, w)
		}},
	} {
		if c.do(); countedIn(t, db) != c.want {
			t.Errorf("%s: %s, want %s", c.when, countedIn(t, db), c.want)
		}
		sound(t, db)
	}
}
