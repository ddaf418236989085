package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go and analysis_test.go.

func sampleCommand() *cli.Command {
	return &cli.Command{
		Name:      "sample",
		Usage:     "draw embeds at random, as a sheet for people to check",
		ArgsUsage: "[QUERY]",
		Description: `Draws embeds at random, of all tweets or of those that a QUERY, as for search,
finds. Writes them as a sheet for Excel, LibreOffice or Google Sheets: one row
per embed, with the passage of the article, in which ` + markBegin + markEnd + ` mark the tweet, and with
what was found. Fill in these columns, as far as you get. The rows are in random
order, so that any first part of them is a sample too:

   verdict  right, begins wrong, ends wrong, both wrong, wrong person,
            not a tweet, or cannot say
   words    the tweet's right words, where it begins or ends wrong
   coder    your name (or give it as validate --coder NAME)
   note     what you like

Then tweetarc validate SHEET says how right the archive is. Several people may
fill in copies of one sheet.

--by divides the embeds into groups (strata) and draws at least two of each, the
others in proportion to the sizes of the groups. There are at most N/4 groups;
the smallest are put together. The same archive, QUERY, --by and --seed give the
same sample. With another --by or QUERY the same seed draws mostly the same
embeds: for fresh ones take another seed. The archive keeps what was drawn.

   tweetarc sample -n 200 -o sheet.csv
   tweetarc sample -n 300 --by confidence,outlet --seed 7 -o sheet.csv
   tweetarc sample -n 100 -o bridge.csv 'bridge since:2018-01-01'`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.IntFlag{Name: "n", Value: 200, Usage: "draw `N` embeds"},
			&cli.StringFlag{Name: "by", Usage: "make groups by `WHAT`, separated by commas: " + oneOf(store.StrataBy...)},
			&cli.Int64Flag{Name: "seed", Value: 1, Usage: "draw other embeds by another `NUMBER`"},
			supersededFlag(),
			&cli.BoolFlag{Name: "force", Usage: "overwrite a sheet that is there"},
			&cli.StringFlag{Name: "output", TakesFile: true, Aliases: []string{"o"}, Value: "-", Usage: "write to `FILE`, - for standard output"},
		},
		Action: sampleAction,
	}
}

func sampleAction(c *cli.Context) error {
	path := c.String("output")
	if err := refuseFiles(c); err != nil {
		return err
	}
	if ending := strings.ToLower(filepath.Ext(path)); unwritten[ending] != "" {
		return usagef(c, "-o %s: a sheet is written as CSV, which Excel and LibreOffice open (name it .csv)", path)
	}
	if c.Int("n") < 1 {
		return usagef(c, "-n must be 1 or more")
	}
	if info, err := os.Stat(path); path != "-" && err == nil && info.Mode().IsRegular() && !c.Bool("force") {
		return &store.Error{Err: fmt.Errorf("%s is there already, and may hold verdicts", path), Hint: "name another file, or add --force to overwrite it"}
	}
	q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
	if err != nil {
		return err
	}
	d := store.Draw{N: c.Int("n"), Seed: c.Int64("seed"), Query: q}
	for by := range strings.SplitSeq(c.String("by"), ",") {
		by = strings.TrimSpace(by)
		switch {
		case by == "":
		case !slices.Contains(store.StrataBy, by):
			return usagef(c, "--by must be %s, not %q", oneOf(store.StrataBy...), by)
		default:
			d.By = append(d.By, by)
		}
	}
	out := outputs{stdout: c.App.Writer, archive: c.String("db")}
	if _, err := out.target(path); err != nil {
		return err // before anything is drawn
	}
	db, err := store.OpenExisting(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := db.Draw(c.Context, d)
	if err != nil {
		return err
	}
	if err := out.write(c.Context, outFile{path, func(w io.Writer) error { return writeSheet(c.Context, w, db, s) }}); err != nil {
		return err
	}
	tellSample(c.App.ErrWriter, s, path)
	return nil
}

// writeSheet writes a sample as a coding sheet, some cases at a time.
func writeSheet(ctx context.Context, w io.Writer, db *store.DB, s *store.Sample) error {
	const page = 500
	out, err := newSheet(w, s)
	for at := 0; err == nil; at += page {
		var cases []store.Case
		if cases, err = db.Cases(ctx, store.Queue{Sample: s.Key}, page, at); err != nil || len(cases) == 0 {
			break
		}
		for i := range cases {
			if err == nil {
				err = out.write(&cases[i])
			}
		}
	}
	return err
}

// tellSample says what was drawn, and what to do next.
func tellSample(w io.Writer, s *store.Sample, path string) {
	embeds := 0
	for _, h := range s.Strata {
		embeds += h.Embeds
	}
	fmt.Fprintf(w, "sample %s: %d of %s drawn, seed %d\n", s.Key, s.N, plural(embeds, "embed"), s.Seed)
	if len(s.Strata) > 1 {
		fmt.Fprintf(w, "%9s %7s  by %s\n", "embeds", "drawn", strings.Join(s.By, ", "))
		for _, h := range s.Strata {
			fmt.Fprintf(w, "%9d %7d  %s\n", h.Embeds, h.Drawn, plain(h.Name))
		}
	}
	if path == "-" {
		path = "SHEET"
	}
	fmt.Fprintf(w, "fill in verdict (right, begins wrong, ends wrong, both wrong, wrong person, not a tweet, cannot say), words and coder; then: tweetarc validate %s\n", shellWord(path))
}
