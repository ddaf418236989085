package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Where does a tweet's text begin? The places that come into question are
// collected (starts), each is described by features (features.go), and a linear
// model (weights.go, made by train_test.go) says which is the likeliest.

// passage is what is known when the beginning of a tweet's text is looked for.
type passage struct {
	view    view // what stands before the dash, as far back as a tweet reaches
	origin  origin
	author  string
	handle  string
	day     string
	dialect dialect
	around  string // the article around, for copies of the tweet and the habits of its prose
	self    int    // where in around the dash stands
	length  int    // bytes of the article that the view takes
}

// origin is what the view begins with.
type origin int

const (
	cut      origin = iota // the middle of an article
	article                // the article
	embedded               // what follows another tweet
	framed0                // what follows a frame's beginning ("Skip Twitter post by")
)

// junction is what stands before a place where a text may begin.
type junction int

const (
	jOrigin        junction = iota // the beginning of the view
	jBreak4                        // four line breaks or more
	jBreak2                        // two or three
	jBreak1                        // one
	jSentence                      // the end of a sentence, and a space
	jQuote                         // a closing quotation mark, and a space
	jColon                         // a colon, and a space
	jAddress                       // an address, and a space
	jMark                          // a space; the text begins with .@, RT, #, a quotation mark, a capitalised word ...
	jGluedSentence                 // the end of a sentence, nothing else
	jGluedColon                    // a colon, nothing else
	jGluedWord                     // a letter or digit; a capital follows
	jDouble                        // two spaces
	jCloser                        // a closing parenthesis, and a space
	jFurniture                     // a word of the page's furniture, or another one that is a sentence
	jCapital                       // a lower-case word; a capitalised one follows
	junctions
)

// start is a place in a passage's view where the tweet's text may begin.
type start struct {
	at       int
	junction junction
}

const maxStarts = 100

// starts collects them from the beginning to the end of the view.
func (p *passage) starts() []start {
	s := p.view.s
	var out []start
	i := 0
	for i < len(s) {
		n := spaceAt(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	if p.origin != cut && i < len(s) {
		out = append(out, start{i, jOrigin})
	}
	ended := true                    // the word before the last one ended something
	prev, before := rune(0), rune(0) // the last visible character, and the one before
	word := i                        // where the word begins that ends here
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isBlank(r) {
			if j, ok := gluedJunction(prev, before, r, s[i:], s[word:i]); ok && i > word {
				out = append(out, start{i, j})
				if j != jGluedWord {
					word = i
				}
			}
			before, prev = prev, r
			i += n
			continue
		}
		// A run of white space: how many line breaks, and what follows.
		last := s[word:i]
		breaks, blanks := 0, 0
		for i < len(s) {
			r, n = utf8.DecodeRuneInString(s[i:])
			if !isBlank(r) {
				break
			}
			if r == '\n' {
				breaks++
			}
			blanks++
			i += n
		}
		if i == len(s) {
			break
		}
		word = i
		if prev == 0 {
			continue
		}
		j := junction(-1)
		switch {
		case breaks >= 4:
			j = jBreak4
		case breaks >= 2:
			j = jBreak2
		case breaks == 1:
			j = jBreak1
		case isAddress(last):
			j = jAddress
		case prev == ':':
			j = jColon
		case isClosingQuote(prev):
			j = jQuote
		case isSentenceEnd(prev) || isCloser(prev) && isSentenceEnd(before):
			if !isAbbreviation(last) || blanks > 1 {
				j = jSentence
			}
		}
		sentence := j >= 0
		switch {
		case j >= 0:
		case blanks > 1:
			j = jDouble
		case furniture[strings.ToLower(strings.Trim(last, ".:"))] && ended:
			j = jFurniture
			sentence = true
		case isCloser(prev):
			j = jCloser
		case beginsLikeTweet(s[i:]):
			j = jMark
		case beginsWithCapital(s[i:]):
			l, _ := utf8.DecodeRuneInString(last)
			switch {
			case ended && unicode.IsUpper(l):
				j = jFurniture
			case !unicode.IsUpper(l) || prev == ',':
				j = jCapital
			}
		}
		ended = sentence
		if j >= 0 {
			out = append(out, start{i, j})
		}
		before, prev = ' ', ' '
	}
	if len(out) > maxStarts {
		out = append(out[:0:0], out[len(out)-maxStarts:]...)
	}
	return out
}

// gluedJunction tells whether two blocks were glued together between prev and
// r, as happens where tags are stripped and nothing put in their place.
func gluedJunction(prev, before, r rune, rest, word string) (junction, bool) {
	if prev == 0 || prev == ' ' || !(unicode.IsUpper(r) || strings.ContainsRune("@#\"“.‘'", r) || unicode.IsDigit(r) || isOther(r) || r > 0x2000 && !isClosingQuote(r) && unicode.IsSymbol(r) || strings.HasPrefix(rest, "http")) {
		return 0, false
	}
	if strings.Contains(word, "://") || strings.HasPrefix(word, "pic.twitter") || strings.HasPrefix(word, "www.") {
		if len(word) > 20 && unicode.IsUpper(r) && unicode.IsLower(prev) {
			return jGluedWord, false
		}
		return 0, false
	}
	switch {
	case prev == '。' || prev == '！' || prev == '？' || prev == '」' && before == '。':
		return jSentence, true
	case (isSentenceEnd(prev) || isClosingQuote(prev)) && !isSentenceEnd(r) && !isClosingQuote(r):
		if prev == '.' && (unicode.IsUpper(before) && unicode.IsUpper(r) || unicode.IsDigit(before) && unicode.IsDigit(r)) {
			return 0, false // U.S., 3.5
		}
		if unicode.IsDigit(r) && !unicode.IsLetter(before) || strings.ContainsRune("\"'‘", prev) && !isSentenceEnd(before) || r == '"' || r == '\'' {
			return 0, false
		}
		return jGluedSentence, true
	case isSentenceEnd(prev) && (strings.HasPrefix(rest, ".@") || strings.HasPrefix(rest, "...")):
		return jGluedSentence, false
	case prev == ':' && !unicode.IsDigit(r) && !strings.HasPrefix(rest, "//"):
		return jGluedColon, true
	case (unicode.IsLower(prev) || unicode.IsDigit(prev) || prev == ')') && unicode.IsUpper(r):
		if len(word) > 1 && (word[0] == '#' || word[0] == '@') || strings.HasPrefix(word, "Mc") || strings.HasPrefix(word, "Mac") || len(word) < 3 && !unicode.IsDigit(prev) {
			return jGluedWord, len(word) > 8 && word[0] != '@'
		}
		return jGluedWord, true
	}
	return 0, false
}

// furniture are words of the page that stand before a tweet where its frame was
// (seen in National Review, The Washington Post, Daily Kos).
var furniture = set("advertisement ad ads x advertising")

// beginsLikeTweet: what may begin a tweet though nothing ended before it.
func beginsLikeTweet(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r == '@' || r == '#' || r == '“' || r == '"':
		return true
	case r == '.' || r == '…':
		return strings.HasPrefix(s, ".@") || strings.HasPrefix(s, "..") || r == '…'
	case strings.HasPrefix(s, "RT @") || strings.HasPrefix(s, "MT @"):
		return true
	case r > 0x2100 && unicode.IsSymbol(r):
		return true
	}
	return isOther(r) // scripts without capitals
}

func beginsWithCapital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

func isBlank(r rune) bool { return r < 0x80 && isSpace(byte(r)) || isWideSpace(r) }

func isSentenceEnd(r rune) bool {
	return r == '.' || r == '!' || r == '?' || r == '…' || r == '。' || r == '！' || r == '？' || r == '؟'
}

func isClosingQuote(r rune) bool {
	return r == '”' || r == '"' || r == '’' || r == '»' || r == '\'' || r == '」'
}

func isCloser(r rune) bool { return isClosingQuote(r) || r == ')' || r == ']' || r == '*' }

// isOther tells letters of scripts without capitals.
func isOther(r rune) bool { return r >= 0x590 && unicode.Is(unicode.Lo, r) }

func isAddress(word string) bool {
	return strings.Contains(word, "://") || strings.Contains(word, "pic.twitter.com/") || strings.HasPrefix(word, "t.co/")
}

// abbreviations end in a full stop that ends no sentence.
var abbreviations = map[string]bool{"Mr.": true, "Mrs.": true, "Ms.": true, "Dr.": true, "Sen.": true, "Rep.": true, "Gov.": true, "Gen.": true,
	"Lt.": true, "Col.": true, "Sgt.": true, "Rev.": true, "St.": true, "Jr.": true, "Sr.": true, "Prof.": true, "Sens.": true, "Reps.": true,
	"vs.": true, "No.": true, "Jan.": true, "Feb.": true, "Aug.": true, "Sept.": true, "Oct.": true, "Nov.": true, "Dec.": true}

func isAbbreviation(word string) bool {
	if abbreviations[strings.TrimLeft(word, "(“\"")] {
		return true
	}
	return len(word) == 2 && 'A' <= word[0] && word[0] <= 'Z' && word[1] == '.' && word[0] != 'I'
}
