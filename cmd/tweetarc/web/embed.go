package web

import (
	"slices"
	"strings"
	"unicode"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// An embedView is an embed with the words of the article around it.
type embedView struct {
	Article archive.Article
	Href    string // of the article's page
	Form    archive.Form
	Sure    string // confidence, per cent
	Start   int
	End     int
	InAll   int  // places of the article
	Gone    bool // it is superseded
	Apart   bool // it is the first of another article, on a page with several

	Before, Raw, Rest, After string
	Source                   bool     // it is markup
	Changes                  []change // if its words are not those of the tweet
	Lang                     string
	Doubts                   []store.Finding
	Checks                   map[string]string
	Links                    []archive.Link

	Tweet *store.Tweet // only on the page of an article
}

// rawText is how many characters of an embed's bytes are shown at once.
const rawText = 1200

func (s *site) embedView(p *store.Place, t *store.Tweet) embedView {
	raw, _ := head(p.Raw, rawText)
	v := embedView{
		Article: p.Article,
		Href:    s.links.article(p.Article.Origin),
		Form:    p.Form,
		Sure:    sure(p.Confidence),
		Start:   p.Start,
		End:     p.End,
		InAll:   p.Places,
		Gone:    p.Places == 0,
		Before:  strings.TrimLeftFunc(visible(p.Before), unicode.IsSpace),
		Raw:     visible(raw),
		Rest:    visible(p.Raw[len(raw):]),
		After:   strings.TrimRightFunc(visible(p.After), unicode.IsSpace),
		Source:  slices.Contains(markup, p.Form),
		Lang:    langOf(p.Text),
		Links:   p.Links,
		Doubts:  store.Doubts(p, t),
	}
	if v.Gone {
		v.Href = "" // another article may be there now
	}
	if len(v.Links) > perPlaces {
		v.Links = v.Links[:perPlaces]
	}
	if p.Text != t.Text {
		was, _ := head(t.Text, pageText)
		is, _ := head(p.Text, pageText)
		v.Changes = difference(visible(was), visible(is))
	}
	return v
}

// markup are the forms that are HTML.
var markup = []archive.Form{archive.FormBlockquote, archive.FormIframe, archive.FormAMP, archive.FormAttribute, archive.FormMarkup, archive.FormShortcode, archive.FormJSON}
