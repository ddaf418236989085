package store

import (
	"context"
	"fmt"
)

// Sort is the order of search results; ties are broken by day and key.
type Sort string

const (
	ByRelevance Sort = "relevance" // by date where the query has no words
	ByDate      Sort = "date"
	ByDateDesc  Sort = "-date"
	BySightings Sort = "sightings"
)

// Page is which of the results are wanted, and in which order.
type Page struct {
	Sort   Sort
	Limit  int // 0 is all
	Offset int
}

// Tweet is a row of tweets as it leaves the package.
type Tweet struct {
	Key         string // status ID, or what names a tweet without one
	ID          string
	Author      string
	Handle      string
	Date        string
	At          string
	Text        string
	Embeds      int
	Articles    int
	FirstSeen   string
	LastSeen    string
	Status      string
	CheckedAt   string
	URL         string
	FirstFile   string // where its first sighting stands, in the order of files and records
	FirstRecord int
}

// Row is the tweet with TweetColumns.
func (t *Tweet) Row() Row {
	return Row{Values: []string{t.ID, t.Author, t.Handle, t.Date, t.At, t.Text, t.URL,
		fmt.Sprint(t.Embeds), fmt.Sprint(t.Articles), t.FirstSeen, t.LastSeen, t.Status, t.CheckedAt}}
}

const tweetColumns = `t.key, t.tweet_id, t.author, t.handle, t.posted_date, t.posted_at, t.text, t.embeds, t.articles, t.first_seen, t.last_seen, t.status, t.checked_at`

func (t *Tweet) fields() []any {
	return []any{&t.Key, &t.ID, &t.Author, &t.Handle, &t.Date, &t.At, &t.Text, &t.Embeds, &t.Articles, &t.FirstSeen, &t.LastSeen, &t.Status, &t.CheckedAt}
}

// Search finds tweets.
func (db *DB) Search(ctx context.Context, q *Query, page Page) ([]Tweet, error) {
	where, args := q.where()
	order := "t.posted_date, t.posted_at, t.key"
	limit := page.Limit
	if limit <= 0 {
		limit = -1
	}
	rows, err := db.sql.QueryContext(ctx, `SELECT `+tweetColumns+`, f.path, a.record FROM tweets t
		JOIN embeds e ON e.id = (SELECT e.id FROM embeds e JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file WHERE e.tweet = t.id ORDER BY f.path, a.record, e.start LIMIT 1)
		JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE `+where+` ORDER BY `+order+` LIMIT ? OFFSET ?`, append(args, limit, page.Offset)...)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var found []Tweet
	for rows.Next() {
		var t Tweet
		if err := rows.Scan(append(t.fields(), &t.FirstFile, &t.FirstRecord)...); err != nil {
			return nil, db.explain(err)
		}
		t.URL = tweetURL(t.Handle, t.ID)
		found = append(found, t)
	}
	return found, db.explain(rows.Err())
}

// Count tells how many tweets a query finds.
func (db *DB) Count(ctx context.Context, q *Query) (n int, err error) {
	where, args := q.where()
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM tweets t WHERE `+where, args...).Scan(&n)
	return n, db.explain(err)
}
