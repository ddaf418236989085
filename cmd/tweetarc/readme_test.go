package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme runs the commands of README.md as they stand there, those behind
// "$ " in its examples, and compares what they print.
func TestReadme(t *testing.T) {
	const path = "../../README.md"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(root, "fixtures"), filepath.Join(dir, "fixtures")); err != nil {
		t.Fatal(err)
	}
	speed := regexp.MustCompile(`\d+\.\d s, \d+ MB/s`) // of this machine, this moment
	const indent = "    "
	lines := strings.Split(string(readme), "\n")
	var out []string
	ran := 0
	for i := 0; i < len(lines); {
		line := lines[i]
		i++
		out = append(out, line)
		command, ok := strings.CutPrefix(line, indent+"$ ")
		if !ok {
			continue
		}
		var want []string
		for i < len(lines) { // blank lines are part of it where it goes on behind them
			end := i
			for end < len(lines) && lines[end] == "" {
				end++
			}
			if end == len(lines) || !strings.HasPrefix(lines[end], indent) || strings.HasPrefix(lines[end], indent+"$ ") {
				break
			}
			want = append(want, lines[i:end+1]...)
			i = end + 1
		}
		c := exec.Command("sh", "-c", command)
		c.Dir = dir
		c.Env = append(os.Environ(), "COLUMNS=110", "NO_COLOR=1")
		b, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", command, err, b)
		}
		ran++
		var got []string
		for l := range strings.Lines(string(b)) {
			got = append(got, strings.TrimRight(indent+l, " \n"))
		}
		show := func(lines []string) string { return speed.ReplaceAllString(strings.Join(lines, "\n"), "speed") }
		if show(got) != show(want) {
			t.Errorf("%s prints\n%s\nREADME says\n%s", command, show(got), show(want))
		}
		out = append(out, got...)
	}
	if ran < 5 {
		t.Errorf("only %d commands found", ran)
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(path, []byte(strings.Join(out, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
