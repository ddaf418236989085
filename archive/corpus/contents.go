package corpus

import (
	"cmp"
	"errors"
	"io"

	"example.org/tweetarc/archive"
)

// Contents calls each for every file at path, which is a file, a folder or a
// container. each gets the file's name, the name of its format, and its bytes:
// unpacked, UTF-16 as UTF-8, and without a byte order mark. If the file could not be
// opened there is an error, which names it. The error holds an archive.Skipped if the
// file is not text and the user did not name it. If there are globs in only, files in
// folders and containers must match one of them. An error of each ends the reading.
// The waiting for a pipe ends when done is closed.
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

// unknown is the refusal of a file that is not text, nil for all others.
func unknown(f *format) *refusal {
	if f == binaryFile {
		return errUnknown
	}
	return nil
}

// handOver gives the bytes of a file to contents.
func (s *source) handOver(f *format, w *window) articles {
	return func(func(*archive.Article, error) bool) { s.contents(s, f, w) }
}

// holdsFiles says whether there are other files in a file of this format.
func (f *format) holdsFiles() bool { return f.open != nil || f.name == "zip" || f.name == "tar" }
