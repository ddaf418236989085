package corpus

// JSON that is no JSON lines: one array of articles, or an object that is an
// article, holds an array of them under one of the names in wrappers
// ({"response": {"docs": [...]}}), or holds articles under names of their own
// ({"id1": {...}, "id2": {...}}); or several such values one after the other.
// Articles are taken out one by one, so a file of any size will do.
//
// Behind broken JSON the reading goes on where the next object seems to begin.

type jsonStream struct {
	*source
	w    *window
	n    int  // records so far
	open int  // brackets open around the articles
	keys bool // objects stand as members of the object around them

	seen  int   // how far end looked last
	again int64 // bytes looked at in vain, and looked at again
}

// jsonValues reads JSON articles.
func (s *source) jsonValues(w *window) {
	j := jsonStream{source: s, w: w}
	for {
		i, err := j.space(0)
		if err != nil {
			if f := w.failure(); f != nil {
				j.bad(f)
			} else if j.open > 0 {
				j.bad(errJSONEnd)
			}
			return
		}
		w.skip(i)
		ok := true
		switch c := w.data()[0]; {
		case c == '[':
			j.open++
			w.skip(1)
		case c == '{' && j.open == 0:
			ok = j.top()
		case c == '{':
			ok = j.record()
		case c == ',':
			w.skip(1)
		case (c == '}' || c == ']') && j.open+j.n > 0: // one too many behind a broken record
			j.open = max(0, j.open-1)
			j.keys = j.keys && j.open > 0
			w.skip(1)
		case c == '"' && j.keys:
			ok = j.key()
		default:
			ok = j.resync(j.notRecord())
		}
		if !ok {
			return
		}
	}
}

// notRecord passes over a value that is no object, or says what is wrong.
func (j *jsonStream) notRecord() error {
	end, err := j.end(0)
	if err == nil {
		j.w.skip(end)
		return errNotObject
	}
	return err
}

// bad reports the next record as one that cannot be read.
func (j *jsonStream) bad(err error) bool {
	j.n++
	return j.fail(j.n, err)
}

// record reads the article at which the window stands.
func (j *jsonStream) record() bool {
	end, err := j.end(0)
	if err != nil {
		return j.resync(err)
	}
	return j.take(end)
}

func (j *jsonStream) take(end int) bool {
	j.n++
	ok := j.jsonRecord(j.n, j.w.data()[:end])
	j.w.skip(end)
	return ok
}

// top looks what the object at which the window stands is.
func (j *jsonStream) top() bool {
	at, depth, err := j.articles(0, 1)
	switch {
	case err != nil:
		return j.resync(err)
	case depth == 0:
		return j.take(at)
	}
	j.w.skip(at)
	j.open, j.keys = depth, true
	return true
}

// articles looks for articles in the object at i of the window. Depth is how
// many brackets are open there, 0 if it ends at i without.
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
		end, err := j.end(i)
		if err != nil {
			return i, 0, err
		}
		plain := plainName(new([64]byte), j.w.data()[i+1:end-1])
		if i, err = j.space(end); err != nil {
			return i, 0, err
		}
		if c := j.w.data()[i]; c != ':' {
			return i, 0, errChar(c)
		}
		if i, err = j.space(i + 1); err != nil {
			return i, 0, err
		}
		is, known := names[string(plain)]
		named = named || known && is.part == partText
		switch c := j.w.data()[i]; {
		case c == '[' && wrappers[string(plain)]:
			first, err := j.space(i + 1)
			if err != nil {
				return i, 0, err
			}
			if j.w.data()[first] == '{' {
				return i, depth, nil
			}
		case c == '{' && wrappers[string(plain)] && depth < 4:
			at, open, err := j.articles(i, depth+1)
			if err != nil || open > 0 {
				return at, open, err
			}
			i = at
			continue
		case c == '{' && depth == 1 && !named && !known && !containers[string(plain)]:
			end, err := j.end(i)
			if err != nil {
				return i, 0, err
			}
			j.dec.want = j.Fields.list()
			if j.dec.decode(j.w.data()[i:end]) == nil && j.dec.text {
				return i, depth, nil
			}
		}
		if i, err = j.end(i); err != nil {
			return i, 0, err
		}
	}
}

// key passes over a name, and its value if that holds no articles.
func (j *jsonStream) key() bool {
	end, err := j.end(0)
	if err != nil {
		return j.resync(err)
	}
	plain := plainName(new([64]byte), j.w.data()[1:end-1])
	i, err := j.space(end)
	if err == nil && j.w.data()[i] == ':' {
		i, err = j.space(i + 1)
	} else if err == nil {
		err = errChar(j.w.data()[i])
	}
	if err != nil {
		return j.resync(err)
	}
	c := j.w.data()[i]
	if c == '[' && wrappers[string(plain)] || c == '{' && !containers[string(plain)] && j.open == 1 {
		j.w.skip(i)
		return true
	}
	if i, err = j.end(i); err != nil {
		return j.resync(err)
	}
	j.w.skip(i)
	return true
}

// resync reports a record and goes to the next place where one object ends and
// another begins.
func (j *jsonStream) resync(err error) bool {
	if !j.bad(err) {
		return false
	}
	if err == errNotObject || len(j.w.data()) == 0 {
		return true // it has been passed over
	}
	if j.again += int64(j.seen); j.again > j.w.read+4*j.max {
		j.open = 0
		j.w.skip(len(j.w.data()))
		return false // so that broken input takes linear time
	}
	j.w.skip(1)
	var last, before byte // the two characters before, space apart
	line := false         // a line has ended behind the last
	for {
		for i, c := range j.w.data() {
			switch {
			case c == '\n':
				line = true
			case c == ' ' || c == '\t' || c == '\r':
			case c == '{' && (last == ',' && before == '}' || last == '}' && line):
				j.w.skip(i)
				return true
			default:
				before, last, line = last, c, false
			}
		}
		j.w.skip(len(j.w.data()))
		if !j.w.more() {
			j.open = 0 // enough has been said
			return true
		}
	}
}

// space is where the next character from i on stands that is no space.
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

// end is where the value at i ends: that of jsonDecoder.skipValue, over a
// window that grows.
func (j *jsonStream) end(i int) (int, error) {
	start := i
	open := j.dec.stack[:0]
	defer func() { j.seen, j.dec.stack = i, open }()
	for {
		b := j.w.data()
		if i >= len(b) {
			if int64(len(b)) > j.max {
				return i, tooLong(j.max)
			}
			if !j.w.more() {
				if len(open) == 0 && i > start {
					return i, nil // a literal
				}
				return i, j.ended()
			}
			continue
		}
		switch c := b[i]; {
		case c == '"':
			end, err := skipString(b, i)
			for err != nil {
				if int64(len(b)) > j.max {
					return i, tooLong(j.max)
				}
				if len(j.w.peek(2*len(b))) == len(b) {
					return i, j.ended()
				}
				b = j.w.data()
				end, err = skipString(b, i)
			}
			i = end
		case c == '{' || c == '[':
			if len(open) == maxDepth {
				return i, errDepth
			}
			open = append(open, c+2)
			i++
			continue
		case c == '}' || c == ']':
			if len(open) == 0 && i > start {
				return i, nil
			}
			if len(open) == 0 || open[len(open)-1] != c {
				return i, errChar(c)
			}
			open = open[:len(open)-1]
			i++
		case len(open) > 0:
			i++
			continue
		case isLiteral(c):
			i++
			continue
		case i > start:
			return i, nil
		default:
			return i, errChar(c)
		}
		if len(open) == 0 {
			return i, nil
		}
	}
}
