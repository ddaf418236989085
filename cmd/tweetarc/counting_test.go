package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestCounting runs the example of COUNTING.md, and compares what it prints.
func TestCounting(t *testing.T) {
	const path = "COUNTING.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(page), "\n")
	blocks := docBlocks(lines)
	if len(blocks) == 0 {
		t.Fatal("no example")
	}
	dir := t.TempDir()
	got := make([][]string, len(blocks))
	for i, b := range blocks {
		printed := strings.TrimRight(speed.ReplaceAllString(typed(t, dir, "set -e\n"+b.code), ""), "\n")
		got[i] = strings.Split(printed, "\n")
		if printed != b.printed {
			t.Errorf("%s\nprints\n%s\n%s says\n%s", b.code, printed, path, b.printed)
		}
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		for i, b := range slices.Backward(blocks) {
			lines = slices.Replace(lines, b.begin, b.end, got[i]...)
		}
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
