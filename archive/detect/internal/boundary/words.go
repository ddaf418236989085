package boundary

import (
	"bytes"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in boundary_test.go and features_test.go.

// reading is a passage that is cut into words once, with the places where its text may
// begin. The features ask how many names are in a stretch, how long it is, and so on.
// These are sums over words, so a reading keeps the sums from its beginning to each
// place.
type reading struct {
	p      *Passage
	limit  float64
	copies copies
	links  []Link   // the links of the passage that do not end before the current word
	names  []string // the words of the author's name that prose uses
	title  title    // the heading that the current word may be part of
	places []place  // the beginning, the places where the text may begin, and the end
	sums   sums     // over the words so far

	echo  []int32      // for each word the number of the last word with its stem, counted from 1; 0 if there is none
	stems [1 << 9]stem // the last word with each stem, by the hash of the stem
	gap   gap          // the current gap

	last    string // the word before or, if an edge is inside it, the part after that
	opens   bool   // last is the first word of its unit
	aside   bool   // last is in a sentence in parentheses
	related bool   // ... which links to another article: (RELATED: ...)
	initial bool   // the next word is capitalised whatever it is: a capital does not make it a name
}

// place is a place where the text may begin.
type place struct {
	at     int // its byte
	last   int // where the word before it ends
	word   int // how many words are before it
	edge   edge
	letter int // how many letters are before it
	title  title
	sums   sums // over the words before it
}

// title is the words of a heading before a place. In a text where every break became a
// space one of these words is the heading's last, and the text begins after it.
type title struct {
	from  int // its first byte; 0 if there is none
	words int // how many words are before it
}

// maxTitle is the greatest number of words in a heading.
const maxTitle = 9

// sums are sums over words: how many have each trait, and their length.
type sums struct {
	counts [traitCount]int16
	length int // as the service counts, with the blanks between the words
	units  int // how many units begin
}

// add adds a word's traits.
func (s *sums) add(t traits) {
	for ; t != 0; t &= t - 1 {
		s.counts[bits.TrailingZeros64(uint64(t))]++
	}
}

// n is how many words have one of the traits.
func (s *sums) n(t traits) int {
	n := 0
	for ; t != 0; t &= t - 1 {
		n += int(s.counts[bits.TrailingZeros64(uint64(t))])
	}
	return n
}

// minus is the sums over the words after b.
func (s *sums) minus(b *sums) sums {
	out := sums{length: s.length - b.length, units: s.units - b.units}
	for i := range out.counts {
		out.counts[i] = s.counts[i] - b.counts[i]
	}
	return out
}

// maxPlaces is how many places are candidates: the last ones.
const maxPlaces = 100

// read cuts a passage into words.
func (r *reading) read(p *Passage) {
	r.p, r.limit, r.links, r.names, r.places = p, LimitFor(p.Day), p.Links, appendNames(r.names[:0], p.Author), r.places[:0]
	r.echo = r.echo[:0]
	clear(r.stems[:])
	r.sums, r.title, r.last, r.opens, r.aside, r.initial = sums{}, title{}, "", true, false, true
	s := p.Text
	from := reachOf(s, r.limit)
	r.place(from, from, noEdge)
	i := skip(s, from)
	if w := s[i:wordEnd(s, i)]; w == "—" || w == "–" || w == "-" { // what is left of a lost tweet
		i = skip(s, i+len(w))
	}
	if from == 0 && p.Origin != Cut && i < len(s) && !strings.Contains(s[i:wordEnd(s, i)], "/status/") {
		r.place(i, 0, eStart)
	}
	for i < len(s) {
		end := wordEnd(s, i)
		lower := isLower(s[i:end]) && !r.inLink(end)
		if lower {
			r.lower(s[i:end])
		} else {
			r.chunk(i, end)
		}
		i = skip(s, end)
		switch {
		case i == len(s):
		case lower && i == end+1 && s[end] == ' ' && isSmall(rune(s[i])) && !r.opens && !r.aside && r.title.from == 0:
			r.sums.length++ // no text begins here: most gaps are such
		default:
			r.blanks(end, i)
		}
	}
	if n := len(r.places) - 1; n > maxPlaces {
		r.places = append(r.places[:1], r.places[1+n-maxPlaces:]...)
	}
	r.place(len(s), len(s), eEnd)
}

// skip is the end of the blanks at s[i:].
func skip(s string, i int) int {
	for i < len(s) {
		n := char.Blank(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// place adds a place.
func (r *reading) place(at, last int, e edge) {
	if reasons[e].ends {
		r.sums.units++
	}
	r.places = append(r.places, place{at: at, last: last, word: len(r.echo), edge: e, sums: r.sums, title: r.title})
}

// forget drops the places before here: another block ends here.
func (r *reading) forget() { r.places = r.places[:1] }

// chunk reads what is between two gaps: a word, or several words that were glued
// together.
func (r *reading) chunk(from, end int) {
	s := r.p.Text
	g := glue{layout: r.p.Layout}
	for k := from; k < end; {
		c, n := rune(s[k]), 1
		if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRuneInString(s[k:])
		}
		if k > from && !(isSmall(c) && isLetterOrDigit(g.prev)) {
			g.last, g.rest, g.first = s[from:k], s[k:], c
			if e := g.edge(); e != noEdge && !r.inLink(k) {
				r.word(from, s[from:k])
				if r.aside = r.aside && g.prev != ')'; !r.aside {
					r.opens = reasons[e].ends
					r.place(k, k, e)
				}
				from = k
			}
		}
		g.before, g.prev = g.prev, c
		k += n
	}
	r.word(from, s[from:end])
	r.last = s[from:end]
}

// inLink reports whether a byte is inside a link to another site. No text begins there.
func (r *reading) inLink(at int) bool {
	return len(r.links) > 0 && r.links[0].Start < at && at < r.links[0].End
}

func isLetterOrDigit(r rune) bool { return r < utf8.RuneSelf && folded[r] != 0 }

// blanks reads the blanks between two words.
func (r *reading) blanks(from, to int) {
	g := &r.gap // not a local variable: that would be allocated for the calls of the reasons
	r.gapAt(from, to)
	r.sums.length++
	switch {
	case g.breaks == 1:
		r.sums.add(tBreak)
	case g.breaks > 1:
		r.sums.add(tBreaks)
	}
	r.asides(g)
	g.link = r.passLinks(from)
	e, heading := r.edge(g), isHeading(g.last, r.opens)
	if heading || e == eItem || e == eFurniture || e == eAside && r.related {
		r.forget()
	}
	r.opens = reasons[e].ends || e == eUnquoted || e == eAbbreviation || g.last == "```"
	r.initial = r.initial || g.breaks > 0
	if e != noEdge && !heading && !r.aside && !r.inLink(to) && !g.excludes() {
		r.place(to, from, e)
	}
	switch {
	case heading && r.p.Layout >= OneLine:
		r.title = title{to, len(r.echo)}
	case reasons[e].ends || !r.inTitle():
		r.title = title{}
	}
}

// passLinks passes over the links that end at a byte or before it. It reports whether the
// last of them ends at that byte.
func (r *reading) passLinks(at int) (ends bool) {
	for len(r.links) > 0 && r.links[0].End <= at {
		ends = r.links[0].End == at
		r.links = r.links[1:]
	}
	return ends
}

// edge is why a text may begin after the gap. It uses what was read before the gap, too.
func (r *reading) edge(g *gap) edge {
	if r.opens && r.isItem(g.last) {
		return eItem
	}
	e := g.edge()
	if e == noEdge && r.inTitle() {
		return eTitle
	}
	return e
}

// inTitle reports whether the last word may belong to a heading.
func (r *reading) inTitle() bool {
	return r.title.from > 0 && len(r.echo)-r.title.words <= maxTitle
}

// gapAt fills r.gap with what is known of the gap.
func (r *reading) gapAt(from, to int) {
	s := r.p.Text
	g := &r.gap
	*g = gap{last: r.last, next: s[to:], blanks: 1, opens: r.opens}
	if to > from+1 || s[from] == '\n' {
		g.blanks, g.breaks = utf8.RuneCountInString(s[from:to]), strings.Count(s[from:to], "\n")
	}
	if g.breaks > 0 {
		g.line = from - strings.LastIndexByte(s[:from], '\n') - 1
	}
	n := 0
	g.prev, n = utf8.DecodeLastRuneInString(g.last)
	g.before, _ = utf8.DecodeLastRuneInString(g.last[:len(g.last)-n])
	g.first, _ = utf8.DecodeRuneInString(g.next)
}

// asides notes where a sentence in parentheses begins and ends.
func (r *reading) asides(g *gap) {
	if g.last[0] == '(' && r.opens {
		r.aside, r.related = true, false
	}
	if !r.aside {
		return
	}
	r.related = r.related || g.prev == ':' && isShout(g.last)
	g.aside = strings.HasSuffix(strings.TrimRight(g.last, ".,"), ")")
	r.aside = !g.aside
}

// word adds the traits of a word that begins at byte at.
func (r *reading) word(at int, w string) {
	r.echo = append(r.echo, 0)
	r.sums.length += min(1000, weightOf(w))
	t := tWord
	if len(r.links) > 0 && at <= r.links[0].Start && r.links[0].Start < at+len(w) {
		t |= tLink
	}
	switch {
	case addressIn(w) >= 0:
		t |= tAddress
		r.initial = true
	case w[0] == '@' || strings.HasPrefix(w, ".@"):
		t |= tMention
		r.initial = strings.HasSuffix(w, ".") || strings.HasSuffix(w, ":")
	case w[0] == '#' && strings.Trim(w, "#") == "":
		t |= tHeading
		r.initial = true
	case w[0] == '#':
		t |= tHashtag
		r.initial = false
	default:
		t |= r.plain(w)
		if w[0] >= utf8.RuneSelf {
			t |= politeness(w)
		}
	}
	r.sums.add(t)
}

func isLower(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

// plain is the traits of a word that is not a mention, a hashtag or an address.
func (r *reading) plain(w string) (t traits) {
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
	t |= marks(w[:lo], tOpens)
	initial := r.initial || t&(tOpens|tSentence) != 0
	if hi > lo {
		t |= r.core(w[lo:hi], initial)
	}
	after := marks(w[hi:], tCloses)
	if t = (t | after) &^ tSentence; after&tSentence != 0 && !isAbbreviation(w) {
		t |= tSentence
	}
	r.initial = t&tSentence != 0 || strings.HasSuffix(w, ":")
	return t
}

// marks is the traits that a word gets from the marks around it. A straight quotation
// mark opens before a word and closes after it.
func marks(s string, straight traits) (t traits) {
	for _, c := range s {
		switch c {
		case '“', '«', '„':
			t |= tOpens | tCurly
		case '”', '»':
			t |= tCloses | tCurly
		case '"':
			t |= straight | tStraight
		case '\'':
			t |= tStraight
		case '’', '‘':
			t |= tCurly
		case ',':
			t |= tComma
		case '!', '！':
			t |= tSentence
		case '?', '？', '؟':
			t |= tQuestion | tSentence
		case '.', '…', '。', '।':
			t |= tSentence
		case '&', '+':
			t |= tShort
		default:
			if c > 0x2100 {
				t |= tShort
			}
		}
	}
	return t
}

// core is the traits of a word without the marks around it.
func (r *reading) core(w string, initial bool) traits {
	var buf [longest]byte
	low := lowered(w, buf[:0])
	t := known[string(low)]
	if t == 0 && len(w) > 4 && strings.HasSuffix(w, "ed") {
		t = tPast
	}
	if len(low) > 3 && t&tFunction == 0 {
		r.stem(low[:min(len(low), stemLength)])
	}
	if strings.IndexByte(w, '\'') > 0 {
		t |= tStraight
	}
	if strings.Contains(w, "’") {
		t |= tCurly
	}
	if isCapitalised(w) {
		t |= r.proper(w, low, initial || t&tDay != 0)
	}
	return t
}

// lower reads a word of lower-case letters, as most words are.
func (r *reading) lower(w string) {
	r.last, r.initial = w, false
	r.echo = append(r.echo, 0)
	r.sums.length += min(1000, len(w))
	t := known[w]
	if t == 0 && len(w) > 4 && w[len(w)-2:] == "ed" {
		t = tPast
	}
	if len(w) > 3 && t&tFunction == 0 {
		var buf [stemLength]byte
		r.stem(buf[:copy(buf[:], w)])
	}
	r.sums.add(tWord | t)
}

// proper is the traits of a capitalised word as a name. initial is true if it has its
// capital for another reason.
func (r *reading) proper(w string, low []byte, initial bool) (t traits) {
	if len(w) > 2 && isShout(w) {
		t, initial = tShout, true
	}
	switch {
	case r.isName(low):
		t |= tAuthor
	case !initial && len(w) > 1:
		t |= tName
	}
	return t
}

// lowered is a word in lower case with straight apostrophes. It is in buf if it fits
// there.
func lowered(w string, buf []byte) []byte {
	for i := range len(w) {
		switch c := w[i]; {
		case c >= utf8.RuneSelf || i == cap(buf):
			return []byte(strings.ToLower(strings.ReplaceAll(w, "’", "'")))
		case 'A' <= c && c <= 'Z':
			buf = append(buf, c|0x20)
		default:
			buf = append(buf, c)
		}
	}
	return buf
}

// stem is the hash of a stem, and the last word with it, counted from 1.
type stem struct {
	hash uint32
	last int32
}

// stem notes the stem of the last word. If two stems share a slot the later one counts.
func (r *reading) stem(w []byte) {
	h := uint32(2166136261) // FNV-1a
	for _, c := range w {
		h = (h ^ uint32(c)) * 16777619
	}
	n := len(r.echo)
	slot := &r.stems[(h>>9^h)%uint32(len(r.stems))]
	if slot.hash == h {
		r.echo[n-1] = slot.last
	}
	*slot = stem{h, int32(n)}
}

// stemLength is how many bytes of a word make its stem, roughly.
const stemLength = 6

// echoes is how many words between a and b have a stem whose last word before is between
// c and d.
func (r *reading) echoes(a, b, c, d *place) float64 {
	n := 0
	for _, k := range r.echo[a.word:b.word] {
		if int(k) > c.word && int(k) <= d.word {
			n++
		}
	}
	return float64(n)
}

// appendNames appends the words of an author's name that prose uses.
func appendNames(names []string, author string) []string {
	for w := range strings.FieldsFuncSeq(strings.ToLower(author), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if len(w) > 3 && w != "news" && w != "show" && w != "president" && w != "house" {
			names = append(names, w)
		}
	}
	return names
}

// isName reports whether a word in lower case is one of the author's names.
func (r *reading) isName(w []byte) bool {
	w = bytes.TrimSuffix(w, []byte("'s"))
	for _, name := range r.names {
		if string(w) == name {
			return true
		}
	}
	return false
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return folded[r] != 0
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
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
