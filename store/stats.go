package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// Tested in answers_test.go and operators_test.go.

// A Count is how often there is something.
type Count struct {
	Name  string
	Label string // what it is called, if that is not its name
	N     int
}

// Stats counts what the archive has of some tweets. Lists are sorted by number, then by
// name.
type Stats struct {
	Files, Records, Unreadable int // of the whole archive, whatever the tweets are; the files are those that were read
	Counted                    int // all articles, also those without tweets, if a run counted them; only for all tweets
	Articles                   int // articles with these tweets
	Embeds, Tweets, Authors    int
	WithID                     int
	First, Last                string  // days
	TopAuthors                 []Count // Name: handle, Label: display name
	TopArticles                []Count // Name: URL or file:record, Label: title
	TopOutlets                 []Count
	TopTweets                  []Count // Name: key, Label: text
	Forms                      []Count // embeds by form
}

// Stats counts what the archive has of the tweets. Lists have at most top entries.
func (m *Match) Stats(ctx context.Context, top int) (s Stats, err error) {
	defer func() { err = m.db.explain(err) }()
	tweets, embeds, args, err := m.counted(ctx)
	if err != nil {
		return s, err
	}
	tx, err := m.db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s, err
	}
	defer tx.Rollback()
	err = tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM files f WHERE id NOT IN (SELECT input FROM files WHERE input <> id) AND EXISTS (SELECT 1 FROM versions v WHERE v.file = f.input
			AND (v.done > 0 OR v.records > 0 OR EXISTS (SELECT 1 FROM progress p WHERE p.version = v.id AND p.file = f.id AND p.records > 0)))), ifnull(sum(records), 0), ifnull(sum(errors), 0) FROM (
		SELECT v.file, `+readSoFar+`, row_number() OVER (PARTITION BY v.file ORDER BY v.done DESC, max(v.records, ifnull(s.records, 0)) DESC, v.size DESC, v.mtime DESC, v.options) AS n FROM versions v`+soFar+`) WHERE n = 1`).Scan(&s.Files, &s.Records, &s.Unreadable)
	if err != nil {
		return s, err
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(t.embeds), 0), count(DISTINCT lower(nullif(t.handle, ''))), ifnull(sum(t.tweet_id <> ''), 0),
		ifnull(min(nullif(t.posted_date, '')), ''), ifnull(max(t.posted_date), '') FROM tweets t WHERE `+tweets, args...).
		Scan(&s.Tweets, &s.Embeds, &s.Authors, &s.WithID, &s.First, &s.Last)
	if err != nil {
		return s, err
	}
	if m.query.Superseded() {
		if err = tx.QueryRowContext(ctx, `SELECT count(*) FROM embeds e WHERE `+embeds, args...).Scan(&s.Embeds); err != nil {
			return s, err
		}
	}
	seen := `FROM embeds e JOIN articles a ON a.id = e.article WHERE ` + embeds
	if err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT a.address) `+seen, args...).Scan(&s.Articles); err != nil {
		return s, err
	}
	s.TopOutlets, err = counts(ctx, tx, `SELECT x, '', sum(n) AS n FROM (SELECT `+outletOf+` AS x, count(*) AS n `+seen+` GROUP BY x
		UNION ALL SELECT x, count(*) FROM (SELECT DISTINCT `+aliasOf("p.outlet")+` AS x, e.id `+elsewhere+embeds+` AND `+aliasOf("p.outlet")+` <> `+aliasOf("m.outlet")+`) GROUP BY x)
		GROUP BY x ORDER BY n DESC, x LIMIT ?`, append(slices.Concat(args, args), top)...)
	if err != nil {
		return s, err
	}
	for _, list := range []struct {
		into  *[]Count
		query string
	}{
		{&s.TopAuthors, authorsOf + tweets + byAuthor},
		{&s.TopTweets, `SELECT t.key, t.text, t.embeds AS n FROM tweets t WHERE ` + tweets + ` ORDER BY n DESC, t.key DESC LIMIT ?`},
		{&s.TopArticles, `SELECT CASE WHEN o.url <> '' THEN o.url ELSE f.name || ':' || o.record END, o.title, n FROM
			(SELECT e.article AS article, count(*) AS n FROM embeds e WHERE ` + embeds + ` GROUP BY e.article) JOIN articles o ON o.id = article JOIN files f ON f.id = o.file
			ORDER BY n DESC, f.name, f.path, f.key, o.record, o.key LIMIT ?`},
		{&s.Forms, `SELECT e.form AS x, '', count(*) AS n FROM embeds e WHERE ` + embeds + ` GROUP BY x ORDER BY n DESC, x LIMIT ?`},
	} {
		if *list.into, err = counts(ctx, tx, list.query, append(args[:len(args):len(args)], top)...); err != nil {
			return s, err
		}
	}
	if m.query == nil || m.query.root == nil {
		if err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT c.article) FROM `+countedNow).Scan(&s.Counted); err != nil {
			return s, err
		}
	}
	// An article with places of several outlets counts in each.
	s.TopOutlets, err = counts(ctx, tx, `SELECT x, '', count(*) AS n FROM (SELECT `+outletOf+` AS x `+seen+`
		UNION ALL SELECT x FROM (SELECT DISTINCT `+aliasOf("p.outlet")+` AS x, e.id `+elsewhere+embeds+` AND p.outlet IS NOT NULL AND `+aliasOf("p.outlet")+` <> `+aliasOf("m.outlet")+`))
		GROUP BY x ORDER BY n DESC, x LIMIT ?`, append(slices.Concat(args, args), top)...)
	return s, err
}

// The query that counts tweets by author; the condition comes between the two.
const (
	authorsOf = `SELECT min(t.handle), max(t.author), count(*) AS n FROM tweets t WHERE t.handle <> '' AND `
	byAuthor  = ` GROUP BY t.handle COLLATE NOCASE ORDER BY n DESC, lower(t.handle) LIMIT ?`
)

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

// Unit is a period of time to count by.
type Unit string

const (
	ByYear  Unit = "year"
	ByMonth Unit = "month"
	ByDay   Unit = "day"
)

// units are the lengths of the names of periods, which are the first bytes of a day.
var units = map[Unit]int{ByYear: len("2006"), ByMonth: len("2006-01"), ByDay: len("2006-01-02")}

// Histogram counts tweets by the time they were posted, the earliest first. Periods
// without tweets are left out, and so are tweets whose day is not known.
func (m *Match) Histogram(ctx context.Context, by Unit) (all []Count, err error) {
	defer func() { err = m.db.explain(err) }()
	length, ok := units[by]
	if !ok {
		return nil, &Error{errorf("cannot count by %q", by), "count by year, month or day"}
	}
	if m.days == nil {
		where, _, args, err := m.counted(ctx)
		if err != nil {
			return nil, err
		}
		m.days, err = counts(ctx, m.db.sql, `SELECT t.posted_date AS d, '', count(*) FROM tweets t WHERE t.posted_date <> '' AND `+where+` GROUP BY d ORDER BY d`, args...)
		if err != nil {
			return nil, err
		}
	}
	for _, day := range m.days {
		name := day.Name[:min(length, len(day.Name))]
		if last := len(all) - 1; last >= 0 && all[last].Name == name {
			all[last].N += day.N
			continue
		}
		all = append(all, Count{Name: name, N: day.N})
	}
	return all, nil
}

// A Layer is a Histogram of the tweets of one author.
type Layer struct {
	Count // of all the tweets; without a name: of all other authors
	Times []Count
}

// Layers divides the Histogram by the authors with the most tweets.
func (m *Match) Layers(ctx context.Context, by Unit, top int) (all []Layer, err error) {
	defer func() { err = m.db.explain(err) }()
	where, _, args, err := m.counted(ctx)
	if err != nil {
		return nil, err
	}
	authors, err := counts(ctx, m.db.sql, authorsOf+where+` AND t.posted_date <> ''`+byAuthor, append(args[:len(args):len(args)], top)...)
	if err != nil {
		return nil, err
	}
	rest, err := m.Histogram(ctx, by)
	if err != nil {
		return nil, err
	}
	left := map[string]int{}
	for _, c := range rest {
		left[c.Name] = c.N
	}
	for _, a := range authors {
		times, err := counts(ctx, m.db.sql, `SELECT substr(t.posted_date, 1, ?) AS d, '', count(*) FROM tweets t WHERE t.handle = ? COLLATE NOCASE AND t.posted_date <> '' AND `+where+` GROUP BY d ORDER BY d`,
			slices.Concat([]any{units[by], a.Name}, args)...)
		if err != nil {
			return nil, err
		}
		for _, c := range times {
			left[c.Name] -= c.N
		}
		all = append(all, Layer{a, times})
	}
	others := Layer{}
	for _, c := range rest {
		if n := left[c.Name]; n > 0 {
			others.N += n
			others.Times = append(others.Times, Count{Name: c.Name, N: n})
		}
	}
	if others.N > 0 {
		all = append(all, others)
	}
	return all, nil
}

// Facets are counts of tweets by which a user may narrow a query. The comments are the
// operators that do so.
type Facets struct {
	Authors   []Count // from:
	Years     []Count // since:, until:
	Outlets   []Count // outlet:=
	Kept      []Field // keep.NAME:
	Forms     []Count // form:
	WithID    int     // has:id
	WithoutID int
}

// Facets counts the tweets. Lists have at most top entries, but Years has all.
func (m *Match) Facets(ctx context.Context, top int) (f Facets, err error) {
	defer func() { err = m.db.explain(err) }()
	tweets, embeds, args, err := m.counted(ctx)
	if err != nil {
		return f, err
	}
	if f.Years, err = m.Histogram(ctx, ByYear); err != nil {
		return f, err
	}
	err = m.db.sql.QueryRowContext(ctx, `SELECT ifnull(sum(instr(t.key, '/') = 0), 0) FROM tweets t WHERE `+tweets, args...).Scan(&f.WithID)
	if err != nil {
		return f, err
	}
	f.WithoutID = m.Part - f.WithID
	for _, list := range []struct {
		into  *[]Count
		query string
	}{
		{&f.Authors, authorsOf + tweets + byAuthor},
		{&f.Forms, `SELECT e.form AS x, '', count(DISTINCT e.tweet) AS n FROM embeds e WHERE ` + embeds + ` GROUP BY x ORDER BY n DESC, x LIMIT ?`},
	} {
		if *list.into, err = counts(ctx, m.db.sql, list.query, append(args[:len(args):len(args)], top)...); err != nil {
			return f, err
		}
	}
	twice := slices.Concat(args, args)
	f.Outlets, err = counts(ctx, m.db.sql, `SELECT x, '', count(DISTINCT tweet) AS n FROM (
		SELECT `+outletOf+` AS x, e.tweet AS tweet FROM embeds e INDEXED BY embeds_tweet CROSS JOIN articles a ON a.id = e.article WHERE `+embeds+`
		UNION ALL SELECT `+aliasOf("p.outlet")+`, e.tweet `+elsewhere+embeds+`) WHERE x <> '' GROUP BY x ORDER BY n DESC, x LIMIT ?`, append(twice, top)...)
	if err != nil {
		return f, err
	}
	f.Kept, err = m.keptFacets(ctx, embeds, twice, top)
	return f, err
}

// elsewhere are the embeds e of articles with several places, and each current place p
// of the article, which may have another outlet or other kept fields than its row.
const elsewhere = `FROM embeds e INDEXED BY embeds_tweet CROSS JOIN articles m ON m.id = e.article JOIN places p ON p.article = m.id WHERE m.places > 1 AND p.current AND `

// A Field is a kept field of the corpus with its values.
type Field struct {
	Name   string
	Values []Count
}

// mostKept is how many kept fields have a facet.
const mostKept = 12

// keptFacets counts tweets by the kept fields of the corpus.
func (m *Match) keptFacets(ctx context.Context, embeds string, args []any, top int) (all []Field, err error) {
	rows, err := m.db.sql.QueryContext(ctx, `SELECT k.key, k.value, count(DISTINCT tweet) AS n FROM (
		SELECT a.kept AS kept, e.tweet AS tweet FROM embeds e INDEXED BY embeds_tweet CROSS JOIN articles a ON a.id = e.article WHERE a.kept <> '' AND `+embeds+`
		UNION ALL SELECT p.kept, e.tweet `+elsewhere+embeds+` AND p.kept <> '') JOIN json_each(iif(json_valid(kept), kept, '{}')) k
		GROUP BY k.key, k.value ORDER BY k.key, n DESC, k.value`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var c Count
		if err := rows.Scan(&name, &c.Name, &c.N); err != nil {
			return nil, err
		}
		if last := len(all) - 1; last < 0 || all[last].Name != name {
			if len(all) == mostKept {
				break
			}
			all = append(all, Field{Name: name})
		}
		if f := &all[len(all)-1]; len(f.Values) < top {
			f.Values = append(f.Values, c)
		}
	}
	return all, rows.Err()
}

// An Author is what the archive has of a user.
type Author struct {
	Handle              string  // as most often printed
	Names               []Count // display names, by embeds
	Tweets, WithID      int
	Embeds, Articles    int
	First, Last         string  // days of the first and last tweet
	FirstSeen, LastSeen string  // days of the first and last article
	Outlets             []Count // articles by outlet
	With                []Count // Name is another handle, N the number of articles that embed both
	Mentions            []Count // who mentions the author, in how many tweets
	Years               []Count
}

// Author describes a user, and returns the match of the user's tweets. Lists have at most
// top entries. If there are more tweets than most, only the newest most are counted, but
// for Tweets; 0 counts all.
func (db *DB) Author(ctx context.Context, handle string, top, most int) (a *Author, m *Match, err error) {
	defer func() { err = db.explain(err) }()
	handle = strings.TrimPrefix(handle, "@")
	if m, err = db.Match(ctx, &Query{"from:" + handle, &node{operator: "from", value: handle}}, most); err != nil {
		return nil, nil, err
	}
	if m.N == 0 {
		return nil, nil, &Error{notFound{errorf("no tweets of @%s", handle)}, "tweetarc search finds handles and names by their words"}
	}
	a = &Author{Tweets: m.N}
	where, embeds, args, err := m.counted(ctx)
	if err != nil {
		return nil, nil, err
	}
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	defer tx.Rollback()
	err = tx.QueryRowContext(ctx, `SELECT ifnull(sum(t.tweet_id <> ''), 0), ifnull(min(nullif(t.posted_date, '')), ''), ifnull(max(t.posted_date), '') FROM tweets t WHERE `+where, args...).
		Scan(&a.WithID, &a.First, &a.Last)
	if err != nil {
		return nil, nil, err
	}
	seen := ` FROM embeds e JOIN articles a ON a.id = e.article WHERE ` + embeds
	err = tx.QueryRowContext(ctx, `SELECT count(*), count(DISTINCT a.address), ifnull(min(nullif(a.date, '')), ''), ifnull(max(a.date), '')`+seen, args...).
		Scan(&a.Embeds, &a.Articles, &a.FirstSeen, &a.LastSeen)
	if err != nil {
		return nil, nil, err
	}
	err = tx.QueryRowContext(ctx, `SELECT t.handle FROM tweets t WHERE `+where+` GROUP BY t.handle ORDER BY count(*) DESC, t.handle LIMIT 1`, args...).Scan(&a.Handle)
	if err != nil {
		return nil, nil, err
	}
	for _, list := range []struct {
		into  *[]Count
		query string
		args  []any
	}{
		{&a.Names, `SELECT e.author AS x, '', count(*) AS n FROM embeds e WHERE ` + embeds + ` AND e.author <> '' GROUP BY x ORDER BY n DESC, x LIMIT ?`, []any{top}},
		{&a.Outlets, `SELECT x, '', count(DISTINCT address) AS n FROM (SELECT ` + outletOf + ` AS x, a.address AS address` + seen + `
			UNION ALL SELECT ` + aliasOf("p.outlet") + `, m.address ` + elsewhere + embeds + `) WHERE x <> '' GROUP BY x ORDER BY n DESC, x LIMIT ?`, slices.Concat(args, []any{top})},
		{&a.With, `SELECT min(o.handle), max(o.author), count(DISTINCT o.article) AS n FROM (SELECT DISTINCT e.article AS article FROM embeds e WHERE ` + embeds + `) s JOIN embeds o ON o.article = s.article AND o.current
			WHERE o.handle <> '' AND o.handle <> ? COLLATE NOCASE GROUP BY o.handle COLLATE NOCASE ORDER BY n DESC, lower(o.handle) LIMIT ?`, []any{handle, top}},
	} {
		if *list.into, err = counts(ctx, tx, list.query, slices.Concat(args, list.args)...); err != nil {
			return nil, nil, err
		}
	}
	if a.Years, err = m.Histogram(ctx, ByYear); err != nil {
		return nil, nil, err
	}
	if most <= 0 {
		most = -1
	}
	a.Mentions, err = counts(ctx, tx, `SELECT min(t.handle), max(t.author), count(*) AS n FROM (SELECT docid FROM tweets_fts WHERE tweets_fts MATCH ? LIMIT ?) JOIN tweets t ON t.id = docid
		WHERE t.handle <> ? COLLATE NOCASE GROUP BY t.handle COLLATE NOCASE ORDER BY n DESC, lower(t.handle) LIMIT ?`,
		mentionOf(handle).match(), most, handle, top)
	return a, m, err
}

// mentionOf is the term that finds mentions of a user in the index.
func mentionOf(handle string) term { return phraseOf([]string{markMention + inWord(handle)}) }
