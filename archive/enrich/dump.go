package enrich

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"tweetarc/archive"
)

// Dump is a file of hydrated tweets as JSON lines: v1.1 as twarc wrote it, v2
// as twarc2 does, flattened or not; plain, .gz or .zst. It opens no connection.
// Every Ask and every Find reads the file once from its beginning to its end.
type Dump struct {
	Path string
	// Bad, if set, is told of every line that could not be read: "FILE:LINE: why".
	Bad func(error)

	told int // the last line that Bad was told of
}

// How much of a dump, and of what is asked of it, is in memory.
const (
	dumpBatch = 1 << 17
	maxLine   = 64 << 20
)

func (d *Dump) Name() string   { return d.Path }
func (d *Dump) Batch() int     { return dumpBatch }
func (d *Dump) FindBatch() int { return dumpBatch }
func (d *Dump) Archive() bool  { return true }

func (d *Dump) Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error {
	asked := make(map[string]bool, len(tweets))
	for _, t := range tweets {
		asked[t.ID] = true
	}
	return d.read(ctx, func(s []byte) bool { return asked[string(s)] }, func(a Answer) error {
		if !asked[a.ID] {
			return nil
		}
		delete(asked, a.ID)
		return answer(a)
	})
}

func (d *Dump) Find(ctx context.Context, wanted []Wanted, offer func(Answer), done func(...int) error) error {
	handles := make(map[string]bool, len(wanted))
	for i := range wanted {
		handles[strings.ToLower(wanted[i].Handle)] = true
	}
	var lower [20]byte
	mentioned := func(s []byte) bool {
		if len(s) == 0 || len(s) > len(lower) {
			return false
		}
		for i, c := range s {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			lower[i] = c
		}
		return handles[string(lower[:len(s)])]
	}
	if err := d.read(ctx, mentioned, func(a Answer) error { offer(a); return nil }); err != nil {
		return err
	}
	all := make([]int, len(wanted))
	for i := range all {
		all[i] = i
	}
	return done(all...)
}

// read hands on the tweets of the lines in which a string stands that is looked
// for, the ID or the user name. No other line is decoded.
func (d *Dump) read(ctx context.Context, lookedFor func([]byte) bool, each func(Answer) error) error {
	f, err := os.Open(d.Path)
	if err != nil {
		return &Stop{Err: err}
	}
	defer f.Close()
	now := time.Now()
	plain, err := decompress(f)
	if err != nil {
		return &Stop{Err: fmt.Errorf("%s: %w", d.Path, err)}
	}
	defer plain.Close()
	r := bufio.NewReaderSize(plain, 1<<16)
	for n := 1; ; n++ {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		line, err := readLine(r)
		if line = bytes.TrimSpace(line); len(line) > 0 && (holds(line, lookedFor) || line[0] != '{' && line[0] != '[') {
			answers, bad := decode(line)
			for _, a := range answers {
				if a.Time.IsZero() {
					a.Time = now
				}
				if err := each(a); err != nil {
					return err
				}
			}
			if bad != nil && (err == nil || err == io.EOF) {
				d.bad(n, bad)
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errLongLine):
			d.bad(n, err)
		case err != nil: // a cut or damaged archive: what came before it holds
			d.bad(n, err)
			return nil
		}
	}
}

// holds tells whether f is true of a string between two quotes of the line,
// whichever they are.
func holds(line []byte, f func([]byte) bool) bool {
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			return false
		}
		if f(line[:i]) {
			return true
		}
		line = line[i+1:]
	}
}

func (d *Dump) bad(line int, err error) {
	if d.Bad != nil && line > d.told { // the file may be read again
		d.told = line
		d.Bad(&archive.ReadError{Origin: archive.Origin{File: d.Path, Record: line}, Err: err})
	}
}

var errLongLine = fmt.Errorf("a line of more than %d bytes", maxLine)

// readLine reads a line, which the caller may keep.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			for err == bufio.ErrBufferFull {
				_, err = r.ReadSlice('\n')
			}
			if err == nil {
				err = errLongLine
			}
			return nil, err
		}
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// decompress undoes gzip and zstd, told by the first bytes.
func decompress(f io.Reader) (io.ReadCloser, error) {
	r := bufio.NewReaderSize(f, 1<<16)
	magic, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		return gzip.NewReader(r)
	case bytes.Equal(magic, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}
