package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/tweetarc/fixtures/slow"
)

// said runs the program, and gives all that it prints.
func said(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if got := run(t.Context(), append([]string{"tweetarc"}, args...), strings.NewReader(""), &out, &out); got != code {
		t.Fatalf("tweetarc %s: code %d, want %d\n%s", strings.Join(args, " "), got, code, out.String())
	}
	return out.String()
}

// put writes a file below the working directory.
func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// contains fails unless what was said has each of the words.
func contains(t *testing.T, said string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("no %q in\n%s", w, said)
		}
	}
}

const millText = "The council met for two hours on Monday.\n\nThe mill is %. — Ada Mole (@ada_mole) May 4, 2019\n\nThe mayor did not answer."

// Files whose names are no UTF-8 are two files in every output, archived once.
func TestPathBytes(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "news/mill\xe9.txt", strings.ReplaceAll(millText, "%", "gone"))
	put(t, "news/mill\xe8.txt", strings.ReplaceAll(millText, "%", "back"))
	put(t, "news/two\nlines\x1b[2J.txt", "")
	const one, two = `news/"mill\xe9.txt"`, `news/"mill\xe8.txt"`

	contains(t, said(t, 3, "archive", "--db", "t.db", "news"), "2 with tweets, 2 embeds", `news/"two\nlines\x1b[2J.txt": empty file`)
	contains(t, said(t, 3, "archive", "--db", "t.db", "--verify", "news"), "2 with tweets, 2 embeds") // hashed for the first time
	contains(t, said(t, 3, "archive", "--db", "t.db", "news"), "2 files unchanged since archived, not read again")
	contains(t, said(t, 0, "archive", "--db", "t.db", "news/mill\xe9.txt", two), "2 files unchanged")
	contains(t, said(t, 3, "archive", "--db", "t.db", "--verify", "news"), "2 files unchanged")

	shown := strings.Fields(call(t, t.Context(), 0, "export", "--db", "t.db", "--of", "embeds", "--columns", "file"))
	if want := []string{"file", `"news/""mill\xe8.txt"""`, `"news/""mill\xe9.txt"""`}; strings.Join(shown, " ") != strings.Join(want, " ") {
		t.Errorf("CSV: %q", shown)
	}
	var files []string
	for line := range strings.Lines(call(t, t.Context(), 0, "export", "--db", "t.db", "--of", "embeds", "--format", "jsonl")) {
		var row struct{ File string }
		if err := json.Unmarshal([]byte(line), &row); err != nil || !utf8.ValidString(line) {
			t.Fatalf("%v: %q", err, line)
		}
		files = append(files, row.File)
	}
	if strings.Join(files, " ") != two+" "+one {
		t.Errorf("JSON lines: %q", files)
	}
	contains(t, said(t, 0, "search", "--db", "t.db", "--format", "table", "mill"), one, two)
	contains(t, said(t, 0, "detect", "--format", "jsonl", "news/mill\xe9.txt"), `"file":"news/\"mill\\xe9.txt\""`)
	contains(t, said(t, 3, "archive", "--db", "t.db", "no\xff"), `"no\xff": no such file or directory`, "1 input could not be read")

	var runs []struct{ Inputs []struct{ Path string } }
	if err := json.Unmarshal([]byte(call(t, t.Context(), 0, "runs", "--db", "t.db", "--format", "json")), &runs); err != nil {
		t.Fatal(err)
	}
	if in := runs[0].Inputs; len(in) < 2 || in[0].Path != two || in[1].Path != one {
		t.Errorf("runs: %q", in)
	}

	// By shards the same, kept the second time.
	contains(t, said(t, 3, "shard", "--out", "s", "news"), "2 new, 0 kept, 1 failed")
	contains(t, said(t, 3, "shard", "--out", "s", "news"), "0 new, 2 kept, 1 failed")
	contains(t, said(t, 3, "shards", "s"), "done     2")
	put(t, "list", "news/mill\xe9.txt\n"+two+"\n")
	contains(t, said(t, 0, "shards", "--paths-from", "list", "s"), "done     2")
	said(t, 0, "merge", "--db", "merged.db", "s")
	if got, want := exports(t, "merged.db"), exports(t, "t.db"); got != want {
		t.Errorf("merged\n%s\narchived\n%s", got, want)
	}
}

var files = flag.Int("files", slow.Or(300, 3000), "how many tiny files TestManyFiles makes")

// TestManyFiles archives a folder of tiny files, and once more.
//
//	go test ./cmd/tweetarc -run ManyFiles -files 1000000 -timeout 1h
func TestManyFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	tweets := 0
	for i := range *files {
		text := fmt.Sprintf("Report %d. Nothing happened in the harbour.\n", i)
		if i%10 == 0 {
			text = strings.ReplaceAll(millText, "%", fmt.Sprint("closed on day ", i))
			tweets++
		}
		put(t, fmt.Sprintf("news/%07d.txt", i), text)
	}
	contains(t, said(t, 0, "archive", "-q", "--db", "t.db", "news"), fmt.Sprintf("%d articles, %d with tweets, %d embeds\n", *files, tweets, tweets))
	contains(t, said(t, 0, "archive", "-q", "--db", "t.db", "news"), "0 articles,", fmt.Sprintf("%d files unchanged since archived", *files))
}
