package detect

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Tested in laws_test.go.

// filter finds anchors. It looks at every second pair of bytes only: of each
// literal it knows one pair at an even and one at an odd distance from its
// beginning, and one of them is looked at wherever the literal is.
type filter struct {
	anchors []anchor
	once    sync.Once      // makes the rest when it is first used: most commands use none
	pairs   [1 << 16]uint8 // for each pair one more than its place in parts; 0 if no literal has it
	parts   [][]part
}

// part is a pair of bytes of an anchor's literal.
type part struct {
	anchor int
	at     int    // where the pair is in the literal: -1, if its first byte is the one before
	head   uint32 // the first four bytes of the literal, as far as mask has them
	mask   uint32
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

// add adds a part with all the pairs that it may be.
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

// bytes are those that may be at the i-th place of an anchor, which may be the one
// before its literal or the one after it.
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

// rarestPair is where in an anchor the pair of bytes is that is rarest in prose,
// among those at an odd distance from the beginning or those at an even one.
func (a *anchor) rarestPair(odd int) int {
	best, least := -odd, math.MaxInt
	for at := -odd; at+1 <= len(a.literal); at += 2 {
		if n := rate(a.bytes(at)) * rate(a.bytes(at+1)); n < least {
			best, least = at, n
		}
	}
	return best
}

// rate is about how often one of some bytes is among ten thousand of a JSON record.
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

// next is the first place in s[from:] where an anchor fits, and its number; -1
// if none does.
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

// places are where the anchors of s begin, in order.
func (f *filter) places(s string) (all []int) {
	for at, _ := f.next(s, 0); at >= 0; at, _ = f.next(s, at+1) {
		all = append(all, at)
	}
	return all
}

// fit is the first anchor that fits with the pair at byte i.
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
