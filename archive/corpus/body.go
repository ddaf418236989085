package corpus

import (
	"bytes"
	"fmt"
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

// whyText says why one of several fields was taken for the text of a record.
func whyText(taken string, fields []string) string {
	return fmt.Sprintf("of %s, each record takes the longest that may hold a tweet; the first one takes %s", strings.Join(fields, ", "), taken)
}
