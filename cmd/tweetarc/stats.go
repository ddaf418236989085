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

// Tested in script_test.go.

func statsCommand() *cli.Command {
	return &cli.Command{
		Name:      "stats",
		Usage:     "count articles, tweets, authors, outlets and more",
		ArgsUsage: "[QUERY]",
		Description: `Counts the whole archive, or the tweets that a QUERY finds. Articles are counted
by their addresses: two versions of one address are one article. An embed counts
once for each article, in however many places the article is. What is superseded
counts only if the QUERY has include:superseded.

   tweetarc stats
   tweetarc stats --by month since:2018 until:2020
   tweetarc stats --format svg > tweets.svg
   tweetarc stats --format csv > stats.csv

With one or two of these names, separated by a comma, --by prints a table of
embeds, tweets and articles: outlet, handle, form, hashtag, mention, domain (to
which the tweets link), keep.FIELD (a field that archive --keep kept), year,
month, day.

Together with an outlet or a kept field, year, month and day are those of the
article, else those of the tweet. To choose, write article-month or
posted-month; the column then has this name. Year, month or day alone counts
tweets, as above.

If all articles were counted (archive --count-all), a table by outlet and time
of the article has two more columns: articles_counted, with tweets or without,
and share, how many of these have tweets that the QUERY finds. An empty cell is
a number that is not known.

A tweet counts once under each of its hashtags, mentions and domains, and an
article with places in several outlets under each of them: such rows do not add
up to the whole. csv and jsonl have all rows unless you give --top. table and
svg have the rows with most embeds, and say how many they leave out.

   tweetarc stats --by outlet,month --format csv > outlets.csv
   tweetarc stats --by outlet,month --of share --format svg > shares.svg
   tweetarc stats --by hashtag,year from:nasa
   tweetarc stats --by keep.section,handle --top 5`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "format", Value: "table", Usage: "print as `FORMAT`: table, csv, jsonl or svg"},
			&cli.StringFlag{Name: "by", Value: "year", Usage: "count tweets by `UNIT`: year, month or day; or print a table by one or two of the names above"},
			&cli.StringFlag{Name: "of", Usage: "what a table or figure by two shows, a `COUNT`: embeds, tweets, articles or share (default: embeds)"},
			&cli.IntFlag{Name: "top", Value: 10, Usage: "at most `N` entries per list"},
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
		return usagef(c, "--format must be table, csv, jsonl or svg, not %q", f)
	}
	if err := notNegative(c, "top"); err != nil {
		return err
	}
	if by != store.ByYear && by != store.ByMonth && by != store.ByDay {
		return crosstabAction(c, f)
	}
	if c.IsSet("of") {
		return usagef(c, "--of needs --by with two names, as in --by outlet,month")
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
	if f == "table" {
		printStats(c.App.Writer, &s)
		printBars(c.App.Writer, "tweets by "+string(by), times)
		return nil
	}
	lists := append([]statList{{"total", "", totals(&s)}}, statLists(&s)...)
	return writeStats(newWriter(c.App.Writer, statColumns), append(lists, statList{string(by), "", times}))
}

// writeStats writes a row for each count.
func writeStats(out store.RowWriter, lists []statList) error {
	for _, l := range lists {
		for _, n := range l.counts {
			if err := out.Write(store.Row{Values: []string{l.what, n.Name, n.Label, strconv.Itoa(n.N)}}); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

// statList are counts of one kind of thing, as the column what names it, and
// the title above them in a table.
type statList struct {
	what, title string
	counts      []store.Count
}

func totals(s *store.Stats) []store.Count {
	all := []store.Count{
		{Name: "files", N: s.Files},
		{Name: "records", N: s.Records},
		{Name: "unreadable", N: s.Unreadable},
		{Name: "articles with tweets", N: s.Articles},
		{Name: "embeds", N: s.Embeds},
		{Name: "tweets", N: s.Tweets},
		{Name: "tweets with an ID", N: s.WithID},
		{Name: "authors", N: s.Authors},
	}
	if s.Counted > 0 {
		all = slices.Insert(all, 3, store.Count{Name: "articles, with tweets or without", N: s.Counted})
	}
	return all
}

func statLists(s *store.Stats) []statList {
	return []statList{
		{"author", "authors by tweets", s.TopAuthors},
		{"outlet", "outlets by embeds", s.TopOutlets},
		{"article", "articles by embeds", s.TopArticles},
		{"tweet", "tweets by embeds", s.TopTweets},
		{"form", "embeds by form", s.Forms},
	}
}

func printStats(w io.Writer, s *store.Stats) {
	for _, t := range totals(s) {
		fmt.Fprintf(w, "%9d  %s\n", t.N, t.Name)
	}
	if s.First != "" {
		fmt.Fprintf(w, "posted %s to %s\n", s.First, s.Last)
	}
	for _, l := range statLists(s) {
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
	most := 1
	for _, c := range counts {
		most = max(most, c.N)
	}
	const width = 50
	fmt.Fprintf(w, "\n%s\n", title)
	for _, c := range counts {
		bar := strings.Repeat("█", max(min(1, c.N), c.N*width/most))
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%10s %9d  %s", c.Name, c.N, bar), " "))
	}
}
