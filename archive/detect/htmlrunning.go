package detect

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/page"
)

// running reads the text between what was found, in order, by the rules of
// running text: a tweet whose blockquote lost its class, or its element, and
// kept its words and attribution.
func running(p *page.Page, a *archive.Article, found []finding) (more []finding) {
	from := 0
	read := func(end int) {
		if to := p.At(end); from < to && promises(p, from, to) {
			more = append(more, readText(p, a, from, to)...)
		}
	}
	for _, c := range found {
		read(c.Start)
		from = max(from, p.At(c.End))
	}
	read(len(p.Body))
	return more
}

// promises tells whether the text of the tokens from i to j holds what a rule of
// running text may begin with: a handle, whose parenthesis may stand in another
// token, or the words around a tweet.
func promises(p *page.Page, i, j int) bool {
	for ; i < j; i++ {
		t := &p.Tokens[i]
		if t.Kind != html.TextToken || t.Tag != 0 {
			continue
		}
		s := p.Raw(i)
		if strings.IndexByte(s, '@') >= 0 || t.Marked && (strings.Contains(s, "etweet") || strings.Contains(s, "witter post ")) {
			return true
		}
	}
	return false
}

// readText reads the text of the tokens from i to j.
func readText(p *page.Page, a *archive.Article, i, j int) (found []finding) {
	r := render(p, i, j, false)
	s := string(r.text)
	for _, e := range textEmbeds(s, a) {
		if e.Form == archive.FormLink {
			continue // the page tells better which address stands alone
		}
		c := finding{Embed: e}
		c.Start, c.End = r.place(e.Start), r.place(e.End-1)+1
		for _, l := range r.anchors {
			if l.start < e.Start || l.end > e.End+1 || !p.Tokens[l.tok].Marked {
				continue
			}
			if st, ok := archive.FindStatus(p.Attributes(l.tok).Get("href")); ok && (c.Handle == "" || strings.EqualFold(st.Handle, c.Handle) || st.Handle == "") {
				c.identify(st.ID)
			}
		}
		if c.Date == "" && c.ID == "" && c.Form != archive.FormFrame {
			continue // a byline, a biography: the page would have said more of a tweet
		}
		if len(c.Links) == 0 {
			for _, l := range linksOf(p, r, e.Start, e.End) {
				if strings.Contains(c.Text, l.Shown) {
					c.Links = append(c.Links, l)
				}
			}
		}
		found = append(found, c)
	}
	return found
}

// broken reads attributions whose link lost its tag, "(@handle)…
// twitter.com/handle/status/ID", where nothing else was found.
func broken(p *page.Page, found []finding) (more []finding) {
	for i := range p.Tokens {
		t := &p.Tokens[i]
		if t.Kind != html.TextToken || t.Tag != 0 || !t.Marked {
			continue
		}
		s := p.Raw(i)
		for at := strings.Index(s, "(@"); at >= 0; {
			end := at + len("(@")
			if handle, n := handleAt(s, at); handle != "" {
				st, ok := archive.FindStatus(s[n:min(len(s), n+maxBroken)])
				if ok && strings.EqualFold(st.Handle, handle) {
					end = n + st.End
					c := finding{Embed: archive.Embed{Form: archive.FormText, Start: t.Start + at, End: t.Start + end}}
					c.Handle = handle
					c.identify(st.ID)
					if !slices.ContainsFunc(found, func(f finding) bool { return f.Start < c.End && c.Start < f.End }) {
						more = append(more, c)
					}
				}
			}
			n := strings.Index(s[end:], "(@")
			if n < 0 {
				break
			}
			at = end + n
		}
	}
	return more
}

// maxBroken is as far as the address may stand behind its attribution.
const maxBroken = 96
