package slow

import "testing"

func TestSlow(t *testing.T) {
	for env, want := range map[string]struct {
		rounds  int
		skipped bool
	}{"": {2, true}, "0": {2, true}, "1": {60, false}} {
		t.Setenv("TWEETARC_SLOW", env)
		if got := Or(2, 60); got != want.rounds {
			t.Errorf("%q: %d rounds, want %d", env, got, want.rounds)
		}
		skipped := true
		t.Run("slow", func(t *testing.T) {
			defer func() { skipped = t.Skipped() }()
			Test(t)
		})
		if skipped != want.skipped {
			t.Errorf("%q: skipped: %v, want %v", env, skipped, want.skipped)
		}
	}
}
