package corpus

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// entry is what a walk meets: a file, or the reason why it is not one. What is not on
// the disk, - or a URL, has only a path.
type entry struct {
	path  string // on disk, as the user wrote it
	real  string // the absolute path, without links
	info  fs.FileInfo
	err   error
	found bool // by the walk, not named by the user
}

func (e entry) isFile() bool { return e.err == nil && e.info != nil && e.info.Mode().IsRegular() }

func (e entry) file() *archive.File {
	f := &archive.File{Path: PathName(e.path), Abs: PathName(e.real), Size: -1}
	if e.info == nil && e.err == nil { // - or a URL
		f.Path = PathName(RealPath(archive.WithoutSecrets(e.path)))
		if e.path != "-" {
			f.Abs = f.Path
		}
		return f
	}
	if e.info != nil {
		f.ModTime = e.info.ModTime()
	}
	if e.isFile() {
		f.Size = e.info.Size()
	}
	if e.info != nil && piped(e.info) { // it is another input each time
		f.Abs = ""
	}
	return f
}

// walk gives a path of the user or, if it is a folder, the files below it in the
// order of names. In a folder, an archive.Skipped says that a hidden file, or what is
// neither file nor folder, is skipped; if the user named it, it is read. Links are
// followed. But a folder that the walk reads anyway is not read again by another
// name, so a loop of links ends. The working directory is dir.
func (r *Reader) walk(path, dir string) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		if path == "" {
			yield(entry{err: errUnnamed})
			return
		}
		path := filepath.ToSlash(RealPath(path)) // so a file has one name on Windows too
		real := realPath(path, dir)
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			yield(entry{path: path, real: real, info: info, err: err})
			return
		}
		w := walker{Reader: r}
		w.enter(real)
		if err := w.open(path, real); err != nil {
			w.met = true
			if !yield(entry{path: path, real: real, err: err}) {
				return
			}
		}
		matched := len(r.Include)+len(r.Exclude) == 0
		for e, ok := w.next(); ok; e, ok = w.next() {
			matched = matched || !errors.As(e.err, new(archive.Skipped))
			if !yield(e) {
				return
			}
		}
		switch {
		case !w.met:
			yield(entry{path: path, real: real, info: info, err: errNoFiles})
		case !matched:
			yield(entry{path: path, real: real, info: info, err: errNoMatch})
		}
	}
}

// realPath is the absolute path of a file, without links; dir is the working directory.
// If there is no such file, only the links of its folder are resolved. The separator is
// a slash on Windows too.
func realPath(path, dir string) string {
	if strings.HasPrefix(path, "/") {
		path = filepath.VolumeName(dir) + path
	} else if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	path = filepath.Clean(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	} else if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(folder, filepath.Base(path))
	} // if not, reading the file will give the error
	return filepath.ToSlash(path)
}

// walker walks a folder.
type walker struct {
	*Reader
	folders []openFolder // each inside the one before
	roots   []string     // real paths of the folders entered by the user's path and through links
	met     bool         // there was a file, even if it was not chosen
}

// openFolder is a folder with the names that are still to be visited.
type openFolder struct {
	path, real string
	names      []string
}

// enter notes that a folder, by its real path, is read with everything below it. It is
// false if this folder, or one above it, has been noted before.
func (w *walker) enter(real string) bool {
	for _, root := range w.roots {
		if real == root || strings.HasPrefix(real, strings.TrimSuffix(root, "/")+"/") {
			return false
		}
	}
	w.roots = append(w.roots, real)
	return true
}

// open reads the names in a folder, so that next visits them.
func (w *walker) open(path, real string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1) // takes less memory than ReadDir
	slices.Sort(names)
	w.folders = append(w.folders, openFolder{path, real, names})
	return err
}

// next gives the next file; false is the end.
func (w *walker) next() (entry, bool) {
	for len(w.folders) > 0 {
		in := &w.folders[len(w.folders)-1]
		if len(in.names) == 0 {
			w.folders = w.folders[:len(w.folders)-1]
			continue
		}
		name := in.names[0]
		in.names = in.names[1:]
		path, real := join(in.path, name), join(in.real, name)
		info, link, err := look(path, name)
		if link {
			real = realPath(real, "")
		}
		isDir := err == nil && info.IsDir()
		w.met = w.met || !isDir
		switch {
		case err == skipHidden:
		case !isDir && !w.chosen(path):
			continue
		case isDir && matchAny(w.Exclude, path):
			continue
		case isDir:
			if err = w.descend(path, real, link); err == nil {
				continue
			}
			w.met = true
		case err == nil && info.Mode().IsRegular() && sidecar(name):
			err = skipSidecar
		case err == nil && info.Mode().IsRegular():
			return entry{path: path, real: real, info: info, found: true}, true
		case err == nil:
			err = skipSpecial(info.Mode())
		}
		return entry{path: path, real: real, err: err}, true
	}
	return entry{}, false
}

// look says what is at a path, and whether it is a link. name is its last part.
func look(path, name string) (info fs.FileInfo, link bool, err error) {
	if name[0] == '.' {
		return nil, false, skipHidden
	}
	info, err = os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errVanished
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		link = true
		info, err = os.Stat(path)
	}
	return info, link, err
}

// descend opens a folder inside a folder, unless a link has led the walk back to it.
func (w *walker) descend(path, real string, link bool) error {
	if link && !w.enter(real) || !link && slices.Contains(w.roots, real) {
		return skipLoop
	}
	return w.open(path, real)
}

const (
	skipHidden = archive.Skipped("hidden file")
	skipLoop   = archive.Skipped("link to a folder that is read anyway")
)

var errVanished = errors.New("deleted while the folder was read")

// piped says whether a path leads to a pipe, or to something similar.
func piped(info fs.FileInfo) bool {
	return info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice) != 0
}

// skipSpecial names what a walk never opens, as it might wait forever.
func skipSpecial(m fs.FileMode) archive.Skipped {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "neither file nor folder"
}

// chosen applies Include and Exclude to a file that was found.
func (r *Reader) chosen(path string) bool {
	path = RealPath(path)
	return (len(r.Include) == 0 || matchAny(r.Include, path)) && !matchAny(r.Exclude, path)
}

// join is filepath.Join, but keeps what the user wrote as it is.
func join(dir, name string) string {
	if strings.HasSuffix(dir, "/") {
		return dir + name
	}
	return dir + "/" + name
}
