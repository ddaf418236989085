package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/cmd/tweetarc/web"
)

func reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "write the archive's pages as files, to hand on",
		ArgsUsage: "[QUERY]",
		Description: `Writes what serve shows, of all tweets or of those that a search finds, into a
new or empty folder that needs no server: open its index.html. The tables in it
hold all that was found, also where --limit leaves out pages.

   tweetarc report -o report/
   tweetarc report -o bridge/ 'bridge since:2018'`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "output", TakesFile: true, Aliases: []string{"o"}, Usage: "the new or empty `FOLDER`"},
			supersededFlag(),
			&cli.IntFlag{Name: "limit", Value: 10_000, Usage: "pages of at most `N` tweets, the newest; 0 for all"},
		},
		Action: func(c *cli.Context) error {
			if c.String("output") == "" {
				return usagef(c, "no folder given (-o FOLDER)")
			}
			if c.Int("limit") < 0 {
				return usagef(c, "--limit cannot be negative")
			}
			q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
			if err != nil {
				return err
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			var w web.Written
			err = writeFolder(c.String("output"), func(dir string) (err error) {
				w, err = web.Report(c.Context, db, q, dir, c.Int("limit"))
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.App.ErrWriter, "%d of %s on %s\n", w.Tweets, plural(w.Found, "tweet"), plural(w.Pages, "page"))
			return nil
		},
	}
}
