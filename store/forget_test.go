package store

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// Of these tweets those by @bo_p are forgotten. Their words are also in the passage of
// a neighbour, in a title, in a quote in another article, and under an ID.
const secret = "I live at number nine, Zwyqqort Lane."

func forgettable() []archive.Found {
	embed := func(body, text, handle, id string) archive.Embed {
		start := strings.Index(body, text+" — ")
		t := archive.Tweet{Author: "A", Handle: handle, Date: "2018-03-03", Text: text}
		if id != "" {
			t.WithID(id)
		}
		return archive.Embed{Tweet: t, Form: archive.FormText, Confidence: 0.9, Start: start, End: start + len(text) + len(" — A (@"+handle+")")}
	}
	both := "The council met.\n\n" + secret + " — A (@bo_p)\n\nAnother one wrote:\n\nThe bridge opens today. — A (@ship_1)\n\nEnd."
	alone := secret + " — A (@bo_p)\n\nEnd."
	quoted := "He had said: " + secret + "\n\nThe ferry stops today. — A (@ship_2)\n\nEnd."
	known := "Look:\n\nShe wrote " + secret + " — A (@Bo_P)\n\nEnd."
	return []archive.Found{
		{Article: &archive.Article{Origin: archive.Origin{File: "a", Record: 1}, Body: both}, Embeds: []archive.Embed{embed(both, secret, "bo_p", ""), embed(both, "The bridge opens today.", "ship_1", "")}},
		{Article: &archive.Article{Origin: archive.Origin{File: "a", Record: 2}, Title: secret, Body: alone}, Embeds: []archive.Embed{embed(alone, secret, "bo_p", "")}},
		{Article: &archive.Article{Origin: archive.Origin{File: "a", Record: 3}, Title: "x: " + secret, Body: quoted}, Embeds: []archive.Embed{embed(quoted, "The ferry stops today.", "ship_2", "")}},
		{Article: &archive.Article{Origin: archive.Origin{File: "a", Record: 4}, Body: known}, Embeds: []archive.Embed{embed(known, "She wrote "+secret, "Bo_P", "969976565862527930")}},
	}
}

// has says whether words are anywhere in the archive's files.
func has(t *testing.T, db *DB, words string) bool {
	t.Helper()
	for _, name := range []string{db.path, db.path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(words))) {
			return true
		}
	}
	return false
}

func TestForget(t *testing.T) {
	for _, tt := range []struct {
		name, handle string
		sel          Selection
		left         string // handles of the tweets that are left
		words        bool   // are still in the file
	}{
		{"by user", "bo_p", Selection{Query: query(t, "from:bo_p")}, "ship_1 ship_2", false},
		{"by words", "", Selection{Query: query(t, "zwyqqort")}, "ship_1 ship_2", false},
		{"by ID", "", Selection{Keys: []string{"969976565862527930"}}, "ship_1 ship_2", false},
		{"by file", "", Selection{Files: []string{"a"}}, "", false},
		{"another", "ship_1", Selection{Query: query(t, "from:ship_1")}, "Bo_P ship_2", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := openTest(t)
			keep(t, db, forgettable())
			copied := openTest(t)
			keep(t, copied, forgettable())
			keys, n, err := db.Select(t.Context(), tt.sel)
			if err != nil {
				t.Fatal(err)
			}
			w := writer(t, db)
			done, err := w.Forget(keys, tt.handle)
			if err != nil {
				t.Fatal(err)
			}
			if done.Tweets != n.Tweets || done.Embeds != n.Embeds {
				t.Errorf("forgotten %+v, selected %+v", done, n)
			}
			again := func(step string) {
				t.Helper()
				if got := handles(t, db); got != tt.left {
					t.Errorf("%s: %q is left, want %q", step, got, tt.left)
				}
				if has(t, db, "zwyqqort") != tt.words {
					t.Errorf("%s: the words are in the file: %v", step, !tt.words)
				}
				sound(t, db)
			}
			again("forget")
			readAgain(t, db)
			again("archive again")
			must(w.Merge(t.Context(), copied))
			closed(t, w)
			again("merge")

			// Who takes over the tombstones forgets the same.
			o := writer(t, copied)
			must(o.MergeTombstones(t.Context(), db))
			closed(t, o)
			db = copied
			again("tombstones taken over")

			// Without them all of it comes back.
			u := writer(t, db)
			if lifted, err := u.Lift(""); err != nil || lifted == 0 {
				t.Fatal(lifted, err)
			}
			closed(t, u)
			readAgain(t, db)
			if got := handles(t, db); got != "Bo_P ship_1 ship_2" {
				t.Errorf("lifted: %q", got)
			}
			sound(t, db)
		})
	}
}

func readAgain(t *testing.T, db *DB) {
	t.Helper()
	w := must(db.Writer(Run{Detector: 1, Force: true}))
	addPart(t, w, part(forgettable()))
	closed(t, w)
}

func query(t *testing.T, s string) *Query {
	t.Helper()
	q, err := ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// handles are those of the tweets.
func handles(t *testing.T, db *DB) string {
	t.Helper()
	var all []string
	if _, err := db.Export(t.Context(), Tweets, nil, func(r Row) error {
		all = append(all, r.Values[columnIndex(TweetColumns, "handle")])
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Of an article at two places, of which a tweet is kept out, the others come in once.
func TestForgottenAtTwoPlaces(t *testing.T) {
	both := forgettable()[:1]
	copied := func(file string) []archive.Found {
		a := *both[0].Article
		a.File = file
		return []archive.Found{{Article: &a, Embeds: both[0].Embeds}}
	}
	db, other := openTest(t), openTest(t)
	w := writer(t, db)
	must(w.Forget(nil, "bo_p"))
	keep(t, db, copied("x"), copied("y"))
	keep(t, other, copied("z"), copied("v"))
	must(w.Merge(t.Context(), other))
	closed(t, w)
	if got := handles(t, db); got != "ship_1" || strings.Count(export(t, db, Embeds), "\n") != 2 || has(t, db, "zwyqqort") {
		t.Errorf("%s:\n%s", got, export(t, db, Embeds))
	}
	sound(t, db)
}

// What has no words to be known by is kept out by its ID alone.
func TestForgetOneWithoutWords(t *testing.T) {
	for name, tt := range map[string]struct{ one, other archive.Embed }{
		"no text":    {say("ada", "2020-05-01", "1256100000000000001", ""), say("ada", "2020-05-01", "1256100000000000002", "")},
		"emoji":      {say("ada", "2020-05-01", "", "🧵🧵"), say("ada", "2020-05-01", "", "🌸")},
		"emoji, IDs": {say("ada", "2020-05-01", "1256100000000000001", "🧵🧵"), say("ada", "2020-05-01", "1256100000000000002", "🌸")},
	} {
		db := openTest(t)
		keep(t, db, []archive.Found{article("a", 1, "", tt.one), article("a", 2, "", tt.other)})
		w := writer(t, db)
		must(w.Forget([]string{KeyOf(&tt.one)}, ""))
		closed(t, w)
		if _, err := db.Tweet(t.Context(), KeyOf(&tt.other)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := must(db.Count(t.Context(), nil)); n != 1 {
			t.Errorf("%s: %d tweets are left, not 1", name, n)
		}
		sound(t, db)
	}
}
