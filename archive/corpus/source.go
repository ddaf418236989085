package corpus

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in same_test.go and fuzz_test.go.

// source reads the articles of one batch. It has what all formats need.
type source struct {
	*Reader
	file   string   // Origin.File
	after  int      // records up to this one are left out
	max    int64    // bytes of a record
	disk   *os.File // the file itself, nil for a stream
	nested bool     // in a container
	layers int      // of compression
	closes []func()

	a   archive.Article // is yielded for every record
	dec jsonDecoder
}

// batch is a stretch of f, of which read gives the records.
func (r *Reader) batch(f *archive.File, after int, last bool, read func(*source) articles) archive.Batch {
	return archive.Batch{File: f, Last: last, Articles: func(yield func(*archive.Article, error) bool) {
		s := &source{Reader: r, file: f.Path, after: after, max: r.maxRecord()}
		defer s.close()
		for a, err := range read(s) {
			if n := recordOf(a, err); (n == 0 || n > after) && !yield(a, err) {
				return
			}
		}
	}}
}

// recordOf is the number of a record, 0 for an error of the file.
func recordOf(a *archive.Article, err error) int {
	if a != nil {
		return a.Record
	}
	return err.(*archive.ReadError).Record // source makes no other errors
}

// atEnd calls f when the batch has been read.
func (s *source) atEnd(f func()) { s.closes = append(s.closes, f) }

func (s *source) close() {
	for _, f := range slices.Backward(s.closes) {
		f()
	}
}

// window makes a window that is freed when the batch has been read.
func (s *source) window(in io.Reader) *window {
	w := newWindow(in)
	s.atEnd(w.free)
	return w
}

// read recognises what is in w and gives its records.
func (s *source) read(w *window) articles {
	if len(w.peek(1)) == 0 {
		return s.unread(cmp.Or(w.failure(), errEmpty))
	}
	var in *inputError
	if len(w.peek(sniffLen)) < sniffLen && errors.As(w.failure(), &in) { // too little to recognise it
		return s.unread(in)
	}
	if u := fromUTF16(w.peek(128), w); u != nil {
		w = s.window(u)
	}
	skipBOM(w)
	head := w.peek(sniffLen)
	if len(head) < sniffLen && blank(head) && w.failure() == nil {
		return s.unread(errEmpty)
	}
	f := sniff(head, s.file)
	s.recognised(f)
	if s.contents != nil && !f.holdsFiles() {
		return s.handOver(f, w)
	}
	return f.read(s, w)
}

// record adds the origin to what was read of record n: an article or an error.
func (s *source) record(n int, a *archive.Article, err error) (*archive.Article, error) {
	if err != nil {
		var in *inputError
		if errors.As(err, &in) { // then the file is read again the next time
			return nil, fileError(s.file, err)
		}
		at := archive.Origin{File: s.file, Record: n}
		if r, ok := err.(*revisited); ok {
			return nil, &archive.ReadError{Origin: at, Err: skipType("revisit"), Revisit: &r.Revisit}
		}
		return nil, &archive.ReadError{Origin: at, Err: err}
	}
	a.Origin = archive.Origin{File: s.file, Record: n}
	return a, nil
}

// dropped gives an empty article for a record that cannot hold a tweet.
func (s *source) dropped() (*archive.Article, error) {
	s.a = archive.Article{}
	return &s.a, nil
}

// unread gives the error of a file that cannot be read.
func (s *source) unread(err error) articles {
	return func(yield func(*archive.Article, error) bool) { yield(nil, fileError(s.file, err)) }
}

// document reads files that are one article.
func document(article func(*source, []byte) *archive.Article) func(*source, *window) articles {
	return func(s *source, w *window) articles {
		return func(yield func(*archive.Article, error) bool) {
			b, err := w.all(s.max)
			switch {
			case err != nil:
				yield(s.record(1, nil, err))
			case s.holds(b):
				yield(s.record(1, article(s, b), nil))
			default:
				a, err := s.dropped()
				yield(s.record(1, a, err))
			}
		}
	}
}

// fielded makes the article of a record with named fields; value gives the bytes of a
// part. others are the fields whose names mean nothing: one of them is the body if
// the text cannot hold a tweet, but that field can and is longer.
func (s *source) fielded(html bool, value func(part int) ([]byte, error), others iter.Seq2[string, []byte]) (*archive.Article, error) {
	var of [parts]string
	for part := range of {
		b, err := value(part)
		if err != nil {
			return nil, err
		}
		of[part] = utf8Text(b)
		if part == partText && !s.body(b) {
			if other, ok := s.other(len(b), others); ok {
				of[part], html = other, false
			} else if s.inspect == nil {
				return s.dropped()
			}
		}
	}
	body := of[partText]
	s.a = archive.Article{
		URL: strings.TrimSpace(of[partURL]), Title: oneLine(of[partTitle]), Date: day(of[partDate]), Captured: moment(of[partCaptured]), Outlet: outlet(of[partOutlet]),
		Body: body, HTML: html || looksHTML(body),
	}
	return &s.a, nil
}

// holds says whether raw has to be decoded.
func (s *source) holds(raw []byte) bool { return s.MayHold == nil || s.MayHold(raw) }

// maxRecord is MaxRecord or its default.
func (r *Reader) maxRecord() int64 {
	if r.MaxRecord > 0 {
		return r.MaxRecord
	}
	return DefaultMaxRecord
}

// fileError is an error of a whole file.
func fileError(path string, err error) *archive.ReadError {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // without the path, which is in Origin
	}
	return &archive.ReadError{Origin: archive.Origin{File: path}, Err: err}
}

// lineFeeds replaces carriage returns with line feeds if lines end in the former, as
// in Excel's "CSV (Macintosh)".
func (s *source) lineFeeds(w *window) *window {
	head := w.peek(sniffLen)
	if bytes.IndexByte(head, '\r') < 0 || bytes.IndexByte(head, '\n') >= 0 {
		return w
	}
	return s.window(macLines{w})
}

// macLines reads with line feeds for carriage returns.
type macLines struct{ io.Reader }

func (m macLines) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
