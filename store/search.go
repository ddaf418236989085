package store

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
)

// Sort is the order of search results; ties are broken by day and key, so that
// it is always the same.
type Sort string

const (
	ByRelevance Sort = "relevance" // BM25; as ByDateDesc where the query has no words, or ones that say little, see rankable
	ByDate      Sort = "date"      // oldest first
	ByDateDesc  Sort = "-date"     // newest first
	BySightings Sort = "sightings" // most often seen first
)

// Sorts are all of them, the default first.
var Sorts = []Sort{ByRelevance, ByDate, ByDateDesc, BySightings}

// Page is which of the results are wanted, and in which order.
type Page struct {
	Sort   Sort // "" is ByRelevance
	Limit  int  // 0 is all
	Offset int
}

// Tweet is a tweet as the archive knows it. Days and times are text as in the
// columns.
type Tweet struct {
	Key       string // status ID, or what names a tweet without one: day/handle/hash
	ID        string
	Author    string
	Handle    string
	Date      string
	At        string
	Text      string
	URL       string
	Embeds    int
	Articles  int
	FirstSeen string
	LastSeen  string
	Status    string
	CheckedAt string
}

// Row is the tweet with TweetColumns.
func (t *Tweet) Row() Row {
	return Row{Values: []string{t.ID, t.Author, t.Handle, t.Date, t.At, t.Text, t.URL,
		strconv.Itoa(t.Embeds), strconv.Itoa(t.Articles), t.FirstSeen, t.LastSeen, t.Status, t.CheckedAt}}
}

const tweetColumns = `t.key, t.tweet_id, t.author, t.handle, t.posted_date, t.posted_at, t.text, t.embeds, t.articles, t.first_seen, t.last_seen, t.status, t.checked_at`

func (t *Tweet) fields() []any {
	return []any{&t.Key, &t.ID, &t.Author, &t.Handle, &t.Date, &t.At, &t.Text, &t.Embeds, &t.Articles, &t.FirstSeen, &t.LastSeen, &t.Status, &t.CheckedAt}
}

// Hit is a tweet that a query has found.
type Hit struct {
	Tweet
	Marks  []Span // what of its text the query looks for
	File   string // where its first sighting stands, in the order of files and records
	Record int
}

// SearchColumns are TweetColumns and what leads to the tweet's sightings.
var SearchColumns = append(TweetColumns[:len(TweetColumns):len(TweetColumns)],
	Column{"key", Text, "Status ID, or what names a tweet without one until articles tell more of it."},
	Column{"file", Text, "Input file in which the first sighting stands."},
	Column{"record", Int, "Ordinal of its article in the file."})

// Row is the hit with SearchColumns.
func (h *Hit) Row() Row {
	r := h.Tweet.Row()
	r.Values = append(r.Values, h.Key, h.File, strconv.Itoa(h.Record))
	return r
}

// orders are the ORDER BY clauses; backward is the same order from its end.
var orders = map[Sort]struct{ forward, backward string }{
	ByDate:      {"t.posted_date, t.posted_at, t.key", "t.posted_date DESC, t.posted_at DESC, t.key DESC"},
	ByDateDesc:  {"t.posted_date DESC, t.posted_at DESC, t.key DESC", "t.posted_date, t.posted_at, t.key"},
	BySightings: {"t.embeds DESC, t.key DESC", "t.embeds, t.key"},
	ByRelevance: {}, // the index ranks, see page
}

// rankable is how many tweets with a query's words are ranked at most. Words
// that more have tell nothing of any of them, and ranking takes as many
// microseconds.
const rankable = 30_000

// farPage is the offset from which on it pays to count the results and come
// from the other end.
const farPage = 5000

// Search finds tweets. A nil query finds all.
func (db *DB) Search(ctx context.Context, q *Query, page Page) (hits []Hit, err error) {
	defer func() { err = db.explain(err) }()
	sort := page.Sort
	if sort == "" {
		sort = ByRelevance
	}
	if _, ok := orders[sort]; !ok {
		return nil, &Error{errorf("no order %q", sort), "relevance, date, -date or sightings"}
	}
	ids, err := db.page(ctx, q, sort, page)
	if err != nil {
		return nil, err
	}
	return db.hits(ctx, q, ids)
}

// hits reads the tweets of rows, in their order.
func (db *DB) hits(ctx context.Context, q *Query, ids []int64) ([]Hit, error) {
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	hits := make([]Hit, len(ids))
	read, err := db.prepared(ctx, `SELECT t.id, f.path, a.record, `+tweetColumns+` FROM tweets t
		JOIN embeds e ON e.id = t.first JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE t.id IN (SELECT value FROM json_each(?))`)
	if err != nil {
		return nil, err
	}
	rows, err := read.QueryContext(ctx, list(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h Hit
		var id int64
		if err := rows.Scan(append([]any{&id, &h.File, &h.Record}, h.fields()...)...); err != nil {
			return nil, err
		}
		h.URL = tweetURL(h.Handle, h.ID)
		h.Marks = q.Marks(h.Text)
		hits[at[id]] = h
	}
	// What was taken away meanwhile is not there.
	return slices.DeleteFunc(hits, func(h Hit) bool { return h.Key == "" }), rows.Err()
}

// page finds the rows of a page of results.
func (db *DB) page(ctx context.Context, q *Query, sort Sort, page Page) ([]int64, error) {
	limit, offset := page.Limit, page.Offset
	if limit <= 0 {
		limit = math.MaxInt32
	}
	if q == nil || q.match == "" {
		if sort == ByRelevance {
			sort = ByDateDesc
		}
		return db.far(ctx, q, sort, limit, offset)
	}
	// Few may match, mostly: then the index is asked once, for all of them.
	rank, order := "0", orders[sort].forward
	if sort == ByRelevance {
		rank, order = "bm25(matchinfo(tweets_fts, 'pcnalx'))", "m.rank DESC, t.key DESC"
	}
	query, args := `WITH m AS MATERIALIZED (SELECT docid, `+rank+` AS rank FROM tweets_fts WHERE tweets_fts MATCH ? LIMIT ?)
		SELECT t.id, (SELECT count(*) FROM m) FROM m CROSS JOIN tweets t ON t.id = m.docid`, []any{q.match, rankable + 1}
	if q.cond != "" {
		query, args = query+` WHERE `+q.cond, append(args, q.args...)
	}
	rows, err := db.sql.QueryContext(ctx, query+` ORDER BY `+order+` LIMIT ? OFFSET ?`, append(args, limit, offset)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	matching := 0
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id, &matching); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(ids) == 0 { // no row to tell it
		if matching, err = db.matching(ctx, q); err != nil {
			return nil, err
		}
	}
	if matching <= rankable {
		return ids, nil
	}
	if sort == ByRelevance {
		sort = ByDateDesc
	}
	if offset+limit <= fewMany/20 {
		if ids, err := db.among(ctx, q, orders[sort].forward, limit, offset); len(ids) > 0 || err != nil {
			return ids, err
		}
	}
	return db.far(ctx, q, sort, limit, offset)
}

// matching is how many tweets have the words that the query is about, as far as
// they can be ranked. It reads the index alone.
func (db *DB) matching(ctx context.Context, q *Query) (n int, err error) {
	count, err := db.prepared(ctx, `SELECT count(*) FROM (SELECT 1 FROM tweets_fts WHERE tweets_fts MATCH ? LIMIT ?)`)
	if err != nil {
		return 0, err
	}
	err = count.QueryRowContext(ctx, q.match, rankable+1).Scan(&n)
	return n, err
}

// fewMany is among how many tweets the first results are looked for where many
// match.
const fewMany = 5000

// among looks for a page of results among the first tweets of the order, which
// is quick where many match: the others need not be sorted. It returns fewer
// than limit where these do not suffice.
func (db *DB) among(ctx context.Context, q *Query, order string, limit, offset int) ([]int64, error) {
	cond, args := "1", q.args
	if q.cond != "" {
		cond = q.cond
	}
	first, err := db.list(ctx, `SELECT t.id FROM tweets t WHERE `+cond+` ORDER BY `+order+` LIMIT ?`, append(slices.Clone(args), fewMany)...)
	if err != nil {
		return nil, err
	}
	found, err := db.list(ctx, `SELECT docid FROM tweets_fts WHERE tweets_fts MATCH ? AND +docid IN (SELECT value FROM json_each(?))`, q.match, list(first))
	if err != nil {
		return nil, err
	}
	in := make(map[int64]bool, len(found))
	for _, id := range found {
		in[id] = true
	}
	ids := slices.DeleteFunc(first, func(id int64) bool { return !in[id] })
	if len(ids) < offset+limit {
		return nil, nil
	}
	return ids[offset : offset+limit], nil
}

// list reads row ids.
func (db *DB) list(ctx context.Context, query string, args ...any) ([]int64, error) {
	rows, err := db.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// far finds a page of results in an order that an index may have, from the end
// that is nearer.
func (db *DB) far(ctx context.Context, q *Query, sort Sort, limit, offset int) ([]int64, error) {
	by, backward := orders[sort].forward, false
	if offset >= farPage {
		n, err := db.Count(ctx, q)
		if err != nil {
			return nil, err
		}
		if limit = min(limit, n-offset); limit <= 0 {
			return nil, nil
		}
		if end := n - offset - limit; end < offset {
			offset, by, backward = end, orders[sort].backward, true
		}
	}
	where, args := q.where()
	ids, err := db.list(ctx, `SELECT t.id FROM tweets t WHERE `+where+` ORDER BY `+by+` LIMIT ? OFFSET ?`, append(slices.Clone(args), limit, offset)...)
	if backward {
		slices.Reverse(ids)
	}
	return ids, err
}

// Count tells how many tweets a query finds.
func (db *DB) Count(ctx context.Context, q *Query) (n int, err error) {
	query, args := `SELECT count(*) FROM tweets t WHERE `, []any(nil)
	if q != nil && q.match != "" && q.cond == "" {
		query, args = `SELECT count(*) FROM tweets_fts WHERE tweets_fts MATCH ?`, []any{q.match}
	} else {
		where, a := q.where()
		query, args = query+where, a
	}
	err = db.sql.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, db.explain(err)
}

// bm25 ranks a row by the matchinfo 'pcnalx' that FTS4 gives of it.
func bm25(info []byte) float64 {
	at := func(i int) float64 { return float64(binary.NativeEndian.Uint32(info[4*i:])) }
	if len(info) < 12 {
		return 0
	}
	phrases, columns, rows := int(at(0)), int(at(1)), at(2)
	if columns > len(columnWeights) || len(info) < 4*(3+2*columns+3*phrases*columns) {
		return 0
	}
	score := 0.0
	for p := range phrases {
		for c := range columns {
			x := 3 + 2*columns + 3*(p*columns+c)
			if hits := at(x); hits > 0 {
				score += relevance(c, rows, at(x+2), hits, at(3+c), at(3+columns+c))
			}
		}
	}
	return score
}

// columnWeights are those of the index's columns: words in marks (a word in a
// tag, a pair of letters) have half the weight.
var columnWeights = [...]float64{1, 0.5}

// relevance is what a phrase says of a row that has it hits times in a column of
// length words, where so many of the rows have it: BM25, k1 1.2, b 0.75.
func relevance(column int, rows, with, hits, average, length float64) float64 {
	const k1, b = 1.2, 0.75
	idf := max(math.Log((rows-with+0.5)/(with+0.5)), 1e-6) // a word of most tweets says nothing
	return columnWeights[column] * idf * hits * (k1 + 1) / (hits + k1*(1-b+b*length/max(average, 1)))
}
