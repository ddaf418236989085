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

// A wording is the variants of a cluster that have the same words and the same
// pic.twitter.com code.
type wording struct {
	handle     string // lower case; two may have one hash, and so one block
	id         string
	text       string // words, or where these are links and emoji alone, the text
	words      string // archive.Normalize(Text)
	length     int    // characters of words
	looked     bool   // the next five are known, see look
	long       bool   // words are enough to be compared by their trigrams
	begin, end bool   // of its beginning, of its end a variant is sure
	cut, stops bool   // all say that they were cut; one stops where a sentence does
	breaks     []int  // where in words the lines of variants end
	tags       int    // where the tags and mentions begin with which it ends, 0 if it has none
	grams      archive.Trigrams
	bits       [8]uint64 // of each of grams one is set
	overlong   bool
	media      string
	codes      []string
	found      []string // words in place of which a person said these
	variants   []*variant
}

func (w *wording) exact() bool { return w.begin && w.end }

// trial280 is the day since when some could write 280 characters, of which those of
// scripts without spaces count as two.
const trial280 = "2017-09-26"

// prepare computes what comparing needs. Of a text that is longer than tweets
// are, because prose before it was taken for its beginning (or, behind a header,
// after it for its end), the part counts that a tweet could be.
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

// wordingsOf groups variants, in an order that depends on them alone: the
// shorter first.
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

// look finds out what comparing needs; most wordings are alone in their block.
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
	if !strings.Contains(v.Text, "\n") {
		return
	}
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

// untagged is a text without the links, tags and mentions at its end, which some
// extractors lose.
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

// ending tells whether a text says that it was cut, by an ellipsis or by an
// address in the middle of a sentence, and else whether it stops where a sentence
// does: at a full stop or the like, an emoji, a tag or a mention.
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

// enough tells whether normalised words are enough to be compared; a character
// of a script without spaces says as much as two others.
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

// KeyOf is the key of a tweet that has this embed alone.
func KeyOf(e *archive.Embed) string {
	_, media := archive.LinkCodes(e.Text)
	c := clusters([]*variant{{Embed: *e, media: media}}, true)
	return c[0].key
}

// key names the tweet of a wording without an ID.
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
			g *= 0x9e3779b97f4a7c15 // spreads them
			w.bits[g>>61] |= 1 << (g >> 55 & 63)
		}
	}
	return w.grams
}

// unlike tells whether two wordings surely share so few trigrams that nothing makes them
// one tweet: for each bit that only the shorter one has the longer lacks a trigram.
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

// How much better than beginnings that are alike (0.8 to 1) others fit.
const (
	endsAlike = 0.25
	equal     = 0.5
	sameCode  = 0.5
)

// otherNumbers is the fit of wordings that are alike in all but their numbers.
const otherNumbers = -1

// fit tells how well two wordings of one author and day fit one tweet: below
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
	// Words that are not alike contradict the code, if there are enough of them:
	// an author may link to one page, or show one picture, twice on a day.
	// But it is one tweet, with other prose before it, if they end alike.
	if score >= 0 && slices.ContainsFunc(a.codes, func(c string) bool { return slices.Contains(b.codes, c) }) &&
		((!long || score >= contradiction) && archive.SameNumbers(a.words, b.words) || endAlike(a, b)) {
		score = max(score, archive.SameWords) + sameCode
	}
	return score
}

// endAlike tells whether flattened texts may be one, each with prose of its own
// before it.
func endAlike(a, b *wording) bool {
	return !a.begin && !b.begin && a.end && b.end && enough(a.words[len(a.words)-common(a.words, b.words):])
}

// alike is how much of the shorter of two texts the longer one has: as a whole,
// as its end or as its beginning. It is 0 where the longer one quotes it in its
// middle, or where they are two tweets by what is left, and otherNumbers where
// these differ.
func alike(a, b *wording) float64 {
	if unlike(a, b) {
		return 0
	}
	c := archive.Containment(a.trigrams(), b.trigrams())
	if c < archive.SameWords {
		return c
	}
	const ending = 60 // of two texts with prose before them, the part that is surely theirs
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

// firstPart tells whether a wording is the first lines of a longer one, or all of
// it but its tags, and one of the two not sure of its end.
func (w *wording) firstPart(of *wording) bool {
	return !(w.exact() && of.end) && (of.tags > 0 && w.has(of.words[:of.tags]) || slices.ContainsFunc(of.breaks, func(i int) bool { return w.has(of.words[:i]) }))
}

// has tells whether a wording is about as long as words, and alike.
func (w *wording) has(words string) bool {
	n := utf8.RuneCountInString(words)
	return max(n, w.length)-min(n, w.length) <= w.length/8+2 && archive.Containment(w.trigrams(), archive.TrigramsOf(words)) >= archive.SameWords
}

// asLines is the fit of a wording that is the first lines of another, or ends
// with them, or is its last lines, word for word.
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

// contradiction is the containment below which words say that it is another
// tweet, whatever codes say.
const contradiction = 0.6
