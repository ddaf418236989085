// Package store keeps embeds in an archive, which is one SQLite file, and answers
// questions about them. No other package uses SQL.
//
// Embeds go in with a Writer, one for each run:
//
//	db, err := store.Open("tweets.db")              // makes the file if there is none
//	rows, err := db.Writer(store.Run{Command: "...", Version: "...", Detector: detect.Version})
//	scan := archive.Scan{Find: detect.Tweets, Keep: rows.Add}
//	... rows.Resume says where a reader of files goes on ...
//	err = rows.Close()                              // saves the rest, and the manifest
//
// Tweets come out by queries:
//
//	query, err := store.ParseQuery(`from:nasa "moon" since:2019-01-01`)
//	found, err := db.Search(ctx, query, store.Page{Limit: 20})
//	n, err := db.Export(ctx, store.Tweets, query, out.Write) // out := store.NewCSV(w, store.TweetColumns)
//
// A tweet is what its embeds have in common; which embeds are of one tweet follows from
// them alone. No row id leaves the package, and the same corpus gives the same exports,
// byte for byte, in whatever order it was archived.
//
// To read the code, begin with schema.sql, which explains each table, and columns.go,
// which has the columns of all exports. Then follow an article in: passage.go cuts out
// what is kept of it, writer.go collects it, save.go and places.go write it, identity.go
// has the rules which embeds are of one tweet, and evidence.go finds the words of a
// tweet. On the way out, query.go parses queries, match.go finds their tweets, and
// search.go, export.go, stats.go and crosstab.go answer. shard.go has the format of
// shard files, and merge.go merges archives.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.org/tweetarc/store/internal/sqlite"
)

//go:embed schema.sql
var schema string

// schemaVersion is the user_version of the file. It must be raised when the tables of
// schema.sql change, or what is derived from embeds.
const schemaVersion = 7

// applicationID marks the file as an archive ("twar"), for file(1) and for Open.
const applicationID = 0x74776172

// driver is the name of mattn's driver with our SQL functions.
const driver = "sqlite3 for tweetarc"

func init() {
	sql.Register(driver, &sqlite.Driver{ConnectHook: func(c *sqlite.Conn) error {
		return errors.Join(c.RegisterFunc("bm25", bm25, true), c.RegisterFunc("shuffled", shuffled, true),
			c.RegisterFunc("sigils", sigilsOf, true), c.RegisterFunc("domains", domainsOf, true))
	}})
}

// DB is an archive. It may be used by several goroutines at once.
type DB struct {
	sql   *sql.DB
	path  string
	stmts sync.Map // prepared statements by their text
}

// Open opens the archive at path for reading and writing. It makes the file if there is
// none.
func Open(path string) (*DB, error) {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{fmt.Errorf("%s: no folder %s", path, dir), "make it first, or name another --db"}
	}
	return open(path, "rwc")
}

// OpenExisting opens an archive for reading and writing, but makes none.
func OpenExisting(path string) (*DB, error) {
	if err := isThere(path); err != nil {
		return nil, err
	}
	return Open(path)
}

func isThere(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return &Error{fmt.Errorf("%s: no such archive", path), "make one with tweetarc archive, or name it with --db"}
	}
	return nil
}

// OpenReadOnly opens an archive only for reading. That does not disturb a running
// Writer, and sees what the Writer saves.
func OpenReadOnly(path string) (*DB, error) {
	if err := isThere(path); err != nil {
		return nil, err
	}
	db, err := open(path, "ro")
	var e sqlite.Error
	if errors.As(err, &e) && (e.Code == sqlite.ErrCantOpen || e.Code == sqlite.ErrReadonly) {
		// SQLite keeps its locks in a file beside the archive. In a folder that may not be
		// written there is none. Then the archive is opened without locks, unless a
		// writer left a log that must be read first.
		if _, missing := os.Stat(path + "-wal"); errors.Is(missing, fs.ErrNotExist) {
			return open(path, "ro&immutable=1")
		}
	}
	return db, err
}

func open(path, mode string) (*DB, error) {
	switch st, err := os.Stat(path); {
	case err != nil:
	case st.IsDir():
		return nil, &Error{fmt.Errorf("%s: a folder, not an archive", path), "name a file with --db"}
	case !st.Mode().IsRegular(): // SQLite would wait for ever for somebody to write into a pipe
		return nil, &Error{fmt.Errorf("%s: a pipe or a device, not an archive", path), "name a file with --db"}
	}
	// The pragmas are in the DSN, so that every connection of the pool has them. No mutex
	// is needed: database/sql gives a connection to one goroutine at a time.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=" + mode +
		"&_mutex=no&_busy_timeout=" + strconv.FormatInt(busyTime.Milliseconds(), 10) + "&_foreign_keys=1&_secure_delete=on"
	readOnly := mode != "rwc"
	if readOnly {
		dsn += "&_query_only=1&_cache_size=-8192"
	} else {
		dsn += "&_txlock=immediate&_synchronous=NORMAL&_cache_size=-32768"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	pool.SetMaxIdleConns(2 + 2*runtime.GOMAXPROCS(0)) // a new connection has neither statements nor pages in its cache
	db := &DB{sql: pool, path: path}
	// When two programs make the file at once, SQLite refuses one of them without waiting.
	prepare := func() error {
		err := db.prepare(readOnly)
		if err == nil && !readOnly {
			_, err = pool.Exec("PRAGMA journal_mode = WAL") // the file keeps this mode, so only an archive may get it
		}
		return err
	}
	err = prepare()
	for began := time.Now(); isBusy(err) && time.Since(began) < busyTime; err = prepare() {
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		pool.Close()
		return nil, db.explain(err)
	}
	return db, nil
}

// busyTime is how long one program waits for another.
const busyTime = 5 * time.Second

func isBusy(err error) bool {
	var e sqlite.Error
	return errors.As(err, &e) && e.Code == sqlite.ErrBusy
}

// Close closes the archive.
func (db *DB) Close() error { return db.sql.Close() }

// prepared is a statement that stays prepared as long as the archive is open.
func (db *DB) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := db.stmts.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := db.sql.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, ok := db.stmts.LoadOrStore(query, s); ok {
		s.Close()
		return first.(*sql.Stmt), nil
	}
	return s, nil
}

// prepare makes the tables in a new file, and checks the schema of any other.
func (db *DB) prepare(readOnly bool) error {
	version, id, err := db.versions(db.sql)
	if err != nil {
		return err
	}
	switch {
	case version == schemaVersion && id == applicationID:
		return nil
	case readOnly && version == 0:
		return &Error{errors.New("not an archive of tweetarc: the file is empty, or another program made it"), "make an archive with tweetarc archive, or name another --db"}
	case version != 0:
		return refused(version, id)
	}
	return db.create()
}

// create makes the tables, unless another program has just done so.
func (db *DB) create() error {
	tx, err := db.sql.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	version, id, err := db.versions(tx)
	if err != nil {
		return err
	}
	var tables int
	if err := tx.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	switch {
	case version == schemaVersion && id == applicationID:
		return nil
	case version != 0 || tables > 0:
		return refused(version, id)
	}
	if _, err := tx.Exec(schema); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	var scope [8]byte
	rand.Read(scope[:])
	if _, err := tx.Exec("INSERT INTO scopes (id, key) VALUES (1, ?)", hex.EncodeToString(scope[:])); err != nil {
		return err
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", schemaVersion, applicationID)); err != nil {
		return err
	}
	return tx.Commit()
}

// refused is the error for a file with another schema.
func refused(version, id int) error {
	switch {
	case id != applicationID:
		return &Error{errors.New("an SQLite file, but not an archive of tweetarc"), "name another --db"}
	case version > schemaVersion:
		return &Error{fmt.Errorf("made by a newer tweetarc: its schema is %d, this program's %d", version, schemaVersion), "install a newer tweetarc"}
	}
	return &Error{
		fmt.Errorf("made by an older tweetarc: its schema is %d, this program's %d", version, schemaVersion),
		"archive the corpus again, into a new file",
	}
}

// querier is what *sql.DB, *sql.Conn and *sql.Tx have in common.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func (db *DB) versions(q querier) (version, id int, err error) {
	ctx := context.Background()
	if err = q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err == nil {
		err = q.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	}
	return version, id, err
}

// explain puts the file's name before an error and, for errors that happen to users, adds
// a hint what they can do.
func (db *DB) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var named *Error
	if errors.As(err, &named) {
		if strings.HasPrefix(named.Err.Error(), db.path+": ") {
			return err
		}
		return &Error{fmt.Errorf("%s: %w", db.path, named.Err), named.Hint}
	}
	var e sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", db.path, err)
	}
	if e.Code == sqlite.ErrIoErr && slices.Contains([]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}, e.SystemErrno) {
		e.Code = sqlite.ErrFull
	}
	known, ok := hints[e.Code]
	if known.what != "" {
		err = errors.New(known.what)
	}
	if !ok {
		return fmt.Errorf("%s: %w", db.path, err)
	}
	return &Error{fmt.Errorf("%s: %w", db.path, err), known.hint}
}

// hints are what to say in place of an error of SQLite, if that is not clear, and what the
// user can do.
var hints = map[sqlite.Code]struct{ what, hint string }{
	sqlite.ErrNotADB:   {"not an SQLite file", "name another --db"},
	sqlite.ErrReadonly: {"", "the file or its folder may not be written: change the permissions, or copy the archive elsewhere"},
	sqlite.ErrBusy:     {locked, "wait until it ends, then try again"},
	sqlite.ErrLocked:   {locked, "wait until it ends, then try again"},
	sqlite.ErrCantOpen: {"", "check that the folder exists and may be written"},
	sqlite.ErrFull:     {"", "the disk is full, but what was reported as saved is safe: make room, then run the same command again"},
	sqlite.ErrIoErr:    {"", "the disk failed, but what was reported as saved is safe: run the same command again"},
	sqlite.ErrCorrupt:  {"", "the file is damaged, or the disk fails: try again, run tweetarc verify, or archive the corpus again into a new file"},
}

const locked = "locked: another program is writing to it"
