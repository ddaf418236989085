package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

// Tested in script_test.go and same_answer_test.go.

func searchCommand() *cli.Command {
	return &cli.Command{
		Name:      "search",
		Usage:     "search the archived tweets",
		ArgsUsage: "QUERY",
		Description: `Prints the tweets that match, each with the place of its first embed. Words are
looked for in the text and in the author's names: jane roe finds what @janeroe
wrote, and after it what mentions her. Most operators are Twitter's:

   bridge tunnel           both words; bridge OR tunnel: at least one of them
   bridge -opening         the first word, without the second
   "first stone"  brid*    these words in a row; words that begin like this
   (fog OR mist) harbour   a group
   from:janeroe            tweets by this user
   @janeroe  #bridge       tweets with this mention, with this tag
   since:2018-03-01        posted on that day or later (also 2018, 2018-03)
   until:2019              posted before that
   url:example.org         with a link to this site or address
   filter:links            with links; also filter:media, filter:replies
   outlet:"The Quay"       in articles of this outlet. A host also finds the
                           hosts below it; outlet:=news.example does not
   keep.section:sports     in articles with this value of a field that was kept
                           (see archive --keep); * is any value
   form:blockquote         embedded in this form (see tweetarc schema)
   has:id                  with a status ID
   min_embeds:2            embedded at least twice
   confidence:<0.7         how sure the text is; also 0.7..0.9
   verdict:none            with this verdict of a person (see tweetarc
                           validate): right, begins, ends, both, person, none,
                           unsure, or * for any
   lang:en                 in this language; only for tweets that were looked up
                           (see tweetarc enrich)
   include:superseded      also tweets that are no longer in their files

A query that begins with a dash comes after --.

   tweetarc search 'bridge "first stone" -opening'
   tweetarc search 'from:janeroe since:2018-01-01 until:2018-12-31'
   tweetarc search --sort confidence 'confidence:<0.7'
   tweetarc search --format csv '#bridge OR tunnel' > bridge.csv`,
		Flags: []cli.Flag{
			dbFlag(),
			formatFlag("table", "jsonl", "csv"),
			columnsFlag(),
			&cli.StringFlag{Name: "sort", Value: string(store.Sorts[0]), Usage: "sort by `ORDER`: " + oneOf(sortNames()...)},
			&cli.Int64Flag{Name: "seed", Value: 1, Usage: "with --sort random: another `N` gives another order, the same each time"},
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "print at most `N` tweets, 0 for all"},
			&cli.BoolFlag{Name: "count", Usage: "print only how many match"},
			supersededFlag(),
		},
		Action: searchAction,
	}
}

func searchAction(c *cli.Context) error {
	q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
	if err != nil {
		return err
	}
	order, ok := store.SortOf(c.String("sort"))
	switch {
	case !ok:
		return usagef(c, "--sort must be %s, not %q", oneOf(sortNames()...), order)
	case c.IsSet("seed") && order != store.ByChance:
		return usagef(c, "--seed needs --sort random")
	}
	if err := notNegative(c, "limit"); err != nil {
		return err
	}
	db, err := openArchive(c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	m, err := db.Match(c.Context, q, 0)
	if err != nil {
		return err
	}
	if c.Bool("count") {
		_, err := fmt.Fprintln(c.App.Writer, m.N)
		return err
	}
	hits, err := m.Search(c.Context, store.Page{Sort: order, Seed: c.Int64("seed"), Limit: c.Int("limit")})
	if err != nil {
		return err
	}
	if err := printHits(c, hits); err != nil {
		return err
	}
	if len(hits) < m.N || m.N == 0 || format(c) == "table" {
		fmt.Fprintln(c.App.ErrWriter, ofFound(len(hits), m.N))
		return printBy(c, db, q)
	}
	return nil
}

// sortNames are the names of the orders of a search.
func sortNames() (names []string) {
	for _, s := range store.Sorts {
		names = append(names, string(s))
	}
	return names
}

// ofFound says how many of the tweets that a query found are shown.
func ofFound(shown, found int) string {
	if found == 0 {
		return "no tweets found"
	}
	return fmt.Sprintf("%d of %s", shown, plural(found, "tweet"))
}

// printBy prints how many tweets are by the author whom the query names.
func printBy(c *cli.Context, db *store.DB, q *store.Query) error {
	by, err := db.By(c.Context, q)
	if err == nil && by.N > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%s by @%s: tweetarc search from:%s\n", plural(by.N, "tweet"), by.Name, by.Name)
	}
	return err
}

// parseQuery parses a query; its error shows the place of the mistake.
func parseQuery(c *cli.Context, s string) (*store.Query, error) {
	q, err := store.ParseQuery(s)
	if err == nil && c.Bool("superseded") && !q.Superseded() {
		q, err = store.ParseQuery(q.With("include:superseded"))
	}
	var bad *store.QueryError
	if errors.As(err, &bad) {
		return nil, usagef(c, "%v", bad)
	}
	return q, err
}

// supersededFlag is that of commands that take a query.
func supersededFlag() cli.Flag {
	return &cli.BoolFlag{Name: "superseded", Usage: "also what is no longer in its file (in a query: include:superseded)"}
}

// placeWithSure is how wide the column of places must be to show the confidence, too.
const placeWithSure = 28

// printHits prints what a search found.
func printHits(c *cli.Context, hits []store.Hit) error {
	if format(c) != "table" {
		out, err := rowWriter(c, store.SearchColumns)
		if err != nil {
			return err
		}
		for i := range hits {
			if err := out.Write(hits[i].Row()); err != nil {
				return err
			}
		}
		return out.Close()
	}
	t := newTable(c.App.Writer, nil)
	for _, h := range hits {
		who := strings.TrimSpace(h.Author + " @" + h.Handle)
		place := fmt.Sprintf("%s:%d", h.File, h.Record)
		mark := ""
		switch {
		case h.Embeds == 0:
			mark = "superseded, "
		case h.Confidence < 1 && h.Text != "" && t.place >= placeWithSure:
			mark = fmt.Sprintf("%d %% ", int(h.Confidence*100+1e-9)) // not rounded up to 100
		}
		if mark != "" {
			place = mark + strings.TrimRight(fit(place, max(1, t.place-len(mark)), true), " ")
		}
		if err := t.line(h.Date, who, t.snippet(h.Text, h.Highlights), place); err != nil {
			return err
		}
	}
	return t.Close()
}
