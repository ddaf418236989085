package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
)

// Revisits are a set, as places are. A revisit is saved whether or not the archive has what
// it revisits: that may be in another file, or come by a merge. Which revisits are places of
// an article follows only from the two sets, so that it does not matter what is added first:
// settle makes these places anew. Such a place is current if a place that it revisits is
// current: without that the page would not be known.

// originalOf is the number that a revisit and what it revisits have in common; 0 without
// payload.
func originalOf(payload, url string) int64 {
	if payload == "" {
		return 0
	}
	return cmp.Or(hash("payload", strings.ToLower(payload), addressOf(url)), 1)
}

// addRevisit adds a revisit, seen in the file of a place.
func (b *batch) addRevisit(r *revisit, at seen) error {
	original := originalOf(r.Payload, cmp.Or(r.Of, r.URL))
	if original == 0 {
		return nil
	}
	return b.joinRevisit(&seen{original: original, file: at.file, record: int64(r.Record), first: at.first, last: at.last, captured: r.Captured, said: said{url: r.URL}, warcID: r.RecordID})
}

// joinRevisit adds what is known about a revisit.
func (b *batch) joinRevisit(v *seen) error {
	changed := false
	err := b.query(func(*sql.Rows) error { changed = true; return nil }, `INSERT INTO revisits (original, file, record, first, last, moved, captured, url, warc_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last), moved = max(moved, excluded.moved),
			(captured, url, warc_id) = (SELECT c, u, w FROM (SELECT last AS l, captured AS c, url AS u, warc_id AS w UNION ALL SELECT excluded.last, excluded.captured, excluded.url, excluded.warc_id) ORDER BY l DESC, c, u, w LIMIT 1)
		WHERE excluded.first < first OR excluded.last >= last OR excluded.moved > moved RETURNING 1`,
		v.original, v.file, v.record, v.first, v.last, v.moved, v.captured, v.url, v.warcID)
	if err != nil || !changed {
		return err
	}
	b.changed = true
	return b.query(func(r *sql.Rows) error {
		var article int64
		err := r.Scan(&article)
		b.unsettled[article] = true
		return err
	}, `SELECT article FROM places WHERE original = ? AND original <> 0 AND NOT revisit`, v.original)
}

// revisitsOf reads the revisits of articles, into should.
func revisitsOf(ask asker, ids []int64, articles map[int64]*settled) error {
	err := ask(func(r *sql.Rows) error {
		var id int64
		var p standing
		p.revisit = true
		err := r.Scan(&id, &p.file, &p.record, &p.first, &p.last, &p.moved, &p.captured, &p.url, &p.warcID, &p.payload, &p.original, &p.name, &p.path, &p.key, &p.scope, &p.input, &p.complete)
		if a := articles[id]; a != nil {
			a.should = append(a.should, p)
		}
		return err
	}, `SELECT p.article, v.file, v.record, v.first, v.last, v.moved, v.captured, v.url, v.warc_id, min(p.payload), v.original, f.name, f.path, f.key, f.scope, i.id, i.complete
		FROM places p JOIN revisits v ON v.original = p.original JOIN files f ON f.id = v.file JOIN files i ON i.id = f.input
		WHERE p.article IN (SELECT value FROM json_each(?)) AND NOT p.revisit AND p.original <> 0 GROUP BY p.article, v.original, v.file, v.record`, list(ids))
	for _, a := range articles { // if a record was several revisits over time, the last counts
		slices.SortFunc(a.should, func(p, q standing) int {
			return cmp.Or(strings.Compare(p.name, q.name), strings.Compare(p.path, q.path), cmp.Compare(p.key, q.key), cmp.Compare(p.record, q.record), cmp.Compare(q.last, p.last), cmp.Compare(p.original, q.original))
		})
		a.should = slices.CompactFunc(a.should, func(p, q standing) bool { return p.file == q.file && p.record == q.record })
	}
	return err
}

// follow finds out which revisits are current, and counts them. It is called by first.
func (a *settled) follow() (current int) {
	for i := range a.should {
		v := &a.should[i]
		v.current = v.last >= v.complete && v.last >= v.moved && slices.ContainsFunc(a.all, func(p standing) bool { return p.current && p.original == v.original })
		if v.current {
			current++
		}
	}
	return current
}

// followed says whether the places that are revisits are as they should be.
func (a *settled) followed() bool {
	return slices.EqualFunc(a.revisits, a.should, func(p, q standing) bool { return p.seen == q.seen })
}
