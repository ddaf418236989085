package detect

import (
	"slices"

	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go and text_test.go.

// A textRule reads one form of embed in running text. It is tried where one of its
// anchors is. From there it reads in both directions, no further than a tweet can be
// long.
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
	inFeed  bool     // tried also in a list of somebody's latest tweets
	anchors []anchor // every such embed holds one of them
	inText  []anchor // one of these shows that running text holds such markup
	read    func(p *page.Page, i int, as page.Attributes) []finding
}

// htmlRules are tried in this order at each tag, text or comment, until one finds
// something. The first word of a name is the name of the rule's file.
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

// one turns a function that finds at most one embed into a rule's read.
func one(read func(p *page.Page, i int, as page.Attributes) (finding, bool)) func(*page.Page, int, page.Attributes) []finding {
	return func(p *page.Page, i int, as page.Attributes) []finding {
		if c, ok := read(p, i, as); ok {
			return []finding{c}
		}
		return nil
	}
}

// spot is the kind of a token for the rules, or a set of such kinds.
type spot uint8

const (
	onTag      spot = 1 << iota // a start tag
	onText                      // a text that the page shows
	onComment                   // <!-- … -->
	onScript                    // what is in <script>
	onTemplate                  // HTML in <script> or <textarea> that is shown later
	onData                      // a script with data that the page does not show
)

// The filters are made from the tables of rules.
var (
	textFilter   *filter    // finds where the rules of running text are tried
	textRuleOf   []textRule // the rule of each of its anchors
	markupFilter *filter    // finds markup in running text
	recordFilter *filter    // finds whether a record of running text can hold a tweet
	taggedFilter *filter    // finds whether the text of a page can hold one
	pageFilter   *filter    // finds whether a page can
	// The next two are for raw records. Their first anchor is an escape, which may hide others.
	rawFilter     *filter // as recordFilter; its last anchors are beginnings of tags
	rawPageFilter *filter // as pageFilter
	wordFilter    *filter // finds the words that mark the tokens of a page
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
