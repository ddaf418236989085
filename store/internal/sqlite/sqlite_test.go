package sqlite

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/fixtures/slow"
)

// TestNoCompiler builds without a C compiler: what to do is all that is printed. The
// whole program, of which the rest is compiled first, is slow.
func TestNoCompiler(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal("go env:", err)
	}
	var env []string
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); !slices.Contains([]string{"PATH", "CC", "CGO_ENABLED"}, strings.ToUpper(name)) {
			env = append(env, e)
		}
	}
	bin := filepath.Join(strings.TrimSpace(string(root)), "bin") // go and gofmt, no compiler of C
	none := append(slices.Clip(env), "PATH="+bin)
	off := append(os.Environ(), "CGO_ENABLED=0")
	program := filepath.Join(t.TempDir(), "tweetarc")
	const command, store = "../../../cmd/tweetarc", "../.."
	for _, c := range []struct {
		env  []string
		args []string
	}{
		{none, []string{"build", "."}},
		{off, []string{"build", "."}},
		{none, []string{"build", "-o", program, command}},
		{off, []string{"build", "-o", program, command}},
		{off, []string{"vet", store}},
	}[:slow.Or(2, 5)] {
		cmd := exec.Command(filepath.Join(bin, "go"), c.args...)
		cmd.Env = c.env
		out, err := cmd.CombinedOutput()
		said := string(out)
		if err == nil {
			t.Errorf("go %s: no error\n%s", c.args, said)
		}
		lines := strings.Split(said, "\n")
		if !strings.HasPrefix(said, "# ") || strings.Count(said, "# ") != 1 || strings.Contains(said, "undefined") ||
			len(lines) < 3 || !strings.Contains(lines[2], "needs a C compiler, gcc or clang:") {
			t.Errorf("go %s prints\n%s", c.args, said)
		}
		for _, cure := range []string{"apt install gcc", "dnf install gcc", "xcode-select --install", "winget install", "CGO_ENABLED", "binary of a release"} {
			if !strings.Contains(said, cure) {
				t.Errorf("go %s: no word of %q\n%s", c.args, cure, said)
			}
		}
	}
}
