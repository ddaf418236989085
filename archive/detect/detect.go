// Package detect finds the tweets embedded in an article: in running text,
// where they stand flattened, and in HTML. It is pure: an article in, embeds
// out; no files, no network, no clock but for refusing dates of the future.
package detect

import (
	"math"
	"strings"
	"unsafe"

	"tweetarc/archive"
)

// Version changes whenever the same article may give other embeds, so that an
// archive knows which files an older detector read.
const Version = "1"

// Tweets finds the tweets embedded in a, in the order in which they stand.
// It keeps the laws of archive.Embed and takes time linear in the body.
func Tweets(a *archive.Article) []archive.Embed {
	var found []archive.Embed
	if a.HTML {
		found = inHTML(a)
	} else {
		found = inText(a)
	}
	for i := range found { // more digits would say more than is known
		found[i].Confidence = math.Round(100*found[i].Confidence) / 100
	}
	return found
}

// anchors are what every form of embed holds at least one of: an attribution in
// parentheses, or a name of the site (twitter, nitter, x.com and what ends in it)
// or of its posts (tweet, Tweet, retweets). They survive JSON, CSV, percent
// encoding and compression framing, so a raw record is tried before it is
// decoded.
var anchors = [...]string{"(@", "itter", "x.com", "weet", "( @", `\@`, "xcancel."}

// MayHold tells whether a raw record, still encoded, can hold a tweet.
func MayHold(raw []byte) bool { return mayHold(unsafe.String(unsafe.SliceData(raw), len(raw))) }

func mayHold(s string) bool {
	for _, a := range anchors {
		if strings.Contains(s, a) {
			return true
		}
	}
	return false
}
