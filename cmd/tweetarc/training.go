package main

import (
	"context"
	"encoding/json"
	"io"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/review"
	"example.org/tweetarc/store"
)

// trained is a judged passage in the form of the sets that the detector is trained with.
type trained struct {
	Case   string         `json:"case"`
	Text   string         `json:"text"`
	Date   string         `json:"date"`          // of the article
	Source string         `json:"source"`        // the outlet, by which folds are made
	Cut    bool           `json:"cut,omitempty"` // the article has more before it
	Tweets []trainedTweet `json:"tweets"`
}

// trainedTweet is what is known of a tweet in it. Text is null where nobody said the
// right words.
type trainedTweet struct {
	Handle  string          `json:"handle"`
	Date    string          `json:"date"`
	Text    *string         `json:"text"`
	At      int             `json:"at"` // where in the passage it is attributed, in bytes
	Form    archive.Form    `json:"form"`
	Verdict archive.Verdict `json:"verdict"`
}

// writeTraining writes what was judged as a training set, one passage per line. An embed
// that is no longer found has no passage.
func writeTraining(ctx context.Context, w io.Writer, db *store.DB, q *store.Query) (n int, err error) {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	err = db.JudgedCases(ctx, q, func(c *store.Case) error {
		j := review.Decide(c.Verdicts)
		if c.Missing() || j == nil {
			return nil
		}
		t := trainedTweet{Handle: c.Handle, Date: c.Date, At: c.AnchorInPassage(), Form: c.Form, Verdict: j.Verdict}
		if words := review.Words(c.Verdicts); words != nil {
			t.Text = words
		}
		n++
		return out.Encode(trained{Case: c.Name(), Text: c.Before + c.Raw + c.After, Date: c.Article.Date, Source: c.Article.Outlet, Cut: !c.WholeBefore(), Tweets: []trainedTweet{t}})
	})
	return n, err
}

// writeVerdicts writes a row for each verdict.
func writeVerdicts(ctx context.Context, db *store.DB, q *store.Query, write func(store.Row) error) (n int, err error) {
	err = db.JudgedCases(ctx, q, func(c *store.Case) error {
		for _, r := range c.Rows() {
			if err := write(r); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
