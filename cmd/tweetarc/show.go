package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus/remote"
	"example.org/tweetarc/store"
)

// Tested in script_test.go.

func showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show a tweet and every article that embeds it",
		ArgsUsage: "ID|URL|KEY|FILE:RECORD",
		Description: `Shows a tweet, and each of its embeds: the article and the passage around it,
with the tweet marked. A tweet is named by its status ID (the number at the end
of its address), by its address, or by the key that search --format jsonl
prints. FILE:RECORD shows all tweets of one article.

   tweetarc show 976532956557737984
   tweetarc show https://twitter.com/janeroe/status/976532956557737984
   tweetarc show news.jsonl:17`,
		Flags: []cli.Flag{
			dbFlag(),
			formatFlag("table", "jsonl", "csv"),
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "show at most `N` embeds, 0 for all"},
			&cli.BoolFlag{Name: "with-api", Usage: "also show what was looked up"},
			supersededFlag(),
		},
		Action: showAction,
	}
}

func showAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef(c, "give one ID, URL, KEY or FILE:RECORD")
	}
	if err := notNegative(c, "limit"); err != nil {
		return err
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
	if format(c) != "table" {
		return writePlaces(c, db, keys)
	}
	for i, key := range keys {
		if i > 0 {
			fmt.Fprintln(c.App.Writer)
		}
		if err := showKey(c, db, key); err != nil {
			return err
		}
	}
	return nil
}

// writePlaces writes a row for each embed of tweets.
func writePlaces(c *cli.Context, db *store.DB, keys []string) error {
	out, err := rowWriter(c, store.PassageColumns)
	if err != nil {
		return err
	}
	for _, key := range keys {
		places, err := db.Places(c.Context, key, c.Bool("superseded"), c.Int("limit"), 0)
		if err != nil {
			return err
		}
		for _, p := range places {
			if err := out.Write(p.Row()); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

// showKey prints a tweet with its embeds.
func showKey(c *cli.Context, db *store.DB, key string) error {
	t, err := db.Tweet(c.Context, key)
	if err != nil {
		return err
	}
	superseded := c.Bool("superseded")
	places, err := db.Places(c.Context, key, superseded, c.Int("limit"), 0)
	if err != nil {
		return err
	}
	hidden, err := db.Places(c.Context, key, true, mostHidden+1, t.Embeds) // beyond the current ones
	if err != nil {
		return err
	}
	all := t.Embeds
	if superseded || t.Embeds == 0 {
		all += len(hidden)
	}
	showTweet(c.App.Writer, t, places, all)
	if len(hidden) > 0 && !superseded && t.Embeds > 0 {
		fmt.Fprintf(c.App.Writer, "\n%s superseded: --superseded shows %s\n", atMost(len(hidden)), them(len(hidden)))
	}
	if c.Bool("with-api") {
		return showLookups(c, db, key)
	}
	return nil
}

// named are the keys of the tweets that a word names.
func named(c *cli.Context, db *store.DB, name string) ([]string, error) {
	t, err := db.Tweet(c.Context, name)
	if err == nil {
		return []string{t.Key}, nil
	}
	if i := strings.LastIndexByte(name, ':'); i > 0 {
		if record, e := strconv.Atoi(name[i+1:]); e == nil {
			for _, file := range spellings(name[:i]) {
				_, keys, e := db.InArticle(c.Context, archive.Origin{File: file, Record: record})
				if e != nil {
					return nil, e
				}
				if len(keys) > 0 {
					return unique(keys), nil
				}
			}
		}
	}
	return nil, err
}

// spellings are ways to write the path of a file: as exports have it, and absolute.
func spellings(path string) []string {
	abs, err := filepath.Abs(path)
	if err != nil || remote.Is(path) {
		return []string{path}
	}
	return []string{filepath.ToSlash(path), filepath.ToSlash(abs)}
}

// unique are the keys, each once.
func unique(keys []string) (all []string) {
	for _, k := range keys {
		if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// pageWidth is the width of running text.
const pageWidth = 76

// mostHidden is how many superseded embeds of a tweet are counted.
const mostHidden = 1000

// atMost is a number that is counted up to mostHidden.
func atMost(n int) string {
	if n > mostHidden {
		return fmt.Sprintf("more than %d", mostHidden)
	}
	return strconv.Itoa(n)
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// showTweet prints a tweet with some of its embeds, out of all, which is their number.
func showTweet(w io.Writer, t *store.Tweet, places []store.Place, all int) {
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
	if t.Embeds == 0 {
		fmt.Fprint(w, "\nsuperseded: no longer in its file")
	} else {
		fmt.Fprintf(w, "\n%s in %s", plural(t.Embeds, "embed"), plural(t.Articles, "article"))
	}
	if t.FirstSeen != "" {
		fmt.Fprintf(w, ", %s to %s", t.FirstSeen, t.LastSeen)
	}
	fmt.Fprintln(w)
	if t.WordsBy != "" {
		fmt.Fprintf(w, "words checked by %s\n", plain(t.WordsBy))
	}
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
		where := ""
		switch {
		case p.Places == 0:
			where = " (superseded)"
		case p.Places > 1:
			where = fmt.Sprintf(" (and %s)", plural(p.Places-1, "other place"))
		}
		fmt.Fprintf(w, "   %s%s, bytes %d to %d, %s, confidence %.2f\n", plain(a.Origin.String()), where, p.Start, p.End, p.Form, p.Confidence)
		wrapped(w, "   ", "…"+plain(p.Before)+on+plain(p.Raw)+off+plain(p.After)+"…")
	}
	if len(places) < all {
		fmt.Fprintf(w, "\n%s: --limit 0 shows all\n", plural(all-len(places), "further embed"))
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

// wrapped prints a line of text in lines of the page's width.
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
