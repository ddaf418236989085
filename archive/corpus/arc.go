package corpus

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"example.org/tweetarc/archive"
)

// ARC, the format of crawls before WARC (Internet Archive, Arc File Format, versions
// 1 and 2). A record is one line of fields and a block, mostly an HTTP response:
//
//	URL IP-address date content-type length LF
//	URL IP-address date content-type result-code checksum location offset filename length LF
//	block, as long as length says
//	LF
//
// The first record is about the file; its URL begins with filedesc://. If a record
// does not end as it should, the next line of this form begins the next record.

var arcMark = []byte("filedesc://")

var arcFile = &format{
	name: "ARC", exts: []string{".arc"},
	recognise: func(b []byte, name string) bool {
		return bytes.HasPrefix(b, arcMark) || hasExt(name, ".arc") && arcLine(b) != nil
	},
	read: (*source).arc,
}

var (
	errARC    = errors.New("bytes that are not part of an ARC record")
	errARCEnd = errors.New("the ARC record does not end where its length says")
)

// arc reads the records of an ARC file.
func (s *source) arc(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		for n, on := 1, true; on; n++ {
			for c := w.peek(1); len(c) > 0 && (c[0] == '\r' || c[0] == '\n'); c = w.peek(1) {
				w.skip(1)
			}
			if len(w.peek(1)) == 0 && w.failure() == nil {
				return
			}
			a, then, err := s.arcRecord(n, w)
			if !yield(s.record(n, a, err)) {
				return
			}
			switch then {
			case lostTrack:
				for w.skipLine(); len(w.peek(1)) > 0 && arcLine(arcHead(w, 0)) == nil; {
					w.skipLine()
				}
			case brokeOff:
				on = mended(w)
			}
		}
	}
}

// arcRecord reads record n, which begins w, and says where the next one begins.
func (s *source) arcRecord(n int, w *window) (*archive.Article, where, error) {
	cut := func(then where, err error) (*archive.Article, where, error) { // is the input cut, or only the record?
		if failure := w.failure(); failure != nil {
			return nil, brokeOff, failure
		}
		return nil, then, err
	}
	head := arcHead(w, 0)
	f := arcLine(head)
	if f == nil {
		return cut(lostTrack, errARC)
	}
	size := bytes.IndexByte(head, '\n') + 1
	var skip error
	switch {
	case bytes.HasPrefix([]byte(f.uri), arcMark):
		skip = archive.Skipped("ARC file description")
	case f.length > s.max:
		skip = tooLong(s.max)
	case n <= s.after:
		skip = skipRead
	}
	if skip != nil {
		w.skip(size)
		if !discard(w, f.length) {
			return cut(here, errTruncated)
		}
		return nil, here, skip
	}
	end := size + int(f.length)
	if len(w.peek(end)) < end {
		return cut(lostTrack, errTruncated) // if the length is wrong, records may follow
	}
	if rest := arcHead(w, end); len(bytes.TrimLeft(rest, "\r\n")) > 0 && arcLine(rest) == nil && w.failure() == nil {
		return nil, lostTrack, errARCEnd
	}
	defer w.skip(end)
	block := w.peek(end)[size:]
	if bytes.HasPrefix(block, []byte("HTTP/")) {
		f.typ = "response"
	}
	a, err := s.warcBlock(*f, block)
	return a, here, err
}

// arcHead looks at bytes ahead, at least to the end of the next line that is not blank.
func arcHead(w *window, at int) []byte {
	for n := 1 << 10; ; n *= 2 {
		b := w.peek(at + n)
		b = b[min(at, len(b)):]
		if bytes.IndexByte(bytes.TrimLeft(b, "\r\n"), '\n') >= 0 || len(b) < n || n > maxHeader {
			return b
		}
	}
}

// arcLine gives the fields of the line with which b begins, nil if it does not begin a
// record. The fields are counted from the end, as URLs have spaces too.
func arcLine(b []byte) *warcFields {
	b = bytes.TrimLeft(b, "\r\n")
	line, _, ok := bytes.Cut(b[:min(len(b), maxHeader)], lf)
	if !ok || !bytes.ContainsRune(line, ':') {
		return nil
	}
	words := bytes.Split(bytes.TrimSpace(line), []byte(" "))
	for _, fields := range [...]int{10, 5} {
		if len(words) < fields {
			continue
		}
		from := len(words) - fields
		date, length := string(words[from+2]), string(words[len(words)-1])
		n, err := strconv.ParseInt(length, 10, 64)
		if err != nil || n < 0 || len(date) < 8 || len(date) > 14 || len(bytes.Trim(words[from+2], "0123456789")) > 0 {
			continue
		}
		f := &warcFields{typ: "resource", uri: string(bytes.Join(words[:from+1], []byte(" "))), date: date, mime: string(words[from+3]), length: n}
		if t, err := time.Parse("20060102150405", date); err == nil {
			f.date = t.Format(isoUTC)
		}
		return f
	}
	return nil
}
