package store

import (
	"context"
	"slices"
)

// A Summary describes an archive for those who cite it.
type Summary struct {
	Inputs     int      `json:"inputs"`
	Records    int      `json:"records"`
	Unreadable int      `json:"unreadable"` // records that could not be read
	Counted    int      `json:"counted"`    // articles with and without tweets, if runs counted all
	Articles   int      `json:"articles"`   // articles with tweets
	Outlets    int      `json:"outlets"`    // outlets of these
	Embeds     int      `json:"embeds"`
	Corrected  int      `json:"corrected"` // embeds whose words people changed
	Tweets     int      `json:"tweets"`
	First      string   `json:"first,omitempty"` // day of the first tweet
	Last       string   `json:"last,omitempty"`  // and of the last
	Runs       int      `json:"runs"`            // those that read something
	Versions   []string `json:"versions"`        // of the program, in these runs
	Detectors  []string `json:"detectors"`       // versions of the detector in these runs, with the options that decide what is found
}

// Summary describes the archive.
func (db *DB) Summary(ctx context.Context) (s Summary, err error) {
	m, err := db.Match(ctx, nil, 0)
	if err != nil {
		return s, err
	}
	all, err := m.Stats(ctx, 0)
	if err != nil {
		return s, err
	}
	s = Summary{Inputs: all.Files, Records: all.Records, Unreadable: all.Unreadable, Articles: all.Articles, Embeds: all.Embeds, Tweets: all.Tweets, First: all.First, Last: all.Last}
	err = db.sql.QueryRowContext(ctx, `SELECT (SELECT count(DISTINCT nullif(`+outletOf+`, '')) FROM articles a WHERE a.places > 0), (SELECT count(DISTINCT c.article) FROM `+countedNow+`),
		(SELECT count(*) FROM embeds e JOIN articles a ON a.id = e.article WHERE a.places > 0 AND e.words <> e.text)`).Scan(&s.Outlets, &s.Counted, &s.Corrected)
	if err != nil {
		return s, db.explain(err)
	}
	runs, err := db.Runs(ctx)
	for _, r := range runs {
		if r.Counts.Records == 0 {
			continue
		}
		s.Runs++
		if !slices.Contains(s.Versions, r.Version) {
			s.Versions = append(s.Versions, r.Version)
		}
		if !slices.Contains(s.Detectors, r.Detector) {
			s.Detectors = append(s.Detectors, r.Detector)
		}
	}
	return s, err
}
