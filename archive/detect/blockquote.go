package detect

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/attribution"
	"tweetarc/archive/detect/internal/char"
	"tweetarc/archive/detect/internal/date"
	"tweetarc/archive/detect/internal/page"
	"tweetarc/archive/detect/internal/view"
)

// quote reads the site's own embed, of all its ages:
//
//	<blockquote class="twitter-tweet"><p>text</p>&mdash; Name (@handle) <a href="…/status/ID">date</a></blockquote>
//
// and what has become of it: the class lost or moved (lazy loaders), the
// attribution in a <p> of its own, another element in the blockquote's place,
// only the address left. Without a sign of the site in the start tag it takes
// an attribution, with a dash or a date, and the tweet's address.
func quote(p *page.Page, i int, as page.Attributes) (finding, bool) {
	signed := isTweet(as)
	if p.Tokens[i].Tag != atom.Blockquote && !as.Class(isSiteClass) {
		return finding{}, false
	}
	end, closed := p.End(i)
	end, inner := quoteEnd(p, i, end, closed)
	if inner {
		return finding{}, false // what is inside may be one
	}
	v := embedView(p, i+1, end)
	begin, text := 0, len(v.Text)
	at, found := attribution.Last(v, signed)
	if found {
		text = at.Text
	}
	if signed && text == 0 || !found {
		if first, n, ok := attribution.First(v); ok && signed {
			at, found, begin, text = first, true, n, len(v.Text)
		}
	}
	link, st, linked := ownLink(v, at)
	switch {
	case signed && !found && !linked:
		return finding{}, false // the class without a tweet
	case !signed && (!found || !linked || !at.HasDash() && !at.Dated || at.Text == 0 && at.Author == ""):
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormBlockquote, Confidence: 1, Start: p.Tokens[i].Start, End: p.Tokens[end].Start}}
	c.Author, c.Handle = at.Author, at.Handle
	if at.Dated {
		c.posted(at.Date)
	}
	if linked {
		if d, n := date.At(v.Shown(link.Range)); n > 0 && c.Date == "" {
			c.posted(d)
		}
		c.Handle = cmp.Or(c.Handle, st.Handle)
		// The address shows the date or an invitation to click, never the tweet.
		text = min(text, link.Start)
		c.datedBy(p.Attributes(link.Token).Get("data-datetime"))
		c.identify(st.ID)
	} else if id, _ := tweetID(as, false); id != "" {
		c.identify(id)
	}
	c.Text = char.Trim(v.Text[begin:max(begin, text)])
	if isPlaceholder(c.Text) {
		c.Text = ""
	}
	if c.Text != "" {
		c.Links = linksOf(p, v, begin, text)
	}
	return c, true
}

// isSiteClass tells the classes that the site's own script looks for.
func isSiteClass(class string) bool {
	return strings.EqualFold(class, "twitter-tweet") || strings.EqualFold(class, "twitter-video")
}

// quoteEnd is where the blockquote i ends: where its element does or, if that
// is not closed, after the last address of a tweet before the next block of
// another kind. inner says that there is another blockquote inside.
func quoteEnd(p *page.Page, i, end int, closed bool) (_ int, inner bool) {
	last := i + 1
	for j := i + 1; j < end; j++ {
		t := &p.Tokens[j]
		if !p.IsStart(j) {
			continue
		}
		switch {
		case t.Tag == atom.Blockquote && closed:
			return end, true
		case !closed && (t.Tag == atom.Blockquote || t.Tag == atom.Script || t.Tag == atom.Article || t.Tag == atom.Footer):
			end = j
		case t.Tag == atom.A && t.Marked && strings.Contains(p.Raw(j), "status"):
			if last = j + 1; t.Close > 0 && t.Close < end {
				last = t.Close + 1
			}
		}
	}
	if !closed {
		end = min(end, last)
	}
	return end, false
}

// ownLink is the link to the tweet itself among those of its view: the last one
// that leads to a tweet, if it is not in the text before the attribution.
func ownLink(v *view.View, at attribution.Attribution) (view.Link, archive.Status, bool) {
	for _, l := range slices.Backward(v.Links) {
		st, ok := archive.FindStatus(l.Target)
		if ok && (l.Start >= at.Text || strings.EqualFold(st.Handle, at.Handle)) {
			return l, st, true
		}
	}
	return view.Link{}, archive.Status{}, false
}

// linksOf are the links in a stretch of the text, but for mentions and tags.
func linksOf(p *page.Page, v *view.View, start, end int) []archive.Link {
	var ls []archive.Link
	for _, a := range v.Links {
		shown := v.Shown(a.Range)
		if a.Start < start || a.End > end || shown == "" || strings.ContainsAny(shown[:1], "@#$") {
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

// placeholders stand where the widget was not loaded or the tweet is gone.
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

// posted sets the day that is printed. A time of day beside it is that of some
// zone, so there the ID's day is better; see identify.
func (c *finding) posted(d date.Date) {
	c.Date = d.Day
	c.local = d.Clock
}

// identify sets the ID, and the time that it tells.
func (c *finding) identify(id string) {
	at := c.At
	c.WithID(id)
	if c.local && !c.At.IsZero() && !c.At.Equal(at) {
		c.Date = c.At.Format(time.DateOnly)
	}
}

// datedBy takes the exact time from what an attribute says in ISO 8601.
func (c *finding) datedBy(iso string) {
	at, err := time.Parse(time.RFC3339, iso)
	if err != nil || !c.At.IsZero() {
		return
	}
	c.At = at.UTC()
	if c.Date == "" || c.local {
		c.Date, c.local = c.At.Format(time.DateOnly), false
	}
}

// embedView is the view of an embed's tokens, without what is there for screen
// readers only.
func embedView(p *page.Page, i, j int) *view.View {
	return view.OfPage(p, i, j, func(i int) bool {
		return p.Tokens[i].Tag == atom.Span && p.Tokens[i].Kind == html.StartTagToken && p.Attributes(i).Class(isUnseen)
	})
}

func isUnseen(class string) bool {
	switch strings.ToLower(class) {
	case "invisible", "u-hiddenvisually", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "off-screen":
		return true
	}
	return false
}
