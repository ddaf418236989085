package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

func verifyCommand() *cli.Command {
	var damage, odd strings.Builder
	for _, c := range store.Checks {
		into := &odd
		if c.Damage {
			into = &damage
		}
		fmt.Fprintf(into, "   %-11s", c.Name)
		setIn(into, 14, c.Doc)
	}
	return &cli.Command{
		Name:  "verify",
		Usage: "look for damage in the archive, and evidence that does not fit",
		Description: `Prints a line for each finding. Damage makes the command fail (exit code 1):

` + damage.String() + `
What is odd in the evidence does not. Forged, misquoted and cut embeds are what
articles have; they stay in the archive:

` + odd.String() + `
   tweetarc verify
   tweetarc verify --format csv > findings.csv`,
		Flags: []cli.Flag{dbFlag(), formatFlag("table", "jsonl", "csv")},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "unexpected argument %q", c.Args().First())
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			var out store.RowWriter
			if format(c) != "table" {
				if out, err = rowWriter(c, store.FindingColumns); err != nil {
					return err
				}
			}
			n, err := db.Verify(c.Context, func(f store.Finding) error {
				if out != nil {
					return out.Write(f.Row())
				}
				place := ""
				if f.File != "" {
					place = fmt.Sprintf("%s:%d  ", f.File, f.Record)
				}
				who := ""
				if f.Handle != "" {
					who = "@" + f.Handle + " " + f.Date + "  "
				}
				_, err := fmt.Fprintf(c.App.Writer, "%-10s %s%s%s\n", f.Check, plain(place), plain(who), plain(f.Detail))
				return err
			})
			if err != nil {
				return err
			}
			if out != nil {
				if err := out.Close(); err != nil {
					return err
				}
			}
			switch {
			case n.Damage > 0:
				return fmt.Errorf("%s of damage; %d odd in the evidence", plural(n.Damage, "finding"), n.Odd)
			case n.Odd > 0:
				fmt.Fprintf(c.App.ErrWriter, "the archive is sound; %s odd in its evidence\n", are(n.Odd, "finding"))
			default:
				fmt.Fprintln(c.App.ErrWriter, "nothing found: the archive is sound, and its evidence fits")
			}
			return nil
		},
	}
}
