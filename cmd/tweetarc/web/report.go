package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// Written is what a report has.
type Written struct {
	Tweets, Found int // tweets in it, and tweets that the query found
	Pages         int // files
}

// Report writes pages about a query's tweets into dir, an empty folder. The folder can be
// passed on: it needs no server and nothing outside of it. Its index.html lists the tweets,
// newest first, at most limit of them (0 is all). The other pages are in its folder pages;
// the tables are next to index.html.
func Report(ctx context.Context, db *store.DB, q *store.Query, dir string, limit int) (Written, error) {
	r := &report{db: db, query: q, dir: dir, known: map[string]bool{}, articles: map[archive.Origin]int{}, authors: map[string][]string{}, current: map[string]bool{}, years: map[string][]string{}}
	err := r.write(ctx, limit)
	return r.Written, err
}

// A report collects which pages there will be, because only these can be linked to.
type report struct {
	Written
	db       *store.DB
	query    *store.Query
	dir      string
	tweets   []string               // their keys, in order
	known    map[string]bool        // the same keys
	articles map[archive.Origin]int // the numbers of articles, from 1
	order    []archive.Origin       // the articles in the order of their numbers
	authors  map[string][]string    // keys by handle, in lower case
	current  map[string]bool        // authors with a tweet that is not superseded
	years    map[string][]string    // keys by year
	top, sub *site                  // for index.html, and for the folder pages
	match    *store.Match           // all that the query finds
}

// perReport is how many tweets a page of a report lists.
const perReport = 100

// linksFrom are the addresses as seen from a page: pages leads from it to the folder pages,
// and top to the folder of index.html.
func (r *report) linksFrom(pages, top string) *links {
	return &links{
		report: true,
		search: func(s search) string {
			switch {
			case s.Query != "" && s.Query != r.query.String():
				return ""
			case s.Page <= 1:
				return top + "index.html"
			}
			return fmt.Sprintf("%stweets-%d.html", pages, s.Page)
		},
		tweet: func(key string) string {
			if !r.known[key] {
				return ""
			}
			return pages + tweetFile(key)
		},
		author: func(handle string) string {
			if _, ok := r.authors[strings.ToLower(handle)]; !ok {
				return ""
			}
			return pages + "author-" + strings.ToLower(handle) + ".html"
		},
		article: func(o archive.Origin) string {
			if n, ok := r.articles[o]; ok {
				return fmt.Sprintf("%sarticle-%d.html", pages, n)
			}
			return ""
		},
		outlet: func(string) string { return "" },
		stats:  func(string) string { return pages + "statistics.html" },
		table:  func(_, _, _ string) string { return "" },
		runs:   func() string { return pages + "runs.html" },
		run:    func(string, int) string { return "" },
		export: func(format, _ string) string { return top + formats[format].file },
		feed:   func(string) string { return "" },
		asset:  func(name string) string { return top + "static/" + assets.hashed[name] },
		facet: func(title, name, _ string) string {
			switch title {
			case "Authors":
				return r.linksFrom(pages, top).author(name)
			case "Years":
				if len(r.years[name]) > 0 {
					return pages + "year-" + name + ".html"
				}
			}
			return ""
		},
	}
}

// tweetFile is the name of a tweet's page.
func tweetFile(key string) string { return "tweet-" + pathOf(key) + ".html" }

func (r *report) write(ctx context.Context, limit int) (err error) {
	if err := r.gather(ctx, limit); err != nil {
		return err
	}
	for _, dir := range []string{"pages", "static"} {
		if err := os.Mkdir(filepath.Join(r.dir, dir), 0o777); err != nil {
			return err
		}
	}
	for name, b := range assets.bytes {
		if filepath.Ext(name) == ".js" || strings.HasPrefix(name, "review.") {
			continue // a report has no scripts and no review
		}
		if err := os.WriteFile(filepath.Join(r.dir, "static", name), b, 0o666); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		if err := r.table(ctx, name); err != nil {
			return err
		}
	}
	if r.top, err = newSite(r.db, r.linksFrom("pages/", "")); err != nil {
		return err
	}
	if r.sub, err = newSite(r.db, r.linksFrom("", "../")); err != nil {
		return err
	}
	return r.pages(ctx)
}

// gather finds the tweets, and the articles, authors and years that will have pages.
func (r *report) gather(ctx context.Context, limit int) (err error) {
	if r.match, err = r.db.Match(ctx, r.query, 0); err != nil {
		return err
	}
	r.Found = r.match.N
	if limit <= 0 || limit > r.Found {
		limit = r.Found
	}
	const step = 1000
	for len(r.tweets) < limit {
		hits, err := r.match.Search(ctx, store.Page{Sort: store.ByDateDesc, Limit: min(step, limit-len(r.tweets)), Offset: len(r.tweets)})
		if err != nil {
			return err
		}
		if len(hits) == 0 {
			break // tweets have been removed meanwhile
		}
		for i := range hits {
			if err := r.add(ctx, &hits[i].Tweet); err != nil {
				return err
			}
		}
	}
	r.Tweets = len(r.tweets)
	for handle := range r.authors {
		if !r.current[handle] {
			delete(r.authors, handle) // all tweets are superseded
		}
	}
	return nil
}

// add adds a tweet, and with it its author, year and articles.
func (r *report) add(ctx context.Context, t *store.Tweet) error {
	r.tweets = append(r.tweets, t.Key)
	r.known[t.Key] = true
	if archive.IsHandle(t.Handle) {
		handle := strings.ToLower(t.Handle)
		r.authors[handle] = append(r.authors[handle], t.Key)
		r.current[handle] = r.current[handle] || t.Embeds > 0
	}
	if day, err := time.Parse(time.DateOnly, t.Date); err == nil {
		year := day.Format("2006")
		r.years[year] = append(r.years[year], t.Key)
	}
	places, err := r.db.Places(ctx, t.Key, r.query.Superseded(), 0, 0)
	for _, p := range places {
		// Where a superseded embed was, another article may be now.
		if p.Places > 0 && r.articles[p.Article.Origin] == 0 {
			r.order = append(r.order, p.Article.Origin)
			r.articles[p.Article.Origin] = len(r.order)
		}
	}
	return err
}

// table writes all tweets of the query.
func (r *report) table(ctx context.Context, format string) error {
	f := formats[format]
	columns, err := r.db.Columns(ctx, store.Tweets)
	if err != nil {
		return err
	}
	return r.file(f.file, func(w io.Writer) error {
		out := f.make(w, columns)
		if _, err := r.db.Export(ctx, store.Tweets, r.query, out.Write); err != nil {
			return err
		}
		return out.Close()
	})
}

// file writes one file of the report.
func (r *report) file(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(r.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// page writes one page into the folder pages.
func (r *report) page(file, template string, view any) error {
	r.Pages++
	return r.file(filepath.Join("pages", file), func(w io.Writer) error { return r.sub.render(w, template, view) })
}

// all is the length of a list that is on one page only.
const all = math.MaxInt32

func (r *report) pages(ctx context.Context) error {
	if err := r.lists(ctx); err != nil {
		return err
	}
	for _, key := range r.tweets {
		v, err := r.sub.tweetPage(ctx, key, r.query.Superseded(), 1, all)
		if err != nil {
			return err
		}
		if err := r.page(tweetFile(key), "tweet", v); err != nil {
			return err
		}
	}
	for i, o := range r.order {
		v, err := r.sub.articlePage(ctx, o, 1, all)
		if err != nil {
			return err
		}
		if err := r.page(fmt.Sprintf("article-%d.html", i+1), "article", v); err != nil {
			return err
		}
	}
	for _, handle := range slices.Sorted(maps.Keys(r.authors)) {
		v, err := r.sub.authorPage(ctx, handle, 1)
		if err != nil {
			return err
		}
		if v.Cards, err = r.cards(ctx, r.sub, r.authors[handle]); err != nil {
			return err
		}
		v.Pages.Pages = nil
		if err := r.page("author-"+handle+".html", "author", v); err != nil {
			return err
		}
	}
	stats, err := r.sub.statsPage(ctx, r.query.String())
	if err != nil {
		return err
	}
	if err := r.page("statistics.html", "stats", stats); err != nil {
		return err
	}
	runs, err := r.sub.runsPage(ctx)
	if err != nil {
		return err
	}
	return r.page("runs.html", "runs", runs)
}

// lists writes the pages that list tweets: index.html with timeline and facets, the pages
// that continue it, and one page for each year.
func (r *report) lists(ctx context.Context) error {
	for number := 1; number == 1 || (number-1)*perReport < len(r.tweets); number++ {
		s := r.sub
		if number == 1 {
			s = r.top
		}
		keys := r.tweets[(number-1)*perReport : min(number*perReport, len(r.tweets))]
		v := &resultsView{page: page{Title: "Tweets", Nav: "search", Query: r.query.String()}, totals: totals{Total: r.Tweets, Part: r.Tweets, Archive: r.Tweets}}
		v.Pages, _ = newPager(number, perReport, len(r.tweets), func(n int) string { return s.links.search(search{Page: n}) })
		var err error
		if v.Cards, err = r.cards(ctx, s, keys); err != nil {
			return err
		}
		if number == 1 && len(keys) > 0 {
			c, err := countOf(ctx, r.match)
			if err != nil {
				return err
			}
			v.Aside = &asideView{newTimeline(c.times, c.by, r.query, s.links), s.facets(r.query, c.facets)}
		}
		file := "index.html"
		if number > 1 {
			file = filepath.Join("pages", fmt.Sprintf("tweets-%d.html", number))
		}
		r.Pages++
		if err := r.file(file, func(w io.Writer) error { return s.render(w, "search", v) }); err != nil {
			return err
		}
	}
	for _, year := range slices.Sorted(maps.Keys(r.years)) {
		cards, err := r.cards(ctx, r.sub, r.years[year])
		if err != nil {
			return err
		}
		v := yearView{page{Title: "Tweets of " + year, Nav: "search"}, cards}
		if err := r.page("year-"+year+".html", "year", v); err != nil {
			return err
		}
	}
	return nil
}

type yearView struct {
	page
	Cards []card
}

func (r *report) cards(ctx context.Context, s *site, keys []string) ([]card, error) {
	cards := make([]card, len(keys))
	for i, key := range keys {
		t, err := r.db.Tweet(ctx, key)
		if err != nil {
			return nil, err
		}
		marks := r.query.Highlights(t.Text)
		cards[i] = s.card(t, marks, cardText)
		places, err := r.db.Places(ctx, key, r.query.Superseded(), 1, 0)
		if err != nil {
			return nil, err
		}
		if len(places) > 0 {
			a := &places[0].Article
			cards[i].In = s.seenIn(&store.Hit{File: a.File, Record: a.Record, Outlet: a.Outlet, Title: a.Title, ArticleDate: a.Date})
		}
	}
	return cards, nil
}
