package boundary

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"sync"
	"tweetarc/archive/detect/internal/char"
	"unicode"
	"unicode/utf8"
)

// feature is one honest fact about a start. Its names are what weights.go lists.
type feature uint16

// value is a feature with its value.
type value struct {
	feature feature
	value   float32
}

// candidate is a start with what surrounds it. Its sentence is what lies
// between it and the next strong junction, the one before it what lies between
// it and the last strong junction.
type candidate struct {
	start
	end     int // the edge behind its sentence
	before  int // the edge before the sentence before it
	before2 int // ... before the one before that
	values  []value
	manner  manner
}

// The features. "First" is the sentence with which the text would begin,
// "before" the one that it would leave outside, "text" all of it.
const (
	fJunction      feature = iota // one for each junction
	_jEnd          feature = fJunction + feature(junctions) - 1
	fFrame         feature = _jEnd + iota - 1 // the view begins behind a frame's mark
	fArticle                                  // the view begins with the article
	fChain                                    // ... behind another tweet
	fAlone                                    // nothing but tweets stands in the article, and the text fits
	fNearest                                  // the last start before the dash
	fNearestStrong                            // no strong junction lies inside the text
	fBreaks                                   // line breaks inside the text: single ones
	fParagraphs                               // ... two or three in a row
	fFours                                    // ... four
	fAnyParagraph                             // there is one
	fAnyFour
	fSentences1 // the text has one sentence
	fSentences2
	fSentences3
	fSentences4
	fSentences5
	fLength0  // length as a part of what the day allows: below 0.08
	fLength1  // .. 0.15
	fLength2  // .. 0.25
	fLength3  // .. 0.4
	fLength4  // .. 0.55
	fLength5  // .. 0.7
	fLength6  // .. 0.85
	fLength7  // .. 0.95
	fLength8  // .. 1.03
	fLength9  // .. 1.15
	fLength10 // more
	fOver     // by how much it is longer than allowed
	fNearLimit
	fFirstCapital
	fFirstLower
	fFirstDigit
	fFirstDots
	fFirstDotAt
	fFirstAt
	fFirstHash
	fFirstQuote
	fFirstSymbol
	fFirstListMark // 1. or 2/3 or •
	fFirstShout    // a word in capitals
	fFirstRT
	fFirstBreaking // BREAKING, JUST IN, WATCH, NEW ... and a colon
	fFirstConnective
	fFirstHe     // He, She, They, His ...
	fFirstI      // I, We, My, Our
	fFirstAuthor // the author's own name
	fFirstAddress
	fFirstFurniture // the text would begin with the page's furniture
	fFirstFunction  // a capitalised function word, though no sentence ended
	fFirstNoWord    // the sentence is but punctuation, a mention or a mark
	fFirstNoWordQuote
	fFirstWords3 // three words or fewer
	fFirstWords6
	fFirstLong // more than 25
	fFirstHasI // first person in the sentence
	fFirstHasYou
	fFirstHasHe
	fFirstHasSaid
	fFirstHasTweets
	fFirstHasTwitter
	fFirstHasAuthor
	fFirstHasDay
	fFirstHasHash
	fFirstHasAt
	fFirstHasBang
	fFirstHasQuestion
	fFirstHasShout
	fFirstHasAddress
	fFirstPast
	fFirstNames
	fFirstOldNames
	fFirstNew      // part of its words that the article did not have
	fFirstNewMore  // ... less that of the sentence before
	fFirstArticles // the, a
	fFirstNoArticle
	fFirstShort
	fFirstNumber
	fFirstComma
	fFirstColon     // it ends in a colon, and is short
	fFirstColonLong // ... and is not
	fFirstNoEnd     // it is all the text, and ends without a full stop
	fFirstQuoted    // it begins and ends with a quotation mark
	fFirstUnquoted  // it ends a quotation that it does not begin
	fFirstStyleOdd  // apostrophes or quotation marks other than the article's
	fFirstStyleSame
	fBeforeColon
	fColonShort  // a short sentence with a colon before
	fColonLong   // a long one
	fColonTweets // one that says somebody tweeted
	fColonQuote  // ... and a quotation mark follows
	fColonAuthor // ... that names the author
	fBeforeTweets
	fBeforeTwitter
	fBeforeSaid
	fBeforeAuthor
	fBeforeAuthorTweets
	fBefore2Tweets // the author or a tweet is named in the sentence before that
	fBefore2Author
	fBeforeQuoteEnd
	fBeforeAddress
	fBeforeHash
	fBeforeI
	fBeforeYou
	fBeforeHe
	fBeforeShout
	fBeforeBang
	fBeforeQuestion
	fBeforeDay
	fBeforePast
	fBeforeNames
	fBeforeOldNames
	fBeforeNew
	fBeforeArticles
	fBeforeNoArticle
	fBeforeShort
	fBeforeNoEnd // no full stop before
	fBeforeStyleOdd
	fBeforeStyleSame
	fBeforeLong
	fBeforeWords3
	fBeforeWords6
	fBeforeUnclosed // a quotation is open
	fTextAuthor     // how many words of the text name the author
	fTextSaid
	fTextTweets
	fTextTwitter
	fTextPast
	fTextHe
	fTextI
	fTextYou
	fTextDay
	fTextNames
	fTextOldNames
	fTextArticles
	fTextShort
	fTextHash
	fTextAt
	fTextBang
	fTextShout
	fTextQuestion
	fTextFurniture
	fTextAddressInside // an address that the text does not end with
	fTextQuoteOpen     // quotation marks that do not match
	fTextQuoteOdd
	fTextStyleOdd
	fTextStyleSame
	fCopy         // the first letters stand earlier
	fCopyBegins   // ... and what stands before them does not
	fFirstCopied  // how much of the first sentence stands earlier
	fBeforeCopied // ... of the one before
	fTextCopied   // ... of the whole
	fTextAllCopied
	fTextItself // how much of the text is a copy of the text
	fCopiedEdge // the first is copied, the one before is not
	fAllCopiedEdge
	fBeforeQuotesText  // the sentence before is copied in the text
	fFirstLinksBefore  // words that stood in the sentence before
	fFirstLinksBefore2 // ... or in the one before that
	fRestLinksFirst    // words of the rest that stood in the first sentence
	fRestLinksNothing  // there are none
	fTextLinksBefore
	fFirstTheOld // The ..., of which the article told
	fFirstThe
	fTextUnopened      // a parenthesis is closed that was not opened
	fAuthorKnown       // the article names the author before: the text has one sentence
	fBeforeAuthorKnown // ... but not the sentence before
	fFirstAuthorKnown
	fNewsSentences1 // the author is a newspaper or the like
	fNewsSentences2
	fNewsSentences3
	fNewsFirstI
	fNewsFirstPast
	fNewsFirstSaid
	fNewsFirstName
	fNewsFirstHas
	fNewsTextArticles
	fPicture1 // the text ends in a picture's address, and has one sentence
	fPicture2
	fPicture3
	fAddress1 // ... in another address
	fAddress2
	fAddress3
	fFirstParen      // it begins with a parenthesis
	fFirstAside      // ... and so ends
	fTextNoWords     // the text is but hashtags, mentions and addresses
	fTextWords3      // ... or two or three words more
	fFirstColonShout // it ends in a colon, and is in capitals
	fFirstColonHere  // ... and says here, this, watch, from, now
	fCopyOdd         // the text is a copy but for some of it
	fTextHeading     // the mark of a heading stands in the text
	fTextLink        // ... a Markdown link
	fFirstLink
	fBeforeHeading
	fBeforeLink
	fFirstBullet // it begins with the mark of a list's entry: + - *
	fBeforeHangs // ... with a word that ends no sentence: the, at, of
	fForeign1    // the passage is not English, and the text has one sentence
	fForeign2
	fForeign3
	fTurns     // from another language to English, or from English to another, between the one before and the first
	fRestTurns // ... between the first and the rest
	fForeignNearest
	fForeignBreaks
	fFirstEnglish  // how much more English the first is than the one before
	fBeforeEnglish // ... less
	fTextEnglish
	fRestEnglish // how much more or less English the rest is than the first
	fRestScript  // how much of it is in another script
	fFirstScript // how much of the first, more or less than of the one before
	fTextScript
	fHabitAdjoining // it begins behind another tweet, and so do the article's others (-1: they do not)
	fHabitColon     // how many of the others have a colon before them; it has one
	fHabitNoColon   // ... and has none
	fHabitNamed     // the same for the author's name or a word of tweeting
	fHabitUnnamed
	fHabitSingle // ... and for texts of one sentence
	fHabitMany
	fHabitWeak // ... and for beginnings where nothing ended
	fHabitStrong
	fHabitBroken // ... and for line breaks inside
	fHabitWhole
	fHabitSentences // by how much it has more sentences than they have, or fewer
	fHabitLength    // ... and is longer, or shorter
	features_
)

// maxValues is more than a start has.
const maxValues = 256

// habitFeatures is how many features of habit a candidate has at most.
const habitFeatures = 8

var lengthBins = [...]float64{0.08, 0.15, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 1.03, 1.15}

// desk is the memory in which a passage is read and its starts are described.
type desk struct {
	starts     []start
	reading    reading
	copies     copies
	candidates []candidate
	values     []value
	scores     []float64
	word       [longest]byte
}

var desks = sync.Pool{New: func() any { return new(desk) }}

// describe gives each start its features. They lie on the desk.
func (p *Passage) describe(starts []start, d *desk) []candidate {
	s := p.Text
	r := &d.reading
	p.read(starts, r)
	d.candidates = slices.Grow(d.candidates[:0], len(starts))[:len(starts)]
	out := d.candidates
	strong := surround(starts, out)
	n := len(r.words)
	around := p.quotes()
	limit := LimitFor(p.Day)
	twins := &d.copies
	p.copies(r.edges, twins)
	alone := (p.Origin == Article || p.Origin == AfterTweet) && strings.TrimFunc(p.After, char.IsBlank) == ""
	d.values = slices.Grow(d.values[:0], 72*len(out)+maxValues) // they seldom have more
	room := d.values[:cap(d.values)]
	last := &r.edges[len(starts)+1]
	addresses := addressesAtEnd(s)
	picture := strings.HasPrefix(s[strings.LastIndexFunc(s, char.IsBlank)+1:], "pic.")
	foreign := last.sum[mWord] >= 12 && 12*last.sum[mEnglish] < last.sum[mWord]
	news := isNews(p.Author) || isNews(p.Handle)
	for k := range out {
		c := &out[k]
		if len(room) < maxValues {
			room = make([]value, (len(out)-k)*maxValues)
		}
		values := (*[maxValues]value)(room)
		m := uint(0)
		on := func(x feature, cond bool) {
			if cond {
				values[m%maxValues] = value{x, 1}
				m++
			}
		}
		num := func(x feature, v, most float64) {
			if v != 0 {
				values[m%maxValues] = value{x, float32(min(v, most))}
				m++
			}
		}
		count := func(x feature, v, most int16) {
			values[m%maxValues] = value{x, float32(min(v, most))} // without a branch: which are 0 cannot be foretold
			if v != 0 {
				m++
			}
		}

		prev2, prev, here, next := &r.edges[c.before2], &r.edges[c.before], &r.edges[k+1], &r.edges[c.end]
		before, first, text := prev.to(here), here.to(next), here.to(last)
		if here.word < n { // what parts the text from what is before is not inside
			text[r.words[here.word].gap]--
			text[r.words[here.word].breaks]--
		}

		// Where it stands.
		on(fJunction+feature(c.junction), true)
		ratio := float64(text[mWeight]+text[mGap]) / limit
		if c.junction == jOrigin {
			on(fFrame, p.Origin == Frame)
			on(fArticle, p.Origin == Article)
			on(fChain, p.Origin == AfterTweet)
			on(fAlone, alone && ratio < 1.15)
		}
		on(fNearest, k == len(out)-1)
		on(fNearestStrong, k >= strong)
		count(fBreaks, text[mBreak1], 8)
		count(fParagraphs, text[mBreak2], 8)
		count(fFours, text[mBreak4], 8)
		on(fAnyParagraph, text[mBreak2] > 0)
		on(fAnyFour, text[mBreak4] > 0)

		// How long it is.
		on(fSentences1+feature(min(max(1, text[mSentence]), 5)-1), true)
		bin := 0
		for bin < len(lengthBins) && ratio > lengthBins[bin] {
			bin++
		}
		on(fLength0+feature(bin), true)
		num(fOver, max(0, ratio-1.05), 3)
		on(fNearLimit, ratio > 0.85 && ratio < 1.03 && (strings.HasSuffix(s, "..") || strings.HasSuffix(s, "…")))

		// How it begins.
		above, rest := s[:c.at], s[c.at:]
		if here.word > 0 {
			above = s[:r.words[here.word-1].to]
		} else {
			above = strings.TrimRightFunc(above, char.IsBlank)
		}
		x, _ := utf8.DecodeRuneInString(rest)
		w1 := firstWord(rest)
		lw := lowerWord(w1, d.word[:0])
		opens := kinds.kind(lw, hashOf(lw))
		switch {
		case strings.HasPrefix(rest, ".@"):
			on(fFirstDotAt, true)
		case strings.HasPrefix(rest, "..") || x == '…':
			on(fFirstDots, true)
		case x == '@':
			on(fFirstAt, true)
		case x == '#':
			on(fFirstHash, true)
		case x == '“' || x == '"' || x == '‘' || x == '\'':
			on(fFirstQuote, true)
		case addressIn(w1) == 0 || strings.HasPrefix(w1, "http"):
			on(fFirstAddress, true)
		case isListMark(w1):
			on(fFirstListMark, true)
		case unicode.IsDigit(x):
			on(fFirstDigit, true)
		case unicode.IsLower(x):
			on(fFirstLower, true)
		case unicode.IsUpper(x):
			on(fFirstCapital, true)
		default:
			on(fFirstSymbol, !unicode.IsLetter(x))
		}
		on(fFirstShout, isShout(w1) && isShout(secondWord(rest, w1)))
		on(fFirstRT, w1 == "RT" || w1 == "MT")
		on(fFirstBreaking, opens.breaking && (strings.HasSuffix(w1, ":") || isShout(w1) || strings.HasSuffix(secondWord(rest, w1), ":")))
		on(fFirstConnective, opens.connective)
		on(fFirstHe, opens.he)
		on(fFirstI, opens.i)
		on(fFirstAuthor, r.named(bytes.TrimSuffix(lw, []byte("'s"))))
		on(fFirstFurniture, opens.furniture)
		on(fFirstFunction, !c.junction.strong() && opens.function)

		// What its first sentence is.
		noWord := first[mWord]-first[mAt]-first[mNumber]-first[mAddress] <= 0 || first[mWord] == 1 && isListMark(w1)
		on(fFirstNoWord, noWord)
		on(fFirstNoWordQuote, noWord && (x == '"' || x == '“'))
		on(fFirstWords3, first[mWord] <= 3)
		on(fFirstWords6, first[mWord] <= 6)
		on(fFirstLong, first[mWord] > 25)
		count(fFirstHasI, first[mI], 2)
		count(fFirstHasYou, first[mYou], 2)
		count(fFirstHasHe, first[mHe], 2)
		count(fFirstHasSaid, first[mSaid], 2)
		count(fFirstHasTweets, first[mTweets], 1)
		count(fFirstHasTwitter, first[mTwitter], 1)
		count(fFirstHasAuthor, first[mAuthor], 1)
		count(fFirstHasDay, first[mDay], 1)
		count(fFirstHasHash, first[mHash], 2)
		count(fFirstHasAt, first[mAt], 2)
		count(fFirstHasBang, first[mBang], 1)
		count(fFirstHasQuestion, first[mQuestion], 1)
		count(fFirstHasShout, first[mShout], 3)
		count(fFirstHasAddress, first[mAddress], 1)
		count(fFirstPast, first[mPast], 3)
		count(fFirstNames, first[mName], 5)
		count(fFirstOldNames, first[mOld], 5)
		num(fFirstNew, part(first[mNew], first[mWord]), 1)
		num(fFirstNewMore, part(first[mNew], first[mWord])-part(before[mNew], before[mWord]), 1)
		num(fFirstArticles, part(first[mArticle], first[mWord]), 0.3)
		on(fFirstNoArticle, first[mArticle] == 0 && first[mWord] > 7)
		count(fFirstShort, first[mShort], 3)
		count(fFirstNumber, first[mNumber], 3)
		count(fFirstComma, first[mComma], 3)
		lastWord := ""
		if next.word > here.word {
			lastWord = s[r.words[next.word-1].from:r.words[next.word-1].to]
		}
		colon := strings.HasSuffix(lastWord, ":") && next.word < n
		on(fFirstParen, x == '(' && !isListMark(w1))
		on(fFirstAside, x == '(' && strings.HasSuffix(strings.TrimRight(lastWord, ".,"), ")"))
		words := text[mWord] - text[mHash] - text[mAt] - text[mAddress]
		on(fTextNoWords, words <= 0)
		on(fTextWords3, words > 0 && words <= 3)
		on(fFirstColonShout, colon && first[mShout] == first[mWord])
		on(fFirstColonHere, colon && first[mWord] <= 8 && r.deictic(s, here.word, next.word))
		on(fFirstColon, colon && first[mWord] <= 4)
		on(fFirstColonLong, colon && first[mWord] > 4)
		on(fFirstNoEnd, next.word == n && first[mSentence] == 0)
		on(fFirstQuoted, first[mOpen] > 0 && first[mOpen] == first[mShut] && (x == '“' || x == '"'))
		on(fFirstUnquoted, first[mShut] > first[mOpen])
		outside := around.less(&text)
		odd, same := outside.styles(&first)
		on(fFirstStyleOdd, odd)
		on(fFirstStyleSame, same)

		// What it leaves outside.
		if c.junction != jOrigin {
			e, _ := utf8.DecodeLastRuneInString(above)
			colon := e == ':'
			tweets := before[mTweets]+before[mTwitter] > 0
			on(fBeforeColon, colon)
			on(fColonShort, colon && before[mWord] <= 4)
			on(fColonLong, colon && before[mWord] > 10)
			on(fColonTweets, colon && (tweets || before[mSaid] > 0))
			on(fColonQuote, colon && (x == '“' || x == '"'))
			on(fColonAuthor, colon && before[mAuthor] > 0)
			count(fBeforeTweets, before[mTweets], 1)
			count(fBeforeTwitter, before[mTwitter], 1)
			count(fBeforeSaid, before[mSaid], 1)
			count(fBeforeAuthor, before[mAuthor], 1)
			on(fBeforeAuthorTweets, tweets && before[mAuthor] > 0)
			on(fBefore2Tweets, prev.sum[mTweets]+prev.sum[mTwitter] > prev2.sum[mTweets]+prev2.sum[mTwitter])
			on(fBefore2Author, prev.sum[mAuthor] > prev2.sum[mAuthor])
			count(fBeforeAddress, before[mAddress], 1)
			count(fBeforeHash, before[mHash]+before[mAt], 2)
			count(fBeforeI, before[mI], 2)
			count(fBeforeYou, before[mYou], 2)
			count(fBeforeHe, before[mHe], 2)
			count(fBeforeShout, before[mShout], 3)
			count(fBeforeBang, before[mBang], 1)
			count(fBeforeQuestion, before[mQuestion], 1)
			count(fBeforeDay, before[mDay], 1)
			count(fBeforePast, before[mPast], 3)
			count(fBeforeNames, before[mName], 5)
			count(fBeforeOldNames, before[mOld], 5)
			num(fBeforeNew, part(before[mNew], before[mWord]), 1)
			num(fBeforeArticles, part(before[mArticle], before[mWord]), 0.3)
			on(fBeforeNoArticle, before[mArticle] == 0 && before[mWord] > 7)
			count(fBeforeShort, before[mShort], 3)
			on(fBeforeNoEnd, unicode.IsLetter(e) || unicode.IsDigit(e))
			on(fBeforeHangs, unicode.IsLetter(e) && hanging.has(lastOf(above[min(len(above), max(0, c.at-nearWord)):])))
			on(fBeforeQuoteEnd, char.IsQuoteEnd(e))
			on(fBeforeLong, before[mWord] > 25)
			on(fBeforeWords3, before[mWord] <= 3)
			on(fBeforeWords6, before[mWord] <= 6)
			on(fBeforeUnclosed, before[mOpen] > before[mShut])
			odd, same := outside.less(&before).styles(&before)
			on(fBeforeStyleOdd, odd)
			on(fBeforeStyleSame, same)
		}

		// The text as a whole.
		count(fTextAuthor, text[mAuthor], 2)
		count(fTextSaid, text[mSaid], 3)
		count(fTextTweets, text[mTweets], 2)
		count(fTextTwitter, text[mTwitter], 2)
		count(fTextPast, text[mPast], 8)
		count(fTextHe, text[mHe], 6)
		count(fTextI, text[mI], 6)
		count(fTextYou, text[mYou], 6)
		count(fTextDay, text[mDay], 2)
		count(fTextNames, text[mName], 10)
		count(fTextOldNames, text[mOld], 10)
		count(fTextArticles, text[mArticle], 6)
		count(fTextShort, text[mShort], 6)
		count(fTextHash, text[mHash], 3)
		count(fTextAt, text[mAt], 3)
		count(fTextBang, text[mBang], 3)
		count(fTextShout, text[mShout], 6)
		count(fTextQuestion, text[mQuestion], 3)
		count(fTextFurniture, text[mFurniture], 2)
		count(fTextAddressInside, text[mAddress]-int16(addresses), 2)
		on(fTextQuoteOpen, text[mOpen] != text[mShut])
		on(fTextQuoteOdd, text[mQuote]%2 == 1)
		odd, same = outside.styles(&text)
		on(fTextStyleOdd, odd)
		on(fTextStyleSame, same)

		// Copies.
		c1, all := twins.share(here, next), twins.share(here, last)
		num(fFirstCopied, c1, 1)
		num(fTextCopied, all, 1)
		on(fTextAllCopied, all > 0.9)
		on(fCopyOdd, all > 0.6 && all < 0.9)
		num(fTextItself, twins.itself(here), 1)
		if prev.word < here.word {
			c0 := twins.share(prev, here)
			num(fBeforeCopied, c0, 1)
			num(fCopiedEdge, max(0, c1-c0), 1)
		}
		if prev.word < here.word {
			on(fAllCopiedEdge, all > 0.9 && twins.share(prev, here) < 0.5)
			num(fFirstLinksBefore, r.linked(here.word, next.word, prev.word, here.word), 4)
			num(fFirstLinksBefore2, r.linked(here.word, next.word, prev2.word, prev.word), 4)
			num(fTextLinksBefore, r.linked(here.word, n, prev.word, here.word), 6)
		}
		if next.word < n {
			links := r.linked(next.word, n, here.word, next.word)
			num(fRestLinksFirst, links, 4)
			on(fRestLinksNothing, links == 0)
		}
		if string(lw) == "the" && here.word+1 < n {
			on(fFirstThe, true)
			on(fFirstTheOld, !r.words[here.word+1].new)
		}
		count(fTextHeading, text[mHeading], 2)
		count(fTextLink, text[mLink], 3)
		count(fFirstLink, first[mLink], 1)
		count(fBeforeHeading, before[mHeading], 1)
		count(fBeforeLink, before[mLink], 1)
		on(fFirstBullet, w1 == "+" || w1 == "-" || w1 == "*")
		on(fTextUnopened, text[mShutParen] > text[mOpenParen])
		known := r.known || here.sum[mAuthor] > 0
		on(fAuthorKnown, known && text[mSentence] <= 1)
		on(fBeforeAuthorKnown, known && before[mAuthor] == 0)
		on(fFirstAuthorKnown, known && first[mAuthor] > 0)
		kind := feature(min(max(1, text[mSentence]), 3) - 1)
		if news {
			on(fNewsSentences1+kind, true)
			on(fNewsFirstI, opens.i)
			count(fNewsFirstHas, first[mI]+first[mYou], 2)
			count(fNewsFirstPast, first[mPast], 2)
			count(fNewsFirstSaid, first[mSaid], 2)
			count(fNewsFirstName, first[mName], 5)
			count(fNewsTextArticles, text[mArticle], 4)
		}
		switch {
		case addresses == 0:
		case picture:
			on(fPicture1+kind, true)
		default:
			on(fAddress1+kind, true)
		}
		if foreign {
			on(fForeign1+kind, true)
			on(fForeignNearest, k == len(out)-1)
			count(fForeignBreaks, text[mBreak1], 4)
		}
		other := next.to(last)
		if rest := other[mWord]; first[mWord] >= 3 && rest >= 3 {
			on(fRestTurns, turns(&first, &other))
			num(fRestEnglish, math.Abs(part(first[mEnglish], first[mWord])-part(other[mEnglish], rest)), 0.5)
			num(fRestScript, math.Abs(part(first[mOther], first[mWord])-part(other[mOther], rest)), 1)
		}
		if c.junction != jOrigin && before[mWord] >= 3 {
			if first[mWord] >= 3 {
				more := part(first[mEnglish], first[mWord]) - part(before[mEnglish], before[mWord])
				num(fFirstEnglish, max(0, more), 0.5)
				num(fBeforeEnglish, max(0, -more), 0.5)
				on(fTurns, turns(&before, &first))
			}
			if text[mWord] >= 3 {
				num(fTextEnglish, part(text[mEnglish], text[mWord])-part(before[mEnglish], before[mWord]), 0.5)
			}
			num(fFirstScript, math.Abs(part(first[mOther], first[mWord])-part(before[mOther], before[mWord])), 1)
			num(fTextScript, math.Abs(part(text[mOther], text[mWord])-part(before[mOther], before[mWord])), 1)
		}
		found, longer := twins.begins(here)
		on(fCopy, found)
		on(fCopyBegins, found && !longer)
		c.values, room = room[:m:m], room[m:]
		c.manner = manner{
			adjoining: c.junction == jOrigin && p.Origin == AfterTweet,
			colon:     c.junction != jOrigin && strings.HasSuffix(above, ":"),
			named:     c.junction != jOrigin && before[mTweets]+before[mTwitter]+before[mAuthor] > 0,
			single:    k >= strong,
			broken:    text[mBreak1]+text[mBreak2]+text[mBreak4] > 0,
			weak:      c.junction != jOrigin && !c.junction.strong(),
			sentences: uint8(min(max(1, text[mSentence]), 5)),
			length:    uint8(bin),
		}
	}
	return out
}

// turns tells whether one of two stretches is English and the other is not, as
// far as they are long enough to tell.
func turns(a, b *tally) bool {
	english := func(t *tally) bool { return t[mWord] >= 4 && 4*t[mEnglish] >= t[mWord] }
	foreign := func(t *tally) bool { return t[mWord] >= 8 && 10*t[mEnglish] < t[mWord] }
	return english(a) && foreign(b) || foreign(a) && english(b)
}

// surround makes candidates of the starts, with the sentences around them, and
// tells which is the last strong one; -1 if none is.
func surround(starts []start, out []candidate) (strong int) {
	strong = -1
	before, before2 := 0, 0
	for k := range starts {
		c := &out[k]
		c.start, c.before, c.before2 = starts[k], before, before2
		if c.junction.strong() {
			before2, before, strong = before, k+1, k
		}
	}
	end := len(starts) + 1
	for k := len(out) - 1; k >= 0; k-- {
		out[k].end = end
		if out[k].junction.strong() {
			end = k + 1
		}
	}
	return strong
}

// lowerWord is w without what stands around its letters, in lower case and with
// straight apostrophes, in the memory of buf if it fits.
func lowerWord(w string, buf []byte) []byte {
	if n := len(w); n == 0 || !isSmall(w[0]) || !isSmall(w[n-1]) { // else nothing stands around it
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
	}
	for i := range len(w) {
		if w[i] >= utf8.RuneSelf {
			return []byte(strings.ToLower(strings.ReplaceAll(w, "’", "'")))
		}
		buf = append(buf, lower[w[i]])
	}
	return buf
}

func part(a, b int16) float64 { return float64(a) / max(1, float64(b)) }

// deictic tells whether some of the words points to what follows.
func (r *reading) deictic(s string, i, j int) bool {
	for ; i < j; i++ {
		if pointing.has(strings.TrimFunc(s[r.words[i].from:r.words[i].to], func(r rune) bool { return !unicode.IsLetter(r) })) {
			return true
		}
	}
	return false
}

// hanging are words that end no sentence and no heading.
var hanging = set("the a an of at to from with for by and or but nor on in as than into that which who whose whom their his her its our your my is was are were be been has have had will would can could should may might must very this these those if because while when where")

// nearWord is how far before a start a word stands that is looked at, in bytes.
const nearWord = 40

// lastOf is the last word of s, which ends with it.
func lastOf(s string) string { return s[strings.LastIndexFunc(s, char.IsBlank)+1:] }

var pointing = set("here here's here’s this these watch now from see look below following examples example oh and meanwhile also read listen")

// isNews tells whether a name is that of a newspaper, a broadcaster or the like.
func isNews(name string) bool {
	name = strings.ToLower(name)
	for i := range len(name) {
		for _, w := range newsNames[name[i]] {
			if strings.HasPrefix(name[i:], w) {
				return true
			}
		}
	}
	return false
}

// newsNames are parts of their names, by their first letters.
var newsNames = func() (m [256][]string) {
	for _, w := range [...]string{"news", "cnn", "nbc", "abc", "cbs", "bbc", "press", "times", "post", "herald", "journal", "daily", "politic", "reuters", "npr", "tribune", "gazette", "bloomberg", "the hill", "guardian", "breitbart", "sky", "tv", "media", "magazine", "today", "radio", "report", "watch"} {
		m[w[0]] = append(m[w[0]], w)
	}
	return m
}()

// rowReach is how long a row of a table of tweets can be, in the service's
// weights: some hold two parts of a thread in one.
const rowReach = 450

// standsAlone tells whether the article is nothing but the tweet, as a row of
// a table of tweets is: nothing follows, and all that stands before fits.
func (p *Passage) standsAlone(starts []start) bool {
	if p.Origin != Article || len(starts) == 0 || starts[0].junction != jOrigin || strings.TrimFunc(p.After, char.IsBlank) != "" {
		return false
	}
	weight := 0
	for _, w := range strings.FieldsFunc(p.Text, char.IsBlank) {
		weight += weightOf(w) + 1
	}
	return weight <= rowReach
}

// isListMark tells 1. and (2) and 2/3 and • and -, which begin an entry of a list or a thread.
func isListMark(w string) bool {
	if w == "•" || w == "-" || w == "–" || w == "*" || w == "—" || w == "·" {
		return true
	}
	w = strings.TrimPrefix(w, "(")
	n := 0
	for n < len(w) && '0' <= w[n] && w[n] <= '9' {
		n++
	}
	if n == 0 || n > 2 {
		return false
	}
	if w = w[n:]; w == "." || w == ")" || w == "/" || w == "/)" {
		return true
	}
	if !strings.HasPrefix(w, "/") {
		return false
	}
	w = strings.TrimRight(w[1:], ".):")
	return len(w) <= 2 && strings.Trim(w, "0123456789nxXN") == ""
}

// quotes counts the straight and the curly apostrophes and quotation marks.
type quotes struct{ straight, curly int16 }

func quotesOf(s string) quotes {
	return quotes{
		int16(strings.Count(s, "'") + strings.Count(s, `"`)),
		int16(strings.Count(s, "’") + strings.Count(s, "“") + strings.Count(s, "”")),
	}
}

func (q quotes) less(x *tally) quotes {
	return quotes{q.straight - x[mStraight], q.curly - x[mCurly]}
}

// styles tells whether a stretch has other apostrophes and quotation marks
// than what stands outside, or the same.
func (q quotes) styles(x *tally) (odd, same bool) {
	if q.straight == q.curly || x[mStraight] == 0 && x[mCurly] == 0 {
		return false, false
	}
	if q.straight > q.curly {
		return x[mCurly] > 0, x[mStraight] > 0
	}
	return x[mStraight] > 0, x[mCurly] > 0
}

// addressesAtEnd counts the addresses with which s ends.
func addressesAtEnd(s string) int {
	n := 0
	for {
		s = strings.TrimRightFunc(s, char.IsBlank)
		e := strings.LastIndexFunc(s, char.IsBlank) + 1
		if e == len(s) || addressIn(s[e:]) < 0 {
			return n
		}
		n++
		s = s[:e]
	}
}
