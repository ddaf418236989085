package boundary

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// candidate is a place where the text may begin, with what is around it. Its first unit
// is the sentence, line or block at the beginning of the text.
type candidate struct {
	*place
	r        *reading
	previous *place // where the unit before begins
	next     *place // where the next unit begins
	end      *place // where the text ends
	text     string // the text, if it begins here
	initial  rune   // its first character
	word     string // its first word
	opens    traits // the traits of that word in the vocabulary
	above    string // the passage before
	first    sums   // over the first unit
	before   sums   // over the unit before
	before2  sums   // over the one before that
	all      sums   // over the text
	outside  int    // how many more of the apostrophes and quotation marks before and after the text are curly than straight
}

// feature is a fact about a candidate, as a number: most are 1 if true and 0 if not.
type feature struct {
	name, meaning string
	of            func(c *candidate) float64
}

// count is how many words have one of the traits, at most most.
func count(s *sums, t traits, most int) float64 { return float64(min(most, s.n(t))) }

func is(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// features are all features of a candidate. The first unit of the text is a sentence, a
// line or a block; so is the unit before it.
var features = slices.Concat(edgeFeatures(), []feature{
	{"origin-article", "the article begins here", func(c *candidate) float64 { return is(c.edge == eStart && c.r.p.Origin == Article) }},
	{"alone", "the article is only the text, on one line, like a row in a table of tweets", func(c *candidate) float64 { return is(c.isAlone() && c.all.n(tBreak|tBreaks) == 0) }},
	{"alone-lines", "the article is only the text, on several lines", func(c *candidate) float64 { return is(c.isAlone() && c.all.n(tBreak|tBreaks) > 0) }},
	{"alone-colon", "the article is only the text, and its first unit ends in a colon", func(c *candidate) float64 { return is(c.isAlone() && c.colon()) }},
	{"origin-tweet", "another tweet ends here", func(c *candidate) float64 { return is(c.edge == eStart && c.r.p.Origin == AfterTweet) }},
	{"origin-tweet-colon", "another tweet ends here, and the first unit ends in a colon, as introductions do", func(c *candidate) float64 { return is(c.edge == eStart && c.r.p.Origin == AfterTweet && c.colon()) }},
	{"origin-frame", "a frame's mark ends here", func(c *candidate) float64 { return is(c.edge == eStart && c.r.p.Origin == Frame) }},

	{"length-85", "the text takes 70% to 85% of what its day allows", func(c *candidate) float64 { return c.lengthIn(0.7, 0.85) }},
	{"length-95", "the text takes 85% to 95%", func(c *candidate) float64 { return c.lengthIn(0.85, 0.95) }},
	{"length-103", "the text takes 95% to 103%", func(c *candidate) float64 { return c.lengthIn(0.95, 1.03) }},
	{"length-115", "the text takes 103% to 115%", func(c *candidate) float64 { return c.lengthIn(1.03, 1.15) }},
	{"length-more", "the text takes more than 115%", func(c *candidate) float64 { return is(c.ratio() > 1.15) }},
	{"length-over", "by how much it takes more than 105%", func(c *candidate) float64 { return min(3, max(0, c.ratio()-1.05)) }},
	{"breaks", "line breaks inside the text", func(c *candidate) float64 { return count(&c.all, tBreak, 8) }},
	{"breaks-joined", "line breaks inside the text, where neither one nor a blank is before the attribution", func(c *candidate) float64 { return is(c.r.p.Joined) * count(&c.all, tBreak|tBreaks, 3) }},
	{"end-below", "the words were lost, and the attribution begins a line", func(c *candidate) float64 { return is(c.edge == eEnd && c.r.p.Below) }},
	{"empty-lines", "an empty line is inside the text", func(c *candidate) float64 { return is(c.all.n(tBreaks) > 0) }},

	{"first-capital", "the text begins with a capital", func(c *candidate) float64 { return is(unicode.IsUpper(c.initial)) }},
	{"first-quote", "the text begins with a quotation mark", func(c *candidate) float64 { return is(strings.ContainsRune("“\"‘'", c.initial)) }},
	{"first-dots", "the text begins with dots", func(c *candidate) float64 { return is(strings.HasPrefix(c.text, "..") || c.initial == '…') }},
	{"first-dot-at", "the text begins with .@", func(c *candidate) float64 { return is(strings.HasPrefix(c.text, ".@")) }},
	{"first-number", "the text begins with the number or the bullet of a list or a thread", func(c *candidate) float64 { return is(isListMark(c.word)) }},
	{"first-function", "the text begins with a word like The or If, though no unit ended", func(c *candidate) float64 { return is(!reasons[c.edge].ends && c.opens&tFunction != 0) }},
	{"first-i", "the text begins with I, though no unit ended", func(c *candidate) float64 { return is(!reasons[c.edge].ends && c.initial == 'I' && c.opens&tI != 0) }},
	{"first-connective", "the text begins with a word like But or However", func(c *candidate) float64 { return is(c.opens&tConnective != 0) }},
	{"first-he", "the text begins with He, She or They", func(c *candidate) float64 { return is(c.opens&tHe != 0) }},

	{"unit-names", "names in the first unit of the text", func(c *candidate) float64 { return count(&c.first, tName, 5) }},
	{"unit-commas", "commas in it", func(c *candidate) float64 { return count(&c.first, tComma, 3) }},
	{"unit-mentions", "mentions in it", func(c *candidate) float64 { return count(&c.first, tMention, 2) }},
	{"unit-he", "words like he and they in it", func(c *candidate) float64 { return count(&c.first, tHe, 2) }},
	{"unit-past", "words in the past tense in it", func(c *candidate) float64 { return count(&c.first, tPast, 3) }},
	{"unit-short", "marks and words in it that save characters", func(c *candidate) float64 { return count(&c.first, tShort, 3) }},
	{"unit-colon", "the first unit ends in a colon, within four words", func(c *candidate) float64 { return is(c.colon() && c.first.n(tWord) <= 4) }},
	{"unit-colon-shout", "the first unit ends in a colon, and is in capitals", func(c *candidate) float64 { return is(c.colon() && c.first.n(tShout) == c.first.n(tWord)) }},
	{"unit-colon-here", "the first unit ends in a colon, within eight words of which one points to what follows: here, this", func(c *candidate) float64 { return is(c.colon() && c.first.n(tWord) <= 8 && c.first.n(tPoints) > 0) }},
	{"unit-colon-the", "the first unit ends in a colon, and begins with a word like From or The", func(c *candidate) float64 { return is(c.colon() && c.opens&tFunction != 0) }},
	{"unit-announces", "the first unit is a few words and a colon, none of them like I or a mention", func(c *candidate) float64 { return is(c.colon() && announces(&c.first)) }},
	{"unit-credit", "the first line of several ends as captions do", func(c *candidate) float64 { return is(c.isCaption()) }},
	{"unit-unended", "the first unit is all the text, and no sentence ends in it", func(c *candidate) float64 { return is(c.next == c.end && c.first.n(tSentence) == 0) }},
	{"unit-style", "the marks of the first unit are curly and those of the article straight, or the other way round", func(c *candidate) float64 { return is(c.odd(&c.first, c.outside)) }},

	{"before-colon", "a colon is before the text", func(c *candidate) float64 { return is(c.afterColon()) }},
	{"before-announces", "a few words and a colon are before the text, none of them like I or a mention", func(c *candidate) float64 { return is(c.afterColon() && announces(&c.before)) }},
	{"before-colon-quote", "a colon is before the text, and it begins with a quotation mark", func(c *candidate) float64 { return is(c.afterColon() && strings.ContainsRune("“\"", c.initial)) }},
	{"before-nothing", "a colon is before the end: what it announces was lost", func(c *candidate) float64 { return is(c.edge == eEnd && c.afterColon()) }},
	{"before-credit", "a line is before the text that ends as captions do: (Jane Roe), Photo: Jane Roe", func(c *candidate) float64 { return is(c.isAfterLine() && endsInCredit(c.above)) }},
	{"before-unended", "a letter or a digit is before the text", func(c *candidate) float64 { return is(c.edge != eStart && endsInWord(c.above)) }},
	{"before-hangs", "a word that ends no sentence is before the text: the, of", func(c *candidate) float64 { return is(c.edge != eStart && knownOf(lastWord(c.above))&tHangs != 0) }},
	{"before-author", "the unit before names the author", func(c *candidate) float64 { return is(c.before.n(tAuthor) > 0) }},
	{"before-twitter", "the unit before names Twitter", func(c *candidate) float64 { return is(c.before.n(tTwitter) > 0) }},
	{"before-tweeted", "the unit before says that somebody tweeted", func(c *candidate) float64 { return is(c.before.n(tTweets) > 0) }},
	{"before-open", "the unit before leaves a quotation open", func(c *candidate) float64 { return is(c.before.n(tOpens) > c.before.n(tCloses)) }},
	{"before-heading", "the unit before holds the mark of a heading", func(c *candidate) float64 { return is(c.before.n(tHeading) > 0) }},
	{"title-1", "one or two words of a heading's line are before the text", func(c *candidate) float64 { return is(c.inTitle(1, 2)) }},
	{"title-3", "three to five words of it are before the text", func(c *candidate) float64 { return is(c.inTitle(3, 5)) }},
	{"title-6", "six words or more of it are before the text", func(c *candidate) float64 { return is(c.inTitle(6, maxTitle)) }},
	{"title-case", "these words are capitalised, as in titles", func(c *candidate) float64 { return is(c.inTitle(1, maxTitle) && c.titled() > 0) }},
	{"title-small", "one of these words is not capitalised", func(c *candidate) float64 { return is(c.inTitle(1, maxTitle) && c.titled() < 0) }},
	{"title-capital", "these words are before the text, and a sentence seems to begin with it", func(c *candidate) float64 { return is(c.inTitle(1, maxTitle) && beginsSentence(c.text)) }},
	{"title-of", "the text begins with a word like of, in lower case, in a heading's line", func(c *candidate) float64 {
		return is(c.inTitle(1, maxTitle) && unicode.IsLower(c.initial) && c.opens&tFunction != 0)
	}},
	{"title-past", "a heading and a sentence are before the text, with no break between them", func(c *candidate) float64 { return is(c.title.from > 0 && reasons[c.edge].ends && !c.isAfterLine()) }},
	{"before-words", "the unit before has six words or fewer", func(c *candidate) float64 { return is(c.edge != eStart && c.before.n(tWord) <= 6) }},
	{"before-polite", "the unit before is polite Japanese, and the text is not", func(c *candidate) float64 {
		return is(c.before.n(tPolite) > 0 && c.all.n(tPolite) == 0 && c.all.n(tPlain) > 0)
	}},
	{"unit-polite", "the first unit is polite Japanese, and what follows is not", func(c *candidate) float64 {
		return is(c.first.n(tPolite) > 0 && c.all.n(tPolite) == c.first.n(tPolite) && c.all.n(tPlain) > c.first.n(tPlain))
	}},
	{"before-question", "the unit before asks", func(c *candidate) float64 { return is(c.before.n(tQuestion) > 0) }},
	{"before-no-the", "the unit before has more than seven words, and none is the, a, an", func(c *candidate) float64 { return is(c.before.n(tThe) == 0 && c.before.n(tWord) > 7) }},
	{"before2-author", "the unit before that names the author", func(c *candidate) float64 { return is(c.before2.n(tAuthor) > 0) }},

	{"text-author", "words of the text that name the author", func(c *candidate) float64 { return count(&c.all, tAuthor, 2) }},
	{"text-mentions", "mentions in the text", func(c *candidate) float64 { return count(&c.all, tMention, 3) }},
	{"text-hashtags", "hashtags in the text", func(c *candidate) float64 { return count(&c.all, tHashtag, 3) }},
	{"text-tweets", "words like tweeted in the text", func(c *candidate) float64 { return count(&c.all, tTweets, 2) }},
	{"text-said", "words like said in the text", func(c *candidate) float64 { return count(&c.all, tSaid, 3) }},
	{"text-links", "links in the text to other sites", func(c *candidate) float64 { return count(&c.all, tLink, 3) }},
	{"text-i", "words like I and we in the text", func(c *candidate) float64 { return count(&c.all, tI, 6) }},
	{"text-names", "names in the text", func(c *candidate) float64 { return count(&c.all, tName, 10) }},
	{"text-short", "marks and words in the text that save characters", func(c *candidate) float64 { return count(&c.all, tShort, 6) }},
	{"text-empty", "the text is only hashtags, mentions and addresses", func(c *candidate) float64 { return is(c.edge != eEnd && c.words() <= 0) }},
	{"text-3-words", "the text has one to three words, without hashtags, mentions and addresses", func(c *candidate) float64 { return is(c.words() > 0 && c.words() <= 3) }},
	{"text-quotes", "the quotation marks of the text do not match", func(c *candidate) float64 { return is(c.all.n(tOpens) != c.all.n(tCloses)) }},
	{"text-style", "the marks of the text are curly or straight like those of the article", func(c *candidate) float64 { return is(c.alike(&c.all, c.outside)) }},
	{"picture-1", "the text is one unit and ends in a picture's address", func(c *candidate) float64 { return is(c.units() == 1 && c.endsInPicture()) }},
	{"picture-3", "the text is three units or more and ends in a picture's address", func(c *candidate) float64 { return is(c.units() >= 3 && c.endsInPicture()) }},

	{"echo", "words of the rest that are in the first unit", func(c *candidate) float64 { return min(4, c.r.echoes(c.next, c.end, c.place, c.next)) }},

	{"copy", "the first letters are a copy of what is earlier in the article", func(c *candidate) float64 { found, _ := c.r.copies.begins(c.place); return is(found) }},
	{"copy-begins", "the first letters are a copy, and those before them are not", func(c *candidate) float64 { found, longer := c.r.copies.begins(c.place); return is(found && !longer) }},
	{"copy-text", "how much of the text is a copy", func(c *candidate) float64 { return c.r.copies.share(c.place, c.end) }},
	{"copy-itself", "how much of the text is a copy of other parts of the text", func(c *candidate) float64 { return c.r.copies.itself(c.place) }},
	{"copy-line", "the first line repeats an earlier line, as titles of pages do, and what follows is no copy", func(c *candidate) float64 { return is(c.isRepeatedLine()) }},
	{"copy-edge", "how much more of the first unit is a copy than of the unit before", func(c *candidate) float64 {
		return max(0, c.r.copies.share(c.place, c.next)-c.r.copies.share(c.previous, c.place))
	}},
})

// edgeFeatures are a feature for each reason why a text may begin at a place. It is 1 for
// the reason at the candidate.
func edgeFeatures() []feature {
	var out []feature
	for e := eStart; e < edges; e++ {
		out = append(out, feature{"edge-" + reasons[e].name, "the reason to begin here: " + reasons[e].meaning, nil})
	}
	return out
}

// values are the values of the candidate's features, in the memory of out.
func (c *candidate) values(out []float64) []float64 {
	out = append(out[:0], make([]float64, edges-eStart)...)
	out[c.edge-eStart] = 1
	for _, f := range features[edges-eStart:] {
		out = append(out, f.of(c))
	}
	return out
}

// candidates makes candidates of the places of a reading, in the memory of out.
func (r *reading) candidates(out []candidate) []candidate {
	out = out[:0]
	begin, end := &r.places[0], &r.places[len(r.places)-1]
	previous, previous2 := begin, begin
	r.copies.find(r.p, r.places)
	outside := 0
	if marked := end.sums.minus(&begin.sums); marked.n(tCurly|tStraight) > 0 { // else it is not needed
		outside = curliness(r.p.Before) + curliness(r.p.Text[:begin.at]) + curliness(r.p.After)
	}
	for k := 1; k < len(r.places); k++ {
		p := &r.places[k]
		if p == end && !r.mayBeLost() {
			break
		}
		c := candidate{place: p, r: r, previous: previous, next: end, end: end, text: r.p.Text[p.at:], above: r.p.Text[:p.last]}
		c.initial, _ = utf8.DecodeRuneInString(c.text)
		c.word = firstWord(c.text)
		c.opens = knownOf(c.word)
		c.before, c.before2, c.all = p.sums.minus(&previous.sums), previous.sums.minus(&previous2.sums), end.sums.minus(&p.sums)
		c.outside = outside + p.sums.n(tCurly) - p.sums.n(tStraight)
		out = append(out, c)
		if reasons[p.edge].ends {
			previous, previous2 = p, previous
		}
	}
	next := end
	for k := len(out) - 1; k >= 0; k-- {
		c := &out[k]
		c.next, c.first = next, next.sums.minus(&c.sums)
		if reasons[c.edge].ends {
			next = c.place
		}
	}
	return out
}

// mayBeLost reports whether the words may be lost: the attribution begins a line, or what
// is left names the author or tweeting, or it ends with a colon.
func (r *reading) mayBeLost() bool {
	return len(r.places) > 2 && (r.p.Below && (r.sums.units > 1 || r.p.Origin != Article) || r.sums.n(tAuthor|tTweets|tTwitter) > 0 || endsInColon(r.p.Text))
}

// ratio is the text's length as a part of what its day allows.
func (c *candidate) ratio() float64 { return float64(c.all.length) / c.r.limit }

func (c *candidate) lengthIn(from, to float64) float64 {
	return is(from < c.ratio() && c.ratio() <= to)
}

// units is how many units the text has, with the one that it begins in.
func (c *candidate) units() int { return c.all.units + 1 }

// words is how many words the text has, without hashtags, mentions and addresses.
func (c *candidate) words() int { return c.all.n(tWord) - c.all.n(tHashtag|tMention|tAddress) }

// inTitle reports whether this many words of a heading are before the text.
func (c *candidate) inTitle(least, most int) bool {
	n := c.place.word - c.title.words
	return c.title.from > 0 && !reasons[c.edge].ends && least <= n && n <= most
}

// titled is 1 if the long words of a heading after its first word are capitalised, -1 if
// one of them is not, and 0 if there are none.
func (c *candidate) titled() int {
	n := 0
	for i, w := range strings.Fields(c.r.p.Text[c.title.from:c.last]) {
		if r, _ := utf8.DecodeRuneInString(w); i > 0 && len(w) > 3 && unicode.IsLower(r) {
			return -1
		} else if i > 0 && unicode.IsUpper(r) {
			n = 1
		}
	}
	return n
}

// endsInPicture reports whether the text ends with the address of a picture or a video.
func (c *candidate) endsInPicture() bool {
	s := c.text[max(0, len(c.text)-longest):]
	i := strings.LastIndex(s, "pic.")
	return i >= 0 && strings.IndexFunc(s[i:], char.IsBlank) < 0
}

// afterColon reports whether a colon is before the text.
func (c *candidate) afterColon() bool { return c.edge != eStart && endsInColon(c.above) }

// colon reports whether the first unit ends with a colon and is not all of the text.
func (c *candidate) colon() bool {
	return c.next != c.end && endsInColon(c.r.p.Text[:c.next.last])
}

// announces reports whether a unit that ends with a colon may be the sentence that
// announces a tweet, by its length and by what is not in it.
func announces(s *sums) bool {
	n := s.n(tWord)
	few := n == 1 && s.length > 16 || 2 <= n && n <= 9 // in some scripts a sentence is a word
	return few && s.n(tI|tMention|tHashtag|tShort|tAddress|tShout) == 0
}

func endsInColon(s string) bool { return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") }

// rowLength is the greatest length of a row in a table of tweets. Some hold two parts of
// a thread.
const rowLength = 450

// isAlone reports whether the article is only the text.
func (c *candidate) isAlone() bool {
	return c.edge == eStart && c.r.p.Origin == Article && c.all.length < rowLength && strings.TrimFunc(c.r.p.After, char.IsBlank) == ""
}

// isCaption reports whether the text has several lines and the first ends as captions do.
func (c *candidate) isCaption() bool {
	line, _, more := strings.Cut(c.r.p.Text[c.at:], "\n")
	return more && endsInCredit(line)
}

// isRepeatedLine reports whether the text has several lines, the first repeats an earlier
// line, and what follows is no copy.
func (c *candidate) isRepeatedLine() bool {
	cs, next := &c.r.copies, c.next
	if next == c.end || cs.share(c.place, next) < 1 || cs.share(next, c.end) > 0.5 {
		return false
	}
	line, _, more := strings.Cut(c.text, "\n")
	line = char.Trim(line)
	return more && (hasLine(c.r.p.Before, line) || hasLine(c.above, line))
}

// hasLine reports whether s has this line.
func hasLine(s, line string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], line)
		if i < 0 || line == "" {
			return false
		}
		i += at
		at = i + len(line)
		before, after := strings.TrimRight(s[:i], " \t"), strings.TrimLeft(s[at:], " \t")
		if (before == "" || strings.HasSuffix(before, "\n")) && (after == "" || after[0] == '\n') {
			return true
		}
	}
}

// isAfterLine reports whether a line ends before the text.
func (c *candidate) isAfterLine() bool {
	return c.edge == eLine || c.edge == eParagraph || c.edge == eGap
}

// odd reports whether a stretch has curly marks in an article with straight ones, or the
// other way round; alike whether it has those of the article.
func (c *candidate) odd(s *sums, outside int) bool {
	return outside > 0 && s.n(tStraight) > 0 || outside < 0 && s.n(tCurly) > 0
}

func (c *candidate) alike(s *sums, outside int) bool {
	return outside > 0 && s.n(tCurly) > 0 || outside < 0 && s.n(tStraight) > 0
}

// curliness is how many more of the apostrophes and quotation marks of a text are curly
// than straight.
func curliness(s string) int {
	n := -strings.Count(s, "'") - strings.Count(s, `"`)
	for {
		i := strings.Index(s, "\xe2\x80") // curly ones begin with these bytes
		if i < 0 || i+2 >= len(s) {
			return n
		}
		switch s[i : i+3] {
		case "’", "“", "”":
			n++
		}
		s = s[i+2:]
	}
}

// knownOf is the traits of a word that may have marks around it.
func knownOf(w string) traits {
	return traitsOf(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }))
}

func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// lastWord is the last word of s, or the end of it if it is very long.
func lastWord(s string) string {
	s = s[max(0, len(s)-longest):]
	return s[strings.LastIndexFunc(s, char.IsBlank)+1:]
}

// endsInCredit reports whether the last line of s ends as the caption of a picture does:
// with a few words in parentheses, or with a few capitalised words after a colon or the
// like.
func endsInCredit(s string) bool {
	s = s[max(0, len(s)-80):]
	if r, n := utf8.DecodeLastRuneInString(s); char.IsCloser(r) {
		inside, ok := afterLast(s[strings.LastIndexByte(s, '\n')+1:len(s)-n], "(（[")
		return ok && isFew(inside) && !char.EndsSentence(rune(inside[len(inside)-1]))
	}
	if !endsInWord(strings.TrimRight(s, " \t\u00a0")) { // most lines
		return false
	}
	s = s[strings.LastIndexByte(s, '\n')+1:]
	name, ok := afterLast(s, ":：|©")
	if !ok {
		name, ok = afterLast(s, "/")
	}
	if name = strings.TrimSpace(name); !ok || !isFew(name) {
		return false
	}
	for w := range strings.FieldsSeq(name) {
		if !isCapitalised(w) && len(w) > 3 {
			return false
		}
	}
	return isCapitalised(name) && endsInWord(name)
}

// afterLast is what is after the last of the characters in s.
func afterLast(s, chars string) (after string, ok bool) {
	i := strings.LastIndexAny(s, chars)
	if i < 0 {
		return "", false
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return s[i+n:], true
}

// isFew reports whether s is one to five words.
func isFew(s string) bool {
	n := len(strings.Fields(s))
	return 1 <= n && n <= 5
}

// isListMark reports whether a word begins an entry of a list or a thread: 1. and (2) and
// 2/3 and a bullet.
func isListMark(w string) bool {
	if w != "" && strings.Trim(w, "•-–*—·") == "" {
		return utf8.RuneCountInString(w) == 1
	}
	w = strings.TrimPrefix(w, "(")
	after := strings.TrimLeft(w, "0123456789")
	if n := len(w) - len(after); n == 0 || n > 2 {
		return false
	}
	if after == "." || after == ")" {
		return true
	}
	of, ok := strings.CutPrefix(strings.TrimRight(after, ".):"), "/")
	return ok && len(of) <= 2 && strings.Trim(of, "0123456789nxXN") == ""
}
