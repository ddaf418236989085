package web

import (
	"slices"
	"strings"
	"unicode"
)

// A change is a stretch of text that is in both of two texts, only in the first (Gone), or
// only in the second (New).
type change struct {
	Text, Space string // the words, and the white space after them
	Gone, New   bool
}

// mostCompared is how many pairs of words are compared. In longer texts, everything between
// their common beginning and end is one change.
const mostCompared = 250_000

// difference compares two texts word by word, whatever white space is between the words.
func difference(first, second string) (all []change) {
	a, b := wordsOf(first), wordsOf(second)
	add := func(c change, words []string) {
		text := strings.Join(words, "")
		if text == "" {
			return
		}
		last := len(all) - 1
		if last >= 0 && all[last].Space == "" {
			all[last].Space = " " // it was at the end of its text
		}
		if last < 0 || all[last].Gone != c.Gone || all[last].New != c.New {
			all, last = append(all, c), last+1
		}
		text = all[last].Text + all[last].Space + text
		all[last].Text = strings.TrimRightFunc(text, unicode.IsSpace)
		all[last].Space = text[len(all[last].Text):]
	}
	begin := 0
	for begin < min(len(a), len(b)) && same(a[begin], b[begin]) {
		begin++
	}
	end := 0
	for end < min(len(a), len(b))-begin && same(a[len(a)-1-end], b[len(b)-1-end]) {
		end++
	}
	add(change{}, b[:begin])
	middleA, middleB := a[begin:len(a)-end], b[begin:len(b)-end]
	for _, s := range steps(middleA, middleB) {
		switch {
		case s.a < s.toA:
			add(change{Gone: true}, middleA[s.a:s.toA])
		case s.common:
			add(change{}, middleB[s.b:s.toB])
		default:
			add(change{New: true}, middleB[s.b:s.toB])
		}
	}
	add(change{}, b[len(b)-end:])
	return all
}

// A stretch is words of a alone, of b alone, or of b that a has too.
type stretch struct {
	a, toA, b, toB int
	common         bool
}

// steps lead from a to b by their longest common subsequence.
func steps(a, b []string) (all []stretch) {
	if len(a)*len(b) > mostCompared || len(a) == 0 || len(b) == 0 {
		return []stretch{{a: 0, toA: len(a)}, {b: 0, toB: len(b)}}
	}
	wide := len(b) + 1
	longest := make([]uint16, (len(a)+1)*wide) // common subsequence of the rests of a and b
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if same(a[i], b[j]) {
				longest[i*wide+j] = longest[(i+1)*wide+j+1] + 1
			} else {
				longest[i*wide+j] = max(longest[(i+1)*wide+j], longest[i*wide+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case same(a[i], b[j]):
			all = append(all, stretch{b: j, toB: j + 1, common: true})
			i, j = i+1, j+1
		case longest[(i+1)*wide+j] >= longest[i*wide+j+1]:
			all = append(all, stretch{a: i, toA: i + 1})
			i++
		default:
			all = append(all, stretch{b: j, toB: j + 1})
			j++
		}
	}
	return slices.Concat(all, []stretch{{a: i, toA: len(a)}, {b: j, toB: len(b)}})
}

func same(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }

// wordsOf cuts a text into its words, each with the white space after it.
func wordsOf(s string) (all []string) {
	for s != "" {
		word := strings.IndexFunc(s, unicode.IsSpace)
		if word < 0 {
			return append(all, s)
		}
		space := strings.IndexFunc(s[word:], func(r rune) bool { return !unicode.IsSpace(r) })
		if space < 0 {
			space = len(s) - word
		}
		all = append(all, s[:word+space])
		s = s[word+space:]
	}
	return all
}
