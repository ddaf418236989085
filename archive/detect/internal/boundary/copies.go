package boundary

import (
	"encoding/binary"
	"slices"
)

// Prose often quotes a tweet directly before it. Then the second copy is the tweet. A
// copy is a run of letters and digits that is in the article once more, earlier; marks
// and blanks between them do not matter.

// copies says which letters of a passage are copies. The slices from, sum and own hold
// the letters from the first place on.
type copies struct {
	letters int     // how many letters are before the first place
	from    []int32 // for each letter the index of its earlier copy plus one; 0 if it is no copy
	sum     []int32 // for each letter how many letters before it are copies
	own     []int32 // for each letter how many of the copies from it to the end copy a letter from it on
	fold    []byte  // all letters

	heads [1 << 12]uint16 // for each hash of a piece the last place of such a piece plus one
	next  []uint16        // for each of these places the one before it with the same hash

	hashes  []uint32        // for each letter the hash of its gram
	last    [1 << 12]uint32 // for hashes of grams: sixteen bits of the hash of the last gram, and its place plus one
	sources []int32         // for each letter how often it is copied later
}

// gram is the least number of letters and digits in a copy.
const gram = 14

// find finds the copies from the first place on, in the memory of c. It also sets for
// each place how many letters are before it.
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
		return // no copy is of a letter after the first place
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

// letters writes the letters and digits of s to fold, which has room for one more, and
// returns how many there are. (If it were inlined, n would be in memory, which is slow.)
//
//go:noinline
func letters(fold []byte, s string) (n int) {
	for i := range len(s) {
		f := folded[s[i]]
		fold[n] = f
		n += int((f + 0x80 - '0') >> 7) // adds one if f is not 0, without a branch
	}
	return n
}

// any reports whether a gram that reaches into the text is in the article earlier. In
// each gram a piece of eight letters begins at a multiple of seven, so only such pieces
// are looked up.
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

// alike is how many letters around i and j are alike. j is after i, and known of them are
// known to be.
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

// zeros are n zeros, in the memory of s.
func zeros(s []int32, n int) []int32 {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// runs finds the runs of letters that are copies. It uses the hashes of their grams; each
// hash is made from the one before.
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
	run := 0 // c.from of the letter before
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
	for i := len(ends); i < len(fold) && run > 0; i++ { // too few letters are left for a new run
		if run++; fold[run-1] != fold[i] {
			run = 0
		}
		if i >= before {
			from[i-before] = int32(run)
		}
	}
}

// share is how much of the text between a and b is a copy, from 0 to 1. If b is the end,
// only copies of what is before a count.
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

// itself is how much of the text after a is a copy of what is in it, from 0 to 1.
func (c *copies) itself(a *place) float64 {
	i, n := a.letter, len(c.own)-1
	if n <= i {
		return 0
	}
	return float64(c.own[i]) / float64(n-i)
}

// begins reports whether the letters after a are a copy, and whether the letters before
// them are a part of the same copy.
func (c *copies) begins(a *place) (found, longer bool) {
	k := a.letter
	if c.from[k] == 0 {
		return false, false
	}
	i, j := c.letters+k, int(c.from[k])-1
	const left = 6
	return true, j >= left && i >= left && string(c.fold[i-left:i]) == string(c.fold[j-left:j])
}

// folded maps letters to lower case and digits to themselves, and all else to 0.
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
