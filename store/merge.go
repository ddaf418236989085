package store

import (
	"context"
	"database/sql"
	"errors"
	"os"

	"example.org/tweetarc/archive"
)

// A sourceError is an error in what is added to the archive, not in the archive itself.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }

// ofSource makes an error a sourceError, and leaves nil as it is.
func ofSource(err error) error {
	if err == nil {
		return nil
	}
	return &sourceError{err}
}

// Merged counts what a merge did.
type Merged struct {
	Articles int // articles of the other archive
	New      int // those that were not in this one
	Lookups  int // lookups of the other archive
	Verdicts int // its verdicts
}

// Merge adds another archive to this one: its articles with their places and embeds, its
// lookups, verdicts and manifests. An archive is a set, and Merge makes the union. So
// archives may be merged in any order and more than once: the exports are the same.
func (w *Writer) Merge(ctx context.Context, other *DB) (m Merged, err error) {
	a, err1 := os.Stat(w.db.path)
	b, err2 := os.Stat(other.path)
	if err1 == nil && err2 == nil && os.SameFile(a, b) {
		return m, &Error{errorf("%s: an archive cannot be merged into itself", other.path), "name another archive"}
	}
	defer func() {
		var theirs *sourceError
		if errors.As(err, &theirs) {
			err = other.explain(theirs.err)
		} else {
			err = w.db.explain(err)
		}
	}()
	if err := w.Flush(); err != nil {
		return m, err
	}
	tx, err := other.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // so that all is of one moment
	if err != nil {
		return m, ofSource(err)
	}
	defer tx.Rollback()
	u := union{Writer: w, from: tx, scopes: map[int64]scope{}, files: map[int64]int64{}}
	for _, part := range []func(context.Context) error{u.readScopes, u.runs, u.readFiles, u.readRevisits, u.readArticles, u.readCounted, u.readAliases, u.completed, u.verdicts, u.samples} {
		if err := part(ctx); err != nil {
			return u.Merged, err
		}
	}
	u.Lookups, err = w.mergeLookups(ctx, tx)
	return u.Merged, err
}

// union is a merge while it goes on.
type union struct {
	*Writer
	Merged
	from   *sql.Tx
	scopes map[int64]scope // by row in the other archive
	files  map[int64]int64 // our rows by those of the other archive
}

type scope struct {
	row int64 // in this archive
	key string
}

// each calls f for the rows of a query to the other archive.
func (u *union) each(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) error {
	rows, err := u.from.QueryContext(ctx, query, args...)
	if err != nil {
		return ofSource(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return ofSource(rows.Err())
}

func (u *union) readScopes(ctx context.Context) error {
	return u.transaction(func() error {
		b := batch{Writer: u.Writer}
		return u.each(ctx, func(r *sql.Rows) (err error) {
			var id int64
			var s scope
			if err := r.Scan(&id, &s.key); err != nil {
				return ofSource(err)
			}
			s.row, err = b.scopeRow(s.key)
			u.scopes[id] = s
			return err
		}, `SELECT id, key FROM scopes ORDER BY key`)
	})
}

// runs adds the manifests that are new.
func (u *union) runs(ctx context.Context) error {
	return u.transaction(func() error {
		return u.each(ctx, func(r *sql.Rows) error {
			var began int64
			var v [7]string
			var count sql.NullBool
			if err := r.Scan(&began, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &count); err != nil {
				return ofSource(err)
			}
			// A run that still went on when it was merged may have ended since.
			return u.exec(`INSERT INTO runs (began, key, command, version, detector, ended, counts, keep, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (key) DO UPDATE SET ended = excluded.ended, counts = excluded.counts WHERE excluded.ended > ended`, began, v[0], v[1], v[2], v[3], v[4], v[5], v[6], count)
		}, `SELECT began, key, command, version, detector, ended, counts, keep, count FROM runs ORDER BY began, key`)
	})
}

// readFiles adds the files, and which versions of them were read by which runs. That a
// reading read all of an input is only added after its places, by completed.
func (u *union) readFiles(ctx context.Context) error {
	return u.inBatches(func(b *batch, full func() error) error {
		err := u.each(ctx, func(r *sql.Rows) (err error) {
			var id, scope, input int64
			var f newFile
			if err := r.Scan(&id, &scope, &f.path, &f.name, &input, &f.gone); err != nil {
				return ofSource(err)
			}
			f.scope, f.scopeKey = u.scopes[scope].row, u.scopes[scope].key
			if input != id {
				f.input = u.files[input]
			}
			if u.files[id], err = b.file(f); err != nil {
				return err
			}
			return full()
		}, `SELECT id, scope, path, name, input, gone FROM files ORDER BY input <> id, id`)
		if err != nil {
			return err
		}
		return u.each(ctx, func(r *sql.Rows) error {
			var id, file, size, mtime, options, done, complete int64
			var sum string
			var n progress
			if err := r.Scan(&id, &file, &size, &mtime, &sum, &options, &done, &complete, &n.records, &n.articles, &n.embeds, &n.errors); err != nil {
				return ofSource(err)
			}
			row, err := b.version(u.files[file], size, mtime, sum, options)
			if err != nil {
				return err
			}
			// What was read to its end was read to more of it.
			err = u.exec(`UPDATE versions SET done = max(done, ?1), complete = max(complete, ?), records = max(iif(done = 0 AND ?1 > 0, 0, records), ?),
				articles = max(iif(done = 0 AND ?1 > 0, 0, articles), ?), embeds = max(iif(done = 0 AND ?1 > 0, 0, embeds), ?), errors = max(iif(done = 0 AND ?1 > 0, 0, errors), ?)
				WHERE id = ? AND (done = 0 OR ?1 > 0)`, done, complete, n.records, n.articles, n.embeds, n.errors, row)
			if err == nil && done > 0 {
				err = u.exec(`DELETE FROM progress WHERE version = ?`, row)
			}
			if err != nil {
				return err
			}
			var keys []string
			err = u.each(ctx, func(r *sql.Rows) error {
				var key string
				err := r.Scan(&key)
				keys = append(keys, key)
				return ofSource(err)
			}, `SELECT r.key FROM readings g JOIN runs r ON r.id = g.run WHERE g.version = ?`, id)
			if err == nil {
				err = u.exec(`INSERT OR IGNORE INTO readings (run, version) SELECT id, ? FROM runs WHERE key IN (SELECT value FROM json_each(?))`, row, list(keys))
			}
			if err != nil {
				return err
			}
			return full()
		}, `SELECT v.id, v.file, v.size, v.mtime, v.sha256, v.options, v.done, v.complete, `+readSoFar+` FROM versions v`+soFar+` ORDER BY v.id`)
	})
}

// inBatches runs f with a batch, and saves it whenever f has called full often enough. f
// calls full after each piece that may be saved alone.
func (u *union) inBatches(f func(b *batch, full func() error) error) error {
	b := &batch{Writer: u.Writer}
	begin := func() error {
		if err := u.exec(`BEGIN IMMEDIATE`); err != nil {
			return err
		}
		return b.begin()
	}
	end := func() error {
		err := b.identify()
		if err == nil {
			err = u.exec(`COMMIT`)
		}
		return err
	}
	if err := begin(); err != nil {
		return err
	}
	pieces := 0
	err := f(b, func() error {
		if pieces++; pieces < batchArticles {
			return nil
		}
		pieces = 0
		if err := end(); err != nil {
			return err
		}
		return begin()
	})
	if err == nil {
		err = end()
	}
	if err != nil {
		u.exec(`ROLLBACK`) // SQLite may have done so already
	}
	return err
}

// readRevisits adds the revisits.
func (u *union) readRevisits(ctx context.Context) error {
	return u.inBatches(func(b *batch, full func() error) error {
		return u.each(ctx, func(r *sql.Rows) error {
			var v seen
			if err := r.Scan(&v.original, &v.file, &v.record, &v.first, &v.last, &v.moved, &v.captured, &v.url, &v.warcID); err != nil {
				return ofSource(err)
			}
			v.file = u.files[v.file]
			if err := b.joinRevisit(&v); err != nil {
				return err
			}
			return full()
		}, `SELECT original, file, record, first, last, moved, captured, url, warc_id FROM revisits ORDER BY original, file, record`)
	})
}

// readArticles adds the articles, with their embeds and places.
func (u *union) readArticles(ctx context.Context) error {
	embeds, err := u.from.PrepareContext(ctx, embedsQuery)
	if err != nil {
		return ofSource(err)
	}
	defer embeds.Close()
	links, err := u.from.PrepareContext(ctx, linksQuery)
	if err != nil {
		return ofSource(err)
	}
	defer links.Close()
	return u.inBatches(func(b *batch, full func() error) error {
		var last int64
		return u.each(ctx, func(r *sql.Rows) error {
			var id, detector int64
			var key []byte
			var a archive.Article
			var file int64
			var p seen
			if err := r.Scan(&id, &key, &detector, &a.Date, &file, &p.record, &p.first, &p.last, &p.moved, &p.captured, &p.url, &p.title, &p.outlet, &p.kept, &p.warcID, &p.payload); err != nil {
				return ofSource(err)
			}
			at, err := b.at(u.files[file])
			if err != nil {
				return err
			}
			at.record, at.first, at.last, at.moved, at.captured, at.said = p.record, p.first, p.last, p.moved, p.captured, p.said
			at.warcID, at.payload = p.warcID, p.payload
			isNew, err := b.put(&a, key, detector, at, func() ([]Passage, error) {
				found, err := embedsIn(ctx, embeds, links, id)
				if err == nil {
					a.Captured, a.URL, a.Title, a.Outlet = p.captured, p.url, p.title, p.outlet
					if what := faultOf(&a, found); what != "" {
						err = &Error{errorf("damaged or forged: %s:%d: %s", at.name, p.record, what), askMaker}
					}
				}
				return found, ofSource(err)
			})
			if err != nil {
				return err
			}
			if isNew {
				u.New++
			}
			if id == last {
				return nil
			}
			last = id
			u.Articles++
			return full()
		}, `SELECT a.id, a.key, a.detector, a.date, p.file, p.record, p.first, p.last, p.moved, p.captured, ifnull(p.url, a.url), ifnull(p.title, a.title), ifnull(p.outlet, a.outlet), ifnull(p.kept, a.kept), p.warc_id, p.payload
			FROM articles a JOIN places p ON p.article = a.id AND NOT p.revisit ORDER BY a.id, p.file, p.record`)
	})
}

// completed adds when inputs were read completely. What was not seen then is superseded,
// so the places must have been added before.
func (u *union) completed(ctx context.Context) error {
	return u.inBatches(func(b *batch, full func() error) error {
		return u.each(ctx, func(r *sql.Rows) error {
			var id, complete int64
			if err := r.Scan(&id, &complete); err != nil {
				return ofSource(err)
			}
			if _, err := b.completed(u.files[id], complete); err != nil {
				return err
			}
			return full()
		}, `SELECT id, complete FROM files WHERE complete > 0 ORDER BY id`)
	})
}

const embedsQuery = `SELECT e.id, EXISTS (SELECT 1 FROM links WHERE embed = e.id), ` + passageColumns + ` FROM embeds e WHERE e.article = ? ORDER BY e.start, e.id`

// embedsIn are the embeds of an article; the statements are those of embedsQuery and
// linksQuery.
func embedsIn(ctx context.Context, embeds, links *sql.Stmt, article int64) (found []Passage, err error) {
	rows, err := embeds.QueryContext(ctx, article)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var linked bool
		s, err := scanPassage(rows, &id, &linked)
		if err == nil && linked {
			s.Links, err = linksOf(ctx, links, id)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, rows.Err()
}

// mergeLookups adds the lookups.
func (w *Writer) mergeLookups(ctx context.Context, tx *sql.Tx) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+lookupColumns+` FROM lookups ORDER BY tweet_id, key, source, checked_at`)
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
