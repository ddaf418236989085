package detect

import (
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
)

// Tested in text_test.go.

// maxAddress is the greatest length of an address, in bytes.
const maxAddress = 400

// linked reads the address of a tweet on a line of its own. Pages that load their tweets
// later leave such lines. at is the place of its "/status".
func linked(t *text, at int) *textFinding {
	s := t.s
	line := at
	for line > t.floor && s[line-1] > ' ' && at-line < maxAddress {
		line--
	}
	if strings.IndexByte(s[line:at], '.') < 0 {
		return nil
	}
	st, ok := archive.FindStatus(s[line:min(len(s), at+len("/statuses/")+20)])
	if !ok {
		return nil
	}
	begin, end := line+st.Start, attribution.AddressEnd(s, line+st.End)
	before, after := s[lineBegin(s, max(t.floor, begin-64), begin):begin], s[end:]
	if i := strings.IndexByte(after[:min(len(after), 64)], '\n'); i >= 0 {
		after = after[:i]
	} else if len(after) >= 64 {
		return nil
	}
	if strings.Trim(before, " \t<\"'\u00a0") != "" || strings.Trim(after, " \t\r>\"'\u00a0") != "" {
		return nil
	}
	e := &textFinding{Embed: archive.Embed{Form: archive.FormLink, Start: begin, End: end, Confidence: 0.5}}
	e.Handle = st.Handle
	e.WithID(st.ID)
	return e
}
