package boundary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in boundary_test.go and score_test.go.

// LimitFor is how long a tweet of a day may be, as the service counts: 140 until
// 2017-11-07 and 280 since then (of longer ones embeds print no more).
func LimitFor(day string) float64 {
	if day != "" && day < "2017-11-08" {
		return 140
	}
	return 280
}

// lengthOf is the length of a text as the service counts it.
func lengthOf(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		n += weightOf(w) + 1
	}
	return max(0, n-1)
}

// weightOf is the length of a word as the service counts it. An address has 23, the
// address of a picture 0, and a wide character 2.
func weightOf(w string) int {
	if isSimple(w) {
		return len(w)
	}
	n := 0
	if k := addressIn(w); k >= 0 {
		if w[k] == ':' {
			n, w = 23, strings.TrimRightFunc(w[:k], unicode.IsLetter)
		} else {
			w = w[:k]
		}
	}
	for _, r := range w {
		n++
		if isWide(r) {
			n++
		}
	}
	return n
}

// isSimple reports whether every byte of a word counts as one.
func isSimple(w string) bool {
	for i := range len(w) {
		if w[i] >= utf8.RuneSelf || w[i] == '/' {
			return false
		}
	}
	return true
}

// isWide reports whether a character counts as two: those of East Asia, and emoji.
func isWide(r rune) bool {
	return r >= 0x1100 && (r <= 0x1fff || r >= 0x2e80 && r <= 0xffdc || r >= 0x1f000)
}

// isAddress reports whether a word is an address.
func isAddress(word string) bool {
	return addressIn(word) >= 0 || strings.HasPrefix(word, "t.co/")
}

// addressIn is where in a word an address is, at its :// or at the beginning of the
// address of a picture; -1 if there is none.
func addressIn(w string) int {
	if strings.IndexByte(w, '/') < 0 {
		return -1
	}
	if k := strings.Index(w, "://"); k >= 0 {
		return k
	}
	return strings.Index(w, "pic.twitter.com/")
}

// reachOf is where the part of a text begins that may belong to a tweet at its end. It is
// somewhat longer than the limit, and a sentence longer for what is before the tweet.
func reachOf(s string, limit float64) int {
	const more, sentence = 1.4, 250
	for i, weight := len(s), 0; i > 0; {
		end := i
		for i > 0 && !char.IsSpace(s[i-1]) {
			i--
		}
		if weight += weightOf(s[i:end]) + 1; weight > int(more*limit) {
			for i = max(0, i-sentence); i > 0 && i < len(s) && !char.IsSpace(s[i]); i++ {
			}
			return i
		}
		for i > 0 && char.IsSpace(s[i-1]) {
			i--
		}
	}
	return 0
}
