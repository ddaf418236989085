package store

import (
	"context"
	"database/sql"
	"strings"
)

// Count is how often something was seen.
type Count struct {
	Name  string
	Label string // what people call it, where that is something else
	N     int
}

// Stats is what the archive holds of a query's tweets. Lists are sorted by
// number, then by name.
type Stats struct {
	Files, Records, Unreadable int // of the whole archive, whatever the query
	Articles                   int // with tweets of the query
	Embeds, Tweets, Authors    int
	WithID                     int
	First, Last                string  // days
	TopAuthors                 []Count // name: handle, label: display name
	TopArticles                []Count // name: url or file:record, label: title
	TopHosts                   []Count
	TopTweets                  []Count // name: key, label: text
	Forms                      []Count // embeds by form
}

// Stats counts; lists have at most top entries. A nil query is all tweets.
func (db *DB) Stats(ctx context.Context, q *Query, top int) (s Stats, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s, err
	}
	defer tx.Rollback()
	where, args := q.where()
	err = tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(records), 0), ifnull(sum(errors), 0) FROM files`).Scan(&s.Files, &s.Records, &s.Unreadable)
	if err != nil {
		return s, err
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(t.embeds), 0), count(DISTINCT lower(t.handle)), ifnull(sum(t.tweet_id <> ''), 0),
		ifnull(min(nullif(t.posted_date, '')), ''), ifnull(max(t.posted_date), '') FROM tweets t WHERE `+where, args...).
		Scan(&s.Tweets, &s.Embeds, &s.Authors, &s.WithID, &s.First, &s.Last)
	if err != nil {
		return s, err
	}
	embeds := `FROM embeds e JOIN articles a ON a.id = e.article`
	if where != "1" {
		embeds += ` WHERE e.tweet IN (SELECT t.id FROM tweets t WHERE ` + where + `)`
	}
	if err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT e.article) `+embeds, args...).Scan(&s.Articles); err != nil {
		return s, err
	}
	for _, list := range []struct {
		into  *[]Count
		query string
	}{
		{&s.TopAuthors, `SELECT min(t.handle), max(t.author), count(*) AS n FROM tweets t WHERE t.handle <> '' AND ` + where + ` GROUP BY t.handle COLLATE NOCASE ORDER BY n DESC, lower(t.handle) LIMIT ?`},
		{&s.TopTweets, `SELECT t.key, t.text, t.embeds AS n FROM tweets t WHERE ` + where + ` ORDER BY n DESC, t.key DESC LIMIT ?`},
		{&s.TopHosts, `SELECT a.host AS h, '', count(*) AS n ` + embeds + ` GROUP BY h ORDER BY n DESC, h LIMIT ?`},
		{&s.TopArticles, `SELECT CASE WHEN o.url <> '' THEN o.url ELSE f.path || ':' || o.record END, o.title, n FROM
			(SELECT e.article AS article, count(*) AS n ` + embeds + ` GROUP BY e.article) JOIN articles o ON o.id = article JOIN files f ON f.id = o.file
			ORDER BY n DESC, f.path, o.record LIMIT ?`},
		{&s.Forms, `SELECT e.form AS x, '', count(*) AS n ` + embeds + ` GROUP BY x ORDER BY n DESC, x LIMIT ?`},
	} {
		if *list.into, err = counts(ctx, tx, list.query, append(args[:len(args):len(args)], top)...); err != nil {
			return s, err
		}
	}
	return s, nil
}

// counts reads rows of name, label and number.
func counts(ctx context.Context, q querier, query string, args ...any) ([]Count, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Count
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Name, &c.Label, &c.N); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Unit is a stretch of time to count by.
type Unit string

const (
	ByYear  Unit = "year"
	ByMonth Unit = "month"
	ByDay   Unit = "day"
)

// units are how much of a day names a stretch.
var units = map[Unit]int{ByYear: len("2006"), ByMonth: len("2006-01"), ByDay: len("2006-01-02")}

// Histogram counts the tweets of a query by the time they were posted, the
// earliest first; what nobody tweeted in is left out, and so are tweets whose
// day is not known.
func (db *DB) Histogram(ctx context.Context, q *Query, by Unit) ([]Count, error) {
	length, ok := units[by]
	if !ok {
		return nil, &Error{errorf("no unit %q", by), "year, month or day"}
	}
	where, args := q.where()
	all, err := counts(ctx, db.sql, `SELECT substr(t.posted_date, 1, ?) AS d, '', count(*) FROM tweets t WHERE t.posted_date <> '' AND `+where+` GROUP BY d ORDER BY d`,
		append([]any{length}, args...)...)
	return all, db.explain(err)
}

// Facets is how a query's tweets divide, to narrow it by.
type Facets struct {
	Authors   []Count // from:
	Years     []Count // since:, until:
	Hosts     []Count // source:
	Forms     []Count // form:
	WithID    int     // has:id
	WithoutID int
}

// Facets counts tweets; lists have at most top entries, years all.
func (db *DB) Facets(ctx context.Context, q *Query, top int) (f Facets, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return f, err
	}
	defer tx.Rollback()
	where, args := q.where()
	err = tx.QueryRowContext(ctx, `SELECT ifnull(sum(t.tweet_id <> ''), 0), ifnull(sum(t.tweet_id = ''), 0) FROM tweets t WHERE `+where, args...).Scan(&f.WithID, &f.WithoutID)
	if err != nil {
		return f, err
	}
	for _, list := range []struct {
		into  *[]Count
		query string
	}{
		{&f.Authors, `SELECT min(t.handle), max(t.author), count(*) AS n FROM tweets t WHERE t.handle <> '' AND ` + where + ` GROUP BY t.handle COLLATE NOCASE ORDER BY n DESC, lower(t.handle) LIMIT ?`},
		{&f.Years, `SELECT substr(t.posted_date, 1, 4) AS y, '', count(*) AS n FROM tweets t WHERE t.posted_date <> '' AND ` + where + ` GROUP BY y ORDER BY y LIMIT max(?, 1000)`},
		{&f.Hosts, `SELECT a.host AS h, '', count(DISTINCT t.id) AS n FROM tweets t JOIN embeds e ON e.tweet = t.id JOIN articles a ON a.id = e.article WHERE a.host <> '' AND ` + where + ` GROUP BY h ORDER BY n DESC, h LIMIT ?`},
		{&f.Forms, `SELECT e.form AS x, '', count(DISTINCT t.id) AS n FROM tweets t JOIN embeds e ON e.tweet = t.id WHERE ` + where + ` GROUP BY x ORDER BY n DESC, x LIMIT ?`},
	} {
		if *list.into, err = counts(ctx, tx, list.query, append(args[:len(args):len(args)], top)...); err != nil {
			return f, err
		}
	}
	return f, nil
}

// Author is what the archive knows of a user.
type Author struct {
	Handle              string  // as most often printed
	Names               []Count // display names, by sightings
	Tweets, WithID      int
	Embeds, Articles    int
	First, Last         string  // days of the first and last tweet
	FirstSeen, LastSeen string  // days of the first and last article
	Hosts               []Count // articles by host
	With                []Count // handle: articles that embed both
	Mentions            []Count // who mentions the author, by tweets
	Years               []Count
}

// Author describes a user; lists have at most top entries.
func (db *DB) Author(ctx context.Context, handle string, top int) (a *Author, err error) {
	defer func() { err = db.explain(err) }()
	handle = strings.TrimPrefix(handle, "@")
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	a = &Author{}
	const of = ` WHERE t.handle = ? COLLATE NOCASE`
	err = tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(t.tweet_id <> ''), 0), ifnull(min(nullif(t.posted_date, '')), ''), ifnull(max(t.posted_date), '') FROM tweets t`+of, handle).
		Scan(&a.Tweets, &a.WithID, &a.First, &a.Last)
	if err != nil {
		return nil, err
	}
	if a.Tweets == 0 {
		return nil, &Error{notFound{errorf("no tweets of @%s", handle)}, "search for from:" + handle + " finds none either"}
	}
	const seen = ` FROM tweets t JOIN embeds e ON e.tweet = t.id JOIN articles a ON a.id = e.article` + of
	err = tx.QueryRowContext(ctx, `SELECT count(*), count(DISTINCT a.id), ifnull(min(nullif(a.date, '')), ''), ifnull(max(a.date), '')`+seen, handle).
		Scan(&a.Embeds, &a.Articles, &a.FirstSeen, &a.LastSeen)
	if err != nil {
		return nil, err
	}
	err = tx.QueryRowContext(ctx, `SELECT t.handle FROM tweets t`+of+` GROUP BY t.handle ORDER BY count(*) DESC, t.handle LIMIT 1`, handle).Scan(&a.Handle)
	if err != nil {
		return nil, err
	}
	for _, list := range []struct {
		into  *[]Count
		query string
	}{
		{&a.Names, `SELECT e.author AS x, '', count(*) AS n` + seen + ` AND e.author <> '' GROUP BY x ORDER BY n DESC, x LIMIT ?`},
		{&a.Hosts, `SELECT a.host AS x, '', count(DISTINCT a.id) AS n` + seen + ` AND a.host <> '' GROUP BY x ORDER BY n DESC, x LIMIT ?`},
		{&a.Years, `SELECT substr(t.posted_date, 1, 4) AS x, '', count(*) FROM tweets t` + of + ` AND t.posted_date <> '' GROUP BY x ORDER BY x LIMIT max(?, 1000)`},
		{&a.With, `SELECT min(o.handle), max(o.author), count(DISTINCT o.article) AS n FROM (SELECT DISTINCT a.id AS article` + seen + `) s JOIN embeds o ON o.article = s.article
			WHERE o.handle <> '' AND o.handle <> ?1 COLLATE NOCASE GROUP BY o.handle COLLATE NOCASE ORDER BY n DESC, lower(o.handle) LIMIT ?2`},
	} {
		if *list.into, err = counts(ctx, tx, list.query, handle, top); err != nil {
			return nil, err
		}
	}
	a.Mentions, err = counts(ctx, tx, `SELECT min(t.handle), max(t.author), count(*) AS n FROM tweets_fts JOIN tweets t ON t.id = tweets_fts.docid
		WHERE tweets_fts MATCH ? AND t.handle <> ? COLLATE NOCASE GROUP BY t.handle COLLATE NOCASE ORDER BY n DESC, lower(t.handle) LIMIT ?`,
		`"`+markMention+inWord(handle)+`"`, handle, top)
	return a, err
}
