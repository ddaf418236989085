package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"tweetarc/archive"
)

// batch is one transaction of a Writer.
type batch struct {
	*Writer
	article, embed, tweet int64 // the last row ids given

	added   []*added
	dirty   map[int64]bool  // blocks that have lost sightings
	touched map[int64]bool  // tweets whose rows must be made anew
	media   map[string]bool // codes of the sightings that were lost
	moved   []move
	first   int64 // the last tweet that was there before
	lookups bool  // there are some
}

// added is a sighting that is about to get its row.
type added struct {
	*Sighting
	v            *variant // what it is one of
	own          bool     // the first one
	row, article int64
	in           *archive.Article
}

// begin makes the batch ready; the lock is held.
func (b *batch) begin() error {
	b.dirty, b.touched, b.media = map[int64]bool{}, map[int64]bool{}, map[string]bool{}
	return b.query(func(r *sql.Rows) error { return r.Scan(&b.article, &b.embed, &b.tweet, &b.lookups) },
		`SELECT (SELECT ifnull(max(id), 0) FROM articles), (SELECT ifnull(max(id), 0) FROM embeds), (SELECT ifnull(max(id), 0) FROM tweets), EXISTS (SELECT 1 FROM lookups)`)
}

// save brings the stretches into the archive.
func (b *batch) save(stretches []stretch) error {
	if err := b.begin(); err != nil {
		return err
	}
	for i := range stretches {
		if err := b.stretch(&stretches[i]); err != nil {
			return err
		}
	}
	if err := b.identify(); err != nil {
		return err
	}
	counts, err := json.Marshal(b.Counts())
	if err != nil {
		return err
	}
	return b.exec(`UPDATE runs SET counts = ? WHERE id = ?`, string(counts), b.runID)
}

// stretch saves the progress of a file and its articles; what the archive held
// of this stretch of the file goes.
func (b *batch) stretch(s *stretch) error {
	f := &s.file
	file, err := b.file(f.Path)
	if err != nil {
		return err
	}
	done := s.last && !s.broken
	if file == 0 {
		file, err = b.newFile(s, done)
	} else {
		err = b.again(file, s, done)
	}
	if err != nil {
		return err
	}
	err = b.exec(`INSERT INTO inputs (run, path, size, mtime, sha256, done, records, articles, embeds, errors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET size = excluded.size, mtime = excluded.mtime, done = excluded.done, records = records + excluded.records,
		articles = articles + excluded.articles, embeds = embeds + excluded.embeds, errors = errors + excluded.errors`,
		b.runID, f.Path, f.Size, mtime(f), f.SHA256, done, s.records, len(s.found), s.embeds, s.errors)
	if err != nil {
		return err
	}
	for i := range s.found {
		if err := b.add(file, &s.found[i]); err != nil {
			return err
		}
	}
	return nil
}

// file is the row of a file; 0 if it has none.
func (b *batch) file(path string) (id int64, err error) {
	err = b.query(func(r *sql.Rows) error { return r.Scan(&id) }, `SELECT id FROM files WHERE path = ?`, path)
	return id, err
}

// newFile gives a file its row.
func (b *batch) newFile(s *stretch, done bool) (id int64, err error) {
	f := &s.file
	err = b.query(func(r *sql.Rows) error { return r.Scan(&id) }, `INSERT INTO files (path, size, mtime, sha256, detector, run, record, done, records, articles, embeds, errors)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, f.Path, f.Size, mtime(f), f.SHA256, s.detector, b.runID, s.to, done, s.records, len(s.found), s.embeds, s.errors)
	return id, err
}

// again saves the progress of a file that the archive knows, and takes away what
// it held of the stretch.
func (b *batch) again(file int64, s *stretch, done bool) error {
	upTo := int64(s.to)
	if done {
		upTo = math.MaxInt64
	}
	if err := b.remove(file, int64(s.from), upTo); err != nil {
		return err
	}
	if s.from == 0 {
		if err := b.exec(`UPDATE files SET records = 0, articles = 0, embeds = 0, errors = 0, sha256 = '' WHERE id = ?`, file); err != nil {
			return err
		}
	}
	f := &s.file
	return b.exec(`UPDATE files SET size = ?, mtime = ?, sha256 = ?, detector = ?, run = ?, record = ?, done = ?, records = records + ?, articles = articles + ?, embeds = embeds + ?, errors = errors + ? WHERE id = ?`,
		f.Size, mtime(f), f.SHA256, s.detector, b.runID, s.to, done, s.records, len(s.found), s.embeds, s.errors, file)
}

// add inserts an article and makes its embeds ready.
func (b *batch) add(file int64, found *Sightings) error {
	a := &found.Article
	b.article++
	err := b.exec(`INSERT INTO articles (id, file, record, url, host, title, date) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		b.article, file, a.Record, a.URL, archive.Host(a.URL), a.Title, a.Date)
	if err != nil {
		return err
	}
	for i := range found.Embeds {
		e := &found.Embeds[i]
		b.embed++
		_, media := archive.LinkCodes(e.Text)
		v := &variant{Embed: e.Embed, embed: b.embed, block: blockOf(&e.Tweet), hash: variantOf(&e.Embed), media: media}
		b.added = append(b.added, &added{e, v, true, b.embed, b.article, a})
	}
	return nil
}

// remove takes away the articles of a file behind record from, up to record
// upTo, with their embeds.
func (b *batch) remove(file, from, upTo int64) error {
	const which = `SELECT e.id FROM articles a JOIN embeds e ON e.article = a.id WHERE a.file = ? AND a.record > ? AND a.record <= ?`
	any := false
	err := b.query(func(r *sql.Rows) error {
		any = true
		var block, tweet int64
		var media string
		if err := r.Scan(&block, &tweet, &media); err != nil {
			return err
		}
		b.dirty[block], b.touched[tweet] = true, true
		if media != "" {
			b.media[media] = true
		}
		return nil
	}, `SELECT block, tweet, media FROM embeds WHERE id IN (`+which+`)`, file, from, upTo)
	if err != nil || !any {
		return err
	}
	for _, del := range []string{
		`DELETE FROM links WHERE embed IN (` + which + `)`,
		`DELETE FROM embeds WHERE id IN (` + which + `)`,
		`DELETE FROM articles WHERE file = ? AND record > ? AND record <= ?`,
	} {
		if err := b.exec(del, file, from, upTo); err != nil {
			return err
		}
	}
	return nil
}

// identify tells which tweets the added sightings are of, gives them their
// rows, and brings the tweets up to date.
func (b *batch) identify() error {
	n := neighbourhood{batch: b, blocks: map[int64][]*variant{}, known: map[place]*variant{}, exact: map[int64]bool{}}
	changed, err := n.gather()
	if err != nil {
		return err
	}
	all, err := n.clusters(changed)
	if err != nil {
		return err
	}
	return b.assign(all)
}

// assign gives every cluster its tweet's row, and the added sightings theirs.
func (b *batch) assign(all []*cluster) error {
	rows, err := b.rowsOf(all)
	if err != nil {
		return err
	}
	first := b.tweet // rows behind it are new
	b.first = first
	fresh := map[int64]*gathered{}
	for _, c := range all {
		row := rows[c.key]
		if row == 0 {
			b.tweet++
			row = b.tweet
			rows[c.key] = row
			fresh[row] = &gathered{key: c.key}
		}
		for _, w := range c.wordings {
			for _, v := range w.variants {
				if v.tweet == row {
					continue
				}
				b.touched[row] = true
				if v.tweet != 0 {
					b.touched[v.tweet] = true
					b.moved = append(b.moved, move{v, row})
				}
				v.tweet = row
			}
		}
	}
	// New tweets of which all sightings are new are known whole by now.
	for _, m := range b.moved {
		if g := fresh[m.to]; g != nil {
			g.moved = true
		}
	}
	more := map[int64]*gathered{}
	for _, a := range b.added {
		row := a.v.tweet
		g := fresh[row]
		if g == nil {
			if b.touched[row] {
				continue // it is read again below
			}
			if g = more[row]; g == nil {
				g = &gathered{}
				more[row] = g
			}
		}
		g.add(a)
	}
	for row := first + 1; row <= b.tweet; row++ {
		g := fresh[row]
		t, _ := merge(g.variants)
		err := b.exec(`INSERT INTO tweets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?)`,
			row, g.key, t.ID, t.Author, t.Handle, t.Date, formatTime(t.At), t.Text, g.embeds, g.articles, g.first, g.last, marksOf(t, g.variants), g.at.row)
		if err != nil {
			return err
		}
		if !g.moved {
			delete(b.touched, row)
		}
	}
	for _, m := range b.moved {
		if err := b.exec(`UPDATE embeds SET tweet = ? WHERE block = ? AND variant = ?`, m.to, m.v.block, m.v.hash); err != nil {
			return err
		}
	}
	for _, a := range b.added {
		if err := b.insert(a); err != nil {
			return err
		}
	}
	if err := b.count(more); err != nil {
		return err
	}
	if err := b.refresh(); err != nil {
		return err
	}
	if err := b.exec(`INSERT INTO tweets_fts (docid, text, marks, author, handle) SELECT id, text, marks, author, handle FROM tweets WHERE id > ? ORDER BY id`, first); err != nil {
		return err
	}
	if !b.lookups {
		return nil
	}
	return b.exec(statusQuery+` WHERE id > ?`, first) // a key may come back
}

// count adds to tweets sightings that tell nothing new but their place.
func (b *batch) count(more map[int64]*gathered) error {
	ids := slices.Sorted(maps.Keys(more))
	err := b.query(func(r *sql.Rows) error {
		var id int64
		var p sightingPlace
		if err := r.Scan(&id, &p.row, &p.file, &p.record, &p.start); err != nil {
			return err
		}
		if p.before(more[id].at) {
			more[id].at = p
		}
		return nil
	}, `SELECT t.id, e.id, f.path, a.record, e.start FROM tweets t JOIN embeds e ON e.id = t.first JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE t.id IN (SELECT value FROM json_each(?))`, list(ids))
	if err != nil {
		return err
	}
	for _, id := range ids {
		g := more[id]
		err := b.exec(`UPDATE tweets SET embeds = embeds + ?, articles = articles + ?, last_seen = max(last_seen, ?),
			first_seen = CASE WHEN first_seen = '' OR first_seen > ?4 AND ?4 <> '' THEN ?4 ELSE first_seen END, first = ?5 WHERE id = ?6`,
			g.embeds, g.articles, g.last, g.first, g.at.row, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsOf looks up the tweets of the clusters' keys.
func (b *batch) rowsOf(all []*cluster) (map[string]int64, error) {
	rows := make(map[string]int64, len(all))
	keys := make([]string, len(all))
	for i, c := range all {
		keys[i] = c.key
	}
	err := b.query(func(r *sql.Rows) error {
		var id int64
		var key string
		err := r.Scan(&id, &key)
		rows[key] = id
		return err
	}, `SELECT id, key FROM tweets WHERE key IN (SELECT value FROM json_each(?))`, list(keys))
	return rows, err
}

// move is a variant whose sightings go to another tweet.
type move struct {
	v  *variant
	to int64
}

// gathered is what sightings of a tweet tell.
type gathered struct {
	key              string
	embeds, articles int
	first, last      string
	variants         []*variant
	moved            bool  // it has sightings that stand in the archive already
	article          int64 // the last one added
	at               sightingPlace
}

// sightingPlace is where a sighting stands in the corpus, and its row.
type sightingPlace struct {
	file          string
	record, start int
	row           int64
}

func (p sightingPlace) before(q sightingPlace) bool {
	return q.row == 0 || cmp.Or(cmp.Compare(p.file, q.file), cmp.Compare(p.record, q.record), cmp.Compare(p.start, q.start)) < 0
}

func (g *gathered) add(a *added) {
	g.embeds++
	if a.article != g.article { // those of one article come together
		g.articles++
		g.article = a.article
	}
	if d := a.in.Date; d != "" && (g.first == "" || d < g.first) {
		g.first = d
	}
	g.last = max(g.last, a.in.Date)
	if p := (sightingPlace{a.in.File, a.in.Record, a.Start, a.row}); p.before(g.at) {
		g.at = p
	}
	if a.own {
		g.variants = append(g.variants, a.v)
	}
}

const variantColumns = `id, block, variant, tweet, media, tweet_id, author, handle, posted_date, posted_at, text, form, confidence`

func scanVariant(r *sql.Rows) (*variant, error) {
	v := &variant{}
	var at string
	err := r.Scan(&v.embed, &v.block, &v.hash, &v.tweet, &v.media, &v.ID, &v.Author, &v.Handle, &v.Date, &at, &v.Text, &v.Form, &v.Confidence)
	v.At = parseTime(at)
	return v, err
}

func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{} // "", or a file that others have changed: verify tells
	}
	return t
}

func (b *batch) insert(a *added) error {
	e := a.Sighting
	err := b.exec(`INSERT INTO embeds (id, article, tweet, tweet_id, author, handle, posted_date, posted_at, text, form, confidence, start, end, raw, before, after, block, variant, media) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.row, a.article, a.v.tweet, e.ID, e.Author, e.Handle, e.Date, formatTime(e.At), e.Text, string(e.Form), e.Confidence, e.Start, e.End, e.Raw, e.Before, e.After, a.v.block, a.v.hash, a.v.media)
	for i, l := range e.Links {
		if err != nil {
			break
		}
		err = b.exec(`INSERT INTO links VALUES (?, ?, ?, ?, ?)`, a.row, i+1, l.Shown, l.URL, l.Target)
	}
	return err
}

// refresh makes the rows of the touched tweets anew from their sightings, and
// takes away those that have none left.
func (b *batch) refresh() error {
	if len(b.touched) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(b.touched))
	tweets := make(map[int64]*gathered, len(ids))
	err := b.query(func(r *sql.Rows) error {
		var id int64
		g := &gathered{}
		err := r.Scan(&id, &g.embeds, &g.articles, &g.first, &g.last)
		tweets[id] = g
		return err
	}, `SELECT e.tweet, count(*), count(DISTINCT e.article), ifnull(min(nullif(a.date, '')), ''), max(a.date) FROM embeds e JOIN articles a ON a.id = e.article
		WHERE e.tweet IN (SELECT value FROM json_each(?)) GROUP BY e.tweet`, list(ids))
	if err != nil {
		return err
	}
	err = b.query(func(r *sql.Rows) error {
		var id int64
		var place string
		var p sightingPlace
		if err := r.Scan(&id, &p.row, &place); err != nil {
			return err
		}
		tweets[id].at = p
		return nil
	}, `SELECT e.tweet, e.id, min(f.path || char(1) || printf('%012d %012d', a.record, e.start)) FROM embeds e JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE e.tweet IN (SELECT value FROM json_each(?)) GROUP BY e.tweet`, list(ids))
	if err != nil {
		return err
	}
	byRow := map[int64]*variant{}
	const distinct = `(SELECT min(id) FROM embeds WHERE tweet IN (SELECT value FROM json_each(?)) GROUP BY tweet, variant)`
	err = b.query(func(r *sql.Rows) error {
		v, err := scanVariant(r)
		if err != nil {
			return err
		}
		byRow[v.embed] = v
		tweets[v.tweet].variants = append(tweets[v.tweet].variants, v)
		return nil
	}, `SELECT `+variantColumns+` FROM embeds WHERE id IN `+distinct+` ORDER BY id`, list(ids))
	if err != nil {
		return err
	}
	err = b.query(func(r *sql.Rows) error {
		var row int64
		var l archive.Link
		if err := r.Scan(&row, &l.Shown, &l.URL, &l.Target); err != nil {
			return err
		}
		byRow[row].Links = append(byRow[row].Links, l)
		return nil
	}, `SELECT embed, shown, url, target FROM links WHERE embed IN `+distinct+` ORDER BY embed, n`, list(ids))
	if err != nil {
		return err
	}
	// The index asks the table for what a row held, so it goes first.
	if err := b.exec(`DELETE FROM tweets_fts WHERE docid IN (SELECT value FROM json_each(?)) AND docid <= ?`, list(ids), b.first); err != nil {
		return err
	}
	for _, id := range ids {
		g := tweets[id]
		if g == nil {
			if err := b.exec(`DELETE FROM tweets WHERE id = ?`, id); err != nil {
				return err
			}
			continue
		}
		t, _ := merge(g.variants)
		err := b.exec(`UPDATE tweets SET tweet_id = ?, author = ?, handle = ?, posted_date = ?, posted_at = ?, text = ?, embeds = ?, articles = ?, first_seen = ?, last_seen = ?, marks = ?, first = ? WHERE id = ?`,
			t.ID, t.Author, t.Handle, t.Date, formatTime(t.At), t.Text, g.embeds, g.articles, g.first, g.last, marksOf(t, g.variants), g.at.row, id)
		if err != nil {
			return err
		}
	}
	return b.exec(`INSERT INTO tweets_fts (docid, text, marks, author, handle) SELECT id, text, marks, author, handle FROM tweets WHERE id IN (SELECT value FROM json_each(?)) AND id <= ? ORDER BY id`, list(ids), b.first)
}
