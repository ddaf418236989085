package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.org/tweetarc/archive"
)

// Tested in shards_test.go.

// Shard files and archives to merge may come from anybody. What no detector could have
// found is refused, so that exports can rely on what columns hold.

// askMaker is the hint for what no tweetarc could have written.
const askMaker = "ask who made the file, or make it again"

// faultOf says what is wrong with an article and its embeds, "" if nothing is.
func faultOf(a *archive.Article, embeds []Passage) string {
	switch {
	case hasControls(a.URL), hasControls(a.Title), hasControls(a.Outlet):
		return "an article has control characters in its url, title or outlet"
	case !isDay(a.Date):
		return fmt.Sprintf("an article_date is not a day: %q", archive.Head(a.Date, 40))
	case !isDay(a.Captured) && !isTime(a.Captured):
		return fmt.Sprintf("a captured_at is not a time: %q", archive.Head(a.Captured, 40))
	}
	for i := range embeds {
		e := &embeds[i]
		switch {
		case !isStatusID(e.ID):
			return fmt.Sprintf("a tweet_id is not a number: %q", archive.Head(e.ID, 40))
		case hasControls(e.Handle), hasControls(e.Author), strings.ContainsFunc(e.Handle, unicode.IsSpace):
			return fmt.Sprintf("a handle or name has control characters: %q", archive.Head(e.Handle+" "+e.Author, 40))
		case !isDay(e.Date):
			return fmt.Sprintf("a posted_date is not a day: %q", archive.Head(e.Date, 40))
		case !slices.Contains(Forms, e.Form):
			return fmt.Sprintf("there is no form %q", archive.Head(string(e.Form), 40))
		case e.Start < 0, e.End <= e.Start, e.Confidence < 0, e.Confidence > 1:
			return fmt.Sprintf("an embed is from byte %d to %d, with confidence %g", e.Start, e.End, e.Confidence)
		}
	}
	return ""
}

// fault says what is wrong with a revisit, "" if nothing is.
func (v *revisit) fault() string {
	if v.Record < 1 || hasControls(v.URL+v.Of+v.RecordID+v.Payload) || !isDay(v.Captured) && !isTime(v.Captured) {
		return "a revisit has impossible values"
	}
	return ""
}

// faultOfCounted says what is wrong with counted articles, "" if nothing is.
func faultOfCounted(all []counted) string {
	for _, c := range all {
		if _, err := time.Parse("2006-01", c.Month); err != nil && c.Month != "" || hasControls(c.Outlet) {
			return fmt.Sprintf("a counted article has the month %q", archive.Head(c.Month, 40))
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
