package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
)

// What is printed while a bar is shown has a line of its own.
func TestProgressLines(t *testing.T) {
	var out strings.Builder
	p := progress{w: &out, clear: "\r\x1b[K"}
	fmt.Fprint(&out, "3 embeds 10% |##  |")
	fmt.Fprintln(&p, "a.txt: empty file")
	if want := "3 embeds 10% |##  |\r\x1b[Ka.txt: empty file\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// A short run has no speed, and no figure is a nought that means "a little".
func TestSpeed(t *testing.T) {
	for _, test := range []struct {
		took  time.Duration
		bytes int64
		want  string
	}{
		{0, 0, ""},
		{900 * time.Millisecond, 5e9, ""},
		{2 * time.Second, 0, "2.0 s\n"},
		{2 * time.Second, 1, "2.0 s, 1 byte/s\n"},
		{4 * time.Second, 800, "4.0 s, 200 bytes/s\n"},
		{4 * time.Second, 10_000, "4.0 s, 2.5 KB/s\n"},
		{10 * time.Second, 412_000_000, "10.0 s, 41 MB/s\n"},
		{10 * time.Second, 25_000_000_000, "10.0 s, 2.5 GB/s\n"},
	} {
		var out strings.Builder
		tellSpeed(&out, test.took, test.bytes)
		if out.String() != test.want {
			t.Errorf("%d bytes in %v: %q, want %q", test.bytes, test.took, out.String(), test.want)
		}
	}
}

// A log has a line a minute, also before anything is read.
func TestProgressLog(t *testing.T) {
	var p progress
	p.tweets.Store(1)
	read := &corpus.Reader{Stdin: strings.NewReader("An article of forty bytes, or a few less.")}
	var out strings.Builder
	p.line(&out, read, time.Minute)
	scan := archive.Scan{Find: func(*archive.Article) []archive.Embed { return nil }, Keep: func(archive.Part) error { return nil }}
	if err := scan.Run(t.Context(), read.Articles("-")); err != nil {
		t.Fatal(err)
	}
	p.line(&out, read, time.Minute)
	if want := "1m0s: nothing read yet\n1m0s: 41 bytes read, 1 byte/s, 1 embed\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
