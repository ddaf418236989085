package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// Tested in identity_test.go and places_test.go.

// A batch is a transaction of a Writer, or a part of one: it collects what is added, and
// what must be updated then.
type batch struct {
	*Writer
	detector              int   // the version that found all embeds; only for shards
	article, embed, tweet int64 // the last row ids given
	made                  int64 // the last file that is new in the archive

	known     map[string]knownArticle // by key, as far as they were looked up
	unsettled map[int64]bool          // articles whose places are new or may be superseded
	current   map[int64]bool          // of articles that were settled: whether they are current
	added     []*added
	dirty     map[int64]bool  // blocks that have lost embeds
	touched   map[int64]bool  // tweets whose rows must be made anew
	media     map[string]bool // the codes of lost embeds
	moved     []move
	tombs     *tombs
	first     int64 // the last tweet before assign; later ones are new
	lookups   bool  // the archive has lookups
	verdicts  bool  // and verdicts
	changed   bool  // a place is new, or was seen at another time
}

// added is an embed that will be written.
type added struct {
	*Passage
	v            *variant // its variant
	own          bool     // it is the first embed of v
	row, article int64
	anchor       int
	sum          int64 // its part in the checksum of the article
	at           *seen
	date         string // of the article
	current      bool
	settled      bool // the article was settled: its first place may be another than at
	said         correction
}

// begin makes the batch ready, in a transaction that has begun.
func (b *batch) begin() error {
	*b = batch{Writer: b.Writer, detector: b.detector, changed: b.changed, known: map[string]knownArticle{}, unsettled: map[int64]bool{}, current: map[int64]bool{}, dirty: map[int64]bool{}, touched: map[int64]bool{}, media: map[string]bool{}}
	tombs, err := readTombs(b.query)
	if err != nil {
		return err
	}
	b.tombs = tombs
	return b.query(func(r *sql.Rows) error { return r.Scan(&b.article, &b.embed, &b.tweet, &b.lookups, &b.verdicts) },
		`SELECT (SELECT ifnull(max(id), 0) FROM articles), (SELECT ifnull(max(id), 0) FROM embeds), (SELECT ifnull(max(id), 0) FROM tweets), EXISTS (SELECT 1 FROM lookups), EXISTS (SELECT 1 FROM verdicts)`)
}

// save saves stretches, and files that were skipped but have a new name.
func (b *batch) save(stretches []stretch, respelled []archive.File) error {
	if err := b.begin(); err != nil {
		return err
	}
	for i := range respelled {
		if _, err := b.fileOf(&respelled[i], 0); err != nil {
			return err
		}
	}
	var keys []string
	for i := range stretches {
		for j := range stretches[i].found {
			keys = append(keys, string(stretches[i].found[j].Key))
		}
	}
	if err := b.lookUpAll(keys); err != nil {
		return err
	}
	var all []dropped
	for i := range stretches {
		l, err := b.stretch(&stretches[i])
		if err != nil {
			return err
		}
		if len(l.articles) > 0 {
			all = append(all, l)
		}
	}
	if err := b.identify(); err != nil {
		return err
	}
	for _, l := range all {
		if err := b.tell(l); err != nil {
			return err
		}
	}
	return b.saveManifest()
}

// saveManifest saves the counts of the run, and what it keeps.
func (b *batch) saveManifest() error {
	n := b.Counts()
	if n.Records > 0 && b.run.Keep != nil { // later runs keep the same; but if nothing could be read, a name may be mistyped
		if err := b.exec(`UPDATE runs SET keep = ?, count = ? WHERE id = ?`, list(b.run.Keep), b.run.CountAll, b.runID); err != nil {
			return err
		}
	}
	counts, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return b.exec(`UPDATE runs SET counts = ? WHERE id = ?`, string(counts), b.runID)
}

// dropped is what is no longer in an input.
type dropped struct {
	name     string
	input    int64
	articles []int64
}

// tell counts the tweets that are no longer in an input, for Writer.Superseded.
func (b *batch) tell(l dropped) error {
	n := 0
	err := b.query(func(r *sql.Rows) error { return r.Scan(&n) }, `SELECT count(DISTINCT e.tweet) FROM embeds e WHERE e.article IN (SELECT value FROM json_each(?1)) AND NOT e.current AND NOT EXISTS (
		SELECT 1 FROM embeds c JOIN places p ON p.article = c.article JOIN files f ON f.id = p.file WHERE c.tweet = e.tweet AND c.current AND f.input = ?2)`, list(l.articles), l.input)
	if n > 0 {
		b.superseded = append(b.superseded, Count{Name: l.name, N: n})
	}
	return err
}

// fileOf is the row of a file that this run reads; in is the row of its container, or 0.
func (b *batch) fileOf(f *archive.File, in int64) (int64, error) {
	scope := b.scopeOf(f)
	row, err := b.scopeRow(scope)
	if err != nil {
		return 0, err
	}
	return b.file(newFile{scope: row, scopeKey: scope, path: pathOf(f), name: f.Path, input: in})
}

// scopeRow is the row of a scope.
func (b *batch) scopeRow(key string) (row int64, err error) {
	if key == b.Writer.scope {
		return 1, nil
	}
	find := func() error {
		return b.query(func(r *sql.Rows) error { return r.Scan(&row) }, `SELECT id FROM scopes WHERE key = ?`, key)
	}
	if err = find(); err == nil && row == 0 {
		if err = b.exec(`INSERT INTO scopes (key) VALUES (?)`, key); err == nil {
			err = find()
		}
	}
	return row, err
}

// start gives a file, its input and the version of it their rows.
func (b *batch) start(r *reading) (err error) {
	in := r.input()
	if in.row == 0 {
		if in.row, err = b.fileOf(&in.File, 0); err != nil {
			return err
		}
		b.mu.Lock()
		b.met[in.row] = true
		b.mu.Unlock()
	}
	if r.row == 0 {
		if r.row, err = b.fileOf(&r.File, in.row); err != nil {
			return err
		}
	}
	if in.version != 0 {
		return nil
	}
	if in.version, err = b.version(in.row, in.Size, mtime(&in.File), in.SHA256, b.options(&in.File)); err != nil {
		return err
	}
	if in.fresh && b.made != in.row { // progress of other versions is of no use any more
		err := b.exec(`DELETE FROM progress WHERE version IN (SELECT id FROM versions WHERE file = ? AND (id <> ? OR size < 0))`, in.row, in.version)
		if err != nil {
			return err
		}
	}
	return b.exec(`INSERT OR IGNORE INTO readings (run, version) VALUES (?, ?)`, b.runID, in.version)
}

// stretch saves what was found in a stretch, and how far its file was read. If the input
// ends here, it returns what is no longer in it.
func (b *batch) stretch(s *stretch) (gone dropped, err error) {
	isNew := s.input().row == 0
	if err := b.start(s.reading); err != nil {
		return gone, err
	}
	isNew = isNew && b.made == s.input().row // the archive has nothing of this input yet
	if err := b.putAll(s); err != nil {
		return gone, err
	}
	if !s.last || s.in != nil || s.input().broken {
		return gone, b.saveProgress(s)
	}
	return b.endInput(s, isNew)
}

// putAll adds what was found in a stretch.
func (b *batch) putAll(s *stretch) (err error) {
	var at seen
	if len(s.found)+len(s.revisits) > 0 {
		if at, err = b.at(s.row); err != nil {
			return err
		}
	}
	at.first, at.last = s.began, s.began
	for i := range s.found {
		f := &s.found[i]
		at.see(&f.Article, b.run.Keep)
		if _, err := b.put(&f.Article, f.Key, int64(b.run.Detector), at, func() ([]Passage, error) { return f.Embeds, nil }); err != nil {
			return err
		}
	}
	for i := range s.revisits {
		if err := b.addRevisit(&s.revisits[i], at); err != nil {
			return err
		}
	}
	return b.count(s.row, s.began, 0, s.counted)
}

// saveProgress saves how far the file of a stretch was read.
func (b *batch) saveProgress(s *stretch) error {
	in, n := s.input(), s.upTo
	done := s.last && (s.in != nil || !in.broken)
	if s.damaged { // it must be read again from its beginning
		n.record = 0
		if err := b.exec(`DELETE FROM progress WHERE version = ? AND file = ?`, in.version, s.row); err != nil {
			return err
		}
		if s.Holds { // and so must the files in it
			if err := b.exec(`UPDATE progress SET record = 0, done = 0 WHERE version = ?`, in.version); err != nil {
				return err
			}
		}
	}
	return b.exec(`INSERT INTO progress (version, file, began, record, done, records, articles, embeds, errors) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
		WHERE NOT EXISTS (SELECT 1 FROM versions WHERE id = ?1 AND done >= ?3)
		ON CONFLICT DO UPDATE SET began = excluded.began, record = excluded.record, done = excluded.done, records = excluded.records, articles = excluded.articles, embeds = excluded.embeds, errors = excluded.errors
		WHERE excluded.record > record OR excluded.record = record AND excluded.done > done`, in.version, s.row, s.reading.began, n.record, done, n.records, n.articles, n.embeds, n.errors)
}

// endInput saves that an input was read to its end, and returns what is no longer in it.
func (b *batch) endInput(s *stretch, isNew bool) (gone dropped, err error) {
	in, n := s.input(), s.upTo
	if s.Holds {
		n = s.members
	}
	whole := n.errors == 0 && in.Size >= 0 && !b.run.Partial && !(in.Holds && b.run.Globs != "")
	if isNew {
		if err = b.ended(in.version, in.began, whole, &n); err == nil && whole {
			err = b.exec(`UPDATE files SET complete = ? WHERE id = ?`, in.began, in.row)
		}
		return gone, err
	}
	if err := b.finish(in.version, in.began, whole, &n); err != nil || !whole {
		return gone, err
	}
	gone = dropped{name: in.Path, input: in.row}
	gone.articles, err = b.completed(in.row, in.began)
	return gone, err
}

// toAdd is an embed of an article, ready for add. said are the corrections of the article.
func (b *batch) toAdd(article int64, at *seen, date string, e *Passage, said map[int]correction) *added {
	_, media := archive.LinkCodes(e.Text)
	v := &variant{Embed: e.Embed, block: blockOf(&e.Tweet), hash: variantOf(&e.Embed), media: media}
	if guesses(&e.Embed) {
		v.before = shown{e.Before, e.Before}
	}
	a := &added{Passage: e, v: v, own: true, article: article, at: at, date: date, anchor: anchorOf(e), sum: e.sum(v.hash), current: true}
	a.said = said[a.anchor]
	v.correct(a.said)
	return a
}

// add gives an embed the row that identify will write.
func (b *batch) add(a *added) {
	b.embed++
	a.row, a.v.embed = b.embed, b.embed
	b.added = append(b.added, a)
}

// identify settles the articles, finds out which tweets the added embeds are of, writes the
// embeds, and updates the tweets.
func (b *batch) identify() error {
	if err := b.settle(); err != nil {
		return err
	}
	for _, a := range b.added {
		current, settled := b.current[a.article]
		a.settled = settled
		a.v.current = current || !settled
		a.current = a.v.current
	}
	n := neighbourhood{batch: b, blocks: map[int64][]*variant{}, known: map[variantKey]*variant{}, exact: map[int64]bool{}}
	changed, err := n.gather()
	if err != nil {
		return err
	}
	all, err := n.clusters(changed)
	if err == nil {
		err = b.assign(all)
	}
	b.added, b.moved = nil, nil
	clear(b.dirty)
	clear(b.touched)
	clear(b.media)
	return err
}

// assign gives each cluster the row of its tweet, writes the added embeds, and updates the
// tweets.
func (b *batch) assign(all []*cluster) error {
	b.first = b.tweet
	fresh, err := b.assignRows(all)
	if err != nil {
		return err
	}
	more := b.gatherAdded(fresh)
	for row := b.first + 1; row <= b.tweet; row++ {
		if err := b.insertTweet(row, fresh[row]); err != nil {
			return err
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
	if err := b.countMore(more); err != nil {
		return err
	}
	if err := b.refresh(); err != nil {
		return err
	}
	if err := b.exec(`INSERT INTO tweets_fts (docid, text, marks, author, handle) SELECT id, text, marks, author, handle FROM tweets WHERE id > ? ORDER BY id`, b.first); err != nil {
		return err
	}
	if !b.lookups {
		return nil
	}
	return b.exec(statusQuery+` WHERE id > ?`, b.first) // a key may be back that had lookups
}

// assignRows gives each variant the row of its tweet, and returns the new tweets by their
// rows. Tweets that lose or get variants are touched.
func (b *batch) assignRows(all []*cluster) (fresh map[int64]*gathered, err error) {
	rows, err := b.rowsOf(all)
	if err != nil {
		return nil, err
	}
	fresh = map[int64]*gathered{}
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
	for _, m := range b.moved {
		if g := fresh[m.to]; g != nil {
			g.moved = true
		}
	}
	return fresh, nil
}

// gatherAdded adds the added embeds to the new tweets. It returns what they add to other
// tweets, except to those that are touched: these are read again by refresh.
func (b *batch) gatherAdded(fresh map[int64]*gathered) (more map[int64]*gathered) {
	more = map[int64]*gathered{}
	for _, a := range b.added {
		row := a.v.tweet
		g := fresh[row]
		if a.settled { // only the archive has its first place
			b.touched[row] = true
			if g != nil {
				g.moved = true
			}
		}
		if g == nil {
			if b.touched[row] {
				continue
			}
			if g = more[row]; g == nil {
				g = &gathered{}
				more[row] = g
			}
		}
		g.add(a)
	}
	return more
}

// insertTweet writes a new tweet. It need not be read again if all its embeds are new.
func (b *batch) insertTweet(row int64, g *gathered) error {
	t, confidence, by := merge(g.decide())
	err := b.exec(`INSERT INTO tweets (id, key, tweet_id, author, handle, posted_date, posted_at, text, confidence, words_by, embeds, articles, first_seen, last_seen, status, checked_at, marks, first)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?)`,
		row, g.key, t.ID, t.Author, t.Handle, t.Date, formatTime(t.At), t.Text, confidence, by, g.embeds, len(g.addresses), g.first, g.last, marksOf(t, g.variants), g.at.row)
	if err == nil && !g.moved {
		delete(b.touched, row)
	}
	return err
}

// countMore adds embeds to tweets that get nothing new from them except their places.
func (b *batch) countMore(more map[int64]*gathered) error {
	ids := slices.Sorted(maps.Keys(more))
	err := b.query(func(r *sql.Rows) error {
		var id int64
		var p embedPlace
		var hidden bool
		if err := r.Scan(&id, &hidden, &p.row, &p.name, &p.path, &p.key, &p.record, &p.content, &p.start); err != nil {
			return err
		}
		if hidden { // its row follows from superseded embeds
			b.touched[id] = true
			delete(more, id)
		} else if p.before(more[id].at) {
			more[id].at = p
		}
		return nil
	}, `SELECT t.id, t.embeds = 0, e.id, f.name, f.path, f.key, a.record, a.key, e.start FROM tweets t JOIN embeds e ON e.id = t.first JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE t.id IN (SELECT value FROM json_each(?))`, list(ids))
	if err != nil {
		return err
	}
	for _, id := range ids {
		g := more[id]
		if g == nil || g.embeds == 0 { // only superseded embeds were added
			continue
		}
		err := b.exec(`UPDATE tweets SET embeds = embeds + ?, articles = (SELECT count(DISTINCT a.address) FROM embeds e JOIN articles a ON a.id = e.article WHERE e.tweet = tweets.id AND e.current),
			last_seen = max(last_seen, ?), first_seen = CASE WHEN first_seen = '' OR first_seen > ?3 AND ?3 <> '' THEN ?3 ELSE first_seen END, first = ?4 WHERE id = ?5`,
			g.embeds, g.last, g.first, g.at.row, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsOf looks up the tweets with the keys of clusters.
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

// move is a variant whose embeds in the archive become those of another tweet.
type move struct {
	v  *variant
	to int64
}

// gathered is what the row of a tweet follows from.
type gathered struct {
	key         string
	embeds      int     // number of current embeds
	addresses   []int64 // of the articles with these
	articles    int     // number of these articles, if read from the archive
	first, last string  // days of the first and the last of them
	variants    []*variant
	moved       bool // some of its embeds were in the archive before
	at          embedPlace
}

// embedPlace is where an embed is in the corpus, and its row.
type embedPlace struct {
	name, path    string // of the file
	key           int64
	content       string // key of the article
	record, start int
	row           int64
	superseded    bool
}

func (p embedPlace) before(q embedPlace) bool {
	if p.superseded != q.superseded && q.row != 0 {
		return q.superseded
	}
	return q.row == 0 || cmp.Or(cmp.Compare(p.name, q.name), cmp.Compare(p.path, q.path), cmp.Compare(p.key, q.key), cmp.Compare(p.record, q.record), cmp.Compare(p.content, q.content), cmp.Compare(p.start, q.start)) < 0
}

// decide are the variants from which the tweet follows: the current ones or, if there are
// none, all.
func (g *gathered) decide() []*variant {
	if g.embeds > 0 {
		g.variants = slices.DeleteFunc(g.variants, func(v *variant) bool { return !v.current })
	}
	return g.variants
}

// add counts an embed of the tweet.
func (g *gathered) add(a *added) {
	p := embedPlace{a.at.name, a.at.path, a.at.key, a.at.content, int(a.at.record), a.Start, a.row, !a.current}
	if p.before(g.at) {
		g.at = p
	}
	if a.own {
		g.variants = append(g.variants, a.v)
	}
	if !a.current {
		return
	}
	g.embeds++
	if counted := address(a.at.url, []byte(a.at.content)); !slices.Contains(g.addresses, counted) {
		g.addresses = append(g.addresses, counted)
	}
	if a.date != "" && (g.first == "" || a.date < g.first) {
		g.first = a.date
	}
	g.last = max(g.last, a.date)
}

const variantColumns = `id, block, variant, tweet, media, tweet_id, author, handle, posted_date, posted_at, text, form, confidence, words, words_by, current,
	iif(form = 'text' AND confidence < 1 AND words IS NULL, (SELECT min(s.before) || char(0) || max(s.before) FROM embeds s WHERE s.block = embeds.block AND s.variant = embeds.variant AND s.current = embeds.current), '')`

func scanVariant(r *sql.Rows) (*variant, error) {
	v := &variant{}
	var at, before string
	var said correction
	var words sql.NullString
	err := r.Scan(&v.embed, &v.block, &v.hash, &v.tweet, &v.media, &v.ID, &v.Author, &v.Handle, &v.Date, &at, &v.Text, &v.Form, &v.Confidence, &words, &said.by, &v.current, &before)
	if words.Valid {
		hash := v.hash // correct would change it again
		said.words = words.String
		v.correct(said)
		v.hash = hash
	}
	v.before[0], v.before[1], _ = strings.Cut(before, "\x00")
	v.At = parseTime(at)
	return v, err
}

func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{} // it is "", or another program changed the file: then verify says so
	}
	return t
}

func (b *batch) insert(a *added) error {
	e := a.Passage
	err := b.exec(`INSERT INTO embeds (id, article, tweet, tweet_id, author, handle, posted_date, posted_at, text, form, confidence, start, end, anchor, raw, before, after, block, variant, current, media, words, words_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.row, a.article, a.v.tweet, e.ID, e.Author, e.Handle, e.Date, formatTime(e.At), e.Text, string(e.Form), e.Confidence, e.Start, e.End, a.anchor, e.Raw, e.Before, e.After, a.v.block, a.v.hash, a.current, a.v.media, a.said.forRow(), a.said.by)
	for i, l := range e.Links {
		if err != nil {
			break
		}
		err = b.exec(`INSERT INTO links VALUES (?, ?, ?, ?, ?)`, a.row, i+1, l.Shown, l.URL, l.Target)
	}
	return err
}

// An asker calls each for every row of a query.
type asker func(each func(*sql.Rows) error, query string, args ...any) error

// gather reads what the rows of tweets follow from.
func gather(ask asker, ids []int64) (map[int64]*gathered, error) {
	tweets := make(map[int64]*gathered, len(ids))
	err := ask(func(r *sql.Rows) error {
		var id int64
		g := &gathered{}
		err := r.Scan(&id, &g.embeds, &g.articles, &g.first, &g.last)
		tweets[id] = g
		return err
	}, `SELECT e.tweet, sum(e.current), count(DISTINCT iif(e.current, a.address, NULL)), ifnull(min(iif(e.current, nullif(a.date, ''), NULL)), ''), ifnull(max(iif(e.current, a.date, NULL)), '')
		FROM embeds e JOIN articles a ON a.id = e.article WHERE e.tweet IN (SELECT value FROM json_each(?)) GROUP BY e.tweet`, list(ids))
	if err != nil {
		return nil, err
	}
	err = ask(func(r *sql.Rows) error {
		var id, row int64
		var place string
		if err := r.Scan(&id, &row, &place); err != nil {
			return err
		}
		if g := tweets[id]; g != nil { // else the file is damaged
			g.at.row = row
		}
		return nil
	}, `SELECT e.tweet, e.id, min((NOT e.current) || f.name || char(1) || f.path || char(1) || printf('%020d %012d ', f.key, a.record) || hex(a.key) || printf(' %012d', e.start)) FROM embeds e JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file
		WHERE e.tweet IN (SELECT value FROM json_each(?)) GROUP BY e.tweet`, list(ids))
	if err != nil {
		return nil, err
	}
	byRow := map[int64]*variant{}
	const distinct = `(SELECT min(id) FROM embeds WHERE tweet IN (SELECT value FROM json_each(?)) GROUP BY tweet, variant, current)`
	err = ask(func(r *sql.Rows) error {
		v, err := scanVariant(r)
		if err != nil {
			return err
		}
		byRow[v.embed] = v
		if g := tweets[v.tweet]; g != nil {
			g.variants = append(g.variants, v)
		}
		return nil
	}, `SELECT `+variantColumns+` FROM embeds WHERE id IN `+distinct+` ORDER BY id`, list(ids))
	if err != nil {
		return nil, err
	}
	err = ask(func(r *sql.Rows) error {
		var row int64
		var l archive.Link
		if err := r.Scan(&row, &l.Shown, &l.URL, &l.Target); err != nil {
			return err
		}
		if v := byRow[row]; v != nil {
			v.Links = append(v.Links, l)
		}
		return nil
	}, `SELECT embed, shown, url, target FROM links WHERE embed IN `+distinct+` ORDER BY embed, n`, list(ids))
	if err != nil {
		return nil, err
	}
	return tweets, nil
}

// refresh makes the rows of the touched tweets anew from their embeds, and removes tweets
// without any.
func (b *batch) refresh() error {
	if len(b.touched) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(b.touched))
	tweets, err := gather(b.query, ids)
	if err != nil {
		return err
	}
	words := make(map[int64][4]string, len(ids)) // as they are in the index
	err = b.query(func(r *sql.Rows) error {
		var id int64
		var w [4]string
		err := r.Scan(&id, &w[0], &w[1], &w[2], &w[3])
		words[id] = w
		return err
	}, `SELECT id, text, marks, author, handle FROM tweets WHERE id IN (SELECT value FROM json_each(?)) AND id <= ?`, list(ids), b.first)
	if err != nil {
		return err
	}
	// Each tweet is taken out of the index and put back at once, because then the index
	// collects all of them before it writes. It reads from the table what a row had.
	for _, id := range ids {
		g := tweets[id]
		var t archive.Tweet
		var confidence float64
		var by, marks string
		if g != nil {
			t, confidence, by = merge(g.decide())
			marks = marksOf(t, g.variants)
		}
		was, indexed := words[id]
		reword := indexed && (g == nil || was != [4]string{t.Text, marks, t.Author, t.Handle})
		if reword {
			err = b.exec(`DELETE FROM tweets_fts WHERE docid = ?`, id)
		}
		switch {
		case err != nil:
		case g == nil:
			err = b.exec(`DELETE FROM tweets WHERE id = ?`, id)
		default:
			err = b.exec(`UPDATE tweets SET tweet_id = ?, author = ?, handle = ?, posted_date = ?, posted_at = ?, text = ?, confidence = ?, words_by = ?, embeds = ?, articles = ?, first_seen = ?, last_seen = ?, marks = ?, first = ? WHERE id = ?`,
				t.ID, t.Author, t.Handle, t.Date, formatTime(t.At), t.Text, confidence, by, g.embeds, g.articles, g.first, g.last, marks, g.at.row, id)
		}
		if err == nil && reword && g != nil {
			err = b.exec(`INSERT INTO tweets_fts (docid, text, marks, author, handle) VALUES (?, ?, ?, ?, ?)`, id, t.Text, marks, t.Author, t.Handle)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
