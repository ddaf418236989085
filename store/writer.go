package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"tweetarc/archive"
)

// A transaction is made of what has gathered when one of these is reached: some
// hundreds of articles are three times as fast as one each, and some thousands
// spare the full-text index half of its merging.
const (
	batchArticles = 1 << 12
	batchFiles    = 1 << 12
	batchBytes    = 32 << 20
	batchTime     = 2 * time.Second
)

// Writer adds what a scan found. Transactions hold whole articles together
// with their files' progress, so that whenever the program is killed nothing
// of an article is lost and nothing stands twice. Errors are lasting: after
// the first nothing more is saved.
type Writer struct {
	db  *DB
	run Run
	ctx context.Context

	mu      sync.Mutex     // guards what Resume shares with Add
	resumed map[string]int // files to be read on, and behind which record
	skipped int

	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	runID   int64
	counts  Counts
	err     error
	reading map[string]int  // the last record of the files that are not at their end
	pending []stretch       // what the next transaction will hold
	paths   map[string]bool // the files in pending
	size    struct {
		articles, bytes int
		since           time.Time
	}
	crowded map[int64]bool // blocks known to be
}

// stretch is a part, cut down to what is kept of it.
type stretch struct {
	file     archive.File
	from, to int  // records: behind from, up to to
	last     bool // the file ends here
	broken   bool // the rest of it could not be read
	detector string
	records  int
	embeds   int
	errors   int
	found    []Sightings
}

// Writer begins a run. Several writers of one archive, also in different
// programs, take turns.
func (db *DB) Writer(run Run) (*Writer, error) {
	ctx := context.Background() // a transaction that has begun is finished
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return nil, db.explain(err)
	}
	w := &Writer{
		db: db, run: run, ctx: ctx, conn: conn,
		resumed: map[string]int{}, reading: map[string]int{}, paths: map[string]bool{},
		stmts: map[string]*sql.Stmt{}, crowded: map[int64]bool{},
	}
	// A larger log is moved into the file less often.
	if _, err := conn.ExecContext(ctx, `PRAGMA wal_autocheckpoint = 16384`); err != nil {
		conn.Close()
		return nil, db.explain(err)
	}
	if w.runID, err = beginRun(ctx, conn, run); err != nil {
		conn.Close()
		return nil, db.explain(err)
	}
	return w, nil
}

// Resume tells the reader of a file where to go on: behind which record, and
// whether the file may be skipped, because this detector read it to its end and
// it has not changed since: size and time, or if the file comes with its hash
// this alone. An interrupted one goes on behind
// its last record; all others begin anew, and what the archive holds of them is
// replaced stretch by stretch. It may be called while Add runs.
func (w *Writer) Resume(f *archive.File) (after int, skip bool) {
	if w.run.Force || f.Size < 0 {
		return 0, false
	}
	var done bool
	ask, err := w.db.prepared(w.ctx, `SELECT record, done FROM files WHERE path = ?1 AND size = ?2 AND detector = ?3 AND iif(?4 = '', mtime = ?5, sha256 = ?4)`)
	if err == nil {
		err = ask.QueryRowContext(w.ctx, f.Path, f.Size, w.run.Detector, f.SHA256, mtime(f)).Scan(&after, &done)
	}
	if err != nil {
		return 0, false // not there; should the file be unreadable, Add says so
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if done {
		w.skipped++
		return after, true
	}
	if after > 0 {
		w.resumed[f.Path] = after
	}
	return after, false
}

func mtime(f *archive.File) int64 {
	if f.ModTime.IsZero() {
		return 0
	}
	return f.ModTime.UnixNano()
}

func timeOf(mtime int64) time.Time {
	if mtime == 0 {
		return time.Time{}
	}
	return time.Unix(0, mtime)
}

// Add keeps a part. It is archive.Scan's Keep.
func (w *Writer) Add(p archive.Part) error {
	s := stretch{file: *p.File, detector: w.run.Detector, to: p.Record, last: p.Last, records: p.Records}
	for _, e := range p.Errors {
		w.mu.Lock()
		w.counts.addError(archive.Reason(e))
		w.mu.Unlock()
		if e.Record == 0 { // the file as a whole: try it again next time
			s.broken = true
			s.records--
		} else if _, skipped := e.Err.(archive.Skipped); !skipped {
			s.errors++
		}
	}
	for _, f := range p.Found {
		s.found = append(s.found, sightingsOf(f))
	}
	return w.add(s)
}

func (w *Writer) add(s stretch) error {
	if w.err != nil {
		return w.err
	}
	if s.records <= 0 && !s.last && !s.broken {
		return nil
	}
	path := s.file.Path
	from, begun := w.reading[path]
	if !begun {
		if w.paths[path] { // given twice
			if err := w.Flush(); err != nil {
				return err
			}
		}
		w.mu.Lock()
		from = w.resumed[path]
		delete(w.resumed, path)
		w.counts.Files++
		w.mu.Unlock()
	}
	s.from, s.to = from, max(from, s.to)
	if s.last {
		delete(w.reading, path)
	} else {
		w.reading[path] = s.to
	}
	for _, f := range s.found {
		s.embeds += len(f.Embeds)
		w.size.bytes += f.size()
	}
	w.mu.Lock()
	w.counts.add(&s)
	w.mu.Unlock()
	w.size.articles += len(s.found)
	if len(w.pending) == 0 {
		w.size.since = time.Now()
	}
	w.pending = append(w.pending, s)
	w.paths[path] = true
	if w.size.articles >= batchArticles || w.size.bytes >= batchBytes || len(w.pending) >= batchFiles || time.Since(w.size.since) >= batchTime {
		return w.Flush()
	}
	return nil
}

// Counts is what this run has read and found so far.
func (w *Writer) Counts() Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.counts
	c.Skipped = w.skipped
	c.Forms, c.Errors = maps.Clone(c.Forms), maps.Clone(c.Errors)
	return c
}

// Flush saves what has gathered. When it returns nil all that was added is in
// the archive.
func (w *Writer) Flush() error {
	if w.err == nil && len(w.pending) > 0 {
		w.err = w.db.explain(w.transaction(func() error {
			b := batch{Writer: w}
			return b.save(w.pending)
		}))
	}
	clear(w.pending)
	w.pending = w.pending[:0]
	clear(w.paths)
	w.size.articles, w.size.bytes = 0, 0
	return w.err
}

// Close saves what has gathered and ends the run. Closing again does nothing.
func (w *Writer) Close() error {
	if w.stmts == nil {
		return nil
	}
	w.Flush()
	if w.err == nil {
		counts, err := json.Marshal(w.Counts())
		if err == nil {
			err = w.exec(`UPDATE runs SET ended = ?, counts = ? WHERE id = ?`, formatTime(time.Now()), string(counts), w.runID)
		}
		w.err = w.db.explain(err)
	}
	for _, s := range w.stmts {
		s.Close()
	}
	w.stmts = nil
	if w.err == nil {
		// Into the main file and onto the disk; a reader may stand in the way,
		// and then it happens later.
		var busy, log, moved int
		if err := w.conn.QueryRowContext(w.ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
			w.err = w.db.explain(err)
		}
	}
	return errors.Join(w.err, w.conn.Close())
}

// transaction runs f in an immediate transaction: whoever will write takes the
// lock before it reads.
func (w *Writer) transaction(f func() error) error {
	if err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = w.exec(`COMMIT`)
	}
	if err != nil {
		w.exec(`ROLLBACK`) // may have happened already
	}
	return err
}

// stmt is the prepared statement of the writer's connection.
func (w *Writer) stmt(query string) (*sql.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(w.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, query)
	}
	w.stmts[query] = s
	return s, nil
}

func (w *Writer) exec(query string, args ...any) error {
	s, err := w.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(w.ctx, args...)
	return err
}

// query calls each for every row.
func (w *Writer) query(each func(*sql.Rows) error, query string, args ...any) error {
	s, err := w.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(w.ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list is the argument for "IN (SELECT value FROM json_each(?))".
func list[T int | int64 | string](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // integers and strings
	}
	return string(b)
}
