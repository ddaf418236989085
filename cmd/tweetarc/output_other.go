//go:build !unix

package main

import (
	"errors"
	"io/fs"
	"os"
)

func lock(*os.File) error { return errors.ErrUnsupported }

func owner(fs.FileInfo) (uid, gid int) { return -1, -1 }
