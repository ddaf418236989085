package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
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
tweetarc: unexpected end: also in a.jsonl:4, 7, b.jsonl:1, 2, 3, 4, 5, 6, 7, 8 and 4992 other places
tweetarc: oembed: busy: 2 times more
tweetarc: unexpected end: also in c.jsonl:1
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
		contains(t, out, "tweetarc: in/empty00.txt: empty file\n", "empty file: also in in/empty01.txt, in/empty02.txt, in/empty03.txt, in/empty04.txt, in/empty05.txt, in/empty06.txt, in/empty07.txt, in/empty08.txt, in/empty09.txt, in/empty10.txt and 19 other places\n",
			"also in in/lines.jsonl:2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 989 other places\n", "could not be read: 1000 ")
		if strings.Contains(command, "nowhere") {
			contains(t, out, "nowhere1: no such file or directory\n", "no such file or directory: also in nowhere2, nowhere3\n", "3 inputs could not be read")
		}
		if n := strings.Count(out, "\n"); n > 15 {
			t.Errorf("%s prints %d lines\n%s", command, n, out)
		}
	}
}
