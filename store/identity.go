package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"example.org/tweetarc/archive"
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
//  2. articleEmbeds of one author (handle, case aside) on one day form a block. In
//     it a sighting without an ID joins the tweet with an ID whose words it has,
//     or else the other sightings without an ID that have them. Of several it
//     joins the one that it fits best, by archive.BestBy, or none; nor does it if
//     another that would join has other numbers. Two wordings
//     are one tweet if (see fit)
//     - they are alike from beginning to end,
//     - one is the end of the other, and either of them guesses its beginning,
//     - one is the beginning of the other and says that it was cut, or neither is
//       exact and it does not stop where a sentence does,
//     - one is the first lines of the other, or all of it but the tags at its end,
//       and one of them is not sure of its end or was flattened: extractors move
//       the attribution after the first line, lose tags, and take lines of the page
//       for a text's end where that is a guess, or
//     - they have a t.co or pic.twitter.com code in common, and their words do
//       not contradict that, or both guess their beginnings and they end alike.
//     A text that begins like another and goes on is another tweet. So is one
//     that has other numbers (bots count, threads too), or another code of
//     pic.twitter.com. Alike are words of which archive.SameWords trigrams are
//     the same, so that what extractors damage does not count. Few words
//     (archive.MinWords) are alike only if they are equal.
//  3. What is left without an ID joins sightings of the same pic.twitter.com
//     code and words under another handle (a renamed account), or without a day.
//
// The words of a tweet are those of its most complete markup. Of flattened ones they
// begin where the articles part, read backwards from the end, for each has prose of its
// own before the tweet; where that tells nothing the surest are taken. See
// beginning.go and merge in evidence.go. What each embed shows stays as it was.
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
	current       bool  // its article is not superseded
	before        shown // what articles have before the text
	words         string
	overlong      bool   // words are only a part of them
	by            string // who said what the words are; "" where nobody did
	found         string // the words that are no longer those
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
			v.look()
			w.look()
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
