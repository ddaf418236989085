package store

import (
	"strings"
)

// anchorOf is where in the body an embed is attributed: the handle as printed or, where
// the embed does not print it, the status ID. Other words, as another detector or a
// person has them, leave it where it is.
func anchorOf(s *Sighting) int {
	raw := strings.ToLower(s.Raw)
	for _, name := range []string{strings.ToLower(s.Handle), s.ID} {
		if name == "" {
			continue
		}
		at := strings.LastIndex(raw, name)
		if begin, end := sure(s.Form); begin && !end { // the name comes first
			at = strings.Index(raw, name)
		}
		if at >= 0 && len(raw) == len(s.Raw) {
			return s.Start + at
		}
	}
	return s.Start
}
