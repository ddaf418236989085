package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/bits"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// A Digest is all of an archive but its words, held in memory by columns: of a
// million tweets some 60 MB, read in some seconds. What a page counts, sorts and
// leafs through is then a walk over a few arrays, where SQL would look up every
// tweet in three tables; only words are asked of the index, and only the rows
// that are shown are read. It tells of the moment at which it was made.
type Digest struct {
	db *DB
	// Of the archive.
	files, records, unreadable int
	// Of tweets, by row.
	tweets  rows     // those that are there
	withID  rows     // those whose status ID is known
	handles []string // sorted, without regard to case; 0 is no handle
	said    []told
	begins  []uint32    // where the tweets of a handle begin in tweeted
	tweeted []int32     // tweets, by handle
	days    []string    // sorted; "" is not known
	byDate  order       // the oldest first
	bySeen  order       // most often seen first
	length  [2][]uint16 // words, of each column of the index; at most 65,535
	// Of sightings: those of tweet i begin at at[i].
	in   []int32  // articles
	site []uint32 // their hosts
	form []uint8
	// Of articles, by row.
	hosts []string // sorted; 0 is none
	host  []uint32
	dates []string // 0 is not known
	date  []uint32 // by number of dates, which are in the order of time
	from  []uint32 // where its tweets begin in of
	of    []int32  // tweets, by article

	answers lists
	names   sync.Map  // of those who were counted most, by handle
	counts  sync.Pool // of articles
}

// told is what counting asks of a tweet, side by side: to go through memory is
// what takes the time.
type told struct {
	handle, day uint32 // by their numbers
	at          uint32 // where its sightings begin
	forms       uint32 // a bit for each that it has
}

// An articleCount counts articles. It is used again, for there may be as many articles
// as tweets, of which few are counted.
type articleCount struct {
	n    []uint32 // by row
	seen []int32  // those counted
}

func (t *articleCount) add(article int32) {
	if t.n[article]++; t.n[article] == 1 {
		t.seen = append(t.seen, article)
	}
}

func (d *Digest) newCount() *articleCount {
	if t, ok := d.counts.Get().(*articleCount); ok {
		return t
	}
	return &articleCount{n: make([]uint32, len(d.host))}
}

func (d *Digest) giveBack(t *articleCount) {
	for _, article := range t.seen {
		t.n[article] = 0
	}
	t.seen = t.seen[:0]
	d.counts.Put(t)
}

// lists are the index's answers of late, for whoever has looked for words looks
// at the next page, sorts in another way, or narrows.
type lists struct {
	mu   sync.Mutex
	all  map[string]found
	size int // bytes
}

// found is tweets: with some words, or in the order in which they answer a query.
type found struct {
	set rows
	n   int  // in the set
	all bool // the set has all of them; else those that came last
	ids []int32
}

func (f found) size() int { return 8*len(f.set) + 4*len(f.ids) }

// maxKept is how much of answers is kept, in bytes.
const maxKept = 16 << 20

func (l *lists) get(key string) (found, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.all[key]
	return f, ok
}

func (l *lists) keep(key string, f found) {
	if f.size() > maxKept/4 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size += f.size() - l.all[key].size(); l.all == nil || l.size > maxKept || len(l.all) > maxKept/4096 {
		l.all, l.size = map[string]found{}, f.size()
	}
	l.all[key] = f
}

// rows is a set of rows, a bit for each.
type rows []uint64

func newRows(n int) rows { return make(rows, (n+63)/64) }

func (r rows) has(i int32) bool { return r[i>>6]&(1<<(i&63)) != 0 }
func (r rows) add(i int32)      { r[i>>6] |= 1 << (i & 63) }

func (r rows) count() (n int) {
	for _, w := range r {
		n += bits.OnesCount64(w)
	}
	return n
}

// countWith is how many rows are in both sets.
func (r rows) countWith(other rows) (n int) {
	for i, w := range r {
		n += bits.OnesCount64(w & other[i])
	}
	return n
}

// last is the n rows of the set that come last, or all.
func (r rows) last(n int) rows {
	few := make(rows, len(r))
	for w := len(r) - 1; w >= 0 && n > 0; w-- {
		few[w] = r[w]
		for n -= bits.OnesCount64(r[w]); n < 0; n++ {
			few[w] &= few[w] - 1
		}
	}
	return few
}

// each calls f with the rows of the set, in their order.
func (r rows) each(f func(i int32)) {
	for at, w := range r {
		for ; w != 0; w &= w - 1 {
			f(int32(at<<6 + bits.TrailingZeros64(w)))
		}
	}
}

// An order is rows in an order, and the places of rows in it.
type order struct {
	rows []int32
	rank []uint32
}

func newOrder(rows []int32, n int) order {
	o := order{rows, make([]uint32, n)}
	for at, i := range rows {
		o.rank[i] = uint32(at)
	}
	return o
}

// maxDigest is how many rows a digest is made for: 6 GB.
const maxDigest = 128 << 20

// Digest reads the archive for it.
func (db *DB) Digest(ctx context.Context) (d *Digest, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	d = &Digest{db: db, handles: []string{""}, hosts: []string{""}, dates: []string{""}}
	var tweets, articles, embeds int
	err = tx.QueryRowContext(ctx, `SELECT (SELECT ifnull(max(id), 0) + 1 FROM tweets), (SELECT ifnull(max(id), 0) + 1 FROM articles), (SELECT ifnull(max(id), 0) FROM embeds)`).
		Scan(&tweets, &articles, &embeds)
	if err != nil {
		return nil, err
	}
	if max(tweets, articles, embeds) > maxDigest {
		return nil, &Error{errorf("%d tweets are too many to look at", tweets), "make archives of parts of the corpus"}
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(records), 0), ifnull(sum(errors), 0) FROM files`).Scan(&d.files, &d.records, &d.unreadable)
	if err != nil {
		return nil, err
	}
	// All of these read an index from its beginning to its end, and no table.
	d.tweets, d.withID, d.said, d.begins = newRows(tweets), newRows(tweets), make([]told, tweets+1), []uint32{0, 0}
	var id int32
	var s sql.RawBytes
	err = each(ctx, tx, `SELECT id, handle FROM tweets ORDER BY handle COLLATE NOCASE, posted_date`, []any{&id, &s}, func() {
		if len(s) == 0 {
			return
		}
		if last := d.handles[len(d.handles)-1]; noCase(last, string(s)) != 0 {
			d.handles = append(d.handles, string(s))
			d.begins = append(d.begins, uint32(len(d.tweeted)))
		}
		d.said[id].handle = uint32(len(d.handles) - 1)
		d.tweeted = append(d.tweeted, id)
		d.begins[len(d.begins)-1]++
	})
	if err != nil {
		return nil, err
	}
	inOrder := make([]int32, 0, tweets)
	err = each(ctx, tx, `SELECT id, posted_date FROM tweets ORDER BY posted_date, posted_at, key`, []any{&id, &s}, func() {
		if n := len(d.days); n == 0 || d.days[n-1] != string(s) {
			d.days = append(d.days, string(s))
		}
		d.said[id].day = uint32(len(d.days) - 1)
		inOrder = append(inOrder, id)
		d.tweets.add(id)
	})
	if err != nil {
		return nil, err
	}
	d.byDate = newOrder(inOrder, tweets)
	// A key with a / in it is of a tweet without an ID.
	inOrder = make([]int32, 0, len(inOrder))
	var with bool
	err = each(ctx, tx, `SELECT id, instr(key, '/') = 0 FROM tweets ORDER BY embeds DESC, key DESC`, []any{&id, &with}, func() {
		inOrder = append(inOrder, id)
		if with {
			d.withID.add(id)
		}
	})
	if err != nil {
		return nil, err
	}
	d.bySeen = newOrder(inOrder, tweets)
	if err := d.readLengths(ctx, tx); err != nil {
		return nil, err
	}

	d.host, d.date = make([]uint32, articles), make([]uint32, articles)
	var day sql.RawBytes
	numbers := map[string]uint32{"": 0} // of dates, as they come
	err = each(ctx, tx, `SELECT id, host, date FROM articles ORDER BY host, date`, []any{&id, &s, &day}, func() {
		if len(s) > 0 && d.hosts[len(d.hosts)-1] != string(s) {
			d.hosts = append(d.hosts, string(s))
		}
		if len(s) > 0 {
			d.host[id] = uint32(len(d.hosts) - 1)
		}
		n, ok := numbers[string(day)]
		if !ok {
			n = uint32(len(numbers))
			numbers[string(day)] = n
		}
		d.date[id] = n
	})
	if err != nil {
		return nil, err
	}
	d.dates = slices.Sorted(maps.Keys(numbers))
	sorted := make([]uint32, len(d.dates))
	for at, date := range d.dates {
		sorted[numbers[date]] = uint32(at)
	}
	for i, n := range d.date {
		d.date[i] = sorted[n]
	}

	d.in, d.site, d.form = make([]int32, 0, embeds), make([]uint32, 0, embeds), make([]uint8, 0, embeds)
	d.from = make([]uint32, articles+1)
	known := map[string]uint8{}
	for i, f := range Forms {
		known[string(f)] = uint8(i)
	}
	var article int32
	err = each(ctx, tx, `SELECT tweet, form, article FROM embeds ORDER BY tweet, variant, article, form`, []any{&id, &s, &article}, func() {
		if id < 0 || int(id) >= tweets || article < 0 || int(article) >= articles {
			return // damaged: verify tells
		}
		d.said[id+1].at++
		d.from[article+1]++
		form := known[string(s)]
		d.in, d.site, d.form = append(d.in, article), append(d.site, d.host[article]), append(d.form, form)
		d.said[id].forms |= 1 << form
	})
	if err != nil {
		return nil, err
	}
	for i := range d.said[1:] {
		d.said[i+1].at += d.said[i].at
	}
	for i := range d.from[1:] {
		d.from[i+1] += d.from[i]
	}
	d.of = make([]int32, len(d.in))
	next := slices.Clone(d.from)
	for tweet := range int32(tweets) {
		for _, article := range d.articlesOf(tweet) {
			d.of[next[article]] = tweet
			next[article]++
		}
	}
	return d, nil
}

// readLengths reads how long the tweets are: many at once, in one text, which is
// handed over ten times as fast as as many rows.
func (d *Digest) readLengths(ctx context.Context, tx *sql.Tx) error {
	const many = 1 << 17
	for i := range d.length {
		d.length[i] = make([]uint16, len(d.said))
	}
	for from := 0; from < len(d.said); from += many {
		var all sql.RawBytes
		err := each(ctx, tx, `SELECT group_concat(docid || ' ' || hex(size), ' ') FROM tweets_fts_docsize WHERE docid >= ? AND docid < ?`, []any{&all}, func() {
			for len(all) > 0 {
				var row, size []byte
				row, all, _ = bytes.Cut(all, []byte(" "))
				size, all, _ = bytes.Cut(all, []byte(" "))
				id, err := strconv.Atoi(string(row))
				if err != nil || id < 0 || id >= len(d.said) {
					continue // damaged: verify tells
				}
				n, _ := hex.Decode(size, size)
				words := numbers(size[:n])
				for i := range d.length {
					d.length[i][id] = uint16(min(words[i], math.MaxUint16))
				}
			}
		}, from, from+many)
		if err != nil {
			return err
		}
	}
	return nil
}

// noCase compares as the collation NOCASE does: without regard to the case of
// ASCII letters.
func noCase(a, b string) int {
	lower := func(c byte) byte {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}
	for i := range min(len(a), len(b)) {
		if d := cmp.Compare(lower(a[i]), lower(b[i])); d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}

// articlesOf are the articles of a tweet's sightings, one for each.
func (d *Digest) articlesOf(tweet int32) []int32 { return d.in[d.said[tweet].at:d.said[tweet+1].at] }

// each scans the rows of a query into the same places.
func each(ctx context.Context, q querier, query string, into []any, f func(), args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		f()
	}
	return rows.Err()
}

// Len is how many tweets there are.
func (d *Digest) Len() int { return len(d.byDate.rows) }

// Matches are the tweets that a query finds.
type Matches struct {
	// More tells that the query finds more: these are those that came to the
	// archive last.
	More bool

	set   rows
	n     int
	words int      // tweets with the words that the query is about; -1 is not known, or more than the bound
	index *index   // of these words, if it was opened for them
	days  []uint32 // how many there are on each, once they are counted
}

// Len is how many they are.
func (m *Matches) Len() int { return m.n }

// Find finds the tweets of a query. Of a query of words alone it takes the most
// that came last; 0 is all. One that asks for something else too is answered
// whole: that costs a walk over the arrays, and over what has the words.
func (d *Digest) Find(ctx context.Context, q *Query, most int) (m *Matches, err error) {
	defer func() { err = d.db.explain(err) }()
	m = &Matches{words: -1}
	if q == nil || q.root == nil {
		m.set = d.tweets
	} else if m.set, err = d.find(ctx, q.root, m, most); err != nil {
		return nil, err
	}
	m.n = m.set.count()
	return m, ctx.Err()
}

// find is the set of what a part of a query finds; m, of the whole query, else
// nil, is told of its words.
func (d *Digest) find(ctx context.Context, n *node, m *Matches, most int) (rows, error) {
	if c := compile(n); c.cond == "" {
		set, found, x, err := d.withWords(ctx, n, most)
		if err == nil && m != nil {
			m.words, m.More, m.index = found, found < 0, x
		}
		return set, err
	}
	switch n.op {
	case 0:
		switch {
		case n.find != nil:
			return n.find(d), nil
		case n.days != (days{}):
			return d.between(n.days.from, n.days.to), nil
		}
		sql, args := compile(n).sql()
		ids, err := d.list(ctx, `SELECT t.id AS id FROM tweets t WHERE `+sql, args...)
		return d.setOf(ids), err
	case '-':
		set, err := d.find(ctx, n.kids[0], nil, 0)
		if err != nil {
			return nil, err
		}
		all := slices.Clone(d.tweets)
		for i := range all {
			all[i] &^= set[i]
		}
		return all, nil
	case '|':
		all := d.none()
		for _, k := range n.kids {
			set, err := d.find(ctx, k, nil, 0)
			if err != nil {
				return nil, err
			}
			for i := range all {
				all[i] |= set[i]
			}
		}
		return all, nil
	}
	// Words at the end, and together, and none where nothing is left for them.
	all := slices.Clone(d.tweets)
	var words, not []*node
	var between days
	for _, k := range n.kids {
		switch {
		case k.days != (days{}):
			between.from = max(between.from, k.days.from)
			if to := k.days.to; to != "" && (between.to == "" || to < between.to) {
				between.to = to
			}
			continue
		case compile(k).cond == "":
			words = append(words, k)
			continue
		case k.op == '-' && compile(k.kids[0]).cond == "":
			not = append(not, k)
			continue
		}
		set, err := d.find(ctx, k, nil, 0)
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i] &= set[i]
		}
	}
	if between != (days{}) {
		for w, bits := range d.between(between.from, between.to) {
			all[w] &= bits
		}
	}
	if len(words) > 0 {
		words, not = []*node{join('&', slices.Concat(words, not))}, nil
	}
	for _, k := range append(words, not...) {
		if all.count() == 0 {
			break
		}
		of := m
		if k.op == '-' {
			of = nil
		}
		set, err := d.find(ctx, k, of, 0)
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i] &= set[i]
		}
	}
	return all, nil
}

func (d *Digest) none() rows { return make(rows, len(d.tweets)) }

// withWords are the tweets that a part of a query finds that is words alone, and
// how many, -1 where they are more than most: then it is so many, those that came
// last. x is the index, where it was asked.
func (d *Digest) withWords(ctx context.Context, words *node, most int) (set rows, n int, x *index, err error) {
	key := compile(words).match
	f, ok := d.answers.get(key)
	if !ok || !f.all && (most <= 0 || most > f.n) {
		if x, err = d.index(ctx, words.leaves(true)); err != nil {
			return nil, 0, nil, err
		}
		f = d.findWords(x, words, most)
		d.answers.keep(key, f)
	}
	if most > 0 && (f.n > most || !f.all) {
		return f.set.last(most), -1, x, nil
	}
	return f.set, f.n, x, nil
}

// findWords looks among the tweets that came last first, if most are wanted.
func (d *Digest) findWords(x *index, words *node, most int) (f found) {
	end := len(d.tweets) << 6
	for part := end / 16; ; part *= 1 + most*5/4/max(1, f.n) {
		floor := max(0, end-part)
		if most <= 0 {
			floor = 0
		}
		f.set = x.find(words, int64(floor))
		for i := range f.set {
			f.set[i] &= d.tweets[i]
		}
		if f.n, f.all = f.set.count(), floor == 0; f.all || f.n > most {
			return f
		}
	}
}

// index opens the index for the words of nodes, as it is at one moment.
func (d *Digest) index(ctx context.Context, nodes []*node) (*index, error) {
	tx, err := d.db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	return openIndex(ctx, tx, nodes, len(d.tweets)<<6)
}

// list reads the rows that a query finds, as far as they are known.
func (d *Digest) list(ctx context.Context, query string, args ...any) (ids []int32, err error) {
	// One long text is handed over ten times as fast as as many rows.
	var text sql.RawBytes
	rows, err := d.db.sql.QueryContext(ctx, `SELECT ifnull(group_concat(id, ' ') || ' ', '') FROM (`+query+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		ids = make([]int32, 0, bytes.Count(text, []byte(" ")))
		n := int64(0)
		for _, c := range text {
			if c != ' ' {
				n = n*10 + int64(c-'0')
				continue
			}
			if n>>6 < int64(len(d.tweets)) && d.tweets.has(int32(n)) {
				ids = append(ids, int32(n))
			}
			n = 0
		}
	}
	return ids, rows.Err()
}

func (d *Digest) setOf(ids []int32) rows {
	set := d.none()
	for _, i := range ids {
		set.add(i)
	}
	return set
}

// What operators of queries find.

func (d *Digest) fromHandle(handle string) rows {
	h, ok := d.handleOf(handle)
	if !ok {
		return d.none()
	}
	return d.setOf(d.tweeted[d.begins[h]:d.begins[h+1]])
}

// handleOf is the number of a handle.
func (d *Digest) handleOf(handle string) (uint32, bool) {
	i, ok := slices.BinarySearchFunc(d.handles, handle, noCase)
	return uint32(i), ok && i > 0
}

// between are the tweets posted on the days from one to before the other, "" for
// no end.
func (d *Digest) between(from, to string) rows {
	first, _ := slices.BinarySearch(d.days, from)
	end := len(d.days)
	if to != "" {
		end, _ = slices.BinarySearch(d.days, to)
	}
	of := d.byDate.rows
	begins := func(day int) int {
		return sort.Search(len(of), func(i int) bool { return int(d.said[of[i]].day) >= day })
	}
	a, b := begins(first), begins(max(first, end))
	if b-a < len(of)/2 {
		return d.setOf(of[a:b])
	}
	set := slices.Clone(d.tweets)
	for _, others := range [][]int32{of[:a], of[b:]} {
		for _, i := range others {
			set[i>>6] &^= 1 << (i & 63)
		}
	}
	return set
}

func (d *Digest) onHost(host string) rows {
	wanted := make([]bool, len(d.hosts))
	for i, h := range d.hosts {
		wanted[i] = h == host || strings.HasSuffix(h, "."+host)
	}
	set := d.none()
	for article, h := range d.host {
		if wanted[h] {
			for _, tweet := range d.of[d.from[article]:d.from[article+1]] {
				set.add(tweet)
			}
		}
	}
	return set
}

func (d *Digest) inForm(form int) rows {
	set := d.none()
	for i, t := range d.said[:len(d.said)-1] {
		set[i>>6] |= uint64(t.forms>>form&1) << (i & 63)
	}
	return set
}

func (d *Digest) seen(n int) rows {
	set := d.none()
	for _, i := range d.bySeen.rows {
		if len(d.articlesOf(i)) < n {
			break
		}
		set.add(i)
	}
	return set
}

// Search is DB.Search among what Find has found.
func (d *Digest) Search(ctx context.Context, q *Query, m *Matches, page Page) (hits []Hit, err error) {
	defer func() { err = d.db.explain(err) }()
	ids, err := d.page(ctx, q, m, page)
	if err != nil {
		return nil, err
	}
	return d.db.hits(ctx, q, ids)
}

func (d *Digest) page(ctx context.Context, q *Query, m *Matches, page Page) ([]int64, error) {
	limit := page.Limit
	if limit <= 0 {
		limit = math.MaxInt32
	}
	if page.Sort == "" || page.Sort == ByRelevance {
		if m.Ranked(q) {
			return d.ranked(ctx, q, m, limit, page.Offset)
		}
		page.Sort = ByDateDesc
	}
	var by order
	backward := false
	switch page.Sort {
	case ByDate:
		by = d.byDate
	case ByDateDesc:
		by, backward = d.byDate, true
	case BySightings:
		by = d.bySeen
	default:
		return nil, &Error{errorf("no order %q", page.Sort), "relevance, date, -date or sightings"}
	}
	from, to := page.Offset, min(m.n, page.Offset+limit)
	if from >= to {
		return nil, nil
	}
	if backward {
		from, to = m.n-to, m.n-from
	}
	ids := make([]int64, 0, to-from)
	switch {
	case m.n == len(by.rows):
		for _, i := range by.rows[from:to] {
			ids = append(ids, int64(i))
		}
	case m.n < len(by.rows)/32: // put into their places
		places := newRows(len(by.rows))
		m.set.each(func(i int32) { places.add(int32(by.rank[i])) })
		skip := from
		for w, left := range places {
			if n := bits.OnesCount64(left); n <= skip {
				skip -= n
				continue
			}
			for ; left != 0 && len(ids) < to-from; left &= left - 1 {
				if skip--; skip < 0 {
					ids = append(ids, int64(by.rows[w<<6+bits.TrailingZeros64(left)]))
				}
			}
			skip = max(0, skip)
		}
	default:
		// From the end that is nearer.
		at, step, skip := 0, 1, from
		if m.n-to < from {
			at, step, skip = len(by.rows)-1, -1, m.n-to
		}
		for ; len(ids) < to-from; at += step {
			if i := by.rows[at]; m.set.has(i) {
				if skip--; skip < 0 {
					ids = append(ids, int64(i))
				}
			}
		}
		if step < 0 {
			slices.Reverse(ids)
		}
	}
	if backward {
		slices.Reverse(ids)
	}
	return ids, nil
}

// rankedAtOnce is how many tweets are ranked while somebody waits: some
// milliseconds.
const rankedAtOnce = 2000

// Ranked tells whether Search can order the matches of the query by relevance:
// it has words, and they are not in so many tweets that they tell nothing.
func (m *Matches) Ranked(q *Query) bool { return q.Ranked() && 0 <= m.words && m.words <= rankedAtOnce }

// ranked are the best matches; of two that are as good the later one.
func (d *Digest) ranked(ctx context.Context, q *Query, m *Matches, limit, offset int) (ids []int64, err error) {
	key := fmt.Sprint("\x00", q.match, q.cond, q.args) // which no words have
	best, ok := d.answers.get(key)
	if !ok {
		if best.ids, err = d.best(ctx, q, m); err != nil {
			return nil, err
		}
		d.answers.keep(key, best)
	}
	from := min(offset, len(best.ids))
	for _, i := range best.ids[from:min(len(best.ids), from+limit)] {
		ids = append(ids, int64(i))
	}
	return ids, nil
}

// scored is a tweet, and how good an answer it is.
type scored struct {
	id    int32
	score float64
}

// best are the matches, the best first.
func (d *Digest) best(ctx context.Context, q *Query, m *Matches) (ids []int32, err error) {
	words := q.root.leaves(false)
	x := m.index
	if x == nil || slices.ContainsFunc(words, func(n *node) bool { return x.phrases[n] == nil }) {
		if x, err = d.index(ctx, words); err != nil {
			return nil, err
		}
	}
	ids, scores := x.ranks(words, m.set, d.length)
	all := make([]scored, len(ids))
	for i, id := range ids {
		all[i] = scored{id, scores[i]}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(-cmp.Compare(a.score, b.score), -cmp.Compare(d.byDate.rank[a.id], d.byDate.rank[b.id]))
	})
	for i, s := range all {
		ids[i] = s.id
	}
	return ids, nil
}

// Facets counts as DB.Facets does.
func (d *Digest) Facets(ctx context.Context, m *Matches, top int) (f Facets, err error) {
	handles, days, hosts, forms := make([]uint32, len(d.handles)), make([]uint32, len(d.days)), make([]uint32, len(d.hosts)), make([]uint32, len(Forms))
	m.set.each(func(i int32) {
		t := &d.said[i]
		handles[t.handle]++
		days[t.day]++
		for left := t.forms; left != 0; left &= left - 1 {
			forms[bits.TrailingZeros32(left)]++
		}
		sites := d.site[t.at:d.said[i+1].at]
		for n, host := range sites {
			if !slices.Contains(sites[:n], host) {
				hosts[host]++
			}
		}
	})
	m.days = days
	f.WithID = d.withID.countWith(m.set)
	f.WithoutID = m.n - f.WithID
	f.Years = d.perUnit(days, len("2006"))
	f.Hosts = topOf(hosts[1:], top, func(i int) string { return d.hosts[i+1] })
	f.Forms = topOf(forms, top, func(i int) string { return string(Forms[i]) })
	f.Authors, err = d.topAuthors(ctx, handles, top)
	return f, err
}

// perUnit adds up what was counted by days.
func (d *Digest) perUnit(days []uint32, length int) (all []Count) {
	for i, n := range days {
		if n == 0 || d.days[i] == "" {
			continue
		}
		name := d.days[i][:min(length, len(d.days[i]))]
		if last := len(all) - 1; last >= 0 && all[last].Name == name {
			all[last].N += int(n)
			continue
		}
		all = append(all, Count{Name: name, N: int(n)})
	}
	return all
}

// Histogram counts as DB.Histogram does.
func (d *Digest) Histogram(m *Matches, by Unit) ([]Count, error) {
	length, ok := units[by]
	if !ok {
		return nil, &Error{errorf("no unit %q", by), "year, month or day"}
	}
	if m.days == nil {
		m.days = make([]uint32, len(d.days))
		m.set.each(func(i int32) { m.days[d.said[i].day]++ })
	}
	return d.perUnit(m.days, length), nil
}

func (d *Digest) topAuthors(ctx context.Context, handles []uint32, top int) ([]Count, error) {
	all := topOf(handles[1:], top, func(i int) string { return d.handles[i+1] })
	for i := range all {
		var err error
		name, ok := d.names.Load(all[i].Name)
		if !ok {
			if name, err = d.db.nameOf(ctx, all[i].Name); err != nil {
				return nil, err
			}
			d.names.Store(all[i].Name, name)
		}
		all[i].Label = name.(string)
	}
	return all, nil
}

// Stats counts as DB.Stats does.
func (d *Digest) Stats(ctx context.Context, m *Matches, top int) (s Stats, err error) {
	defer func() { err = d.db.explain(err) }()
	s = Stats{Files: d.files, Records: d.records, Unreadable: d.unreadable, Tweets: m.n}
	handles, hosts, forms := make([]uint32, len(d.handles)), make([]uint32, len(d.hosts)), make([]uint32, len(Forms))
	articles := d.newCount()
	defer d.giveBack(articles)
	m.days = make([]uint32, len(d.days))
	m.set.each(func(i int32) {
		handles[d.said[i].handle]++
		m.days[d.said[i].day]++
		for at := d.said[i].at; at < d.said[i+1].at; at++ {
			s.Embeds++
			articles.add(d.in[at])
			hosts[d.site[at]]++
			forms[d.form[at]]++
		}
	})
	for day, n := range m.days {
		if n > 0 && d.days[day] != "" {
			if s.First == "" {
				s.First = d.days[day]
			}
			s.Last = d.days[day]
		}
	}
	s.WithID, s.Articles = d.withID.countWith(m.set), len(articles.seen)
	for _, n := range handles {
		if n > 0 {
			s.Authors++
		}
	}
	if s.TopAuthors, err = d.topAuthors(ctx, handles, top); err != nil {
		return s, err
	}
	s.TopHosts = topOf(hosts, top, func(i int) string { return d.hosts[i] })
	s.Forms = topOf(forms, top, func(i int) string { return string(Forms[i]) })
	most, err := d.page(ctx, nil, m, Page{Sort: BySightings, Limit: top})
	if err != nil {
		return s, err
	}
	s.TopTweets, err = counts(ctx, d.db.sql, `SELECT t.key, t.text, t.embeds AS n FROM tweets t WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY n DESC, t.key DESC`, list(most))
	if err != nil {
		return s, err
	}
	refs, err := d.articleRefs(ctx, greatest(articles.n, slices.Values(articles.seen), top, cmp.Compare))
	for _, a := range refs {
		a.Embeds = int(articles.n[a.row])
		c := Count{Name: a.URL, Label: a.Title, N: a.Embeds}
		if c.Name == "" {
			c.Name = a.Origin.String()
		}
		s.TopArticles = append(s.TopArticles, c)
	}
	return s, err
}

// Author describes a user as DB.Author does, but by tweets, where that goes by
// what each sighting says, and the handle as first printed. It finds the tweets.
func (d *Digest) Author(ctx context.Context, handle string, top int) (a *Author, m *Matches, err error) {
	defer func() { err = d.db.explain(err) }()
	handle = strings.TrimPrefix(handle, "@")
	number, ok := d.handleOf(handle)
	if !ok {
		return nil, nil, &Error{notFound{errorf("no tweets of @%s", handle)}, "search for from:" + handle + " finds none either"}
	}
	m = &Matches{set: d.fromHandle(handle)}
	m.n = m.set.count()
	a = &Author{Handle: d.handles[number], Tweets: m.n}
	if a.Years, err = d.Histogram(m, ByYear); err != nil {
		return nil, nil, err
	}
	first, last := len(d.days), 0
	seen := d.newCount()
	defer d.giveBack(seen)
	m.set.each(func(i int32) {
		if day := int(d.said[i].day); d.days[day] != "" {
			first, last = min(first, day), max(last, day)
		}
		if d.withID.has(i) {
			a.WithID++
		}
		for _, article := range d.articlesOf(i) {
			a.Embeds++
			seen.add(article)
		}
	})
	if first < len(d.days) {
		a.First, a.Last = d.days[first], d.days[last]
	}
	a.Articles = len(seen.seen)
	hosts, with := make([]uint32, len(d.hosts)), make([]uint32, len(d.handles))
	oldest, newest := uint32(len(d.dates)), uint32(0)
	var once []uint32
	for _, article := range seen.seen {
		hosts[d.host[article]]++
		if date := d.date[article]; date > 0 {
			oldest, newest = min(oldest, date), max(newest, date)
		}
		once = once[:0]
		for _, tweet := range d.of[d.from[article]:d.from[article+1]] {
			if h := d.said[tweet].handle; h != number && !slices.Contains(once, h) {
				once = append(once, h)
				with[h]++
			}
		}
	}
	if newest > 0 {
		a.FirstSeen, a.LastSeen = d.dates[oldest], d.dates[newest]
	}
	a.Hosts = topOf(hosts[1:], top, func(i int) string { return d.hosts[i+1] })
	if a.With, err = d.topAuthors(ctx, with, top); err != nil {
		return nil, nil, err
	}
	mentions, _, _, err := d.withWords(ctx, mentionOf(handle).node(), 0)
	if err != nil {
		return nil, nil, err
	}
	by := make([]uint32, len(d.handles))
	mentions.each(func(i int32) { by[d.said[i].handle]++ })
	by[number] = 0
	if a.Mentions, err = d.topAuthors(ctx, by, top); err != nil {
		return nil, nil, err
	}
	a.Names, err = counts(ctx, d.db.sql, `SELECT author, '', count(*) AS n FROM tweets WHERE handle = ? COLLATE NOCASE AND author <> '' GROUP BY author ORDER BY n DESC, author LIMIT ?`, handle, top)
	return a, m, err
}

// ArticlesOf lists the articles in which the tweets are embedded, the latest
// first; limit 0 is all.
func (d *Digest) ArticlesOf(ctx context.Context, m *Matches, limit, offset int) (articles []ArticleRef, err error) {
	defer func() { err = d.db.explain(err) }()
	seen := d.newCount()
	defer d.giveBack(seen)
	m.set.each(func(i int32) {
		for _, article := range d.articlesOf(i) {
			seen.add(article)
		}
	})
	all := slices.SortedFunc(slices.Values(seen.seen), func(a, b int32) int {
		return cmp.Or(-cmp.Compare(d.date[a], d.date[b]), cmp.Compare(a, b))
	})
	if limit <= 0 {
		limit = len(all)
	}
	page := make([]int, 0, limit)
	for _, article := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		page = append(page, int(article))
	}
	refs, err := d.articleRefs(ctx, page)
	for _, a := range refs {
		a.Embeds = int(seen.n[a.row])
		articles = append(articles, a.ArticleRef)
	}
	return articles, err
}

// articleRow is an article with its row.
type articleRow struct {
	ArticleRef
	row int
}

// articleRefs reads articles, in the order of the rows.
func (d *Digest) articleRefs(ctx context.Context, ids []int) ([]articleRow, error) {
	rows, err := d.db.sql.QueryContext(ctx, `SELECT a.id, f.path, a.record, a.url, a.title, a.date FROM articles a JOIN files f ON f.id = a.file
		WHERE a.id IN (SELECT value FROM json_each(?))`, list(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	at := make(map[int]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	all := make([]articleRow, len(ids))
	for rows.Next() {
		var a articleRow
		if err := rows.Scan(&a.row, &a.File, &a.Record, &a.URL, &a.Title, &a.Date); err != nil {
			return nil, err
		}
		all[at[a.row]] = a
	}
	// What was taken away meanwhile is not there.
	return slices.DeleteFunc(all, func(a articleRow) bool { return a.row == 0 }), rows.Err()
}

// greatest are the places of the greatest numbers, but not of zeros, sorted by
// number and then as tie says.
func greatest(numbers []uint32, among iter.Seq[int32], top int, tie func(a, b int) int) []int {
	var best []int
	for i := range among {
		i, n := int(i), numbers[i]
		if n == 0 || len(best) == top && (top == 0 || n < numbers[best[top-1]]) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, i, func(a, b int) int {
			return cmp.Or(-cmp.Compare(numbers[a], numbers[b]), tie(a, b))
		})
		if best = slices.Insert(best, at, i); len(best) > top {
			best = best[:top]
		}
	}
	return best
}

// topOf are the greatest numbers with their names, sorted by number, then by
// name in lower case.
func topOf(numbers []uint32, top int, name func(i int) string) []Count {
	var all []Count
	for _, i := range greatest(numbers, func(yield func(int32) bool) {
		for i := range numbers {
			if !yield(int32(i)) {
				return
			}
		}
	}, top, func(a, b int) int { return cmp.Compare(strings.ToLower(name(a)), strings.ToLower(name(b))) }) {
		all = append(all, Count{Name: name(i), N: int(numbers[i])})
	}
	return all
}

// nameOf is the display name of a user's latest tweet that has one.
func (db *DB) nameOf(ctx context.Context, handle string) (name string, err error) {
	latest, err := db.prepared(ctx, `SELECT author FROM tweets WHERE handle = ? COLLATE NOCASE AND author <> '' ORDER BY posted_date DESC, author LIMIT 1`)
	if err != nil {
		return "", db.explain(err)
	}
	rows, err := latest.QueryContext(ctx, handle)
	if err != nil {
		return "", db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&name); err != nil {
			return "", db.explain(err)
		}
	}
	return name, db.explain(rows.Err())
}
