package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

func TestTroubles(t *testing.T) {
	var out bytes.Buffer
	all := troubles{w: &out, begin: "tweetarc: "}
	cut := errors.New("unexpected end")
	fail := func(file string, record int, err error) {
		all.read(&archive.ReadError{Origin: archive.Origin{File: file, Record: record}, Err: err})
	}
	fail("a.jsonl", 2, cut)
	fail("empty.txt", 0, errors.New("empty file"))
	fail("a.jsonl", 4, fmt.Errorf("in a member: %w", cut))
	fail("a.jsonl", 7, cut)
	for i := range 5000 {
		fail("b.jsonl", i+1, cut)
	}
	for range 3 {
		all.add(archive.Origin{}, "oembed: busy", "oembed: busy")
	}
	out.WriteString("...\n")
	all.end()
	all.end() // says nothing twice
	fail("c.jsonl", 1, cut)
	all.end()
	const want = `tweetarc: a.jsonl:2: unexpected end
tweetarc: empty.txt: empty file
tweetarc: oembed: busy
...
tweetarc: also in a.jsonl:4, 7, b.jsonl:1, 2, 3, 4, 5, 6, 7, 8 and 4992 other places: unexpected end
tweetarc: oembed: busy: 2 times more
tweetarc: also in c.jsonl:1: unexpected end
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
	out.Reset()
	for i := range 50 {
		fail("d.jsonl", i+1, fmt.Errorf("cause %d", i))
	}
	if n := strings.Count(out.String(), "\n"); n != maxShown-3+1 || !strings.HasSuffix(out.String(), "tweetarc: further errors are only counted\n") {
		t.Errorf("%d lines\n%s", n, out.String())
	}
}

// Each command that may come upon the same trouble many times says it once.
func TestFolded(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "in/good.txt", "A title\n\nThe mill is gone. — Ada Mole (@ada_mole) May 4, 2019\n\nMore.\n")
	for i := range 30 {
		put(t, fmt.Sprintf("in/empty%02d.txt", i), "")
	}
	put(t, "in/lines.jsonl", strings.Repeat(`{"text":"The mill (@ada_mole`+"\n", 1000))
	for _, command := range []string{"detect -q in", "archive -q in", "archive -q --db new.db nowhere1 nowhere2 nowhere3 in"} {
		out := said(t, 3, strings.Fields(command)...)
		contains(t, out, "tweetarc: in/empty00.txt: empty file\n", "tweetarc: also in in/empty01.txt, in/empty02.txt, in/empty03.txt, in/empty04.txt, in/empty05.txt, in/empty06.txt, in/empty07.txt, in/empty08.txt, in/empty09.txt, in/empty10.txt and 19 other places: empty file\n",
			"also in in/lines.jsonl:2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 989 other places: ", "could not be read: 1000 ")
		if strings.Contains(command, "nowhere") {
			contains(t, out, "nowhere1: no such file or directory\n", "also in nowhere2, nowhere3: no such file or directory\n", "3 inputs could not be read")
		}
		if n := strings.Count(out, "\n"); n > 15 {
			t.Errorf("%s prints %d lines\n%s", command, n, out)
		}
	}
	contains(t, said(t, 3, "shard", "--out", "s", "in"), "tweetarc: in/empty00.txt: empty file\n", "and 19 other places: empty file\n", "32 inputs: 2 new, 0 kept, 30 failed")
	contains(t, said(t, 3, "shards", "s"), "failed   30\n", "\nfailed: in/empty00.txt: empty file\nfailed: also in in/empty01.txt, in/empty02.txt, ", " and 19 other places: empty file\n")
	for i := range 12 {
		put(t, fmt.Sprintf("s/cut%02d%s", i, shardExt), "not finished")
	}
	contains(t, said(t, 3, "merge", "--db", "merged.db", "s"), "12 not finished or damaged", "tweetarc: s/cut00.jsonl.gz: ", "tweetarc: also in s/cut01.jsonl.gz, ", " and 1 other place: ")
	put(t, "dump.jsonl", strings.Repeat("{\n", 100)+`{"id_str":"1124604100000000000","full_text":"The mill is gone.","user":{"screen_name":"ada_mole"}}`+"\n")
	contains(t, said(t, 3, "enrich", "--db", "new.db", "--via", "dump.jsonl"), "dump.jsonl:1: ", "also in dump.jsonl:2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 89 other places: ", "100 lines could not be read")
	said(t, 0, "sample", "--db", "new.db", "-o", "sheet.csv")
	sheet, err := os.ReadFile("sheet.csv")
	if err != nil {
		t.Fatal(err)
	}
	header, row, _ := strings.Cut(string(sheet), "\r\n")
	put(t, "sheet.csv", header+"\r\n"+strings.Repeat(strings.Replace(row, ",,,,", ",no,,,", 1), 3))
	contains(t, said(t, 3, "validate", "--db", "new.db", "--coder", "Ada", "sheet.csv"), "tweetarc: sheet.csv:2: verdict \"no\"", "tweetarc: also in sheet.csv:3, 4: verdict that can mean", "3 rows could not be understood")
}

// Files that lost tweets are named, but not thousands of them.
func TestSupersededFiles(t *testing.T) {
	var files []store.Count
	for i := range 1000 {
		files = append(files, store.Count{Name: fmt.Sprintf("%d.txt", i), N: 1})
	}
	var out strings.Builder
	tellSuperseded(&out, files[:1])
	if want := "1 tweet is no longer in 0.txt; kept as superseded\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	tellSuperseded(&out, files)
	if n := strings.Count(out.String(), "\n"); n != maxShown+1 || !strings.HasSuffix(out.String(), "980 tweets are no longer in 980 other files; kept as superseded\n") {
		t.Errorf("%d lines\n%s", n, out.String())
	}
}
