package detect

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
)

// Tested in html_test.go.

// TweetsAndLinks does what the function TweetsAndLinks does, with these weights.
func (w *Weights) TweetsAndLinks(a *archive.Article) []archive.Embed {
	var all []archive.Embed
	from := 0
	for _, e := range w.Tweets(a) {
		all = append(append(all, links(a, from, e.Start)...), e)
		from = e.End
	}
	return append(all, links(a, from, len(a.Body))...)
}

// links finds the addresses of tweets in a part of an article's body.
func links(a *archive.Article, from, end int) (found []archive.Embed) {
	if !a.HTML {
		return addresses(a.Body, from, end)
	}
	p := readPage(a.Body[from:end])
	next := 0
	for i := 0; i < len(p.Tokens)-1; i = max(i+1, next) {
		t := &p.Tokens[i]
		switch {
		case !t.Marked:
		case p.IsText(i):
			found = append(found, addresses(a.Body, from+t.Start, from+p.Tokens[i+1].Start)...)
		case t.Kind == html.StartTagToken && t.Tag == atom.A:
			st, ok := archive.FindStatus(p.Attributes(i).Get("href"))
			if !ok {
				break
			}
			next = i + 1
			if e, closed := p.End(i); closed {
				next = e
			}
			found = append(found, byID(archive.FormLink, from+t.Start, from+p.Tokens[next].Start, st.ID, st.Handle).Embed)
		}
	}
	return found
}

func addresses(body string, from, end int) (found []archive.Embed) {
	for {
		st, ok := archive.FindStatus(body[from:end])
		if !ok {
			return found
		}
		found = append(found, byID(archive.FormLink, from+st.Start, from+st.End, st.ID, st.Handle).Embed)
		from += st.End
	}
}
