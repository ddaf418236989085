package corpus

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"example.org/tweetarc/archive"
)

func TestContents(t *testing.T) {
	folder(t, map[string]string{
		"d/a.jsonl.gz": gz("{\"id\": 1}\n"), "d/b.txt": utf16le("Bread"), "d/c.csv": "id,text\r1,a\r", "d/d.png": "\x89PNG\r\n\x1a\n\x00\x00",
		"d/e.zip": zipped(t, map[string]string{"x.json": `{"id": 2}`}), "d/f.txt": "version https://git-lfs.github.com/spec/v1\n", "d/g.txt": "", "h.png": "\x89PNG\r\n\x1a\n\x00\x00",
	})
	contents := func(path string, only ...string) (got []string) {
		err := Contents(nil, path, only, func(file, format string, in io.Reader, err error) error {
			var skipped archive.Skipped
			switch {
			case errors.As(err, &skipped):
				got = append(got, fmt.Sprintf("%s~ %s", file, skipped))
			case err != nil:
				got = append(got, "! "+err.Error())
			default:
				b, err := io.ReadAll(in)
				got = append(got, fmt.Sprintf("%s %s %q %v", file, format, b, err))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return got
	}
	const lfs = "! d/f.txt: Git LFS pointer: the file itself is not here; run git lfs pull"
	equal(t, contents("d"), `d/a.jsonl.gz JSON lines "{\"id\": 1}\n" <nil>`, `d/b.txt text "Bread" <nil>`, `d/c.csv CSV "id,text\n1,a\n" <nil>`,
		"d/d.png~ image", `d/e.zip/x.json JSON "{\"id\": 2}" <nil>`, lfs, "! d/g.txt: empty file")
	equal(t, contents("d", "*.txt"), `d/b.txt text "Bread" <nil>`, lfs, "! d/g.txt: empty file")
	equal(t, contents("h.png"), "! h.png: image: there is no text in it to read")

	enough := errors.New("enough")
	if err := Contents(nil, "d", nil, func(string, string, io.Reader, error) error { return enough }); err != enough {
		t.Errorf("each fails, Contents says %v", err)
	}
}
