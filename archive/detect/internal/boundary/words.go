package boundary

import (
	"bytes"
	"strings"
	"tweetarc/archive/detect/internal/char"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// A passage is read word by word, once. What the features ask of a stretch of
// it (how many words, how many in the past tense, how long as the service
// counts) are sums over its words, so they are kept as sums from the beginning.

// trait is something that a word is, or holds so many of.
type trait uint8

const (
	mNothing trait = iota
	mWord
	mWeight    // length as the service counts it, the space before it apart
	mSentence  // ends a sentence
	mI         // first person
	mYou       // second person
	mSaid      // reports speech
	mTweets    // reports a tweet
	mTwitter   // names the service
	mDay       // a day of the week
	mPast      // past tense
	mHe        // third person
	mAuthor    // names the author
	mName      // capitalised within a sentence
	mOld       // ... and stood earlier in the article
	mNew       // no word that stood earlier in the article
	mArticle   // the, a, an
	mShort     // what saves characters: & w/ 2 for, emoji, no vowels
	mNumber    // a number in digits
	mComma     //
	mHash      // #
	mAt        // @
	mBang      // !
	mQuestion  // ?
	mShout     // in capitals
	mAddress   //
	mFurniture // a word of the page
	mStraight  // straight apostrophes and quotation marks
	mCurly     // curly ones
	mQuote     // straight quotation marks
	mOpen      // opening quotation marks
	mShut      // closing ones
	mHeading   // the mark of a heading: ##
	mLink      // a Markdown link
	mEnglish   // one of the words that English is full of
	mOther     // in another script than the Latin one
	mOpenParen
	mShutParen
	mGap    // is parted from the word before
	mBreak1 // ... by one line break
	mBreak2 // ... two or three
	mBreak4 // ... four or more
	traits
)

// tally is so much of each trait. Its length is a multiple of four.
type tally [(traits + 3) / 4 * 4]int16

// reading is a passage cut into words.
type reading struct {
	words []word
	links []int32  // for each word whose stem stood before, and that says something, the last word with it
	edges []edge   // at the first word, at each start, and behind the last word
	names []string // the words of the author's name by which prose calls them
	known bool     // they stand before the first word
	seen  seen     // the words that stood before
}

type word struct {
	from, to    int
	links       int32  // how many of the links are of words before it
	stem        uint32 // a hash of its first letters; 0 if it says nothing
	gap, breaks trait  // what parts it from the word before; mNothing if nothing does
	new         bool   // it stood nowhere earlier
}

// edge is a place between words, and the sum over the words before it.
type edge struct {
	word   int // the first behind it
	at     int // where that begins in the view; its end if there is none
	letter int // how many letters stand between the first edge and it; copies tells
	sum    tally
}

// to is the sum over the words from one edge to another.
// Four traits are subtracted at once: no sum is less at the end, so none borrows.
func (e *edge) to(end *edge) tally {
	type fours = [len(tally{}) / 4]uint64
	from, to := (*fours)(unsafe.Pointer(&e.sum)), (*fours)(unsafe.Pointer(&end.sum))
	var t fours
	for k := range t {
		t[k] = to[k] - from[k]
	}
	return *(*tally)(unsafe.Pointer(&t))
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

// kind is what there is to tell of a word.
type kind struct {
	trait                                                   trait
	short, furniture, function, breaking, connective, he, i bool
}

// kinds are the words of which there is something to tell.
var kinds = func() *lexicon {
	m := map[string]kind{"twitter": {trait: mTwitter}, "the": {trait: mArticle}, "a": {trait: mArticle}, "an": {trait: mArticle}}
	for _, k := range []struct {
		trait trait
		words *lexicon
	}{{mPast, past}, {mDay, weekday}, {mTweets, tweeting}, {mSaid, saying}, {mHe, thirdPerson}, {mYou, secondPerson}, {mI, firstPerson}} {
		for _, w := range k.words.words {
			m[w] = kind{trait: k.trait}
		}
	}
	flag := func(ws *lexicon, set func(k *kind)) {
		for _, w := range ws.words {
			k := m[w]
			set(&k)
			m[w] = k
		}
	}
	flag(short, func(k *kind) { k.short = true })
	flag(furniture, func(k *kind) { k.furniture = true })
	flag(function, func(k *kind) { k.function = true })
	flag(breaking, func(k *kind) { k.breaking = true })
	flag(connective, func(k *kind) { k.connective = true })
	flag(thirdPerson, func(k *kind) { k.he = true })
	flag(firstPerson, func(k *kind) { k.i = true })
	return newLexicon(m)
}()

// lexicon is a table of words, found by their hashes: a map would hash each
// word again, and take four times as long to tell that it has it not.
type lexicon struct {
	slots  []uint16 // for each hash one more than the place of its word; 0 if it has none
	words  []string
	kinds  []kind
	begins initials
}

func newLexicon(m map[string]kind) *lexicon {
	size := 1
	for size < 4*len(m) {
		size *= 2
	}
	x := &lexicon{slots: make([]uint16, size)}
	for w, k := range m {
		x.words, x.kinds = append(x.words, w), append(x.kinds, k)
		x.begins.add(w)
		at := hashOf([]byte(strings.ToLower(w)))
		for x.slots[at&uint32(size-1)] > 0 {
			at++
		}
		x.slots[at&uint32(size-1)] = uint16(len(x.words))
	}
	return x
}

func set(list string) *lexicon {
	m := map[string]kind{}
	for _, w := range strings.Fields(list) {
		m[w] = kind{}
	}
	return newLexicon(m)
}

// find is the place of the word w among the words, its hash in lower case being
// h; -1 if it is none of them.
func (x *lexicon) find(w []byte, h uint32) int {
	for mask := uint32(len(x.slots) - 1); ; h++ {
		i := int(x.slots[h&mask]) - 1
		if i < 0 || x.words[i] == string(w) {
			return i
		}
	}
}

// kind is what there is to tell of a word in lower case with the hash h.
func (x *lexicon) kind(w []byte, h uint32) *kind {
	if i := x.find(w, h); i >= 0 {
		return &x.kinds[i]
	}
	return &nothingKnown
}

var nothingKnown kind

// exactly tells whether w is one of the words.
func (x *lexicon) exactly(w string) bool {
	return x.begins.fit(w) && len(w) <= longest && x.find([]byte(w), hashOf([]byte(strings.ToLower(w)))) >= 0
}

// has tells whether w is one of the words, whatever its case.
func (x *lexicon) has(w string) bool {
	if !x.begins.fit(w) || len(w) > longest {
		return false
	}
	var buf [longest]byte
	l := buf[:len(w)]
	for i := range l {
		if l[i] = lower[w[i]]; l[i] >= utf8.RuneSelf {
			l = append(buf[:0], strings.ToLower(w)...)
			break
		}
	}
	return x.find(l, hashOf(l)) >= 0
}

// longest is more than the longest word of a lexicon has.
const longest = 32

// lower maps capitals to small letters, all else to itself.
var lower = func() (l [256]byte) {
	for c := range l {
		if l[c] = byte(c); 'A' <= c && c <= 'Z' {
			l[c] |= 0x20
		}
	}
	return l
}()

// initials are the first letters of the words of a set, for each length. Most
// words that are looked for are told apart by them.
type initials [16]uint32

func (x *initials) add(w string) { x[min(len(w), len(x)-1)] |= 1 << (w[0] & 31) }

// fit tells whether w, in any case, may be a word of the set.
func (x *initials) fit(w string) bool {
	if w == "" {
		return false
	}
	if x[min(len(w), len(x)-1)]&(1<<(w[0]&31)) != 0 {
		return true
	}
	for i := range len(w) {
		if w[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// LimitFor is how long a tweet of that day may be, in the service's weights:
// 140 until 2017-11-07, 280 since (embeds print no more of a longer one).
func LimitFor(day string) float64 {
	if day != "" && day < "2017-11-08" {
		return 140
	}
	return 280
}

// weightOf is a word's length as the service counts it: an address is 23,
// that of a picture nothing, and wide characters two.
func weightOf(w string) int {
	special := byte(0)
	for i := range len(w) {
		special |= unweighed[w[i]]
	}
	if special == 0 {
		return len(w)
	}
	n := 0
	if strings.IndexByte(w, '/') < 0 {
	} else if k := strings.Index(w, "://"); k >= 0 {
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

// unweighed are the bytes in whose words not each byte has the weight of one.
var unweighed = func() (u [256]byte) {
	u['/'] = 1
	for c := utf8.RuneSelf; c < len(u); c++ {
		u[c] = 1
	}
	return u
}()

// read cuts the view from its first start on into words, and within those
// where a start lies.
func (p *Passage) read(starts []start, r *reading) {
	s := p.Text
	from := len(s)
	if len(starts) > 0 {
		from = min(starts[0].at, p.near)
	}
	r.words, r.edges, r.known = r.words[:0], append(r.edges[:0], edge{at: len(s)}), false
	clear(r.seen[:])
	r.seen.all(p.Before)
	r.seen.all(s[:from])
	r.names = appendNames(r.names[:0], p.Author)
	for _, name := range r.names {
		r.known = r.known || r.seen.has(name)
	}
	var t tally
	next := 0
	initial := true
	for i := from; i < len(s); {
		breaks, gap := 0, i
		for i < len(s) && folded[s[i]] == 0 {
			n := 1
			if !char.IsSpace(s[i]) {
				if n = char.Blank(s, i); n == 0 {
					break
				}
			}
			if s[i] == '\n' {
				breaks++
			}
			i += n
		}
		if i == len(s) {
			break
		}
		begin, parted, broken := i, mNothing, mNothing
		if i > gap {
			parted = mGap
		}
		switch {
		case breaks >= 4:
			broken = mBreak4
		case breaks >= 2:
			broken = mBreak2
		case breaks == 1:
			broken = mBreak1
		}
		for next < len(starts) && starts[next].at <= i {
			r.edges = append(r.edges, edge{len(r.words), i, 0, t})
			next++
		}
		stop := len(s)
		if next < len(starts) {
			stop = starts[next].at
		}
		marks := folded[s[i]] == 0 // whether other than letters and digits are in it
		for i++; i < stop; i++ {
			if folded[s[i]] != 0 {
				continue
			}
			if char.IsSpace(s[i]) || s[i] >= utf8.RuneSelf && char.Blank(s, i) > 0 {
				break
			}
			marks = true
		}
		t[parted]++
		t[broken]++
		known := t[mNew]
		stem := uint32(0)
		if initial = initial || breaks > 0; marks {
			initial = t.word(s[begin:i], initial, r)
			stem = stemOf(s[begin:i])
		} else { // most
			t[mWord]++
			t[mWeight] += int16(min(1000, i-begin))
			stem = t.core(s[begin:i], initial, r)
			initial = false
		}
		r.words = append(r.words, word{})
		w := &r.words[len(r.words)-1]
		w.from, w.to, w.stem, w.gap, w.breaks, w.new = begin, i, stem, parted, broken, t[mNew] > known
	}
	for ; next <= len(starts); next++ {
		r.edges = append(r.edges, edge{len(r.words), len(s), 0, t})
	}
	if len(r.words) > 0 {
		r.edges[0].at = r.words[0].from
	}
	r.link()
}

// link finds for each word that says something the last one with the same stem.
func (r *reading) link() {
	const slots = 1 << 9
	var last [slots]int32
	r.links = r.links[:0]
	for i := range r.words {
		w := &r.words[i]
		w.links = int32(len(r.links))
		if w.stem == 0 {
			continue
		}
		slot := &last[(w.stem>>9^w.stem)%slots]
		if k := *slot - 1; k >= 0 && r.words[k].stem == w.stem {
			r.links = append(r.links, k)
		}
		*slot = int32(i + 1)
	}
}

// stemLength is how many letters make a stem, roughly.
const stemLength = 6

// stemOf is the stem of a word with what stands around it.
func stemOf(w string) uint32 {
	h, n, upper := uint32(hashBasis), 0, false
	for _, c := range w {
		low := rune(0)
		if c < utf8.RuneSelf {
			low = rune(folded[c])
		} else if isWordRune(c) {
			low = unicode.ToLower(c)
		}
		if low == 0 {
			if n > 0 && (c == '\'' || c == '’') {
				break
			}
			continue
		}
		if n == 0 {
			upper = unicode.IsUpper(c)
		}
		if n++; n > stemLength {
			break
		}
		h = (h ^ uint32(low)) * hashPrime
	}
	if n < 3 || n < 4 && !upper || n <= stemLength && function.has(strings.TrimFunc(w, func(r rune) bool { return !isWordRune(r) })) {
		return 0
	}
	return h
}

// linked counts the words i to j-1 that stood last among the words from a to b-1.
func (r *reading) linked(i, j, a, b int) float64 {
	n, from, width := 0, uint32(a), uint32(b-a)
	for _, k := range r.links[r.linksBefore(i):r.linksBefore(j)] {
		if uint32(k)-from < width {
			n++
		}
	}
	return float64(n)
}

// linksBefore is how many of the links are of words before i.
func (r *reading) linksBefore(i int) int {
	if i == len(r.words) {
		return len(r.links)
	}
	return int(r.words[i].links)
}

// word adds one word, and tells whether a sentence begins behind it.
func (t *tally) word(w string, initial bool, r *reading) bool {
	t[mWord]++
	t[mWeight] += int16(min(1000, weightOf(w)))
	switch {
	case addressIn(w) >= 0:
		if strings.Contains(w, "](") {
			t[mLink]++
		} else {
			t[mAddress]++
		}
		return true
	case w[0] == '@' || strings.HasPrefix(w, ".@"):
		t[mAt]++
		return strings.HasSuffix(w, ".") || strings.HasSuffix(w, ":")
	case w[0] == '#':
		if strings.Trim(w, "#") == "" {
			t[mHeading]++
			return true
		}
		t[mHash]++
		return false
	}
	// Punctuation before, the word, punctuation behind.
	lo, hi := 0, len(w)
	if folded[w[0]] == 0 {
		if lo = strings.IndexFunc(w, isWordRune); lo < 0 {
			lo = hi
		}
	}
	if lo < hi && folded[w[hi-1]] == 0 {
		hi = strings.LastIndexFunc(w, isWordRune)
		_, n := utf8.DecodeRuneInString(w[hi:])
		hi += n
	}
	if t.punctuation(w[:lo], true) || strings.HasPrefix(w, "“") || strings.HasPrefix(w, `"`) {
		initial = true
	}
	if hi > lo {
		t.core(w[lo:hi], initial, r)
	}
	ends := t.punctuation(w[hi:], false) && !isAbbreviation(w)
	if ends {
		t[mSentence]++
	}
	return ends || strings.HasSuffix(w, ":")
}

// punctuation reads the marks around a word, and tells whether a sentence ends
// with them.
func (t *tally) punctuation(s string, before bool) (ends bool) {
	last := rune(0)
	for _, c := range s {
		switch c {
		case '“', '«', '„':
			t[mOpen]++
			t[mCurly]++
		case '”', '»':
			t[mShut]++
			t[mCurly]++
		case '"':
			t[mQuote]++
			t[mStraight]++
			if before {
				t[mOpen]++
			} else {
				t[mShut]++
			}
		case '\'':
			t[mStraight]++
		case '’', '‘':
			t[mCurly]++
		case '(':
			t[mOpenParen]++
		case ')':
			if last != ':' && last != ';' && last != '-' { // a face
				t[mShutParen]++
			}
		case ',':
			t[mComma]++
		case '!', '！':
			t[mBang]++
			ends = true
		case '?', '？', '؟':
			t[mQuestion]++
			ends = true
		case '.', '…', '。':
			ends = true
		case '&', '+':
			t[mShort]++
		case '–', '—':
		default:
			if c > 0x2100 {
				t[mShort]++
			}
		}
		last = c
	}
	return ends
}

// core reads a word without its punctuation, and tells its stem if it has but
// letters and digits.
func (t *tally) core(w string, initial bool, r *reading) (stem uint32) {
	var buf [48]byte
	first, i, h := rune(w[0]), 0, uint32(hashBasis)
	for ; i < len(w) && i <= len(buf)-4 && folded[w[i]] != 0; i++ {
		if i == stemLength {
			stem = h
		}
		c := folded[w[i]]
		buf[i] = c
		h = (h ^ uint32(c)) * hashPrime
	}
	if stem == 0 && (i > 3 || i == 3 && w[0] <= 'Z' && w[0] >= 'A') {
		stem = h
	}
	l := buf[:i]
	if h = mixed(h); i < len(w) {
		first, _ = utf8.DecodeRuneInString(w)
		for _, c := range w[i:] {
			if len(l) > len(buf)-4 {
				break
			}
			switch c {
			case '’':
				t[mCurly]++
				c = '\''
			case '\'':
				t[mStraight]++
			}
			l = utf8.AppendRune(l, unicode.ToLower(c))
		}
		h = hashOf(l)
	}
	old := r.seen.add(h)
	if !old {
		t[mNew]++
	}
	small := 'a' <= first && first <= 'z' // most are
	shout := !small && len(w) > 2 && isShout(w)
	if shout {
		t[mShout]++
	}
	if !small && unicode.IsDigit(first) {
		t[mNumber]++
		return stem
	}
	k := kinds.kind(l, h)
	t[k.trait]++
	if k.trait == mNothing && len(l) > 4 && string(l[len(l)-2:]) == "ed" {
		t[mPast]++
	}
	if k.function && len(l) <= stemLength {
		stem = 0
	}
	if k.short {
		t[mShort]++
	}
	if k.function {
		t[mEnglish]++
	}
	if first >= 0x370 {
		t[mOther]++
	}
	if k.furniture && !initial {
		t[mFurniture]++
	}
	if small || !unicode.IsUpper(first) {
		return stem
	}
	if r.named(bytes.TrimSuffix(l, []byte("'s"))) {
		t[mAuthor]++
		return stem
	}
	if !initial && !shout && len(l) > 1 && k.trait != mDay {
		t[mName]++
		if old {
			t[mOld]++
		}
	}
	return stem
}

func isWordRune(r rune) bool {
	if r < 0x80 {
		return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// addressIn is where in a word an address begins, or -1.
func addressIn(w string) int {
	if strings.IndexByte(w, '/') < 0 {
		return -1
	}
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

// firstWord is the one that s begins with, secondWord the one behind it.
func firstWord(s string) string {
	s = s[:min(len(s), 200)]
	return s[:wordEnd(s, 0)]
}

func secondWord(s, first string) string {
	e := len(first)
	rest := strings.TrimLeftFunc(s[e:min(len(s), 200, e+80)], char.IsBlank)
	return rest[:wordEnd(rest, 0)]
}

// appendNames appends the words of an author's name by which prose calls them.
func appendNames(names []string, author string) []string {
	for w := range strings.FieldsFuncSeq(strings.ToLower(author), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if len(w) > 3 && w != "news" && w != "show" && w != "president" && w != "house" {
			names = append(names, w)
		}
	}
	return names
}

// named tells whether a word in lower case names the author.
func (r *reading) named(w []byte) bool {
	for _, name := range r.names {
		if string(w) == name {
			return true
		}
	}
	return false
}

// seen is the words that stood earlier, as a set of their hashes.
type seen [1 << 9]uint32

// add adds the word with such a hash, and tells whether it was there.
func (s *seen) add(h uint32) bool {
	slot, bit := &s[h>>5&uint32(len(s)-1)], uint32(1)<<(h&31)
	old := *slot&bit != 0
	*slot |= bit
	return old
}

// all adds the words of a text, and for each with an apostrophe before its last
// letter (the mayor's) the word without them.
func (s *seen) all(text string) {
	for i := 0; i < len(text); {
		h, from := uint32(hashBasis), i
		for ; i < len(text) && folded[text[i]] != 0; i++ {
			h = (h ^ uint32(folded[text[i]])) * hashPrime
		}
		switch {
		case i-from > mostOfWord || i < len(text) && (text[i] == '\'' || text[i] >= utf8.RuneSelf):
			i = from + s.addFirst(text[from:])
			continue
		case i > from:
			s.add(mixed(h))
		}
		i++
	}
}

// mostOfWord is how many bytes of a word are looked at.
const mostOfWord = 48

// addFirst adds the first word of a text, whatever is in it, and tells where
// the text goes on behind it.
func (s *seen) addFirst(text string) int {
	h, n := uint32(hashBasis), 0 // the word's hash so far, and how many bytes it has
	var h1, h2 uint32            // the hash one byte ago, and two
	var last, second byte        // the last byte, and the one before
	i := 0
	for ; i < len(text); i++ {
		c := folded[text[i]]
		if c == 0 {
			c = text[i]
			if c == 0xe2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2] == 0x99 && n > 0 {
				c = '\''
				i += 2
			} else if !(c >= 0x80 && c != 0xe2 && !(c == 0xc2 && i+1 < len(text)) || c == '\'' && n > 0) {
				if c >= 0xe0 {
					i += 2
				}
				break
			}
		}
		if n < mostOfWord {
			h2, h1, h = h1, h, (h^uint32(c))*hashPrime
			second, last = last, c
			n++
		}
	}
	if n > 0 {
		s.add(mixed(h))
	}
	if n > 2 && second == '\'' {
		s.add(mixed(h2))
	}
	return i + 1
}

const (
	hashBasis = 2166136261 // FNV-1a
	hashPrime = 16777619
)

func hashOf(w []byte) uint32 {
	h := uint32(hashBasis)
	for _, c := range w {
		h = (h ^ uint32(c)) * hashPrime
	}
	return mixed(h)
}

func mixed(h uint32) uint32 { return h ^ h>>15 }

// has tells whether a word was there.
func (s *seen) has(w string) bool {
	h := hashOf([]byte(w))
	return s[h>>5&uint32(len(s)-1)]&(1<<(h&31)) != 0
}
