package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"tweetarc/store"
)

func exportCommand() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write the archived tweets, or the places where they stand, to a file",
		Description: `The columns are those of "tweetarc schema".

   tweetarc export -o tweets.csv
   tweetarc export --of embeds --format jsonl -o embeds.jsonl`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "of", Value: "tweets", Usage: "a row for each of `tweets|embeds`"},
			&cli.StringFlag{Name: "format", Usage: "`csv|jsonl` (default: by the name of FILE, else csv)"},
			columnsFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "-", Usage: "write to `FILE`, - for standard output"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "unexpected argument %q", c.Args().First())
			}
			what := store.What(c.String("of"))
			if what != store.Tweets && what != store.Embeds {
				return usagef(c, "--of: tweets or embeds, not %q", what)
			}
			format := c.String("format")
			if format == "" {
				if format = "csv"; filepath.Ext(c.String("output")) == ".jsonl" {
					format = "jsonl"
				}
			}
			newWriter, ok := rowFormats[format]
			if !ok {
				return usagef(c, "--format: csv or jsonl, not %q", format)
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			n := 0
			err = writeFile(c.App.Writer, c.String("output"), func(w io.Writer) error {
				out, err := chosen(c, what.Columns(), func(columns []store.Column) store.RowWriter { return newWriter(w, columns) })
				if err != nil {
					return err
				}
				if n, err = db.Export(c.Context, what, nil, out.Write); err != nil {
					return err
				}
				return out.Close()
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.App.ErrWriter, "%s written\n", plural(n, "row"))
			return nil
		},
	}
}

var rowFormats = map[string]func(io.Writer, []store.Column) store.RowWriter{
	"csv":   store.NewCSV,
	"jsonl": store.NewJSONL,
}

// writeFile writes to path as a whole or not at all: to a temporary file that
// takes its name when all of it is on the disk. The path - is stdout.
func writeFile(stdout io.Writer, path string, write func(io.Writer) error) error {
	if path == "-" {
		w := bufio.NewWriterSize(stdout, 1<<16)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has its name
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
