package store

import (
	"strings"
)

// Query is a parsed search.
type Query struct {
	text  string
	match string // for the full-text index, "" for all tweets
}

// ParseQuery reads the search language.
func ParseQuery(s string) (*Query, error) {
	q := &Query{text: s}
	var terms []string
	for _, w := range strings.Fields(s) {
		terms = append(terms, `"`+strings.ReplaceAll(w, `"`, "")+`"`)
	}
	q.match = strings.Join(terms, " AND ")
	return q, nil
}

// String is the query as it was given.
func (q *Query) String() string { return q.text }

// where is the query as an SQL condition on tweets t, with its arguments.
func (q *Query) where() (string, []any) {
	if q == nil || q.match == "" {
		return "1", nil
	}
	return "t.id IN (SELECT docid FROM tweets_fts WHERE tweets_fts MATCH ?)", []any{q.match}
}
