package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// look makes an answer of "source state id hour".
func look(source, state, id string, hour int) Lookup {
	l := Lookup{ID: id, Score: 1, Source: source, State: state, At: time.Date(2026, 11, 1, hour, 0, 0, 0, time.UTC), Body: []byte("{}")}
	if state == "found" {
		l.Tweet, l.Lang = archive.Tweet{Handle: "real_" + source, Author: "Real", Text: "what " + source + " has"}, "en"
	}
	return l
}

const (
	loomID = "1256100000000000000"
	moonID = "1256200000000000000"
)

func looms() []archive.Found {
	return []archive.Found{article("a.jsonl", 1, "2020-05-02",
		say("ada_l", "2020-05-01", loomID, "The engine weaves patterns like a loom"),
		say("bob_m", "2020-05-01", moonID, "The moon is a harsh place to be early"),
		say("cy_n", "2020-05-01", "", "No address stands by these words of mine"),
		say("dee", "2020-05-01", "", ""),
	)}
}

// states is "id=status" of all tweets with a status.
func states(t *testing.T, db *DB) string {
	t.Helper()
	found, err := db.Search(t.Context(), nil, Page{Sort: ByDate})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range found {
		if f.Status != "" {
			id := f.ID
			if id == "" {
				id = f.Handle
			}
			all = append(all, id+"="+f.Status)
		}
	}
	return strings.Join(all, " ")
}

func save(t *testing.T, db *DB, all ...Lookup) {
	t.Helper()
	if err := db.AddLookups(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

func TestLatestLookup(t *testing.T) {
	for _, c := range []struct {
		name    string
		lookups []Lookup
		want    string
		kept    int
	}{
		{"the latest counts", []Lookup{look("v2", "found", loomID, 1), look("v2", "gone", loomID, 2)}, "gone", 2},
		{"whatever the order", []Lookup{look("v2", "gone", loomID, 2), look("v2", "found", loomID, 1)}, "gone", 2},
		{"an archive does not overrule", []Lookup{look("v2", "gone", loomID, 1), look("wayback", "found", loomID, 2)}, "gone", 2},
		{"but tells where nothing else does", []Lookup{look("dump.jsonl", "found", loomID, 1)}, "found", 1},
		{"unknown does not overrule", []Lookup{look("v2", "found", loomID, 1), look("oembed", "unknown", loomID, 2)}, "found", 2},
		{"unknown is replaced", []Lookup{look("v2", "unknown", loomID, 1), look("v2", "unknown", loomID, 2), look("v2", "hidden", loomID, 3)}, "hidden", 1},
		{"and does not come after", []Lookup{look("v2", "hidden", loomID, 3), look("v2", "unknown", loomID, 2)}, "hidden", 1},
		{"of its own source alone", []Lookup{look("oembed", "unknown", loomID, 1), look("v2", "withheld", loomID, 2)}, "withheld", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openTest(t)
			keep(t, db, looms())
			for _, l := range c.lookups {
				save(t, db, l)
			}
			if got := states(t, db); got != loomID+"="+c.want {
				t.Errorf("status %q, want %s", got, c.want)
			}
			var kept int
			if err := db.sql.QueryRow(`SELECT count(*) FROM lookups`).Scan(&kept); err != nil || kept != c.kept {
				t.Errorf("%d lookups kept, want %d (%v)", kept, c.kept, err)
			}
		})
	}
}

// asked is "id:source/state,... id:..." of what Asked lists.
func asked(t *testing.T, db *DB, query string, since time.Time) string {
	t.Helper()
	q, err := ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for a, err := range db.Asked(t.Context(), q, since) {
		if err != nil {
			t.Fatal(err)
		}
		s := a.ID + ":"
		for _, k := range a.Known {
			s += fmt.Sprintf("%s/%s/%v ", k.Source, k.State, len(k.Body) > 0)
		}
		all = append(all, strings.TrimSpace(s))
	}
	return strings.Join(all, " | ")
}

func TestAsked(t *testing.T) {
	db := openTest(t)
	keep(t, db, looms())
	silent := look("oembed", "unknown", moonID, 5)
	silent.Body = nil
	save(t, db, look("v2", "gone", loomID, 3), silent)
	for _, c := range []struct {
		query string
		since time.Time
		want  string
	}{
		{"", time.Time{}, loomID + ":v2/gone/true | " + moonID + ":oembed/unknown/false"},
		{"moon", time.Time{}, moonID + ":oembed/unknown/false"},
		{"", time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC), loomID + ": | " + moonID + ":oembed/unknown/false"},
		{"nothing", time.Time{}, ""},
	} {
		if got := asked(t, db, c.query, c.since); got != c.want {
			t.Errorf("%q since %v: %s, want %s", c.query, c.since, got, c.want)
		}
	}
}

// wanted is "key(sources)" of what WithoutID lists.
func wanted(t *testing.T, db *DB) (keys []string, all string) {
	t.Helper()
	for w, err := range db.WithoutID(t.Context(), nil, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, w.Key)
		all += fmt.Sprintf("%s/%s%v ", w.Handle, w.Date, w.Sources)
	}
	return keys, strings.TrimSpace(all)
}

func TestResolved(t *testing.T) {
	db := openTest(t)
	keep(t, db, looms())
	before := export(t, db, Embeds)
	keys, all := wanted(t, db)
	if all != "cy_n/2020-05-01[]" { // not dee, who has no words
		t.Fatal(all)
	}
	const cyID = "1256150000000000000"
	maybe := look("dump.jsonl", "maybe", cyID, 1)
	maybe.Key, maybe.Score = keys[0], 0.7
	save(t, db, maybe)
	if got := asked(t, db, "", time.Time{}); strings.Contains(got, cyID) {
		t.Errorf("a maybe is joined: %s", got)
	}
	if _, all := wanted(t, db); all != "cy_n/2020-05-01[dump.jsonl]" || states(t, db) != "" {
		t.Errorf("after a maybe %s, %s", all, states(t, db))
	}
	sure := look("v2", "found", cyID, 2)
	sure.Key, sure.Score = keys[0], 0.93
	save(t, db, sure)
	if _, all := wanted(t, db); all != "" {
		t.Errorf("still wanted: %s", all)
	}
	if got := asked(t, db, "from:cy_n", time.Time{}); got != cyID+":v2/found/true" {
		t.Errorf("asked: %s", got)
	}
	if got := states(t, db); got != "cy_n=found" {
		t.Error(got)
	}
	save(t, db, look("v2", "gone", cyID, 3)) // asked about by the ID that was accepted
	if got := states(t, db); got != "cy_n=gone" {
		t.Error(got)
	}
	// The evidence stays apart: neither the embeds nor the tweet have the ID.
	if export(t, db, Embeds) != before {
		t.Error("a lookup changed the embeds")
	}
	if got := export(t, db, Tweets); strings.Contains(got, cyID) || strings.Contains(got, "what v2 has") {
		t.Errorf("an export without API columns tells what the API said:\n%s", got)
	}
}

// All tweets of an author are asked for one after the other.
func TestWantedByAuthor(t *testing.T) {
	db := openTest(t)
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", say("bob", "2018-01-01", "", "The loom is on again."), say("ann", "2018-01-02", "", "The loom is off again."), say("Bob", "2018-01-03", "", "Somebody sold the loom."))})
	if _, all := wanted(t, db); all != "ann/2018-01-02[] bob/2018-01-01[] Bob/2018-01-03[]" {
		t.Error(all)
	}
}
