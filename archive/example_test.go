package archive_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// A Scan joins a reader, finders and a keeper; here one article, a finder that
// knows one handle, and a keeper that prints. See archive/corpus for real
// readers, archive/detect for the real finder, store for the real keeper.
func ExampleScan() {
	articles := func(yield func(*archive.Article, error) bool) {
		yield(&archive.Article{Origin: archive.Origin{File: "news.txt", Record: 1}, Body: "He wrote: Late. — Rio Tan (@rio_tan) May 2, 2019"}, nil)
	}
	corpus := slices.Values([]archive.Batch{{
		File:     &archive.File{Path: "news.txt"},
		Last:     true,
		Articles: iter.Seq2[*archive.Article, error](articles),
	}})
	scan := archive.Scan{
		Find: func(a *archive.Article) []archive.Embed {
			at := strings.Index(a.Body, "@rio_tan")
			return []archive.Embed{{Tweet: archive.Tweet{Handle: "rio_tan"}, Form: archive.FormText, Start: at, End: at + len("@rio_tan")}}
		},
		Keep: func(p archive.Part) error {
			for _, f := range p.Found {
				for _, e := range f.Embeds {
					fmt.Println(f.Article.Origin, e.Handle, f.Article.Body[e.Start:e.End])
				}
			}
			return nil
		},
	}
	if err := scan.Run(context.Background(), corpus); err != nil {
		fmt.Println(err)
	}
	// Output: news.txt:1 rio_tan @rio_tan
}

func ExampleFindStatus() {
	s, ok := archive.FindStatus("https://mobile.twitter.com/rio_tan/status/1002512345678901248?s=20")
	fmt.Println(s.Handle, s.ID, ok)
	// Output: rio_tan 1002512345678901248 true
}

// A status ID tells the time of its tweet, to the millisecond.
func ExampleStatusTime() {
	at, ok := archive.StatusTime("1002512345678901248")
	fmt.Println(at.Format("2006-01-02 15:04:05"), ok)
	// Output: 2018-06-01 11:29:03 true
}

// Two sightings have the same words if their trigrams are, whatever extractors
// made of quotes, spaces and links.
func ExampleContainment() {
	page := archive.TrigramsOf(archive.Normalize("My last boat leaves on Friday — “at six”. https://t.co/L4stB0atOo"))
	text := archive.TrigramsOf(archive.Normalize(`My last boat leaves on Friday - "at six".`))
	fmt.Println(archive.Containment(page, text) >= archive.SameWords)
	// Output: true
}
