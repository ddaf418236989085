package detect_test

import (
	"fmt"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect"
)

// The detector alone, on flattened text: an article in, embeds out.
func ExampleTweets() {
	article := archive.Article{Body: "Roe let the ribbon wait.\n\n" +
		"We have waited twelve years for this bridge! #harbourbridge pic.twitter.com/Br1dGe0pEn — Jane Roe (@janeroe) March 5, 2018\n\n" +
		"Not everybody was pleased."}
	for _, e := range detect.Tweets(&article) {
		fmt.Printf("%s (@%s) on %s, as %s:\n", e.Author, e.Handle, e.Date, e.Form)
		fmt.Println(e.Text)
		fmt.Printf("bytes %d to %d of %d\n", e.Start, e.End, len(article.Body))
	}
	// Output:
	// Jane Roe (@janeroe) on 2018-03-05, as text:
	// We have waited twelve years for this bridge! #harbourbridge pic.twitter.com/Br1dGe0pEn
	// bytes 26 to 150 of 178
}

// HTML tells the ID as well, and with it the exact time.
func ExampleTweets_html() {
	article := archive.Article{HTML: true, Body: `<p>He had announced it:</p>
<blockquote class="twitter-tweet"><p>My last boat leaves on Friday at six.</p>&mdash; Rio Tan (@rio_tan)
<a href="https://twitter.com/rio_tan/status/1002512345678901248">June 1, 2018</a></blockquote>`}
	for _, e := range detect.Tweets(&article) {
		fmt.Println(e.Form, e.URL(), e.At.Format("15:04"), e.Text)
	}
	// Output:
	// blockquote https://twitter.com/rio_tan/status/1002512345678901248 11:29 My last boat leaves on Friday at six.
}

// Of a large corpus most records need not be decoded at all.
func ExampleMayHold() {
	fmt.Println(detect.MayHold([]byte(`{"text":"The price of herring rose again last week."}`)))
	fmt.Println(detect.MayHold([]byte(`{"text":"Late, as ever. \u2014 Rio Tan (@rio_tan) May 2, 2019"}`)))
	// Output:
	// false
	// true
}
