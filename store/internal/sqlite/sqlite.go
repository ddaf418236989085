//go:build cgo

// Package sqlite is what package store uses of the SQLite driver. SQLite is written in C,
// so this is our only package that needs a C compiler. Without one, nocgo.go makes the Go
// compiler say how to get one, and nothing else.
package sqlite

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
// With a single arena, memory that SQLite frees in one thread is used again in all others.
// With one arena for each thread, a fifth of 150 MB was unused. This has an effect only
// before there are threads.
__attribute__((constructor)) static void oneArena(void) { mallopt(M_ARENA_MAX, 1); }
#endif
*/
import "C"

import "github.com/mattn/go-sqlite3"

type (
	Driver = sqlite3.SQLiteDriver
	Conn   = sqlite3.SQLiteConn
	Error  = sqlite3.Error
	Code   = sqlite3.ErrNo
)

// The values of Error.Code that store knows.
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
