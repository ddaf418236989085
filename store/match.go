package store

import (
	"bytes"
	"context"
	"database/sql"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A Match is what a query finds. The command, the page and the report ask it, so
// that all say the same.
type Match struct {
	N       int  // tweets
	Archive int  // of so many
	Part    int  // of these the newest so many are counted by Facets, Histogram and Stats
	Ranked  bool // ByRelevance orders them; else it is as ByDateDesc, see rankable

	db      *DB
	query   *Query
	ids     []int64 // the rows of all N; nil if these are all tweets
	newest  string  // those of Part, once they are asked for, as JSON
	ranking compiled
}

// rankable is how many tweets with a query's words are ranked at most. Words that
// more have say nothing of any of them, and ranking takes some microseconds each.
const rankable = 30_000

// Match finds the tweets of a query; nil finds all. Where there are more than most,
// what is counted is counted of the newest most of them; 0 is all.
func (db *DB) Match(ctx context.Context, q *Query, most int) (m *Match, err error) {
	defer func() { err = db.explain(err) }()
	m = &Match{db: db, query: q}
	if err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM tweets`).Scan(&m.Archive); err != nil {
		return nil, err
	}
	if q == nil || q.root == nil {
		m.N = m.Archive
	} else {
		c := compile(q.root)
		query, args := `SELECT docid AS id FROM tweets_fts WHERE tweets_fts MATCH ?`, []any{c.match}
		if c.cond != "" {
			where, a := c.sql()
			query, args = `SELECT t.id AS id FROM tweets t WHERE `+where, a
		}
		if m.ids, err = db.rows(ctx, query, args...); err != nil {
			return nil, err
		}
		m.N, m.ranking = len(m.ids), c
		words := m.N // tweets that have them
		if c.match != "" && c.cond != "" && words <= rankable {
			err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM tweets_fts WHERE tweets_fts MATCH ? LIMIT ?)`, c.match, rankable+1).Scan(&words)
			if err != nil {
				return nil, err
			}
		}
		m.Ranked = c.match != "" && words <= rankable
	}
	m.Part = m.N
	if most > 0 {
		m.Part = min(m.N, most)
	}
	return m, nil
}

// Count tells how many tweets a query finds.
func (db *DB) Count(ctx context.Context, q *Query) (int, error) {
	m, err := db.Match(ctx, q, 0)
	if err != nil {
		return 0, err
	}
	return m.N, nil
}

// rows reads row ids. One long text of them is handed over ten times as fast as as
// many rows.
func (db *DB) rows(ctx context.Context, query string, args ...any) ([]int64, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT ifnull(group_concat(id, ' ') || ' ', '') FROM (`+query+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := []int64{}
	var text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		ids = make([]int64, 0, bytes.Count(text, []byte(" ")))
		n := int64(0)
		for _, c := range text {
			if c != ' ' {
				n = n*10 + int64(c-'0')
				continue
			}
			ids = append(ids, n)
			n = 0
		}
	}
	return ids, rows.Err()
}

// where is the part that is counted, as a condition on a column of rows of tweets.
func (m *Match) where(ctx context.Context, column string) (cond string, args []any, err error) {
	if m.ids == nil && m.Part == m.N {
		return "1", nil, nil
	}
	if m.newest == "" {
		ids := m.ids
		if m.Part < m.N {
			if ids, err = m.order(ctx, ByDateDesc, m.Part, 0); err != nil {
				return "", nil, err
			}
		}
		m.newest = list(ids)
	}
	return column + " IN (SELECT value FROM json_each(?))", []any{m.newest}, nil
}

// order lists rows of the match in an order that an index has.
func (m *Match) order(ctx context.Context, sort Sort, limit, offset int) ([]int64, error) {
	limit = min(limit, m.N-offset)
	if limit <= 0 {
		return nil, nil
	}
	// From the end that is nearer.
	by, backward := orders[sort].forward, m.N-offset-limit < offset
	if backward {
		by, offset = orders[sort].backward, m.N-offset-limit
	}
	ids, err := m.list(ctx, by, limit, offset)
	if backward {
		slices.Reverse(ids)
	}
	return ids, err
}

// list lists rows of the match in the order of an index: few are looked up and
// sorted, of many the index is read until there are enough.
func (m *Match) list(ctx context.Context, by string, limit, offset int) ([]int64, error) {
	if m.ids == nil {
		return m.db.rows(ctx, `SELECT t.id AS id FROM tweets t ORDER BY `+by+` LIMIT ? OFFSET ?`, limit, offset)
	}
	const few = 1000
	if m.N > few && m.N*m.N > (offset+limit)*m.Archive {
		if ids, err := m.read(ctx, by, limit, offset); ids != nil || err != nil {
			return ids, err
		}
	}
	return m.sort(ctx, by, limit, offset)
}

// sort looks all rows up.
func (m *Match) sort(ctx context.Context, by string, limit, offset int) ([]int64, error) {
	return m.db.rows(ctx, `SELECT t.id AS id FROM tweets t WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY `+by+` LIMIT ? OFFSET ?`, list(m.ids), limit, offset)
}

// read reads the index. It gives up, with nil, where that takes longer than to look
// all rows up, because those wanted are far from its beginning.
func (m *Match) read(ctx context.Context, by string, limit, offset int) (ids []int64, err error) {
	set := newRows(m.ids)
	for at, step := 0, 16*(offset+limit); at < 2*m.N; at, step = at+step, 2*step {
		some, err := m.db.rows(ctx, `SELECT t.id AS id FROM tweets t ORDER BY `+by+` LIMIT ? OFFSET ?`, step, at)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			if !set.has(id) {
				continue
			}
			if offset--; offset < 0 {
				if ids = append(ids, id); len(ids) == limit {
					return ids, nil
				}
			}
		}
	}
	return nil, nil
}

// rows is a set of row ids, a bit for each.
type rows []uint64

func newRows(ids []int64) rows {
	r := make(rows, slices.Max(ids)>>6+1)
	for _, id := range ids {
		r[id>>6] |= 1 << (id & (bits.UintSize - 1))
	}
	return r
}

func (r rows) has(id int64) bool {
	return id>>6 < int64(len(r)) && r[id>>6]&(1<<(id&(bits.UintSize-1))) != 0
}

// compiled is a part of a query for SQLite: a MATCH expression, a condition, or
// both, which must then both hold.
type compiled struct {
	match string
	cond  string
	args  []any
}

// sql is the whole as a condition.
func (c compiled) sql() (string, []any) {
	if c.match == "" {
		return c.cond, c.args
	}
	in := "t.id IN (SELECT docid FROM tweets_fts WHERE tweets_fts MATCH ?)"
	if c.cond == "" {
		return in, []any{c.match}
	}
	return "(" + in + " AND " + c.cond + ")", append([]any{c.match}, c.args...)
}

func (c *compiled) and(cond string, args []any) {
	if c.cond != "" {
		c.cond += " AND "
	}
	c.cond += cond
	c.args = append(c.args, args...)
}

func compile(n *node) compiled {
	switch n.op {
	case 0:
		return n.leaf()
	case '-':
		sql, args := compile(n.kids[0]).sql()
		return compiled{cond: "NOT " + sql, args: args}
	case '|':
		var matches, conds []string
		var args []any
		for _, k := range n.kids {
			c := compile(k)
			if c.cond == "" {
				matches = append(matches, c.match)
				continue
			}
			sql, a := c.sql()
			conds, args = append(conds, sql), append(args, a...)
		}
		match := ""
		if len(matches) > 0 {
			match = "(" + strings.Join(matches, " OR ") + ")"
		}
		if len(conds) == 0 {
			return compiled{match: match}
		}
		if match != "" {
			sql, a := compiled{match: match}.sql()
			conds, args = append(conds, sql), append(args, a...)
		}
		return compiled{cond: "(" + strings.Join(conds, " OR ") + ")", args: args}
	}
	var all compiled
	var matches, not []string
	for _, k := range n.kids {
		if k.op == '-' {
			if c := compile(k.kids[0]); c.cond == "" {
				not = append(not, c.match)
				continue
			}
		}
		c := compile(k)
		if c.match != "" {
			matches = append(matches, c.match)
		}
		if c.cond != "" {
			all.and(c.cond, c.args)
		}
	}
	all.match = strings.Join(matches, " AND ")
	if len(matches) > 1 {
		all.match = "(" + all.match + ")"
	}
	for _, m := range not {
		if all.match != "" {
			all.match = "(" + all.match + " NOT " + m + ")"
		} else {
			sql, args := compiled{match: m}.sql()
			all.and("NOT "+sql, args)
		}
	}
	return all
}

// leaf is a leaf for SQLite.
func (n *node) leaf() compiled {
	cond := func(sql string, args ...any) compiled { return compiled{cond: sql, args: args} }
	switch n.operator {
	case "from":
		return cond("t.handle = ? COLLATE NOCASE", n.value)
	case "since":
		day, _ := dayOf(n.value)
		return cond("t.posted_date >= ?", day)
	case "until":
		day, _ := dayOf(n.value)
		return cond("(t.posted_date < ? AND t.posted_date <> '')", day)
	case "id":
		if len(n.term.phrases) == 0 {
			return cond("t.tweet_id = ?", n.value)
		}
		words, args := compiled{match: n.term.match()}.sql()
		return cond("(t.tweet_id = ? OR "+words+")", append([]any{n.value}, args...)...)
	case "lang":
		return cond("t.tweet_id IN (SELECT tweet_id FROM lookups WHERE lang = ? COLLATE NOCASE)", n.value)
	case "source":
		return cond("t.id IN (SELECT e.tweet FROM articles a JOIN embeds e ON e.article = a.id WHERE a.host = ? OR (a.host LIKE ? ESCAPE '\\' AND a.host IN (SELECT host FROM articles)))",
			n.value, "%."+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(n.value))
	case "form":
		return cond("t.id IN (SELECT tweet FROM embeds WHERE form = ?)", n.value)
	case "min_sightings":
		least, _ := strconv.Atoi(n.value)
		return cond("t.embeds >= ?", least)
	case "has", "filter":
		if n.value == "id" {
			return cond("instr(t.key, '/') = 0") // which an index has, see keys in identity.go
		}
	}
	return compiled{match: n.term.match()}
}

// where is the whole query as a condition on tweets t.
func (q *Query) where() (string, []any) {
	if q == nil || q.root == nil {
		return "1", nil
	}
	return compile(q.root).sql()
}
