package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
)

// header reads the form of The Guardian: name (@handle) text, a paragraph of
// its own without dash or date. An author's bio has the same shape, but goes
// on in lower case (FORMATS d: "is a senior fellow", "lives in").
func header(t *text, a *attribution) *archive.Embed {
	s, end := t.s, a.end
	if a.author == "" || end >= len(s) || char.Blank(s, end) == 0 || strings.ContainsAny(a.author, ".!?") && len(strings.Fields(a.author)) > 6 {
		return nil
	}
	begin := char.SkipBlanks(s, end)
	stop := begin + maxReach
	if stop > len(s) {
		stop = len(s)
	}
	if i := strings.IndexByte(s[begin:stop], '\n'); i >= 0 {
		stop = begin + i
	}
	words := strings.TrimRightFunc(s[begin:stop], char.IsBlank)
	if len(words) < 2 || !headline(words) {
		return nil
	}
	// The service printed at most 280 characters, and some 24 for each link.
	if utf8.RuneCountInString(words) > 420 || strings.Contains(words, "(@") {
		return nil
	}
	v := look(s, begin, begin+len(words), style{})
	e := archive.Embed{Form: archive.FormHeader, Start: a.name, End: begin + len(words), Confidence: 0.9}
	e.Author, e.Handle, e.Text = a.author, a.handle, strings.TrimFunc(v.s, char.IsBlank)
	return &e
}

// headline tells whether words begin like a tweet and not like a bio or the
// prose that goes on behind a handle.
func headline(words string) bool {
	r, _ := utf8.DecodeRuneInString(words)
	switch {
	case unicode.IsLower(r):
		last := words[strings.LastIndexFunc(words, char.IsBlank)+1:]
		return strings.Contains(last, "pic.twitter.com/") || strings.Contains(last, "//t.co/")
	case unicode.IsUpper(r), unicode.IsDigit(r):
	case strings.ContainsRune("“\"‘'#@.…", r):
	case r > 0x2000 && !unicode.IsPunct(r), char.IsUncased(r):
	default:
		return false
	}
	first := words
	if i := strings.IndexFunc(first, char.IsBlank); i >= 0 {
		first = first[:i]
	}
	return first != "/" && first != "." && !strings.HasPrefix(words, "on ")
}
