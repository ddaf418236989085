package store

import (
	"context"
	"database/sql"
	"errors"

	"example.org/tweetarc/archive"
)

// Tested in answers_test.go.

// Tweet finds a tweet by its status ID, its address, or, without an ID, its key.
func (db *DB) Tweet(ctx context.Context, name string) (*Tweet, error) {
	key := name
	if st, ok := archive.FindStatus(name); ok {
		key = st.ID
	}
	var t Tweet
	err := db.sql.QueryRowContext(ctx, `SELECT `+tweetColumns+` FROM tweets t WHERE t.key = ?`, key).Scan(t.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &Error{notFound{errorf("%s: no tweet %q", db.path, name)}, "give a status ID, the address of a tweet, or a key that search prints"}
	}
	if err != nil {
		return nil, db.explain(err)
	}
	t.URL = tweetURL(t.Handle, t.ID)
	return &t, nil
}

// A Place is an embed in its passage, with its article and the article's first place.
type Place struct {
	Article archive.Article // without its body
	Places  int             // number of places of the article; 0: it is superseded
	Key     string          // of the tweet
	Passage
}

// PassageColumns are EmbedColumns and the passage around the embed.
var PassageColumns = append(EmbedColumns[:len(EmbedColumns):len(EmbedColumns)],
	Column{"before", Text, "What is before the embed in the article, some 300 characters."},
	Column{"raw", Text, "The embed verbatim, with its attribution."},
	Column{"after", Text, "What is after the embed, some 300 characters."})

// Row is the place with PassageColumns.
func (p *Place) Row() Row {
	r := EmbedRow(p.Key, &p.Article, p.Places, &p.Embed)
	r.Values = append(r.Values, p.Before, p.Raw, p.After)
	return r
}

// Places lists the embeds of a tweet in the order of file, record and start. Superseded
// ones are left out, unless they are asked for or the tweet has no others. Limit 0 is
// all.
func (db *DB) Places(ctx context.Context, key string, superseded bool, limit, offset int) (places []Place, err error) {
	defer func() { err = db.explain(err) }()
	if limit <= 0 {
		limit = -1
	}
	rows, err := db.sql.QueryContext(ctx, `SELECT e.id, `+placeColumns+`
		FROM tweets t JOIN embeds e ON e.tweet = t.id JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE t.key = ? AND (e.current OR t.embeds = 0 OR ?)`+orderOfEmbeds+` LIMIT ? OFFSET ?`, key, superseded, limit, offset)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		p, err := scanPlace(rows, &id)
		if err != nil {
			return nil, err
		}
		places, ids = append(places, p), append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	stmt, err := db.sql.PrepareContext(ctx, linksQuery)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	for i, id := range ids {
		if places[i].Links, err = linksOf(ctx, stmt, id); err != nil {
			return nil, err
		}
	}
	return places, nil
}

const (
	passageColumns = `e.tweet_id, e.author, e.handle, e.posted_date, e.posted_at, e.text, e.form, e.confidence, e.start, e.end, e.raw, e.before, e.after`
	placeColumns   = `f.name, a.record, a.url, a.title, ` + outletOf + `, a.date, a.places, t.key, ` + passageColumns
)

// scanPassage reads passageColumns, after other columns if there are any.
func scanPassage(rows *sql.Rows, others ...any) (s Passage, err error) {
	var at string
	err = rows.Scan(append(others, &s.ID, &s.Author, &s.Handle, &s.Date, &at, &s.Text, &s.Form, &s.Confidence, &s.Start, &s.End, &s.Raw, &s.Before, &s.After)...)
	s.At = parseTime(at)
	return s, err
}

// scanPlace reads placeColumns, after other columns if there are any.
func scanPlace(rows *sql.Rows, others ...any) (p Place, err error) {
	a := &p.Article
	p.Passage, err = scanPassage(rows, append(others, &a.File, &a.Record, &a.URL, &a.Title, &a.Outlet, &a.Date, &p.Places, &p.Key)...)
	return p, err
}

// InArticle lists the embeds of the article at a place, in order, and the keys of their
// tweets. If no article is there any more, they are those of the articles that were. The
// file is as exports have it, or its absolute path.
func (db *DB) InArticle(ctx context.Context, o archive.Origin) (places []Place, keys []string, err error) {
	defer func() { err = db.explain(err) }()
	files, err := db.filesAt(ctx, o.File)
	if err != nil {
		return nil, nil, err
	}
	rows, err := db.sql.QueryContext(ctx, `SELECT t.key, `+placeColumns+`
		FROM places p JOIN files f ON f.id = p.file JOIN articles a ON a.id = p.article JOIN embeds e ON e.article = a.id JOIN tweets t ON t.id = e.tweet
		WHERE p.file IN (SELECT value FROM json_each(?1)) AND p.record = ?2 AND (p.current OR NOT EXISTS (SELECT 1 FROM places c WHERE c.file IN (SELECT value FROM json_each(?1)) AND c.record = ?2 AND c.current))
		ORDER BY f.path, f.key, a.key, e.start`, list(files), o.Record)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		p, err := scanPlace(rows, &key)
		if err != nil {
			return nil, nil, err
		}
		p.Article.Origin = o
		places, keys = append(places, p), append(keys, key)
	}
	return places, keys, rows.Err()
}

// filesAt are the rows of the files with a name or an absolute path.
func (db *DB) filesAt(ctx context.Context, path string) ([]int64, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT key FROM scopes`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []int64
	for rows.Next() {
		var scope string
		if err := rows.Scan(&scope); err != nil {
			return nil, err
		}
		keys = append(keys, fileKey(scope, path))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return readList(ctx, db.sql, `SELECT id FROM files WHERE name = ? UNION SELECT id FROM files WHERE key IN (SELECT value FROM json_each(?))`, path, list(keys))
}

// An ArticleRef is an article with the number of embeds in it that were asked for.
type ArticleRef struct {
	archive.Article // without its body
	Embeds          int
}

// Articles lists the articles in which the counted tweets are embedded, the latest first.
func (m *Match) Articles(ctx context.Context, limit, offset int) (articles []ArticleRef, err error) {
	defer func() { err = m.db.explain(err) }()
	_, where, args, err := m.counted(ctx)
	if err != nil {
		return nil, err
	}
	return m.db.articles(ctx, `SELECT f.name, a.record, a.url, a.title, `+outletOf+`, a.date, n FROM
		(SELECT e.article AS article, count(*) AS n FROM embeds e WHERE `+where+` GROUP BY e.article) JOIN articles a ON a.id = article JOIN files f ON f.id = a.file
		`+latestFirst, append(args, limit, offset)...)
}

const latestFirst = `ORDER BY a.date DESC, f.name, f.path, f.key, a.record, a.key LIMIT ? OFFSET ?`

func (db *DB) articles(ctx context.Context, query string, args ...any) (articles []ArticleRef, err error) {
	rows, err := db.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a ArticleRef
		if err := rows.Scan(&a.File, &a.Record, &a.URL, &a.Title, &a.Outlet, &a.Date, &a.Embeds); err != nil {
			return nil, err
		}
		articles = append(articles, a)
	}
	return articles, rows.Err()
}
