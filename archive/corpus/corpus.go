// Package corpus turns what users have into articles: files, folders and pipes
// of text, HTML, JSON, CSV, Parquet and WARC, however packed, one after the
// other, each read once, in bounded memory.
//
// What a file is, is told by its first bytes, never by its name alone; a name
// only breaks ties (see sniff.go). A record that cannot be read is an
// *archive.ReadError in its place, a record that is no article (an image of a
// crawl, a socket in a folder) is one with an archive.Skipped inside; nothing
// is left out without a word.
//
// Record numbers, by format:
//
//	JSON lines      number of the line, blank lines counted
//	JSON            ordinal of the article
//	CSV, Parquet    ordinal of the row, a header not counted
//	WARC            ordinal of the record, all types counted
//	text, HTML      1
package corpus

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"tweetarc/archive"
)

// Reader reads corpora. The zero value reads all there is.
type Reader struct {
	// MayHold tells whether raw bytes, still encoded, can hold a tweet. A record
	// for which it says no is counted but not decoded: its article has a Record
	// and no Body. It looks for printable ASCII without quote, slash or backslash,
	// which every encoding met here leaves as it is (JSON's escapes are undone
	// before it is asked). Nil decodes all. It is called by several goroutines.
	MayHold func(raw []byte) bool

	// Fields names what holds text, address, title and date of an article.
	Fields Fields

	// Resume tells how far a file has been archived before: records up to after
	// are passed over, or with skip the whole file, which is then not among the
	// batches. Nil reads all. It is called by the goroutine that runs Articles.
	Resume func(*archive.File) (after int, skip bool)

	// MaxRecord is the most bytes that a record may have, unpacked. A longer one
	// is an error and passed over. 0 is DefaultMaxRecord.
	MaxRecord int64

	// Include and Exclude choose among the files found in folders and
	// containers; a path named by the user is always read. A glob without a
	// slash is matched with the last part of the path, one with a slash with all
	// of it; ** stands for any folders.
	Include, Exclude []string

	// Limit ends the reading after so many articles, dropped ones counted, errors
	// not. The articles are then read one file after the other. 0 is all.
	Limit int

	// Stdin is what the path - stands for. Nil is an empty input.
	Stdin io.Reader

	// Open opens a path that is a URL (scheme://...): what it is, and its bytes,
	// which are read once and in order. Nil takes it for a file's name.
	Open func(path string) (*archive.File, io.ReadCloser, error)

	done, total atomic.Int64
	inspect     *Inspection // nil but for Inspect
}

// DefaultMaxRecord is the most bytes of a record where Reader says nothing.
const DefaultMaxRecord = 64 << 20

// A file below this size is read whole by the finder that takes it.
const smallFile = 1 << 20

var (
	errEmpty     = errors.New("empty file")
	errNoFiles   = errors.New("no files in this folder")
	errUnnamed   = errors.New("unnamed path")
	errTruncated = errors.New("unexpected end of the file")
	errChanged   = errors.New("changed while it was read")
)

// Articles reads paths, one after the other: a file, a folder (walked in name
// order, hidden files passed over and counted), or - for Stdin. Every batch is
// to be read once, by any goroutine; those of a pipe or a tar while or before
// the next batch is taken.
func (r *Reader) Articles(paths ...string) iter.Seq[archive.Batch] {
	all := func(yield func(archive.Batch) bool) {
		for _, p := range paths {
			if !r.path(p, yield) {
				return
			}
		}
	}
	if r.Limit > 0 {
		return func(yield func(archive.Batch) bool) { limited(r.Limit, all, yield) }
	}
	return all
}

// BytesRead tells how many bytes have been read so far, and of how many, as
// far as Measure knows (0 without it). Any goroutine may call it.
func (r *Reader) BytesRead() (done, total int64) {
	return r.done.Load(), r.total.Load()
}

// Measure adds up the sizes of what Articles would read, for BytesRead. It
// walks the folders, so it is best run in a goroutine of its own, and only
// where somebody looks at the progress.
func (r *Reader) Measure(paths ...string) {
	for _, p := range paths {
		r.walk(p, func(e entry) bool {
			if e.err == nil && e.info.Mode().IsRegular() {
				r.total.Add(e.info.Size())
			}
			return true
		})
	}
}

// Files lists the inputs that Articles would read: a file for each path, of a
// folder those below it. With an error the input cannot be read, or is passed
// over. Of a URL only its path is told.
func (r *Reader) Files(paths ...string) iter.Seq2[*archive.File, error] {
	return func(yield func(*archive.File, error) bool) {
		for _, p := range paths {
			if p == "-" || r.Open != nil && isURL(p) {
				if !yield(&archive.File{Path: p, Size: -1}, nil) {
					return
				}
				continue
			}
			if !r.walk(p, func(e entry) bool {
				f := &archive.File{Path: PathName(e.path), Size: -1}
				if e.info != nil && e.info.Mode().IsRegular() {
					f.Size, f.ModTime = e.info.Size(), e.info.ModTime()
				}
				if e.err != nil {
					return yield(f, fileError(f.Path, e.err))
				}
				return yield(f, nil)
			}) {
				return
			}
		}
	}
}

// isURL tells a URL from a file's name (RFC 3986 section 3.1).
func isURL(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == ""
}

// url reads an input named by URL.
func (r *Reader) url(path string, yield func(archive.Batch) bool) bool {
	f, in, err := r.Open(path)
	if err != nil {
		return yield(failed(&archive.File{Path: path, Size: -1}, err))
	}
	defer in.Close()
	return r.stream(f, in, yield)
}

// path yields the batches of one path of the user's.
func (r *Reader) path(path string, yield func(archive.Batch) bool) bool {
	if r.Open != nil && isURL(path) {
		return r.url(path, yield)
	}
	if path == "-" {
		in := r.Stdin
		if in == nil {
			in = eof{}
		}
		return r.stream(&archive.File{Path: path, Size: -1}, in, yield)
	}
	return r.walk(path, func(e entry) bool {
		f := &archive.File{Path: PathName(e.path), Size: -1}
		if e.info != nil {
			f.ModTime = e.info.ModTime()
		}
		switch {
		case e.err != nil:
			return yield(failed(f, e.err))
		case !e.info.Mode().IsRegular():
			return r.pipe(f, yield)
		}
		f.Size = e.info.Size()
		return r.file(f, yield)
	})
}

// pipe reads what is no regular file but was named by the user.
func (r *Reader) pipe(f *archive.File, yield func(archive.Batch) bool) bool {
	in, err := os.Open(RealPath(f.Path))
	if err != nil {
		return yield(failed(f, err))
	}
	defer in.Close()
	return r.stream(f, in, yield)
}

// resume asks Resume, if there is one.
func (r *Reader) resume(f *archive.File) (after int, skip bool) {
	if r.Resume == nil {
		return 0, false
	}
	return r.Resume(f)
}

// file yields the batches of a regular file. Small ones are not even opened
// here, but by their finders.
func (r *Reader) file(f *archive.File, yield func(archive.Batch) bool) bool {
	if f.Size < smallFile && !bundled(f.Path) {
		return r.one(f, yield)
	}
	in, err := os.Open(RealPath(f.Path))
	if err != nil {
		return yield(failed(f, err))
	}
	w := newWindow(&counter{&unchanged{in, f}, &r.done})
	switch is, closer := kind(w, f.Path); is {
	case zipFile:
		r.done.Add(-w.read) // it is read again
		w.free()
		return r.zip(f, &shared{File: in, file: in}, f.Size, yield)
	case tarFile:
		defer in.Close()
		defer closer()
		return r.tar(f, w, yield)
	case parquetFile:
		r.done.Add(-w.read)
		w.free()
		return r.groups(f, &shared{File: in, file: in}, yield)
	case jsonLines:
		if f.Size < smallFile {
			break
		}
		defer in.Close()
		after, skip := r.resume(f)
		if skip {
			w.free()
			r.done.Add(f.Size - w.read)
			return true
		}
		return r.chunks(f, w, after, yield)
	}
	w.free()
	r.done.Add(-w.read)
	in.Close()
	return r.one(f, yield)
}

// one yields a file as one batch.
func (r *Reader) one(f *archive.File, yield func(archive.Batch) bool) bool {
	after, skip := r.resume(f)
	if skip {
		r.done.Add(f.Size)
		return true
	}
	return yield(r.whole(f, after))
}

// whole is the batch of a file that is opened and read by its finder.
func (r *Reader) whole(f *archive.File, after int) archive.Batch {
	return archive.Batch{File: f, Last: true, Articles: func(yield func(*archive.Article, error) bool) {
		s := r.source(f, after, yield)
		in, err := os.Open(RealPath(f.Path))
		if err != nil {
			s.fileError(err)
			return
		}
		defer in.Close()
		w := newWindow(&counter{&unchanged{in, f}, &r.done})
		defer w.free()
		s.seeker = in
		s.read(w)
	}}
}

// stream yields the batches of an input that can be read only once, in order.
func (r *Reader) stream(f *archive.File, in io.Reader, yield func(archive.Batch) bool) bool {
	w := newWindow(&counter{in, &r.done})
	is, closer := kind(w, f.Path)
	defer closer()
	switch is {
	case zipFile:
		in, size, err := spool(w)
		if err != nil {
			return yield(failed(f, err))
		}
		return r.zip(f, &shared{File: in, file: in}, size, yield)
	case tarFile:
		return r.tar(f, w, yield)
	}
	after, skip := r.resume(f)
	if skip {
		return true
	}
	if is == jsonLines {
		return r.chunks(f, w, after, yield)
	}
	return r.serial(archive.Batch{File: f, Last: true, Articles: func(yield func(*archive.Article, error) bool) {
		r.source(f, after, yield).read(w)
	}}, yield)
}

// serial yields a batch and returns when it has been read.
func (r *Reader) serial(b archive.Batch, yield func(archive.Batch) bool) bool {
	done := make(chan struct{})
	articles := b.Articles
	b.Articles = func(yield func(*archive.Article, error) bool) {
		defer close(done)
		articles(yield)
	}
	if !yield(b) {
		return false
	}
	<-done
	return true
}

// failed is the batch of a file that cannot be read at all.
func failed(f *archive.File, err error) archive.Batch {
	return archive.Batch{File: f, Last: true, Articles: func(yield func(*archive.Article, error) bool) {
		yield(nil, fileError(f.Path, err))
	}}
}

func fileError(path string, err error) *archive.ReadError {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // the path stands in Origin
	}
	return &archive.ReadError{Origin: archive.Origin{File: path}, Err: err}
}

// source is one file, or one entry of a container, on its way to articles: what
// the formats share.
type source struct {
	*Reader
	file    string   // Origin.File
	after   int      // records up to this one are passed over
	max     int64    // bytes of a record
	seeker  *os.File // the file itself, nil for a stream
	nested  bool     // in a container
	yield   func(*archive.Article, error) bool
	layers  int             // of compression
	stopped bool            // yield said no
	a       archive.Article // the one that is yielded, again and again
	dec     jsonDecoder
}

func (r *Reader) source(f *archive.File, after int, yield func(*archive.Article, error) bool) *source {
	return &source{Reader: r, file: f.Path, after: after, max: r.maxRecord(), yield: yield}
}

func (r *Reader) maxRecord() int64 {
	if r.MaxRecord > 0 {
		return r.MaxRecord
	}
	return DefaultMaxRecord
}

// article yields s.a as the given record. Like skip and fail it tells whether
// to go on.
func (s *source) article(record int) bool {
	s.a.Origin = archive.Origin{File: s.file, Record: record}
	return s.give(record, &s.a, nil)
}

// dropped yields a record that was not decoded.
func (s *source) dropped(record int) bool {
	s.a = archive.Article{}
	return s.article(record)
}

// fail yields an error in place of a record; one of the input itself, whose rest
// may well be read another time, in place of the file.
func (s *source) fail(record int, err error) bool {
	var in *inputError
	if errors.As(err, &in) {
		s.fileError(err)
		return !s.stopped
	}
	return s.give(record, nil, &archive.ReadError{Origin: archive.Origin{File: s.file, Record: record}, Err: err})
}

func (s *source) fileError(err error) { s.give(0, nil, fileError(s.file, err)) }

func (s *source) give(record int, a *archive.Article, err error) bool {
	if s.stopped || record > 0 && record <= s.after {
		return !s.stopped
	}
	s.stopped = !s.yield(a, err)
	return !s.stopped
}

// holds tells whether to decode raw.
func (s *source) holds(raw []byte) bool { return s.MayHold == nil || s.MayHold(raw) }

// counter counts the bytes read from an input.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	if err != nil && err != io.EOF {
		err = &inputError{err}
	}
	return n, err
}

// unchanged reads a file, and says at its end whether it is still the one that
// the walk met: what was appended, cut or overwritten meanwhile is read again
// the next time.
type unchanged struct {
	*os.File
	met *archive.File
}

func (u *unchanged) Read(p []byte) (int, error) {
	n, err := u.File.Read(p)
	if err != io.EOF {
		return n, err
	}
	if info, statErr := u.Stat(); statErr == nil && (info.Size() != u.met.Size || !info.ModTime().Equal(u.met.ModTime)) {
		err = errChanged
	}
	return n, err
}

// inputError is an error of the disk or the network, not of what was read.
type inputError struct{ error }

func (e *inputError) Unwrap() error { return e.error }

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

var buffers = sync.Pool{New: func() any { b := make([]byte, bufferSize); return &b }}
