package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tweetarc/archive"
)

// Embeds are sightings; a tweet is what sightings share. Which sightings are of
// one tweet follows from the set of them alone, never from the order in which
// they came:
//
//  1. The same status ID is the same tweet, different IDs are different tweets.
//  2. Sightings of one author (handle, case aside) on one day form a block. In
//     it a sighting without an ID joins the tweet with an ID whose words it
//     has, or else the sightings without an ID that have its words: by
//     containment of trigrams at least archive.SameWords, and best by
//     archive.BestBy. Equal words are better than words that end alike, and
//     these are better than others: flattened text is sure of where a tweet
//     ends and guesses where it begins. Alike words with other numbers are
//     another tweet: bots count, threads too. An end that is another sighting's
//     first line joins it, for extractors move the attribution behind that. The
//     same t.co or pic.twitter.com code says the same, unless the words
//     contradict it. Two different pic.twitter.com codes are two tweets.
//  3. What is left without an ID joins sightings of the same pic.twitter.com
//     code and words under another handle (a renamed account), or without a day.
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
	overlong      bool // of words only a part stands in words
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
	handle   string // lower case; two may have one hash, and so one block
	id       string
	text     string   // words, or where these are links and emoji alone, the text
	words    string   // archive.Normalize(Text)
	length   int      // characters of words
	long     bool     // words are enough to be compared by their trigrams
	lines    []string // of the variants whose text has several, the first, normalised
	grams    archive.Trigrams
	overlong bool
	media    string
	codes    []string
	variants []*variant
}

// trial280 is the day since when some could write 280 characters.
const trial280 = "2017-09-26"

// prepare computes what comparing needs. Of a text that is longer than tweets
// are, because prose before it was taken for its beginning (or, behind a header,
// after it for its end), the part counts that a tweet could be.
func (v *variant) prepare() {
	if v.words != "" || v.Text == "" {
		return
	}
	v.words = archive.Normalize(v.Text)
	limit := 330 // of 1,330 real tweets none was longer; longer posts are cut in embeds
	if d := day(&v.Tweet); d != "" && d < trial280 {
		limit = 160
	}
	if len(v.words) > limit {
		v.overlong = true
		if v.Form == archive.FormHeader {
			v.words = strings.TrimSpace(archive.Head(v.words, limit))
		} else {
			v.words = strings.TrimSpace(archive.Tail(v.words, limit))
		}
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
			w = &wording{handle: k.handle, id: v.ID, text: k.text, words: v.words, length: utf8.RuneCountInString(v.words), long: enough(v.words), overlong: v.overlong, media: v.media}
			at[k] = w
			all = append(all, w)
		}
		w.variants = append(w.variants, v)
		codes, _ := archive.LinkCodes(v.Text)
		w.codes = append(w.codes, codes...)
		if first, _, several := strings.Cut(v.Text, "\n"); several {
			if first = archive.Normalize(first); enough(first) && !slices.Contains(w.lines, first) {
				w.lines = append(w.lines, first)
			}
		}
	}
	slices.SortFunc(all, func(a, b *wording) int {
		return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.text, b.text), cmp.Compare(a.media, b.media), cmp.Compare(a.id, b.id), cmp.Compare(a.handle, b.handle))
	})
	return all
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
// archive.SameWords they do not, and with otherNumbers they are two.
func fit(a, b *wording) float64 {
	if a.handle != b.handle || a.text == "" || b.text == "" || a.media != b.media && a.media != "" && b.media != "" {
		return 0
	}
	score := 0.0
	long := a.long && b.long
	switch {
	case a.text == b.text:
		score = 1 + equal
	case long:
		if score = alike(a, b); score == otherNumbers {
			return score
		}
		if score < archive.SameWords && (a.endsFirstLine(b) || b.endsFirstLine(a)) {
			score = archive.SameWords
		}
	}
	// Words that are not alike contradict the code, if there are enough of them:
	// an author may link to one page, or show one picture, twice on a day.
	if (!long || score >= contradiction) && slices.ContainsFunc(a.codes, func(c string) bool { return slices.Contains(b.codes, c) }) && archive.SameNumbers(a.words, b.words) {
		score = max(score, archive.SameWords) + sameCode
	}
	return score
}

// endsFirstLine tells whether a wording ends with the first line of another.
func (w *wording) endsFirstLine(of *wording) bool {
	return slices.ContainsFunc(of.lines, func(line string) bool {
		before, ok := strings.CutSuffix(w.words, line)
		return ok && (before == "" || strings.HasSuffix(before, " "))
	})
}

// alike is the containment of two texts where the shorter one is about as long
// as the other, its end or its beginning, and 0 where it stands in its middle:
// the longer one quotes it, then. It is otherNumbers where these differ.
func alike(a, b *wording) float64 {
	if a.length > b.length {
		a, b = b, a
	}
	c := archive.Containment(a.trigrams(), b.trigrams())
	if c < archive.SameWords {
		return c
	}
	const ending = 60 // of two texts with prose before them, the part that is surely theirs
	if (a.overlong || b.overlong) && archive.Containment(archive.TrigramsOf(archive.Tail(a.words, ending)), archive.TrigramsOf(archive.Tail(b.words, ending))) < archive.SameWords {
		return 0
	}
	n := a.length + a.length/8 + 2
	part, better := b.words, endsAlike
	if b.length > n {
		part = archive.Tail(b.words, n)
		if c = archive.Containment(a.trigrams(), archive.TrigramsOf(part)); c < archive.SameWords {
			part, better = archive.Head(b.words, n), 0
			c = archive.Containment(a.trigrams(), archive.TrigramsOf(part))
		}
	}
	switch {
	case c < archive.SameWords:
		return 0
	case !archive.SameNumbers(a.words, part):
		return otherNumbers
	}
	return c + better
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
		if c != nil {
			c.wordings = append(c.wordings, open[i])
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

// sameTweets joins clusters of sightings that have a text's first line alone
// with those of the whole, which the clusters of its rest have taken.
func sameTweets(free []*cluster) []*cluster {
	for i, f := range free {
		var whole *cluster
		several := false
		for _, k := range free {
			if k == nil || k == f || !f.endsFirstLine(k) {
				continue
			}
			several = whole != nil
			whole = k
		}
		if whole != nil && !several {
			whole.wordings = append(whole.wordings, f.wordings...)
			whole.key = min(whole.key, f.key)
			free[i] = nil
		}
	}
	return slices.DeleteFunc(free, func(c *cluster) bool { return c == nil })
}

// endsFirstLine tells whether a wording of a cluster ends with the first line of
// one of the other, and none contradicts another.
func (f *cluster) endsFirstLine(k *cluster) (ends bool) {
	for _, w := range f.wordings {
		for _, m := range k.wordings {
			if fit(w, m) == otherNumbers {
				return false
			}
			ends = ends || w.endsFirstLine(m)
		}
	}
	return ends
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

// better orders the variants of a tweet: the most complete one first, then by
// whatever is left, so that the order is total.
func better(a, b *variant) int {
	sure := sureness(a)
	if c := cmp.Compare(sureness(b), sure); c != 0 {
		return c
	}
	longer, surer := -cmp.Compare(len(a.words), len(b.words)), -cmp.Compare(a.Confidence, b.Confidence)
	if sure < 2 { // a longer one has more of the prose around it, too
		longer, surer = surer, longer
	}
	return cmp.Or(
		longer,
		surer,
		-cmp.Compare(len(a.Text), len(b.Text)),
		-cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Text, b.Text),
		cmp.Compare(a.Author, b.Author),
		cmp.Compare(a.Handle, b.Handle),
		cmp.Compare(a.Date, b.Date),
		a.At.Compare(b.At),
		cmp.Compare(a.Form, b.Form),
		cmp.Compare(a.hash, b.hash),
	)
}

// sureness is 2 where a text is there and its boundary is sure, 1 where it is
// there, 0 where it was lost.
func sureness(v *variant) int {
	switch {
	case v.Text == "":
		return 0
	case v.Confidence < 0.8, v.overlong:
		return 1
	}
	return 2
}

// merge is the tweet that variants are sightings of: each field of the best
// variant that has it.
func merge(variants []*variant) archive.Tweet {
	if len(variants) > 1 {
		for _, v := range variants {
			v.prepare()
		}
		slices.SortFunc(variants, better)
	}
	var t archive.Tweet
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
	return t
}
