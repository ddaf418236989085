// Package archive defines what tweetarc works with: articles, tweets, and embeds,
// which are the places in articles where tweets are embedded. It also runs the
// loop that finds the embeds of all articles.
//
//	bytes --corpus--> Article --detect--> Embed --store--> row
//
// Begin with Article, Embed and Scan; the example of Scan joins a reader, the
// detector and a keeper. The package also has what several of these need: how to
// read the address and the ID of a tweet (FindStatus), and how to compare two
// texts (Normalize, Containment).
//
// It reads no files, knows no SQL and opens no connection. That is the work of
// the packages around it: archive/corpus, archive/detect, archive/enrich, store.
package archive

import (
	"errors"
	"fmt"
	"time"
)

// Origin says where in a corpus an article is.
type Origin struct {
	File   string `json:"file"`   // path as the user gave it, joined with the walk below it; written as corpus.PathName does
	Record int    `json:"record"` // number in the file, from 1; of JSON lines it is the number of the line
}

func (o Origin) String() string {
	if o.Record == 0 {
		return o.File
	}
	return fmt.Sprintf("%s:%d", o.File, o.Record)
}

// Article is one document of a corpus.
type Article struct {
	Origin
	URL   string `json:"url,omitempty"`   // where it was published, "" if unknown
	Title string `json:"title,omitempty"` // one line, "" if unknown
	Date  string `json:"date,omitempty"`  // day it was published, YYYY-MM-DD, "" if unknown
	Body  string `json:"body,omitempty"`  // text or HTML; "" for a record that cannot hold a tweet
	HTML  bool   `json:"html,omitempty"`  // Body is HTML

	Outlet string `json:"outlet,omitempty"` // who published it, as the corpus says; "" if unknown
	// Captured is when a crawl fetched it, not when it was published. It is in UTC,
	// YYYY-MM-DDTHH:MM:SSZ, or the day YYYY-MM-DD if the time or its zone is unknown;
	// "" if nothing is known.
	Captured string `json:"captured_at,omitempty"`

	RecordID string `json:"warc_record_id,omitempty"` // WARC-Record-ID, without < and >; "" outside of a WARC
	Payload  string `json:"payload_digest,omitempty"` // WARC-Payload-Digest as it is in the record, "" without one

	// Kept has the values of the fields that the reader was asked to keep, in that
	// order; "" if the record lacks a field. It is nil if the reader was asked for
	// none, and for formats without fields.
	Kept []string `json:"kept,omitempty"`
}

// Revisit is a WARC record of the type revisit: a crawl fetched an address again
// and got the same content as before.
type Revisit struct {
	URL      string `json:"url"`                   // what was fetched again
	Of       string `json:"of,omitempty"`          // WARC-Refers-To-Target-URI, "" if it is missing or the same as URL
	Captured string `json:"captured_at,omitempty"` // as in Article
	RecordID string `json:"warc_record_id,omitempty"`
	Payload  string `json:"payload_digest"`
}

// Tweet is what an article says about a tweet. A field without evidence is empty.
type Tweet struct {
	ID     string    `json:"tweet_id,omitempty"`    // status ID: decimal digits, or ""
	Author string    `json:"author,omitempty"`      // display name as printed, white space collapsed
	Handle string    `json:"handle,omitempty"`      // user name without the @, as printed
	Date   string    `json:"posted_date,omitempty"` // the day it was posted, UTC, YYYY-MM-DD
	At     time.Time `json:"posted_at,omitzero"`    // the exact time, UTC; zero unless the ID, markup or an API says it
	Text   string    `json:"text,omitempty"`        // the tweet's own words: entities decoded, Markdown, quoting and hard wraps undone
}

// URL is the tweet's address, or "" without an ID. If the handle is not known it
// is an address under /i/web/, which the site redirects.
func (t Tweet) URL() string {
	switch {
	case t.ID == "":
		return ""
	case t.Handle == "":
		return "https://twitter.com/i/web/status/" + t.ID
	}
	return "https://twitter.com/" + t.Handle + "/status/" + t.ID
}

// Link is a link in a tweet's text.
type Link struct {
	Shown  string `json:"shown"`            // the text that the reader sees, e.g. pic.twitter.com/x
	URL    string `json:"url"`              // where it leads, mostly https://t.co/...
	Target string `json:"target,omitempty"` // where URL redirects to, if the markup says so
}

// Form is the way in which a tweet is embedded in an article.
type Form string

// The forms, as they are in the column form.
const (
	FormText       Form = "text"       // text, dash, name (@handle) date: a flattened blockquote
	FormHeader     Form = "header"     // name (@handle) before the text
	FormFrame      Form = "frame"      // between "Skip Twitter post" and "End of Twitter post"
	FormWidget     Form = "widget"     // a rendered tweet copied as text: name, @handle, text, time, counts
	FormLink       Form = "link"       // only the address of the tweet
	FormBlockquote Form = "blockquote" // HTML: blockquote, with text or without
	FormIframe     Form = "iframe"     // HTML: iframe or twitterwidget
	FormAMP        Form = "amp"        // HTML: amp-twitter
	FormAttribute  Form = "attribute"  // HTML: an ID or address in an element's attribute
	FormMarkup     Form = "markup"     // HTML: a publisher's own rendering of the tweet
	FormShortcode  Form = "shortcode"  // [tweet ...], {{< tweet >}}, {% twitter %}, oembed
	FormJSON       Form = "json"       // data in a script or an attribute
)

// Embed is one place in one article where a tweet is embedded.
//
// For the embeds of an article these laws hold: 0 <= Start < End <= len(Body);
// they are in order and do not overlap; Body[Start:End] holds the handle as
// printed, or the ID.
type Embed struct {
	Tweet
	Form       Form    `json:"form"`
	Start      int     `json:"start"` // Body[Start:End] are the bytes of the embed
	End        int     `json:"end"`
	Confidence float64 `json:"confidence"` // 0..1: how sure it is that Text begins and ends where the tweet does
	Links      []Link  `json:"links,omitempty"`
}

// ReadError says why a record could not be read or, with Record 0, a whole file.
type ReadError struct {
	Origin
	Err     error
	Revisit *Revisit // the revisit that was skipped, nil for all other errors
}

func (e *ReadError) Error() string { return e.Origin.String() + ": " + e.Err.Error() }
func (e *ReadError) Unwrap() error { return e.Err }

// Damage is an error in the bytes of an input, not in one record: it was cut, or
// its checksum is wrong. Nobody knows how much is missing, so the input is read
// again the next time.
type Damage struct{ Err error }

func (d *Damage) Error() string { return d.Err.Error() }
func (d *Damage) Unwrap() error { return d.Err }

// IsDamage says whether an error is, or holds, a Damage.
func IsDamage(err error) bool {
	var d *Damage
	return errors.As(err, &d)
}

// Reason is the text of the innermost error in err. Many records share it, so
// they are counted by it.
func Reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// WithDetail is an error whose text has a detail, such as an offset or a name, that its
// Reason lacks, so that errors that differ only in the detail are counted together.
func WithDetail(text, reason string) error { return &detailed{text, errors.New(reason)} }

type detailed struct {
	text   string
	reason error
}

func (d *detailed) Error() string { return d.text }
func (d *detailed) Unwrap() error { return d.reason }

// Skipped is the reason why a record is not an article: it is a revisit of a
// crawl, an image, a socket in a folder. It is in a ReadError, but is not a
// failure: it is only counted, by its text.
type Skipped string

func (s Skipped) Error() string { return string(s) }
