package detect

import (
	"fmt"
	"regexp"
	"time"

	"tweetarc/archive"
)

// date is a printed date.
type date struct {
	day   string // YYYY-MM-DD
	clock bool   // a time of day stood beside it: some widget's zone, not UTC
}

var english = regexp.MustCompile(`^([A-Z][a-z]+) (\d{1,2}), (\d{4})`)

// dateAt reads the date that s begins with and tells how many bytes it takes;
// 0 if there is none. A day that cannot be a tweet's is no date.
func dateAt(s string) (d date, n int) {
	m := english.FindStringSubmatch(s)
	if m == nil {
		return date{}, 0
	}
	t, err := time.Parse("January 2 2006", fmt.Sprintf("%s %s %s", m[1], m[2], m[3]))
	if err != nil {
		return date{}, 0
	}
	day := t.Format(time.DateOnly)
	if day < archive.FirstDay {
		return date{}, 0
	}
	return date{day: day}, len(m[0])
}

// fits tells whether an article of that day, if it is known, could show a tweet of this one.
func (d date) fits(article string) bool { return true }
