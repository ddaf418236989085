package store

import (
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"

	"tweetarc/archive"
)

// Merging is a join: of the shards of one input the one made last counts, of
// all inputs there is one each. So it does not matter which shard files are
// added, in what order, or how often.

// ShardError is a shard file that cannot be added. The archive is as it was
// before, and others can be.
type ShardError struct{ Err error }

func (e *ShardError) Error() string { return e.Err.Error() }
func (e *ShardError) Unwrap() error { return e.Err }

const madeFormat = "2006-01-02T15:04:05.000000Z"

// AddShard adds a shard file in one transaction, in place of what the archive
// holds of its input. It is false where the archive has it already, or a later
// one. A file that is not finished or damaged is a *ShardError.
func (w *Writer) AddShard(path string) (added bool, err error) {
	if err := w.Flush(); err != nil {
		return false, err
	}
	s, err := OpenShard(path)
	if err != nil {
		return false, &ShardError{err}
	}
	var made, sum string
	err = w.query(func(r *sql.Rows) error { return r.Scan(&made, &sum) }, `SELECT made, sha256 FROM shards WHERE input = ?`, s.Header.Input)
	if err != nil {
		w.err = w.db.explain(err)
		return false, w.err
	}
	if m := s.Header.Made.UTC().Format(madeFormat); m < made || m == made && s.Trailer.SHA256 <= sum {
		return false, nil
	}
	m := shardMerge{Writer: w, shard: s}
	err = w.transaction(m.run)
	switch {
	case err == nil:
		w.mu.Lock()
		w.counts.join(&m.counts)
		w.mu.Unlock()
		return true, nil
	case m.fault != nil:
		clear(w.crowded) // what it learnt has not happened
		return false, &ShardError{fmt.Errorf("%s: %w", path, m.fault)}
	}
	w.err = w.db.explain(err)
	return false, w.err
}

// shardMerge is the transaction of one shard file. A long one is saved piece by
// piece, so that memory stays bounded.
type shardMerge struct {
	*Writer
	shard  *Shard
	counts Counts
	fault  error // of the shard file

	old     map[string]bool // files that an earlier shard of the input had
	s       *stretch        // of the file at hand, nil between files
	pending []stretch
	paths   map[string]bool // of the files in pending
	bytes   int
	found   int
}

func (m *shardMerge) run() error {
	h := &m.shard.Header
	m.old, m.paths = map[string]bool{}, map[string]bool{}
	err := m.query(func(r *sql.Rows) error {
		var path string
		err := r.Scan(&path)
		m.old[path] = true
		return err
	}, `SELECT path FROM shard_files WHERE input = ?`, h.Input)
	if err != nil {
		return err
	}
	failed := false // in the database
	err = m.shard.lines(func(l *shardLine) error {
		err := m.line(l)
		_, fault := err.(shardFault)
		failed = err != nil && !fault
		return err
	})
	if err == nil && m.s != nil {
		err = shardFault("a file without an end")
	}
	if err != nil {
		if !failed {
			m.fault = err
		}
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(m.old)) { // no longer in the input
		m.pending = append(m.pending, stretch{file: archive.File{Path: path}, gone: true})
		if err := m.exec(`DELETE FROM shard_files WHERE input = ? AND path = ?`, h.Input, path); err != nil {
			return err
		}
	}
	if err := m.save(); err != nil {
		return err
	}
	return m.keepShard(h.Input, h.Made.UTC().Format(madeFormat), m.shard.Trailer.SHA256)
}

// keepShard notes which shard of an input the archive holds.
func (w *Writer) keepShard(input, made, sum string) error {
	return w.exec(`INSERT INTO shards (input, made, sha256) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET made = excluded.made, sha256 = excluded.sha256`, input, made, sum)
}

// line takes one line of the shard file.
func (m *shardMerge) line(l *shardLine) error {
	switch {
	case l.File != nil:
		if m.s != nil {
			return shardFault("a file within a file")
		}
		if !partOf(m.shard.Header.Input, l.File.Path) {
			return shardFault("a file of another input")
		}
		if m.paths[l.File.Path] { // a container may hold two of one name
			if err := m.save(); err != nil {
				return err
			}
		}
		m.paths[l.File.Path] = true
		m.s = m.stretch(archive.File{Path: l.File.Path, Size: l.File.Size, ModTime: l.File.ModTime}, 0)
		m.counts.Files++
		delete(m.old, l.File.Path)
		return m.exec(`INSERT INTO shard_files (input, path) VALUES (?, ?) ON CONFLICT DO NOTHING`, m.shard.Header.Input, l.File.Path)
	case m.s == nil:
		return shardFault("a line outside of a file")
	case l.Article != nil:
		return m.article(Sightings{*l.Article, l.Embeds})
	case l.Read != nil:
		r := l.Read
		m.s.to, m.s.last, m.s.end, m.s.broken = max(m.s.to, r.Record), true, true, r.Broken
		m.s.records, m.s.errors = r.Records, r.Errors
		for reason, n := range r.Reasons {
			addReason(&m.counts.Errors, reason, n)
		}
		m.next()
		m.s = nil
		if len(m.pending) >= batchFiles {
			return m.save()
		}
		return nil
	}
	return shardFault("neither file, article nor what was read")
}

func (m *shardMerge) article(f Sightings) error {
	if f.Article.Record <= m.s.to {
		return shardFault("articles out of order")
	}
	f.Article.File, f.Article.Body = m.s.file.Path, ""
	m.s.to = f.Article.Record
	m.s.embeds += len(f.Embeds)
	m.s.found = append(m.s.found, f)
	m.found++
	for i := range f.Embeds {
		e := &f.Embeds[i]
		m.bytes += len(e.Raw) + len(e.Before) + len(e.After) + len(e.Text) + 200
	}
	if m.found < batchArticles && m.bytes < batchBytes {
		return nil
	}
	file, to := m.s.file, m.s.to
	m.next()
	if err := m.save(); err != nil {
		return err
	}
	m.s = m.stretch(file, to)
	return nil
}

// stretch is what follows in a file behind record from.
func (m *shardMerge) stretch(f archive.File, from int) *stretch {
	return &stretch{file: f, from: from, to: from, detector: m.shard.Header.Detector}
}

// next puts the stretch at hand with those that are to be saved.
func (m *shardMerge) next() {
	m.counts.add(m.s)
	m.pending = append(m.pending, *m.s)
}

func (m *shardMerge) save() error {
	b := batch{Writer: m.Writer}
	err := b.save(m.pending)
	clear(m.paths)
	clear(m.pending)
	m.pending, m.bytes, m.found = m.pending[:0], 0, 0
	return err
}

// forget takes a file out of the archive, with all that was found in it.
func (b *batch) forget(path string) error {
	file, err := b.file(path)
	if err != nil {
		return err
	}
	if err := b.remove(file, math.MinInt64, math.MaxInt64); err != nil {
		return err
	}
	return b.exec(`DELETE FROM files WHERE id = ?`, file)
}

// join adds the counts of a part of the run.
func (c *Counts) join(d *Counts) {
	c.Files += d.Files
	c.Records += d.Records
	c.Articles += d.Articles
	c.Embeds += d.Embeds
	for form, n := range d.Forms {
		addReason(&c.Forms, form, n)
	}
	for reason, n := range d.Errors {
		addReason(&c.Errors, reason, n)
	}
}
