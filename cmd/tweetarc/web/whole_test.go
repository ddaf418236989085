package web

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// What is counted of all tweets is kept while the archive stays, and for a while
// after a change; nobody waits for it.
func TestWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	writer := town(t, path)
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w, err := newWhole(db)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	get := func(want int) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if k := w.get(t.Context()); k != nil && k.stats.Tweets == want && k.part == want {
				return
			}
		}
		t.Errorf("%d tweets, want %d", w.get(t.Context()).stats.Tweets, want)
	}
	change := func(n int) {
		file := fmt.Sprint("change", n)
		fill(t, writer, part(file, article(file, 1, "", "New", "2019-01-01", archive.Tweet{Author: "New", Handle: "newcomer", Date: "2019-01-01", Text: fmt.Sprintf("Walrus of number %d!", n)})))
	}
	took := func(d time.Duration) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.kept.took = d
	}
	get(138)
	first := w.get(t.Context())
	if w.get(t.Context()) != first {
		t.Error("it is counted again without a change")
	}
	took(0)
	change(1)
	get(139)
	took(time.Minute)
	change(2)
	get(139) // counting took long, and is looked at for ten minutes
	w.mu.Lock()
	w.kept.made = time.Now().Add(-time.Hour)
	w.mu.Unlock()
	get(139 + 1)
	w.stop()
	took(0)
	change(3)
	if k := w.get(t.Context()); k == nil || k.stats.Tweets != 140 {
		t.Error("what is kept is lost at the end")
	}
}
