package store

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
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
	var counts Counts
	err = w.transaction(func() error {
		counts, err = w.putInput(s.Header.Input, s.Header.Made.UTC().Format(madeFormat), s.Trailer.SHA256, s.files())
		return err
	})
	var fault *sourceError
	switch {
	case err == nil:
		w.join(&counts)
		return true, nil
	case errors.As(err, &fault):
		clear(w.crowded) // what it learnt has not happened
		return false, &ShardError{fmt.Errorf("%s: %w", path, fault.err)}
	}
	w.err = w.db.explain(err)
	return false, w.err
}

// files are the files of the shard, in turn; the articles of each must be read before
// the next one.
func (s *Shard) files() iter.Seq2[*incoming, error] {
	return func(yield func(*incoming, error) bool) {
		next, stop := iter.Pull2(s.lines())
		defer stop()
		for {
			l, err, ok := next()
			switch {
			case !ok:
				return
			case err != nil:
			case l.File == nil && (l.Article != nil || l.Read != nil):
				err = l.fault("a line outside of a file")
			case l.File == nil:
				err = l.fault("neither file, article nor what was read")
			case !partOf(s.Header.Input, l.File.Path):
				err = l.fault("a file of another input")
			}
			if err != nil {
				yield(nil, err)
				return
			}
			f := &incoming{FileState: FileState{File: archive.File{Path: l.File.Path, Size: l.File.Size, ModTime: l.File.ModTime}, Detector: s.Header.Detector}}
			f.articles = func(yield func(Sightings, error) bool) {
				for {
					l, err, ok := next()
					switch {
					case !ok:
						err = errors.New("a file without an end")
					case err != nil:
					case l.Read != nil:
						r := l.Read
						f.Record, f.Done, f.Records, f.Errors, f.reasons = max(f.Record, r.Record), !r.Broken, r.Records, r.Errors, r.Reasons
						return
					case l.File != nil:
						err = l.fault("a file within a file")
					case l.Article == nil:
						err = l.fault("neither file, article nor what was read")
					case l.Article.Record <= f.Record:
						err = l.fault("articles out of order")
					}
					if err != nil {
						yield(Sightings{}, err)
						return
					}
					a := Sightings{*l.Article, l.Embeds}
					f.Record, a.Article.File, a.Article.Body = a.Article.Record, f.Path, ""
					if !yield(a, nil) {
						return
					}
				}
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// putInput puts an input that came by a shard file, with these files and no other, in
// the place of what the archive holds of it; the lock is held.
func (w *Writer) putInput(input, made, sum string, files iter.Seq2[*incoming, error]) (counts Counts, err error) {
	old, err := shardPaths(w.ctx, w.conn, input)
	if err != nil {
		return counts, err
	}
	for f, err := range files {
		if err != nil {
			return counts, ofSource(err)
		}
		if err := w.put(f, &counts); err != nil {
			return counts, err
		}
		if err := w.exec(`INSERT INTO shard_files (input, path) VALUES (?, ?) ON CONFLICT DO NOTHING`, input, f.Path); err != nil {
			return counts, err
		}
		old = slices.DeleteFunc(old, func(path string) bool { return path == f.Path })
	}
	for _, path := range old { // no longer in the input
		b := &batch{Writer: w}
		if err := b.begin(); err != nil {
			return counts, err
		}
		if err := b.forget(path); err != nil {
			return counts, err
		}
		if err := b.identify(); err != nil {
			return counts, err
		}
		if err := w.exec(`DELETE FROM shard_files WHERE input = ? AND path = ?`, input, path); err != nil {
			return counts, err
		}
	}
	return counts, w.exec(`INSERT INTO shards (input, made, sha256) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET made = excluded.made, sha256 = excluded.sha256`, input, made, sum)
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

// join adds what was put into the archive to the counts of the run.
func (w *Writer) join(d *Counts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &w.counts
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
