package web

import (
	"path/filepath"
	"strings"
	"testing"

	"example.org/tweetarc/store"
)

// A query that parses still does when it is narrowed, and finds no more.
func FuzzNarrow(f *testing.F) {
	path := filepath.Join(f.TempDir(), "t.db")
	db := town(f, path)
	for _, s := range []string{"", "bridge", "bridge OR tram", `"the bridge" -goose`, "(a OR (b c)) from:janeroe", "-(bridge)", "a) (b", `"`, "OR", "NOT x", "from:a OR -b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.TrimSpace(s)
		q, err := store.ParseQuery(s)
		if err != nil || len(s) > 200 || strings.Count(s, "(") > 5 {
			return
		}
		narrow, err := store.ParseQuery(q.With("from:janeroe"))
		if err != nil {
			t.Fatalf("%q: %v", q.With("from:janeroe"), err)
		}
		if len(q.Narrowed()) > 0 {
			return // what was narrowed may be replaced
		}
		all, err := db.Count(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		some, err := db.Count(t.Context(), narrow)
		if err != nil {
			t.Fatal(err)
		}
		if some > min(all, 13) {
			t.Errorf("%q finds %d, %q %d", s, all, narrow, some)
		}
	})
}

func TestOutside(t *testing.T) {
	for _, s := range []string{"javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//example.org", "example.org", "http:", "http://", "", "\x00http://x"} {
		if got := outside(s); got != "" {
			t.Errorf("%q: link to %q", s, got)
		}
	}
	for _, s := range []string{"http://example.org", "https://example.org/a?b#c", " HTTPS://example.org"} {
		if outside(s) == "" {
			t.Errorf("%q: no link", s)
		}
	}
}
