package store

import (
	"context"
	"encoding/json"
	"strings"
)

// The fields of the corpus that users ask to keep are in the rows of articles and places
// as a JSON object with sorted names: {"publication":"...","section":"..."}. Empty values
// are left out, and an object without values is ''.

// keptOf is the object of the fields with these names and values.
func keptOf(names, values []string) string {
	kept := map[string]string{}
	for i, v := range values {
		if v != "" && i < len(names) {
			kept[names[i]] = v
		}
	}
	return keptText(kept)
}

func keptText(values map[string]string) string {
	if len(values) == 0 {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil {
		panic(err) // texts
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// keptValues are the values of an object by their names.
func keptValues(kept string) map[string]string {
	values := map[string]string{}
	if kept != "" {
		_ = json.Unmarshal([]byte(kept), &values) // if another program has changed it, verify says so
	}
	return values
}

// Keeps says which fields of the corpus runs have kept so far, in order, and whether the
// last run counted all articles. Later runs should do the same.
func (db *DB) Keeps(ctx context.Context) (names []string, countAll bool, err error) {
	names, countAll, err = keepsOf(ctx, db.sql)
	return names, countAll, db.explain(err)
}

func keepsOf(ctx context.Context, q querier) (names []string, countAll bool, err error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT k.value FROM runs r JOIN json_each(r.keep) k ORDER BY k.value`)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, false, err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, false, err
	}
	err = q.QueryRowContext(ctx, `SELECT ifnull((SELECT count FROM runs WHERE count IS NOT NULL ORDER BY began DESC, key DESC LIMIT 1), 0)`).Scan(&countAll)
	return names, countAll, err
}
