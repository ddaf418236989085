package archive

import "testing"

func TestEscapedRune(t *testing.T) {
	for s, want := range map[string]struct {
		r rune
		n int
	}{
		`\u0040x`: {'@', 6}, `\u00E9`: {'é', 6}, `\ud83d\ude00x`: {'😀', 12}, `\ud83d`: {'\ufffd', 6}, `\ude00\ud83d`: {'\ufffd', 6},
		`\ud83d\u0040`: {'\ufffd', 6}, `\u004`: {}, `\u00g0`: {}, `\n`: {}, `u0040`: {}, "": {},
	} {
		if r, n := EscapedRune(s); r != want.r || n != want.n {
			t.Errorf("%s: %q of %d bytes, want %q of %d", s, r, n, want.r, want.n)
		}
		if r, n := EscapedRune([]byte(s)); r != want.r || n != want.n {
			t.Errorf("%s as bytes: %q of %d bytes", s, r, n)
		}
	}
}
