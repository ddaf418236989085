package archive_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The arrows of the design: which of our packages a package may import, and which
// foreign packages only some of ours may import. Our packages are named by their
// folder in the module. The arrows inside package store are in its parts_test.go.
var (
	mayImport = map[string][]string{
		"archive":                   nil,
		"archive/corpus":            {"archive"},
		"archive/corpus/remote":     {"archive"},
		"archive/detect":            {"archive", inDetect + "char", inDetect + "date", inDetect + "page", inDetect + "view", inDetect + "attribution", inDetect + "boundary"},
		"archive/detect/train":      {"archive", "archive/detect", inDetect + "boundary", inDetect + "char"},
		inDetect + "boundary":       {"archive", inDetect + "char"},
		inDetect + "attribution":    {"archive", inDetect + "char", inDetect + "date", inDetect + "view"},
		inDetect + "view":           {"archive", inDetect + "char", inDetect + "page"},
		inDetect + "page":           {inDetect + "char"},
		inDetect + "date":           {"archive", inDetect + "char"},
		inDetect + "char":           nil,
		"archive/enrich":            {"archive"},
		"archive/enrich/enrichtest": nil,
		"archive/outlet":            {"archive"},
		"archive/review":            {"archive"},
		"store":                     {"archive", "archive/outlet", "store/internal/sqlite"},
		"store/internal/sqlite":     nil,
	}
	onlyUnder = map[string][]string{
		"github.com/urfave/cli/v2":    {"cmd/"},
		"database/sql":                {"store"},
		"github.com/mattn/go-sqlite3": {"store/internal/sqlite"},
		"net/http":                    {"archive/enrich", "archive/corpus/remote", "cmd/tweetarc/web"},
	}
)

// inDetect is the folder of the detector's parts.
const inDetect = "archive/detect/internal/"

func TestArrows(t *testing.T) {
	name, err := exec.Command("go", "list", "-m").Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	module := strings.TrimSpace(string(name)) + "/"
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 5 {
		t.Fatalf("go list knows only %d packages", len(lines))
	}
	for _, line := range lines {
		names := strings.Fields(line)
		from := strings.TrimPrefix(names[0], module)
		for _, to := range names[1:] {
			to, ours := strings.CutPrefix(to, module)
			if ours && !strings.HasPrefix(from, "cmd/") && !slices.Contains(mayImport[from], to) {
				t.Errorf("%s imports %s", from, to)
			}
			if under, ok := onlyUnder[to]; ok && !slices.ContainsFunc(under, func(p string) bool { return strings.HasPrefix(from, p) }) {
				t.Errorf("%s imports %s, which only %s may", from, to, strings.Join(under, ", "))
			}
		}
	}
}

// elsewhere are the ways in which others may build the library: without a C
// compiler, for other systems, and the detector for browsers.
var elsewhere = []struct {
	env      []string
	packages string
}{
	{nil, "./..."},
	{[]string{"GOOS=windows", "GOARCH=amd64"}, "./..."},
	{[]string{"GOOS=js", "GOARCH=wasm"}, "./detect"},
}

// goWithoutC runs the go command for one of them.
func goWithoutC(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s go %s: %v\n%s", strings.Join(env, " "), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestWithoutC asks, without compiling, whether every package of the library has
// files for such a build, and that none needs C. The detector also does without
// net/http, which would make a program for browsers large.
func TestWithoutC(t *testing.T) {
	for _, c := range elsewhere {
		packages := strings.Fields(goWithoutC(t, c.env, "list", "-deps", c.packages))
		if !slices.Contains(packages, "strings") {
			t.Errorf("%v: go list does not know what %s needs: %q", c.env, c.packages, packages)
		}
		for _, p := range packages {
			if p == "runtime/cgo" || p == "net/http" && c.packages == "./detect" {
				t.Errorf("%v: %s needs %s", c.env, c.packages, p)
			}
		}
	}
}

// TestBuildWithoutC builds it, which takes a minute if nothing is cached.
func TestBuildWithoutC(t *testing.T) {
	if os.Getenv("TWEETARC_SLOW") != "1" {
		t.Skip("slow: set TWEETARC_SLOW=1")
	}
	for _, c := range elsewhere {
		goWithoutC(t, c.env, "build", c.packages)
	}
}
