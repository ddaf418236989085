package web

import (
	"context"
	"fmt"

	"example.org/tweetarc/store"
)

// How much is on the first page.
const (
	homeCards  = 5
	homeLayers = 5 // authors that have a colour of their own
)

// homeView says what the archive is.
type homeView struct {
	page
	Name     string
	Outlets  int
	Stats    store.Stats
	Total    int // of these tweets the newest Stats.Tweets are counted
	Run      *store.Manifest
	Timeline *timeline
	Cards    []card
	Bad      *badQuery // as the search has: it is none
}

func (s *site) homePage(ctx context.Context, m *store.Match) (*homeView, error) {
	v := &homeView{page: page{Title: oneLine(s.db.Name(), nameSize), Nav: "search", Focus: true}, Name: s.db.Name()}
	c, err := s.summaryOf(ctx, m, nil)
	if err != nil {
		return nil, err
	}
	v.Stats, v.Total, v.Timeline = c.stats, c.total, newTimeline(c.times, c.by, nil, s.links)
	if v.Timeline != nil {
		layers := c.layers
		if layers == nil {
			if layers, err = m.Layers(ctx, c.by, homeLayers); err != nil {
				return nil, err
			}
		}
		v.Timeline.stack(layers, s.links)
	}
	if v.Outlets, err = s.db.CountOutlets(ctx); err != nil {
		return nil, err
	}
	runs, err := s.db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	if len(runs) > 0 {
		v.Run = &runs[len(runs)-1]
	}
	hits, err := m.Search(ctx, store.Page{Sort: store.ByEmbeds, Limit: homeCards})
	if err != nil {
		return nil, err
	}
	v.Cards = s.cards(hits)
	return v, nil
}

// A layer is a colour of the timeline.
type layer struct {
	store.Count
	Title, Href string
	Class       string
	Cells       []int // of each bar
}

// stack divides the bars.
func (t *timeline) stack(layers []store.Layer, l *links) {
	for i, one := range layers {
		y := layer{Count: one.Count, Title: "everybody else", Class: "layer-rest", Cells: make([]int, len(t.Bars))}
		if y.Name != "" {
			y.Title, y.Href, y.Class = "@"+oneLine(y.Name, nameSize), l.author(y.Name), fmt.Sprint("layer-", i)
		}
		times := map[string]int{}
		for _, c := range one.Times {
			times[c.Name] = c.N
		}
		for j := range t.Bars {
			b := &t.Bars[j]
			n := times[b.Name]
			y.Cells[j] = n
			if n == 0 {
				continue
			}
			below, sum := 0, n
			for _, p := range b.Parts {
				below, sum = below+p.Height, sum+p.N
			}
			height := b.Height*sum/max(1, b.N) - below
			b.Parts = append(b.Parts, barPart{Class: y.Class, N: n, Y: t.Base - below - height, Height: height})
			b.Title += fmt.Sprintf(", %s %s", y.Title, grouped(n))
		}
		t.Layers = append(t.Layers, y)
	}
}

type outletView struct {
	page
	*store.Outlet
	Part     int // of its tweets the newest so many are counted
	Timeline *timeline
	Search   string
	Cards    []card
	Latest   []articleItem
	Pages    pager // of the articles
}

func (s *site) outletPage(ctx context.Context, name string, at int) (*outletView, error) {
	o, m, err := s.db.Outlet(ctx, name, topStats, s.most)
	if err != nil {
		return nil, err
	}
	v := &outletView{Outlet: o, Part: m.Part, page: page{Title: oneLine(o.Name, nameSize), Nav: "outlet"}}
	term := store.Term("outlet", "="+o.Name)
	q, err := store.ParseQuery(term)
	if err != nil {
		return nil, err
	}
	times, by, err := timesOf(ctx, m)
	if err != nil {
		return nil, err
	}
	if term != "" { // else no query can be written that narrows it
		v.Timeline, v.Search = newTimeline(times, by, q, s.links), s.links.search(search{Query: term})
	}
	hits, err := m.Search(ctx, store.Page{Sort: store.ByEmbeds, Limit: homeCards})
	if err != nil {
		return nil, err
	}
	v.Cards = s.cards(hits)
	v.Pages, at = newPager(at, perPage, o.Articles, func(n int) string { return address(s.links.outlet(o.Name), "page", number(n)) })
	articles, err := s.db.ArticlesOf(ctx, name, perPage, (at-1)*perPage)
	for _, a := range articles {
		v.Latest = append(v.Latest, articleItem{a, s.links.article(a.Origin)})
	}
	return v, err
}

// cards are those of what was found.
func (s *site) cards(hits []store.Hit) []card {
	cards := make([]card, len(hits))
	for i := range hits {
		h := &hits[i]
		cards[i] = s.card(&h.Tweet, h.Highlights, cardText)
		cards[i].In = s.seenIn(h)
	}
	return cards
}
