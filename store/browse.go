package store

import (
	"context"
	"database/sql"
	"sync"

	"tweetarc/archive"
)

// Watch tells whether the archive has changed, whoever changed it.
type Watch struct {
	mu   sync.Mutex
	conn *sql.Conn
	db   *DB
}

// Watch holds a connection until it is closed.
func (db *DB) Watch(ctx context.Context) (*Watch, error) {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return nil, db.explain(err)
	}
	return &Watch{conn: conn, db: db}, nil
}

// Version is another number after every change that was committed.
func (w *Watch) Version(ctx context.Context) (n int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	err = w.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&n)
	return n, w.db.explain(err)
}

// Close gives the connection back.
func (w *Watch) Close() error { return w.conn.Close() }

// ArticleRef is an article with how many sightings it holds of what was asked
// for.
type ArticleRef struct {
	archive.Article // without its body
	Embeds          int
}

// Articles lists the articles in which the tweets are embedded that are counted,
// the latest first.
func (m *Match) Articles(ctx context.Context, limit, offset int) (articles []ArticleRef, err error) {
	defer func() { err = m.db.explain(err) }()
	where, args, err := m.where(ctx, "e.tweet")
	if err != nil {
		return nil, err
	}
	rows, err := m.db.sql.QueryContext(ctx, `SELECT f.path, a.record, a.url, a.title, a.date, n FROM
		(SELECT e.article AS article, count(*) AS n FROM embeds e WHERE `+where+` GROUP BY e.article) JOIN articles a ON a.id = article JOIN files f ON f.id = a.file
		ORDER BY a.date DESC, f.path, a.record LIMIT ? OFFSET ?`, append(args, limit, offset)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a ArticleRef
		if err := rows.Scan(&a.File, &a.Record, &a.URL, &a.Title, &a.Date, &a.Embeds); err != nil {
			return nil, err
		}
		articles = append(articles, a)
	}
	return articles, rows.Err()
}

// Run is the manifest of one run, with some of its inputs, and tells how many
// there are; limit 0 is all.
func (db *DB) Run(ctx context.Context, key string, limit, offset int) (m *Manifest, total int, err error) {
	defer func() { err = db.explain(err) }()
	all, err := db.Runs(ctx)
	if err != nil {
		return nil, 0, err
	}
	for i := range all {
		if all[i].Key == key {
			m = &all[i]
		}
	}
	if m == nil {
		return nil, 0, &Error{notFound{errorf("%s: no run %q", db.path, key)}, "see tweetarc runs"}
	}
	if limit <= 0 {
		limit = -1
	}
	if err := db.sql.QueryRowContext(ctx, `SELECT count(*)`+inputsOf, key).Scan(&total); err != nil {
		return nil, 0, err
	}
	err = db.inputs(ctx, func(in Input) error {
		m.Inputs = append(m.Inputs, in)
		return nil
	}, `SELECT `+inputColumns+inputsOf+` ORDER BY i.path LIMIT ? OFFSET ?`, key, limit, offset)
	return m, total, err
}

// Doubts are the findings of Verify about one sighting of a tweet.
func Doubts(p *Place, t *Tweet) []Finding {
	var all []Finding
	for _, check := range evidence {
		if detail := check.find(p, t.Text); detail != "" {
			all = append(all, Finding{check.name, t.Key, p.Handle, p.Date, p.Article.File, p.Article.Record, p.Start, detail})
		}
	}
	return all
}
