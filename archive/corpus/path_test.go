package corpus

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

func TestPathName(t *testing.T) {
	for path, want := range map[string]string{
		"news/a.txt":               "news/a.txt",
		"./a b/Ü.txt":              "./a b/Ü.txt",
		"news/caf\xe9.txt":         `news/"caf\xe9.txt"`,
		"\xff/\xfe":                `"\xff"/"\xfe"`,
		"/d\n/\x1b[2J.txt":         `/"d\n"/"\x1b[2J.txt"`,
		`a "quoted" name.txt`:      `a "quoted" name.txt`,
		`"all of it"`:              `"\"all of it\""`,
		"https://a.example/x?y=\"": "https://a.example/x?y=\"",
		"-":                        "-",
		"":                         "",
	} {
		got := PathName(path)
		if got != want || RealPath(got) != path || RealPath(path) != path {
			t.Errorf("PathName(%q) = %s, want %s; and back %q, %q", path, got, want, RealPath(got), RealPath(path))
		}
	}
}

func FuzzPathName(f *testing.F) {
	for _, s := range []string{"a/\xff", `"\xff"`, `"/"`, "\\\x00\n", `"\""`, "\ufffd/\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		name := PathName(path)
		if RealPath(name) != path || !utf8.ValidString(name) || strings.ContainsAny(name, "\n\r\x1b") {
			t.Errorf("%q has the name %q, which stands for %q", path, name, RealPath(name))
		}
		if strings.Count(name, "/") != strings.Count(path, "/") {
			t.Errorf("%q: other folders in %q", path, name)
		}
	})
}

// A path that is not UTF-8 can be given as its bytes or as its name: a file alone, in a
// folder and in a container.
func TestPathBytes(t *testing.T) {
	files := map[string]string{"caf\xe9.txt": "one", "caf\xe8.txt": "two"}
	folder(t, map[string]string{"d/caf\xe9.txt": "one", "d/caf\xe8.txt": "two", "z\xff.zip": zipped(t, files), "z\xff.tar": tarred(t, files)})
	want := []string{`/"caf\xe8.txt":1  ""  "two"`, `/"caf\xe9.txt":1  ""  "one"`}
	equal(t, read(t, &Reader{}, "d"), prefixed("d", want)...)
	equal(t, read(t, &Reader{}, "d/caf\xe8.txt", `d/"caf\xe9.txt"`), prefixed("d", want)...)
	equal(t, read(t, &Reader{Include: []string{"caf?.txt"}}, "d"), prefixed("d", want)...)
	for _, z := range []string{`"z\xff.zip"`, `"z\xff.tar"`} {
		equal(t, read(t, &Reader{}, z), prefixed(z, want)...)
		if got := OnDisk(z + want[0][:strings.Index(want[0], ":")]); PathName(got) != z {
			t.Errorf("%s is in %q", want[0], got)
		}
	}
}

// changing reads path, and calls change after the walk has met the file and before all
// is read: before the file is opened, or after its first batch.
func changing(t *testing.T, path string, change func()) (got []string) {
	t.Helper()
	for b := range (&Reader{MaxRecord: 1 << 20}).Articles(path) {
		if change != nil {
			change()
			change = nil
		}
		for a, err := range b.Articles {
			got = append(got, record(a, err))
		}
	}
	return got
}

// If a file is deleted, grows, shrinks or is overwritten while it is read, that is an
// error of the file. So it does not count as archived, but what could be read is kept.
func TestChanging(t *testing.T) {
	line := `{"text": "` + strings.Repeat("words ", 500) + `(@a)"}` + "\n"
	const n = 2000 // lines: several buffers
	long, last := strings.Repeat(line, n), fmt.Sprintf(":%d  \"\"  %q", n, strings.Repeat("words ", 500)+"(@a)")
	older := func(name string) {
		at := time.Now().Add(-time.Hour)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	appended := func(name, s string) {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString(s)
			f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const changed = "! changed while it was read; run the command again"
	for _, test := range []struct {
		name, data string
		change     func(name string)
		records    int    // at least
		last       string // the last of them
	}{
		{"vanishes.txt", "bee", func(n string) { os.Remove(n) }, 1, "! no such file or directory"},
		{"vanishes.jsonl", long, func(n string) { os.Remove(n) }, n, last}, // it is open: all of it is read
		{"grows.txt", "bee", func(n string) { appended(n, "hive") }, 1, changed},
		{"grows.html", "<html>bee", func(n string) { appended(n, "hive") }, 1, changed},
		{"grows.csv", "title,text\nT,bee\n", func(n string) { appended(n, "T,hive\n") }, 1, changed},
		{"grows.warc", response("", page), func(n string) { appended(n, response("", page)) }, 1, changed},
		{"grows.json", "[" + line + "]", func(n string) { appended(n, "["+line+"]") }, 1, changed},
		{"grows.jsonl.gz", gz(line), func(n string) { appended(n, gz(line)) }, 1, changed},
		{"grows-long.csv", "title,text\n" + strings.Repeat("T,bee\n", 20000), func(n string) { appended(n, "T,hive\n") }, 20001, changed},
		{"grows-long.warc", strings.Repeat(response("", page), 600), func(n string) { appended(n, response("", page)) }, 601, changed},
		{"grows.jsonl", long, func(n string) { appended(n, line) }, n + 2, changed},
		{"grows-by-half-a-line.jsonl", long, func(n string) { appended(n, line[:9]) }, n + 1, changed},
		{"shrinks.jsonl", long, func(n string) { os.Truncate(n, int64(len(long)-3<<20)) }, n / 4, changed},
		{"shrinks.txt", "bee", func(n string) { os.Truncate(n, 1) }, 1, changed},
		{"shrinks-to-nothing.txt", "bee", func(n string) { os.Truncate(n, 0) }, 1, changed},
		{"shrinks.zip", zipped(t, map[string]string{"a.txt": strings.Repeat("bee", 1<<20)}), func(n string) { os.Truncate(n, 99) }, 1, "/a.txt:1! ends too early; if the file was cut, copy or download it again"},
		{"written-over.txt", "bee", func(n string) { os.WriteFile(n, []byte("wax"), 0o666) }, 1, changed},
		{"stays.txt", "bee", func(string) {}, 1, `:1  ""  "bee"`},
		{"stays.jsonl", long, func(string) {}, n, last},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{test.name: test.data})
			older(test.name)
			got := changing(t, test.name, func() { test.change(test.name) })
			if len(got) < test.records || got[len(got)-1] != test.name+test.last {
				t.Errorf("%d records, the last %.200q; want %d and %q", len(got), got[len(got)-1:], test.records, test.name+test.last)
			}
			if strings.HasPrefix(test.name, "stays") {
				return
			}
			// The next reading gives what is in it now.
			if _, err := os.Stat(test.name); err != nil {
				return
			}
			for _, l := range read(t, &Reader{}, test.name) {
				if strings.Contains(l, "changed") {
					t.Errorf("again: %s", l)
				}
			}
		})
	}
}

// Such a file is not done.
func TestChangingIsNotDone(t *testing.T) {
	folder(t, map[string]string{"a.txt": "bee (@a)"})
	var parts []archive.Part
	for b := range (&Reader{}).Articles("a.txt") {
		os.WriteFile("a.txt", []byte("hives (@a)"), 0o666)
		s := archive.Scan{Find: func(*archive.Article) []archive.Embed { return nil }, Keep: func(p archive.Part) error {
			parts = append(parts, p)
			return nil
		}}
		if err := s.Run(t.Context(), func(yield func(archive.Batch) bool) { yield(b) }); err != nil {
			t.Fatal(err)
		}
	}
	if len(parts) != 1 || parts[0].Last || len(parts[0].Errors) != 1 {
		t.Errorf("%+v", parts)
	}
}
