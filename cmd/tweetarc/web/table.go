package web

import (
	"context"
	"slices"

	"example.org/tweetarc/store"
)

type tableView struct {
	page
	*heat
	Ways   []choice // of counting
	Dims   []dimOption
	First  string
	Second string
	CSV    string
	SVG    string
}

// A dimOption is a dimension to choose.
type dimOption struct{ Value, Label string }

const topRows = 20

// asked is which table is asked for.
type asked struct {
	query, by string
	of        store.Measure
}

// table is the table that is asked for: its top rows, or all if top is 0.
func (s *site) table(ctx context.Context, in asked, top int) (*store.Crosstab, *store.Query, error) {
	bad := func(err error) error { return &pageError{400, "This cannot be counted", err.Error()} }
	q, err := store.ParseQuery(in.query)
	if err != nil {
		return nil, nil, &pageError{400, "This query cannot be understood", err.Error()}
	}
	dims, err := store.ParseDims(in.by)
	if err != nil {
		return nil, nil, bad(err)
	}
	m, err := s.db.Match(ctx, q, 0)
	if err != nil {
		return nil, nil, err
	}
	c, err := m.Crosstab(ctx, dims, top)
	if err != nil {
		return nil, nil, err
	}
	if err := c.Knows(in.of); err != nil {
		return nil, nil, bad(err)
	}
	return c, q, nil
}

// tablePage is the table as a page.
func (s *site) tablePage(ctx context.Context, in asked) (*tableView, error) {
	c, q, err := s.table(ctx, in, topRows)
	if err != nil {
		return nil, err
	}
	h := newHeat(c, in.of, q, s.links)
	v := &tableView{page: page{Title: h.Caption, Nav: "stats", Query: in.query}, heat: h}
	for _, of := range store.Measures {
		if c.Knows(of) == nil && len(c.Dims) == 2 {
			v.Ways = append(v.Ways, choice{string(of), s.links.table(v.By, string(of), in.query), of == in.of})
		}
	}
	dims := []string{"outlet", "article-year", "article-month", "article-day", "posted-year", "posted-month", "posted-day", "handle", "form", "hashtag", "mention", "domain"}
	kept, _, err := s.db.Keeps(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range kept {
		dims = append(dims, "keep."+name)
	}
	for i, d := range c.Dims {
		*[]*string{&v.First, &v.Second}[i] = string(d)
		if !slices.Contains(dims, string(d)) {
			dims = append(dims, string(d)) // a field that no corpus has
		}
	}
	for _, d := range dims {
		v.Dims = append(v.Dims, dimOption{d, store.Dim(d).String()})
	}
	v.CSV = address("/counts.csv", "by", v.By, "q", in.query)
	if len(c.Dims) == 2 {
		v.SVG = address("/counts.svg", "by", v.By, "of", v.Of, "q", in.query)
	}
	return v, nil
}
