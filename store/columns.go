package store

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/outlet"
)

// Tested in store_test.go and formats_test.go.

// A Column is one column of what the program prints and exports.
type Column struct {
	Name string
	Kind Kind
	Doc  string // one sentence
}

// A Kind says what the values of a column are.
type Kind string

const (
	Text   Kind = "text"
	ID     Kind = "id"     // decimal digits, but a text: spreadsheets and JavaScript would round the number
	Day    Kind = "day"    // YYYY-MM-DD, UTC
	Time   Kind = "time"   // YYYY-MM-DDTHH:MM:SSZ
	Int    Kind = "int"    // a number in JSON
	Number Kind = "number" // a number in JSON, 0 to 1
)

// EmbedColumns are the columns of embeds: one row for each span of an article where
// a tweet is embedded, in the order of file, record and start.
var EmbedColumns = []Column{
	{"key", Text, "Key of the tweet: joins embeds with tweets. What detect prints is the key of a tweet that has only this embed."},
	{"tweet_id", ID, "Status ID of the tweet, if the article has it."},
	{"author", Text, "Display name as printed, with single spaces."},
	{"handle", Text, "User name as printed, without the @."},
	{"posted_date", Day, "Day on which the tweet was posted, in UTC."},
	{"posted_at", Time, "Exact time of the tweet; only if its ID or the markup has it."},
	{"text", Text, "The tweet's own words, as this article has them."},
	{"url", Text, "Address of the tweet, if its ID is known."},
	{"form", Text, "How the tweet is embedded: text, header, frame, widget, link, blockquote, iframe, amp, attribute, markup, shortcode or json."},
	{"confidence", Number, "How sure it is that text begins and ends where the tweet does."},
	{"article_url", Text, "Address of the article."},
	{"article_title", Text, "Title of the article."},
	{"article_date", Day, "Day on which the article was published, as the article says: the local day of its outlet, not the UTC day, and never the day of a crawl."},
	{"outlet", Text, "Who published the article: what the corpus says, or else the site of article_url. Aliases in the archive apply."},
	{"file", Text, "Input file of the article's first place, as it was given. A part of the path that is not UTF-8, or has a line break, is quoted."},
	{"record", Int, "Number of the article in that file, counted from 1; in JSON lines the number of the line."},
	{"places", Int, "Number of places where the article is; 0 if it is superseded: no longer in its file."},
	{"start", Int, "Where the embed begins in the article's body, in bytes."},
	{"end", Int, "Where the embed ends in the article's body, in bytes."},
	{"lag_days", Int, "Days from posted_date to article_date. It may be -1, because one is a UTC day and the other a local day."},
	{"words_by", Text, "Who confirmed or corrected text; confidence is then 1. Empty if nobody did."},
}

// TweetColumns are the columns of tweets: one row for each tweet, in the order
// of posted_date, posted_at and key.
var TweetColumns = []Column{
	{"key", Text, "Joins tweets with embeds: the status ID, or, as long as no article has it, the day, the handle and a hash of the words."},
	{"tweet_id", ID, "Status ID of the tweet, from any of its embeds."},
	{"author", Text, "Display name, from the best embed that has one."},
	{"handle", Text, "User name without the @."},
	{"posted_date", Day, "Day on which the tweet was posted, in UTC."},
	{"posted_at", Time, "Exact time of the tweet; only if its ID or the markup has it."},
	{"text", Text, "The tweet's words, from the best evidence: markup before flattened text."},
	{"url", Text, "Address of the tweet, if its ID is known."},
	{"confidence", Number, "How sure it is that text is all of the tweet's words, and no others."},
	{"embeds", Int, "Number of the tweet's embeds; 0 if all are superseded."},
	{"articles", Int, "Number of articles with the tweet; one address is one article."},
	{"first_seen", Day, "Day of the first article with the tweet."},
	{"last_seen", Day, "Day of the last article with the tweet."},
	{"status", Text, "What the latest lookup said: found, gone, hidden, withheld or unknown. Empty if there was none."},
	{"checked_at", Time, "When that lookup was made."},
	{"words_by", Text, "Who confirmed or corrected text. Empty if nobody did."},
}

// PlaceColumns are the columns of places: one row for each place of an article, in
// the order of file and record.
var PlaceColumns = []Column{
	{"article_url", Text, "Address of the article."},
	{"article_title", Text, "Title of the article."},
	{"article_date", Day, "Day on which the article was published."},
	{"outlet", Text, "Who published the article: what the corpus says, or else the site of article_url. Aliases in the archive apply."},
	{"file", Text, "Input file, as it was given."},
	{"record", Int, "Number of the article in the file, counted from 1."},
	{"captured_at", Text, "When a crawl fetched the article, as the corpus says: a time or a day."},
	{"seen_at", Time, "When the last run began that saw the article there."},
	{"warc_record_id", Text, "WARC-Record-ID of the record; for a revisit the ID of the revisit."},
	{"payload_digest", Text, "WARC-Payload-Digest, as the record has it."},
}

// A Row is one row of output: its values in the order of the columns. "" means not
// known.
type Row struct {
	Values []string
	Links  []archive.Link // of an embed; only JSON prints them
}

// EmbedRow is the row of an embed, with EmbedColumns: key is the key of its tweet,
// places the number of places of its article.
func EmbedRow(key string, a *archive.Article, places int, e *archive.Embed) Row {
	return Row{Values: []string{
		key, e.ID, e.Author, e.Handle, e.Date, formatTime(e.At), e.Text, e.URL(),
		string(e.Form), formatNumber(e.Confidence),
		a.URL, a.Title, a.Date, outlet.Of(a), a.File, strconv.Itoa(a.Record), strconv.Itoa(places), strconv.Itoa(e.Start), strconv.Itoa(e.End), lagDays(e.Date, a.Date), "",
	}, Links: e.Links}
}

// lagDays is the number of days between two days, "" if one of them is not known.
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

// tweetURL is the value of the column url.
func tweetURL(handle, id string) string { return archive.Tweet{Handle: handle, ID: id}.URL() }

// Choose picks columns by name, in the order of names. cut reduces a row that has all
// columns to the chosen ones. The error names the column that does not exist, and all
// that do.
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
		if slices.Contains(places, i) {
			return nil, nil, errorf("column %s is named twice", columns[i].Name)
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
