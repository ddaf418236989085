package detect

import (
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/boundary"
)

// The program's weights in a file cut texts like the built-in ones; other weights cut
// otherwise.
func TestReadWeights(t *testing.T) {
	article := &archive.Article{Body: "The mayor answered within the hour. She tweeted: We will rebuild this bridge, and we will do it together. — Ada Quill (@adaquill) March 3, 2018 The council meets on Monday."}
	const want = "We will rebuild this bridge, and we will do it together."
	w, err := ReadWeights(strings.NewReader("# trained 2026-11-28T10:00:00Z for detector 6\n" + boundary.Trained().String()))
	if err != nil {
		t.Fatal(err)
	}
	if !w.trained.Equal(time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)) || len(w.Hash) != 64 {
		t.Errorf("trained at %v, hash %q", w.trained, w.Hash)
	}
	if got := w.Tweets(article)[0].Text; got != want || Tweets(article)[0].Text != want {
		t.Errorf("text %q, want %q", got, want)
	}
	none, err := ReadWeights(strings.NewReader(boundary.NewModel().String()))
	if err != nil {
		t.Fatal(err)
	}
	if got := none.Tweets(article)[0].Text; got == want || !none.trained.IsZero() {
		t.Errorf("text %q without weights, trained at %v", got, none.trained)
	}
}

func TestReadWeightsRefuses(t *testing.T) {
	file := boundary.Trained().String()
	for name, bad := range map[string]string{
		"too long":       strings.Repeat(" ", maxWeights+1),
		"is missing":     strings.Replace(file, "edge-colon ", "# ", 1),
		"is no feature":  file + "edge-door 1 2 3\n",
		"columns":        "edge-colon 1\n",
		"temperature is": strings.Replace(file, "temperature ", "temperature 99 99 99 ", 1),
		"is no time":     file + "# trained yesterday\n",
	} {
		if _, err := ReadWeights(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// If an article was read in two ways, the later one in this list counts.
func TestRank(t *testing.T) {
	at := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	rank := int64(0)
	for i, w := range []struct {
		*Weights
		links bool
	}{
		{BuiltIn(), false},
		{&Weights{Hash: "0001"}, false},
		{BuiltIn(), true},
		{&Weights{Hash: "0001", trained: at(2025)}, false},
		{&Weights{Hash: "0002", trained: at(2025)}, false},
		{&Weights{Hash: "0001", trained: at(2025)}, true},
		{&Weights{Hash: "0001", trained: at(2026)}, false},
	} {
		got := w.Rank(w.links)
		if got <= rank {
			t.Errorf("%d: %v ranks no higher than the one before", i, w)
		}
		rank = got
	}
	if next := int64(Version+1) << 50; rank >= next {
		t.Errorf("rank %d: a newer detector does not count more", rank)
	}
}
