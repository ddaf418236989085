package corpus_test

import (
	"fmt"

	"example.org/tweetarc/archive/corpus"
)

// All articles in a folder. The zero Reader reads every format. What it cannot read is an
// error in its place.
func ExampleReader_Articles() {
	r := corpus.Reader{Include: []string{"*.jsonl"}}
	for batch := range r.Articles("../../fixtures/articles") {
		for article, err := range batch.Articles {
			if err != nil {
				fmt.Println(err)
				continue
			}
			fmt.Println(article.Origin, article.Date, article.Title)
		}
	}
	// Output:
	// ../../fixtures/articles/oneline.jsonl:1 2018-06-02 Ferry stops on Friday
	// ../../fixtures/articles/oneline.jsonl:2 2018-06-03 Fish is dearer
}

// How a file is understood: look before a long run.
func ExampleReader_Inspect() {
	in := new(corpus.Reader).Inspect("../../fixtures/same/a.csv.gz", 1)
	fmt.Println(in.Layers, in.Names, in.Fields.Text)
	// Output:
	// [gzip CSV] [url title date text] text
}
