package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
)

// If a run counts all articles, each article has a row in the table counted for each file
// that it is in, whether tweets are embedded in it or not. A row is superseded if a later
// reading of the whole input did not find the article there. It is also superseded if the
// file is gone and the article was found elsewhere: then it moved. So the count does not
// depend on how often, in which order and from how many machines the corpus came.

// countedNow are the rows c of counted that are not superseded.
const countedNow = `counted c JOIN files f ON f.id = c.file JOIN files i ON i.id = f.input AND c.last >= i.complete AND c.last >= c.moved`

// count adds articles that a reading counted in a file; last is when the reading began.
// An article whose versions have several outlets or months counts in each.
func (b *batch) count(file, last, moved int64, all []counted) error {
	slices.SortFunc(all, func(a, b counted) int { return cmp.Compare(a.Article, b.Article) })
	for i := range all {
		c := &all[i]
		err := b.exec(`INSERT INTO counted (file, article, outlet, month, last, moved) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
			SET last = max(last, excluded.last), moved = max(moved, excluded.moved) WHERE excluded.last > last OR excluded.moved > moved`, file, c.Article, c.Outlet, c.Month, last, moved)
		if err != nil {
			return err
		}
	}
	return nil
}

// moveCounted does what moveFrom does, for counted articles. gone and met are lists of
// inputs.
func (b *batch) moveCounted(gone, met string) error {
	err := b.exec(`UPDATE counted SET moved = ?1 WHERE last < ?1 AND file IN (SELECT id FROM files WHERE input IN (SELECT value FROM json_each(?2)))
		AND EXISTS (SELECT 1 FROM counted c JOIN files f ON f.id = c.file JOIN files i ON i.id = f.input WHERE c.article = counted.article AND i.scope = 1
			AND i.id NOT IN (SELECT value FROM json_each(?2)) AND c.last >= i.complete AND c.last >= c.moved)`, b.began, gone)
	if err != nil {
		return err
	}
	return b.exec(`UPDATE counted SET last = ?1 WHERE last < ?1 AND last >= moved AND last >= (SELECT i.complete FROM files f JOIN files i ON i.id = f.input WHERE f.id = counted.file)
		AND file IN (SELECT id FROM files WHERE input IN (SELECT value FROM json_each(?3)) AND input NOT IN (SELECT value FROM json_each(?2)))
		AND article IN (SELECT article FROM counted WHERE file IN (SELECT id FROM files WHERE input IN (SELECT value FROM json_each(?2))))`, b.began, gone, met)
}

// readCounted adds the counted articles.
func (u *union) readCounted(ctx context.Context) error {
	return u.inBatches(func(b *batch, full func() error) error {
		return u.each(ctx, func(r *sql.Rows) error {
			var c counted
			var file, last, moved int64
			if err := r.Scan(&file, &c.Article, &c.Outlet, &c.Month, &last, &moved); err != nil {
				return ofSource(err)
			}
			if what := faultOfCounted([]counted{c}); what != "" {
				return ofSource(&Error{errorf("damaged or forged: %s", what), askMaker})
			}
			if err := b.count(u.files[file], last, moved, []counted{c}); err != nil {
				return err
			}
			return full()
		}, `SELECT file, article, outlet, month, last, moved FROM counted ORDER BY article, file`)
	})
}
