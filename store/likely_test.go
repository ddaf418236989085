package store

import (
	"slices"
	"testing"
)

func TestLikely(t *testing.T) {
	names := []string{"search", "serve", "shard", "stats", "export"}
	for word, want := range map[string][]string{
		"serach": {"search"}, "sarch": {"search"}, "srch": {"search"}, "srv": {"serve"}, "exprot": {"export"}, "searching": {"search"},
		"se": {"search", "serve"}, "s": nil, "banana": nil, "state": {"stats"}, "": nil,
	} {
		if got := Likely(word, names); !slices.Equal(got, want) {
			t.Errorf("%q: %q", word, got)
		}
	}
}
