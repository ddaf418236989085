package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const top = "../.." // of the repository

// A program that uses the detector links these modules besides this one, and none of
// these packages.
var (
	modulesOfDetect = []string{"golang.org/x/net", "golang.org/x/text"}
	notInDetect     = []string{"database/sql", "net", "net/http", "os/exec", "runtime/cgo"}
)

func TestLibrary(t *testing.T) { useLibrary(t, top) }

// useLibrary does what README says in another module, without network and C compiler:
// it types the commands, and runs the program, which prints what README says.
func useLibrary(t *testing.T, module string) {
	module, err := filepath.Abs(module)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(module, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## As a Go library\n")
	section, _, _ = strings.Cut(section, "\n## ")
	before, rest, _ := strings.Cut(section, "\n```go\n")
	program, after, ok := strings.Cut(rest, "\n```\n")
	if !ok {
		t.Fatal("no program in README")
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "newsroom")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(module, filepath.Join(parent, "tweetarc")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	typed(t, dir, "go", "mod", "init", "example.com/newsroom")
	commands := strings.Split(strings.TrimSpace(indented(before)), "\n")
	if len(commands) != 2 {
		t.Fatalf("commands in README: %q", commands)
	}
	for _, c := range commands {
		typed(t, dir, strings.Fields(c)...)
	}
	if got, want := typed(t, dir, "go", "run", "."), indented(after); got != want {
		t.Errorf("the program prints\n%s\nREADME says\n%s", got, want)
	}
	if diff := typed(t, dir, "gofmt", "-d", "."); diff != "" {
		t.Errorf("the program is not formatted:\n%s", diff)
	}

	name := typed(t, module, "go", "list", "-m")
	name = strings.TrimSpace(name)
	var modules []string
	for line := range strings.Lines(typed(t, dir, "go", "list", "-deps", "-f", "{{.ImportPath}} {{with .Module}}{{.Path}}{{end}}", name+"/archive", name+"/archive/detect")) {
		of := strings.Fields(line)
		if slices.Contains(notInDetect, of[0]) {
			t.Errorf("the detector needs %s", of[0])
		}
		if len(of) > 1 && of[1] != name {
			modules = append(modules, of[1])
		}
	}
	slices.Sort(modules)
	if modules = slices.Compact(modules); !slices.Equal(modules, modulesOfDetect) {
		t.Errorf("the detector needs %q, not %q", modules, modulesOfDetect)
	}
}

// typed is what a command prints in dir, without network and C compiler.
func typed(t *testing.T, dir string, command ...string) string {
	t.Helper()
	var stderr strings.Builder
	c := exec.Command(command[0], command[1:]...)
	c.Dir, c.Stderr = dir, &stderr
	c.Env = append(os.Environ(), "PWD="+dir, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOPROXY=off", "GOSUMDB=off")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s%s", command, err, out, stderr.String())
	}
	return string(out)
}

// indented are the lines of a text that begin with four spaces, without these.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line, ok := strings.CutPrefix(line, "    "); ok {
			b.WriteString(line)
		}
	}
	return b.String()
}
