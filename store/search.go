package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Tested in query_test.go and operators_test.go.

// Sort is an order of search results. Ties are broken by day and key, so that the order
// is always the same.
type Sort string

const (
	ByRelevance Sort = "relevance" // the best match first, by BM25; the same as ByDateDesc if Match.Ranked is false
	ByDate      Sort = "date"      // oldest first
	ByDateDesc  Sort = "-date"     // newest first
	ByEmbeds    Sort = "embeds"    // most often embedded first
	// The least sure first: these are worth a look.
	ByConfidence Sort = "confidence"
	// By chance. Of two tweets the same one comes first whenever the seed is the same,
	// whatever else the archive holds.
	ByChance Sort = "random"
)

// Sorts are all orders, the default first.
var Sorts = []Sort{ByRelevance, ByDate, ByDateDesc, ByEmbeds, ByConfidence, ByChance}

// SortOf is the order of this name, if there is one.
func SortOf(name string) (Sort, bool) {
	if name == "sightings" { // an earlier name, which still works
		return ByEmbeds, true
	}
	return Sort(name), slices.Contains(Sorts, Sort(name))
}

// A Page says which results are wanted, and in which order.
type Page struct {
	Sort   Sort  // "" is ByRelevance
	Seed   int64 // of ByChance
	Limit  int   // 0 is all
	Offset int
}

// Tweet is a tweet as the archive has it. Days and times are texts, as in the columns.
type Tweet struct {
	Key        string // status ID or, without one, day/handle/hash of the words
	ID         string
	Author     string
	Handle     string
	Date       string
	At         string
	Text       string
	URL        string
	Confidence float64
	Embeds     int
	Articles   int
	FirstSeen  string
	LastSeen   string
	Status     string
	CheckedAt  string
	WordsBy    string // who confirmed or corrected Text, "" if nobody did
}

// row is the tweet with TweetColumns.
func (t *Tweet) row() Row {
	return Row{Values: []string{
		t.Key, t.ID, t.Author, t.Handle, t.Date, t.At, t.Text, t.URL, formatNumber(t.Confidence),
		strconv.Itoa(t.Embeds), strconv.Itoa(t.Articles), t.FirstSeen, t.LastSeen, t.Status, t.CheckedAt, t.WordsBy,
	}}
}

const tweetColumns = `t.key, t.tweet_id, t.author, t.handle, t.posted_date, t.posted_at, t.text, t.confidence, t.embeds, t.articles, t.first_seen, t.last_seen, t.status, t.checked_at, t.words_by`

func (t *Tweet) fields() []any {
	return []any{&t.Key, &t.ID, &t.Author, &t.Handle, &t.Date, &t.At, &t.Text, &t.Confidence, &t.Embeds, &t.Articles, &t.FirstSeen, &t.LastSeen, &t.Status, &t.CheckedAt, &t.WordsBy}
}

// A Hit is a tweet that a query has found.
type Hit struct {
	Tweet
	Highlights []Span // the parts of Text that the query looks for
	File       string // where its first embed is, in the order of files and records
	Record     int

	Outlet, Title, ArticleDate string // of the article there
}

// SearchColumns are TweetColumns and where the first embed is.
var SearchColumns = append(TweetColumns[:len(TweetColumns):len(TweetColumns)],
	Column{"file", Text, "Input file of the tweet's first embed."},
	Column{"record", Int, "Number of its article in that file, counted from 1."})

// Row is the hit with SearchColumns.
func (h *Hit) Row() Row {
	r := h.Tweet.row()
	r.Values = append(r.Values, h.File, strconv.Itoa(h.Record))
	return r
}

// orders are the ORDER BY clauses of orders that an index has; backward is forward from
// its end.
var orders = map[Sort]struct{ forward, backward string }{
	ByDate:     {"t.posted_date, t.posted_at, t.key", "t.posted_date DESC, t.posted_at DESC, t.key DESC"},
	ByDateDesc: {"t.posted_date DESC, t.posted_at DESC, t.key DESC", "t.posted_date, t.posted_at, t.key"},
	ByEmbeds:   {"t.embeds DESC, t.key DESC", "t.embeds, t.key"},
}

// Search reads a page of the tweets that a query finds. A nil query finds all.
func (db *DB) Search(ctx context.Context, q *Query, page Page) ([]Hit, error) {
	m, err := db.Match(ctx, q, 0)
	if err != nil {
		return nil, err
	}
	return m.Search(ctx, page)
}

// Search reads a page of the tweets.
func (m *Match) Search(ctx context.Context, page Page) (hits []Hit, err error) {
	defer func() { err = m.db.explain(err) }()
	if page.Limit <= 0 {
		page.Limit = m.N
	}
	if page.Sort != "" && !slices.Contains(Sorts, page.Sort) {
		return nil, &Error{errorf("no order %q", page.Sort), "orders: " + namesOf(Sorts)}
	}
	var ids []int64
	switch {
	case page.Sort == ByConfidence:
		ids, err = m.sortAll(ctx, "t.confidence, t.key", page.Limit, page.Offset)
	case page.Sort == ByChance: // a hash of the key, so that pages fit together
		ids, err = m.sortAll(ctx, fmt.Sprintf("shuffled(%d, t.key), t.key", page.Seed), page.Limit, page.Offset)
	case page.Sort != "" && page.Sort != ByRelevance:
		ids, err = m.order(ctx, page.Sort, page.Limit, page.Offset)
	case m.Ranked:
		ids, err = m.rank(ctx, page.Limit, page.Offset)
	default:
		ids, err = m.order(ctx, ByDateDesc, page.Limit, page.Offset)
	}
	if err != nil {
		return nil, err
	}
	return m.db.hits(ctx, m.query, ids)
}

// rank lists rows of the match, the best first. Of two with one score the newer comes
// first.
func (m *Match) rank(ctx context.Context, limit, offset int) ([]int64, error) {
	rows, err := m.db.sql.QueryContext(ctx, `SELECT docid, bm25(matchinfo(tweets_fts, 'pcnalx')) FROM tweets_fts WHERE tweets_fts MATCH ?`, m.query.root.ranking())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	score := map[int64]float64{}
	var scores []float64
	for rows.Next() {
		var id int64
		var s float64
		if err := rows.Scan(&id, &s); err != nil {
			return nil, err
		}
		if m.set.has(id) {
			score[id] = s
			scores = append(scores, s)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	// Only rows whose score may be on the page are looked up.
	slices.Sort(scores)
	worst := scores[max(0, len(scores)-offset-limit):]
	if len(worst) == 0 {
		return nil, nil
	}
	var some []int64
	for id, s := range score {
		if s >= worst[0] {
			some = append(some, id)
		}
	}
	ids, err := readList(ctx, m.db.sql, `SELECT t.id AS id FROM tweets t WHERE t.id`+inList+` ORDER BY `+orders[ByDateDesc].forward+` LIMIT -1`, list(some))
	slices.SortStableFunc(ids, func(a, b int64) int { return -cmp.Compare(score[a], score[b]) })
	ids = ids[min(offset, len(ids)):]
	return ids[:min(limit, len(ids))], err
}

// hits reads the tweets of these rows, in their order.
func (db *DB) hits(ctx context.Context, q *Query, ids []int64) ([]Hit, error) {
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	hits := make([]Hit, len(ids))
	read, err := db.prepared(ctx, `SELECT t.id, f.name, a.record, `+outletOf+`, a.title, a.date, `+tweetColumns+` FROM tweets t
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
		if err := rows.Scan(append([]any{&id, &h.File, &h.Record, &h.Outlet, &h.Title, &h.ArticleDate}, h.fields()...)...); err != nil {
			return nil, err
		}
		h.URL = tweetURL(h.Handle, h.ID)
		h.Highlights = q.Highlights(h.Text)
		hits[at[id]] = h
	}
	// Another program may have removed some of them meanwhile.
	return slices.DeleteFunc(hits, func(h Hit) bool { return h.Key == "" }), rows.Err()
}

// shuffled is the SQL function by which ByChance sorts.
func shuffled(seed int64, key string) int64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, key))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// bm25 is the SQL function for the score of a row, from the matchinfo 'pcnalx' of FTS4.
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

// columnWeights are the weights of the index's columns text, marks, author and handle.
var columnWeights = [...]float64{1, 0.5, 2, 2}

// relevance is the score by BM25 of a phrase that is in a column hits times. The column
// has length words here and average words in all rows; with of all rows have the phrase.
func relevance(column int, rows, with, hits, average, length float64) float64 {
	const k1, b = 1.2, 0.75
	idf := max(math.Log((rows-with+0.5)/(with+0.5)), 1e-6) // a word that most tweets have says nothing
	return columnWeights[column] * idf * hits * (k1 + 1) / (hits + k1*(1-b+b*length/max(average, 1)))
}
