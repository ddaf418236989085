package detect

import (
	"cmp"
	"sort"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// finding is what a rule of HTML takes for an embed.
type finding struct {
	archive.Embed
	reach int  // the byte where the element with the ID ends; 0 if that is the end of the embed
	only  bool // the element shows only the tweet
	local bool // beside the date is a time of day, of an unknown zone
	asked bool // a script loads it from the service, or holds it
}

// byID is an embed whose ID is known, and whose handle is if it is not "".
func byID(form archive.Form, start, end int, id, handle string) finding {
	c := finding{Embed: archive.Embed{Form: form, Confidence: 1, Start: start, End: end}}
	c.Handle = handle
	c.identify(id)
	return c
}

// complement uses what scripts hold. If it is a tweet that was already found, it adds
// what that lacks. Other tweets may belong to the next article or to a list. They count
// only if a script loads them, or if the page is empty.
func complement(found, scripted []finding, empty bool) (more []finding) {
	if len(scripted) == 0 {
		return nil
	}
	known := map[string][]int{}
	for i, c := range found {
		known[c.ID] = append(known[c.ID], i)
	}
	for _, c := range scripted {
		at, ok := known[c.ID]
		switch {
		case c.ID == "":
		case ok:
			for _, i := range at {
				found[i].complete(&c)
			}
		case c.asked || empty:
			known[c.ID] = nil
			more = append(more, c)
		}
	}
	return more
}

// merge puts findings in order and joins those of the same tweet in one place: a wrapper
// and its blockquote, a block and its address, the copy in <noscript>. A finding without
// text is dropped if the same tweet is found with text anywhere in the page.
func merge(p *page.Page, found []finding) []finding {
	inOrder(found)
	withText := map[string]bool{}
	all := found[:0] // in place, as there may be very many
	for _, c := range found {
		withText[c.ID] = withText[c.ID] || c.Text != "" && c.ID != ""
		if n := len(all) - 1; n < 0 || !all[n].absorb(p, c) {
			all = append(all, c)
		}
	}
	kept := all[:0]
	for _, c := range all {
		if c.Text == "" && withText[c.ID] {
			continue
		}
		if c.only {
			c.End = max(c.End, c.reach)
		}
		kept = append(kept, c)
	}
	return kept
}

func inOrder(found []finding) {
	sort.SliceStable(found, func(i, j int) bool { return found[i].Start < found[j].Start })
}

// maxApart is the greatest number of bytes between two findings of one tweet: an address,
// and the tweet that was made from it.
const maxApart = 4 << 10

// absorb reports whether o, which does not begin before c, is no embed of its own: it is
// the same tweet, which completes c, or something inside c.
func (c *finding) absorb(p *page.Page, o finding) bool {
	inside := o.Start < c.reach
	near := inside || o.Start-c.End < maxApart && (c.Text == "" || o.Text == "" || isQuiet(p, c.End, o.Start))
	if near && c.isSame(&o, inside) {
		c.join(o)
		return true
	}
	if o.Start < c.End {
		return true
	}
	if inside {
		c.only = false
	}
	return false
}

// isQuiet reports whether nothing is shown between two bytes of the body. That is so
// before a copy in <noscript>.
func isQuiet(p *page.Page, from, to int) bool {
	for i := p.At(from); i < len(p.Tokens)-1 && p.Tokens[i].Start < to; i++ {
		if p.IsText(i) && char.Trim(p.Raw(i)) != "" {
			return false
		}
	}
	return true
}

// isSame reports whether o may be the same tweet.
func (c *finding) isSame(o *finding, inside bool) bool {
	if c.ID != "" && o.ID != "" {
		return c.ID == o.ID
	}
	return inside && (c.Handle == "" || o.Handle == "" || strings.EqualFold(c.Handle, o.Handle))
}

// join makes one of two findings in one place: it keeps the service's own, or the one
// with the text, and completes it.
func (c *finding) join(o finding) {
	if c.Form == archive.FormShortcode && o.Form == archive.FormLink {
		c.End = o.End // the comment of a block, and the address in the block
	}
	exact := c.Form == archive.FormMarkup && o.Form == archive.FormBlockquote && o.Text != ""
	if exact || c.Text == "" && (o.Text != "" || c.Form == archive.FormLink) {
		o.reach = max(o.reach, c.reach)
		*c, o = o, *c
	}
	c.complete(&o)
}

// complete adds what another finding says of the same tweet.
func (c *finding) complete(o *finding) {
	if c.ID == "" && o.ID != "" {
		c.identify(o.ID)
	}
	if c.Text == "" {
		c.Text, c.Links = o.Text, o.Links
		if o.Handle != "" && o.Text != "" {
			c.Handle = o.Handle // as printed; the handle of c may be from an address
		}
	}
	c.Handle = cmp.Or(c.Handle, o.Handle)
	c.Author = cmp.Or(c.Author, o.Author)
	c.Date = cmp.Or(c.Date, o.Date)
}

// lawful puts findings in order and keeps those that obey the laws of archive.Embed.
func lawful(p *page.Page, found []finding) []archive.Embed {
	inOrder(found)
	embeds := make([]archive.Embed, 0, len(found))
	end := 0
	for _, c := range found {
		if c.Start < end || c.Start >= c.End || c.End > len(p.Body) {
			continue
		}
		if s := p.Body[c.Start:c.End]; c.ID != "" && strings.Contains(s, c.ID) || c.Handle != "" && strings.Contains(s, c.Handle) {
			embeds = append(embeds, c.Embed)
			end = c.End
		}
	}
	return embeds
}

// joined appends e. If e and the embed before it are one tweet, its address on a line of
// its own and its attribution, it makes one of them.
func joined(found []archive.Embed, e archive.Embed) []archive.Embed {
	if len(found) == 0 {
		return append(found, e)
	}
	p := &found[len(found)-1]
	link, full := p, &e
	if e.Form == archive.FormLink {
		link, full = full, p
	}
	if link.Form != archive.FormLink || full.Form == archive.FormLink || full.ID != "" && full.ID != link.ID ||
		e.Start-p.End > 4 || !strings.EqualFold(link.Handle, full.Handle) || full.Date != "" && full.Date != link.Date {
		return append(found, e)
	}
	whole := *full
	whole.WithID(link.ID)
	whole.Start, whole.End = p.Start, e.End
	*p = whole
	return found
}
