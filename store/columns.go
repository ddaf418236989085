package store

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tweetarc/archive"
)

// Column describes one column of what the program prints and exports.
type Column struct {
	Name string
	Kind Kind
	Doc  string // one sentence
}

// Kind is what the values of a column are.
type Kind string

const (
	Text   Kind = "text"
	ID     Kind = "id"     // decimal digits, text all the same: spreadsheets and JavaScript round it
	Day    Kind = "day"    // YYYY-MM-DD, UTC
	Time   Kind = "time"   // YYYY-MM-DDTHH:MM:SSZ
	Int    Kind = "int"    // a number in JSON
	Number Kind = "number" // a number in JSON, 0 to 1
)

// EmbedColumns are the columns of embeds: one row for each place where a tweet
// stands, in the order of file, record and start.
var EmbedColumns = []Column{
	{"tweet_id", ID, "Status ID of the tweet, where the article tells it."},
	{"author", Text, "Display name as printed, white space collapsed."},
	{"handle", Text, "User name as printed, without the @."},
	{"posted_date", Day, "Day on which the tweet was posted."},
	{"posted_at", Time, "Exact time of the tweet, only where its ID or the markup tells it."},
	{"text", Text, "The tweet's own words as this article has them."},
	{"url", Text, "Address of the tweet, where its ID is known."},
	{"form", Text, "How the tweet stands in the article: text, header, frame, widget, link, blockquote, iframe, amp, attribute, markup, shortcode or json."},
	{"confidence", Number, "How sure it is that text begins and ends where the tweet does."},
	{"article_url", Text, "Where the article was published."},
	{"article_title", Text, "Title of the article."},
	{"article_date", Day, "Day on which the article was published."},
	{"file", Text, "Input file in which the article stands, as it was given; a part of its path that is not UTF-8, or not one line, is quoted."},
	{"record", Int, "Ordinal of the article in the file, from 1; in JSON lines the line."},
	{"start", Int, "Where the embed begins in the article's body, in bytes."},
	{"end", Int, "Where it ends."},
}

// TweetColumns are the columns of tweets: one row for each tweet, in the order
// of posted_date, posted_at and key.
var TweetColumns = []Column{
	{"tweet_id", ID, "Status ID of the tweet, from any of its embeds."},
	{"author", Text, "Display name, of the most complete sighting that has one."},
	{"handle", Text, "User name without the @."},
	{"posted_date", Day, "Day on which the tweet was posted."},
	{"posted_at", Time, "Exact time of the tweet, only where its ID or the markup tells it."},
	{"text", Text, "The words of the most complete sighting."},
	{"url", Text, "Address of the tweet, where its ID is known."},
	{"embeds", Int, "In how many places the tweet stands."},
	{"articles", Int, "In how many articles."},
	{"first_seen", Day, "Day of the first article that has it."},
	{"last_seen", Day, "Day of the last article that has it."},
	{"status", Text, "What a lookup last said: found, gone, hidden, withheld or unknown; empty if none was made."},
	{"checked_at", Time, "When that lookup was made."},
}

// Row is one line of output: values in the order of its columns, "" for what
// is not known.
type Row struct {
	Values []string
	Links  []archive.Link // of an embed; JSON lines print them
}

// EmbedRow is the row of an embed, with EmbedColumns.
func EmbedRow(a *archive.Article, e *archive.Embed) Row {
	return Row{Values: []string{
		e.ID, e.Author, e.Handle, e.Date, formatTime(e.At), e.Text, e.URL(),
		string(e.Form), formatNumber(e.Confidence),
		a.URL, a.Title, a.Date, a.File, strconv.Itoa(a.Record), strconv.Itoa(e.Start), strconv.Itoa(e.End),
	}, Links: e.Links}
}

// formatTime writes a time to the second, "" for the zero time.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// tweetURL is the address that stands in the column url.
func tweetURL(handle, id string) string { return archive.Tweet{Handle: handle, ID: id}.URL() }

// Choose picks columns by name, in the order asked for; cut makes rows that
// have only these of rows that have all. The error names a column that does
// not exist, and those that do.
func Choose(columns []Column, names []string) (chosen []Column, cut func(Row) Row, err error) {
	var places []int
	for _, name := range names {
		i := columnIndex(columns, strings.TrimSpace(name))
		if i < 0 {
			all := make([]string, len(columns))
			for i, c := range columns {
				all[i] = c.Name
			}
			return nil, nil, &Error{errorf("no column %q", name), "columns: " + strings.Join(all, ", ")}
		}
		chosen, places = append(chosen, columns[i]), append(places, i)
	}
	return chosen, func(r Row) Row {
		values := make([]string, len(places))
		for i, p := range places {
			values[i] = r.Values[p]
		}
		return Row{Values: values, Links: r.Links}
	}, nil
}

func columnIndex(columns []Column, name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
}
