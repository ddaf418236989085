package corpus

import (
	"bytes"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

var plainText = &format{
	name: "text", exts: []string{".txt", ".text", ".md", ".markdown"},
	// Any other text is recognised because it is nothing else.
	recognise: func(_ []byte, name string) bool { return hasExt(name, ".md", ".markdown") },
	read:      document((*source).text),
}

// text makes the article of a file that is one text. Its body is the whole file, except
// for a byte order mark. A first line of the form
//
//	date 2018-03-22 Some words
//
// has the article's date and title. It stays in the body, so that the offsets are those
// of the file. Any other first line is the title if it is short and a blank line follows.
func (s *source) text(b []byte) *archive.Article {
	s.a = archive.Article{Body: utf8Text(b)}
	s.a.Date, s.a.Title = heading(s.a.Body)
	return &s.a
}

// heading reads the date and the title in the first line of a text.
func heading(body string) (date, title string) {
	first, rest, _ := strings.Cut(strings.TrimLeft(body[:min(len(body), 4096)], " \t\r\n"), "\n")
	first = strings.Join(strings.Fields(first), " ")
	if d, ok := strings.CutPrefix(first, "date "); ok && len(d) >= 10 {
		if _, err := time.Parse(time.DateOnly, d[:10]); err == nil {
			date = d[:10]
			first = strings.TrimSpace(d[10:])
		}
	}
	first = strings.TrimSpace(strings.TrimPrefix(first, "# "))
	if date == "" {
		next, _, _ := strings.Cut(rest, "\n")
		if len(first) > 200 || strings.TrimSpace(next) != "" || rest == "" || strings.Contains(first, "(@") {
			return "", ""
		}
	}
	return date, oneLine(first)
}

// oneLine is s with single spaces, cut to the length of a title.
func oneLine(s string) string {
	const most = 500
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
		if i := strings.LastIndexByte(s, ' '); i > 0 {
			s = s[:i]
		}
	}
	return s
}

// outlet is s if it can be the name of an outlet. It is "" for a number, a date, the
// address of an article, and what is too long.
func outlet(s string) string {
	const most = 200
	s = strings.TrimSpace(s)
	if len(s) > most || strings.Trim(s, "0123456789") == "" || day(s) != "" {
		return ""
	}
	if _, rest, ok := strings.Cut(s, "://"); ok {
		if _, path, _ := strings.Cut(rest, "/"); path != "" {
			return ""
		}
	}
	return oneLine(s)
}

func blank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }
