package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// small is an archive of three articles, for the questions below.
func small(t testing.TB) *DB {
	db := openTest(t)
	ada := say("ada", "2020-05-01", "1256100000000000001", "The loom weaves flowers and leaves, says @bob")
	flat := say("Ada", "2020-05-01", "", "The loom weaves flowers and leaves, says @bob")
	flat.Author = "Ada Lovelace"
	bob := say("bob", "2019-12-31", "", "My horse came in second today, alas")
	keep(t, db,
		[]archive.Found{article("a", 3, "2020-05-03", ada, bob)},
		[]archive.Found{article("b", 1, "2020-05-02", flat), article("b", 2, "2020-06-02", flat)},
	)
	sound(t, db)
	return db
}

func TestFindAndPlaces(t *testing.T) {
	db := small(t)
	for _, name := range []string{"1256100000000000001", "https://x.com/ada/status/1256100000000000001?s=20"} {
		tw := must(db.Tweet(t.Context(), name))
		if tw.Embeds != 3 || tw.Articles != 3 || tw.FirstSeen != "2020-05-02" || tw.LastSeen != "2020-06-02" || tw.URL != "https://twitter.com/ada/status/1256100000000000001" {
			t.Errorf("%s: %+v", name, tw)
		}
		places, err := db.Places(t.Context(), tw.Key, false, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range places {
			got = append(got, fmt.Sprintf("%s:%d %s", p.Article.File, p.Article.Record, p.Before))
			if !strings.Contains(p.Raw, "(@"+p.Handle+")") || !strings.HasPrefix(p.After, " And so on.") {
				t.Errorf("passage %q %q %q", p.Before, p.Raw, p.After)
			}
		}
		if want := []string{"a:3 It began like this. ", "b:1 It began like this. ", "b:2 It began like this. "}; !slices.Equal(got, want) {
			t.Errorf("places %q", got)
		}
	}
	hits, err := db.Search(t.Context(), must(ParseQuery("horse")), Page{})
	if err != nil || len(hits) != 1 {
		t.Fatal(hits, err)
	}
	if tw, err := db.Tweet(t.Context(), hits[0].Key); err != nil || tw.Handle != "bob" {
		t.Errorf("by key: %+v, %v", tw, err)
	}
	if _, err := db.Tweet(t.Context(), "nothing"); err == nil || !strings.Contains(err.Error(), `no tweet "nothing" (give a status ID`) {
		t.Errorf("error %v", err)
	}
	places, keys, err := db.InArticle(t.Context(), archive.Origin{File: "a", Record: 3})
	if err != nil || len(places) != 2 || keys[0] != "1256100000000000001" || places[1].Handle != "bob" {
		t.Errorf("in the article: %v %v %v", places, keys, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestStatsAndFacets(t *testing.T) {
	db := small(t)
	s, err := must(db.Match(t.Context(), nil, 0)).Stats(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%d files %d records %d articles %d embeds %d tweets %d authors %d ids %s to %s %v %v %v", s.Files, s.Records, s.Articles, s.Embeds, s.Tweets, s.Authors, s.WithID, s.First, s.Last, s.TopAuthors, s.TopOutlets, s.Forms)
	if want := "2 files 5 records 3 articles 4 embeds 2 tweets 2 authors 1 ids 2019-12-31 to 2020-05-01 [{ada ADA 1} {bob BOB 1}] [{news.example  4}] [{text  3} {blockquote  1}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(s.TopArticles) != 3 || s.TopArticles[0] != (Count{"https://www.news.example/3", "News", 2}) {
		t.Errorf("articles %v", s.TopArticles)
	}
	if s, err := must(db.Match(t.Context(), must(ParseQuery("horse")), 0)).Stats(t.Context(), 5); err != nil || s.Tweets != 1 || s.Articles != 1 || s.Embeds != 1 {
		t.Errorf("of horses: %+v, %v", s, err)
	}
	f, err := must(db.Match(t.Context(), must(ParseQuery("loom OR horse")), 0)).Facets(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f); got != "{[{ada ADA 1} {bob BOB 1}] [{2019  1} {2020  1}] [{news.example  2}] [] [{text  2} {blockquote  1}] 1 1}" {
		t.Errorf("facets %s", got)
	}
	for unit, want := range map[Unit]string{ByYear: "[{2019  1} {2020  1}]", ByMonth: "[{2019-12  1} {2020-05  1}]", ByDay: "[{2019-12-31  1} {2020-05-01  1}]"} {
		if h, err := must(db.Match(t.Context(), nil, 0)).Histogram(t.Context(), unit); err != nil || fmt.Sprint(h) != want {
			t.Errorf("by %s: %v, %v", unit, h, err)
		}
	}
}

func TestAuthor(t *testing.T) {
	db := small(t)
	a, _, err := db.Author(t.Context(), "@ADA", 5, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%+v", *a), "{Handle:ada Names:[{Name:Ada Lovelace Label: N:2} {Name:ADA Label: N:1}] Tweets:1 WithID:1 Embeds:3 Articles:3 First:2020-05-01 Last:2020-05-01 FirstSeen:2020-05-02 LastSeen:2020-06-02 Outlets:[{Name:news.example Label: N:3}] With:[{Name:bob Label:BOB N:1}] Mentions:[] Years:[{Name:2020 Label: N:1}]}"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if b, _, err := db.Author(t.Context(), "bob", 5, 0); err != nil || fmt.Sprint(b.Mentions) != "[{ada ADA 1}]" {
		t.Errorf("%+v, %v", b, err)
	}
	if _, _, err := db.Author(t.Context(), "nobody", 5, 0); !errors.Is(err, ErrNotFound) {
		t.Error("an author without tweets")
	}
}

func TestBetween(t *testing.T) {
	db := small(t)
	for _, c := range []struct {
		from, to string
		want     int
	}{{"", "", 2}, {"2020", "", 1}, {"", "2019", 1}, {"", "2019-12", 1}, {"2019-12-31", "2019-12-31", 1}, {"2019-12-31", "2020-05-01", 2}, {"2020-05-02", "", 0}, {"", "9999", 2}, {"2020", "9999-12-31", 1}} {
		q, err := Between(c.from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.Count(t.Context(), q); err != nil || n != c.want {
			t.Errorf("%s to %s: %d, %v", c.from, c.to, n, err)
		}
		if n, err := db.Count(t.Context(), must(ParseQuery("loom")).And(q)); err != nil || n > c.want {
			t.Errorf("loom, %s to %s: %d, %v", c.from, c.to, n, err)
		}
	}
	if _, err := Between("soon", ""); err == nil {
		t.Error("soon is no day")
	}
}

func TestVerifyEvidence(t *testing.T) {
	db := openTest(t)
	wrongDay := say("ada", "2020-05-03", "1256100000000000001", "The loom weaves flowers and leaves")
	otherWords := say("ada", "2020-05-01", "1256100000000000001", "Nothing of the kind was ever said by anyone")
	zeros := say("ada", "2020-05-01", "1256100000000000000", "An ID that ends in zeros")
	rounded := say("ada", "2020-04-30", "1256100000000000000", "An ID that ends in zeros")
	long := say("bob", "2012-01-01", "", strings.Repeat("too long ", 20))
	reply := say("bob", "2018-01-01", "", strings.Repeat("@someone ", 20)+strings.Repeat("fine ", 50)+"https://t.co/abcdefghij")
	later := say("bob", "2021-01-01", "", "From the future")
	renamed := article("b", 1, "", say("ada", "2020-05-01", "1256100000000000001", "Once @lovelace, now another"))
	renamed.Article.Body = strings.Replace(renamed.Article.Body, ".com/ada/", ".com/ace/", 1)
	keep(t, db, []archive.Found{article("a", 1, "2020-05-04", wrongDay, otherWords, zeros, rounded, long, reply, later)}, []archive.Found{renamed})
	var got []string
	n, err := db.Verify(t.Context(), func(f Finding) error {
		got = append(got, f.Check+" "+f.Detail)
		if len(f.Row().Values) != len(FindingColumns) {
			t.Errorf("row %v", f.Row())
		}
		return nil
	})
	want := []string{
		"day printed 2020-05-03, but ID 1256100000000000001 is of 2020-05-01",
		`words "The loom weaves flowers and leaves", but elsewhere "Nothing of the kind was ever said by anyone"`,
		"day printed 2020-04-30, but ID 1256100000000000000 is of 2020-05-01; a spreadsheet may have rounded it, because it keeps only 15 digits of a number",
		"length 180 characters, but only 150 were possible",
		"before posted on 2021-01-01, but the article is of 2020-05-04",
		"handle printed @ada, but the address has @ace",
		`words "Once @lovelace, now another", but elsewhere "Nothing of the kind was ever said by anyone"`,
	}
	if err != nil || n.Odd != len(got) || n.Damage != 0 || !slices.Equal(got, want) {
		t.Errorf("%+v findings, %v:\n%s\nwant:\n%s", n, err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestVerifyWords(t *testing.T) {
	const id = "1256100000000000001"
	for _, c := range []struct{ form, text, want string }{
		{"blockquote", "In Ockham the loom weaves flowers and leaves, and the engine weaves numbers", ""},
		{"blockquote", "“In Ockham the loom weaves flowers  and leaves – and the engine weaves numbers”", ""},
		{"markup", "In Ockham the loom weaves flowers and leaves, and the engine…", ""},
		{"markup", "In Ockham the loom weaves flowers and leaves, and the engine weaves bread", `words "…bread", but elsewhere "…numbers"`},
		{"json", "Not again", `words "Not again", but elsewhere "In Ockham the loom weaves flowers and leaves, and the engine"`},
		{"text", "Heard in the hall: In Ockham the loom weaves flowers and leaves, and the engine weaves numbers", ""},
		{"text", "the engine weaves numbers", ""},
		{"text", "In Ockham tne loom waves flowers and leaves and the engine weaves numbers", ""},
		{"widget", "In Ockham the loom weaves flowers and leaves, and the engine weaves numbers\nShow this thread", ""},
		{"text", "In Ockham the loom weaves flowers and leaves, and the engine weaves numbers. But who weaves the bread that we all need?", `words "…numbers. But who weaves the bread that we all need?", but elsewhere "…numbers"`},
		{"text", "My horse came in second today, alas", `words "My horse came in second today, alas", but elsewhere "In Ockham the loom weaves flowers and leaves, and the engine"`},
	} {
		db := openTest(t)
		other := say("ada", "2020-05-01", id, c.text)
		other.Form = archive.Form(c.form)
		keep(t, db, []archive.Found{article("a", 1, "", say("ada", "2020-05-01", id, "In Ockham the loom weaves flowers and leaves, and the engine weaves numbers"), other)})
		var got []string
		if _, err := db.Verify(t.Context(), func(f Finding) error {
			if f.Check == "words" {
				got = append(got, f.Check+" "+f.Detail)
			}
			return nil
		}); err != nil || strings.Join(got, "\n") != c.want {
			t.Errorf("%s %q: %q, %v; want %q", c.form, c.text, got, err, c.want)
		}
	}
}

// Damage that others have done to the file is found: of every value that is exported.
func TestVerifyFile(t *testing.T) {
	for damage, check := range map[string]string{
		`PRAGMA foreign_keys = 0; UPDATE embeds SET tweet = 77 WHERE id = 1`: "reference",
		`DELETE FROM places`:                                "reference",
		`DELETE FROM embeds WHERE id = 1`:                   "reference",
		`UPDATE embeds SET text = 'x' || text`:              "content",
		`UPDATE embeds SET author = 'X'`:                    "content",
		`UPDATE embeds SET confidence = 0.5`:                "content",
		`UPDATE embeds SET posted_at = ''`:                  "content",
		`UPDATE embeds SET form = 'text'`:                   "content",
		`UPDATE embeds SET end = end + 1`:                   "content",
		`UPDATE embeds SET raw = 'x' || raw`:                "content",
		`UPDATE embeds SET before = 'x'`:                    "content",
		`UPDATE embeds SET after = 'x'`:                     "content",
		`INSERT INTO links VALUES (1, 9, 'x', 'y', '')`:     "content",
		`UPDATE articles SET title = 'x'`:                   "content",
		`UPDATE articles SET date = '2020-01-01'`:           "content",
		`UPDATE articles SET url = 'https://x.example/'`:    "content",
		`UPDATE articles SET outlet = 'X'`:                  "content",
		`UPDATE articles SET host = 'x.example'`:            "derived",
		`UPDATE articles SET address = 7`:                   "derived",
		`UPDATE articles SET places = 7`:                    "derived",
		`UPDATE articles SET record = 7`:                    "derived",
		`UPDATE embeds SET current = 0 WHERE id = 1`:        "derived",
		`UPDATE places SET record = 7`:                      "content",
		`UPDATE places SET captured = '2020-01-01'`:         "content",
		`UPDATE places SET last = last + 1`:                 "content",
		`UPDATE places SET title = 'x'`:                     "content",
		`UPDATE places SET current = 0`:                     "derived",
		`UPDATE files SET path = '/x' || path`:              "content",
		`UPDATE files SET complete = complete + 1`:          "derived",
		`UPDATE tweets SET embeds = 9 WHERE id = 1`:         "derived",
		`UPDATE tweets SET articles = 9 WHERE id = 1`:       "derived",
		`UPDATE tweets SET author = 'X' WHERE id = 1`:       "derived",
		`UPDATE tweets SET text = 'other words'`:            "derived",
		`UPDATE tweets SET confidence = 0.5`:                "derived",
		`UPDATE tweets SET first_seen = '2001-01-01'`:       "derived",
		`UPDATE tweets SET status = 'gone'`:                 "derived",
		`UPDATE tweets SET tweet_id = '7' WHERE id = 1`:     "derived",
		`UPDATE tweets SET marks = ''`:                      "derived",
		`UPDATE tweets SET text = 'other words' WHERE id=1`: "index",
		`UPDATE lookups SET text = 'x'`:                     "lookup",
		`UPDATE lookups SET body = x'00'`:                   "lookup",
	} {
		db := small(t)
		if err := db.AddLookups(t.Context(), []Lookup{{ID: "1256100000000000001", Score: 1, Source: "v2", State: "found", At: time.Unix(1_600_000_000, 0)}}); err != nil {
			t.Fatal(err)
		}
		sound(t, db)
		if _, err := db.sql.Exec(damage); err != nil {
			t.Fatal(damage, err)
		}
		found := map[string]bool{}
		n, err := db.Verify(t.Context(), func(f Finding) error { found[f.Check] = true; return nil })
		if err != nil {
			t.Fatal(damage, err)
		}
		if !found[check] || n.Damage == 0 {
			t.Errorf("%s: not found after %s; found %v", check, damage, found)
		}
	}
}

func TestLookups(t *testing.T) {
	db := small(t)
	const id = "1256100000000000001"
	at := func(day int) time.Time { return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC) }
	add := func(l ...Lookup) {
		t.Helper()
		if err := db.AddLookups(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	status := func(want string) {
		t.Helper()
		tw, err := db.Tweet(t.Context(), id)
		if err != nil || tw.Status+" "+tw.CheckedAt != want {
			t.Errorf("status %q %q, %v, want %q", tw.Status, tw.CheckedAt, err, want)
		}
	}
	found := Lookup{ID: id, Score: 1, Source: "v2", State: "found", At: at(2), Lang: "en", Tweet: archive.Tweet{Handle: "ada", Text: "other words"}, Body: []byte("{}")}
	add(found, found)
	status("found 2026-01-02T12:00:00Z")
	add(Lookup{ID: id, Score: 1, Source: "v2", State: "unknown", At: at(5)})
	status("found 2026-01-02T12:00:00Z")
	add(Lookup{ID: id, Score: 1, Source: "oembed", State: "gone", At: at(4)})
	status("gone 2026-01-04T12:00:00Z")
	if all, err := db.Lookups(t.Context(), id); err != nil || len(all) != 3 || all[2].Tweet.Text != "other words" || string(all[2].Body) != "{}" {
		t.Errorf("%+v, %v", all, err)
	}
	if n, err := db.Count(t.Context(), must(ParseQuery("lang:EN"))); err != nil || n != 1 {
		t.Errorf("lang:EN finds %d, %v", n, err)
	}
	if tw, _ := db.Tweet(t.Context(), id); tw.Text == "other words" {
		t.Error("an answer has changed the evidence")
	}
	if got := export(t, db, Lookups); !strings.Contains(got, id+",v2,1,,ada,,other words,en\n") || !strings.Contains(got, ",bob,2019-12-31,") {
		t.Errorf("export with lookups:\n%s", got)
	}
	// It is known again when the article comes again.
	w := writer(t, db)
	addPart(t, w, archive.Part{File: file("a"), Records: 1, Record: 1, Last: true})
	addPart(t, w, archive.Part{File: file("b"), Records: 1, Record: 1, Last: true})
	flush(t, w)
	if n, _ := db.Count(t.Context(), nil); n != 0 {
		t.Errorf("%d tweets without articles", n)
	}
	addPart(t, w, part([]archive.Found{article("c", 1, "", say("ada", "2020-05-01", id, "again"))}))
	flush(t, w)
	status("gone 2026-01-04T12:00:00Z")
}

// A file is read on where it was broken off; other options or a changed file begin
// anew, and supersede what was there when all of it was read. What cannot be read
// supersedes nothing.
func TestResume(t *testing.T) {
	db := openTest(t)
	texts := []string{"the first of the words", "the second of all of them", "the third and the last one"}
	found := func(from, to int) (found []archive.Found) {
		for i := from; i < to; i++ {
			found = append(found, article("f", i+1, "", say("ada", "2020-05-01", "", texts[i])))
		}
		return found
	}
	changed, touched := file("f"), file("f")
	changed.Size++
	changed.SHA256, touched.SHA256 = "c0ffee", "c0ffee"
	touched.Size++
	touched.ModTime = touched.ModTime.Add(time.Hour)
	denied := []*archive.ReadError{{Origin: archive.Origin{File: "f"}, Err: errors.New("permission denied")}}
	bad := []*archive.ReadError{{Origin: archive.Origin{File: "f", Record: 3}, Err: errors.New("no JSON")}}
	cut := []*archive.ReadError{{Origin: archive.Origin{File: "f", Record: 3}, Err: &archive.Damage{Err: errors.New("cut")}}}
	for i, step := range []struct {
		options string
		file    *archive.File
		after   int
		skip    bool
		parts   []archive.Part
		embeds  int // then
	}{
		{"1", file("f"), 0, false, []archive.Part{{Found: found(0, 1), Records: 1, Record: 1}}, 1},
		{"1", file("f"), 1, false, []archive.Part{{Found: found(1, 2), Records: 1, Record: 2}}, 2},
		{"1", file("f"), 2, false, []archive.Part{{Found: found(2, 3), Records: 1, Record: 3}, {Last: true}}, 3},
		{"1", file("f"), 0, true, nil, 3},
		{"2", file("f"), 0, false, []archive.Part{{Found: found(0, 1), Records: 1, Record: 1}}, 3}, // broken off
		{"2", file("f"), 1, false, []archive.Part{{Records: 2, Record: 3, Last: true}}, 1},
		{"2", changed, 0, false, []archive.Part{{Errors: denied, Records: 1}}, 1},
		{"2", changed, 0, false, []archive.Part{{Found: found(0, 3), Records: 3, Record: 3, Last: true}}, 3},
		{"2", touched, 0, true, nil, 3},
		{"3", touched, 0, false, []archive.Part{{Found: found(0, 1), Errors: bad, Records: 3, Record: 3, Last: true}}, 3}, // a record is left out
		{"3", touched, 0, true, nil, 3},
		{"4", touched, 0, false, []archive.Part{{Found: found(0, 1), Errors: cut, Records: 3, Record: 3}}, 3},
		{"4", touched, 0, false, []archive.Part{{Found: found(0, 1), Errors: cut, Records: 3, Record: 3}}, 3}, // all of it again
		{"4", touched, 0, false, []archive.Part{{Found: found(0, 1), Records: 3, Record: 3, Last: true}}, 1},
	} {
		w := must(db.Writer(Run{Detector: 1, Options: step.options}))
		if after, skip := w.Resume(step.file); after != step.after || skip != step.skip {
			t.Errorf("step %d: Resume = %d, %v, want %d, %v", i, after, skip, step.after, step.skip)
		}
		for _, p := range step.parts {
			p.File = step.file
			addPart(t, w, p)
		}
		closed(t, w)
		sound(t, db)
		if got := strings.Count(export(t, db, Embeds), "\n") - 1; got != step.embeds {
			t.Errorf("step %d: %d embeds, want %d:\n%s", i, got, step.embeds, export(t, db, Embeds))
		}
	}
	runs := must(db.Runs(t.Context()))
	if got := fmt.Sprintf("%+v", runs[6].Counts); len(runs) != 14 || !strings.Contains(got, "permission denied:1") {
		t.Errorf("%d runs; the one with an error: %s", len(runs), got)
	}
}

func TestLength(t *testing.T) {
	for _, c := range []struct {
		day, text string
		n         int
	}{
		{"2016-01-01", "loom", 4},
		{"2016-01-01", "loom https://news.example/a/long/address/of/the/loom", 5 + 23},
		{"2016-01-01", "loom pic.twitter.com/abc", 5 + 23},
		{"2018-01-01", "loom pic.twitter.com/abc", 5},
		{"2018-01-01", "loom https://t.co/quoted pic.twitter.com/abc", 6},
		{"2018-01-01", "https://t.co/page loom https://t.co/quoted", 6 + 23},
		{"2018-01-01", "@ada @bob loom", 4},
		{"2016-01-01", "@ada @bob loom", 14},
		{"2018-01-01", "a loom\n\n\n\nan engine", 17},
		{"2018-01-01", "❤️", 1},
	} {
		if n := length(c.text, c.day); n != c.n {
			t.Errorf("%s %q: %d, want %d", c.day, c.text, n, c.n)
		}
	}
}
