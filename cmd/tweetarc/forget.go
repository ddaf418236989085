package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and crash_test.go.

func forgetCommand() *cli.Command {
	return &cli.Command{
		Name:      "forget",
		Usage:     "remove tweets from the archive for good",
		ArgsUsage: "[QUERY]",
		Description: `Removes the tweets that a QUERY, as for search, finds, or the tweets that a flag
names: the tweets, all their embeds, what was looked up of them, and their words
in the passages around other tweets. The file is written anew, so that no byte
of the words is left in it. The command first says how much that is, and asks.

It leaves tombstones, so that later runs, merges and shards do not bring the
tweets back. A query that is only from: also keeps out all that is found of this
user later. A tombstone is a salted hash, without words or names; but who has
the file can test names that they guess. Exports and copies that were made
before do not change. Neither do the articles: they still show what they embed.

   tweetarc forget from:janeroe
   tweetarc forget --dry-run '"first stone" since:2018-01-01'
   tweetarc forget --file wrong.csv --yes
   tweetarc forget --list
   tweetarc forget --undo 3f2a9c    # then read again with archive --force`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringSliceFlag{Name: "key", Usage: "the tweet with this `KEY` or ID (may be repeated)"},
			&cli.StringFlag{Name: "article", Usage: "the tweets in the article at this `URL`"},
			&cli.StringFlag{Name: "file", TakesFile: true, Usage: "the tweets in articles of this `FILE`"},
			&cli.StringFlag{Name: "run", Usage: "the tweets in articles that this `RUN` was the first to see"},
			&cli.BoolFlag{Name: "dry-run", Usage: "only say how much would be forgotten"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask"},
			&cli.BoolFlag{Name: "list", Usage: "list the tombstones"},
			&cli.StringFlag{Name: "undo", Usage: "lift the tombstones whose `HASH` begins so, or all of them (all)"},
		},
		Action: forgetAction,
	}
}

func forgetAction(c *cli.Context) error {
	sel, err := selection(c)
	if err != nil {
		return err
	}
	some := sel.Query != nil || namesMore(sel)
	if c.Bool("list") || c.IsSet("undo") {
		return tombstonesAction(c, some)
	}
	if !some {
		return usagef(c, "nothing named to forget: give a QUERY, --key, --article, --file or --run")
	}
	db, err := store.OpenExisting(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	keys, n, err := db.Select(c.Context, sel)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%s, %s in %s, %s\n", plural(n.Tweets, "tweet"), plural(n.Embeds, "embed"), plural(n.Articles, "article"), plural(n.Lookups, "lookup"))
	handle := ""
	if !namesMore(sel) {
		handle = sel.Query.Handle()
	}
	if c.Bool("dry-run") {
		return nil
	}
	if n.Tweets == 0 && handle == "" {
		return errors.New("nothing to forget")
	}
	if ok, err := mayForget(c, handle); err != nil {
		return err
	} else if !ok {
		return errUnchanged
	}
	return forget(c, db, keys, handle)
}

// selection is what is to be forgotten.
func selection(c *cli.Context) (sel store.Selection, err error) {
	sel = store.Selection{Keys: c.StringSlice("key"), Article: c.String("article"), Run: c.String("run")}
	if file := c.String("file"); file != "" {
		sel.Files = spellings(file)
	}
	if query := strings.TrimSpace(strings.Join(c.Args().Slice(), " ")); query != "" {
		if sel.Query, err = parseQuery(c, query); err != nil {
			return sel, err
		}
	}
	for i, key := range sel.Keys {
		if st, ok := archive.FindStatus(key); ok {
			sel.Keys[i] = st.ID
		}
	}
	return sel, nil
}

// namesMore says whether flags name tweets, with a query or without one.
func namesMore(sel store.Selection) bool {
	return len(sel.Keys) > 0 || sel.Article != "" || len(sel.Files) > 0 || sel.Run != ""
}

// mayForget asks, unless --yes was given. The handle, if there is one, is that of a user
// whose later tweets are kept out too.
func mayForget(c *cli.Context, handle string) (bool, error) {
	if c.Bool("yes") {
		return true, nil
	}
	question := "forget them for good?"
	if handle != "" {
		question = "forget them for good, and all later tweets by @" + handle + "?"
	}
	return confirm(c, question)
}

func forget(c *cli.Context, db *store.DB, keys []string, handle string) error {
	rows, err := db.Writer(store.Run{Command: c.App.Name + " forget", Version: c.App.Version})
	if err != nil {
		return err
	}
	n, err := rows.Forget(keys, handle)
	if e := rows.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "forgotten: %s, %s, %s; %s\n", plural(n.Tweets, "tweet"), plural(n.Embeds, "embed"), plural(n.Lookups, "lookup"), plural(n.Tombstones, "tombstone"))
	return nil
}

// tombstonesAction is forget --list and forget --undo.
func tombstonesAction(c *cli.Context, some bool) error {
	switch list := c.Bool("list"); {
	case some, list && c.IsSet("undo"):
		return usagef(c, "--list and --undo cannot be used together, nor with tweets to forget")
	case list:
		return listTombstones(c)
	}
	return liftTombstones(c)
}

func listTombstones(c *cli.Context) error {
	db, err := openArchive(c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := db.Tombstones(c.Context)
	if err != nil {
		return err
	}
	for _, t := range all {
		what := "keeps out a " + t.Kind
		if t.Kind == "words" {
			what = "keeps out words of a user on a day"
		}
		if t.Lifted {
			what = "lifted"
		}
		if _, err := fmt.Fprintf(c.App.Writer, "%s  %s  %s\n", t.Hash[:12], t.At.Format("2006-01-02T15:04:05Z"), what); err != nil {
			return err
		}
	}
	fmt.Fprintln(c.App.ErrWriter, plural(len(all), "row"))
	return nil
}

func liftTombstones(c *cli.Context) error {
	hash := c.String("undo")
	if hash == "all" {
		hash = ""
	} else if hash == "" || strings.Trim(strings.ToLower(hash), "0123456789abcdef") != "" {
		return usagef(c, "--undo must be a hash that --list prints, or its beginning, or all; not %q", hash)
	}
	db, err := store.OpenExisting(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := db.Tombstones(c.Context)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(t store.Tombstone) bool { return !t.Lifted && strings.HasPrefix(t.Hash, strings.ToLower(hash)) }) {
		return errors.New("no such tombstone; see tweetarc forget --list")
	}
	rows, err := db.Writer(store.Run{Command: c.App.Name + " forget --undo", Version: c.App.Version})
	if err != nil {
		return err
	}
	n, err := rows.Lift(hash)
	if e := rows.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%s lifted; what was forgotten comes back when its articles are read again, with archive --force\n", plural(n, "tombstone"))
	return nil
}
