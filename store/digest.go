package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"tweetarc/archive"
)

// A Digest is what facets and timelines count, held in memory: of a million
// tweets some 30 MB, read in about two seconds. Counting a query's tweets then
// takes as long as finding them, where SQL would look up each one in three
// tables. It tells of the moment at which it was made.
type Digest struct {
	db      *DB
	handles []string // by number; 0 is no handle
	hosts   []string // by number; 0 is no host
	// Of the tweet in row i:
	handle []uint32
	day    []uint16   // days since the first tweet, from 1; 0 is not known
	forms  []uint16   // a bit for each of Forms, and hasID; 0 is no tweet
	host   []uint32   // the first host
	more   [][2]int32 // further hosts: tweet and host, in order of tweets
	odd    []oddDay   // days that no tweet was posted on, in order of tweets
	tweets int
}

type oddDay struct {
	tweet int32
	day   string
}

const hasID = 1 << 15

// maxDigest is how many rows a digest is made for: 2 GB.
const maxDigest = 64 << 20

var firstDay = func() time.Time {
	t, err := time.Parse(time.DateOnly, archive.FirstDay)
	if err != nil {
		panic(err)
	}
	return t
}()

// Digest reads the archive for it.
func (db *DB) Digest(ctx context.Context) (d *Digest, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var last int
	if err := tx.QueryRowContext(ctx, `SELECT ifnull(max(id), 0) FROM tweets`).Scan(&last); err != nil {
		return nil, err
	}
	if last > maxDigest {
		return nil, &Error{errorf("%d tweets are too many to count at once", last), "narrow the search"}
	}
	n := last + 1
	d = &Digest{db: db, handles: []string{""}, hosts: []string{""}, handle: make([]uint32, n), day: make([]uint16, n), forms: make([]uint16, n), host: make([]uint32, n)}
	// All of these read an index from its beginning to its end, and no table.
	var id int32
	var s sql.RawBytes
	err = each(ctx, tx, `SELECT id, handle FROM tweets ORDER BY handle COLLATE NOCASE, posted_date`, []any{&id, &s}, func() {
		if len(s) == 0 {
			return
		}
		if h := d.handles[len(d.handles)-1]; !strings.EqualFold(h, string(s)) {
			d.handles = append(d.handles, string(s))
		}
		d.handle[id] = uint32(len(d.handles) - 1)
	})
	if err != nil {
		return nil, err
	}
	var known uint16
	var day string
	err = each(ctx, tx, `SELECT id, posted_date FROM tweets WHERE posted_date <> '' ORDER BY posted_date, posted_at, key`, []any{&id, &s}, func() {
		if string(s) != day {
			day = string(s)
			known = 0
			if t, err := time.Parse(time.DateOnly, day); err == nil {
				if n := int(t.Sub(firstDay) / (24 * time.Hour)); 0 <= n && n < 1<<15 {
					known = uint16(n + 1)
				}
			}
		}
		if d.day[id] = known; known == 0 {
			d.odd = append(d.odd, oddDay{id, day})
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(d.odd, func(a, b oddDay) int { return cmp.Compare(a.tweet, b.tweet) })
	// A key with a / in it is of a tweet without an ID.
	var with bool
	err = each(ctx, tx, `SELECT id, instr(key, '/') = 0 FROM tweets ORDER BY key`, []any{&id, &with}, func() {
		if with {
			d.forms[id] |= hasID
		}
		d.tweets++
	})
	if err != nil {
		return nil, err
	}
	hostOf := []uint32{} // by the row of the article
	err = each(ctx, tx, `SELECT id, host FROM articles WHERE host <> '' ORDER BY host`, []any{&id, &s}, func() {
		if d.hosts[len(d.hosts)-1] != string(s) {
			d.hosts = append(d.hosts, string(s))
		}
		if grow := int(id) + 1 - len(hostOf); grow > 0 {
			hostOf = append(hostOf, make([]uint32, grow)...)
		}
		hostOf[id] = uint32(len(d.hosts) - 1)
	})
	if err != nil {
		return nil, err
	}
	var article int32
	bits := map[string]uint16{}
	for i, f := range Forms {
		bits[string(f)] = 1 << i
	}
	at, begin := int32(0), 0 // the tweet before, and where its further hosts begin
	err = each(ctx, tx, `SELECT tweet, form, article FROM embeds ORDER BY tweet, variant, article, form`, []any{&id, &s, &article}, func() {
		if int(id) >= n || id < 0 {
			return // damaged: verify tells
		}
		d.forms[id] |= bits[string(s)]
		if id != at {
			at, begin = id, len(d.more)
		}
		host := uint32(0)
		if int(article) < len(hostOf) && article >= 0 {
			host = hostOf[article]
		}
		switch first := d.host[id]; {
		case host == 0 || host == first:
		case first == 0:
			d.host[id] = host
		case !slices.Contains(d.more[begin:], [2]int32{id, int32(host)}):
			d.more = append(d.more, [2]int32{id, int32(host)})
		}
	})
	return d, err
}

// each scans the rows of a query into the same places.
func each(ctx context.Context, q querier, query string, into []any, f func()) error {
	rows, err := q.QueryContext(ctx, query)
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

// Matches are the tweets that a query finds, in no order.
type Matches struct {
	all bool
	ids []int32
}

// Len is how many they are, but of all tweets, which only Digest.Facets tells.
func (m *Matches) Len() int { return len(m.ids) }

// Matches finds the tweets of a query, to be counted.
func (db *DB) Matches(ctx context.Context, q *Query) (*Matches, error) {
	if q == nil || q.match == "" && q.cond == "" {
		return &Matches{all: true}, nil
	}
	find, args := `SELECT docid AS id FROM tweets_fts WHERE tweets_fts MATCH ?`, []any{q.match}
	if q.match == "" || q.cond != "" {
		var where string
		where, args = q.where()
		find = `SELECT t.id AS id FROM tweets t WHERE ` + where
	}
	// One long text is handed over ten times as fast as as many rows.
	var list sql.RawBytes
	rows, err := db.sql.QueryContext(ctx, `SELECT ifnull(group_concat(id, ' '), '') FROM (`+find+`)`, args...)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	m := &Matches{}
	for rows.Next() {
		if err := rows.Scan(&list); err != nil {
			return nil, db.explain(err)
		}
		m.ids = make([]int32, 0, len(list)/6)
		n, digits := int32(0), false
		for _, c := range list {
			if c == ' ' {
				m.ids = append(m.ids, n)
				n = 0
				continue
			}
			n, digits = n*10+int32(c-'0'), true
		}
		if digits {
			m.ids = append(m.ids, n)
		}
	}
	return m, db.explain(rows.Err())
}

// each calls f with every row of the matches that the digest knows.
func (m *Matches) each(d *Digest, f func(id int32)) {
	if m.all {
		for id, forms := range d.forms {
			if forms != 0 {
				f(int32(id))
			}
		}
		return
	}
	for _, id := range m.ids {
		if int(id) < len(d.forms) && d.forms[id] != 0 {
			f(id)
		}
	}
}

// Facets counts as DB.Facets does.
func (d *Digest) Facets(ctx context.Context, m *Matches, top int) (f Facets, err error) {
	handles, hosts, forms := make([]int, len(d.handles)), make([]int, len(d.hosts)), make([]int, len(Forms))
	years := map[string]int{}
	days := make([]int, 1<<15+1)
	m.each(d, func(id int32) {
		handles[d.handle[id]]++
		days[d.day[id]]++
		bits := d.forms[id]
		if bits&hasID != 0 {
			f.WithID++
		} else {
			f.WithoutID++
		}
		for i := range forms {
			forms[i] += int(bits >> i & 1)
		}
		hosts[d.host[id]]++
	})
	d.further(m, func(host int32) { hosts[host]++ }, func(day string) {
		if len(day) >= 4 {
			years[day[:4]]++
		}
	})
	if err := ctx.Err(); err != nil {
		return f, err
	}
	for i, n := range days[1:] {
		if n > 0 {
			years[strconv.Itoa(firstDay.AddDate(0, 0, i).Year())] += n
		}
	}
	for year, n := range years {
		f.Years = append(f.Years, Count{Name: year, N: n})
	}
	slices.SortFunc(f.Years, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
	f.Authors = topOf(handles[1:], top, func(i int) string { return d.handles[i+1] })
	f.Hosts = topOf(hosts[1:], top, func(i int) string { return d.hosts[i+1] })
	f.Forms = topOf(forms, top, func(i int) string { return string(Forms[i]) })
	for i := range f.Authors {
		if f.Authors[i].Label, err = d.db.nameOf(ctx, f.Authors[i].Name); err != nil {
			return f, err
		}
	}
	return f, nil
}

// further hands on what a few tweets have beside what all have: more hosts, odd
// days.
func (d *Digest) further(m *Matches, host func(int32), day func(string)) {
	in := func(int32) bool { return true }
	if !m.all {
		if len(d.more) == 0 && len(d.odd) == 0 {
			return
		}
		set := make([]uint64, (len(d.forms)+63)/64)
		for _, id := range m.ids {
			if int(id) < len(d.forms) {
				set[id/64] |= 1 << (id % 64)
			}
		}
		in = func(id int32) bool { return set[id/64]&(1<<(id%64)) != 0 }
	}
	for _, x := range d.more {
		if in(x[0]) {
			host(x[1])
		}
	}
	for _, x := range d.odd {
		if in(x.tweet) {
			day(x.day)
		}
	}
}

// topOf are the greatest of some numbers with their names, sorted by number,
// then by name in lower case.
func topOf(numbers []int, top int, name func(int) string) []Count {
	var best []Count
	for i, n := range numbers {
		if n == 0 || len(best) == top && (top == 0 || n < best[top-1].N) {
			continue
		}
		c := Count{Name: name(i), N: n}
		at, _ := slices.BinarySearchFunc(best, c, func(a, b Count) int {
			return cmp.Or(-cmp.Compare(a.N, b.N), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
		})
		if best = slices.Insert(best, at, c); len(best) > top {
			best = best[:top]
		}
	}
	return best
}

// nameOf is the display name of a user's latest tweet that has one.
func (db *DB) nameOf(ctx context.Context, handle string) (name string, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT author FROM tweets WHERE handle = ? COLLATE NOCASE AND author <> '' ORDER BY posted_date DESC, key LIMIT 1`, handle)
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

// Histogram counts as DB.Histogram does.
func (d *Digest) Histogram(m *Matches, by Unit) ([]Count, error) {
	length, ok := units[by]
	if !ok {
		return nil, &Error{errorf("no unit %q", by), "year, month or day"}
	}
	days := make([]int, 1<<15+1)
	m.each(d, func(id int32) { days[d.day[id]]++ })
	counts := map[string]int{}
	d.further(m, func(int32) {}, func(day string) { counts[day[:min(length, len(day))]]++ })
	for i, n := range days[1:] {
		if n > 0 {
			counts[firstDay.AddDate(0, 0, i).Format(time.DateOnly)[:length]] += n
		}
	}
	all := make([]Count, 0, len(counts))
	for name, n := range counts {
		all = append(all, Count{Name: name, N: n})
	}
	slices.SortFunc(all, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}
