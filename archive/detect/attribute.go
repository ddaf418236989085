package detect

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// media are the elements that show another page. If any attribute of one holds the
// address of a tweet, also as a parameter of another address, the tweet is embedded.
var media = map[string]archive.Form{
	"iframe": archive.FormIframe, "twitterwidget": archive.FormIframe, "object": archive.FormIframe, "embed": archive.FormIframe,
	"amp-iframe": archive.FormIframe, "amp-embed": archive.FormIframe, "amp-twitter": archive.FormAMP, "oembed": archive.FormShortcode,
}

// notEmbeds are the elements whose attributes link, share, or describe the page.
var notEmbeds = page.TagSet(atom.A, atom.Meta, atom.Link, atom.Script, atom.Style, atom.Form, atom.Input, atom.Button, atom.Img,
	atom.Source, atom.Area, atom.Base, atom.Option, atom.Label, atom.Html, atom.Body, atom.Head, atom.Textarea, atom.Picture, atom.Svg,
	atom.Q, atom.Cite, atom.Ins, atom.Del)

var (
	// component is the name of a tweet's component: <Tweet>, <tweet-embed>, <lite-tweet>,
	// <twitter-embed>.
	component = pattern{hold: []string{"tweet", "twitter"}}
	// notShown are attributes whose addresses do not lead to what the element shows.
	notShown = pattern{hold: []string{
		"share", "class", "style", "title", "alt", "original", "credit", "source", "track", "analytics",
		"clipboard", "text", "description", "summary", "version",
	}}
	// buttons are parts of addresses that share a tweet.
	buttons = []string{"/intent/", "/share", "sharer", "_button"}
	// services are values that say that the ID of an element is a tweet's.
	services = pattern{is: []string{"twitter", "tweet", "x", "twitter-tweet", "embed-twitter", "x-twitter"}}
	// tweetKey and idKey together fit the name of the attribute with a tweet's ID,
	// without its punctuation: tweetid, data-twitter-status-id, data-tweet. They do not
	// fit the names for its author or for a widget.
	tweetKey = pattern{hold: []string{"tweet", "twitter"}, not: []string{"user", "account", "widget", "profile", "author", "list"}}
	idKey    = pattern{end: []string{"id", "tweet", "status", "twitter"}}
	// someKey is the name of an ID if another attribute says that it is a tweet's.
	someKey = pattern{end: []string{"id", "key", "content", "value", "embed"}}
)

// attribute reads an element that holds only the ID or the address of a tweet, which a
// script loads:
//
//	<div data-tweet-id="ID">, <iframe src="…/status/ID">, <tweet-embed id="ID">
func attribute(p *page.Page, i int, as page.Attributes) (finding, bool) {
	t, name := &p.Tokens[i], p.Name(i)
	form, ok := media[name]
	ours := component.fits(name)
	if !t.Marked || !ok && !ours && notEmbeds[t.Tag] {
		return finding{}, false
	}
	id, handle := tweetID(as, ours)
	if id == "" && ours && p.IsText(i+1) {
		if s := char.Trim(p.Raw(i + 1)); len(s) >= minID && archive.IsStatusID(s) {
			id = s // <tweet>ID</tweet>
		}
	}
	if id == "" && t.Tag != atom.Iframe {
		id, handle = quotedID(as)
	}
	if id == "" {
		return finding{}, false
	}
	if form == "" {
		form = archive.FormAttribute
	}
	c := byID(form, t.Start, p.Tokens[i+1].Start, id, handle)
	if end, closed := p.End(i); closed {
		c.reach = p.Tokens[end].Start
		c.only = len(embedView(p, i+1, end).Text) <= maxLoading
	}
	return c, true
}

// maxLoading is the greatest length of the text in an element that only loads a tweet:
// "Loading tweet...", a caption, a note about consent.
const maxLoading = 300

// isTweet reports whether an element is said to be a tweet: by its class, which lazy
// loaders keep in any attribute, or by an ID.
func isTweet(as page.Attributes) bool {
	for _, a := range as {
		v := strings.ToLower(a.Val)
		if a.Key == "class" && component.fits(v) || movedClass.fits(v) {
			return true
		}
	}
	id, _ := tweetID(as, false)
	return id != ""
}

// movedClass is the class as lazy loaders keep it in another attribute.
var movedClass = pattern{hold: []string{"twitter-tweet", "twitter-video"}}

// tweetID finds the ID in the attributes of an element, and the handle if they say it.
// ours says that the element is one of the service; an attribute may say so too.
func tweetID(as page.Attributes, ours bool) (id, handle string) {
	classed := tweetClass.class(as)
	for _, a := range as {
		ours = ours || services.fits(strings.ToLower(strings.TrimSpace(a.Val)))
	}
	for _, a := range as {
		v := strings.TrimSpace(a.Val)
		if ours {
			v = plainValue(v)
		}
		switch {
		case archive.IsStatusID(v):
			if len(v) >= minID && (ours && someKey.fits(a.Key) || isIDKey(a.Key)) || len(v) >= minBareID && classed && isDataID(a.Key) {
				return v, ""
			}
		case mayShow(a.Key, v) && !strings.ContainsAny(v, " \t\n<>{}"):
			if id, handle := idIn(v); id != "" {
				return id, handle
			}
		}
	}
	return "", ""
}

// plainValue is the value of a component's attribute, which may be an expression,
// id={"1"}, or an address without its host.
func plainValue(v string) string {
	v = strings.Trim(v, "{}'\"`")
	if _, after, ok := strings.Cut(v, "/status/"); ok && archive.IsStatusID(after) && !strings.Contains(v, "//") {
		return "https://twitter.com/" + v
	}
	return v
}

func isIDKey(key string) bool {
	key = bareName(key)
	return tweetKey.fits(key) && idKey.fits(key)
}

func isDataID(key string) bool { return strings.HasPrefix(key, "data-") && someKey.fits(key) }

// mayShow reports whether the address in an attribute may be that of the tweet that the
// element shows.
func mayShow(key, value string) bool {
	return len(value) <= maxValue && key != "href" && !notShown.fits(key) && !holds(value, buttons)
}

// maxValue is the greatest length of an address that may have the tweet's among its
// parameters.
const maxValue = 2 << 10

// The least number of digits of an ID: where it is called an ID, and where it only may be
// one. The IDs of other things, and times, are shorter.
const (
	minID     = 5
	minBareID = 15
)

// idIn finds a tweet's ID in a value: in an address, or after a name for a tweet.
func idIn(v string) (id, handle string) {
	if st, ok := archive.FindStatus(v); ok {
		return st.ID, st.Handle
	}
	low := strings.ToLower(v)
	for at := range len(low) {
		for _, p := range idPrefixes {
			rest, ok := strings.CutPrefix(low[at:], p)
			rest = strings.TrimPrefix(strings.TrimPrefix(rest, ".min"), ".html")
			if !ok || rest == "" || !strings.ContainsRune("-_/=:#", rune(rest[0])) {
				continue
			}
			if id := digits(rest[1:]); len(id) >= minBareID && archive.IsStatusID(id) {
				return id, ""
			}
		}
	}
	if u, err := url.Parse(v); err == nil && slices.Contains(widgetHosts, u.Host) && strings.Contains(u.Path, "embed") {
		if id := u.Query().Get("id"); archive.IsStatusID(id) {
			return id, ""
		}
	}
	return "", ""
}

var (
	// idPrefixes come before an ID in names and addresses that publishers made up:
	//
	//	<div id="tweet-ID">, <iframe src="…/inset/iframe?id=twitter-ID">, …/i/videos/tweet/ID, …/twitter.min.html#ID
	idPrefixes = []string{"tweet", "tweetid", "tweet_id", "tweet-id", "twitter", "twitter:", "twitter:/"}
	// widgetHosts have the pages of the service's widget: /embed/Tweet.html?id=ID
	widgetHosts = []string{"platform.twitter.com", "platform.x.com"}
)

// digits are the digits that s begins with.
func digits(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }

// quotedID finds the tweet's address among the settings of a component, where it is a
// whole quoted string: x-data="embed('https://…')".
func quotedID(as page.Attributes) (id, handle string) {
	for _, a := range as {
		v := a.Val
		if !mayShow(a.Key, v) || strings.Contains(v, "href") || strings.HasPrefix(a.Key, "on") {
			continue
		}
		st, ok := archive.FindStatus(v)
		if !ok || st.Start == 0 || !strings.ContainsRune("\"'`", rune(v[st.Start-1])) {
			continue
		}
		if n := strings.IndexAny(v[st.End:], "\"'` <"); n >= 0 && v[st.End+n] == v[st.Start-1] {
			return st.ID, st.Handle
		}
	}
	return "", ""
}
