package corpus

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/bzip2"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"example.org/tweetarc/archive"
)

// Every file in a zip or tar is an archive.File of its own. Its name is the path of the
// container, a slash, and its path in it: news.zip/2018/a.txt. It is never unpacked to
// the disk.

var (
	zipFile = &format{name: "zip", recognise: isZip, read: unsplit, split: (*Reader).zip}
	tarFile = &format{name: "tar", recognise: isTar, read: unsplit, split: (*Reader).tar}
)

var (
	errNested    = withHint("an archive inside an archive is not read", "unpack it first")
	errNoEntries = errors.New("no files in this archive")
	errName      = withHint("an archive with another name", "name it .zip, .tar or .tar.gz")
	errZip       = withHint("not a complete zip", "if it was cut, copy or download it again")
)

const (
	skipNoFile   = archive.Skipped("link or device in an archive")
	skipResource = archive.Skipped("resource fork of a Mac")
)

func isZip(b []byte, _ string) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06"))
}

// isTar recognises a tar by the checksum of its first header, which all versions of the
// format have. A tar without files is 1024 NULs.
func isTar(b []byte, name string) bool {
	if len(b) < 512 {
		return false
	}
	if b[0] == 0 {
		return hasExt(name, ".tar", ".tgz") && len(bytes.Trim(b[:512], "\x00")) == 0
	}
	want, err := strconv.ParseInt(strings.Trim(string(b[148:156]), " \x00"), 8, 64)
	if err != nil {
		return false
	}
	sum := int64(8 * ' ')
	for i, c := range b[:512] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}

// container gives what files gives, the files in a container, and then the container
// itself, without records, to show that it was read to its end. If files fails, the
// container has that error.
func (r *Reader) container(in *input, files func(yield func(archive.Batch) bool) error) batches {
	return func(yield func(archive.Batch) bool) {
		in.Holds = true
		if _, skip := r.resume(in.File); skip {
			r.passedOver(in)
			return
		}
		switch err := files(yield); err {
		case nil:
			yield(portion(in.File, true, nil))
		case errEnough:
		default:
			yield(r.failure(in.File, err))
		}
	}
}

// errEnough says that no more batches are wanted. It is not a failure.
var errEnough = errors.New("enough")

// unsplit gives the error of a container that is not read.
func unsplit(s *source, _ *window) articles {
	if s.nested || s.layers > 0 {
		return s.unread(errNested)
	}
	return s.unread(errName)
}

// member is a file in the container f. It is nil for a folder, or if it was not chosen.
// An error says why it is skipped.
func (r *Reader) member(f *archive.File, name string, info fs.FileInfo, regular bool) (*archive.File, error) {
	if info.IsDir() || strings.HasSuffix(name, "/") {
		return nil, nil
	}
	path := join(f.Path, PathName(strings.TrimLeft(strings.TrimPrefix(name, "./"), "/")))
	if !r.chosen(path) {
		return nil, nil
	}
	m := &archive.File{Path: path, Size: info.Size(), ModTime: info.ModTime(), In: f}
	if f.Abs != "" {
		m.Abs = f.Abs + path[len(f.Path):]
	}
	switch base := name[strings.LastIndexByte(name, '/')+1:]; {
	case strings.HasPrefix(name, "__MACOSX/"):
		return m, skipResource
	case strings.HasPrefix(base, "."):
		return m, skipHidden
	case sidecar(base):
		return m, skipSidecar
	case !regular:
		return m, skipNoFile
	}
	return m, nil
}

// tar gives a tar file and the files in it.
func (r *Reader) tar(in *input) batches {
	if in.nested {
		return nil
	}
	return r.container(in, func(yield func(archive.Batch) bool) error { return r.tarFiles(in.File, in.w, yield) })
}

// tarFiles gives the files in the tar file that w is.
func (r *Reader) tarFiles(file *archive.File, w *window, yield func(archive.Batch) bool) error {
	t := tar.NewReader(w)
	for any := false; ; any = true {
		h, err := t.Next()
		switch {
		case err == io.EOF && !any:
			return errNoEntries
		case err == io.EOF:
			_, err = io.Copy(io.Discard, w) // to see errors of the rest, as a wrong checksum
			return err
		case err == io.ErrUnexpectedEOF:
			return errTruncated
		case err == tar.ErrHeader:
			return damaged(err)
		case err != nil:
			return err
		}
		f, err := r.member(file, h.Name, h.FileInfo(), h.Typeflag == tar.TypeReg || h.Typeflag == tar.TypeGNUSparse)
		if f == nil {
			continue
		}
		for b := range r.tarred(f, t, err) {
			if !yield(b) {
				return errEnough
			}
		}
	}
}

// tarred gives the batches of the file that comes next in a tar. A small file is read
// into memory, so that a finder can read it while the tar goes on.
func (r *Reader) tarred(f *archive.File, t *tar.Reader, err error) batches {
	if err != nil {
		return r.failed(f, err)
	}
	return func(yield func(archive.Batch) bool) {
		if f.Size >= smallFile {
			in := &input{File: f, w: newWindow(t), nested: true}
			defer in.w.free()
			r.cut(in)(yield)
			return
		}
		after, skip := r.resume(f)
		if skip {
			return
		}
		b, err := io.ReadAll(t)
		yield(r.batch(f, after, true, func(s *source) articles {
			s.nested = true
			return s.read(s.window(&remembered{b, err}))
		}))
	}
}

// remembered reads b and then gives the error of the input.
type remembered struct {
	b   []byte
	err error
}

func (m *remembered) Read(p []byte) (int, error) {
	if len(m.b) == 0 {
		return 0, cmp.Or(m.err, io.EOF)
	}
	n := copy(p, m.b)
	m.b = m.b[n:]
	return n, nil
}

// zip gives a zip file and the files in it. The zip stays open while they are read.
func (r *Reader) zip(in *input) batches {
	if in.nested {
		return nil
	}
	return r.container(in, func(yield func(archive.Batch) bool) error {
		disk, size, err := r.random(in)
		if err != nil {
			return err
		}
		defer disk.release()
		z, err := openZip(disk.at, size)
		if err != nil {
			return err
		}
		if len(z.File) == 0 {
			return errNoEntries
		}
		z.RegisterDecompressor(zip.Deflate, flate.NewReader)
		z.RegisterDecompressor(12, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
		z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxUnpack)))
		for _, h := range z.File {
			f, err := r.member(in.File, h.Name, h.FileInfo(), h.Mode().IsRegular())
			if f == nil {
				continue
			}
			if err == nil && h.Flags&1 != 0 {
				err = errEncrypted
			}
			if b, ok := r.zipped(f, h, disk, err); ok && !yield(b) {
				return errEnough
			}
		}
		return nil
	})
}

// maxDirectory is the limit, in bytes of memory, for the directory of a zip: about a
// quarter of a million files.
const maxDirectory = 80 << 20

var errDirectory = withHint("too many files in this zip", "unpack it and read the folder")

// openZip reads the directory of a zip. The zip may understate how large that is, so the
// bytes are counted as they are read.
func openZip(file io.ReaderAt, size int64) (*zip.Reader, error) {
	d := &directory{ReaderAt: file, left: maxDirectory}
	z, err := zip.NewReader(d, size)
	if errors.Is(err, zip.ErrFormat) {
		err = errZip
	}
	d.known = true
	return z, err
}

// directory reads a zip and limits how much memory its directory takes.
type directory struct {
	io.ReaderAt
	left  int
	known bool // all of it: what is read from now on are files
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	n, err := d.ReaderAt.ReadAt(p, at)
	if !d.known {
		const perFile = 256 // bytes that package zip keeps, besides the name
		if d.left -= n + perFile*bytes.Count(p[:n], []byte("PK\x01\x02")); d.left < 0 {
			return 0, errDirectory
		}
	}
	return n, err
}

// zipped is the batch of a file in a zip. It is false if Resume skips the file.
func (r *Reader) zipped(f *archive.File, h *zip.File, disk *shared, err error) (archive.Batch, bool) {
	if err != nil {
		return r.failure(f, err), true
	}
	after, skip := r.resume(f)
	if skip {
		return archive.Batch{}, false
	}
	disk.users.Add(1)
	return r.batch(f, after, true, func(s *source) articles {
		s.nested = true
		s.atEnd(disk.release)
		data, err := h.Open()
		if err != nil {
			return s.unread(err)
		}
		s.atEnd(func() { data.Close() })
		return s.read(s.window(zipData{data}))
	}), true
}

// zipData is the content of a file in a zip. Its errors say what the user can do.
type zipData struct{ io.Reader }

func (z zipData) Read(p []byte) (int, error) {
	n, err := z.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = damaged(err)
	}
	return n, err
}
