package archive_test

import (
	"context"
	"fmt"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/archive/detect"
)

// A Scan joins a reader, the detector and a keeper. This keeper prints. MayHold is
// optional: with it, records that cannot hold a tweet are not decoded.
func ExampleScan() {
	reader := corpus.Reader{MayHold: detect.MayHold, Include: []string{"*.jsonl", "*.html"}}
	scan := archive.Scan{
		Find: detect.Tweets,
		Keep: func(p archive.Part) error {
			for _, err := range p.Errors {
				fmt.Println("not read:", err)
			}
			for _, f := range p.Found {
				for _, e := range f.Embeds {
					fmt.Printf("%s: %s %q %q\n", f.Article.Origin, e.Handle, e.ID, archive.Head(e.Text, 20))
				}
			}
			return nil
		},
	}
	if err := scan.Run(context.Background(), reader.Articles("../fixtures/articles")); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ../fixtures/articles/ferry.html:1: rio_tan "1002512345678901248" "My last boat leaves "
	// ../fixtures/articles/ferry.html:1: janeroe "1005199876543209472" ""
	// ../fixtures/articles/oneline.jsonl:1: rio_tan "" "My last boat leaves "
	// ../fixtures/articles/oneline.jsonl:1: janeroe "" "The mayor answered a"
}

func ExampleFindStatus() {
	s, ok := archive.FindStatus("https://mobile.twitter.com/rio_tan/status/1002512345678901248?s=20")
	fmt.Println(s.Handle, s.ID, ok)
	// Output: rio_tan 1002512345678901248 true
}

// A status ID holds the time of its tweet, to the millisecond.
func ExampleStatusTime() {
	at, ok := archive.StatusTime("1002512345678901248")
	fmt.Println(at.Format("2006-01-02 15:04:05"), ok)
	// Output: 2018-06-01 11:29:03 true
}

// Two texts have the same words if they share their trigrams, whatever extractors
// did to quotes, spaces and links.
func ExampleContainment() {
	page := archive.TrigramsOf(archive.Normalize("My last boat leaves on Friday — “at six”. https://t.co/L4stB0atOo"))
	text := archive.TrigramsOf(archive.Normalize(`My last boat leaves on Friday - "at six".`))
	fmt.Println(archive.Containment(page, text) >= archive.SameWords)
	// Output: true
}
