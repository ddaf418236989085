package store

import (
	"strings"
)

// anchorOf is where in the body an embed is attributed: where the handle is printed or,
// if the embed does not print it, the status ID. It stays the same when a person or a
// newer detector finds other words there.
func anchorOf(s *Passage) int {
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
