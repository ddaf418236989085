package corpus

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"tweetarc/archive"
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
	if u := fromUTF16(w.peek(128), w); u != nil {
		w = newWindow(u)
		defer w.free()
	}
	skipBOM(w)
	f := sniff(w.peek(sniffLen), s.file)
	s.recognised(f)
	switch f {
	case gzipped, zstandard, bzipped, xzipped:
		s.packed(f, w)
	case jsonLines:
		s.jsonLines(w)
	case jsonValues:
		s.jsonValues(w)
	case htmlPage:
		s.html(w)
	case csvRows:
		s.csv(w)
	case warcFile:
		s.warc(w)
	case parquetFile:
		s.parquet(w)
	case zipFile, tarFile:
		if s.nested {
			s.fileError(errNested)
		} else {
			s.fileError(errName)
		}
	case binary:
		s.fileError(archive.Skipped(f.String()))
	default:
		s.text(w)
	}
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
	*w = *newWindow(&unpacker{z, f})
	return tarFile, func() {
		w.free()
		z.Close()
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
		s.fileError(unpackError(f, err))
		return
	}
	defer z.Close()
	in := newWindow(&unpacker{z, f})
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
	z, err := xz.NewReader(w)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(z), nil
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

// unpacker says which compression failed.
type unpacker struct {
	io.Reader
	format
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = unpackError(u.format, err)
	}
	return n, err
}

func unpackError(f format, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = errTruncated
	}
	if name := f.String() + ": "; !strings.HasPrefix(err.Error(), name) {
		return fmt.Errorf("%s%w", name, err)
	}
	return err
}
