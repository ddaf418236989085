//go:build !unix

package main

import (
	"errors"
	"io/fs"
	"os"
)

// Tested in ../../archive/arrows_test.go.

func lock(*os.File) error { return errors.ErrUnsupported }

// letGo closes a folder that gets another name: Windows renames no open folder.
func letGo(f *os.File) { f.Close() }

func owner(fs.FileInfo) (uid, gid int) { return -1, -1 }
