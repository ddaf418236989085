package boundary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in boundary_test.go and score_test.go.

// LimitFor is how long a tweet of a day may be, as the service counts: 140
// until 2017-11-07, 280 since (embeds print no more of a longer one).
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

// weightOf is a word's length as the service counts it: an address is 23,
// that of a picture nothing, and wide characters two.
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

// isSimple says whether each byte of a word has the weight of one.
func isSimple(w string) bool {
	for i := range len(w) {
		if w[i] >= utf8.RuneSelf || w[i] == '/' {
			return false
		}
	}
	return true
}

// isWide says whether a character counts as two: those of East Asia, and emoji.
func isWide(r rune) bool {
	return r >= 0x1100 && (r <= 0x1fff || r >= 0x2e80 && r <= 0xffdc || r >= 0x1f000)
}

// isAddress says whether a word is an address.
func isAddress(word string) bool {
	return addressIn(word) >= 0 || strings.HasPrefix(word, "t.co/")
}

// addressIn is where in a word an address begins, at its :// or as that of a
// picture; -1 if none does.
func addressIn(w string) int {
	if strings.IndexByte(w, '/') < 0 {
		return -1
	}
	if k := strings.Index(w, "://"); k >= 0 {
		return k
	}
	return strings.Index(w, "pic.twitter.com/")
}

// reachOf is where the part of a text begins that a tweet at its end can take:
// so much more than the limit, and a sentence for what is before it.
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
