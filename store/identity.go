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

// This file decides which embeds are of one tweet, and evidence.go which words the tweet
// has. Both follow from the set of embeds, never from their order, and from the best
// evidence, never from the longest copy.
//
// What an embed says about its words depends on its form. Markup has its own borders: it
// is sure of both ends of the text. A flattened text with the attribution after it (text)
// is sure of its end and guesses its beginning. If the name comes first (header, widget,
// frame), the beginning is sure and the end a guess. A wording is exact if its embeds are
// sure of both ends.
//
//  1. Embeds with the same status ID are of one tweet, embeds with different IDs of
//     different tweets.
//  2. Embeds of one author (same handle in any case) on one day form a block. In it an
//     embed without an ID joins the tweet with an ID that has its words, or else the
//     other embeds without an ID that have them. If there are several such tweets, it
//     joins the one that it fits best, by archive.BestBy, or none. It also joins none
//     if another embed that would join has other numbers. Two wordings are of one tweet
//     if (see fit)
//     - they are alike from beginning to end,
//     - one is the end of the other, and either of them guesses its beginning,
//     - one is the beginning of the other and says that it was cut, or neither is
//       exact and it does not stop where a sentence does,
//     - one is the first lines of the other, or all of it except the tags at its end,
//       and one of them is not sure of its end or was flattened: extractors move
//       the attribution after the first line, lose tags, and take lines of the page
//       for the end of a text, or
//     - they have a t.co or pic.twitter.com code in common, and their words do
//       not contradict that, or both guess their beginnings and they end alike.
//     A text that begins like another and goes on is another tweet. So is a text with
//     other numbers (bots count, and so do threads) or another code of
//     pic.twitter.com. Texts are alike if archive.SameWords of their trigrams are the
//     same, so that damage by extractors does not matter. Few words
//     (archive.MinWords) are alike only if they are equal.
//  3. Embeds still without an ID join embeds with the same code of pic.twitter.com and
//     the same words that have another handle (a renamed account) or no day.
//
// An embed without an ID whose text is lost is of a tweet of its own for author and day.
// If the day is not known, or an author has more than crowded variants on a day, only
// equal words join.
//
// So to add an embed, only its block is needed, and the blocks that share its code of
// pic.twitter.com.

// crowded is the number of variants in a block above which they are no longer compared
// pair by pair, because that takes quadratic time.
const crowded = 1000

// popular is the number of blocks above which a code of pic.twitter.com says nothing about
// them, because everybody copied it.
const popular = 50

// A variant is what embeds have in common that differ only in where they are. All of a
// tweet follows from its variants.
type variant struct {
	archive.Embed        // without Start and End
	embed         int64  // row of one such embed; 0 before it is written
	block         int64  // see blockOf
	hash          int64  // see variantOf
	media         string // code of pic.twitter.com, or ""
	tweet         int64  // row of the tweet; 0 before it is known
	current       bool   // the article is not superseded
	before        shown  // what articles have before the text
	words         string // normalised words, see prepare
	overlong      bool   // words are only a part of the text
	by            string // who said what the words are; "" if nobody did
	found         string // the words found, if somebody said other words
}

// day is the day of a tweet: that of its ID, if the ID has one.
func day(t *archive.Tweet) string {
	if at, ok := archive.StatusTime(t.ID); ok {
		return at.Format("2006-01-02")
	}
	return t.Date
}

// blockOf is the number of a tweet's block: the day in the upper bits, so that what is
// archived together is together in the index, and 47 bits of the handle's hash. The day is
// 0 if it is not known. Without a handle the number is 0: then only the ID counts.
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

// paired says whether the variants of a block are compared with each other.
func paired(block int64) bool { return block>>47 != 0 }

// variantOf is the hash of all in an embed that may make a difference to its tweet.
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

// digest is a SHA-256 sum, so that nobody can make two texts with the same.
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
	id       string // "" if not known
	key      string // of the tweet
	block    int64
	media    string // the first of its codes of pic.twitter.com, or ""
	wordings []*wording
}

// clusters divides a block, given as all of its variants, into tweets. This is rule 2, and
// depends only on the set of variants. With exact, only equal wordings are one tweet.
func clusters(block []*variant, exact bool) []*cluster {
	var d division
	d.join(d.group(wordingsOf(block), exact))
	apart := d.joinFree()
	all := slices.Concat(d.known, apart, d.torn)
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

// A division is a block while it is divided into tweets.
type division struct {
	known []*cluster // with an ID
	free  []*cluster // without an ID; they may still join others
	torn  []*cluster // without an ID; they join nothing
}

// group makes clusters of wordings with the same ID and, if they cannot be compared, of
// equal wordings. It returns the wordings that are left.
func (d *division) group(wordings []*wording, exact bool) (open []*wording) {
	byID, byKey := map[string]*cluster{}, map[string]*cluster{}
	for _, w := range wordings {
		switch {
		case w.id != "":
			at := w.id
			if exact { // variants with other codes may not be loaded
				at += " " + w.media
			}
			c := byID[at]
			if c == nil {
				c = &cluster{id: w.id, key: w.id}
				byID[at] = c
				d.known = append(d.known, c)
			}
			c.wordings = append(c.wordings, w)
		case exact || w.text == "":
			key := w.key()
			c := byKey[key]
			if c == nil {
				c = &cluster{key: key}
				byKey[key] = c
				d.torn = append(d.torn, c)
			}
			c.wordings = append(c.wordings, w)
		default:
			open = append(open, w)
		}
	}
	return open
}

// join joins each wording to the known cluster that it fits, or else to a free one.
func (d *division) join(open []*wording) {
	joins := make([]*cluster, len(open))
	for i, w := range open {
		c, best := w.best(d.known)
		switch {
		case c != nil:
			joins[i] = c
		case best >= archive.SameWords: // it fits two tweets with IDs: nobody knows which it is
			d.torn = append(d.torn, &cluster{key: w.key(), wordings: []*wording{w}})
		default:
			if c, _ := w.best(d.free); c != nil {
				c.wordings = append(c.wordings, w)
				c.key = min(c.key, w.key())
			} else {
				d.free = append(d.free, &cluster{key: w.key(), wordings: []*wording{w}})
			}
		}
	}
	for i, c := range joins { // only now, so that the order of wordings does not matter
		switch w := open[i]; {
		case c == nil:
		case w.contradicted(open, func(j int) bool { return joins[j] == c }): // nobody knows which of them it is
			d.torn = append(d.torn, &cluster{key: w.key(), wordings: []*wording{w}})
		default:
			c.wordings = append(c.wordings, w)
		}
	}
}

// joinFree joins free clusters with each other and with known ones, and returns those that
// stay apart. The text of the embed with the ID may be damaged: a wording that does not fit
// it may fit another embed of the tweet.
func (d *division) joinFree() (apart []*cluster) {
	free := sameTweets(d.free)
	joined := make([]*cluster, len(free))
	for i, f := range free {
		if joined[i], _ = f.best(d.known); joined[i] == nil {
			apart = append(apart, f)
		}
	}
	for i, c := range joined {
		if c != nil {
			c.wordings = append(c.wordings, free[i].wordings...)
		}
	}
	return apart
}

// sameTweets joins the cluster of a text's first lines with that of its other lines, which
// the whole text has joined.
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

// asLines says whether wordings of two clusters fit as lines of one text.
func (f *cluster) asLines(k *cluster) bool {
	return slices.ContainsFunc(f.wordings, func(w *wording) bool {
		return slices.ContainsFunc(k.wordings, func(m *wording) bool { return w.asLines(m) > 0 })
	})
}

// contradicted says whether one of the others that are among has other numbers.
func (w *wording) contradicted(others []*wording, among func(int) bool) bool {
	for i, o := range others {
		if among(i) && !archive.SameNumbers(w.words, o.words) && fit(w, o) == otherNumbers {
			return true
		}
	}
	return false
}

// best is the cluster that the wording fits best, and how well. It is nil if none fits, or
// if another one fits about as well.
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

// fit is the best fit of two wordings, or 0 if two have different numbers.
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
// pic.twitter.com, those that are one tweet get one key.
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
	groupFree(free, keys)
	for c, key := range keys {
		c.key = key
	}
}

// groupFree gives free clusters that fit each other, directly or by way of others, the
// first of their keys. The clusters are sorted by key.
func groupFree(free []*cluster, keys map[*cluster]string) {
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
}

// renamed says whether clusters of two blocks that share a code are one tweet.
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
