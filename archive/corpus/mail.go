package corpus

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"example.org/tweetarc/archive"
)

// mailFile is a letter (RFC 5322) in MIME, or a page that a browser saved in the same
// form (MHTML, RFC 2557).
var mailFile = &format{
	name: "mail", exts: []string{".eml", ".emlx", ".mht", ".mhtml"}, byName: true,
	recognise: func(head []byte, _ string) bool {
		head = counted(head)
		first, rest, _ := bytes.Cut(head, lf)
		if bytes.IndexByte(first, ':') < 0 && len(bytes.TrimLeft(rest, " \t")) == len(rest) || !bytes.Contains(bytes.ToLower(head), []byte("mime-version:")) {
			return false // the first line is enough to see it for most texts
		}
		m, err := mail.ReadMessage(bytes.NewReader(head))
		return err == nil && m.Header.Get("MIME-Version") != "" &&
			(m.Header.Get("From") != "" || strings.HasPrefix(strings.ToLower(m.Header.Get("Content-Type")), "multipart/"))
	},
	read: func(s *source, w *window) articles {
		return func(yield func(*archive.Article, error) bool) {
			b, err := w.all(s.maxLetter())
			if err != nil {
				yield(s.record(1, nil, err))
				return
			}
			s.yieldLetter(1, b, yield)
		}
	},
}

// maxLetter is how many bytes a letter may have. It is less than a record, as the
// decoded letter is in memory too.
func (s *source) maxLetter() int64 { return s.max / 2 }

// mboxFile is a file of letters (RFC 4155). Before each there is a line that begins with
// "From ". In a letter such a line should be quoted (mboxo, mboxrd). As it is not
// always, a letter begins only if a header follows.
var mboxFile = &format{
	name: "mbox", exts: []string{".mbox"},
	recognise: func(head []byte, _ string) bool {
		first, rest, ok := bytes.Cut(head, []byte("\n"))
		return ok && bytes.HasPrefix(first, fromLine) && isHeaderLine(rest)
	},
	read: (*source).mbox,
}

var fromLine = []byte("From ")

// mbox reads the letters of an mbox.
func (s *source) mbox(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		n := 0
		for letter, err := range s.letters(w) {
			n++
			if err != nil && !yield(s.record(n, nil, err)) || err == nil && !s.yieldLetter(n, letter, yield) {
				return
			}
		}
	}
}

// letters cuts an mbox into its letters. The next letter overwrites a letter.
func (s *source) letters(w *window) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var letter []byte
		var failed error // why there is no letter
		begun := false
		for blankBefore := true; ; {
			line, err := w.line(s.maxLetter())
			begins := false
			if bytes.HasPrefix(line, fromLine) {
				line = bytes.Clone(line) // as peek moves it
				begins = (blankBefore || bytes.Count(line, []byte(":")) >= 2) && isHeaderLine(w.peek(maxHeaderName))
			}
			ends := err == io.EOF || err != nil && w.failure() != nil
			if begun && (begins || ends) && !yield(letter, failed) {
				return
			}
			switch {
			case err == io.EOF:
				return
			case ends:
				yield(nil, err)
				return
			case err != nil:
				letter, failed = nil, err
			case begins:
				begun, letter, failed = true, letter[:0], nil
				if cap(letter) > smallFile { // so that a long letter's memory is not kept
					letter = nil
				}
			case failed != nil:
			case int64(len(letter)+len(line)) > s.maxLetter():
				letter, failed = nil, tooLong(s.maxLetter())
			default:
				letter = append(letter, unquoted(line)...)
			}
			blankBefore = blank(line)
		}
	}
}

// unquoted is a line of an mbox as it was in its letter.
func unquoted(line []byte) []byte {
	if line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), fromLine) {
		return line[1:]
	}
	return line
}

// maxHeaderName is how far the colon after a header's name is looked for.
const maxHeaderName = 100

// isHeaderLine says whether b begins with a header field: a name and a colon.
func isHeaderLine(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte(">From ")) // some programs add it
	for i, c := range b[:min(len(b), maxHeaderName)] {
		if c == ':' {
			return i > 0
		}
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return false
}

// yieldLetter yields the readable part of a letter, and then the error, if any.
func (s *source) yieldLetter(n int, b []byte, yield func(*archive.Article, error) bool) bool {
	a, err := s.letter(b)
	if (a.Body != "" || err == nil) && !yield(s.record(n, a, nil)) {
		return false
	}
	return err == nil || yield(s.record(n, nil, err))
}

// letter makes the article of a letter, with its subject and day. If the letter is a
// saved page, its day is when the page was captured, and the article's date is in the
// page.
func (s *source) letter(b []byte) (*archive.Article, error) {
	b = counted(b)
	header, rest := letterHeader(b)
	if header == nil {
		return s.text(b), nil // not a letter
	}
	c, err := s.part(bytes.NewReader(rest), header, 0)
	if !s.holds(c.body) {
		a, _ := s.dropped()
		return a, err
	}
	a := s.text(c.body)
	if c.isHTML {
		a = s.html(c.body)
	}
	at, dateErr := mail.ParseDate(header.Get("Date"))
	if saved := cmp.Or(address(header.Get("Snapshot-Content-Location")), c.saved); saved != "" {
		a.URL = cmp.Or(a.URL, saved)
		if dateErr == nil {
			a.Captured = at.UTC().Format(isoUTC)
		}
	} else {
		a.URL = cmp.Or(a.URL, address(strings.Trim(header.Get("Archived-At"), "<>"))) // RFC 5064
		if dateErr == nil && a.Date == "" {
			a.Date = valid(at.Year(), int(at.Month()), at.Day())
		}
	}
	words := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if subject, err := words.DecodeHeader(header.Get("Subject")); err == nil && subject != "" {
		a.Title = oneLine(utf8Text([]byte(subject)))
	}
	return a, err
}

// counted is the letter in a file of Apple Mail (.emlx): there is a line before it that
// says how many bytes it has, and a property list after it. Other files stay as they
// are.
func counted(b []byte) []byte {
	first, rest, _ := bytes.Cut(b, lf)
	n, err := strconv.Atoi(string(bytes.TrimSpace(first[:min(len(first), 20)])))
	if err != nil || n <= 0 || !isHeaderLine(rest) {
		return b
	}
	return rest[:min(n, len(rest))]
}

// unflowed joins the lines of a text that a program wrapped (RFC 3676). A line that ends
// in a space goes on in the next line, if that has as many > before it.
func unflowed(b []byte, deleteSpace bool) []byte {
	var out []byte
	flows, depth := false, 0
	for line := range bytes.Lines(b) {
		end := line[len(bytes.TrimRight(line, "\r\n")):]
		line = line[:len(line)-len(end)]
		text := bytes.TrimLeft(line, ">")
		quotes := len(line) - len(text)
		text = bytes.TrimPrefix(text, []byte(" ")) // "space-stuffing"
		if flows && quotes == depth && string(text) != "-- " {
			if out = bytes.TrimRight(out, "\r\n"); deleteSpace {
				out = out[:len(out)-1]
			}
		} else if quotes > 0 {
			out = append(out, line[:len(line)-len(text)]...)
		}
		out = append(append(out, text...), end...)
		flows, depth = bytes.HasSuffix(text, []byte(" ")) && string(text) != "-- ", quotes
	}
	return out
}

// letterHeader reads the header of a letter, nil if it has none. Lines that are not
// header fields are left out.
func letterHeader(b []byte) (textproto.MIMEHeader, []byte) {
	var header textproto.MIMEHeader
	last := ""
	for len(b) > 0 {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		switch {
		case len(line) == 0 && header != nil:
			return header, b
		case len(line) == 0:
			return nil, nil
		case line[0] == ' ' || line[0] == '\t':
			if v := header[last]; len(v) > 0 {
				v[len(v)-1] += " " + string(bytes.TrimSpace(line))
			}
		case isHeaderLine(line) && !bytes.HasPrefix(line, []byte(">")):
			name, value, _ := bytes.Cut(line, []byte(":"))
			if header == nil {
				header = textproto.MIMEHeader{}
			}
			last = textproto.CanonicalMIMEHeaderKey(string(name))
			header.Add(last, string(bytes.TrimSpace(value)))
		}
	}
	return header, nil
}

// mailContent is the text in a part of a letter.
type mailContent struct {
	body   []byte
	isHTML bool
	saved  string // of MHTML: the address of the page
}

// maxNested is how deep the parts of a letter may be inside parts.
const maxNested = 8

// part decodes a part of a letter, and the parts in it. If there is an error, the
// content is what was before it.
func (s *source) part(r io.Reader, header textproto.MIMEHeader, depth int) (c mailContent, err error) {
	kind, params, _ := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case depth > maxNested:
		return c, fmt.Errorf("the letter has parts inside parts, deeper than %d", maxNested)
	case strings.HasPrefix(kind, "multipart/"):
		return s.partsOf(multipart.NewReader(r, params["boundary"]), kind, strings.Trim(params["start"], "<>"), depth)
	}
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	switch {
	case kind == "message/rfc822": // a forwarded letter
		b, err := io.ReadAll(r)
		err = partError(err)
		inner, rest := letterHeader(b)
		if inner == nil {
			return mailContent{body: b}, err
		}
		c, innerErr := s.part(bytes.NewReader(rest), inner, depth+1)
		return c, cmp.Or(err, innerErr)
	case kind != "" && !strings.HasPrefix(kind, "text/") && kind != "application/xhtml+xml":
		return c, nil
	}
	most := s.max / 8 // it is in memory more than once
	c.body, err = io.ReadAll(io.LimitReader(r, most))
	if err = partError(err); int64(len(c.body)) == most {
		err = tooLong(most)
	}
	if name := params["charset"]; name != "" {
		c.body = []byte(htmlText(c.body, "text/html; charset="+name))
	}
	if strings.EqualFold(params["format"], "flowed") {
		c.body = unflowed(c.body, strings.EqualFold(params["delsp"], "yes"))
	}
	c.isHTML = kind == "text/html" || kind == "application/xhtml+xml"
	return c, err
}

// partError adds to an error of decoding what could not be decoded.
func partError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errTruncated
	}
	return fmt.Errorf("a part of the letter cannot be decoded: %w", err)
}

// partsOf joins the parts in a part. Of alternatives it takes the richest. Of parts that
// belong together (a page and its pictures) it takes the first, or the one named start.
// Otherwise it takes all.
func (s *source) partsOf(parts *multipart.Reader, kind, start string, depth int) (c mailContent, err error) {
	frames := map[string]string{} // of MHTML: addresses by the IDs that are in their place
	for {
		p, next := parts.NextRawPart()
		if next != nil {
			if next != io.EOF {
				err = cmp.Or(err, partError(next))
			}
			break
		}
		location, id := address(p.Header.Get("Content-Location")), strings.Trim(p.Header.Get("Content-Id"), "<>")
		if location != "" && id != "" {
			frames[id] = location
		}
		one, failed := s.part(p, p.Header, depth+1)
		err = cmp.Or(err, failed)
		switch {
		case len(bytes.TrimSpace(one.body)) == 0:
		case kind == "multipart/related":
			if len(c.body) == 0 || start != "" && id == start {
				one.saved = cmp.Or(one.saved, location)
				c = one
			}
		case kind == "multipart/alternative":
			if len(c.body) == 0 || one.isHTML && !c.isHTML {
				c = one
			}
		default:
			c = c.and(one)
		}
	}
	if c.isHTML {
		for id, location := range frames {
			c.body = bytes.ReplaceAll(c.body, []byte(`"cid:`+id+`"`), []byte(`"`+html.EscapeString(location)+`"`))
		}
	}
	return c, err
}

// and joins two contents. If one of them is a page, the text becomes part of it.
func (c mailContent) and(d mailContent) mailContent {
	switch {
	case len(c.body) == 0:
		return d
	case c.isHTML == d.isHTML:
	case c.isHTML:
		d.body = paragraphs(d.body)
	default:
		c.body = paragraphs(c.body)
	}
	return mailContent{bytes.Join([][]byte{c.body, d.body}, []byte("\n\n")), c.isHTML || d.isHTML, cmp.Or(c.saved, d.saved)}
}

// paragraphs turns a text into HTML.
func paragraphs(text []byte) []byte {
	var b bytes.Buffer
	for p := range strings.SplitSeq(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n") {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p))
	}
	return b.Bytes()
}
