package corpus

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"example.org/tweetarc/archive"
)

// input is a file that has been opened and is at its beginning.
type input struct {
	*archive.File
	w      *window
	disk   *shared // the file itself, nil for a stream
	nested bool    // in a container
}

// inputs gives the files to which the user's paths lead.
func (r *Reader) inputs(paths []string) func(yield func(entry) bool) {
	return func(yield func(entry) bool) {
		dir, _ := os.Getwd() // if that fails, paths stay relative
		for _, p := range paths {
			if p == "-" || r.Open != nil && isURL(p) {
				if !yield(entry{path: p}) {
					return
				}
				continue
			}
			for e := range r.walk(p, dir) {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// isURL says whether a path is a URL (RFC 3986 section 3.1).
func isURL(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == ""
}

// batches gives the batches of one input.
func (r *Reader) batches(e entry) batches {
	f := e.file()
	var in io.ReadCloser
	err := e.err
	switch {
	case err != nil:
	case e.isFile():
		return r.file(f)
	case e.info != nil: // a pipe that the user named
		in = newPipe(func() (io.ReadCloser, error) { return os.Open(RealPath(f.Path)) }, r.Done)
	case e.path != "-":
		var opened *archive.File
		if opened, in, err = r.Open(e.path); err == nil {
			opened.Path, opened.Abs = f.Path, f.Abs
			f = opened
		}
	case r.Stdin != nil:
		in = r.standardInput()
	default:
		in = io.NopCloser(strings.NewReader(""))
	}
	if err != nil {
		return r.failed(f, err)
	}
	return func(yield func(archive.Batch) bool) {
		defer in.Close()
		p, piped := in.(*pipe)
		in := &input{File: f, w: newWindow(&counter{in, &r.done})}
		if piped {
			in.w.waits = p.waits
		}
		defer in.w.free()
		r.cut(in)(yield)
	}
}

// file gives the batches of a regular file. Most small files are not opened here, but by
// the finder that takes the batch.
func (r *Reader) file(f *archive.File) batches {
	if f.Size < smallFile && named(f.Path) != nil {
		return r.whole(f)
	}
	return func(yield func(archive.Batch) bool) {
		disk, err := os.Open(RealPath(f.Path))
		if err != nil {
			yield(r.failure(f, err))
			return
		}
		in := &input{File: f, w: newWindow(&counter{&unchanged{disk, f}, &r.done}), disk: r.onDisk(disk)}
		defer in.disk.release()
		defer in.w.free()
		r.cut(in)(yield)
	}
}

// cut gives the batches of an input that has been opened.
func (r *Reader) cut(in *input) batches {
	head, answers := r.head(in.w)
	f := sniff(head, in.Path)
	if answers {
		f = jsonLines
	}
	if f.split != nil && (r.contents == nil || f.holdsFiles()) {
		if b := f.split(r, in); b != nil {
			r.recognised(f)
			return b
		}
	}
	if in.disk != nil {
		r.done.Add(-in.w.read) // it is read again
		return r.whole(in.File)
	}
	return r.serial(in)
}

// whole gives a file as one batch, which its finder opens and reads.
func (r *Reader) whole(f *archive.File) batches {
	return func(yield func(archive.Batch) bool) {
		after, skip := r.resume(f)
		if skip {
			r.done.Add(f.Size)
			return
		}
		yield(r.batch(f, after, true, func(s *source) articles {
			// A regular file never blocks. O_NONBLOCK saves the calls that ask whether it might.
			in, err := os.OpenFile(RealPath(f.Path), os.O_RDONLY|syscall.O_NONBLOCK, 0)
			if err != nil {
				return s.unread(err)
			}
			s.disk = in
			s.atEnd(func() { in.Close() })
			return s.read(s.window(&counter{&unchanged{in, f}, &r.done}))
		}))
	}
}

// serial gives a stream as one batch, and waits until the batch has been read.
func (r *Reader) serial(in *input) batches {
	return func(yield func(archive.Batch) bool) {
		after, skip := r.resume(in.File)
		if skip {
			return
		}
		done := make(chan struct{})
		if yield(r.batch(in.File, after, true, func(s *source) articles {
			s.nested = in.nested
			s.atEnd(func() { close(done) })
			return s.read(in.w)
		})) {
			<-done
		}
	}
}

// failed gives the only batch of a file that cannot be read.
func (r *Reader) failed(f *archive.File, err error) batches {
	return func(yield func(archive.Batch) bool) { yield(r.failure(f, err)) }
}

// failure is a batch with one error.
func (r *Reader) failure(f *archive.File, err error) archive.Batch {
	return r.batch(f, 0, true, func(s *source) articles { return s.unread(err) })
}

// passedOver counts a file of the disk that is left out as read.
func (r *Reader) passedOver(in *input) {
	if in.disk != nil {
		r.done.Add(in.Size - in.w.read)
	}
}

// resume asks Resume, if there is one.
func (r *Reader) resume(f *archive.File) (after int, skip bool) {
	if r.Resume == nil {
		return 0, false
	}
	return r.Resume(f)
}

// random is an input for formats that are read from their end: the file itself, or a
// copy of the stream. The caller must release it.
func (r *Reader) random(in *input) (file *shared, size int64, err error) {
	if in.disk != nil {
		r.done.Add(-in.w.read) // it is read again
		in.disk.users.Add(1)
		return in.disk, in.Size, nil
	}
	f, size, err := spool(in.w)
	return &shared{File: f, at: f}, size, err
}

// onDisk is a file of the disk. Its bytes are counted as they are read.
func (r *Reader) onDisk(f *os.File) *shared { return &shared{File: f, at: &countedAt{f, &r.done}} }

// spool copies the rest of a stream to a temporary file without a name.
func spool(w *window) (*os.File, int64, error) {
	f, err := os.CreateTemp("", "tweetarc-*")
	if err != nil {
		return nil, 0, spoolError(err)
	}
	size, err := io.Copy(f, w)
	os.Remove(f.Name()) // Unix keeps it as long as it is open; on other systems it stays
	switch {
	case err == nil:
		return f, size, nil
	case w.err != nil && w.err != io.EOF:
		err = w.failure()
	default:
		err = spoolError(err)
	}
	f.Close()
	return nil, 0, err
}

func spoolError(err error) error {
	return fmt.Errorf("cannot write a temporary copy (TMPDIR names the folder for it): %w", err)
}

// shared is a file with several users. The last release closes it.
type shared struct {
	*os.File
	at    io.ReaderAt
	users atomic.Int64 // besides the first
}

func (s *shared) release() {
	if s.users.Add(-1) < 0 {
		s.Close()
	}
}

// counter counts the bytes read from an input.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	if err != nil && err != io.EOF {
		err = &inputError{err}
	}
	return n, err
}

// countedAt is counter for an io.ReaderAt.
type countedAt struct {
	io.ReaderAt
	n *atomic.Int64
}

func (c *countedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

// unchanged reads a file, and at its end checks that it still has the size and time
// that the walk met. If not, the error makes the next run read the file again.
type unchanged struct {
	*os.File
	met *archive.File
}

func (u *unchanged) Read(p []byte) (int, error) {
	n, err := u.File.Read(p)
	if err != io.EOF {
		return n, err
	}
	if info, statErr := u.Stat(); statErr == nil && (info.Size() != u.met.Size || !info.ModTime().Equal(u.met.ModTime)) {
		err = errChanged
	}
	return n, err
}

// inputError is an error of the disk or the network, not in the bytes that were read.
type inputError struct{ error }

func (e *inputError) Unwrap() error { return e.error }

// buffers are of bufferSize.
var buffers = sync.Pool{New: func() any { b := make([]byte, bufferSize); return &b }}
