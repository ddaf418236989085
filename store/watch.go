package store

import (
	"context"
	"database/sql"
	"sync"
)

// Tested in match_test.go.

// A Watch says whether the archive has changed, also by another program.
type Watch struct {
	mu   sync.Mutex
	conn *sql.Conn
	db   *DB
}

// Watch begins to watch the archive. The Watch holds a connection until it is closed.
func (db *DB) Watch(ctx context.Context) (*Watch, error) {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return nil, db.explain(err)
	}
	return &Watch{conn: conn, db: db}, nil
}

// Version is a number that differs after every committed change.
func (w *Watch) Version(ctx context.Context) (n int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	err = w.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&n)
	return n, w.db.explain(err)
}

// Close gives the connection back.
func (w *Watch) Close() error { return w.conn.Close() }
