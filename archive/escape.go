package archive

import (
	"unicode/utf16"
	"unicode/utf8"
)

// EscapedRune reads the escaped character at the beginning of s, as JSON and
// JavaScript write it: \u00e9, or \ud83d\ude00 for one beyond U+FFFF. Half of such
// a pair is U+FFFD. n is the length of the escape in bytes, 0 if s does not begin
// with one.
func EscapedRune[S ~string | ~[]byte](s S) (r rune, n int) {
	r, ok := hex4(s)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	low, _ := hex4(s[6:])
	if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
		return both, 12
	}
	return utf8.RuneError, 6
}

// hex4 reads \uXXXX.
func hex4[S ~string | ~[]byte](s S) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		c := s[i]
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
