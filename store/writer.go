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

// Tested in answers_test.go and places_test.go.

// What was added is saved in a transaction when one of these limits is reached. With some
// hundreds of articles in a transaction, archiving is three times as fast as with one; with
// some thousands, the full-text index needs half as much merging.
const (
	batchArticles = 1 << 12
	batchFiles    = 1 << 12
	batchBytes    = 32 << 20
	batchTime     = 2 * time.Second
)

// A Writer adds what a scan found; it is one run. A transaction has whole articles together
// with how far their files were read. So whenever the program is killed, no article is
// lost in part and none is there twice. After the first error nothing more is saved.
type Writer struct {
	db  *DB
	run Run
	ctx context.Context

	mu         sync.Mutex // for the fields that Resume and Add share
	resumed    map[*archive.File]*resumed
	respelled  []archive.File // skipped files with a spelling that comes before the known one
	met        map[int64]bool // the inputs that were met, also those that were skipped
	skipped    int
	unreadable int // records in skipped files that could not be read then

	conn       *sql.Conn
	stmts      map[string]*sql.Stmt
	runID      int64
	began      int64 // when this run began, see places.go
	scope      string
	counts     Counts
	err        error
	open       map[string]*reading // files that are being read
	pending    []stretch           // what the next transaction will hold
	superseded []Count
	size       struct {
		articles, bytes int
		since           time.Time
	}
	shards  *batch         // of small shards, which share the open transaction; nil if none is open
	crowded map[int64]bool // the blocks known to be crowded
}

// reading is a file while it is being read.
type reading struct {
	archive.File
	in           *reading // its container, or nil
	row, version int64    // 0 before they are known
	began        int64    // of an input: when its reading began, which may have been in an earlier run
	fresh        bool     // no part of it was read in an earlier run
	broken       bool     // of an input: some of it could not be read
	damaged      bool     // some of it is lost, so it must be read from its beginning
	progress
	members progress // of a container: what was read of its files
}

// progress is how far a file was read.
type progress struct{ record, records, articles, embeds, errors int }

// add adds what was read of another file.
func (p *progress) add(q progress) {
	p.records += q.records
	p.articles += q.articles
	p.embeds += q.embeds
	p.errors += q.errors
}

// resumed is what an earlier run read of a file or, for a container, of its files that are
// skipped.
type resumed struct {
	progress
	began int64
}

// input is the file itself or its container.
func (r *reading) input() *reading {
	if r.in != nil {
		return r.in
	}
	return r
}

// stretch is what the archive keeps of a part.
type stretch struct {
	*reading
	upTo     progress // of the file, with this part
	last     bool     // the file ends here
	began    int64    // when the run began that read it
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

// connect makes a writer that is no run, for changes of what is in the archive.
func (db *DB) connect() (*Writer, error) {
	ctx := context.Background() // so that a transaction is always finished
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

// pathOf is the path in the table files.
func pathOf(f *archive.File) string {
	if f.Abs == "" && f.Path != "-" {
		return f.Path
	}
	return f.Abs
}

// scopeOf is the scope of an input of this run. URLs have the same scope everywhere.
func (w *Writer) scopeOf(f *archive.File) string {
	if strings.Contains(pathOf(f), "://") {
		return ""
	}
	return w.scope
}

// options is the hash of the options that decide what is found in an input.
func (w *Writer) options(f *archive.File) int64 {
	if f.Holds && w.run.Globs != "" {
		return hash(w.run.Options, w.run.Globs)
	}
	return hash(w.run.Options)
}

// Resume tells the reader of a file where to go on: after which record, and whether it may
// skip the file. It may if the file was read to its end with the same options and has not
// changed since: its size and time are the same or, if the file comes with its hash, the
// hash is. A file whose reading was broken off goes on after its last record. All others
// begin anew. Resume may be called while Add runs.
func (w *Writer) Resume(f *archive.File) (after int, skip bool) {
	in := f
	if f.In != nil {
		in = f.In
	}
	if in.Size < 0 {
		return 0, false
	}
	last, err := w.lastVersion(in)
	if err != nil {
		return 0, false // there is none; if the archive cannot be read, Add says so
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.met[last.input] = true
	switch {
	case w.run.Force:
		return 0, false
	case last.skip && in != f: // another run has read all of the container since this one asked
		return 0, false
	case last.skip:
		if in.Path < last.name {
			w.respelled = append(w.respelled, *f)
		}
		w.skipped++
		w.unreadable += last.errors
		return 0, true
	case f.Holds, !last.same:
		return 0, false
	}
	return w.goOn(f, in, last.version)
}

// lastVersion is what the archive has about an input with this size, time or hash, and
// these options.
type lastVersion struct {
	input, version int64 // rows
	name           string
	skip           bool // it was read to its end
	errors         int
	same           bool // as the version that Add will read
}

func (w *Writer) lastVersion(in *archive.File) (v lastVersion, err error) {
	ask, err := w.db.prepared(w.ctx, `SELECT i.id, i.name, v.id, v.done > 0 AND v.done >= i.complete AND v.done >= i.gone AS skip, v.errors, v.sha256 = ?4 AS same FROM files i JOIN versions v ON v.file = i.id
		WHERE i.key = +?1 AND v.size = +?2 AND v.options = +?3 AND iif(?4 = '', v.mtime = ?5, v.sha256 = ?4) ORDER BY skip DESC, same DESC, v.done DESC, v.id LIMIT 1`)
	if err == nil {
		err = ask.QueryRowContext(w.ctx, fileKey(w.scopeOf(in), pathOf(in)), in.Size, w.options(in), in.SHA256, mtime(in)).Scan(&v.input, &v.name, &v.version, &v.skip, &v.errors, &v.same)
	}
	return v, err
}

// goOn is Resume for a file of a version that was not read to its end; the lock is held.
func (w *Writer) goOn(f, in *archive.File, version int64) (after int, skip bool) {
	r := &resumed{}
	ask, err := w.db.prepared(w.ctx, `SELECT p.began, p.record, p.records, p.articles, p.embeds, p.errors, p.done FROM progress p JOIN files f ON f.id = p.file JOIN files i ON i.id = f.input
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

// Add adds a part, which belongs to the writer from then on. It is the Keep of an
// archive.Scan.
func (w *Writer) Add(p archive.Part) error {
	if w.err != nil {
		return w.err
	}
	n := progress{record: p.Record, records: p.Records}
	broken, damaged := w.addErrors(&n, p.Errors)
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
		f.Embeds = nil // a record full of tweets takes much memory
	}
	n.articles = len(found)
	if n.records <= 0 && !p.Last && !broken || p.File.Path == "" {
		return nil
	}
	r := w.reading(p.File)
	r.input().broken = r.input().broken || broken
	r.damaged = r.damaged || damaged
	return w.add(r, n, stretch{last: p.Last, found: found, revisits: revisits, counted: all})
}

// addErrors counts what could not be read. It says whether the file is broken, that is
// must be read again, and whether it is also damaged, that is from its beginning.
func (w *Writer) addErrors(n *progress, errors []*archive.ReadError) (broken, damaged bool) {
	for _, e := range errors {
		w.mu.Lock()
		w.counts.addError(archive.Reason(e))
		w.mu.Unlock()
		_, skipped := e.Err.(archive.Skipped)
		damaged = damaged || archive.IsDamage(e)
		if e.Record == 0 { // it is about the whole file
			broken = broken || !skipped
			n.records--
		} else if !skipped {
			n.errors++
		}
	}
	return broken || damaged, damaged
}

// reading is a file, with how far it was read before.
func (w *Writer) reading(f *archive.File) *reading {
	r := w.open[pathOf(f)]
	if r != nil && !f.Holds {
		return r
	}
	w.mu.Lock()
	before := w.resumed[f] // for this reading of the file, not another one; for a container there is more each time Resume was asked about its files
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

// add adds a stretch of a reading; n is what was read in it.
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

// full says whether it is time to save what was added.
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

// Superseded says how many tweets are no longer in which inputs, as of the last Flush.
func (w *Writer) Superseded() []Count { return w.superseded }

// Flush saves what was added: when it returns nil, all of it is in the archive.
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

// Close saves what was added, and ends the run. Closing again does nothing.
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
		// Moves the log into the main file and onto the disk. If a reader is in the way,
		// that happens later.
		var busy, log, moved int
		if err := w.conn.QueryRowContext(w.ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
			w.err = w.db.explain(err)
		}
	}
	return errors.Join(w.err, w.disconnect())
}

// moved finds inputs that are gone, and saves that articles in them moved if this run met
// the articles elsewhere.
func (w *Writer) moved() error {
	met := list(slices.Sorted(maps.Keys(w.met)))
	others, err := w.notMet(met)
	if err != nil {
		return err
	}
	gone := map[int64]bool{}
	for row, path := range others {
		if w.run.Gone(path) {
			gone[row] = true
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return w.transaction(func() error {
		b := batch{Writer: w}
		if err := b.begin(); err != nil {
			return err
		}
		rows := slices.Sorted(maps.Keys(gone))
		for _, row := range rows {
			if err := b.exec(`UPDATE files SET gone = max(gone, ?) WHERE id = ?`, w.began, row); err != nil {
				return err
			}
			if err := b.moveFrom(row, gone); err != nil {
				return err
			}
		}
		if err := b.moveCounted(list(rows), met); err != nil {
			return err
		}
		return b.identify()
	})
}

// notMet are the inputs, path by row, that this run did not meet, and that have an article
// which is also in an input that it met.
func (w *Writer) notMet(met string) (others map[int64]string, err error) {
	others = map[int64]string{}
	var article int64
	places := map[int64]string{} // inputs of this article
	here := false                // this run met one of them
	end := func() {
		for row, path := range places {
			if here && !w.met[row] {
				others[row] = path
			}
		}
		clear(places)
		here = false
	}
	err = w.query(func(r *sql.Rows) error {
		var id, row int64
		var path string
		err := r.Scan(&id, &row, &path)
		if id != article {
			end()
		}
		article, here = id, here || w.met[row]
		places[row] = path
		return err
	}, `SELECT a.id, i.id, i.path FROM articles a INDEXED BY articles_many JOIN places p ON p.article = a.id JOIN files f ON f.id = p.file JOIN files i ON i.id = f.input
		WHERE a.places > 1 AND p.current AND i.scope = 1 AND i.path <> '' ORDER BY a.id`)
	if err != nil {
		return nil, err
	}
	end()
	// Articles without tweets move, too.
	err = w.query(func(r *sql.Rows) error {
		var row int64
		var path string
		err := r.Scan(&row, &path)
		others[row] = path
		return err
	}, `SELECT DISTINCT i.id, i.path FROM `+countedNow+` WHERE i.scope = 1 AND i.path <> '' AND i.id NOT IN (SELECT value FROM json_each(?1))
		AND EXISTS (SELECT 1 FROM counted o JOIN files g ON g.id = o.file WHERE o.article = c.article AND g.input IN (SELECT value FROM json_each(?1)))`, met)
	return others, err
}

// moveFrom saves which articles of an input that is gone are elsewhere: all that have a
// current place in an input that is not gone. Where this run met such an input, the
// article is seen there now, also if the input was skipped, so that the archive knows
// since when it is there.
func (b *batch) moveFrom(input int64, gone map[int64]bool) error {
	ids, err := b.unsettle(input, 0, b.began)
	if err != nil {
		return err
	}
	articles, err := standings(b.query, ids)
	if err != nil {
		return err
	}
	elsewhere := func(p *standing) bool { return p.current && p.scope == 1 && !gone[p.input] }
	for id, a := range articles {
		a.first()
		if !slices.ContainsFunc(a.all, func(p standing) bool { return elsewhere(&p) }) {
			continue // a revisit elsewhere is not enough
		}
		for _, places := range [][]standing{a.all, a.should} {
			for i := range places {
				p := &places[i]
				switch {
				case p.last >= b.began:
					continue
				case p.input == input:
					p.moved = b.began
				case elsewhere(p) && b.met[p.input]:
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
	}
	return nil
}

// transaction runs f in a transaction that has the lock for writing from its beginning.
func (w *Writer) transaction(f func() error) error {
	if err := w.saveShards(); err != nil {
		return err
	}
	if err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	return w.end(f())
}

// end ends a transaction; if there was an error, it undoes all of it.
func (w *Writer) end(err error) error {
	if err == nil {
		err = w.exec(`COMMIT`)
	}
	if err != nil {
		w.exec(`ROLLBACK`) // SQLite may have done so already
	}
	return err
}

// stmt is a prepared statement of the writer's connection. Statements that join tables have
// +? in place of ?, because SQLite would plan them anew for each value of ?.
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

// query calls each for every row of a query.
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

// list is a list of values for "IN (SELECT value FROM json_each(?))".
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
