package store

import (
	"context"
	"database/sql"

	"example.org/tweetarc/archive"
)

// LastVerdict is the latest verdict of a coder that was not taken back, or nil.
func (db *DB) LastVerdict(ctx context.Context, coder string) (last *archive.Judgement, err error) {
	err = askerOf(ctx, db.sql)(func(r *sql.Rows) error {
		j, err := scanJudgement(r)
		last = &j
		return err
	}, `SELECT `+verdictColumns+` FROM verdicts WHERE coder = ? AND verdict <> '' ORDER BY at DESC, article, anchor LIMIT 1`, coder)
	return last, db.explain(err)
}

// Differing lists the embeds that coder has judged and on which coders disagree, and
// counts those on which others disagree but which coder has not judged.
func (db *DB) Differing(ctx context.Context, coder string) (cases []string, others int, err error) {
	var first archive.Judgement
	var differ, mine bool
	end := func() {
		switch {
		case differ && mine:
			cases = append(cases, CaseName(first.Article, first.Anchor))
		case differ:
			others++
		}
	}
	err = db.Judgements(ctx, func(j archive.Judgement) error {
		if string(j.Article) != string(first.Article) || j.Anchor != first.Anchor {
			end()
			first, differ, mine = j, false, false
		}
		differ = differ || j.Verdict != first.Verdict || j.Words != first.Words && j.Words != "" && first.Words != ""
		mine = mine || j.Coder == coder
		return nil
	})
	end()
	return cases, others, err
}
