package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"example.org/tweetarc/archive"
)

var errGone = errors.New("connection cut")

// opener opens test://name from fixtures/same. If keep is not negative, reading breaks
// off after so many bytes.
func opener(keep int) func(string) (*archive.File, io.ReadCloser, error) {
	return func(path string) (*archive.File, io.ReadCloser, error) {
		b, err := os.ReadFile(filepath.Join(same, strings.TrimPrefix(path, "test://")))
		if err != nil {
			return nil, nil, err
		}
		in := io.Reader(bytes.NewReader(b))
		if keep >= 0 && keep < len(b) {
			in = io.MultiReader(bytes.NewReader(b[:keep]), iotest.ErrReader(errGone))
		}
		return &archive.File{Path: path, Size: int64(len(b)), ModTime: time.Unix(1e9, 0)}, io.NopCloser(in), nil
	}
}

// readPath reads one path and gives the bodies and the errors.
func readPath(r *Reader, path string) (bodies []string, errs []*archive.ReadError) {
	for b := range r.Articles(path) {
		for a, err := range b.Articles {
			var re *archive.ReadError
			switch {
			case errors.As(err, &re):
				errs = append(errs, re)
			default:
				bodies = append(bodies, a.Body)
			}
		}
	}
	return bodies, errs
}

// An input by URL gives the same as the file on disk.
func TestOpen(t *testing.T) {
	files, err := os.ReadDir(same)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		want, wantErrs := readPath(&Reader{}, filepath.Join(same, f.Name()))
		got, gotErrs := readPath(&Reader{Open: opener(-1)}, "test://"+f.Name())
		if !slices.Equal(got, want) || len(gotErrs) != len(wantErrs) {
			t.Errorf("%s: %d articles %v, from the disk %d %v", f.Name(), len(got), gotErrs, len(want), wantErrs)
		}
	}
}

// If the network fails in the middle, that is an error of the file, not of a record. So
// the file is read again the next time.
func TestOpenBreaksOff(t *testing.T) {
	for _, name := range []string{"a.warc.gz", "a.warc", "a.jsonl", "a.csv", "a.json", "a.tar", "a.tar.gz", "a.zip", "a.parquet", "a.warc.zst", "a.jsonl.gz", "pages/1.html"} {
		info, err := os.Stat(filepath.Join(same, name))
		if os.IsNotExist(err) {
			continue
		}
		for _, keep := range []int64{0, 1, info.Size() / 2, info.Size() - 1} {
			if name == "a.tar.gz" && keep == info.Size()-1 {
				continue // all of the tar has been read by then
			}
			_, errs := readPath(&Reader{Open: opener(int(keep))}, "test://"+name)
			if !slices.ContainsFunc(errs, func(e *archive.ReadError) bool { return e.Record == 0 && errors.Is(e, errGone) }) {
				t.Errorf("%s cut after %d bytes of %d: errors %v", name, keep, info.Size(), errs)
			}
		}
	}
}

func TestOpenFails(t *testing.T) {
	_, errs := readPath(&Reader{Open: opener(-1)}, "test://none")
	if fmt.Sprint(errs) != "[test://none: no such file or directory]" {
		t.Error(errs)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.txt": "b", "a/c.txt": "cc", "a/.hidden": "", "x.log": "x"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := Reader{Exclude: []string{"*.log"}, Open: opener(-1)}
	var got []string
	for f, err := range r.Files(dir, filepath.Join(dir, "none"), "-", "test://a.jsonl") {
		got = append(got, strings.ReplaceAll(fmt.Sprintf("%s %d %v", f.Path, f.Size, err), dir, "D"))
	}
	want := []string{
		"D/a/.hidden -1 D/a/.hidden: hidden file", "D/a/c.txt 2 <nil>", "D/b.txt 1 <nil>",
		"D/none -1 D/none: no such file or directory", "- -1 <nil>", "test://a.jsonl -1 <nil>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
