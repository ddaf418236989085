package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"tweetarc/store"
)

func searchCommand() *cli.Command {
	return &cli.Command{
		Name:      "search",
		Usage:     "search the archived tweets",
		ArgsUsage: "QUERY",
		Description: `Prints the tweets that match, with the place of their first sighting.

   tweetarc search 'putin election'
   tweetarc search --format csv moon > moon.csv`,
		Flags: []cli.Flag{
			dbFlag(),
			formatFlag("table", "jsonl", "csv"),
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "print at most `N` tweets, 0 for all"},
		},
		Action: func(c *cli.Context) error {
			q, err := store.ParseQuery(strings.Join(c.Args().Slice(), " "))
			if err != nil {
				return usagef(c, "%v", err)
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			found, err := db.Search(c.Context, q, store.Page{Limit: c.Int("limit")})
			if err != nil {
				return err
			}
			return printTweets(c, found)
		},
	}
}
