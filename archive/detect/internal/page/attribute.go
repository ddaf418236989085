package page

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Tested in page_test.go.

// Attributes are the attributes of a start tag, in order.
type Attributes []Attribute

// Attribute is an attribute: its name in lower case and its value, decoded.
type Attribute struct{ Key, Val string }

// maxAttributes is how many attributes of a tag are read.
const maxAttributes = 256

// Attributes are the attributes of token i; none if it is no start tag. They are read at
// each call: most are never asked for, and those of a whole page take more memory than
// the page.
func (p *Page) Attributes(i int) (as Attributes) {
	if !p.IsStart(i) {
		return nil
	}
	tag := p.Raw(i)
	for i := nameEnd(tag, 1); len(as) < maxAttributes; {
		if i = skip(tag, i); tag[i] == '>' {
			break
		}
		var key, val string
		key, val, i = attributeAt(tag, i)
		key = replaced.Replace(lower(key))
		if key != "" && !slices.ContainsFunc(as, func(a Attribute) bool { return a.Key == key }) { // the first counts
			as = append(as, Attribute{key, decoded(val)})
		}
	}
	return as
}

// attributeAt is the attribute at s[i:] and where it ends; len(s) if it does not end. A
// slash is an attribute without a name.
func attributeAt(s string, i int) (key, val string, end int) {
	end = i
	if s[i] == '=' { // a name may begin so
		end++
	}
	for end < len(s) && s[end] != '=' && !endsName(s[end]) {
		end++
	}
	key = s[i:end]
	switch i = skip(s, end); {
	case i == len(s):
		return key, "", i
	case s[i] == '/':
		return key, "", i + 1
	case s[i] != '=':
		return key, "", i
	}
	i = skip(s, i+1)
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		n := strings.IndexByte(s[i+1:], s[i])
		if n < 0 {
			return key, "", len(s)
		}
		return key, s[i+1 : i+1+n], i + n + 2
	}
	for end = i; end < len(s) && s[end] != '>' && !isSpace(s[end]); end++ {
	}
	return key, s[i:end], end
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' }

// endsName reports whether the name of a tag or an attribute ends before c.
func endsName(c byte) bool { return c == '/' || c == '>' || isSpace(c) }

func nameEnd(s string, i int) int {
	for i < len(s) && !endsName(s[i]) {
		i++
	}
	return i
}

func skip(s string, i int) int {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return i
}

// lower is a name in lower case. Only ASCII changes, as HTML has it.
func lower(s string) string {
	b := []byte(nil)
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			if b == nil {
				b = []byte(s)
			}
			b[i] = c | 0x20
		}
	}
	if b == nil {
		return s
	}
	return string(b)
}

// replaced are the characters that HTML reads as others.
var replaced = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD")

// decoded is a value with its entities decoded.
func decoded(s string) string {
	if !strings.ContainsAny(s, "&\r\x00") {
		return s
	}
	s = replaced.Replace(s)
	var b strings.Builder
	for {
		n := strings.IndexByte(s, '&')
		if n < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:n])
		s = s[n:]
		n = entityEnd(s)
		b.WriteString(entity(s[:n], s[n:]))
		s = s[n:]
	}
}

// entity is what s shows, an entity before the rest of the value. In an address &copy=1
// and &notes are no entities.
func entity(s, rest string) string {
	plain := html.UnescapeString(s)
	open, part := s[len(s)-1] != ';', strings.HasSuffix(s, plain[len(plain)-1:]) && plain != ";"
	if !strings.HasPrefix(s, "&#") && (part || open && strings.HasPrefix(rest, "=")) {
		return s
	}
	return plain
}

// entityEnd is where the entity ends, or what may be one, that s begins with.
func entityEnd(s string) int {
	for n := 1; n < len(s); n++ {
		switch c := s[n]; {
		case c == ';':
			return n + 1
		case c == '#' && n == 1, 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		default:
			return n
		}
	}
	return len(s)
}

// Get is the value of the attribute with this name; "" if there is none.
func (as Attributes) Get(key string) string {
	for _, a := range as {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Class reports whether is is true of one of the element's classes.
func (as Attributes) Class(is func(class string) bool) bool {
	for c := range strings.FieldsSeq(as.Get("class")) {
		if is(c) {
			return true
		}
	}
	return false
}
