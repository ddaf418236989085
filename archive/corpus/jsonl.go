package corpus

import (
	"bytes"
	"io"

	"example.org/tweetarc/archive"
)

var jsonLines = &format{
	name: "JSON lines", exts: []string{".jsonl", ".ndjson"}, byName: true,
	recognise: isJSONLines,
	read:      (*source).jsonLines,
	split:     (*Reader).jsonChunks,
}

// isJSONLines distinguishes lines of JSON from one JSON value: the first or the second
// line is a value by itself.
func isJSONLines(b []byte, name string) bool {
	if !begins(b, '{', "\"}") {
		return false
	}
	named := hasExt(name, ".jsonl", ".ndjson")
	b = bytes.TrimLeft(b, jsonSpace)
	first, rest, more := bytes.Cut(b, lf)
	if !more {
		return named || len(b) > sniffLen/2 && !hasExt(name, ".json") // a long first line
	}
	if rest = bytes.TrimLeft(rest, jsonSpace); len(rest) == 0 {
		return named // otherwise it is one value
	}
	var d jsonDecoder
	end, err := d.skipValue(first, 0)
	whole := err == nil && space(first, end) == len(first)
	if rest[0] != '{' {
		return named && (whole || len(bytes.TrimSpace(first)) > 1) // not only { with its members below
	}
	return whole || begins(rest, '{', "\"}") && len(first) > 2
}

// jsonChunks cuts JSON lines into batches of whole lines, about a buffer each, so that
// all finders decode one large file together. Here lines are only counted.
func (r *Reader) jsonChunks(in *input) batches {
	if in.disk != nil && in.Size < smallFile {
		return nil
	}
	return func(yield func(archive.Batch) bool) {
		after, skip := r.resume(in.File)
		if skip {
			r.passedOver(in)
			return
		}
		skipBOM(in.w)
		for line, last := 1, false; !last; {
			c := nextChunk(in.w, r.maxRecord())
			c.line = line
			line += c.lines
			last = c.last
			if !yield(r.batch(in.File, after, last, func(s *source) articles { return s.chunk(c) })) {
				return
			}
		}
	}
}

// chunk is a stretch of whole lines.
type chunk struct {
	data  []byte
	pool  *[]byte
	line  int   // number of the first line
	lines int   // number of lines
	err   error // in place of a line after data
	last  bool
}

// nextChunk takes the next chunk out of w, which gets another buffer.
func nextChunk(w *window, max int64) chunk {
	for want, seen := bufferSize, 0; ; want *= 2 {
		for len(w.data()) < want && !(w.idle() && bytes.IndexByte(w.data(), '\n') >= 0) && w.more() {
		}
		d := w.data()
		n := seen + bytes.LastIndexByte(d[seen:], '\n') + 1
		switch {
		case w.err != nil:
			if err := w.failure(); err == nil {
				n = len(d)
			} else if n == seen { // the last line is incomplete
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

// handOver makes a chunk of the first n bytes, together with their buffer.
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

// chunk gives the records of c.
func (s *source) chunk(c chunk) articles {
	if c.pool != nil {
		s.atEnd(func() { buffers.Put(c.pool) })
	}
	return func(yield func(*archive.Article, error) bool) {
		n := c.line
		for line := range bytes.Lines(c.data) {
			if a, err := s.jsonLine(n, line); (a != nil || err != nil) && !yield(a, err) {
				return
			}
			n++
		}
		switch {
		case c.err != nil:
			yield(s.record(n, nil, c.err))
		case c.last && n == 1:
			s.unread(errEmpty)(yield)
		}
	}
}

// jsonLines reads JSON lines one after the other.
func (s *source) jsonLines(w *window) articles {
	w = s.lineFeeds(w)
	return func(yield func(*archive.Article, error) bool) {
		for n := 1; ; n++ {
			line, err := w.line(s.max)
			if err == io.EOF {
				return
			}
			var a *archive.Article
			if err == nil {
				a, err = s.jsonLine(n, line)
			} else {
				_, err = s.record(n, nil, err)
			}
			if (a != nil || err != nil) && !yield(a, err) || line == nil && w.failure() != nil {
				return
			}
		}
	}
}

// jsonLine reads the record in line n. Article and error are nil for a blank line, and
// for one that was read before.
func (s *source) jsonLine(n int, line []byte) (*archive.Article, error) {
	line = bytes.Trim(line, jsonSpace)
	switch {
	case len(line) == 0 || n <= s.after:
		return nil, nil
	case int64(len(line)) > s.max:
		return s.record(n, nil, tooLong(s.max))
	}
	a, err := s.jsonRecord(line)
	return s.record(n, a, err)
}
