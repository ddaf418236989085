package corpus

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
)

// Of a record with several fields for the text, one holds the article and another a
// teaser, say, or the same without its markup. Each record is judged by itself, so that
// it does not matter what was read before: the longest text that may hold a tweet is
// its body. HTML is longer than the same words without it, and keeps a tweet better.

// choose is which of n texts, the surest name first, is the body. A text is valid until
// the next is asked for.
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

// other is the longest of the other texts that may hold a tweet, if it is longer than
// length: then the text of a known name is a teaser. A text is valid until the next.
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

// none are no other texts: the user named the field.
func none(func(string, []byte) bool) {}

// body says whether a text may be the body: whether it may hold a tweet. Inspect asks
// this, too, though it shows what holds none.
func (s *source) body(b []byte) bool {
	if s.inspect != nil {
		return s.inspectHolds == nil || s.inspectHolds(b)
	}
	return s.holds(b)
}

// whyText says why one of several fields was taken for the text of a record.
func whyText(taken string, fields []string) string {
	return fmt.Sprintf("of %s, each record takes the longest that may hold a tweet; the first one takes %s", strings.Join(fields, ", "), taken)
}
