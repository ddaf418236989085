//go:build unix

package main

import (
	"io/fs"
	"os"
	"syscall"
)

// Tested in output_linux_test.go.

// lock locks a file or folder until it is closed, unless it is locked already.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// letGo does nothing: a folder may get another name while it is locked.
func letGo(*os.File) {}

// owner is the user and the group of a file, -1 if that is not known.
func owner(info fs.FileInfo) (uid, gid int) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid), int(st.Gid)
	}
	return -1, -1
}
