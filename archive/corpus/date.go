package corpus

import (
	"strconv"
	"strings"
	"time"
)

// layouts are the printed forms of dates, without the day of the week. What follows the
// words of a layout (a time, a zone) does not matter.
var layouts = [...]string{
	"January 2 2006", "Jan 2 2006", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "2-Jan-06",
	"Jan 2 15:04:05 -0700 2006", // Twitter's and Ruby's
	"Jan 2 15:04:05 MST 2006",   // date(1)
	"Jan 2 15:04:05 2006",       // asctime
	"2006 January 2", "2006 Jan 2",
}

// day reads a printed date and gives the day as it is printed, YYYY-MM-DD. It is "" if
// the day is not clear, as in 03/04/2017. Long numbers are seconds, or fractions of
// them, since 1970.
func day(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 6 {
		return ""
	}
	s = s[:min(len(s), 100)]
	if d := numericDay(s); d != "" {
		return d
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\u00a0' || r == '\n' })
	for i, w := range words {
		words[i] = plainWord(strings.TrimSuffix(w, "."))
	}
	for range 4 { // of which some may be "Published on Thursday,"
		if d := wordDay(words); d != "" {
			return d
		}
		if len(words) == 0 {
			return ""
		}
		if d := numericDay(words[0]); d != "" {
			return d
		}
		words = words[1:]
	}
	return ""
}

const (
	isoUTC   = "2006-01-02T15:04:05Z"
	isoLocal = "2006-01-02T15:04:05" // in an unknown zone
)

// moments are the printed forms of a time whose zone is known. The second may have a
// fraction.
var moments = [...]string{
	time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 UTC", "2006-01-02T15:04Z07:00", "20060102T150405Z", "20060102150405", // the last one is from CDX, and UTC
	"Mon, 02 Jan 2006 15:04:05 GMT", "Mon, 02 Jan 2006 15:04:05 UTC", "Mon, 2 Jan 2006 15:04:05 -0700", "Mon Jan 2 15:04:05 -0700 2006",
}

// moment reads a printed time and gives YYYY-MM-DDTHH:MM:SSZ. If the zone or the time
// of the day is missing it gives the day, and if that is not clear, "".
func moment(s string) string {
	s = strings.TrimSpace(s)
	s = s[:min(len(s), 100)]
	d := day(s)
	if d == "" {
		return ""
	}
	for _, l := range moments {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC().Format(isoUTC)
		}
	}
	whole, _, _ := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil { // since 1970
		switch len(whole) {
		case 16:
			n /= 1e6
		case 13:
			n /= 1e3
		case 9, 10:
		default:
			return d
		}
		return time.Unix(n, 0).UTC().Format(isoUTC)
	}
	return d
}

// plainWord is a word of a date as time.Parse reads it: 1 for 1st.
func plainWord(w string) string {
	switch strings.ToLower(w) {
	case "sept":
		return "Sep"
	case "1st", "21st", "31st", "2nd", "22nd", "3rd", "23rd":
		return w[:len(w)-2]
	}
	if n, ok := strings.CutSuffix(w, "th"); ok && n != "" && n[0] <= '9' {
		return n
	}
	return w
}

// wordDay reads a date at the beginning of words by one of the layouts.
func wordDay(words []string) string {
	for _, l := range layouts {
		n := strings.Count(l, " ") + 1
		if len(words) < n {
			continue
		}
		if t, err := time.Parse(l, strings.Join(words[:n], " ")); err == nil {
			return valid(t.Year(), int(t.Month()), t.Day())
		}
	}
	return ""
}

// numericDay reads a date at the beginning of s that is only numbers.
func numericDay(s string) string {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err := strconv.Atoi(s[:digits])
	if err != nil {
		return ""
	}
	rest := s[digits:]
	switch {
	case rest != "" && strings.IndexByte("-/.", rest[0]) >= 0 && (digits == 4 || digits <= 2):
		return threeNumbers(n, digits == 4, rest)
	case rest != "" && strings.IndexByte("T .", rest[0]) < 0:
		return ""
	}
	return oneNumber(n, digits, rest)
}

// oneNumber reads 20180322, 20180322T100000, 20180322100000, and the time since 1970
// in seconds or fractions of them.
func oneNumber(n, digits int, rest string) string {
	if fraction := strings.HasPrefix(rest, "."); fraction == (digits == 8 || digits == 14) && rest != "" {
		return ""
	}
	switch digits {
	case 8:
		return valid(n/1e4, n/100%100, n%100)
	case 14:
		return valid(n/1e10, n/1e8%100, n/1e6%100)
	case 9, 10:
		return unixDay(int64(n))
	case 13:
		return unixDay(int64(n) / 1e3)
	case 16:
		if rest == "" {
			return unixDay(int64(n) / 1e6)
		}
	}
	return ""
}

// threeNumbers reads the rest of 2018-03-22..., 25.12.2016 and 12/25/2016.
func threeNumbers(first int, yearFirst bool, rest string) string {
	sep := rest[0]
	second, after := number(rest[1:])
	if after == "" || after[0] != sep {
		return ""
	}
	third, tail := number(after[1:])
	switch {
	case yearFirst:
		return valid(first, second, third)
	case len(after)-1-len(tail) != 4:
		return ""
	case first > 12 || first == second || sep == '.': // where dates have dots, the day comes first
		return valid(third, second, first)
	case second > 12:
		return valid(third, first, second)
	}
	return ""
}

func unixDay(sec int64) string {
	t := time.Unix(sec, 0).UTC()
	return valid(t.Year(), int(t.Month()), t.Day())
}

// number reads the digits at the beginning of s, at most nine.
func number(s string) (n int, rest string) {
	i := 0
	for i < len(s) && i < 9 && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:]
}

// valid prints a day if it is in the calendar, and of a year that can have news.
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
