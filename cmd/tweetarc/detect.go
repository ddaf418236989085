package main

import (
	"github.com/urfave/cli/v2"

	"tweetarc/archive"
	"tweetarc/store"
)

func detectCommand() *cli.Command {
	return &cli.Command{
		Name:      "detect",
		Usage:     "print the tweets embedded in articles, save nothing",
		ArgsUsage: "PATH...",
		Description: `Reads files and folders, or - for standard input, and prints every embed of
a tweet. The columns are those of "tweetarc schema".

   tweetarc detect article.txt
   tweetarc detect --format csv articles/ > embeds.csv
   zcat corpus.jsonl.gz | tweetarc detect --format jsonl - | jq .text`,
		Flags: append([]cli.Flag{
			formatFlag("table", "jsonl", "csv"),
			columnsFlag(),
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
			out, err := rowWriter(c, store.EmbedColumns)
			if err != nil {
				return err
			}
			bar := startProgress(c, r, paths)
			defer bar.end()
			scan := archive.Scan{Find: d.find, Workers: c.Int("jobs"), Keep: func(p archive.Part) error {
				t.add(bar, c.App.Name, p)
				bar.tweets.Store(int64(t.embeds))
				for _, f := range p.Found {
					for i := range f.Embeds {
						if err := out.Write(store.EmbedRow(store.KeyOf(&f.Embeds[i]), f.Article, 1, &f.Embeds[i])); err != nil {
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
				return stopped(err)
			}
			t.tell(c)
			return t.failure()
		},
	}
}
