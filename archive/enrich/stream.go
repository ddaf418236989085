package enrich

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// stream is the part of a dump that is in memory: buf[r:w]. No more is held
// than one value, of maxValue bytes at most.
type stream struct {
	in   io.Reader
	buf  []byte
	r, w int
	err  error // why there is no more
	line int   // of what comes next, from 1

	clear int   // so much of the data has no line feed,
	feed  bool  // and then comes one
	again int64 // bytes looked at in vain, and looked at again
	read  int64
}

// maxValue is the most bytes of a JSON value or a row of a table.
const maxValue = 8 << 20

var (
	errLong   = fmt.Errorf("longer than %d MB, which no tweet is", maxValue>>20)
	errCut    = errors.New("unexpected end of JSON input")
	errBroken = errors.New("JSON that breaks off in the middle of a line")
)

func newStream(in io.Reader) *stream {
	return &stream{in: in, buf: make([]byte, 1<<18), line: 1}
}

func (s *stream) data() []byte { return s.buf[s.r:s.w] }

// skip passes over n bytes of the data.
func (s *stream) skip(n int) {
	s.line += bytes.Count(s.buf[s.r:s.r+n], []byte{'\n'})
	s.r += n
	if s.clear -= n; s.clear < 0 {
		s.clear, s.feed = 0, false
	}
}

// more reads more behind the data. It is false at the end of the input, and
// where the data is as long as a value may be.
func (s *stream) more() bool {
	if s.err != nil || s.w-s.r >= maxValue {
		return false
	}
	if s.r > 0 && s.w == len(s.buf) {
		s.w = copy(s.buf, s.data())
		s.r = 0
	}
	if s.w == len(s.buf) {
		b := make([]byte, min(2*len(s.buf), maxValue))
		s.w = copy(b, s.data())
		s.r, s.buf = 0, b
	}
	for range 100 {
		n, err := s.in.Read(s.buf[s.w:])
		s.w, s.err = s.w+n, err
		s.read += int64(n)
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// ended is why no more could be read: the end, or a value that is too long.
func (s *stream) ended() error {
	switch {
	case s.err == nil:
		return errLong
	case s.err == io.EOF:
		return errCut
	}
	return s.err
}

// next is the next byte that is no space, at which the data then begins; false
// at the end.
func (s *stream) next() (byte, bool) {
	for {
		d := s.data()
		for i, c := range d {
			if c > ' ' {
				s.skip(i)
				return c, true
			}
		}
		s.skip(len(d))
		if !s.more() {
			return 0, false
		}
	}
}

// skipLine passes over the rest of the line.
func (s *stream) skipLine() {
	for {
		if i := bytes.IndexByte(s.data(), '\n'); i >= 0 {
			s.skip(i + 1)
			return
		}
		s.skip(len(s.data()))
		if !s.more() {
			return
		}
	}
}

// hasFeed says whether there is a line feed in the data before end. Every byte
// is looked at once.
func (s *stream) hasFeed(end int) bool {
	if s.clear < end && !s.feed {
		d := s.data()
		i := bytes.IndexByte(d[s.clear:], '\n')
		if s.feed = i >= 0; !s.feed {
			i = len(d) - s.clear
		}
		s.clear += i
	}
	return s.feed && s.clear < end
}

// object finds the end of the JSON object with which the data begins, and
// whether a string or a number in it is looked for. With errBroken the object
// has no end, and what follows begins at end.
func (s *stream) object(lookedFor func([]byte) bool) (end int, found bool, err error) {
	var open []byte // brackets
	var last byte   // the last character that was no space
	for i := 0; ; {
		d := s.data()
		if i >= len(d) {
			if !s.more() {
				return i, found, s.ended()
			}
			continue
		}
		c := d[i]
		switch {
		case c == '"':
			from := i + 1
			if i, err = s.endOfString(from); err != nil {
				return i, found, err
			}
			if found = found || lookedFor(s.data()[from:i]); s.hasFeed(i) {
				return s.clear + 1, found, errBroken
			}
		case c == '{' || c == '[':
			open = append(open, c)
		case c == '}' || c == ']':
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1, found, nil
			}
		case '0' <= c && c <= '9':
			from := i
			for '0' <= c && c <= '9' {
				if i++; i == len(d) && !s.more() {
					break
				}
				d = s.data()
				c = d[i]
			}
			found = found || lookedFor(d[from:i])
			last = '0'
			continue
		case c == '\n':
			if s.clear <= i {
				s.clear, s.feed = i+1, false
			}
			if i+1 == len(d) && s.more() {
				d = s.data()
			}
			if i+1 < len(d) && d[i+1] == '{' && (last != '[' && last != ':' && last != ',' || last == ',' && open[len(open)-1] == '{') {
				return i + 1, found, errBroken
			}
		}
		if c > ' ' {
			last = c
		}
		i++
	}
}

// endOfString is where the quote is that ends the string that begins at i.
func (s *stream) endOfString(i int) (int, error) {
	from := i
	for {
		d := s.data()
		k := bytes.IndexByte(d[i:], '"')
		if k < 0 {
			if s.hasFeed(len(d)) && s.clear >= from { // JSON has no line feeds in strings
				return s.clear + 1, errBroken
			}
			if i = len(d); !s.more() {
				return i, s.ended()
			}
			continue
		}
		i += k
		slashes := 0
		for i-slashes > from && d[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i, nil
		}
		i++
	}
}

// skipString passes over a string of any length, and gives it if it is as short
// as an ID.
func (s *stream) skipString() (short string, err error) {
	s.skip(1)
	n := 0
	for escaped := false; ; {
		d := s.data()
		for i, c := range d {
			switch {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"' || c == '\n':
				if n == 0 && i <= 20 {
					short = string(d[:i])
				}
				s.skip(i + 1)
				if n+i > maxValue {
					return "", errLong
				}
				return short, nil
			}
		}
		n += len(d)
		s.skip(len(d))
		if !s.more() {
			if n > maxValue {
				return "", errLong
			}
			return "", nil
		}
	}
}

// jsonReading is what is done with what a stream of JSON holds.
type jsonReading struct {
	lookedFor func([]byte) bool
	object    func(raw []byte, line int, found bool) error // raw holds until it returns
	scalar    func(string)                                 // a short string, or a number, beside the objects
	bad       func(line int, err error)
}

// values reads JSON: objects one after the other or in arrays, on lines of their
// own or not, commas between them or not. An object that is too long is read as
// what is in it; after broken JSON it goes on with the next line.
func (s *stream) values(r jsonReading) error {
	if r.lookedFor == nil {
		r.lookedFor = func([]byte) bool { return false }
	}
	if r.scalar == nil {
		r.scalar = func(string) {}
	}
	if r.bad == nil {
		r.bad = func(int, error) {}
	}
	var entered []int // lines of the objects that were too long, and gave nothing yet
	for {
		c, ok := s.next()
		if !ok {
			break
		}
		line := s.line
		switch {
		case c == '{':
			end, found, err := s.object(r.lookedFor)
			if err == nil {
				entered = entered[:0]
				if err = r.object(s.data()[:end], line, found); err == errLong {
					s.skip(1)
					continue
				}
				if err != nil {
					return err
				}
				s.skip(end)
				continue
			}
			if err != errLong && err != errBroken && err != errCut {
				s.skip(len(s.data())) // the input is damaged, which is said in the end
				continue
			}
			if s.again += int64(end); err == errBroken || s.again > s.read+4*maxValue { // so that it takes linear time
				r.bad(line, err)
				s.skip(min(end, len(s.data())))
				if err == errLong {
					s.skipLine()
				}
				continue
			}
			if err == errCut {
				r.bad(line, err)
			} else {
				entered = append(entered, line)
			}
			s.skip(1)
		case c == '[' || c == ']' || c == '}' || c == ',' || c == ':' || c == 0x1e:
			s.skip(1)
		case c == '"':
			short, err := s.skipString()
			if err != nil {
				r.bad(line, err)
				entered = entered[:0]
			}
			r.scalar(short)
		case '0' <= c && c <= '9' || c == '-' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			word := s.word()
			switch {
			case word == "true" || word == "false" || word == "null":
			case c == '-' || c <= '9':
				r.scalar(word)
			default:
				r.bad(line, errNoJSON)
				s.skipLine()
			}
		default:
			r.bad(line, errNoJSON)
			s.skipLine()
		}
	}
	for _, line := range entered {
		r.bad(line, errLong)
	}
	if s.err != io.EOF {
		r.bad(s.line, s.err)
	}
	return nil
}

var errNoJSON = errors.New("no JSON")

// word passes over a word or a number, and gives up to 64 characters of it.
func (s *stream) word() string {
	for len(s.data()) < 64 && s.more() {
	}
	d := s.data()
	n := 0
	for n < len(d) && n < 64 && (d[n] > ' ' && !bytes.ContainsRune([]byte(`,:[]{}"`), rune(d[n]))) {
		n++
	}
	word := string(d[:n])
	s.skip(max(n, 1))
	return word
}

// skipAssignment passes over the beginning of JavaScript that assigns JSON
// (window.YTD.tweets.part0 = [).
func (s *stream) skipAssignment() {
	if c, _ := s.next(); 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
		head := s.head(256)
		if i := bytes.IndexByte(head, '='); i > 0 && !bytes.ContainsAny(head[:i], ",;\"\n\t") {
			s.skip(i + 1)
		}
	}
}

// head is up to n bytes of what comes next.
func (s *stream) head(n int) []byte {
	for len(s.data()) < n && s.more() {
	}
	return s.data()[:min(n, len(s.data()))]
}

// maxCells is the most cells of a row; what comes after them is not looked at.
const maxCells = 4096

// row reads a row of a table, a field for each cell, quoted or not; the end is
// io.EOF. The fields hold until the next call.
func (s *stream) row(comma byte, fields [][]byte) ([][]byte, error) {
	const (
		atStart = iota // of a cell
		inCell
		inQuotes
		afterQuote
	)
	var ends []int // of the cells
	state, i := atStart, 0
	for ; ; i++ {
		if i == len(s.data()) && !s.more() {
			if s.err == nil {
				return nil, errLong
			}
			if i == 0 {
				return nil, s.err
			}
			break
		}
		c := s.data()[i]
		switch {
		case state == inQuotes:
			if c == '"' {
				state = afterQuote
			}
			continue
		case state == afterQuote && c != comma && c != '\n' && c != '\r':
			state = inQuotes // two quotes are one; or nobody doubled it
			continue
		}
		if c == '\n' {
			break
		}
		switch {
		case c == comma && len(ends) < maxCells:
			ends = append(ends, i)
			state = atStart
		case c == '"' && state == atStart:
			state = inQuotes
		case state == atStart:
			state = inCell
		}
	}
	d, from := s.data(), 0
	fields = fields[:0]
	for _, end := range append(ends, i) {
		cell := bytes.TrimSuffix(d[from:end], []byte{'\r'})
		if len(cell) > 1 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			cell = cell[1 : len(cell)-1]
		}
		fields = append(fields, cell)
		from = end + 1
	}
	s.skip(min(i+1, len(d)))
	return fields, nil
}
