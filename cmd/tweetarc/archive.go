package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"tweetarc/archive"
	"tweetarc/archive/detect"
	"tweetarc/store"
)

func archiveCommand() *cli.Command {
	return &cli.Command{
		Name:      "archive",
		Usage:     "find the tweets in articles and save them",
		ArgsUsage: "PATH...",
		Description: `Reads files and folders, or - for standard input, and saves every place where
a tweet stands. What is archived already is not read again; what was broken off
goes on where it stopped.

   tweetarc archive articles/
   tweetarc archive --db news.db --text-field content --date-field published news.csv
   tweetarc archive CC-NEWS-20180322.warc.gz`,
		Flags: append([]cli.Flag{
			dbFlag(),
			&cli.BoolFlag{Name: "force", Usage: "read again what was archived before"},
		}, inputFlags()...),
		Action: archiveAction,
	}
}

func archiveAction(c *cli.Context) error {
	if c.NArg() == 0 {
		return usagef(c, "no PATH given (- is standard input)")
	}
	r, err := reader(c)
	if err != nil {
		return err
	}
	db, err := openArchive(c, true)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Writer(store.Run{
		Command:  strings.Join(append([]string{c.App.Name, c.Command.Name}, c.Args().Slice()...), " "),
		Version:  c.App.Version,
		Detector: detect.Version,
		Force:    c.Bool("force"),
	})
	if err != nil {
		return err
	}
	t := tally{began: time.Now()}
	r.Resume = rows.Resume
	var last archive.Part
	scan := archive.Scan{Find: detect.Tweets, Workers: c.Int("jobs"), Keep: func(p archive.Part) error {
		t.add(c, p)
		last = p
		return rows.Add(p)
	}}
	err = scan.Run(c.Context, r.Articles(c.Args().Slice()...))
	if e := rows.Close(); e != nil {
		err = e
	}
	if errors.Is(err, context.Canceled) {
		if last.File != nil {
			err = fmt.Errorf("stopped behind %v; all up to there is saved, the same command goes on from there", archive.Origin{File: last.File.Path, Record: last.Record})
		} else {
			err = errors.New("stopped before anything was read")
		}
	}
	if err != nil {
		return err
	}
	done, _ := r.BytesRead()
	t.tellAll(c, rows.Counts(), done)
	if n, err := db.Count(c.Context, nil); err == nil {
		fmt.Fprintf(c.App.ErrWriter, "%s now holds %s\n", c.String("db"), plural(n, "tweet"))
	}
	return t.failure()
}
