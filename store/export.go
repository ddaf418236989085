package store

import (
	"context"
	"database/sql"
	"strconv"

	"tweetarc/archive"
)

// What an export has one row for.
type What string

const (
	Tweets What = "tweets"
	Embeds What = "embeds"
)

// Columns are the columns of its rows.
func (w What) Columns() []Column {
	if w == Embeds {
		return EmbedColumns
	}
	return TweetColumns
}

// Export hands on the tweets that the query finds (all with a nil query), or
// their embeds, one row at a time, and tells how many they were. Tweets come in
// the order of posted_date, posted_at and key, embeds in that of file, record
// and start. A row's values stay as they are.
func (db *DB) Export(ctx context.Context, of What, q *Query, write func(Row) error) (n int, err error) {
	defer func() { err = db.explain(err) }()
	// One transaction, so that the rows are those of one moment.
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if of == Embeds {
		return exportEmbeds(ctx, tx, q, write)
	}
	return exportTweets(ctx, tx, q, write)
}

func exportTweets(ctx context.Context, tx *sql.Tx, q *Query, write func(Row) error) (n int, err error) {
	where, args := q.where()
	rows, err := tx.QueryContext(ctx, `SELECT `+tweetColumns+` FROM tweets t WHERE `+where+` ORDER BY t.posted_date, t.posted_at, t.key`, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var t Tweet
	fields := t.fields()
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			return n, err
		}
		t.URL = tweetURL(t.Handle, t.ID)
		if err := write(t.Row()); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

func exportEmbeds(ctx context.Context, tx *sql.Tx, q *Query, write func(Row) error) (n int, err error) {
	where, args := q.where()
	if where != "1" {
		where = "e.tweet IN (SELECT t.id FROM tweets t WHERE " + where + ")"
	}
	links, err := tx.PrepareContext(ctx, linksQuery)
	if err != nil {
		return 0, err
	}
	defer links.Close()
	rows, err := tx.QueryContext(ctx, `SELECT e.id, EXISTS (SELECT 1 FROM links WHERE embed = e.id), e.tweet_id, e.author, e.handle, e.posted_date, e.posted_at, e.text, e.form, e.confidence,
		a.url, a.title, a.date, f.path, a.record, e.start, e.end
		FROM files f JOIN articles a ON a.file = f.id JOIN embeds e ON e.article = a.id
		WHERE `+where+` ORDER BY f.path, a.record, e.start`, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var linked bool
		var confidence float64
		v := make([]string, len(EmbedColumns))
		var record, start, end int
		err := rows.Scan(&id, &linked, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[7], &confidence, &v[9], &v[10], &v[11], &v[12], &record, &start, &end)
		if err != nil {
			return n, err
		}
		v[6], v[8] = tweetURL(v[2], v[0]), formatNumber(confidence)
		v[13], v[14], v[15] = strconv.Itoa(record), strconv.Itoa(start), strconv.Itoa(end)
		row := Row{Values: v}
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
