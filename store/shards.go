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

// A ShardError says that a shard file cannot be added. The archive is as it was before, and
// other shard files can be added.
type ShardError struct{ Err error }

func (e *ShardError) Error() string { return e.Err.Error() }
func (e *ShardError) Unwrap() error { return e.Err }

// AddShard adds a shard file, whole or not at all, as what a run read that began when the
// shard was made. added is false if the archive has it already. The error for a damaged or
// unfinished file is a *ShardError. Small shards share transactions, so that a shard is
// safe when Flush returns.
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
		return w.addLarge(s)
	}
	return w.addSmall(s, files, size)
}

// addLarge adds a shard that does not fit into memory, in a transaction of its own. Only
// while reading it does it turn out whether all of it is sound.
func (w *Writer) addLarge(s *Shard) (added bool, err error) {
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
		clear(w.crowded) // it may have learnt of blocks that were rolled back
		return false, &ShardError{fmt.Errorf("%s: %w", s.path, fault.err)}
	}
	w.err = w.db.explain(err)
	return added, w.err
}

// addSmall adds a shard that is in memory and sound to the transaction of small shards.
func (w *Writer) addSmall(s *Shard, files []*shardPart, size int) (added bool, err error) {
	if w.shards == nil {
		w.shards = &batch{Writer: w, detector: s.Header.Detector}
		w.size.since = time.Now()
		if err = w.exec(`BEGIN IMMEDIATE`); err == nil {
			err = w.shards.begin()
		}
	}
	if err == nil {
		added, err = w.shards.addShard(s, withoutErrors(files))
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

// inMemory reads and checks the files of a small shard, and returns about how many bytes
// they take. For a large shard it returns nil.
func (s *Shard) inMemory() (all []*shardPart, size int, err error) {
	n := 0
	for f, err := range s.files() {
		if err != nil {
			return nil, 0, err
		}
		size += 500
		var items []shardItem
		for item, err := range f.items {
			if err != nil {
				return nil, 0, err
			}
			items = append(items, item)
			n++
			if size += item.size(); n >= batchArticles || size >= batchBytes/4 {
				return nil, 0, nil
			}
		}
		f.items = withoutErrors(items)
		all = append(all, f)
	}
	return all, size, nil
}

func withoutErrors[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// addShard adds the files of a shard. Some embeds that were added are still to be
// identified then.
func (b *batch) addShard(s *Shard, files iter.Seq2[*shardPart, error]) (added bool, err error) {
	b.changed = false
	a := shardAdder{b: b, shard: s, made: s.Header.Made.UnixMilli()}
	known, err := a.begin()
	if err != nil || known {
		return false, err
	}
	for f, err := range files {
		if err != nil {
			return false, ofSource(err)
		}
		if err := a.addFile(f); err != nil {
			return false, err
		}
	}
	if err := a.end(); err != nil {
		return false, err
	}
	// The shard may bring nothing new and still be a later reading of the input.
	added = b.changed || a.last < a.made && (!a.done || s.Trailer.Failed == "")
	if added {
		b.Writer.join(&a.counts)
	}
	return added, nil
}

// A shardAdder adds a shard to the archive.
type shardAdder struct {
	b      *batch
	shard  *Shard
	made   int64    // when the shard was made, as the time of its reading
	counts Counts   // for the run
	total  progress // of all files

	scope, input, version int64 // rows
	last                  int64 // when the last reading of the version began; 0: there was none
	done                  bool  // a reading of the version came to its end
}

// root is the input of the shard.
func (a *shardAdder) root() *archive.File {
	h := &a.shard.Header
	return &archive.File{Path: h.Input, Abs: h.Abs, Size: h.Size, ModTime: h.ModTime}
}

// begin finds or makes the rows of the input and its version, and says whether the archive
// has the shard already.
func (a *shardAdder) begin() (known bool, err error) {
	h := &a.shard.Header
	root := a.root()
	if a.scope, err = a.b.scopeRow(h.Scope); err != nil {
		return false, err
	}
	if a.input, err = a.b.file(newFile{scope: a.scope, scopeKey: h.Scope, path: pathOf(root), name: h.Input}); err != nil {
		return false, err
	}
	if a.version, err = a.b.version(a.input, h.Size, mtime(root), "", hash(h.Options)); err != nil {
		return false, err
	}
	var done, began int64
	err = a.b.query(func(r *sql.Rows) error { return r.Scan(&done, &began) },
		`SELECT done, ifnull((SELECT began FROM progress WHERE version = ?1 AND file = ?2), 0) FROM versions WHERE id = ?1`, a.version, a.input)
	a.last, a.done = max(done, began), done != 0
	return done == a.made || began == a.made, err
}

// addFile adds what a file of the shard holds.
func (a *shardAdder) addFile(f *shardPart) error {
	at, err := a.placeIn(f)
	if err != nil {
		return err
	}
	articles, bytes := 0, 0 // since the last identify
	for item, err := range f.items {
		if err != nil {
			return ofSource(err)
		}
		switch {
		case item.revisit != nil:
			err = a.b.addRevisit(item.revisit, at)
		case item.counted != nil:
			err = a.b.count(at.file, a.made, 0, item.counted)
			a.counts.Counted += len(item.counted)
		default:
			err = a.addArticle(item.article, at)
			articles, bytes = articles+1, bytes+item.size()
		}
		if err == nil && (articles >= batchArticles || bytes >= batchBytes) {
			articles, bytes = 0, 0
			if err = a.b.identify(); err == nil {
				err = a.b.begin()
			}
		}
		if err != nil {
			return err
		}
	}
	if !f.Holds {
		a.counts.Files++
	}
	a.total.records += f.records
	a.total.errors += f.errors
	for reason, n := range f.reasons {
		addReason(&a.counts.Errors, reason, n)
	}
	return nil
}

// placeIn is a place in a file of the shard, without a record.
func (a *shardAdder) placeIn(f *shardPart) (at seen, err error) {
	h := &a.shard.Header
	row := a.input
	if f.Path != h.Input {
		path := pathOf(a.root()) + strings.TrimPrefix(f.Path, h.Input)
		if row, err = a.b.file(newFile{scope: a.scope, scopeKey: h.Scope, path: path, name: f.Path, input: a.input}); err != nil {
			return at, err
		}
	}
	at, err = a.b.at(row)
	at.first, at.last = a.made, a.made
	return at, err
}

func (a *shardAdder) addArticle(found *articleEmbeds, at seen) error {
	h := &a.shard.Header
	at.see(&found.Article, h.Keep)
	if _, err := a.b.put(&found.Article, found.Key, int64(h.Detector), at, func() ([]Passage, error) { return found.Embeds, nil }); err != nil {
		return err
	}
	a.total.articles++
	a.total.embeds += len(found.Embeds)
	for i := range found.Embeds {
		addReason(&a.counts.Forms, string(found.Embeds[i].Form), 1)
	}
	return nil
}

// end adds what was read of the input, and what that supersedes.
func (a *shardAdder) end() (err error) {
	b, h, total := a.b, &a.shard.Header, &a.total
	a.counts.Records, a.counts.Articles, a.counts.Embeds = total.records, total.articles, total.embeds
	if a.shard.Trailer.Failed != "" {
		err = b.exec(`INSERT INTO progress (version, file, began, record, done, records, articles, embeds, errors) SELECT ?, ?, ?, 0, 0, ?, ?, ?, ? FROM versions WHERE id = ?1 AND done = 0
			ON CONFLICT DO UPDATE SET began = excluded.began, records = excluded.records, articles = excluded.articles, embeds = excluded.embeds, errors = excluded.errors WHERE excluded.began > began`,
			a.version, a.input, a.made, total.records, total.articles, total.embeds, total.errors)
	} else {
		whole := total.errors == 0 && h.Size >= 0 && !h.Partial
		if err = b.finish(a.version, a.made, whole, total); err == nil && whole {
			_, err = b.completed(a.input, a.made)
		}
	}
	if err == nil {
		err = b.exec(`INSERT OR IGNORE INTO readings (run, version) VALUES (?, ?)`, b.runID, a.version)
	}
	if err == nil {
		err = b.exec(`UPDATE runs SET keep = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(keep) UNION SELECT value FROM json_each(?) ORDER BY value)), count = max(ifnull(count, 0), ?) WHERE id = ?`,
			list(h.Keep), h.CountAll, b.runID)
	}
	return err
}

// A shardPart is a file in a shard. What was read of it, and its record, which is the last
// one, are set once all items were read.
type shardPart struct {
	shardFile
	progress
	reasons map[string]int // of errors, and of what was skipped
	items   iter.Seq2[shardItem, error]
}

// A shardItem is one of an article, a revisit, and counted articles.
type shardItem struct {
	article *articleEmbeds
	revisit *revisit
	counted []counted
}

// size is about how many bytes the item takes in memory.
func (i *shardItem) size() int {
	if i.article == nil {
		return 200 + 100*len(i.counted)
	}
	return i.article.size()
}

// files reads the files of the shard, one after the other. All items of a file must be
// read before the next file.
func (s *Shard) files() iter.Seq2[*shardPart, error] {
	return func(yield func(*shardPart, error) bool) {
		next, stop := iter.Pull2(s.lines())
		defer stop()
		for {
			l, err, ok := next()
			if !ok {
				return
			}
			if err == nil {
				err = l.beginsFile(s.Header.Input)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			f := &shardPart{shardFile: *l.File}
			f.items = func(yield func(shardItem, error) bool) { f.read(next, yield) }
			if !yield(f, nil) {
				return
			}
		}
	}
}

// beginsFile is the error of a line that does not begin a file of the input.
func (l *shardLine) beginsFile(input string) error {
	switch {
	case l.File == nil && (l.Article != nil || l.More != nil || l.Revisit != nil || l.Counted != nil || l.Read != nil):
		return l.fault("it is outside of any file")
	case l.File == nil:
		return l.fault(unknownLine)
	case !partOf(input, l.File.Path):
		return l.fault("it begins a file of another input")
	}
	return nil
}

const unknownLine = "it is of no known kind"

// read calls yield for each item of the file, up to the line that ends the file.
func (f *shardPart) read(next func() (*shardLine, error, bool), yield func(shardItem, error) bool) {
	var a *articleEmbeds // lines with more of its embeds may follow
	size := 0            // of the lines of a
	for {
		l, err, ok := next()
		if !ok {
			err = errors.New("damaged: a file has no end")
		}
		if err == nil {
			size += l.size
			err = f.check(l, a, size)
		}
		if err != nil {
			yield(shardItem{}, err)
			return
		}
		if l.More != nil {
			a.Embeds = append(a.Embeds, l.More...)
			continue
		}
		if a != nil && !yield(shardItem{article: a}, nil) {
			return
		}
		a = nil
		switch {
		case l.Counted != nil, l.Revisit != nil:
			if !yield(shardItem{counted: l.Counted, revisit: l.Revisit}, nil) {
				return
			}
		case l.Read != nil:
			f.records, f.errors, f.reasons = l.Read.Records, l.Read.Errors, l.Read.Reasons
			return
		default:
			a, size = &articleEmbeds{Article: *l.Article, Key: l.Key, Embeds: l.Embeds}, l.size
			f.record, a.Article.File, a.Article.Body = a.Article.Record, f.Path, ""
		}
	}
}

// check is the error of a line in the file that cannot be there. a is the article that
// lines with more embeds continue; size is the bytes of its lines, with this one.
func (f *shardPart) check(l *shardLine, a *articleEmbeds, size int) error {
	what := ""
	switch {
	case l.More != nil && a == nil:
		what = "it has embeds without an article"
	case l.More != nil && size > maxShardArticle:
		what = "an article has too many embeds for a shard file: archive the input itself"
	case l.More != nil:
		what = faultOf(&archive.Article{}, l.More)
	case l.Counted != nil:
		what = faultOfCounted(l.Counted)
	case l.Revisit != nil:
		what = l.Revisit.fault()
	case l.Read != nil:
	case l.File != nil:
		what = "a file begins inside another one"
	case l.Article == nil:
		what = unknownLine
	case l.Article.Record <= f.record:
		what = "articles are out of order"
	case len(l.Key) != keyLength:
		what = "an article has no key"
	default:
		what = faultOf(l.Article, l.Embeds)
	}
	if what == "" {
		return nil
	}
	return l.fault(what)
}

// join adds counts to those of the run.
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
