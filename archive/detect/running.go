package detect

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/page"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in html_test.go.

// running reads the text between the findings, which are in order, by the rules of
// running text. It finds tweets whose blockquote lost its class or its element and kept
// the words and the attribution.
func running(p *page.Page, a *archive.Article, m *boundary.Model, found []finding) (more []finding) {
	from := 0
	read := func(end int) {
		to := min(p.At(end), len(p.Tokens)-1)
		if from >= to {
			return
		}
		if at, _ := taggedFilter.next(p.Body[p.Tokens[from].Start:p.Tokens[to].Start], 0); at >= 0 {
			more = append(more, readText(p, a, m, from, to)...)
		}
	}
	for _, c := range found {
		read(c.Start)
		from = max(from, p.At(c.End))
	}
	read(len(p.Body))
	return more
}

// readText reads the text of the tokens from i up to j.
func readText(p *page.Page, a *archive.Article, m *boundary.Model, i, j int) (found []finding) {
	v := view.OfPage(p, i, j, func(i int) bool {
		t := &p.Tokens[i]
		return page.Aside[t.Tag] || t.Tag == atom.Blockquote && isOther(p.Attributes(i))
	})
	t := newText(v, a, m)
	t.inByline = func(at int) bool { return inByline(p, p.At(v.Place(at)+1)-1) }
	t.read()
	t.lookAgain()
	for _, e := range t.found {
		c := finding{Embed: e.Embed}
		c.Start, c.End = v.Place(e.Start), v.After(e.End)
		for _, l := range v.Touching(e.Start, e.End) {
			if st, ok := archive.FindStatus(l.Target); ok && (st.Handle == "" || strings.EqualFold(st.Handle, c.Handle)) {
				c.identify(st.ID)
			}
		}
		if e.Form == archive.FormLink || c.Date == "" && c.ID == "" && c.Form != archive.FormFrame {
			continue // the rules of HTML find links better; and what has neither day nor ID may be a byline
		}
		for _, l := range linksOf(p, v, view.Range{Start: e.Start, End: e.End}) {
			if strings.Contains(c.Text, l.Shown) {
				c.Links = append(c.Links, l)
			}
		}
		found = append(found, c)
	}
	return found
}

// broken reads, in order, attributions whose link lost its tag: "(@handle)…
// twitter.com/handle/status/ID".
func broken(p *page.Page) (found []finding) {
	for i := range p.Tokens {
		t := &p.Tokens[i]
		if t.Kind != html.TextToken || t.Tag != 0 || !t.Marked {
			continue
		}
		s := p.Raw(i)
		for at := strings.Index(s, "(@"); at >= 0; {
			end := at + len("(@")
			v := view.View{Text: s}
			if a, ok := attribution.At(&v, at+1, attribution.Context{From: at}); ok {
				st, ok := archive.FindStatus(s[a.Close:min(len(s), a.Close+maxBroken)])
				cut := ok && a.Close+st.End < len(s) && s[a.Close+st.End] >= '0' && s[a.Close+st.End] <= '9' // the ID goes on
				if ok && !cut && strings.EqualFold(st.Handle, a.Handle) {
					end = a.Close + st.End
					c := finding{Embed: archive.Embed{Form: archive.FormText, Start: t.Start + at, End: t.Start + end}}
					c.Handle = a.Handle
					c.identify(st.ID)
					found = append(found, c)
				}
			}
			n := strings.Index(s[end:], "(@")
			if n < 0 {
				break
			}
			at = end + n
		}
	}
	return found
}

// apart are the findings that overlap none of the others. found is in order.
func apart(found, others []finding) []finding {
	inOrder(others)
	end, k := 0, 0 // where the last of the others ends that begin before the end of c
	return slices.DeleteFunc(found, func(c finding) bool {
		for ; k < len(others) && others[k].Start < c.End; k++ {
			end = max(end, others[k].End)
		}
		return end > c.Start
	})
}

// maxBroken is the greatest number of bytes from an attribution to the address after it.
const maxBroken = 96
