package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// Verdicts are in a table of their own, and never change what was found. For each coder and
// embed the latest verdict counts, so that archives may be merged in any order.

// maxSaid is the greatest length in bytes of the words, the note and the name of a coder.
const maxSaid = 64 << 10

const verdictColumns = `article, anchor, coder, at, verdict, words, note, found, tweet_id, handle, posted_date, form, confidence`

// scanJudgement reads verdictColumns, after other columns if there are any.
func scanJudgement(rows *sql.Rows, others ...any) (j archive.Judgement, err error) {
	var at int64
	err = rows.Scan(append(others, &j.Article, &j.Anchor, &j.Coder, &at, &j.Verdict, &j.Words, &j.Note, &j.Found, &j.ID, &j.Handle, &j.Date, &j.Form, &j.Confidence)...)
	j.At = time.UnixMilli(at).UTC()
	return j, err
}

// sumOfVerdict is the checksum of a verdict.
func sumOfVerdict(j *archive.Judgement) int64 {
	return checksum("verdict", string(j.Article), strconv.Itoa(j.Anchor), j.Coder, strconv.FormatInt(j.At.UnixMilli(), 10), string(j.Verdict), j.Words, j.Note, j.Found, j.ID, j.Handle, j.Date, string(j.Form), formatNumber(j.Confidence))
}

// admitVerdict completes a verdict, or is the error if it cannot be saved. The words of a
// verdict "right" are the words found, and a verdict "none" has no words.
func admitVerdict(j *archive.Judgement) error {
	for _, s := range []*string{&j.Coder, &j.Words, &j.Note, &j.Found, &j.ID, &j.Handle, &j.Date, (*string)(&j.Form)} {
		*s = strings.ToValidUTF8(strings.ReplaceAll(*s, "\x00", ""), "\ufffd")
	}
	j.Coder = strings.Join(strings.Fields(j.Coder), " ")
	switch {
	case len(j.Article) != keyLength || j.Anchor < 0:
		return &Error{errorf("no embed %s", CaseName(j.Article, j.Anchor)), "name cases as tweetarc sample writes them"}
	case j.Verdict != "" && !slices.Contains(archive.Verdicts, j.Verdict):
		return &Error{errorf("no verdict %q", j.Verdict), "verdicts: right, begins, ends, both, person, none, unsure"}
	case j.Coder == "":
		return &Error{errorf("a verdict has no coder"), "say who judges"}
	case max(len(j.Coder), len(j.Words), len(j.Note)) > maxSaid:
		return &Error{errorf("the words, the note or the coder's name have more than %d bytes", maxSaid), "shorten them"}
	case !(j.Confidence >= 0 && j.Confidence <= 1):
		return errorf("a verdict has the confidence %v, which is not from 0 to 1", j.Confidence)
	}
	switch j.Verdict {
	case archive.VerdictRight:
		j.Words = j.Found
	case archive.VerdictNone, "":
		j.Words = ""
	}
	return nil
}

// Judge saves verdicts, all or none, and updates the words of the tweets. It returns on how
// many embeds a coder says something else now. Verdicts on forgotten tweets are left out.
func (db *DB) Judge(ctx context.Context, verdicts []archive.Judgement) (changed int, err error) {
	defer func() { err = db.explain(err) }()
	w, err := db.connect()
	if err != nil {
		return 0, err
	}
	defer w.disconnect()
	err = w.transaction(func() error {
		b := &batch{Writer: w}
		if err := b.begin(); err != nil {
			return err
		}
		articles := map[string]bool{}
		for i := range verdicts {
			is, err := b.judge(verdicts[i])
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if is {
				changed++
				articles[string(verdicts[i].Article)] = true
			}
		}
		return b.judged(slices.Sorted(maps.Keys(articles)))
	})
	return changed, err
}

// judge saves a verdict, and says whether the coder says something else now.
func (b *batch) judge(j archive.Judgement) (changed bool, err error) {
	if err := admitVerdict(&j); err != nil || b.tombs.keepOutVerdict(&j) {
		return false, err
	}
	type saying struct{ verdict, words, note string }
	said := func() (is *saying, err error) {
		err = b.query(func(r *sql.Rows) error {
			is = &saying{}
			return r.Scan(&is.verdict, &is.words, &is.note)
		}, `SELECT verdict, words, note FROM verdicts WHERE article = ? AND anchor = ? AND coder = ?`, j.Article, j.Anchor, j.Coder)
		return is, err
	}
	was, err := said()
	if err == nil {
		if was != nil { // words may have been taken out, see blankVerdicts
			j.Words, j.Note = blankedAs(was.words, j.Words), blankedAs(was.note, j.Note)
		}
		err = b.exec(`INSERT INTO verdicts (`+verdictColumns+`, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET at = excluded.at, verdict = excluded.verdict, words = excluded.words, note = excluded.note, found = excluded.found, tweet_id = excluded.tweet_id,
				handle = excluded.handle, posted_date = excluded.posted_date, form = excluded.form, confidence = excluded.confidence, checksum = excluded.checksum
			WHERE (excluded.at, excluded.verdict, excluded.words, excluded.note, excluded.found, excluded.tweet_id, excluded.handle, excluded.posted_date, excluded.form, excluded.confidence)
				> (verdicts.at, verdicts.verdict, verdicts.words, verdicts.note, verdicts.found, verdicts.tweet_id, verdicts.handle, verdicts.posted_date, verdicts.form, verdicts.confidence)`,
			j.Article, j.Anchor, j.Coder, j.At.UnixMilli(), string(j.Verdict), j.Words, j.Note, j.Found, j.ID, j.Handle, j.Date, string(j.Form), j.Confidence, sumOfVerdict(&j))
	}
	if err != nil {
		return false, err
	}
	is, err := said()
	return was == nil || is != nil && *is != *was, err
}

// askerOf is an asker of the archive or of a transaction.
func askerOf(ctx context.Context, from querier) asker {
	return func(each func(*sql.Rows) error, query string, args ...any) error {
		rows, err := from.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := each(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

// judgedTweets are the tweets that a verdict has: as found, and as the coder says it is.
func judgedTweets(j *archive.Judgement) []archive.Tweet {
	found := archive.Tweet{ID: j.ID, Handle: j.Handle, Date: j.Date, Text: j.Found}
	if j.Words == "" || j.Words == j.Found {
		return []archive.Tweet{found}
	}
	said := found
	said.Text = j.Words
	return []archive.Tweet{found, said}
}

// keepOutVerdict says whether a verdict is on a tweet that is kept out.
func (t *tombs) keepOutVerdict(j *archive.Judgement) bool {
	return slices.ContainsFunc(judgedTweets(j), func(tweet archive.Tweet) bool { return t.keepOut(&tweet) })
}

// A Case is an embed to be judged, with the verdicts on it.
type Case struct {
	Place                          // without links
	ArticleKey []byte              // key of the article; with Anchor it is the embed's name, whatever its words are
	Anchor     int                 // where in the body the embed is attributed
	N          int                 // number of the case in the sample, from 1; 0 if it is in none
	Stratum    string              // in the sample
	Verdicts   []archive.Judgement // of all coders, by name; without those taken back
}

// Missing says whether the archive no longer has an embed where one was drawn, for example
// because a newer detector finds none.
func (c *Case) Missing() bool { return c.Form == "" }

// Name is the name of the case, in every archive with the same article.
func (c *Case) Name() string { return CaseName(c.ArticleKey, c.Anchor) }

// CaseName is the name of a case: the key of the article in hexadecimal, and the anchor.
func CaseName(article []byte, anchor int) string {
	return hex.EncodeToString(article) + "@" + strconv.Itoa(anchor)
}

// ParseCaseName parses what CaseName wrote.
func ParseCaseName(name string) (article []byte, anchor int, ok bool) {
	key, at, _ := strings.Cut(strings.TrimSpace(name), "@")
	article, err := hex.DecodeString(key)
	anchor, err2 := strconv.Atoi(at)
	return article, anchor, err == nil && err2 == nil && len(article) == keyLength && anchor >= 0
}

// Judged is a verdict on the case as it is now; words are those that the coder gives.
func (c *Case) Judged(coder string, verdict archive.Verdict, words, note string, at time.Time) archive.Judgement {
	return archive.Judgement{
		Article: c.ArticleKey, Anchor: c.Anchor, Coder: coder, At: at, Verdict: verdict, Words: words, Note: note,
		Found: c.Text, ID: c.ID, Handle: c.Handle, Date: c.Date, Form: c.Form, Confidence: c.Confidence,
	}
}

// A Queue says which cases are listed, and in which order.
type Queue struct {
	Sample   string // key of a sample, in its order; "": what Query finds, the least sure first
	Query    *Query
	Coder    string // whose verdicts count; "": everybody's
	Unjudged bool   // only cases without a verdict; else those with one come last, except in a sample
}

const caseColumns = `ifnull(a.id, 0), ifnull(f.name, ''), ifnull(a.record, 0), ifnull(a.url, ''), ifnull(a.title, ''), ifnull(` + outletOf + `, ''), ifnull(a.date, ''), ifnull(a.places, 0), ifnull(t.key, ''), ifnull(e.tweet_id, ''),
	ifnull(e.author, ''), ifnull(e.handle, ''), ifnull(e.posted_date, ''), ifnull(e.posted_at, ''), ifnull(e.text, ''), ifnull(e.form, ''), ifnull(e.confidence, 0), ifnull(e.start, 0), ifnull(e.end, 0), ifnull(e.raw, ''), ifnull(e.before, ''), ifnull(e.after, '')`

// parts are the parts of the SQL query for a queue: the tables, the condition, the
// condition that a case has a verdict, and the order.
func (q *Queue) parts(ctx context.Context, from querier) (cases, where, judged, order string, args []any, err error) {
	judged = `EXISTS (SELECT 1 FROM verdicts v WHERE v.article = %s AND v.anchor = %s AND v.verdict <> '' AND (?1 = '' OR v.coder = ?1))`
	coder := strings.Join(strings.Fields(q.Coder), " ")
	if q.Sample != "" {
		return `samples m JOIN sampled s ON s.sample = m.id LEFT JOIN articles a ON a.key = s.article LEFT JOIN embeds e ON e.article = a.id AND e.anchor = s.anchor LEFT JOIN files f ON f.id = a.file LEFT JOIN tweets t ON t.id = e.tweet`,
			`m.key = ?2`, fmt.Sprintf(judged, "s.article", "s.anchor"), `s.n`, []any{coder, q.Sample}, nil
	}
	_, where, args, err = q.Query.where(ctx, from)
	where = strings.Replace(where, "(?)", "(?2)", 1)
	judged = fmt.Sprintf(judged, "a.key", "e.anchor")
	return `embeds e JOIN articles a ON a.id = e.article JOIN files f ON f.id = a.file JOIN tweets t ON t.id = e.tweet`,
		where, judged, judged + `, e.confidence, a.key, e.anchor`, append([]any{coder}, args...), err
}

// Cases lists cases of a queue. Limit 0 is all.
func (db *DB) Cases(ctx context.Context, q Queue, limit, offset int) (all []Case, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	cases, where, judged, order, args, err := q.parts(ctx, tx)
	if err != nil {
		return nil, err
	}
	if q.Unjudged {
		where += ` AND NOT ` + judged
	}
	if limit <= 0 {
		limit = -1
	}
	named := `a.key, e.anchor, 0, ''`
	if q.Sample != "" {
		named = `s.article, s.anchor, s.n, s.stratum`
	}
	return casesBy(ctx, tx, `SELECT `+named+`, `+caseColumns+` FROM `+cases+` WHERE `+where+` ORDER BY `+order+` LIMIT `+strconv.Itoa(limit)+` OFFSET `+strconv.Itoa(max(0, offset)), args...)
}

// Progress counts the cases of a queue, and those of them that have a verdict.
func (db *DB) Progress(ctx context.Context, q Queue) (cases, judged int, err error) {
	defer func() { err = db.explain(err) }()
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, 0, err
	}
	defer tx.Rollback()
	from, where, has, _, args, err := q.parts(ctx, tx)
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(`+has+`), 0) FROM `+from+` WHERE `+where, args...).Scan(&cases, &judged)
	}
	return cases, judged, err
}

// Case is the case with a name, see CaseName. It is Missing if the article has no embed
// there. If the archive does not have the article, the error is ErrNotFound.
func (db *DB) Case(ctx context.Context, article []byte, anchor int) (c *Case, err error) {
	defer func() { err = db.explain(err) }()
	all, err := casesBy(ctx, db.sql, `SELECT a.key, ?1, 0, '', `+caseColumns+`
		FROM articles a JOIN files f ON f.id = a.file LEFT JOIN embeds e ON e.article = a.id AND e.anchor = ?1 LEFT JOIN tweets t ON t.id = e.tweet WHERE a.key = ?2`, anchor, article)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, notFound{errorf("no article for the case %s", CaseName(article, anchor))}
	}
	return &all[0], nil
}

// casesBy reads cases, and then the verdicts on them.
func casesBy(ctx context.Context, from querier, query string, args ...any) (all []Case, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Case
		var row int64
		if c.Place, err = scanPlace(rows, &c.ArticleKey, &c.Anchor, &c.N, &c.Stratum, &row); err != nil {
			return nil, err
		}
		c.Article.Outlet = cmp.Or(c.Article.Outlet, archive.Host(c.Article.URL))
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	for i := range all {
		c := &all[i]
		err := askerOf(ctx, from)(func(r *sql.Rows) error {
			j, err := scanJudgement(r)
			c.Verdicts = append(c.Verdicts, j)
			return err
		}, `SELECT `+verdictColumns+` FROM verdicts WHERE article = ? AND anchor = ? AND verdict <> '' ORDER BY coder`, c.ArticleKey, c.Anchor)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Judgements calls each for the verdicts that were not taken back, by article, anchor and
// coder.
func (db *DB) Judgements(ctx context.Context, each func(archive.Judgement) error) error {
	return db.explain(askerOf(ctx, db.sql)(func(r *sql.Rows) error {
		j, err := scanJudgement(r)
		if err != nil {
			return err
		}
		return each(j)
	}, `SELECT `+verdictColumns+` FROM verdicts WHERE verdict <> '' ORDER BY article, anchor, coder`))
}

// Coders lists the coders, with the number of embeds that each judged.
func (db *DB) Coders(ctx context.Context) (all []Count, err error) {
	all, err = counts(ctx, db.sql, `SELECT coder, '', count(*) FROM verdicts WHERE verdict <> '' GROUP BY coder ORDER BY coder`)
	return all, db.explain(err)
}

// takeVerdicts removes the verdicts on what is kept out, and all rows about the cases in
// gone.
func (b *batch) takeVerdicts(gone map[string]bool) (n int, err error) {
	var out []archive.Judgement
	err = b.query(func(r *sql.Rows) error {
		j, err := scanJudgement(r)
		if err == nil && (gone[CaseName(j.Article, j.Anchor)] || b.tombs.keepOutVerdict(&j)) {
			out = append(out, j)
		}
		return err
	}, `SELECT `+verdictColumns+` FROM verdicts`)
	for _, j := range out {
		if err == nil {
			err = b.exec(`DELETE FROM verdicts WHERE article = ? AND anchor = ? AND coder = ?`, j.Article, j.Anchor, j.Coder)
		}
	}
	for name := range gone {
		if article, anchor, ok := ParseCaseName(name); ok && err == nil {
			err = b.exec(`DELETE FROM sampled WHERE article = ? AND anchor = ?`, article, anchor)
		}
	}
	if err == nil {
		err = b.unnameSamples()
	}
	return len(out), err
}

// blankVerdicts takes words out of what coders said of other embeds, except words that were
// found there, too.
func (b *batch) blankVerdicts(blank *strings.Replacer) error {
	var changed []archive.Judgement
	err := b.query(func(r *sql.Rows) error {
		j, err := scanJudgement(r)
		is := j
		if is.Note = blank.Replace(j.Note); blank.Replace(j.Found) == j.Found {
			is.Words = blank.Replace(j.Words)
		}
		if is.Words != j.Words || is.Note != j.Note {
			changed = append(changed, is)
		}
		return err
	}, `SELECT `+verdictColumns+` FROM verdicts`)
	articles := map[string]bool{}
	for i := range changed {
		j := &changed[i]
		articles[string(j.Article)] = true
		if err == nil {
			err = b.exec(`UPDATE verdicts SET words = ?, note = ?, checksum = ? WHERE article = ? AND anchor = ? AND coder = ?`, j.Words, j.Note, sumOfVerdict(j), j.Article, j.Anchor, j.Coder)
		}
	}
	if err != nil || len(articles) == 0 {
		return err
	}
	return b.judged(slices.Sorted(maps.Keys(articles)))
}

// verdicts adds the verdicts of the other archive.
func (u *union) verdicts(ctx context.Context) error {
	var some []archive.Judgement
	add := func() error {
		_, err := u.db.Judge(ctx, some)
		some = some[:0]
		return err
	}
	err := u.each(ctx, func(r *sql.Rows) error {
		j, err := scanJudgement(r)
		if err != nil {
			return ofSource(err)
		}
		u.Verdicts++
		if some = append(some, j); len(some) < 1000 {
			return nil
		}
		return add()
	}, `SELECT `+verdictColumns+` FROM verdicts ORDER BY article, anchor, coder`)
	if err == nil {
		err = add()
	}
	return err
}

// verdicts compares verdicts with their checksums, and embeds with what follows from
// verdicts.
func (d *damage) verdicts() error {
	said, err := corrections(d.ask, nil)
	if err != nil {
		return err
	}
	err = d.ask(func(r *sql.Rows) error {
		var key []byte
		var anchor int
		var words sql.NullString
		var by string
		err := r.Scan(&key, &anchor, &words, &by)
		if err != nil || words == said[string(key)][anchor].forRow() && by == said[string(key)][anchor].by {
			return err
		}
		return d.report("derived", "embed %s: its words are not those of its verdicts", CaseName(key, anchor))
	}, `SELECT a.key, e.anchor, e.words, e.words_by FROM embeds e JOIN articles a ON a.id = e.article
		WHERE e.words IS NOT NULL OR EXISTS (SELECT 1 FROM verdicts v WHERE v.article = a.key AND v.anchor = e.anchor) ORDER BY a.key, e.anchor`)
	if err != nil {
		return err
	}
	return d.ask(func(r *sql.Rows) error {
		var want int64
		j, err := scanJudgement(r, &want)
		if err != nil || sumOfVerdict(&j) == want && utf8.ValidString(j.Words) {
			return err
		}
		return d.report("verdict", "%s by %s: the checksum differs", CaseName(j.Article, j.Anchor), j.Coder)
	}, `SELECT checksum, `+verdictColumns+` FROM verdicts ORDER BY article, anchor, coder`)
}
