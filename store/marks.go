package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tweetarc/archive"
)

// The full-text index knows words: runs of letters and digits. What else is
// searched for is written as words of a second column, marks:
//
//   - @mentions and #tags, so that @nasa is not found in "nasa", and whole,
//     although _ ends a word
//   - the parts of links, for url:
//   - links, media, replies, for filter:
//   - the parts of a #TagOfSeveralWords or @HandleOfSuch, as plain words
//   - emoji, each a word
//   - every two neighbouring letters of scripts that put no spaces between
//     words, and the last letter of such a run
//
// Signs that would end a word (@ # _ and the vowel signs of Thai) are moved to
// the private use area, U+E000 and their code, whose characters are letters to
// the tokenizer and stand in no text.
const private = 0xE000

const (
	markMention = string(rune(private + '@'))
	markTag     = string(rune(private + '#'))
	markLink    = string(rune(private + '/'))
	markIs      = string(rune(private + '?'))
	markSymbol  = string(rune(private + '!'))
)

// marksOf writes the column marks of a tweet.
func marksOf(t archive.Tweet, variants []*variant) string {
	var m []string
	is := map[string]bool{}
	links := map[string]bool{}
	text := t.Text
	var named []sigil
	if strings.ContainsAny(text, "@#＠＃") {
		named = sigils(text)
	}
	for _, w := range named {
		mark := markTag
		if w.sigil == '@' {
			mark = markMention
		}
		m = append(m, mark+inWord(w.name))
		if parts := camels(w.name); len(parts) > 1 {
			m = append(m, parts...)
		}
	}
	if strings.HasPrefix(text, "@") {
		is["replies"] = true
	}
	for _, l := range archive.Links(text) {
		links[l] = true
	}
	for _, v := range variants {
		for _, l := range v.Links {
			for _, s := range []string{l.Shown, l.URL, l.Target} {
				if strings.Contains(s, "/") {
					links[s] = true
				}
			}
		}
	}
	sorted := make([]string, 0, len(links))
	for l := range links {
		sorted = append(sorted, l)
	}
	slices.Sort(sorted)
	for _, l := range sorted {
		if strings.Contains(l, "pic.twitter.com/") || strings.Contains(l, "pic.x.com/") || strings.Contains(l, "/photo/") || strings.Contains(l, "/video/") {
			is["media"] = true
		} else {
			is["links"] = true
		}
		m = append(m, linkWords(l)...)
		m = append(m, markLink) // the words of two links are no neighbours
	}
	for _, f := range features {
		if is[f] {
			m = append(m, markIs+f)
		}
	}
	if strings.IndexFunc(text, func(r rune) bool { return r > 0xff }) >= 0 {
		m = append(m, unspaced(text)...)
	}
	return strings.Join(m, " ")
}

// linkWords are the parts of an address: host and path at their punctuation.
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

// A sigil is a @mention or #tag of a text.
type sigil struct {
	sigil rune
	name  string
}

// sigils are the @mentions and #tags of a text. An @ behind a letter or digit
// is an e-mail address's.
func sigils(text string) []sigil {
	var all []sigil
	before := ' '
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch r {
		case '＠':
			r = '@'
		case '＃':
			r = '#'
		}
		if (r == '@' && before != '_' && !asciiWord(before)) || (r == '#' && before != '&') {
			end := i + n
			for end < len(text) {
				c, w := utf8.DecodeRuneInString(text[end:])
				if r == '@' && !asciiWord(c) || r == '#' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) {
					break
				}
				end += w
			}
			if name := text[i+n : end]; name != "" && (r == '#' || archive.IsHandle(name)) {
				all = append(all, sigil{r, name})
				i, before = end, 'a'
				continue
			}
		}
		before = r
		i += n
	}
	return all
}

func asciiWord(r rune) bool {
	return r < utf8.RuneSelf && (r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z')
}

// inWord writes a name so that the tokenizer takes it whole: the signs that
// would end a word in the private use area, and no diacritics to fold apart.
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

// camels cuts a #TagOfSeveralWords.
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

// unspaced are the words of a text that stand in it without a space: bigrams,
// emoji, and what other letters are glued to spaceless ones.
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

// spaceless tells whether r belongs to a script that puts no spaces between
// words, or, Korean, whose words carry endings.
func spaceless(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r == 'ー' || r == '々'
}

// bigrams are the pairs of neighbours in a run of spaceless letters, and its
// last letter alone: of 東京都 they are 東京, 京都, 都.
func bigrams(run string) []string {
	runes := []rune(norm.NFKC.String(run))
	all := make([]string, 0, len(runes))
	for i := range runes {
		all = append(all, inWord(string(runes[i:min(i+2, len(runes))])))
	}
	return all
}
