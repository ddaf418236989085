package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/urfave/cli/v2"

	"tweetarc/archive"
	"tweetarc/store"
)

func showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show a tweet and every place where it stands",
		ArgsUsage: "ID|URL|KEY|FILE:RECORD",
		Description: `Shows the tweet with a status ID, an address, or the key that search --format
jsonl prints, or the tweets of the article at FILE:RECORD: each place with its
article and the passage around it, the tweet marked.

   tweetarc show 976532956557737984
   tweetarc show https://twitter.com/janeroe/status/976532956557737984
   tweetarc show news.jsonl:17`,
		Flags: []cli.Flag{
			dbFlag(),
			formatFlag("table", "jsonl", "csv"),
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "show at most `N` places, 0 for all"},
			&cli.BoolFlag{Name: "with-api", Usage: "show what was looked up, too"},
			supersededFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef(c, "one ID, URL, KEY or FILE:RECORD wanted")
			}
			if c.Int("limit") < 0 {
				return usagef(c, "--limit cannot be negative")
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			keys, err := named(c, db, c.Args().First())
			if err != nil {
				return err
			}
			var out store.RowWriter
			if format(c) != "table" {
				if out, err = rowWriter(c, store.PassageColumns); err != nil {
					return err
				}
			}
			for i, key := range keys {
				t, err := db.Tweet(c.Context, key)
				if err != nil {
					return err
				}
				places, err := db.Places(c.Context, key, c.Bool("superseded"), c.Int("limit"), 0)
				if err != nil {
					return err
				}
				if out != nil {
					for _, p := range places {
						if err := out.Write(p.Row()); err != nil {
							return err
						}
					}
					continue
				}
				if i > 0 {
					fmt.Fprintln(c.App.Writer)
				}
				showTweet(c.App.Writer, t, places)
				if c.Bool("with-api") {
					if err := showLookups(c, db, key); err != nil {
						return err
					}
				}
			}
			if out != nil {
				return out.Close()
			}
			return nil
		},
	}
}

// named are the keys of the tweets that a name means.
func named(c *cli.Context, db *store.DB, name string) ([]string, error) {
	t, err := db.Tweet(c.Context, name)
	if err == nil {
		return []string{t.Key}, nil
	}
	if i := strings.LastIndexByte(name, ':'); i > 0 {
		if record, e := strconv.Atoi(name[i+1:]); e == nil {
			_, keys, e := db.InArticle(c.Context, archive.Origin{File: name[:i], Record: record})
			if e != nil {
				return nil, e
			}
			if len(keys) > 0 {
				return keys, nil
			}
		}
	}
	return nil, err
}

// pageWidth is how wide running text is set.
const pageWidth = 76

func showTweet(w io.Writer, t *store.Tweet, places []store.Place) {
	who := plain(t.Author)
	if t.Handle != "" {
		who = strings.TrimSpace(who + " @" + t.Handle)
	}
	when := t.Date
	if t.At != "" {
		when = t.At
	}
	fmt.Fprintf(w, "%s  %s\n", cmp.Or(who, "unknown author"), cmp.Or(when, "day unknown"))
	fmt.Fprintln(w, cmp.Or(t.URL, "without an ID, key "+t.Key))
	fmt.Fprintln(w)
	if t.Text == "" {
		fmt.Fprintln(w, "  (its text is lost)")
	}
	for _, line := range strings.Split(t.Text, "\n") {
		wrapped(w, "  ", plain(line))
	}
	fmt.Fprintf(w, "\nseen in %s of %s", plural(t.Embeds, "place"), plural(t.Articles, "article"))
	if t.FirstSeen != "" {
		fmt.Fprintf(w, ", %s to %s", t.FirstSeen, t.LastSeen)
	}
	fmt.Fprintln(w)
	if t.Status != "" {
		fmt.Fprintf(w, "looked up %s: %s\n", t.CheckedAt, t.Status)
	}
	on, off := "«", "»"
	if newTable(w, nil).bold {
		on, off = markOn, markOff
	}
	for i, p := range places {
		a := &p.Article
		fmt.Fprintf(w, "\n%d. %s  %s\n", i+1, cmp.Or(a.Date, "day unknown"), cmp.Or(plain(a.Title), "without a title"))
		if a.URL != "" {
			fmt.Fprintf(w, "   %s\n", plain(a.URL))
		}
		fmt.Fprintf(w, "   %s, bytes %d to %d, %s, confidence %.2f\n", plain(a.Origin.String()), p.Start, p.End, p.Form, p.Confidence)
		wrapped(w, "   ", "…"+plain(p.Before)+on+plain(p.Raw)+off+plain(p.After)+"…")
	}
	if len(places) < t.Embeds {
		fmt.Fprintf(w, "\n%d further places: --limit 0 shows all\n", t.Embeds-len(places))
	}
}

func showLookups(c *cli.Context, db *store.DB, key string) error {
	lookups, err := db.Lookups(c.Context, key)
	if err != nil {
		return err
	}
	w := c.App.Writer
	if len(lookups) == 0 {
		fmt.Fprintln(w, "\nnever looked up")
	}
	for _, l := range lookups {
		fmt.Fprintf(w, "\n%s by %s: %s", l.At.UTC().Format("2006-01-02 15:04"), plain(l.Source), l.State)
		if l.Key != "" {
			fmt.Fprintf(w, ", ID %s, score %.2f", l.ID, l.Score)
		}
		fmt.Fprintln(w)
		if l.Tweet.Text != "" {
			wrapped(w, "   ", plain(fmt.Sprintf("%s @%s: %s", l.Tweet.Author, l.Tweet.Handle, l.Tweet.Text)))
		}
	}
	return nil
}

// wrapped prints one line of text as several of the page's width.
func wrapped(w io.Writer, indent, s string) {
	line, width := "", 0
	for _, word := range strings.Fields(s) {
		n := runewidth.StringWidth(word)
		if width > 0 && width+1+n > pageWidth {
			fmt.Fprintf(w, "%s%s\n", indent, line)
			line, width = "", 0
		}
		if width > 0 {
			line, width = line+" ", width+1
		}
		line, width = line+word, width+n
	}
	fmt.Fprintf(w, "%s%s\n", indent, line)
}
