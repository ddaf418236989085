package detect

import (
	"strings"

	"tweetarc/archive/detect/internal/attribution"
	"tweetarc/archive/detect/internal/boundary"
	"tweetarc/archive/detect/internal/char"
)

// trafilatura moves the attribution after the first line of the tweet, and the
// lines that followed come after it:
//
//	The first line. — Jane Roe (@janeroe) March 5, 2019 The second line. pic.twitter.com/abc
//
// readRest gives such a tweet its other lines. Only an address of the service
// proves them, since prose has none; what no address ends is left outside.
func (t *text) readRest(e *sighting, a *attribution.Attribution) {
	if e.Text == "" || isPicture(e.Text) || a.ID != "" {
		return
	}
	stop, next := t.stretch(a.End)
	if _, ok := nextAddress(t.s, a.End, stop); !ok {
		return
	}
	room := int(boundary.LimitFor(a.Date.Day)*1.08) - boundary.LengthOf(e.Text)
	end := lastAddress(t.s, a.End, stop, room, next)
	if end == 0 {
		return
	}
	if next && end+limitBytes > stop && !isPicture(t.s[:end]) && !t.reorders() {
		// The tweet that follows may as well begin here and hold an address. A
		// picture's it would have at its end.
		return
	}
	if e.rest = char.Trim(t.s[a.End:end]); e.rest != "" {
		e.End = end
		e.begin(e.look.Choice, t.s)
	}
}

// restTrust is how far a text is trusted that came in two parts.
const restTrust = 0.9

// limitBytes is more than what a tweet's text takes.
const limitBytes = 700

// stretch is what may hold the rest of a tweet that begins at from: to the end
// of the line, or to the dash of the next attribution.
func (t *text) stretch(from int) (stop int, next bool) {
	s := t.s
	stop = min(len(s), from+2*limitBytes)
	if i := strings.IndexByte(s[from:stop], '\n'); i >= 0 {
		stop = from + i
	}
	for at := from; ; {
		i := strings.IndexByte(s[at:stop], '@')
		if i < 0 {
			return stop, false
		}
		at += i
		if a, ok := t.attributionAt(at, from); ok && t.isAttribution(&a) {
			return a.Text, true
		}
		at++
	}
}

// lastAddress is the end of the last address of the service in s[from:stop]
// that is within room, hashtags after it included; 0 if there is none. An
// address at the very end belongs to the attribution that follows there.
func lastAddress(s string, from, stop, room int, next bool) int {
	last := 0
	for at := from; at < stop; {
		i, ok := nextAddress(s, at, stop)
		if !ok {
			break
		}
		end := i
		for end < stop && !char.IsSpace(s[end]) && s[end] < 0x80 {
			end++
		}
		at = end
		if boundary.LengthOf(s[from:i]) > room {
			break
		}
		for { // hashtags
			j := char.SkipBlanks(s[:stop], end)
			if j == stop || s[j] != '#' {
				break
			}
			for end = j; end < stop && !char.IsSpace(s[end]); {
				end++
			}
		}
		if next && char.SkipBlanks(s[:stop], end) >= stop {
			break
		}
		last, at = end, end
	}
	return last
}

// nextAddress is where the next pic.twitter.com or t.co address begins.
func nextAddress(s string, at, stop int) (int, bool) {
	if strings.IndexByte(s[at:stop], '/') < 0 { // mostly
		return 0, false
	}
	pic, co := strings.Index(s[at:stop], "pic.twitter.com/"), strings.Index(s[at:stop], "https://t.co/")
	switch {
	case pic < 0 && co < 0:
		return 0, false
	case pic < 0 || co >= 0 && co < pic:
		return at + co, true
	}
	return at + pic, true
}

// isPicture reports whether a text ends in the address of a picture or a video.
func isPicture(text string) bool {
	text = text[max(0, len(text)-80):]
	return strings.HasPrefix(text[strings.LastIndexFunc(text, char.IsBlank)+1:], "pic.twitter.com/")
}

// reorders reports whether the text's extractor is one that moves attributions:
// whether after one of them there is an address that no other can claim.
func (t *text) reorders() bool {
	if t.reordered == 0 {
		t.reordered = -1
		s := t.s[:min(len(t.s), boundary.LayoutReach)]
		for at := 0; ; {
			i := strings.IndexByte(s[at:], '@')
			if i < 0 {
				break
			}
			at += i + 1
			a, ok := t.attributionAt(at-1, 0)
			if !ok || !t.isAttribution(&a) {
				continue
			}
			stop, next := t.stretch(a.End)
			if !next && lastAddress(t.s, a.End, min(stop, a.End+limitBytes/2), int(boundary.LimitFor(a.Date.Day)), false) > 0 {
				t.reordered = 1
				break
			}
		}
	}
	return t.reordered > 0
}
