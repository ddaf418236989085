package main

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/store"
)

// Tested in enrich_test.go.

func resolveCommand() *cli.Command {
	return &cli.Command{
		Name:      "resolve",
		Usage:     "find the IDs of tweets that have none in the articles",
		ArgsUsage: "[QUERY]",
		Description: `Looks for tweets without an ID, of the whole archive or of those that a QUERY
finds, by author, day and words. What it finds is kept beside what the articles
say. The sources for --via:

   FILE      tweets that another program fetched (a hydrator, a scraper): JSON
             or CSV, compressed or not, or a folder of such files. Several files
             may follow one --via
   wayback   what the Wayback Machine captured of the author on that day: needs
             no key, slow
   v2        X's search of all posts: needs a bearer token, costs money (see
             --dry-run)

A tweet is accepted if 0.8 of its trigrams (three letters in a row) are the same
and no other tweet comes near. What is likely but not sure is kept as a maybe,
with its score, and is not used as an ID: see --list.

   tweetarc resolve --via dump.jsonl.zst
   tweetarc resolve --via v2 --dry-run 'since:2020-01-01'
   tweetarc resolve --list > found.csv`,
		Flags: append([]cli.Flag{
			dbFlag(),
			&cli.BoolFlag{Name: "list", Usage: "only print what was found so far, maybes too, as CSV"},
		}, askFlags(false)...),
		Action: resolveAction,
	}
}

func resolveAction(c *cli.Context) error {
	if c.Bool("list") {
		return listMatches(c)
	}
	a, err := newAsking(c, true)
	if err != nil {
		return err
	}
	db, err := store.OpenExisting(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	n := 0
	authors := map[string]bool{}
	for w, err := range a.wanted(db) {
		if err != nil {
			return err
		}
		n++
		authors[w.Handle] = true
	}
	if n == 0 {
		fmt.Fprintln(c.App.ErrWriter, "nothing to look for: every tweet found has an ID, or was looked for before (--again looks again)")
		return nil
	}
	fmt.Fprintf(c.App.ErrWriter, "%s without an ID to be looked for\n", plural(n, "tweet"))
	if ok, err := a.mayCost(n, enrich.Cost(n, n)); !ok {
		return err
	}
	var t states
	return a.end(a.resolve(db, &t), &t)
}

// resolve looks for the tweets without an ID.
func (a *asking) resolve(db *store.DB, t *states) error {
	r := enrich.Resolver{Finders: a.finders, Trouble: a.trouble, Keep: func(m []enrich.Match) error { return a.keepMatches(db, m, t) }}
	return r.Run(a.c.Context, a.wanted(db))
}

// wanted are the tweets without an ID for which some finder was not asked yet, at most
// --limit.
func (a *asking) wanted(db *store.DB) iter.Seq2[enrich.Wanted, error] {
	return func(yield func(enrich.Wanted, error) bool) {
		n := 0
		for w, err := range db.WithoutID(a.c.Context, a.query, a.since) {
			if err == nil && !slices.ContainsFunc(a.finders, func(f enrich.Finder) bool { return !slices.Contains(w.Sources, f.Name()) }) {
				continue
			}
			if n++; a.c.Int("limit") > 0 && n > a.c.Int("limit") {
				return
			}
			if !yield(enrich.Wanted{Tweet: w.Tweet, Key: w.Key, Loose: w.Widget, Asked: w.Sources}, err) {
				return
			}
		}
	}
}

// keepMatches keeps what was found for tweets without an ID. That a file does not have a
// tweet is not kept: asking again costs nothing.
func (a *asking) keepMatches(db *store.DB, matches []enrich.Match, t *states) error {
	var lookups []store.Lookup
	for i := range matches {
		m := &matches[i]
		outcome := "identified"
		switch {
		case m.ID == "":
			outcome = "not found"
		case !m.Sure:
			outcome = "maybe"
		}
		t.count(m.Source, outcome)
		if m.ID == "" && slices.ContainsFunc(a.dumps, func(f enrich.Finder) bool { return f.Name() == m.Source }) {
			continue
		}
		l := lookup(&m.Answer)
		l.Key, l.Score = m.Key, m.Score
		if m.ID != "" && !m.Sure {
			l.State = "maybe"
		}
		lookups = append(lookups, l)
	}
	a.status.show(t.String())
	return db.AddLookups(context.WithoutCancel(a.c.Context), lookups)
}

// listMatches prints what was found for tweets without an ID.
func listMatches(c *cli.Context) error {
	for _, f := range c.Command.Flags {
		if name := f.Names()[0]; name != "list" && name != "db" && name != "wayback-base" && c.IsSet(name) {
			return usagef(c, "--list and --%s cannot be used together", name)
		}
	}
	if c.NArg() > 0 {
		return usagef(c, "--list takes no QUERY")
	}
	db, err := openArchive(c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	out := store.NewCSV(c.App.Writer, store.MatchColumns)
	if err := db.Resolved(c.Context, out.Write); err != nil {
		return err
	}
	return out.Close()
}
