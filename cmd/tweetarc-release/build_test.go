package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The notices have the licence of each module that is linked in, of Go, and of what Zig
// links in. A module without a licence is an error.
func TestNotices(t *testing.T) {
	t.Chdir(top)
	t.Setenv("CGO_ENABLED", "1") // as settle does
	b := &builder{zig: filepath.Join(t.TempDir(), "zig")}
	for _, name := range []string{"LICENSE", "lib/libc/musl/COPYRIGHT", "lib/libc/mingw/COPYING"} {
		plant(t, filepath.Dir(b.zig), name, "Made up: "+name+".\r\n")
	}
	for _, target := range targets {
		text, err := b.notices(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		for name, wanted := range map[string]bool{
			"==== Go: LICENSE\n": true, "==== github.com/mattn/go-sqlite3 v": true, "==== Zig (compiler-rt): LICENSE\n\nMade up: LICENSE.\n": true,
			"==== musl: COPYRIGHT\n": target.os == "linux", "==== mingw-w64: COPYING\n": target.os == "windows",
		} {
			if strings.Contains(string(text), name) != wanted {
				t.Errorf("%s: %q is in it: %v", target, name, !wanted)
			}
		}
	}
	if err := os.Remove(filepath.Join(filepath.Dir(b.zig), "LICENSE")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.notices(t.Context(), targets[0]); err == nil || !strings.Contains(err.Error(), "Zig (compiler-rt): ") {
		t.Errorf("without Zig's licence: %v", err)
	}
	var n notices
	if n.addFrom("some module", filepath.Dir(b.zig)); n.err == nil || !strings.HasPrefix(n.err.Error(), "some module: no licence in ") {
		t.Errorf("a folder without a licence: %v", n.err)
	}
}
