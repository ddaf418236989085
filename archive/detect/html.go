package detect

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
)

func readPage(body string) *page.Page { return page.Read(body, wordFilter.places(body)) }

// spotOf is the kind of a token for the rules. It is 0 for a token without a mark.
// Blockquotes always count, for their content.
func spotOf(p *page.Page, i int) spot {
	t := &p.Tokens[i]
	switch {
	case !t.Marked && t.Tag != atom.Blockquote:
		return 0
	case t.Kind == html.CommentToken:
		return onComment
	case p.IsStart(i):
		return onTag
	case t.Kind != html.TextToken:
		return 0
	case p.IsText(i):
		return onText
	case t.Tag == atom.Textarea, t.Tag == atom.Script && isTemplate(p.Attributes(i-1)):
		return onTemplate
	case t.Tag == atom.Script:
		return onScript
	}
	return 0
}

// inHTML finds the tweets in a page by the rules of HTML, and in the rest of its text by
// the rules of running text.
func inHTML(a *archive.Article, m *boundary.Model) []archive.Embed {
	p := readPage(a.Body)
	all := findings(p)
	all = append(all, fromScripts(p, all)...)
	found := merge(p, all)
	more := running(p, a, m, all)
	if b := broken(p); len(b) > 0 {
		more = append(more, apart(b, slices.Concat(all, more))...)
	}
	return lawful(p, append(found, more...))
}

// maxWork is how many times the bytes of a page may be read, as elements that may be
// tweets are inside one another.
const maxWork = 16

// findings tries the rules on all of the page except its scripts.
func findings(p *page.Page) (found []finding) {
	work := len(p.Body)*maxWork + page.MaxElement
	feed := 0 // up to this token is a list of somebody's latest tweets
	for i, next := 0, 0; i < len(p.Tokens)-1; i = next {
		next = i + 1
		on := spotOf(p, i) &^ (onScript | onTemplate)
		if on == 0 {
			continue
		}
		var as page.Attributes
		if on == onTag {
			as = p.Attributes(i)
			end, _ := p.End(i)
			if isOther(as) {
				next = end
				continue
			}
			if isFeed(as) {
				feed = max(feed, end)
			}
			if work -= p.Tokens[end].Start - p.Tokens[i].Start; work < 0 {
				continue
			}
		}
		for n := range htmlRules {
			r := &htmlRules[n]
			if r.on&on == 0 || i < feed && !r.inFeed {
				continue
			}
			if cs := r.read(p, i, as); len(cs) > 0 {
				found = append(found, cs...)
				if on == onTag {
					next = p.At(cs[len(cs)-1].End)
				}
				break
			}
		}
	}
	return found
}

// fromScripts tries the rules on the scripts of the page. It returns the tweets that are
// new and completes those in found. Data in scripts count only if the page is nearly
// empty before its scripts run, or if a tweet was found without its text.
func fromScripts(p *page.Page, found []finding) []finding {
	empty := isEmpty(p)
	data := spot(0)
	if empty || slices.ContainsFunc(found, func(c finding) bool { return c.ID != "" && c.Text == "" }) {
		data = onData
	}
	var all []finding
	for i := range p.Tokens {
		on := spotOf(p, i) & (onScript | onTemplate)
		switch on {
		case 0:
			continue
		case onScript:
			on |= data
		}
		for n := range htmlRules {
			if r := &htmlRules[n]; r.on&on != 0 {
				all = append(all, r.read(p, i, nil)...)
			}
		}
	}
	return complement(found, all, empty)
}

// maxEmpty is the greatest number of bytes of text in a page that its scripts fill later.
const maxEmpty = 600

func isEmpty(p *page.Page) bool {
	n := 0
	for i := range p.Tokens {
		if p.IsText(i) {
			if n += len(char.Trim(p.Raw(i))); n > maxEmpty {
				return false
			}
		}
	}
	return true
}

// A pattern describes names of classes or attributes. A name fits if it is, begins with,
// ends with or holds one of some words and holds none of not. Words and names are in
// lower case.
type pattern struct{ is, begin, end, hold, not []string }

func (w *pattern) fits(name string) bool {
	return (slices.Contains(w.is, name) || slices.ContainsFunc(w.begin, func(b string) bool { return strings.HasPrefix(name, b) }) ||
		slices.ContainsFunc(w.end, func(e string) bool { return strings.HasSuffix(name, e) }) || holds(name, w.hold)) && !holds(name, w.not)
}

// holds reports whether s holds one of the words.
func holds(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// class reports whether one of the element's classes fits.
func (w *pattern) class(as page.Attributes) bool {
	return as.Class(func(c string) bool { return w.fits(strings.ToLower(c)) })
}

// plainClass is class for classes without their punctuation.
func (w *pattern) plainClass(as page.Attributes) bool {
	return as.Class(func(c string) bool { return w.fits(bareName(c)) })
}

var punctuation = strings.NewReplacer("-", "", "_", "")

// bareName is a name in lower case without its punctuation.
func bareName(name string) string { return punctuation.Replace(strings.ToLower(name)) }

// networks are the classes of timelines and of other networks' embeds, which may look
// like a tweet's. Nothing in them is read.
var networks = pattern{is: []string{
	"bluesky-embed", "mastodon-embed", "text-post-media", "truthsocial-embed", "tiktok-embed",
	"instagram-media", "fb-post", "fb-video", "reddit-embed", "reddit-card", "threads-embed", "twitter-timeline",
}}

func isOther(as page.Attributes) bool { return networks.class(as) }

// feeds are the classes of lists of somebody's latest tweets.
var feeds = pattern{begin: []string{
	"tweets", "latest-tweets", "latesttweets", "recent-tweets", "rotatingtweets", "timeline-tweet",
	"twitter-feed", "twitter_feed", "twitterfeed", "twitter-stream", "twitter-wall", "twitter-ticker", "tweet-feed", "tweet-list",
	"tweetlist", "widget_twitter", "twitter_widget", "ctf-",
}}

func isFeed(as page.Attributes) bool { return feeds.class(as) }
