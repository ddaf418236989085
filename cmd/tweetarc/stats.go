package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/cmd/tweetarc/web"
	"example.org/tweetarc/store"
)

func statsCommand() *cli.Command {
	return &cli.Command{
		Name:      "stats",
		Usage:     "count articles, tweets, authors, outlets and more",
		ArgsUsage: "[QUERY]",
		Description: `Counts the whole archive, or the tweets that a query finds. Articles are counted
by their addresses: two versions of one address are one. Embeds are counted once
for each article, in however many places it is. What is superseded counts only
where the query has include:superseded.

   tweetarc stats
   tweetarc stats --by month since:2018 until:2020
   tweetarc stats --format svg > tweets.svg
   tweetarc stats --format csv > stats.csv

With --by and one or two names, a comma between them, it prints a table instead:
embeds, tweets and articles by outlet, handle, form, hashtag, mention, domain
(that tweets link to), keep.FIELD (a field of the corpus, see archive --keep),
year, month or day.

Beside an outlet or a field of the corpus, year, month and day are those of the
article; else those of the tweet. article-month and posted-month say which, and
the column is named so. Year, month or day alone counts tweets as above.

Where all articles were counted (archive --count-all), a table by outlet and
time of the article has two columns more: articles_counted, also those without
tweets, and share, how many of these have tweets that the query finds. What is
not known is an empty cell.

A tweet counts under each of its hashtags, mentions and domains, and an article
in places of several outlets under each: such rows do not add up to the whole.
csv and jsonl have all rows unless --top is given; table and svg have the --top
with most embeds, and say how many they leave out.

   tweetarc stats --by outlet,month --format csv > outlets.csv
   tweetarc stats --by outlet,month --of share --format svg > shares.svg
   tweetarc stats --by hashtag,year from:nasa
   tweetarc stats --by keep.section,handle --top 5`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "format", Value: "table", Usage: "print as `FORMAT`: table, csv, jsonl or svg"},
			&cli.StringFlag{Name: "by", Value: "year", Usage: "count tweets by this `UNIT`, year, month or day; or print a table by one or two of the names above"},
			&cli.StringFlag{Name: "of", Usage: "show this `COUNT` in a table or figure by two: embeds, tweets, articles or share (default: embeds)"},
			&cli.IntFlag{Name: "top", Value: 10, Usage: "at most `N` entries a list"},
		},
		Action: statsAction,
	}
}

var statColumns = []store.Column{
	{Name: "what", Kind: store.Text, Doc: "total, author, outlet, article, tweet, form, or year, month, day."},
	{Name: "name", Kind: store.Text, Doc: "Of what is counted: the user name, outlet, address, key, form or time."},
	{Name: "label", Kind: store.Text, Doc: "What people call it: the display name, title or text."},
	{Name: "n", Kind: store.Int, Doc: "How many."},
}

func statsAction(c *cli.Context) error {
	f, by := c.String("format"), store.Unit(c.String("by"))
	newWriter, ok := rowFormats[f]
	if !ok && f != "table" && f != "svg" {
		return usagef(c, "--format: table, csv, jsonl or svg, not %q", f)
	}
	if by != store.ByYear && by != store.ByMonth && by != store.ByDay {
		return crosstabAction(c, f)
	}
	if c.IsSet("of") {
		return usagef(c, "--of: only with --by of two, as --by outlet,month")
	}
	q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
	if err != nil {
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
	times, err := m.Histogram(c.Context, by)
	if err != nil {
		return err
	}
	if f == "svg" {
		return web.Plot(c.App.Writer, times, by)
	}
	s, err := m.Stats(c.Context, max(1, c.Int("top")))
	if err != nil {
		return err
	}
	totals := []store.Count{
		{Name: "files", N: s.Files}, {Name: "records", N: s.Records}, {Name: "unreadable", N: s.Unreadable}, {Name: "articles with tweets", N: s.Articles},
		{Name: "embeds", N: s.Embeds}, {Name: "tweets", N: s.Tweets}, {Name: "tweets with an ID", N: s.WithID}, {Name: "authors", N: s.Authors},
	}
	if s.Counted > 0 {
		totals = slices.Insert(totals, 3, store.Count{Name: "articles, with tweets or without", N: s.Counted})
	}
	lists := []statList{
		{"author", "authors by tweets", s.TopAuthors},
		{"outlet", "outlets by embeds", s.TopOutlets},
		{"article", "articles by embeds", s.TopArticles},
		{"tweet", "tweets by embeds", s.TopTweets},
		{"form", "embeds by form", s.Forms},
	}
	if f == "table" {
		printStats(c.App.Writer, &s, totals, lists)
		printBars(c.App.Writer, "tweets by "+string(by), times)
		return nil
	}
	out := newWriter(c.App.Writer, statColumns)
	put := func(what string, counts []store.Count) error {
		for _, n := range counts {
			if err := out.Write(store.Row{Values: []string{what, n.Name, n.Label, strconv.Itoa(n.N)}}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := put("total", totals); err != nil {
		return err
	}
	for _, l := range lists {
		if err := put(l.what, l.counts); err != nil {
			return err
		}
	}
	if err := put(string(by), times); err != nil {
		return err
	}
	return out.Close()
}

// statList are counts of one kind of thing, as the column what names it, and
// the title above them in a table.
type statList struct {
	what, title string
	counts      []store.Count
}

func printStats(w io.Writer, s *store.Stats, totals []store.Count, lists []statList) {
	for _, t := range totals {
		fmt.Fprintf(w, "%9d  %s\n", t.N, t.Name)
	}
	if s.First != "" {
		fmt.Fprintf(w, "posted %s to %s\n", s.First, s.Last)
	}
	for _, l := range lists {
		if l.what == "author" {
			l.counts = handles(l.counts)
		}
		printCounts(w, l.title, l.counts)
	}
}

// printCounts prints a list under its title; nothing for an empty one.
func printCounts(w io.Writer, title string, counts []store.Count) {
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, c := range counts {
		name := cmp.Or(plain(c.Name), "(unknown)")
		if c.Label != "" {
			name += "  " + plain(c.Label)
		}
		fmt.Fprintf(w, "%9d  %s\n", c.N, strings.TrimRight(fit(name, pageWidth-11, false), " "))
	}
}

// printBars prints a list with a bar for each number.
func printBars(w io.Writer, title string, counts []store.Count) {
	if len(counts) == 0 {
		return
	}
	most := 0
	for _, c := range counts {
		most = max(most, c.N)
	}
	const width = 50
	fmt.Fprintf(w, "\n%s\n", title)
	for _, c := range counts {
		fmt.Fprintf(w, "%10s %9d  %s\n", c.Name, c.N, strings.Repeat("█", max(1, c.N*width/most)))
	}
}
