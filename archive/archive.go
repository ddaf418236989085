// Package archive says what tweetarc is about: articles, the tweets that stand
// in them, and the loop that brings the ones out of the others.
//
//	bytes --corpus--> Article --detect--> Embed --store--> row
//
// The package reads no files, knows no SQL and opens no connection; those are
// the leaves around it (archive/corpus, archive/detect, archive/enrich, store).
package archive

import (
	"errors"
	"fmt"
	"time"
)

// Origin says where in a corpus an article stands.
type Origin struct {
	File   string `json:"file"`   // path as the user gave it, joined with the walk below it; as corpus.PathName has it
	Record int    `json:"record"` // ordinal in the file, from 1; for JSON lines the line's number
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

	Outlet string `json:"outlet,omitempty"` // who published it, as the corpus says; "" if it does not
	// Captured is when a crawl fetched it, UTC: YYYY-MM-DDTHH:MM:SSZ, or YYYY-MM-DD
	// if only the day is known (or the time, but not its zone); "" if unknown. It
	// says nothing of when the article was published.
	Captured string `json:"captured_at,omitempty"`

	RecordID string `json:"warc_record_id,omitempty"` // WARC-Record-ID, without < and >; "" outside of a WARC
	Payload  string `json:"payload_digest,omitempty"` // WARC-Payload-Digest as the record says it, "" if it does not

	// Kept are the values of the fields that the reader was asked to keep, in that
	// order, "" where the record does not have one; nil where it was asked for none,
	// and of formats without fields.
	Kept []string `json:"kept,omitempty"`
}

// Revisit is what a record of a crawl says that met what it, or another one, had
// fetched before: the WARC record type revisit.
type Revisit struct {
	URL      string `json:"url"`                   // what was met again
	Of       string `json:"of,omitempty"`          // WARC-Refers-To-Target-URI, "" if it does not say it or it is URL
	Captured string `json:"captured_at,omitempty"` // as in Article
	RecordID string `json:"warc_record_id,omitempty"`
	Payload  string `json:"payload_digest"`
}

// Tweet is what an article tells of a tweet. A field without evidence is empty.
type Tweet struct {
	ID     string    `json:"tweet_id,omitempty"`    // status ID: decimal digits, or ""
	Author string    `json:"author,omitempty"`      // display name as printed, white space collapsed
	Handle string    `json:"handle,omitempty"`      // user name without the @, as printed
	Date   string    `json:"posted_date,omitempty"` // the day it was posted, UTC, YYYY-MM-DD
	At     time.Time `json:"posted_at,omitzero"`    // the exact time, UTC; zero unless ID, markup or an API tells it
	Text   string    `json:"text,omitempty"`        // the tweet's own words: entities decoded, Markdown, quoting and hard wraps undone
}

// URL is the tweet's address, or "" without an ID. A tweet whose handle is
// not known stands under /i/web/, which the site forwards.
func (t Tweet) URL() string {
	switch {
	case t.ID == "":
		return ""
	case t.Handle == "":
		return "https://twitter.com/i/web/status/" + t.ID
	}
	return "https://twitter.com/" + t.Handle + "/status/" + t.ID
}

// Link is a link of a tweet's text.
type Link struct {
	Shown  string `json:"shown"`            // the text the reader sees, e.g. pic.twitter.com/x
	URL    string `json:"url"`              // where it leads, mostly https://t.co/...
	Target string `json:"target,omitempty"` // what URL stands for, where the markup tells
}

// Form is the way in which a tweet stands in an article.
type Form string

// The forms, as they stand in the column form.
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

// Embed is one place in one article where a tweet stands.
//
// Of the embeds of an article these laws hold: 0 <= Start < End <= len(Body);
// they are in order and do not overlap; Body[Start:End] holds the handle as
// printed, or the ID.
type Embed struct {
	Tweet
	Form       Form    `json:"form"`
	Start      int     `json:"start"` // Body[Start:End] are the bytes that the embed takes
	End        int     `json:"end"`
	Confidence float64 `json:"confidence"` // 0..1: how sure it is that Text begins and ends where the tweet does
	Links      []Link  `json:"links,omitempty"`
}

// ReadError is a record, or with Record 0 a whole file, that could not be read.
type ReadError struct {
	Origin
	Err     error
	Revisit *Revisit // what Err, which is Skipped, says of; nil of all else
}

func (e *ReadError) Error() string { return e.Origin.String() + ": " + e.Err.Error() }
func (e *ReadError) Unwrap() error { return e.Err }

// Damage is an error of the bytes of an input, not of one record: it was cut, or its
// checksum is wrong. More may be missing than can be told, so that the input is
// read again the next time.
type Damage struct{ Err error }

func (d *Damage) Error() string { return d.Err.Error() }
func (d *Damage) Unwrap() error { return d.Err }

// IsDamage tells whether an error is one of the input's bytes.
func IsDamage(err error) bool {
	var d *Damage
	return errors.As(err, &d)
}

// Reason is the innermost error in err, which many records share: by it they
// are counted.
func Reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// Skipped is the reason why a record that could be read is no article: a
// revisit of a crawl, an image, a socket in a folder. It stands in a ReadError
// like an error, but is none: it is counted, by its words.
type Skipped string

func (s Skipped) Error() string { return string(s) }
