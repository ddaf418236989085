package store

import (
	"context"
	"database/sql"
	"time"

	"tweetarc/archive"
)

// Lookup is an answer of the outside world about a tweet.
type Lookup struct {
	ID     string    // asked about or, for a tweet without an ID, found
	Key    string    // of the tweet without an ID that was asked about, else ""
	Score  float64   // how well the words fit a tweet without an ID, 0 to 1; else 1
	Source string    // oembed, v2, v1, wayback, or the path of a file
	State  string    // found, gone, hidden, withheld, unknown; maybe: an ID that may be the tweet's
	At     time.Time // when it was asked
	Tweet  archive.Tweet
	Lang   string
	Body   []byte // the answer as it came
}

// AddLookups keeps answers, all or none, and brings the tweets' states up to
// date. An answer that the archive has is not kept twice.
func (db *DB) AddLookups(ctx context.Context, lookups []Lookup) (err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO lookups (tweet_id, key, score, source, state, checked_at, author, handle, posted_at, text, lang, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	var keys []string
	for _, l := range lookups {
		t := &l.Tweet
		body := l.Body
		if body == nil {
			body = []byte{}
		}
		if _, err := stmt.ExecContext(ctx, l.ID, l.Key, l.Score, l.Source, l.State, formatTime(l.At), t.Author, t.Handle, formatTime(t.At), t.Text, l.Lang, body); err != nil {
			return err
		}
		if l.Key != "" {
			keys = append(keys, l.Key)
		} else {
			keys = append(keys, l.ID)
		}
	}
	if _, err := tx.ExecContext(ctx, statusQuery+` WHERE key IN (SELECT value FROM json_each(?))`, list(keys)); err != nil {
		return err
	}
	return tx.Commit()
}

// statusQuery sets what the latest lookup of a tweet said; that one could not
// ask says less than any answer, and what may be the tweet nothing.
const statusQuery = `UPDATE tweets SET (status, checked_at) = (SELECT ifnull(max(s.state), ''), ifnull(max(s.checked_at), '') FROM (
	SELECT state, checked_at FROM lookups l WHERE state <> 'maybe' AND (l.tweet_id = tweets.key AND l.key = '' OR l.key = tweets.key AND l.key <> '')
	ORDER BY state = 'unknown', checked_at DESC, source, state LIMIT 1) s)`

// Lookups lists what was answered about a tweet, the latest first.
func (db *DB) Lookups(ctx context.Context, key string) (all []Lookup, err error) {
	defer func() { err = db.explain(err) }()
	rows, err := db.sql.QueryContext(ctx, `SELECT tweet_id, key, score, source, state, checked_at, author, handle, posted_at, text, lang, body FROM lookups
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

func scanLookup(rows *sql.Rows) (l Lookup, err error) {
	var at, posted string
	err = rows.Scan(&l.ID, &l.Key, &l.Score, &l.Source, &l.State, &at, &l.Tweet.Author, &l.Tweet.Handle, &posted, &l.Tweet.Text, &l.Lang, &l.Body)
	l.Tweet.ID = l.ID
	l.At, l.Tweet.At = parseTime(at), parseTime(posted)
	return l, err
}

// Ask is which tweets to look up.
type Ask struct {
	Query     *Query
	WithID    bool      // those with an ID; otherwise those without
	Again     bool      // also what is known already
	OlderThan time.Time // also what was last checked before; zero for none
}

// ToAsk hands on the tweets to look up, in the order of their keys, which does
// not change while answers come in: those about which nothing is known, or one
// could not ask. Each call of each may add lookups.
func (db *DB) ToAsk(ctx context.Context, ask Ask, each func(Tweet) error) (err error) {
	defer func() { err = db.explain(err) }()
	where, args := ask.Query.where()
	if ask.WithID {
		where += ` AND t.tweet_id <> ''`
	} else {
		where += ` AND t.tweet_id = '' AND t.handle <> '' AND t.posted_date <> ''`
	}
	if !ask.Again {
		where += ` AND (t.status IN ('', 'unknown')`
		if !ask.OlderThan.IsZero() {
			where += ` OR t.checked_at < ?`
			args = append(args[:len(args):len(args)], formatTime(ask.OlderThan))
		}
		where += `)`
	}
	// A page at a time, so that no reading transaction stays open meanwhile.
	const page = 1000
	for after := ""; ; {
		rows, err := db.sql.QueryContext(ctx, `SELECT `+tweetColumns+` FROM tweets t WHERE `+where+` AND t.key > ? ORDER BY t.key LIMIT ?`, append(args[:len(args):len(args)], after, page)...)
		if err != nil {
			return err
		}
		var tweets []Tweet
		for rows.Next() {
			var t Tweet
			if err := rows.Scan(t.fields()...); err != nil {
				rows.Close()
				return err
			}
			t.URL = tweetURL(t.Handle, t.ID)
			tweets = append(tweets, t)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, t := range tweets {
			if err := each(t); err != nil {
				return err
			}
		}
		if len(tweets) < page {
			return nil
		}
		after = tweets[len(tweets)-1].Key
	}
}
