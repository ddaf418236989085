// Package char classifies the characters of a text: white space, ends of sentences,
// quotation marks. All parts of the detector use it, so that a blank is a blank
// everywhere. Functions that begin with Is answer about one character; the others take a
// text and a place in it.
package char

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace reports whether c is white space of ASCII.
func IsSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// IsBlank reports whether r shows nothing: white space of any width, and marks of
// direction and joining.
func IsBlank(r rune) bool { return r < 0x80 && IsSpace(byte(r)) || IsWide(r) }

// IsWide reports whether r is a blank beyond ASCII: white space of any width, or a mark
// of direction or joining, which takes no width.
func IsWide(r rune) bool {
	switch {
	case r < 0xa0, r == '\u200c', r == '\u200d': // these joiners are parts of words and emoji
		return false
	case r < 0x2000:
		return r == 0xa0 || r == 0x61c || r == 0x1680
	case r < 0x3000:
		return r <= 0x200f || r == 0x205f || r == 0x202f || 0x2028 <= r && r <= 0x202e || r == 0x2060 || 0x2066 <= r && r <= 0x2069
	}
	return r == 0x3000 || r == 0xfeff
}

// Blank is the length of the blank at s[i:]; 0 if there is none.
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

// BlankBefore is the length of the blank at the end of s[:i]; 0 if there is none.
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

// SkipBlanks is the end of the blanks at s[i:] within the line.
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

// SkipBreak is the end of the blanks at s[i:], which may hold one line break.
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

// Trim takes the blanks off both ends of s.
func Trim(s string) string { return strings.TrimFunc(s, IsBlank) }

// Squash makes one space of each run of blanks and drops those at the ends.
func Squash(s string) string { return strings.Join(strings.FieldsFunc(s, IsBlank), " ") }

// EndsSentence reports whether r may end a sentence.
func EndsSentence(r rune) bool {
	return r == '.' || r == '!' || r == '?' || r == '…' || r == '。' || r == '！' || r == '？' || r == '؟' || r == '।'
}

// IsQuoteEnd reports whether r may close a quotation.
func IsQuoteEnd(r rune) bool {
	return r == '”' || r == '"' || r == '’' || r == '»' || r == '\'' || r == '」'
}

// IsCloser reports whether r may be between the end of a sentence and the next one.
func IsCloser(r rune) bool { return IsQuoteEnd(r) || r == ')' || r == ']' || r == '*' }

// IsUncased reports whether r is a letter of a script without capitals.
func IsUncased(r rune) bool { return r >= 0x590 && unicode.Is(unicode.Lo, r) }

// IsPunct reports whether c is punctuation of ASCII, which Markdown may escape with a
// backslash.
func IsPunct(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}

// SkipAny is the end of the bytes at s[i:] that are in some.
func SkipAny(s string, i int, some string) int {
	for i < len(s) && strings.IndexByte(some, s[i]) >= 0 {
		i++
	}
	return i
}

// Words is the set of the words in a list with blanks between them.
func Words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
