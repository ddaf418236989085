package corpus

import (
	"bytes"
	"fmt"
	"io"
)

// Tested in input_test.go, jsonl_test.go and fuzz_test.go.

// bufferSize is how many bytes a window holds, unless a record is longer.
const bufferSize = 1 << 20

// window is the part of an input that is in memory: buf[r:w].
type window struct {
	src  io.Reader
	pool *[]byte // where buf came from
	buf  []byte
	r, w int
	read int64 // bytes of src so far
	err  error // why src gives no more

	waits func() bool // src has nothing at this moment; nil if src never makes one wait
}

func newWindow(src io.Reader) *window {
	b := buffers.Get().(*[]byte)
	return &window{src: src, pool: b, buf: *b}
}

// free returns the buffer. The window cannot be used any more.
func (w *window) free() {
	if w.pool != nil {
		buffers.Put(w.pool)
	}
	w.pool, w.buf, w.r, w.w = nil, nil, 0, 0
	w.err = io.EOF
}

func (w *window) data() []byte { return w.buf[w.r:w.w] }
func (w *window) skip(n int)   { w.r += n }

// idle says whether one has to wait for more. Perhaps it only comes after what is there
// is answered.
func (w *window) idle() bool { return w.waits != nil && w.err == nil && w.waits() }

// more reads more after the data, which may move. It is false when there is no more to
// read; err says why.
func (w *window) more() bool {
	if w.err != nil {
		return false
	}
	if w.r == w.w {
		w.r, w.w = 0, 0
		w.buf = *w.pool // so that a long record's memory is not kept
	}
	if w.w == len(w.buf) {
		if w.r >= len(w.buf)/2 {
			w.w = copy(w.buf, w.data())
			w.r = 0
		} else {
			b := make([]byte, 2*len(w.buf))
			w.w = copy(b, w.data())
			w.r, w.buf = 0, b // w.pool keeps the one from the pool
		}
	}
	for range 100 {
		n, err := w.src.Read(w.buf[w.w:])
		w.w += n
		w.read += int64(n)
		w.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// peek gives the next n bytes, fewer only at the end.
func (w *window) peek(n int) []byte {
	for len(w.data()) < n && w.more() {
	}
	return w.data()[:min(n, len(w.data()))]
}

// failure is the error that ended the input, nil if it ended as it should.
func (w *window) failure() error {
	if w.err == io.EOF {
		return nil
	}
	if w.err == io.ErrUnexpectedEOF {
		return errTruncated
	}
	return w.err
}

func (w *window) Read(p []byte) (int, error) {
	if w.r == w.w {
		if w.err == nil && len(p) >= len(w.buf)/4 { // without the buffer
			n, err := w.src.Read(p)
			w.read += int64(n)
			w.err = err
			return n, err
		}
		if !w.more() {
			return 0, w.err
		}
	}
	n := copy(p, w.data())
	w.skip(n)
	return n, nil
}

// ReadByte lets decompressors read no further than they must.
func (w *window) ReadByte() (byte, error) {
	if w.r == w.w && !w.more() {
		return 0, w.err
	}
	w.r++
	return w.buf[w.r-1], nil
}

// line reads a line with its line feed. A line longer than max is skipped and is an
// error. The end is io.EOF.
func (w *window) line(max int64) ([]byte, error) {
	for seen := 0; ; {
		d := w.data()
		if i := bytes.IndexByte(d[seen:], '\n'); i >= 0 {
			if int64(seen+i) > max {
				w.skip(seen + i + 1)
				return nil, tooLong(max)
			}
			w.skip(seen + i + 1)
			return d[:seen+i+1], nil
		}
		seen = len(d)
		if int64(seen) > max {
			w.skipLine()
			return nil, tooLong(max)
		}
		if !w.more() {
			if err := w.failure(); err != nil {
				w.skip(seen)
				return nil, err
			}
			w.skip(seen)
			if seen == 0 {
				return nil, io.EOF
			}
			return d, nil
		}
	}
}

// skipLine skips the rest of a line.
func (w *window) skipLine() {
	for {
		if i := bytes.IndexByte(w.data(), '\n'); i >= 0 {
			w.skip(i + 1)
			return
		}
		w.r = w.w
		if !w.more() {
			return
		}
	}
}

// all reads to the end.
func (w *window) all(max int64) ([]byte, error) {
	for w.more() {
		if int64(len(w.data())) > max {
			return nil, tooLong(max)
		}
	}
	return w.data(), w.failure()
}

// tooLong is the error of a record longer than max.
func tooLong(max int64) error {
	const higher = "raise --max-record to read it"
	if max >= 1<<20 && max%(1<<20) == 0 {
		return withHint(fmt.Sprintf("record longer than %d MiB", max>>20), higher)
	}
	return withHint(fmt.Sprintf("record longer than %d bytes", max), higher)
}
