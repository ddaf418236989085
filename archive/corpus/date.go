package corpus

import (
	"strconv"
	"strings"
	"time"
)

// layouts are the printed forms of dates, each as many words as its layout has;
// what follows them (a time, a zone) is left alone.
var layouts = func() (l []layout) {
	for _, s := range []string{
		"January 2 2006", "Jan 2 2006", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "2-Jan-06", // weekday cut off
		"Jan 2 15:04:05 -0700 2006", // Twitter's and Ruby's
		"Jan 2 15:04:05 MST 2006",   // date(1)
		"Jan 2 15:04:05 2006",       // asctime
		"2006 January 2", "2006 Jan 2",
	} {
		l = append(l, layout{s, len(strings.Fields(s))})
	}
	return l
}()

type layout struct {
	form  string
	words int
}

// day reads a printed date: its day as it stands there, YYYY-MM-DD, or "" where
// it cannot be told. Numbers are seconds or milliseconds since 1970. Of 03/04/2017
// it cannot be told.
func day(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 6 {
		return ""
	}
	if len(s) > 100 {
		s = s[:100]
	}
	if c := s[0]; '0' <= c && c <= '9' {
		if d := numericDay(s); d != "" {
			return d
		}
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\u00a0' || r == '\n' })
	for i, w := range words {
		w = strings.TrimSuffix(w, ".")
		switch strings.ToLower(w) {
		case "sept":
			w = "Sep"
		case "1st", "21st", "31st", "2nd", "22nd", "3rd", "23rd":
			w = w[:len(w)-2]
		default:
			if n, ok := strings.CutSuffix(w, "th"); ok && n != "" && n[0] <= '9' {
				w = n
			}
		}
		words[i] = w
	}
	for range 4 { // "Published on Thursday," and the like
		for _, l := range layouts {
			if len(words) < l.words {
				continue
			}
			if t, err := time.Parse(l.form, strings.Join(words[:l.words], " ")); err == nil {
				return valid(t.Year(), int(t.Month()), t.Day())
			}
		}
		if len(words) == 0 {
			break
		}
		if d := numericDay(words[0]); d != "" {
			return d
		}
		words = words[1:]
	}
	return ""
}

// numericDay reads the forms that begin with a digit and have no words.
func numericDay(s string) string {
	digits := 0
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		digits++
	}
	n, err := strconv.Atoi(s[:digits])
	if err != nil {
		return ""
	}
	rest := s[digits:]
	switch {
	case digits == 4 && len(rest) > 0 && strings.IndexByte("-/.", rest[0]) >= 0: // 2018-03-22...
		m, after := number(rest[1:])
		if after == "" || after[0] != rest[0] {
			return ""
		}
		d, _ := number(after[1:])
		return valid(n, m, d)
	case digits <= 2 && len(rest) > 0 && strings.IndexByte("-/.", rest[0]) >= 0: // 25.12.2016, 12/25/2016
		m, after := number(rest[1:])
		if after == "" || after[0] != rest[0] {
			return ""
		}
		y, tail := number(after[1:])
		if len(after)-1-len(tail) != 4 {
			return ""
		}
		switch {
		case n > 12 || n == m || rest[0] == '.': // the dot is the day-first countries'
			return valid(y, m, n)
		case m > 12:
			return valid(y, n, m)
		}
	case (digits == 8 || digits == 14) && (rest == "" || rest[0] == 'T' || rest[0] == ' '): // 20180322, 20180322T100000, 20180322100000
		if digits == 14 {
			n /= 1e6
		}
		return valid(n/1e4, n/100%100, n%100)
	case (digits == 9 || digits == 10) && (rest == "" || rest[0] == '.'):
		return unixDay(int64(n))
	case digits == 13 && (rest == "" || rest[0] == '.'):
		return unixDay(int64(n) / 1e3)
	case digits == 16 && rest == "":
		return unixDay(int64(n) / 1e6)
	}
	return ""
}

func unixDay(sec int64) string {
	t := time.Unix(sec, 0).UTC()
	return valid(t.Year(), int(t.Month()), t.Day())
}

// number reads the one or more digits at the beginning of s.
func number(s string) (n int, rest string) {
	i := 0
	for i < len(s) && i < 9 && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:]
}

// valid prints a day of the calendar, from the years in which news was put on
// record.
func valid(y, m, d int) string {
	if y < 1600 || y > 2200 || m < 1 || m > 12 || d < 1 {
		return ""
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return ""
	}
	return t.Format(time.DateOnly)
}
