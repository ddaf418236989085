package corpus

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"tweetarc/archive"
)

// mailFile is a letter (RFC 5322) whose body is encoded as MIME says.
var mailFile = &format{
	name: "mail", exts: []string{".eml"},
	recognise: func(head []byte, _ string) bool {
		if !bytes.Contains(bytes.ToLower(head), []byte("mime-version:")) {
			return false
		}
		m, err := mail.ReadMessage(bytes.NewReader(head))
		return err == nil && m.Header.Get("MIME-Version") != "" && m.Header.Get("From") != ""
	},
	read: func(s *source, w *window) articles {
		return func(yield func(*archive.Article, error) bool) {
			b, err := w.all(s.max)
			if err != nil {
				yield(s.record(1, nil, err))
				return
			}
			a, err := s.letter(b)
			if a.Body != "" || err == nil {
				if !yield(s.record(1, a, nil)) {
					return
				}
			}
			if err != nil { // what was before it is kept
				yield(s.record(1, nil, err))
			}
		}
	},
}

// letter is the article of a letter, with its subject and day, as far as it can be
// read.
func (s *source) letter(b []byte) (*archive.Article, error) {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return s.text(b), nil // none after all
	}
	body, isHTML, err := part(m.Body, m.Header.Get, 0)
	if !s.holds(body) {
		a, _ := s.dropped()
		return a, err
	}
	a := s.text(body)
	if isHTML {
		a = s.html(body)
	}
	words := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if subject, err := words.DecodeHeader(m.Header.Get("Subject")); err == nil && subject != "" {
		a.Title = oneLine(utf8Text([]byte(subject)))
	}
	if at, err := m.Header.Date(); err == nil && a.Date == "" {
		a.Date = at.Format(time.DateOnly)
	}
	return a, err
}

// maxNested is how deep the parts of a letter are nested at most.
const maxNested = 4

// part decodes a part of a letter; of one that has parts, the richest that can be
// read: a page, or else the first text. An error says what could not be read.
func part(r io.Reader, header func(string) string, depth int) (body []byte, isHTML bool, err error) {
	kind, params, _ := mime.ParseMediaType(header("Content-Type"))
	switch {
	case depth > maxNested:
		return nil, false, fmt.Errorf("parts of a letter nested deeper than %d", maxNested)
	case strings.HasPrefix(kind, "multipart/"):
		return partOf(multipart.NewReader(r, params["boundary"]), depth)
	case kind == "message/rfc822": // a letter that was forwarded
		m, err := mail.ReadMessage(r)
		if err != nil {
			return nil, false, err
		}
		return part(m.Body, m.Header.Get, depth+1)
	case kind != "" && !strings.HasPrefix(kind, "text/"):
		return nil, false, nil
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, err := io.ReadAll(r) // what was read before an error is kept
	if name := params["charset"]; name != "" {
		b = []byte(htmlText(b, "text/html; charset="+name))
	}
	return b, kind == "text/html", err
}

// partOf is the richest of some parts.
func partOf(parts *multipart.Reader, depth int) (body []byte, isHTML bool, err error) {
	for {
		p, next := parts.NextRawPart()
		if next == io.EOF {
			return body, false, err
		}
		if next != nil {
			return body, false, next
		}
		b, page, failed := part(p, p.Header.Get, depth+1)
		if page {
			return b, true, failed
		}
		if err = cmp.Or(err, failed); len(body) == 0 {
			body = b
		}
	}
}
