package detect

import (
	"strings"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
	"tweetarc/archive/detect/internal/date"
)

// copiedWidget reads a rendered tweet that was copied as text: name, @handle,
// the text, and a line with time and day:
//
//	Follow
//	 Jane Roe ✔ @janeroe
//	The words of the tweet.
//	9:07 AM - 28 Dec 2016
//
// at is in the line with the time.
func copiedWidget(t *text, at int) *sighting {
	const maxClock = 24 // bytes before the AM or PM in its line
	line := lineBegin(t.s, max(t.floor, at-maxClock), at)
	if line == at-maxClock {
		return nil
	}
	from := char.SkipBlanks(t.s, line)
	d, n := date.At(t.s[from:])
	if n == 0 || !d.Clock || from+n <= at || d.Day == "" {
		return nil
	}
	e := t.nameAbove(line)
	if e != nil {
		e.Date, e.End = d.Day, from+n
	}
	return e
}

// nameAbove is the tweet whose text ends at end, and whose name and handle are
// some lines above that.
func (t *text) nameAbove(end int) *sighting {
	const (
		maxLines = 16
		maxLine  = 700 // bytes
	)
	line := end
	for range maxLines {
		if line <= t.floor {
			break
		}
		begin := lineBegin(t.s, t.floor, line-1)
		words := char.Trim(t.s[begin:line])
		if handle, author, ok := nameLine(words); ok {
			e := &sighting{Embed: archive.Embed{Form: archive.FormWidget, Start: begin, Confidence: 0.9}}
			e.Handle, e.Text = handle, char.Trim(t.s[line:end])
			if author == "" {
				author, e.Start = t.lineAbove(begin)
			}
			e.Author = char.Squash(strings.TrimRight(author, "✔✓? \u00a0\u200f"))
			return e
		}
		if len(words) > maxLine {
			break
		}
		line = begin
	}
	return nil
}

// lineAbove is the line above the one that begins at begin, if it can be a name,
// and where it begins; else "" and begin.
func (t *text) lineAbove(begin int) (string, int) {
	end := begin
	for end > t.floor && char.IsSpace(t.s[end-1]) {
		end--
	}
	line := lineBegin(t.s, t.floor, end)
	if w := char.Trim(t.s[line:end]); len(w) <= maxNameBytes && !isFollow(w) {
		return w, line
	}
	return "", begin
}

// maxNameBytes is how long a name is at most.
const maxNameBytes = 256

// nameLine reads a line that ends with the handle: the name may be before it.
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
