package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go.

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "explain the columns",
		Description: `Explains the columns of detect, search and export. How to count: tweets by rows,
or by key; embeds by rows; articles by article_url, or by file and record where
there is no address; places by the rows of export --of places.

   tweetarc schema
   tweetarc export -o tweets.csv --with-schema    # the same beside the file`,
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "%s takes no arguments, but there is %q", c.Command.Name, c.Args().First())
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
