package detect

import (
	"cmp"
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

// The classes of a rendering and of its parts, text, name and handle; those
// of the parts without their punctuation.
var (
	// tweetClass is that of a whole rendering: not of its parts, of lists of
	// tweets or of buttons.
	tweetClass = pattern{hold: []string{"tweet", "twitter"}, begin: []string{"bbpbox"},
		not: []string{"tweets", "timeline", "feed", "list", "share", "button", "follow", "action", "author", "text", "avatar", "icon", "link"}}
	// oneTweet are the classes under which other addresses are those of tweets
	// that are quoted or answered.
	oneTweet = pattern{is: []string{"tweet", "react-tweet-theme", "twitter-embed"}, begin: []string{"bbpbox"}}
	// undated is the class of Blackbird Pie, which is no timeline's, so that "less
	// than a minute ago" is date enough.
	undated = pattern{begin: []string{"bbpbox"}}

	textClass = pattern{is: []string{"twcontent", "bbptweet", "entrytitle", "eentrytitle", "fulltext", "contentquote"},
		hold: []string{"tweettext"}, end: []string{"tweetdescription"}}
	bodyClass = pattern{hold: []string{"tweetcontent", "tweetbody"}} // may hold more than the text
	nameClass = pattern{end: []string{"displayname", "realname", "fullname", "authorname", "tweetname"}}
)

// rendered reads a publisher's own rendering of a tweet, or a saved one of the
// site: an element with the class of a tweet that holds the handle in an element
// of its own, the tweet's address, and a whole date.
//
//	<div class="tweet"><b>Name</b> <span>@handle</span> <p>text</p> <a href="…/status/ID">05:38 PM - 07 Jun 2019</a></div>
//
// A timeline's entries, "18 Aug", "1 month ago", have no whole date.
func rendered(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if !tweetClass.class(as) {
		return finding{}, false
	}
	end, closed := p.End(i)
	if !closed || len(statusLinks(p, i+1, end)) == 0 {
		return finding{}, false
	}
	v := embedView(p, i+1, end)
	if at, ok := attribution.Last(v, false); ok && (at.Dated || char.Trim(v.Text[at.Close:]) == "") {
		return finding{}, false // the site's own way: see quote
	}
	m := partsOf(p, i+1, end)
	if m.handle == "" || m.id == "" || m.day.Day == "" && m.at == "" && !undated.class(as) || m.ids > 1 && !oneTweet.class(as) {
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormMarkup, Confidence: renderedConfidence, Start: p.Tokens[i].Start, End: p.Tokens[end].Start}}
	c.Author, c.Handle = char.Trim(strings.TrimLeft(m.author, "—–-")), m.handle
	c.posted(m.day)
	c.datedBy(m.at)
	c.identify(m.id)
	v = embedView(p, m.text[0], m.text[1])
	c.Text = char.Trim(v.Text)
	if c.Text != "" {
		c.Links = linksOf(p, v, view.Range{End: len(v.Text)})
	}
	return c, true
}

// renderedConfidence is that of a text whose borders are a publisher's.
const renderedConfidence = .9

// statusLinks are the links among the tokens that may lead to a tweet.
func statusLinks(p *page.Page, i, j int) []int {
	from, _ := slices.BinarySearch(p.Links, i)
	to, _ := slices.BinarySearch(p.Links, j)
	return p.Links[from:to]
}

// parts are what a rendering consists of. The handle is alone in an element, the
// name before or after it; the text is the element whose class says so, else what
// is between handle and date.
type parts struct {
	author, handle string
	id             string
	ids            int // how many different ones
	day            date.Date
	at             string // ISO 8601
	text           [2]int // tokens

	user             string // in the first address
	last             string // the text before
	sure             bool   // that text is no more than the tweet's
	handleAt, dateAt int    // tokens; 0 before they are found
	link             int    // the last link to a tweet,
	linkEnd          int    // the token that closes it, and
	linkText         string // what it shows so far
}

// partsOf reads the rendering between two tokens.
func partsOf(p *page.Page, i, j int) parts {
	m := parts{user: userOf(p, i, j)}
	for k := i; k < j; k++ {
		switch t := &p.Tokens[k]; {
		case p.IsText(k):
			if s := char.Squash(html.UnescapeString(p.Raw(k))); s != "" {
				m.readText(s, k)
			}
		case !p.IsStart(k):
		case t.Tag == atom.A && t.Marked:
			m.readLink(p, k)
		case t.Tag == atom.Time:
			m.readTime(p, k)
		case t.Kind == html.StartTagToken && len(p.Raw(k)) > len("<p class=x"):
			m.readElement(p, k, j)
		}
	}
	if m.text[1] == 0 {
		m.text = m.between(p)
	} else if m.link > m.text[0] && m.link < m.text[1] {
		m.text[1] = m.link // the date inside the text's element
	}
	return m
}

// userOf is the user in the first address of a tweet.
func userOf(p *page.Page, i, j int) string {
	for _, l := range statusLinks(p, i, j) {
		if st, ok := archive.FindStatus(p.Attributes(l).Get("href")); ok {
			return st.Handle
		}
	}
	return ""
}

// between is what is between handle and date, from its first paragraph on: before
// that come "Follow", a badge.
func (m *parts) between(p *page.Page) [2]int {
	if m.handleAt == 0 || m.dateAt < m.handleAt {
		return [2]int{}
	}
	for k := m.handleAt + 1; k < m.dateAt; k++ {
		if p.Tokens[k].Tag == atom.P && p.IsStart(k) {
			return [2]int{k, m.dateAt}
		}
	}
	return [2]int{m.handleAt + 1, m.dateAt}
}

// maxBesideDate is less than what may be in a text beside its date, a clock or
// "on".
const maxBesideDate = 20

// readText takes from a text the handle, with the name that was before it, and the
// date, which may be in pieces in the tweet's link.
func (m *parts) readText(s string, k int) {
	name, handle := m.handleIn(s)
	switch {
	case handle != "":
		m.handle, m.handleAt = handle, k
		m.author = cmp.Or(m.author, name)
	case k < m.linkEnd:
		m.linkText += " " + s
	}
	if d, n := date.At(s); n > 0 && len(s)-n < maxBesideDate {
		m.setDay(d, k)
	}
	if d, n := date.At(char.Trim(m.linkText)); n > 0 {
		m.setDay(d, m.link)
	}
	m.last = s
}

func (m *parts) setDay(d date.Date, k int) {
	if m.day == (date.Date{}) {
		m.day, m.dateAt = d, k
	}
}

// handleIn reads a text that is a handle, "@handle" or "Name (@handle)". It must
// be that of the address; where that has none, it must have its @.
func (m *parts) handleIn(s string) (name, handle string) {
	if m.handle != "" {
		return "", ""
	}
	if n := strings.LastIndex(s, "(@"); n > 0 {
		if a, ok := attribution.At(&view.View{Text: s}, n+1, attribution.Context{From: n}); ok && a.Close == len(s) && strings.EqualFold(a.Handle, m.user) {
			m.last = char.Trim(s[:n])
			return m.last, a.Handle
		}
	}
	h := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(s, "("), "@"), ")")
	if archive.IsHandle(h) && (strings.EqualFold(h, m.user) || m.user == "" && len(h) < len(s)) {
		return m.last, h
	}
	return "", ""
}

// readLink takes the ID from a link, and the time, which Blackbird Pie has there.
func (m *parts) readLink(p *page.Page, k int) {
	as := p.Attributes(k)
	st, ok := archive.FindStatus(as.Get("href"))
	if !ok {
		return
	}
	if m.id != st.ID {
		m.ids++
	}
	if m.id == "" {
		m.id = st.ID
	}
	m.link, m.linkEnd, m.linkText = k, p.Tokens[k].Close, ""
	if at, err := time.Parse(time.RubyDate, as.Get("title")); m.at == "" && err == nil {
		m.at = at.Format(time.RFC3339)
	}
}

// readTime takes the time from an element that says it.
func (m *parts) readTime(p *page.Page, k int) {
	if at := p.Attributes(k).Get("datetime"); m.at == "" && len(at) > len("2006-01-02T") {
		m.at = at
		if m.dateAt == 0 {
			m.dateAt = k
		}
	}
}

// readElement takes text and name from elements whose classes say that they are.
func (m *parts) readElement(p *page.Page, k, j int) {
	as := p.Attributes(k)
	isText := textClass.plainClass(as)
	switch end, closed := p.End(k); {
	case !m.sure && (isText || m.text[1] == 0 && bodyClass.plainClass(as)):
		m.sure = isText
		if p.Tokens[k].Tag == atom.P {
			end, closed = paragraphEnd(p, k, j), true
		}
		if closed && end <= j {
			m.text = [2]int{k + 1, end}
		}
	case m.author == "" && closed && end <= j && nameClass.plainClass(as):
		m.author = char.Squash(embedView(p, k+1, end).Text)
	}
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
