package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"example.org/tweetarc/store"
)

// Tested in output_linux_test.go and faults_test.go.

// outputs writes the files that a user names. A file is written beside its target, and
// gets its name when all of it is on the disk, so that it is there completely or not at
// all. Symlinks are followed. What is no regular file (a device, a pipe, standard output)
// is written to directly. An archive is never overwritten: it may be the only copy of what
// it holds.
type outputs struct {
	stdout  io.Writer
	archive string // the one in use, if any
	cleaned bool   // the folder was cleaned of what killed processes left
}

// outFile is a file to be written; the path - is standard output.
type outFile struct {
	path  string
	write func(io.Writer) error
}

// write writes files, all of them or none.
func (o outputs) write(ctx context.Context, files ...outFile) error {
	outs, err := o.targets(files)
	if err != nil {
		return err
	}
	defer func() {
		for _, out := range outs {
			out.discard()
		}
	}()
	for _, out := range outs {
		if err := out.open(ctx, o.cleaned); err != nil {
			return err
		}
	}
	for i, f := range files {
		w := bufio.NewWriterSize(outs[i], 1<<16)
		err := f.write(w)
		if err == nil {
			err = w.Flush()
		}
		if err == nil {
			err = outs[i].finish()
		}
		if err := cmp.Or(outs[i].err, err); err != nil { // the reader of the rows may have put its own name before the error
			return err
		}
	}
	for _, out := range outs {
		if err := o.refuse(out); err != nil { // again: somebody may have made it meanwhile
			return err
		}
	}
	for _, out := range outs {
		if err := out.commit(); err != nil {
			return err
		}
	}
	return nil
}

// targets are the files to be written; they must be different ones.
func (o outputs) targets(files []outFile) (outs []*output, err error) {
	for _, f := range files {
		out, err := o.target(f.path)
		if err != nil {
			return nil, err
		}
		if len(files) > 1 && out.through {
			return nil, fmt.Errorf("%s: not a regular file, so no second file can be written beside it", f.path)
		}
		if slices.ContainsFunc(outs, func(other *output) bool { return other.real == out.real }) {
			return nil, fmt.Errorf("%s: the same file as %s", f.path, files[0].path)
		}
		outs = append(outs, out)
	}
	return outs, nil
}

// output is a file that is being written.
type output struct {
	path    string      // as the user gave it
	real    string      // the same with all links followed
	info    fs.FileInfo // what is there, nil if nothing
	through bool        // it is written to, not replaced
	w       io.Writer   // what is written to
	temp    *os.File    // the same, if it will get its name later
	inPlace bool        // its content is copied, since no file can be made beside it
	err     error       // of the last writing
}

// target says what a path names; nothing is changed or opened for writing.
func (o outputs) target(path string) (*output, error) {
	out := &output{path: path, through: path == "-"}
	if path == "-" {
		out.path, out.w = "standard output", o.stdout
		if f, ok := fileOf(o.stdout); ok {
			out.info, _ = f.Stat() // closed: writing will say so
		}
		return out, o.refuse(out)
	}
	if path == "" {
		return nil, errors.New("the name of the output is empty (- is standard output)")
	}
	var err error
	if out.real, err = follow(path); err != nil {
		return nil, err
	}
	if f := descriptor(out.real); f != nil {
		out.w = f
		out.info, err = f.Stat()
	} else {
		out.info, err = os.Stat(out.real)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return out, o.refuse(out)
	case err != nil:
		return nil, outputError(path, err)
	case out.info.IsDir():
		return nil, &store.Error{Err: fmt.Errorf("%s is a folder, not a file", path), Hint: "name a file in it"}
	}
	out.through = out.w != nil || !out.info.Mode().IsRegular()
	return out, o.refuse(out)
}

// follow follows the symlinks of a path, also to a file that is not there yet, but not
// those in /proc, which do not hold paths.
func follow(path string) (string, error) {
	next := path
	for range 40 {
		dir, base := filepath.Split(next)
		if base == "" {
			return "", &store.Error{Err: fmt.Errorf("%s is the name of a folder, not of a file", path), Hint: "name a file in it"}
		}
		dir, err := filepath.EvalSymlinks(cmp.Or(dir, "."))
		if errors.Is(err, fs.ErrNotExist) {
			dir, _ = filepath.Split(next)
			return "", &store.Error{Err: fmt.Errorf("%s: there is no folder %s", path, filepath.Clean(dir)), Hint: "make it first"}
		}
		if err != nil {
			return "", outputError(path, err)
		}
		real := filepath.Join(dir, base)
		link, err := os.Readlink(real)
		if err != nil || strings.HasPrefix(real, "/proc/") && dir != "/proc" {
			return real, nil
		}
		if next = link; !filepath.IsAbs(link) {
			next = dir + string(filepath.Separator) + link
		}
	}
	return "", outputError(path, syscall.ELOOP)
}

// descriptor is the open file that /dev/stdout, /dev/fd/N and their like name:
// what others wrote to it before stays, and what they write later follows.
func descriptor(real string) *os.File {
	dir, base := filepath.Split(real)
	fd, err := strconv.ParseUint(base, 10, 16)
	if err != nil || dir != "/dev/fd/" && dir != fmt.Sprintf("/proc/%d/fd/", os.Getpid()) {
		return nil
	}
	if std := []*os.File{os.Stdin, os.Stdout, os.Stderr}; fd < 3 {
		return std[fd]
	}
	return os.NewFile(uintptr(fd), real)
}

// besideArchive are the endings of the files that SQLite keeps beside an archive.
var besideArchive = []string{"-wal", "-shm", "-journal"}

// refuse is the error of an output that is an archive, or a part of one.
func (o outputs) refuse(out *output) error {
	const hint = "name another file"
	if real, err := filepath.EvalSymlinks(o.archive); err == nil && o.archive != "" {
		for _, end := range append([]string{""}, besideArchive...) {
			if st, err := os.Stat(real + end); err == nil && os.SameFile(st, out.info) {
				return &store.Error{Err: fmt.Errorf("%s: the archive itself is not overwritten", out.path), Hint: hint}
			}
		}
	}
	if isDatabase(out.real) {
		return &store.Error{Err: fmt.Errorf("%s: an archive, or another SQLite file, is not overwritten", out.path), Hint: hint + ", or remove it first"}
	}
	for _, end := range besideArchive {
		if of, ok := strings.CutSuffix(out.real, end); ok && isDatabase(of) {
			return &store.Error{Err: fmt.Errorf("%s: a file of this name belongs to the archive beside it", out.path), Hint: hint}
		}
	}
	return nil
}

// isDatabase says whether there is an SQLite file at a path.
func isDatabase(path string) bool {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, 16)
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == "SQLite format 3\x00"
}

// open opens what is written to.
func (out *output) open(ctx context.Context, cleaned bool) (err error) {
	if out.through {
		if out.w == nil {
			if out.w, err = openThrough(ctx, out.real); err != nil {
				return outputError(out.path, err)
			}
		}
		out.w = stream{ctx, out.w}
		return nil
	}
	perm := fs.FileMode(0o666)
	if out.info != nil {
		// Nobody else may read it until it has the mode of the file that it replaces.
		// We must have the right to write to that file.
		perm = 0o600
		f, err := os.OpenFile(out.real, os.O_WRONLY, 0)
		if err != nil {
			return outputError(out.path, err)
		}
		f.Close()
	}
	open := func(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm) }
	dir, base := filepath.Split(out.real)
	if !cleaned {
		clean(dir, base)
	}
	out.temp, err = temporary(dir, base, open)
	if readOnly(err) && out.info != nil {
		out.inPlace = true
		clean(os.TempDir(), base)
		out.temp, err = temporary(os.TempDir(), base, open)
	} else if readOnly(err) {
		return &store.Error{Err: outputError(out.path, err), Hint: "no file can be made in " + filepath.Clean(dir)}
	}
	if err != nil {
		return outputError(out.path, err)
	}
	out.w = out.temp
	return nil
}

func readOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// openThrough opens a device or a pipe. It waits for the reader of a pipe, and
// gives up when ctx is done.
func openThrough(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.f, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stream writes to what may block, as a pipe that nobody reads, and gives up when ctx is
// done.
type stream struct {
	ctx context.Context
	w   io.Writer
}

func (s stream) Write(p []byte) (int, error) {
	type written struct {
		n   int
		err error
	}
	done := make(chan written, 1)
	go func() {
		n, err := s.w.Write(p)
		done <- written{n, err}
	}()
	select {
	case w := <-done:
		return w.n, w.err
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}

func (out *output) Write(p []byte) (int, error) {
	n, err := out.w.Write(p)
	out.err = outputError(out.path, err)
	return n, out.err
}

// finish brings all of a new file to the disk, with the owner and the mode of
// the one that it replaces.
func (out *output) finish() error {
	if out.temp == nil {
		return nil
	}
	if out.info != nil && !out.inPlace {
		uid, gid := owner(out.info)
		mode := out.info.Mode().Perm()
		if out.temp.Chown(uid, gid) != nil && out.temp.Chown(-1, gid) != nil {
			mode &^= 0o070 // it has another group, for which this mode is not meant
		}
		if err := out.temp.Chmod(mode); err != nil {
			return outputError(out.path, err)
		}
	}
	return outputError(out.path, out.temp.Sync())
}

// commit gives a new file its name.
func (out *output) commit() error {
	if out.temp == nil {
		return nil
	}
	if !out.inPlace {
		if runtime.GOOS == "windows" {
			out.temp.Close()
		}
		err := os.Rename(out.temp.Name(), out.real)
		if !errors.Is(err, syscall.EBUSY) { // a file that is mounted, as in a container
			return outputError(out.path, err)
		}
	}
	if _, err := out.temp.Seek(0, io.SeekStart); err != nil {
		return outputError(out.path, err)
	}
	f, err := os.OpenFile(out.real, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return outputError(out.path, err)
	}
	defer f.Close()
	if _, err = io.Copy(f, out.temp); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return &store.Error{Err: outputError(out.path, err), Hint: "it is not complete: it was written in place, because no file could be made beside it"}
	}
	return nil
}

// discard removes a file that did not get its name.
func (out *output) discard() {
	if out.temp != nil {
		os.Remove(out.temp.Name()) // fails once it has its name
		out.temp.Close()
	}
}

// writeFolder writes a new folder, completely or not at all; write gets the path where it
// is made. The folder must be empty, or not there.
func writeFolder(path string, write func(dir string) error) error {
	given := path
	if path = strings.TrimRight(path, string(filepath.Separator)); path == "" {
		path = "/."
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return outputError(given, err)
	}
	real, err := follow(path)
	if err != nil {
		return err
	}
	there, err := emptyFolder(given, real)
	if err != nil {
		return err
	}
	dir, base := filepath.Split(real)
	if there {
		dir = real
	}
	temp, err := temporary(dir, base, func(path string) (*os.File, error) {
		if err := os.Mkdir(path, 0o777); err != nil {
			return nil, err
		}
		return os.Open(path)
	})
	if readOnly(err) {
		return &store.Error{Err: outputError(given, err), Hint: "nothing can be made in " + filepath.Clean(dir)}
	}
	if err != nil {
		return outputError(given, err)
	}
	defer temp.Close()
	defer os.RemoveAll(temp.Name()) // nothing once it has its name
	if err := write(temp.Name()); err != nil {
		return err
	}
	if there {
		return outputError(given, moveInto(real, temp.Name()))
	}
	letGo(temp)
	return outputError(given, os.Rename(temp.Name(), real))
}

// emptyFolder says whether a folder is there, and refuses a file and a folder that is not
// empty. It removes what killed processes left.
func emptyFolder(given, real string) (there bool, err error) {
	info, err := os.Stat(real)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, outputError(given, err)
	}
	if err := (outputs{}).refuse(&output{path: given, real: real}); err != nil {
		return false, err
	}
	dir, base := filepath.Split(real)
	clean(dir, base)
	if info == nil {
		return false, nil
	}
	if !info.IsDir() {
		return false, &store.Error{Err: fmt.Errorf("%s is a file, not a folder", given), Hint: "name a new folder"}
	}
	clean(real, base)
	entries, err := os.ReadDir(real)
	if err == nil && len(entries) > 0 {
		return false, &store.Error{Err: fmt.Errorf("%s is not empty", given), Hint: "name a new folder"}
	}
	return true, outputError(given, err)
}

// moveInto moves all that is in a folder into another one: index.html after the pages to
// which it links.
func moveInto(folder, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) {
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// A file that is being written has a name with its target, the machine and the process,
// and is locked as long as the process lives. If a process was killed, the lock is gone,
// and the next process that writes the same target on that machine removes the file. A
// lock says more than the number of a process, which may be used again, and means nothing
// in another container.
var hostname, _ = os.Hostname()

const tempExt = ".tweetarc"

// short cuts a name to a length that leaves room for the rest.
func short(base string) string { return strings.ToValidUTF8(base[:min(len(base), 100)], "") }

// temporary makes a file or folder of such a name with open.
func temporary(dir, base string, open func(path string) (*os.File, error)) (*os.File, error) {
	for n := 0; ; n++ {
		path := filepath.Join(dir, fmt.Sprintf(".%s.%s-%d-%d%s", short(base), hostname, os.Getpid(), n, tempExt))
		f, err := open(path)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		err = lock(f) // without locks, nothing is removed either
		mine, _ := f.Stat()
		if there, _ := os.Lstat(path); !errors.Is(err, syscall.EWOULDBLOCK) && os.SameFile(mine, there) {
			return f, nil
		}
		f.Close() // another process removed it before it was locked
	}
}

// clean removes what killed processes left of a target in dir; of all targets, if base is
// empty.
func clean(dir, base string) {
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return // a folder that cannot be read cannot be cleaned
	}
	which := ".+"
	if base != "" {
		which = regexp.QuoteMeta(short(base))
	}
	ours := regexp.MustCompile(`(?s)^\.` + which + `\.` + regexp.QuoteMeta(hostname) + `-\d+-\d+` + regexp.QuoteMeta(tempExt) + `$`)
	for _, e := range entries {
		if !ours.MatchString(e.Name()) || !e.Type().IsRegular() && !e.IsDir() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if f, err := os.Open(path); err == nil {
			if lock(f) == nil {
				os.RemoveAll(path)
			}
			f.Close()
		}
	}
}

// fileError is an error of a file, with the name that the user gave it. What Go says of it
// is said in the words of this program.
func fileError(path string, err error) error {
	switch {
	case path == "":
		return errors.New("the name of the file is empty")
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file", path)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s: a folder, not a file", path)
	}
	return outputError(path, err)
}

// outputError is an error of an output, with the name that the user gave it.
func outputError(path string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	var s *os.SyscallError
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	case errors.As(err, &s):
		err = s.Err
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%s: a part of this path is a file, not a folder", path)
	}
	return fmt.Errorf("%s: %w", path, err)
}
