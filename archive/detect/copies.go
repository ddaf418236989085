package detect

import "slices"

// Prose often quotes a tweet just before it stands there: the second copy is
// the tweet. Copies are runs of letters and digits, whatever stands between.

// copies are the places of a passage's view whose letters stand in the article
// once more, earlier.
type copies struct {
	first int     // the byte of the view from which on they are asked for
	place []int32 // for each byte from there on its place among the article's letters
	from  []int32 // for each letter one more than the place of its earlier copy; 0 if it is none
	sum   []int32 // for each letter how many before it are copies
	own   []int32 // for each letter how many of the copies behind it, to the end, have their source behind it too
	fold  []byte

	last    [1 << 12]int32 // for each hash of a gram one more than its last place
	sources []int32        // for each letter how many of the copies behind it are of it
}

// gram is how many letters and digits make a copy.
const gram = 14

// copies finds those from the byte first of the view on, in the memory of c.
func (p *passage) copies(first int, c *copies) {
	before := p.around[:p.self]
	before = before[:max(0, len(before)-p.length)]
	tail := p.view.s[first:]
	fold := slices.Grow(c.fold[:0], len(before)+len(p.view.s)+1)
	fold = fold[:cap(fold)]
	n := 0
	for _, s := range [...]string{before, p.view.s[:first]} {
		for i := range len(s) {
			fold[n] = folded[s[i]]
			if fold[n] != 0 {
				n++
			}
		}
	}
	c.first, c.place = first, slices.Grow(c.place[:0], len(tail)+1)[:len(tail)+1]
	for i := range len(tail) {
		c.place[i] = int32(n)
		fold[n] = folded[tail[i]]
		if fold[n] != 0 {
			n++
		}
	}
	c.place[len(tail)] = int32(n)
	fold = fold[:n]
	c.fold = fold
	from := slices.Grow(c.from[:0], n+1)[:n+1]
	sum := slices.Grow(c.sum[:0], n+1)[:n+1]
	c.own = slices.Grow(c.own[:0], n+2)[:n+2]
	c.from, c.sum = from, sum
	clear(from)
	clear(sum)
	clear(c.own)
	if n < 2*gram {
		return
	}
	const prime = 0x01000193
	high := uint32(1)
	for range gram - 1 {
		high *= prime
	}
	clear(c.last[:])
	h := uint32(0)
	for _, f := range fold[:gram-1] {
		h = h*prime + uint32(f)
	}
	run, copied := int32(0), int32(0) // from of the letter before, and how many were copies
	for i, f := range fold {
		if run > 0 && fold[run] == f {
			run++ // the run goes on
		} else {
			run = 0
		}
		if i+gram <= n { // else too few letters are left for a run to begin
			h = h*prime + uint32(fold[i+gram-1])
			last := &c.last[(h>>16^h>>4)%uint32(len(c.last))]
			if j := int(*last) - 1; run == 0 && j >= 0 && i-j >= gram && string(fold[j:j+gram]) == string(fold[i:i+gram]) {
				run = int32(j + 1)
			}
			if run == 0 || *last == 0 {
				*last = int32(i + 1)
			}
			h -= high * uint32(f)
		}
		from[i] = run
		if run > 0 {
			copied++
		}
		sum[i+1] = copied
	}
	if copied == 0 {
		return
	}
	c.sources = slices.Grow(c.sources[:0], n)[:n]
	clear(c.sources)
	own := int32(0)
	for i := n - 1; i >= int(c.place[0]); i-- {
		if j := from[i]; j > 0 {
			c.sources[j-1]++ // its copy lies behind i, or at it
		}
		own += c.sources[i]
		c.own[i] = own
	}
}

// at is the place of the byte a of the view among the letters.
func (c *copies) at(a int) int { return int(c.place[a-c.first]) }

// share is how much of view[a:b] stands earlier, 0..1; with b the end of the
// view, earlier than a.
func (c *copies) share(a, b int) float64 {
	i, j := c.at(a), c.at(b)
	if j <= i {
		return 0
	}
	n := c.sum[j] - c.sum[i]
	if j == len(c.fold) {
		n -= c.own[i]
	}
	return float64(n) / float64(j-i)
}

// itself is how much of view[a:] is a copy of what stands in view[a:], 0..1.
func (c *copies) itself(a int) float64 {
	i, n := c.at(a), len(c.fold)
	if n <= i {
		return 0
	}
	return float64(c.own[i]) / float64(n-i)
}

// begins tells whether the letters at view[a:] stand earlier, and whether what
// stands before them is the same there.
func (c *copies) begins(a int) (found, longer bool) {
	i := c.at(a)
	if i >= len(c.from) || c.from[i] == 0 || int(c.from[i]) > i {
		return false, false
	}
	j := int(c.from[i]) - 1
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
