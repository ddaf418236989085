package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// Forgetting removes tweets from the file, with every byte of their words, and leaves
// tombstones. These keep the tweets out of later runs and merges. A tombstone is a salted
// hash: of a user name, of a status ID, or of the day, the user name and the last letters
// of the words. Whoever has the file can still test whether it keeps out a certain name.

// The kinds of tombstones.
const (
	ofHandle = "handle"
	ofID     = "id"
	ofWords  = "words"
)

// lastLetters is how many letters of the words are in the hash of a tombstone.
const lastLetters = 40

// A Selection says which tweets are to be forgotten: those of the query and the keys, and
// all that are embedded in one of the articles.
type Selection struct {
	Query   *Query // nil selects none
	Keys    []string
	Article string   // address of one article
	Files   []string // spellings of the path of one file of articles: as exports have it, or absolute
	Run     string   // key of the run that first saw the articles
}

// A Tombstone keeps out something that was forgotten.
type Tombstone struct {
	Hash   string // hexadecimal
	Kind   string // handle, id or words
	At     time.Time
	Lifted bool
}

// Forgotten counts what is forgotten.
type Forgotten struct{ Tweets, Embeds, Articles, Lookups, Verdicts, Tombstones int }

// tomb is a new tombstone.
type tomb struct {
	hash, salt [16]byte
	kind       string
}

func hashOf(salt [16]byte, kind string, parts ...string) (hash [16]byte) {
	sum := digest(append([]string{string(salt[:]), kind}, parts...)...)
	copy(hash[:], sum[:])
	return hash
}

// identities are what tombstones that keep out a tweet may be hashes of: a kind, and what
// is hashed.
func identities(t *archive.Tweet) [][]string {
	var all [][]string
	handle := strings.ToLower(t.Handle)
	if handle != "" {
		all = append(all, []string{ofHandle, handle})
	}
	// Without letters in the words, other tweets of the day may have none either. Then only
	// the ID counts, if there is one.
	letters := []rune(cmp.Or(strings.ReplaceAll(archive.Normalize(t.Text), " ", ""), strings.TrimSpace(t.Text)))
	if handle != "" && (len(letters) > 0 || t.ID == "") {
		all = append(all, []string{ofWords, day(t), handle, string(letters[max(0, len(letters)-lastLetters):])})
	}
	if t.ID != "" {
		all = append(all, []string{ofID, t.ID})
	}
	return all
}

// tombs are the tombstones that were not lifted.
type tombs struct {
	salts  [][16]byte
	hashes map[[16]byte]bool
}

// keepOut says whether a tweet is kept out.
func (t *tombs) keepOut(tweet *archive.Tweet) bool {
	if len(t.hashes) == 0 {
		return false
	}
	for _, id := range identities(tweet) {
		for _, salt := range t.salts {
			if t.hashes[hashOf(salt, id[0], id[1:]...)] {
				return true
			}
		}
	}
	return false
}

// readTombs reads the tombstones.
func readTombs(ask asker) (*tombs, error) {
	t := &tombs{hashes: map[[16]byte]bool{}}
	salts := map[[16]byte]bool{}
	err := ask(func(r *sql.Rows) error {
		var hash, salt []byte
		var lifted bool
		if err := r.Scan(&hash, &salt, &lifted); err != nil {
			return err
		}
		if len(hash) == 16 && len(salt) == 16 {
			t.hashes[[16]byte(hash)] = !lifted // the last one counts
			salts[[16]byte(salt)] = true
		}
		return nil
	}, `SELECT hash, salt, lifted FROM tombstones ORDER BY hash, at, lifted`)
	maps.DeleteFunc(t.hashes, func(_ [16]byte, counts bool) bool { return !counts })
	t.salts = slices.SortedFunc(maps.Keys(salts), func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	return t, err
}

// admit divides the embeds of an article into those that may come in, and those that are
// kept out. It takes the words of the latter out of the passages of the former.
func (t *tombs) admit(found []Passage) (in, out []Passage) {
	if len(t.hashes) == 0 {
		return found, nil
	}
	for _, s := range found {
		if t.keepOut(&s.Tweet) {
			out = append(out, s)
		} else {
			in = append(in, s)
		}
	}
	for i := range in {
		for j := range out {
			in[i].blank(out[j].Start, out[j].End)
		}
	}
	return in, out
}

func textsOf(found []Passage) (texts []string) {
	for i := range found {
		texts = append(texts, found[i].Text)
	}
	return texts
}

// least is how many letters a line must have to be taken out of other texts: a shorter one
// may be anybody's.
const least = 15

// withoutWords replaces words in texts by dots, so that the length stays the same.
func withoutWords(words []string) *strings.Replacer {
	var pairs []string
	for _, text := range words {
		for _, part := range append([]string{text}, strings.Split(text, "\n")...) {
			if part = strings.TrimSpace(part); utf8.RuneCountInString(part) >= least {
				pairs = append(pairs, part, strings.Repeat(".", len(part)))
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// blank replaces a part of the article in the passage by dots.
func (s *Passage) blank(start, end int) {
	s.Before = blanked(s.Before, start-(s.Start-len(s.Before)), end-(s.Start-len(s.Before)))
	s.After = blanked(s.After, start-s.End, end-s.End)
}

func blanked(s string, from, to int) string {
	from, to = max(from, 0), min(to, len(s))
	if from >= to {
		return s
	}
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return s[:from] + strings.Repeat(".", to-from) + s[to:]
}

// Select lists the keys of the selected tweets, and counts what would be forgotten.
func (db *DB) Select(ctx context.Context, sel Selection) (keys []string, n Forgotten, err error) {
	defer func() { err = db.explain(err) }()
	set := rowSet{}
	if sel.Query != nil {
		if set, err = sel.Query.WithSuperseded().rows(ctx, db.sql); err != nil {
			return nil, n, err
		}
	}
	var files []int64
	for _, path := range sel.Files {
		some, err := db.filesAt(ctx, path)
		if err != nil {
			return nil, n, err
		}
		files = append(files, some...)
	}
	for _, more := range []struct {
		asked bool
		query string
		arg   any
	}{
		{len(sel.Keys) > 0, `SELECT id FROM tweets WHERE key IN (SELECT value FROM json_each(?))`, list(sel.Keys)},
		{sel.Article != "", `SELECT e.tweet AS id FROM articles a JOIN embeds e ON e.article = a.id WHERE a.address = ?`, address(sel.Article, nil)},
		{len(sel.Files) > 0, `SELECT e.tweet AS id FROM files f JOIN places p ON p.file = f.id JOIN embeds e ON e.article = p.article WHERE f.id IN (SELECT value FROM json_each(?1)) OR f.input IN (SELECT value FROM json_each(?1))`, list(files)},
		{sel.Run != "", `SELECT e.tweet AS id FROM runs r JOIN places p ON p.first = r.began JOIN embeds e ON e.article = p.article WHERE r.key = ?`, sel.Run},
	} {
		if !more.asked {
			continue
		}
		some, err := readSet(ctx, db.sql, more.query, more.arg)
		if err != nil {
			return nil, n, err
		}
		set = set.or(some)
	}
	ids := list(set.ids())
	rows, err := db.sql.QueryContext(ctx, `SELECT key FROM tweets WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key`, ids)
	if err != nil {
		return nil, n, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, n, err
		}
		keys = append(keys, key)
	}
	if err := rows.Err(); err != nil {
		return nil, n, err
	}
	n.Tweets = len(keys)
	err = db.sql.QueryRowContext(ctx, `SELECT count(*), count(DISTINCT e.article), (SELECT count(*) FROM lookups WHERE key IN (SELECT value FROM json_each(?2)) OR tweet_id IN (SELECT value FROM json_each(?2)))
		FROM embeds e WHERE e.tweet IN (SELECT value FROM json_each(?1))`, ids, list(keys)).Scan(&n.Embeds, &n.Articles, &n.Lookups)
	return keys, n, err
}

// Forget forgets tweets and, if there is a handle, all later tweets of that user. It writes
// the file anew, so that no byte of them is left in it.
func (w *Writer) Forget(keys []string, handle string) (n Forgotten, err error) {
	defer func() { err = w.db.explain(err) }()
	if err := w.Flush(); err != nil {
		return n, err
	}
	var salt [16]byte
	rand.Read(salt[:])
	now := time.Now().UnixMilli()
	err = w.transaction(func() error {
		stones := map[tomb]bool{}
		add := func(id []string) { stones[tomb{hashOf(salt, id[0], id[1:]...), salt, id[0]}] = true }
		if handle != "" {
			add([]string{ofHandle, strings.ToLower(handle)})
		}
		err := w.query(func(r *sql.Rows) error {
			var t archive.Tweet
			var at string
			if err := r.Scan(&t.ID, &t.Handle, &t.Date, &at, &t.Text); err != nil {
				return err
			}
			for _, id := range identities(&t) {
				if id[0] != ofHandle {
					add(id)
				}
			}
			return nil
		}, `SELECT e.tweet_id, e.handle, e.posted_date, e.posted_at, e.text FROM tweets t JOIN embeds e ON e.tweet = t.id WHERE t.key IN (SELECT value FROM json_each(?))`, list(keys))
		if err != nil {
			return err
		}
		// Verdicts have the tweets as coders say they are, and as they were when judged.
		err = w.query(func(r *sql.Rows) error {
			j, err := scanJudgement(r)
			for _, t := range judgedTweets(&j) {
				for _, id := range identities(&t) {
					if id[0] != ofHandle {
						add(id)
					}
				}
			}
			return err
		}, `SELECT `+verdictColumns+` FROM verdicts v WHERE EXISTS (SELECT 1 FROM articles a JOIN embeds e ON e.article = a.id JOIN tweets t ON t.id = e.tweet
			WHERE a.key = v.article AND e.anchor = v.anchor AND t.key IN (SELECT value FROM json_each(?)))`, list(keys))
		if err != nil {
			return err
		}
		for t := range stones {
			if err := w.exec(`INSERT OR IGNORE INTO tombstones (hash, salt, kind, at, lifted) VALUES (?, ?, ?, ?, 0)`, t.hash[:], t.salt[:], t.kind, now); err != nil {
				return err
			}
		}
		n, err = w.sweep()
		n.Tombstones = len(stones)
		return err
	})
	if err != nil {
		return n, err
	}
	return n, w.scour()
}

// sweep removes all that a tombstone keeps out. It runs in a transaction.
func (w *Writer) sweep() (n Forgotten, err error) {
	b := &batch{Writer: w}
	if err := b.begin(); err != nil {
		return n, err
	}
	articles := map[int64]bool{}
	tweets := map[int64]bool{}
	words := map[string]bool{}
	cases := map[string]bool{}
	err = w.query(func(r *sql.Rows) error {
		var t archive.Tweet
		var article, tweet int64
		var key []byte
		var anchor int
		var said string
		if err := r.Scan(&article, &key, &anchor, &tweet, &t.ID, &t.Handle, &t.Date, &t.Text, &said); err != nil || !b.tombs.keepOut(&t) {
			return err
		}
		articles[article], tweets[tweet] = true, true
		words[t.Text], words[said] = true, true
		cases[CaseName(key, anchor)] = true
		n.Embeds++
		return nil
	}, `SELECT e.article, a.key, e.anchor, e.tweet, e.tweet_id, e.handle, e.posted_date, e.text, ifnull(e.words, e.text) FROM embeds e JOIN articles a ON a.id = e.article`)
	if err != nil {
		return n, err
	}
	n.Articles, n.Tweets = len(articles), len(tweets)
	ids := list(slices.Sorted(maps.Keys(tweets)))
	before := map[string]bool{}
	err = w.query(func(r *sql.Rows) error {
		var key string
		err := r.Scan(&key)
		before[key] = true
		return err
	}, `SELECT key FROM tweets WHERE id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return n, err
	}
	for _, article := range slices.Sorted(maps.Keys(articles)) {
		if err := b.anew(article, true); err != nil {
			return n, err
		}
	}
	if err := b.identify(); err != nil {
		return n, err
	}
	if err := b.blankWords(words); err != nil {
		return n, err
	}
	if n.Lookups, err = b.takeLookups(before); err != nil {
		return n, err
	}
	if n.Verdicts, err = b.takeVerdicts(cases); err != nil {
		return n, err
	}
	if err := b.blankVerdicts(withoutWords(slices.Sorted(maps.Keys(words)))); err != nil {
		return n, err
	}
	return n, b.exec(`INSERT INTO tweets_fts (tweets_fts) VALUES ('rebuild')`)
}

// anew gives the embeds of an article new rows. With out, those that are kept out get none.
func (b *batch) anew(article int64, out bool) error {
	var a archive.Article
	var key []byte
	var at said
	err := b.query(func(r *sql.Rows) error { return r.Scan(append([]any{&key, &a.Date}, at.fields()...)...) }, `SELECT key, date, url, title, outlet, kept FROM articles WHERE id = ?`, article)
	if err != nil {
		return err
	}
	embeds, err := b.stmt(embedsQuery)
	if err != nil {
		return err
	}
	links, err := b.stmt(linksQuery)
	if err != nil {
		return err
	}
	found, err := embedsIn(b.ctx, embeds, links, article)
	if err != nil {
		return err
	}
	if err := b.remove(article); err != nil {
		return err
	}
	stay := found
	if out {
		stay, _ = b.tombs.admit(found)
	}
	if len(stay) == 0 {
		return b.drop(article)
	}
	said, err := b.corrections(key)
	if err != nil {
		return err
	}
	b.unsettled[article] = true
	sum := at.with(a.Date)
	for i := range stay {
		s := b.toAdd(article, &seen{}, a.Date, &stay[i], said)
		sum ^= s.sum
		b.add(s)
	}
	// Detector 0: when nothing is kept out any more, the next reading finds all of it again.
	return b.exec(`UPDATE articles SET detector = iif(?, 0, detector), checksum = ? WHERE id = ?`, out, sum, article)
}

// blankWords takes words out of all passages, titles and kept fields, because articles also
// quote tweets outside of embeds.
func (b *batch) blankWords(words map[string]bool) error {
	blank := withoutWords(slices.Sorted(maps.Keys(words)))
	if err := b.blankSaid(blank); err != nil {
		return err
	}
	changed := map[int64][2]string{}
	err := b.query(func(r *sql.Rows) error {
		var id int64
		var before, after string
		if err := r.Scan(&id, &before, &after); err != nil {
			return err
		}
		if x, y := blank.Replace(before), blank.Replace(after); x != before || y != after {
			changed[id] = [2]string{x, y}
		}
		return nil
	}, `SELECT id, before, after FROM embeds`)
	if err != nil {
		return err
	}
	links, err := b.stmt(linksQuery)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(changed)) {
		var s Passage
		var article, tweet int64
		err := b.query(func(r *sql.Rows) (err error) {
			s, err = scanPassage(r, &article, &tweet)
			return err
		}, `SELECT e.article, e.tweet, `+passageColumns+` FROM embeds e WHERE e.id = ?`, id)
		b.touched[tweet] = true // its words depend on passages, too
		if err == nil {
			s.Links, err = linksOf(b.ctx, links, id)
		}
		if err != nil {
			return err
		}
		v := variantOf(&s.Embed)
		old := s.sum(v)
		s.Before, s.After = changed[id][0], changed[id][1]
		if err := b.exec(`UPDATE embeds SET before = ?, after = ? WHERE id = ?`, s.Before, s.After, id); err != nil {
			return err
		}
		// In SQL a ^ b is (a | b) - (a & b).
		if err := b.exec(`UPDATE articles SET checksum = (checksum | ?1) - (checksum & ?1) WHERE id = ?2`, old^s.sum(v), article); err != nil {
			return err
		}
	}
	return b.refresh()
}

// isBlanked says whether title is whole with words taken out.
func isBlanked(title, whole string) bool {
	if len(title) != len(whole) || title == whole {
		return false
	}
	for i := range len(title) {
		if title[i] != whole[i] && title[i] != '.' {
			return false
		}
	}
	return true
}

// blank takes words out of the title and the kept fields. The title of a text may be its
// first line, and so a tweet.
func (s *said) blank(words *strings.Replacer) {
	s.title = words.Replace(s.title)
	if s.kept != "" {
		kept := keptValues(s.kept)
		for name, value := range kept {
			kept[name] = words.Replace(value)
		}
		s.kept = keptText(kept)
	}
}

// blankedAs is known if that is the text with words taken out, else the text.
func blankedAs(known, text string) string {
	if isBlanked(known, text) {
		return known
	}
	return text
}

// blankedAs takes out what was taken out of known.
func (s *said) blankedAs(known said) {
	s.title = blankedAs(known.title, s.title)
	if s.kept != known.kept && strings.Contains(known.kept, "...") {
		was, kept := keptValues(known.kept), keptValues(s.kept)
		for name, value := range kept {
			kept[name] = blankedAs(was[name], value)
		}
		s.kept = keptText(kept)
	}
}

// blankSaid takes words out of what places say of articles.
func (b *batch) blankSaid(blank *strings.Replacer) error {
	ids := map[int64]bool{}
	err := b.query(func(r *sql.Rows) error {
		var id int64
		var is said
		err := r.Scan(&id, &is.title, &is.kept)
		without := is
		if without.blank(blank); without != is {
			ids[id] = true
		}
		return err
	}, `SELECT id, title, kept FROM articles UNION SELECT article, ifnull(title, ''), ifnull(kept, '') FROM places WHERE title IS NOT NULL OR kept IS NOT NULL`)
	if err != nil {
		return err
	}
	articles, err := standings(b.query, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(articles)) {
		a := articles[id]
		now := a.said
		now.blank(blank)
		for i := range a.all {
			p := &a.all[i]
			p.blank(blank)
			if err := b.writePlace(id, now, &p.seen); err != nil {
				return err
			}
		}
		if err := b.exec(`UPDATE articles SET title = ?, kept = ?, checksum = ? WHERE id = ?`, now.title, now.kept, a.checksum^a.with(a.date)^now.with(a.date), id); err != nil {
			return err
		}
	}
	return nil
}

// takeLookups removes the lookups of tweets that are kept out, and those by the keys that
// these had before.
func (b *batch) takeLookups(before map[string]bool) (n int, err error) {
	var rows []int64
	err = b.query(func(r *sql.Rows) error {
		var id int64
		l, err := scanLookup(r, &id)
		if err != nil {
			return err
		}
		t := l.Tweet
		t.Date = formatDay(t.At)
		if b.tombs.keepOut(&t) || before[cmp.Or(l.Key, l.ID)] {
			rows = append(rows, id)
		}
		return nil
	}, `SELECT id, `+lookupColumns+` FROM lookups`)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return len(rows), b.exec(`DELETE FROM lookups WHERE id IN (SELECT value FROM json_each(?))`, list(rows))
}

func formatDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// scour writes the file anew, so that nothing that was removed is left in it.
func (w *Writer) scour() error {
	if _, err := w.conn.ExecContext(w.ctx, `VACUUM`); err != nil {
		return err
	}
	var busy, log, moved int
	if err := w.conn.QueryRowContext(w.ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return &Error{errorf("another program reads the archive, so the log file beside it still has what was forgotten"), "end that program, then run the same command again"}
	}
	return nil
}

// Tombstones lists all tombstones, also lifted ones, in the order of time.
func (db *DB) Tombstones(ctx context.Context) (all []Tombstone, err error) {
	defer func() { err = db.explain(err) }()
	rows, err := db.sql.QueryContext(ctx, `SELECT hash, kind, at, lifted FROM tombstones ORDER BY at, hash, lifted`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Tombstone
		var hash []byte
		var at int64
		if err := rows.Scan(&hash, &t.Kind, &at, &t.Lifted); err != nil {
			return nil, err
		}
		t.Hash, t.At = hex.EncodeToString(hash), time.UnixMilli(at).UTC()
		all = append(all, t)
	}
	return all, rows.Err()
}

// Lift lifts the tombstones whose hashes begin with hash, and returns their number; "" lifts
// all. What they kept out comes back when its articles are read again.
func (w *Writer) Lift(hash string) (n int, err error) {
	defer func() { err = w.db.explain(err) }()
	now := time.Now().UnixMilli()
	err = w.transaction(func() error {
		var at [][]byte
		err := w.query(func(r *sql.Rows) error {
			var h []byte
			err := r.Scan(&h)
			at = append(at, bytes.Clone(h))
			return err
		}, `SELECT hash FROM tombstones t WHERE lower(hex(hash)) LIKE ? || '%' GROUP BY hash
			HAVING (SELECT lifted FROM tombstones l WHERE l.hash = t.hash ORDER BY at DESC, lifted DESC LIMIT 1) = 0`, strings.ToLower(hash))
		if err != nil {
			return err
		}
		for _, h := range at {
			if err := w.exec(`INSERT INTO tombstones (hash, salt, kind, at, lifted) SELECT hash, salt, kind, max(max(at) + 1, ?), 1 FROM tombstones WHERE hash = ? GROUP BY hash, salt, kind`, now, h); err != nil {
				return err
			}
		}
		n = len(at)
		return nil
	})
	return n, err
}

// MergeTombstones adds the tombstones of another archive, and removes what they keep out.
func (w *Writer) MergeTombstones(ctx context.Context, other *DB) (n Forgotten, err error) {
	defer func() { err = w.db.explain(err) }()
	err = w.transaction(func() error {
		rows, err := other.sql.QueryContext(ctx, `SELECT hash, salt, kind, at, lifted FROM tombstones ORDER BY hash, at, lifted`)
		if err != nil {
			return ofSource(err)
		}
		defer rows.Close()
		for rows.Next() {
			var hash, salt []byte
			var kind string
			var at int64
			var lifted bool
			if err := rows.Scan(&hash, &salt, &kind, &at, &lifted); err != nil {
				return ofSource(err)
			}
			if err := w.exec(`INSERT OR IGNORE INTO tombstones (hash, salt, kind, at, lifted) VALUES (?, ?, ?, ?, ?)`, hash, salt, kind, at, lifted); err != nil {
				return err
			}
			n.Tombstones++
		}
		if err := rows.Err(); err != nil {
			return ofSource(err)
		}
		stones := n.Tombstones
		n, err = w.sweep()
		n.Tombstones = stones
		return err
	})
	if err != nil || n.Embeds+n.Verdicts == 0 {
		return n, err
	}
	return n, w.scour()
}
