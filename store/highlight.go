package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tested in query_test.go.

// A Span is a part of a text, in bytes.
type Span struct{ Start, End int }

// Highlights are the parts of a text that the query looks for, in order and without
// overlaps.
func (q *Query) Highlights(text string) []Span {
	if q == nil || q.root == nil {
		return nil
	}
	terms := q.root.terms()
	if len(terms) == 0 {
		return nil
	}
	var words []segment // plain words, folded as the tokenizer does
	for _, s := range segments(text) {
		if s.kind == plainWord {
			for _, t := range tokensOf(s.text) {
				words = append(words, segment{plainWord, t, s.start, s.end})
			}
		}
	}
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text // positions must be those of the text
	}
	var spans []Span
	for _, t := range terms {
		if t.shown != "" {
			spans = append(spans, t.findShown(lower)...)
			continue
		}
		for i, p := range t.phrases {
			if p.pairs != "" {
				for _, at := range indexAll(lower, strings.ToLower(p.pairs)) {
					spans = append(spans, Span{at, at + len(p.pairs)})
				}
				continue
			}
			spans = append(spans, p.find(words, t.prefix && i == len(t.phrases)-1)...)
		}
	}
	return joined(spans)
}

// findShown lists where a mention or tag is in a text in lower case.
func (t term) findShown(lower string) (spans []Span) {
	for _, at := range indexAll(lower, strings.ToLower(t.shown)) {
		end := at + len(t.shown)
		if r, _ := utf8.DecodeRuneInString(lower[end:]); t.prefix || end == len(lower) || !asciiWord(r) && !unicode.IsLetter(r) {
			spans = append(spans, Span{at, end})
		}
	}
	return spans
}

// joined sorts spans, and joins those that overlap or touch.
func joined(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	all := spans[:0]
	for _, s := range spans {
		if n := len(all); n > 0 && s.Start <= all[n-1].End {
			all[n-1].End = max(all[n-1].End, s.End)
			continue
		}
		all = append(all, s)
	}
	return all
}

// find lists where the phrase is among the words of a text.
func (p phrase) find(words []segment, prefix bool) []Span {
	var tokens []string
	for _, t := range p.tokens {
		for _, s := range segments(t) {
			tokens = append(tokens, tokensOf(s.text)...)
		}
	}
	if len(tokens) == 0 {
		return nil
	}
	var spans []Span
	for i := 0; i+len(tokens) <= len(words); i++ {
		ok := true
		for j, t := range tokens {
			w := words[i+j].text
			if w != t && !(prefix && j == len(tokens)-1 && strings.HasPrefix(w, t)) {
				ok = false
				break
			}
		}
		if ok {
			spans = append(spans, Span{words[i].start, words[i+len(tokens)-1].end})
		}
	}
	return spans
}

func indexAll(s, sub string) []int {
	var all []int
	for from := 0; sub != ""; {
		i := strings.Index(s[from:], sub)
		if i < 0 {
			break
		}
		all = append(all, from+i)
		from += i + len(sub)
	}
	return all
}
