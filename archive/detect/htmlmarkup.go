package detect

import (
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

// rendered reads a publisher's own rendering of a tweet, or a saved one of the
// site: an element whose class speaks of a tweet and that holds the handle in an
// element of its own, the tweet's address, and a whole date.
//
//	<div class="tweet"><b>Name</b> <span>@handle</span> <p>text</p> <a href="…/status/ID">05:38 PM - 07 Jun 2019</a></div>
//
// A timeline's entries, "18 Aug", "1 month ago", have no whole date.
func rendered(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if !as.Class(isTweetClass) {
		return finding{}, false
	}
	end, closed := p.End(i)
	if !closed || !hasStatus(p, i+1, end) {
		return finding{}, false
	}
	v := embedView(p, i+1, end)
	if at, ok := attribution.Last(v, false); ok && (at.Dated || char.Trim(v.Text[at.Close:]) == "") {
		return finding{}, false // the site's own way
	}
	m := partsOf(p, i+1, end)
	if m.handle == "" || m.id == "" || m.day.Day == "" && m.at == "" && !as.Class(isPie) || m.ids > 1 && !as.Class(isOneTweet) {
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormMarkup, Confidence: .9, Start: p.Tokens[i].Start, End: p.Tokens[end].Start}, next: end}
	c.Author, c.Handle = trim(strings.TrimLeft(m.author, "—–-")), m.handle
	c.posted(m.day)
	c.datedBy(m.at)
	c.identify(m.id)
	r := embedView(p, m.text[0], m.text[1])
	c.Text = trim(r.Text)
	if c.Text != "" {
		c.Links = linksOf(p, r, 0, len(r.Text))
	}
	return c, true
}

// isTweetClass tells the classes of what shows a tweet, and not of its parts,
// of lists of tweets and of buttons.
func isTweetClass(class string) bool {
	c := strings.ToLower(class)
	if !strings.Contains(c, "tweet") && !strings.Contains(c, "twitter") && !strings.HasPrefix(c, "bbpbox") {
		return false
	}
	return !matches([]string{"tweets", "timeline", "feed", "list", "share", "button", "follow", "action", "author", "text", "avatar", "icon", "link"}, c)
}

// isOneTweet tells the classes under which other addresses are those of tweets
// that are quoted or answered.
func isOneTweet(class string) bool {
	c := strings.ToLower(class)
	return c == "tweet" || c == "react-tweet-theme" || c == "twitter-embed" || strings.HasPrefix(c, "bbpbox")
}

// isPie tells the class of Blackbird Pie, which is no timeline's, so that "less
// than a minute ago" is date enough.
func isPie(class string) bool { return strings.HasPrefix(class, "bbpBox") }

// hasStatus tells whether a link that may lead to a tweet stands in the tokens.
func hasStatus(p *page.Page, i, j int) bool {
	n, _ := slices.BinarySearch(p.Links, i)
	return n < len(p.Links) && p.Links[n] < j
}

// firstStatus is the user name in the first address of a tweet.
func firstStatus(p *page.Page, i, j int) string {
	for n, _ := slices.BinarySearch(p.Links, i); n < len(p.Links) && p.Links[n] < j; n++ {
		if st, ok := archive.FindStatus(p.Attributes(p.Links[n]).Get("href")); ok {
			return st.Handle
		}
	}
	return ""
}

// parts are what a rendering consists of.
type parts struct {
	author, handle string
	id             string
	ids            int // how many different ones
	day            date.Date
	at             string // ISO 8601
	text           [2]int // tokens
}

// partsOf reads the rendering between two tokens. The handle stands alone in an
// element, the name before or behind it; the text is the element whose class
// says so, else what stands between handle and date.
func partsOf(p *page.Page, i, j int) (m parts) {
	var last string // the text before
	handleTok, dateTok := -1, -1
	link := -1 // the open link to the tweet
	linkText, linkTok := "", -1
	of := firstStatus(p, i, j)
	sure := false // that text is no more than the text
	for k := i; k < j; k++ {
		t := &p.Tokens[k]
		switch {
		case t.Kind == html.TextToken && t.Tag == 0:
			s := squash(html.UnescapeString(p.Raw(k)))
			if s == "" {
				continue
			}
			h := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(s, "("), "@"), ")")
			if n := strings.LastIndex(s, "(@"); n > 0 && m.handle == "" { // Name (@handle)
				if a, ok := attribution.At(&view.View{Text: s}, n+1, attribution.Context{From: n}); ok && a.Close == len(s) && strings.EqualFold(a.Handle, of) {
					last, h = trim(s[:n]), a.Handle
				}
			}
			switch {
			case m.handle == "" && archive.IsHandle(h) && (strings.EqualFold(of, h) || of == "" && len(h) < len(s)):
				m.handle, handleTok = h, k
				if m.author == "" {
					m.author = last
				}
			case link >= 0 && k < link:
				linkText += " " + s
			}
			if d, n := date.At(s); n > 0 && m.day == (date.Date{}) && len(s)-n < 20 {
				m.day, dateTok = d, k
			}
			if d, n := date.At(trim(linkText)); n > 0 && m.day == (date.Date{}) {
				m.day, dateTok = d, linkTok
			}
			last = s
		case !p.IsStart(k):
		case t.Tag == atom.A && t.Marked:
			if st, ok := archive.FindStatus(p.Attributes(k).Get("href")); ok {
				if m.id != st.ID {
					m.ids++
				}
				if m.id == "" {
					m.id = st.ID
				}
				link, linkText, linkTok = t.Close, "", k
				if at, err := time.Parse(time.RubyDate, p.Attributes(k).Get("title")); m.at == "" && err == nil {
					m.at = at.Format(time.RFC3339)
				}
			}
		case t.Tag == atom.Time:
			if at := p.Attributes(k).Get("datetime"); m.at == "" && len(at) > len("2006-01-02T") {
				m.at = at
				if dateTok < 0 {
					dateTok = k
				}
			}
		case t.Kind == html.StartTagToken && len(p.Raw(k)) > len("<p class=x"):
			as := p.Attributes(k)
			switch end, closed := p.End(k); {
			case !sure && (as.Class(isTextClass) || m.text[1] == 0 && as.Class(isBodyClass)):
				sure = as.Class(isTextClass)
				if t.Tag == atom.P {
					end, closed = paragraphEnd(p, k, j), true
				}
				if closed && end <= j {
					m.text = [2]int{k + 1, end}
				}
			case m.author == "" && as.Class(isNameClass) && closed && end <= j:
				m.author = squash(embedView(p, k+1, end).Text)
			}
		}
	}
	if linkTok > m.text[0] && linkTok < m.text[1] {
		m.text[1] = linkTok // the date inside the text's element
	}
	if m.text[1] == 0 && handleTok >= 0 && dateTok > handleTok {
		m.text = [2]int{handleTok + 1, dateTok}
		for k := handleTok + 1; k < dateTok; k++ { // "Follow", a badge
			if p.Tokens[k].Tag == atom.P && p.IsStart(k) {
				m.text[0] = k
				break
			}
		}
	}
	return m
}

// paragraphEnd is the token that ends the paragraph that begins at i.
func paragraphEnd(p *page.Page, i, j int) int {
	for k := i + 1; k < j; k++ {
		if page.Blocks[p.Tokens[k].Tag] && p.Tokens[k].Kind != html.TextToken {
			return k
		}
	}
	return j
}

// plainClass is a class without its punctuation.
func plainClass(class string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(class))
}

// isTextClass tells the classes of a tweet's text.
func isTextClass(class string) bool {
	switch c := plainClass(class); c {
	case "twcontent", "bbptweet", "entrytitle", "eentrytitle", "fulltext", "contentquote":
		return true
	default:
		return strings.Contains(c, "tweettext") || strings.HasSuffix(c, "tweetdescription")
	}
}

// isBodyClass tells those that may hold more than that.
func isBodyClass(class string) bool {
	c := plainClass(class)
	return strings.Contains(c, "tweetcontent") || strings.Contains(c, "tweetbody")
}

// isNameClass tells the classes of the author's display name.
func isNameClass(class string) bool {
	c := plainClass(class)
	for _, s := range [...]string{"displayname", "realname", "fullname", "authorname", "tweetname"} {
		if strings.HasSuffix(c, s) {
			return true
		}
	}
	return false
}

// alternative reads the picture of a tweet, whose alternative text tells it:
//
//	<a href="…/status/ID"><img alt="Twitter post by @handle: text">
func alternative(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if p.Tokens[i].Tag != atom.Img {
		return finding{}, false
	}
	alt := trim(as.Get("alt"))
	_, rest, ok := strings.Cut(alt, "witter post by @")
	if !ok || len(alt)-len(rest) > len("Twitter post by @") {
		return finding{}, false
	}
	handle, text, ok := strings.Cut(rest, ":")
	if !ok || !archive.IsHandle(handle) {
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormMarkup, Confidence: .9, Start: p.Tokens[i].Start, End: p.Tokens[i+1].Start}, next: i + 1}
	c.Handle, c.Text = handle, trim(text)
	// The link around it, or the picture's own address, tells the ID.
	for k := i - 1; k >= 0 && k > i-4; k-- {
		if t := &p.Tokens[k]; t.Tag == atom.A && t.Kind == html.StartTagToken {
			if st, ok := archive.FindStatus(p.Attributes(k).Get("href")); ok {
				c.Start = t.Start
				c.identify(st.ID)
			}
			break
		}
	}
	return c, true
}
