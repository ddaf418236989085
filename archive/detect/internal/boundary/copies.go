package boundary

import (
	"encoding/binary"
	"slices"
)

// Prose often quotes a tweet just before it: the second copy is the tweet. Copies
// are runs of letters and digits, whatever is between them.

// copies are the places of a passage whose letters are in the article once more,
// earlier. The slices are about the letters from the first place on.
type copies struct {
	letters int     // how many letters are before it
	from    []int32 // for each letter one more than the place of its earlier copy; 0 if it is none
	sum     []int32 // for each letter how many before it are copies
	own     []int32 // for each letter how many of the copies after it, to the end, have their source after it too
	fold    []byte  // all letters

	heads [1 << 12]uint16 // for hashes of pieces of the text: one more than the last place of one
	next  []uint16        // for each of these places the one before it with that hash

	hashes  []uint32        // for each letter that of its gram
	last    [1 << 12]uint32 // for hashes of grams: sixteen bits of the last one, and one more than its place
	sources []int32         // for each letter how many of the copies after it are of it
}

// gram is how many letters and digits make a copy.
const gram = 14

// find finds those from the first place on, in the memory of c, and notes for the
// places how many letters are before them.
func (c *copies) find(p *Passage, places []place) {
	fold := slices.Grow(c.fold[:0], len(p.Before)+len(p.Text)+1)
	fold = fold[:cap(fold)]
	n := letters(fold, p.Before)
	at := 0
	for k := range places {
		e := &places[k]
		n += letters(fold[n:], p.Text[at:e.at])
		e.letter, at = n, e.at
	}
	c.fold, c.letters = fold[:n], places[0].letter
	for k := range places {
		places[k].letter -= c.letters
	}
	m := n - c.letters
	c.from, c.sum, c.own = zeros(c.from, m+1), zeros(c.sum, m+1), zeros(c.own, m+1)
	if c.any() {
		c.runs()
	}
	c.count()
}

// count counts the copies that runs found.
func (c *copies) count() {
	m := len(c.from) - 1
	copied, latest := int32(0), int32(0)
	from, sum := c.from[:m], c.sum[1:m+1]
	for i, f := range from {
		if f > 0 {
			copied++
		}
		sum[i], latest = copied, max(latest, f)
	}
	if int(latest) <= c.letters {
		return // none has its source after the first place
	}
	c.sources = zeros(c.sources, m)
	own, sources := c.own[:m], c.sources[:m]
	n, first := int32(0), c.letters+1
	for i := m - 1; i >= 0; i-- {
		if j := int(from[i]) - first; j >= 0 {
			sources[j]++ // its copy is after i, or at it
		}
		n += sources[i]
		own[i] = n
	}
}

// letters writes the letters and digits of s to fold, which has room for one
// more, and reports how many there are. (Inlined, n would be in memory.)
//
//go:noinline
func letters(fold []byte, s string) (n int) {
	for i := range len(s) {
		f := folded[s[i]]
		fold[n] = f
		n += int((f + 0x80 - '0') >> 7) // one if it is not 0, without a branch
	}
	return n
}

// any reports whether a gram that reaches into the text is there earlier. Of each gram
// a piece of eight letters begins at a multiple of seven: only these are looked up.
func (c *copies) any() bool {
	const piece, apart = 8, gram - 7
	fold := c.fold
	first, end := max(0, c.letters-gram+1), len(fold)-piece+1
	if len(fold) < 2*gram {
		return false
	}
	clear(c.heads[:])
	c.next = slices.Grow(c.next[:0], end-first)[:end-first]
	slot := func(i int) *uint16 {
		return &c.heads[binary.LittleEndian.Uint64(fold[i:])*0x9e3779b97f4a7c15>>52]
	}
	for i := range c.next {
		head := slot(first + i)
		c.next[i], *head = *head, uint16(i+1)
	}
	for j := 0; j < end; j += apart {
		for k := int(*slot(j)); k > 0 && first+k-1 > j; k = int(c.next[k-1]) {
			if i := first + k - 1; string(fold[i:][:piece]) == string(fold[j:][:piece]) && alike(fold, j, i, piece) >= gram {
				return true
			}
		}
	}
	return false
}

// alike is how many letters around i and j > i are alike, of which so many are known to
// be.
func alike(fold []byte, i, j, known int) int {
	a, b := i, j
	for a > 0 && i-a < gram && fold[a-1] == fold[b-1] {
		a--
		b--
	}
	for j += known; j < len(fold) && j-b < gram && fold[a+j-b] == fold[j]; j++ {
	}
	return j - b
}

// zeros are n of them, in the memory of s.
func zeros(s []int32, n int) []int32 {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// runs finds the runs of letters that are there earlier, by the hashes of their
// grams, which roll from each letter to the next.
func (c *copies) runs() {
	const (
		prime  = 0x01000193
		prime4 = prime * prime * prime * prime
		high   = prime4 * prime4 * prime4 * prime * prime & (1<<32 - 1) // prime to the power gram
		prime2 = prime * prime & (1<<32 - 1)
	)
	clear(c.last[:])
	fold := c.fold
	ends := fold[gram-1:]
	c.hashes = slices.Grow(c.hashes[:0], len(ends))[:len(ends)]
	h := uint32(0)
	for _, f := range fold[:gram] {
		h = h*prime + uint32(f)
	}
	begins, hashes := fold[:len(ends)], c.hashes[:len(ends)]
	hashes[0] = h
	i := 1
	for ; i+1 < len(hashes); i += 2 { // two at a time, for each waits for the last h
		one, two := uint32(ends[i])-high*uint32(begins[i-1]), uint32(ends[i+1])-high*uint32(begins[i])
		hashes[i] = h*prime + one
		h = h*prime2 + (one*prime + two)
		hashes[i+1] = h
	}
	if i < len(hashes) {
		hashes[i] = h*prime + (uint32(ends[i]) - high*uint32(begins[i-1]))
	}
	from, before := c.from, c.letters
	run := 0 // from of the letter before
	for i, h := range hashes {
		last := &c.last[(h>>16^h>>4)%uint32(len(c.last))]
		earlier, here := int(uint16(*last)), h<<16|uint32(i+1)
		switch {
		case run > 0 && fold[run] == fold[i]: // the run goes on
			run++
			if earlier == 0 {
				*last = here
			}
		case (*last^here)>>16 == 0 && earlier > 0 && i-earlier >= gram-1 && string(fold[earlier-1:][:gram]) == string(fold[i:][:gram]):
			run = earlier
		default:
			run = 0
			*last = here
		}
		if i >= before {
			from[i-before] = int32(run)
		}
	}
	for i := len(ends); i < len(fold) && run > 0; i++ { // too few letters are left for a run to begin
		if run++; fold[run-1] != fold[i] {
			run = 0
		}
		if i >= before {
			from[i-before] = int32(run)
		}
	}
}

// share is how much of what is between a and b is there earlier, 0..1; with b
// the end of the view, earlier than a.
func (c *copies) share(a, b *place) float64 {
	i, j := a.letter, b.letter
	if j <= i {
		return 0
	}
	n := c.sum[j] - c.sum[i]
	if j == len(c.own)-1 {
		n -= c.own[i]
	}
	return float64(n) / float64(j-i)
}

// itself is how much of what is after a is a copy of what is there, 0..1.
func (c *copies) itself(a *place) float64 {
	i, n := a.letter, len(c.own)-1
	if n <= i {
		return 0
	}
	return float64(c.own[i]) / float64(n-i)
}

// begins reports whether the letters after a are there earlier, and whether what
// is before them is the same there.
func (c *copies) begins(a *place) (found, longer bool) {
	k := a.letter
	if c.from[k] == 0 {
		return false, false
	}
	i, j := c.letters+k, int(c.from[k])-1
	const left = 6
	return true, j >= left && i >= left && string(c.fold[i-left:i]) == string(c.fold[j-left:j])
}

// folded maps letters to small ones and digits to themselves, all else to 0.
var folded = func() (f [256]byte) {
	for c := range f {
		switch {
		case 'A' <= c && c <= 'Z':
			f[c] = byte(c) | 0x20
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			f[c] = byte(c)
		}
	}
	return f
}()
