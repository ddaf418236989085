package detect

import (
	"math"
	"unsafe"

	"tweetarc/archive"
)

// Version changes whenever the same article may give other embeds, so that an
// archive knows which files an older detector read.
const Version = 6

// Tweets finds the tweets embedded in a, in the order of their places.
// It keeps the laws of archive.Embed and takes time linear in the body.
func Tweets(a *archive.Article) []archive.Embed { return builtIn.Tweets(a) }

// TweetsAndLinks finds what Tweets does and, with the form link, the tweets that
// the article only links to: in prose, in lists, in captions. Those are no
// embeds, so they have no text.
func TweetsAndLinks(a *archive.Article) []archive.Embed { return builtIn.TweetsAndLinks(a) }

// Tweets is detect.Tweets with these weights.
func (w *Weights) Tweets(a *archive.Article) []archive.Embed {
	anchors, read := recordFilter, inText
	if a.HTML {
		anchors, read = pageFilter, inHTML
	}
	if at, _ := anchors.next(a.Body, 0); at < 0 {
		return nil
	}
	found := read(a, w.model)
	for i := range found { // more digits would say more than is known
		found[i].Confidence = math.Round(100*found[i].Confidence) / 100
	}
	return found
}

// MayHold reports whether a raw record, still encoded, can hold a tweet: whether
// an anchor of running text is in it or, if it has a tag, one of pages. Anchors
// survive JSON, CSV, percent encoding and compression framing, so a record is
// tried before it is decoded.
func MayHold(raw []byte) bool {
	s := unsafe.String(unsafe.SliceData(raw), len(raw))
	at, n := tagFilter.next(s, 0)
	if at >= 0 && n >= len(recordFilter.anchors) {
		at, _ = pageFilter.next(s, 0)
	}
	return at >= 0
}
