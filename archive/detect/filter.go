package detect

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Tested in laws_test.go.

// filter finds anchors. It looks only at every second pair of bytes. So of each literal
// it keeps two pairs: one at an even distance from its beginning and one at an odd
// distance. Wherever the literal is, the filter looks at one of them.
type filter struct {
	anchors []anchor
	once    sync.Once      // fills the rest at first use: most commands use no filter
	pairs   [1 << 16]uint8 // for each pair its index in parts plus one; 0 if no literal has it
	parts   [][]part
}

// part is a pair of bytes of an anchor's literal.
type part struct {
	anchor int
	at     int    // where in the literal the pair is; -1 if the literal begins with its second byte
	head   uint32 // the first bytes of the literal, up to four
	mask   uint32 // which bytes of head count
}

func newFilter(anchors []anchor) *filter { return &filter{anchors: anchors} }

func (f *filter) make() {
	for n, a := range f.anchors {
		for odd := range 2 {
			p := part{anchor: n, at: a.rarestPair(odd)}
			for i := range min(4, len(a.literal)) {
				p.head |= uint32(a.literal[i]) << (8 * i)
				p.mask |= 0xff << (8 * i)
			}
			f.add(p)
		}
	}
}

// add adds a part under every pair of bytes that it may be.
func (f *filter) add(p part) {
	a := &f.anchors[p.anchor]
	same := map[uint8]uint8{} // places in parts, with and without p
	seconds := a.bytes(p.at + 1)
	for _, first := range a.bytes(p.at) {
		for _, second := range seconds {
			pair := uint16(first) | uint16(second)<<8
			old := f.pairs[pair]
			if same[old] == 0 {
				var parts []part
				if old > 0 {
					parts = f.parts[old-1]
				}
				f.parts = append(f.parts, append(slices.Clone(parts), p))
				if len(f.parts) > math.MaxUint8 {
					panic("too many anchors for a filter")
				}
				same[old] = uint8(len(f.parts))
			}
			f.pairs[pair] = same[old]
		}
	}
}

// bytes are the bytes that may be at index i of an anchor. The index may also be that of
// the byte before its literal or after it.
func (a *anchor) bytes(i int) (may []byte) {
	if i >= 0 && i < len(a.literal) {
		return []byte{a.literal[i]}
	}
	for c := range 256 {
		if i < 0 || a.mayBeNext(byte(c)) {
			may = append(may, byte(c))
		}
	}
	return may
}

// rarestPair is the index of the pair of an anchor's bytes that is rarest in prose, among
// the pairs at odd or at even indexes.
func (a *anchor) rarestPair(odd int) int {
	best, least := -odd, math.MaxInt
	for at := -odd; at+1 <= len(a.literal); at += 2 {
		if n := rate(a.bytes(at)) * rate(a.bytes(at+1)); n < least {
			best, least = at, n
		}
	}
	return best
}

// rate is roughly how many of ten thousand bytes of a JSON record are one of these.
func rate(of []byte) (n int) {
	const frequent = "xzjqkvbpygfwmucldrhsniotae "
	for _, c := range of {
		switch i := strings.IndexByte(frequent, c); {
		case i >= 0:
			n += 10 + 40*i
		case c >= utf8.RuneSelf:
			n++
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			n += 30
		default:
			n += 10
		}
	}
	return n
}

// next is the first place in s[from:] where an anchor fits, and the index of that anchor;
// -1 if none fits.
func (f *filter) next(s string, from int) (at, anchor int) {
	f.once.Do(f.make)
	i := from
	for ; i+8 <= len(s); i += 8 {
		x := load(s, i)
		if f.pairs[uint16(x)]|f.pairs[uint16(x>>16)]|f.pairs[uint16(x>>32)]|f.pairs[x>>48] == 0 {
			continue
		}
		for j := i; j < i+8; j, x = j+2, x>>16 {
			if k := f.pairs[uint16(x)]; k != 0 {
				if at, anchor = f.fit(s, j, from, k); at >= 0 {
					return at, anchor
				}
			}
		}
	}
	for ; i < len(s); i += 2 {
		pair := uint16(s[i])
		if i+1 < len(s) {
			pair |= uint16(s[i+1]) << 8
		}
		if k := f.pairs[pair]; k != 0 {
			if at, anchor = f.fit(s, i, from, k); at >= 0 {
				return at, anchor
			}
		}
	}
	return -1, -1
}

// places are the bytes at which the anchors of s begin, in order.
func (f *filter) places(s string) (all []int) {
	for at, _ := f.next(s, 0); at >= 0; at, _ = f.next(s, at+1) {
		all = append(all, at)
	}
	return all
}

// fit is the first anchor that fits around the pair at byte i.
func (f *filter) fit(s string, i, from int, k uint8) (at, anchor int) {
	for _, p := range f.parts[k-1] {
		at := i - p.at
		if at < from || at+4 <= len(s) && (uint32(s[at])|uint32(s[at+1])<<8|uint32(s[at+2])<<16|uint32(s[at+3])<<24)&p.mask != p.head {
			continue
		}
		if at <= len(s) && f.anchors[p.anchor].at(s, at) {
			return at, p.anchor
		}
	}
	return -1, -1
}

// load is the eight bytes at byte i.
func load(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}
