// Package corpus turns what users have into articles: files, folders and pipes
// of text, HTML, JSON, CSV, Parquet, WARC, ARC, mail, feeds and documents, however
// packed, one after the other, each read once, in bounded memory.
//
// What a file is, its first bytes say; its name only breaks ties (see format.go).
// A record that cannot be read is an *archive.ReadError in its place, a record
// that is no article (an image of a crawl, a socket in a folder) is one with an
// archive.Skipped inside; nothing is left out without a word.
//
// A container (a zip, a tar, packed or not) is asked about with Resume before it is
// opened. Its members come as files of their own, and if it could be read to its
// end, it comes after them as a batch without records.
//
// An article's date is what it says of itself; when a crawl fetched it is apart, in
// Captured.
//
// Record numbers, by format:
//
//	JSON lines      number of the line, blank lines counted
//	JSON            ordinal of the article
//	CSV, Parquet    ordinal of the row, a header not counted
//	WARC            ordinal of the record, all types counted
//	mbox            ordinal of the letter
//	RSS, Atom       ordinal of the item
//	text, HTML, mail, MHTML, docx, odt, epub 1
//
// The body of a docx, odt or epub is HTML made of it; that of a letter is its text,
// or page, decoded. SHAPES.md has what comes out of each.
package corpus

import (
	"errors"
	"io"
	"iter"
	"sync/atomic"

	"example.org/tweetarc/archive"
)

// Reader reads corpora. The zero value reads all there is.
type Reader struct {
	// MayHold says whether raw bytes, still encoded, can hold a tweet. A record
	// for which it says no is counted but not decoded: its article has a Record
	// and no Body. It looks for printable ASCII without quote, slash or backslash,
	// which every encoding met here leaves as it is but JSON, whose escapes it has to
	// undo: (\u0040. Nil decodes all. It is called by several goroutines.
	MayHold func(raw []byte) bool

	// Fields names what holds text, address, title and date of an article.
	Fields Fields

	// Resume says how far a file has been archived before: records up to after
	// are left out, or with skip the whole file, which is then not among the
	// batches. Of a container after says nothing, and skip is for all its members.
	// Nil reads all. It is called by the goroutine that runs Articles.
	Resume func(*archive.File) (after int, skip bool)

	// MaxRecord is the most bytes that a record may have, unpacked. A longer one
	// is an error and passed over. 0 is DefaultMaxRecord.
	MaxRecord int64

	// Include and Exclude choose among the files found in folders and
	// containers; a path named by the user is always read. A glob without a
	// slash is matched with the last part of the path, one with a slash with all
	// of it; ** matches any folders.
	Include, Exclude []string

	// Limit ends the reading after so many articles, dropped ones counted, errors
	// not. The articles are then read one file after the other. 0 is all.
	Limit int

	// Found says that the paths were found in folders before, by Files: what is
	// no text among them is passed over, where else it would be an error.
	Found bool

	// Stdin is the input of the path -. Nil is an empty one.
	Stdin io.Reader

	// Done ends the waiting for an input that may never come: standard input or
	// a pipe, when it is closed. Nil is never.
	Done <-chan struct{}

	// Open opens a path that is a URL (scheme://...): its size and time, and its
	// bytes, which are read once and in order. Its name in the archive.File is
	// without what is secret in it. Nil takes a URL for a file's name.
	Open func(path string) (*archive.File, io.ReadCloser, error)

	done, total  atomic.Int64
	inspect      *Inspection                     // nil but for Inspect
	inspectHolds func([]byte) bool               // MayHold, where inspect is
	contents     func(*source, *format, *window) // nil but for Contents
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

// BytesRead says how many bytes have been read so far, and of how many, as far
// as Measure knows (0 without it). Any goroutine may call it.
func (r *Reader) BytesRead() (done, total int64) {
	return r.done.Load(), r.total.Load()
}

// Measure adds up the sizes of what Articles would read, for BytesRead. It
// walks the folders, so it is best run in a goroutine of its own, and only
// where somebody looks at the progress.
func (r *Reader) Measure(paths ...string) {
	for e := range r.inputs(paths) {
		if e.isFile() {
			r.total.Add(e.info.Size())
		}
	}
}

// Files lists the inputs that Articles would read: a file for each path, of a
// folder those below it. With an error the input cannot be read, or is passed
// over. Of a URL only the path is known.
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
