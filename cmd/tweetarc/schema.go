package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "print what the columns mean",
		Description: `The dictionary of the columns of detect, search and export. How to count:
tweets by their rows, or by key; embeds by their rows, one for each embed of an
article; articles by article_url, or by file and record where there is none;
places by their rows in export --of places.

   tweetarc schema
   tweetarc export -o tweets.csv --with-schema    # the same beside the file`,
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "unexpected argument %q", c.Args().First())
			}
			var b strings.Builder
			for _, what := range []store.What{store.Embeds, store.Tweets, store.Places, store.Verdicts} {
				fmt.Fprintf(&b, "%s\n", what)
				for _, col := range what.Columns() {
					fmt.Fprintf(&b, "  %-15s%-8s", col.Name, col.Kind)
					setIn(&b, 25, col.Doc)
				}
			}
			_, err := io.WriteString(c.App.Writer, b.String())
			return err
		},
	}
}
