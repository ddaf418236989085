package detect

// near passes over bytes of s behind which no anchor can stand: it is the first
// i, short of the last 16, at which one of these does: any byte and an @, tw,
// Tw, x. and xc. Names of the site consist of letters that are frequent in
// prose, so that looking for one of them with strings.IndexByte takes eight
// times as long; see BenchmarkNone.
//
//go:noescape
func near(s string) int
