package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var kills = flag.Int("kills", 5, "how often TestCrash kills a run")

// TestCrash kills archive at random instants and starts it again: the exports
// are those of a run that nobody killed, byte for byte.
//
//	go test ./cmd/tweetarc -run Crash -kills 200
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	news := filepath.Join(dir, "news")
	writeNews(t, news, 60, 400)
	tweetarc := func(args ...string) *exec.Cmd {
		c := exec.Command("tweetarc", args...)
		c.Dir = dir
		return c
	}
	export := func(db string) []byte {
		var all bytes.Buffer
		for _, of := range []string{"tweets", "embeds"} {
			out, err := tweetarc("export", "--db", db, "--of", of).Output()
			if err != nil {
				t.Fatal(err)
			}
			all.Write(out)
		}
		return all.Bytes()
	}
	began := time.Now()
	if out, err := tweetarc("archive", "--db", "whole.db", "news").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(began)
	want := export("whole.db")
	if n := bytes.Count(want, []byte("\n")); n < 1000 {
		t.Fatalf("only %d lines exported", n)
	}

	rng := rand.New(rand.NewPCG(1, 2))
	for left, round := *kills, 0; left > 0; round++ {
		db := fmt.Sprintf("killed%d.db", round)
		for {
			c := tweetarc("archive", "--db", db, "--jobs", "2", "news")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(time.Duration(rng.Int64N(int64(took))), func() { c.Process.Kill() })
			err := c.Wait()
			if timer.Stop(); err == nil {
				break // it came to its end
			}
			left--
		}
		if got := export(db); !bytes.Equal(got, want) {
			t.Fatalf("round %d: after kills the export has %d bytes, not %d", round, len(got), len(want))
		}
		for _, f := range []string{db, db + "-wal", db + "-shm"} {
			os.Remove(filepath.Join(dir, f))
		}
	}
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
