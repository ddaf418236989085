package boundary

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// any finds a copy wherever it is, and finds none if there is none.
func TestAnyCopy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcd"[r.IntN(4)]
		}
		return string(b)
	}
	seen := map[bool]int{}
	for range 20000 {
		p := &Passage{Before: letters(r.IntN(200)), Text: letters(20 + r.IntN(100))}
		if n := r.IntN(len(p.Before) + 1); r.IntN(3) == 0 { // a copy of n letters
			p.Text = p.Text[:r.IntN(20)] + p.Before[n:min(len(p.Before), n+10+r.IntN(8))] + p.Text
		}
		c := &copies{}
		places := []place{{at: r.IntN(10)}, {at: len(p.Text)}}
		c.find(p, places)
		any := c.any()
		seen[any]++
		found := slices.Clone(c.from)
		if len(c.fold) >= 2*gram {
			c.runs()
		}
		if !slices.Equal(found, c.from) {
			t.Fatalf("%v: any is %v: %v, not %v", p, any, found, c.from)
		}
	}
	if seen[true] < 1000 || seen[false] < 1000 {
		t.Errorf("%v", seen)
	}
}
