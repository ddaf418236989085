package detect

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// picture reads a tweet's picture whose alternative text holds the words:
//
//	<a href="…/status/ID"><img alt="Twitter post by @handle: text">
func picture(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if p.Tokens[i].Tag != atom.Img {
		return finding{}, false
	}
	first, rest, ok := strings.Cut(char.Trim(as.Get("alt")), "witter post by @")
	if !ok || len(first) > len("T") {
		return finding{}, false
	}
	handle, text, ok := strings.Cut(rest, ":")
	if !ok || !archive.IsHandle(handle) {
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormMarkup, Confidence: renderedConfidence, Start: p.Tokens[i].Start, End: p.Tokens[i+1].Start}}
	c.Handle, c.Text = handle, char.Trim(text)
	for k := i - 1; k >= 0 && k >= i-maxBeforePicture; k-- {
		if t := &p.Tokens[k]; t.Tag == atom.A && t.Kind == html.StartTagToken {
			if st, ok := archive.FindStatus(p.Attributes(k).Get("href")); ok {
				c.Start = t.Start
				c.identify(st.ID)
			}
			break
		}
	}
	return c, true
}

// maxBeforePicture is the greatest number of tokens from the link around a picture to the
// picture.
const maxBeforePicture = 3
