//go:build cgo

// Package sqlite is what package store needs of the SQLite driver. SQLite is
// written in C, so this is the one package of ours that does not build without a
// C compiler; nocgo.go then says what to do, and nothing else is said.
package sqlite

import "github.com/mattn/go-sqlite3"

type (
	Driver = sqlite3.SQLiteDriver
	Conn   = sqlite3.SQLiteConn
	Error  = sqlite3.Error
)

// The codes of errors, as in Error.Code.
var (
	ErrBusy     = sqlite3.ErrBusy
	ErrCantOpen = sqlite3.ErrCantOpen
	ErrCorrupt  = sqlite3.ErrCorrupt
	ErrFull     = sqlite3.ErrFull
	ErrIoErr    = sqlite3.ErrIoErr
	ErrLocked   = sqlite3.ErrLocked
	ErrNotADB   = sqlite3.ErrNotADB
	ErrReadonly = sqlite3.ErrReadonly
)
