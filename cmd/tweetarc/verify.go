package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go.

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
		Usage: "look for damage in the archive, and for odd evidence",
		Description: `Prints one line per finding. If it finds damage, the exit code is 1:

` + damage.String() + `
What is odd in the articles is no damage. Articles do embed forged, misquoted
and cut tweets; these stay in the archive:

` + odd.String() + `
   tweetarc verify
   tweetarc verify --format csv > findings.csv`,
		Flags: []cli.Flag{dbFlag(), formatFlag("table", "jsonl", "csv")},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "%s takes no arguments, but there is %q", c.Command.Name, c.Args().First())
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
				return fmt.Errorf("%s of damage, %d about odd evidence", plural(n.Damage, "finding"), n.Odd)
			case n.Odd > 0:
				fmt.Fprintf(c.App.ErrWriter, "the archive has no damage; %s about odd evidence\n", plural(n.Odd, "finding"))
			default:
				fmt.Fprintln(c.App.ErrWriter, "nothing found: the archive has no damage, and nothing in it is odd")
			}
			return nil
		},
	}
}
