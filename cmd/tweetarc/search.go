package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/store"
)

func searchCommand() *cli.Command {
	var sorts []string
	for _, s := range store.Sorts {
		sorts = append(sorts, string(s))
	}
	return &cli.Command{
		Name:      "search",
		Usage:     "search the archived tweets",
		ArgsUsage: "QUERY",
		Description: `Prints the tweets that match, with the place of their first embed. Words are
found in the text and in the author's names, so that jane roe finds what
@janeroe wrote, before what mentions her. The operators are Twitter's: words,
"a phrase", OR, -word, (groups), pre*, from:handle, @mention, #tag,
since:2018-01-01, until:, url:, filter:links|media|replies, outlet:"The Quay"
(also a host, with those below it; outlet:=news.example is the outlet alone),
keep.section:sports (a field of the corpus that was kept; * is any value),
form:, has:id, min_sightings:2, confidence:<0.7 (also 0.7..0.9), verdict:none
(what somebody judged to be no tweet; also right, begins, ends, both, person,
unsure, * for any), and lang:en of tweets that were looked up (see tweetarc
enrich). include:superseded finds also tweets that are no longer where they
were: a later version of the file lacks them. A query that begins with a dash
comes after --.

   tweetarc search 'bridge "first stone" -opening'
   tweetarc search 'from:janeroe since:2018-01-01 until:2018-12-31'
   tweetarc search --sort confidence 'confidence:<0.7'
   tweetarc search --format csv '#bridge OR tunnel' > bridge.csv`,
		Flags: []cli.Flag{
			dbFlag(),
			formatFlag("table", "jsonl", "csv"),
			columnsFlag(),
			&cli.StringFlag{Name: "sort", Value: sorts[0], Usage: "`ORDER`: " + oneOf(sorts...)},
			&cli.Int64Flag{Name: "seed", Value: 1, Usage: "with --sort random: `N` names the order, which is the same each time"},
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "print at most `N` tweets, 0 for all"},
			&cli.BoolFlag{Name: "count", Usage: "print only how many match"},
			supersededFlag(),
		},
		Action: func(c *cli.Context) error {
			q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
			if err != nil {
				return err
			}
			order := store.Sort(c.String("sort"))
			if !slices.Contains(store.Sorts, order) {
				return usagef(c, "--sort: %s, not %q", strings.Join(sorts, ", "), order)
			}
			if c.IsSet("seed") && order != store.ByChance {
				return usagef(c, "--seed: only with --sort random")
			}
			if c.Int("limit") < 0 {
				return usagef(c, "--limit cannot be negative")
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
			n := m.N
			if c.Bool("count") {
				fmt.Fprintln(c.App.Writer, n)
				return nil
			}
			hits, err := m.Search(c.Context, store.Page{Sort: order, Seed: c.Int64("seed"), Limit: c.Int("limit")})
			if err != nil {
				return err
			}
			if err := printHits(c, hits); err != nil {
				return err
			}
			if len(hits) < n || n == 0 || format(c) == "table" {
				fmt.Fprintf(c.App.ErrWriter, "%d of %s\n", len(hits), plural(n, "tweet"))
				return printBy(c, db, q)
			}
			return nil
		},
	}
}

// printBy says how many tweets are by the one whom the query names.
func printBy(c *cli.Context, db *store.DB, q *store.Query) error {
	by, err := db.By(c.Context, q)
	if err == nil && by.N > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%s by @%s: tweetarc search from:%s\n", plural(by.N, "tweet"), by.Name, by.Name)
	}
	return err
}

// parseQuery parses a search; what is wrong with it is said under the place.
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
	return &cli.BoolFlag{Name: "superseded", Usage: "also what is no longer where it was (in a query: include:superseded)"}
}

// placeWithSure is how wide the column of places has to be to say also how sure the
// words are.
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
			mark = fmt.Sprintf("%d %% ", int(h.Confidence*100+1e-9)) // not rounded up to certain
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
