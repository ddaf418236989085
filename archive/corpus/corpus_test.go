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

func prefixed(p string, l []string) (out []string) {
	for _, s := range l {
		out = append(out, p+s)
	}
	return out
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
