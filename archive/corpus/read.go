package corpus

import (
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"tweetarc/archive"

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
	skipBOM(w)
	switch f := sniff(w.peek(sniffLen), s.file); f {
	case gzipped, zstandard, bzipped, xzipped:
		s.packed(f, w)
	case jsonLines:
		s.jsonLines(w)
	case binary:
		s.fileError(archive.Skipped(f.String()))
	default:
		s.text(w)
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
		return gzip.NewReader(w)
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
	return fmt.Errorf("%s: %w", f, err)
}
