package corpus

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

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
			yield(s.record(1, s.letter(b), nil))
		}
	},
}

// letter is the article of a letter, with its subject and day.
func (s *source) letter(b []byte) *archive.Article {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return s.text(b)
	}
	body, isHTML := part(m.Body, m.Header.Get, 0)
	if !s.holds(body) {
		a, _ := s.dropped()
		return a
	}
	a := s.text(body)
	if isHTML {
		a = s.html(body)
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err == nil && subject != "" {
		a.Title = oneLine(utf8Text([]byte(subject)))
	}
	if at, err := m.Header.Date(); err == nil && a.Date == "" {
		a.Date = at.Format(time.DateOnly)
	}
	return a
}

// maxNested is how deep the parts of a letter are nested at most.
const maxNested = 4

// part decodes a part of a letter; of one that has parts, the richest that can be
// read: a page, or else the first text.
func part(r io.Reader, header func(string) string, depth int) (body []byte, isHTML bool) {
	kind, params, _ := mime.ParseMediaType(header("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") && depth < maxNested {
		parts := multipart.NewReader(r, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return body, false
			}
			b, page := part(p, p.Header.Get, depth+1)
			if page {
				return b, true
			}
			if len(body) == 0 {
				body = b
			}
		}
	}
	if kind != "" && !strings.HasPrefix(kind, "text/") {
		return nil, false
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, _ := io.ReadAll(r) // what was read before an error is kept
	if charset := params["charset"]; charset != "" {
		b = []byte(htmlText(b, "text/html; charset="+charset))
	}
	return b, kind == "text/html"
}
