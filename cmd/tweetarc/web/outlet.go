package web

import (
	"context"

	"example.org/tweetarc/store"
)

type outletView struct {
	page
	*store.Outlet
	Part     int // so many of its tweets, the newest, are counted
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
	if term != "" { // otherwise no query can name the outlet
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
