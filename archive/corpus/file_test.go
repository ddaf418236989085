package corpus

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tweetarc/archive"
)

// A file is known by its absolute path, however the user names it.
func TestAbs(t *testing.T) {
	z := zipped(t, map[string]string{"x/y.txt": "why"})
	folder(t, map[string]string{"d/a.txt": "a", "d/caf\xe9.txt": "b", "d/z.zip": z})
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	r := &Reader{Stdin: strings.NewReader(z), Open: func(string) (*archive.File, io.ReadCloser, error) {
		return &archive.File{}, io.NopCloser(strings.NewReader(z)), nil
	}}
	for _, test := range []struct {
		path string
		want []string // path and absolute path, that of the folder as ~
	}{
		{"d/a.txt", []string{"d/a.txt ~/d/a.txt"}},
		{"./d//../d/a.txt", []string{"./d//../d/a.txt ~/d/a.txt"}},
		{dir + "/d/./a.txt", []string{dir + "/d/./a.txt ~/d/a.txt"}},
		{"d/caf\xe9.txt", []string{`d/"caf\xe9.txt" ~/d/"caf\xe9.txt"`}},
		{"d/../d/", []string{"d/../d/a.txt ~/d/a.txt", `d/../d/"caf\xe9.txt" ~/d/"caf\xe9.txt"`, "d/../d/z.zip/x/y.txt ~/d/z.zip/x/y.txt", "d/../d/z.zip ~/d/z.zip"}},
		{"missing", []string{"missing ~/missing"}},
		{"-", []string{"-/x/y.txt ", "- "}},
		{"https://ada:MADEUP@a.example/z?page=1&token=MADEUP#x", []string{"https://a.example/z?page=1/x/y.txt https://a.example/z?page=1/x/y.txt", "https://a.example/z?page=1 https://a.example/z?page=1"}},
	} {
		var got []string
		for b := range r.Articles(test.path) {
			for range b.Articles {
			}
			abs := b.File.Abs
			if in, ok := strings.CutPrefix(abs, dir+"/"); ok {
				abs = "~/" + in
			}
			got = append(got, b.File.Path+" "+abs)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.path, got, test.want)
		}
	}
}

// A container is asked about before its members, and comes after them.
func TestContainerItself(t *testing.T) {
	files := map[string]string{"a.txt": "a", "b.jsonl": `{"text": "b"}`, "c/d.txt": "d"}
	z, tr := zipped(t, files), tarred(t, files)
	packed := gz(tr)
	folder(t, map[string]string{"z.zip": z, "t.tar": tr, "t.tar.gz": packed, "cut.zip": z[:len(z)-40], "cut.tar": tr[:2100], "cut.tar.gz": packed[:len(packed)-4], "empty.tar": tarred(t, nil)})
	const whole = "? a.txt b.jsonl c/d.txt ."
	for _, test := range []struct {
		name, want string
		skip       bool
	}{
		{"z.zip", whole, false}, {"t.tar", whole, false}, {"t.tar.gz", whole, false},
		{"z.zip", "?", true}, {"t.tar", "?", true}, {"t.tar.gz", "?", true},
		{"cut.zip", "? !", false}, {"cut.tar", "? a.txt b.jsonl !", false}, {"cut.tar.gz", "? a.txt b.jsonl c/d.txt !", false}, {"empty.tar", "? !", false},
	} {
		for _, streamed := range []bool{false, true} {
			data, err := os.ReadFile(test.name)
			if err != nil {
				t.Fatal(err)
			}
			name := test.name
			if streamed {
				name = "-"
			}
			if streamed && data[0] == 0 {
				continue // a tar without files has nothing but its name to say so
			}
			got, r := "", &Reader{Stdin: bytes.NewReader(data)}
			r.Resume = func(f *archive.File) (int, bool) {
				if f.Holds {
					got += "?"
				}
				return 0, f.Holds && test.skip
			}
			in := map[*archive.File]bool{}
			for b := range r.Articles(name) {
				records, broken := 0, false
				for _, err := range b.Articles {
					records++
					broken = broken || err != nil
				}
				switch f := b.File; {
				case f.Holds && broken && records == 1:
					got += " !"
				case f.Holds && b.Last && records == 0:
					got += " ."
					in[f] = true
				case f.In != nil && f.In.Holds && f.In.Path == name && records == 1 && !broken:
					got += strings.Replace(f.Path, name+"/", " ", 1)
					in[f.In] = true
				default:
					t.Errorf("%s: %+v with %d records", name, f, records)
				}
			}
			if got != test.want || len(in) > 1 {
				t.Errorf("%s as %s: %q, want %q, and %d containers", test.name, name, got, test.want, len(in))
			}
			if done, _ := r.BytesRead(); !streamed && test.want == "?" && done != int64(len(data)) {
				t.Errorf("%s: %d bytes passed over, want %d", name, done, len(data))
			}
		}
	}
}

// Of a container a limit ends the reading without a sign that it was read whole.
func TestContainerLimit(t *testing.T) {
	folder(t, map[string]string{"z.zip": zipped(t, map[string]string{"a.txt": "a", "b.txt": "b"})})
	for limit, want := range map[int]string{1: "a.txt=false", 2: "a.txt=true b.txt=false", 3: "a.txt=true b.txt=true z.zip=true"} {
		var got []string
		for b := range (&Reader{Limit: limit}).Articles("z.zip") {
			for range b.Articles {
			}
			got = append(got, fmt.Sprintf("%s=%v", filepath.Base(b.File.Path), b.Last))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%d: %q, want %q", limit, s, want)
		}
	}
}
