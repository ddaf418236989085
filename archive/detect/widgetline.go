package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
)

// Tested in text_test.go.

// widgetLine reads a rendered tweet that an extractor put on one line, with or without
// other text:
//
//	Jane Roe ✔ @janeroe Follow The words of the tweet. 9:07 AM - 28 Dec 2016 12 Retweets
//
// at is in the time.
func widgetLine(t *text, at int) *textFinding {
	const maxClock = 8 // bytes before the blank before AM or PM
	end := at - char.BlankBefore(t.s, at)
	near := max(t.floor, end-maxClock)
	if near >= end {
		return nil
	}
	clock := near + len(strings.TrimRight(t.s[near:end], "0123456789:."))
	d, n := date.At(t.s[clock:])
	if !d.Timed || d.Day == "" || clock+n <= at {
		return nil
	}
	begin := lineBegin(t.s, max(t.floor, clock-maxWidgetLine), clock)
	const maxHandles = 8 // that are tried
	i := clock
	for range maxHandles {
		i = begin + strings.LastIndexByte(t.s[begin:i], '@')
		if i < begin {
			return nil
		}
		last := i + 1
		for last < clock && archive.IsHandleByte(t.s[last]) {
			last++
		}
		name := t.nameInLine(begin, len(strings.TrimRight(t.s[begin:i], "✔✓? \u00a0"))+begin)
		e := &textFinding{Embed: archive.Embed{Form: archive.FormWidget, Start: name, End: clock + n, Confidence: 0.7}}
		e.Author, e.Handle, e.Date = nameOf(t.s[name:i]), t.s[i+1:last], d.Day
		e.Text = strings.TrimLeftFunc(t.s[last:clock], func(r rune) bool { return isDot(r) || char.IsBlank(r) })
		e.Text = char.Trim(strings.TrimPrefix(e.Text, "Follow "))
		if e.Author != "" && archive.IsHandle(e.Handle) && char.Blank(t.s, last) > 0 && isNameBeforeHandle(e.Author) {
			return e
		}
	}
	return nil
}

// nameInLine is where the name begins that ends at end: capitalised words at the
// beginning of the line or of a sentence in it; end if there are none.
func (t *text) nameInLine(begin, end int) int {
	i := end
	for range 2 * maxNameWords {
		word := len(strings.TrimRightFunc(t.s[begin:i], char.IsBlank)) + begin
		if word == begin {
			return i
		}
		if i < end && (endsSentence(t.s[begin:word]) || strings.HasSuffix(t.s[begin:word], "Follow")) {
			return i
		}
		i = begin + strings.LastIndexFunc(t.s[begin:word], char.IsBlank)
		if i < begin {
			i = begin
		} else {
			_, n := utf8.DecodeRuneInString(t.s[i:])
			i += n
		}
		if r, _ := utf8.DecodeRuneInString(t.s[i:]); unicode.IsLower(r) || r == '@' {
			return end
		}
	}
	return end
}

// endsSentence reports whether s ends with a sentence, and not with an initial: J.
func endsSentence(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	word := s[strings.LastIndexByte(s, ' ')+1:]
	return char.EndsSentence(r) && utf8.RuneCountInString(word) > 1+n
}
