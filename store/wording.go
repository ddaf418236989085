package store

import (
	"cmp"
	"encoding/hex"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// A wording is the variants of a block with the same ID, words and code of
// pic.twitter.com.
type wording struct {
	handle     string // in lower case; two handles with one hash would share a block
	id         string
	text       string // words or, if there are only links and emoji, the text
	words      string // of the variants, see prepare
	length     int    // number of characters in words
	looked     bool   // long, cut, stops, breaks, tags and codes are known, see look
	long       bool   // words are enough to be compared by trigrams
	begin, end bool   // a variant is sure of its beginning, and one of its end
	cut, stops bool   // all variants say that they were cut; one stops where a sentence does
	breaks     []int  // where in words the lines of variants end
	tags       int    // where in words the tags and mentions at the end begin; 0 if there are none
	grams      archive.Trigrams
	bits       [8]uint64 // one bit is set for each of grams
	overlong   bool
	media      string
	codes      []string
	found      []string // the words found, if a person said other words
	variants   []*variant
}

func (w *wording) exact() bool { return w.begin && w.end }

// trial280 is the day since which some users could write 280 characters. Characters of
// scripts without spaces count as two.
const trial280 = "2017-09-26"

// prepare computes words. If the text is longer than a tweet, prose before it was taken for
// its beginning or, after a header, prose after it for its end. Then words are the part
// that may be the tweet.
func (v *variant) prepare() {
	if v.words != "" || v.Text == "" {
		return
	}
	v.words = archive.Normalize(v.Text)
	limit, wide := 330, 2 // of 1,330 real tweets none was longer; longer posts are cut in embeds
	if d := day(&v.Tweet); d != "" && d < trial280 {
		limit, wide = 160, 1
	}
	if len(v.words) <= limit {
		return
	}
	characters, n := 0, 0
	for _, r := range v.words {
		characters++
		if n++; spaceless(r) {
			n += wide - 1
		}
	}
	if n > limit {
		v.overlong = true
		part := archive.Tail
		if begin, end := v.sure(); begin && !end {
			part = archive.Head
		}
		v.words = strings.TrimSpace(part(v.words, characters*limit/n))
	}
}

// wordingsOf groups variants into wordings, the shortest first, in an order that depends
// only on them.
func wordingsOf(variants []*variant) []*wording {
	type same struct{ handle, id, text, media string }
	at := map[same]*wording{}
	var all []*wording
	for _, v := range variants {
		v.prepare()
		k := same{strings.ToLower(v.Handle), v.ID, cmp.Or(v.words, strings.TrimSpace(v.Text)), v.media}
		w := at[k]
		if w == nil {
			w = &wording{handle: k.handle, id: v.ID, text: k.text, words: v.words, length: utf8.RuneCountInString(v.words), overlong: v.overlong, media: v.media}
			at[k] = w
			all = append(all, w)
		}
		w.add(v)
	}
	slices.SortFunc(all, func(a, b *wording) int {
		return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.text, b.text), cmp.Compare(a.media, b.media), cmp.Compare(a.id, b.id), cmp.Compare(a.handle, b.handle))
	})
	return all
}

func (w *wording) add(v *variant) {
	w.variants = append(w.variants, v)
	if v.by != "" {
		w.found = append(w.found, v.found)
	}
	begin, end := v.sure()
	w.begin, w.end = w.begin || begin, w.end || end
}

// look computes what only comparing needs. Most wordings are alone in their block, and not
// compared.
func (w *wording) look() {
	if w.looked {
		return
	}
	w.looked, w.long, w.cut = true, enough(w.words), true
	for _, v := range w.variants {
		w.lookAt(v)
	}
}

func (w *wording) lookAt(v *variant) {
	codes, _ := archive.LinkCodes(v.Text)
	w.codes = append(w.codes, codes...)
	cut, stops := ending(v.Text)
	w.cut, w.stops = w.cut && cut, w.stops || stops
	if n := len(archive.Normalize(untagged(v.Text))); n > 0 && n < len(w.words) && !v.overlong {
		w.tags = n
	}
	if strings.Contains(v.Text, "\n") {
		w.addBreaks(v)
	}
}

// addBreaks adds where in words the lines of a variant end.
func (w *wording) addBreaks(v *variant) {
	n := 0 // how far into words
	if whole := archive.Normalize(v.Text); v.overlong && strings.HasSuffix(whole, w.words) {
		n = len(w.words) - len(whole)
	}
	start := n
	for line := range strings.Lines(v.Text) {
		if line = archive.Normalize(line); line == "" {
			continue
		}
		if n > 0 && n < len(w.words) && w.words[n] == ' ' && !slices.Contains(w.breaks, n) {
			w.breaks = append(w.breaks, n)
		}
		if n > start {
			n++
		}
		n += len(line)
	}
}

// untagged is a text without the links, tags and mentions at its end: some extractors lose
// them.
func untagged(text string) string {
	for {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
		i := strings.LastIndexFunc(text, unicode.IsSpace) + 1
		if word := text[i:]; word == "" || !strings.ContainsAny(word[:1], "#@") && !archive.IsAddress(word) {
			return text
		}
		text = text[:i]
	}
}

// ending says whether a text shows that it was cut, by an ellipsis or by an address in the
// middle of a sentence, and else whether it stops where a sentence does: at a full stop or
// the like, an emoji, a tag or a mention.
func ending(text string) (cut, stops bool) {
	address := false
	words := strings.Fields(text)
	for len(words) > 0 && archive.IsAddress(words[len(words)-1]) {
		address = address || !strings.Contains(words[len(words)-1], "pic.twitter.com/")
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return false, true
	}
	last := strings.TrimRight(words[len(words)-1], "\"'”’»“)]}*_")
	if strings.HasSuffix(last, "…") || strings.HasSuffix(last, "...") {
		return true, false
	}
	r, _ := utf8.DecodeLastRuneInString(last)
	open := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) && r != '\ufe0f' || strings.ContainsRune(",;:-–—", r)
	stops = !open || strings.ContainsAny(last[:1], "#@")
	return address && !stops && r != ':', stops
}

// enough says whether normalised words are enough to be compared. A character of a script
// without spaces counts as two.
func enough(words string) bool {
	n := 0
	for _, r := range words {
		if n++; spaceless(r) {
			n++
		}
		if n >= archive.MinWords {
			return true
		}
	}
	return false
}

// KeyOf is the key of a tweet that has only this embed.
func KeyOf(e *archive.Embed) string {
	_, media := archive.LinkCodes(e.Text)
	c := clusters([]*variant{{Embed: *e, media: media}}, true)
	return c[0].key
}

// key is the key of a tweet without an ID that has this wording.
func (w *wording) key() string {
	v := w.variants[0]
	key := cmp.Or(day(&v.Tweet), "undated") + "/" + strings.ToLower(v.Handle) + "/"
	if w.text == "" {
		return key + "-"
	}
	sum := digest(w.text, w.media)
	return key + hex.EncodeToString(sum[:6])
}

func (w *wording) trigrams() archive.Trigrams {
	if w.grams == nil {
		w.grams = archive.TrigramsOf(w.words)
		for _, g := range w.grams {
			g *= 0x9e3779b97f4a7c15 // spreads the bits
			w.bits[g>>61] |= 1 << (g >> 55 & 63)
		}
	}
	return w.grams
}

// unlike says whether two wordings surely have so few trigrams in common that nothing can
// make them one tweet. For each bit that only the shorter one has, the longer one lacks a
// trigram.
func unlike(a, b *wording) bool {
	small, large := a, b
	if len(a.trigrams()) > len(b.trigrams()) {
		small, large = b, a
	}
	lacks := 0
	for i, x := range small.bits {
		lacks += bits.OnesCount64(x &^ large.bits[i])
	}
	return float64(len(small.grams)-lacks) < contradiction*float64(len(small.grams))
}

// These are added to the fit of wordings that are not only alike in their beginnings.
const (
	endsAlike = 0.25
	equal     = 0.5
	sameCode  = 0.5
)

// otherNumbers is the fit of wordings that are alike but have different numbers.
const otherNumbers = -1

// fit is how well two wordings of one author and day fit one tweet. Below
// archive.SameWords they do not.
func fit(a, b *wording) float64 {
	if a.handle != b.handle || a.text == "" || b.text == "" || a.media != b.media && a.media != "" && b.media != "" {
		return 0
	}
	if a.length > b.length {
		a, b = b, a
	}
	a.look()
	b.look()
	score := 0.0
	long := a.long && b.long
	switch {
	case a.text == b.text, b.words != "" && slices.Contains(a.found, b.words), a.words != "" && slices.Contains(b.found, a.words):
		score = 1 + equal
	case long:
		score = alike(a, b)
	}
	if 0 <= score && score < archive.SameWords && a.words != "" {
		score = max(score, a.asLines(b), b.asLines(a))
	}
	// An author may link to one page, or show one picture, twice on a day. So a common code
	// does not count if there are enough words and they are not alike. But if the words end
	// alike, it is one tweet with different prose before it.
	if score >= 0 && slices.ContainsFunc(a.codes, func(c string) bool { return slices.Contains(b.codes, c) }) &&
		((!long || score >= contradiction) && archive.SameNumbers(a.words, b.words) || endAlike(a, b)) {
		score = max(score, archive.SameWords) + sameCode
	}
	return score
}

// endAlike says whether two flattened texts may be one text with different prose before it.
func endAlike(a, b *wording) bool {
	return !a.begin && !b.begin && a.end && b.end && enough(a.words[len(a.words)-common(a.words, b.words):])
}

// alike is how much of a, the shorter of two texts, b has: as a whole, as its end or as its
// beginning. It is 0 if b only quotes a in its middle, or if the rest of b shows that they
// are two tweets. It is otherNumbers if their numbers differ.
func alike(a, b *wording) float64 {
	if unlike(a, b) {
		return 0
	}
	c := archive.Containment(a.trigrams(), b.trigrams())
	if c < archive.SameWords {
		return c
	}
	const ending = 60 // characters at the end that are surely no prose
	if (a.overlong || b.overlong) && a.end && b.end && archive.Containment(archive.TrigramsOf(archive.Tail(a.words, ending)), archive.TrigramsOf(archive.Tail(b.words, ending))) < archive.SameWords {
		return 0
	}
	n := a.length + a.length/8 + 2
	has := func(part string) bool {
		c = archive.Containment(a.trigrams(), archive.TrigramsOf(part))
		return c >= archive.SameWords
	}
	part, better, one := b.words, endsAlike, true
	switch goesOn := strings.HasPrefix(b.words, a.words) && b.words[len(a.words)] == ' '; {
	case b.length <= n && !(goesOn && a.stops):
	case !goesOn && has(archive.Tail(b.words, n)):
		part, one = archive.Tail(b.words, n), !a.begin || !b.begin
	case has(archive.Head(b.words, n)):
		part, better, one = archive.Head(b.words, n), 0, a.cut || !a.exact() && !b.exact() && !a.stops || a.firstPart(b)
	default:
		return 0
	}
	switch {
	case !archive.SameNumbers(a.words, part):
		return otherNumbers
	case !one:
		return 0
	}
	return c + better
}

// firstPart says whether a wording is the first lines of a longer one, or all of it except
// its tags, and one of the two is not sure of its end.
func (w *wording) firstPart(of *wording) bool {
	return !(w.exact() && of.end) && (of.tags > 0 && w.has(of.words[:of.tags]) || slices.ContainsFunc(of.breaks, func(i int) bool { return w.has(of.words[:i]) }))
}

// has says whether a wording is about as long as words, and alike.
func (w *wording) has(words string) bool {
	n := utf8.RuneCountInString(words)
	return max(n, w.length)-min(n, w.length) <= w.length/8+2 && archive.Containment(w.trigrams(), archive.TrigramsOf(words)) >= archive.SameWords
}

// asLines is the fit of a wording that, word for word, is the first lines of another, or
// ends with them, or is its last lines.
func (w *wording) asLines(of *wording) float64 {
	for _, i := range of.breaks {
		first, last := of.words[:i], of.words[i+1:]
		switch {
		case last == w.words && !of.begin && w.exact():
			return archive.SameWords + endsAlike
		case w.exact() && of.end:
		case first == w.words && (w.long || w.exact()), !w.begin && enough(first) && strings.HasSuffix(w.words, " "+first):
			return archive.SameWords
		}
	}
	return 0
}

// contradiction is the containment below which two texts are two tweets, whatever their
// codes are.
const contradiction = 0.6
