package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// An archive from its making to an answer. In a program Find is detect.Tweets
// and the batches are a corpus.Reader's; Writer.Add is the Keep of an
// archive.Scan.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(filepath.Join(dir, "tweets.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	rows, err := db.Writer(store.Run{Command: "example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	article := archive.Article{Origin: archive.Origin{File: "ferry.txt", Record: 1}, Title: "Ferry stops", Body: "Come, bring a scarf. — Rio Tan (@rio_tan) June 1, 2018"}
	embed := archive.Embed{
		Tweet: archive.Tweet{Author: "Rio Tan", Handle: "rio_tan", Date: "2018-06-01", Text: "Come, bring a scarf."},
		Form:  archive.FormText, End: len(article.Body), Confidence: 0.9,
	}
	err = rows.Add(archive.Part{
		File:  &archive.File{Path: "ferry.txt"},
		Found: []archive.Found{{Article: &article, Embeds: []archive.Embed{embed}}},
		Last:  true, Records: 1, Record: 1,
	})
	if e := rows.Close(); err == nil {
		err = e
	}
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	query, err := store.ParseQuery(`scarf from:rio_tan since:2018`)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := db.Search(ctx, query, store.Page{Limit: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, hit := range found {
		fmt.Printf("%s @%s: %s (%s:%d)\n", hit.Date, hit.Handle, hit.Text, hit.File, hit.Record)
	}
	columns, cut, err := store.Choose(store.EmbedColumns, []string{"handle", "form", "file"})
	if err != nil {
		fmt.Println(err)
		return
	}
	csv := store.NewCSV(os.Stdout, columns)
	if _, err := db.Export(ctx, store.Embeds, query, func(r store.Row) error { return csv.Write(cut(r)) }); err != nil {
		fmt.Println(err)
		return
	}
	if err := csv.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2018-06-01 @rio_tan: Come, bring a scarf. (ferry.txt:1)
	// handle,form,file
	// rio_tan,text,ferry.txt
}
