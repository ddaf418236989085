package detect

import (
	"strings"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
	"tweetarc/archive/detect/internal/date"
)

// copiedWidget reads a rendered tweet that was copied as text: name, @handle,
// the text, and a line with time and day (FORMATS a6.3 and a6.4):
//
//	Follow
//	 Jane Roe ✔ @janeroe
//	The words of the tweet.
//	9:07 AM - 28 Dec 2016
//
// at is in the line with the time.
func copiedWidget(t *text, at int) *sighting {
	const (
		maxLines = 16
		maxClock = 24 // bytes before the AM or PM in its line
	)
	s := t.s
	line := lineBegin(s, max(t.floor, at-maxClock), at)
	if line == at-maxClock {
		return nil
	}
	from := char.SkipBlanks(s, line)
	d, n := date.At(s[from:])
	if n == 0 || !d.Clock || from+n <= at || d.Day == "" {
		return nil
	}
	// Upward to the line that ends with the handle.
	end := line
	for range maxLines {
		if end <= t.floor {
			break
		}
		begin := lineBegin(s, t.floor, end-1)
		words := strings.TrimFunc(s[begin:end], char.IsBlank)
		if handle, author, ok := nameLine(words); ok {
			e := &sighting{Embed: archive.Embed{Form: archive.FormWidget, Start: begin, End: from + n, Confidence: 0.9}}
			e.Text = char.Trim(s[end:line])
			e.Handle, e.Date = handle, d.Day
			if author == "" && begin > t.floor {
				above := begin
				for above > t.floor && char.IsSpace(s[above-1]) {
					above--
				}
				up := lineBegin(s, t.floor, above)
				if w := strings.TrimFunc(s[up:above], char.IsBlank); len(w) <= maxNameBytes && !isFollow(w) {
					author, e.Start = w, up
				}
			}
			e.Author = char.Squash(strings.TrimRight(author, "✔✓? \u00a0\u200f"))
			return e
		}
		if len(words) > 700 {
			break
		}
		end = begin
	}
	return nil
}

// maxNameBytes is how long a name is at most.
const maxNameBytes = 256

// nameLine reads a line that ends with the handle: the name may stand before it.
func nameLine(s string) (handle, author string, ok bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, " Follow"), "Follow")
	s = strings.TrimRight(s, " ·")
	i := strings.LastIndexByte(s, '@')
	if i < 0 || !archive.IsHandle(s[i+1:]) || i > maxNameBytes {
		return "", "", false
	}
	author = strings.TrimFunc(s[:i], char.IsBlank)
	if strings.ContainsAny(author, "()") || strings.HasSuffix(author, ":") || strings.HasSuffix(author, "by") {
		return "", "", false
	}
	return s[i+1:], author, true
}

func isFollow(s string) bool {
	return s == "" || strings.EqualFold(s, "follow") || strings.EqualFold(s, "verified account") || s == "·"
}

// lineBegin is where the line begins that holds i, no further back than lo and
// than a tweet reaches.
func lineBegin(s string, lo, i int) int {
	i = max(i, lo)
	lo = max(lo, i-maxReach)
	return strings.LastIndexByte(s[lo:i], '\n') + 1 + lo
}
