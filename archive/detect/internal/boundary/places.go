package boundary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in boundary_test.go and features_test.go.

// edge is why a text may begin at a word: what is between it and the word before.
type edge uint8

const (
	noEdge edge = iota // no text begins here
	eStart             // the passage begins
	eItem
	eFurniture
	eGap
	eParagraph
	eLine
	eAside
	eAddress
	eColon
	eQuoted
	eUnquoted
	eSentence
	eLink
	eAbbreviation
	eSpaces
	eCloser
	eMark
	eHeading
	eCapital
	eCapitals
	eTitle
	eGluedSentence
	eGluedColon
	eGluedWord
	eEnd // the passage ends
	edges
)

// gap is what is known of the place between two words.
type gap struct {
	last   string // the word before
	before rune   // its last character but one
	prev   rune   // its last character
	next   string // the text from the second word on
	first  rune   // its first character
	breaks int    // line breaks between them
	blanks int    // blanks between them, line breaks included
	opens  bool   // last is the first word of its unit
	aside  bool   // last ends an aside
	link   bool   // last ends a link to another site
	line   int    // the length of the line that ends with last, in bytes
}

// reasons are why a text may begin at a gap. The first that holds counts. Those that end
// a unit are between sentences, lines or blocks; the others are inside one.
var reasons = [edges]struct {
	name, meaning string
	ends          bool
	holds         func(g *gap) bool
}{
	eStart:        {"start", "the passage begins", true, nil},
	eItem:         {"item", "the mark of an item of a list", true, nil},
	eFurniture:    {"furniture", "a word of the page", true, func(g *gap) bool { return g.opens && !isSmall(g.first) && isFurniture(g.last, g.line == len(g.last)) }},
	eGap:          {"gap", "several empty lines", true, func(g *gap) bool { return g.breaks >= 4 }},
	eParagraph:    {"paragraph", "an empty line", true, func(g *gap) bool { return g.breaks >= 2 }},
	eLine:         {"line", "a line break", true, func(g *gap) bool { return g.breaks == 1 && !g.wraps() }},
	eAside:        {"aside", "a sentence in parentheses", true, func(g *gap) bool { return g.aside }},
	eAddress:      {"address", "an address", true, func(g *gap) bool { return isAddress(g.last) }},
	eColon:        {"colon", "a colon", true, func(g *gap) bool { return isColon(g.prev) }},
	eQuoted:       {"quoted", "a quoted sentence", true, func(g *gap) bool { return char.IsQuoteEnd(g.prev) && char.EndsSentence(g.before) }},
	eUnquoted:     {"unquoted", "a quotation within a sentence", false, func(g *gap) bool { return char.IsQuoteEnd(g.prev) && g.prev != '\'' && g.prev != '’' }},
	eSentence:     {"sentence", "a sentence", true, func(g *gap) bool { return g.endsSentence() && (g.blanks > 1 || !isAbbreviation(g.last)) }},
	eLink:         {"link", "a link to another site", false, func(g *gap) bool { return g.link && !isSmall(g.first) }},
	eAbbreviation: {"abbreviation", "an abbreviation", false, func(g *gap) bool { return g.endsSentence() && !unicode.IsLower(g.first) && !unicode.IsDigit(g.first) }},
	eSpaces:       {"spaces", "two spaces", false, func(g *gap) bool { return g.blanks > 1 }},
	eCloser:       {"closer", "a closing parenthesis", false, func(g *gap) bool { return char.IsCloser(g.prev) }},
	eMark:         {"mark", "a mark that often begins tweets", false, func(g *gap) bool { return beginsLikeTweet(g.next) }},
	eHeading:      {"heading", "a capital after the first word of a unit, which has one too", false, func(g *gap) bool { return g.opens && unicode.IsUpper(g.first) && isCapitalised(g.last) }},
	eCapital:      {"capital", "a capital after a word without one", false, func(g *gap) bool { return unicode.IsUpper(g.first) && (!isCapitalised(g.last) || g.prev == ',') }},
	eCapitals:     {"capitals", "a capital that may begin a sentence", false, func(g *gap) bool { return unicode.IsUpper(g.first) && beginsSentence(g.next) }},
	eTitle:        {"title", "one of the first words of a heading's line", false, nil},
	// Inside a word, where two blocks were glued together; see glue.
	eGluedSentence: {"glued-sentence", "a sentence, and no space", true, nil},
	eGluedColon:    {"glued-colon", "a colon, and no space", true, nil},
	eGluedWord:     {"glued-word", "a small letter or a digit, and no space", false, nil},
	eEnd:           {"end", "the words may be lost", false, nil},
}

// edge is why a text may begin after the gap.
func (g *gap) edge() edge {
	for e := eFurniture; e <= eCapitals; e++ {
		if reasons[e].holds(g) {
			return e
		}
	}
	return noEdge
}

// wrapWidth is the length from which a line may be hard-wrapped.
const wrapWidth = 40

// wraps reports whether a line break is inside a sentence: after a long line the next one
// goes on in lower case.
func (g *gap) wraps() bool {
	return g.line >= wrapWidth && unicode.IsLower(g.first) && (g.prev == ',' || unicode.IsLetter(g.prev) || unicode.IsDigit(g.prev))
}

func isColon(r rune) bool { return r == ':' || r == '：' }

func isSmall(r rune) bool { return 'a' <= r && r <= 'z' }

func (g *gap) endsSentence() bool {
	return char.EndsSentence(g.prev) || char.IsCloser(g.prev) && char.EndsSentence(g.before) || isGreekQuestion(g.before, g.prev)
}

// isGreekQuestion reports whether r is a Greek question mark, which looks like a
// semicolon.
func isGreekQuestion(before, r rune) bool {
	return (r == ';' || r == '\u037e') && unicode.Is(unicode.Greek, before)
}

// excludes reports whether no text can begin with the second word.
func (g *gap) excludes() bool {
	next := firstWord(g.next)
	return isFurniture(next, g.breaks > 0 && strings.HasPrefix(g.next[len(next):], "\n")) || strings.Contains(next, "/status/") || isLoneQuote(next) || isRule(next)
}

// isFurniture reports whether a word belongs to the page and not to a sentence. Words
// that also begin names and sentences must have a line of their own.
func isFurniture(word string, alone bool) bool {
	switch word = strings.Trim(word, ".:"); word {
	case "x", "AD", "ADS", "Advertisement", "ADVERTISEMENT":
		return true
	}
	return alone && traitsOf(word)&tFurniture != 0
}

func isCapitalised(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// isHeading reports whether a word is the mark of a heading of Markdown.
func isHeading(word string, opens bool) bool {
	return word[0] == '#' && len(word) <= 6 && (len(word) > 1 || opens) && strings.Trim(word, "#") == ""
}

// isRule reports whether a word is a line between two parts of a text: ***.
func isRule(word string) bool { return len(word) > 2 && strings.Trim(word, "*-_=~") == "" }

// isLoneQuote reports whether a word is only quotation marks that close what is before.
// No text begins with one and a space.
func isLoneQuote(word string) bool {
	return word != "" && strings.Trim(word, "“”\"»).") == "" && word[0] != '.'
}

// beginsLikeTweet reports whether a text begins as tweets do, although nothing ended
// before it.
func beginsLikeTweet(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r == '@' || r == '#' || r == '“' || r == '"' || r == '…':
		return true
	case r == '.':
		return strings.HasPrefix(s, ".@") || strings.HasPrefix(s, "..")
	case r > 0x2100 && unicode.IsSymbol(r):
		return true
	}
	return strings.HasPrefix(s, "RT @") || strings.HasPrefix(s, "MT @") || char.IsUncased(r)
}

// beginsSentence reports whether a word has its capital because it begins a sentence, as
// far as that word and the next one show.
func beginsSentence(s string) bool {
	word := firstWord(s)
	if traitsOf(strings.TrimRight(word, ",:'’"))&tFunction != 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(secondWord(s, word))
	return unicode.IsLower(r)
}

// firstWord is the first word of s; secondWord is the one after it.
func firstWord(s string) string {
	s = s[:min(len(s), 200)]
	return s[:wordEnd(s, 0)]
}

func secondWord(s, first string) string {
	e := len(first)
	return firstWord(strings.TrimLeftFunc(s[e:min(len(s), 200, e+80)], char.IsBlank))
}

// wordEnd is where the word at i ends.
func wordEnd(s string, i int) int {
	for i < len(s) && (folded[s[i]] != 0 || char.Blank(s, i) == 0) {
		i++
	}
	return i
}

// glue is what is known of a place inside a word. Two blocks may have been glued together
// there, if tags were removed and nothing was put in their place.
type glue struct {
	last         string // the word up to here
	before, prev rune   // its last two characters
	rest         string // the text from here on
	first        rune   // its first character
	layout       Layout
}

// edge is why a text may begin inside a word.
func (g *glue) edge() edge {
	switch {
	case g.layout == Glued && g.isLost():
		return when(eGluedSentence, !strings.ContainsAny(firstWord(g.rest), "./") && !strings.Contains(g.last, "/")) // not in an address: example.com
	case !g.begins() || g.goesOn():
		return noEdge
	case char.EndsSentence(g.prev) && (g.first == '.' || g.first == '"'):
		return when(eGluedSentence, g.opens())
	case char.EndsSentence(g.prev) || char.IsQuoteEnd(g.prev):
		return g.sentence()
	case g.prev == '：':
		return eColon // there are no spaces after it
	case g.prev == ':':
		return when(eGluedColon, !unicode.IsDigit(g.first) && !strings.HasPrefix(g.rest, "//"))
	case g.isHump():
		return eGluedWord
	}
	return noEdge
}

// isLost reports whether a sentence ends and a lower-case letter follows without a space.
func (g *glue) isLost() bool {
	return unicode.IsLower(g.first) && char.EndsSentence(g.prev) && unicode.IsLower(g.before) && len(g.last) > 3
}

// opens reports whether .@ or a quotation mark begins a text after a sentence.
func (g *glue) opens() bool {
	if g.first == '.' {
		return strings.HasPrefix(g.rest, ".@") && g.before != '.' && g.prev != '…'
	}
	r, _ := utf8.DecodeRuneInString(g.rest[1:])
	return unicode.IsUpper(r) // else it closes a quotation
}

func when(e edge, is bool) edge {
	if is {
		return e
	}
	return noEdge
}

// begins reports whether a block may begin with such a character.
func (g *glue) begins() bool {
	r := g.first
	return unicode.IsUpper(r) || unicode.IsDigit(r) || strings.ContainsRune("@#\"“.‘'", r) || char.IsUncased(r) ||
		r > 0x2000 && !char.IsQuoteEnd(r) && unicode.IsSymbol(r) || strings.HasPrefix(g.rest, "http") || g.prev == ':' && (r == '?' || r == '!')
}

// goesOn reports whether what looks like two blocks is one word.
func (g *glue) goesOn() bool {
	w := g.last
	return strings.Contains(w, "://") || strings.HasPrefix(w, "pic.twitter") || strings.HasPrefix(w, "www.") ||
		g.prev == '’' && unicode.IsUpper(g.before) && utf8.RuneCountInString(w) <= 3 || // O’Malley
		strings.Trim(w, ".…") == "" || // the dots at the beginning of a tweet that goes on
		len(w) == 2 && w[1] == '.' && len(g.rest) > 1 && g.rest[1] == '.' || // z.B.
		isLoneQuote(firstWord(g.rest[:min(len(g.rest), 12)]))
}

// sentence is the edge after what may end a sentence or a quotation.
func (g *glue) sentence() edge {
	switch {
	case strings.ContainsRune("。！？", g.prev) || g.prev == '」' && g.before == '。':
		return eSentence // there are no spaces between them
	case char.EndsSentence(g.first) || char.IsQuoteEnd(g.first):
		return noEdge
	case g.prev == '.' && (unicode.IsUpper(g.before) && unicode.IsUpper(g.first) || unicode.IsDigit(g.before) && unicode.IsDigit(g.first)): // U.S., 3.5
		return noEdge
	case unicode.IsDigit(g.first) && !unicode.IsLetter(g.before):
		return noEdge
	}
	return when(eGluedSentence, !strings.ContainsRune("\"'‘", g.prev) || char.EndsSentence(g.before))
}

// isHump reports whether a capital inside a word begins another word.
func (g *glue) isHump() bool {
	if !unicode.IsUpper(g.first) || !unicode.IsLower(g.prev) && !unicode.IsDigit(g.prev) && g.prev != ')' {
		return false
	}
	w := g.last
	if len(w) > 1 && (w[0] == '#' || w[0] == '@') || strings.HasPrefix(w, "Mc") || strings.HasPrefix(w, "Mac") || len(w) < 3 && !unicode.IsDigit(g.prev) {
		return len(w) > 8 && w[0] != '@'
	}
	return true
}
