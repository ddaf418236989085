package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go.

func authorCommand() *cli.Command {
	return &cli.Command{
		Name:      "author",
		Usage:     "describe an author: names, days, outlets, other authors",
		ArgsUsage: "HANDLE",
		Description: `Prints what the archive has of one author: how many tweets, from when to when,
under which names, in which outlets, in articles with which other authors, and
in whose tweets the author is mentioned. What is superseded is not counted.

   tweetarc author janeroe
   tweetarc author @janeroe --format json`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "format", Value: "table", Usage: "print as `FORMAT`: table or json"},
			&cli.IntFlag{Name: "top", Value: 10, Usage: "at most `N` entries per list"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef(c, "give one HANDLE, as in tweetarc author janeroe")
			}
			f := c.String("format")
			if f != "table" && f != "json" {
				return usagef(c, "--format must be table or json, not %q", f)
			}
			if err := notNegative(c, "top"); err != nil {
				return err
			}
			if strings.TrimPrefix(c.Args().First(), "@") == "" {
				return usagef(c, "the HANDLE is empty")
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			a, _, err := db.Author(c.Context, c.Args().First(), max(1, c.Int("top")), 0)
			if err != nil {
				return err
			}
			if f == "json" {
				e := json.NewEncoder(c.App.Writer)
				e.SetIndent("", "  ")
				return e.Encode(a)
			}
			w := c.App.Writer
			fmt.Fprintf(w, "@%s\n", a.Handle)
			fmt.Fprintf(w, "%s, %d with an ID", plural(a.Tweets, "tweet"), a.WithID)
			if a.First != "" {
				fmt.Fprintf(w, ", posted %s to %s", a.First, a.Last)
			}
			fmt.Fprintf(w, "\n%s in %s", plural(a.Embeds, "embed"), plural(a.Articles, "article"))
			if a.FirstSeen != "" {
				fmt.Fprintf(w, ", %s to %s", a.FirstSeen, a.LastSeen)
			}
			fmt.Fprintln(w)
			printCounts(w, "names", a.Names)
			printCounts(w, "outlets", a.Outlets)
			printCounts(w, "in articles with", handles(a.With))
			printCounts(w, "mentioned by", handles(a.Mentions))
			printBars(w, "years", a.Years)
			return nil
		},
	}
}

// handles puts an @ before user names.
func handles(counts []store.Count) []store.Count {
	var all []store.Count
	for _, c := range counts {
		all = append(all, store.Count{Name: strings.TrimSpace("@" + c.Name + "  " + c.Label), N: c.N})
	}
	return all
}
