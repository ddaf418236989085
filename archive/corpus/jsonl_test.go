package corpus

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

const lines = `{"text": "One.", "url": "https://a.example/1", "title": "First", "date": "2018-03-22"}

{"text": "Two
{"id": 3}
{"headline": "Fourth", "maintext": "Four \u2014 \ud83d\ude00 \"x\"\n", "published": "September 14, 2017", "extra": [1, {"text": "no"}, NaN]}
{"text": null}
{"text": "<p>Seven</p>"}
["no object"]`

var linesWant = []string{
	`:1 2018-03-22 "First" https://a.example/1 "One."`,
	`:3! the JSON ends too early; is a quote or a bracket not closed?`,
	`:4! no text in the fields id; if one of them has it, name it with --text-field`,
	`:5 2017-09-14 "Fourth"  "Four — 😀 \"x\"\n"`,
	`:6 -`,
	`:7  ""  html "<p>Seven</p>"`,
	`:8! not a JSON object`,
}

func TestJSONLines(t *testing.T) {
	folder(t, map[string]string{"a.jsonl": lines, "b": gz(lines), "c": strings.ReplaceAll(lines, "\n", "\r\n")})
	equal(t, read(t, &Reader{}, "a.jsonl"), prefixed("a.jsonl", linesWant)...)
	equal(t, read(t, &Reader{}, "b"), prefixed("b", linesWant)...)
	equal(t, read(t, &Reader{}, "c"), prefixed("c", linesWant)...)
	equal(t, read(t, &Reader{Stdin: strings.NewReader(lines)}, "-"), prefixed("-", linesWant)...)
}

// Chunks of a large file, and of a stream, number lines as a small file does.
func TestJSONLinesLarge(t *testing.T) {
	var b strings.Builder
	var want []string
	for n := 1; b.Len() < 5<<20; n++ {
		switch {
		case n%100 == 0:
			b.WriteString("\n")
		case n%77 == 0:
			b.WriteString("{\"text\": \"broken (@\n")
			want = append(want, fmt.Sprintf(":%d! the JSON ends too early; is a quote or a bracket not closed?", n))
		case n%1000 == 1:
			body := strings.Repeat("x", n*100) + " (@a)"
			fmt.Fprintf(&b, "{\"text\": %q}\n", body)
			want = append(want, fmt.Sprintf(":%d  \"\"  %q", n, body))
		default:
			fmt.Fprintf(&b, "{\"text\": \"%d%s\"}\n", n, strings.Repeat(" words", n%50))
			want = append(want, fmt.Sprintf(":%d -", n))
		}
	}
	folder(t, map[string]string{"a.jsonl": b.String(), "b.jsonl.gz": gz(b.String())})
	r := &Reader{MayHold: hasAnchor}
	equal(t, read(t, r, "a.jsonl"), prefixed("a.jsonl", want)...)
	equal(t, read(t, r, "b.jsonl.gz"), prefixed("b.jsonl.gz", want)...)
	r.Stdin = strings.NewReader(b.String())
	equal(t, read(t, r, "-"), prefixed("-", want)...)
	r.Resume = func(f *archive.File) (int, bool) { return 500, f.Path == "b.jsonl.gz" }
	for len(want) > 0 && record500(want[0]) {
		want = want[1:]
	}
	equal(t, read(t, r, "a.jsonl", "b.jsonl.gz"), prefixed("a.jsonl", want)...)
}

func record500(s string) bool {
	var n int
	fmt.Sscanf(s, ":%d", &n)
	return n <= 500
}

// Not every file that is named so is JSON lines.
func TestJSONLinesByName(t *testing.T) {
	pretty := "{\n  \"title\": \"T\",\n  \"text\": \"One\"\n}\n"
	folder(t, map[string]string{
		"pretty.jsonl": pretty + pretty, "mac.jsonl": "{\"text\": \"One\"}\r{\"text\": \"Two\"}\r",
		"cut.jsonl": "{\"text\": \"On\nnot JSON\n{\"text\": \"Two\"}\n", "list.jsonl": "[\n{\"text\": \"One\"},\n{\"text\": \"Two\"}\n]\n",
		"deep.jsonl": `{"text": "a", "x": ` + strings.Repeat("[", 1e6) + strings.Repeat("]", 1e6) + "}\n" + strings.Repeat(`{"text":`, 1e6) + "1" + strings.Repeat("}", 1e6) + "\n{\"text\": \"Two\"}\n",
		"a.pdf":      "%PDF-1.4\nwords\n", "z.txt.gz": gz(zipped(t, map[string]string{"x": "x"})),
	})
	equal(t, read(t, &Reader{}, "pretty.jsonl"), `pretty.jsonl:1  "T"  "One"`, `pretty.jsonl:2  "T"  "One"`)
	equal(t, read(t, &Reader{}, "mac.jsonl"), `mac.jsonl:1  ""  "One"`, `mac.jsonl:2  ""  "Two"`)
	equal(t, read(t, &Reader{}, "list.jsonl"), `list.jsonl:1  ""  "One"`, `list.jsonl:2  ""  "Two"`)
	equal(t, read(t, &Reader{}, "cut.jsonl"), `cut.jsonl:1! the JSON ends too early; is a quote or a bracket not closed?`, `cut.jsonl:2! not a JSON object`, `cut.jsonl:3  ""  "Two"`)
	equal(t, read(t, &Reader{}, "deep.jsonl"), `deep.jsonl:1! JSON values inside values, deeper than 10000`, `deep.jsonl:2! JSON values inside values, deeper than 10000`, `deep.jsonl:3  ""  "Two"`)
	equal(t, read(t, &Reader{}, "a.pdf", "z.txt.gz"), `a.pdf! PDF: make text of it with pdftotext`, `z.txt.gz! an archive inside an archive is not read; unpack it first`)
}
