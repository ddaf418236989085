package corpus

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"
)

// Tested in body_test.go and fuzz_test.go.

// pipe is an input that may make one wait: a pipe, a terminal, a socket. It is read
// ahead, so that waits can say whether there is more at this moment, and so that the
// waiting can end.
type pipe struct {
	done  <-chan struct{} // ends the waiting
	quit  chan struct{}   // closed by Close
	full  chan stretch
	empty chan []byte
	now   stretch // that is being read
	at    int     // where in now
}

// stretch is what one call of Read gave.
type stretch struct {
	data []byte
	err  error // after data
}

// newPipe reads what open gives. open may have to wait too.
func newPipe(open func() (io.ReadCloser, error), done <-chan struct{}) *pipe {
	const pieces, size = 2, 128 << 10
	p := &pipe{done: done, quit: make(chan struct{}), full: make(chan stretch, pieces), empty: make(chan []byte, pieces)}
	for range pieces {
		p.empty <- make([]byte, size)
	}
	go p.fill(open)
	return p
}

// fill reads ahead.
func (p *pipe) fill(open func() (io.ReadCloser, error)) {
	in, err := open()
	if err != nil {
		p.full <- stretch{err: err}
		return
	}
	defer in.Close()
	for err == nil {
		var b []byte
		select {
		case b = <-p.empty:
		case <-p.quit:
			return
		}
		var n int
		n, err = in.Read(b)
		p.full <- stretch{b[:n], err} // never blocks, as there is room for all pieces
	}
}

func (p *pipe) Read(b []byte) (int, error) {
	if p.over() {
		select {
		case p.now = <-p.full:
		case <-p.done:
			return 0, context.Canceled
		}
	}
	n := copy(b, p.now.data[p.at:])
	if p.at += n; p.at == len(p.now.data) {
		return n, p.now.err
	}
	return n, nil
}

// over says whether the current stretch has been read, and returns its buffer.
func (p *pipe) over() bool {
	if p.at < len(p.now.data) || p.now.err != nil {
		return false
	}
	if p.now.data != nil {
		p.empty <- p.now.data[:cap(p.now.data)]
	}
	p.now, p.at = stretch{}, 0
	return true
}

// waits says whether nothing comes at this moment. A program that writes all the time
// needs less than patience from one piece to the next.
func (p *pipe) waits() bool {
	const patience = time.Millisecond
	if !p.over() {
		return false
	}
	select {
	case p.now = <-p.full:
		return false
	case <-time.After(patience):
		return true
	}
}

// Close ends the reading ahead, after the read that is waiting.
func (p *pipe) Close() error {
	close(p.quit)
	return nil
}

// standardInput is Stdin, which is read as a pipe unless it is a file.
func (r *Reader) standardInput() io.ReadCloser {
	if f, ok := r.Stdin.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return io.NopCloser(f)
		}
	}
	return newPipe(func() (io.ReadCloser, error) { return io.NopCloser(r.Stdin), nil }, r.Done)
}

// head is the beginning of an input, by which it is recognised. A program may write an
// article as a line of JSON and wait for the answer. Then there is no more to read, and
// answers is true.
func (r *Reader) head(w *window) (head []byte, answers bool) {
	for len(w.data()) < sniffLen {
		if w.idle() && r.isArticles(w.data()) {
			return w.data(), true
		}
		if !w.more() {
			break
		}
	}
	return w.peek(sniffLen), false
}

// isArticles says whether b is lines of JSON, each an object, up to the first that is an
// article. The article must be the same if the input is read as other JSON.
func (r *Reader) isArticles(b []byte) bool {
	s := &source{Reader: &Reader{Fields: r.Fields}, max: r.maxRecord()}
	defer s.close()
	for line := range bytes.Lines(bytes.TrimPrefix(b, bom)) {
		ends := bytes.HasSuffix(line, lf)
		if line = bytes.Trim(line, jsonSpace); len(line) == 0 {
			continue
		}
		if end, err := s.dec.skipValue(line, 0); !ends || line[0] != '{' || err != nil || end < len(line) {
			return false
		}
		if a, err := s.jsonRecord(line); a == nil || err != nil {
			continue
		}
		w := newWindow(bytes.NewReader(line))
		defer w.free()
		n := 0
		for _, err := range s.jsonValues(w) {
			if n++; err != nil {
				return false
			}
		}
		return n == 1
	}
	return false
}
