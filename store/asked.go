package store

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// This file lists what enrich and resolve ask the outside world about, and what was
// found for tweets without an ID. Answers may be saved while a list is read: no query
// stays open, and the order of keys does not change.

// knownID is the ID of tweet t: from its articles, or one accepted for it, or empty.
const knownID = `ifnull(nullif(t.tweet_id, ''), ifnull((SELECT l.tweet_id FROM lookups l WHERE l.key = t.key AND l.key <> '' AND l.state = 'found' ORDER BY l.checked_at DESC, l.id DESC LIMIT 1), ''))`

// Asked is a tweet whose ID is known, with the answers about it.
type Asked struct {
	archive.Tweet
	Known []Lookup // the oldest first; only State and Source are set, and Body where it is not empty
}

// lookupPage is how many tweets are read at once.
const lookupPage = 5000

// Asked lists the tweets of the query whose ID is known, from the articles or accepted
// for them, in the order of their keys. Answers from before since are left out of Known.
func (db *DB) Asked(ctx context.Context, q *Query, since time.Time) iter.Seq2[Asked, error] {
	return func(yield func(Asked, error) bool) {
		where, _, args, err := q.where(ctx, db.sql)
		if err != nil {
			yield(Asked{}, db.explain(err))
			return
		}
		found := map[string]bool{} // IDs accepted for tweets that have none
		for after := ""; ; {
			page, last, err := db.askedPage(ctx, where, args, after, since, found)
			if err != nil {
				yield(Asked{}, db.explain(err))
				return
			}
			for _, a := range page {
				if !yield(a, nil) {
					return
				}
			}
			if last == "" {
				return
			}
			after = last
		}
	}
}

func (db *DB) askedPage(ctx context.Context, where string, args []any, after string, since time.Time, found map[string]bool) (page []Asked, last string, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT t.key, t.tweet_id, `+knownID+`, t.author, t.handle, t.posted_date, t.text FROM tweets t
		WHERE `+where+` AND t.key > ? AND (t.tweet_id <> '' OR EXISTS (SELECT 1 FROM lookups l WHERE l.key = t.key AND l.key <> '' AND l.state = 'found'))
		ORDER BY t.key LIMIT ?`, slices.Concat(args, []any{after, lookupPage})...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	n := 0
	at := map[string]int{}
	var ids []string
	for rows.Next() {
		var a Asked
		var key, own string
		if err := rows.Scan(&key, &own, &a.ID, &a.Author, &a.Handle, &a.Date, &a.Text); err != nil {
			return nil, "", err
		}
		last = key
		n++
		if own == "" {
			if found[a.ID] {
				continue
			}
			found[a.ID] = true
		}
		if _, ok := at[a.ID]; ok {
			continue
		}
		a.WithID(a.ID)
		at[a.ID] = len(page)
		ids = append(ids, a.ID)
		page = append(page, a)
	}
	if err := rows.Err(); err != nil {
		return nil, "", err
	}
	if n < lookupPage {
		last = ""
	}
	rows.Close()
	known, err := db.sql.QueryContext(ctx, `SELECT tweet_id, source, state, length(body) > 0 FROM lookups WHERE tweet_id IN (SELECT value FROM json_each(?)) AND (key = '' OR state = 'found') AND checked_at >= ? ORDER BY id`,
		list(ids), formatTime(since))
	if err != nil {
		return nil, "", err
	}
	defer known.Close()
	for known.Next() {
		var id string
		var l Lookup
		var body bool
		if err := known.Scan(&id, &l.Source, &l.State, &body); err != nil {
			return nil, "", err
		}
		if body {
			l.Body = []byte{1}
		}
		a := &page[at[id]]
		a.Known = append(a.Known, l)
	}
	return page, last, known.Err()
}

// Wanted is a tweet whose articles do not have its ID.
type Wanted struct {
	archive.Tweet
	Key     string   // names the tweet until an article has its ID
	Widget  bool     // all its embeds are copied widgets, whose day is that of the reader's time zone
	Sources []string // those that were asked for it and answered
}

// WithoutID lists the tweets of the query that have no ID, and no accepted one, but an
// author and words to look for. They come by author and then by key, so that a source
// can be asked once for all tweets of an author. Answers from before since do not count.
func (db *DB) WithoutID(ctx context.Context, q *Query, since time.Time) iter.Seq2[Wanted, error] {
	return func(yield func(Wanted, error) bool) {
		where, _, args, err := q.where(ctx, db.sql)
		if err != nil {
			yield(Wanted{}, db.explain(err))
			return
		}
		var after Wanted
		for {
			page, err := db.wantedPage(ctx, where, args, after, since)
			if err != nil {
				yield(Wanted{}, db.explain(err))
				return
			}
			for _, w := range page {
				if !yield(w, nil) {
					return
				}
			}
			if len(page) < lookupPage {
				return
			}
			after = page[len(page)-1]
		}
	}
}

func (db *DB) wantedPage(ctx context.Context, where string, args []any, after Wanted, since time.Time) (page []Wanted, err error) {
	at := formatTime(since)
	rows, err := db.sql.QueryContext(ctx, `SELECT t.key, t.author, t.handle, t.posted_date, t.text,
			NOT EXISTS (SELECT 1 FROM embeds e WHERE e.tweet = t.id AND e.form <> 'widget'),
			ifnull((SELECT group_concat(l.source, char(10)) FROM lookups l WHERE l.key = t.key AND l.key <> '' AND length(l.body) > 0 AND l.checked_at >= ?), '')
		FROM tweets t WHERE `+where+` AND (t.handle > ? COLLATE NOCASE OR t.handle = ? COLLATE NOCASE AND t.key > ?) AND t.tweet_id = '' AND t.handle <> '' AND t.text <> ''
			AND NOT EXISTS (SELECT 1 FROM lookups l WHERE l.key = t.key AND l.key <> '' AND l.state = 'found' AND l.checked_at >= ?)
		ORDER BY t.handle COLLATE NOCASE, t.key LIMIT ?`, slices.Concat([]any{at}, args, []any{after.Handle, after.Handle, after.Key, at, lookupPage})...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w Wanted
		var sources string
		if err := rows.Scan(&w.Key, &w.Author, &w.Handle, &w.Date, &w.Text, &w.Widget, &sources); err != nil {
			return nil, err
		}
		if sources != "" {
			w.Sources = strings.Split(sources, "\n")
		}
		page = append(page, w)
	}
	return page, rows.Err()
}

// MatchColumns are the columns of what was found for tweets without an ID.
var MatchColumns = []Column{
	{"sure", Text, "yes: the ID was accepted; no: it may be the tweet, and joins nothing."},
	{"score", Number, "Share of the words that is the same, measured by trigrams."},
	{"handle", Text, "User name, as the articles have it."},
	{"posted_date", Day, "Day, as the articles have it."},
	{"text", Text, "Text, as the articles have it."},
	{"found_tweet_id", ID, "Status ID of the tweet that was found."},
	{"found_handle", Text, "User name of that tweet."},
	{"found_posted_at", Time, "Exact time of that tweet."},
	{"found_text", Text, "Text of that tweet."},
	{"source", Text, "Where the tweet was found: v2, wayback or a file."},
	{"checked_at", Time, "When the tweet was found."},
}

// Identified counts the tweets without an ID for which one was found.
func (db *DB) Identified(ctx context.Context) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT count(DISTINCT key) FROM lookups WHERE key <> '' AND state = 'found'`).Scan(&n)
	return n, err
}

// Resolved lists what was found for tweets without an ID, with MatchColumns, by day and
// author.
func (db *DB) Resolved(ctx context.Context, write func(Row) error) error {
	rows, err := db.sql.QueryContext(ctx, `SELECT CASE l.state WHEN 'found' THEN 'yes' ELSE 'no' END, l.score, t.handle, t.posted_date, t.text, l.tweet_id, l.handle, l.posted_at, l.text, l.source, l.checked_at
		FROM lookups l JOIN tweets t ON t.key = l.key WHERE l.key <> '' AND l.tweet_id <> '' ORDER BY l.key, l.checked_at, l.source, l.tweet_id`)
	if err != nil {
		return db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		v := make([]string, len(MatchColumns))
		var score float64
		if err := rows.Scan(&v[0], &score, &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9], &v[10]); err != nil {
			return db.explain(err)
		}
		v[1] = formatNumber(score)
		if err := write(Row{Values: v}); err != nil {
			return err
		}
	}
	return db.explain(rows.Err())
}
