package archive_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The arrows of the design: which of our packages a package may import, and
// which foreign ones only it may; ours are named within the module. Those
// within package store are kept by its parts_test.go.
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

// inDetect is where the parts of the detector are.
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

// TestWithoutC builds the library as others may: without a C compiler, for other
// systems, and the detector for browsers.
func TestWithoutC(t *testing.T) {
	for _, c := range []struct {
		env      []string
		packages string
	}{
		{nil, "./..."},
		{[]string{"GOOS=windows", "GOARCH=amd64"}, "./..."},
		{[]string{"GOOS=js", "GOARCH=wasm"}, "./detect"},
	} {
		cmd := exec.Command("go", "build", c.packages)
		cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), c.env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s go build %s: %v\n%s", strings.Join(c.env, " "), c.packages, err, out)
		}
	}
}
