package corpus

import (
	"cmp"
	"errors"
	"io"

	"example.org/tweetarc/archive"
)

// Contents gives what is in the files at path, a file, a folder or a container,
// to each: the file's name, the name of its format, and its bytes, unpacked and,
// where they were UTF-16, as UTF-8, without a byte order mark. With an error the
// file could not be opened; the error names it, and holds an archive.Skipped of what
// is no text and was only found. Of folders and containers only
// the files are given that a glob of only chooses, if there is one. An error of
// each ends it. What waits for a pipe gives up when done is closed.
func Contents(done <-chan struct{}, path string, only []string, each func(file, format string, in io.Reader, err error) error) error {
	var end error
	r := &Reader{Include: only, Done: done, contents: func(s *source, f *format, w *window) {
		head := w.peek(sniffLen)
		if r := cmp.Or(refused(head), unknown(f)); r != nil {
			var err error = r
			if s.file != path && !r.always { // as in a folder of articles
				err = archive.Skipped(r.name)
			}
			end = each(s.file, "", nil, fileError(s.file, err))
			return
		}
		if (f == csvRows || f == plainText) && isMac(head, len(head) < sniffLen) {
			w = s.window(&macRows{w: w})
		}
		end = each(s.file, f.name, w, nil)
	}}
	for b := range r.Articles(path) {
		for _, err := range b.Articles {
			var skipped archive.Skipped
			if end == nil && !errors.As(err, &skipped) {
				end = each(b.File.Path, "", nil, err)
			}
		}
		if end != nil {
			break
		}
	}
	return end
}

// unknown is the refusal of a file that is no text, nil of others.
func unknown(f *format) *refusal {
	if f == binaryFile {
		return errUnknown
	}
	return nil
}

// handOver gives the bytes of a file that is no packed one to contents.
func (s *source) handOver(f *format, w *window) articles {
	return func(func(*archive.Article, error) bool) { s.contents(s, f, w) }
}

// holdsFiles says whether a file of the format is other files, packed.
func (f *format) holdsFiles() bool { return f.open != nil || f.name == "zip" || f.name == "tar" }
