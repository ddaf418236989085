package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/tweetarc/archive"
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
// of an article is lost and nothing is there twice. Errors are lasting: after
// the first nothing more is saved.
type Writer struct {
	db  *DB
	run Run
	ctx context.Context

	mu         sync.Mutex // guards what Resume shares with Add
	resumed    map[*archive.File]*resumed
	respelled  []archive.File // skipped files that have a name before the one that is known
	met        map[int64]bool // the inputs met, also those that were skipped
	skipped    int
	unreadable int // records of these that could not be read when they were

	conn       *sql.Conn
	stmts      map[string]*sql.Stmt
	runID      int64
	began      int64 // when this run did, see places.go
	scope      string
	counts     Counts
	err        error
	open       map[string]*reading // files that are not at their end
	pending    []stretch           // what the next transaction will hold
	superseded []Count
	size       struct {
		articles, bytes int
		since           time.Time
	}
	shards  *batch         // of small ones, which share the transaction that is open; nil without
	crowded map[int64]bool // blocks known to be
}

// reading is a file while it is read.
type reading struct {
	archive.File
	in           *reading // the container that it is in, or nil
	row, version int64    // 0 before they are known
	began        int64    // of an input: when the reading began, perhaps in an earlier run
	fresh        bool     // no part of it was read in an earlier run
	broken       bool     // of an input: some of it could not be read
	damaged      bool     // what is in it is not all that was: it is to be read anew
	progress
	members progress // of a container: what was read of the files in it
}

// progress is how far a file has been read.
type progress struct{ record, records, articles, embeds, errors int }

// add counts what was read of another file, too.
func (p *progress) add(q progress) {
	p.records += q.records
	p.articles += q.articles
	p.embeds += q.embeds
	p.errors += q.errors
}

// resumed is what an earlier run has read of a file, or of a container's files that are
// skipped.
type resumed struct {
	progress
	began int64
}

func (r *reading) input() *reading {
	if r.in != nil {
		return r.in
	}
	return r
}

// stretch is a part, cut down to what is kept of it.
type stretch struct {
	*reading
	upTo     progress
	last     bool  // the file ends here
	began    int64 // when the run did that read it
	found    []articleEmbeds
	revisits []revisit
	counted  []counted
}

// Writer begins a run. Several writers of one archive, also in different
// programs, take turns.
func (db *DB) Writer(run Run) (*Writer, error) {
	w, err := db.connect()
	if err != nil {
		return nil, db.explain(err)
	}
	w.run = run
	// A larger log is moved into the file less often.
	_, err = w.conn.ExecContext(w.ctx, `PRAGMA wal_autocheckpoint = 16384`)
	if err == nil {
		err = w.conn.QueryRowContext(w.ctx, `SELECT key FROM scopes WHERE id = 1`).Scan(&w.scope)
	}
	if err == nil {
		w.runID, w.began, err = beginRun(w.ctx, w.conn, run)
	}
	if err != nil {
		w.disconnect()
		return nil, db.explain(err)
	}
	return w, nil
}

// connect makes a writer that is no run: it changes what follows from what is there.
func (db *DB) connect() (*Writer, error) {
	ctx := context.Background() // a transaction that has begun is finished
	conn, err := db.sql.Conn(ctx)
	return &Writer{
		db: db, ctx: ctx, conn: conn,
		resumed: map[*archive.File]*resumed{}, met: map[int64]bool{}, open: map[string]*reading{},
		stmts: map[string]*sql.Stmt{}, crowded: map[int64]bool{},
	}, err
}

// disconnect gives the connection back.
func (w *Writer) disconnect() error {
	for _, s := range w.stmts {
		s.Close()
	}
	w.stmts = nil
	return w.conn.Close()
}

// pathOf is what a file is known by.
func pathOf(f *archive.File) string {
	if f.Abs == "" && f.Path != "-" {
		return f.Path
	}
	return f.Abs
}

// scopeOf is the scope of an input of this run: that of a URL is everywhere the same.
func (w *Writer) scopeOf(f *archive.File) string {
	if strings.Contains(pathOf(f), "://") {
		return ""
	}
	return w.scope
}

// options is the hash of the options that decide what an input gives.
func (w *Writer) options(f *archive.File) int64 {
	if f.Holds && w.run.Globs != "" {
		return hash(w.run.Options, w.run.Globs)
	}
	return hash(w.run.Options)
}

// Resume tells the reader of a file where to go on: after which record, and whether
// the file may be skipped, because it was read to its end with the same options and
// has not changed since: size and time, or if the file comes with its hash this
// alone. One that was broken off goes on after its last record; all others begin
// anew. It may be called while Add runs.
func (w *Writer) Resume(f *archive.File) (after int, skip bool) {
	in := f
	if f.In != nil {
		in = f.In
	}
	if in.Size < 0 {
		return 0, false
	}
	var input, version int64
	var name string
	var errors int
	var same bool // as the version that Add will read
	ask, err := w.db.prepared(w.ctx, `SELECT i.id, i.name, v.id, v.done > 0 AND v.done >= i.complete AND v.done >= i.gone AS skip, v.errors, v.sha256 = ?4 AS same FROM files i JOIN versions v ON v.file = i.id
		WHERE i.key = +?1 AND v.size = +?2 AND v.options = +?3 AND iif(?4 = '', v.mtime = ?5, v.sha256 = ?4) ORDER BY skip DESC, same DESC, v.done DESC, v.id LIMIT 1`)
	if err == nil {
		err = ask.QueryRowContext(w.ctx, fileKey(w.scopeOf(in), pathOf(in)), in.Size, w.options(in), in.SHA256, mtime(in)).Scan(&input, &name, &version, &skip, &errors, &same)
	}
	if err != nil {
		return 0, false // not there; should the archive be unreadable, Add says so
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.met[input] = true
	if w.run.Force {
		return 0, false
	}
	switch {
	case skip && in != f: // another run has read all of the container since this one asked
		return 0, false
	case skip:
		if in.Path < name {
			w.respelled = append(w.respelled, *f)
		}
		w.skipped++
		w.unreadable += errors
		return 0, true
	}
	if f.Holds || !same {
		return 0, false
	}
	r := &resumed{}
	ask, err = w.db.prepared(w.ctx, `SELECT p.began, p.record, p.records, p.articles, p.embeds, p.errors, p.done FROM progress p JOIN files f ON f.id = p.file JOIN files i ON i.id = f.input
		WHERE p.version = ? AND f.key = ? AND p.began >= i.complete AND p.began >= i.gone`) // else what it saw is superseded
	if err == nil {
		err = ask.QueryRowContext(w.ctx, version, fileKey(w.scopeOf(in), pathOf(f))).Scan(&r.began, &r.record, &r.records, &r.articles, &r.embeds, &r.errors, &skip)
	}
	if err != nil || r.record == 0 && !skip {
		return 0, false
	}
	if f.In != nil {
		before := w.resumed[in]
		if before == nil {
			before = &resumed{began: r.began}
			w.resumed[in] = before
		}
		before.began = min(before.began, r.began)
		if skip {
			before.add(r.progress)
		}
	}
	if skip {
		w.skipped++
		return 0, true
	}
	w.resumed[f] = r
	return r.record, false
}

func mtime(f *archive.File) int64 {
	if f.ModTime.IsZero() {
		return 0
	}
	return f.ModTime.UnixNano()
}

// Add keeps a part, which is the writer's from then on. It is archive.Scan's Keep.
func (w *Writer) Add(p archive.Part) error {
	if w.err != nil {
		return w.err
	}
	n := progress{record: p.Record, records: p.Records}
	broken, damaged := false, false
	for _, e := range p.Errors {
		w.mu.Lock()
		w.counts.addError(archive.Reason(e))
		w.mu.Unlock()
		_, skipped := e.Err.(archive.Skipped)
		damaged = damaged || archive.IsDamage(e)
		if e.Record == 0 { // the file as a whole: try it again next time
			broken = broken || !skipped
			n.records--
		} else if !skipped {
			n.errors++
		}
	}
	var found []articleEmbeds
	var all []counted
	revisits := revisitsIn(p)
	for i := range p.Found {
		f := &p.Found[i]
		if w.run.CountAll {
			all = append(all, countedOf(f.Article))
		}
		if len(f.Embeds) == 0 {
			continue
		}
		found = append(found, embedsOf(*f))
		n.embeds += len(f.Embeds)
		f.Embeds = nil // those of a record full of tweets take some memory
	}
	n.articles = len(found)
	if n.records <= 0 && !p.Last && !broken && !damaged {
		return nil
	}
	r := w.reading(p.File)
	r.input().broken = r.input().broken || broken || damaged
	r.damaged = r.damaged || damaged
	return w.add(r, n, stretch{last: p.Last, found: found, revisits: revisits, counted: all})
}

// reading is a file at the place to which it was read.
func (w *Writer) reading(f *archive.File) *reading {
	r := w.open[pathOf(f)]
	if r != nil && !f.Holds {
		return r
	}
	w.mu.Lock()
	before := w.resumed[f] // of this reading, and not of another one of the same file; of a container more of it as its files are asked for
	delete(w.resumed, f)
	if r == nil && !f.Holds {
		w.counts.Files++
	}
	w.mu.Unlock()
	if r == nil {
		r = &reading{File: *f, began: w.began, fresh: true}
		w.open[pathOf(f)] = r
		if f.In != nil {
			r.in = w.reading(f.In)
		}
	}
	switch {
	case before == nil:
	case f.Holds:
		r.began, r.fresh = min(r.began, before.began), false
		r.members.add(before.progress)
	default:
		r.progress, r.began, r.fresh = before.progress, before.began, false
	}
	return r
}

// add keeps a stretch of a reading, in which so much was read.
func (w *Writer) add(r *reading, n progress, s stretch) error {
	r.record = max(r.record, n.record)
	r.records += n.records
	r.articles += n.articles
	r.embeds += n.embeds
	r.errors += n.errors
	if s.last {
		delete(w.open, pathOf(&r.File))
		if r.in != nil {
			r.in.members.add(r.progress)
		}
	}
	w.mu.Lock()
	w.counts.add(n, s.found)
	w.counts.Counted += len(s.counted)
	w.mu.Unlock()
	w.size.articles += len(s.found)
	for i := range s.found {
		w.size.bytes += s.found[i].size()
	}
	w.size.bytes += 300*len(s.revisits) + 100*len(s.counted)
	if len(w.pending) == 0 {
		w.size.since = time.Now()
	}
	s.reading, s.upTo, s.began = r, r.progress, w.began
	w.pending = append(w.pending, s)
	if w.full() {
		return w.Flush()
	}
	return nil
}

// full tells whether what has gathered is to be saved.
func (w *Writer) full() bool {
	return w.size.articles >= batchArticles || w.size.bytes >= batchBytes || len(w.pending) >= batchFiles || time.Since(w.size.since) >= batchTime
}

// Counts is what this run has read and found so far.
func (w *Writer) Counts() Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.counts
	c.Skipped, c.Unreadable = w.skipped, w.unreadable
	c.Forms, c.Errors = maps.Clone(c.Forms), maps.Clone(c.Errors)
	return c
}

// Superseded says of which inputs how many tweets are no longer in them; after Flush.
func (w *Writer) Superseded() []Count { return w.superseded }

// Flush saves what has gathered. When it returns nil all that was added is in
// the archive.
func (w *Writer) Flush() error {
	w.mu.Lock()
	respelled := w.respelled
	w.respelled = nil
	w.mu.Unlock()
	w.saveShards()
	if w.err == nil && len(w.pending)+len(respelled) > 0 {
		w.err = w.db.explain(w.transaction(func() error {
			b := batch{Writer: w}
			return b.save(w.pending, respelled)
		}))
	}
	clear(w.pending)
	w.pending = w.pending[:0]
	w.size.articles, w.size.bytes = 0, 0
	return w.err
}

// Close saves what has gathered and ends the run. Closing again does nothing.
func (w *Writer) Close() error {
	if w.stmts == nil {
		return nil
	}
	w.Flush()
	if w.err == nil && w.run.Gone != nil {
		w.err = w.db.explain(w.moved())
	}
	if w.err == nil {
		counts, err := json.Marshal(w.Counts())
		if err == nil {
			err = w.exec(`UPDATE runs SET ended = ?, counts = ? WHERE id = ?`, formatTime(time.Now()), string(counts), w.runID)
		}
		w.err = w.db.explain(err)
	}
	if w.err == nil {
		// Into the main file and onto the disk; a reader may be in the way,
		// and then it happens later.
		var busy, log, moved int
		if err := w.conn.QueryRowContext(w.ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
			w.err = w.db.explain(err)
		}
	}
	return errors.Join(w.err, w.disconnect())
}

// moved looks for files that are gone among those of which an article was met
// elsewhere in this run: their articles have moved.
func (w *Writer) moved() error {
	type file struct {
		row  int64
		path string
	}
	others := map[file]bool{}
	var article int64
	var of []file // of this article
	here := false
	end := func() {
		for _, f := range of {
			if here && !w.met[f.row] {
				others[f] = true
			}
		}
		of, here = of[:0], false
	}
	err := w.query(func(r *sql.Rows) error {
		var id int64
		var f file
		err := r.Scan(&id, &f.row, &f.path)
		if id != article {
			end()
		}
		article, of, here = id, append(of, f), here || w.met[f.row]
		return err
	}, `SELECT a.id, i.id, i.path FROM articles a INDEXED BY articles_many JOIN places p ON p.article = a.id JOIN files f ON f.id = p.file JOIN files i ON i.id = f.input
		WHERE a.places > 1 AND p.current AND i.scope = 1 AND i.path <> '' ORDER BY a.id`)
	if err != nil {
		return err
	}
	end()
	// Articles without tweets have moved, too.
	met := list(slices.Sorted(maps.Keys(w.met)))
	err = w.query(func(r *sql.Rows) error {
		var f file
		err := r.Scan(&f.row, &f.path)
		others[f] = true
		return err
	}, `SELECT DISTINCT i.id, i.path FROM `+countedNow+` WHERE i.scope = 1 AND i.path <> '' AND i.id NOT IN (SELECT value FROM json_each(?1))
		AND EXISTS (SELECT 1 FROM counted o JOIN files g ON g.id = o.file WHERE o.article = c.article AND g.input IN (SELECT value FROM json_each(?1)))`, met)
	if err != nil {
		return err
	}
	for f := range others {
		if !w.run.Gone(f.path) {
			delete(others, f)
		}
	}
	if len(others) == 0 {
		return nil
	}
	gone := map[int64]bool{}
	for f := range others {
		gone[f.row] = true
	}
	return w.transaction(func() error {
		b := batch{Writer: w}
		if err := b.begin(); err != nil {
			return err
		}
		for f := range others {
			if err := b.exec(`UPDATE files SET gone = max(gone, ?) WHERE id = ?`, w.began, f.row); err != nil {
				return err
			}
			if err := b.moveFrom(f.row, func(input int64) bool { return gone[input] }); err != nil {
				return err
			}
		}
		if err := b.moveCounted(list(slices.Sorted(maps.Keys(gone))), met); err != nil {
			return err
		}
		return b.identify()
	})
}

// moveFrom says of an input that is gone which of its articles are elsewhere: all that
// have a place in another one that is not. Those that this run met are seen there, also
// where they were not read again, so that it is known from when they are.
func (b *batch) moveFrom(input int64, gone func(int64) bool) error {
	ids, err := b.unsettle(input, 0, b.began)
	if err != nil {
		return err
	}
	articles, err := standings(b.query, ids)
	if err != nil {
		return err
	}
	for id, a := range articles {
		elsewhere := func(p *standing) bool { return p.current && p.scope == 1 && !gone(p.input) }
		a.first()
		if !slices.ContainsFunc(a.all, func(p standing) bool { return elsewhere(&p) }) {
			continue // a revisit elsewhere does not keep it
		}
		for i := range len(a.all) + len(a.should) {
			var p *standing
			if i < len(a.all) {
				p = &a.all[i]
			} else {
				p = &a.should[i-len(a.all)]
			}
			switch {
			case p.input == input && p.last < b.began:
				p.moved = b.began
			case elsewhere(p) && b.met[p.input] && p.last < b.began:
				p.last = b.began
			default:
				continue
			}
			if p.revisit {
				err = b.joinRevisit(&p.seen)
			} else {
				err = b.writePlace(id, a.said, &p.seen)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// transaction runs f in an immediate transaction: whoever will write takes the
// lock before it reads.
func (w *Writer) transaction(f func() error) error {
	if err := w.saveShards(); err != nil {
		return err
	}
	if err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	return w.end(f())
}

// end ends a transaction, of which is undone all if there was an error.
func (w *Writer) end(err error) error {
	if err == nil {
		err = w.exec(`COMMIT`)
	}
	if err != nil {
		w.exec(`ROLLBACK`) // may have happened already
	}
	return err
}

// stmt is the prepared statement of the writer's connection. Where it joins tables, what
// one is asked by is +?, for with ? it would be planned anew for each value.
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
