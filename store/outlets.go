package store

import (
	"context"
	"path/filepath"
)

// Tested in operators_test.go.

// An Outlet is what the archive has of an outlet.
type Outlet struct {
	Name        string
	Tweets      int
	Embeds      int
	Articles    int     // those with tweets
	First, Last string  // days of the first and the last of these articles
	Authors     []Count // Name is the handle, N the number of tweets
}

// Outlet describes an outlet, and returns the match of the tweets in its articles. Lists
// have at most top entries. If there are more tweets than most, only the authors of the
// newest most are counted; 0 counts all.
func (db *DB) Outlet(ctx context.Context, name string, top, most int) (o *Outlet, m *Match, err error) {
	defer func() { err = db.explain(err) }()
	q := &Query{"outlet:=" + name, &node{operator: "outlet", value: "=" + name}}
	if m, err = db.Match(ctx, q, most); err != nil {
		return nil, nil, err
	}
	if m.N == 0 || name == "" {
		return nil, nil, &Error{notFound{errorf("no articles of the outlet %q", name)}, "tweetarc outlets lists all outlets"}
	}
	o = &Outlet{Name: name, Tweets: m.N}
	names, err := counts(ctx, db.sql, `SELECT `+aliasOf("x.name")+`, '', 0 FROM (`+leap("outlet", "", aliasOf("names.name")+` COLLATE NOCASE = ?`)+`) x LIMIT 1`, name)
	if err != nil {
		return nil, nil, err
	}
	if len(names) > 0 {
		o.Name = names[0].Name // in its own spelling
	}
	cond, args := ofOutlet("=" + name)
	err = db.sql.QueryRowContext(ctx, `SELECT count(DISTINCT a.address), ifnull(min(nullif(a.date, '')), ''), ifnull(max(a.date), ''), ifnull(sum((SELECT count(*) FROM embeds e WHERE e.article = a.id)), 0)
		FROM articles a WHERE a.places > 0 AND (`+cond+`)`, args...).Scan(&o.Articles, &o.First, &o.Last, &o.Embeds)
	if err != nil {
		return nil, nil, err
	}
	where, _, args, err := m.counted(ctx)
	if err != nil {
		return nil, nil, err
	}
	o.Authors, err = counts(ctx, db.sql, authorsOf+where+byAuthor, append(args[:len(args):len(args)], top)...)
	return o, m, err
}

// ArticlesOf lists the articles of an outlet in which tweets are embedded, the latest
// first.
func (db *DB) ArticlesOf(ctx context.Context, outlet string, limit, offset int) (articles []ArticleRef, err error) {
	defer func() { err = db.explain(err) }()
	cond, args := ofOutlet("=" + outlet)
	return db.articles(ctx, `SELECT f.name, a.record, a.url, a.title, `+outletOf+`, a.date, (SELECT count(*) FROM embeds e WHERE e.article = a.id)
		FROM articles a JOIN files f ON f.id = a.file WHERE a.places > 0 AND (`+cond+`) `+latestFirst, append(args, limit, offset)...)
}

// CountOutlets counts the outlets that have articles with tweets.
func (db *DB) CountOutlets(ctx context.Context) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT count(DISTINCT `+aliasOf("x.name")+`) FROM (
		SELECT name FROM (`+leap("outlet", "", `name <> '' AND EXISTS (SELECT 1 FROM articles a WHERE a.outlet = name AND a.places > 0)`)+`)
		UNION SELECT p.outlet `+ofSeveral+` AND p.outlet <> '') x`).Scan(&n)
	return n, db.explain(err)
}

// Name is the name of the archive's file, without its folder.
func (db *DB) Name() string { return filepath.Base(db.path) }

// By is the author whose handle the query is, if it is one word, with the number of the
// author's tweets; the zero Count if there is none.
func (db *DB) By(ctx context.Context, q *Query) (author Count, err error) {
	handle := q.name()
	if handle == "" {
		return Count{}, nil
	}
	by := &Query{"from:" + handle, &node{operator: "from", value: handle}}
	if author.N, err = db.Count(ctx, by); err != nil || author.N == 0 {
		return Count{}, err
	}
	err = db.sql.QueryRowContext(ctx, `SELECT t.handle, max(t.author) FROM tweets t WHERE t.handle = ? COLLATE NOCASE AND t.embeds > 0 GROUP BY t.handle ORDER BY count(*) DESC, t.handle LIMIT 1`, handle).
		Scan(&author.Name, &author.Label)
	return author, db.explain(err)
}
