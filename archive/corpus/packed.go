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
	"github.com/ulikunitz/xz"

	"example.org/tweetarc/archive"
)

const (
	gzipMark = "\x1f\x8b\x08"

	maxLayers = 4         // how often a file may be packed in itself
	maxUnpack = 128 << 20 // bytes of memory for unpacking: what zstd -d allows without a flag
)

// The compressions. Of each, all members of a file are read, one after the other.
var (
	gzipped   = compression("gzip", magic(gzipMark), newMembers)
	zstandard = compression("zstd", isZstd, newFrames)
	bzipped   = compression("bzip2", isBzip2, func(w *window) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(w)), nil })
	xzipped   = compression("xz", magic("\xfd7zXZ\x00"), newXz)
)

// compression is the format of what is compressed: read as what is in it.
func compression(name string, recognise func([]byte, string) bool, open func(*window) (io.ReadCloser, error)) *format {
	f := &format{name: name, recognise: recognise, open: open}
	f.read, f.split = f.readPacked, f.packedTar
	return f
}

func (f *format) readPacked(s *source, w *window) articles {
	if s.layers++; s.layers > maxLayers {
		return s.unread(fmt.Errorf("packed more than %d times", maxLayers))
	}
	u, err := f.unpack(w)
	if err != nil {
		return s.unread(err)
	}
	s.atEnd(func() { u.Close() })
	s.disk = nil
	return s.read(s.window(u))
}

// packedTar gives a packed tar and its files, nil of what is none.
func (f *format) packedTar(r *Reader, in *input) batches {
	if in.nested || !f.holdsTar(in) {
		return nil
	}
	return r.container(in, func(yield func(archive.Batch) bool) error {
		u, err := f.unpack(in.w)
		if err != nil {
			return err
		}
		defer u.Close()
		w := newWindow(u)
		defer w.free()
		r.recognised(tarFile)
		return r.tarFiles(in.File, w, yield)
	})
}

// holdsTar unpacks the first bytes of a file, which stays at its beginning.
func (f *format) holdsTar(in *input) bool {
	if f.name == "bzip2" {
		in.w.peek(bufferSize) // its blocks have up to 900 kB
	}
	look := newWindow(bytes.NewReader(in.w.data()))
	defer look.free()
	z, err := f.open(look)
	if err != nil {
		return false
	}
	defer z.Close()
	first := make([]byte, 512)
	n, _ := io.ReadFull(z, first)
	return n == len(first) && sniff(first, in.Path) == tarFile
}

// unpack opens what is compressed in w.
func (f *format) unpack(w *window) (*unpacker, error) {
	z, err := f.open(w)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, unpackError(f.name, err)
	}
	return &unpacker{z: z, name: f.name}, nil
}

func isBzip2(b []byte, _ string) bool {
	return len(b) > 9 && string(b[:3]) == "BZh" && (string(b[4:10]) == "1AY&SY" || string(b[4:10]) == "\x17rE8P\x90")
}

func newXz(w *window) (io.ReadCloser, error) {
	if xzDictionary(w.peek(64)) > maxUnpack {
		return nil, errDictionary
	}
	z, err := xz.NewReader(w)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(z), nil
}

var errDictionary = errors.New("needs more than 128 MiB to unpack")

// xzDictionary is how many bytes the first block of an xz file wants for its
// dictionary, which is made before anything is read; 0 where head does not say
// (the xz format 1.1, 3.1 and 5.3.1).
func xzDictionary(head []byte) int64 {
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

// members reads the members of a gzip file one after the other (RFC 1952
// section 2.2), and can go on after a broken one.
type members struct {
	in *bufio.Reader // reads no further than a member, as gzip.Reader promises
	z  *gzip.Reader
}

func newMembers(w *window) (io.ReadCloser, error) {
	in := bufio.NewReaderSize(w, 64<<10)
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

// resync goes to the next member after a broken one.
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

var errPadding = errors.New("garbage after the compressed data")

// unpacker reads what is compressed, and says which compression failed. Of a
// long stream it reads ahead, so that unpacking and looking into it go on side
// by side.
type unpacker struct {
	z    io.ReadCloser
	name string
	n    int64 // bytes so far

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
		return n, unpackError(u.name, err)
	}
	if u.ready == nil {
		u.start()
	}
	for u.taken == len(u.now.b) {
		if u.now.err != nil {
			return 0, unpackError(u.name, u.now.err)
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

// resync goes on after a broken part, where the compression has such.
func (u *unpacker) resync() bool {
	u.halt()
	m, ok := u.z.(interface{ resync() bool })
	return ok && m.resync()
}

func (u *unpacker) Close() error {
	u.halt()
	return u.z.Close()
}

func unpackError(format string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errTruncated
	}
	if name := format + ": "; !strings.HasPrefix(err.Error(), name) {
		err = fmt.Errorf("%s%w", name, err)
	}
	return &archive.Damage{Err: err}
}
