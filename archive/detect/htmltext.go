package detect

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/page"
)

// codes are what content systems put in a text for a tweet: how one opens,
// and closes.
var codes = []struct{ open, close string }{
	{"[tweet", "]"}, {"[embedtweet", "]"}, {"[twitter", "]"}, {"[embed-twitter", "]"}, {"[embed_twitter", "]"}, {"[blackbirdpie", "]"},
	{"[embed", "[/embed]"}, {"[http", ":embed"}, {"[oembed", "]"}, {"[media", "]"},
	{"{{< tweet", ">}}"}, {"{{<tweet", ">}}"}, {"{{< x ", ">}}"}, {"{{< twitter", ">}}"}, {"{{% tweet", "%}}"}, {"{{< embed", ">}}"},
	{"{% tweet", "%}"}, {"{% twitter", "%}"}, {"{% embed", "%}"}, {"{% oembed", "%}"}, {"{{#tweet:", "}}"}, {"{{#widget:tweet", "}}"}, {"@[tweet](", ")"},
}

const (
	maxShortcode = 512 // bytes
	minCodeID    = 8   // digits, for a shortcode has other numbers too
)

// shortcodeAt reads the shortcode that begins at s[0]; n is its length.
func shortcodeAt(s string) (id, handle string, n int) {
	for _, code := range codes {
		if len(s) < len(code.open) || !strings.EqualFold(s[:len(code.open)], code.open) {
			continue
		}
		n := strings.Index(s[:min(len(s), maxShortcode)], code.close)
		if n < 0 {
			continue
		}
		args := s[len(code.open):n]
		n += len(code.close)
		if st, ok := archive.FindStatus(args); ok {
			return st.ID, st.Handle, n
		}
		if !strings.Contains(code.open, "tw") && !strings.Contains(code.open, "x") && !strings.Contains(code.open, "bird") {
			continue
		}
		for _, f := range strings.FieldsFunc(args, func(c rune) bool { return strings.ContainsRune(" \t\n=\"'“”″|,:;/", c) }) {
			if len(f) >= minCodeID && archive.IsStatusID(f) {
				id = f
			}
		}
		if id != "" {
			for _, k := range [...]string{`user="`, `user=`, `user: "`} {
				if _, after, ok := strings.Cut(args, k); ok && handle == "" {
					if h, _, _ := strings.Cut(after, `"`); archive.IsHandle(h) {
						handle = h
					}
				}
			}
			return id, handle, n
		}
	}
	return "", "", 0
}

// shortcodes reads those of a text, but not where they are shown as code.
func shortcodes(p *page.Page, i int) (found []finding) {
	if i > 0 && (p.Tokens[i-1].Tag == atom.Code || p.Tokens[i-1].Tag == atom.Pre) && p.IsStart(i-1) {
		return nil
	}
	s := p.Raw(i)
	for at := 0; at < len(s); {
		n := strings.IndexAny(s[at:], "[{@")
		if n < 0 {
			break
		}
		at += n
		start := p.Tokens[i].Start + at
		// The shortcode may reach over tags: {{<tweet 20>}}, or a link made of its address.
		id, handle, n := shortcodeAt(p.Body[start:min(len(p.Body), start+maxShortcode)])
		if n == 0 {
			at++
			continue
		}
		c := finding{Embed: archive.Embed{Form: archive.FormShortcode, Confidence: 1, Start: start, End: start + n}}
		c.Handle = handle
		c.identify(id)
		found = append(found, c)
		at += n
	}
	return found
}

// block reads the comment of a WordPress block:
//
//	<!-- wp:embed {"url":"https://twitter.com/…/status/ID",…} -->
func block(p *page.Page, i int) (finding, bool) {
	s := p.Raw(i)
	if !strings.HasPrefix(s, "<!-- wp:embed ") && !strings.HasPrefix(s, "<!-- wp:core-embed/twitter ") && !strings.HasPrefix(s, "<!-- wp:block/embed") {
		return finding{}, false
	}
	st, ok := archive.FindStatus(s)
	if !ok {
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormShortcode, Confidence: 1, Start: p.Tokens[i].Start, End: p.Tokens[i+1].Start}}
	c.Handle = st.Handle
	c.identify(st.ID)
	return c, true
}

// listed are the blocks in which an address alone is one of a list of sources.
var listed = page.TagSet(atom.Li, atom.Td, atom.Th, atom.Dd, atom.Dt, atom.Figcaption, atom.Caption, atom.Footer, atom.Nav, atom.Pre, atom.Title)

// maxBlock is how many tokens a paragraph is looked for around an address.
const maxBlock = 24

// alone reads the address of a tweet that is all of a paragraph: the tweet that
// a script, or the content system, would have put there. The address may be
// linked to itself. i is the text that holds it.
func alone(p *page.Page, i int) (finding, bool) {
	from, to := i, i+1
	for from > 0 && i-from < maxBlock && !endsParagraph(p, from-1) {
		from--
	}
	for to < len(p.Tokens)-1 && to-i < maxBlock && !endsParagraph(p, to) {
		to++
	}
	if from > 0 && p.IsStart(from-1) && listed[p.Tokens[from-1].Tag] {
		return finding{}, false
	}
	v := embedView(p, from, to)
	s := trim(v.Text)
	if isCut(s) && len(v.Links) == 1 {
		s = p.Attributes(v.Links[0].Token).Get("href") // shown shortened
	}
	if !isStatusAlone(s) {
		return addressLine(p, i)
	}
	st, _ := archive.FindStatus(s)
	c := finding{Embed: archive.Embed{Form: archive.FormLink, Confidence: 1, Start: p.Tokens[from].Start, End: p.Tokens[to].Start}}
	if from+1 == to || p.Tokens[from].Kind == html.TextToken && p.Tokens[to-1].Kind == html.TextToken {
		c.Start, c.End = v.Place(0), v.After(len(v.Text))
	}
	c.Handle = st.Handle
	c.identify(st.ID)
	return c, true
}

// addressLine reads an address that is a line of its own between blank ones, in text
// without markup.
func addressLine(p *page.Page, i int) (finding, bool) {
	s := strings.ReplaceAll(p.Raw(i), "\r", " ")
	for at := 0; at < len(s); {
		st, ok := archive.FindStatus(s[at:])
		if !ok {
			return finding{}, false
		}
		begin := strings.LastIndexByte(s[:at+st.Start], '\n') + 1
		end := len(s)
		if n := strings.IndexByte(s[at+st.End:], '\n'); n >= 0 {
			end = at + st.End + n
		}
		if isStatusAlone(trim(s[begin:end])) && begin > 0 && end < len(s) && blankBefore(s[:begin]) && blankAfter(s[end:]) {
			base := p.Tokens[i].Start
			c := finding{Embed: archive.Embed{Form: archive.FormLink, Confidence: 1, Start: base + at + st.Start, End: base + at + st.End}}
			c.Handle = st.Handle
			c.identify(st.ID)
			return c, true
		}
		at = end
	}
	return finding{}, false
}

func blankBefore(s string) bool {
	s = strings.TrimRight(s[:len(s)-1], " \t")
	return s == "" || strings.HasSuffix(s, "\n")
}

func blankAfter(s string) bool {
	s = strings.TrimLeft(s[1:], " \t")
	return s == "" || strings.HasPrefix(s, "\n")
}

// isCut tells whether s is an address that was cut short: twitter.com/mia_od/sta…
func isCut(s string) bool {
	return (strings.HasSuffix(s, "…") || strings.HasSuffix(s, "...")) && !strings.ContainsAny(s, " \n") && strings.Contains(s, ".com/")
}

// isStatusAlone tells whether s is the address of a tweet and nothing else.
func isStatusAlone(s string) bool {
	if strings.ContainsAny(s, " \n\t") {
		return false
	}
	st, ok := archive.FindStatus(s)
	return ok && st.Start == 0
}

// endsParagraph tells whether the token ends a paragraph.
func endsParagraph(p *page.Page, i int) bool {
	t := &p.Tokens[i]
	return t.Kind != html.TextToken && (page.Blocks[t.Tag] || t.Tag == atom.Br) || t.Kind == html.CommentToken
}
