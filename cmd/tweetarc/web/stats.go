package web

import (
	"context"
	"slices"

	"example.org/tweetarc/store"
)

type statsView struct {
	page
	store.Stats
	Total    int // tweets found; the newest Tweets of them are counted
	Timeline *timeline
}

func (s *site) statsPage(ctx context.Context, query string) (*statsView, error) {
	q, err := store.ParseQuery(query)
	if err != nil {
		return nil, &pageError{400, "This query cannot be understood", err.Error()}
	}
	m, err := s.db.Match(ctx, q, s.most)
	if err != nil {
		return nil, err
	}
	c, err := s.summaryOf(ctx, m, q)
	if err != nil {
		return nil, err
	}
	v := &statsView{page: page{Title: "Statistics", Nav: "stats", Query: query}, Stats: c.stats, Total: c.total}
	v.TopTweets = slices.Clone(v.TopTweets)
	for i := range v.TopTweets {
		t := &v.TopTweets[i]
		t.Label = oneLine(t.Label, 140)
	}
	v.Timeline = newTimeline(c.times, c.by, q, s.links)
	return v, nil
}

// summary has the statistics of a match.
type summary struct {
	stats  store.Stats
	total  int // tweets found; the newest stats.Tweets of them are counted
	times  []store.Count
	by     store.Unit
	layers []store.Layer // nil if they are not kept
}

func (s *site) summaryOf(ctx context.Context, m *store.Match, q *store.Query) (c summary, err error) {
	if kept := s.wholeOf(ctx, m, q); kept != nil {
		return summary{kept.stats, kept.part, kept.times, kept.by, kept.layers}, nil
	}
	c.total = m.N
	if c.stats, err = m.Stats(ctx, topStats); err == nil {
		c.times, c.by, err = timesOf(ctx, m)
	}
	return c, err
}
