package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A passage is read word by word, once. What the features ask of a stretch of
// it (how many words, how many in the past tense, how long as the service
// counts) are sums over its words, so they are kept as sums from the beginning.

// trait is something that a word is, or holds so many of.
type trait uint8

const (
	mWord      trait = iota
	mWeight          // length as the service counts it, the space before it apart
	mSentence        // ends a sentence
	mI               // first person
	mYou             // second person
	mSaid            // reports speech
	mTweets          // reports a tweet
	mTwitter         // names the service
	mDay             // a day of the week
	mPast            // past tense
	mHe              // third person
	mAuthor          // names the author
	mName            // capitalised within a sentence
	mOld             // ... and stood earlier in the article
	mNew             // no word that stood earlier in the article
	mArticle         // the, a, an
	mShort           // what saves characters: & w/ 2 for, emoji, no vowels
	mNumber          // a number in digits
	mComma           //
	mHash            // #
	mAt              // @
	mBang            // !
	mQuestion        // ?
	mShout           // in capitals
	mAddress         //
	mFurniture       // a word of the page
	mStraight        // straight apostrophes and quotation marks
	mCurly           // curly ones
	mQuote           // straight quotation marks
	mOpen            // opening quotation marks
	mShut            // closing ones
	mOpenParen
	mShutParen
	mGap    // is parted from the word before
	mBreak1 // ... by one line break
	mBreak2 // ... two or three
	mBreak4 // ... four or more
	traits
)

type tally [traits]int16

// stretch is the sum over the words i to j-1.
func (r *reading) stretch(i, j int) tally {
	t := r.sums[j]
	for k := range t {
		t[k] -= r.sums[i][k]
	}
	return t
}

// reading is a passage cut into words.
type reading struct {
	words  []word
	sums   []tally // before each word, and behind the last
	tokens []token // what the lexicon knows of the words
	at     []int32 // for each word the first of its tokens, and how many there are
	known  bool    // the author is named before the first word
}

type word struct {
	from, to int
	again    int32 // the last word before with the same stem, -1 if there is none or the word says little
}

// Words that tell who speaks. English; in other languages the other features decide.
var (
	firstPerson  = set("i i'm i've i'll i'd me my mine we we're we've we'll us our ours myself im")
	secondPerson = set("you your you're you've yours u ur ya y'all thanks thank please")
	thirdPerson  = set("he she they his her their him them he's she's they're")
	saying       = set("said says told according reported reports added explained noted argued claimed stated announced insisted continued called asked spokesman spokeswoman statement interview replied concluded declared warned")
	tweeting     = set("tweeted tweet tweets tweeting wrote posted responded retweeted shared")
	connective   = set("but and so also then however because or yet still meanwhile while although as")
	weekday      = set("monday tuesday wednesday thursday friday saturday sunday")
	function     = set("the a an this that these those here there it its it's i i'm we we're he she they you if so in on at of for from to with without after before between as and but or not no what why how when where who is are was were be been do does did have has had can will would should just now today my our your all every some more most anyone everyone nothing thank thanks congratulations great good let please folks people watch look about over under during while because")
	breaking     = set("breaking just watch new now live update exclusive read video via")
	past         = set("was were had did began made took went got came gave found left became saw kept held led brought sent built lost spoke met ran fell won felt grew drew sat knew")
	short        = set("& w/ w/o b/c bc u ur r im dont cant lol omg wtf pls plz ppl gov't govt thx tho thru tonite vs rt dm idk tbh imo smh lmao potus flotus gop dems via w re")
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

// weightOf is a word's length as the service counts it: an address is 23,
// that of a picture nothing, and wide characters two.
func weightOf(w string) int {
	n := 0
	if k := strings.Index(w, "://"); k >= 0 {
		n, w = 23, strings.TrimRightFunc(w[:k], unicode.IsLetter)
	} else if k := strings.Index(w, "pic.twitter.com/"); k >= 0 {
		w = w[:k]
	}
	for _, r := range w {
		n++
		if r >= 0x1100 && (r <= 0x1fff || r >= 0x2e80 && r <= 0xffdc || r >= 0x1f000) {
			n++
		}
	}
	return n
}

// token is a word as the lexicon knows it: one of its words, or a class.
type token uint16

const (
	kNone token = iota
	kBegin
	kEnd
	kAddress
	kPicture
	kHash
	kAt
	kDotAt
	kShout
	kAuthor
	kInitial // capitalised, and so is what begins a sentence
	kName
	kOldName // ... that stood earlier in the article
	kYear
	kNumber
	kPercent
	kDay
	kEd // words that are not in the lexicon, by their ends
	kIng
	kLy
	kS
	kLower
	kOther // scripts without capitals
	kEmoji
	kQuote
	kUnquote
	kOpen
	kShut
	kComma
	kColon
	kSemicolon
	kStop
	kBang
	kQuestion
	kDots
	kDash
	kDollar
	kAnd
	kMark // other punctuation
	kFurniture
	kClasses
)

// read cuts the view from its first start on into words, and within those
// where a start lies.
func (p *passage) read(starts []start) *reading {
	s := p.view.s
	from := len(s)
	if len(starts) > 0 {
		from = min(starts[0].at, p.tail())
	}
	n := (len(s)-from)/5 + 8
	r := &reading{words: make([]word, 0, n), sums: make([]tally, 1, n+1), tokens: make([]token, 0, n+n/2), at: make([]int32, 0, n+1)}
	seen := &seen{}
	seen.all(p.around[:max(0, min(p.self, len(p.around))-p.length)])
	seen.all(s[:from])
	names := p.names()
	for name := range names {
		r.known = r.known || seen.has(name)
	}
	next := 0
	initial := true
	for i := from; i < len(s); {
		var t tally
		c, n := utf8.DecodeRuneInString(s[i:])
		breaks, gap := 0, i
		for isBlank(c) {
			if c == '\n' {
				breaks++
			}
			if i += n; i == len(s) {
				break
			}
			c, n = utf8.DecodeRuneInString(s[i:])
		}
		if i == len(s) {
			break
		}
		if i > gap {
			t[mGap] = 1
		}
		switch {
		case breaks >= 4:
			t[mBreak4] = 1
		case breaks >= 2:
			t[mBreak2] = 1
		case breaks == 1:
			t[mBreak1] = 1
		}
		for next < len(starts) && starts[next].at <= i {
			next++
		}
		e := i + n
		for e < len(s) && (next == len(starts) || e < starts[next].at) {
			c, n := utf8.DecodeRuneInString(s[e:])
			if isBlank(c) {
				break
			}
			e += n
		}
		r.words = append(r.words, word{i, e, -1})
		r.at = append(r.at, int32(len(r.tokens)))
		initial = r.word(s[i:e], &t, initial || breaks > 0, names, seen)
		sum := r.sums[len(r.sums)-1]
		for k := range sum {
			sum[k] += t[k]
		}
		r.sums = append(r.sums, sum)
		i = e
	}
	r.at = append(r.at, int32(len(r.tokens)))
	r.link(s)
	return r
}

// link finds for each word that says something the last one with the same stem.
func (r *reading) link(s string) {
	const slots = 1 << 9
	var last [slots]int32
	var stems [slots]uint32
	for i := range r.words {
		w := &r.words[i]
		h, n, upper := uint32(2166136261), 0, false
		for _, c := range s[w.from:w.to] {
			if !isWordRune(c) {
				if n > 0 && (c == '\'' || c == '’') {
					break
				}
				continue
			}
			if n == 0 {
				upper = unicode.IsUpper(c)
			}
			if n++; n > 6 { // a stem, roughly
				break
			}
			h = (h ^ uint32(unicode.ToLower(c))) * 16777619
		}
		if n < 4 && !upper || n < 3 || n < 7 && function[strings.ToLower(strings.TrimFunc(s[w.from:w.to], func(r rune) bool { return !isWordRune(r) }))] {
			continue
		}
		slot := (h>>9 ^ h) & (slots - 1)
		if stems[slot] == h {
			w.again = last[slot] - 1
		}
		stems[slot], last[slot] = h, int32(i+1)
	}
}

// links counts the words i to j-1 that stood last among the words from a to b-1.
func (r *reading) links(i, j, a, b int) (n int) {
	for ; i < j; i++ {
		if k := int(r.words[i].again); a <= k && k < b {
			n++
		}
	}
	return n
}

// word reads one word, and tells whether a sentence begins behind it.
func (r *reading) word(w string, t *tally, initial bool, names map[string]bool, seen *seen) bool {
	t[mWord] = 1
	t[mWeight] = int16(min(1000, weightOf(w)))
	put := func(k token) { r.tokens = append(r.tokens, k) }
	if k := addressIn(w); k >= 0 {
		t[mAddress] = 1
		if strings.HasPrefix(w[k:], "pic.") {
			put(kPicture)
		} else {
			put(kAddress)
		}
		return true
	}
	switch {
	case strings.HasPrefix(w, "@"):
		t[mAt] = 1
		put(kAt)
		return strings.HasSuffix(w, ".") || strings.HasSuffix(w, ":")
	case strings.HasPrefix(w, ".@"):
		t[mAt] = 1
		put(kDotAt)
		return false
	case strings.HasPrefix(w, "#"):
		t[mHash] = 1
		put(kHash)
		return false
	}
	// Punctuation before, the word, punctuation behind.
	lo := strings.IndexFunc(w, isWordRune)
	hi := strings.LastIndexFunc(w, isWordRune)
	if lo < 0 {
		lo = len(w)
		hi = lo
	} else {
		_, n := utf8.DecodeRuneInString(w[hi:])
		hi += n
	}
	if r.punctuation(w[:lo], t, true) || strings.HasPrefix(w, "“") || strings.HasPrefix(w, `"`) {
		initial = true
	}
	if hi > lo {
		put(r.core(w[lo:hi], w, t, initial, names, seen))
	}
	ends := r.punctuation(w[hi:], t, false)
	if ends && !isAbbreviation(w) {
		t[mSentence] = 1
	}
	return ends && !isAbbreviation(w) || strings.HasSuffix(w, ":")
}

// punctuation reads the marks around a word, and tells whether a sentence ends
// with them.
func (r *reading) punctuation(s string, t *tally, before bool) (ends bool) {
	last := kNone
	for _, c := range s {
		k := kMark
		switch {
		case c == '“' || c == '«' || c == '„':
			k = kQuote
			t[mOpen]++
			t[mCurly]++
		case c == '”' || c == '»':
			k = kUnquote
			t[mShut]++
			t[mCurly]++
		case c == '"' || c == '\'' || c == '’' || c == '‘':
			k = kUnquote
			if before {
				k = kQuote
			}
			switch {
			case c == '"':
				t[mQuote]++
				t[mStraight]++
				if before {
					t[mOpen]++
				} else {
					t[mShut]++
				}
			case c == '\'':
				t[mStraight]++
			default:
				t[mCurly]++
			}
		case c == '(' || c == '[' || c == '{':
			k = kOpen
			t[mOpenParen]++
		case c == ')' || c == ']' || c == '}':
			k = kShut
			if c == ')' && last != kColon && last != kSemicolon && last != kDash {
				t[mShutParen]++
			}
		case c == ',' || c == '،' || c == '、':
			k = kComma
			t[mComma]++
		case c == ':':
			k = kColon
		case c == ';':
			k = kSemicolon
		case c == '!' || c == '！':
			k = kBang
			t[mBang]++
			ends = true
		case c == '?' || c == '？' || c == '؟':
			k = kQuestion
			t[mQuestion]++
			ends = true
		case c == '…':
			k = kDots
			ends = true
		case c == '.' || c == '。':
			k = kStop
			if last == kStop {
				k = kDots
				r.tokens[len(r.tokens)-1] = kDots
			}
			if last == kDots {
				k = kDots
			}
			ends = true
		case c == '-' || c == '–' || c == '—':
			k = kDash
		case c == '$' || c == '€' || c == '£':
			k = kDollar
		case c == '%':
			k = kPercent
		case c == '&' || c == '+':
			k = kAnd
			t[mShort]++
		case c > 0x2100:
			k = kEmoji
			t[mShort]++
		}
		if k != last {
			r.tokens = append(r.tokens, k)
		}
		last = k
	}
	return ends
}

// core reads a word without its punctuation.
func (r *reading) core(w, whole string, t *tally, initial bool, names map[string]bool, seen *seen) token {
	var buf [48]byte
	l := buf[:0]
	first, _ := utf8.DecodeRuneInString(w)
	for _, c := range w {
		if len(l) > len(buf)-4 {
			break
		}
		switch c {
		case '’':
			t[mCurly]++
			c = '\''
		case '\'':
			t[mStraight]++
		default:
			c = unicode.ToLower(c)
		}
		l = utf8.AppendRune(l, c)
	}
	old := seen.word(l)
	if !old {
		t[mNew] = 1
	}
	shout := isShout(w)
	if shout {
		t[mShout] = 1
	}
	if unicode.IsDigit(first) {
		t[mNumber] = 1
		if len(w) == 4 && (w[:2] == "20" || w[:2] == "19") {
			return kYear
		}
		return kNumber
	}
	stem := l
	if n := len(l); n > 2 && string(l[n-2:]) == "'s" {
		stem = l[:n-2]
	}
	upper := unicode.IsUpper(first)
	switch {
	case firstPerson[string(l)]:
		t[mI] = 1
	case secondPerson[string(l)]:
		t[mYou] = 1
	case thirdPerson[string(l)]:
		t[mHe] = 1
	case saying[string(l)]:
		t[mSaid] = 1
	case tweeting[string(l)]:
		t[mTweets] = 1
	case weekday[string(l)]:
		t[mDay] = 1
		return kDay
	case string(l) == "twitter":
		t[mTwitter] = 1
	case past[string(l)]:
		t[mPast] = 1
	case string(l) == "the" || string(l) == "a" || string(l) == "an":
		t[mArticle] = 1
	case len(l) > 4 && strings.HasSuffix(string(l), "ed"):
		t[mPast] = 1
	}
	if short[string(l)] {
		t[mShort]++
	}
	if furniture[string(l)] && !initial {
		t[mFurniture] = 1
	}
	if upper && len(names) > 0 && names[string(stem)] {
		t[mAuthor] = 1
		return kAuthor
	}
	if upper && !initial && !shout && len(l) > 1 {
		t[mName] = 1
		if old {
			t[mOld] = 1
		}
	}
	if k := words.words[string(l)]; k != 0 {
		return k
	}
	switch {
	case furniture[string(l)]:
		return kFurniture
	case shout:
		return kShout
	case upper && initial:
		return kInitial
	case upper && old:
		return kOldName
	case upper:
		return kName
	case isOther(first):
		return kOther
	case strings.HasSuffix(string(l), "ed"):
		return kEd
	case strings.HasSuffix(string(l), "ing"):
		return kIng
	case strings.HasSuffix(string(l), "ly"):
		return kLy
	case strings.HasSuffix(string(l), "s"):
		return kS
	}
	return kLower
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// addressIn is where in a word an address begins, or -1.
func addressIn(w string) int {
	if k := strings.Index(w, "://"); k >= 0 {
		return k
	}
	return strings.Index(w, "pic.twitter.com/")
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

func firstWords(s string) (string, string) {
	s = s[:min(len(s), 200)]
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

// seen is the words that stood earlier, as a set of their hashes.
type seen [1 << 9]uint32

// word adds a word in lower case, and tells whether it was there.
func (s *seen) word(w []byte) bool {
	h := uint32(2166136261)
	for _, c := range w {
		h = (h ^ uint32(c)) * 16777619
	}
	h ^= h >> 15
	slot, bit := &s[h>>5&uint32(len(s)-1)], uint32(1)<<(h&31)
	old := *slot&bit != 0
	*slot |= bit
	return old
}

// has tells whether a word was there.
func (s *seen) has(w string) bool {
	t := *s
	return t.word([]byte(w))
}

// all adds the words of a text.
func (s *seen) all(text string) {
	var buf [48]byte
	l := buf[:0]
	for i := 0; i <= len(text); i++ {
		c := byte(' ')
		if i < len(text) {
			c = text[i]
		}
		switch {
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80 && c != 0xe2 && !(len(text) > i+1 && c == 0xc2):
		case c == '\'' && len(l) > 0:
		case c == 0xe2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2] == 0x99 && len(l) > 0:
			c = '\''
			i += 2
		default:
			if c >= 0xe0 {
				i += 2
			}
			if len(l) > 0 {
				s.word(l)
				if n := len(l); n > 2 && l[n-2] == '\'' {
					s.word(l[:n-2])
				}
			}
			l = l[:0]
			continue
		}
		if len(l) < len(buf) {
			l = append(l, c)
		}
	}
}
