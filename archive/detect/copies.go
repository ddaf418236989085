package detect

// Prose often quotes a tweet just before it stands there: the second copy is
// the tweet. Copies are runs of letters and digits, whatever stands between.

// copies are the places of a passage's view whose letters stand in the article
// once more, earlier.
type copies struct {
	place []int   // for each byte of the view its place among the article's letters
	from  []int32 // for each letter one more than the place of its earlier copy; 0 if it is none
	sum   []int32 // for each letter how many before it are copies
	own   []int32 // for each letter how many of the copies behind it, to the end, have their source behind it too
	fold  []byte
}

// gram is how many letters and digits make a copy.
const gram = 14

func (p *passage) copies() *copies {
	c := &copies{place: make([]int, len(p.view.s)+1)}
	before := p.around[:p.self]
	before = before[:max(0, len(before)-p.length)]
	c.fold = make([]byte, 0, len(before)+len(p.view.s))
	for i := range len(before) {
		if f := folded[before[i]]; f != 0 {
			c.fold = append(c.fold, f)
		}
	}
	for i := range len(p.view.s) {
		c.place[i] = len(c.fold)
		if f := folded[p.view.s[i]]; f != 0 {
			c.fold = append(c.fold, f)
		}
	}
	c.place[len(p.view.s)] = len(c.fold)
	n := len(c.fold)
	c.from = make([]int32, n+1)
	c.sum = make([]int32, n+1)
	c.own = make([]int32, n+2)
	if n < 2*gram {
		return c
	}
	const prime = 0x01000193
	high := uint32(1)
	for range gram - 1 {
		high *= prime
	}
	var table [1 << 12]int32 // the last place of each hash, plus one
	h := uint32(0)
	for i := 0; i < gram-1; i++ {
		h = h*prime + uint32(c.fold[i])
	}
	for i := 0; i < n; i++ {
		if i+gram > n { // too few letters are left for a run to begin
			if i > 0 && c.from[i-1] > 0 && c.fold[c.from[i-1]] == c.fold[i] {
				c.from[i] = c.from[i-1] + 1
			}
			continue
		}
		h = h*prime + uint32(c.fold[i+gram-1])
		slot := &table[(h>>16^h>>4)&(1<<12-1)]
		if i > 0 && c.from[i-1] > 0 && c.fold[c.from[i-1]] == c.fold[i] {
			c.from[i] = c.from[i-1] + 1 // the run goes on
		} else if j := int(*slot) - 1; j >= 0 && i-j >= gram && string(c.fold[j:j+gram]) == string(c.fold[i:i+gram]) {
			c.from[i] = int32(j + 1)
		}
		if c.from[i] == 0 || *slot == 0 {
			*slot = int32(i + 1)
		}
		h -= high * uint32(c.fold[i])
	}
	for i := range n {
		c.sum[i+1] = c.sum[i]
		if c.from[i] > 0 {
			c.sum[i+1]++
		}
	}
	sources := make([]int32, n+1)
	for i := n - 1; i >= 0; i-- {
		c.own[i] = c.own[i+1]
		if j := c.from[i]; j > 0 {
			sources[j-1]++ // its copy lies behind i, or at it
		}
		c.own[i] += sources[i]
	}
	return c
}

// share is how much of view[a:b] stands earlier, 0..1; with b the end of the
// view, earlier than a.
func (c *copies) share(a, b int) float64 {
	i, j := c.place[a], c.place[b]
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
	i, n := c.place[a], len(c.fold)
	if n <= i {
		return 0
	}
	return float64(c.own[i]) / float64(n-i)
}

// begins tells whether the letters at view[a:] stand earlier, and whether what
// stands before them is the same there.
func (c *copies) begins(a int) (found, longer bool) {
	i := c.place[a]
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
