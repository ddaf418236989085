package corpus

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
)

// A record may have several fields with a text: the article and a teaser, or the
// article with and without its markup. The longest text that may hold a tweet is the
// body. HTML is longer than the same words as plain text, and keeps more of a tweet.
// Each record is judged by itself, so it does not matter what was read before.

// choose says which of n texts is the body. The one with the surest name comes first. A
// text is valid until text is called again.
func (s *source) choose(n int, text func(i int) ([]byte, error)) (best int, err error) {
	length, holds := 0, false
	for i := range n {
		b, err := text(i)
		if err != nil {
			return 0, err
		}
		b = bytes.TrimSpace(b)
		may := len(b) > 0 && (s.MayHold == nil || s.MayHold(b))
		if may && !holds || may == holds && len(b) > length {
			best, length, holds = i, len(b), may
		}
	}
	return best, nil
}

// other is the longest of texts that may hold a tweet, if it is longer than length: then
// the field with a known name only held a teaser. A text is valid until the next one.
func (s *source) other(length int, texts iter.Seq2[string, []byte]) (body string, ok bool) {
	var from string
	for name, b := range texts {
		if len(b) > length && s.body(b) {
			from, body, length, ok = name, utf8Text(b), len(b), true
		}
	}
	if ok {
		s.otherTaken(from)
	}
	return body, ok
}

// none gives no other texts, as the user named the field.
func none(func(string, []byte) bool) {}

// body says whether a text may hold a tweet, and so be the body. Inspect asks too, though
// it also shows texts without a tweet.
func (s *source) body(b []byte) bool {
	if s.inspect != nil {
		return s.inspectHolds == nil || s.inspectHolds(b)
	}
	return s.holds(b)
}

// whyText says why one of several fields is the text of a record.
func whyText(taken string, fields []string) string {
	return fmt.Sprintf("of %s, each record takes the longest that may hold a tweet; the first one takes %s", strings.Join(fields, ", "), taken)
}
