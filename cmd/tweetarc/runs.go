package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go.

func runsCommand() *cli.Command {
	return &cli.Command{
		Name:  "runs",
		Usage: "list what was archived, when, and from which files",
		Description: `Prints every run that archived something: when it began and ended, its command
line, and its counts by form and by cause of error. --format json has more:
versions, and the inputs with their sizes, times of change and counts.

   tweetarc runs
   tweetarc runs --format json | jq '.[-1].inputs'`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "format", Value: "table", Usage: "print as `FORMAT`: table or json"},
		},
		Action: func(c *cli.Context) error {
			f := c.String("format")
			if f != "table" && f != "json" {
				return usagef(c, "--format must be table or json, not %q", f)
			}
			if c.NArg() > 0 {
				return usagef(c, "%s takes no arguments, but there is %q", c.Command.Name, c.Args().First())
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			runs, err := db.Runs(c.Context)
			if err != nil {
				return err
			}
			if f == "json" {
				return runsJSON(c, db, runs)
			}
			for _, r := range runs {
				ended := r.Ended
				if ended == "" {
					ended = "not ended"
				}
				fmt.Fprintf(c.App.Writer, "%s  %s  %s\n", r.Started, ended, plain(r.Command))
				fmt.Fprintf(c.App.Writer, "   %s, %s, %d with tweets, %s", plural(r.Counts.Files, "file"), plural(r.Counts.Records, "record"), r.Counts.Articles, plural(r.Counts.Embeds, "embed"))
				if len(r.Counts.Forms) > 0 {
					fmt.Fprintf(c.App.Writer, " (%s)", strings.Join(byReason(r.Counts.Forms), ", "))
				}
				if len(r.Counts.Errors) > 0 {
					fmt.Fprintf(c.App.Writer, "; not read: %s", reasons(r.Counts.Errors))
				}
				fmt.Fprintln(c.App.Writer)
			}
			return nil
		},
	}
}

// runsJSON writes the manifests as one JSON array, their inputs one by one: a
// run may have a million.
func runsJSON(c *cli.Context, db *store.DB, runs []store.Manifest) error {
	w := bufio.NewWriter(c.App.Writer)
	w.WriteString("[")
	for i, r := range runs {
		if i > 0 {
			w.WriteString(",")
		}
		b, err := json.MarshalIndent(r, "  ", "  ")
		if err != nil {
			return err
		}
		w.WriteString("\n  ")
		w.Write(bytes.TrimSuffix(b, []byte("\n  }")))
		n := 0
		err = db.Inputs(c.Context, r.Key, func(in store.Input) error {
			if n++; n == 1 {
				w.WriteString(",\n    \"inputs\": [")
			} else {
				w.WriteString(",")
			}
			b, err := json.MarshalIndent(in, "      ", "  ")
			if err != nil {
				return err
			}
			w.WriteString("\n      ")
			_, err = w.Write(b)
			return err
		})
		if err != nil {
			return err
		}
		if n > 0 {
			w.WriteString("\n    ]")
		}
		w.WriteString("\n  }")
	}
	w.WriteString("\n]\n")
	return w.Flush()
}
