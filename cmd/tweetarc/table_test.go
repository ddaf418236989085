package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"example.org/tweetarc/store"
)

// In tables of any width every column begins in the same cell of each line, in
// whatever script its neighbours are written.
func TestTableAligned(t *testing.T) {
	const text = "bridge"
	rows := [][2]string{ // author, text
		{"Jane Roe", "The bridge is open"},
		{"", "bridge"},
		{"港の市長", "橋 bridge が開いた。皆さん、ありがとう。十二年かかりました。橋 bridge が開いた。皆さん、ありがとう。"},
		{"رنا الجسر", "الجسر bridge مفتوح اليوم للجميع"},
		{"דנה הגשר", "bridge"},
		{"Zoë Çelik", "bridge, e\u0301 and \u200bnothing"},
		{"👩‍🚀 Rio 🇳🇱", "👍🏽 bridge 🏳️‍🌈"},
		{strings.Repeat("name ", 30), strings.Repeat("no end of words ", 30) + text},
		{"a\tb\x1b[31m", "bridge\r\nbelow"},
	}
	for _, width := range []int{80, 120, 200} {
		for _, bold := range []bool{false, true} {
			var out bytes.Buffer
			table := newTable(&out, nil)
			table.bold = bold
			table.resize(width)
			for _, r := range rows {
				at := strings.Index(r[1], text)
				words := table.snippet(r[1], []store.Span{{Start: at, End: at + len(text)}})
				if err := table.line("2018-03-05", r[0], words, "|"+strings.Repeat("deep/", 20)+"article.jsonl:17"); err != nil {
					t.Fatal(err)
				}
				if err := table.line("2018-03-05", r[0], r[1], "a.txt:1"); err != nil {
					t.Fatal(err)
				}
			}
			table.Close()
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if len(lines) != 2*len(rows) {
				t.Fatalf("%d lines of %d rows", len(lines), len(rows))
			}
			for i, line := range lines {
				if bold != strings.Contains(line, markOn) && i%2 == 0 {
					t.Errorf("bold %v: %q", bold, line)
				}
				line = strings.NewReplacer(markOn, "", markOff, "").Replace(line)
				if n := runewidth.StringWidth(line); n > width {
					t.Errorf("%d cells of %d: %q", n, width, line)
				}
				place := strings.LastIndex(line, "…")
				if i%2 == 1 {
					place = strings.LastIndex(line, "a.txt")
				}
				if n := runewidth.StringWidth(line[:place]); n != 10+2+table.author+2+table.text+2 {
					t.Errorf("width %d: the last column begins in cell %d: %q", width, n, line)
				}
				if strings.Count(line, "\u2068") != strings.Count(line, "\u2069") {
					t.Errorf("an isolate that does not end: %q", line)
				}
			}
		}
	}
}
