package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store/internal/sqlite"
)

// Tested in answers_test.go.

// damage looks for what a disk, or a person, has changed in the file. That can be found
// because everything that is exported is there twice: it has a checksum, is also in an
// index, or follows from other rows.
type damage struct {
	ctx    context.Context
	conn   *sql.Conn
	report func(check, format string, args ...any) error
	found  bool
}

// look begins with pages and references: only if these are whole can the rest be read.
func (d *damage) look() error {
	report := d.report
	d.report = func(check, format string, args ...any) error {
		d.found = true
		return report(check, format, args...)
	}
	if err := d.rows(); err != nil || d.found {
		return err
	}
	for _, part := range []func() error{d.content, d.places, d.tweets, d.lookups, d.verdicts} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// ask is the asker.
func (d *damage) ask(each func(*sql.Rows) error, query string, args ...any) error {
	return askerOf(d.ctx, d.conn)(each, query, args...)
}

func (d *damage) rows() error {
	for _, check := range []struct{ name, query string }{
		{"file", `SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`},
		{"reference", `SELECT "table" || ' ' || ifnull(rowid, '') || ' refers to a row of ' || parent || ' that does not exist' FROM pragma_foreign_key_check`},
		{"reference", `SELECT 'tweet ' || t.key || ' has a first embed that is of another tweet' FROM tweets t LEFT JOIN embeds e ON e.id = t.first AND e.tweet = t.id WHERE e.id IS NULL ORDER BY t.key`},
		{"reference", `SELECT 'article ' || hex(a.key) || ' is in no place' FROM articles a WHERE NOT EXISTS (SELECT 1 FROM places WHERE article = a.id) ORDER BY a.key`},
		{"reference", `SELECT 'article ' || hex(a.key) || ' has no embeds' FROM articles a WHERE NOT EXISTS (SELECT 1 FROM embeds WHERE article = a.id) ORDER BY a.key`},
		{"reference", fmt.Sprintf(`SELECT 'tweet ' || key || ' has the impossible row ' || id FROM tweets WHERE id NOT BETWEEN 0 AND %d ORDER BY key`, maxRow)},
		{"index", `SELECT 'tweet ' || key || ' is not in the index' FROM tweets WHERE id NOT IN (SELECT docid FROM tweets_fts_docsize) ORDER BY key`},
		{"index", `SELECT 'the index has ' || count(*) || ' rows too many' FROM tweets_fts_docsize WHERE docid NOT IN (SELECT id FROM tweets) HAVING count(*) > 0`},
	} {
		err := d.ask(func(r *sql.Rows) error {
			var detail string
			if err := r.Scan(&detail); err != nil {
				return err
			}
			if strings.Contains(detail, "inverted index") { // SQLite found it by a comparison with the rows
				broken := d.found
				err := d.report("index", "%s", detail)
				d.found = broken
				return err
			}
			return d.report(check.name, "%s", detail)
		}, check.query)
		var e sqlite.Error
		if errors.As(err, &e) && (e.Code == sqlite.ErrCorrupt || e.Code == sqlite.ErrNotADB) {
			return d.report(check.name, "%s", err)
		}
		if err != nil {
			return fmt.Errorf("the check %s: %w", check.name, err)
		}
	}
	return nil
}

// content compares articles and their embeds with the checksums of the articles.
func (d *damage) content() error {
	links, err := d.conn.PrepareContext(d.ctx, linksQuery)
	if err != nil {
		return err
	}
	defer links.Close()
	var key []byte
	var want, sum int64
	end := func() error {
		if key == nil || want == sum {
			return nil
		}
		return d.report("content", "article %x: the checksum differs", key)
	}
	err = d.ask(func(r *sql.Rows) error {
		var of []byte
		var id, checksum int64
		var linked bool
		var a said
		var date string
		s, err := scanPassage(r, append([]any{&of, &checksum, &date, &id, &linked}, a.fields()...)...)
		if err == nil && linked {
			s.Links, err = linksOf(d.ctx, links, id)
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(of, key) {
			if err := end(); err != nil {
				return err
			}
			key, want, sum = of, checksum, a.with(date)
		}
		sum ^= s.sum(variantOf(&s.Embed))
		return nil
	}, `SELECT a.key, a.checksum, a.date, e.id, EXISTS (SELECT 1 FROM links WHERE embed = e.id), a.url, a.title, a.outlet, a.kept, `+passageColumns+`
		FROM articles a CROSS JOIN embeds e ON e.article = a.id ORDER BY a.id, e.start`)
	if err != nil {
		return err
	}
	return end()
}

// verifyPage is how many rows are checked at once.
const verifyPage = 1000

// pages calls f for the row ids of a table, some at a time.
func (d *damage) pages(table string, f func([]int64) error) error {
	for last := int64(-1 << 63); ; {
		var ids []int64
		err := d.ask(func(r *sql.Rows) error {
			err := r.Scan(&last)
			ids = append(ids, last)
			return err
		}, `SELECT id FROM `+table+` WHERE id > ? ORDER BY id LIMIT ?`, last, verifyPage)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := f(ids); err != nil {
			return err
		}
	}
}

// places compares places with their checksums, and articles and embeds with what follows
// from places.
func (d *damage) places() error {
	err := d.ask(func(r *sql.Rows) error {
		var key int64
		var scope, path, name string
		if err := r.Scan(&key, &scope, &path, &name); err != nil || key == fileKey(scope, path) {
			return err
		}
		return d.report("content", "file %s: the path has changed", name)
	}, `SELECT f.key, s.key, f.path, f.name FROM files f JOIN scopes s ON s.id = f.scope ORDER BY f.name, f.path, f.key`)
	if err != nil {
		return err
	}
	return d.pages("articles", func(ids []int64) error {
		articles, err := standings(d.ask, ids)
		if err != nil {
			return err
		}
		rows := map[int64]*derived{}
		err = d.ask(func(r *sql.Rows) error {
			var id int64
			v := &derived{}
			err := r.Scan(&id, &v.key, &v.host, &v.address, &v.embeds)
			rows[id] = v
			return err
		}, `SELECT a.id, a.key, a.host, a.address, (SELECT count(*) FROM embeds e WHERE e.article = a.id AND e.current <> (a.places > 0)) FROM articles a WHERE a.id IN (SELECT value FROM json_each(?))`, list(ids))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := d.placesOf(articles[id], rows[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

// derived is what of an article's row, and of its embeds, follows from its places.
type derived struct {
	key     []byte
	host    string
	address int64
	embeds  int // number of embeds that are current and should not be, or the other way round
}

// placesOf compares the places of an article with their checksums, and the article with
// what follows from them.
func (d *damage) placesOf(a *settled, v *derived) error {
	first, current := a.first()
	fits := current == a.places && a.isFrom(&a.all[first]) && v.embeds == 0 && a.followed() && v.host == archive.Host(a.url) && v.address == address(a.url, v.key)
	for _, places := range [][]standing{a.all, a.revisits} {
		for i := range places {
			p := &places[i]
			if p.checksum != p.sum() {
				if err := d.report("content", "%s:%d: the checksum differs", p.name, p.record); err != nil {
					return err
				}
			}
			fits = fits && !p.changed
		}
	}
	if !fits {
		return d.report("derived", "article %x: its row does not follow from its places", v.key)
	}
	return nil
}

// tweets compares the rows of tweets with what follows from their embeds.
func (d *damage) tweets() error {
	return d.pages("tweets", func(ids []int64) error {
		tweets, err := gather(d.ask, ids)
		if err != nil {
			return err
		}
		type row struct {
			Tweet
			marks string
			first int64
		}
		rows := map[int64]*row{}
		err = d.ask(func(r *sql.Rows) error {
			var id int64
			t := &row{}
			err := r.Scan(append([]any{&id, &t.marks, &t.first}, t.fields()...)...)
			rows[id] = t
			return err
		}, `SELECT t.id, t.marks, t.first, `+tweetColumns+` FROM tweets t WHERE t.id IN (SELECT value FROM json_each(?))`, list(ids))
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(rows)) {
			is, g := rows[id], tweets[id]
			t, confidence, by := merge(g.decide())
			should := row{Tweet{
				Key: is.Key, ID: t.ID, Author: t.Author, Handle: t.Handle, Date: t.Date, At: formatTime(t.At), Text: t.Text, Confidence: confidence, WordsBy: by, Embeds: g.embeds,
				Articles: g.articles, FirstSeen: g.first, LastSeen: g.last, Status: is.Status, CheckedAt: is.CheckedAt,
			}, marksOf(t, g.variants), g.at.row}
			if *is != should {
				if err := d.report("derived", "tweet %s: its row does not follow from its embeds%s", is.Key, differ(&is.Tweet, &should.Tweet)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// differ lists the columns in which two tweets differ.
func differ(is, should *Tweet) string {
	var names []string
	a, b := is.row().Values, should.row().Values
	for i, c := range TweetColumns {
		if a[i] != b[i] {
			names = append(names, c.Name)
		}
	}
	if names == nil {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// lookups compares lookups with their checksums, and tweets with what follows from lookups.
func (d *damage) lookups() error {
	some := false
	err := d.ask(func(r *sql.Rows) error {
		some = true
		var want int64
		l, err := scanLookup(r, &want)
		if err != nil || l.sum() == want {
			return err
		}
		return d.report("lookup", "%s%s, %s of %s: the checksum differs", l.ID, l.Key, l.Source, formatTime(l.At))
	}, `SELECT checksum, `+lookupColumns+` FROM lookups ORDER BY tweet_id, key, source, checked_at`)
	if err != nil {
		return err
	}
	query := `SELECT key FROM tweets WHERE status <> '' OR checked_at <> '' ORDER BY key`
	if some {
		query = `SELECT key FROM tweets WHERE (status, checked_at) IS NOT ` + statusOfTweet + ` ORDER BY key`
	}
	return d.ask(func(r *sql.Rows) error {
		var key string
		if err := r.Scan(&key); err != nil {
			return err
		}
		return d.report("derived", "tweet %s: its status is not that of its lookups", key)
	}, query)
}
