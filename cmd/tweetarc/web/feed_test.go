package web

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"
)

// A feed has what RFC 4287 asks for: of the feed and of each entry an id, a title and
// when it changed, of each entry an author; all ids are others, and stay.
func TestFeed(t *testing.T) {
	h := start(t)
	for path, entries := range map[string]int{"/feed.atom": perFeed, "/feed.atom?q=goose": 13, "/feed.atom?q=nosuchword": 0, "/feed.atom?q=since:2015-01+until:2015-02": 10, "/feed.atom?q=goose+%22a%3C%26b%22": -1} {
		status, body := get(t, h, path)
		if entries < 0 {
			if status != 200 || !strings.Contains(body, "&lt;&amp;") {
				t.Errorf("%s: %d %s", path, status, body)
			}
			continue
		}
		var f atomFeed
		if err := xml.Unmarshal([]byte(body), &f); err != nil || status != 200 {
			t.Fatalf("%s: %d %v in %s", path, status, err, body)
		}
		if len(f.Entries) != entries {
			t.Errorf("%s: %d entries, want %d", path, len(f.Entries), entries)
		}
		ids, last := map[string]bool{}, "9"
		check := func(id, title, updated string) {
			if _, err := time.Parse(time.RFC3339, updated); err != nil || !strings.HasPrefix(id, "urn:uuid:") || len(id) != len("urn:uuid:")+36 || title == "" || ids[id] {
				t.Errorf("%s: %q %q %q", path, id, title, updated)
			}
			ids[id] = true
		}
		check(f.ID, f.Title, f.Updated)
		for _, e := range f.Entries {
			check(e.ID, e.Title, e.Updated)
			if e.Author == "" || len(e.Links) != 1 || !strings.HasPrefix(e.Links[0].Href, h.URL+"/tweet/") || e.Updated > last || e.Updated > f.Updated || strings.ContainsAny(e.Content+e.Title+e.Author, "\x00\x07\x1b") {
				t.Errorf("%s: %+v", path, e)
			}
			last = e.Updated
		}
		if _, again := get(t, h, path); again != body {
			t.Errorf("%s is another each time", path)
		}
	}
	if status, _ := get(t, h, "/feed.atom?q=(x"); status != 400 {
		t.Errorf("a bad query: %d", status)
	}
}
