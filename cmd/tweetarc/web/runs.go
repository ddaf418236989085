package web

import (
	"context"
	"slices"
	"strings"

	"example.org/tweetarc/store"
)

type runsView struct {
	page
	Runs []store.Manifest
}

func (s *site) runsPage(ctx context.Context) (*runsView, error) {
	runs, err := s.db.Runs(ctx)
	slices.Reverse(runs)
	return &runsView{page{Title: "Runs", Nav: "runs"}, runs}, err
}

type runView struct {
	page
	*store.Manifest
	Pages  pager
	Forms  []store.Count
	Errors []store.Count
}

func (s *site) runPage(ctx context.Context, key string, number int) (*runView, error) {
	m, total, err := s.db.Run(ctx, key, perList, (max(number, 1)-1)*perList)
	if err != nil {
		return nil, err
	}
	v := &runView{page: page{Title: "Run of " + m.Started, Nav: "runs"}, Manifest: m}
	v.Pages, _ = newPager(number, perList, total, func(n int) string { return s.links.run(key, n) })
	v.Forms, v.Errors = byNumber(m.Counts.Forms), byNumber(m.Counts.Errors)
	return v, nil
}

// byNumber sorts counts, the greatest first.
func byNumber(counts map[string]int) []store.Count {
	var all []store.Count
	for name, n := range counts {
		all = append(all, store.Count{Name: name, N: n})
	}
	slices.SortFunc(all, func(a, b store.Count) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}
