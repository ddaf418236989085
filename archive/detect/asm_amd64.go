package detect

import "golang.org/x/sys/cpu"

// near passes over bytes of s behind which no anchor can stand: it is the first
// i, short of the last 16, at which one of these does: any byte and an @, tw,
// x. and xc, in any case. Names of the site consist of letters that are frequent in
// prose, so that looking for one of them with strings.IndexByte takes eight
// times as long; see BenchmarkNone.
//
// It looks at thirty-two pairs at once where the processor can, else at sixteen.
//
//go:noescape
func near(s string) int

var wide = cpu.X86.HasAVX2
