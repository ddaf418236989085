package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tweetarc/fixtures/slow"
)

// traps are files with names that look like the module's. NAME is renamed. STAY is the
// same name and stays, for it is a part of another name or in a file that is no text.
var traps = map[string]string{
	"trap.md": `NAME and NAME. See NAME/archive, https://NAME, "NAME", NAME@v0.2.0, -X=NAME/x.y=z,
git clone https://NAME.git; https://pkg.go.dev/NAME#section-readme (NAME)
STAY-data STAYs STAY_x STAY~1 STAY2 STAY.html old.STAY mySTAY old-STAY NAME`,
	"fixtures/trap.html": `<a href="https://news.STAY/a">a</a> <a href="https://STAY.html">b</a>`,
	".hidden/trap.yml":   "go install NAME/cmd/tweetarc@latest\n",
	"trap.bin":           "STAY\x00STAY",
}

func TestRename(t *testing.T) {
	old := strings.TrimSpace(typed(t, top, "go", "list", "-m"))
	const name = "zoo.example/Some-One/" + "tweet_arc" // in two, so as not to be renamed back
	dir := t.TempDir()
	for path, content := range tree(t, top) {
		plant(t, dir, path, content)
	}
	for path, content := range traps {
		plant(t, dir, path, strings.NewReplacer("NAME", old, "STAY", old).Replace(content))
	}
	// Imports are sorted by name.
	plant(t, dir, "archive/trap/trap.go", "package trap\n\nimport (\n\t_ \""+old+"/archive\"\n\t_ \"golang.org/x/net/html\"\n)\n")
	typed(t, dir, "gofmt", "-w", "archive/trap")
	was := tree(t, dir)

	said := rename(t, dir, 0, name)
	if !regexp.MustCompile(`^` + regexp.QuoteMeta(old+" is now "+name+", files changed: ") + `[1-9]\d\d\n$`).MatchString(said) {
		t.Errorf("it says %q", said)
	}
	is := tree(t, dir)
	for path, content := range traps {
		if want := strings.NewReplacer("NAME", name, "STAY", old).Replace(content); is[path] != want {
			t.Errorf("%s is\n%s\nwant\n%s", path, is[path], want)
		}
		delete(is, path)
	}
	left := regexp.MustCompile(`(?m)(^|[^\w.-])` + regexp.QuoteMeta(old) + `($|[^\w.-]|\.(\W|$))`)
	for path, content := range is {
		if s := left.FindString(content); s != "" {
			t.Errorf("%s still has %q", path, s)
		}
	}
	if unformatted := typed(t, dir, "gofmt", "-l", "."); unformatted != "" {
		t.Errorf("not formatted: %s", unformatted)
	}
	if deps := typed(t, dir, "go", "list", "-deps", "./..."); !strings.Contains(deps, "\n"+name+"/cmd/tweetarc\n") || strings.Contains(deps, old) {
		t.Errorf("packages:\n%s", deps)
	}
	t.Run("library", func(t *testing.T) {
		slow.Test(t) // TestLibrary is that of the name as it is
		useLibrary(t, dir)
	})

	rename(t, dir, 0, old)
	if is := tree(t, dir); !maps.Equal(is, was) {
		for path := range was {
			if is[path] != was[path] {
				t.Errorf("%s was not renamed back", path)
			}
		}
	}
	if said := rename(t, dir, 0, old); said != old+" is now "+old+", files changed: 0\n" {
		t.Errorf("it says %q", said)
	}
}

// The script refuses what go refuses.
func TestRenameRefuses(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(top, script))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // so that a name which is not refused changes nothing
	plant(t, dir, script, string(content))
	plant(t, dir, "go.mod", "module example.com/a\n")
	for name, why := range map[string]string{
		"":                        "is empty",
		"tweetarc":                "no dot",
		"github/someone.x":        "no dot",
		"Github.com/someone/a":    "is no host",
		"git_hub.com/someone/a":   "is no host",
		"github.com/some one/a":   "a sign",
		"github.com/someone/ä":    "a sign",
		"localhost:80/a.b":        "a sign",
		"github.com\\someone":     "a sign",
		"github.com/../a":         "a dot",
		"../github.com/a":         "a dot",
		"github.com/.a":           "a dot",
		"github.com/a.":           "a dot",
		"/github.com/someone/a":   "empty element",
		"github.com/someone/a/":   "empty element",
		"github.com//a":           "empty element",
		"-x.com/a":                "begins with -",
		"https://github.com/a/b":  "is an address",
		"github.com/someone/a@v1": "names a version",
		"github.com/someone/a/v1": "ends with a version",
	} {
		said := rename(t, dir, 2, name)
		if !strings.HasPrefix(said, "rename: ") || !strings.Contains(said, why) || !strings.Contains(said, "\nusage: cmd/tweetarc-release/rename NAME") || strings.Count(said, "\n") != 2 {
			t.Errorf("%q: it says\n%s", name, said)
		}
		if strings.Contains(name, "@") {
			continue // go would read the version
		}
		c := exec.Command("go", "list", "-m", "--", name+"@v0.2.0")
		c.Dir, c.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "GONOPROXY=none")
		if out, err := c.CombinedOutput(); err == nil || strings.Contains(string(out), "lookup disabled") {
			t.Errorf("%q: go takes it: %s", name, out)
		}
	}
	c := exec.Command(filepath.Join(dir, script))
	if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "give one name") {
		t.Errorf("without a name: %v, %s", err, out)
	}
}

const script = "cmd/tweetarc-release/rename"

// rename runs the script of the tree in dir from elsewhere.
func rename(t *testing.T, dir string, code int, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(dir, script))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, name)
	c.Dir = t.TempDir()
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || c.ProcessState.ExitCode() != code {
		t.Fatalf("rename %q: %v, exit code %d wanted\n%s", name, err, code, out)
	}
	return string(out)
}

// tree is the content of each file in dir, without git's, by its path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == ".git" {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := fs.ReadFile(root, path)
		files[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func plant(t *testing.T, dir, path, content string) {
	t.Helper()
	path = filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	mode := fs.FileMode(0o666)
	if strings.HasPrefix(content, "#!") {
		mode = 0o777
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}
