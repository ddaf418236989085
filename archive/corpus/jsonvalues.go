package corpus

import (
	"bytes"
	"strings"

	"example.org/tweetarc/archive"
)

// JSON that is no JSON lines: one array of articles, or an object that is an
// article, holds an array of them under one of the names in wrappers
// ({"response": {"docs": [...]}}), or holds articles under names of their own
// ({"id1": {...}, "id2": {...}}); or several such values one after the other.
// Articles are taken out one by one, so a file of any size will do.
//
// After broken JSON the reading goes on where the next object seems to begin.

var jsonValues = &format{
	name: "JSON", exts: []string{".json"},
	recognise: func(b []byte, _ string) bool { return begins(b, '[', "{[\"]") || begins(b, '{', "\"}") },
	read:      (*source).jsonValues,
}

// jsonSpace may be between values: white space and, before each in a JSON text sequence
// (RFC 7464), the record separator.
const jsonSpace = " \t\r\n\x1e"

// begins says whether b's first two characters, spaces apart, are c and one of next.
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

type jsonStream struct {
	*source
	w    *window
	n    int  // records so far
	open int  // brackets open around the articles
	keys bool // objects are members of the object around them
	done bool

	seen  int   // how far end looked last
	again int64 // bytes looked at in vain, and looked at again
}

// step goes on by one bracket, comma, separator, name or article, at which the window is,
// and gives the article or the error there was, if any.
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
	case (c == '}' || c == ']') && j.open+j.n > 0: // one too many after a broken record
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

// notRecord passes over a value that is no object: a literal, with a string that
// follows it at once as one does that has lost its first quote, or a string.
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
		return j.dropped() // it was read before
	}
	return j.jsonRecord(j.w.data()[:end])
}

// object reads the object at which the window is: an article or, if nothing is
// around it, what holds articles.
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

// articles looks for articles in the object at i of the window. Open is how
// many brackets are open around them, 0 if there are none and the object ends at.
func (j *jsonStream) articles(i, depth int) (at, open int, err error) {
	named := false // a field of an article's was met
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
		known = known && is.part != partOutlet // what has such a name may be articles
		named = named || known && is.part == partText
		at, open, err := j.inside(value, depth, plain, named || known)
		if err != nil || open > 0 {
			return at, open, err
		}
		i = at
	}
}

// inside looks for articles in the value at i of the window, which has this name
// in an object; known is whether that may be an article itself.
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

// key passes over a name, and its value if that holds no articles.
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

// name reads the name at i of the window, and gives where its value begins.
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

// lost goes to the next place where one object ends and another begins; err is
// why.
func (j *jsonStream) lost(err error) error {
	if len(j.w.data()) == 0 {
		return err
	}
	if j.again += int64(j.seen); j.again > j.w.read+4*j.max {
		j.done = true // so that broken input takes linear time
		return err
	}
	j.w.skip(1)
	var last, before byte // the two characters before, space apart
	line := false         // a line has ended after the last
	for {
		for i, c := range j.w.data() {
			switch {
			case c == '\n':
				line = true
			case c == 0x1e: // a record begins, however the one before ended
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
			j.open = 0 // enough has been said
			return err
		}
	}
}

// space is where the next character from i on is that is no space.
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

func (j *jsonStream) ended() error {
	if err := j.w.failure(); err != nil {
		return err
	}
	return errJSONEnd
}

// end is where the value at i of the window ends, of which more is read as needed.
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
			want = 2 * len(b) // in a string, which is looked at from its beginning
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
