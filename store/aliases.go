package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Tested in counted_test.go.

// outletOf is the outlet of an article a, with its alias applied.
const outletOf = `ifnull((SELECT nullif(s.outlet, '') FROM aliases s WHERE s.name = a.outlet), a.outlet)`

// aliasOf is the outlet in a column, with its alias applied.
func aliasOf(column string) string { return strings.ReplaceAll(outletOf, "a.outlet", column) }

// An Alias is the name Outlet for what the corpus calls Name.
type Alias struct{ Name, Outlet string }

// SetAliases replaces the aliases of the archive, and returns how many have changed. An
// alias of an alias stands for the last outlet.
func (db *DB) SetAliases(ctx context.Context, all []Alias) (changed int, err error) {
	defer func() { err = db.explain(err) }()
	wanted := map[string]string{}
	for _, a := range all {
		if a.Name != a.Outlet {
			wanted[a.Name] = a.Outlet
		}
	}
	for name := range wanted {
		seen := map[string]bool{name: true}
		for next, ok := wanted[wanted[name]]; ok; next, ok = wanted[wanted[name]] {
			if seen[wanted[name]] {
				return 0, &Error{errorf("the aliases of %s lead back to itself", name), "correct the list of aliases"}
			}
			seen[wanted[name]] = true
			wanted[name] = next
		}
	}
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	now := time.Now().UnixMilli()
	set := func(name, outlet string) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO aliases (name, outlet, at) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET outlet = excluded.outlet, at = max(at + 1, excluded.at) WHERE outlet <> excluded.outlet`, name, outlet, now)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		changed += int(n)
		return err
	}
	for name, outlet := range wanted {
		if err := set(name, outlet); err != nil {
			return 0, err
		}
	}
	before, err := counts(ctx, tx, `SELECT name, outlet, 0 FROM aliases WHERE outlet <> ''`)
	if err != nil {
		return 0, err
	}
	for _, a := range before {
		if _, ok := wanted[a.Name]; !ok {
			if err := set(a.Name, ""); err != nil {
				return 0, err
			}
		}
	}
	return changed, tx.Commit()
}

// Outlets lists all outlets, as the corpus names them, with the number of articles with
// tweets; Label is the alias. If all articles were counted, that number may be 0.
func (db *DB) Outlets(ctx context.Context) ([]Count, error) {
	all, err := counts(ctx, db.sql, `SELECT a.outlet, ifnull((SELECT s.outlet FROM aliases s WHERE s.name = a.outlet), ''), count(DISTINCT a.address) AS n
		FROM (SELECT outlet, address FROM articles WHERE places > 0 UNION ALL SELECT p.outlet, m.address `+ofSeveral+` AND p.outlet IS NOT NULL
			UNION ALL SELECT DISTINCT c.outlet, NULL FROM `+countedNow+`) a GROUP BY a.outlet ORDER BY n DESC, a.outlet`)
	return all, db.explain(err)
}

// readAliases adds the aliases. For each name the later alias counts.
func (u *union) readAliases(ctx context.Context) error {
	return u.inBatches(func(b *batch, full func() error) error {
		return u.each(ctx, func(r *sql.Rows) error {
			var a Alias
			var at int64
			if err := r.Scan(&a.Name, &a.Outlet, &at); err != nil {
				return ofSource(err)
			}
			if hasControls(a.Name) || hasControls(a.Outlet) || strings.TrimSpace(a.Name) == "" {
				return ofSource(&Error{errorf("damaged or forged: the alias %q of %q", a.Outlet, a.Name), askMaker})
			}
			err := b.exec(`INSERT INTO aliases (name, outlet, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET outlet = excluded.outlet, at = excluded.at
				WHERE excluded.at > at OR excluded.at = at AND excluded.outlet > outlet`, a.Name, a.Outlet, at)
			if err != nil {
				return err
			}
			return full()
		}, `SELECT name, outlet, at FROM aliases ORDER BY name`)
	})
}
