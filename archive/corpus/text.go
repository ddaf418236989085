package corpus

import (
	"bytes"
	"strings"
	"time"
)

// text reads a file that is one article. Its body is the whole file, but for a
// byte order mark. A first line
//
//	date 2018-03-22 Some words
//
// gives the article's date, and its words the title; they stay in the body, so
// that offsets are those of the file. Another first line is the title if it
// reads like one: short, and with a blank line or the end behind it.
func (s *source) text(w *window) {
	b, err := w.all(s.max)
	if err != nil {
		s.fail(1, err)
		return
	}
	if !s.holds(b) {
		s.dropped(1)
		return
	}
	s.a.Body = utf8Text(b)
	s.a.Date, s.a.Title = heading(s.a.Body)
	s.article(1)
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

func blank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }
