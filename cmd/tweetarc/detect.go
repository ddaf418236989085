package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

func detectCommand() *cli.Command {
	return &cli.Command{
		Name:      "detect",
		Usage:     "print the tweets embedded in articles, save nothing",
		ArgsUsage: "PATH...",
		Description: `Reads files and folders, or - for standard input, and prints every embed of
a tweet. The columns are those of "tweetarc schema", and the fields that --keep
names.

A program may write an article to standard input, as a line of JSON, and wait:
its embeds are printed before the next line is read. For an article without
tweets nothing is printed; a program that must know when a line is done writes
a second line with a tweet of its own. Other formats, CSV too, are answered at
the end of the input.

   tweetarc detect article.txt
   tweetarc detect --format csv articles/ > embeds.csv
   tweetarc detect --keep id,meta.section --format csv news.jsonl
   zcat corpus.jsonl.gz | tweetarc detect --format jsonl - | jq .text`,
		Flags: append([]cli.Flag{
			formatFlag("table", "jsonl", "csv"),
			columnsFlag(),
			&cli.StringFlag{Name: "keep", Usage: "print also these `FIELDS` of the records, as last columns, commas between them (a.b for a field inside one)"},
		}, inputFlags()...),
		Action: func(c *cli.Context) error {
			paths, err := inputPaths(c)
			if err != nil {
				return err
			}
			t := newTally(paths)
			d, err := detector(c)
			if err != nil {
				return err
			}
			t.outside = &d.outside
			r, err := reader(c)
			if err != nil {
				return err
			}
			columns := store.EmbedColumns
			if r.Fields.Keep, err = keptFields(c, columns); err != nil {
				return err
			}
			for _, name := range r.Fields.Keep {
				columns = append(slices.Clip(columns), store.Column{Name: name, Kind: store.Text})
			}
			kept := make(seenFields, len(r.Fields.Keep)) // some record has this field
			out, err := rowWriter(c, columns)
			if err != nil {
				return err
			}
			bar := startProgress(c, r, paths)
			defer bar.end()
			// Of these formats Close writes what is held back, and may be called again.
			scan := archive.Scan{Find: d.find, Workers: c.Int("jobs"), Pause: out.Close, Keep: func(p archive.Part) error {
				t.add(bar, c.App.Name, p)
				bar.tweets.Store(int64(t.embeds))
				for _, f := range p.Found {
					values := make([]string, len(kept))
					copy(values, f.Article.Kept)
					kept.add(f)
					for i := range f.Embeds {
						row := store.EmbedRow(store.KeyOf(&f.Embeds[i]), f.Article, 1, &f.Embeds[i])
						row.Values = append(row.Values, values...)
						if err := out.Write(row); err != nil {
							return err
						}
					}
				}
				return nil
			}}
			err = scan.Run(c.Context, r.Articles(paths...))
			bar.end()
			if e := out.Close(); err == nil {
				err = e
			}
			if err != nil {
				return err
			}
			t.tell(c)
			if t.embeds > 0 {
				kept.tell(c, r.Fields.Keep)
			}
			return t.failure()
		},
	}
}
