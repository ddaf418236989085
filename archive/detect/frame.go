package detect

import (
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in text_test.go.

// frameMark is one of the two marks that the BBC puts around a tweet for readers with a
// screen reader: "Skip Twitter post 2 by @handle", "End of Twitter post 2 by @handle".
type frameMark struct {
	start, end int
	handle     string
	ends       bool
}

// frameMarkAt reads the mark that holds the "Twitter post" at byte at.
func frameMarkAt(s string, at int) (m frameMark, ok bool) {
	if at == len(s) || s[at]|0x20 != 't' {
		return m, false
	}
	switch before := s[:at]; {
	case endsWithAny(before, "Skip ", "skip "):
		m.start = at - len("Skip ")
	case endsWithAny(before, "End of ", "end of "):
		m.start, m.ends = at-len("End of "), true
	default:
		return m, false
	}
	i := at + 1
	for _, word := range [...]string{"witter", "post", "", "by", "@"} {
		for word == "" && i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		if !strings.HasPrefix(s[i:], word) {
			return m, false
		}
		i = char.SkipBlanks(s, i+len(word))
	}
	m.end = i
	for m.end < len(s) && archive.IsHandleByte(s[m.end]) {
		m.end++
	}
	m.handle = s[i:m.end]
	return m, m.start >= 0 && archive.IsHandle(m.handle)
}

// framed reads the frame with a mark at byte at, if no attribution in the frame says
// whose the tweet is.
func framed(t *text, at int) *textFinding {
	m, ok := frameMarkAt(t.s, at)
	switch {
	case !ok:
		return nil
	case m.ends:
		return t.frameEnd(m)
	}
	return t.frameBegin(m)
}

// frameBegin is the tweet after the mark. If the frame has an attribution it is nil: the
// attribution says more.
func (t *text) frameBegin(begin frameMark) *textFinding {
	stop := min(len(t.s), begin.end+maxReach)
	for i := begin.end; ; {
		if t.frame < i { // so that each byte is searched once
			t.frame = len(t.s)
			if n := strings.Index(t.s[i:], "nd of "); n >= 0 {
				t.frame = i + n
			}
		}
		if t.frame >= stop {
			return nil
		}
		i = t.frame + len("nd of ")
		end, ok := frameMarkAt(t.s, i)
		if !ok || !strings.EqualFold(end.handle, begin.handle) {
			continue
		}
		text := t.s[begin.end:end.start]
		if strings.Contains(text, "(@"+begin.handle+")") {
			return nil
		}
		e := &textFinding{Embed: archive.Embed{Form: archive.FormFrame, Start: begin.start, End: end.end, Confidence: 0.95}}
		e.Handle, e.Text = begin.handle, char.Trim(text)
		return e
	}
}

// frameEnd is the tweet before the mark, if neither its attribution nor the beginning of
// its frame was found.
func (t *text) frameEnd(m frameMark) *textFinding {
	if last := t.last(); last != nil {
		apart := m.start - t.floor
		if apart < len("Report")+maxInFrame || strings.EqualFold(last.Handle, m.handle) && apart < maxReach/4 {
			t.floor = m.end // "Report End of Twitter post by"
			return nil
		}
	}
	e := t.tweetBefore(&attribution.Attribution{Handle: m.handle, Text: m.start, Name: m.start, Open: m.start, End: m.end})
	e.Form = archive.FormFrame
	if utf8.RuneCountInString(e.Text) < 2 {
		return nil
	}
	return e
}

// maxInFrame is the greatest number of bytes between an attribution and the end of its
// frame, without "Report".
const maxInFrame = 34
