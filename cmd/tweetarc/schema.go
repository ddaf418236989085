package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"tweetarc/store"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "print what the columns mean",
		Description: `The dictionary of the columns of detect, search and export.

   tweetarc schema
   tweetarc export -o tweets.csv --with-schema    # the same beside the file`,
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "unexpected argument %q", c.Args().First())
			}
			w := tabwriter.NewWriter(c.App.Writer, 0, 8, 2, ' ', 0)
			for _, what := range []store.What{store.Embeds, store.Tweets} {
				fmt.Fprintf(w, "%s\t\t\n", what)
				for _, col := range what.Columns() {
					fmt.Fprintf(w, "  %s\t%s\t%s\n", col.Name, col.Kind, col.Doc)
				}
			}
			return w.Flush()
		},
	}
}
