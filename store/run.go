package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Run says what is about to add to the archive.
type Run struct {
	Command  string // the command line
	Version  string // of the program
	Detector string // of the detector, and of whatever else decides which embeds a file gives
	Force    bool   // read again what was read before
}

// Counts is what a run read and found.
type Counts struct {
	Files    int            `json:"files"`             // read, wholly or in part
	Skipped  int            `json:"skipped,omitempty"` // files unchanged since they were read
	Records  int            `json:"records"`           // articles and errors
	Articles int            `json:"articles"`          // with embeds
	Embeds   int            `json:"embeds"`
	Forms    map[string]int `json:"forms,omitempty"`  // embeds by form
	Errors   map[string]int `json:"errors,omitempty"` // records that could not be read, by reason
}

func (c *Counts) addError(reason string) { addReason(&c.Errors, reason, 1) }

func (c *Counts) add(s *stretch) {
	c.Records += s.records
	c.Articles += len(s.found)
	c.Embeds += s.embeds
	if c.Forms == nil {
		c.Forms = map[string]int{}
	}
	for _, f := range s.found {
		for _, e := range f.Embeds {
			c.Forms[string(e.Form)]++
		}
	}
}

// Manifest is what is kept of a run.
type Manifest struct {
	Key      string  `json:"run"` // names the run in every archive that it was merged into
	Command  string  `json:"command"`
	Version  string  `json:"version"`
	Detector string  `json:"detector"`
	Started  string  `json:"started"`
	Ended    string  `json:"ended,omitempty"` // empty while it goes on, or where it was killed
	Counts   Counts  `json:"counts"`
	Inputs   []Input `json:"inputs,omitempty"`
}

// Input is a file as a run found it, and what the run read of it.
type Input struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"` // -1 of a pipe
	ModTime  string `json:"mtime,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // where it was asked for
	Done     bool   `json:"done"`             // read to its end
	Records  int    `json:"records"`
	Articles int    `json:"articles"` // with embeds
	Embeds   int    `json:"embeds"`
	Errors   int    `json:"errors"`
}

// Runs lists the manifests, the first run first, without their inputs.
func (db *DB) Runs(ctx context.Context) ([]Manifest, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT key, command, version, detector, started, ended, counts FROM runs ORDER BY started, id`)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var all []Manifest
	for rows.Next() {
		var m Manifest
		var counts string
		if err := rows.Scan(&m.Key, &m.Command, &m.Version, &m.Detector, &m.Started, &m.Ended, &counts); err != nil {
			return nil, db.explain(err)
		}
		if err := json.Unmarshal([]byte(counts), &m.Counts); err != nil {
			return nil, db.explain(errorf("run %s: counts: %w", m.Key, err))
		}
		all = append(all, m)
	}
	return all, db.explain(rows.Err())
}

const (
	inputColumns = `i.path, i.size, i.mtime, i.sha256, i.done, i.records, i.articles, i.embeds, i.errors`
	inputsOf     = ` FROM inputs i JOIN runs r ON r.id = i.run WHERE r.key = ?`
)

// Inputs calls each for the inputs of a run, in the order of their paths; it
// may have a million. An error of each ends it.
func (db *DB) Inputs(ctx context.Context, key string, each func(Input) error) error {
	return db.explain(db.inputs(ctx, each, `SELECT `+inputColumns+inputsOf+` ORDER BY i.path`, key))
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

// beginRun adds the manifest's row.
func beginRun(ctx context.Context, conn *sql.Conn, run Run) (id int64, err error) {
	var key [8]byte
	rand.Read(key[:])
	res, err := conn.ExecContext(ctx, `INSERT INTO runs (key, command, version, detector, started, ended, counts) VALUES (?, ?, ?, ?, ?, '', '{}')`,
		hex.EncodeToString(key[:]), run.Command, run.Version, run.Detector, formatTime(time.Now()))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Run is the manifest of one run, with some of its inputs, and tells how many
// there are; limit 0 is all.
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
		return nil, 0, &Error{notFound{errorf("%s: no run %q", db.path, key)}, "see tweetarc runs"}
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
	}, `SELECT `+inputColumns+inputsOf+` ORDER BY i.path LIMIT ? OFFSET ?`, key, limit, offset)
	return m, total, err
}
