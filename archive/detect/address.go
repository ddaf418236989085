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

// listItems are the blocks in which a single address belongs to a list of sources.
var listItems = page.TagSet(atom.Li, atom.Td, atom.Th, atom.Dd, atom.Dt, atom.Figcaption, atom.Caption, atom.Footer, atom.Nav, atom.Pre)

// maxParagraph is the greatest number of tokens from an address to an end of its
// paragraph.
const maxParagraph = 24

// address reads the address of a tweet that is a whole paragraph, or a line between empty
// ones. A script or the content system would have put the tweet there. The address may be
// a link. i is its text.
func address(p *page.Page, i int, _ page.Attributes) (finding, bool) {
	from, to := paragraphAround(p, i)
	if from > 0 && p.IsStart(from-1) && listItems[p.Tokens[from-1].Tag] {
		return finding{}, false
	}
	v := embedView(p, from, to)
	s := char.Trim(v.Text)
	if isCut(s) && len(v.Links) == 1 {
		s = p.Attributes(v.Links[0].Token).Get("href") // it is shown shortened
	}
	st, ok := addressAlone(s)
	if !ok {
		return addressLine(p, i)
	}
	start, end := p.Tokens[from].Start, p.Tokens[to].Start
	if p.Tokens[from].Kind == html.TextToken && p.Tokens[to-1].Kind == html.TextToken {
		start, end = v.Place(0), v.After(len(v.Text))
	}
	return byID(archive.FormLink, start, end, st.ID, st.Handle), true
}

// paragraphAround is the first token of the paragraph around a text, and the token after
// its end.
func paragraphAround(p *page.Page, i int) (from, to int) {
	from, to = i, i+1
	for from > 0 && i-from < maxParagraph && !endsParagraph(p, from-1) {
		from--
	}
	for to < len(p.Tokens)-1 && to-i < maxParagraph && !endsParagraph(p, to) {
		to++
	}
	return from, to
}

// endsParagraph reports whether the token ends or begins a paragraph.
func endsParagraph(p *page.Page, i int) bool {
	t := &p.Tokens[i]
	return t.Kind != html.TextToken && (page.Blocks[t.Tag] || t.Tag == atom.Br) || t.Kind == html.CommentToken
}

// addressLine reads an address between empty lines, in text without markup.
func addressLine(p *page.Page, i int) (finding, bool) {
	lines := strings.Split(strings.ReplaceAll(p.Raw(i), "\r", " "), "\n")
	start := p.Tokens[i].Start
	for n, l := range lines {
		if n > 0 && n+1 < len(lines) && isBlankLine(lines, n-1) && isBlankLine(lines, n+1) {
			if st, ok := addressAlone(char.Trim(l)); ok {
				start += strings.Index(l, char.Trim(l))
				return byID(archive.FormLink, start, start+st.End, st.ID, st.Handle), true
			}
		}
		start += len(l) + 1
	}
	return finding{}, false
}

func isBlankLine(lines []string, n int) bool { return strings.Trim(lines[n], " \t") == "" }

// isCut reports whether s is an address that was cut short: twitter.com/mia_od/sta…
func isCut(s string) bool {
	return (strings.HasSuffix(s, "…") || strings.HasSuffix(s, "...")) && !strings.ContainsAny(s, " \n") && strings.Contains(s, ".com/")
}

// addressAlone reads s if it is only the address of a tweet.
func addressAlone(s string) (archive.Status, bool) {
	st, ok := archive.FindStatus(s)
	return st, ok && st.Start == 0 && !strings.ContainsAny(s, " \n\t")
}
