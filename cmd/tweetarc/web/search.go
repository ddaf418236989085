package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

type resultsView struct {
	page
	totals
	Bad      *badQuery
	Cards    []card
	By       store.Count // the author whom the query names, and the number of tweets
	Sorts    []choice
	Again    string   // the random order with the next seed
	Narrowed []choice // the terms of the query that can be removed
	Pages    pager
	Aside    *asideView // nil if nothing was found, and on later pages of a report
}

// totals are numbers of tweets.
type totals struct {
	Total   int // found
	Part    int // so many of these, the newest, are counted in Aside
	Archive int // in the archive
	Hidden  int // superseded tweets, if all are
}

// badQuery is a query with the place of its mistake.
type badQuery struct{ Before, At, Msg string }

func newBadQuery(query string, err *store.QueryError) *badQuery {
	at, _ := head(query[err.Pos:], 40)
	return &badQuery{visible(archive.Tail(query[:err.Pos], 60)), visible(at), err.Msg}
}

// operatorHelp is a line of the search help.
type operatorHelp struct{ Example, Finds string }

var help = []operatorHelp{
	{"bridge tram", "both words, also inside a #tag or @mention"},
	{"jane roe", "both words, also in names; tweets by a person of this name come first"},
	{`"first stone"`, "these words, one right after the other"},
	{"bridge OR tunnel", "one of the words; ( ) makes groups"},
	{"bridge -toll", "the first word, but not the word after the minus"},
	{"engin*", "words that begin with this"},
	{"@nasa", "tweets that mention this user"},
	{"#budget", "this hashtag"},
	{"from:nasa", "tweets by this user"},
	{"since:2018-03 until:2019", "posted from March 2018 up to, not including, 2019"},
	{"outlet:example.org", "embedded in articles of this outlet, or of its subdomains; outlet:=example.org only the outlet itself; outlet:\"The Quay\" a name of several words"},
	{"keep.section:sports", "embedded in articles with this value in a column that was archived with --keep; keep.section:* with any value"},
	{"url:example.org", "with a link to this site"},
	{"filter:media", "with pictures or video; also filter:links, filter:replies"},
	{"form:blockquote", "embedded in this form"},
	{"has:id", "with a known status ID; -has:id without one"},
	{"min_embeds:3", "embedded at least 3 times"},
	{"confidence:<0.7", "less than 70% sure of the words; also <=, >, >=, and 0.7..0.9"},
	{"-verdict:none", "without those that a coder judged as no tweet; also right, begins, ends, both, person, unsure, and * for any verdict"},
	{"include:superseded", "also tweets that are no longer in their file, because it changed"},
}

var sortNames = map[store.Sort]string{
	store.ByRelevance:  "Best match",
	store.ByDateDesc:   "Newest",
	store.ByDate:       "Oldest",
	store.ByEmbeds:     "Most embedded",
	store.ByConfidence: "Least sure",
	store.ByChance:     "Random",
}

// sorts are the orders to choose from, and the next random order.
func (s *site) sorts(in search, ranked bool) (all []choice, again string) {
	for _, sort := range []store.Sort{store.ByRelevance, store.ByDateDesc, store.ByDate, store.ByEmbeds, store.ByConfidence, store.ByChance} {
		if sort != store.ByRelevance || ranked {
			all = append(all, choice{sortNames[sort], s.links.search(search{Query: in.Query, Sort: sort, Seed: in.Seed}), sort == in.Sort})
		}
	}
	if in.Sort == store.ByChance {
		again = s.links.search(search{Query: in.Query, Sort: in.Sort, Seed: in.Seed%math.MaxInt32 + 1})
	}
	return all, again
}

// searchPage is a page of search results.
func (s *site) searchPage(ctx context.Context, in search, per int) (*resultsView, error) {
	v := &resultsView{page: page{Title: "Search", Nav: "search", Query: in.Query}}
	if in.Query != "" {
		v.Title = oneLine(in.Query, 60)
	}
	q, err := store.ParseQuery(in.Query)
	var bad *store.QueryError
	if errors.As(err, &bad) {
		v.Bad = newBadQuery(in.Query, bad)
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	m, err := s.db.Match(ctx, q, s.most)
	if err != nil {
		return nil, err
	}
	if v.totals, err = s.totals(ctx, m, q); err != nil {
		return nil, err
	}
	in = in.sorted(m.Ranked)
	v.Sorts, v.Again = s.sorts(in, m.Ranked)
	if v.By, err = s.db.By(ctx, q); err != nil {
		return nil, err
	}
	for _, part := range q.Narrowed() {
		v.Narrowed = append(v.Narrowed, choice{Label: oneLine(part.Text, nameSize), Href: s.links.found(q.Without(part.Text))})
	}
	sort := in.Sort
	if !m.Ranked && sort == store.ByDateDesc && in.Query != "" {
		sort = "" // the default
	}
	v.Pages, in.Page = newPager(in.Page, per, v.Total, func(page int) string { return s.links.search(search{in.Query, sort, in.Seed, page}) })
	hits, err := m.Search(ctx, store.Page{Sort: in.Sort, Seed: in.Seed, Limit: per, Offset: (in.Page - 1) * per})
	if err != nil {
		return nil, err
	}
	v.Cards = s.cards(hits)
	if m.N == 0 {
		return v, nil
	}
	c, err := s.count(ctx, m, q)
	if err != nil {
		return nil, err
	}
	v.Part, v.Aside = c.part, &asideView{newTimeline(c.times, c.by, q, s.links), s.facets(q, c.facets)}
	return v, nil
}

// totals counts the tweets found, and all in the archive.
func (s *site) totals(ctx context.Context, m *store.Match, q *store.Query) (t totals, err error) {
	t = totals{Total: m.N, Part: m.Part, Archive: m.N}
	if q.String() != "" {
		var all *store.Query
		if q.Superseded() {
			all = all.WithSuperseded()
		}
		if t.Archive, err = s.db.Count(ctx, all); err != nil {
			return t, err
		}
	}
	if t.Archive == 0 {
		t.Hidden, err = s.db.Count(ctx, (*store.Query)(nil).WithSuperseded())
	}
	return t, err
}

// counted are the counts of a match that a search page shows.
type counted struct {
	part   int // tweets
	facets store.Facets
	times  []store.Count
	by     store.Unit
}

// count counts a match, or takes the counts of all tweets if these are kept.
func (s *site) count(ctx context.Context, m *store.Match, q *store.Query) (c counted, err error) {
	if kept := s.wholeOf(ctx, m, q); kept != nil {
		return kept.counted, nil
	}
	return countOf(ctx, m)
}

func countOf(ctx context.Context, m *store.Match) (c counted, err error) {
	c.part = m.Part
	if c.facets, err = m.Facets(ctx, topFacets); err != nil {
		return c, err
	}
	c.times, c.by, err = timesOf(ctx, m)
	return c, err
}

type asideView struct {
	Timeline *timeline
	Facets   []facet
}

// A facet divides the tweets found by one property, as the author.
type facet struct {
	Title string
	Items []facetItem
}

type facetItem struct {
	Label, Note string
	Count       string
	Href        string // the query with this term, or without it if it has it
	Now         bool
}

func (s *site) facets(q *store.Query, f store.Facets) []facet {
	var all []facet
	add := func(title string, counts []store.Count, of func(store.Count) (label, note string, terms []string)) {
		fc := facet{Title: title}
		for _, c := range counts {
			label, note, terms := of(c)
			item := facetItem{Label: oneLine(label, nameSize), Note: oneLine(note, nameSize), Count: grouped(c.N)}
			if item.Label == "" {
				item.Label, item.Note = item.Note, ""
			}
			if written := q.Written(terms...); len(written) == len(terms) {
				item.Now, item.Href = true, s.links.found(q.Without(written...))
			} else {
				item.Href = s.links.narrowed(title, c.Name, q, terms...)
			}
			fc.Items = append(fc.Items, item)
		}
		if len(fc.Items) > 0 {
			all = append(all, fc)
		}
	}
	add("Authors", f.Authors, func(c store.Count) (string, string, []string) {
		return c.Label, "@" + c.Name, []string{store.Term("from", c.Name)}
	})
	years := slices.DeleteFunc(slices.Clone(f.Years), func(y store.Count) bool {
		_, err := time.Parse("2006", y.Name)
		return err != nil
	})
	slices.Reverse(years)
	add("Years", years, func(c store.Count) (string, string, []string) {
		year, _ := strconv.Atoi(c.Name)
		return c.Name, "", []string{"since:" + c.Name, fmt.Sprintf("until:%04d", year+1)}
	})
	add("Outlets", f.Outlets, func(c store.Count) (string, string, []string) {
		return c.Name, "", []string{store.Term("outlet", "="+c.Name)}
	})
	for _, field := range f.Kept {
		add("Corpus: "+oneLine(field.Name, nameSize), field.Values, func(c store.Count) (string, string, []string) {
			return c.Name, "", []string{store.Term("keep."+field.Name, c.Name)}
		})
	}
	add("Forms", f.Forms, func(c store.Count) (string, string, []string) { return c.Name, "", []string{"form:" + c.Name} })
	var ids []store.Count
	for _, c := range []store.Count{{Name: "has:id", Label: "known", N: f.WithID}, {Name: "-has:id", Label: "not known", N: f.WithoutID}} {
		if c.N > 0 {
			ids = append(ids, c)
		}
	}
	add("Status ID", ids, func(c store.Count) (string, string, []string) { return c.Label, "", []string{c.Name} })
	return all
}
