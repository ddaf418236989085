package detect

import (
	"slices"

	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in laws_test.go and html_test.go.

// A textRule reads one form of embed in running text. It is tried where one of
// its anchors is, and looks outward from there, no further than a tweet reaches.
type textRule struct {
	name    string
	anchors []anchor
	read    func(t *text, at int) *textFinding // nil if there is none
}

var textRules = []textRule{
	{"attributed", append([]anchor{handleAnchor, dashedHandleAnchor}, wideHandleAnchors...), attributed},
	{"frame", frameAnchors, framed},
	{"widget", []anchor{headerAnchor}, copiedWidget},
	{"widgetline", []anchor{amAnchor, pmAnchor}, widgetLine},
	{"link", statusAnchors, linked},
}

// An htmlRule reads one form of embed in HTML.
type htmlRule struct {
	name    string
	on      spot     // the tokens at which it is tried
	inFeed  bool     // also in what shows somebody's latest tweets
	anchors []anchor // every such embed holds one of them
	inText  []anchor // ... and in running text one of these, by which markup that is left there is known
	read    func(p *page.Page, i int, as page.Attributes) []finding
}

// htmlRules are tried in this order; at a tag, a text or a comment the first that
// finds something is the last. The first word of a name is that of the file.
var htmlRules = []htmlRule{
	{name: "carried", on: onTag, anchors: []anchor{tweetWord, twitterWord, statusWord}, read: one(carried)},
	{name: "rendered", on: onTag, anchors: append(literals("bbpBox"), tweetWord, twitterWord, statusWord), read: one(rendered)},
	{name: "blockquote", on: onTag, inFeed: true, anchors: []anchor{tweetWord, twitterWord, statusWord}, inText: literals("twitter-tweet", "twitter-video"), read: quotes},
	{name: "attribute", on: onTag, anchors: []anchor{tweetWord, twitterWord, statusWord}, inText: append(tags("oembed"), literals("amp-twitter")...), read: one(attribute)},
	{name: "card", on: onTag, anchors: []anchor{statusWord}, read: one(card)},
	{name: "picture", on: onTag, anchors: literals("witter post by @"), read: one(picture)},
	{name: "shortcode", on: onText, inFeed: true, anchors: append(literals("{{< x", "{% x", "=x]", "blackbirdpie"), tweetWord, twitterWord, statusWord), inText: shortcodeAnchors, read: shortcodes},
	{name: "address", on: onText, anchors: []anchor{statusWord}, read: one(address)},
	{name: "comment", on: onComment, inFeed: true, anchors: []anchor{statusWord}, inText: literals("wp:embed"), read: one(comment)},
	{name: "script: list", on: onScript | onTemplate, anchors: []anchor{statusWord}, read: listed},
	{name: "script: call", on: onScript | onTemplate, anchors: literals("createTweet("), read: calls},
	{name: "script: template", on: onTemplate, anchors: literals("witter-"), read: templates},
	{name: "script: data", on: onData, anchors: literals("witter-"), read: escapedQuotes},
}

// one makes a rule's read of a function that finds one embed at most.
func one(read func(p *page.Page, i int, as page.Attributes) (finding, bool)) func(*page.Page, int, page.Attributes) []finding {
	return func(p *page.Page, i int, as page.Attributes) []finding {
		if c, ok := read(p, i, as); ok {
			return []finding{c}
		}
		return nil
	}
}

// spot is what a token is to the rules, or a set of that.
type spot uint8

const (
	onTag      spot = 1 << iota // a start tag
	onText                      // a text that the page shows
	onComment                   // <!-- … -->
	onScript                    // what is in <script>
	onTemplate                  // HTML that waits there, or in <textarea>, for its turn
	onData                      // a script that may say what the page does not show
)

// The filters are derived from the tables of rules.
var (
	textFilter   *filter    // where the rules of running text are tried
	textRuleOf   []textRule // for each of its anchors the rule
	markupFilter *filter    // whether there is markup in running text
	recordFilter *filter    // whether a record of running text can hold a tweet
	taggedFilter *filter    // whether the text of a page can hold one
	pageFilter   *filter    // whether a page can
	// These two are asked of raw records. Their first anchor is an escape, which may hide others.
	rawFilter     *filter // as recordFilter; and, last, where a tag begins
	rawPageFilter *filter // as pageFilter
	wordFilter    *filter // the words by which a token of a page is worth a look
)

func init() {
	var inText, markup, words []anchor
	var literal []string
	for _, r := range textRules {
		for _, a := range r.anchors {
			inText, textRuleOf = append(inText, a), append(textRuleOf, r)
		}
	}
	for _, r := range htmlRules {
		markup = append(markup, r.inText...)
		for _, a := range r.anchors {
			if !slices.Contains(literal, a.literal) {
				literal, words = append(literal, a.literal), append(words, a)
			}
		}
	}
	wordFilter = newFilter(literals(literal...))
	textFilter, markupFilter = newFilter(inText), newFilter(markup)
	recordFilter = newFilter(slices.Concat(inText, markup))
	taggedFilter = newFilter(append(inText[:len(inText):len(inText)], taggedHandleAnchor))
	rawFilter = newFilter(slices.Concat(escapeAnchors, recordFilter.anchors, tagAnchors))
	pageFilter = newFilter(slices.Concat(inText, markup, words, []anchor{taggedHandleAnchor}))
	rawPageFilter = newFilter(slices.Concat(escapeAnchors, pageFilter.anchors))
}
