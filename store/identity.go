package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tweetarc/archive"
)

// Embeds are sightings; a tweet is what sightings share. Which sightings are one
// tweet, and which words it has, follows from the set of sightings, never from
// their order, and from the best evidence, never from the longest copy.
//
// What a sighting knows of its words depends on its form. Markup has borders of
// its own: it is sure of both ends of the text. A flattened text that its
// attribution follows (text) is sure of its end and guesses its beginning. Where
// the name comes first (header, widget, frame) the beginning is sure and the end
// a guess. A wording is exact if its sightings are sure of both.
//
//  1. The same status ID is the same tweet, different IDs are different tweets.
//  2. Sightings of one author (handle, case aside) on one day form a block. In
//     it a sighting without an ID joins the tweet with an ID whose words it has,
//     or else the other sightings without an ID that have them. Of several it
//     joins the one that it fits best, by archive.BestBy, or none. Two wordings
//     are one tweet if
//     - they are alike from beginning to end,
//     - one is the end of the other, and either of them guesses its beginning,
//     - one is the beginning of the other and says that it was cut, or neither is
//       exact and it does not stop where a sentence does,
//     - one is the first lines of the other, and one of them is not sure of its
//       end: extractors move the attribution after the first line, and add lines
//       of the page to a text whose end is a guess, or
//     - they have a t.co or pic.twitter.com code in common, and their words do
//       not contradict that.
//     A text that begins like another and goes on is another tweet. So is one
//     that has other numbers (bots count, threads too), or another code of
//     pic.twitter.com. Alike are words of which archive.SameWords trigrams are
//     the same, so that what extractors damage does not count. Few words
//     (archive.MinWords) are alike only if they are equal.
//  3. What is left without an ID joins sightings of the same pic.twitter.com
//     code and words under another handle (a renamed account), or without a day.
//
// The words of a tweet are those of its most complete markup, or else the
// flattened ones that are surest; see merge.
//
// A sighting without ID and words, its text lost, is a tweet of its own for
// author and day. Where the day is not known, or an author has more than
// crowded wordings on a day, only equal words join.
//
// So adding a sighting needs its block alone, and the blocks that share its
// pic.twitter.com code.

// crowded is the number of sightings that differ from which on a block is no
// longer compared pair by pair, which would take quadratic time.
const crowded = 1000

// popular is the number of blocks from which on a pic.twitter.com code, copied
// by everybody, tells nothing about them.
const popular = 50

// A variant is all that sightings which differ only in their place share. What
// a tweet is follows from its variants.
type variant struct {
	archive.Embed       // Start, End not set
	embed         int64 // row of one such sighting; 0 before it is inserted
	block         int64 // see blockOf
	hash          int64 // see variantOf
	media         string
	tweet         int64 // row of its tweet; 0 before it is known
	words         string
	overlong      bool // words are only a part of them
}

// sure says of which of its ends a text is sure, by its form.
func sure(f archive.Form) (begin, end bool) {
	switch f {
	case archive.FormText:
		return false, true
	case archive.FormHeader, archive.FormWidget, archive.FormFrame:
		return true, false
	case archive.FormLink:
		return false, false
	}
	return true, true // markup
}

// exact tells whether the sighting has its words from markup.
func (v *variant) exact() bool {
	begin, end := sure(v.Form)
	return v.Text != "" && begin && end
}

// day is the day of a sighting: its ID's where that tells it.
func day(t *archive.Tweet) string {
	if at, ok := archive.StatusTime(t.ID); ok {
		return at.Format("2006-01-02")
	}
	return t.Date
}

// blockOf is the number of a tweet's block: the day in the upper bits, so that
// what is archived together lies together in the index, and below it 47 bits of
// the handle's hash. The day is 0 where it is not known, the whole without a
// handle: then only the ID tells.
func blockOf(t *archive.Tweet) int64 {
	if t.Handle == "" {
		return 0
	}
	var days int64
	if d, err := time.Parse(time.DateOnly, day(t)); err == nil {
		days = min(d.Unix()/(24*60*60), 1<<16-1)
	}
	return days<<47 | hash(strings.ToLower(t.Handle))&(1<<47-1)
}

// paired tells whether the sightings of a block are compared with each other.
func paired(block int64) bool { return block>>47 != 0 }

// variantOf is the hash of everything that may make a difference to the tweet.
func variantOf(e *archive.Embed) int64 {
	parts := []string{e.ID, e.Author, e.Handle, e.Date, formatTime(e.At), e.Text, string(e.Form), formatNumber(e.Confidence)}
	for _, l := range e.Links {
		parts = append(parts, l.Shown, l.URL, l.Target)
	}
	return hash(parts...)
}

func hash(parts ...string) int64 {
	sum := digest(parts...)
	return int64(binary.LittleEndian.Uint64(sum[:]))
}

// digest is a SHA-256, so that nobody can make two texts that collide.
func digest(parts ...string) [sha256.Size]byte {
	n := 0
	for _, p := range parts {
		n += len(p) + 4
	}
	b := make([]byte, 0, n)
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

// A cluster is the variants of one block that are one tweet.
type cluster struct {
	id       string // "" where none is known
	key      string // the tweet's, see schema.sql
	block    int64
	media    string // of its codes of pic.twitter.com the first, "" without one
	wordings []*wording
}

// A wording is the variants of a cluster that have the same words and the same
// pic.twitter.com code.
type wording struct {
	handle     string // lower case; two may have one hash, and so one block
	id         string
	text       string // words, or where these are links and emoji alone, the text
	words      string // archive.Normalize(Text)
	length     int    // characters of words
	long       bool   // words are enough to be compared by their trigrams
	begin, end bool   // of its beginning, of its end a variant is sure
	cut, stops bool   // all say that they were cut; one stops where a sentence does
	breaks     []int  // where in words the lines of variants end
	tags       int    // where the tags and mentions begin with which it ends, 0 if it has none
	grams      archive.Trigrams
	overlong   bool
	media      string
	codes      []string
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
		if begin, end := sure(v.Form); begin && !end {
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
			w = &wording{handle: k.handle, id: v.ID, text: k.text, words: v.words, length: utf8.RuneCountInString(v.words), long: enough(v.words), cut: true, overlong: v.overlong, media: v.media}
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
	codes, _ := archive.LinkCodes(v.Text)
	w.codes = append(w.codes, codes...)
	begin, end := sure(v.Form)
	w.begin, w.end = w.begin || begin, w.end || end
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
	}
	return w.grams
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
	score := 0.0
	long := a.long && b.long
	switch {
	case a.text == b.text:
		score = 1 + equal
	case long:
		score = alike(a, b)
	}
	if 0 <= score && score < archive.SameWords && a.words != "" {
		score = max(score, a.asLines(b), b.asLines(a))
	}
	// Words that are not alike contradict the code, if there are enough of them:
	// an author may link to one page, or show one picture, twice on a day.
	if score >= 0 && (!long || score >= contradiction) && slices.ContainsFunc(a.codes, func(c string) bool { return slices.Contains(b.codes, c) }) && archive.SameNumbers(a.words, b.words) {
		score = max(score, archive.SameWords) + sameCode
	}
	return score
}

// alike is how much of the shorter of two texts the longer one has: as a whole,
// as its end or as its beginning. It is 0 where the longer one quotes it in its
// middle, or where they are two tweets by what is left, and otherNumbers where
// these differ.
func alike(a, b *wording) float64 {
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

// clusters divides a block, given as all of its variants, into tweets. It is
// rule 2, and depends on the set of variants alone. With exact, only equal
// wordings are one tweet.
func clusters(block []*variant, exact bool) []*cluster {
	var known, free []*cluster
	byID := map[string]*cluster{}
	byKey := map[string]*cluster{}
	var torn []*cluster
	var open []*wording
	for _, w := range wordingsOf(block) {
		switch {
		case w.id != "":
			at := w.id
			if exact { // its other codes may not be loaded
				at += " " + w.media
			}
			c := byID[at]
			if c == nil {
				c = &cluster{id: w.id, key: w.id}
				byID[at] = c
				known = append(known, c)
			}
			c.wordings = append(c.wordings, w)
		case exact || w.text == "":
			key := w.key()
			c := byKey[key]
			if c == nil {
				c = &cluster{key: key}
				byKey[key] = c
				torn = append(torn, c)
			}
			c.wordings = append(c.wordings, w)
		default:
			open = append(open, w)
		}
	}
	joins := make([]*cluster, len(open))
	for i, w := range open {
		c, best := w.best(known)
		switch {
		case c != nil:
			joins[i] = c
		case best >= archive.SameWords: // of two tweets with IDs alike: nobody knows which
			torn = append(torn, &cluster{key: w.key(), wordings: []*wording{w}})
		default:
			if c, _ := w.best(free); c != nil {
				c.wordings = append(c.wordings, w)
				c.key = min(c.key, w.key())
			} else {
				free = append(free, &cluster{key: w.key(), wordings: []*wording{w}})
			}
		}
	}
	for i, c := range joins { // only now, so that what comes first does not matter
		switch w := open[i]; {
		case c == nil:
		case w.contradicted(open, func(j int) bool { return joins[j] == c }): // nobody knows which of them it is
			torn = append(torn, &cluster{key: w.key(), wordings: []*wording{w}})
		default:
			c.wordings = append(c.wordings, w)
		}
	}
	free = sameTweets(free)
	// The text with the ID may be the damaged one: what does not have its words
	// may have those of another sighting that has.
	var apart []*cluster
	joined := make([]*cluster, len(free))
	for i, f := range free {
		if joined[i], _ = f.best(known); joined[i] == nil {
			apart = append(apart, f)
		}
	}
	for i, c := range joined {
		if c != nil {
			c.wordings = append(c.wordings, free[i].wordings...)
		}
	}
	all := slices.Concat(known, apart, torn)
	for _, c := range all {
		c.block = block[0].block
		for _, w := range c.wordings {
			if w.media != "" && (c.media == "" || w.media < c.media) {
				c.media = w.media
			}
		}
	}
	return all
}

// sameTweets joins clusters of a text's first lines with those of its rest, which
// have taken the whole.
func sameTweets(free []*cluster) (whole []*cluster) {
	for i, f := range free {
		var among []*cluster
		for _, k := range slices.Concat(whole, free[i+1:]) {
			if f.asLines(k) {
				among = append(among, k)
			}
		}
		if k, _ := f.best(among); k != nil {
			k.wordings = append(k.wordings, f.wordings...)
			k.key = min(k.key, f.key)
		} else {
			whole = append(whole, f)
		}
	}
	return whole
}

func (f *cluster) asLines(k *cluster) bool {
	return slices.ContainsFunc(f.wordings, func(w *wording) bool {
		return slices.ContainsFunc(k.wordings, func(m *wording) bool { return w.asLines(m) > 0 })
	})
}

// contradicted tells whether one of the others has other numbers.
func (w *wording) contradicted(others []*wording, among func(int) bool) bool {
	for i, o := range others {
		if among(i) && !archive.SameNumbers(w.words, o.words) && fit(w, o) == otherNumbers {
			return true
		}
	}
	return false
}

// best is the cluster that the wording fits, and how well; nil where none fits,
// or none better than all others.
func (w *wording) best(among []*cluster) (*cluster, float64) {
	return (&cluster{wordings: []*wording{w}}).best(among)
}

func (f *cluster) best(among []*cluster) (*cluster, float64) {
	var c *cluster
	var best, second float64
	for _, k := range among {
		score := f.fit(k)
		if score > best {
			c, best, second = k, score, best
		} else {
			second = max(second, score)
		}
	}
	if best < archive.SameWords || best-second < archive.BestBy {
		return nil, best
	}
	return c, best
}

// fit is that of the wordings that fit best, or 0 where some contradict each
// other.
func (f *cluster) fit(k *cluster) float64 {
	best := 0.0
	for _, w := range f.wordings {
		for _, m := range k.wordings {
			score := fit(w, m)
			if score == otherNumbers {
				return 0
			}
			best = max(best, score)
		}
	}
	return best
}

// rename is rule 3: of the clusters of several blocks that share a code of
// pic.twitter.com it gives those that are one tweet one key.
func rename(sharing []*cluster) {
	slices.SortFunc(sharing, func(a, b *cluster) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.block, b.block)) })
	var free []*cluster
	keys := map[*cluster]string{}
	for _, c := range sharing {
		if c.id != "" {
			continue
		}
		id, several := "", false
		for _, k := range sharing {
			if k.id != "" && k.id != id && c.renamed(k) {
				several = id != ""
				id = k.id
			}
		}
		switch {
		case id == "":
			free = append(free, c)
		case !several:
			keys[c] = id
		}
	}
	// The free ones that fit each other, directly or by way of others, take the
	// first of their keys; they are sorted by it.
	for i, c := range free {
		if _, ok := keys[c]; ok {
			continue
		}
		group := []*cluster{c}
		keys[c] = c.key
		for len(group) > 0 {
			g := group[0]
			group = group[1:]
			for _, k := range free[i+1:] {
				if _, ok := keys[k]; !ok && g.renamed(k) {
					keys[k] = c.key
					group = append(group, k)
				}
			}
		}
	}
	for c, key := range keys {
		c.key = key
	}
}

// renamed tells whether clusters of two blocks that share a code are one tweet.
func (c *cluster) renamed(k *cluster) bool {
	a, b := c.wordings[0].variants[0], k.wordings[0].variants[0]
	if da, db := day(&a.Tweet), day(&b.Tweet); c.block == k.block || da != db && da != "" && db != "" {
		return false
	}
	sameHandle := strings.EqualFold(a.Handle, b.Handle)
	for _, v := range c.wordings {
		for _, w := range k.wordings {
			long := v.long && w.long
			alike := 0.0
			if long && archive.SameNumbers(v.words, w.words) {
				alike = archive.Containment(v.trigrams(), w.trigrams())
			}
			switch {
			case v.words != "" && v.words == w.words, alike >= archive.SameWords:
				return true
			case sameHandle && (!long || alike >= contradiction):
				return true
			}
		}
	}
	return false
}

// merge is the tweet that variants are sightings of, and how sure it is that the
// text is the tweet's. The text is that of the most complete markup. Without
// markup it is the flattened text that is surest, and then the one that most
// variants have. Each other field is that of the best variant that has it.
//
// Markup is as sure as it says itself, whatever flattened copies add before the
// words or lose. Variants with the same words confirm each other: it is the doubt
// that all of them err that is left. No doubt is left where a variant that is sure
// of the beginning has the words of one that is sure of the end.
func merge(variants []*variant) (t archive.Tweet, confidence float64) {
	byWords := map[string]*agreement{}
	var ended []string               // words of which the end is sure
	slices.SortFunc(variants, total) // products of floating point depend on the order
	on := func(v *variant) *agreement { return byWords[strings.ReplaceAll(v.words, " ", "")] }
	for _, v := range variants {
		v.prepare()
		if on(v) == nil { // extractors lose the space at a line break
			byWords[strings.ReplaceAll(v.words, " ", "")] = &agreement{doubt: 1}
		}
		on(v).add(v)
		if _, end := sure(v.Form); end {
			ended = append(ended, v.words)
		}
	}
	slices.Sort(ended)
	rank := func(v *variant) int {
		r := rank(v)
		if i, _ := slices.BinarySearch(ended, v.words+" "); r == flattened && i < len(ended) && strings.HasPrefix(ended[i], v.words+" ") {
			r = partly
		}
		return r
	}
	slices.SortStableFunc(variants, func(a, b *variant) int {
		in := rank(a)
		if c := cmp.Compare(rank(b), in); c != 0 {
			return c
		}
		x, y := on(a), on(b)
		longer, surer := -cmp.Compare(len(a.words), len(b.words)), cmp.Or(-cmp.Compare(x.best, y.best), cmp.Compare(x.doubt, y.doubt))
		if in < cutMarkup { // a longer one has more of the prose around it, too
			longer, surer = surer, longer
		}
		return cmp.Or(longer, surer, -cmp.Compare(a.Confidence, b.Confidence), -cmp.Compare(len(a.Text), len(b.Text)))
	})
	for _, v := range variants {
		t.ID = cmp.Or(t.ID, v.ID)
		t.Author = cmp.Or(t.Author, v.Author)
		t.Handle = cmp.Or(t.Handle, v.Handle)
		t.Date = cmp.Or(t.Date, v.Date)
		t.Text = cmp.Or(t.Text, v.Text)
		if t.At.IsZero() {
			t.At = v.At
		}
	}
	if at, ok := archive.StatusTime(t.ID); ok {
		t.At, t.Date = at, at.Format("2006-01-02")
	}
	if t.Text != "" {
		confidence = math.Round(100*max(1-on(variants[0]).doubt, on(variants[0]).best)) / 100
	}
	return t, confidence
}

// An agreement is the variants of a tweet that have the same words.
type agreement struct {
	best       float64 // of their confidences
	doubt      float64 // 0 to 1, that none of them has the text's borders
	begin, end bool    // one of them is sure of its beginning, of its end
}

func (a *agreement) add(v *variant) {
	begin, end := sure(v.Form)
	a.begin, a.end = a.begin || begin, a.end || end
	a.best = max(a.best, v.Confidence)
	a.doubt *= max(1-v.Confidence, .01) // 1 is rounded
	if a.begin && a.end && !v.exact() {
		a.best, a.doubt = 1, 0
	}
}

// The ranks of evidence for a tweet's text, the best last.
const (
	lost = iota
	tooLong
	partly // it begins another one
	flattened
	cutMarkup
	wholeMarkup
)

func rank(v *variant) int {
	cut, _ := ending(v.Text)
	switch {
	case v.Text == "":
		return lost
	case v.exact() && cut:
		return cutMarkup
	case v.exact():
		return wholeMarkup
	case v.overlong:
		return tooLong
	}
	return flattened
}

// total is an order of variants that depends on nothing but what they say.
func total(a, b *variant) int {
	return cmp.Or(
		-cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Text, b.Text),
		cmp.Compare(a.Author, b.Author),
		cmp.Compare(a.Handle, b.Handle),
		cmp.Compare(a.Date, b.Date),
		a.At.Compare(b.At),
		cmp.Compare(a.Form, b.Form),
		cmp.Compare(a.Confidence, b.Confidence),
		cmp.Compare(a.hash, b.hash),
	)
}
