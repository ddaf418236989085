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

// Draw says what is drawn: of the embeds that a query finds so many, stratified.
type Draw struct {
	N     int
	By    []string // what makes the strata, see StrataBy; none: one stratum of all
	Seed  int64
	Query *Query
}

// Sample is embeds drawn to be judged.
type Sample struct {
	Key    string
	Drawn  time.Time
	Query  string
	By     []string
	Seed   int64
	Strata []Stratum // in the order of their names
	N      int       // embeds; fewer than were drawn where some were forgotten
}

// Stratum is a part of what a sample was drawn from.
type Stratum struct {
	Name   string `json:"name"`
	Embeds int    `json:"embeds"` // that the archive had
	Drawn  int    `json:"drawn"`
}

// ConfidenceBins are the lower bounds of the bins of confidence; the last one has 1,
// too. Most embeds are sure, so that the bins are narrow there.
var ConfidenceBins = []float64{0, 0.5, 0.7, 0.9, 0.95, 0.99}

// ConfidenceBin is the name of the bin of a confidence.
func ConfidenceBin(confidence float64) string {
	i := 0
	for i+1 < len(ConfidenceBins) && confidence >= ConfidenceBins[i+1] {
		i++
	}
	return binName(i)
}

func binName(i int) string {
	if i+1 == len(ConfidenceBins) {
		return fmt.Sprintf("%.2f to 1.00", ConfidenceBins[i])
	}
	return fmt.Sprintf("%.2f to %.2f", ConfidenceBins[i], ConfidenceBins[i+1])
}

// StrataBy are what strata may be made of.
var StrataBy = []string{"confidence", "outlet", "form", "year", "handle"}

// strataOf are the expressions for it.
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

// betweenValues is what is between the values of a stratum's name, otherStrata the name
// of the stratum of all that are too small for one of their own, oneStratum of one alone.
const (
	betweenValues = " · "
	otherStrata   = "all others"
	oneStratum    = "all"
	mostDrawn     = 100_000
)

// Draw draws a sample and keeps it. Of each stratum two embeds are drawn at least, or
// the one that there is, since of one nothing is known of how much they differ; the
// others in proportion to the strata, rounded by largest remainders. No more than a
// quarter as many strata are made as embeds are drawn: the smallest are one. Which
// embeds are drawn, and in which order they come, a hash of the seed and of what names
// the embed says: the same of the same archive, however it came to be.
func (db *DB) Draw(ctx context.Context, d Draw) (s *Sample, err error) {
	defer func() { err = db.explain(err) }()
	var names []string
	for _, by := range d.By {
		if strataOf[by] == "" {
			return nil, &Error{errorf("no strata by %q", by), strings.Join(StrataBy, ", ")}
		}
		if slices.Contains(names, strataOf[by]) {
			return nil, errorf("strata by %s, twice", by)
		}
		names = append(names, strataOf[by])
	}
	if d.N < 1 || d.N > mostDrawn {
		return nil, errorf("a sample of %d: from 1 to %d", d.N, mostDrawn)
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
		return nil, &Error{errorf("nothing to draw from"), "no embeds fit the query"}
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

// readStrata reads how many embeds the strata have. Where they are more than a quarter
// of n, and n is not all, the smallest are put together.
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
			same := s.Name == other.Name // an outlet may be called so; it is one of the others then
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

// leastDrawn is how many embeds of a stratum are drawn at least.
const leastDrawn = 2

// allocate says how many of each stratum are drawn, n of all.
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
	for again := true; again; { // whose share is less than the least gets that; the others share what is left
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

// drawn is an embed of a sample.
type drawn struct {
	hash    [sha256.Size]byte
	article []byte
	anchor  int
	stratum string
}

// drawnFirst orders embeds by their hashes.
func drawnFirst(a, b drawn) int {
	return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), bytes.Compare(a.article, b.article), a.anchor-b.anchor)
}

// pick is the embeds of a stratum with the least hashes, the greatest of them first.
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

// draw draws from each stratum, and orders all by their hashes, so that whoever judges
// the first of them has a sample, too.
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
			return errorf("damaged: a stratum came while it was drawn")
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

// keyOf is the key of a sample: a hash of what it was drawn by and of what was drawn.
func (s *Sample) keyOf(all []drawn) string {
	parts := []string{s.Query, strings.Join(s.By, ","), strconv.FormatInt(s.Seed, 10), strataText(s.Strata)}
	for _, d := range all {
		parts = append(parts, CaseName(d.article, d.anchor))
	}
	sum := digest(parts...)
	return "s" + hex.EncodeToString(sum[:6]) // no spreadsheet takes it for a number
}

// strataText is how strata are kept.
func strataText(strata []Stratum) string {
	b, err := json.Marshal(strata)
	if err != nil {
		panic(err) // texts and numbers
	}
	return string(b)
}

// keepSample keeps a sample, unless it is there. Of what is there the time of the first
// draw counts.
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

// Samples are all samples, the latest first.
func (db *DB) Samples(ctx context.Context) (all []Sample, err error) {
	err = askerOf(ctx, db.sql)(func(r *sql.Rows) error {
		s, err := scanSample(r)
		all = append(all, s)
		return err
	}, `SELECT `+sampleColumns+` FROM samples m ORDER BY drawn DESC, key`)
	return all, db.explain(err)
}

// Sample is the sample whose key begins so; with "" the one that was drawn last, nil
// where there is none.
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
		return nil, &Error{errorf("%s: %d samples begin with %q", db.path, len(fit), key), "say more of its key"}
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

// samples adds the samples of another archive, but for what is kept out here.
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

// forgottenName takes the place of what a sample says of who was forgotten.
const forgottenName = "forgotten"

// handleIn is what may be a user name in a query.
var handleIn = regexp.MustCompile(`[0-9A-Za-z_]+`)

// keepOutHandle tells whether all of a user is kept out.
func (t *tombs) keepOutHandle(handle string) bool {
	return handle != "" && slices.ContainsFunc(t.salts, func(salt [16]byte) bool { return t.hashes[hashOf(salt, ofHandle, strings.ToLower(handle))] })
}

// keepOutStratum tells whether a stratum is of a user who is kept out.
func (t *tombs) keepOutStratum(by []string, name string) bool {
	i := slices.Index(by, "handle")
	values := strings.Split(name, betweenValues)
	return i >= 0 && len(values) >= len(by) && t.keepOutHandle(values[len(values)-len(by)+i]) // an outlet may have what is between
}

// unname takes the names of users who are kept out from a sample's query and strata,
// and tells whether there were any.
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

// unnameSamples does so with all samples.
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
