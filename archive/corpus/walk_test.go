package corpus

import (
	"os"
	"testing"
)

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
	equal(t, read(t, &Reader{Include: []string{"*.none"}}, "d/a"),
		"d/a/loop/.git~ hidden file", "d/a/loop/.hidden~ hidden file", "d/a/loop/a~ link to a folder that is read anyway",
		"d/a! no file in this folder matches; look at --include and --exclude")
	go func() {
		f, err := os.OpenFile("d/fifo", os.O_WRONLY, 0)
		if err == nil {
			f.WriteString("from the pipe")
			f.Close()
		}
	}()
	equal(t, read(t, &Reader{}, "d/fifo"), `d/fifo:1  ""  "from the pipe"`)
}
