package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// open makes an archive of its own for the test.
func openTest(t testing.TB) *DB {
	t.Helper()
	db := must(Open(filepath.Join(t.TempDir(), "t.db")))
	t.Cleanup(func() { db.Close() })
	return db
}

// say makes an embed of "handle day id text" in fields, the text the rest.
func say(handle, day, id, text string) archive.Embed {
	e := archive.Embed{Tweet: archive.Tweet{Author: strings.ToUpper(handle), Handle: handle, Date: day, Text: text}, Form: archive.FormText, Confidence: 1}
	if id != "" {
		e.WithID(id)
		e.Form = archive.FormBlockquote
	}
	return e
}

// article makes an article whose body holds the embeds one after the other.
func article(file string, record int, date string, embeds ...archive.Embed) archive.Found {
	a := &archive.Article{Origin: archive.Origin{File: file, Record: record}, URL: "https://www.news.example/" + fmt.Sprint(record), Title: "News", Date: date}
	body := "It began like this. "
	for i := range embeds {
		e := &embeds[i]
		e.Start = len(body)
		body += e.Text + " — " + e.Author + " (@" + e.Handle + ") " + e.Date
		if e.ID != "" {
			body += " https://twitter.com/" + e.Handle + "/status/" + e.ID
		}
		e.End = len(body)
		body += " And so on. "
	}
	for _, e := range embeds { // what is found follows from the body
		body += fmt.Sprint(e.Form, e.Confidence, e.Links)
	}
	a.Body = body + file // so that no two are the same article
	return archive.Found{Article: a, Embeds: embeds}
}

func file(path string) *archive.File {
	return &archive.File{Path: path, Size: 100, ModTime: time.Unix(1500000000, 0)}
}

// keep archives whole files, each given as its articles.
func keep(t testing.TB, db *DB, files ...[]archive.Found) {
	t.Helper()
	w := writer(t, db)
	for _, found := range files {
		p := part(found)
		if _, skip := w.Resume(p.File); skip {
			continue
		}
		addPart(t, w, p)
	}
	closed(t, w)
}

// export is what the archive exports, as CSV.
func export(t testing.TB, db *DB, of What) string {
	t.Helper()
	var b bytes.Buffer
	out := NewCSV(&b, of.Columns())
	n, err := db.Export(t.Context(), of, nil, out.Write)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if of == Tweets {
		if all, err := db.Count(t.Context(), nil); err != nil || all != n {
			t.Fatalf("Count = %d, %v; exported %d", all, err, n)
		}
	}
	return b.String()
}

func TestKeepAndExport(t *testing.T) {
	db := openTest(t)
	keep(t, db, []archive.Found{
		article("b.jsonl", 2, "2020-05-02", say("ada_l", "2020-05-01", "", "The engine weaves, \"patterns\"\nlike a loom")),
		article("b.jsonl", 7, "2020-05-04", say("ada_l", "2020-05-01", "1256100000000000000", "The engine weaves, \"patterns\"\nlike a loom"), say("bob", "", "", "no day")),
	}, []archive.Found{
		article("a.jsonl", 1, "", say("ada_l", "2020-05-01", "", "")),
	})
	want := `key,tweet_id,author,handle,posted_date,posted_at,text,url,form,confidence,article_url,article_title,article_date,outlet,file,record,places,start,end,lag_days,words_by
2020-05-01/ada_l/-,,ADA_L,ada_l,2020-05-01,,,,text,1,https://www.news.example/1,News,,news.example,a.jsonl,1,1,20,50,,
1256100000000000000,,ADA_L,ada_l,2020-05-01,,"The engine weaves, ""patterns""
like a loom",,text,1,https://www.news.example/2,News,2020-05-02,news.example,b.jsonl,2,1,20,91,1,
1256100000000000000,1256100000000000000,ADA_L,ada_l,2020-05-01,2020-05-01T05:55:51Z,"The engine weaves, ""patterns""
like a loom",https://twitter.com/ada_l/status/1256100000000000000,blockquote,1,https://www.news.example/7,News,2020-05-04,news.example,b.jsonl,7,1,20,144,3,
undated/bob/0a9f660ebcb8,,BOB,bob,,,no day,,text,1,https://www.news.example/7,News,2020-05-04,news.example,b.jsonl,7,1,156,178,,
`
	if got := export(t, db, Embeds); got != want {
		t.Errorf("embeds:\n%s\nwant:\n%s", got, want)
	}
	q, err := ParseQuery("weaves")
	if err != nil {
		t.Fatal(err)
	}
	found, err := db.Search(t.Context(), q, Page{Limit: 10})
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v, %v", found, err)
	}
	t.Log(export(t, db, Tweets))
}

func TestTwiceIsOnce(t *testing.T) {
	db := openTest(t)
	all := [][]archive.Found{
		{article("a", 1, "2020-05-02", say("ada", "2020-05-01", "", "one thing and another thing"))},
		{article("b", 1, "2020-05-03", say("ada", "2020-05-01", "", "one thing and another thing"))},
	}
	keep(t, db, all...)
	embeds, tweets := export(t, db, Embeds), export(t, db, Tweets)
	keep(t, db, all...)
	if export(t, db, Embeds) != embeds || export(t, db, Tweets) != tweets {
		t.Error("archiving twice changed the archive")
	}
	w := must(db.Writer(Run{Detector: 1, Force: true}))
	for _, f := range all {
		for range 2 {
			addPart(t, w, archive.Part{File: file(f[0].Article.File), Found: f, Records: 1, Record: 1, Last: true})
		}
	}
	closed(t, w)
	if export(t, db, Embeds) != embeds || export(t, db, Tweets) != tweets {
		t.Error("archiving again by force changed the archive")
	}
	if !strings.Contains(tweets, ",2,1,2020-05-02,2020-05-03,") {
		t.Errorf("a tweet with two embeds is expected:\n%s", tweets)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 100)), 0o644)
	newer := filepath.Join(dir, "newer.db")
	db := must(Open(newer))
	if _, err := db.sql.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, c := range []struct {
		path string
		open func(string) (*DB, error)
		want string
	}{
		{filepath.Join(dir, "no", "t.db"), Open, "no folder"},
		{text, Open, "not an SQLite file"},
		{newer, Open, "made by a newer tweetarc"},
		{dir, Open, "a folder, not an archive"},
		{filepath.Join(dir, "none.db"), OpenReadOnly, "no such archive"},
	} {
		db, err := c.open(c.path)
		if err == nil {
			db.Close()
			t.Errorf("%s: opened", c.path)
		} else if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.path) {
			t.Errorf("%s: %q does not say %q", c.path, err, c.want)
		}
	}
}

// Many make the same archive at once.
func TestMadeAtOnce(t *testing.T) {
	for range 10 {
		path := filepath.Join(t.TempDir(), "t.db")
		scopes := make(chan string)
		for range 8 {
			go func() {
				db, err := Open(path)
				if err != nil {
					scopes <- err.Error()
					return
				}
				defer db.Close()
				var mode, scope string
				if err := db.sql.QueryRow(`SELECT journal_mode, key FROM pragma_journal_mode, scopes`).Scan(&mode, &scope); err != nil || mode != "wal" {
					scope = fmt.Sprint(mode, err)
				}
				scopes <- scope
			}()
		}
		first := <-scopes
		for range 7 {
			if scope := <-scopes; scope != first {
				t.Errorf("%s, and %s", scope, first)
			}
		}
	}
}

// What is not an archive of this schema is refused, and not changed by that.
func TestRefusedIsNotChanged(t *testing.T) {
	ours := fmt.Sprintf("; PRAGMA application_id = %d", applicationID)
	for _, s := range []string{`CREATE TABLE notes (x)`, `CREATE TABLE notes (x); PRAGMA user_version = 7`, `CREATE TABLE files (x); PRAGMA user_version = 1` + ours, `CREATE TABLE files (x); PRAGMA user_version = 99` + ours} {
		path := filepath.Join(t.TempDir(), "t.db")
		other := must(sql.Open(driver, path))
		must(other.Exec(s))
		other.Close()
		before := must(os.ReadFile(path))
		for _, open := range []func(string) (*DB, error){OpenReadOnly, Open} {
			if db, err := open(path); err == nil {
				db.Close()
				t.Errorf("%s: opened", s)
			}
			if !bytes.Equal(must(os.ReadFile(path)), before) {
				t.Errorf("%s: the file is another one", s)
			}
		}
	}
}

// Schema 1 knew articles by their paths. An archive of it is refused, and says so.
func TestOlderSchema(t *testing.T) {
	for version := 1; version < schemaVersion; version++ {
		path := filepath.Join(t.TempDir(), "t.db")
		raw := must(sql.Open(driver, path))
		must(raw.Exec(fmt.Sprintf(`CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE); INSERT INTO files VALUES (1, 'a.txt'); PRAGMA user_version = %d; PRAGMA application_id = %d`, version, applicationID)))
		raw.Close()
		for _, open := range []func(string) (*DB, error){Open, OpenReadOnly} {
			_, err := open(path)
			if want := fmt.Sprintf("made by an older tweetarc: its schema is %d, this program's %d", version, schemaVersion); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "archive the corpus again") {
				t.Errorf("%v; want %s", err, want)
			}
		}
	}
}

// A row that no tweet can have is said to be damage, by every question and by verify.
func TestDamagedRow(t *testing.T) {
	for _, row := range []string{"-1", "1073741825", "-9223372036854775808", "9223372036854775807"} {
		db := must(Open(filepath.Join(t.TempDir(), "t.db")))
		keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is on."), say("bo", "2018-01-02", "", "It was on."))})
		for _, sql := range []string{`UPDATE embeds SET tweet = ` + row + ` WHERE tweet = 1`, `UPDATE tweets SET id = ` + row + ` WHERE id = 1`, `INSERT INTO tweets_fts (tweets_fts) VALUES ('rebuild')`} {
			conn := must(db.sql.Conn(t.Context()))
			must(conn.ExecContext(t.Context(), `PRAGMA foreign_keys = 0`))
			must(conn.ExecContext(t.Context(), sql))
			conn.Close()
		}
		for _, query := range []string{"loom", "-loom", "from:ada", "has:id OR loom"} {
			if _, err := db.Search(t.Context(), must(ParseQuery(query)), Page{}); query != "-loom" && (err == nil || !strings.Contains(err.Error(), "damaged")) {
				t.Errorf("%s, %s: %v", row, query, err)
			}
		}
		said := ""
		if _, err := db.Verify(t.Context(), func(f Finding) error { said += f.Check + " "; return nil }); err != nil || !strings.Contains(said, "reference") {
			t.Error(row, said, err)
		}
		db.Close()
	}
}
