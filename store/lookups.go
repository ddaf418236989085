package store

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strings"
	"time"

	"tweetarc/archive"
)

// Lookup is an answer of the outside world. It is about a tweet with an ID or,
// with Key, about one whose articles tell none: then it is the tweet that was
// found for it, accepted with State found, else a maybe. Lookups stand beside
// what the articles said and never change it.
type Lookup struct {
	archive.Tweet         // the ID and, where found, what the source has
	Key           string  // of the tweet without an ID, see Wanted
	Score         float64 // 0..1: how well the words found fit; 1 for an ID asked about
	Source        string  // oembed, v2, v1, wayback, or a file's path
	State         string  // found, gone, hidden, withheld, unknown
	Time          time.Time
	Lang          string
	Body          []byte // the answer as it came; empty where the source could not be asked
}

// liveSources say what is; all others know what was, and do not overrule them.
const liveSources = `('oembed', 'v2', 'v1')`

// ofTweet is which lookups speak of an ID: what was asked about it, and what
// was accepted as it.
const ofTweet = `(key = '' OR state = 'found')`

// latest orders the lookups of an ID: the one that a tweet's status is taken
// from comes first. One that could not tell comes after all that could.
const latest = `ORDER BY state = 'unknown', source NOT IN ` + liveSources + `, checked_at DESC, id DESC`

// knownID is the ID of tweet t, from its articles or accepted for it, or ”.
const knownID = `ifnull(nullif(t.tweet_id, ''), ifnull((SELECT l.tweet_id FROM lookups l WHERE l.key = t.key AND l.key <> '' AND l.state = 'found' ORDER BY l.checked_at DESC, l.id DESC LIMIT 1), ''))`

// SaveLookups keeps answers, and brings the status of their tweets up to date,
// in one transaction. An answer takes the place of one of the same source that
// could not tell; all others are kept.
func (db *DB) SaveLookups(ctx context.Context, all []Lookup) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return db.explain(err)
	}
	defer tx.Rollback()
	ids := map[string]bool{}
	for i := range all {
		l := &all[i]
		replaced := `tweet_id = ?1 AND key = ?2`
		if l.Key != "" {
			replaced = `?1 IS NOT NULL AND key = ?2`
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM lookups WHERE `+replaced+` AND source = ?3 AND state = 'unknown'`, l.ID, l.Key, l.Source); err != nil {
			return db.explain(err)
		}
		body := l.Body
		if body == nil {
			body = []byte{}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO lookups (tweet_id, key, score, source, state, checked_at, author, handle, posted_at, text, lang, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			l.ID, l.Key, l.Score, l.Source, l.State, formatTime(l.Time), l.Author, l.Handle, formatTime(l.At), l.Text, l.Lang, body)
		if err != nil {
			return db.explain(err)
		}
		if l.ID != "" && (l.Key == "" || l.State == "found") {
			ids[l.ID] = true
		}
	}
	if err := restate(ctx, tx, ids); err != nil {
		return db.explain(err)
	}
	return db.explain(tx.Commit())
}

// restate brings the status of the tweets with these IDs up to date.
func restate(ctx context.Context, tx *sql.Tx, ids map[string]bool) error {
	for id := range ids {
		_, err := tx.ExecContext(ctx, `UPDATE tweets AS t SET (status, checked_at) = (SELECT state, checked_at FROM lookups WHERE tweet_id = ?1 AND `+ofTweet+` `+latest+` LIMIT 1)
			WHERE t.key = ?1 OR t.key IN (SELECT key FROM lookups WHERE tweet_id = ?1 AND key <> '' AND state = 'found')`, id) // the key of a tweet with an ID is the ID
		if err != nil {
			return err
		}
	}
	return nil
}

// restateNew does so for tweets that were archived after they were looked up.
func (db *DB) restateNew(ctx context.Context) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	ids := map[string]bool{}
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT l.tweet_id FROM lookups l JOIN tweets t ON t.key = l.tweet_id WHERE t.status = ''
		UNION SELECT DISTINCT l.tweet_id FROM lookups l JOIN tweets t ON t.key = l.key WHERE l.key <> '' AND l.state = 'found' AND t.status = ''`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids[id] = true
	}
	if err := rows.Err(); err != nil || len(ids) == 0 {
		return err
	}
	if err := restate(ctx, tx, ids); err != nil {
		return err
	}
	return tx.Commit()
}

// Asked is a tweet whose ID is known, with what was answered about it.
type Asked struct {
	archive.Tweet
	Known []Lookup // State, Source and whether Body is empty, the oldest first
}

// lookupPage is how many tweets are read at once: no query stays open while
// answers are saved.
const lookupPage = 5000

// Asked lists the tweets of the query whose ID is known, from the articles or
// accepted for them, in the order of their keys. Answers from before since do
// not count as known. Lookups may be saved while the list is read.
func (db *DB) Asked(ctx context.Context, q *Query, since time.Time) iter.Seq2[Asked, error] {
	return func(yield func(Asked, error) bool) {
		if err := db.restateNew(ctx); err != nil {
			yield(Asked{}, db.explain(err))
			return
		}
		found := map[string]bool{} // IDs accepted for tweets that have none
		for after := ""; ; {
			page, last, err := db.askedPage(ctx, q, after, since, found)
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

func (db *DB) askedPage(ctx context.Context, q *Query, after string, since time.Time, found map[string]bool) (page []Asked, last string, err error) {
	where, args := q.where()
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
	known, err := db.sql.QueryContext(ctx, `SELECT tweet_id, source, state, length(body) > 0 FROM lookups WHERE tweet_id IN (SELECT value FROM json_each(?)) AND `+ofTweet+` AND checked_at >= ? ORDER BY id`,
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

// Wanted is a tweet whose articles do not tell its ID.
type Wanted struct {
	archive.Tweet
	Key     string   // what names it until they do
	Widget  bool     // seen as a copied widget alone, whose day is the reader's
	Sources []string // that were asked for it and answered
}

// WithoutID lists the tweets of the query that have neither an ID nor one that
// was accepted for them, but an author and words to look for, in the order of
// their keys: by author, then by day. Answers from before since do not count.
func (db *DB) WithoutID(ctx context.Context, q *Query, since time.Time) iter.Seq2[Wanted, error] {
	return func(yield func(Wanted, error) bool) {
		for after := ""; ; {
			page, last, err := db.wantedPage(ctx, q, after, since)
			if err != nil {
				yield(Wanted{}, db.explain(err))
				return
			}
			for _, w := range page {
				if !yield(w, nil) {
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

func (db *DB) wantedPage(ctx context.Context, q *Query, after string, since time.Time) (page []Wanted, last string, err error) {
	where, args := q.where()
	at := formatTime(since)
	rows, err := db.sql.QueryContext(ctx, `SELECT t.key, t.author, t.handle, t.posted_date, t.text,
			NOT EXISTS (SELECT 1 FROM embeds e WHERE e.tweet = t.id AND e.form <> 'widget'),
			ifnull((SELECT group_concat(l.source, char(10)) FROM lookups l WHERE l.key = t.key AND l.key <> '' AND length(l.body) > 0 AND l.checked_at >= ?), '')
		FROM tweets t WHERE `+where+` AND t.key > ? AND t.tweet_id = '' AND t.handle <> '' AND t.text <> ''
			AND NOT EXISTS (SELECT 1 FROM lookups l WHERE l.key = t.key AND l.key <> '' AND l.state = 'found' AND l.checked_at >= ?)
		ORDER BY t.key LIMIT ?`, slices.Concat([]any{at}, args, []any{after, at, lookupPage})...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	for rows.Next() {
		var w Wanted
		var sources string
		if err := rows.Scan(&w.Key, &w.Author, &w.Handle, &w.Date, &w.Text, &w.Widget, &sources); err != nil {
			return nil, "", err
		}
		if sources != "" {
			w.Sources = strings.Split(sources, "\n")
		}
		page, last = append(page, w), w.Key
	}
	if len(page) < lookupPage {
		last = ""
	}
	return page, last, rows.Err()
}

// APIColumns are the columns that lookups add to TweetColumns. They leave an
// export only on request: what X's API answered may be handed on within its
// terms alone.
var APIColumns = []Column{
	{"api_tweet_id", ID, "Status ID: of the articles, or accepted for the words of a tweet without."},
	{"api_score", Number, "How well the words that were found fit those of the articles; 1 where these tell the ID."},
	{"api_author", Text, "Display name as the latest answer with content has it."},
	{"api_handle", Text, "User name in it, without the @."},
	{"api_posted_at", Time, "Exact time in it."},
	{"api_text", Text, "Text in it."},
	{"api_lang", Text, "Language of the text in it."},
	{"api_source", Text, "Where it came from: oembed, v2, v1, wayback or a file."},
	{"api_checked_at", Time, "When it was given."},
}

// ExportWithAPI is Export of Tweets, with APIColumns behind TweetColumns.
func (db *DB) ExportWithAPI(ctx context.Context, q *Query, write func(Row) error) (n int, err error) {
	where, args := q.where()
	rows, err := db.sql.QueryContext(ctx, `WITH t AS (SELECT *, `+knownID+` AS known FROM tweets t)
		SELECT `+tweetColumns+`, t.known,
			ifnull(l.score, CASE WHEN t.tweet_id <> '' THEN 1 ELSE (SELECT max(score) FROM lookups WHERE key = t.key AND state = 'found') END),
			ifnull(l.author, ''), ifnull(l.handle, ''), ifnull(l.posted_at, ''), ifnull(l.text, ''), ifnull(l.lang, ''), ifnull(l.source, ''), ifnull(l.checked_at, '')
		FROM t LEFT JOIN lookups l ON t.known <> '' AND l.id = (SELECT id FROM lookups WHERE tweet_id = t.known AND state = 'found' `+latest+` LIMIT 1)
		WHERE `+where+` ORDER BY t.posted_date, t.posted_at, t.key`, args...)
	if err != nil {
		return 0, db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var t Tweet
		var score sql.NullFloat64
		api := make([]string, len(APIColumns))
		into := t.fields()
		into = append(into, &api[0], &score)
		for i := 2; i < len(api); i++ {
			into = append(into, &api[i])
		}
		if err := rows.Scan(into...); err != nil {
			return n, db.explain(err)
		}
		if score.Valid && api[0] != "" {
			api[1] = formatNumber(score.Float64)
		}
		t.URL = tweetURL(t.Handle, t.ID)
		row := t.Row()
		row.Values = append(row.Values, api...)
		if err := write(row); err != nil {
			return n, err
		}
		n++
	}
	return n, db.explain(rows.Err())
}

// MatchColumns are the columns of what was found for tweets without an ID.
var MatchColumns = []Column{
	{"sure", Text, "yes: accepted; no: a maybe, which joins nothing."},
	{"score", Number, "How much of the words is the same, by trigrams."},
	{"handle", Text, "User name as the articles have it."},
	{"posted_date", Day, "Day as the articles have it."},
	{"text", Text, "Text as the articles have it."},
	{"found_tweet_id", ID, "Status ID of the tweet that was found."},
	{"found_handle", Text, "User name of that tweet."},
	{"found_posted_at", Time, "Exact time of that tweet."},
	{"found_text", Text, "Text of that tweet."},
	{"source", Text, "Where it was found: v2, wayback or a file."},
	{"checked_at", Time, "When it was."},
}

// Matches lists what was found for tweets without an ID, by author and day.
func (db *DB) Matches(ctx context.Context, write func(Row) error) error {
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
