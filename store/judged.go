package store

import (
	"context"
	"database/sql"
	"strconv"
)

// Tested in ../cmd/tweetarc/script_test.go.

// Verdicts is an export with one row for each verdict: what one coder said of one embed.
const Verdicts What = "verdicts"

// VerdictColumns are the columns of verdicts: one row for each coder and embed, in the
// order of file, record and position in the article.
var VerdictColumns = []Column{
	{"case", Text, "Name of the embed, which does not depend on the words found: the key of the article's content, and where in the article the tweet is attributed."},
	{"coder", Text, "Who judged the embed."},
	{"verdict", Text, "right; begins, ends or both: the text begins wrong, ends wrong, or both; person: wrong author, handle or day; none: this is no tweet; unsure: the coder cannot say."},
	{"words", Text, "The right words of the tweet, if the coder gave them."},
	{"note", Text, "What else the coder wrote."},
	{"judged_at", Time, "When the coder judged; for a sheet, when it was saved."},
	{"text", Text, "The text that was judged."},
	{"tweet_id", ID, "Status ID, as found."},
	{"handle", Text, "User name as found, without the @."},
	{"posted_date", Day, "Day of the tweet, as found."},
	{"form", Text, "How the tweet is embedded."},
	{"confidence", Number, "How sure it was, when judged, that text begins and ends where the tweet does."},
	{"article_url", Text, "Where the article was published."},
	{"article_title", Text, "Title of the article."},
	{"article_date", Day, "Day on which the article was published."},
	{"outlet", Text, "Who published the article."},
	{"file", Text, "Input file of the article's first place."},
	{"record", Int, "Number of the article in that file, counted from 1."},
}

// Rows are the verdicts on the case, with VerdictColumns.
func (c *Case) Rows() (all []Row) {
	a := &c.Article
	record := ""
	if a.Record > 0 {
		record = strconv.Itoa(a.Record)
	}
	for i := range c.Verdicts {
		j := &c.Verdicts[i]
		all = append(all, Row{Values: []string{
			c.Name(), j.Coder, string(j.Verdict), j.Words, j.Note, formatTime(j.At), j.Found, j.ID, j.Handle, j.Date, string(j.Form), formatNumber(j.Confidence),
			a.URL, a.Title, a.Date, a.Outlet, a.File, record,
		}})
	}
	return all
}

// JudgedCases calls each for the cases with a verdict among the embeds that a query
// finds, in the order of file, record and position. A nil query finds all, also those
// that are superseded or no longer in the archive.
func (db *DB) JudgedCases(ctx context.Context, q *Query, each func(*Case) error) (err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	where, args := "1", []any(nil)
	if q != nil && q.root != nil {
		if _, where, args, err = q.where(ctx, tx); err != nil {
			return err
		}
	}
	type name struct {
		article []byte
		anchor  int
	}
	var names []name
	err = askerOf(ctx, tx)(func(r *sql.Rows) error {
		var n name
		err := r.Scan(&n.article, &n.anchor)
		names = append(names, n)
		return err
	}, `SELECT v.article, v.anchor FROM (SELECT DISTINCT article, anchor FROM verdicts WHERE verdict <> '') v
		LEFT JOIN articles a ON a.key = v.article LEFT JOIN files f ON f.id = a.file LEFT JOIN embeds e ON e.article = a.id AND e.anchor = v.anchor
		WHERE `+where+` ORDER BY f.name, f.path, f.key, a.record, v.article, v.anchor`, args...)
	if err != nil {
		return err
	}
	for _, n := range names {
		all, err := casesBy(ctx, tx, `SELECT v.article, v.anchor, 0, '', `+caseColumns+` FROM (SELECT ?1 AS article, ?2 AS anchor) v
			LEFT JOIN articles a ON a.key = v.article LEFT JOIN files f ON f.id = a.file LEFT JOIN embeds e ON e.article = a.id AND e.anchor = v.anchor LEFT JOIN tweets t ON t.id = e.tweet`, n.article, n.anchor)
		if err != nil {
			return err
		}
		for i := range all {
			if err := each(&all[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// WholeBefore says whether the passage begins where the article begins.
func (c *Case) WholeBefore() bool { return c.Start <= len(c.Before) }

// AnchorInPassage is where the tweet is attributed, counted in bytes of Before + Raw +
// After.
func (c *Case) AnchorInPassage() int { return len(c.Before) + c.Anchor - c.Start }
