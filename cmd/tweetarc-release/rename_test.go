package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newName is what the module is called in these tests, once it is published.
const newName = "github.com/Someone/tweetarc.v0"

// TestRename gives a copy of the repository another name, and then does with it what
// README tells a developer who writes a module of his own.
func TestRename(t *testing.T) {
	oldName := said(t, ".", "go", "list", "-m")
	copied := t.TempDir()
	copyTree(t, "../..", copied)
	traps := map[string]string{ // that are not this module
		"trap.txt": "x" + oldName + " " + oldName + "-foo " + oldName + "s " + oldName + ".git\n",
		"docs.txt": "See " + oldName + ". Import \"" + oldName + "/archive\", " + oldName + "@v0.2.0, (" + oldName + ").\n",
	}
	for name, text := range traps {
		write(t, filepath.Join(copied, name), text)
	}
	said(t, copied, "cmd/tweetarc-release/rename", newName)

	if got := said(t, copied, "go", "list", "-m"); got != newName {
		t.Errorf("it is %s", got)
	}
	for name, want := range map[string]string{"trap.txt": traps["trap.txt"], "docs.txt": strings.ReplaceAll(traps["docs.txt"], oldName, newName)} {
		if got := read(t, filepath.Join(copied, name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		os.Remove(filepath.Join(copied, name))
	}
	each(t, copied, func(path string, info fs.FileInfo) {
		if strings.Contains(read(t, path), oldName) {
			t.Errorf("%s has the old name", path)
		}
	})
	if unformatted := said(t, copied, "gofmt", "-l", "archive", "cmd", "store"); unformatted != "" {
		t.Errorf("gofmt would change %s", unformatted)
	}
	for _, pkg := range strings.Fields(said(t, copied, "go", "list", "-deps", "./...")) {
		if strings.HasPrefix(pkg, oldName) {
			t.Errorf("%s is still imported", pkg)
		}
	}
	library(t, copied)
}

// library is README's example in a module of its own, which has neither C nor network.
func library(t *testing.T, repository string) {
	readme := read(t, filepath.Join(repository, "README.md"))
	example := regexp.MustCompile("```go\n((?s:.*?))```\n\n.*\n\n((?:    .*\n)+)").FindStringSubmatch(readme)
	if example == nil {
		t.Fatal("README has no example of the library, with what it prints")
	}
	newsroom := t.TempDir()
	write(t, filepath.Join(newsroom, "main.go"), example[1])
	for name, value := range map[string]string{"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOWORK": "off"} {
		t.Setenv(name, value)
	}
	said(t, newsroom, "go", "mod", "init", "newsroom.example/desk")
	said(t, newsroom, "go", "mod", "edit", "-require", newName+"@v0.0.0", "-replace", newName+"="+repository)
	// What tidy would look up is in the checkout's go.sum.
	write(t, filepath.Join(newsroom, "go.sum"), read(t, filepath.Join(repository, "go.sum")))
	got := said(t, newsroom, "go", "run", ".")
	if want := strings.TrimSpace(regexp.MustCompile(`(?m)^    `).ReplaceAllString(example[2], "")); got != want {
		t.Errorf("README's example prints\n%s\nREADME says\n%s", got, want)
	}
	modules := strings.Fields(said(t, newsroom, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "."))
	slices.Sort(modules)
	if got, want := strings.Join(slices.Compact(modules), " "), newName+" golang.org/x/net golang.org/x/sync golang.org/x/text newsroom.example/desk"; got != want {
		t.Errorf("the detector asks for %s, want %s", got, want)
	}
}

// A name that go get does not take is refused, and nothing is changed.
func TestRenameRefuses(t *testing.T) {
	copied := t.TempDir()
	write(t, filepath.Join(copied, "go.mod"), "module example.org/mill\n")
	script := filepath.Join(copied, "cmd/tweetarc-release/rename")
	os.MkdirAll(filepath.Dir(script), 0o777)
	write(t, script, read(t, "rename"))
	os.Chmod(script, 0o755)
	for _, name := range []string{"", "tweetarc", "/x.y/z", "mill.example/a b", "mill.example/../b", "mill.example/a@v1"} {
		cmd := exec.Command(script, name)
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("%q: taken: %s", name, out)
		}
		if got := read(t, filepath.Join(copied, "go.mod")); got != "module example.org/mill\n" {
			t.Errorf("%q: go.mod is %s", name, got)
		}
	}
}

// said is what a command prints in a folder.
func said(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if strings.Contains(name, "/") {
		cmd.Path = filepath.Join(dir, name)
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, complaint.String())
	}
	return strings.TrimSpace(string(out))
}

// each visits the files of the repository's own.
func each(t *testing.T, root string, visit func(path string, info fs.FileInfo)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "dist") {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() {
			visit(path, info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	each(t, from, func(path string, info fs.FileInfo) {
		name, err := filepath.Rel(from, path)
		if err != nil {
			t.Fatal(err)
		}
		os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o777)
		write(t, filepath.Join(to, name), read(t, path))
		os.Chmod(filepath.Join(to, name), info.Mode())
	})
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
