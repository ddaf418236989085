package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// The decoder of JSON objects reads a record once and notes where the values of an
// article's fields are. It undoes only the escapes in these. Of all other values it
// checks the brackets, not the grammar: Python writes NaN, and crawlers write raw
// control characters, and the article should not be lost for that. If a name occurs
// twice, the last value that is not empty counts.

// maxDepth is how deep values may be inside values, as in encoding/json.
const maxDepth = 10000

var (
	errJSONEnd   = withHint("the JSON ends too early", "is a quote or a bracket not closed?")
	errDepth     = fmt.Errorf("JSON values inside values, deeper than %d", maxDepth)
	errNotObject = errors.New("not a JSON object")
	errEscape    = errors.New("invalid escape in a JSON string")
)

func errChar(c byte) error {
	return archive.WithDetail(fmt.Sprintf("invalid character %q in JSON", c), "invalid character in JSON")
}

// jsonDecoder finds the values of an article in a JSON object.
type jsonDecoder struct {
	want    [parts]string // as in Fields
	value   [parts]jsonValue
	texts   []jsonValue   // of fields that may be the text, the surest name first
	others  []jsonValue   // strings whose names mean nothing, up to a limit
	hold    []string      // as Fields.Keep
	held    [][]byte      // the values of these
	text    bool          // there was a field for the text, even if it was null
	keep    bool          // note the names of fields
	fields  []string      // all names, up to a limit
	taken   [parts]string // the names of value
	path    []byte        // the names above the current value, and its own, with dots between them
	stack   []byte        // open brackets
	scratch []byte
	name    [64]byte
}

// jsonValue is the value of a part.
type jsonValue struct {
	raw  []byte
	rank int
	html bool
	path string // of the field, if keep is set
}

// jsonRecord reads an article from raw, a JSON value without space around it.
func (s *source) jsonRecord(raw []byte) (*archive.Article, error) {
	if !s.holds(raw) && raw[0] == '{' && raw[len(raw)-1] == '}' {
		return s.dropped()
	}
	d := &s.dec
	d.want, d.hold, d.keep = s.Fields.list(), s.Fields.Keep, s.inspect != nil
	if err := d.decode(raw); err != nil {
		return nil, err
	}
	blocks := holdsBlocks(d.value[partText].raw)
	if err := s.chooseJSON(); err != nil {
		return nil, err
	}
	if blocks {
		have, err := d.strings(partText)
		if err != nil {
			return nil, err
		}
		if text := blocksText(raw); len(text) > len(have) {
			s.fieldsTaken(d.fields, d.taken)
			return s.keepJSON(false, func(part int) ([]byte, error) {
				if part == partText {
					return []byte(text), nil
				}
				return d.strings(part)
			})
		}
	}
	if d.value[partText].raw == nil && !d.text {
		d.keep = true
		d.decode(raw) // again, for the names
		return nil, errNoText(d.fields, s.Fields.Text)
	}
	s.fieldsTaken(d.fields, d.taken)
	if len(d.texts) > 1 && d.keep {
		var fields []string
		for _, t := range d.texts {
			fields = append(fields, t.path)
		}
		s.textTaken(d.taken[partText], fields)
	}
	return s.keepJSON(d.value[partText].html, d.strings)
}

// chooseJSON chooses the body if several fields hold a text.
func (s *source) chooseJSON() error {
	d := &s.dec
	if len(d.texts) < 2 {
		return nil
	}
	best, err := s.choose(len(d.texts), func(i int) ([]byte, error) {
		d.value[partText] = d.texts[i]
		return d.strings(partText)
	})
	d.value[partText], d.taken[partText] = d.texts[best], d.texts[best].path
	return err
}

// keepJSON is fielded, and adds the fields to keep.
func (s *source) keepJSON(html bool, value func(part int) ([]byte, error)) (*archive.Article, error) {
	a, err := s.fielded(html, value, s.dec.otherTexts)
	if err != nil || len(s.dec.hold) == 0 {
		return a, err
	}
	a.Kept = make([]string, len(s.dec.held))
	for i, raw := range s.dec.held {
		switch {
		case len(raw) == 0 || string(raw) == "null":
		case raw[0] == '"':
			b, err := unescape(s.dec.scratch[:0], raw[1:len(raw)-1])
			if err != nil {
				return nil, err
			}
			s.dec.scratch, a.Kept[i] = b, utf8Text(b)
		default:
			a.Kept[i] = utf8Text(raw)
		}
	}
	return a, nil
}

// errNoText is the error of a record without the field that the user named as the text
// or, if want is "", without any that is known to hold one.
func errNoText(fields []string, want string) error {
	if want != "" {
		return withHint("no field "+want, "there are "+list(fields))
	}
	return &hinted{archive.WithDetail("no text in the fields "+list(fields), "no text in the fields"), "if one of them has it, name it with --text-field"}
}

// list joins names for an error, at most a dozen.
func list(fields []string) string {
	if len(fields) == 0 {
		return "(none)"
	}
	const most = 12
	if len(fields) > most {
		return strings.Join(fields[:most], ", ") + ", ..."
	}
	return strings.Join(fields, ", ")
}

// decode finds the values of an article in b.
func (d *jsonDecoder) decode(b []byte) error {
	d.value = [parts]jsonValue{}
	d.text, d.fields, d.taken, d.path = false, d.fields[:0], [parts]string{}, d.path[:0]
	d.texts, d.others, d.held = d.texts[:0], d.others[:0], d.held[:0]
	for range d.hold {
		d.held = append(d.held, nil)
	}
	if len(b) == 0 {
		return errJSONEnd
	}
	if b[0] != '{' {
		return errNotObject
	}
	i, err := d.object(b, 0, 0, name{part: -1})
	if err != nil {
		return err
	}
	if i = space(b, i); i < len(b) {
		return errChar(b[i])
	}
	return nil
}

// object reads the object at b[i] and returns where it ends. parent is what the name of
// the object means.
func (d *jsonDecoder) object(b []byte, i, depth int, parent name) (int, error) {
	i = space(b, i+1)
	for first := true; ; first = false {
		switch {
		case i == len(b):
			return i, errJSONEnd
		case b[i] == '}':
			return i + 1, nil
		case !first && b[i] != ',':
			return i, errChar(b[i])
		case !first:
			i = space(b, i+1)
		}
		key, value, err := memberName(b, i)
		if err != nil {
			return i, err
		}
		if i, err = d.member(b, value, key, depth, parent); err != nil {
			return i, err
		}
		i = space(b, i)
	}
}

// memberName reads the name and the colon at b[i], and says where the value begins.
func memberName(b []byte, i int) (key []byte, value int, err error) {
	if i == len(b) {
		return nil, i, errJSONEnd
	}
	if b[i] != '"' {
		return nil, i, errChar(b[i])
	}
	end, err := skipString(b, i)
	if err != nil {
		return nil, i, err
	}
	colon := space(b, end)
	if colon < len(b) && b[colon] != ':' {
		return nil, i, errChar(b[colon])
	}
	if value = space(b, min(colon+1, len(b))); value == len(b) {
		return nil, i, errJSONEnd
	}
	return b[i+1 : end-1], value, nil
}

// member reads the value at b[i], which has the given name.
func (d *jsonDecoder) member(b []byte, i int, key []byte, depth int, parent name) (int, error) {
	above := len(d.path)
	defer func() { d.path = d.path[:above] }()
	key, err := d.enter(key)
	if err != nil {
		return i, err
	}
	if d.keep && depth == 0 && len(d.fields) < 32 {
		d.fields = append(d.fields, string(key))
	}
	plain := plainName(&d.name, key)
	is := d.is(plain, depth, parent)
	if string(key) == "_source" { // Elasticsearch keeps the article in it
		is.part = -1
	}
	if b[i] == '{' && d.descends(plain, is, depth) {
		is.only = is.part == partOutlet && !containers[string(plain)]
		end, err := d.object(b, i, depth+1, is)
		d.holdValue(b[i:end])
		return end, err
	}
	end, err := d.skipValue(b, i)
	if err != nil {
		return i, err
	}
	raw := b[i:end]
	d.holdValue(raw)
	switch {
	case is.part >= 0:
		d.note(is, raw, len(plain) > 3 && bytes.Contains(plain, []byte("html")) || string(plain) == "rendered")
	case depth == 0 && raw[0] == '"' && !known(plain):
		d.noteOther(raw)
	}
	return end, nil
}

// descends says whether an article's fields may be inside the object at d.path, which
// has this name.
func (d *jsonDecoder) descends(plain []byte, is name, depth int) bool {
	return depth < 16 && d.leads() || depth < 3 && (is.part >= 0 || containers[string(plain)])
}

// noteOther keeps a string whose name means nothing, as it may be the text.
func (d *jsonDecoder) noteOther(raw []byte) {
	const most = 256
	if d.want[partText] != "" || len(d.others) >= most {
		return
	}
	v := jsonValue{raw: raw}
	if d.keep {
		v.path = string(d.path)
	}
	d.others = append(d.others, v)
}

// holdValue notes the value of the field at d.path if the user wants to keep it.
func (d *jsonDecoder) holdValue(raw []byte) {
	for i, name := range d.hold {
		if string(d.path) == name {
			d.held[i] = raw
		}
	}
}

// enter adds a name to the path, and gives it without its escapes.
func (d *jsonDecoder) enter(key []byte) (unescaped []byte, err error) {
	if len(d.path) > 0 {
		d.path = append(d.path, '.')
	}
	from := len(d.path)
	d.path, err = unescape(d.path, key)
	return d.path[from:], err
}

// is says what the field at d.path means.
func (d *jsonDecoder) is(plain []byte, depth int, parent name) name {
	for part, want := range d.want {
		if want != "" && string(d.path) == want {
			return name{part: part}
		}
	}
	n, ok := names[string(plain)]
	switch {
	case parent.part == partOutlet && d.namesOutlet(plain, parent):
		n, ok = parent, true
	case parent.only:
		ok = false
	case parent.part >= 0 && parent.part != partOutlet && inner[string(plain)]:
		n, ok = parent, true
	}
	if !ok || d.want[n.part] != "" {
		return name{part: -1}
	}
	n.rank += 1000 * depth
	return n
}

// namesOutlet says whether a field is the name of an outlet: {"source": {"name": ...}}.
// It is in an object that is an outlet or, as source may be either, perhaps an article.
// So a title is the outlet's only if the article has another one, as in Event Registry.
func (d *jsonDecoder) namesOutlet(plain []byte, parent name) bool {
	title := d.value[partTitle]
	return string(plain) == "name" || string(plain) == "title" && !parent.only && title.raw != nil && title.rank < parent.rank+1000
}

// leads says whether d.path leads to a field that the user named.
func (d *jsonDecoder) leads() bool {
	for _, want := range d.want {
		if d.leadsTo(want) {
			return true
		}
	}
	return slices.ContainsFunc(d.hold, d.leadsTo)
}

func (d *jsonDecoder) leadsTo(want string) bool {
	return len(want) > len(d.path) && want[len(d.path)] == '.' && want[:len(d.path)] == string(d.path)
}

// note keeps the value of a part, unless there was a surer one.
func (d *jsonDecoder) note(is name, raw []byte, html bool) {
	if is.part == partText {
		d.text = true
	}
	switch c := raw[0]; {
	case c == '"' && len(raw) > 2, c == '[' && len(raw) > 2:
	case is.part != partText && (c == '-' || '0' <= c && c <= '9'):
	default:
		return
	}
	v := jsonValue{raw: raw, rank: is.rank, html: html}
	if d.keep {
		v.path = string(d.path)
	}
	if is.part == partText {
		d.noteText(v)
	}
	if old := &d.value[is.part]; old.raw == nil || is.rank <= old.rank {
		*old = v
		d.taken[is.part] = v.path
	}
}

// noteText keeps a text, with the surest name first. It replaces one with the same name.
func (d *jsonDecoder) noteText(v jsonValue) {
	const most = 8
	at, same := slices.BinarySearchFunc(d.texts, v, func(a, b jsonValue) int { return a.rank - b.rank })
	switch {
	case same:
		d.texts[at] = v
	case at < most:
		d.texts = slices.Insert(d.texts[:min(len(d.texts), most-1)], at, v)
	}
}

// strings is the value of a part: a string, a number as it is written, or the strings
// of an array. The text has them as paragraphs, all other parts only the first. The
// value is valid until the next call.
func (d *jsonDecoder) strings(part int) (dst []byte, err error) {
	dst = d.scratch[:0]
	defer func() { d.scratch = dst }()
	raw := d.value[part].raw
	switch {
	case raw == nil:
		return dst, nil
	case raw[0] == '"':
		dst, err = unescape(dst, raw[1:len(raw)-1])
		return dst, err
	case raw[0] != '[':
		dst = append(dst, raw...)
		return dst, nil
	}
	for i := 1; i < len(raw) && (part == partText || len(dst) == 0); {
		switch raw[i] {
		case '{', '[':
			i, err = d.skipValue(raw, i)
		case '"':
			if len(dst) > 0 {
				dst = append(dst, "\n\n"...)
			}
			from := i + 1
			if i, err = skipString(raw, i); err == nil {
				dst, err = unescape(dst, raw[from:i-1])
			}
		default:
			i++
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// otherTexts gives the strings whose names mean nothing.
func (d *jsonDecoder) otherTexts(yield func(string, []byte) bool) {
	for _, v := range d.others {
		b, err := unescape(d.scratch[:0], v.raw[1:len(v.raw)-1])
		d.scratch = b
		if err == nil && !yield(v.path, b) {
			return
		}
	}
}

// skipValue says where the value at b[i] ends.
func (d *jsonDecoder) skipValue(b []byte, i int) (int, error) {
	d.stack = d.stack[:0]
	end, err := d.skip(b, i, i)
	if err == errJSONEnd && len(d.stack) == 0 && end > i { // as after a number
		return end, nil
	}
	return end, err
}

// skip looks from b[i] on for the end of the value at b[from]. errJSONEnd says that it
// is not in b, or that a literal may go on after b. With more bytes in b, the search
// can go on from the i that it returns.
func (d *jsonDecoder) skip(b []byte, from, i int) (int, error) {
	for i < len(b) {
		c := b[i]
		if len(d.stack) == 0 && !isLiteral(c) && i > from {
			return i, nil // a literal ended
		}
		switch c {
		case '"':
			end, err := skipString(b, i)
			if err != nil {
				return i, err
			}
			i = end
		case '{', '[':
			if len(d.stack) == maxDepth {
				return i, errDepth
			}
			d.stack = append(d.stack, c+2) // } and ] come two after { and [
			i++
			continue
		case '}', ']':
			if len(d.stack) == 0 || d.stack[len(d.stack)-1] != c {
				return i, errChar(c)
			}
			d.stack = d.stack[:len(d.stack)-1]
			i++
		default:
			if len(d.stack) == 0 && !isLiteral(c) {
				return i, errChar(c)
			}
			i++
			continue
		}
		if len(d.stack) == 0 {
			return i, nil
		}
	}
	return i, errJSONEnd
}

func isLiteral(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.'
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString says where the string at b[i] ends, after its quote.
func skipString(b []byte, i int) (int, error) {
	for j := i + 1; ; {
		n := bytes.IndexByte(b[j:], '"')
		if n < 0 {
			return len(b), errJSONEnd
		}
		j += n + 1
		if !escaped(b[i+1 : j-1]) {
			return j, nil
		}
	}
}

// unescape appends b, the inside of a string, without its escapes. Half of a surrogate
// pair becomes U+FFFD, as in encoding/json.
func unescape(dst, b []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(b, '\\')
		if i < 0 {
			return append(dst, b...), nil
		}
		dst = append(dst, b[:i]...)
		b = b[i:]
		if len(b) < 2 {
			return dst, errEscape
		}
		switch c := b[1]; c {
		case '"', '\\', '/', '\'':
			dst = append(dst, c)
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r, n := archive.EscapedRune(b)
			if n == 0 {
				return dst, errEscape
			}
			dst = utf8.AppendRune(dst, r)
			b = b[n:]
			continue
		default:
			return dst, errEscape
		}
		b = b[2:]
	}
}
