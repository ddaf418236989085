package store

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// syndicated is one article in two papers, and another one, with two fields.
func syndicated() [][]archive.Found {
	of := func(file string, record int, section, desk string) archive.Found {
		f := article(file, record, "2020-05-02", say("ada_l", "2020-05-01", "", "The engine weaves patterns like a loom"))
		f.Article.Body = strings.TrimSuffix(f.Article.Body, file) // the same everywhere
		f.Article.Kept = []string{desk, section}
		return f
	}
	other := article("b.jsonl", 2, "2020-05-03", say("bob", "2020-05-02", "", "Nothing is as old as the news of yesterday"))
	other.Article.Kept = []string{"", "Late \"news\" of\nbob"}
	return [][]archive.Found{
		{of("a.jsonl", 1, "Weaving", "north")},
		{of("b.jsonl", 1, "Trade", ""), other},
	}
}

func keepFields(t testing.TB, db *DB, files ...[]archive.Found) {
	t.Helper()
	for _, found := range files {
		w := runOf(t, db, Run{Detector: 1, Keep: []string{"desk", "section"}})
		addPart(t, w, part(found))
		closed(t, w)
	}
}

// kept are the kept fields in an export: the columns after those that it always has.
func keptIn(t testing.TB, db *DB, of What) string {
	t.Helper()
	var rows []string
	columns := must(db.Columns(t.Context(), of))
	n := len(of.Columns())
	for _, c := range columns[n:] {
		rows = append(rows, c.Name)
	}
	rows = []string{strings.Join(rows, "|")}
	_, err := db.Export(t.Context(), of, nil, func(r Row) error {
		rows = append(rows, strings.ReplaceAll(strings.Join(r.Values[n:], "|"), "\n", "/"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// Kept fields are those of each place, and of the first one where there is one row.
func TestKept(t *testing.T) {
	db := openTest(t)
	keepFields(t, db, syndicated()...)
	check := func(db *DB) {
		t.Helper()
		for of, want := range map[What]string{
			Places:  "desk|section\nnorth|Weaving\n|Trade\n|Late \"news\" of/bob",
			Embeds:  "desk|section\nnorth|Weaving\n|Late \"news\" of/bob",
			Tweets:  "desk|section\nnorth|Weaving\n|Late \"news\" of/bob",
			Lookups: "desk|section\nnorth|Weaving\n|Late \"news\" of/bob",
		} {
			if got := keptIn(t, db, of); got != want {
				t.Errorf("%s:\n%s\nwant\n%s", of, got, want)
			}
		}
		sound(t, db)
	}
	check(db)
	merged := openTest(t)
	w := writer(t, merged)
	must(w.Merge(t.Context(), db))
	closed(t, w)
	check(merged)
	if names, all, err := merged.Keeps(t.Context()); fmt.Sprint(names, all, err) != "[desk section] false <nil>" {
		t.Errorf("later runs keep %v %v %v", names, all, err)
	}
}

// What is forgotten goes from kept fields, too, and does not come back.
func TestForgetKept(t *testing.T) {
	db := openTest(t)
	files := syndicated()
	files[1][1].Article.Kept[1] = `He wrote: "Nothing is as old as the news of yesterday", and left`
	files[0][0].Article.Kept[1] = `Nothing is as old as the news of yesterday`
	keepFields(t, db, files...)
	w := writer(t, db)
	must(w.Forget([]string{must(db.Search(t.Context(), query(t, "from:bob"), Page{}))[0].Key}, ""))
	closed(t, w)
	for range 2 {
		if has(t, db, "old as the news") {
			t.Errorf("it is there: %s", keptIn(t, db, Places))
		}
		sound(t, db)
		files := syndicated()
		files[0][0].Article.Kept[1] = `Nothing is as old as the news of yesterday`
		keepFields(t, db, files[0])
	}
}
