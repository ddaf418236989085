package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
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

// Facets counts tweets; lists have at most top entries, years all. It reads
// every tweet found: of a query that finds a million it takes seconds, and may
// be given up by its context.
func (db *DB) Facets(ctx context.Context, q *Query, top int) (f Facets, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return f, err
	}
	defer tx.Rollback()
	where, args := q.where()
	rows, err := tx.QueryContext(ctx, `SELECT t.handle, t.author, substr(t.posted_date, 1, 4), t.tweet_id <> '' FROM tweets t WHERE `+where, args...)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	authors, years := tally{}, tally{}
	for rows.Next() {
		var handle, author, year string
		var withID bool
		if err := rows.Scan(&handle, &author, &year, &withID); err != nil {
			return f, err
		}
		if withID {
			f.WithID++
		} else {
			f.WithoutID++
		}
		authors.add(strings.ToLower(handle), handle, author)
		years.add(year, year, "")
	}
	if err := rows.Err(); err != nil {
		return f, err
	}
	f.Authors = authors.top(top)
	f.Years = years.top(len(years))
	slices.SortFunc(f.Years, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })

	in := ``
	if where != "1" {
		in = ` WHERE e.tweet IN (SELECT t.id FROM tweets t WHERE ` + where + `)`
	}
	seen, err := tx.QueryContext(ctx, `SELECT e.tweet, a.host, e.form FROM embeds e INDEXED BY embeds_tweet JOIN articles a ON a.id = e.article`+in+` ORDER BY e.tweet`, args...)
	if err != nil {
		return f, err
	}
	defer seen.Close()
	hosts, forms := tally{}, tally{}
	var last int64
	counted := map[[2]string]bool{} // of this tweet
	once := func(t tally, kind, name string) {
		if k := [2]string{kind, name}; !counted[k] {
			counted[k] = true
			t.add(name, name, "")
		}
	}
	for seen.Next() {
		var tweet int64
		var host, form string
		if err := seen.Scan(&tweet, &host, &form); err != nil {
			return f, err
		}
		if tweet != last {
			clear(counted)
			last = tweet
		}
		once(hosts, "host", host)
		once(forms, "form", form)
	}
	f.Hosts, f.Forms = hosts.top(top), forms.top(top)
	return f, seen.Err()
}

// tally counts names; the unknown one, "", is not counted.
type tally map[string]*Count

func (t tally) add(key, name, label string) {
	if key == "" {
		return
	}
	c := t[key]
	if c == nil {
		c = &Count{Name: name, Label: label}
		t[key] = c
	}
	c.N++
	c.Name, c.Label = min(c.Name, name), max(c.Label, label)
}

// top are the n that were counted most.
func (t tally) top(n int) []Count {
	all := make([]Count, 0, len(t))
	for _, c := range t {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Count) int { return cmp.Or(-cmp.Compare(a.N, b.N), cmp.Compare(a.Name, b.Name)) })
	return all[:min(n, len(all))]
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
		mentionOf(handle).match(), handle, top)
	return a, err
}

// mentionOf is what the index is asked for to find who mentions a user.
func mentionOf(handle string) term { return phraseOf([]string{markMention + inWord(handle)}) }
