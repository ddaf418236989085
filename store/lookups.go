package store

import (
	"context"
	"database/sql"
	"time"

	"example.org/tweetarc/archive"
)

// Tested in asked_test.go and answers_test.go.

// A Lookup is an answer of the outside world about a tweet.
type Lookup struct {
	ID     string    // the ID asked about or, for a tweet without an ID, the one found
	Key    string    // if a tweet without an ID was asked about, its key, else ""
	Score  float64   // how well the words found fit a tweet without an ID, 0 to 1; else 1
	Source string    // oembed, v2, v1, wayback, or the path of a file
	State  string    // found, gone, hidden, withheld, unknown; maybe: the ID may be the tweet's
	At     time.Time // when the source was asked
	Tweet  archive.Tweet
	Lang   string
	Body   []byte // the answer as it came
}

// AddLookups saves answers, all or none, and updates the states of the tweets. An answer
// that the archive has is not saved twice. The answer "unknown" is not saved if there is
// a later answer of its source, and any later answer of its source replaces it.
func (db *DB) AddLookups(ctx context.Context, lookups []Lookup) (err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO lookups (`+lookupColumns+`, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	stale, err := tx.PrepareContext(ctx, `DELETE FROM lookups WHERE tweet_id = ?1 AND key = ?2 AND source = ?3 AND state = 'unknown'
		AND (checked_at < ?4 OR checked_at = ?4 AND ?5 <> 'unknown')`)
	if err != nil {
		return err
	}
	later, err := tx.PrepareContext(ctx, `SELECT EXISTS (SELECT 1 FROM lookups WHERE tweet_id = ? AND key = ? AND source = ? AND checked_at >= ?)`)
	if err != nil {
		return err
	}
	var keys []string
	for _, l := range lookups {
		if l.State == "unknown" {
			var known bool
			if err := later.QueryRowContext(ctx, l.ID, l.Key, l.Source, formatTime(l.At)).Scan(&known); err != nil {
				return err
			}
			if known {
				continue
			}
		}
		if _, err := stale.ExecContext(ctx, l.ID, l.Key, l.Source, formatTime(l.At), l.State); err != nil {
			return err
		}
		t := &l.Tweet
		body := l.Body
		if body == nil {
			body = []byte{}
		}
		if _, err := stmt.ExecContext(ctx, l.ID, l.Key, l.Score, l.Source, l.State, formatTime(l.At), t.Author, t.Handle, formatTime(t.At), t.Text, l.Lang, body, l.sum()); err != nil {
			return err
		}
		if l.Key != "" {
			keys = append(keys, l.Key)
		} else {
			keys = append(keys, l.ID)
		}
	}
	if _, err := tx.ExecContext(ctx, statusQuery+` WHERE key IN (SELECT value FROM json_each(?1))
		OR key IN (SELECT key FROM lookups WHERE key <> '' AND state = 'found' AND tweet_id IN (SELECT value FROM json_each(?1)))`, list(keys)); err != nil {
		return err
	}
	return tx.Commit()
}

// statusQuery sets what the latest lookup of a tweet said, about its ID or the one
// accepted for it. Any other answer counts more than "unknown", and "maybe" counts
// nothing. The services count more than web archives, which only have what once was.
const statusQuery = `UPDATE tweets SET (status, checked_at) = ` + statusOfTweet

const statusOfTweet = `(SELECT ifnull(max(s.state), ''), ifnull(max(s.checked_at), '') FROM (
	SELECT state, checked_at FROM lookups l WHERE state <> 'maybe' AND (l.tweet_id = tweets.key AND (l.key = '' OR l.state = 'found') OR l.key = tweets.key AND l.key <> ''
		OR l.key = '' AND l.tweet_id IN (SELECT r.tweet_id FROM lookups r WHERE r.key = tweets.key AND r.key <> '' AND r.state = 'found'))
	ORDER BY state = 'unknown', source NOT IN ('oembed', 'v2', 'v1'), checked_at DESC, source, state LIMIT 1) s)`

// Lookups lists the answers about a tweet, the latest first.
func (db *DB) Lookups(ctx context.Context, key string) (all []Lookup, err error) {
	defer func() { err = db.explain(err) }()
	rows, err := db.sql.QueryContext(ctx, `SELECT `+lookupColumns+` FROM lookups
		WHERE tweet_id = ?1 AND key = '' OR key = ?1 AND key <> '' ORDER BY checked_at DESC, source, tweet_id, score DESC`, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		l, err := scanLookup(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

const lookupColumns = `tweet_id, key, score, source, state, checked_at, author, handle, posted_at, text, lang, body`

// scanLookup reads lookupColumns, after other columns if there are any.
func scanLookup(rows *sql.Rows, others ...any) (l Lookup, err error) {
	var at, posted string
	err = rows.Scan(append(others, &l.ID, &l.Key, &l.Score, &l.Source, &l.State, &at, &l.Tweet.Author, &l.Tweet.Handle, &posted, &l.Tweet.Text, &l.Lang, &l.Body)...)
	l.Tweet.ID = l.ID
	l.At, l.Tweet.At = parseTime(at), parseTime(posted)
	return l, err
}

// sum is the checksum of a lookup.
func (l *Lookup) sum() int64 {
	return checksum("lookup", l.ID, l.Key, formatNumber(l.Score), l.Source, l.State, formatTime(l.At), l.Tweet.Author, l.Tweet.Handle, formatTime(l.Tweet.At), l.Tweet.Text, l.Lang, string(l.Body))
}
