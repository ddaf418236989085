package detect

import (
	"strings"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/attribution"
	"tweetarc/archive/detect/internal/char"
)

// header reads the form of The Guardian: name (@handle) text, a paragraph of
// its own without dash or date. An author's bio has the same shape, but goes
// on in lower case ("is a senior fellow", "lives in").
func header(t *text, a *attribution.Attribution) *sighting {
	s, end := t.s, a.Close
	if a.Author == "" || end >= len(s) || char.Blank(s, end) == 0 || strings.ContainsAny(a.Author, ".!?") && len(strings.Fields(a.Author)) > 6 {
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
	if len(words) < 2 || !attribution.BeginsTweet(words) {
		return nil
	}
	// The service printed at most 280 characters, and some 24 for each link.
	if utf8.RuneCountInString(words) > 420 || strings.Contains(words, "(@") {
		return nil
	}
	e := &sighting{Embed: archive.Embed{Form: archive.FormHeader, Start: a.Name, End: begin + len(words), Confidence: 0.9}}
	e.Author, e.Handle, e.Text = a.Author, a.Handle, words
	return e
}
