//go:build unix

package corpus

import (
	"syscall"
	"testing"
)

func mkfifo(t *testing.T, name string) {
	if err := syscall.Mkfifo(name, 0o666); err != nil {
		t.Fatal(err)
	}
}
