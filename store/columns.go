package store

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/outlet"
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

// EmbedColumns are the columns of embeds: one row for each span of an article where
// a tweet is embedded, in the order of file, record and start.
var EmbedColumns = []Column{
	{"key", Text, "What joins it with its tweet. In what detect prints it is that of a tweet with this embed alone."},
	{"tweet_id", ID, "Status ID of the tweet, where the article tells it."},
	{"author", Text, "Display name as printed, white space collapsed."},
	{"handle", Text, "User name as printed, without the @."},
	{"posted_date", Day, "UTC day on which the tweet was posted."},
	{"posted_at", Time, "Exact time of the tweet, only where its ID or the markup tells it."},
	{"text", Text, "The tweet's own words as this article has them."},
	{"url", Text, "Address of the tweet, where its ID is known."},
	{"form", Text, "How the tweet is embedded: text, header, frame, widget, link, blockquote, iframe, amp, attribute, markup, shortcode or json."},
	{"confidence", Number, "How sure it is that text begins and ends where the tweet does."},
	{"article_url", Text, "Where the article was published."},
	{"article_title", Text, "Title of the article."},
	{"article_date", Day, "Day on which the article was published, as it says: a day of its paper, not of UTC; never the day of a crawl."},
	{"outlet", Text, "Who published it: as the corpus says, or else the site of article_url; by the aliases of the archive."},
	{"file", Text, "Input file of the article's first place, as it was given; a part of its path that is not UTF-8, or not one line, is quoted."},
	{"record", Int, "Ordinal of the article in that file, from 1; in JSON lines the line."},
	{"places", Int, "In how many places the article is; 0 if it is superseded: no longer where it was."},
	{"start", Int, "Where the embed begins in the article's body, in bytes."},
	{"end", Int, "Where it ends."},
	{"lag_days", Int, "Days from posted_date to article_date. It may be -1: the one is a UTC day, the other that of the paper."},
	{"words_by", Text, "Who said that text is right, or corrected it; confidence is then 1. Empty where nobody did."},
}

// TweetColumns are the columns of tweets: one row for each tweet, in the order
// of posted_date, posted_at and key.
var TweetColumns = []Column{
	{"key", Text, "Status ID or, as long as no article tells one, day, handle and a hash of the words. It joins tweets with embeds."},
	{"tweet_id", ID, "Status ID of the tweet, from any of its embeds."},
	{"author", Text, "Display name, of the best embed that has one."},
	{"handle", Text, "User name without the @."},
	{"posted_date", Day, "UTC day on which the tweet was posted."},
	{"posted_at", Time, "Exact time of the tweet, only where its ID or the markup tells it."},
	{"text", Text, "The tweet's words, from the best evidence: markup before flattened text."},
	{"url", Text, "Address of the tweet, where its ID is known."},
	{"confidence", Number, "How sure it is that text is the tweet's, no more and no less."},
	{"embeds", Int, "How often the tweet is embedded; 0 if all of it is superseded."},
	{"articles", Int, "In how many articles, counted by their addresses."},
	{"first_seen", Day, "Day of the first article that has it."},
	{"last_seen", Day, "Day of the last article that has it."},
	{"status", Text, "What a lookup last said: found, gone, hidden, withheld or unknown; empty if none was made."},
	{"checked_at", Time, "When that lookup was made."},
	{"words_by", Text, "Who said that text is right, or corrected it; empty where nobody did."},
}

// PlaceColumns are the columns of places: one row for each place of an article, in
// the order of file and record.
var PlaceColumns = []Column{
	{"article_url", Text, "Where the article was published."},
	{"article_title", Text, "Title of the article."},
	{"article_date", Day, "Day on which the article was published."},
	{"outlet", Text, "Who published it: as the corpus says, or else the site of article_url; by the aliases of the archive."},
	{"file", Text, "Input file, as it was given."},
	{"record", Int, "Ordinal of the article in the file, from 1."},
	{"captured_at", Text, "When a crawl fetched it, as the corpus says: a time, or a day."},
	{"seen_at", Time, "When the last run began that saw it there."},
	{"warc_record_id", Text, "WARC-Record-ID of the record, of a revisit its own."},
	{"payload_digest", Text, "WARC-Payload-Digest, as the record says it."},
}

// Row is one line of output: values in the order of its columns, "" for what
// is not known.
type Row struct {
	Values []string
	Links  []archive.Link // of an embed; JSON lines print them
}

// EmbedRow is the row of an embed of the tweet with a key, in an article with places.
// It has EmbedColumns.
func EmbedRow(key string, a *archive.Article, places int, e *archive.Embed) Row {
	return Row{Values: []string{
		key, e.ID, e.Author, e.Handle, e.Date, formatTime(e.At), e.Text, e.URL(),
		string(e.Form), formatNumber(e.Confidence),
		a.URL, a.Title, a.Date, outlet.Of(a), a.File, strconv.Itoa(a.Record), strconv.Itoa(places), strconv.Itoa(e.Start), strconv.Itoa(e.End), lagDays(e.Date, a.Date), "",
	}, Links: e.Links}
}

// lagDays is how many days there are from one day to another, "" where one of them is
// not known.
func lagDays(posted, published string) string {
	p, err1 := time.Parse(time.DateOnly, posted)
	a, err2 := time.Parse(time.DateOnly, published)
	if err1 != nil || err2 != nil {
		return ""
	}
	return strconv.Itoa(int(a.Sub(p) / (24 * time.Hour)))
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
