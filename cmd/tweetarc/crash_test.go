package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/fixtures/slow"
)

var kills = flag.Int("kills", slow.Or(1, 5), "how often each TestCrash kills its command")

// TestCrash kills archive, merge, forget and export at random instants and starts them
// again: the exports are those of a run that nobody killed, byte for byte, and
// the archive is sound. TestCrashEnrich does so with enrich.
//
//	go test ./cmd/tweetarc -run Crash -kills 250 -timeout 0
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), slow.Or(15, 60), 400)
	program := inFolder(dir)
	began := time.Now()
	must(t, program("archive", "--db", "whole.db", "news"))
	took := time.Since(began)
	must(t, program("shard", "--out", "shards", "news"))
	want := bothExports(t, program, "whole.db")
	tweets := must(t, program("export", "--db", "whole.db"))
	if n := bytes.Count(want, []byte("\n")); n < 1000 {
		t.Fatalf("only %d lines exported", n)
	}
	clone := func(name string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, "whole.db"))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	clone("forgotten.db")
	must(t, program("forget", "--db", "forgotten.db", "--yes", "from:mill_roe"))
	forgotten := bothExports(t, program, "forgotten.db")
	for _, c := range []struct {
		name string
		args []string
	}{
		{"archive", []string{"archive", "--db", "killed.db", "--jobs", "2", "news"}},
		{"merge", []string{"merge", "--db", "killed.db", "shards"}},
		{"forget", []string{"forget", "--db", "killed.db", "--yes", "from:mill_roe"}},
		{"export", []string{"export", "--db", "whole.db", "-o", "tweets.csv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			for left, longest := *kills, took; left > 0; {
				if c.name == "forget" {
					clone("killed.db")
				}
				for {
					began := time.Now()
					if !killed(t, program(c.args...), time.Duration(rng.Int64N(int64(longest)))) {
						longest = max(took, time.Since(began)) // it came to its end
						break
					}
					left--
					longest += longest / 10 // on a busy machine no time may be enough to come any further
					// What has the name of an export is all of it.
					if got, err := os.ReadFile(filepath.Join(dir, "tweets.csv")); err == nil && !bytes.Equal(got, tweets) {
						t.Fatalf("an export of %d bytes, not %d", len(got), len(tweets))
					}
				}
				if c.name == "export" {
					if got, err := os.ReadFile(filepath.Join(dir, "tweets.csv")); err != nil || !bytes.Equal(got, tweets) {
						t.Fatalf("%v, and an export of %d bytes, not %d", err, len(got), len(tweets))
					}
				} else if c.name == "forget" {
					sameArchive(t, program, "killed.db", forgotten)
					if b, err := os.ReadFile(filepath.Join(dir, "killed.db")); err != nil || bytes.Contains(b, []byte("mill_roe")) {
						t.Fatal("what was forgotten is still in the file", err)
					}
				} else {
					sameArchive(t, program, "killed.db", want)
				}
				for _, f := range []string{"killed.db", "killed.db-wal", "killed.db-shm", "tweets.csv"} {
					os.Remove(filepath.Join(dir, f))
				}
			}
		})
	}
}

// killed runs a command and kills it after a time; false if it came to its end.
func killed(t *testing.T, c *exec.Cmd, after time.Duration) bool {
	t.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { c.Process.Kill() })
	err := c.Wait()
	switch timer.Stop(); {
	case err == nil:
		return false
	case c.ProcessState.ExitCode() >= 0:
		t.Fatalf("%v: %s", err, &stderr)
	}
	return true
}

// inFolder makes commands of the program that run in dir.
func inFolder(dir string) func(args ...string) *exec.Cmd {
	return func(args ...string) *exec.Cmd {
		c := exec.Command("tweetarc", args...)
		c.Dir = dir
		return c
	}
}

func must(t *testing.T, c *exec.Cmd) []byte {
	t.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(c.Args, " "), err, &stderr)
	}
	return out
}

// bothExports are the tweets and the embeds of an archive.
func bothExports(t *testing.T, program func(...string) *exec.Cmd, db string) []byte {
	t.Helper()
	return append(must(t, program("export", "--db", db)), must(t, program("export", "--db", db, "--of", "embeds"))...)
}

// sameArchive checks that an archive is sound and has these exports.
func sameArchive(t *testing.T, program func(...string) *exec.Cmd, db string, want []byte) {
	t.Helper()
	if got := bothExports(t, program, db); !bytes.Equal(got, want) {
		t.Fatalf("the exports have %d bytes, not %d", len(got), len(want))
	}
	must(t, program("verify", "--db", db))
}

// writeNews writes files of JSON lines, plain and small, whose tweets are seen
// once or several times.
func writeNews(t *testing.T, dir string, files, lines int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	words := strings.Fields("mill bridge ferry harbour flour council storm lamp bread river tower stone mayor boat winter")
	say := func() string {
		n := 4 + rng.IntN(12)
		s := make([]string, n)
		for i := range s {
			s[i] = words[rng.IntN(len(words))]
		}
		return strings.ToUpper(s[0][:1]) + strings.Join(s, " ")[1:] + "."
	}
	for f := range files {
		var b strings.Builder
		for range lines {
			body := say() + " " + say()
			if rng.IntN(4) == 0 {
				body += fmt.Sprintf(`\n\n%s — %s Roe (@%s_roe) May %d, 2019`, say(), words[f%len(words)], words[f%len(words)], 1+rng.IntN(28))
			}
			fmt.Fprintf(&b, `{"text":"%s\n\n%s","url":"https://example.com/%d"}`+"\n", body, say(), rng.IntN(1000))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.jsonl", f)), []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// leftovers are the temporary files in a folder, also further down.
func leftovers(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, tempExt) {
			names = append(names, path)
		}
		if os.IsNotExist(err) {
			err = nil // gone meanwhile
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
