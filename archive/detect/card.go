package detect

import (
	"slices"

	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// cards are classes and attributes of links that a script replaces with the tweet.
var cards = pattern{is: []string{"embedly-card", "data-iframely-url", "twitter-tweet", "twitter-video", "tweet-embed", "embed-tweet", "oembed"}}

// card reads such a link:
//
//	<a class="embedly-card" href="…/status/ID">
func card(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if p.Tokens[i].Tag != atom.A || !cards.class(as) && !slices.ContainsFunc(as, func(a page.Attribute) bool { return cards.fits(a.Key) }) {
		return finding{}, false
	}
	st, ok := archive.FindStatus(as.Get("href"))
	if !ok {
		return finding{}, false
	}
	end, closed := p.End(i)
	if !closed {
		end = i + 1
	}
	return byID(archive.FormAttribute, p.Tokens[i].Start, p.Tokens[end].Start, st.ID, st.Handle), true
}
