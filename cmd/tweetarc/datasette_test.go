package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/fixtures/slow"
)

// fixturesArchive is an archive of the fixtures, and exports of it.
func fixturesArchive(t *testing.T) (db, tweets, embeds string) {
	t.Helper()
	dir := t.TempDir()
	db, tweets, embeds = filepath.Join(dir, "t.db"), filepath.Join(dir, "tweets.csv"), filepath.Join(dir, "embeds.csv")
	for _, args := range [][]string{
		{"archive", "--db", db, "../../fixtures"},
		{"export", "--db", db, "--of", "tweets", "-o", tweets},
		{"export", "--db", db, "--of", "embeds", "-o", embeds},
	} {
		ours(t, args...)
	}
	return db, tweets, embeds
}

// ours is what the command prints.
func ours(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), append([]string{"tweetarc"}, args...), strings.NewReader(""), &out, testWriter{t}); code != 0 {
		t.Fatalf("%q: exit code %d", args, code)
	}
	return out.String()
}

// program is a program that users have, or the end of the test.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("no " + name + " on PATH; pip install " + name)
	}
	return path
}

// The tables that are for reading; the others are the full-text index's own.
var tables = []string{"aliases", "articles", "counted", "embeds", "files", "links", "lookups", "places", "progress", "readings", "revisits", "runs", "sampled", "samples", "scopes", "tombstones", "tweets", "verdicts", "versions"}

// TestDatasette opens an archive as it is in the real Datasette.
func TestDatasette(t *testing.T) {
	slow.Test(t)
	datasette := program(t, "datasette")
	db, _, _ := fixturesArchive(t)

	get := startDatasette(t, datasette, db)
	sameTables(t, db, get)
	for _, c := range []struct{ table, column string }{{"tweets", "handle"}, {"embeds", "form"}, {"embeds", "article"}, {"articles", "host"}} {
		var page struct {
			Count  int                                                `json:"filtered_table_rows_count"`
			Facets map[string]struct{ Results []struct{ Count int } } `json:"facet_results"`
		}
		get("/t/"+c.table+".json?_facet_size=max&_facet="+c.column, &page)
		n := 0
		for _, r := range page.Facets[c.column].Results {
			n += r.Count
		}
		if n != page.Count || n == 0 {
			t.Errorf("facet %s of %s: %d of %d rows", c.column, c.table, n, page.Count)
		}
	}

	// Datasette quotes what is searched for, so that nothing is an operator.
	for _, words := range []string{"bridge", "news", "don't", "bad news", "ÜBER", "🐈", "nothing-of-the-kind"} {
		var rows []struct{ Text string }
		get("/t/tweets.json?_shape=array&_search="+url.QueryEscape(words), &rows)
		want := strings.TrimSpace(ours(t, "search", "--db", db, "--count", words))
		if words == "🐈" { // the tokenizer finds only letters; search finds it by its sign
			want = "0"
		}
		if fmt.Sprint(len(rows)) != want {
			t.Errorf("%q: %d rows, want %s", words, len(rows), want)
		}
	}
}

// startDatasette serves an archive, and gives the function that asks for a page of it.
func startDatasette(t *testing.T, datasette, db string) (get func(path string, into any)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	var log bytes.Buffer
	server := exec.Command(datasette, "serve", db, "--port", port)
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	get = func(path string, into any) {
		t.Helper()
		resp, err := http.Get("http://127.0.0.1:" + port + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v, %s: %.300s", path, err, resp.Status, body)
		}
		if into != nil {
			if err := json.Unmarshal(body, into); err != nil {
				t.Fatalf("%s: %v: %.300s", path, err, body)
			}
		}
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get("http://127.0.0.1:" + port + "/-/versions.json"); err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal("does not answer")
		}
	}
	return get
}

// sameTables compares the tables that are shown, and opens each of them.
func sameTables(t *testing.T, db string, get func(path string, into any)) {
	t.Helper()
	var all struct {
		Tables []struct {
			Name     string
			Hidden   bool
			Count    int
			FTSTable string `json:"fts_table"`
		}
	}
	get("/t.json", &all)
	var shown []string
	for _, table := range all.Tables {
		get("/t/"+table.Name, nil)
		get("/t/"+table.Name+".json?_labels=on", nil)
		if table.Hidden {
			continue
		}
		shown = append(shown, table.Name)
		switch table.Name {
		case "tweets":
			if want := strings.TrimSpace(ours(t, "search", "--db", db, "--count", "")); fmt.Sprint(table.Count) != want || table.FTSTable != "tweets_fts" {
				t.Errorf("%d tweets, want %s, searched by %q", table.Count, want, table.FTSTable)
			}
		case "articles", "embeds":
			get("/t/"+table.Name+"/1", nil)
		}
	}
	if !slices.Equal(shown, tables) {
		t.Errorf("tables %q, want %q", shown, tables)
	}
}

// TestSQLiteUtils reads an archive and its exports with the real sqlite-utils.
func TestSQLiteUtils(t *testing.T) {
	slow.Test(t)
	utils := program(t, "sqlite-utils")
	db, tweets, embeds := fixturesArchive(t)
	rows := func(args ...string) (rows []map[string]any) {
		t.Helper()
		out, err := exec.Command(utils, args...).Output()
		if err != nil {
			t.Fatalf("%q: %v: %s", args, err, err.(*exec.ExitError).Stderr)
		}
		d := json.NewDecoder(bytes.NewReader(out))
		d.UseNumber()
		if err := d.Decode(&rows); err != nil {
			t.Fatalf("%q: %v: %.300s", args, err, out)
		}
		return rows
	}
	counts := map[string]string{}
	for _, table := range rows("tables", db, "--counts") {
		name := fmt.Sprint(table["table"])
		counts[name] = fmt.Sprint(table["count"])
		if got := fmt.Sprint(len(rows("rows", db, name))); got != counts[name] {
			t.Errorf("%s: %s rows of %s", name, got, counts[name])
		}
	}
	for _, name := range tables {
		if counts[name] == "" {
			t.Errorf("no table %s", name)
		}
	}
	if got := rows("search", db, "tweets", "bridge", "-c", "text"); fmt.Sprint(len(got)) != strings.TrimSpace(ours(t, "search", "--db", db, "--count", "bridge")) || len(got) == 0 {
		t.Errorf("search: %v", got)
	}

	// What it makes of the CSV: as many rows, and the same IDs, digit by digit.
	for of, path := range map[string]string{"tweets": tweets, "embeds": embeds} {
		got := rows("memory", path, "SELECT count(*) AS n, group_concat(DISTINCT nullif(tweet_id, '')) AS ids FROM t")[0]
		want := rows("query", db, "SELECT count(*) AS n, group_concat(DISTINCT nullif(tweet_id, '')) AS ids FROM (SELECT tweet_id FROM "+of+" ORDER BY 1)")[0]
		ids := func(row map[string]any) []string {
			s := strings.Split(fmt.Sprint(row["ids"]), ",")
			slices.Sort(s)
			return s
		}
		if got["n"] != want["n"] || got["n"] != json.Number(counts[of]) || !slices.Equal(ids(got), ids(want)) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}
