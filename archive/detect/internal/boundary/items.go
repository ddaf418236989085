package boundary

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in score_test.go.

// A list may hold tweets; then its marks and numbers are not part of their words. A tweet
// may also hold a list, or begin with a mark. The neighbours show which it is: if the
// item is one of the article's list, other items are before or after the tweet.

// item is the mark of an item: its number, 0 if it has none, and what is around the
// number.
type item struct {
	before, after string
	n             int
}

// itemOf reads a word as the mark of an item: a bullet, 1. or 1) or (1) or #1 or a).
func itemOf(w string) (item, bool) {
	if c, n := utf8.DecodeRuneInString(w); n == len(w) && strings.ContainsRune("-–—*+•·‣▪●◦○■□►▶→➤»✓✔★☆", c) {
		return item{before: w}, true
	}
	i := strings.IndexAny(w, "0123456789")
	if n := slices.Index(romans, strings.TrimRight(w, ".)")); n > 0 && len(w) == len(romans[n])+1 {
		return item{"", w[len(w)-1:], n}, true
	}
	if i < 0 {
		if len(w) == 2 && w[1] == ')' && isSmall(rune(w[0])) {
			return item{"", ")", int(w[0])}, true
		}
		return item{}, false
	}
	after := strings.TrimLeft(w[i:], "0123456789")
	it := item{before: w[:i], after: after}
	switch it.before + "1" + it.after {
	case "1.", "1)", "(1)", "#1", "#1.", "#1:", "1.)", "1:", `1\.`:
		it.n, _ = strconv.Atoi(w[i : len(w)-len(after)])
		return it, it.n > 0 && it.n < 1000
	}
	return item{}, false
}

// romans are the Roman numerals of some lists, each at its index.
var romans = []string{"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"}

// isNextTo reports whether an item with the mark w may be directly before or after this
// one. Some lists count down.
func (it item) isNextTo(w string) bool {
	o, ok := itemOf(w)
	return ok && o.before == it.before && o.after == it.after && (it.n == 0 || o.n == it.n+1 || o.n == it.n-1)
}

// isItem reports whether a word is the mark of an item in a list of the article: the list
// goes on after the tweet, or has an item before the passage. The numbers of a thread
// look the same, but its tweets have one author.
func (r *reading) isItem(w string) bool {
	it, ok := itemOf(w)
	if !ok {
		return false
	}
	p := r.p
	return it.isBeside(p.After, 1, p.Handle) || r.sums.n(tWord) == 1 && it.isBeside(p.Before, -1, p.Handle)
}

// isBeside reports whether an item beside this one is in s, which is before the tweet (by
// < 0) or after it. It must be in the nearest line; an item with the next number may be
// further away.
func (it item) isBeside(s string, by int, handle string) bool {
	if it.n == 0 {
		s = strings.TrimFunc(s, char.IsBlank)
		if by < 0 {
			s = s[strings.LastIndexByte(s, '\n')+1:]
		}
		return it.isNextTo(firstWord(s))
	}
	for line := range strings.Lines(s) {
		if it.isNextTo(firstWord(strings.TrimLeftFunc(line, char.IsBlank))) {
			return !isOnlyBy(s, by, handle)
		}
	}
	return false
}

// isOnlyBy reports whether the tweet nearest in s is by the same author.
func isOnlyBy(s string, by int, handle string) bool {
	i := strings.Index(s, "(@")
	if by < 0 {
		i = strings.LastIndex(s, "(@")
	}
	rest, ok := "", i >= 0
	if ok {
		rest, ok = strings.CutPrefix(s[i+2:], handle)
	}
	return ok && strings.HasPrefix(rest, ")")
}
