package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/cmd/tweetarc/web"
)

// Tested in script_test.go and output_linux_test.go.

func reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "write the archive's pages as files, to pass on",
		ArgsUsage: "[QUERY]",
		Description: `Writes the pages that serve shows as files, of all tweets or of those that a
QUERY finds. They need no server: open index.html in the folder. Its tables hold
all that was found, also where --limit leaves out pages.

   tweetarc report -o report/
   tweetarc report -o bridge/ 'bridge since:2018'`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "output", TakesFile: true, Aliases: []string{"o"}, Usage: "write to this new or empty `FOLDER`"},
			supersededFlag(),
			&cli.IntFlag{Name: "limit", Value: 10_000, Usage: "write the pages of at most `N` tweets, the newest; 0 for all"},
		},
		Action: func(c *cli.Context) error {
			if c.String("output") == "" {
				return usagef(c, "no folder given: name it with -o")
			}
			if err := notNegative(c, "limit"); err != nil {
				return err
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
			fmt.Fprintf(c.App.ErrWriter, "%s on %s\n", ofFound(w.Tweets, w.Found), plural(w.Pages, "page"))
			return nil
		},
	}
}
