package store

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	stdhash "hash"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"example.org/tweetarc/archive"
)

// Tested in shards_test.go.

// A shard file has what the archive is to keep of one input. So inputs can be read on many
// machines and put together on one. It is JSON lines in gzip:
//
//	{"shard":4,"input":"...","size":...,...}            ShardHeader
//	{"file":{"path":"...","size":...,"mtime":"..."}}    what follows is in this file
//	{"revisit":{...}}                                   a record that is a revisit
//	{"article":{...},"key":"...","embeds":[...]}        articleEmbeds, in the order of the file
//	{"more":[...]}                                      more embeds of this article
//	{"counted":[{...},...]}                             counted articles, with and without tweets
//	{"read":{"record":...,"records":...,...}}           end of the file: what was read of it
//	{"trailer":{"records":...,"sha256":"...",...}}      ShardTrailer
//
// If the input is a container (a zip, a tar), there are several files in it. A shard file
// without a trailer is not finished. Header and trailer are gzip members of their own, so
// that they can be read without what is between them.
const shardVersion = 4

// Limits, because a shard file may come from anybody, and some kilobytes of gzip may unpack
// to gigabytes.
const (
	maxShardLine    = 4 << 20  // bytes of a line
	maxShardEmbeds  = 256      // embeds in a line; an article has as many lines as it needs
	maxShardArticle = 64 << 20 // bytes of an article's lines
	maxShardCounted = 1 << 10  // counted articles in a line
)

// A ShardHeader says what was read, and what read it.
type ShardHeader struct {
	Shard    int       `json:"shard"` // version of the format
	Input    string    `json:"input"` // path or URL, as Origin.File
	Size     int64     `json:"size"`  // bytes, -1 if unknown
	ModTime  time.Time `json:"mtime,omitzero"`
	ETag     string    `json:"etag,omitempty"` // of a URL
	Version  string    `json:"version"`        // of the program
	Scope    string    `json:"scope"`          // where the path is valid; "" for a URL
	Abs      string    `json:"abs"`            // as in archive.File
	Detector int       `json:"detector"`       // this and the next two as in Run
	Options  string    `json:"options"`
	Partial  bool      `json:"partial,omitempty"`
	Keep     []string  `json:"keep,omitempty"` // names of the kept fields
	CountAll bool      `json:"count,omitempty"`
	Made     time.Time `json:"made"` // what a later shard no longer has is superseded
}

// A ShardTrailer says what was found, and shows that the file is whole.
type ShardTrailer struct {
	Records  int    `json:"records"`          // records read
	Articles int    `json:"articles"`         // articles with embeds
	Embeds   int    `json:"embeds"`           // embeds in these
	Errors   int    `json:"errors"`           // records that could not be read
	Failed   string `json:"failed,omitempty"` // why the input could not be read to its end; it should be read again
	SHA256   string `json:"sha256"`           // hexadecimal, of all lines before this one
}

type shardFile struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mtime,omitzero"`
	Holds   bool      `json:"holds,omitempty"` // it is a container; its files came before it
}

type shardRead struct {
	Record  int            `json:"record"`  // number of the last record
	Records int            `json:"records"` // how many were read
	Errors  int            `json:"errors"`
	Reasons map[string]int `json:"reasons,omitempty"` // of errors, and of what was skipped
	Broken  bool           `json:"broken,omitempty"`  // the file was not read to its end
}

// shardLine is any line after the header.
type shardLine struct {
	File    *shardFile       `json:"file"`
	Article *archive.Article `json:"article"`
	Key     []byte           `json:"key"`
	Embeds  shardEmbeds      `json:"embeds"`
	More    shardEmbeds      `json:"more"`
	Revisit *revisit         `json:"revisit"`
	Counted []counted        `json:"counted"`
	Read    *shardRead       `json:"read"`
	Trailer *ShardTrailer    `json:"trailer"`
	n, size int              // number of the line, and its bytes
}

// shardEmbeds are the embeds of a line. Decoding stops when there are too many: a line of
// some megabytes may have a million empty ones.
type shardEmbeds []Passage

func (s *shardEmbeds) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return err // or null
	}
	for d.More() {
		if len(*s) == maxShardEmbeds {
			return fmt.Errorf("it has more than %d embeds", maxShardEmbeds)
		}
		var e Passage
		if err := d.Decode(&e); err != nil {
			return err
		}
		*s = append(*s, e)
	}
	return nil
}

// fault is the error of the line.
func (l *shardLine) fault(what string) error { return fmt.Errorf("line %d: %s", l.n, what) }

// A ShardWriter writes a shard file.
type ShardWriter struct {
	zip      *gzip.Writer
	out      io.Writer
	sum      stdhash.Hash
	line     bytes.Buffer
	json     *json.Encoder
	file     *archive.File // the one that is being read; nil before the first
	read     shardRead
	countAll bool
	counted  []counted // not yet written
	trailer  ShardTrailer
}

// NewShardWriter begins a shard file with its header, and sets Shard and Made in it.
func NewShardWriter(w io.Writer, h ShardHeader) (*ShardWriter, error) {
	h.Shard, h.Made = shardVersion, time.Now().UTC().Truncate(time.Millisecond)
	s := &ShardWriter{zip: gzip.NewWriter(w), out: w, sum: sha256.New(), countAll: h.CountAll}
	s.json = json.NewEncoder(&s.line)
	s.json.SetEscapeHTML(false)
	if err := s.write(h); err != nil {
		return nil, err
	}
	return s, s.member()
}

// write writes a line.
func (s *ShardWriter) write(v any) error {
	s.line.Reset()
	if err := s.json.Encode(v); err != nil {
		return err
	}
	s.sum.Write(s.line.Bytes())
	_, err := s.zip.Write(s.line.Bytes())
	return err
}

// member ends a gzip member and begins the next.
func (s *ShardWriter) member() error {
	err := s.zip.Close()
	s.zip.Reset(s.out)
	return err
}

// Add adds a part. It is the Keep of an archive.Scan.
func (s *ShardWriter) Add(p archive.Part) error {
	if s.file != p.File {
		if err := s.begin(p.File); err != nil {
			return err
		}
	}
	s.read.Record = max(s.read.Record, p.Record)
	s.read.Records += p.Records
	for _, e := range p.Errors {
		s.addError(e)
	}
	for _, r := range revisitsIn(p) {
		err := s.write(struct {
			Revisit revisit `json:"revisit"`
		}{r})
		if err != nil {
			return err
		}
	}
	for _, f := range p.Found {
		if s.countAll {
			s.counted = append(s.counted, countedOf(f.Article))
		}
		if len(f.Embeds) == 0 {
			continue
		}
		if err := s.add(embedsOf(f)); err != nil {
			return err
		}
	}
	if len(s.counted) < maxShardCounted/2 {
		return nil
	}
	return s.writeCounted()
}

// begin ends the file before, and begins the next.
func (s *ShardWriter) begin(f *archive.File) error {
	if err := s.end(); err != nil {
		return err
	}
	s.file, s.read = f, shardRead{}
	return s.write(struct {
		File shardFile `json:"file"`
	}{shardFile{f.Path, f.Size, f.ModTime.UTC(), f.Holds}})
}

// addError counts what could not be read.
func (s *ShardWriter) addError(e *archive.ReadError) {
	addReason(&s.read.Reasons, archive.Reason(e), 1)
	_, skipped := e.Err.(archive.Skipped)
	if e.Record == 0 { // it is about the whole file
		s.read.Records--
	} else if !skipped {
		s.read.Errors++
	}
	if !skipped && (e.Record == 0 || archive.IsDamage(e)) {
		s.read.Broken = true
		s.trailer.Failed = cmp.Or(s.trailer.Failed, archive.Head(e.Error(), 1000))
	}
}

// add writes the lines of an article. If AddShard would refuse it, it counts as an error.
func (s *ShardWriter) add(a articleEmbeds) error {
	size := len(a.Article.URL) + len(a.Article.Title) + len(a.Article.Outlet)
	for _, v := range a.Article.Kept {
		size += len(v)
	}
	longest := size
	for i := range a.Embeds {
		n := a.Embeds[i].size()
		size, longest = size+n, max(longest, n)
	}
	if longest > maxShardLine/8 || size > maxShardArticle/2 {
		s.read.Errors++
		addReason(&s.read.Reasons, "too long for a shard file: archive the input itself", 1)
		return nil
	}
	s.trailer.Articles++
	s.trailer.Embeds += len(a.Embeds)
	rest := a.Embeds
	next := func() (some []Passage) {
		n, size := 0, 0
		for n < len(rest) && n < maxShardEmbeds && size < maxShardLine/8 {
			size += rest[n].size()
			n++
		}
		some, rest = rest[:n], rest[n:]
		return some
	}
	a.Embeds = next()
	err := s.write(a)
	for err == nil && len(rest) > 0 {
		err = s.write(struct {
			More []Passage `json:"more"`
		}{next()})
	}
	return err
}

// writeCounted writes the articles counted since it was last called.
func (s *ShardWriter) writeCounted() error {
	for some := range slices.Chunk(s.counted, maxShardCounted) {
		err := s.write(struct {
			Counted []counted `json:"counted"`
		}{some})
		if err != nil {
			return err
		}
	}
	s.counted = s.counted[:0]
	return nil
}

// end writes what was read of the current file, if there is one.
func (s *ShardWriter) end() error {
	if s.file == nil {
		return nil
	}
	s.file = nil
	if err := s.writeCounted(); err != nil {
		return err
	}
	s.trailer.Records += s.read.Records
	s.trailer.Errors += s.read.Errors
	return s.write(struct {
		Read shardRead `json:"read"`
	}{s.read})
}

// Close writes the trailer, with which the shard file is finished. It does not close the
// io.Writer.
func (s *ShardWriter) Close() (ShardTrailer, error) {
	err := s.end()
	if err == nil {
		err = s.member()
	}
	s.trailer.SHA256 = hex.EncodeToString(s.sum.Sum(nil))
	if err == nil {
		err = s.write(struct {
			Trailer ShardTrailer `json:"trailer"`
		}{s.trailer})
	}
	if e := s.zip.Close(); err == nil {
		err = e
	}
	return s.trailer, err
}

// A Shard is a finished shard file.
type Shard struct {
	Header  ShardHeader
	Trailer ShardTrailer
	path    string
}

// errUnfinished is the error of a shard file without a trailer: the program that wrote it
// was stopped, or the file was cut.
var errUnfinished = errors.New("not finished: its end is missing")

// OpenShard reads the header and the trailer of a shard file. What is between them is only
// read when it is added to an archive.
func OpenShard(path string) (*Shard, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &Shard{path: path}
	if err = s.readHeader(f); err == nil {
		err = s.readTrailer(f)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func (s *Shard) readHeader(f *os.File) error {
	in := bufio.NewReader(f)
	z, err := gzip.NewReader(in)
	if err != nil {
		return shardError(err)
	}
	defer z.Close()
	z.Multistream(false)
	b, err := io.ReadAll(io.LimitReader(z, 1<<20))
	if err != nil {
		return shardError(err)
	}
	if err := json.Unmarshal(b, &s.Header); err != nil || s.Header.Shard == 0 || s.Header.Input == "" {
		return errNoShard
	}
	if s.Header.Shard != shardVersion {
		hint := "install a newer tweetarc"
		if s.Header.Shard < shardVersion {
			hint = "make it again with this tweetarc"
		}
		return &Error{fmt.Errorf("a shard file in format %d, but this program reads format %d", s.Header.Shard, shardVersion), hint}
	}
	return nil
}

// readTrailer reads the last gzip member of the file. It looks for the member's beginning
// from the end on, and tries again if other bytes only look like a beginning.
func (s *Shard) readTrailer(f *os.File) error {
	const most = 16 << 10 // bytes that a trailer may have
	info, err := f.Stat()
	if err != nil {
		return err
	}
	tail := make([]byte, min(most, info.Size()))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return err
	}
	for end := len(tail); ; {
		at := bytes.LastIndex(tail[:end], []byte("\x1f\x8b\x08"))
		if at < 0 {
			return errUnfinished
		}
		if z, err := gzip.NewReader(bytes.NewReader(tail[at:])); err == nil {
			b, err := io.ReadAll(io.LimitReader(z, most))
			var l shardLine
			if err == nil && json.Unmarshal(b, &l) == nil && l.Trailer != nil {
				s.Trailer = *l.Trailer
				return nil
			}
		}
		end = at
	}
}

var errNoShard = errors.New("not a shard file")

// shardError puts the errors of gzip into words for users.
func shardError(err error) error {
	switch {
	case errors.Is(err, gzip.ErrHeader):
		return errNoShard
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errUnfinished
	}
	return err
}

// lines reads the lines between header and trailer, and then compares the checksum.
func (s *Shard) lines() iter.Seq2[*shardLine, error] {
	return func(yield func(*shardLine, error) bool) {
		f, err := os.Open(s.path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		z, err := gzip.NewReader(bufio.NewReaderSize(f, 64<<10))
		if err != nil {
			yield(nil, shardError(err))
			return
		}
		defer z.Close()
		in := bufio.NewReaderSize(z, 256<<10)
		sum := sha256.New()
		for n := 1; ; n++ {
			b, err := shardLineOf(in)
			if err != nil {
				yield(nil, fmt.Errorf("line %d: %w", n, shardError(err)))
				return
			}
			if n == 1 {
				sum.Write(b)
				continue
			}
			l := &shardLine{n: n, size: len(b)}
			if err := json.Unmarshal(b, l); err != nil {
				yield(nil, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if l.Trailer != nil {
				if got := hex.EncodeToString(sum.Sum(nil)); got != l.Trailer.SHA256 || got != s.Trailer.SHA256 {
					yield(nil, errors.New("damaged: its SHA-256 is not the one in its trailer"))
				}
				return
			}
			sum.Write(b)
			if !yield(l, nil) {
				return
			}
		}
	}
}

// shardLineOf reads a line with its line feed, if it is not too long.
func shardLineOf(in *bufio.Reader) ([]byte, error) {
	b, err := in.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return b, err
	}
	long := bytes.Clone(b)
	for err == bufio.ErrBufferFull {
		if len(long) > maxShardLine {
			return nil, fmt.Errorf("it is longer than %d bytes", maxShardLine)
		}
		b, err = in.ReadSlice('\n')
		long = append(long, b...)
	}
	return long, err
}

// partOf says whether a file may be in the shard of an input.
func partOf(input, file string) bool {
	return file == input || strings.HasPrefix(file, input+"/")
}
