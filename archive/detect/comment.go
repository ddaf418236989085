package detect

import (
	"slices"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// blockComments are the beginnings of the comment of a WordPress block.
var blockComments = []string{"<!-- wp:embed ", "<!-- wp:core-embed/twitter ", "<!-- wp:block/embed"}

// comment reads such a comment:
//
//	<!-- wp:embed {"url":"https://twitter.com/…/status/ID",…} -->
func comment(p *page.Page, i int, _ page.Attributes) (finding, bool) {
	s := p.Raw(i)
	st, ok := archive.FindStatus(s)
	if !ok || !slices.ContainsFunc(blockComments, func(b string) bool { return strings.HasPrefix(s, b) }) {
		return finding{}, false
	}
	return byID(archive.FormShortcode, p.Tokens[i].Start, p.Tokens[i+1].Start, st.ID, st.Handle), true
}
