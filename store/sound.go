package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.org/tweetarc/archive"
)

// What comes from other machines may come from anybody. What no reading could have
// made is refused, so that exports can rely on what columns hold.

// faultOf is what is wrong with an article and its embeds, "" if nothing is.
func faultOf(a *archive.Article, embeds []Sighting) string {
	switch {
	case hasControls(a.URL), hasControls(a.Title), hasControls(a.Outlet):
		return "an article with control characters in its url, title or outlet"
	case !isDay(a.Date):
		return fmt.Sprintf("an article_date that is no day: %q", archive.Head(a.Date, 40))
	case !isDay(a.Captured) && !isTime(a.Captured):
		return fmt.Sprintf("a captured_at that is no time: %q", archive.Head(a.Captured, 40))
	}
	for i := range embeds {
		e := &embeds[i]
		switch {
		case !isStatusID(e.ID):
			return fmt.Sprintf("a tweet_id that is no digits: %q", archive.Head(e.ID, 40))
		case hasControls(e.Handle), hasControls(e.Author), strings.ContainsFunc(e.Handle, unicode.IsSpace):
			return fmt.Sprintf("control characters in a handle or name: %q", archive.Head(e.Handle+" "+e.Author, 40))
		case !isDay(e.Date):
			return fmt.Sprintf("a posted_date that is no day: %q", archive.Head(e.Date, 40))
		case !slices.Contains(Forms, e.Form):
			return fmt.Sprintf("a form that is none: %q", archive.Head(string(e.Form), 40))
		case e.Start < 0, e.End <= e.Start, e.Confidence < 0, e.Confidence > 1:
			return fmt.Sprintf("an embed from %d to %d, with confidence %g", e.Start, e.End, e.Confidence)
		}
	}
	return ""
}

// faultOfCounted is what is wrong with what another machine counted, "" if nothing is.
func faultOfCounted(all []counted) string {
	for _, c := range all {
		if _, err := time.Parse("2006-01", c.Month); err != nil && c.Month != "" || hasControls(c.Outlet) {
			return fmt.Sprintf("a counted article of the month %q", archive.Head(c.Month, 40))
		}
	}
	return ""
}

func hasControls(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return s == "" || err == nil
}

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && !hasControls(s)
}

func isStatusID(s string) bool { return len(s) <= 20 && strings.Trim(s, "0123456789") == "" }
