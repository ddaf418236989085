package detect_test

import (
	"fmt"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect"
)

// In flattened text an embed has no ID.
func ExampleTweets() {
	article := archive.Article{Body: "Roe let the ribbon wait.\n\n" +
		"We have waited twelve years for this bridge! #harbourbridge pic.twitter.com/Br1dGe0pEn — Jane Roe (@janeroe) March 5, 2018\n\n" +
		"Not everybody was pleased."}
	for _, e := range detect.Tweets(&article) {
		fmt.Printf("%s (@%s) on %s, as %s:\n", e.Author, e.Handle, e.Date, e.Form)
		fmt.Println(e.Text)
		fmt.Printf("bytes %d to %d of %d, confidence %.2f\n", e.Start, e.End, len(article.Body), e.Confidence)
	}
	// Output:
	// Jane Roe (@janeroe) on 2018-03-05, as text:
	// We have waited twelve years for this bridge! #harbourbridge pic.twitter.com/Br1dGe0pEn
	// bytes 26 to 150 of 178, confidence 0.97
}

// HTML has the ID too, and so the exact time.
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

// A day without its year is taken to be before the article's day.
func ExampleTweets_date() {
	const body = "He wrote:\n\nLate, as ever. — Rio Tan (@rio_tan) December 30"
	for _, day := range []string{"", "2019-01-02"} {
		for _, e := range detect.Tweets(&archive.Article{Body: body, Date: day}) {
			fmt.Printf("%q: %q %q\n", day, e.Date, e.Text)
		}
	}
	// Output:
	// "": "" "Late, as ever."
	// "2019-01-02": "2018-12-30" "Late, as ever."
}

// Tweets that a text only links to are found too. They have no words.
func ExampleTweetsAndLinks() {
	article := archive.Article{Body: "He said so before (https://twitter.com/rio_tan/status/1002512345678901248), and more than once."}
	fmt.Println(len(detect.Tweets(&article)))
	for _, e := range detect.TweetsAndLinks(&article) {
		fmt.Println(e.Form, e.Handle, e.ID, e.Date)
	}
	// Output:
	// 0
	// link rio_tan 1002512345678901248 2018-06-01
}

// In a large corpus most records need not be decoded at all.
func ExampleMayHold() {
	fmt.Println(detect.MayHold([]byte(`{"text":"The price of herring rose again last week."}`)))
	fmt.Println(detect.MayHold([]byte(`{"text":"Late, as ever. \u2014 Rio Tan (@rio_tan) May 2, 2019"}`)))
	// Output:
	// false
	// true
}
