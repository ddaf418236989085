// Package char says what kind of character is at a place of a text: white
// space, the end of a sentence, a quotation mark. Every part of the detector
// asks it, so that a blank is a blank everywhere.
package char

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace reports whether c is white space of ASCII.
func IsSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// IsBlank reports whether r shows nothing: white space of any width, and the
// marks of joining and of direction.
func IsBlank(r rune) bool { return r < 0x80 && IsSpace(byte(r)) || IsWide(r) }

// IsWide reports the blanks beyond ASCII: white space of any width, and the marks
// of direction and joining, which take no width.
func IsWide(r rune) bool {
	switch {
	case r < 0xa0, r == '\u200c', r == '\u200d': // the joiners are parts of words and emoji
		return false
	case r < 0x2000:
		return r == 0xa0 || r == 0x61c || r == 0x1680
	case r < 0x3000:
		return r <= 0x200f || r == 0x205f || r == 0x202f || 0x2028 <= r && r <= 0x202e || r == 0x2060 || 0x2066 <= r && r <= 0x2069
	}
	return r == 0x3000 || r == 0xfeff
}

// Blank is the length of the blank at s[i:], 0 if there is none.
func Blank(s string, i int) int {
	if i < len(s) && s[i] < utf8.RuneSelf {
		if IsSpace(s[i]) {
			return 1
		}
		return 0
	}
	if r, n := utf8.DecodeRuneInString(s[i:]); IsWide(r) {
		return n
	}
	return 0
}

// BlankBefore is the length of the blank with which s[:i] ends, 0 if it does
// with none.
func BlankBefore(s string, i int) int {
	if i > 0 && s[i-1] < utf8.RuneSelf {
		if IsSpace(s[i-1]) {
			return 1
		}
		return 0
	}
	if r, n := utf8.DecodeLastRuneInString(s[:i]); IsWide(r) {
		return n
	}
	return 0
}

// SkipBlanks is the end of the blanks at s[i:], within the line.
func SkipBlanks(s string, i int) int {
	for i < len(s) && (s[i] <= ' ' || s[i] >= utf8.RuneSelf) && s[i] != '\n' && s[i] != '\r' {
		n := Blank(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// SkipBreak is the end of the blanks at s[i:], with at most one line break.
func SkipBreak(s string, i int) int {
	i = SkipBlanks(s, i)
	j := i
	if j < len(s) && s[j] == '\r' {
		j++
	}
	if j < len(s) && s[j] == '\n' {
		return SkipBlanks(s, j+1)
	}
	return i
}

// Trim takes the blanks off both ends.
func Trim(s string) string { return strings.TrimFunc(s, IsBlank) }

// Squash makes one space of every run of blanks, and none at the ends.
func Squash(s string) string { return strings.Join(strings.FieldsFunc(s, IsBlank), " ") }

// EndsSentence reports the marks with which sentences end.
func EndsSentence(r rune) bool {
	return r == '.' || r == '!' || r == '?' || r == '…' || r == '。' || r == '！' || r == '？' || r == '؟' || r == '।'
}

// IsQuoteEnd reports the quotation marks that may close a quotation.
func IsQuoteEnd(r rune) bool {
	return r == '”' || r == '"' || r == '’' || r == '»' || r == '\'' || r == '」'
}

// IsCloser reports what may be between the end of a sentence and the next.
func IsCloser(r rune) bool { return IsQuoteEnd(r) || r == ')' || r == ']' || r == '*' }

// IsUncased reports the letters of scripts without capitals.
func IsUncased(r rune) bool { return r >= 0x590 && unicode.Is(unicode.Lo, r) }

// IsPunct reports the punctuation of ASCII, before which Markdown has a backslash.
func IsPunct(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}

// SkipAny is the end of the bytes at s[i:] that are among some.
func SkipAny(s string, i int, some string) int {
	for i < len(s) && strings.IndexByte(some, s[i]) >= 0 {
		i++
	}
	return i
}

// Words is the set of the words of a list, which blanks part.
func Words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
