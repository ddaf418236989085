package corpus

import (
	"bytes"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

var plainText = &format{
	name: "text", exts: []string{".txt", ".text", ".md", ".markdown"},
	// Any other text is recognised by being nothing else.
	recognise: func(_ []byte, name string) bool { return hasExt(name, ".md", ".markdown") },
	read:      document((*source).text),
}

// text makes the article of a file that is one. Its body is the whole file, but
// for a byte order mark. A first line
//
//	date 2018-03-22 Some words
//
// gives the article's date, and its words the title; they stay in the body, so
// that offsets are those of the file. Another first line is the title if it
// reads like one: short, and followed by a blank line or the end.
func (s *source) text(b []byte) *archive.Article {
	s.a = archive.Article{Body: utf8Text(b)}
	s.a.Date, s.a.Title = heading(s.a.Body)
	return &s.a
}

// heading reads date and title off the first line of a text.
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

// oneLine is s with its white space collapsed, not longer than a title is.
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

// outlet is the name of who published an article, "" of what is none: a number, a
// date, the address of an article, or too long.
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
