package date

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in date_test.go.

// Order is the order of day and month in dates that are numbers.
type Order int

const (
	noOrder    Order = iota // unknown
	dayFirst                // 21/03/2018
	monthFirst              // 03/21/2018
)

// orderReach is how many bytes of a text are read for the order.
const orderReach = 1 << 16

// OrderOf is the order in the text s. Dates with a number that can only be the day show
// it. If there are none, the language does: only in English both orders are usual.
func OrderOf(s string) Order {
	s = s[:min(len(s), orderReach)]
	order := noOrder
	for i := 0; i < len(s); i++ {
		of := orderAt(s, i)
		if of == noOrder {
			continue
		}
		if order != noOrder && order != of {
			return noOrder
		}
		order = of
	}
	if order == noOrder && !isEnglish(s) {
		return dayFirst
	}
	return order
}

// orderAt is the order in the date whose first mark is at byte i of s; noOrder if both of
// its numbers may be the day.
func orderAt(s string, i int) Order {
	if s[i] != '/' && s[i] != '-' {
		return noOrder
	}
	from := i
	for from > 0 && i-from < 3 && isDigit(s[from-1]) {
		from--
	}
	if n := i - from; n == 0 || n > 2 {
		return noOrder
	}
	p := scanner{s: s[from:]}
	first, _ := p.number(3)
	_, m, d, ok := p.numbers(first)
	switch {
	case !ok || p.doubt != sure || m == d:
		return noOrder
	case m == first:
		return monthFirst
	}
	return dayFirst
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// The words that say whether a text is English: English ones, and the most frequent words
// of other languages that are in Latin letters and not English.
var (
	english = char.Words("the of and to is was for that with")
	foreign = char.Words(`de la le les des et du un une el los las que y en por una del il di che e per un ` +
		`der die und das den ist nicht ein eine het een van dat och att det som är og på er ja että ei ` +
		`się nie w z na jest ve bir bu da dan yang di và của az egy és si în din nu`)
)

// isEnglish reports whether s may be English: most of its known words and letters are not
// those of other languages.
func isEnglish(s string) bool {
	own, others := 0, 0
	for w := range strings.FieldsSeq(s) {
		switch w = strings.ToLower(w); {
		case english[w]:
			own++
		case foreign[w], strings.ContainsFunc(w, isForeign):
			others++
		}
	}
	return own >= others || others < 3
}

// isForeign reports whether r is a letter that English does not have.
func isForeign(r rune) bool { return r >= utf8.RuneSelf && unicode.IsLetter(r) }
