package detect

import (
	"strings"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/attribution"
	"tweetarc/archive/detect/internal/char"
)

// The BBC says where a tweet begins and ends, for those who listen to a page:
// "Skip Twitter post 2 by @handle", "End of Twitter post 2 by @handle".
var frameBegins = []string{"Skip ", "skip "}
var frameEnds = []string{"End of ", "end of "}

// framed reads the frame whose "witter post " stands at, where no attribution
// inside tells of the tweet.
func framed(t *text, at int) *sighting {
	s := t.s
	if at == 0 || s[at-1]|0x20 != 't' {
		return nil
	}
	handle, past := frameHandle(s, at)
	if handle == "" {
		return nil
	}
	if begin, ok := frameWord(s, at-1, frameEnds); ok {
		return t.frameEnd(begin, handle, past)
	}
	if begin, ok := frameWord(s, at-1, frameBegins); ok {
		return t.frameBegin(begin, handle, past)
	}
	return nil
}

// frameWord is where one of the words that end at i begins.
func frameWord(s string, i int, words []string) (int, bool) {
	for _, w := range words {
		if strings.HasSuffix(s[:i], w) {
			return i - len(w), true
		}
	}
	return 0, false
}

// frameHandle reads "witter post 2 by @handle" at i.
func frameHandle(s string, i int) (handle string, end int) {
	i += len("witter post ")
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	i = char.SkipBlanks(s, i)
	if !strings.HasPrefix(s[i:], "by @") {
		return "", 0
	}
	i += len("by @")
	end = i
	for end < len(s) && archive.IsHandleByte(s[end]) {
		end++
	}
	if handle = s[i:end]; !archive.IsHandle(handle) {
		return "", 0
	}
	return handle, end
}

// frameBegin is the tweet behind the mark s[begin:past], if the frame holds no
// attribution: then that one tells more.
func (t *text) frameBegin(begin int, handle string, past int) *sighting {
	s := t.s
	if t.frame < past { // looked for once in each byte
		t.frame = len(s)
		for _, w := range frameEnds {
			if i := strings.Index(s[past:], w[1:]+"Twitter post "); i >= 0 {
				t.frame = min(t.frame, past+i)
			}
			if i := strings.Index(s[past:], w[1:]+"twitter post "); i >= 0 {
				t.frame = min(t.frame, past+i)
			}
		}
	}
	stop := min(len(s), past+maxReach)
	if t.frame > stop {
		return nil
	}
	end := -1
	for i := past; ; {
		j := strings.Index(s[i:stop], "witter post ")
		if j < 1 {
			return nil
		}
		i += j
		if e, ok := frameWord(s, i-1, frameEnds); ok {
			if h, p := frameHandle(s, i); strings.EqualFold(h, handle) {
				end, stop = e, p
				break
			}
		}
		i += len("witter post ")
	}
	inside := s[past:end]
	if i := strings.Index(inside, "(@"+handle+")"); i >= 0 {
		return nil
	}
	e := &sighting{Embed: archive.Embed{Form: archive.FormFrame, Start: begin, End: stop, Confidence: 0.95}}
	e.Handle = handle
	e.Text = char.Trim(s[past:end])
	return e
}

// frameEnd is the tweet before the mark s[begin:past], if it has not been found
// by its attribution or its frame's beginning.
func (t *text) frameEnd(begin int, handle string, past int) *sighting {
	last := t.last()
	if last != nil && begin-t.floor < 40 { // "Report End of Twitter post by"
		t.floor = past
		return nil
	}
	if last != nil && strings.EqualFold(last.Handle, handle) && begin-t.floor < maxReach/4 {
		t.floor = past
		return nil
	}
	e := t.tweetBefore(&attribution.Attribution{Handle: handle, Text: begin, Name: begin, Open: begin, End: past})
	e.Form = archive.FormFrame
	if utf8.RuneCountInString(e.Text) < 2 {
		return nil
	}
	return e
}
