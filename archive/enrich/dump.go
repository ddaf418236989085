package enrich

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tweetarc/archive"
)

// Dump is a file of hydrated tweets as JSON lines: v1.1 as twarc wrote it, v2
// as twarc2 does, flattened or not. It opens no connection. Every Ask and every
// Find reads the file once from its beginning to its end.
type Dump struct {
	Path string
	// Unpack gives what is in a compressed file. Nil reads the bytes as they are.
	Unpack func(io.Reader) (io.ReadCloser, error)
	// Bad, if set, is called with every line that could not be read: "FILE:LINE: why".
	Bad func(error)

	reported int // the last line that Bad was called with
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

// read gives each the tweets of the lines that have a string in them that is
// looked for, the ID or the user name. No other line is decoded.
func (d *Dump) read(ctx context.Context, lookedFor func([]byte) bool, each func(Answer) error) error {
	f, err := os.Open(d.Path)
	if err != nil {
		return &Stop{Err: err}
	}
	defer f.Close()
	in := io.NopCloser(f)
	if d.Unpack != nil {
		if in, err = d.Unpack(f); err != nil {
			return &Stop{Err: fmt.Errorf("%s: %w", d.Path, err)}
		}
		defer in.Close()
	}
	now := time.Now()
	r := bufio.NewReaderSize(in, 1<<16)
	for n := 1; ; n++ {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		line, err := readLine(r)
		answers, bad := answersIn(line, lookedFor)
		for _, a := range answers {
			if a.Time.IsZero() {
				a.Time = now
			}
			if err := each(a); err != nil {
				return err
			}
		}
		switch {
		case err != nil && err != io.EOF: // a line that is too long or, in a damaged file, not all there
			d.bad(n, err)
		case bad != nil:
			d.bad(n, bad)
		}
		if err != nil && err != errLongLine {
			return nil // what came before a damage holds
		}
	}
}

// answersIn are the tweets of a line; none of one without what is looked for.
func answersIn(line []byte, lookedFor func([]byte) bool) ([]Answer, error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || !holds(line, lookedFor) && (line[0] == '{' || line[0] == '[') {
		return nil, nil
	}
	return decode(line)
}

// holds says whether f is true of a string between two quotes of the line,
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
	if d.Bad != nil && line > d.reported { // the file may be read again
		d.reported = line
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
