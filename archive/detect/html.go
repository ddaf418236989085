package detect

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/page"
)

// finding is what a rule takes for an embed.
type finding struct {
	archive.Embed
	next   int  // token at which the search goes on
	reach  int  // byte where the element ends that carries the ID; 0: it is all of the embed
	hollow bool // that element shows nothing but the tweet
	local  bool // Date stood beside a time of day of some zone
	called bool // a script calls for it
}

// elementRules are tried in this order on a start tag that may tell of a tweet,
// and in what shows somebody's latest tweets.
var (
	elementRules = []elementRule{carried, rendered, quote, attribute, alternative}
	feedRules    = []elementRule{quote}
)

type elementRule func(p *page.Page, i int, as page.Attributes) (finding, bool)

// inHTML finds the tweets in a page: by its markup, by addresses and shortcodes
// in its text, and by the rules of running text in what is left.
func inHTML(a *archive.Article) []archive.Embed {
	p := readPage(a.Body)
	all := findings(p)
	all = append(all, scripts(p, all)...)
	found := merge(p, all)
	more := running(p, a, all)
	more = append(more, broken(p, append(all, more...))...)
	return lawful(p, append(found, more...))
}

// marks are what a start tag, a comment or a text that tells of a tweet holds at
// least one of; those without are not looked into.
var marks = [...]string{"weet", "witter", "bbpBox", "status"}

func readPage(body string) *page.Page { return page.Read(body, marks[:]) }

// findings walks over the page once.
func findings(p *page.Page) (found []finding) {
	work := len(p.Body)*maxWork + page.MaxElement
	feed := 0 // up to this token somebody's latest tweets are shown
	for i, next := 0, 0; i < len(p.Tokens)-1; i = max(i+1, next) {
		t := &p.Tokens[i]
		switch {
		case t.Kind == html.TextToken && t.Tag == 0 && t.Marked:
			if codes := shortcodes(p, i); len(codes) > 0 {
				found = append(found, codes...)
			} else if c, ok := alone(p, i); ok && i >= feed {
				found = append(found, c)
			}
		case t.Kind == html.CommentToken && t.Marked:
			if c, ok := block(p, i); ok {
				found = append(found, c)
			}
		case p.IsStart(i) && (t.Marked || t.Tag == atom.Blockquote):
			as := p.Attributes(i)
			end, _ := p.End(i)
			if isOther(as) {
				next = end
				continue
			}
			if isFeed(as) {
				feed = max(feed, end)
			}
			if work -= p.Tokens[end].Start - t.Start; work < 0 {
				continue
			}
			rules := elementRules
			if i < feed {
				rules = feedRules
			}
			for _, rule := range rules {
				if c, ok := rule(p, i, as); ok {
					found, next = append(found, c), c.next
					break
				}
			}
		}
	}
	return found
}

// maxWork is how many times the bytes of a page may be looked at: elements that
// may be a tweet stand in one another.
const maxWork = 16

// scripts finds what the page's scripts know of tweets. A copy of a tweet that the
// page shows adds to it what is missing there. Of others, which may be those of
// the next article or of a feed, only those count that a script asks the site
// for or that wait in a template, and all of them if the page shows nothing at
// all before its scripts run.
func scripts(p *page.Page, found []finding) (more []finding) {
	var all []finding
	shell := isShell(p)
	wanted := shell || slices.ContainsFunc(found, func(c finding) bool { return c.ID != "" && c.Text == "" })
	for i := range p.Tokens {
		t := &p.Tokens[i]
		if !t.Marked || t.Kind != html.TextToken || t.Tag != atom.Script && t.Tag != atom.Textarea {
			continue
		}
		kept := t.Tag == atom.Textarea || isTemplate(p, i-1)
		calls := calls(p, i)
		all = append(all, calls...)
		if !kept && !wanted {
			continue
		}
		for _, c := range scripted(p, i) {
			if kept {
				c.Form, c.called = archive.FormBlockquote, true
			}
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return nil
	}
	shown := map[string][]int{}
	for i, c := range found {
		shown[c.ID] = append(shown[c.ID], i)
	}
	for _, c := range all {
		at, ok := shown[c.ID]
		switch {
		case c.ID == "":
		case ok:
			for _, i := range at {
				found[i].complete(&c)
			}
		case c.called || shell:
			shown[c.ID] = nil
			more = append(more, c)
		}
	}
	return more
}

// isTemplate tells whether the script that begins at i is none, but HTML that
// waits for the reader's consent or for its turn.
func isTemplate(p *page.Page, i int) bool {
	switch kind, _, _ := strings.Cut(p.Attributes(i).Get("type"), ";"); kind {
	case "text/plain", "text/html", "text/template", "text/x-template", "text/x-html":
		return true
	}
	return false
}

// maxShell is how many bytes of text a page may show that is but a frame for
// what its scripts will put there.
const maxShell = 600

func isShell(p *page.Page) bool {
	n := 0
	for i := range p.Tokens {
		if t := &p.Tokens[i]; t.Kind == html.TextToken && t.Tag == 0 {
			if n += len(trim(p.Raw(i))); n > maxShell {
				return false
			}
		}
	}
	return true
}

// merge puts findings in order, and makes one of what tells of the same tweet
// in one place: a wrapper and the blockquote in it, a block and its address, the
// copy in <noscript>. What has no text is left out where it repeats a tweet that
// has, wherever that stands.
func merge(p *page.Page, found []finding) []finding {
	sort.SliceStable(found, func(i, j int) bool { return found[i].Start < found[j].Start })
	told := map[string]bool{}
	for _, c := range found {
		told[c.ID] = told[c.ID] || c.Text != "" && c.ID != ""
	}
	var out []finding
	for _, c := range found {
		if n := len(out) - 1; n >= 0 {
			last := &out[n]
			inside := c.Start < last.reach
			near := inside || c.Start-last.End < maxApart && (last.Text == "" || c.Text == "" || isQuiet(p, last.End, c.Start))
			if near && last.tells(&c, inside) {
				last.join(c)
				continue
			}
			if c.Start < last.End {
				continue
			}
			if inside {
				last.hollow = false // it holds another tweet
			}
		}
		out = append(out, c)
	}
	kept := out[:0]
	for _, c := range out {
		if c.Text == "" && told[c.ID] {
			continue
		}
		if c.hollow {
			c.End = max(c.End, c.reach)
		}
		kept = append(kept, c)
	}
	return kept
}

// maxApart is how far from each other two that tell of one tweet may stand: an
// address, and what was made of it.
const maxApart = 4 << 10

// isQuiet tells whether nothing is shown between two bytes of the body, as
// before a copy in <noscript>.
func isQuiet(p *page.Page, from, to int) bool {
	for i := p.At(from); i < len(p.Tokens)-1 && p.Tokens[i].Start < to; i++ {
		if t := &p.Tokens[i]; t.Kind == html.TextToken && t.Tag == 0 && trim(p.Raw(i)) != "" {
			return false
		}
	}
	return true
}

// tells tells whether o may be about the same tweet.
func (c *finding) tells(o *finding, inside bool) bool {
	if c.ID != "" && o.ID != "" {
		return c.ID == o.ID
	}
	return inside && (c.Handle == "" || o.Handle == "" || strings.EqualFold(c.Handle, o.Handle))
}

// join makes one of two findings in one place: the one with the text, with
// what the other knows.
func (c *finding) join(o finding) {
	if c.Form == archive.FormShortcode && o.Form == archive.FormLink {
		c.End = o.End // the block's comment, and the address in it
	}
	if c.Text == "" && (o.Text != "" || c.Form == archive.FormLink) {
		o.reach = max(o.reach, c.reach)
		*c, o = o, *c
	}
	c.complete(&o)
}

// complete adds what another knows of the same tweet.
func (c *finding) complete(o *finding) {
	if c.ID == "" && o.ID != "" {
		c.identify(o.ID)
	}
	if c.Text == "" {
		c.Text, c.Links = o.Text, o.Links
		if o.Handle != "" && o.Text != "" {
			c.Handle = o.Handle // as printed, where c had it from an address
		}
	}
	c.Handle = cmp.Or(c.Handle, o.Handle)
	c.Author = cmp.Or(c.Author, o.Author)
	c.Date = cmp.Or(c.Date, o.Date)
}

// lawful keeps the laws of archive.Embed.
func lawful(p *page.Page, found []finding) []archive.Embed {
	sort.SliceStable(found, func(i, j int) bool { return found[i].Start < found[j].Start })
	var embeds []archive.Embed
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
