package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go and worlds_test.go.

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "add shard files and other archives to an archive",
		ArgsUsage: "(DIR | OTHER.db)...",
		Description: `Adds shard files (the folder that tweetarc shard wrote) and other archives to an
archive. Order does not matter, and adding the same again changes nothing. An
article that several of them have is one article with more places. Files of two
archives stay two files, even if they have the same name. If a later reading of
a file no longer found something there, it is superseded. The same inputs always
give the same exports.

   tweetarc merge --db news.db shards
   tweetarc merge --db all.db mine.db theirs.db`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "tombstones", Usage: "what to do with the tombstones of another archive (see tweetarc forget), `WHICH`: take or leave (default: ask on a terminal, else leave)"},
		},
		Action: mergeAction,
	}
}

func mergeAction(c *cli.Context) error {
	if t := c.String("tombstones"); t != "" && t != "take" && t != "leave" {
		return usagef(c, "--tombstones must be take or leave, not %q", t)
	}
	if c.NArg() == 0 {
		return usagef(c, "nothing to add: give a folder of shard files, or an archive")
	}
	shards, archives, err := mergeable(c)
	if err != nil {
		return err
	}
	db, err := openArchive(c, true)
	if err != nil {
		return err
	}
	defer db.Close()
	d, err := detector(c)
	if err != nil {
		return err
	}
	rows, err := db.Writer(newRun(c, d))
	if err != nil {
		return err
	}
	err = merge(c, rows, shards, archives)
	if e := rows.Close(); e != nil {
		err = e
	}
	var some *incompleteError
	if err == nil || errors.As(err, &some) {
		tellHolds(c, db)
	}
	return err
}

// otherArchive is an archive to be added.
type otherArchive struct {
	path string
	take bool // its tombstones, too
}

// mergeable are the shard files and the archives that the arguments name. All of them are
// looked at, and all questions asked, before an archive is made.
func mergeable(c *cli.Context) (shards []string, archives []otherArchive, err error) {
	for _, path := range c.Args().Slice() {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, nil, fileError(path, err)
		case !info.IsDir() && strings.HasSuffix(path, shardExt):
			shards = append(shards, path)
		case !info.IsDir():
			if own, err := os.Stat(c.String("db")); err == nil && os.SameFile(own, info) {
				return nil, nil, &store.Error{Err: fmt.Errorf("%s: an archive cannot be merged into itself", path), Hint: "name another archive"}
			}
			take, err := takesTombstones(c, path)
			if err != nil {
				return nil, nil, err
			}
			archives = append(archives, otherArchive{path, take})
		default:
			names, err := shardFiles(path)
			if err != nil {
				return nil, nil, err
			}
			if len(names) == 0 {
				return nil, nil, noShards(path)
			}
			shards = append(shards, names...)
		}
	}
	return shards, archives, nil
}

// noShards is the error of a folder without shard files.
func noShards(dir string) error {
	return fmt.Errorf("%s: no shard files (*%s) in this folder", dir, shardExt)
}

// takesTombstones says whether the tombstones of another archive are to be taken over. It
// asks, if that is possible and no flag says it.
func takesTombstones(c *cli.Context, path string) (bool, error) {
	other, err := store.OpenReadOnly(path)
	if err != nil {
		return false, err
	}
	defer other.Close()
	all, err := other.Tombstones(c.Context)
	if err != nil || len(all) == 0 || c.String("tombstones") == "take" {
		return err == nil && len(all) > 0, err
	}
	w := c.App.ErrWriter
	if c.String("tombstones") == "" {
		var usage *usageError
		switch take, err := confirm(c, fmt.Sprintf("%s has %s: forget here, too, what it has forgotten?", path, plural(len(all), "tombstone"))); {
		case errors.As(err, &usage): // there is nobody to ask
			fmt.Fprintf(w, "%s: %s left; --tombstones take takes them over\n", plain(path), plural(len(all), "tombstone"))
			return false, nil
		case take || err != nil:
			return take, err
		}
	}
	fmt.Fprintf(w, "%s: its tombstones are left out\n", plain(path))
	return false, nil
}

// merge adds shard files and archives.
func merge(c *cli.Context, rows *store.Writer, shards []string, archives []otherArchive) error {
	bad, err := mergeShards(c, rows, shards)
	if err != nil {
		return err
	}
	for _, other := range archives {
		if err := mergeArchive(c, rows, other); err != nil {
			return err
		}
	}
	if bad > 0 {
		return &incompleteError{fmt.Errorf("%s of %d could not be added; %s", plural(bad, "shard file"), len(shards), makeAgain)}
	}
	return nil
}

// mergeShards adds shard files; bad is how many are not finished or damaged.
func mergeShards(c *cli.Context, rows *store.Writer, shards []string) (bad int, err error) {
	if len(shards) == 0 {
		return 0, nil
	}
	w := c.App.ErrWriter
	errs := troubles{w: w, begin: c.App.Name + ": "}
	defer errs.end() // also where it is stopped
	added := 0
	for i, path := range shards {
		if c.Context.Err() != nil {
			return bad, fmt.Errorf("stopped after %d of %s; they are saved, and the same command goes on from there", i, plural(len(shards), "shard file"))
		}
		ok, err := rows.AddShard(path)
		var broken *store.ShardError
		switch {
		case ok:
			added++
		case errors.As(err, &broken):
			bad++
			errs.input(path, err.Error())
		case err != nil:
			return bad, err
		}
	}
	if err := rows.Flush(); err != nil {
		return bad, err
	}
	errs.end()
	fmt.Fprintf(w, "%s: %d added, %d there already, %d not finished or damaged; %s\n", plural(len(shards), "shard file"), added, len(shards)-added-bad, bad, plural(rows.Counts().Embeds, "embed"))
	return bad, nil
}

// mergeArchive adds another archive.
func mergeArchive(c *cli.Context, rows *store.Writer, from otherArchive) error {
	other, err := store.OpenReadOnly(from.path)
	if err != nil {
		return err
	}
	defer other.Close()
	w := c.App.ErrWriter
	if from.take {
		n, err := rows.MergeTombstones(c.Context, other)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: %s taken over; forgotten here: %s, %s\n", plain(from.path), plural(n.Tombstones, "tombstone"), plural(n.Tweets, "tweet"), plural(n.Embeds, "embed"))
	}
	m, err := rows.Merge(c.Context, other)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %s, %d of them new here; %s\n", plain(from.path), plural(m.Articles, "article"), m.New, plural(m.Lookups, "lookup"))
	return nil
}
