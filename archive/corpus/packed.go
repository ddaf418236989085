package corpus

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/ulikunitz/xz"

	"example.org/tweetarc/archive"
)

const (
	gzipMark = "\x1f\x8b\x08"

	maxLayers = 4         // how many compressions a file may be in
	maxUnpack = 128 << 20 // bytes of memory for unpacking: what zstd -d allows without a flag
)

// The compressions. If a file has several members, all are read, one after the other.
var (
	gzipped   = compression("gzip", magic(gzipMark), newMembers)
	zstandard = compression("zstd", isZstd, newFrames)
	bzipped   = compression("bzip2", isBzip2, func(w *window) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(w)), nil })
	xzipped   = compression("xz", magic("\xfd7zXZ\x00"), newXz)
)

// compression makes the format of compressed files. Such a file is read as what is in it.
func compression(name string, recognise func([]byte, string) bool, open func(*window) (io.ReadCloser, error)) *format {
	f := &format{name: name, recognise: recognise, open: open}
	f.read, f.split = f.readPacked, f.packedTar
	return f
}

// readPacked gives the records of what is compressed in w.
func (f *format) readPacked(s *source, w *window) articles {
	if s.layers++; s.layers > maxLayers {
		return s.unread(withHint(fmt.Sprintf("compressed more than %d times", maxLayers), "unpack it first"))
	}
	u, err := f.unpack(w)
	if err != nil {
		return s.unread(err)
	}
	s.atEnd(func() { u.Close() })
	s.disk = nil
	return s.read(s.window(u))
}

// packedTar gives a compressed tar and its files, nil if it is not a tar.
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

// holdsTar unpacks the first bytes to see whether they are a tar. The input stays at its
// beginning.
func (f *format) holdsTar(in *input) bool {
	if f.name == "bzip2" {
		in.w.peek(bufferSize) // a block has up to 900 kB
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

var errDictionary = withHint("needs more than 128 MiB of memory to unpack", "unpack it first, with xz -d")

// xzDictionary is how many bytes of memory the first block of an xz file needs for its
// dictionary; 0 if head does not say it (the xz format 1.1, 3.1 and 5.3.1). The package
// would allocate it before it reads anything.
func xzDictionary(head []byte) int64 {
	const stream, lzma2 = 12, 0x21
	if len(head) < stream+6 {
		return 0
	}
	b := head[stream+1:]
	flags := b[0]
	b = b[1:]
	for range bits.OnesCount8(flags & 0xc0) { // skip the sizes, which are optional
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

// members reads the members of a gzip file, one after the other (RFC 1952 section 2.2).
// It can go on after a broken member.
type members struct {
	in *bufio.Reader // gzip.Reader reads it no further than the end of a member
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
	if b[0] == 0 { // padding, as on tapes
		for c := byte(0); err == nil; {
			if c, err = m.in.ReadByte(); c != 0 {
				return errPadding
			}
		}
		return err
	}
	if string(b) != gzipMark {
		return errPadding // and stay here
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
			// This was not a member; go on after it.
		case err != nil:
			return false
		default:
			m.in.Discard(len(b) - 2)
		}
	}
}

func (m *members) Close() error { return m.z.Close() }

var errPadding = errors.New("other bytes after the compressed data")

// unpacker reads what is compressed. Its errors name the compression. It reads a long
// stream ahead, so that unpacking goes on while the unpacked bytes are searched.
type unpacker struct {
	z    io.ReadCloser
	name string
	n    int64 // bytes so far

	ready chan piece // nil until it reads ahead
	empty chan []byte
	stop  chan struct{}
	now   piece
	taken int // bytes of now
}

// piece is a stretch of unpacked bytes.
type piece struct {
	b   []byte
	err error
}

const (
	aheadFrom = 4 << 20 // a stream with more bytes is long
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

// start begins to read ahead.
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
			u.ready <- p // never blocks, as there is room for all pieces
			if p.err != nil {
				return
			}
		}
	}()
}

// halt stops reading ahead.
func (u *unpacker) halt() {
	if u.ready == nil {
		return
	}
	close(u.stop)
	for range u.ready {
	}
	u.ready = nil
}

// resync goes on after a broken member, if the compression has members.
func (u *unpacker) resync() bool {
	u.halt()
	m, ok := u.z.(interface{ resync() bool })
	return ok && m.resync()
}

func (u *unpacker) Close() error {
	u.halt()
	return u.z.Close()
}

// unpackError is an error of unpacking, with the name of the compression.
func unpackError(format string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if err != errPadding {
		err = damaged(err)
	}
	if name := format + ": "; !strings.HasPrefix(err.Error(), name) {
		err = fmt.Errorf("%s%w", name, err)
	}
	return &archive.Damage{Err: err}
}

// damaged adds to an error of a decompressor what the user can do. Other errors, those of
// the input below it, stay.
func damaged(err error) error {
	var ours *hinted
	var in *inputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errTruncated
	case errors.As(err, &ours), errors.As(err, &in):
		return err
	}
	return &hinted{withoutNumbers(err), "the data is damaged, copy or download it again"}
}

// withoutNumbers is an error of a library, whose reason ends before the first number: it
// is an offset or a length, another one in each damaged file.
func withoutNumbers(err error) error {
	words := strings.Fields(err.Error())
	for i, w := range words {
		if _, e := strconv.ParseInt(strings.Trim(w, "()[],.;:"), 0, 64); e == nil && i > 0 {
			reason := strings.TrimRight(strings.Join(words[:i], " "), "(:,;=")
			return archive.WithDetail(err.Error(), strings.TrimSuffix(reason, " before offset"))
		}
	}
	return err
}
