package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"example.org/tweetarc/archive"
)

// Tested in store_test.go and kept_test.go.

// What says what an export has one row for.
type What string

const (
	Tweets  What = "tweets"
	Embeds  What = "embeds"
	Places  What = "places"  // of the articles with these tweets
	Lookups What = "lookups" // tweets, with what the latest lookup found
)

// LookupColumns are TweetColumns and what an API said. That is an export of its own,
// because the terms of the API's provider may forbid to pass it on.
var LookupColumns = append(TweetColumns[:len(TweetColumns):len(TweetColumns)],
	Column{"api_id", ID, "Status ID that the latest lookup found."},
	Column{"api_source", Text, "Where it was looked up: oembed, v2, v1, wayback, or a file."},
	Column{"api_score", Number, "How well the words that were found fit a tweet without an ID; 1 if the tweet has an ID."},
	Column{"api_author", Text, "Display name at the time of the lookup."},
	Column{"api_handle", Text, "User name at the time of the lookup."},
	Column{"api_posted_at", Time, "Exact time of the tweet."},
	Column{"api_text", Text, "The text that was found."},
	Column{"api_lang", Text, "Language of the text."})

// Columns are the columns of the export, without the fields kept of the corpus.
func (w What) Columns() []Column {
	switch w {
	case Embeds:
		return EmbedColumns
	case Places:
		return PlaceColumns
	case Lookups:
		return LookupColumns
	case Verdicts:
		return VerdictColumns
	}
	return TweetColumns
}

// Columns are the columns of an export, and after them the fields that were kept of the
// corpus, in order. The fields of a tweet are those of the article of its first embed.
func (db *DB) Columns(ctx context.Context, of What) ([]Column, error) {
	columns := of.Columns()
	if of == Verdicts {
		return columns, nil
	}
	names, _, err := db.Keeps(ctx)
	for _, name := range names {
		columns = append(columns[:len(columns):len(columns)], Column{name, Text, "A field of the corpus, as the corpus has it."})
	}
	return columns, err
}

// withKept is a row with the kept fields of these names after its columns.
func withKept(values []string, names []string, kept string) Row {
	if len(names) > 0 {
		of := keptValues(kept)
		values = slices.Grow(values, len(names))
		for _, name := range names {
			values = append(values, of[name])
		}
	}
	return Row{Values: values}
}

// Export calls write for each row of an export of the tweets that the query finds (nil
// finds all), and returns how many rows there were. Tweets come in the order of
// posted_date, posted_at and key, embeds and places in the order of file, record and
// position. It compares the number of rows with a count, so that a damaged index does
// not lose rows silently. write may keep the rows.
func (db *DB) Export(ctx context.Context, of What, q *Query, write func(Row) error) (n int, err error) {
	defer func() { err = db.explain(err) }()
	// One transaction, so that the rows are those of one moment.
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	tweets, embeds, args, err := q.where(ctx, tx)
	if err != nil {
		return 0, err
	}
	names, _, err := keepsOf(ctx, tx)
	if err != nil {
		return 0, err
	}
	count, where := `SELECT count(*) FROM tweets t WHERE `+tweets, tweets
	export := exportTweets
	switch of {
	case Lookups:
		export = exportLookups
	case Embeds:
		export, where = exportEmbeds, embeds
		if count = `SELECT ifnull(sum(t.embeds), 0) FROM tweets t WHERE ` + tweets; q.Superseded() {
			count = `SELECT count(*) FROM embeds e WHERE ` + embeds
		}
	case Places:
		export, where = exportPlaces, `p.article IN (SELECT e.article FROM embeds e WHERE `+embeds+`)`
		if !q.Superseded() {
			where += ` AND p.current`
		}
		count = `SELECT count(*) FROM places p WHERE ` + where
	}
	if n, err = export(ctx, tx, where, args, names, write); err != nil {
		return n, err
	}
	var want int
	if err := tx.QueryRowContext(ctx, count, args...).Scan(&want); err != nil {
		return n, err
	}
	if n != want {
		return n, &Error{errorf("damaged: %d rows were read, but there are %d", n, want), "see tweetarc verify"}
	}
	return n, nil
}

func exportTweets(ctx context.Context, tx *sql.Tx, where string, args []any, names []string, write func(Row) error) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+tweetColumns+`, `+keptOfTweet(names)+` FROM tweets t WHERE `+where+` ORDER BY t.posted_date, t.posted_at, t.key`, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var t Tweet
	var kept string
	fields := append(t.fields(), &kept)
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			return n, err
		}
		t.URL = tweetURL(t.Handle, t.ID)
		if err := write(withKept(t.row().Values, names, kept)); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

func exportEmbeds(ctx context.Context, tx *sql.Tx, where string, args []any, names []string, write func(Row) error) (n int, err error) {
	links, err := tx.PrepareContext(ctx, linksQuery)
	if err != nil {
		return 0, err
	}
	defer links.Close()
	rows, err := tx.QueryContext(ctx, `SELECT e.id, EXISTS (SELECT 1 FROM links WHERE embed = e.id), t.key, e.tweet_id, e.author, e.handle, e.posted_date, e.posted_at, ifnull(e.words, e.text), e.form, iif(e.words IS NULL, e.confidence, 1.0), e.words_by, a.kept,
		a.url, a.title, a.date, `+outletOf+`, f.name, a.record, a.places, e.start, e.end
		FROM `+inOrder+` JOIN tweets t ON t.id = e.tweet WHERE `+where+orderOfEmbeds, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var linked bool
		var confidence float64
		var kept string
		v := make([]string, len(EmbedColumns))
		err := rows.Scan(&id, &linked, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[8], &confidence, &v[20], &kept, &v[10], &v[11], &v[12], &v[13], &v[14], &v[15], &v[16], &v[17], &v[18])
		if err != nil {
			return n, err
		}
		v[7], v[9], v[19] = tweetURL(v[3], v[1]), formatNumber(confidence), lagDays(v[4], v[12])
		row := withKept(v, names, kept)
		if linked {
			if row.Links, err = linksOf(ctx, links, id); err != nil {
				return n, err
			}
		}
		if err := write(row); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// Embeds e in the order of file, record and start, which is the same in every archive.
// CROSS JOIN makes SQLite read them by their indexes in this order.
const (
	inOrder       = `files f CROSS JOIN articles a ON a.file = f.id CROSS JOIN embeds e ON e.article = a.id`
	orderOfEmbeds = ` ORDER BY f.name, f.path, f.key, a.record, a.key, e.start`
)

func exportPlaces(ctx context.Context, tx *sql.Tx, where string, args []any, names []string, write func(Row) error) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT ifnull(p.url, a.url), ifnull(p.title, a.title), a.date, `+aliasOf(`ifnull(p.outlet, a.outlet)`)+`, f.name, p.record, p.captured, p.last, p.warc_id, p.payload, ifnull(p.kept, a.kept)
		FROM places p JOIN files f ON f.id = p.file JOIN articles a ON a.id = p.article
		WHERE `+where+` ORDER BY f.name, f.path, f.key, p.record, a.key, p.revisit`, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		v := make([]string, len(PlaceColumns))
		var last int64
		var kept string
		if err := rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &last, &v[8], &v[9], &kept); err != nil {
			return n, err
		}
		v[7] = formatTime(time.UnixMilli(last))
		if err := write(withKept(v, names, kept)); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

func exportLookups(ctx context.Context, tx *sql.Tx, where string, args []any, names []string, write func(Row) error) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+tweetColumns+`, ifnull(l.tweet_id, ''), ifnull(l.source, ''), ifnull(l.score, 0), ifnull(l.author, ''), ifnull(l.handle, ''), ifnull(l.posted_at, ''), ifnull(l.text, ''), ifnull(l.lang, ''), `+keptOfTweet(names)+`
		FROM tweets t LEFT JOIN lookups l ON l.id = (SELECT id FROM lookups s WHERE (s.tweet_id = t.key AND s.key = '' OR s.key = t.key AND s.key <> '') AND s.state = 'found'
			ORDER BY s.checked_at DESC, s.source, s.score DESC, s.tweet_id LIMIT 1)
		WHERE `+where+` ORDER BY t.posted_date, t.posted_at, t.key`, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Tweet
		var v [8]string
		var score float64
		var kept string
		if err := rows.Scan(append(t.fields(), &v[0], &v[1], &score, &v[3], &v[4], &v[5], &v[6], &v[7], &kept)...); err != nil {
			return n, err
		}
		if v[0] != "" {
			v[2] = formatNumber(score)
		}
		t.URL = tweetURL(t.Handle, t.ID)
		row := t.row()
		if err := write(withKept(append(row.Values, v[:]...), names, kept)); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// keptOfTweet is the column kept of the article of the first embed of a tweet t. It is
// asked for only if something is kept, because that takes time.
func keptOfTweet(names []string) string {
	if len(names) == 0 {
		return `''`
	}
	return `(SELECT a.kept FROM embeds e JOIN articles a ON a.id = e.article WHERE e.id = t.first)`
}

const linksQuery = `SELECT shown, url, target FROM links WHERE embed = ? ORDER BY n`

func linksOf(ctx context.Context, stmt *sql.Stmt, embed int64) ([]archive.Link, error) {
	rows, err := stmt.QueryContext(ctx, embed)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []archive.Link
	for rows.Next() {
		var l archive.Link
		if err := rows.Scan(&l.Shown, &l.URL, &l.Target); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}
