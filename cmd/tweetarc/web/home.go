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

// homeView is an overview of the archive.
type homeView struct {
	page
	Name     string
	Outlets  int
	Stats    store.Stats
	Total    int // tweets; the newest Stats.Tweets of them are counted
	Run      *store.Manifest
	Timeline *timeline
	Cards    []card
	Bad      *badQuery // always nil; the search field of the results has one
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

// A layer is a colour of the timeline: an author, or all others.
type layer struct {
	store.Count
	Title, Href string
	Class       string
	Cells       []int // of each bar
}

// stack divides each bar into the layers.
func (t *timeline) stack(layers []store.Layer, l *links) {
	for i, one := range layers {
		y := layer{Count: one.Count, Title: "all others", Class: "layer-rest", Cells: make([]int, len(t.Bars))}
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
