package corpus

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// hasAnchor takes the place of the detector's prefilter.
func hasAnchor(raw []byte) bool {
	if bytes.Contains(raw, []byte(`\u00`)) {
		raw = escapeOfASCII.ReplaceAllFunc(raw, func(e []byte) []byte {
			r, _ := archive.EscapedRune(e)
			return []byte{byte(r)}
		})
	}
	return bytes.Contains(raw, []byte("(@")) || bytes.Contains(raw, []byte("witter")) || bytes.Contains(raw, []byte("status"))
}

var escapeOfASCII = regexp.MustCompile(`\\u00[2-7][0-9a-fA-F]`)

// read reads paths, a line for each record:
//
//	file:record date "title" url html? "body"
//	file:record -                           not decoded, or without a body
//	file:record! error
//	file:record~ reason of skipping
func read(t *testing.T, r *Reader, paths ...string) []string {
	t.Helper()
	var got []string
	for b := range r.Articles(paths...) {
		for a, err := range b.Articles {
			got = append(got, record(a, err))
		}
	}
	return got
}

func record(a *archive.Article, err error) string {
	var re *archive.ReadError
	var skip archive.Skipped
	switch {
	case errors.As(err, &skip):
		errors.As(err, &re)
		return fmt.Sprintf("%s~ %s", re.Origin, skip)
	case errors.As(err, &re):
		return fmt.Sprintf("%s! %s", re.Origin, re.Err)
	case err != nil:
		return "NOT A READ ERROR " + err.Error()
	case a.Body == "" && a.Title == "" && a.URL == "":
		return fmt.Sprintf("%s -", a.Origin)
	}
	html := ""
	if a.HTML {
		html = " html"
	}
	return fmt.Sprintf("%s %s %q %s%s %q", a.Origin, a.Date, a.Title, a.URL, html, a.Body)
}

// folder makes a folder of files, and makes it the working directory.
func folder(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, data := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	g, w := strings.Join(got, "\n"), strings.Join(want, "\n")
	if g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func gz(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func TestText(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"a leading date", " date 2018-03-22 Mayor opens bridge\n\nIt rained.", `2018-03-22 "Mayor opens bridge"  " date 2018-03-22 Mayor opens bridge\n\nIt rained."`},
		{"a heading", "Mayor opens bridge\n\nIt rained.", ` "Mayor opens bridge"  "Mayor opens bridge\n\nIt rained."`},
		{"no heading", "It rained.\nAll day.", ` ""  "It rained.\nAll day."`},
		{"no date", "date 2018-13-22 Mayor\n\nIt", ` "date 2018-13-22 Mayor"  "date 2018-13-22 Mayor\n\nIt"`},
		{"CRLF", "Bridge\r\n\r\nIt rained.\r\n", ` "Bridge"  "Bridge\r\n\r\nIt rained.\r\n"`},
		{"BOM", "\ufeffBridge\n\nRain", ` "Bridge"  "Bridge\n\nRain"`},
		{"a wiki's links among tags", "<span id=x></span>\n= Rain =\n\n<blockquote>It [https://a.example rained].</blockquote>", ` ""  "<span id=x></span>\n= Rain =\n\n<blockquote>It [https://a.example rained].</blockquote>"`},
		{"... but not in a page", "<div>[https://a.example rain]</div>\n\n<Iframe src=x></iframe>", ` ""  html "<div>[https://a.example rain]</div>\n\n<Iframe src=x></iframe>"`},
		{"... nor beside a tweet's ID", "<div>[https://a.example rain]</div>\n\n<div class=tweet data-tweet-id=20></div>", ` ""  html "<div>[https://a.example rain]</div>\n\n<div class=tweet data-tweet-id=20></div>"`},
		{"... nor in HTML without empty lines", "<div>[https://a.example rain]</div>", ` ""  html "<div>[https://a.example rain]</div>"`},
		{"Markdown's", "It [rained](https://a.example).</p>\n\n> [x](https://a.example) <https://b.example> 5 < 6", ` "It [rained](https://a.example).</p>"  "It [rained](https://a.example).</p>\n\n> [x](https://a.example) <https://b.example> 5 < 6"`},
		{"windows-1252", "Caf\xe9 \x97 open", ` ""  "Café — open"`},
		{"damaged UTF-8", "Café\xff open", ` ""  "Café` + "\ufffd" + ` open"`},
		{"NUL", "It\x00 rained all day", ` ""  "It\x00 rained all day"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a.txt": test.data, "b.txt.gz": gz(test.data)})
			equal(t, read(t, &Reader{}, "a.txt", "b.txt.gz"), "a.txt:1 "+test.want, "b.txt.gz:1 "+test.want)
		})
	}
}

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

func prefixed(p string, l []string) (out []string) {
	for _, s := range l {
		out = append(out, p+s)
	}
	return out
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

// Random bytes are not text.
func TestBinary(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		b := make([]byte, 4096)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		if f := sniff(b, "a"); f != binaryFile {
			t.Fatalf("%q is recognised as %v", b[:20], f)
		}
	}
}

func TestMaxRecord(t *testing.T) {
	long := `{"text": "` + strings.Repeat("long (@a) ", 300_000) + `"}`
	data := "{\"text\": \"1 (@a)\"}\n" + long + "\n{\"text\": \"3 (@a)\"}\n" + long
	folder(t, map[string]string{"a.jsonl": data, "b.jsonl.gz": gz(data), "c.txt": strings.Repeat("long ", 1<<20), "d.txt.gz": gz(strings.Repeat("long ", 1<<20))})
	r := &Reader{MaxRecord: 2 << 20}
	const said = "record longer than 2 MiB; raise --max-record to read it"
	want := []string{`:1  ""  "1 (@a)"`, `:2! ` + said, `:3  ""  "3 (@a)"`, `:4! ` + said}
	equal(t, read(t, r, "a.jsonl"), prefixed("a.jsonl", want)...)
	equal(t, read(t, r, "b.jsonl.gz"), prefixed("b.jsonl.gz", want)...)
	equal(t, read(t, r, "c.txt", "d.txt.gz"), "c.txt:1! "+said, "d.txt.gz:1! "+said)
}

func TestPaths(t *testing.T) {
	folder(t, map[string]string{
		"d/b.txt": "b", "d/a/z.txt": "z", "d/a.txt": "a", "d/.hidden": "h", "d/.git/x": "x", "d/\xff.txt": "ff",
		"empty.txt": "", "empty/.keep": "",
	})
	os.Remove("empty/.keep")
	os.Symlink("..", "d/a/loop")
	os.Symlink("nowhere", "d/dangling")
	os.Symlink("b.txt", "d/link.txt")
	mkfifo(t, "d/fifo")
	socket(t, "d/socket")
	want := []string{
		`d/.git~ hidden file`,
		`d/.hidden~ hidden file`,
		`d/a/loop~ link to a folder that is read anyway`,
		`d/a/z.txt:1  ""  "z"`,
		`d/a.txt:1  ""  "a"`,
		`d/b.txt:1  ""  "b"`,
		`d/dangling! no such file or directory`,
		`d/fifo~ named pipe`,
		`d/link.txt:1  ""  "b"`,
		`d/socket~ socket`,
		`d/"\xff.txt":1  ""  "ff"`,
	}
	equal(t, read(t, &Reader{}, "d"), want...)
	equal(t, read(t, &Reader{Exclude: []string{".*", "dangling", "fifo", "li*", "socket", "\xff*"}}, "./d/a/"),
		`./d/a/loop/.git~ hidden file`,
		`./d/a/loop/.hidden~ hidden file`,
		`./d/a/loop/a~ link to a folder that is read anyway`,
		`./d/a/loop/a.txt:1  ""  "a"`,
		`./d/a/loop/b.txt:1  ""  "b"`,
		`./d/a/z.txt:1  ""  "z"`)
	equal(t, read(t, &Reader{}, "missing.txt", "empty.txt", "empty", "", "d/.hidden"),
		"missing.txt! no such file or directory", "empty.txt! empty file", "empty! no files in this folder", "! empty path; name a file or a folder", `d/.hidden:1  ""  "h"`)
	equal(t, read(t, &Reader{Include: []string{"a*", "**/a/*"}, Exclude: []string{"loop"}}, "d"),
		`d/.git~ hidden file`, `d/.hidden~ hidden file`, `d/a/z.txt:1  ""  "z"`, `d/a.txt:1  ""  "a"`)
	go func() {
		f, err := os.OpenFile("d/fifo", os.O_WRONLY, 0)
		if err == nil {
			f.WriteString("from the pipe")
			f.Close()
		}
	}()
	equal(t, read(t, &Reader{}, "d/fifo"), `d/fifo:1  ""  "from the pipe"`)
}

// The prefilter changes neither the number of records nor what is found, even if
// escapes of JSON hide an anchor.
func TestMayHold(t *testing.T) {
	data := `{"text": "(@a)"}
{"text": "nothing"}
{"text": "(\u0040a)"}
{"text": "\u0028@a)"}
{"text": "x.example\/status\/20"}
{"text": "\u003cp\u003e \\u0040 \\/ (", "url": "https:\/\/a.example"}
{"text": "tw\u0069tter", "t\u0069tle": "\u0041"}
{"text": "no", "url": "https://twitter.com/x"}
{"text": "(\\u0040a)"}
{"text": "nothing", "url": "u`
	folder(t, map[string]string{"a.jsonl": data})
	var full, fast []string
	for _, l := range read(t, &Reader{}, "a.jsonl") {
		if body := l[strings.LastIndex(l, ` "`)+1:]; !hasAnchor([]byte(body)) && !strings.Contains(l, "!") {
			l, _, _ = strings.Cut(l, " ")
			l += " -"
		}
		full = append(full, l)
	}
	asked := 0
	fast = read(t, &Reader{MayHold: func(b []byte) bool { asked++; return hasAnchor(b) }}, "a.jsonl")
	equal(t, fast, full...)
	if asked < 10 {
		t.Errorf("MayHold was asked %d times", asked)
	}
}

func TestDay(t *testing.T) {
	for in, want := range map[string]string{
		"2018-03-22":                       "2018-03-22",
		"2018-3-2":                         "2018-03-02",
		"2018-03-22 10:00:00":              "2018-03-22",
		"2018-03-22T23:30:00-05:00":        "2018-03-22",
		"2018/03/22":                       "2018-03-22",
		"20180322":                         "2018-03-22",
		"20180322103000":                   "2018-03-22",
		"20180322T103000Z":                 "2018-03-22",
		"1521712800":                       "2018-03-22",
		"1521712800.5":                     "2018-03-22",
		"1521712800000":                    "2018-03-22",
		"September 14, 2017":               "2017-09-14",
		"Sept. 14, 2017, 5:00 p.m. EDT":    "2017-09-14",
		"Thursday, September 14th, 2017":   "2017-09-14",
		"14 September 2017":                "2017-09-14",
		"14 Sep 2017 10:00":                "2017-09-14",
		"Thu, 14 Sep 2017 10:00:00 GMT":    "2017-09-14",
		"Thu, 14 Sep 2017 10:00:00 +0200":  "2017-09-14",
		"Thursday, 14-Sep-17 10:00:00 GMT": "2017-09-14",
		"Thu Sep 14 10:00:00 +0000 2017":   "2017-09-14",
		"Thu Sep 14 10:00:00 2017":         "2017-09-14",
		"Thu Sep 14 10:00:00 UTC 2017":     "2017-09-14",
		"Published on 14 September 2017":   "2017-09-14",
		"Updated: 2017-09-14 at noon":      "2017-09-14",
		"25.12.2016":                       "2016-12-25",
		"12/25/2016":                       "2016-12-25",
		"25/12/2016 10:00":                 "2016-12-25",
		"05/05/2016":                       "2016-05-05",
		"03/04/2016":                       "", // March or April
		"2018-02-30":                       "",
		"9999-01-01":                       "",
		"yesterday":                        "",
		"":                                 "",
		"12":                               "",
		"1.5e9":                            "",
		"99999999999999999999":             "",
	} {
		if got := day(in); got != want {
			t.Errorf("day(%q) = %q, want %q", in, got, want)
		}
	}
}
