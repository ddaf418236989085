package corpus

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// maxLayers is how often a file may be packed in itself.
const maxLayers = 4

// read reads what stands in w, whatever it is.
func (s *source) read(w *window) {
	if len(w.peek(1)) == 0 {
		if err := w.failure(); err != nil {
			s.fileError(err)
		} else {
			s.fileError(errEmpty)
		}
		return
	}
	var in *inputError
	if len(w.peek(sniffLen)) < sniffLen && errors.As(w.failure(), &in) { // too little to tell what it is
		s.fileError(in)
		return
	}
	if u := fromUTF16(w.peek(128), w); u != nil {
		w = newWindow(u)
		defer w.free()
	}
	skipBOM(w)
	f := sniff(w.peek(sniffLen), s.file)
	s.recognised(f)
	if head := w.peek(sniffLen); (f == csvRows || f == jsonLines) && bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		w = newWindow(macLines{w})
		defer w.free()
	}
	s.decode(f, w)
}

// macLines makes line feeds of carriage returns, with which Excel on a Mac ends
// lines ("CSV (Macintosh)").
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

// kind recognises a file without reading it: what it is, or if it is a packed
// tar, that, and then w is unpacked. The function it gives closes what it opened.
func kind(w *window, path string) (format, func()) {
	f := sniff(w.peek(sniffLen), path)
	switch f {
	case gzipped, zstandard, bzipped, xzipped:
	default:
		return f, w.free
	}
	// A second look at what has been read so far, which stays.
	if f == bzipped {
		w.peek(bufferSize) // it comes in blocks of up to 900 kB
	}
	look := newWindow(bytes.NewReader(w.data()))
	defer look.free()
	z, err := unpack(f, look)
	if err != nil {
		return f, w.free
	}
	defer z.Close()
	first := make([]byte, 512)
	if n, _ := io.ReadFull(z, first); n < len(first) || sniff(first, path) != tarFile {
		return f, w.free
	}
	packed := *w
	z, err = unpack(f, &packed)
	if err != nil {
		return f, w.free
	}
	u := &unpacker{z: z, format: f}
	*w = *newWindow(u)
	return tarFile, func() {
		w.free()
		u.Close()
		packed.free()
	}
}

// packed reads what is compressed in w.
func (s *source) packed(f format, w *window) {
	if s.layers++; s.layers > maxLayers {
		s.fileError(fmt.Errorf("packed more than %d times", maxLayers))
		return
	}
	z, err := unpack(f, w)
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		s.fileError(unpackError(f, err))
		return
	}
	u := &unpacker{z: z, format: f}
	defer u.Close()
	in := newWindow(u)
	defer in.free()
	s.seeker = nil
	s.read(in)
}

// unpack opens the compressed stream in w. Of gzip, bzip2 and xz all members
// are read, one after the other.
func unpack(f format, w *window) (io.ReadCloser, error) {
	switch f {
	case gzipped:
		return newMembers(w)
	case zstandard:
		// A window of 128 MiB is what zstd -d allows without a flag.
		z, err := zstd.NewReader(w, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case bzipped:
		return io.NopCloser(bzip2.NewReader(w)), nil
	}
	if dictionary(w.peek(64)) > 128<<20 {
		return nil, errDictionary
	}
	z, err := xz.NewReader(w)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(z), nil
}

var errDictionary = errors.New("needs more than 128 MiB to unpack")

// dictionary is how many bytes the first block of an xz file wants for its
// dictionary, which is made before anything is read; 0 where head does not tell
// (the xz format 1.1, 3.1 and 5.3.1).
func dictionary(head []byte) int64 {
	const stream, lzma2 = 12, 0x21
	if len(head) < stream+6 {
		return 0
	}
	b := head[stream+1:]
	flags := b[0]
	b = b[1:]
	for range bits.OnesCount8(flags & 0xc0) { // the sizes, if they are there
		for len(b) > 0 && b[0] >= 0x80 {
			b = b[1:]
		}
		b = b[min(1, len(b)):]
	}
	if len(b) < 3 || b[0] != lzma2 || b[1] != 1 || b[2] > 40 {
		return 0
	}
	return (2 | int64(b[2])&1) << (b[2]/2 + 11)
}

const gzipMark = "\x1f\x8b\x08"

// members reads the members of a gzip file one after the other (RFC 1952
// section 2.2), and can go on behind a broken one.
type members struct {
	in *bufio.Reader // reads no further than a member, as gzip.Reader promises
	z  *gzip.Reader
}

func newMembers(r io.Reader) (*members, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &members{in, z}, nil
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		if err = m.next(); err != nil || n > 0 {
			return n, err
		}
	}
}

// next opens the member that begins here.
func (m *members) next() error {
	b, err := m.in.Peek(3)
	if len(b) == 0 {
		return err
	}
	if b[0] == 0 { // padding to a tape's block
		for c := byte(0); err == nil; {
			if c, err = m.in.ReadByte(); c != 0 {
				return errPadding
			}
		}
		return err
	}
	if string(b) != gzipMark {
		return gzip.ErrHeader // and stay here
	}
	if err := m.z.Reset(m.in); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	m.z.Multistream(false)
	return nil
}

// resync goes to the next member behind a broken one.
func (m *members) resync() bool {
	for {
		b, err := m.in.Peek(m.in.Size())
		if len(b) < 3 {
			return false
		}
		switch i := bytes.Index(b, []byte(gzipMark)); {
		case i >= 0:
			m.in.Discard(i)
			if m.next() == nil {
				return true
			}
			// The header was none, and has been read past.
		case err != nil:
			return false
		default:
			m.in.Discard(len(b) - 2)
		}
	}
}

func (m *members) Close() error { return m.z.Close() }

var errPadding = errors.New("garbage behind the compressed data")

// unpacker reads what is compressed, and says which compression failed. Of a
// long stream it reads ahead, so that unpacking and looking into it go on side
// by side.
type unpacker struct {
	z io.ReadCloser
	format
	n int64 // bytes so far

	ready chan piece // nil as long as it does not read ahead
	empty chan []byte
	stop  chan struct{}
	now   piece
	taken int // of now
}

type piece struct {
	b   []byte
	err error
}

const (
	aheadFrom = 4 << 20 // bytes after which a stream is a long one
	aheadSize = 256 << 10
	aheadMost = 4
)

func (u *unpacker) Read(p []byte) (int, error) {
	if u.n < aheadFrom {
		n, err := u.z.Read(p)
		u.n += int64(n)
		return n, unpackError(u.format, err)
	}
	if u.ready == nil {
		u.start()
	}
	for u.taken == len(u.now.b) {
		if u.now.err != nil {
			return 0, unpackError(u.format, u.now.err)
		}
		if u.now.b != nil {
			u.empty <- u.now.b[:cap(u.now.b)]
		}
		u.now, u.taken = <-u.ready, 0
	}
	n := copy(p, u.now.b[u.taken:])
	u.taken += n
	return n, nil
}

func (u *unpacker) start() {
	u.ready, u.empty, u.stop = make(chan piece, aheadMost), make(chan []byte, aheadMost), make(chan struct{})
	u.now, u.taken = piece{}, 0
	for range aheadMost {
		u.empty <- make([]byte, aheadSize)
	}
	go func() {
		defer close(u.ready)
		for {
			var p piece
			select {
			case p.b = <-u.empty:
			case <-u.stop:
				return
			}
			n := 0
			for n < len(p.b) && p.err == nil {
				var m int
				m, p.err = u.z.Read(p.b[n:])
				n += m
			}
			p.b = p.b[:n]
			u.ready <- p // there is room for all
			if p.err != nil {
				return
			}
		}
	}()
}

// halt ends the reading ahead.
func (u *unpacker) halt() {
	if u.ready == nil {
		return
	}
	close(u.stop)
	for range u.ready {
	}
	u.ready = nil
}

// resync goes on behind a broken part, where the compression has such.
func (u *unpacker) resync() bool {
	u.halt()
	m, ok := u.z.(*members)
	return ok && m.resync()
}

func (u *unpacker) Close() error {
	u.halt()
	return u.z.Close()
}

func unpackError(f format, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errTruncated
	}
	if name := f.String() + ": "; !strings.HasPrefix(err.Error(), name) {
		return fmt.Errorf("%s%w", name, err)
	}
	return err
}
