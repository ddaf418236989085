package store

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"

	"golang.org/x/text/unicode/norm"
)

// Tested in query_test.go.

// A segment is a piece of a text, as search sees it.
type segment struct {
	kind       segmentKind
	text       string
	start, end int // in bytes
}

type segmentKind byte

const (
	plainWord    segmentKind = iota // letters and digits: a word of the tokenizer
	spacelessRun                    // letters of a script that has no spaces between words
	symbol                          // an emoji or the like
)

// segments cuts a text into segments. All other characters are left out.
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

// symbolMark is the word for an emoji in the column marks.
func symbolMark(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	return markSymbol + strconv.FormatInt(int64(r), 16)
}

// fold is a word as the index compares it: in lower case, without diacritics.
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

// tokensOf cuts a plain word into folded tokens. Like the tokenizer it cuts at the vowel
// signs of Indic scripts.
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

// The full-text index has words: runs of letters and digits. Everything else that can be
// searched for is written as words into a second column, marks:
//
//   - whole @mentions and #tags, so that @nasa does not find "nasa"
//   - the parts of links, for url:
//   - links, media, replies, for filter:
//   - the parts of a #TagOfSeveralWords or @HandleOfSeveral, as plain words
//   - emoji, each as a word
//   - in scripts without spaces between words, every two neighbouring letters, and
//     the last letter
//
// The tokenizer would end a word at @ # _ and the vowel signs of Thai. They are moved to
// the private use area, to U+E000 plus their code: these characters are letters to the
// tokenizer, and no text has them.
const private = 0xE000

const (
	markMention = string(rune(private + '@'))
	markTag     = string(rune(private + '#'))
	markLink    = string(rune(private + '/'))
	markIs      = string(rune(private + '?'))
	markSymbol  = string(rune(private + '!'))
)

// linkWords are the words for an address in marks: host and path, cut at punctuation.
func linkWords(address string) []string {
	if i := strings.Index(address, "://"); i >= 0 {
		address = address[i+3:]
	}
	var words []string
	for _, w := range strings.FieldsFunc(address, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words = append(words, markLink+strings.ToLower(w))
	}
	return words
}

// A Sigil is a @mention or #tag in a text.
type Sigil struct {
	Span
	sign rune // @ or #, also where the text has a wide one
	name string
}

// Sigils lists the @mentions and #tags in a text. An @ after a letter or digit is part of
// an e-mail address, and what comes after a / is part of an address.
func Sigils(text string) []Sigil {
	var all []Sigil
	before := ' '
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch r {
		case '＠':
			r = '@'
		case '＃':
			r = '#'
		}
		if before != '/' && (r == '@' && !asciiWord(before) || r == '#' && before != '&') {
			if name := nameAfter(r, text[i+n:]); name != "" && (r == '#' || archive.IsHandle(name)) {
				end := i + n + len(name)
				all = append(all, Sigil{Span{i, end}, r, name})
				i, before = end, 'a'
				continue
			}
		}
		before = r
		i += n
	}
	return all
}

// nameAfter is the name at the beginning of a text that comes after @ or #.
func nameAfter(sign rune, text string) string {
	end := strings.IndexFunc(text, func(c rune) bool {
		if sign == '@' {
			return !asciiWord(c)
		}
		return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c)
	})
	if end < 0 {
		return text
	}
	return text[:end]
}

func asciiWord(r rune) bool {
	return r < utf8.RuneSelf && (r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z')
}

// inWord is a name that the tokenizer takes as one word: signs that would end a word are
// moved to the private use area, and diacritics are composed with their letters.
func inWord(name string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(name) {
		switch {
		case r == '_' || unicode.IsMark(r):
			if r < 0x1900 {
				b.WriteRune(private + r)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// camels cuts a #TagOfSeveralWords into words.
func camels(name string) []string {
	var parts []string
	from := 0
	var before rune
	for i, r := range name {
		next, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
		if i > from && (r == '_' || unicode.IsUpper(r) && (!unicode.IsUpper(before) || unicode.IsLower(next)) || unicode.IsDigit(r) != unicode.IsDigit(before)) {
			parts = append(parts, strings.Trim(name[from:i], "_"))
			from = i
		}
		before = r
	}
	parts = append(parts, strings.Trim(name[from:], "_"))
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// unspaced are the words for marks of a text that has no spaces around them: bigrams,
// emoji, and plain words directly before or after spaceless letters.
func unspaced(text string) []string {
	var m []string
	before := segment{end: -1}
	for _, s := range segments(text) {
		switch s.kind {
		case symbol:
			m = append(m, symbolMark(s.text))
		case spacelessRun:
			if before.end == s.start && before.kind == plainWord {
				m = append(m, before.text)
			}
			m = append(m, bigrams(s.text)...)
		case plainWord:
			if before.end == s.start && before.kind == spacelessRun {
				m = append(m, s.text)
			}
		}
		before = s
	}
	return m
}

// spaceless says whether r is of a script without spaces between words, or of Korean,
// whose words have endings.
func spaceless(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r == 'ー' || r == '々'
}

// bigrams are the pairs of neighbours in a run of spaceless letters, and the last letter
// alone: for 東京都 they are 東京, 京都, 都.
func bigrams(run string) []string {
	runes := []rune(norm.NFKC.String(run))
	all := make([]string, 0, len(runes))
	for i := range runes {
		all = append(all, inWord(string(runes[i:min(i+2, len(runes))])))
	}
	return all
}
