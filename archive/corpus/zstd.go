package corpus

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	zstdMark   = "\x28\xb5\x2f\xfd"
	zstdDict   = "\x37\xa4\x30\xec" // RFC 8878 section 5
	dictionary = 13                 // low bits of the mark of a skippable frame with a dictionary
	maxDict    = 16 << 20
)

// isZstd also recognises skippable frames, as some archives begin with one.
func isZstd(b []byte, _ string) bool {
	return bytes.HasPrefix(b, []byte(zstdMark)) || len(b) >= 4 && b[0]&0xf0 == 0x50 && string(b[1:4]) == "\x2a\x4d\x18"
}

// newZstd opens a zstd stream.
func newZstd(r io.Reader) (io.ReadCloser, error) {
	z, err := newDecoder(r)
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

func newDecoder(r io.Reader, options ...zstd.DOption) (*zstd.Decoder, error) {
	return zstd.NewReader(r, append(options, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxUnpack))...)
}

// frames reads the frames of a zstd file, one after the other (RFC 8878 section 3). It
// can go on after a broken frame. The first frame may be a skippable one with the
// dictionary of all others, as in a .warc.zst ("Zstandard compression" of the WARC file
// format, by the IIPC).
type frames struct {
	in   *window
	z    *zstd.Decoder
	dict uint32 // the ID of its dictionary, 0 without one
	now  frame
}

func newFrames(w *window) (io.ReadCloser, error) {
	f := &frames{in: w}
	var options []zstd.DOption
	var h zstd.Header
	if h.Decode(w.peek(zstd.HeaderMaxSize)) == nil && h.Skippable && h.SkippableID == dictionary {
		b, err := readDictionary(w, h)
		if err != nil {
			return nil, badDictionary(err)
		}
		if bytes.HasPrefix(b, []byte(zstdDict)) && len(b) >= 8 {
			f.dict = uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24
			options = append(options, zstd.WithDecoderDicts(b))
		} else {
			options = append(options, zstd.WithDecoderDictRaw(0, b))
		}
	}
	z, err := newDecoder(nil, options...)
	if err != nil {
		return nil, badDictionary(err)
	}
	f.z = z
	if err := f.next(); err != nil && err != io.EOF {
		z.Close()
		return nil, err
	}
	return f, nil
}

// readDictionary reads the frame with the dictionary, which may be compressed.
func readDictionary(w *window, h zstd.Header) ([]byte, error) {
	if h.SkippableSize > maxDict {
		return nil, tooLarge(h.SkippableSize)
	}
	w.skip(h.HeaderSize)
	b := bytes.Clone(w.peek(int(h.SkippableSize)))
	w.skip(len(b))
	if len(b) < int(h.SkippableSize) {
		return nil, cmp.Or(w.failure(), io.ErrUnexpectedEOF)
	}
	if bytes.HasPrefix(b, []byte(zstdMark)) {
		z, err := newZstd(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		if b, err = io.ReadAll(io.LimitReader(z, maxDict+1)); err != nil {
			return nil, err
		}
		if len(b) > maxDict {
			return nil, tooLarge(len(b))
		}
	}
	return b, nil
}

func tooLarge[T int | uint32](n T) error { return fmt.Errorf("has %d bytes, more than %d", n, maxDict) }

const withD = "unpack the file first, with zstd -d -D DICTIONARY"

func badDictionary(err error) error {
	return &hinted{fmt.Errorf("the dictionary in the file cannot be used: %w", err), withD}
}

func (f *frames) Read(p []byte) (int, error) {
	for {
		n, err := f.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		if err = f.next(); err != nil || n > 0 {
			return n, err
		}
	}
}

// next opens the frame that begins here. It skips skippable frames.
func (f *frames) next() error {
	for {
		b := f.in.peek(zstd.HeaderMaxSize)
		if len(b) == 0 {
			return cmp.Or(f.in.failure(), io.EOF)
		}
		var h zstd.Header
		if err := h.Decode(b); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
			return errPadding
		}
		if h.Skippable {
			if !discard(f.in, int64(h.HeaderSize)+int64(h.SkippableSize)) {
				return cmp.Or(f.in.failure(), io.ErrUnexpectedEOF)
			}
			continue
		}
		window := h.WindowSize
		if h.SingleSegment { // the frame is its own window
			window = h.FrameContentSize
		}
		if window > maxUnpack {
			return longWindow(window)
		}
		if h.DictionaryID != 0 && h.DictionaryID != f.dict {
			return errNoDictionary
		}
		f.now = frame{in: f.in, left: h.HeaderSize, sum: h.HasCheckSum}
		return f.z.Reset(&f.now)
	}
}

var errNoDictionary = withHint("needs a dictionary that is not in the file", withD)

// longWindow is the error of a frame that was made with --long or --ultra.
func longWindow(size uint64) error {
	return withHint(fmt.Sprintf("needs %d MiB of memory to unpack, more than %d MiB", (size+1<<20-1)>>20, maxUnpack>>20), "unpack it first, with zstd -d --long=31")
}

// resync goes to the next frame after a broken one.
func (f *frames) resync() bool {
	for {
		b := f.in.data()
		i := bytes.Index(b, []byte(zstdMark))
		if i < 0 {
			f.in.skip(max(0, len(b)-len(zstdMark)+1))
			if !f.in.more() {
				return false
			}
			continue
		}
		f.in.skip(i)
		if f.next() == nil {
			return true
		}
		f.in.skip(min(len(zstdMark), len(f.in.data())))
	}
}

func (f *frames) Close() error {
	f.z.Close()
	return nil
}

// frame reads the bytes of one frame. It finds the end by the headers of the blocks.
type frame struct {
	in   *window
	left int  // bytes until the next header
	last bool // no block follows
	sum  bool // a checksum follows
}

func (f *frame) Read(p []byte) (int, error) {
	for f.left == 0 {
		switch {
		case f.last && !f.sum:
			return 0, io.EOF
		case f.last:
			f.left, f.sum = 4, false
			continue
		}
		b := f.in.peek(3)
		if len(b) < 3 {
			return 0, cmp.Or(f.in.failure(), io.ErrUnexpectedEOF)
		}
		head := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
		const rle = 1
		if f.left = 3 + head>>3; head>>1&3 == rle {
			f.left = 3 + 1
		}
		f.last = head&1 == 1
	}
	n, err := f.in.Read(p[:min(len(p), f.left)])
	f.left -= n
	if err == io.EOF && f.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
