package store

import (
	"bytes"
	"context"
	"database/sql"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"example.org/tweetarc/archive"
)

// A Match is the tweets that a query finds. The command, the page and the report all ask
// a Match, so that all give the same answers.
type Match struct {
	N      int  // number of tweets
	Part   int  // how many of them, the newest, are counted by Facets, Histogram and Stats
	Ranked bool // ByRelevance ranks them; else it is the same as ByDateDesc, see rankable

	db    *DB
	query *Query
	set   rowSet  // their rows; nil for all tweets
	part  string  // the rows of Part as JSON, once they are asked for
	days  []Count // how many of Part were posted on each day, once that is asked for
}

// rankable is the greatest number of tweets with a query's words that are ranked. Words
// that more tweets have say nothing, and ranking takes some microseconds for each.
const rankable = 20_000

// Match finds the tweets of a query; nil finds all. If there are more than most, only the
// newest most are counted; 0 counts all.
func (db *DB) Match(ctx context.Context, q *Query, most int) (m *Match, err error) {
	defer func() { err = db.explain(err) }()
	m = &Match{db: db, query: q}
	if m.set, err = q.rows(ctx, db.sql); err != nil {
		return nil, err
	}
	if m.set == nil {
		err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM tweets`).Scan(&m.N)
	} else {
		m.N = m.set.count()
	}
	if q != nil && q.root != nil && err == nil {
		if words := q.root.ranking(); words != "" {
			n := 0
			err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM tweets_fts WHERE tweets_fts MATCH ? LIMIT ?)`, words, rankable+1).Scan(&n)
			m.Ranked = n <= rankable
		}
	}
	m.Part = m.N
	if most > 0 {
		m.Part = min(m.N, most)
	}
	return m, err
}

// Count counts the tweets that a query finds.
func (db *DB) Count(ctx context.Context, q *Query) (int, error) {
	m, err := db.Match(ctx, q, 0)
	if err != nil {
		return 0, err
	}
	return m.N, nil
}

// where is what a query finds: a condition on tweets t and one on embeds e, with the same
// arguments.
func (q *Query) where(ctx context.Context, from querier) (tweets, embeds string, args []any, err error) {
	set, err := q.rows(ctx, from)
	if set == nil {
		return "1", q.seen(), nil, err
	}
	return "t.id" + inList, "e.tweet" + inList + " AND " + q.seen(), []any{list(set.ids())}, err
}

// seen is the condition on embeds e to count.
func (q *Query) seen() string {
	if q.Superseded() {
		return "1"
	}
	return "e.current"
}

// rows is the set of tweets that a query finds; nil if it finds all.
func (q *Query) rows(ctx context.Context, from querier) (set rowSet, err error) {
	if q != nil && q.root != nil {
		if set, err = match(ctx, reader{from, q.seen()}, q.root, nil); err != nil {
			return nil, err
		}
	}
	if q.Superseded() {
		return set, nil
	}
	hidden, err := readSet(ctx, from, `SELECT id FROM tweets WHERE embeds = 0`)
	if err == nil && len(hidden) > 0 && set == nil {
		set, err = readSet(ctx, from, `SELECT id FROM tweets`)
	}
	if err != nil || set == nil {
		return nil, err
	}
	return set.without(hidden), nil
}

// A reader asks the archive; seen is the condition on embeds e to count.
type reader struct {
	querier
	seen string
}

// inList is the condition to be in a list of rows, given as JSON.
const inList = " IN (SELECT value FROM json_each(?))"

// Up to so many rows are looked up one by one; for more an index is read to its end. It is
// few if the rows are in the table, and fewCovered if the index has all that is asked for.
const (
	few        = 20_000
	fewCovered = 100_000
)

// match is the set of tweets that a part of a query finds; each leaf asks an index of
// SQLite. If among is not nil, only tweets in it are wanted, but the set may have others.
func match(ctx context.Context, from reader, n *node, among rowSet) (rowSet, error) {
	if words := n.words(); words != "" {
		return readSet(ctx, from, inWords, words)
	}
	switch n.op {
	case '-':
		all := among
		if all == nil {
			var err error
			if all, err = readSet(ctx, from, `SELECT id FROM tweets`); err != nil {
				return nil, err
			}
		}
		set, err := match(ctx, from, n.kids[0], among)
		return all.without(set), err
	case '|':
		all := rowSet{}
		for _, k := range n.kids {
			set, err := match(ctx, from, k, among)
			if err != nil {
				return nil, err
			}
			all = all.or(set)
		}
		return all, nil
	case '&':
		return matchAll(ctx, from, n, among)
	}
	set, err := n.source().read(ctx, from, among)
	if err != nil || len(n.term.phrases) == 0 {
		return set, err
	}
	words, err := readSet(ctx, from, inWords, n.term.match()) // a word that may be an ID
	return set.or(words), err
}

const inWords = `SELECT docid AS id FROM tweets_fts WHERE tweets_fts MATCH ?`

// matchAll is the set of tweets that all kids of a node find. It asks for all words at
// once, then for all columns of tweets at once, then for the other kids among the rest.
func matchAll(ctx context.Context, from reader, n *node, among rowSet) (rowSet, error) {
	and := func(set rowSet, err error) error {
		if among == nil {
			among = set
		} else {
			among = among.and(set)
		}
		return err
	}
	words, rest := n.divide()
	if words != "" {
		if err := and(readSet(ctx, from, inWords, words)); err != nil {
			return nil, err
		}
	}
	var columns source
	rest = slices.DeleteFunc(rest, func(k *node) bool {
		s := k.source()
		if s.table != ofTweets || len(k.term.phrases) > 0 {
			return false
		}
		if columns.cond != "" {
			s.cond = columns.cond + " AND " + s.cond
		}
		columns = source{s.id, s.table, s.cond, append(columns.args, s.args...), false}
		return true
	})
	if columns.cond != "" {
		if err := and(columns.read(ctx, from, among)); err != nil {
			return nil, err
		}
	}
	for _, k := range rest {
		if among != nil && among.count() == 0 {
			break
		}
		if err := and(match(ctx, from, k, among)); err != nil {
			return nil, err
		}
	}
	return among, nil
}

// words is the FTS4 expression of a part of a query that asks only for words, else "". It
// is also "" for a "-" alone, which FTS4 does not have.
func (n *node) words() string {
	switch n.op {
	case 0:
		if n.source().table == "" {
			return n.term.match()
		}
	case '|':
		all := make([]string, len(n.kids))
		for i, k := range n.kids {
			if all[i] = k.words(); all[i] == "" {
				return ""
			}
		}
		return "(" + strings.Join(all, " OR ") + ")"
	case '&':
		if words, rest := n.divide(); len(rest) == 0 {
			return words
		}
	}
	return ""
}

// divide splits a node's kids into an FTS4 expression for those that are words, and the
// rest.
func (n *node) divide() (words string, rest []*node) {
	var all, not []string
	var without []*node
	for _, k := range n.kids {
		switch w := k.words(); {
		case w != "":
			all = append(all, w)
		case k.op == '-' && k.kids[0].words() != "":
			not, without = append(not, k.kids[0].words()), append(without, k)
		default:
			rest = append(rest, k)
		}
	}
	if len(all) == 0 {
		return "", append(rest, without...)
	}
	words = "(" + strings.Join(all, " AND ") + ")"
	for _, w := range not {
		words = "(" + words + " NOT " + w + ")"
	}
	return words, rest
}

// ranking is the FTS4 expression of the words that all tweets found have.
func (n *node) ranking() string {
	if n.op == '&' {
		words, _ := n.divide()
		return words
	}
	return n.words()
}

// A source is where the tweets of an operator are read: the rows of a table for which a
// condition holds. The source of words has no table.
type source struct {
	id, table, cond string
	args            []any
	covered         bool // an index has all columns
}

const ofTweets = "tweets t"

// source is the source of a leaf.
func (n *node) source() source {
	tweets := func(cond string, args ...any) source { return source{"t.id", ofTweets, cond, args, false} }
	if n.op != 0 {
		return source{}
	}
	switch n.operator {
	case "from":
		return tweets("t.handle = ? COLLATE NOCASE", n.value)
	case "since":
		day, _ := dayOf(n.value)
		return tweets("t.posted_date >= ?", day)
	case "until":
		day, _ := dayOf(n.value)
		return tweets("t.posted_date < ? AND t.posted_date <> ''", day)
	case "id":
		return tweets("t.key = ?", n.value)
	case "include":
		return tweets("1")
	case "lang":
		return tweets("t.key IN (SELECT tweet_id FROM lookups WHERE lang = ? COLLATE NOCASE)", n.value)
	case "min_embeds":
		least, _ := strconv.Atoi(n.value)
		return tweets("t.embeds >= ?", least)
	case "confidence":
		cond, args, _ := bounds(n.value)
		return tweets(cond, args...)
	case "outlet":
		return inArticles(ofOutlet(n.value))
	case "form":
		return source{"e.tweet", "embeds e INDEXED BY embeds_tweet", "e.form = ?", []any{n.value}, true}
	case "verdict":
		return source{
			"e.tweet", "verdicts v JOIN articles a ON a.key = v.article JOIN embeds e ON e.article = a.id AND e.anchor = v.anchor",
			"v.verdict <> '' AND (v.verdict = ? OR ? = '*')",
			[]any{n.value, n.value},
			false,
		}
	case "has", "filter":
		if n.value == "id" {
			return tweets("instr(t.key, '/') = 0") // only a key without an ID has a slash
		}
	}
	if field, ok := strings.CutPrefix(n.operator, keepPrefix); ok {
		return inArticles(ofKept(field, n.value))
	}
	return source{}
}

// inArticles is the source of an operator about articles.
func inArticles(cond string, args []any) source {
	return source{"e.tweet", "articles a JOIN embeds e ON e.article = a.id", cond, args, false}
}

// inPlace begins a condition on an article a with several places: one of its current
// places p differs from its row, and what follows holds for p.
const inPlace = `a.id IN (SELECT p.article ` + ofSeveral + ` AND `

// ofSeveral are the current places p of articles with several places, which an index
// lists. Without CROSS JOIN SQLite would read all places.
const ofSeveral = `FROM articles m INDEXED BY articles_many CROSS JOIN places p ON p.article = m.id WHERE m.places > 1 AND p.current`

// ofOutlet is the condition on articles a that one of their places has an outlet of this
// name, or a host of this name or below it. After a "=" only the outlet counts or, if no
// outlet has the name, exactly the host.
func ofOutlet(name string) (cond string, args []any) {
	name, exact := strings.CutPrefix(name, "=")
	host := strings.TrimPrefix(strings.ToLower(name), "www.")
	if strings.Contains(name, "://") {
		host = archive.Host(name)
	}
	const named = ` COLLATE NOCASE = ?`
	of := `(a.outlet IN (` + leap("outlet", "", aliasOf("names.name")+named) + `) OR ` + inPlace + aliasOf("p.outlet") + named + `))`
	args = []any{name, name}
	if exact {
		none := ` AND NOT EXISTS (SELECT 1 FROM articles a WHERE ` + of + `)`
		return of + ` OR a.outlet = ? AND a.host = a.outlet` + none + ` OR a.host = ? AND a.host <> a.outlet` + none,
			slices.Concat(args, []any{host}, args, []any{host}, args)
	}
	const below = `name = ? OR name LIKE ? ESCAPE '\'`
	hosts := []any{host, "%." + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(host)}
	return of + ` OR a.outlet IN (` + leap("outlet", "", below) + `) AND a.host = a.outlet OR a.host IN (` + leap("host", "host <> outlet AND ", below) + `) AND a.host <> a.outlet`,
		slices.Concat(args, hosts, hosts)
}

// leap reads the different values of a column of articles for which a condition holds. It
// reads them from an index, and leaps over the articles that have the same value; indexed
// is the condition of the index.
func leap(column, indexed, cond string) string {
	return `WITH RECURSIVE names (name) AS (SELECT min(` + column + `) FROM articles WHERE ` + indexed + `true
		UNION ALL SELECT (SELECT min(` + column + `) FROM articles WHERE ` + indexed + column + ` > name) FROM names WHERE name IS NOT NULL)
		SELECT name FROM names WHERE ` + cond
}

// ofKept is the condition on articles a that a kept field has a value in one of their
// places; * is any value.
func ofKept(field, value string) (cond string, args []any) {
	has := func(kept string) string {
		return `EXISTS (SELECT 1 FROM json_each(iif(json_valid(` + kept + `), ` + kept + `, '{}')) k WHERE k.key COLLATE NOCASE = ? AND (k.value COLLATE NOCASE = ? OR ? = '*'))`
	}
	args = []any{field, value, value}
	return `a.kept <> '' AND ` + has("a.kept") + ` OR ` + inPlace + `p.kept <> '' AND ` + has("p.kept") + `)`, append(args, args...)
}

// read reads the rows; if among has few, only those in it.
func (s source) read(ctx context.Context, from reader, among rowSet) (rowSet, error) {
	if s.table != ofTweets {
		s.cond = "(" + s.cond + ") AND " + from.seen
	}
	query, args := `SELECT `+s.id+` AS id FROM `+s.table+` WHERE (`+s.cond+`)`, s.args
	most := few
	if s.covered {
		most = fewCovered
	}
	if among != nil && among.count() <= most {
		query, args = query+` AND `+s.id+inList, append(slices.Clone(args), list(among.ids()))
	}
	return readSet(ctx, from, query, args...)
}

// counted is the part of the match that is counted: a condition on tweets t and one on
// embeds e, with the same arguments.
func (m *Match) counted(ctx context.Context) (tweets, embeds string, args []any, err error) {
	if m.set == nil && m.Part == m.N {
		return "1", m.query.seen(), nil, nil
	}
	if m.part == "" {
		var ids []int64
		if m.Part < m.N {
			ids, err = m.order(ctx, ByDateDesc, m.Part, 0)
		} else {
			ids = m.set.ids()
		}
		if err != nil {
			return "", "", nil, err
		}
		m.part = list(ids)
	}
	return "t.id" + inList, "e.tweet" + inList + " AND " + m.query.seen(), []any{m.part}, nil
}

// order lists rows of the match in an order that an index has.
func (m *Match) order(ctx context.Context, sort Sort, limit, offset int) ([]int64, error) {
	limit = min(limit, m.N-offset)
	if limit <= 0 {
		return nil, nil
	}
	// Read from the end that is nearer.
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

// lookup is how many rows of an index can be read while one row is looked up and sorted.
const lookup = 7

// list lists rows of the match in the order of an index. If the match has many rows, it
// reads the index until there are enough; if it has few, it looks them up and sorts them.
func (m *Match) list(ctx context.Context, by string, limit, offset int) ([]int64, error) {
	if m.set == nil {
		return readList(ctx, m.db.sql, `SELECT t.id AS id FROM tweets t ORDER BY `+by+` LIMIT ? OFFSET ?`, limit, offset)
	}
	// So many rows of the index are read if the match is spread evenly over it.
	if expected := (offset + limit) * (len(m.set) << 6) / max(1, m.N); expected < lookup*m.N {
		if ids, err := m.readIndex(ctx, by, limit, offset, expected+expected/8); ids != nil || err != nil {
			return ids, err
		}
	}
	return m.sort(ctx, by, limit, offset)
}

// sort looks all rows up and sorts them. Without a LIMIT SQLite might drop the order,
// because readRows puts the rows together.
func (m *Match) sort(ctx context.Context, by string, limit, offset int) ([]int64, error) {
	return readList(ctx, m.db.sql, `SELECT t.id AS id FROM tweets t WHERE t.id`+inList+` ORDER BY `+by+` LIMIT ? OFFSET ?`, list(m.set.ids()), limit, offset)
}

// sortAll sorts by what no index has.
func (m *Match) sortAll(ctx context.Context, by string, limit, offset int) ([]int64, error) {
	if m.set == nil {
		return readList(ctx, m.db.sql, `SELECT t.id AS id FROM tweets t ORDER BY `+by+` LIMIT ? OFFSET ?`, limit, offset)
	}
	return m.sort(ctx, by, limit, offset)
}

// readIndex reads the index step by step. The rows wanted may be far from its beginning;
// it gives up, with nil, when it would have been quicker to look all rows up.
func (m *Match) readIndex(ctx context.Context, by string, limit, offset, step int) (ids []int64, err error) {
	step = max(step, 100)
	for at := 0; at < lookup*m.N; at, step = at+step, 2*step {
		some, err := readList(ctx, m.db.sql, `SELECT t.id AS id FROM tweets t ORDER BY `+by+` LIMIT ? OFFSET ?`, step, at)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			if !m.set.has(id) {
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

// A rowSet is a set of rows of tweets, with a bit for each.
type rowSet []uint64

// maxRow is the greatest row in a set. Rows are numbered in the order in which tweets are
// added, so that a greater one means damage.
const maxRow = 1 << 30

func (r *rowSet) add(id int64) {
	if n := int(id>>6) + 1 - len(*r); n > 0 {
		*r = append(*r, make(rowSet, n)...)
	}
	(*r)[id>>6] |= 1 << (id & 63)
}

func (r rowSet) has(id int64) bool {
	return id >= 0 && id>>6 < int64(len(r)) && r[id>>6]&(1<<(id&63)) != 0
}

func (r rowSet) count() (n int) {
	for _, w := range r {
		n += bits.OnesCount64(w)
	}
	return n
}

func (r rowSet) ids() []int64 {
	all := make([]int64, 0, r.count())
	for i, w := range r {
		for ; w != 0; w &= w - 1 {
			all = append(all, int64(i<<6+bits.TrailingZeros64(w)))
		}
	}
	return all
}

func (r rowSet) and(s rowSet) rowSet {
	both := make(rowSet, min(len(r), len(s)))
	for i := range both {
		both[i] = r[i] & s[i]
	}
	return both
}

func (r rowSet) or(s rowSet) rowSet {
	if len(r) < len(s) {
		r, s = s, r
	}
	all := append(rowSet{}, r...)
	for i, w := range s {
		all[i] |= w
	}
	return all
}

func (r rowSet) without(s rowSet) rowSet {
	left := append(rowSet{}, r...)
	for i, w := range s[:min(len(r), len(s))] {
		left[i] &^= w
	}
	return left
}

// readSet reads the row ids that a query finds.
func readSet(ctx context.Context, from querier, query string, args ...any) (rowSet, error) {
	set := rowSet{}
	err := readRows(ctx, from, set.add, query, args...)
	return set, err
}

// readList reads the row ids that a query finds, in its order.
func readList(ctx context.Context, from querier, query string, args ...any) (ids []int64, err error) {
	err = readRows(ctx, from, func(id int64) { ids = append(ids, id) }, query, args...)
	return ids, err
}

// readRows calls put for the row ids that a query finds. SQLite joins them to one text,
// which takes a tenth of the time of as many rows.
func readRows(ctx context.Context, from querier, put func(int64), query string, args ...any) error {
	rows, err := from.QueryContext(ctx, `SELECT ifnull(group_concat(id, ' ') || ' ', '') FROM (`+query+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return err
		}
		for row := range bytes.SplitSeq(bytes.TrimRight(text, " "), []byte(" ")) {
			n := int64(0)
			for _, c := range row {
				if n = n*10 + int64(c-'0'); c < '0' || n > maxRow {
					return &Error{errorf("damaged: a tweet's row is %s", row), "run tweetarc verify, or merge the archive into a new one"}
				}
			}
			if len(row) > 0 {
				put(n)
			}
		}
	}
	return rows.Err()
}
