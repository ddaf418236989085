package corpus

import (
	"archive/tar"
	"archive/zip"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"tweetarc/archive"
)

// Every file in a zip or tar is an archive.File of its own, named by the path
// of the container and its own with a slash between them: news.zip/2018/a.txt.
// Nothing is ever unpacked to a place of its choosing.

var (
	errNested    = errors.New("an archive inside an archive is not read; unpack it first")
	errNoEntries = errors.New("no files in this archive")
	errName      = errors.New("an archive whose name says something else; name it .zip, .tar or .tar.gz")
	errEncrypted = errors.New("encrypted")
	errSpool     = errors.New("cannot keep a copy in the folder for temporary files")
)

const (
	skipNoFile   = archive.Skipped("link or device in an archive")
	skipResource = archive.Skipped("resource fork of a Mac")
)

// bundled tells whether a small file may be a container: its name does not say
// that it is something else.
func bundled(name string) bool {
	name = strings.ToLower(name)
	if strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".tbz2") || strings.HasSuffix(name, ".txz") {
		return true
	}
	return !hasExt(name, ".txt", ".text", ".html", ".htm", ".xhtml", ".md", ".markdown", ".json", ".jsonl", ".ndjson",
		".csv", ".tsv", ".tab", ".warc", ".wet", ".parquet")
}

// tar yields the files of a tar file.
func (r *Reader) tar(f *archive.File, w *window, yield func(archive.Batch) bool) bool {
	r.recognised(tarFile)
	t := tar.NewReader(w)
	for any := false; ; any = true {
		h, err := t.Next()
		switch {
		case err == io.EOF && !any:
			return yield(failed(f, errNoEntries))
		case err == io.EOF:
			return true
		case err != nil:
			if err == io.ErrUnexpectedEOF {
				err = errTruncated
			}
			return yield(failed(f, err))
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		e := entryOf(f, h.Name, h.Size, h.FileInfo())
		if !r.chosen(e.Path) {
			continue
		}
		if err := skipEntry(h.Name, h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse); err != nil {
			if !yield(failed(e, err)) {
				return false
			}
			continue
		}
		if h.Size >= smallFile {
			if !r.entry(e, t, yield) {
				return false
			}
			continue
		}
		after, skip := r.resume(e)
		if skip {
			continue
		}
		b, err := io.ReadAll(t)
		if !yield(archive.Batch{File: e, Last: true, Articles: func(yield func(*archive.Article, error) bool) {
			w := newWindow(&remembered{b, err})
			defer w.free()
			s := r.source(e, after, yield)
			s.nested = true
			s.read(w)
		}}) {
			return false
		}
	}
}

// remembered reads b, and then fails as the input did.
type remembered struct {
	b   []byte
	err error
}

func (m *remembered) Read(p []byte) (int, error) {
	n := copy(p, m.b)
	m.b = m.b[n:]
	switch {
	case len(m.b) > 0:
		return n, nil
	case m.err != nil:
		return n, m.err
	}
	return n, io.EOF
}

// entry yields the batches of a large file in a tar.
func (r *Reader) entry(f *archive.File, in io.Reader, yield func(archive.Batch) bool) bool {
	after, skip := r.resume(f)
	if skip {
		return true
	}
	w := newWindow(in)
	if sniff(w.peek(sniffLen), f.Path) == jsonLines {
		return r.chunks(f, w, after, yield)
	}
	defer w.free()
	return r.serial(archive.Batch{File: f, Last: true, Articles: func(yield func(*archive.Article, error) bool) {
		s := r.source(f, after, yield)
		s.nested = true
		s.read(w)
	}}, yield)
}

func entryOf(f *archive.File, name string, size int64, info fs.FileInfo) *archive.File {
	return &archive.File{Path: join(f.Path, PathName(strings.TrimLeft(strings.TrimPrefix(name, "./"), "/"))), Size: size, ModTime: info.ModTime()}
}

// skipEntry is why an entry is passed over, or nil.
func skipEntry(name string, special bool) error {
	base := name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case strings.HasPrefix(name, "__MACOSX/"):
		return skipResource
	case strings.HasPrefix(base, "."):
		return skipHidden
	case special:
		return skipNoFile
	}
	return nil
}

// zip yields the files of a zip file, which stays open as long as they are read.
func (r *Reader) zip(f *archive.File, in *shared, size int64, yield func(archive.Batch) bool) bool {
	defer in.release()
	r.recognised(zipFile)
	z, err := zip.NewReader(&countedAt{in.file, &r.done}, size)
	if err != nil {
		return yield(failed(f, err))
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	z.RegisterDecompressor(12, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20)))
	any := false
	for _, h := range z.File {
		any = true
		if h.Mode().IsDir() || strings.HasSuffix(h.Name, "/") {
			continue
		}
		e := entryOf(f, h.Name, int64(h.UncompressedSize64), h.FileInfo())
		if !r.chosen(e.Path) {
			continue
		}
		err := skipEntry(h.Name, !h.Mode().IsRegular())
		if err == nil && h.Flags&1 != 0 {
			err = errEncrypted
		}
		if err != nil {
			if !yield(failed(e, err)) {
				return false
			}
			continue
		}
		after, skip := r.resume(e)
		if skip {
			continue
		}
		in.users.Add(1)
		if !yield(archive.Batch{File: e, Last: true, Articles: func(yield func(*archive.Article, error) bool) {
			defer in.release()
			s := r.source(e, after, yield)
			s.nested = true
			data, err := h.Open()
			if err != nil {
				s.fileError(err)
				return
			}
			defer data.Close()
			w := newWindow(data)
			defer w.free()
			s.read(w)
		}}) {
			return false
		}
	}
	if !any {
		return yield(failed(f, errNoEntries))
	}
	return true
}

// shared is a file that is closed by the last who releases it.
type shared struct {
	*os.File
	file  io.ReaderAt
	users atomic.Int64 // beyond the first
}

func (s *shared) release() {
	if s.users.Add(-1) < 0 && s.File != nil {
		s.File.Close()
	}
}

type countedAt struct {
	io.ReaderAt
	n *atomic.Int64
}

func (c *countedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

// spool keeps what is left of an input in a temporary file without a name, for
// formats that are read from their end.
func spool(w *window) (*os.File, int64, error) {
	f, err := os.CreateTemp("", "tweetarc-*")
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errSpool, err)
	}
	size, err := io.Copy(f, w)
	os.Remove(f.Name()) // where the system keeps open files; elsewhere it stays
	switch {
	case err == nil:
		return f, size, nil
	case w.err != nil && w.err != io.EOF:
		err = w.failure()
	default:
		err = fmt.Errorf("%w: %w", errSpool, err)
	}
	f.Close()
	return nil, 0, err
}
