package store

import (
	"cmp"
	"database/sql"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/outlet"
)

// What was seen, where and when, is in sets: files, their versions, and places with the
// first and the last reading that saw them. The name of a reading is the time in
// milliseconds when it began. In one archive a later reading always has a greater time,
// whatever the clock says. So a merge is a union, and it does not matter what is added in
// which order or how often.
//
// What is superseded follows from these sets, see settle. The rows of articles and embeds
// have the result, so that questions need not compute it.

// said is what a place says of its article, apart from the content.
type said struct {
	url, title string
	outlet     string // as in outlet.Of
	kept       string // as in articles
}

// saidBy is what an article says; keep are the names of its kept fields.
func saidBy(a *archive.Article, keep []string) said {
	return said{a.URL, a.Title, outlet.Of(a), keptOf(keep, a.Kept)}
}

// fields are the fields, to be scanned.
func (s *said) fields() []any { return []any{&s.url, &s.title, &s.outlet, &s.kept} }

// seen is a place of an article.
type seen struct {
	name, path   string // of the file
	key          int64
	content      string // key of the article
	file, record int64
	first, last  int64
	moved        int64
	captured     string
	warcID       string
	payload      string
	original     int64 // 0 without payload
	revisit      bool
	said
	current bool // as settle found out

	complete int64 // of the input, while a place is added
}

// see makes p a place of an article, as it was seen there; keep are the names of its kept
// fields.
func (p *seen) see(a *archive.Article, keep []string) {
	p.record, p.captured, p.said, p.warcID, p.payload = int64(a.Record), a.Captured, saidBy(a, keep), a.RecordID, a.Payload
}

// join adds to a place what another archive, or another reading, has about it.
func (p *seen) join(q *seen) {
	if c := cmp.Or(cmp.Compare(q.last, p.last), cmp.Compare(p.captured, q.captured), cmp.Compare(p.url, q.url),
		cmp.Compare(p.title, q.title), cmp.Compare(p.outlet, q.outlet), cmp.Compare(p.kept, q.kept), cmp.Compare(p.warcID, q.warcID), cmp.Compare(p.payload, q.payload)); c > 0 {
		p.captured, p.said, p.warcID, p.payload, p.original = q.captured, q.said, q.warcID, q.payload, q.original
	}
	p.first, p.last, p.moved = min(p.first, q.first), max(p.last, q.last), max(p.moved, q.moved)
}

// fileKey is the key of a file with a scope and a path.
func fileKey(scope, path string) int64 { return hash(scope, path) & (1<<63 - 1) }

// newFile is a file that may be new.
type newFile struct {
	scope      int64  // row
	scopeKey   string // key of the scope
	path, name string
	input      int64 // row of the input; 0 is the file itself
	gone       int64
}

// file is the row of a file, which is added if it is new.
func (b *batch) file(f newFile) (row int64, err error) {
	key := fileKey(f.scopeKey, f.path)
	var name string
	var gone int64
	if f.input != 0 { // the names of members begin with that of their container
		var in, path string
		if err := b.query(func(r *sql.Rows) error { return r.Scan(&in, &path) }, `SELECT name, path FROM files WHERE id = ?`, f.input); err != nil {
			return 0, err
		}
		if rest, ok := strings.CutPrefix(f.path, path); ok && path != "" {
			f.name = in + rest
		}
	}
	err = b.query(func(r *sql.Rows) error { return r.Scan(&row, &name, &gone) }, `SELECT id, name, gone FROM files WHERE key = ?`, key)
	switch {
	case err != nil:
		return 0, err
	case row == 0:
		err = b.query(func(r *sql.Rows) error { return r.Scan(&row) }, `INSERT INTO files (key, scope, path, name, input, complete, gone)
			VALUES (?, ?, ?, ?, ifnull(?, (SELECT ifnull(max(id), 0) + 1 FROM files)), 0, ?) RETURNING id`,
			key, f.scope, f.path, f.name, sql.NullInt64{Int64: f.input, Valid: f.input != 0}, f.gone)
		b.made = row
		return row, err
	case f.name < name: // of several spellings the first in order counts
		err = b.rename(row, f.name)
	}
	if err == nil && f.gone > gone {
		err = b.exec(`UPDATE files SET gone = ? WHERE id = ?`, f.gone, row)
	}
	return row, err
}

// rename changes the name of a file, and so the names of its members.
func (b *batch) rename(file int64, to string) error {
	rows := []int64{file}
	err := b.query(func(r *sql.Rows) error {
		var row int64
		err := r.Scan(&row)
		rows = append(rows, row)
		return err
	}, `SELECT id FROM files WHERE input = ? AND id <> input`, file)
	if err == nil {
		err = b.exec(`UPDATE files SET name = ?1 || substr(path, (SELECT length(path) FROM files WHERE id = ?2) + 1) WHERE id = ?2 OR input = ?2`, to, file)
	}
	for _, row := range rows {
		if err == nil {
			err = b.renamed(row)
		}
	}
	return err
}

// version is the row of a version of an input, which is added if it is new. A version
// that was read without its hash is never the same as one with a hash, because nobody
// knows whether it was.
func (b *batch) version(file int64, size, mtime int64, sha256 string, options int64) (row int64, err error) {
	err = b.query(func(r *sql.Rows) error { return r.Scan(&row) },
		`SELECT id FROM versions WHERE file = ? AND size = ? AND options = ? AND sha256 = ?4 AND (mtime = ?5 OR ?4 <> '')`, file, size, options, sha256, mtime)
	if err != nil {
		return 0, err
	}
	if row != 0 { // the same bytes may have another time
		return row, b.exec(`UPDATE versions SET mtime = ?1 WHERE id = ?2 AND mtime < ?1`, mtime, row)
	}
	err = b.query(func(r *sql.Rows) error { return r.Scan(&row) }, `INSERT INTO versions (file, size, mtime, sha256, options, done, complete, records, articles, embeds, errors)
		VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0) RETURNING id`, file, size, mtime, sha256, options)
	return row, err
}

// at is a place in a file, without its record and what it says.
func (b *batch) at(file int64) (at seen, err error) {
	at.file = file
	err = b.query(func(r *sql.Rows) error { return r.Scan(&at.name, &at.path, &at.key, &at.complete) },
		`SELECT f.name, f.path, f.key, i.complete FROM files f JOIN files i ON i.id = f.input WHERE f.id = +?`, file)
	return at, err
}

// finish saves that a reading read a version to its end; began is when the reading began.
// If two readings go on at once, one may have counted less, because the other removed its
// progress.
func (b *batch) finish(version, began int64, whole bool, n *progress) error {
	err := b.ended(version, began, whole, n)
	if err == nil {
		err = b.exec(`DELETE FROM progress WHERE version = ?`, version)
	}
	return err
}

// ended is finish for a version without progress.
func (b *batch) ended(version, began int64, whole bool, n *progress) error {
	return b.exec(`UPDATE versions SET complete = complete OR ?2, records = max(records, ?3), articles = max(articles, ?4), embeds = max(embeds, ?5), errors = max(errors, ?6), done = max(done, ?1) WHERE id = ?7`,
		began, whole, n.records, n.articles, n.embeds, n.errors, version)
}

// completed saves that a reading read all of an input. What it did not see there is
// superseded; lost are the articles that were not so before.
func (b *batch) completed(input, began int64) (lost []int64, err error) {
	var before int64
	if err := b.query(func(r *sql.Rows) error { return r.Scan(&before) }, `SELECT complete FROM files WHERE id = ?`, input); err != nil || before >= began {
		return nil, err
	}
	if err := b.exec(`UPDATE files SET complete = ? WHERE id = ?`, began, input); err != nil {
		return nil, err
	}
	return b.unsettle(input, before, began)
}

// unsettle marks the articles with a place in an input that was last seen in this time as
// unsettled.
func (b *batch) unsettle(input, from, to int64) (articles []int64, err error) {
	err = b.query(func(r *sql.Rows) error {
		var article int64
		err := r.Scan(&article)
		b.unsettled[article] = true
		articles = append(articles, article)
		return err
	}, `SELECT p.article FROM files f JOIN places p ON p.file = f.id WHERE f.input = +? AND p.last >= ? AND p.last < ?`, input, from, to)
	return articles, err
}

// put adds an article, seen at a place, with its embeds, which a version of the detector
// found; embeds is called if they are wanted. Whatever is read here, on other machines or
// from other archives comes in here.
func (b *batch) put(a *archive.Article, key []byte, detector int64, at seen, embeds func() ([]Passage, error)) (isNew bool, err error) {
	at.content = string(key)
	known, err := b.lookUp(key)
	if err != nil {
		return false, err
	}
	isNew = known.row == 0
	switch {
	case isNew || detector > known.detector: // the embeds of the newer detector replace the others
		if !isNew {
			if err := b.remove(known.row); err != nil {
				return false, err
			}
			delete(b.known, string(key))
		}
		found, err := embeds()
		if err != nil {
			return false, err
		}
		if known, err = b.putEmbeds(a, key, detector, &at, known, found); err != nil || known.row == 0 {
			return false, err
		}
	case known.blank != nil:
		at.blank(known.blank)
	}
	return isNew, b.place(known.row, isNew, known.said, at)
}

// putEmbeds adds the embeds found in an article, which is added if it is new. The row of
// the result is 0 if none of the embeds may come in, and so neither may the article.
func (b *batch) putEmbeds(a *archive.Article, key []byte, detector int64, at *seen, known knownArticle, found []Passage) (knownArticle, error) {
	known.detector = detector
	stored := detector
	found, out := b.tombs.admit(found)
	if len(out) > 0 {
		stored = 0 // so that a later batch finds all of them when nothing is kept out any more
		known.blank = withoutWords(textsOf(out))
		at.blank(known.blank)
	}
	isNew := known.row == 0
	if len(found) == 0 {
		if isNew {
			return knownArticle{}, nil
		}
		return knownArticle{}, b.drop(known.row)
	}
	said, err := b.corrections(key)
	if err != nil {
		return known, err
	}
	if isNew {
		b.article++
		known.row, known.said = b.article, at.said
	}
	adds := make([]*added, len(found))
	sum := known.with(a.Date)
	for i := range found {
		adds[i] = b.toAdd(known.row, at, a.Date, &found[i], said)
		sum ^= adds[i].sum
	}
	if isNew {
		err = b.exec(`INSERT INTO articles (id, key, detector, file, record, places, url, host, title, outlet, kept, date, address, checksum) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
			known.row, key, stored, at.file, at.record, at.url, archive.Host(at.url), at.title, at.outlet, at.kept, a.Date, address(at.url, key), sum)
	} else {
		b.unsettled[known.row] = true // settle finds out whether its embeds are current
		err = b.exec(`UPDATE articles SET detector = ?, checksum = ? WHERE id = ?`, stored, sum, known.row)
	}
	if err != nil {
		return known, err
	}
	b.known[string(key)] = known
	return known, b.addAll(adds)
}

// addAll adds embeds of an article.
func (b *batch) addAll(adds []*added) error {
	if len(adds) > addedAtOnce {
		together(adds)
	}
	for _, a := range adds {
		if len(b.added) >= addedAtOnce {
			if err := b.identify(); err != nil {
				return err
			}
		}
		b.add(a)
	}
	return nil
}

// addedAtOnce is how many embeds are identified at once, so that the memory for that does
// not grow with the embeds of an article.
const addedAtOnce = 1 << 13

// together puts the embeds of a block one after the other, unless it is crowded. So each
// block is divided into tweets only once. All else stays in order, because neighbours in
// the article are neighbours in the indexes.
func together(adds []*added) {
	blocks := map[int64]int{}
	for _, a := range adds {
		blocks[a.v.block]++
	}
	first, place := map[int64]int{}, make(map[*added]int, len(adds))
	for i, a := range adds {
		place[a] = i
		if blocks[a.v.block] > crowded {
			continue
		}
		if _, ok := first[a.v.block]; !ok {
			first[a.v.block] = i
		}
		place[a] = first[a.v.block]
	}
	slices.SortStableFunc(adds, func(x, y *added) int { return cmp.Compare(place[x], place[y]) })
}

// knownArticle is what put must know about an article in the archive.
type knownArticle struct {
	row, detector int64
	said
	blank *strings.Replacer // takes out of titles what is kept out of the article; nil if that is nothing, or not known
}

// lookUp looks up the article with a key. Its row is 0 if there is none.
func (b *batch) lookUp(key []byte) (a knownArticle, err error) {
	if a, ok := b.known[string(key)]; ok {
		return a, nil
	}
	err = b.query(func(r *sql.Rows) error { return r.Scan(append([]any{&a.row, &a.detector}, a.fields()...)...) },
		`SELECT id, detector, url, title, outlet, kept FROM articles WHERE key = ?`, key)
	return a, err
}

// lookUpAll looks up the articles with these keys at once.
func (b *batch) lookUpAll(keys []string) error {
	hexadecimal := make([]string, len(keys))
	for i, k := range keys {
		hexadecimal[i] = hex.EncodeToString([]byte(k))
		b.known[k] = knownArticle{}
	}
	return b.query(func(r *sql.Rows) error {
		var key []byte
		var a knownArticle
		err := r.Scan(append([]any{&key, &a.row, &a.detector}, a.fields()...)...)
		b.known[string(key)] = a
		return err
	}, `SELECT key, id, detector, url, title, outlet, kept FROM articles WHERE key IN (SELECT unhex(value) FROM json_each(?))`, list(hexadecimal))
}

// drop removes an article whose embeds were removed.
func (b *batch) drop(article int64) error {
	err := b.exec(`DELETE FROM revisits WHERE original IN (SELECT original FROM places WHERE article = ? AND original <> 0)`, article)
	if err == nil {
		err = b.exec(`DELETE FROM places WHERE article = ?`, article)
	}
	if err == nil {
		err = b.exec(`DELETE FROM articles WHERE id = ?`, article)
	}
	return err
}

// place adds a place of an article.
func (b *batch) place(article int64, isNew bool, now said, at seen) error {
	at.blankedAs(now)
	at.current = true // until settle finds out
	at.original = originalOf(at.payload, at.url)
	if at.last < at.complete || at.last < at.moved {
		b.unsettled[article] = true
	}
	if isNew {
		b.changed = true
		if at.original != 0 {
			err := b.query(func(r *sql.Rows) error { b.unsettled[article] = true; return nil }, `SELECT 1 FROM revisits WHERE original = ? LIMIT 1`, at.original)
			if err != nil {
				return err
			}
		}
		return b.writePlace(article, now, &at)
	}
	old, known := at, false
	err := b.query(func(r *sql.Rows) error {
		known = true
		var p saidPart
		err := r.Scan(&old.first, &old.last, &old.moved, &old.captured, &p.url, &p.title, &p.outlet, &p.kept, &old.current, &old.warcID, &old.payload, &old.original)
		old.said = p.or(now)
		return err
	}, `SELECT first, last, moved, captured, url, title, outlet, kept, current, warc_id, payload, original FROM places WHERE article = ? AND file = ? AND record = ? AND NOT revisit`, article, at.file, at.record)
	if err != nil {
		return err
	}
	if !known {
		b.unsettled[article], b.changed = true, true
		return b.writePlace(article, now, &at)
	}
	joined := old
	if joined.join(&at); joined == old {
		return nil
	}
	b.changed = true
	if joined.said != old.said || joined.original != old.original || !old.current || joined.last < joined.moved {
		b.unsettled[article] = true
	}
	return b.writePlace(article, now, &joined)
}

// writePlace writes a place of an article; now is what the row of the article says.
func (b *batch) writePlace(article int64, now said, p *seen) error {
	url, title, outlet, kept := unless(p.url, now.url), unless(p.title, now.title), unless(p.outlet, now.outlet), unless(p.kept, now.kept)
	if p.revisit {
		url, title, outlet, kept = p.url, nil, nil, nil // a revisit says nothing else
	}
	return b.exec(`INSERT OR REPLACE INTO places (article, file, record, revisit, first, last, moved, current, captured, url, title, outlet, kept, warc_id, payload, original, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		article, p.file, p.record, p.revisit, p.first, p.last, p.moved, p.current, p.captured, url, title, outlet, kept, p.warcID, p.payload, p.original, p.sum())
}

// saidPart is what a place says differently from its article's row; the rest is null.
type saidPart struct{ url, title, outlet, kept sql.NullString }

func (p saidPart) or(known said) said {
	or := func(s sql.NullString, otherwise string) string {
		if s.Valid {
			return s.String
		}
		return otherwise
	}
	return said{or(p.url, known.url), or(p.title, known.title), or(p.outlet, known.outlet), or(p.kept, known.kept)}
}

// unless is nil if s is known.
func unless(s, known string) any {
	if s == known {
		return nil
	}
	return s
}

// standing is a place with all that decides whether it is superseded.
type standing struct {
	seen
	checksum     int64
	changed      bool // current is not as in the archive
	scope, input int64
}

// settled is the row of an article, with its places in their order.
type settled struct {
	seen
	key      []byte
	places   int
	date     string
	checksum int64
	all      []standing
	revisits []standing // places that are revisits, as in the archive
	should   []standing // places that are revisits, as they should be
}

// standings reads articles with their places.
func standings(ask asker, ids []int64) (map[int64]*settled, error) {
	articles := map[int64]*settled{}
	err := ask(func(r *sql.Rows) error {
		var id int64
		a := &settled{}
		err := r.Scan(append([]any{&id, &a.key, &a.file, &a.record, &a.places, &a.date, &a.checksum}, a.said.fields()...)...)
		articles[id] = a
		return err
	}, `SELECT id, key, file, record, places, date, checksum, url, title, outlet, kept FROM articles WHERE id IN (SELECT value FROM json_each(?))`, list(ids))
	if err != nil {
		return nil, err
	}
	err = ask(func(r *sql.Rows) error {
		var id int64
		var p standing
		var says saidPart
		err := r.Scan(&id, &p.file, &p.record, &p.first, &p.last, &p.moved, &p.captured, &says.url, &says.title, &says.outlet, &says.kept, &p.current, &p.checksum, &p.name, &p.path, &p.key, &p.scope, &p.input, &p.complete, &p.revisit, &p.warcID, &p.payload, &p.original)
		if a := articles[id]; a != nil && p.revisit {
			p.said = said{url: says.url.String}
			a.revisits = append(a.revisits, p)
		} else if a != nil {
			p.said = says.or(a.said)
			a.all = append(a.all, p)
		}
		return err
	}, `SELECT p.article, p.file, p.record, p.first, p.last, p.moved, p.captured, p.url, p.title, p.outlet, p.kept, p.current, p.checksum, f.name, f.path, f.key, f.scope, i.id, i.complete, p.revisit, p.warc_id, p.payload, p.original
		FROM places p JOIN files f ON f.id = p.file JOIN files i ON i.id = f.input WHERE p.article IN (SELECT value FROM json_each(?))`, list(ids))
	if err == nil {
		err = revisitsOf(ask, ids, articles)
	}
	if err != nil {
		return nil, err
	}
	for _, a := range articles {
		for _, all := range [][]standing{a.all, a.revisits} {
			slices.SortFunc(all, func(p, q standing) int {
				return cmp.Or(strings.Compare(p.name, q.name), strings.Compare(p.path, q.path), cmp.Compare(p.key, q.key), cmp.Compare(p.record, q.record))
			})
		}
	}
	return articles, nil
}

// isFrom says whether the row of the article has what a place says.
func (a *settled) isFrom(p *standing) bool {
	return p.file == a.file && p.record == a.record && p.said == a.said
}

// first is the place from which the article has its row, and how many places are current.
func (a *settled) first() (first, current int) {
	first = -1
	for i := range a.all {
		p := &a.all[i]
		is := p.last >= p.complete && p.last >= p.moved
		if is {
			if current++; current == 1 {
				first = i
			}
		}
		if is != p.current {
			p.current, p.changed = is, true
		}
	}
	return max(first, 0), current + a.follow()
}

// settle finds out which places of the unsettled articles are superseded, and so which
// articles. A place is superseded
//   - if a later reading read all of its input and did not see the article there, or
//   - if its file was gone after it was last seen, and the article was seen elsewhere in
//     the same scope: then it moved, see Writer.moved.
func (b *batch) settle() error {
	if len(b.unsettled) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(b.unsettled))
	articles, err := standings(b.query, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		a := articles[id]
		if a == nil || len(a.all) == 0 {
			continue // the file is damaged; verify says so
		}
		if err := b.settleOne(id, a); err != nil {
			return err
		}
	}
	clear(b.unsettled)
	return nil
}

// settleOne writes which places of an article are superseded, and what follows from that.
func (b *batch) settleOne(id int64, a *settled) error {
	first, current := a.first()
	p := &a.all[first]
	for i := range a.all {
		if q := &a.all[i]; q.changed || p.said != a.said {
			if err := b.writePlace(id, p.said, &q.seen); err != nil {
				return err
			}
		}
	}
	if !a.followed() {
		if err := b.exec(`DELETE FROM places WHERE article = ? AND revisit`, id); err != nil {
			return err
		}
		for i := range a.should {
			if err := b.writePlace(id, p.said, &a.should[i].seen); err != nil {
				return err
			}
		}
	}
	b.current[id] = current > 0
	if a.isFrom(p) && current == a.places {
		return nil
	}
	err := b.exec(`UPDATE articles SET file = ?, record = ?, places = ?, url = ?, host = ?, title = ?, outlet = ?, kept = ?, address = ?, checksum = ? WHERE id = ?`,
		p.file, p.record, current, p.url, archive.Host(p.url), p.title, p.outlet, p.kept, address(p.url, a.key), a.checksum^a.with(a.date)^p.with(a.date), id)
	if err != nil {
		return err
	}
	return b.touch(id, current > 0)
}

// touch updates what follows from an article: whether all its embeds are current, or none.
func (b *batch) touch(article int64, current bool) error {
	flipped := false
	err := b.embeds(article, func(block, tweet int64, media string, was bool) {
		b.touched[tweet] = true
		if was != current {
			flipped, b.dirty[block] = true, true
			if media != "" {
				b.media[media] = true
			}
		}
	})
	if err != nil || !flipped {
		return err
	}
	return b.exec(`UPDATE embeds SET current = ? WHERE article = ?`, current, article)
}

// remove removes the embeds of an article.
func (b *batch) remove(article int64) error {
	err := b.embeds(article, func(block, tweet int64, media string, _ bool) {
		b.touched[tweet], b.dirty[block] = true, true
		if media != "" {
			b.media[media] = true
		}
	})
	if err == nil {
		err = b.exec(`DELETE FROM links WHERE embed IN (SELECT id FROM embeds WHERE article = ?)`, article)
	}
	if err == nil {
		err = b.exec(`DELETE FROM embeds WHERE article = ?`, article)
	}
	return err
}

func (b *batch) embeds(article int64, each func(block, tweet int64, media string, current bool)) error {
	return b.query(func(r *sql.Rows) error {
		var block, tweet int64
		var media string
		var current bool
		err := r.Scan(&block, &tweet, &media, &current)
		each(block, tweet, media, current)
		return err
	}, `SELECT block, tweet, media, current FROM embeds WHERE article = ?`, article)
}

// renamed marks what follows from the name of a file to be updated.
func (b *batch) renamed(file int64) error {
	err := b.query(func(r *sql.Rows) error {
		var article int64
		err := r.Scan(&article)
		b.unsettled[article] = true
		return err
	}, `SELECT article FROM places WHERE file = ?`, file)
	if err != nil {
		return err
	}
	return b.query(func(r *sql.Rows) error {
		var tweet int64
		err := r.Scan(&tweet)
		b.touched[tweet] = true
		return err
	}, `SELECT e.tweet FROM places p JOIN embeds e ON e.article = p.article WHERE p.file = ?`, file)
}
