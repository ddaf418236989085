// Package detect finds the tweets that are embedded in an article. The article is running
// text, where an embed is only words, or HTML. An article goes in and embeds come out. The
// package reads no files and no network. It reads the clock only to refuse days in the
// future.
//
//	article := archive.Article{Body: page, HTML: true, Date: "2018-06-02"}
//	for _, e := range detect.Tweets(&article) {
//		fmt.Println(e.Handle, e.Date, e.ID, e.Text, article.Body[e.Start:e.End], e.Confidence)
//	}
//
// Only Body, HTML and Date of the article are read. Give Date, the day of publication, if
// you know it. Without it fewer tweets have a day: those whose year is not printed, and
// those of 03/04/2018, which may be March or April, often have none. Texts and names are
// valid UTF-8 if Body is.
//
// Several goroutines may call all functions and methods at once. None changes the article.
// Tweets never fails and never panics, whatever the input is. To read a whole corpus see
// archive.Scan.
//
// # How an article is read
//
//  1. An anchor is something that every embed of a form holds: a handle in parentheses, a
//     class, an address. Each rule names its own anchors (rules.go). The filters that look
//     at a raw record or a body are made from them (filter.go, anchor.go). Where there is
//     no anchor, nothing else is read.
//  2. A page is cut into tokens (internal/page). The rules of HTML are tried at these, one
//     file for each form: blockquote.go, rendered.go with words.go, attribute.go,
//     carried.go, script.go, shortcode.go and so on. What they find of one tweet in one
//     place becomes one embed (settle.go).
//  3. A running text, and the rest of a page, becomes a view: what the reader sees, and for
//     each byte of it the place in the body (internal/view). The rules of running text are
//     tried where their anchors are (text.go): attributed.go, header.go, frame.go,
//     widget.go, widgetline.go, link.go.
//  4. An attribution says whose a tweet is, and of which day: dash, name, (@handle), date.
//     All rules read it with the same parser (internal/attribution, internal/date). A
//     byline looks the same but is about the article (byline.go).
//  5. The tweet's text ends at its attribution. The place where it begins is its boundary
//     (internal/boundary). The candidates are the places where it may begin. Features
//     describe each candidate, and their weights give it a score. The scores say which
//     candidate is chosen, and how sure that is: the confidence. Then each text is decided
//     again, now that the article's other tweets are known. Some extractors put an
//     attribution after the first line of its tweet. Where addresses show this, the lines
//     after it, the rest, are decided together with the beginning (rest.go).
//  6. Every embed obeys the laws of archive.Embed.
//
// To follow one tweet in running text, read detect.go, rules.go, anchor.go, text.go,
// attributed.go, internal/view/{view,text}.go, internal/attribution, internal/date and
// internal/boundary, in this order.
//
// # What is not found
//
// Quotes in prose without a handle or an address, screenshots, posts of other networks,
// lists of somebody's latest tweets, and handles in an author's biography or byline.
package detect

// Tested in example_test.go.
