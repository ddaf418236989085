package store

import (
	"context"
	"database/sql"
	"sync"
)

// Watch says whether the archive has changed, whoever changed it.
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
