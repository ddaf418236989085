package store

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A segment of a text, as search sees it.
type segment struct {
	kind       segmentKind
	text       string
	start, end int // in bytes
}

type segmentKind byte

const (
	plainWord    segmentKind = iota // letters and digits between others: a word of the tokenizer
	spacelessRun                    // letters of a script without spaces
	symbol                          // an emoji or the like
)

// segments cuts a text. Signs that are neither are left out.
func segments(s string) []segment {
	var all []segment
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		kind, ok := kindOf(r)
		if !ok {
			i += n
			continue
		}
		end := i + n
		for end < len(s) && kind != symbol {
			r, n := utf8.DecodeRuneInString(s[end:])
			if k, ok := kindOf(r); (!ok || k != kind) && !(unicode.IsMark(r) && !isVariation(r)) {
				break
			}
			end += n
		}
		all = append(all, segment{kind, s[i:end], i, end})
		i = end
	}
	return all
}

func kindOf(r rune) (segmentKind, bool) {
	switch {
	case r < utf8.RuneSelf:
		return plainWord, '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z'
	case spaceless(r):
		return spacelessRun, true
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return plainWord, true
	case r > 0xff && unicode.Is(unicode.So, r):
		return symbol, true
	}
	return 0, false
}

func isVariation(r rune) bool { return r == '\ufe0e' || r == '\ufe0f' }

// symbolMark is an emoji as a word of the column marks.
func symbolMark(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	return markSymbol + strconv.FormatInt(int64(r), 16)
}

// fold brings a word to what the index compares: lower case, no diacritics.
func fold(word string) string {
	ascii := true
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if !ascii {
		word = strings.Map(func(r rune) rune {
			if unicode.IsMark(r) && r < 0x370 {
				return -1
			}
			return r
		}, norm.NFD.String(word))
	}
	return strings.ToLower(word)
}

// tokensOf cuts a plain word where the tokenizer does, at the vowel signs of
// Indic scripts, and folds the pieces.
func tokensOf(word string) []string {
	if strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return []string{strings.ToLower(word)}
	}
	pieces := strings.FieldsFunc(word, func(r rune) bool { return unicode.IsMark(r) && r >= 0x370 })
	for i, p := range pieces {
		pieces[i] = fold(p)
	}
	return pieces
}

// A Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// Marks tells which stretches of a text are what the query looks for, in their
// order and without overlaps, so that they can be shown.
func (q *Query) Marks(text string) []Span {
	if q == nil || q.root == nil {
		return nil
	}
	terms := q.root.terms()
	if len(terms) == 0 {
		return nil
	}
	segs := segments(text)
	var words []segment // what the tokenizer sees: plain words, folded
	for _, s := range segs {
		if s.kind == plainWord {
			for _, t := range tokensOf(s.text) {
				words = append(words, segment{plainWord, t, s.start, s.end})
			}
		}
	}
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text // positions must stay
	}
	var spans []Span
	for _, t := range terms {
		if t.shown != "" {
			for _, at := range indexAll(lower, strings.ToLower(t.shown)) {
				end := at + len(t.shown)
				if r, _ := utf8.DecodeRuneInString(text[end:]); t.prefix || end == len(text) || !asciiWord(r) && !unicode.IsLetter(r) {
					spans = append(spans, Span{at, end})
				}
			}
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
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.Start <= merged[n-1].End {
			merged[n-1].End = max(merged[n-1].End, s.End)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// find tells where the phrase stands among the words of a text.
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
