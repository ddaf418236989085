package web

import (
	"context"
	"fmt"

	"example.org/tweetarc/store"
)

type authorView struct {
	page
	*store.Author
	Part     int // so many of the tweets, the newest, are counted
	Timeline *timeline
	Cards    []card
	Articles []articleItem
	Pages    pager // of the articles
}

func (s *site) authorPage(ctx context.Context, handle string, number int) (*authorView, error) {
	most := mostOfOne
	if s.most == 0 {
		most = 0
	}
	a, m, err := s.db.Author(ctx, handle, topFacets, most)
	if err != nil {
		return nil, err
	}
	v := &authorView{Author: a, Part: m.Part, page: page{Title: "@" + a.Handle, Nav: "author"}}
	q, err := store.ParseQuery("from:" + a.Handle)
	if err != nil {
		return nil, err
	}
	times, by, err := timesOf(ctx, m)
	if err != nil {
		return nil, err
	}
	v.Timeline = newTimeline(times, by, q, s.links)
	hits, err := m.Search(ctx, store.Page{Sort: store.ByDateDesc, Limit: 5})
	if err != nil {
		return nil, err
	}
	v.Cards = s.cards(hits)
	v.Pages, number = newPager(number, perPage, a.Articles, func(n int) string { return address(s.links.author(a.Handle), "page", fmt.Sprint(n)) })
	articles, err := m.Articles(ctx, perPage, (number-1)*perPage)
	if err != nil {
		return nil, err
	}
	for _, a := range articles {
		v.Articles = append(v.Articles, articleItem{a, s.links.article(a.Origin)})
	}
	return v, nil
}
