package corpus

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tweetarc/archive"
)

// entry is what a walk meets: a file, or why something is none.
type entry struct {
	path string // on disk
	info fs.FileInfo
	err  error
}

// walk visits a path of the user's and, if it is a folder, the files below it
// in name order. Hidden files, and what is neither file nor folder, are passed
// over with an archive.Skipped below a folder, and read where the user named
// them. Links are followed, but a folder that the walk reads anyway is not read
// again by another name, so a loop of links ends.
func (r *Reader) walk(path string, visit func(entry) bool) bool {
	if path == "" {
		return visit(entry{err: errUnnamed})
	}
	path = RealPath(path)
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return visit(entry{path, info, err})
	}
	w := walker{Reader: r, visit: visit}
	real, _ := w.enter(path)
	if !w.folder(path, real) {
		return false
	}
	if !w.any {
		return visit(entry{path, info, errNoFiles})
	}
	return true
}

type walker struct {
	*Reader
	visit func(entry) bool
	any   bool     // something has been visited
	roots []string // the folders entered, by their real names
}

// enter notes a folder that is read with all below it, and gives its real
// name. It is false where it, or one above it, has been noted.
func (w *walker) enter(path string) (real string, ok bool) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return path, true // reading it will tell
	}
	for _, root := range w.roots {
		if real == root || strings.HasPrefix(real, strings.TrimSuffix(root, "/")+"/") {
			return real, false
		}
	}
	w.roots = append(w.roots, real)
	return real, true
}

func (w *walker) found(e entry) bool {
	w.any = true
	return w.visit(e)
}

func (w *walker) folder(path, real string) bool {
	d, err := os.Open(path)
	if err != nil {
		return w.found(entry{path: path, err: err})
	}
	names, err := d.Readdirnames(-1) // less memory than ReadDir, and all are stat'ed anyway
	d.Close()
	if err != nil && !w.found(entry{path: path, err: err}) {
		return false
	}
	slices.Sort(names)
	for _, name := range names {
		if !w.name(join(path, name), join(real, name), name) {
			return false
		}
	}
	return true
}

func (w *walker) name(path, real, name string) bool {
	if name[0] == '.' {
		return w.found(entry{path: path, err: skipHidden})
	}
	info, err := os.Lstat(path)
	link := err == nil && info.Mode()&fs.ModeSymlink != 0
	if link {
		info, err = os.Stat(path)
	}
	isDir := err == nil && info.IsDir()
	switch {
	case !isDir && !w.chosen(path):
		w.any = true
		return true
	case errors.Is(err, fs.ErrNotExist) && !link:
		return w.found(entry{path: path, err: errVanished})
	case err != nil:
		return w.found(entry{path: path, err: err})
	case isDir && matchAny(w.Exclude, path):
		return true
	case isDir:
		again := slices.Contains(w.roots, real) // come back to through a link
		if link {
			var fresh bool
			real, fresh = w.enter(path)
			again = !fresh
		}
		if again {
			return w.found(entry{path: path, err: skipLoop})
		}
		return w.folder(path, real)
	case !info.Mode().IsRegular():
		return w.found(entry{path: path, err: skipSpecial(info.Mode())})
	}
	return w.found(entry{path, info, nil})
}

const (
	skipHidden = archive.Skipped("hidden file")
	skipLoop   = archive.Skipped("link to a folder that is read anyway")
)

var errVanished = errors.New("vanished while the folder was read")

// skipSpecial names what a walk never opens: it might wait forever.
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

// chosen applies Include and Exclude to a file found.
func (r *Reader) chosen(path string) bool {
	path = RealPath(path)
	return (len(r.Include) == 0 || matchAny(r.Include, path)) && !matchAny(r.Exclude, path)
}

// join is filepath.Join without the cleaning: what the user wrote stays.
func join(dir, name string) string {
	if strings.HasSuffix(dir, "/") {
		return dir + name
	}
	return dir + "/" + name
}
