package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and coprocess_test.go.

func detectCommand() *cli.Command {
	return &cli.Command{
		Name:      "detect",
		Usage:     "find the tweets in articles, and only print them",
		ArgsUsage: "PATH...",
		Description: `Reads files and folders, or - for standard input, and prints a row for every
embed: each place in an article where a tweet is embedded. tweetarc schema
explains the columns; --keep adds fields of the records to them.

A program can write an article to standard input, as a line of JSON, and wait:
its embeds are printed before the next line is read. For an article without
tweets nothing is printed. A program that must know when a line is done writes a
second line, with a tweet that it knows. Other formats, CSV too, are answered at
the end of the input.

   tweetarc detect article.txt
   tweetarc detect --format csv articles/ > embeds.csv
   tweetarc detect --keep id,meta.section --format csv news.jsonl
   zcat corpus.jsonl.gz | tweetarc detect --format jsonl - | jq .text`,
		Flags: append([]cli.Flag{
			formatFlag("table", "jsonl", "csv"),
			columnsFlag(),
			&cli.StringFlag{Name: "keep", Usage: "also print these `FIELDS` of the records, separated by commas, as last columns (a.b is field b in field a)"},
		}, inputFlags()...),
		Action: detectAction,
	}
}

func detectAction(c *cli.Context) error {
	s, err := newScanning(c)
	if err != nil {
		return err
	}
	columns := store.EmbedColumns
	if s.r.Fields.Keep, err = keptFields(c, columns); err != nil {
		return err
	}
	for _, name := range s.r.Fields.Keep {
		columns = append(slices.Clip(columns), store.Column{Name: name, Kind: store.Text})
	}
	out, err := rowWriter(c, columns)
	if err != nil {
		return err
	}
	// In these formats Close only writes what is held back, and may be called again.
	err = s.run(func(p archive.Part) error {
		for _, f := range p.Found {
			if err := writeFound(out, f, len(s.r.Fields.Keep)); err != nil {
				return err
			}
		}
		return nil
	}, out.Close)
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	s.t.tell(c)
	s.tellKept()
	return s.t.failure()
}

// writeFound writes a row for each embed of an article, with the fields that are kept as
// last columns.
func writeFound(out store.RowWriter, f archive.Found, kept int) error {
	values := make([]string, kept)
	copy(values, f.Article.Kept)
	for i := range f.Embeds {
		row := store.EmbedRow(store.KeyOf(&f.Embeds[i]), f.Article, 1, &f.Embeds[i])
		row.Values = append(row.Values, values...)
		if err := out.Write(row); err != nil {
			return err
		}
	}
	return nil
}
