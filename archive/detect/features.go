package detect

import (
	"math"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// feature is one honest fact about a start. Its names are what weights.go lists.
type feature uint8

// value is a feature with its value.
type value struct {
	feature feature
	value   float32
}

// The features. Those of "first" look at the segment that the start would add
// to the text, those of "before" at the one that it would leave outside;
// segments lie between two starts.
const (
	fJunction          feature = iota // one for each junction
	_jEnd              feature = fJunction + feature(junctions) - 1
	fFrame             feature = _jEnd + iota // the view begins behind a frame's mark
	fArticle                                  // the view begins with the article
	fChain                                    // ... behind another tweet
	fNearest                                  // the last start before the dash
	fBreaksSkipped                            // line breaks inside the text: single ones
	fParagraphsSkipped                        // ... two or three in a row
	fFoursSkipped                             // ... four
	fSentences1                               // the text has one sentence
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
	fFirstCapital
	fFirstLower
	fFirstDigit
	fFirstDots
	fFirstDotAt
	fFirstAt
	fFirstHash
	fFirstQuote
	fFirstSymbol
	fFirstShout // a word in capitals
	fFirstRT
	fFirstBreaking // BREAKING, JUST IN, WATCH, NEW ... and a colon
	fFirstConnective
	fFirstHe     // He, She, They, His ...
	fFirstI      // I, We, My, Our
	fFirstAuthor // the author's own name
	fFirstAddress
	fBeforeColon
	fBeforeTweetVerb // tweeted, wrote, posted ... in the segment before
	fBeforeTwitter
	fBeforeSaid
	fBeforeAuthor // the author's name in the segment before
	fBeforeQuoteEnd
	fBeforeAddress
	fBeforeHash
	fBeforeI
	fBeforeYou
	fBeforeShout
	fBeforeBang
	fBeforeQuestion
	fBeforeStyleOdd // apostrophes or quotation marks other than the article's
	fBeforeStyleSame
	fBeforeLong
	fBeforeShort
	fBeforePast
	fTextAuthor // how many segments of the text name the author
	fTextSaid
	fTextTweetVerb
	fTextAddressInside // an address that the text does not end with
	fTextQuoteOpen     // quotation marks that do not match
	fTextHash
	fTextStyleOdd
	fTextStyleSame
	fTextPast
	fFirstI2 // first person in the first segment
	fFirstYou
	fFirstSaid
	fFirstTweetVerb
	fFirstNamesAuthor
	fFirstTwitter
	fFirstStyleOdd
	fFirstStyleSame
	fFirstHasHash
	fFirstHasAt
	fFirstBang
	fFirstQuestion
	fFirstShouts
	fFirstHasAddress
	fFirstLong
	fFirstPast
	fFirstQuoted // the segment begins and ends with a quotation mark
	fFirstWords3 // three words or fewer
	fCopy        // the first words stand elsewhere in the article
	fCopyLonger  // ... and so do those before them
	fFirstVoice  // sum of the lexicon over the first segment
	fBeforeVoice
	fTextVoice
	fOutVoice        // the lexicon over the two segments before
	fColonShort      // a short segment with a colon before
	fColonLong       // a long one
	fColonTweets     // one that says somebody tweeted
	fColonQuote      // ... and a quotation mark follows
	fFirstColon      // the first segment itself ends in a colon, and is short
	fFirstColonLong  // ... and is not
	fFirstFurniture  // the text would begin with the page's furniture
	fFirstFunction   // a capitalised function word after a lower-case one
	fBeforeDay       // a day of the week in the segment before
	fFirstDay        // ... in the first
	fFirstCopied     // how much of the first segment stands earlier in the article
	fBeforeCopied    // ... of the one before
	fTextCopied      // ... of the whole
	fCopiedEdge      // the first is copied, the one before is not
	fBeforeThanFirst // voice of the first less that of the one before
	fNear1           // the text fills what the day allows: 0.9 to 1.02, and ends in dots
	fPastReach       // so long that it cannot be
	features_
)

// segment is what stands between two starts.
type segment struct {
	words, sentences, runes         int
	weight                          int // length as the service counts it
	i, you, said, tweets, past      int
	author, twitter, hash, at, bang int
	question, shout, address        int
	straight, curly, open, shut     int
	day                             int
	single, double, four            int // line breaks
	voice                           float32
}

func (a *segment) add(b *segment) {
	a.words += b.words
	a.sentences += b.sentences
	a.runes += b.runes
	a.weight += b.weight
	a.i += b.i
	a.you += b.you
	a.said += b.said
	a.tweets += b.tweets
	a.past += b.past
	a.author += min(1, b.author)
	a.twitter += b.twitter
	a.hash += b.hash
	a.at += b.at
	a.bang += b.bang
	a.question += b.question
	a.shout += b.shout
	a.address += b.address
	a.straight += b.straight
	a.day += b.day
	a.curly += b.curly
	a.open += b.open
	a.shut += b.shut
	a.single += b.single
	a.double += b.double
	a.four += b.four
	a.voice += b.voice
}

// Words that tell who speaks. English; in other languages the other features decide.
var (
	firstPerson  = set("i i'm i’m i've i’ve i'll i’ll i'd i’d me my mine we we're we’re we've we’ve we'll us our ours myself im")
	secondPerson = set("you your you're you’re you've yours u ur ya y'all thanks thank please")
	saying       = set("said says told according reported reports added explained noted argued claimed stated announced insisted continued called asked spokesman spokeswoman statement interview replied")
	tweeting     = set("tweeted tweet tweets tweeting wrote posted responded retweeted shared")
	connective   = set("but and so also then however because or yet still meanwhile while although as")
	weekday      = set("monday tuesday wednesday thursday friday saturday sunday")
	function     = set("the a an this that these those here there it its it's i i'm we we're he she they you if so in on at of for from to with without after before between as and but or not no what why how when where who is are was were be been do does did have has had can will would should just now today my our your all every some more most anyone everyone nothing thank thanks congratulations great good let please folks people watch look about over under during while because")
	breaking     = set("breaking just watch new now live update exclusive read video via")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// limitFor is how long a tweet of that day may be, in the service's weights:
// 140 until 2017-11-07, 280 since (embeds print no more of a longer one).
func limitFor(day string) float64 {
	if day != "" && day < "2017-11-08" {
		return 140
	}
	return 280
}

// describe gives each start its features.
func (p *passage) describe(starts []start) [][]value {
	s := p.view.s
	names := p.names()
	segs := make([]segment, len(starts))
	for k := range starts {
		end := len(s)
		if k+1 < len(starts) {
			end = starts[k+1].at
		}
		segs[k] = p.segment(s[starts[k].at:end], names)
	}
	var head segment // what stands before the first start
	if len(starts) > 0 {
		head = p.segment(s[:starts[0].at], names)
	}
	straight, curly := habits(p.around)
	twins := twinsOf(p)
	limit := limitFor(p.day)
	out := make([][]value, len(starts))
	var text segment
	for k := len(starts) - 1; k >= 0; k-- {
		st := starts[k]
		text.add(&segs[k])
		first := &segs[k]
		before := &head
		var before2 *segment
		if k > 0 {
			before = &segs[k-1]
			before2 = &head
			if k > 1 {
				before2 = &segs[k-2]
			}
		}
		var f []value
		on := func(x feature, cond bool) {
			if cond {
				f = append(f, value{x, 1})
			}
		}
		num := func(x feature, v float64) {
			if v != 0 {
				f = append(f, value{x, float32(v)})
			}
		}
		on(fJunction+feature(st.junction), true)
		if st.junction == jOrigin {
			on(fFrame, p.origin == framed0)
			on(fArticle, p.origin == article)
			on(fChain, p.origin == embedded)
		}
		on(fNearest, k == len(starts)-1)
		inner := text
		num(fBreaksSkipped, float64(inner.single))
		num(fParagraphsSkipped, float64(inner.double))
		num(fFoursSkipped, float64(inner.four))
		n := max(1, text.sentences)
		on(fSentences1+feature(min(n, 5)-1), true)
		ratio := float64(text.weight) / limit
		bins := [...]float64{0.08, 0.15, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 1.03, 1.15}
		on(fLength0+feature(sort.SearchFloat64s(bins[:], ratio)), true)
		num(fOver, math.Min(3, math.Max(0, ratio-1.05)))

		// How the text would begin.
		rest := s[st.at:]
		r, _ := utf8.DecodeRuneInString(rest)
		w, w2 := firstWords(rest)
		lw := strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }))
		switch {
		case strings.HasPrefix(rest, ".@"):
			on(fFirstDotAt, true)
		case strings.HasPrefix(rest, "..") || r == '…':
			on(fFirstDots, true)
		case r == '@':
			on(fFirstAt, true)
		case r == '#':
			on(fFirstHash, true)
		case r == '“' || r == '"' || r == '‘' || r == '\'':
			on(fFirstQuote, true)
		case strings.HasPrefix(w, "http") || strings.HasPrefix(w, "pic.twitter"):
			on(fFirstAddress, true)
		case unicode.IsDigit(r):
			on(fFirstDigit, true)
		case unicode.IsLower(r):
			on(fFirstLower, true)
		case unicode.IsUpper(r):
			on(fFirstCapital, true)
		default:
			on(fFirstSymbol, !unicode.IsLetter(r))
		}
		on(fFirstShout, isShout(w) && isShout(w2))
		on(fFirstRT, w == "RT" || w == "MT")
		on(fFirstBreaking, breaking[lw] && (strings.HasSuffix(w, ":") || isShout(w) || strings.HasSuffix(w2, ":")))
		on(fFirstConnective, connective[lw])
		on(fFirstHe, lw == "he" || lw == "she" || lw == "they" || lw == "his" || lw == "her")
		on(fFirstI, firstPerson[lw])
		on(fFirstAuthor, len(names) > 0 && names[strings.TrimSuffix(strings.TrimSuffix(lw, "'s"), "’s")])

		// What it would add.
		num(fFirstI2, math.Min(2, float64(first.i)))
		num(fFirstYou, math.Min(2, float64(first.you)))
		num(fFirstSaid, math.Min(2, float64(first.said)))
		num(fFirstTweetVerb, math.Min(2, float64(first.tweets)))
		num(fFirstNamesAuthor, math.Min(1, float64(first.author)))
		num(fFirstTwitter, math.Min(1, float64(first.twitter)))
		num(fFirstHasHash, math.Min(2, float64(first.hash)))
		num(fFirstHasAt, math.Min(2, float64(first.at)))
		num(fFirstBang, math.Min(1, float64(first.bang)))
		num(fFirstQuestion, math.Min(1, float64(first.question)))
		num(fFirstShouts, math.Min(3, float64(first.shout)))
		num(fFirstHasAddress, math.Min(1, float64(first.address)))
		num(fFirstPast, math.Min(3, float64(first.past)))
		num(fFirstDay, math.Min(1, float64(first.day)))
		on(fFirstLong, first.words > 25)
		firstColon := k+1 < len(starts) && strings.HasSuffix(strings.TrimRightFunc(s[st.at:starts[k+1].at], isBlank), ":")
		on(fFirstColon, firstColon && first.words <= 4)
		on(fFirstColonLong, firstColon && first.words > 4)
		on(fFirstFurniture, furniture[lw])
		on(fFirstFunction, (st.junction == jCapital || st.junction == jFurniture || st.junction == jCloser) && function[lw])
		on(fNear1, ratio > 0.85 && ratio < 1.03 && (strings.HasSuffix(s, "..") || strings.HasSuffix(s, "…")))
		on(fPastReach, ratio > 1.4)
		on(fFirstWords3, first.words <= 3)
		odd, same := style2(first, straight-text.straight, curly-text.curly)
		on(fFirstStyleOdd, odd)
		on(fFirstStyleSame, same)
		on(fFirstQuoted, (r == '“' || r == '"') && first.shut > 0)
		num(fFirstVoice, float64(first.voice))
		num(fTextVoice, float64(text.voice)/math.Sqrt(float64(text.words+3)))

		// What it would leave outside.
		if st.junction != jOrigin {
			colon := strings.HasSuffix(strings.TrimRightFunc(s[:st.at], isBlank), ":")
			on(fBeforeColon, colon)
			on(fColonShort, colon && before.words <= 4)
			on(fColonLong, colon && before.words > 10)
			on(fColonTweets, colon && before.tweets+before.twitter+before.said > 0)
			on(fColonQuote, colon && (r == '“' || r == '"'))
			num(fBeforeDay, math.Min(1, float64(before.day)))
			num(fBeforeThanFirst, float64(first.voice-before.voice))
			num(fBeforeTweetVerb, math.Min(1, float64(before.tweets)))
			num(fBeforeTwitter, math.Min(1, float64(before.twitter)))
			num(fBeforeSaid, math.Min(1, float64(before.said)))
			num(fBeforeAuthor, math.Min(1, float64(before.author)))
			num(fBeforeHash, math.Min(2, float64(before.hash+before.at)))
			num(fBeforeAddress, math.Min(1, float64(before.address)))
			num(fBeforeI, math.Min(2, float64(before.i)))
			num(fBeforeYou, math.Min(2, float64(before.you)))
			num(fBeforeShout, math.Min(3, float64(before.shout)))
			num(fBeforeBang, math.Min(1, float64(before.bang)))
			num(fBeforeQuestion, math.Min(1, float64(before.question)))
			num(fBeforePast, math.Min(3, float64(before.past)))
			on(fBeforeQuoteEnd, before.shut > 0)
			on(fBeforeLong, before.words > 25)
			on(fBeforeShort, before.words < 4)
			odd, same := style2(before, straight-text.straight-before.straight, curly-text.curly-before.curly)
			on(fBeforeStyleOdd, odd)
			on(fBeforeStyleSame, same)
			num(fBeforeVoice, float64(before.voice))
			v := float64(before.voice)
			if before2 != nil {
				v += float64(before2.voice)
			}
			num(fOutVoice, v)
		}

		// The text as a whole.
		num(fTextAuthor, math.Min(2, float64(text.author)))
		num(fTextSaid, math.Min(3, float64(text.said)))
		num(fTextTweetVerb, math.Min(2, float64(text.tweets)))
		num(fTextHash, math.Min(3, float64(text.hash)))
		num(fTextPast, math.Min(4, float64(text.past)))
		on(fTextQuoteOpen, text.open != text.shut)
		odd, same = style2(&text, straight-text.straight, curly-text.curly)
		on(fTextStyleOdd, odd)
		on(fTextStyleSame, same)
		num(fTextAddressInside, math.Min(2, float64(addressesInside(rest))))

		// Copies.
		end := len(s)
		if k+1 < len(starts) {
			end = starts[k+1].at
		}
		c1 := twins.share(st.at, end)
		num(fFirstCopied, c1)
		num(fTextCopied, twins.share(st.at, len(s)))
		if k > 0 {
			c0 := twins.share(starts[k-1].at, st.at)
			num(fBeforeCopied, c0)
			num(fCopiedEdge, math.Max(0, c1-c0))
		}
		c, longer := twins.begins(st.at)
		on(fCopy, c)
		on(fCopyLonger, longer)
		out[k] = f
	}
	return out
}

// names are the words of the author's name by which prose calls them.
func (p *passage) names() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(p.author), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if len(w) > 3 && w != "news" && w != "show" && w != "president" && w != "house" {
			m[w] = true
		}
	}
	return m
}

func style2(x *segment, straight, curly int) (odd, same bool) {
	if straight == curly || x.straight == 0 && x.curly == 0 {
		return false, false
	}
	if straight > curly {
		return x.curly > 0, x.straight > 0
	}
	return x.straight > 0, x.curly > 0
}

// habits counts the straight and curly apostrophes and quotation marks.
func habits(s string) (straight, curly int) {
	straight = strings.Count(s, "'") + strings.Count(s, `"`)
	curly = strings.Count(s, "’") + strings.Count(s, "“") + strings.Count(s, "”")
	return straight, curly
}

func firstWords(s string) (string, string) {
	e := strings.IndexFunc(s, isBlank)
	if e < 0 {
		return s, ""
	}
	rest := strings.TrimLeftFunc(s[e:min(len(s), e+80)], isBlank)
	e2 := strings.IndexFunc(rest, isBlank)
	if e2 < 0 {
		e2 = len(rest)
	}
	return s[:e], rest[:e2]
}

func isShout(w string) bool {
	n := 0
	for _, r := range w {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n >= 3
}

func addressesInside(s string) int {
	s = strings.TrimRightFunc(s, isBlank)
	n := 0
	for len(s) > 0 { // those at the end do not count
		e := strings.LastIndexFunc(s, isBlank) + 1
		if !isAddress(s[e:]) {
			break
		}
		s = strings.TrimRightFunc(s[:e], isBlank)
	}
	n += strings.Count(s, "://")
	n += strings.Count(s, "pic.twitter.com/")
	return n
}

// segment counts what stands in s.
func (p *passage) segment(s string, names map[string]bool) segment {
	var g segment
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isBlank(r) {
			j, breaks := i, 0
			for j < len(s) {
				r, n := utf8.DecodeRuneInString(s[j:])
				if !isBlank(r) {
					break
				}
				if r == '\n' {
					breaks++
				}
				j += n
			}
			// Breaks at the end of a segment lie between it and the next: they
			// are inside every text that begins with this segment.
			switch {
			case j == len(s) && false:
			case breaks >= 4:
				g.four++
			case breaks >= 2:
				g.double++
			case breaks == 1:
				g.single++
			}
			if j < len(s) {
				g.weight++
				g.runes++
			}
			i = j
			continue
		}
		e := i + n
		for e < len(s) {
			r, n := utf8.DecodeRuneInString(s[e:])
			if isBlank(r) {
				break
			}
			e += n
		}
		g.word(s[i:e], names)
		i = e
	}
	return g
}

func (g *segment) word(w string, names map[string]bool) {
	g.words++
	if k := strings.Index(w, "http"); k >= 0 && strings.Contains(w[k:], "://") {
		g.weight += 23 + utf8.RuneCountInString(w[:k])
		g.address++
		return
	}
	if k := strings.Index(w, "pic.twitter.com/"); k >= 0 {
		g.weight += utf8.RuneCountInString(w[:k])
		g.address++
		return
	}
	for _, r := range w {
		g.runes++
		g.weight++
		switch {
		case r == '\'' || r == '"':
			g.straight++
		case r == '’':
			g.curly++
		case r == '“':
			g.curly++
			g.open++
		case r == '”':
			g.curly++
			g.shut++
		case r == '!':
			g.bang++
		case r == '?':
			g.question++
		case r == '#':
			g.hash++
		case r == '@':
			g.at++
		case r >= 0x1100 && (r <= 0xffdc || r >= 0x1f000):
			g.weight++ // counts two
		}
	}
	if r, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(w, isCloser)); isSentenceEnd(r) && !isAbbreviation(w) {
		g.sentences++
	}
	l := strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	switch {
	case firstPerson[l]:
		g.i++
	case secondPerson[l]:
		g.you++
	case saying[l]:
		g.said++
	case tweeting[l]:
		g.tweets++
	case weekday[l]:
		g.day++
	case strings.Contains(l, "twitter"):
		g.twitter++
	case strings.HasSuffix(l, "ed") && len(l) > 4 || l == "was" || l == "were" || l == "had" || l == "did":
		g.past++
	}
	if isShout(w) {
		g.shout++
	}
	if len(names) > 0 && names[strings.TrimSuffix(strings.TrimSuffix(l, "'s"), "’s")] && w[0] != '@' && w[0] != '#' {
		g.author++
	}
	switch {
	case w[0] == '#':
		l = "#"
	case w[0] == '@' || strings.HasPrefix(w, ".@"):
		l = "@"
	case l != "" && unicode.IsDigit(rune(l[0])):
		l = "0"
	case isShout(w):
		g.voice += voice("A") // a word in capitals, and the word itself
	}
	g.voice += voice(strings.ReplaceAll(l, "’", "'"))
}

// voice is how much rather a tweet says the word than an article's prose: the
// logarithm of the ratio of their frequencies, 0 for words too rare to tell.
func voice(word string) float32 {
	if hear != nil {
		hear(word)
	}
	return lexicon[word]
}

// hear lets the program that makes the lexicon listen.
var hear func(word string)

// twins are the places of a passage's view whose words stand in the article
// once more, earlier.
type twins struct {
	place []int   // for each byte of the view its place among the article's letters
	again []int32 // for each letter the end of a run of letters that stood earlier; 0 if none begins here
	sum   []int32 // how many letters up to here belong to such a run
	first []int32 // where the earlier run begins
	fold  []byte
}

// gram is how many letters and digits make a copy, whatever stands between them.
const gram = 14

func twinsOf(p *passage) *twins {
	t := &twins{place: make([]int, len(p.view.s)+1)}
	before := p.around[:p.self]
	t.fold = make([]byte, 0, len(before)+len(p.view.s))
	t.fold = appendFolded(t.fold, before[:max(0, len(before)-p.length)])
	for i := 0; i < len(p.view.s); i++ {
		t.place[i] = len(t.fold)
		t.fold = appendFolded(t.fold, p.view.s[i:i+1])
	}
	t.place[len(p.view.s)] = len(t.fold)
	n := len(t.fold)
	t.sum = make([]int32, n+1)
	t.first = make([]int32, n+1)
	if n < 2*gram {
		return t
	}
	var table [1 << 12]int32 // the last place of each hash, plus one
	covered := 0
	for i := 0; i < n; i++ {
		if i+gram <= n {
			h := uint32(2166136261)
			for _, c := range t.fold[i : i+gram] {
				h = (h ^ uint32(c)) * 16777619
			}
			slot := &table[(h>>7^h)&(1<<12-1)]
			if j := int(*slot) - 1; j >= 0 && i-j >= gram && string(t.fold[j:j+gram]) == string(t.fold[i:i+gram]) {
				covered = i + gram
				t.first[i] = int32(j + 1)
			} else {
				*slot = int32(i + 1)
			}
		}
		t.sum[i+1] = t.sum[i]
		if i < covered {
			t.sum[i+1]++
		}
	}
	return t
}

// share is how much of view[a:b] stands earlier, 0..1.
func (t *twins) share(a, b int) float64 {
	i, j := t.place[a], t.place[b]
	if j <= i {
		return 0
	}
	return float64(t.sum[j]-t.sum[i]) / float64(j-i)
}

// begins tells whether the first letters at view[a:] stand earlier, and whether
// the letter before them is the same there.
func (t *twins) begins(a int) (found, longer bool) {
	i := t.place[a]
	if i >= len(t.first) || t.first[i] == 0 {
		return false, false
	}
	j := int(t.first[i]) - 1
	const left = 6
	return true, j >= left && i >= left && string(t.fold[i-left:i]) == string(t.fold[j-left:j])
}

func appendFolded(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			b = append(b, c|0x20)
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			b = append(b, c)
		}
	}
	return b
}
