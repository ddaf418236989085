package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Tested in match_test.go.

// A Run says which run adds to the archive.
type Run struct {
	Command  string // the command line
	Version  string // of the program
	Detector int    // version of the detector; of an article, the embeds found by the highest version count
	Options  string // all options that decide what is found in a file; with other options files are read again
	Globs    string // the options that choose members of a container
	Partial  bool   // the options leave something out, so what the run does not find is not superseded
	Force    bool   // read files again that were read before

	Keep     []string // names of the kept fields in articles, in order, see DB.Keeps; nil if the run reads no corpus
	CountAll bool     // articles without embeds are added too, and counted

	// Gone says whether there is no longer a file at an absolute path, as in
	// archive.File. If it is nil, no file is gone.
	Gone func(path string) bool
}

// Counts says what a run read and found.
type Counts struct {
	Files      int            `json:"files"`             // files read, wholly or in part
	Skipped    int            `json:"skipped,omitempty"` // files not read again, because they are unchanged
	Unreadable int            `json:"-"`                 // records in skipped files that could not be read then
	Records    int            `json:"records"`           // records read
	Articles   int            `json:"articles"`          // articles with embeds
	Embeds     int            `json:"embeds"`
	Counted    int            `json:"counted,omitempty"` // all articles, if they were counted
	Forms      map[string]int `json:"forms,omitempty"`   // embeds by form
	Errors     map[string]int `json:"errors,omitempty"`  // records that could not be read, by reason
}

func (c *Counts) addError(reason string) { addReason(&c.Errors, reason, 1) }

func (c *Counts) add(n progress, found []articleEmbeds) {
	c.Records += n.records
	c.Articles += n.articles
	c.Embeds += n.embeds
	if c.Forms == nil {
		c.Forms = map[string]int{}
	}
	for _, f := range found {
		for _, e := range f.Embeds {
			c.Forms[string(e.Form)]++
		}
	}
}

// A Manifest is what the archive has about a run.
type Manifest struct {
	Key      string  `json:"run"` // key of the run, in every archive into which it was merged
	Command  string  `json:"command"`
	Version  string  `json:"version"`
	Detector string  `json:"detector"`
	Started  string  `json:"started"`
	Ended    string  `json:"ended,omitempty"` // empty if the run still goes on or was killed
	Counts   Counts  `json:"counts"`
	Inputs   []Input `json:"inputs,omitempty"`
}

// An Input is a file as a run found it, and what the run read of it.
type Input struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"` // -1 of a pipe
	ModTime  string `json:"mtime,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // if asked for
	Done     bool   `json:"done"`             // read to its end
	Records  int    `json:"records"`
	Articles int    `json:"articles"` // with embeds
	Embeds   int    `json:"embeds"`
	Errors   int    `json:"errors"`
}

// Runs lists the manifests without their inputs, the first run first.
func (db *DB) Runs(ctx context.Context) ([]Manifest, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT key, command, version, detector, began, ended, counts FROM runs ORDER BY began, key`)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var all []Manifest
	for rows.Next() {
		var m Manifest
		var counts string
		var began int64
		if err := rows.Scan(&m.Key, &m.Command, &m.Version, &m.Detector, &began, &m.Ended, &counts); err != nil {
			return nil, db.explain(err)
		}
		m.Started = formatTime(time.UnixMilli(began))
		if err := json.Unmarshal([]byte(counts), &m.Counts); err != nil {
			return nil, db.explain(errorf("run %s: counts: %w", m.Key, err))
		}
		all = append(all, m)
	}
	return all, db.explain(rows.Err())
}

// Parts of queries about what was read of a version v. If v was read to its end, that is in
// its row. Until then it is in the sums s of its progress; but the row may have more, if a
// merged archive had read more.
const (
	soFar        = ` LEFT JOIN (SELECT version, sum(records) AS records, sum(articles) AS articles, sum(embeds) AS embeds, sum(errors) AS errors FROM progress GROUP BY version) s ON s.version = v.id AND v.done = 0`
	readSoFar    = `max(v.records, ifnull(s.records, 0)) AS records, max(v.articles, ifnull(s.articles, 0)) AS articles, max(v.embeds, ifnull(s.embeds, 0)) AS embeds, max(v.errors, ifnull(s.errors, 0)) AS errors`
	inputColumns = `f.name, v.size, v.mtime, v.sha256, v.done > 0, ` + readSoFar
	inputsOf     = ` FROM runs r JOIN readings g ON g.run = r.id JOIN versions v ON v.id = g.version JOIN files f ON f.id = v.file` + soFar + ` WHERE r.key = ?`
)

// Inputs calls each for the inputs of a run, in the order of their paths. There may be a
// million. An error of each ends it.
func (db *DB) Inputs(ctx context.Context, key string, each func(Input) error) error {
	return db.explain(db.inputs(ctx, each, `SELECT `+inputColumns+inputsOf+` ORDER BY f.name, f.path, f.key, v.size, v.mtime`, key))
}

func (db *DB) inputs(ctx context.Context, each func(Input) error, query string, args ...any) error {
	rows, err := db.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var in Input
		var mtime int64
		if err := rows.Scan(&in.Path, &in.Size, &mtime, &in.SHA256, &in.Done, &in.Records, &in.Articles, &in.Embeds, &in.Errors); err != nil {
			return err
		}
		if mtime != 0 {
			in.ModTime = time.Unix(0, mtime).UTC().Format(time.RFC3339Nano)
		}
		if err := each(in); err != nil {
			return err
		}
	}
	return rows.Err()
}

// beginRun adds the row of the manifest, and returns when the run began: later than all
// runs and readings that the archive has.
func beginRun(ctx context.Context, conn *sql.Conn, run Run) (id, began int64, err error) {
	var key [8]byte
	rand.Read(key[:])
	err = conn.QueryRowContext(ctx, `INSERT INTO runs (key, began, command, version, detector, ended, counts, keep, count)
		SELECT ?, max(?, (SELECT ifnull(max(began), 0) + 1 FROM runs), (SELECT ifnull(max(done), 0) + 1 FROM versions)), ?, ?, ?, '', '{}', '[]', NULL RETURNING id, began`,
		hex.EncodeToString(key[:]), time.Now().UnixMilli(), run.Command, run.Version, run.Options).Scan(&id, &began)
	return id, began, err
}

// Run is the manifest of one run with some of its inputs; total is the number of all. Limit
// 0 is all.
func (db *DB) Run(ctx context.Context, key string, limit, offset int) (m *Manifest, total int, err error) {
	defer func() { err = db.explain(err) }()
	all, err := db.Runs(ctx)
	if err != nil {
		return nil, 0, err
	}
	for i := range all {
		if all[i].Key == key {
			m = &all[i]
		}
	}
	if m == nil {
		return nil, 0, &Error{notFound{errorf("%s: no run %q", db.path, key)}, "tweetarc runs lists all runs"}
	}
	if limit <= 0 {
		limit = -1
	}
	if err := db.sql.QueryRowContext(ctx, `SELECT count(*)`+inputsOf, key).Scan(&total); err != nil {
		return nil, 0, err
	}
	err = db.inputs(ctx, func(in Input) error {
		m.Inputs = append(m.Inputs, in)
		return nil
	}, `SELECT `+inputColumns+inputsOf+` ORDER BY f.name, f.path, f.key, v.size, v.mtime LIMIT ? OFFSET ?`, key, limit, offset)
	return m, total, err
}
