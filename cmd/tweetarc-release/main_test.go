package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for list, want := range map[string]int{"": len(targets), "linux/arm64": 1, "linux/amd64,windows/amd64": 2, "plan9/amd64": 0, "linux/amd64,": 0, "linux/amd64,linux/amd64": 0} {
		got, err := choose(list)
		if len(got) != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %v, %v", list, got, err)
		}
	}
}

// checkout refuses changes that are not committed, and a linked worktree, from which Go
// takes no commit.
func TestCheckout(t *testing.T) {
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"} { // which a hook of git sets
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		who := []string{"-C", dir, "-c", "user.name=Ada Mole", "-c", "user.email=ada@mill.example", "-c", "commit.gpgsign=false"}
		if out, err := exec.Command("git", append(who, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	plant(t, dir, "sub/a.txt", "A.\n")
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "first", "--date", "2026-03-04T12:00:00Z")
	linked := filepath.Join(t.TempDir(), "linked")
	git("worktree", "add", "-q", linked)
	t.Chdir(filepath.Join(dir, "sub"))
	commit, when, err := checkout(t.Context())
	if err != nil || len(commit) != 40 || when.IsZero() {
		t.Errorf("%q, %v, %v", commit, when, err)
	}
	if where, _ := os.Stat("sub"); where == nil {
		t.Error("it did not go to the repository's folder")
	}
	plant(t, dir, "new.txt", "New.\n")
	if _, _, err := checkout(t.Context()); err == nil || !strings.Contains(err.Error(), "commit or remove them\n?? new.txt") {
		t.Errorf("with a new file: %v", err)
	}
	t.Chdir(linked)
	if _, _, err := checkout(t.Context()); err == nil || !strings.Contains(err.Error(), "build in a clone") {
		t.Errorf("in a linked worktree: %v", err)
	}
}

func TestEmptyFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		if err := emptyFolder(dir); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "old"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := emptyFolder(dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a folder with a file: %v", err)
	}
}

// The stubs of darwin name all functions that this version of Go takes from a library
// that Zig does not have.
func TestDarwinStubs(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := regexp.MustCompile(`cgo_import_dynamic \S+ (\S+) "([^"]+)"`)
	stubs, err := filepath.Glob("darwin/*/*.tbd")
	if err != nil {
		t.Fatal(err)
	}
	more, _ := filepath.Glob("darwin/*/*/*.tbd")
	known := map[string]string{}
	for _, path := range append(stubs, more...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		install := regexp.MustCompile(`install-name: '(.*)'`).FindSubmatch(text)
		known[string(install[1])] = string(text)
	}
	asked := 0
	for _, dir := range []string{"runtime", "internal/syscall/unix", "crypto/x509/internal/macos", "net", "os/user", "syscall"} {
		files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", dir, "*.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range imports.FindAllSubmatch(text, -1) {
				library, symbol := string(m[2]), string(m[1])
				if strings.HasPrefix(library, "/usr/lib/libSystem") || !strings.HasPrefix(library, "/") {
					continue
				}
				asked++
				if !regexp.MustCompile(`\b_` + symbol + `\b`).MatchString(known[library]) {
					t.Errorf("%s asks %s for %s, which no stub names", filepath.Base(file), library, symbol)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d symbols found", asked)
	}
}
