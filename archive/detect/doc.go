// Package detect finds the tweets embedded in an article: in running text, where
// they are flattened, and in HTML. It is pure: an article in, embeds out; no
// files, no network, no clock but for refusing dates of the future.
//
//	article := archive.Article{Body: page, HTML: true, Date: "2018-06-02"}
//	for _, e := range detect.Tweets(&article) {
//		fmt.Println(e.Handle, e.Date, e.ID, e.Text, article.Body[e.Start:e.End], e.Confidence)
//	}
//
// Of the article only Body, HTML and Date count. Date, the day of publication, is
// best given where it is known: without it a tweet's day is missing more often where
// the year is not printed, or where 03/04/2018 may be March or April. Texts and names are
// valid UTF-8 if Body is.
//
// All functions and methods may be called by several goroutines at once, and none
// changes the article. Whatever the input, Tweets neither fails nor panics.
// To read whole corpora see archive.Scan.
//
// # The road of an article
//
//  1. An anchor is what every embed of a form holds: a handle in parentheses, a
//     class, an address. Each rule names its own (rules.go). From them the filters
//     are derived that look at a raw record or a body; without an anchor nothing
//     else is looked at (anchor.go).
//  2. A page is cut into tokens (internal/page). The rules of HTML are tried on
//     them, a file a form: blockquote.go, rendered.go with words.go, attribute.go,
//     carried.go, script.go, shortcode.go and so on. What is of one tweet in one place is
//     made one embed (settle.go).
//  3. A running text, and what is left of a page, is turned into a view: what its
//     reader sees, with the way back to the bytes (internal/view). The rules of
//     running text are tried where their anchors are (text.go): attributed.go,
//     header.go, frame.go, widget.go, widgetline.go, link.go.
//  4. An attribution is what says whose a tweet is and of which day: dash, name,
//     (@handle), date (internal/attribution, internal/date). All rules read it with
//     the same parser. What has its shape and is of an article is a byline (byline.go).
//  5. An attribution says where a tweet's text ends. Where it begins, its boundary,
//     is decided in internal/boundary: the candidates are the places where it may
//     begin; each is described by features; the features' weights give it a score;
//     and the scores say which candidate it is, with which confidence. The
//     article's other tweets are then evidence for a second decision. Some
//     extractors put an attribution after the first line of its tweet: where addresses
//     show that, the rest after it is weighed together with the beginning (rest.go).
//  6. Every embed obeys the laws of archive.Embed.
//
// A text tweet takes this way: detect.go, rules.go, anchor.go, text.go,
// attributed.go, internal/view/{view,text}.go, internal/attribution, internal/date,
// internal/boundary.
//
// # Not read
//
// Quotes in prose without a handle or an address, screenshots, the embeds of other
// networks, feeds of somebody's latest tweets, what only an author's biography or
// byline says.
package detect

// Tested in example_test.go.
