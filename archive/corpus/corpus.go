// Package corpus turns files into articles. It reads files, folders and pipes of
// text, HTML, JSON, CSV, Parquet, WARC, ARC, mail, feeds and documents, compressed or
// not. It reads each once, one after the other, in bounded memory.
//
// Begin with Reader: Articles takes paths and gives batches of articles, as
// archive.Scan wants them; Inspect says how one file is understood. To see or add a
// format, begin with format.go.
//
// The first bytes of a file say what it is; its name decides only if they are not
// enough. For a record that cannot be read there is an *archive.ReadError. A record
// that is not an article (an image in a crawl, a socket in a folder) is an
// archive.Skipped inside a ReadError. Nothing is left out silently.
//
// A container (a zip or a tar, also a compressed one) is passed to Resume before it is
// opened. The files in it come as files of their own. If it could be read to its end,
// it comes after them as a batch without records.
//
// An article's date is the one that the article gives. The time at which a crawl
// fetched it is separate, in Captured.
//
// What a record is, and how it is numbered from 1:
//
//	JSON lines      a line; blank lines are counted too
//	JSON            an article
//	CSV, Parquet    a row; a header is not counted
//	WARC, ARC       a record of any type
//	mbox            a letter
//	RSS, Atom       an item
//	all others      the whole file
//
// The body of a docx, odt or epub is HTML that is made from it. The body of a letter
// is its decoded text or page. SHAPES.md lists what comes out of each format.
package corpus

import (
	"errors"
	"io"
	"iter"
	"sync/atomic"

	"example.org/tweetarc/archive"
)

// Reader reads corpora. The zero value reads everything.
type Reader struct {
	// MayHold says whether raw bytes, still encoded, can hold a tweet. A record
	// for which it is false is counted but not decoded: its article has a Record
	// and no Body. It should look for printable ASCII without quote, slash or
	// backslash: every encoding here leaves that as it is, except for the escapes of
	// JSON, which MayHold must undo: (\u0040. It is called by several goroutines. If
	// it is nil, all records are decoded.
	MayHold func(raw []byte) bool

	// Fields says which fields hold the text, address, title and date of an article.
	Fields Fields

	// Resume says how far a file has been archived before. Records up to after are
	// left out; with skip there is no batch of the file at all. For a container only
	// skip counts, and it counts for all files in it. Resume is called by the
	// goroutine that runs Articles. If it is nil, everything is read.
	Resume func(*archive.File) (after int, skip bool)

	// MaxRecord is how many bytes a record may have when it is unpacked. A longer
	// record is an error. 0 is DefaultMaxRecord.
	MaxRecord int64

	// Include and Exclude choose files by globs in folders and containers. A path
	// that the user named is always read. A glob without a slash is for the last
	// part of a path, one with a slash for all of it; ** stands for any folders.
	Include, Exclude []string

	// Limit ends the reading after so many articles, including those that are not
	// decoded, but not errors. The articles are then read one file after the other.
	// 0 is no limit.
	Limit int

	// Found says that the paths were found in folders before, by Files. Then a file
	// that is not text is skipped, while otherwise it is an error.
	Found bool

	// Stdin is the input of the path -. Nil is an empty one.
	Stdin io.Reader

	// Done, when it is closed, ends the waiting for standard input or a pipe. Nil is
	// never.
	Done <-chan struct{}

	// Open opens a path that is a URL (scheme://...). It gives size and time, and
	// the bytes, which are read once and in order. The name in the archive.File must
	// not have the secrets of the URL. If Open is nil, a URL is the name of a file.
	Open func(path string) (*archive.File, io.ReadCloser, error)

	done, total  atomic.Int64
	inspect      *Inspection                     // only for Inspect, else nil
	inspectHolds func([]byte) bool               // MayHold, for Inspect
	contents     func(*source, *format, *window) // only for Contents, else nil
}

// DefaultMaxRecord is the MaxRecord of a Reader without one.
const DefaultMaxRecord = 64 << 20

// smallFile is the size below which a finder reads a file as a whole.
const smallFile = 1 << 20

var (
	errEmpty     = errors.New("empty file")
	errNoFiles   = errors.New("no files in this folder")
	errNoMatch   = withHint("no file in this folder matches", "look at --include and --exclude")
	errUnnamed   = withHint("empty path", "name a file or a folder")
	errTruncated = withHint("ends too early", "if the file was cut, copy or download it again")
	errChanged   = withHint("changed while it was read", "run the command again")
)

// hinted is an error with a hint what the user can do. For archive.Reason, by which
// errors are counted, it is the error without the hint.
type hinted struct {
	err  error
	hint string
}

func withHint(text, hint string) error { return &hinted{errors.New(text), hint} }

func (h *hinted) Error() string { return h.err.Error() + "; " + h.hint }
func (h *hinted) Unwrap() error { return h.err }

// Articles reads paths, one after the other: a file, a folder (in the order of
// names; hidden files are skipped and counted), or - for Stdin. Any goroutine may
// read a batch, but only once. A batch of a pipe or a tar must be read before the
// next one is asked for, or at the same time.
func (r *Reader) Articles(paths ...string) iter.Seq[archive.Batch] {
	all := func(yield func(archive.Batch) bool) {
		for e := range r.inputs(paths) {
			for b := range r.batches(e) {
				if e.found || r.Found || b.File.In != nil {
					b = overlooked(b)
				}
				if !yield(b) {
					return
				}
			}
		}
	}
	if r.Limit > 0 {
		return limited(r.Limit, all)
	}
	return all
}

// BytesRead says how many bytes have been read so far, and how many there are, as
// far as Measure has counted (0 without it). Any goroutine may call it.
func (r *Reader) BytesRead() (done, total int64) {
	return r.done.Load(), r.total.Load()
}

// Measure adds up the sizes of what Articles would read, for BytesRead. It walks
// the folders, so run it in a goroutine of its own, and only if the progress is
// shown.
func (r *Reader) Measure(paths ...string) {
	for e := range r.inputs(paths) {
		if e.isFile() {
			r.total.Add(e.info.Size())
		}
	}
}

// Files lists the inputs that Articles would read: the file of each path or, if it
// is a folder, the files below it. An error says that an input cannot be read, or
// is skipped. For a URL only the path is known.
func (r *Reader) Files(paths ...string) iter.Seq2[*archive.File, error] {
	return func(yield func(*archive.File, error) bool) {
		for e := range r.inputs(paths) {
			f := e.file()
			var err error
			if e.err != nil {
				err = fileError(f.Path, e.err)
			}
			if !yield(f, err) {
				return
			}
		}
	}
}
