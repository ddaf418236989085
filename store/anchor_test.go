package store

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// The anchor of an embed is after the mark ^, wherever the embed begins and ends.
func TestAnchor(t *testing.T) {
	for _, c := range []struct {
		form archive.Form
		raw  string
	}{
		{archive.FormText, "The loom, says @ada, is on. — Ada (@^ada) May 1, 2020"},
		{archive.FormText, "is on. — Ada (@^ADA) May 1, 2020"},
		{archive.FormHeader, "Loom @^ada May 1, 2020 The loom, says @ada, is on."},
		{archive.FormLink, "The loom is on. https://twitter.com/i/web/status/^1256100000000000001"},
		{archive.FormBlockquote, "^The loom is on."},
	} {
		want := strings.Index(c.raw, "^")
		p := Passage{Raw: strings.Replace(c.raw, "^", "", 1)}
		p.Handle, p.ID, p.Form, p.Start = "Ada", "1256100000000000001", c.form, 70
		if got := anchorOf(&p); got != 70+want {
			t.Errorf("%s: %d, want %d", c.raw, got, 70+want)
		}
	}
}
