package slow

import "testing"

// A recorder is a test that only notes that it would be skipped.
type recorder struct {
	testing.TB
	skipped bool
}

func (r *recorder) Skip(...any) { r.skipped = true }

func TestSlow(t *testing.T) {
	for env, want := range map[string]struct {
		rounds  int
		skipped bool
	}{"": {2, true}, "0": {2, true}, "1": {60, false}} {
		t.Setenv("TWEETARC_SLOW", env)
		if got := Or(2, 60); got != want.rounds {
			t.Errorf("%q: %d rounds, want %d", env, got, want.rounds)
		}
		r := &recorder{TB: t}
		if Test(r); r.skipped != want.skipped {
			t.Errorf("%q: skipped: %v, want %v", env, r.skipped, want.skipped)
		}
	}
}
