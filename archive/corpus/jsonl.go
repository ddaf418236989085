package corpus

import (
	"bytes"
	"io"

	"tweetarc/archive"
)

// chunks cuts JSON lines at line ends into batches of about a buffer each, so
// that one large file is decoded by all finders. Only lines are counted here.
func (r *Reader) chunks(f *archive.File, w *window, after int, yield func(archive.Batch) bool) bool {
	r.recognised(jsonLines)
	skipBOM(w)
	for line := 1; ; {
		c := nextChunk(w, r.maxRecord())
		c.line = line
		line += c.lines
		if !yield(archive.Batch{File: f, Last: c.last, Articles: func(yield func(*archive.Article, error) bool) {
			r.source(f, after, yield).chunk(c)
		}}) {
			w.free()
			return false
		}
		if c.last {
			w.free()
			return true
		}
	}
}

// chunk is a stretch of whole lines.
type chunk struct {
	data  []byte
	pool  *[]byte
	line  int   // number of the first
	lines int   // how many
	err   error // what stands in place of a last line behind data
	last  bool
}

// nextChunk takes the next chunk out of w and gives w another buffer.
func nextChunk(w *window, max int64) chunk {
	for want, seen := bufferSize, 0; ; want *= 2 {
		for len(w.data()) < want && w.more() {
		}
		d := w.data()
		n := seen + bytes.LastIndexByte(d[seen:], '\n') + 1
		switch {
		case w.err != nil:
			if err := w.failure(); err == nil {
				n = len(d)
			} else if n == seen { // the last line is not all there
				n = 0
			}
			c := w.handOver(n)
			c.err, c.last = w.failure(), true
			return c
		case n > seen:
			return w.handOver(n)
		case int64(len(d)) > max:
			w.skipLine()
			return chunk{lines: 1, err: tooLong(max)}
		}
		seen = len(d)
	}
}

// handOver makes a chunk of the first n bytes, buffer and all.
func (w *window) handOver(n int) chunk {
	d := w.data()
	c := chunk{data: d[:n], pool: w.pool, lines: bytes.Count(d[:n], lf)}
	w.pool = buffers.Get().(*[]byte)
	w.buf = *w.pool
	if len(d)-n > len(w.buf) {
		w.buf = make([]byte, len(d)-n)
	}
	w.r, w.w = 0, copy(w.buf, d[n:])
	return c
}

var lf = []byte{'\n'}

// chunk reads the lines of c and gives its buffer back.
func (s *source) chunk(c chunk) {
	if c.pool != nil {
		defer buffers.Put(c.pool)
	}
	n := c.line
	for d := c.data; len(d) > 0; n++ {
		line := d
		if i := bytes.IndexByte(d, '\n'); i >= 0 {
			line, d = d[:i], d[i+1:]
		} else {
			d = nil
		}
		if n > s.after && !s.jsonLine(n, line) {
			return
		}
	}
	if c.err != nil {
		s.fail(n, c.err)
	}
	if c.last && n == 1 && c.err == nil {
		s.fileError(errEmpty)
	}
}

// jsonLines reads JSON lines one after the other.
func (s *source) jsonLines(w *window) {
	for n := 1; ; n++ {
		line, err := w.line(s.max)
		switch {
		case err == io.EOF:
			return
		case err != nil:
			if !s.fail(n, err) || w.err != nil && w.err != io.EOF {
				return
			}
		case n > s.after:
			if !s.jsonLine(n, line) {
				return
			}
		}
	}
}

// jsonLine reads line n. Blank ones are no records.
func (s *source) jsonLine(n int, line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return true
	}
	if int64(len(line)) > s.max {
		return s.fail(n, tooLong(s.max))
	}
	return s.jsonRecord(n, line)
}
