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

// What was seen, where and when, is kept as sets: files, their versions, and places
// with the first and the last reading that saw them. A reading is named by the time
// at which it began, in milliseconds. Of two of an archive the later has the greater
// one, whatever the clock says. So a merge is a union, and it does not matter what
// comes in which order or how often.
//
// What is superseded follows from these sets (see settle). It is kept in the rows of
// articles and embeds, so that questions need not ask.

// said is what a place says of its article beside the content.
type said struct {
	url, title string
	outlet     string // as in outlet.Of
	kept       string // as in articles
}

// saidBy is what an article says, of which the fields with these names are kept.
func saidBy(a *archive.Article, keep []string) said {
	return said{a.URL, a.Title, outlet.Of(a), keptOf(keep, a.Kept)}
}

// fields are the parts, to be scanned.
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
	current bool // as settle found

	complete int64 // of the input, where it comes in
}

// join is what two archives, or two readings, know of one place.
func (p *seen) join(q *seen) {
	if c := cmp.Or(cmp.Compare(q.last, p.last), cmp.Compare(p.captured, q.captured), cmp.Compare(p.url, q.url),
		cmp.Compare(p.title, q.title), cmp.Compare(p.outlet, q.outlet), cmp.Compare(p.kept, q.kept), cmp.Compare(p.warcID, q.warcID), cmp.Compare(p.payload, q.payload)); c > 0 {
		p.captured, p.said, p.warcID, p.payload, p.original = q.captured, q.said, q.warcID, q.payload, q.original
	}
	p.first, p.last, p.moved = min(p.first, q.first), max(p.last, q.last), max(p.moved, q.moved)
}

// fileKey names a file by its scope and path.
func fileKey(scope, path string) int64 { return hash(scope, path) & (1<<63 - 1) }

// newFile is a file that may get a row.
type newFile struct {
	scope      int64  // row
	scopeKey   string // of it
	path, name string
	input      int64 // row; 0 is the file itself
	gone       int64
}

// file is the row of a file, which is made where it is not there.
func (b *batch) file(f newFile) (row int64, err error) {
	key := fileKey(f.scopeKey, f.path)
	var name string
	var gone int64
	if f.input != 0 { // members are named as their container is
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
	case f.name < name: // of several spellings the first in order
		err = b.rename(row, f.name)
	}
	if err == nil && f.gone > gone {
		err = b.exec(`UPDATE files SET gone = ? WHERE id = ?`, f.gone, row)
	}
	return row, err
}

// rename gives a file another name, and those in it.
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

// version is the row of a version of an input, which is made where it is not there. One
// that was read without its hash is another than any with one: who knows what it was.
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

// at is a place in a file, but for its record and what it says.
func (b *batch) at(file int64) (at seen, err error) {
	at.file = file
	err = b.query(func(r *sql.Rows) error { return r.Scan(&at.name, &at.path, &at.key, &at.complete) },
		`SELECT f.name, f.path, f.key, i.complete FROM files f JOIN files i ON i.id = f.input WHERE f.id = +?`, file)
	return at, err
}

// finish says that a reading, which began at a time, read a version to its end. One
// beside another counts less of it, where the other took its progress away.
func (b *batch) finish(version, began int64, whole bool, n *progress) error {
	err := b.ended(version, began, whole, n)
	if err == nil {
		err = b.exec(`DELETE FROM progress WHERE version = ?`, version)
	}
	return err
}

// ended is finish where there is no progress.
func (b *batch) ended(version, began int64, whole bool, n *progress) error {
	return b.exec(`UPDATE versions SET complete = complete OR ?2, records = max(records, ?3), articles = max(articles, ?4), embeds = max(embeds, ?5), errors = max(errors, ?6), done = max(done, ?1) WHERE id = ?7`,
		began, whole, n.records, n.articles, n.embeds, n.errors, version)
}

// completed says that a reading read all of an input: what it did not see there is
// superseded. These are the articles of which this has not been known.
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

// unsettle marks the articles with a place in an input that was seen last in a
// stretch of time.
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

// put brings in an article with its embeds, as a detector of a version found them,
// seen at a place; embeds are asked for where they are wanted. This is the one way
// in, of what was read here, on other machines, and by other archives.
func (b *batch) put(a *archive.Article, key []byte, detector int64, at seen, embeds func() ([]Passage, error)) (isNew bool, err error) {
	at.content = string(key)
	known, err := b.lookUp(key)
	if err != nil {
		return false, err
	}
	row, old, now, blank := known.row, known.detector, known.said, known.blank
	if row != 0 && detector > old { // what this one found takes the place of what that one did
		if err := b.remove(row); err != nil {
			return false, err
		}
		delete(b.known, string(key))
	}
	if row == 0 || detector > old {
		found, err := embeds()
		if err != nil {
			return false, err
		}
		found, out := b.tombs.admit(found)
		stored := detector
		if len(out) > 0 {
			stored = 0 // so that another batch asks again, and finds all when nothing is kept out any more
			blank = withoutWords(textsOf(out))
			at.blank(blank)
		}
		if len(found) == 0 {
			if row == 0 {
				return false, nil
			}
			return false, b.drop(row)
		}
		said, err := b.corrections(key)
		if err != nil {
			return false, err
		}
		if isNew = row == 0; isNew {
			b.article++
			row, now = b.article, at.said
		}
		adds := make([]*added, len(found))
		sum := now.with(a.Date)
		for i := range found {
			adds[i] = b.toAdd(row, &at, a.Date, &found[i], said)
			sum ^= adds[i].sum
		}
		if isNew {
			err = b.exec(`INSERT INTO articles (id, key, detector, file, record, places, url, host, title, outlet, kept, date, address, checksum) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
				row, key, stored, at.file, at.record, at.url, archive.Host(at.url), at.title, at.outlet, at.kept, a.Date, address(at.url, key), sum)
		} else {
			b.unsettled[row] = true // they take over what it is
			err = b.exec(`UPDATE articles SET detector = ?, checksum = ? WHERE id = ?`, stored, sum, row)
		}
		if len(adds) > addedAtOnce {
			together(adds)
		}
		for _, a := range adds {
			if err == nil && len(b.added) >= addedAtOnce {
				err = b.identify()
			}
			b.add(a)
		}
		if err != nil {
			return false, err
		}
		b.known[string(key)] = kept{row, detector, now, blank}
	} else if blank != nil {
		at.blank(blank)
	}
	return isNew, b.place(row, isNew, now, at)
}

// addedAtOnce is how many sightings are identified together: what that takes of memory
// does not grow with the tweets of an article.
const addedAtOnce = 1 << 13

// together puts the sightings of a block one after the other, so that it is divided into
// tweets once, unless it is crowded; all else stays in order, for neighbours in the
// article are neighbours in the indexes.
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

// kept is what put asks for of an article.
type kept struct {
	row, detector int64
	said
	blank *strings.Replacer // takes out of titles what is kept out of it; nil where nothing is known to be
}

// lookUp is the article with a key, without a row if there is none.
func (b *batch) lookUp(key []byte) (a kept, err error) {
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
		b.known[k] = kept{}
	}
	return b.query(func(r *sql.Rows) error {
		var key []byte
		var a kept
		err := r.Scan(append([]any{&key, &a.row, &a.detector}, a.fields()...)...)
		b.known[string(key)] = a
		return err
	}, `SELECT key, id, detector, url, title, outlet, kept FROM articles WHERE key IN (SELECT unhex(value) FROM json_each(?))`, list(hexadecimal))
}

// drop takes an article away of which the embeds are gone.
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

// place brings in a place of an article.
func (b *batch) place(article int64, isNew bool, now said, at seen) error {
	at.blankedAs(now)
	at.current = true // until settle sees more
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

// writePlace writes a place of an article that has now as its own.
func (b *batch) writePlace(article int64, now said, p *seen) error {
	url, title, outlet, kept := unless(p.url, now.url), unless(p.title, now.title), unless(p.outlet, now.outlet), unless(p.kept, now.kept)
	if p.revisit {
		url, title, outlet, kept = p.url, nil, nil, nil // it says no more than that
	}
	return b.exec(`INSERT OR REPLACE INTO places (article, file, record, revisit, first, last, moved, current, captured, url, title, outlet, kept, warc_id, payload, original, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		article, p.file, p.record, p.revisit, p.first, p.last, p.moved, p.current, p.captured, url, title, outlet, kept, p.warcID, p.payload, p.original, p.sum())
}

// saidPart is what of a place differs from its article's row.
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

// unless is nil for what is otherwise known.
func unless(s, known string) any {
	if s == known {
		return nil
	}
	return s
}

// standing is a place with what decides whether it is superseded.
type standing struct {
	seen
	checksum     int64
	changed      bool
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
	revisits []standing // places that are revisits, as they are kept
	should   []standing // and as they follow
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

// first is which place an article has its row from, and how many are current.
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

// settle finds out which places of the unsettled articles are superseded, and with
// them which articles. A place is superseded
//   - where a later reading read all of its input and did not see it there;
//   - where its file was gone after it was last seen, and the article elsewhere in the
//     same scope: it was moved, see Writer.moved.
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
			continue // damage, which verify tells of
		}
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
		if p.file == a.file && p.record == a.record && p.said == a.said && current == a.places {
			continue
		}
		err := b.exec(`UPDATE articles SET file = ?, record = ?, places = ?, url = ?, host = ?, title = ?, outlet = ?, kept = ?, address = ?, checksum = ? WHERE id = ?`,
			p.file, p.record, current, p.url, archive.Host(p.url), p.title, p.outlet, p.kept, address(p.url, a.key), a.checksum^a.with(a.date)^p.with(a.date), id)
		if err != nil {
			return err
		}
		if err := b.touch(id, current > 0); err != nil {
			return err
		}
	}
	clear(b.unsettled)
	return nil
}

// touch brings up to date what follows from an article: of its embeds all are
// current, or none is.
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

// remove takes the embeds of an article away.
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

// renamed brings up to date what follows from the name of a file, which has changed.
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
