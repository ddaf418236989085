package enrich

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Tested in dump_test.go and shape_test.go.

// stream is the part of a dump that is in memory: buf[r:w], called the data. It
// holds one value at a time, of maxValue bytes at most.
type stream struct {
	in   io.Reader
	buf  []byte
	r, w int
	err  error // why there is no more
	line int   // of what comes next, from 1

	clear int   // the first clear bytes of the data hold no line feed,
	feed  bool  // and the next one is a line feed
	again int64 // bytes of objects that had no end: they are looked at again
	total int64 // bytes read
}

// maxValue is the most bytes of a JSON value or a row of a table.
const maxValue = 8 << 20

var (
	errLong   = fmt.Errorf("more than %d MB: no tweet is that long", maxValue>>20)
	errCut    = errors.New("the JSON is not complete: the file ends within it")
	errBroken = errors.New("the JSON breaks off in the middle of a line")
	errNoJSON = errors.New("not JSON")
)

func newStream(in io.Reader) *stream {
	return &stream{in: in, buf: make([]byte, 1<<18), line: 1}
}

func (s *stream) data() []byte { return s.buf[s.r:s.w] }

// skip skips n bytes of the data.
func (s *stream) skip(n int) {
	s.line += bytes.Count(s.buf[s.r:s.r+n], []byte{'\n'})
	s.r += n
	if s.clear -= n; s.clear < 0 {
		s.clear, s.feed = 0, false
	}
}

// more reads more, to the end of the data. It is false at the end of the input,
// and if the data is as long as a value may be.
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
		s.total += int64(n)
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

// ended is why no more could be read: the input ended, or the value is too long.
func (s *stream) ended() error {
	switch {
	case s.err == nil:
		return errLong
	case s.err == io.EOF:
		return errCut
	}
	return s.err
}

// next skips white space and gives the byte after it; false at the end.
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

// skipLine skips the rest of the line.
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

// hasFeed says whether there is a line feed in the data before end. It looks at
// every byte once.
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

// objectEnd finds the end of the JSON object with which the data begins, and
// whether it holds a string or a number that is looked for. With errBroken the
// object has no end, and what follows begins at end.
func (s *stream) objectEnd(lookedFor func([]byte) bool) (end int, found bool, err error) {
	var open []byte // brackets
	var last byte   // the last character that was no space
	for i := 0; ; {
		if i >= len(s.data()) {
			if !s.more() {
				return i, found, s.ended()
			}
			continue
		}
		c := s.data()[i]
		switch c {
		case '"':
			from := i + 1
			if i, err = s.endOfString(from); err != nil {
				return i, found, err
			}
			found = found || lookedFor(s.data()[from:i])
		case '{', '[':
			open = append(open, c)
		case '}', ']':
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1, found, nil
			}
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			from := i
			i = s.endOfDigits(from)
			found = found || lookedFor(s.data()[from:i])
			last = c
			continue
		case '\n':
			if s.beginsAnew(i+1, last, open[len(open)-1]) {
				return i + 1, found, errBroken
			}
		}
		if c > ' ' {
			last = c
		}
		i++
	}
}

// endOfString is where the quote is that ends the string that begins at from.
func (s *stream) endOfString(from int) (int, error) {
	for i := from; ; {
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
			if s.hasFeed(i) {
				return s.clear + 1, errBroken
			}
			return i, nil
		}
		i++
	}
}

// endOfDigits is where the digits end that begin at i.
func (s *stream) endOfDigits(i int) int {
	for i < len(s.data()) || s.more() {
		if c := s.data()[i]; c < '0' || c > '9' {
			break
		}
		i++
	}
	return i
}

// beginsAnew says whether a new value begins at i, which is after a line feed,
// though the object before it has no end: there is a { where JSON has none. last
// is the character before it, within the bracket open.
func (s *stream) beginsAnew(i int, last, open byte) bool {
	if s.clear < i {
		s.clear, s.feed = i, false
	}
	if i == len(s.data()) && !s.more() || s.data()[i] != '{' {
		return false
	}
	return last != '[' && last != ':' && (last != ',' || open == '{')
}

// skipString skips a string of any length, and gives it if it is as short as an ID.
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

// jsonReader reads the JSON of a stream.
type jsonReader struct {
	*stream
	lookedFor func([]byte) bool                            // nil: nothing is looked for
	object    func(raw []byte, line int, found bool) error // raw holds until it returns
	scalar    func(string)                                 // nil, or takes the short strings and numbers beside the objects
	bad       func(line int, err error)                    // nil, or takes what could not be read

	entered []int // lines of the objects that were too long, and held no other object yet
}

// read reads JSON: objects one after the other or in arrays, on lines of their
// own or not, commas between them or not. Of an object that is too long it reads
// the objects in it; after broken JSON it goes on with the next line.
func (r *jsonReader) read() error {
	for {
		c, ok := r.next()
		if !ok {
			break
		}
		switch {
		case c == '{':
			if err := r.readObject(); err != nil {
				return err
			}
		case c == '"':
			r.readString()
		case bytes.IndexByte([]byte("[]},:\x1e"), c) >= 0:
			r.skip(1)
		default:
			r.readWord(c)
		}
	}
	for _, line := range r.entered {
		r.report(line, errLong)
	}
	if r.err != io.EOF {
		r.report(r.line, r.err)
	}
	return nil
}

func (r *jsonReader) report(line int, err error) {
	if r.bad != nil {
		r.bad(line, err)
	}
}

// readObject reads the object with which the data begins.
func (r *jsonReader) readObject() error {
	lookedFor := r.lookedFor
	if lookedFor == nil {
		lookedFor = func([]byte) bool { return false }
	}
	end, found, err := r.objectEnd(lookedFor)
	if err != nil {
		r.noEnd(end, err)
		return nil
	}
	r.entered = r.entered[:0]
	switch err := r.object(r.data()[:end], r.line, found); err {
	case nil:
		r.skip(end)
	case errLong:
		r.skip(1)
	default:
		return err
	}
	return nil
}

// noEnd goes on after an object whose end was not found, though it was looked for
// up to end.
func (r *jsonReader) noEnd(end int, err error) {
	if err != errLong && err != errBroken && err != errCut {
		r.skip(len(r.data())) // the input is damaged: read reports it in the end
		return
	}
	r.again += int64(end)
	switch {
	case err == errBroken, r.again > r.total+4*maxValue: // so that the time is linear
		r.report(r.line, err)
		r.skip(min(end, len(r.data())))
		if err == errLong {
			r.skipLine()
		}
		return
	case err == errCut:
		r.report(r.line, err)
	default:
		r.entered = append(r.entered, r.line)
	}
	r.skip(1) // and on with what is in it
}

// readString reads a string beside the objects.
func (r *jsonReader) readString() {
	line := r.line
	short, err := r.skipString()
	if err != nil {
		r.report(line, err)
		r.entered = r.entered[:0]
	}
	if r.scalar != nil {
		r.scalar(short)
	}
}

// readWord reads a number or a word beside the objects, which begins with c.
func (r *jsonReader) readWord(c byte) {
	line := r.line
	isNumber := '0' <= c && c <= '9' || c == '-'
	word := ""
	if isNumber || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
		word = r.word()
	}
	switch {
	case word == "true", word == "false", word == "null":
	case isNumber:
		if r.scalar != nil {
			r.scalar(word)
		}
	default:
		r.report(line, errNoJSON)
		r.skipLine()
	}
}

// word skips a word or a number, and gives up to 64 characters of it.
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

// skipAssignment skips the beginning of JavaScript that assigns JSON
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

// maxCells is the most cells of a row; the rest of the row is not looked at.
const maxCells = 4096

// row reads a row of a table: a field for each cell, quoted or not. At the end it
// returns io.EOF. The fields hold until the next call.
func (s *stream) row(comma byte, fields [][]byte) ([][]byte, error) {
	ends, err := s.cellEnds(comma)
	if err != nil {
		return nil, err
	}
	d, from := s.data(), 0
	fields = fields[:0]
	for _, end := range ends {
		cell := bytes.TrimSuffix(d[from:end], []byte{'\r'})
		if len(cell) > 1 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			cell = cell[1 : len(cell)-1]
		}
		fields = append(fields, cell)
		from = end + 1
	}
	s.skip(min(from, len(d)))
	return fields, nil
}

// cellEnds finds where the cells of the next row end, the last one at the end of
// the row.
func (s *stream) cellEnds(comma byte) (ends []int, err error) {
	at := cellStart
	for i := 0; ; i++ {
		if i == len(s.data()) && !s.more() {
			switch {
			case s.err == nil:
				return nil, errLong
			case i == 0:
				return nil, s.err
			}
			return append(ends, i), nil
		}
		c := s.data()[i]
		at = at.after(c, comma)
		switch {
		case at == inQuotes:
		case c == '\n':
			return append(ends, i), nil
		case c == comma && len(ends) < maxCells:
			ends = append(ends, i)
		}
	}
}

// cellPart is the part of a cell that comes next.
type cellPart int

const (
	cellStart cellPart = iota
	inCell             // and not in quotes
	inQuotes
	afterQuote // that may be the last of its cell
)

func (p cellPart) after(c, comma byte) cellPart {
	switch {
	case c == '"' && p == inQuotes:
		return afterQuote
	case c == '"' && p != inCell, p == inQuotes:
		return inQuotes
	case c == comma, c == '\n':
		return cellStart
	case p == afterQuote && c == '\r':
		return afterQuote
	case p == afterQuote: // the quote is one of the text, which nobody doubled
		return inQuotes
	}
	return inCell
}
