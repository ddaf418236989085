package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"tweetarc/archive/detect"
	"tweetarc/store"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "bring other archives into this one",
		ArgsUsage: "ARCHIVE...",
		Description: `Adds what other archives know: their files with all that was found in them, their
lookups and their runs. Of a file that several archives know, by its path, the
newest state stays. In any order, and however often: the end is the same.

   tweetarc merge --db all.db north.db south.db`,
		Flags: []cli.Flag{dbFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return usagef(c, "no ARCHIVE given")
			}
			var others []*store.DB
			for _, path := range c.Args().Slice() { // before anything is changed
				other, err := store.OpenReadOnly(path)
				if err != nil {
					return err
				}
				defer other.Close()
				others = append(others, other)
			}
			db, err := openArchive(c, true)
			if err != nil {
				return err
			}
			defer db.Close()
			w, err := db.Writer(store.Run{Command: strings.Join(commandLine(c), " "), Version: c.App.Version, Detector: detect.Version})
			if err != nil {
				return err
			}
			for i, other := range others {
				m, e := w.Merge(c.Context, other)
				if e != nil {
					err = stopped(e)
					break
				}
				fmt.Fprintf(c.App.ErrWriter, "%s: %s, %d new or newer, %s\n", plain(c.Args().Get(i)), plural(m.Files, "file"), m.Replaced, plural(m.Lookups, "lookup"))
			}
			if e := w.Close(); e != nil {
				err = e
			}
			if err != nil {
				return err
			}
			n, err := db.Count(c.Context, nil)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.App.ErrWriter, "%s now holds %s\n", c.String("db"), plural(n, "tweet"))
			return nil
		},
	}
}
