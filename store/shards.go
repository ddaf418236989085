package store

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// ShardError is a shard file that cannot be added. The archive is as it was
// before, and others can be.
type ShardError struct{ Err error }

func (e *ShardError) Error() string { return e.Err.Error() }
func (e *ShardError) Unwrap() error { return e.Err }

// AddShard adds a shard file, whole or not at all, as what a run read that began when
// the shard was made. It is false where the archive has it already. A file that is not
// finished or damaged is a *ShardError. Small ones share transactions, as what Add keeps
// does, so that a shard is safe when Flush returns.
func (w *Writer) AddShard(path string) (added bool, err error) {
	if w.err != nil {
		return false, w.err
	}
	s, err := OpenShard(path)
	if err != nil {
		return false, &ShardError{err}
	}
	files, size, err := s.inMemory()
	if err != nil {
		return false, &ShardError{fmt.Errorf("%s: %w", path, err)}
	}
	if len(w.pending) > 0 || w.shards != nil && (files == nil || w.shards.detector != s.Header.Detector) {
		if err := w.Flush(); err != nil {
			return false, err
		}
	}
	if files == nil {
		err = w.transaction(func() (err error) {
			b := &batch{Writer: w}
			if err = b.begin(); err == nil {
				added, err = b.addShard(s, s.files())
			}
			if err == nil {
				err = b.identify()
			}
			return err
		})
		var fault *sourceError
		if errors.As(err, &fault) {
			clear(w.crowded) // what it learnt has not happened
			return false, &ShardError{fmt.Errorf("%s: %w", path, fault.err)}
		}
		w.err = w.db.explain(err)
		return added, w.err
	}
	if w.shards == nil {
		w.shards = &batch{Writer: w, detector: s.Header.Detector}
		w.size.since = time.Now()
		if err = w.exec(`BEGIN IMMEDIATE`); err == nil {
			err = w.shards.begin()
		}
	}
	if err == nil {
		added, err = w.shards.addShard(s, func(yield func(*shardPart, error) bool) {
			for _, f := range files {
				if !yield(f, nil) {
					return
				}
			}
		})
	}
	if err != nil {
		w.shards = nil
		w.err = w.db.explain(w.end(err))
		return false, w.err
	}
	w.size.articles += s.Trailer.Articles
	w.size.bytes += size
	if w.full() {
		return added, w.Flush()
	}
	return added, nil
}

// saveShards ends the transaction that small shards share.
func (w *Writer) saveShards() error {
	if b := w.shards; b != nil {
		w.shards = nil
		w.err = w.db.explain(w.end(b.identify()))
	}
	return w.err
}

// inMemory are the files of a shard that is small, with their articles, of which is
// known that they are sound; nil of a larger one. They take so much memory.
func (s *Shard) inMemory() (all []*shardPart, size int, err error) {
	n := 0
	for f, err := range s.files() {
		if err != nil {
			return nil, 0, err
		}
		size += 500
		var found []articleEmbeds
		for a, err := range f.articles {
			if err != nil {
				return nil, 0, err
			}
			found = append(found, a)
			n++
			if size += a.size() + 100*len(a.counted); n >= batchArticles || size >= batchBytes/4 {
				return nil, 0, nil
			}
		}
		f.articles = func(yield func(articleEmbeds, error) bool) {
			for _, a := range found {
				if !yield(a, nil) {
					return
				}
			}
		}
		all = append(all, f)
	}
	return all, size, nil
}

// addShard adds the files of a shard; the lock is held, and what was added is still to
// be identified.
func (b *batch) addShard(s *Shard, files iter.Seq2[*shardPart, error]) (added bool, err error) {
	w := b.Writer
	var counts Counts
	b.changed = false
	h := &s.Header
	made := h.Made.UnixMilli()
	scopeRow, err := b.scopeRow(h.Scope)
	if err != nil {
		return false, err
	}
	root := &archive.File{Path: h.Input, Abs: h.Abs, Size: h.Size, ModTime: h.ModTime}
	input, err := b.file(newFile{scope: scopeRow, scopeKey: h.Scope, path: pathOf(root), name: h.Input})
	if err != nil {
		return false, err
	}
	options := hash(h.Options)
	version, err := b.version(input, h.Size, mtime(root), "", options)
	if err != nil {
		return false, err
	}
	var done, began int64
	err = w.query(func(r *sql.Rows) error { return r.Scan(&done, &began) }, `SELECT done, ifnull((SELECT began FROM progress WHERE version = ?1 AND file = ?2), 0) FROM versions WHERE id = ?1`, version, input)
	if err != nil || done == made || began == made {
		return false, err // it is here already
	}
	last := max(done, began)
	var total progress
	for f, err := range files {
		if err != nil {
			return false, ofSource(err)
		}
		row := input
		path := pathOf(root) + strings.TrimPrefix(f.Path, h.Input)
		if f.Path != h.Input {
			if row, err = b.file(newFile{scope: scopeRow, scopeKey: h.Scope, path: path, name: f.Path, input: input}); err != nil {
				return false, err
			}
		}
		at, err := b.at(row)
		if err != nil {
			return false, err
		}
		at.first, at.last = made, made
		gathered, bytes := 0, 0
		for found, err := range f.articles {
			if err != nil {
				return false, ofSource(err)
			}
			if found.revisit != nil {
				if err := b.addRevisit(found.revisit, at); err != nil {
					return false, err
				}
				continue
			}
			if found.counted != nil {
				if err := b.count(row, made, 0, found.counted); err != nil {
					return false, err
				}
				counts.Counted += len(found.counted)
				continue
			}
			a := &found.Article
			at.record, at.captured, at.said = int64(a.Record), a.Captured, saidBy(a, h.Keep)
			at.warcID, at.payload = a.RecordID, a.Payload
			if _, err := b.put(a, found.Key, int64(h.Detector), at, func() ([]Passage, error) { return found.Embeds, nil }); err != nil {
				return false, err
			}
			total.articles++
			total.embeds += len(found.Embeds)
			for _, e := range found.Embeds {
				addReason(&counts.Forms, string(e.Form), 1)
			}
			if gathered, bytes = gathered+1, bytes+found.size(); gathered < batchArticles && bytes < batchBytes {
				continue
			}
			gathered, bytes = 0, 0
			if err := b.identify(); err != nil {
				return false, err
			}
			if err := b.begin(); err != nil {
				return false, err
			}
		}
		if !f.holds {
			counts.Files++
		}
		total.records += f.records
		total.errors += f.errors
		for reason, n := range f.reasons {
			addReason(&counts.Errors, reason, n)
		}
	}
	counts.Records, counts.Articles, counts.Embeds = total.records, total.articles, total.embeds
	if s.Trailer.Failed != "" {
		err = b.exec(`INSERT INTO progress (version, file, began, record, done, records, articles, embeds, errors) SELECT ?, ?, ?, 0, 0, ?, ?, ?, ? FROM versions WHERE id = ?1 AND done = 0
			ON CONFLICT DO UPDATE SET began = excluded.began, records = excluded.records, articles = excluded.articles, embeds = excluded.embeds, errors = excluded.errors WHERE excluded.began > began`,
			version, input, made, total.records, total.articles, total.embeds, total.errors)
	} else {
		whole := total.errors == 0 && h.Size >= 0 && !h.Partial
		if err = b.finish(version, made, whole, &total); err == nil && whole {
			_, err = b.completed(input, made)
		}
	}
	if err == nil {
		err = b.exec(`INSERT OR IGNORE INTO readings (run, version) VALUES (?, ?)`, w.runID, version)
	}
	if err == nil {
		err = b.exec(`UPDATE runs SET keep = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(keep) UNION SELECT value FROM json_each(?) ORDER BY value)), count = max(ifnull(count, 0), ?) WHERE id = ?`,
			list(h.Keep), h.CountAll, w.runID)
	}
	added = b.changed || last < made && (done == 0 || s.Trailer.Failed == "")
	if err == nil && added {
		w.join(&counts)
	}
	return added, err
}

// shardPart is a file in a shard. What was read of it is known when its articles
// were read.
type shardPart struct {
	shardFile
	progress
	reasons  map[string]int // of errors, and of what was skipped
	holds    bool
	articles iter.Seq2[articleEmbeds, error]
}

// files are the files of the shard, in turn; the articles of each must be read before
// the next one.
func (s *Shard) files() iter.Seq2[*shardPart, error] {
	return func(yield func(*shardPart, error) bool) {
		next, stop := iter.Pull2(s.lines())
		defer stop()
		for {
			l, err, ok := next()
			switch {
			case !ok:
				return
			case err != nil:
			case l.File == nil && (l.Article != nil || l.More != nil || l.Revisit != nil || l.Counted != nil || l.Read != nil):
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
			f := &shardPart{shardFile: *l.File, holds: l.File.Holds}
			f.articles = func(yield func(articleEmbeds, error) bool) {
				var a *articleEmbeds // the one at hand, of which more may follow
				size := 0
				for {
					l, err, ok := next()
					if ok && err == nil && l.More != nil {
						if size += l.size; a == nil {
							err = l.fault("embeds without an article")
						} else if size > maxShardArticle {
							err = l.fault("an article with too many embeds: archive its input itself")
						} else if what := faultOf(&archive.Article{}, l.More); what != "" {
							err = l.fault(what)
						} else {
							a.Embeds = append(a.Embeds, l.More...)
							continue
						}
					}
					if ok && err == nil && l.Counted != nil {
						if what := faultOfCounted(l.Counted); what != "" {
							err = l.fault(what)
						} else if yield(articleEmbeds{counted: l.Counted}, nil) {
							continue
						} else {
							return
						}
					}
					if ok && err == nil && l.Revisit != nil {
						if v := l.Revisit; v.Record < 1 || hasControls(v.URL+v.Of+v.RecordID+v.Payload) || !isDay(v.Captured) && !isTime(v.Captured) {
							err = l.fault("a revisit that is none")
						} else if yield(articleEmbeds{revisit: v}, nil) {
							continue
						} else {
							return
						}
					}
					if a != nil && err == nil {
						if !yield(*a, nil) {
							return
						}
						a = nil
					}
					switch {
					case err != nil:
					case !ok:
						err = errors.New("a file without an end")
					case l.Read != nil:
						r := l.Read
						f.records, f.errors, f.reasons = r.Records, r.Errors, r.Reasons
						return
					case l.File != nil:
						err = l.fault("a file within a file")
					case l.Article == nil:
						err = l.fault("neither file, article nor what was read")
					case l.Article.Record <= f.record:
						err = l.fault("articles out of order")
					case len(l.Key) != keyLength:
						err = l.fault("an article without a key")
					default:
						if what := faultOf(l.Article, l.Embeds); what != "" {
							err = l.fault(what)
						}
					}
					if err != nil {
						yield(articleEmbeds{}, err)
						return
					}
					a, size = &articleEmbeds{Article: *l.Article, Key: l.Key, Embeds: l.Embeds}, l.size
					f.record, a.Article.File, a.Article.Body = a.Article.Record, f.Path, ""
				}
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// join adds what was put into the archive to the counts of the run.
func (w *Writer) join(d *Counts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &w.counts
	c.Files += d.Files
	c.Records += d.Records
	c.Articles += d.Articles
	c.Counted += d.Counted
	c.Embeds += d.Embeds
	for form, n := range d.Forms {
		addReason(&c.Forms, form, n)
	}
	for reason, n := range d.Errors {
		addReason(&c.Errors, reason, n)
	}
}
