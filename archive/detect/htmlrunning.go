package detect

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"tweetarc/archive"
)

// running reads the text between what was found, in order, by the rules of
// running text: a tweet whose blockquote lost its class, or its element, and
// kept its words and attribution.
func (p *page) running(a *archive.Article, found []finding) (more []finding) {
	from := 0
	read := func(end int) {
		if to := p.tokenAt(end); from < to && p.promises(from, to) {
			more = append(more, p.readText(a, from, to)...)
		}
	}
	for _, c := range found {
		read(c.Start)
		from = max(from, p.tokenAt(c.End))
	}
	read(len(p.body))
	return more
}

// promises tells whether the text of the tokens from i to j holds what a rule of
// running text may begin with: a handle, whose parenthesis may stand in another
// token, or the words around a tweet.
func (p *page) promises(i, j int) bool {
	for ; i < j; i++ {
		t := &p.toks[i]
		if t.kind != html.TextToken || t.tag != 0 {
			continue
		}
		s := p.raw(i)
		if strings.IndexByte(s, '@') >= 0 || t.marked && (strings.Contains(s, "etweet") || strings.Contains(s, "witter post ")) {
			return true
		}
	}
	return false
}

// tokenAt is the first token that begins at or behind a byte of the body.
func (p *page) tokenAt(at int) int {
	i, _ := slices.BinarySearchFunc(p.toks, at, func(t pageToken, at int) int { return t.start - at })
	return i
}

// readText reads the text of the tokens from i to j.
func (p *page) readText(a *archive.Article, i, j int) (found []finding) {
	r := p.render(i, j, false)
	s := string(r.text)
	for _, e := range textEmbeds(s, a) {
		if e.Form == archive.FormLink {
			continue // the page tells better which address stands alone
		}
		c := finding{Embed: e}
		c.Start, c.End = r.place(e.Start), r.place(e.End-1)+1
		for _, l := range r.anchors {
			if l.start < e.Start || l.end > e.End+1 || !p.toks[l.tok].marked {
				continue
			}
			if st, ok := archive.FindStatus(p.attributes(l.tok).get("href")); ok && (c.Handle == "" || strings.EqualFold(st.Handle, c.Handle) || st.Handle == "") {
				c.identify(st.ID)
			}
		}
		if c.Date == "" && c.ID == "" && c.Form != archive.FormFrame {
			continue // a byline, a biography: the page would have said more of a tweet
		}
		if len(c.Links) == 0 {
			for _, l := range p.links(r, e.Start, e.End) {
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
func (p *page) broken(found []finding) (more []finding) {
	for i := range p.toks {
		t := &p.toks[i]
		if t.kind != html.TextToken || t.tag != 0 || !t.marked {
			continue
		}
		s := p.raw(i)
		for at := strings.Index(s, "(@"); at >= 0; {
			end := at + len("(@")
			if handle, n := handleAt(s, at); handle != "" {
				st, ok := archive.FindStatus(s[n:min(len(s), n+maxBroken)])
				if ok && strings.EqualFold(st.Handle, handle) {
					end = n + st.End
					c := finding{Embed: archive.Embed{Form: archive.FormText, Start: t.start + at, End: t.start + end}}
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
