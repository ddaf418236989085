package detect

import (
	"math"
	"slices"
	"strings"
	"unsafe"

	"example.org/tweetarc/archive"
)

// Tested in laws_test.go and limits_test.go.

// Version changes when the same article may give other embeds. So an archive knows which
// files an older detector read.
const Version = 6

// Tweets finds the tweets that are embedded in a, in the order of their places. The
// embeds obey the laws of archive.Embed. The time is linear in the length of the body.
// The body is read as HTML only if a.HTML is true; in running text, tags are words.
func Tweets(a *archive.Article) []archive.Embed { return builtIn.Tweets(a) }

// TweetsAndLinks finds what Tweets finds and, with the form link, the tweets that the
// article only links to: in prose, in lists, in captions. A link is no embed, so it has
// no text.
func TweetsAndLinks(a *archive.Article) []archive.Embed { return builtIn.TweetsAndLinks(a) }

// Tweets does what the function Tweets does, with these weights.
func (w *Weights) Tweets(a *archive.Article) []archive.Embed {
	anchors, read := recordFilter, inText
	if a.HTML {
		anchors, read = pageFilter, inHTML
	}
	if !holdsAny(anchors, a.Body) {
		return nil
	}
	found := read(a, w.model)
	for i := range found { // more digits would look surer than the score is
		found[i].Confidence = math.Round(100*found[i].Confidence) / 100
	}
	return found
}

// MayHold reports whether a raw record, still encoded, can hold a tweet. If it says no,
// Tweets finds none in the decoded record. If it says yes, there may still be none. It
// looks for an anchor of running text or, if there is a tag, for an anchor of pages.
// JSON, CSV, percent encoding and compression framing leave anchors as they are, so a
// record is tried before it is decoded. Only escapes of ASCII hide anchors; these are
// undone.
func MayHold(raw []byte) bool {
	s := unsafe.String(unsafe.SliceData(raw), len(raw))
	at, n := rawFilter.next(s, 0)
	if at >= 0 && n >= len(rawFilter.anchors)-len(tagAnchors) {
		at, n = rawPageFilter.next(s, 0)
	}
	if at >= 0 && n == 0 {
		s = undone(s)
		return holdsAny(recordFilter, s) || hasTag(s) && holdsAny(pageFilter, s)
	}
	return at >= 0
}

func holdsAny(f *filter, s string) bool {
	at, _ := f.next(s, 0)
	return at >= 0
}

func hasTag(s string) bool {
	return slices.ContainsFunc(tagAnchors, func(a anchor) bool { return strings.Contains(s, a.literal) })
}

// undone is a raw record with the escapes of printable ASCII undone.
func undone(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			break
		}
		b.WriteString(s[:i])
		r, n := archive.EscapedRune(s[i:])
		if s = s[i:]; ' ' <= r && r <= '~' {
			b.WriteByte(byte(r))
		} else {
			n = 2
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	b.WriteString(s)
	return b.String()
}
