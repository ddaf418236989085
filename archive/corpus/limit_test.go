package corpus

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestLimit(t *testing.T) {
	folder(t, map[string]string{"a.jsonl": "{\"text\": \"1\"}\nbroken\n{\"text\": \"3\"}\n{\"text\": \"4\"}\n", "b.txt": "bee", "c.txt": "sea"})
	all := []string{`a.jsonl:1  ""  "1"`, `a.jsonl:2! not a JSON object`, `a.jsonl:3  ""  "3"`, `a.jsonl:4  ""  "4"`, `b.txt:1  ""  "bee"`, `c.txt:1  ""  "sea"`}
	for limit, n := range []int{6, 1, 3, 4, 5, 6, 6} {
		equal(t, read(t, &Reader{Limit: limit}, "."), prefixed("./", all[:n])...)
	}
	for b := range (&Reader{Limit: 2}).Articles("a.jsonl") {
		if b.Last {
			t.Error("a file cut by the limit is said to be at its end")
		}
	}
}

// If a limit ends the reading inside a container, the container itself does not come.
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
