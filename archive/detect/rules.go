package detect

import "slices"

// A textRule reads one form of embed in running text. It is tried where one of
// its anchors is, and looks outward from there, no further than a tweet reaches.
type textRule struct {
	name    string
	anchors []anchor
	read    func(t *text, at int) *sighting // nil if there is none
}

var textRules = []textRule{
	{"attributed", []anchor{handleAnchor}, attributed},
	{"frame", []anchor{frameAnchor}, framed},
	{"widget", []anchor{amAnchor, pmAnchor}, copiedWidget},
	{"address", []anchor{statusAnchor}, linked},
}

// markupAnchors are those of markup in running text.
var markupAnchors = []anchor{
	{"twitter-tweet", nil}, {"twitter-video", nil}, {"amp-twitter", nil},
	{"{{", func(s string, at int) bool {
		s = s[at+2:]
		s = s[gap(s):]
		return s != "" && (s[0] == 't' || s[0] == 'x')
	}},
	{"{%", func(s string, at int) bool { s = s[at+2:]; s = s[gap(s):]; return s != "" && s[0] == 't' }},
	{"[tweet", nil}, {"wp:embed", nil}, {"oembed", func(s string, at int) bool { return endsWithAny(s[:at], "<", "&lt;", `\u003c`, `\u003C`, "%3C") }},
}

// pageAnchors are those of pages.
var pageAnchors = []anchor{{"weet", nil}, {"witter", nil}, {"bbpBox", nil}, {"status", nil}, taggedHandleAnchor}

// The filters are derived from the tables of rules.
var (
	textAnchors, textRuleOf = func() (as []anchor, of []*textRule) {
		for i := range textRules {
			for _, a := range textRules[i].anchors {
				as, of = append(as, a), append(of, &textRules[i])
			}
		}
		return as, of
	}()
	textFilter    = newFilter(textAnchors)
	markupFilter  = newFilter(markupAnchors)
	recordFilter  = newFilter(slices.Concat(textAnchors, markupAnchors))
	pageFilter    = newFilter(slices.Concat(textAnchors, markupAnchors, pageAnchors))
	runningFilter = newFilter(append(slices.Clone(textAnchors), taggedHandleAnchor))
)
