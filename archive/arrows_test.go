package archive_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The arrows of the design: which of our packages a package may import, and
// which foreign ones only it may. Those within package store are kept by its
// parts_test.go.
var (
	mayImport = map[string][]string{
		"tweetarc/archive":                   nil,
		"tweetarc/archive/corpus":            {"tweetarc/archive"},
		"tweetarc/archive/corpus/remote":     {"tweetarc/archive"},
		"tweetarc/archive/detect":            {"tweetarc/archive", inDetect + "char", inDetect + "date", inDetect + "page", inDetect + "view", inDetect + "attribution", inDetect + "boundary"},
		"tweetarc/archive/detect/train":      {"tweetarc/archive", "tweetarc/archive/detect", inDetect + "boundary", inDetect + "char"},
		inDetect + "boundary":                {"tweetarc/archive", inDetect + "char"},
		inDetect + "attribution":             {"tweetarc/archive", inDetect + "char", inDetect + "date", inDetect + "view"},
		inDetect + "view":                    {"tweetarc/archive", inDetect + "char", inDetect + "page"},
		inDetect + "page":                    {inDetect + "char"},
		inDetect + "date":                    {"tweetarc/archive", inDetect + "char"},
		inDetect + "char":                    nil,
		"tweetarc/archive/enrich":            {"tweetarc/archive"},
		"tweetarc/archive/enrich/enrichtest": nil,
		"tweetarc/archive/review":            {"tweetarc/archive"},
		"tweetarc/store":                     {"tweetarc/archive"},
	}
	onlyUnder = map[string][]string{
		"github.com/urfave/cli/v2": {"tweetarc/cmd/"},
		"database/sql":             {"tweetarc/store"},
		"net/http":                 {"tweetarc/archive/enrich", "tweetarc/archive/corpus/remote", "tweetarc/cmd/tweetarc/web"},
	}
)

// inDetect is where the parts of the detector are.
const inDetect = "tweetarc/archive/detect/internal/"

func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "tweetarc/...").Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 5 {
		t.Fatalf("go list knows only %d packages", len(lines))
	}
	for _, line := range lines {
		names := strings.Fields(line)
		from := names[0]
		for _, to := range names[1:] {
			if strings.HasPrefix(to, "tweetarc/") && !strings.HasPrefix(from, "tweetarc/cmd/") && !slices.Contains(mayImport[from], to) {
				t.Errorf("%s imports %s", from, to)
			}
			if under, ok := onlyUnder[to]; ok && !slices.ContainsFunc(under, func(p string) bool { return strings.HasPrefix(from, p) }) {
				t.Errorf("%s imports %s, which only %s may", from, to, strings.Join(under, ", "))
			}
		}
	}
}
