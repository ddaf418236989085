package detect

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
	"example.org/tweetarc/archive/detect/internal/page"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in html_test.go.

// quotes reads the service's own embed, of all years:
//
//	<blockquote class="twitter-tweet"><p>text</p>&mdash; Name (@handle) <a href="…/status/ID">date</a></blockquote>
//
// and what publishers made of it: the class is lost or in another attribute (lazy
// loaders), the attribution is in a <p> of its own, the element is another one, or only
// the address is left. If nothing in the start tag says that it is a tweet, it must have
// an attribution with a dash or a date, and the tweet's address. If one blockquote holds
// several tweets, each is read up to its attribution. The content of an inner blockquote
// is not part of the outer one.
func quotes(p *page.Page, i int, as page.Attributes) (found []finding) {
	signed := isTweet(as)
	if p.Tokens[i].Tag != atom.Blockquote && !as.Class(isSiteClass) {
		return nil
	}
	end := quoteEnd(p, i)
	var inner []int // the blockquotes inside that are tweets of their own
	v := view.OfPage(p, i+1, end, func(k int) bool {
		if p.Tokens[k].Tag == atom.Blockquote && holdsLink(p, k, p.Tokens[k].Close) {
			inner = append(inner, p.Tokens[k].Start)
			return true
		}
		return isHidden(p, k)
	})
	start := p.Tokens[i].Start
	for _, part := range tweetsIn(v) {
		q := readQuote(v.Part(part.Start, part.End), signed)
		if !q.isTweet(signed) {
			continue
		}
		c := q.finding(p, as)
		c.Start, c.End = start, p.Tokens[end].Start
		if part.End < len(v.Text) {
			c.End = p.Tokens[p.At(v.After(part.End))+1].Start // with the end tag of the link
		}
		if n, _ := slices.BinarySearch(inner, v.After(part.Start+q.by.End)); q.signed && n < len(inner) {
			c.End = min(c.End, inner[n])
		}
		start = c.End
		found = append(found, c)
	}
	return found
}

// holdsLink reports whether among the tokens is a link that may lead to a tweet.
func holdsLink(p *page.Page, i, j int) bool {
	n, _ := slices.BinarySearch(p.Links, i)
	return n < len(p.Links) && p.Links[n] < j
}

// tweetsIn are the parts of a blockquote with one tweet each, up to the end of its
// attribution. The last part goes to the end.
func tweetsIn(v *view.View) (parts []view.Range) {
	from := 0
	for at := strings.IndexByte(v.Text, '@'); at >= 0; {
		a, ok := attribution.At(v, at, attribution.Context{From: from, Known: true})
		if ok && a.HasDash() && a.Dated {
			parts = append(parts, view.Range{Start: from, End: a.End})
			from, at = a.End, a.End-1
		}
		n := strings.IndexByte(v.Text[at+1:], '@')
		if n < 0 {
			break
		}
		at += 1 + n
	}
	if len(parts) == 0 {
		parts = append(parts, view.Range{})
	}
	parts[len(parts)-1].End = len(v.Text)
	return parts
}

// finding is the tweet of the blockquote whose start tag has the attributes.
func (q *quoted) finding(p *page.Page, as page.Attributes) finding {
	c := finding{Embed: archive.Embed{Form: archive.FormBlockquote, Confidence: 1}}
	c.Author, c.Handle = q.by.Author, q.by.Handle
	if q.by.Dated {
		c.posted(q.by.Date)
	}
	if q.linked {
		if d, n := date.At(q.Shown(q.link.Range)); n > 0 && c.Date == "" {
			c.posted(d)
		}
		c.Handle = cmp.Or(c.Handle, q.status.Handle)
		at := p.Attributes(q.link.Token).Get("data-datetime")
		if inside := q.link.Token + 1; at == "" && inside < len(p.Tokens)-1 {
			at = p.Attributes(inside).Get("datetime")
		}
		c.datedBy(at)
		c.identify(q.status.ID)
	} else if id, _ := tweetID(as, false); id != "" {
		c.identify(id)
	}
	c.Text = q.Shown(q.text)
	if !q.signed && q.linked { // the dash before a name that is not shown
		c.Text = strings.TrimRightFunc(c.Text, func(r rune) bool { return r == '—' || char.IsBlank(r) })
	}
	if isPlaceholder(c.Text) {
		c.Text = ""
	}
	if c.Text != "" {
		c.Links = linksOf(p, q.View, q.text)
	}
	return c
}

// quoted is the text of a blockquote and its parts.
type quoted struct {
	*view.View
	text   view.Range
	by     attribution.Attribution
	signed bool // there is an attribution
	link   view.Link
	status archive.Status // the tweet that link leads to
	linked bool
}

// readQuote reads a blockquote. isTweet is true if the markup says that it is a tweet.
func readQuote(v *view.View, isTweet bool) (q quoted) {
	q.View, q.text.End = v, len(v.Text)
	if q.by, q.signed = attribution.Last(v, isTweet); q.signed {
		q.text.End = q.by.Text
	}
	if first, end, ok := attribution.First(v); ok && isTweet && q.by.Text == 0 {
		q.by, q.signed, q.text = first, true, view.Range{Start: end, End: len(v.Text)}
	}
	for _, l := range slices.Backward(v.Links) { // the last one that is not in the text
		st, ok := archive.FindStatus(l.Target)
		if ok && (l.Start >= q.by.Text || strings.EqualFold(st.Handle, q.by.Handle)) {
			q.link, q.status, q.linked = l, st, true
			// It shows the date or an invitation to click, never the tweet.
			q.text.End = max(q.text.Start, min(q.text.End, l.Start))
			break
		}
	}
	return q
}

// isTweet reports whether the blockquote holds enough of a tweet. If its class says that
// it is a tweet, anything is enough.
func (q *quoted) isTweet(class bool) bool {
	if class {
		return q.signed || q.linked
	}
	return q.signed && q.linked && (q.by.HasDash() || q.by.Dated) && (q.by.Text > 0 || q.by.Author != "")
}

// isSiteClass reports whether it is a class that the service's own script looks for.
func isSiteClass(class string) bool {
	return strings.EqualFold(class, "twitter-tweet") || strings.EqualFold(class, "twitter-video")
}

// quoteEnd is where blockquote i ends. If no tag closes it, it ends after the last
// address of a tweet before the next block of another kind.
func quoteEnd(p *page.Page, i int) int {
	end, closed := p.End(i)
	if closed {
		return end
	}
	last := i + 1
	for j := i + 1; j < end; j++ {
		t := &p.Tokens[j]
		switch {
		case !p.IsStart(j):
		case blocksAfterQuote[t.Tag]:
			end = j
		case t.Tag == atom.A && t.Marked && strings.Contains(p.Raw(j), "status"):
			last = j + 1
			if t.Close > 0 && t.Close < end {
				last = t.Close + 1
			}
		}
	}
	return min(end, last)
}

// blocksAfterQuote are elements that begin after a tweet and never inside one.
var blocksAfterQuote = page.TagSet(atom.Blockquote, atom.Script, atom.Article, atom.Footer)

// linksOf are the links in a part of the text, without mentions and hashtags.
func linksOf(p *page.Page, v *view.View, text view.Range) []archive.Link {
	var ls []archive.Link
	for _, a := range v.Touching(text.Start, text.End) {
		shown := v.Shown(a.Range)
		if a.Start < text.Start || a.End > text.End || shown == "" || strings.ContainsAny(shown[:1], "@#$") {
			continue
		}
		as := p.Attributes(a.Token)
		l := archive.Link{Shown: shown, URL: strings.TrimSpace(as.Get("href"))}
		for _, k := range [...]string{"data-expanded-url", "title"} {
			if t := strings.TrimSpace(as.Get(k)); l.Target == "" && t != l.URL && isWebAddress(t) {
				l.Target = t
			}
		}
		if l.URL != "" {
			ls = append(ls, l)
		}
	}
	return ls
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// placeholders are shown if the widget was not loaded or the tweet is gone.
var placeholders = map[string]bool{
	"tweet may have been deleted": true, "loading tweet": true, "view tweet": true, "view on twitter": true, "view on x": true,
	"view image on twitter": true, "view post on x": true, "see tweet": true, "twitter": true, "tweet": true, "x": true,
	"ver tweet": true, "ver en twitter": true, "voir le tweet": true, "tweet op twitter": true, "tweet anzeigen": true,
	"tweet bekijken": true, "se tweet": true, "xで投稿を見る": true, "ツイートを見る": true, "embedded tweet": true, "loading": true,
}

func isPlaceholder(s string) bool {
	s = strings.TrimRight(strings.ToLower(s), ".…! ")
	return placeholders[strings.TrimSpace(strings.TrimSuffix(s, "(opens in a new tab)"))]
}

// posted sets the day that is printed. If a time of day is beside it, the day is one in
// an unknown time zone, and the ID's day is better; see identify.
func (c *finding) posted(d date.Date) {
	c.Date = d.Day
	c.local = d.Clock
}

// identify sets the ID, and the time from it.
func (c *finding) identify(id string) {
	at := c.At
	c.WithID(id)
	if c.local && !c.At.IsZero() && !c.At.Equal(at) {
		c.Date = c.At.Format(time.DateOnly)
	}
}

// datedBy takes the exact time from an attribute in ISO 8601.
func (c *finding) datedBy(iso string) {
	at, err := time.Parse(time.RFC3339, iso)
	if err != nil {
		at, err = time.Parse("2006-01-02T15:04:05Z0700", iso)
	}
	if err != nil || !c.At.IsZero() {
		return
	}
	c.At = at.UTC()
	if c.Date == "" || c.local {
		c.Date, c.local = c.At.Format(time.DateOnly), false
	}
}

// embedView is the view of an embed's tokens, without the parts that only screen readers
// read.
func embedView(p *page.Page, i, j int) *view.View {
	return view.OfPage(p, i, j, func(i int) bool { return isHidden(p, i) })
}

func isHidden(p *page.Page, i int) bool {
	return p.Tokens[i].Tag == atom.Span && p.Tokens[i].Kind == html.StartTagToken && p.Attributes(i).Class(isUnseen)
}

func isUnseen(class string) bool {
	switch strings.ToLower(class) {
	case "invisible", "u-hiddenvisually", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "off-screen":
		return true
	}
	return false
}
