package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

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
//     ends and guesses where it begins. The same t.co or pic.twitter.com code
//     says the same, unless the words contradict it. Two different
//     pic.twitter.com codes are two tweets.
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

	codes []string
	words string // archive.Normalize(Text)
	grams archive.Trigrams
}

// day is the day of a sighting: its ID's where that tells it.
func day(t *archive.Tweet) string {
	if at, ok := archive.StatusTime(t.ID); ok {
		return at.Format("2006-01-02")
	}
	return t.Date
}

// blockOf is the hash of handle and day; even where both are known, odd where
// the day is not, 0 without a handle: then only the ID tells.
func blockOf(t *archive.Tweet) int64 {
	if t.Handle == "" {
		return 0
	}
	d := day(t)
	h := hash(strings.ToLower(t.Handle), d) | 2
	if d == "" {
		return h | 1
	}
	return h &^ 1
}

// paired tells whether the sightings of a block are compared with each other.
func paired(block int64) bool { return block&1 == 0 && block != 0 }

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

// A cluster is the variants of one block, or of one ID, that are one tweet.
type cluster struct {
	id       string // "" where none is known
	key      string // the tweet's, see schema.sql
	media    string // "" where none is known
	variants []*variant
}

// keyOf names a tweet without an ID.
func keyOf(v *variant) string {
	if v.Text == "" {
		return strings.ToLower(v.Handle) + "/" + day(&v.Tweet) + "/-"
	}
	words := v.words
	if words == "" {
		words = strings.TrimSpace(v.Text)
	}
	sum := digest(words, v.media)
	return strings.ToLower(v.Handle) + "/" + day(&v.Tweet) + "/" + hex.EncodeToString(sum[:6])
}

// prepare computes what comparing needs.
func (v *variant) prepare() {
	if v.Text != "" && v.words == "" && v.codes == nil {
		v.words = archive.Normalize(v.Text)
		v.codes, _ = archive.LinkCodes(v.Text)
	}
}

// clusters divides a block, given as all of its variants, into tweets. It is
// rule 2, and depends on the set of variants alone.
func clusters(block []*variant) []*cluster {
	for _, v := range block {
		v.prepare()
	}
	byID := map[string]*cluster{}
	byKey := map[string]*cluster{}
	var all []*cluster
	for _, v := range block {
		at, key := byID, v.ID
		if key == "" {
			at, key = byKey, keyOf(v)
		}
		c := at[key]
		if c == nil {
			c = &cluster{id: v.ID, key: key}
			at[key] = c
			all = append(all, c)
		}
		c.variants = append(c.variants, v)
	}
	for _, c := range all {
		for _, v := range c.variants {
			if v.media != "" && (c.media == "" || v.media < c.media) {
				c.media = v.media
			}
		}
	}
	slices.SortFunc(all, func(a, b *cluster) int { return cmp.Compare(a.key, b.key) })
	return all
}

// better orders the variants of a tweet: the most complete one first, then by
// whatever is left, so that the order is total.
func better(a, b *variant) int {
	return cmp.Or(
		-cmp.Compare(sureness(a), sureness(b)),
		-cmp.Compare(len(a.words), len(b.words)),
		-cmp.Compare(a.Confidence, b.Confidence),
		-cmp.Compare(len(a.Text), len(b.Text)),
		cmp.Compare(a.Text, b.Text),
		cmp.Compare(a.ID, b.ID),
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
	case v.Confidence < 0.8:
		return 1
	}
	return 2
}

// merge is the tweet that variants are sightings of: each field of the best
// variant that has it.
func merge(variants []*variant) archive.Tweet {
	slices.SortFunc(variants, better)
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
