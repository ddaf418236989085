package corpus

import (
	"bytes"
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in json_test.go and fuzz_test.go.

// JSON that is not JSON lines: an array of articles, or an object. The object is an
// article, or it has an array of articles under one of the names in wrappers
// ({"response": {"docs": [...]}}), or it has articles under their own names
// ({"id1": {...}, "id2": {...}}). There may be several such values, one after the
// other. Articles are read one by one, so the file may have any size.
//
// After broken JSON, reading goes on where the next object seems to begin.

var jsonValues = &format{
	name: "JSON", exts: []string{".json"},
	recognise: func(b []byte, _ string) bool { return begins(b, '[', "{[\"]") || begins(b, '{', "\"}") },
	read:      (*source).jsonValues,
}

// jsonSpace may be between values: white space and the record separator, which comes
// before each value of a JSON text sequence (RFC 7464).
const jsonSpace = " \t\r\n\x1e"

// begins says whether the first two characters of b are c and one of next, not counting
// white space.
func begins(b []byte, c byte, next string) bool {
	b = bytes.TrimLeft(b, jsonSpace)
	if len(b) == 0 || b[0] != c {
		return false
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	return len(b) > 0 && strings.IndexByte(next, b[0]) >= 0
}

// jsonValues reads JSON articles.
func (s *source) jsonValues(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		j := jsonStream{source: s, w: w}
		for !j.done {
			a, err := j.step()
			if a == nil && err == nil {
				continue
			}
			if j.n++; !yield(s.record(j.n, a, err)) {
				return
			}
		}
	}
}

// jsonStream reads articles out of JSON values.
type jsonStream struct {
	*source
	w    *window
	n    int  // records so far
	open int  // how many brackets are open around the articles
	keys bool // articles are members of an object, with names
	done bool

	seen  int   // how far end looked last
	again int64 // bytes that were looked at several times
}

// step reads a bracket, comma, separator, name or article, and gives the article or the
// error, if any.
func (j *jsonStream) step() (*archive.Article, error) {
	i, err := j.space(0)
	if err != nil {
		j.done = true
		if j.open == 0 && j.w.failure() == nil {
			err = nil
		}
		return nil, err
	}
	j.w.skip(i)
	switch c := j.w.data()[0]; {
	case c == '[' || c == ',' || c == 0x1e:
		if c == '[' {
			j.open++
		}
		j.w.skip(1)
	case c == '{':
		return j.object()
	case (c == '}' || c == ']') && j.open+j.n > 0: // may be one too many after a broken record
		j.open = max(0, j.open-1)
		j.keys = j.keys && j.open > 0
		j.w.skip(1)
	case c == '"' && j.keys:
		return nil, j.key()
	default:
		return nil, j.notRecord()
	}
	return nil, nil
}

// notRecord skips a value that is not an object: a string, or a literal. A string right
// after a literal is skipped too: together they may be a string without its first quote.
func (j *jsonStream) notRecord() error {
	literal := isLiteral(j.w.data()[0])
	end, err := j.end(0)
	if b := j.w.data(); err == nil && literal && end < len(b) && b[end] == '"' {
		end, err = j.end(end)
	}
	if err != nil {
		return j.lost(err)
	}
	j.w.skip(end)
	return errNotObject
}

// take reads the article that ends at end.
func (j *jsonStream) take(end int) (*archive.Article, error) {
	defer j.w.skip(end)
	if j.n < j.after {
		return j.dropped() // was read before
	}
	return j.jsonRecord(j.w.data()[:end])
}

// object reads the object that begins the window: an article or, if nothing is around
// it, perhaps an object that holds articles.
func (j *jsonStream) object() (*archive.Article, error) {
	var at, open int
	var err error
	if j.open > 0 {
		at, err = j.end(0)
	} else {
		at, open, err = j.articles(0, 1)
	}
	switch {
	case err != nil:
		return nil, j.lost(err)
	case open == 0:
		return j.take(at)
	}
	j.w.skip(at)
	j.open, j.keys = open, true
	return nil, nil
}

// articles looks for articles in the object at i of the window. They begin at at, and
// open is how many brackets are open around them. If there are none, open is 0 and at
// is the end of the object.
func (j *jsonStream) articles(i, depth int) (at, open int, err error) {
	named := false // the object has a field of an article
	for i++; ; {
		if i, err = j.space(i); err != nil {
			return i, 0, err
		}
		switch c := j.w.data()[i]; c {
		case ',':
			i++
			continue
		case '}':
			return i + 1, 0, nil
		case '"':
		default:
			return i, 0, errChar(c)
		}
		plain, value, err := j.name(i)
		if err != nil {
			return value, 0, err
		}
		is, known := names[plain]
		known = known && is.part != partOutlet // a field with such a name may hold articles
		named = named || known && is.part == partText
		at, open, err := j.inside(value, depth, plain, named || known)
		if err != nil || open > 0 {
			return at, open, err
		}
		i = at
	}
}

// inside looks for articles in the value at i of the window, which has this name. known
// says that the object around it may be an article itself.
func (j *jsonStream) inside(i, depth int, plain string, known bool) (at, open int, err error) {
	switch c := j.w.data()[i]; {
	case c == '[' && wrappers[plain]:
		first, err := j.space(i + 1)
		if err != nil {
			return i, 0, err
		}
		if j.w.data()[first] == '{' {
			return i, depth, nil
		}
	case c == '{' && wrappers[plain] && depth < 4:
		return j.articles(i, depth+1)
	case c == '{' && depth == 1 && !known && !containers[plain]:
		end, err := j.end(i)
		if err != nil {
			return i, 0, err
		}
		j.dec.want = j.Fields.list()
		if j.dec.decode(j.w.data()[i:end]) == nil && j.dec.text {
			return i, depth, nil
		}
	}
	at, err = j.end(i)
	return at, 0, err
}

// key skips a name, and also its value if that holds no articles.
func (j *jsonStream) key() error {
	plain, i, err := j.name(0)
	if err != nil {
		return j.lost(err)
	}
	if c := j.w.data()[i]; c == '[' && wrappers[plain] || c == '{' && !containers[plain] && j.open == 1 {
		j.w.skip(i)
		return nil
	}
	if i, err = j.end(i); err != nil {
		return j.lost(err)
	}
	j.w.skip(i)
	return nil
}

// name reads the name at i of the window, and says where its value begins.
func (j *jsonStream) name(i int) (plain string, value int, err error) {
	end, err := j.end(i)
	if err != nil {
		return "", i, err
	}
	plain = string(plainName(&j.dec.name, j.w.data()[i+1:end-1]))
	if i, err = j.space(end); err != nil {
		return "", i, err
	}
	if c := j.w.data()[i]; c != ':' {
		return "", i, errChar(c)
	}
	value, err = j.space(i + 1)
	return plain, value, err
}

// lost goes to the next place where an object ends and another begins. It returns err,
// which is the reason.
func (j *jsonStream) lost(err error) error {
	if len(j.w.data()) == 0 {
		return err
	}
	if j.again += int64(j.seen); j.again > j.w.read+4*j.max {
		j.done = true // so damaged input takes linear time
		return err
	}
	j.w.skip(1)
	var last, before byte // the last two characters that are not space
	line := false         // a line has ended since
	for {
		for i, c := range j.w.data() {
			switch {
			case c == '\n':
				line = true
			case c == 0x1e: // a record begins, wherever the one before ended
				last, line = '}', true
			case c == ' ' || c == '\t' || c == '\r':
			case c == '{' && (last == ',' && before == '}' || last == '}' && line):
				j.w.skip(i)
				return err
			default:
				before, last, line = last, c, false
			}
		}
		j.w.skip(len(j.w.data()))
		if !j.w.more() {
			j.open = 0 // so that this is the only error
			return err
		}
	}
}

// space is where the next character is, from i on, that is not white space.
func (j *jsonStream) space(i int) (int, error) {
	for {
		b := j.w.data()
		if i = space(b, i); i < len(b) {
			return i, nil
		}
		if int64(i) > j.max {
			if blank(b) {
				j.w.skip(i)
				i = 0
				continue
			}
			return i, tooLong(j.max)
		}
		if !j.w.more() {
			return i, j.ended()
		}
	}
}

// ended is why the input ended inside a value.
func (j *jsonStream) ended() error {
	if err := j.w.failure(); err != nil {
		return err
	}
	return errJSONEnd
}

// end is where the value at i of the window ends. It reads more as needed.
func (j *jsonStream) end(i int) (at int, err error) {
	j.dec.stack = j.dec.stack[:0]
	defer func() { j.seen = at }()
	for at = i; ; {
		b := j.w.data()
		if at, err = j.dec.skip(b, i, at); err != errJSONEnd {
			return at, err
		}
		if int64(len(b)) > j.max {
			return at, tooLong(j.max)
		}
		want := len(b) + 1
		if at < len(b) {
			want = 2 * len(b) // in a string, for which the search begins again
		}
		if len(j.w.peek(want)) > len(b) {
			continue
		}
		if len(j.dec.stack) == 0 && at > i {
			return at, nil // a literal at the end of the file
		}
		return at, j.ended()
	}
}
