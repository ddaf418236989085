package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"os"
	"strconv"
	"strings"

	"tweetarc/archive"
)

// FileState is a file of a corpus as it was read, wherever that was.
type FileState struct {
	archive.File
	Detector string
	SHA256   string // "" if it was not asked for
	Record   int    // the last record whose embeds are there
	Done     bool   // it was read to its end
	Records  int    // records read
	Errors   int    // records that could not be read
}

// compare orders what two archives know of one file: by the file's own state,
// the newer one being better, then by how it was read. It is what makes merging
// commutative.
func (s *FileState) compare(t *FileState) int {
	flag := map[bool]int{true: 1}
	return cmp.Or(
		cmp.Compare(mtime(&s.File), mtime(&t.File)),
		cmp.Compare(s.Size, t.Size),
		compareVersions(s.Detector, t.Detector),
		cmp.Compare(flag[s.Done], flag[t.Done]),
		cmp.Compare(s.Record, t.Record),
		cmp.Compare(s.Records, t.Records),
		cmp.Compare(s.Errors, t.Errors),
		cmp.Compare(s.SHA256, t.SHA256),
	)
}

// compareVersions orders versions of the detector by the number that they begin
// with, and then by what is behind it.
func compareVersions(a, b string) int {
	number := func(s string) int {
		first, _, _ := strings.Cut(s, " ")
		n, _ := strconv.Atoi(first) // 0 where it is none
		return n
	}
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
}

// incoming is a file that was read elsewhere, with what was found in it, in the order
// of records. What was read of it is known when its articles were read.
type incoming struct {
	FileState
	run      string         // key of the run that read it; "" is this one
	reasons  map[string]int // of errors, and of what was skipped
	articles iter.Seq2[Sightings, error]
}

// sourceError is an error of what is brought into the archive, not of the archive.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }

// replace puts a file in the place of what the archive holds of it, in one
// transaction. Where the archive has better of the file, replace does nothing and
// returns false; where both are the same, tie, if any, says whether the new one is
// better.
func (w *Writer) replace(f *incoming, tie func() (bool, error)) (replaced bool, err error) {
	if err := w.Flush(); err != nil {
		return false, err
	}
	var counts Counts
	err = w.transaction(func() error {
		old, known, err := w.state(f.Path)
		if err != nil {
			return err
		}
		if known {
			c := f.compare(&old)
			if c == 0 && tie != nil {
				better, err := tie()
				if err != nil {
					return err
				}
				if better {
					c = 1
				}
			}
			if c <= 0 {
				return nil
			}
		}
		replaced = true
		return w.put(f, &counts)
	})
	if err != nil { // nothing of the file was kept
		return false, err
	}
	w.join(&counts)
	return replaced, nil
}

// state is what the archive knows of a file.
func (w *Writer) state(path string) (s FileState, known bool, err error) {
	s.Path = path
	err = w.query(func(r *sql.Rows) error {
		known = true
		return scanState(r, &s)
	}, `SELECT `+stateColumns+` FROM files f WHERE path = ?`, path)
	return s, known, err
}

const stateColumns = `f.path, f.size, f.mtime, f.sha256, f.detector, f.record, f.done, f.records, f.errors`

func scanState(r *sql.Rows, s *FileState, others ...any) error {
	var mtime int64
	err := r.Scan(append([]any{&s.Path, &s.Size, &mtime, &s.SHA256, &s.Detector, &s.Record, &s.Done, &s.Records, &s.Errors}, others...)...)
	s.ModTime = timeOf(mtime)
	return err
}

// put puts a file in the place of what the archive holds of it, and counts it; the
// lock is held. This is the one way by which what was found elsewhere comes in.
func (w *Writer) put(f *incoming, counts *Counts) error {
	b := &batch{Writer: w}
	if err := b.begin(); err != nil {
		return err
	}
	file, err := b.file(f.Path)
	if err == nil && file == 0 {
		file, err = b.newFile(&stretch{file: f.File}, false)
	} else if err == nil {
		err = b.remove(file, math.MinInt64, math.MaxInt64)
	}
	if err != nil {
		return err
	}
	articles, embeds, gathered, bytes := 0, 0, 0, 0
	for found, err := range f.articles {
		if err != nil {
			return ofSource(err)
		}
		if err := b.add(file, &found); err != nil {
			return err
		}
		articles++
		embeds += len(found.Embeds)
		for _, e := range found.Embeds {
			addReason(&counts.Forms, string(e.Form), 1)
		}
		if gathered, bytes = gathered+1, bytes+found.size(); gathered < batchArticles && bytes < batchBytes {
			continue
		}
		if err := b.identify(); err != nil {
			return err
		}
		b, gathered, bytes = &batch{Writer: w}, 0, 0
		if err := b.begin(); err != nil {
			return err
		}
	}
	if err := b.identify(); err != nil {
		return err
	}
	runID := w.runID
	if f.run != "" {
		err = w.query(func(r *sql.Rows) error { return r.Scan(&runID) }, `SELECT id FROM runs WHERE key = ?`, f.run)
	} else {
		err = w.exec(`INSERT OR REPLACE INTO inputs (run, path, size, mtime, sha256, done, records, articles, embeds, errors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			runID, f.Path, f.Size, mtime(&f.File), f.SHA256, f.Done, f.Records, articles, embeds, f.Errors)
	}
	if err != nil {
		return err
	}
	counts.Files++
	counts.Records += f.Records
	counts.Articles += articles
	counts.Embeds += embeds
	for reason, n := range f.reasons {
		addReason(&counts.Errors, reason, n)
	}
	return w.exec(`UPDATE files SET size = ?, mtime = ?, sha256 = ?, detector = ?, run = ?, record = ?, done = ?, records = ?, articles = ?, embeds = ?, errors = ? WHERE id = ?`,
		f.Size, mtime(&f.File), f.SHA256, f.Detector, runID, f.Record, f.Done, f.Records, articles, embeds, f.Errors, file)
}

// Merged is what a merge did.
type Merged struct {
	Files    int // of the other archive
	Replaced int // of these were not there, or not as good
	Lookups  int // answers of the other archive
}

// Merge brings another archive into this one: its files, each in one
// transaction, its lookups and its manifests. Of a file that both know the
// newer state stays, read by the newer detector. So archives may be merged in
// any order and more than once: the exports are the same. What came by a shard
// file counts before what did not, and of two shards of an input the later one,
// as in AddShard: merging the shard files again changes nothing. A path is a
// file: what two machines call news.jsonl is taken for one.
func (w *Writer) Merge(ctx context.Context, other *DB) (m Merged, err error) {
	a, err1 := os.Stat(w.db.path)
	b, err2 := os.Stat(other.path)
	if err1 == nil && err2 == nil && os.SameFile(a, b) {
		return m, &Error{errorf("%s: an archive cannot be merged into itself", other.path), "name another one"}
	}
	defer func() {
		var theirs *sourceError
		if errors.As(err, &theirs) {
			err = other.explain(theirs.err)
		} else {
			err = w.db.explain(err)
		}
	}()
	tx, err := other.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // all of one moment
	if err != nil {
		return m, ofSource(err)
	}
	defer tx.Rollback()
	if err := w.mergeRuns(ctx, tx); err != nil {
		return m, err
	}
	if err := w.mergeShards(ctx, tx, &m); err != nil {
		return m, err
	}
	// No query of theirs stays open while ours write.
	for path, err := range firsts(ctx, tx, `SELECT path FROM files`, `path`) {
		if err != nil {
			return m, ofSource(err)
		}
		if done, err := ofShard(ctx, tx, path); err != nil {
			return m, ofSource(err)
		} else if done {
			continue
		}
		if better, err := ofShard(ctx, w.conn, path); err != nil {
			return m, err
		} else if better {
			m.Files++
			continue
		}
		if err := w.mergeFile(ctx, tx, path, &m); err != nil {
			return m, err
		}
	}
	m.Lookups, err = w.mergeLookups(ctx, tx)
	return m, err
}

// firsts are the texts in a column of a table, in their order, each asked for alone.
func firsts(ctx context.Context, q querier, query, column string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		last, condition, args := "", "", []any(nil)
		for {
			err := q.QueryRowContext(ctx, query+condition+` ORDER BY `+column+` LIMIT 1`, args...).Scan(&last)
			if errors.Is(err, sql.ErrNoRows) || !yield(last, err) || err != nil {
				return
			}
			condition, args = ` WHERE `+column+` > ?`, []any{last}
		}
	}
}

// mergeFile brings over a file of the other archive, if it is better than ours.
func (w *Writer) mergeFile(ctx context.Context, tx *sql.Tx, path string, m *Merged) error {
	f, err := fileOf(ctx, tx, path)
	if err != nil {
		return ofSource(err)
	}
	m.Files++
	var tie func() (bool, error)
	if f.Size < 0 { // of a pipe nothing else tells one from another
		tie = func() (bool, error) {
			theirs, err := contents(ctx, tx, path)
			if err != nil {
				return false, ofSource(err)
			}
			ours, err := contents(ctx, w.conn, path)
			return theirs > ours, err
		}
	}
	replaced, err := w.replace(f, tie)
	if replaced {
		m.Replaced++
	}
	return err
}

// mergeShards brings over the inputs that the other archive has from shard
// files. As in AddShard, the shard made last counts, with all of its files and
// no other; where both have the same one, each file is compared.
func (w *Writer) mergeShards(ctx context.Context, tx *sql.Tx, m *Merged) error {
	for input, err := range firsts(ctx, tx, `SELECT input FROM shards`, `input`) {
		if err != nil {
			return ofSource(err)
		}
		var made, sum, ourMade, ourSum string
		if err := tx.QueryRowContext(ctx, `SELECT made, sha256 FROM shards WHERE input = ?`, input).Scan(&made, &sum); err != nil {
			return ofSource(err)
		}
		paths, err := shardPaths(ctx, tx, input)
		if err != nil {
			return ofSource(err)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		err = w.query(func(r *sql.Rows) error { return r.Scan(&ourMade, &ourSum) }, `SELECT made, sha256 FROM shards WHERE input = ?`, input)
		if err != nil {
			return err
		}
		switch cmp.Or(cmp.Compare(made, ourMade), cmp.Compare(sum, ourSum)) {
		case -1:
			m.Files += len(paths)
		case 0:
			for _, path := range paths {
				if err := w.mergeFile(ctx, tx, path, m); err != nil {
					return err
				}
			}
		case 1:
			var counts Counts
			err := w.transaction(func() (err error) {
				counts, err = w.putInput(input, made, sum, func(yield func(*incoming, error) bool) {
					for _, path := range paths {
						if !yield(fileOf(ctx, tx, path)) {
							return
						}
					}
				})
				return err
			})
			if err != nil {
				return err
			}
			w.join(&counts)
			m.Files += len(paths)
			m.Replaced += len(paths)
		}
	}
	return nil
}

// fileOf reads what an archive knows of a file.
func fileOf(ctx context.Context, tx *sql.Tx, path string) (*incoming, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+stateColumns+`, f.id, r.key FROM files f JOIN runs r ON r.id = f.run WHERE f.path = ?`, path)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	f := &incoming{}
	var id int64
	for rows.Next() {
		if err := scanState(rows, &f.FileState, &id, &f.run); err != nil {
			return nil, err
		}
	}
	f.articles = articlesOf(ctx, tx, id)
	return f, rows.Err()
}

// shardPaths are the files of an input that came by a shard file and are there,
// in their order.
func shardPaths(ctx context.Context, q querier, input string) (paths []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT s.path FROM shard_files s JOIN files f ON f.path = s.path WHERE s.input = ? ORDER BY s.path`, input)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var path string
		if err := rows.Scan(&path); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, rows.Err()
}

// ofShard tells whether a file came by a shard file, of itself or of a container
// that it stands in.
func ofShard(ctx context.Context, q querier, path string) (of bool, err error) {
	inputs := []string{path}
	for i := range len(path) {
		if path[i] == '/' {
			inputs = append(inputs, path[:i])
		}
	}
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM shard_files WHERE path = ? AND input IN (SELECT value FROM json_each(?)))`, path, list(inputs)).Scan(&of)
	return of, err
}

// articlesOf reads the articles of a file with their sightings.
func articlesOf(ctx context.Context, tx *sql.Tx, file int64) iter.Seq2[Sightings, error] {
	return func(yield func(Sightings, error) bool) {
		links, err := tx.PrepareContext(ctx, linksQuery)
		if err != nil {
			yield(Sightings{}, err)
			return
		}
		defer links.Close()
		rows, err := tx.QueryContext(ctx, `SELECT e.id, EXISTS (SELECT 1 FROM links WHERE embed = e.id), `+placeColumns+`
			FROM articles a JOIN files f ON f.id = a.file JOIN embeds e ON e.article = a.id WHERE a.file = ? ORDER BY a.record, e.start`, file)
		if err != nil {
			yield(Sightings{}, err)
			return
		}
		defer rows.Close()
		var s Sightings
		for rows.Next() {
			var id int64
			var linked bool
			p, err := scanPlace(rows, &id, &linked)
			if err == nil && linked {
				p.Links, err = linksOf(ctx, links, id)
			}
			if err != nil {
				yield(s, err)
				return
			}
			if len(s.Embeds) > 0 && s.Article.Record != p.Article.Record {
				if !yield(s, nil) {
					return
				}
				s = Sightings{}
			}
			s.Article = p.Article
			s.Embeds = append(s.Embeds, p.Sighting)
		}
		if err := rows.Err(); err != nil {
			yield(s, err)
		} else if len(s.Embeds) > 0 {
			yield(s, nil)
		}
	}
}

// contents is a digest of all that an archive holds of a file.
func contents(ctx context.Context, q querier, path string) (string, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+placeColumns+` FROM files f JOIN articles a ON a.file = f.id JOIN embeds e ON e.article = a.id WHERE f.path = ? ORDER BY a.record, e.start`, path)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	h := sha256.New()
	out := json.NewEncoder(h)
	for rows.Next() {
		p, err := scanPlace(rows)
		if err != nil {
			return "", err
		}
		if err := out.Encode(p); err != nil {
			return "", err
		}
	}
	return string(h.Sum(nil)), rows.Err()
}

// mergeRuns adds the manifests that are not there.
func (w *Writer) mergeRuns(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT id, key, command, version, detector, started, ended, counts FROM runs ORDER BY started, key`)
	if err != nil {
		return ofSource(err)
	}
	defer rows.Close()
	return w.transaction(func() error {
		for rows.Next() {
			var id, ours int64
			var v [7]string
			if err := rows.Scan(&id, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6]); err != nil {
				return ofSource(err)
			}
			// A run that went on when it was merged before has ended since.
			err := w.exec(`INSERT INTO runs (key, command, version, detector, started, ended, counts) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (key) DO UPDATE SET ended = excluded.ended, counts = excluded.counts WHERE excluded.ended > ended`, v[0], v[1], v[2], v[3], v[4], v[5], v[6])
			if err != nil {
				return err
			}
			if err := w.query(func(r *sql.Rows) error { return r.Scan(&ours) }, `SELECT id FROM runs WHERE key = ?`, v[0]); err != nil {
				return err
			}
			if err := w.mergeInputs(ctx, tx, id, ours); err != nil {
				return err
			}
		}
		return ofSource(rows.Err())
	})
}

func (w *Writer) mergeInputs(ctx context.Context, tx *sql.Tx, theirs, ours int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT path, size, mtime, sha256, done, records, articles, embeds, errors FROM inputs WHERE run = ?`, theirs)
	if err != nil {
		return ofSource(err)
	}
	defer rows.Close()
	for rows.Next() {
		var path, sha string
		var n [7]int64
		if err := rows.Scan(&path, &n[0], &n[1], &sha, &n[2], &n[3], &n[4], &n[5], &n[6]); err != nil {
			return ofSource(err)
		}
		if err := w.exec(`INSERT OR REPLACE INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ours, path, n[0], n[1], sha, n[2], n[3], n[4], n[5], n[6]); err != nil {
			return err
		}
	}
	return ofSource(rows.Err())
}

// ofSource is an error of what is brought in, nil of none.
func ofSource(err error) error {
	if err == nil {
		return nil
	}
	return &sourceError{err}
}

// mergeLookups adds the answers that are not there.
func (w *Writer) mergeLookups(ctx context.Context, tx *sql.Tx) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT tweet_id, key, score, source, state, checked_at, author, handle, posted_at, text, lang, body FROM lookups ORDER BY tweet_id, key, source, checked_at`)
	if err != nil {
		return 0, ofSource(err)
	}
	defer rows.Close()
	var some []Lookup
	for {
		more := rows.Next()
		if more {
			l, err := scanLookup(rows)
			if err != nil {
				return n, ofSource(err)
			}
			some = append(some, l)
		}
		if len(some) == 1000 || !more && len(some) > 0 {
			if err := w.db.AddLookups(ctx, some); err != nil {
				return n, err
			}
			n += len(some)
			some = some[:0]
		}
		if !more {
			return n, ofSource(rows.Err())
		}
	}
}
