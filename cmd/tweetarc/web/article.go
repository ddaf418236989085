package web

import (
	"context"
	"fmt"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

type articleView struct {
	page
	Article archive.Article
	InAll   int // places of the article
	Gone    bool
	Several bool // articles, because several files have this name
	Embeds  []embedView
	Tweets  int
	Pages   pager
}

func (s *site) articlePage(ctx context.Context, o archive.Origin, number, per int) (*articleView, error) {
	places, keys, err := s.db.InArticle(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, store.ErrNotFound
	}
	v := &articleView{Article: places[0].Article, InAll: places[0].Places, Gone: places[0].Places == 0, page: page{Nav: "article"}}
	v.Article.Origin = o
	apart := make([]bool, len(places))
	for i := 1; i < len(places); i++ {
		a, b := &places[i-1].Article, &places[i].Article
		apart[i] = a.URL != b.URL || a.Title != b.Title || a.Date != b.Date || a.Outlet != b.Outlet || places[i].Start < places[i-1].End
		v.Several = v.Several || apart[i]
	}
	v.Title = oneLine(v.Article.Title, nameSize)
	if v.Title == "" {
		v.Title = o.String()
	}
	v.Pages, _ = newPager(number, per, len(places), func(n int) string {
		return address(strings.TrimSuffix(s.links.article(o)+"&page="+fmt.Sprint(n), "&page=1"))
	})
	for i := v.Pages.From - 1; i < v.Pages.To; i++ {
		t, err := s.db.Tweet(ctx, keys[i])
		if err != nil {
			return nil, err
		}
		e := s.embedView(&places[i], t)
		e.Apart = v.Several && (i == v.Pages.From-1 || apart[i])
		t.Text, _ = head(t.Text, cardText)
		e.Tweet = t
		v.Embeds = append(v.Embeds, e)
	}
	return v, nil
}
