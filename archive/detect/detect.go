// Package detect finds the tweets embedded in an article: in running text,
// where they stand flattened, and in HTML. It is pure: an article in, embeds
// out; no files, no network, no clock but for refusing dates of the future.
package detect

import (
	"math"
	"strings"
	"unicode/utf8"
	"unsafe"

	"tweetarc/archive"
)

// Version changes whenever the same article may give other embeds, so that an
// archive knows which files an older detector read.
const Version = "3"

// Tweets finds the tweets embedded in a, in the order in which they stand.
// It keeps the laws of archive.Embed and takes time linear in the body.
func Tweets(a *archive.Article) []archive.Embed {
	if !mayHold(a.Body) {
		return nil
	}
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

// MayHold tells whether a raw record, still encoded, can hold a tweet: whether
// one of the anchors stands in it that every form of embed holds: a handle in
// parentheses or at the end of a line, or a name of the site (Twitter, x.com,
// xcancel) or of its posts (tweet, Retweet), in any case. Anchors survive JSON, CSV, percent encoding and
// compression framing, so a record is tried before it is decoded.
func MayHold(raw []byte) bool { return mayHold(unsafe.String(unsafe.SliceData(raw), len(raw))) }

func mayHold(s string) bool {
	if strings.HasPrefix(s, "@") && endsLine(s[1:]) {
		return true
	}
	for i := 0; ; i++ {
		if i += near(s[i:]); i+1 >= len(s) {
			return false
		}
		before, after := s[:i+1], s[i+2:]
		fits := false
		switch s[i+1] {
		case '@':
			fits = strings.HasSuffix(before, "(") || strings.HasSuffix(before, "( ") || strings.HasSuffix(before, `\`) || endsLine(after)
		case 'w', 'W':
			fits = s[i]|0x20 == 't' && (hasPrefixFold(after, "itter") || hasPrefixFold(after, "eet"))
		case '.':
			fits = s[i]|0x20 == 'x' && hasPrefixFold(after, "com")
		case 'c', 'C':
			fits = s[i]|0x20 == 'x' && hasPrefixFold(after, "ancel.")
		}
		if fits {
			return true
		}
	}
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// endsLine tells whether s begins with a handle that ends its line, but for
// what a copied widget has behind it: "Follow", a dot. Escaped, in JSON, all of
// them begin with a backslash.
func endsLine(s string) bool {
	i := 0
	for i < len(s) && archive.IsHandleByte(s[i]) {
		i++
	}
	if i == 0 {
		return false
	}
	s = strings.TrimLeft(s[i:], " ")
	return s != "" && (s[0] == '\n' || s[0] == '\r' || s[0] == '\\' || s[0] >= utf8.RuneSelf || strings.HasPrefix(s, "Follow"))
}

// around tells whether a byte stands in s between a before and an after that fit.
func around(s string, c byte, fit func(before, after string) bool) bool {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], c)
		if i < 0 {
			return false
		}
		at += i + 1
		if fit(s[:at-1], s[at:]) {
			return true
		}
	}
}
