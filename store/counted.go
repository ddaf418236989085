package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
)

// Where a run counts all articles, each has a row in counted for each file that it is
// in, whether tweets are embedded in it or not. A row that a later reading of the whole
// input did not bring again is superseded, and so is one of a file that is gone, if the
// article was seen elsewhere later: it moved. So the count is the same however often, in
// whatever order and from how many machines the corpus came.

// countedNow is what was counted, as c, and is not superseded.
const countedNow = `counted c JOIN files f ON f.id = c.file JOIN files i ON i.id = f.input
	AND c.last >= i.complete AND (c.last >= i.gone OR NOT EXISTS (SELECT 1 FROM counted o WHERE o.article = c.article AND o.last >= i.gone))`

// count brings in articles that a reading, which began at a time, counted in a file.
// Versions of one article that are of several outlets or months count in each, as they
// do where they are in several files.
func (b *batch) count(file, last int64, all []counted) error {
	slices.SortFunc(all, func(a, b counted) int { return cmp.Compare(a.Article, b.Article) })
	for i := range all {
		c := &all[i]
		err := b.exec(`INSERT INTO counted (file, article, outlet, month, last) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
			SET last = excluded.last WHERE excluded.last > last`, file, c.Article, c.Outlet, c.Month, last)
		if err != nil {
			return err
		}
	}
	return nil
}

// readCounted adds what was counted.
func (u *union) readCounted(ctx context.Context) error {
	return u.inBatches(func(b *batch, full func() error) error {
		return u.each(ctx, func(r *sql.Rows) error {
			var c counted
			var file, last int64
			if err := r.Scan(&file, &c.Article, &c.Outlet, &c.Month, &last); err != nil {
				return ofSource(err)
			}
			if what := faultOfCounted([]counted{c}); what != "" {
				return ofSource(&Error{errorf("%s", what), "see who made this archive"})
			}
			if err := b.count(u.files[file], last, []counted{c}); err != nil {
				return err
			}
			return full()
		}, `SELECT file, article, outlet, month, last FROM counted ORDER BY article, file`)
	})
}
