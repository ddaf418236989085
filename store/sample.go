package store

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// A Draw says what to draw: N of the embeds that a query finds, from each stratum some.
type Draw struct {
	N     int
	By    []string // what the strata are made by, from StrataBy; none: one stratum of all
	Seed  int64
	Query *Query
}

// A Sample is embeds that were drawn to be judged.
type Sample struct {
	Key    string
	Drawn  time.Time
	Query  string
	By     []string
	Seed   int64
	Strata []Stratum // by name
	N      int       // number of embeds; fewer than were drawn if some were forgotten
}

// A Stratum is a part of the embeds from which a sample was drawn.
type Stratum struct {
	Name   string `json:"name"`
	Embeds int    `json:"embeds"` // in the archive when it was drawn
	Drawn  int    `json:"drawn"`
}

// ConfidenceBins are the lower bounds of the bins of confidence. The last bin includes 1.
// Most embeds are sure, so the upper bins are narrow.
var ConfidenceBins = []float64{0, 0.5, 0.7, 0.9, 0.95, 0.99}

// binName is the name of a bin.
func binName(i int) string {
	if i+1 == len(ConfidenceBins) {
		return fmt.Sprintf("%.2f to 1.00", ConfidenceBins[i])
	}
	return fmt.Sprintf("%.2f to %.2f", ConfidenceBins[i], ConfidenceBins[i+1])
}

// StrataBy are what strata may be made by.
var StrataBy = []string{"confidence", "outlet", "form", "year", "handle"}

// strataOf are the SQL expressions for StrataBy.
var strataOf = map[string]string{
	"confidence": binOfConfidence(),
	"outlet":     `ifnull(nullif(` + outletOf + `, ''), 'outlet unknown')`,
	"form":       `e.form`,
	"year":       `ifnull(nullif(substr(e.posted_date, 1, 4), ''), 'year unknown')`,
	"handle":     `ifnull(nullif(lower(e.handle), ''), 'handle unknown')`,
}

func binOfConfidence() string {
	var b strings.Builder
	b.WriteString("CASE")
	for i, lower := range slices.Backward(ConfidenceBins) {
		fmt.Fprintf(&b, " WHEN e.confidence >= %g THEN '%s'", lower, binName(i))
	}
	return b.String() + " END"
}

const (
	betweenValues = " · "        // in the name of a stratum
	otherStrata   = "all others" // name of the stratum that has all small ones
	oneStratum    = "all"        // name of the stratum if there is only one
	mostDrawn     = 100_000
)

// Draw draws a sample and saves it. From each stratum it draws at least two embeds, or the
// only one, because one embed does not show how much embeds differ. The others are drawn
// in proportion to the sizes of the strata, rounded by largest remainders. There are at
// most a quarter as many strata as embeds drawn; the smallest strata are put together. A
// hash of the seed and of the embed's name decides which embeds are drawn, and their
// order. So a seed always draws the same sample from the same embeds.
func (db *DB) Draw(ctx context.Context, d Draw) (s *Sample, err error) {
	defer func() { err = db.explain(err) }()
	var names []string
	for _, by := range d.By {
		if strataOf[by] == "" {
			return nil, &Error{errorf("cannot make strata by %q", by), "make strata by " + strings.Join(StrataBy, ", ")}
		}
		if slices.Contains(names, strataOf[by]) {
			return nil, errorf("cannot make strata by %s twice", by)
		}
		names = append(names, strataOf[by])
	}
	if d.N < 1 || d.N > mostDrawn {
		return nil, errorf("cannot draw a sample of %d embeds: it must have from 1 to %d", d.N, mostDrawn)
	}
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	_, where, args, err := d.Query.where(ctx, tx)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(strings.Join(names, ` || '`+betweenValues+`' || `), `'`+oneStratum+`'`)
	from := ` FROM embeds e JOIN articles a ON a.id = e.article WHERE ` + where
	strata, err := readStrata(ctx, tx, name, from, args, d.N)
	if err != nil {
		return nil, err
	}
	if len(strata) == 0 {
		return nil, &Error{errorf("no embeds to draw from"), "the query finds none"}
	}
	allocate(strata, d.N)
	drawn, err := draw(ctx, tx, d.Seed, strata, `SELECT a.key, e.anchor, `+name+from, args)
	if err != nil {
		return nil, err
	}
	s = &Sample{Drawn: time.Now().UTC(), Query: d.Query.String(), By: d.By, Seed: d.Seed, Strata: strata, N: len(drawn)}
	s.Key = s.keyOf(drawn)
	if err := keepSample(ctx, tx, s, drawn); err != nil {
		return nil, err
	}
	return s, tx.Commit()
}

// readStrata reads the sizes of the strata. If there are more strata than a quarter of n,
// and not all embeds are drawn, the smallest are put together.
func readStrata(ctx context.Context, tx *sql.Tx, name, from string, args []any, n int) (strata []Stratum, err error) {
	embeds := 0
	other := Stratum{Name: otherStrata}
	err = askerOf(ctx, tx)(func(r *sql.Rows) error {
		var s Stratum
		err := r.Scan(&s.Name, &s.Embeds)
		if embeds += s.Embeds; len(strata) < n {
			strata = append(strata, s)
		} else {
			other.Embeds += s.Embeds
		}
		return err
	}, `SELECT `+name+` AS stratum, count(*) AS n`+from+` GROUP BY stratum ORDER BY n DESC, stratum`, args...)
	if most := max(1, n/4); len(strata) > most && embeds > n || other.Embeds > 0 {
		for _, s := range strata[most-1:] {
			other.Embeds += s.Embeds
		}
		own := slices.DeleteFunc(strata[:most-1], func(s Stratum) bool {
			same := s.Name == other.Name // an outlet may have this name; it is one of the others then
			if same {
				other.Embeds += s.Embeds
			}
			return same
		})
		if len(own) == 0 {
			other.Name = oneStratum
		}
		strata = append(own, other)
	}
	slices.SortFunc(strata, func(a, b Stratum) int { return cmp.Compare(a.Name, b.Name) })
	return strata, err
}

// leastDrawn is how many embeds are drawn at least from a stratum.
const leastDrawn = 2

// allocate sets how many embeds are drawn from each stratum, n in all.
func allocate(strata []Stratum, n int) {
	left, embeds := n, 0 // for the strata that get their share
	share := map[int]bool{}
	for i, s := range strata {
		share[i] = true
		embeds += s.Embeds
	}
	if n >= embeds {
		for i := range strata {
			strata[i].Drawn = strata[i].Embeds
		}
		return
	}
	for again := true; again; { // a stratum whose share is less than the least gets the least; the others share the rest
		again = false
		for i, s := range strata {
			if least := min(leastDrawn, s.Embeds); share[i] && left*s.Embeds < least*embeds && len(strata) > 1 {
				share[i], again = false, true
				strata[i].Drawn = min(least, left)
				left, embeds = left-strata[i].Drawn, embeds-s.Embeds
			}
		}
	}
	var order []int
	given := 0
	for i := range share {
		if share[i] {
			strata[i].Drawn = left * strata[i].Embeds / embeds
			given += strata[i].Drawn
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(left*strata[j].Embeds%embeds, left*strata[i].Embeds%embeds), i-j)
	})
	for _, i := range order[:min(len(order), left-given)] {
		strata[i].Drawn++
	}
}

// drawn is an embed in a sample.
type drawn struct {
	hash    [sha256.Size]byte
	article []byte
	anchor  int
	stratum string
}

// drawnFirst compares embeds by their hashes.
func drawnFirst(a, b drawn) int {
	return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), bytes.Compare(a.article, b.article), a.anchor-b.anchor)
}

// pick is a heap of the embeds of a stratum with the lowest hashes; the highest is first.
type pick []drawn

func (p pick) Len() int           { return len(p) }
func (p pick) Less(i, j int) bool { return drawnFirst(p[i], p[j]) > 0 }
func (p pick) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *pick) Push(x any)        { *p = append(*p, x.(drawn)) }
func (p *pick) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// draw draws from each stratum, and sorts all embeds by their hashes, so that the first
// ones are a sample, too.
func draw(ctx context.Context, tx *sql.Tx, seed int64, strata []Stratum, query string, args []any) ([]drawn, error) {
	picks := map[string]*pick{}
	size := map[string]int{}
	for _, s := range strata {
		picks[s.Name], size[s.Name] = &pick{}, s.Drawn
	}
	err := askerOf(ctx, tx)(func(r *sql.Rows) error {
		var d drawn
		if err := r.Scan(&d.article, &d.anchor, &d.stratum); err != nil {
			return err
		}
		if len(strata) == 1 {
			d.stratum = strata[0].Name
		} else if picks[d.stratum] == nil {
			d.stratum = otherStrata
		}
		d.hash = sha256.Sum256(binary.BigEndian.AppendUint64(append(binary.BigEndian.AppendUint64(nil, uint64(seed)), d.article...), uint64(d.anchor)))
		p := picks[d.stratum]
		switch {
		case p == nil:
			return errorf("damaged: a stratum is new since the strata were counted")
		case p.Len() < size[d.stratum]:
			heap.Push(p, d)
		case p.Len() > 0 && drawnFirst(d, (*p)[0]) < 0:
			(*p)[0] = d
			heap.Fix(p, 0)
		}
		return nil
	}, query, args...)
	var all []drawn
	for _, p := range picks {
		all = append(all, *p...)
	}
	slices.SortFunc(all, drawnFirst)
	return all, err
}

// keyOf is the key of a sample: a hash of how and of what was drawn.
func (s *Sample) keyOf(all []drawn) string {
	parts := []string{s.Query, strings.Join(s.By, ","), strconv.FormatInt(s.Seed, 10), strataText(s.Strata)}
	for _, d := range all {
		parts = append(parts, CaseName(d.article, d.anchor))
	}
	sum := digest(parts...)
	return "s" + hex.EncodeToString(sum[:6]) // the s is there so that no spreadsheet takes it for a number
}

// strataText is the strata as JSON, as they are saved.
func strataText(strata []Stratum) string {
	b, err := json.Marshal(strata)
	if err != nil {
		panic(err) // texts and numbers
	}
	return string(b)
}

// keepSample saves a sample, unless it is in the archive. Then the time of the first draw
// counts.
func keepSample(ctx context.Context, tx *sql.Tx, s *Sample, all []drawn) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO samples (key, drawn, query, by, seed, strata) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET drawn = min(drawn, excluded.drawn)`, s.Key, s.Drawn.UnixMilli(), s.Query, strings.Join(s.By, ","), s.Seed, strataText(s.Strata))
	for i, d := range all {
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT OR IGNORE INTO sampled (sample, n, article, anchor, stratum) SELECT id, ?, ?, ?, ? FROM samples WHERE key = ?`, i+1, d.article, d.anchor, d.stratum, s.Key)
		}
	}
	return err
}

// Samples lists all samples, the latest first.
func (db *DB) Samples(ctx context.Context) (all []Sample, err error) {
	err = askerOf(ctx, db.sql)(func(r *sql.Rows) error {
		s, err := scanSample(r)
		all = append(all, s)
		return err
	}, `SELECT `+sampleColumns+` FROM samples m ORDER BY drawn DESC, key`)
	return all, db.explain(err)
}

// Sample is the sample whose key begins with key. With "" it is the one drawn last, or nil
// if there is none.
func (db *DB) Sample(ctx context.Context, key string) (*Sample, error) {
	all, err := db.Samples(ctx)
	if err != nil || key == "" && len(all) == 0 {
		return nil, err
	}
	fit := slices.DeleteFunc(all, func(s Sample) bool { return !strings.HasPrefix(s.Key, key) })
	switch {
	case len(fit) == 0:
		return nil, &Error{notFound{errorf("%s: no sample %q", db.path, key)}, "draw one with tweetarc sample"}
	case len(fit) > 1 && key != "" && fit[0].Key != key:
		return nil, &Error{errorf("%s: %d samples have keys that begin with %q", db.path, len(fit), key), "give more of the key"}
	}
	return &fit[0], nil
}

const sampleColumns = `m.key, m.drawn, m.query, m.by, m.seed, m.strata, (SELECT count(*) FROM sampled s WHERE s.sample = m.id)`

// scanSample reads sampleColumns.
func scanSample(r *sql.Rows) (s Sample, err error) {
	var at int64
	var by, strata string
	if err = r.Scan(&s.Key, &at, &s.Query, &by, &s.Seed, &strata, &s.N); err != nil {
		return s, err
	}
	s.Drawn = time.UnixMilli(at).UTC()
	if by != "" {
		s.By = strings.Split(by, ",")
	}
	if err = json.Unmarshal([]byte(strata), &s.Strata); err != nil {
		err = errorf("sample %s: strata: %w", s.Key, err)
	}
	return s, err
}

// samples adds the samples of the other archive, without what is kept out here.
func (u *union) samples(ctx context.Context) error {
	var theirs []Sample
	if err := u.each(ctx, func(r *sql.Rows) error {
		s, err := scanSample(r)
		theirs = append(theirs, s)
		return ofSource(err)
	}, `SELECT `+sampleColumns+` FROM samples m ORDER BY key`); err != nil || len(theirs) == 0 {
		return err
	}
	return u.transaction(func() error {
		tombs, err := readTombs(u.query)
		if err != nil {
			return err
		}
		for _, s := range theirs {
			if err := u.sample(ctx, tombs, &s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (u *union) sample(ctx context.Context, tombs *tombs, s *Sample) error {
	key := s.Key
	tombs.unname(s)
	err := u.exec(`INSERT INTO samples (key, drawn, query, by, seed, strata) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET drawn = min(drawn, excluded.drawn)`, key, s.Drawn.UnixMilli(), s.Query, strings.Join(s.By, ","), s.Seed, strataText(s.Strata))
	if err != nil {
		return err
	}
	return u.each(ctx, func(r *sql.Rows) error {
		var n int
		var d drawn
		var t archive.Tweet
		if err := r.Scan(&n, &d.article, &d.anchor, &d.stratum, &t.ID, &t.Handle, &t.Date, &t.Text); err != nil {
			return ofSource(err)
		}
		if tombs.keepOut(&t) || tombs.keepOutStratum(s.By, d.stratum) {
			return nil
		}
		return u.exec(`INSERT OR IGNORE INTO sampled (sample, n, article, anchor, stratum) SELECT id, ?, ?, ?, ? FROM samples WHERE key = ?`, n, d.article, d.anchor, d.stratum, key)
	}, `SELECT s.n, s.article, s.anchor, s.stratum, ifnull(e.tweet_id, ''), ifnull(e.handle, ''), ifnull(e.posted_date, ''), ifnull(e.text, '')
		FROM samples m JOIN sampled s ON s.sample = m.id LEFT JOIN articles a ON a.key = s.article LEFT JOIN embeds e ON e.article = a.id AND e.anchor = s.anchor WHERE m.key = ? ORDER BY s.n`, key)
}

// forgottenName replaces the names of forgotten users in samples.
const forgottenName = "forgotten"

// handleIn finds what may be a user name in a query.
var handleIn = regexp.MustCompile(`[0-9A-Za-z_]+`)

// keepOutHandle says whether all tweets of a user are kept out.
func (t *tombs) keepOutHandle(handle string) bool {
	return handle != "" && slices.ContainsFunc(t.salts, func(salt [16]byte) bool { return t.hashes[hashOf(salt, ofHandle, strings.ToLower(handle))] })
}

// keepOutStratum says whether a stratum is that of a user who is kept out.
func (t *tombs) keepOutStratum(by []string, name string) bool {
	i := slices.Index(by, "handle")
	values := strings.Split(name, betweenValues)
	return i >= 0 && len(values) >= len(by) && t.keepOutHandle(values[len(values)-len(by)+i]) // counted from the end, because the name of an outlet may hold what is between
}

// unname removes the names of users who are kept out from a sample's query and strata, and
// says whether there were any.
func (t *tombs) unname(s *Sample) (changed bool) {
	if q := handleIn.ReplaceAllStringFunc(s.Query, func(handle string) string {
		if t.keepOutHandle(handle) {
			return forgottenName
		}
		return handle
	}); q != s.Query {
		s.Query, changed = q, true
	}
	for i := range s.Strata {
		if t.keepOutStratum(s.By, s.Strata[i].Name) {
			s.Strata[i].Name, changed = forgottenName, true
		}
	}
	return changed
}

// unnameSamples does this with all samples.
func (b *batch) unnameSamples() error {
	var all []Sample
	err := b.query(func(r *sql.Rows) error {
		s, err := scanSample(r)
		if err == nil && b.tombs.unname(&s) {
			all = append(all, s)
		}
		return err
	}, `SELECT `+sampleColumns+` FROM samples m`)
	for _, s := range all {
		if err == nil {
			err = b.exec(`UPDATE samples SET query = ?, strata = ? WHERE key = ?`, s.Query, strataText(s.Strata), s.Key)
		}
	}
	return err
}
