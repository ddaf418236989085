// Package store keeps what was found: embed to row, row to answer. It is the
// only package that knows SQL, and an archive is one SQLite file.
//
//	db, err := store.Open("tweets.db")              // made if it is not there
//	rows, err := db.Writer(store.Run{Command: "...", Version: "...", Detector: detect.Version})
//	scan := archive.Scan{Find: detect.Tweets, Keep: rows.Add}
//	... rows.Resume tells the reader of files where to go on ...
//	err = rows.Close()                              // saves the rest and the manifest
//
//	query, err := store.ParseQuery(`from:nasa "moon" since:2019-01-01`)
//	found, err := db.Search(ctx, query, store.Page{Limit: 20})
//	n, err := db.Export(ctx, store.Tweets, query, out.Write) // out := store.NewCSV(w, store.TweetColumns)
//
// Embeds are sightings, a tweet is what sightings share: identity.go has the
// rules. What the tables hold is said in schema.sql; the columns that leave the
// program in columns.go. No row id leaves the package, and the same corpus
// gives the same exports, byte for byte, in whatever order it was archived.
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

// schemaVersion is in the file as user_version. A change of schema.sql raises it, and
// of what follows from embeds.
const schemaVersion = 7

// applicationID marks the file as ours ("twar"), for file(1) and for Open.
const applicationID = 0x74776172

// driver is mattn's with our orders of search results.
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
	stmts sync.Map // by their text, see prepared
}

// Open opens the archive at path for reading and writing; it makes the file
// where there is none.
func Open(path string) (*DB, error) {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{fmt.Errorf("%s: no folder %s", path, dir), "make it first, or name another --db"}
	}
	return open(path, "rwc")
}

// OpenExisting opens an archive that is there, for reading and writing.
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

// OpenReadOnly opens an archive that is there, for reading alone: a running
// Writer is not disturbed, and what it saves is seen.
func OpenReadOnly(path string) (*DB, error) {
	if err := isThere(path); err != nil {
		return nil, err
	}
	db, err := open(path, "ro")
	var e sqlite.Error
	if errors.As(err, &e) && (e.Code == sqlite.ErrCantOpen || e.Code == sqlite.ErrReadonly) {
		// SQLite keeps its locks in a file beside the archive. Where none can be
		// made, and no writer left anything to be read first, it does without.
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
	case !st.Mode().IsRegular(): // SQLite would wait for ever for who writes into a pipe
		return nil, &Error{fmt.Errorf("%s: a pipe or a device, not an archive", path), "name a file with --db"}
	}
	// The pragmas are in the DSN, so that every connection of the pool has them.
	// No mutex, for database/sql gives a connection to one goroutine at a time.
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
	pool.SetMaxIdleConns(2 + 2*runtime.GOMAXPROCS(0)) // a new one knows neither statements nor pages
	db := &DB{sql: pool, path: path}
	// Of two programs that make the file at once SQLite sends one away without waiting.
	prepare := func() error {
		err := db.prepare(readOnly)
		if err == nil && !readOnly {
			_, err = pool.Exec("PRAGMA journal_mode = WAL") // the file keeps it: only one that is ours gets it
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

// prepared is a statement that is asked again and again.
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

// prepare sees to it that the file has this version's schema.
func (db *DB) prepare(readOnly bool) error {
	version, id, err := db.versions(db.sql)
	if err != nil {
		return err
	}
	switch {
	case version == schemaVersion && id == applicationID:
		return nil
	case readOnly && version == 0:
		return &Error{errors.New("not an archive of tweetarc"), "make one with tweetarc archive"}
	case version != 0:
		return refused(version, id)
	}
	tx, err := db.sql.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if version, id, err = db.versions(tx); err != nil { // again, now that nobody else writes
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

// refused is the error of a file with another schema.
func refused(version, id int) error {
	switch {
	case id != applicationID:
		return &Error{errors.New("an SQLite file, but not an archive of tweetarc"), "name another --db"}
	case version > schemaVersion:
		return &Error{fmt.Errorf("schema %d is newer than this program's, %d", version, schemaVersion), "use a newer tweetarc"}
	}
	return &Error{fmt.Errorf("schema %d is older than this program's, %d", version, schemaVersion),
		"archive the corpus again into a new file"}
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

// explain names the file and, for what happens to users, what they can do.
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
	hint := ""
	var e sqlite.Error
	if errors.As(err, &e) {
		if e.Code == sqlite.ErrIoErr && slices.Contains([]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}, e.SystemErrno) {
			e.Code = sqlite.ErrFull
		}
		switch e.Code {
		case sqlite.ErrNotADB:
			err, hint = errors.New("not an SQLite file"), "name another --db"
		case sqlite.ErrReadonly:
			hint = "the file or its folder may not be written; copy it elsewhere, or see to its permissions"
		case sqlite.ErrBusy, sqlite.ErrLocked:
			err, hint = errors.New("locked: another program is writing to it"), "wait for it to end, then try again"
		case sqlite.ErrCantOpen:
			hint = "is the folder there, and may it be written?"
		case sqlite.ErrFull:
			hint = "the disk is full: what was reported saved is safe; make room and run the same command again"
		case sqlite.ErrIoErr:
			hint = "the disk failed: what was reported saved is safe; run the same command again"
		case sqlite.ErrCorrupt:
			hint = "the file is damaged, or its disk fails: try again, then see tweetarc verify, or archive again into a new file"
		}
	}
	if hint == "" {
		return fmt.Errorf("%s: %w", db.path, err)
	}
	return &Error{fmt.Errorf("%s: %w", db.path, err), hint}
}
