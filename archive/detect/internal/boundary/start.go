package boundary

import (
	"strings"
	"tweetarc/archive/detect/internal/char"
	"unicode"
	"unicode/utf8"
)

// Where does a tweet's text begin? The places that come into question are
// collected (starts), the text is cut into words (words.go), each start is
// described by features (features.go), and a model (model.go, its
// weights made by train_test.go) says which is the likeliest; with the habits
// of the article's other tweets (habits.go) it is asked once more.

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
	jMark                          // a space; the text begins with .@, RT, #, a quotation mark ...
	jGluedSentence                 // the end of a sentence, nothing else
	jGluedColon                    // a colon, nothing else
	jGluedWord                     // a letter or digit; a capital follows
	jDouble                        // two spaces
	jCloser                        // a closing parenthesis, and a space
	jFurniture                     // a word of the page's furniture
	jCapital                       // a lower-case word; a capitalised one follows
	jCapitals                      // a capitalised word; another one that may begin a sentence follows
	jAbbreviation                  // an abbreviation's full stop, and a space; a capital follows
	jWord                          // one capitalised word that is a sentence or a heading
	jStatus                        // the address of a tweet, and a space
	jUnquote                       // a closing quotation mark within a sentence, and a space
	jAside                         // a closing parenthesis of a sentence in parentheses, and a space
	junctions
)

// strong tells the junctions that part sentences; the others lie within one.
func (j junction) strong() bool {
	switch j {
	case jMark, jUnquote, jGluedWord, jDouble, jCloser, jCapital, jCapitals, jAbbreviation, jWord:
		return false
	}
	return true
}

// start is a place in a passage's view where the tweet's text may begin.
type start struct {
	at       int
	junction junction
}

const maxStarts = 100

// tail is where the part of the view begins that the text can reach: so many
// of the service's weights, and a sentence more for what stands before it.
func (p *Passage) tail() int {
	const sentence = 250
	s := p.Text
	weight, limit := 0, int(1.4*LimitFor(p.Day))
	for i := len(s); i > 0; {
		end, special := i, byte(0)
		for i > 0 && !char.IsSpace(s[i-1]) {
			i--
			special |= unweighed[s[i]]
		}
		if weight += end - i + 1; special != 0 {
			weight += weightOf(s[i:end]) - (end - i)
		}
		if weight > limit {
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

// starts collects them from the beginning to the end of the view, in the memory
// of out.
func (p *Passage) starts(out []start) []start {
	s := p.Text
	out = out[:0]
	p.near = p.tail()
	i := p.near
	cut := i > 0 || p.Origin == Cut
	for i < len(s) {
		n := char.Blank(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	if w := s[i:wordEnd(s, i)]; w == "—" || w == "–" || w == "-" { // what a lost tweet left
		i += len(w)
		for n := char.Blank(s, i); n > 0; n = char.Blank(s, i) {
			i += n
		}
	}
	if !cut && i < len(s) && !strings.Contains(s[i:wordEnd(s, i)], "/status/") {
		out = append(out, start{i, jOrigin})
	}
	ended := true                    // the word before the last one ended something
	prev, before := rune(0), rune(0) // the last visible character, and the one before
	word := i                        // where the word begins that ends here
	aside := false                   // within parentheses that hold a sentence: (RELATED: ...)
	related := false                 // ... and a heading in capitals
	for i < len(s) {
		if n := lowers(s[i:]); n > 0 && (i == word || prev < utf8.RuneSelf && folded[prev] != 0) {
			if behind := i + n + 1; prev == ' ' && !ended && !aside && behind < len(s) && s[behind-1] == ' ' && 'a' <= s[behind] && s[behind] <= 'z' {
				i, word = behind, behind // most words: nothing ends here
				continue
			}
			i += n
			if before, prev = prev, rune(s[i-1]); n > 1 {
				before = rune(s[i-2])
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !char.IsBlank(r) {
			if i > word {
				if j, ok := p.gluedJunction(prev, before, r, s[i:], s[word:i]); ok {
					out = append(out, start{i, j})
					if j != jGluedWord {
						word = i
					}
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
			if !char.IsBlank(r) {
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
		if last[0] == '(' && ended {
			aside, related = true, false
		}
		related = related || aside && prev == ':' && isShout(last)
		closes := aside && strings.HasSuffix(strings.TrimRight(last, ".,"), ")")
		if closes {
			aside = false
		}
		heading := isHeading(last, ended)
		furnished := ended && furniture.has(strings.Trim(last, ".:"))
		j := junction(-1)
		switch {
		case breaks >= 4:
			j = jBreak4
		case breaks >= 2:
			j = jBreak2
		case breaks == 1:
			j = jBreak1
		case furnished:
			j = jFurniture
		case closes:
			j = jAside
		case IsAddress(last):
			j = jAddress
			if strings.Contains(last, "/status/") {
				j = jStatus
			}
		case prev == ':':
			j = jColon
		case char.IsQuoteEnd(prev) && char.EndsSentence(before):
			j = jQuote
		case char.IsQuoteEnd(prev) && prev != '\'' && prev != '’':
			j = jUnquote
		case char.EndsSentence(prev) || char.IsCloser(prev) && char.EndsSentence(before):
			switch {
			case !isAbbreviation(last) || blanks > 1:
				j = jSentence
			case !unicode.IsLower(r) && !unicode.IsDigit(r):
				j = jAbbreviation
			}
		}
		sentence := j >= 0
		l, _ := utf8.DecodeRuneInString(last)
		switch {
		case j >= 0:
		case blanks > 1:
			j = jDouble
		case char.IsCloser(prev):
			j = jCloser
		case 'a' <= r && r <= 'z': // most words
		case beginsLikeTweet(s[i:]):
			j = jMark
		case unicode.IsUpper(r):
			switch {
			case ended && unicode.IsUpper(l):
				j = jWord
			case !unicode.IsUpper(l) || prev == ',':
				j = jCapital
			case beginsSentence(s[i:]):
				j = jCapitals
			}
		}
		ended = sentence || last == "```"
		if j == jFurniture || j == jAside && related || heading {
			out = out[:0] // what stands before is another block
		}
		if j >= 0 && !aside && !heading {
			if next := s[i:wordEnd(s, i)]; !furniture.has(strings.TrimRight(next, ".:")) && !strings.Contains(next, "/status/") && !isLoneQuote(next) {
				out = append(out, start{i, j})
			}
		}
		before, prev = ' ', ' '
	}
	if len(out) > maxStarts {
		out = out[len(out)-maxStarts:]
	}
	return out
}

// isHeading tells the mark of a Markdown heading, behind what ended or not.
func isHeading(w string, ended bool) bool {
	return w[0] == '#' && len(w) <= 6 && (len(w) > 1 || ended) && strings.Trim(w, "#") == ""
}

// isLoneQuote tells quotation marks that close what stands before: no text
// begins with one and a space.
func isLoneQuote(w string) bool {
	return w != "" && strings.Trim(w, "“”\"»).") == "" && w[0] != '.'
}

// wordEnd is where the word at i ends.
func wordEnd(s string, i int) int {
	for i < len(s) && (folded[s[i]] != 0 || !char.IsSpace(s[i]) && (s[i] < utf8.RuneSelf || char.Blank(s, i) == 0)) {
		i++
	}
	return i
}

// lowers is how many small letters s begins with.
func lowers(s string) (n int) {
	for n < len(s) && isSmall(s[n]) {
		n++
	}
	return n
}

func isSmall(c byte) bool { return 'a' <= c && c <= 'z' }

// gluedJunction tells whether two blocks were glued together between prev and
// r, as happens where tags are stripped and nothing put in their place.
func (p *Passage) gluedJunction(prev, before, r rune, rest, word string) (junction, bool) {
	if prev == 0 || prev == ' ' {
		return 0, false
	}
	if p.Layout == Glued && unicode.IsLower(r) && char.EndsSentence(prev) && unicode.IsLower(before) && len(word) > 3 {
		// Addresses go on: example.com
		end := strings.IndexFunc(rest, char.IsBlank)
		return jGluedSentence, end > 1 && !strings.ContainsAny(rest[:end], "./") && !strings.Contains(word, "/")
	}
	if !(unicode.IsUpper(r) || strings.ContainsRune("@#\"“.‘'", r) || unicode.IsDigit(r) || char.IsUncased(r) || r > 0x2000 && !char.IsQuoteEnd(r) && unicode.IsSymbol(r) || strings.HasPrefix(rest, "http") || prev == ':' && strings.ContainsRune("?!", r)) {
		return 0, false
	}
	if strings.Contains(word, "://") || strings.HasPrefix(word, "pic.twitter") || strings.HasPrefix(word, "www.") {
		return 0, false
	}
	if prev == '’' && unicode.IsUpper(before) && utf8.RuneCountInString(word) <= 3 { // O’Malley
		return 0, false
	}
	if strings.Trim(word, ".…") == "" { // dots with which a tweet goes on
		return 0, false
	}
	if len(word) == 2 && word[1] == '.' && len(rest) > 1 && rest[1] == '.' { // z.B.
		return 0, false
	}
	if near := rest[:min(len(rest), 12)]; isLoneQuote(near[:wordEnd(near, 0)]) {
		return 0, false
	}
	switch {
	case prev == '。' || prev == '！' || prev == '？' || prev == '」' && before == '。':
		return jSentence, true
	case char.EndsSentence(prev) && (strings.HasPrefix(rest, ".@") || strings.HasPrefix(rest, "...")):
		return jGluedSentence, before != '.' && prev != '…' && strings.HasPrefix(rest, ".@")
	case (char.EndsSentence(prev) || char.IsQuoteEnd(prev)) && !char.EndsSentence(r) && !char.IsQuoteEnd(r):
		if prev == '.' && (unicode.IsUpper(before) && unicode.IsUpper(r) || unicode.IsDigit(before) && unicode.IsDigit(r)) {
			return 0, false // U.S., 3.5
		}
		if unicode.IsDigit(r) && !unicode.IsLetter(before) || strings.ContainsRune("\"'‘", prev) && !char.EndsSentence(before) {
			return 0, false
		}
		return jGluedSentence, true
	case char.EndsSentence(prev) && r == '"':
		// A quotation mark that closes, or opens the next block.
		_, n := utf8.DecodeRuneInString(rest)
		next, _ := utf8.DecodeRuneInString(rest[n:])
		return jGluedSentence, unicode.IsUpper(next)
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
	return char.IsUncased(r) // scripts without capitals
}

// beginsSentence: a capitalised word that is capitalised because a sentence
// begins, as far as the next word tells.
func beginsSentence(s string) bool {
	first := firstWord(s)
	if function.has(strings.TrimRight(first, ",:'’")) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(secondWord(s, first))
	return unicode.IsLower(r)
}

func IsAddress(word string) bool {
	if strings.IndexByte(word, '/') < 0 {
		return false
	}
	return strings.Contains(word, "://") || strings.Contains(word, "pic.twitter.com/") || strings.HasPrefix(word, "t.co/")
}

// abbreviations end in a full stop that ends no sentence.
var abbreviations = set(`Mr. Mrs. Ms. Dr. Sen. Rep. Gov. Gen. Maj. Adm. Brig. Capt. Cmdr. Lt. Col. Sgt. Cpl. Rev. Hon. Pres. Supt. St. Jr. Sr. Prof. Sens. Reps. Govs. Atty. Exec.
	vs. No. Jan. Feb. Aug. Sept. Oct. Nov. Dec. a.m. p.m. U.S. U.N. U.K. E.U. D.C. N.Y. L.A. N.C. S.C. Ft. Mt. Inc. Corp. Co. Ltd. Dept. Ave. etc. i.e. e.g. z.B. ET. EST.`)

func isAbbreviation(word string) bool {
	if !strings.HasSuffix(word, ".") {
		return false
	}
	if w := strings.TrimLeft(word, "(“\""); abbreviations.exactly(w) {
		return true
	}
	return len(word) == 2 && 'A' <= word[0] && word[0] <= 'Z' && word[1] == '.' && word[0] != 'I'
}
