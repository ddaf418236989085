package detect

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/page"
)

// networks are the classes by which the embeds of other networks are told, some
// of the same shape as a tweet's. Nothing in them is looked at.
var networks = []string{"bluesky-embed", "mastodon-embed", "text-post-media", "truthsocial-embed", "tiktok-embed",
	"instagram-media", "fb-post", "fb-video", "reddit-embed", "reddit-card", "threads-embed", "twitter-timeline"}

// isOther tells whether the element is an embed of another network, or a
// timeline.
func isOther(as page.Attributes) bool {
	return as.Class(func(c string) bool { return contains(networks, c) })
}

// feeds are what the classes begin with of what shows somebody's latest tweets.
// In those, only the site's own blockquotes are taken for embeds.
var feeds = []string{"tweets", "latest-tweets", "latesttweets", "recent-tweets", "rotatingtweets", "timeline-tweet", "twitter-feed", "twitter_feed",
	"twitterfeed", "twitter-stream", "twitter-wall", "twitter-ticker", "tweet-feed", "tweet-list", "tweetlist", "widget_twitter", "twitter_widget", "ctf-"}

func isFeed(as page.Attributes) bool {
	return as.Class(func(c string) bool {
		c = strings.ToLower(c)
		return slices.ContainsFunc(feeds, func(f string) bool { return strings.HasPrefix(c, f) })
	})
}

// isTweet tells whether a blockquote says that it is a tweet: by its class, in
// whatever attribute a lazy loader keeps that, or by an ID.
func isTweet(as page.Attributes) bool {
	for _, a := range as {
		switch v := strings.ToLower(a.Val); {
		case a.Key == "class" && (strings.Contains(v, "tweet") || strings.Contains(v, "twitter")),
			strings.Contains(v, "twitter-tweet"), strings.Contains(v, "twitter-video"):
			return true
		}
	}
	id, _ := tweetID(as, false)
	return id != ""
}

// media are the elements that show a foreign page: the address of a tweet in
// any of their attributes, also as a parameter of another address, embeds it.
var media = map[string]archive.Form{
	"iframe": archive.FormIframe, "twitterwidget": archive.FormIframe, "object": archive.FormIframe, "embed": archive.FormIframe,
	"amp-iframe": archive.FormIframe, "amp-embed": archive.FormIframe, "amp-twitter": archive.FormAMP, "oembed": archive.FormShortcode,
}

// mute elements tell of no embed by their attributes: they link, share, or
// describe the page.
var mute = page.TagSet(atom.A, atom.Meta, atom.Link, atom.Script, atom.Style, atom.Form, atom.Input, atom.Button, atom.Img,
	atom.Source, atom.Area, atom.Base, atom.Option, atom.Label, atom.Html, atom.Body, atom.Head, atom.Textarea, atom.Picture, atom.Svg,
	atom.Q, atom.Cite, atom.Ins, atom.Del)

// cards are classes and attributes of links that a script replaces by the tweet.
var cards = []string{"embedly-card", "data-iframely-url", "twitter-tweet", "twitter-video", "tweet-embed", "embed-tweet", "oembed"}

// unsaid are parts of names of attributes whose addresses are not shown.
var unsaid = []string{"share", "class", "style", "title", "alt", "original", "credit", "source", "track", "analytics",
	"clipboard", "text", "description", "summary", "version"}

// services are the values by which an element says whose ID it carries.
var services = map[string]bool{"twitter": true, "tweet": true, "x": true, "twitter-tweet": true, "embed-twitter": true, "x-twitter": true}

// attribute reads an element that carries only the ID or the address of the
// tweet, for a script to load it.
func attribute(p *page.Page, i int, as page.Attributes) (finding, bool) {
	t := &p.Tokens[i]
	if !t.Marked {
		return finding{}, false
	}
	form, ok := media[p.Name(i)]
	switch {
	case ok || isTweetTag(p.Name(i)):
	case t.Tag == atom.A:
		return card(p, i, as)
	case mute[t.Tag]:
		return finding{}, false
	}
	id, handle := tweetID(as, isTweetTag(p.Name(i)))
	if id == "" && t.Tag != atom.Iframe {
		id, handle = quotedID(as)
	}
	if id == "" {
		return finding{}, false
	}
	if form == "" {
		form = archive.FormAttribute
	}
	c := finding{Embed: archive.Embed{Form: form, Confidence: 1, Start: t.Start, End: p.Tokens[i+1].Start}, next: i + 1}
	c.Handle = handle
	c.identify(id)
	if end, closed := p.End(i); closed {
		c.reach = p.Tokens[end].Start
		c.hollow = len(embedView(p, i+1, end).Text) <= maxHollow
	}
	return c, true
}

// maxHollow is as much text as an element that only loads a tweet holds:
// "Loading tweet...", a caption, a note on consent.
const maxHollow = 300

// isTweetTag tells the names of components: <Tweet>, <tweet-embed>,
// <lite-tweet>, <twitter-embed>.
func isTweetTag(name string) bool {
	return strings.Contains(name, "tweet") || strings.Contains(name, "twitter")
}

// card reads a link that is replaced by the tweet.
func card(p *page.Page, i int, as page.Attributes) (finding, bool) {
	is := as.Class(func(c string) bool { return contains(cards, c) })
	for _, a := range as {
		is = is || contains(cards, a.Key)
	}
	st, ok := archive.FindStatus(as.Get("href"))
	if !is || !ok {
		return finding{}, false
	}
	end, closed := p.End(i)
	if !closed {
		end = i + 1
	}
	c := finding{Embed: archive.Embed{Form: archive.FormAttribute, Confidence: 1, Start: p.Tokens[i].Start, End: p.Tokens[end].Start}, next: end}
	c.Handle = st.Handle
	c.identify(st.ID)
	return c, true
}

// contains tells whether s is one of the list, case aside.
func contains(list []string, s string) bool {
	for _, l := range list {
		if strings.EqualFold(l, s) {
			return true
		}
	}
	return false
}

// tweetID finds the ID, and the handle if told, in an element's attributes. ours
// says that the element is of the site; an attribute may say so too.
func tweetID(as page.Attributes, ours bool) (id, handle string) {
	shown := as.Class(isTweetClass)
	for _, a := range as {
		ours = ours || services[strings.ToLower(strings.TrimSpace(a.Val))]
	}
	for _, a := range as {
		v := strings.TrimSpace(a.Val)
		switch {
		case archive.IsStatusID(v):
			if len(v) >= minID && (isIDKey(a.Key) || ours && isOurIDKey(a.Key)) ||
				len(v) >= minBareID && shown && strings.HasPrefix(a.Key, "data-") && isOurIDKey(a.Key) {
				return v, ""
			}
		case len(v) > maxValue || a.Key == "href" || matches(unsaid, a.Key) || matches(buttons, v) || strings.ContainsAny(v, " \t\n<>{}"):
		default:
			if st, ok := archive.FindStatus(v); ok {
				return st.ID, st.Handle
			}
			if id := namedID(v); id != "" {
				return id, ""
			}
		}
	}
	return "", ""
}

// An ID has so many digits at least: where it is called one, and where that is
// only likely, for the IDs of other things, and times, are shorter.
const (
	minID     = 5
	minBareID = 15
)

// buttons are parts of addresses that are there to share a tweet.
var buttons = []string{"/intent/", "/share", "sharer", "_button"}

// prefixes stand before an ID in names and addresses of publishers' own:
//
//	<div id="tweet-ID">, <iframe src="…/inset/iframe?id=twitter-ID">, …/i/videos/tweet/ID
var prefixes = []string{"tweet", "tweetid", "tweet_id", "tweet-id", "twitter", "twitter:", "twitter:/", "twitter-tweet"}

// namedID reads the ID in such a name, and in those of the widget's pages.
func namedID(v string) string {
	low := strings.ToLower(v)
	for at := 0; ; {
		i := strings.Index(low[at:], "tw")
		if i < 0 {
			break
		}
		at += i
		for _, p := range prefixes {
			rest, ok := strings.CutPrefix(low[at:], p)
			if !ok || rest == "" || !strings.ContainsRune("-_/=:", rune(rest[0])) {
				continue
			}
			if id := digits(rest[:min(len(rest), 21)]); strings.HasPrefix(rest[1:], id) && len(id) >= minBareID && archive.IsStatusID(id) {
				return id
			}
		}
		at += len("tw")
	}
	if u, err := url.Parse(v); err == nil && (u.Host == "platform.twitter.com" || u.Host == "platform.x.com") && strings.Contains(u.Path, "embed") {
		if id := u.Query().Get("id"); archive.IsStatusID(id) {
			return id
		}
	}
	return ""
}

// quotedID finds the tweet's address among the settings of a component, as the
// whole of a quoted string: x-data="embed('https://…')".
func quotedID(as page.Attributes) (id, handle string) {
	for _, a := range as {
		v := a.Val
		if len(v) > maxValue || a.Key == "href" || matches(unsaid, a.Key) || matches(buttons, v) || strings.Contains(v, "href") || strings.HasPrefix(a.Key, "on") {
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

// maxValue is as long as an address with the tweet's among its parameters is
// taken for one.
const maxValue = 2 << 10

// isIDKey tells the names that say of a number that it is a tweet's: tweetid,
// data-tweet-id, data-twitter-status-id, data-tweet; not those of its author or
// of a widget.
func isIDKey(key string) bool {
	key = plainClass(key)
	return (strings.Contains(key, "tweet") || strings.Contains(key, "twitter")) && !matches([]string{"user", "account", "widget", "profile", "author", "list"}, key) &&
		(strings.HasSuffix(key, "id") || strings.HasSuffix(key, "tweet") || strings.HasSuffix(key, "status") || strings.HasSuffix(key, "twitter"))
}

// isOurIDKey tells the names of IDs where another attribute says whose.
func isOurIDKey(key string) bool {
	for _, end := range [...]string{"id", "key", "content", "value", "embed"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}

// matches tells whether s holds one of the parts.
func matches(parts []string, s string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
