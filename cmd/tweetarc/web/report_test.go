package web

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.org/tweetarc/store"
)

// A report has a page for all that its links lead to, and needs nothing outside of it.
func TestReport(t *testing.T) {
	db := town(t, filepath.Join(t.TempDir(), "t.db"))
	for _, query := range []string{"", "since:2015", "nosuchwordatall"} {
		q, err := store.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		w, err := Report(t.Context(), db, q, dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.Count(t.Context(), q); err != nil || w.Found != n || w.Tweets != n {
			t.Error(w, n, err)
		}
		pages := 0
		err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".html" {
				return err
			}
			pages++
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			doc, err := html.Parse(bytes.NewReader(b))
			if err == nil {
				harmless(t, path, doc)
				selfContained(t, path, doc)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if pages != w.Pages {
			t.Errorf("%q: %d pages, %d said", query, pages, w.Pages)
		}
		if query == "nosuchwordatall" && pages != 3 {
			t.Errorf("%d pages of nothing", pages)
		}
	}
}

// selfContained fails on a form, on what is loaded from elsewhere, and on links to files
// that are not there.
func selfContained(t *testing.T, path string, doc *html.Node) {
	t.Helper()
	for n := range doc.Descendants() {
		if n.Data == "form" {
			t.Errorf("%s: a form", path)
		}
		for _, a := range n.Attr {
			if n.Data == "link" && a.Key == "href" && strings.Contains(a.Val, ":") {
				t.Errorf("%s: loads %s", path, a.Val)
			}
			if a.Key != "href" || strings.HasPrefix(a.Val, "http") || strings.HasPrefix(a.Val, "#") {
				continue
			}
			to, err := url.PathUnescape(a.Val)
			if err != nil {
				t.Error(path, a.Val, err)
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), to)); err != nil || to == "" || filepath.IsAbs(to) {
				t.Errorf("%s: link to %q: %v", path, a.Val, err)
			}
		}
	}
}

// A report of the same tweets is the same, byte for byte.
func TestReportLimit(t *testing.T) {
	db := town(t, filepath.Join(t.TempDir(), "t.db"))
	var two [2]string
	for i := range two {
		dir := t.TempDir()
		w, err := Report(t.Context(), db, nil, dir, 10)
		if err != nil || w.Tweets != 10 || w.Found != 138 {
			t.Fatal(w, err)
		}
		two[i] = dir
	}
	if a, b := tree(t, two[0]), tree(t, two[1]); a != b {
		t.Error("two reports of one archive differ")
	}
}

func tree(t *testing.T, dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		b.WriteString(strings.TrimPrefix(path, dir) + "\n" + string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
