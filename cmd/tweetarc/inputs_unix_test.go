//go:build unix

package main

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody makes the test one who may not read all: of root it makes, for the
// whole process, an ordinary user, who owns dir.
func nobody(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const uid = 65534
	for d := dir; strings.HasPrefix(d, os.TempDir()+"/"); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, uid, -1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setreuid(-1, uid); err != nil {
		t.Skip("cannot become another user: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Setreuid(-1, 0); err != nil {
			t.Fatal(err)
		}
	})
}

// What may not be read is printed and counted, also in a folder and as one, and
// the rest is archived. Sockets and pipes are passed over, and counted.
func TestPermission(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	put(t, "news/a.txt", strings.ReplaceAll(millText, "%", "gone"))
	put(t, "news/b.txt", strings.ReplaceAll(millText, "%", "back"))
	put(t, "news/c.jsonl", strings.Repeat("{}\n", 1<<19))
	put(t, "news/closed/d.txt", "d")
	put(t, "news/listed/e.txt", "e")
	put(t, "news/z.txt", strings.ReplaceAll(millText, "%", "red"))
	l, err := net.Listen("unix", "news/socket")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := syscall.Mkfifo("news/fifo", 0o666); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"news/b.txt": 0, "news/c.jsonl": 0, "news/closed": 0, "news/listed": 0o444} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(name, 0o700)
	}
	nobody(t, dir)
	contains(t, said(t, 3, "archive", "--db", "t.db", "news"),
		"tweetarc: news/b.txt: permission denied\n", "tweetarc: also in news/c.jsonl, news/closed, news/listed/e.txt: permission denied\n",
		"2 articles, 2 with tweets, 2 embeds\n", "2 skipped: 1 named pipe, 1 socket\n", "4 could not be read: 4 permission denied\n")
	contains(t, said(t, 3, "archive", "--db", "t.db", "news/b.txt", "news/closed"), "tweetarc: 2 inputs could not be read\n")
	contains(t, said(t, 0, "runs", "--db", "t.db"), "not read: 4 permission denied, 1 named pipe, 1 socket\n")
}

// So are what a command reads beside the corpus.
func TestSignalBesides(t *testing.T) {
	dir := t.TempDir()
	program := inFolder(dir)
	put(t, filepath.Join(dir, "a.txt"), strings.ReplaceAll(millText, "%", "gone"))
	must(t, program("archive", "--db", "t.db", "a.txt"))
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "shards"), 0o777), syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"enrich", "--db", "t.db", "--again", "--via", "./fifo"},
		{"resolve", "--db", "t.db", "--via", "./fifo"},
		{"resolve", "--db", "t.db", "--via", "wayback", "--credentials", "fifo"},
		{"archive", "--db", "t.db", "--paths-from", "fifo"},
		{"shard", "--out", "s", "--paths-from", "fifo"},
		{"shards", "--paths-from", "fifo", "shards"},
	} {
		waiting := program(args...)
		var stderr bytes.Buffer
		waiting.Stderr = &stderr
		if err := waiting.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(2*soon, func() { waiting.Process.Kill() })
		time.Sleep(500 * time.Millisecond) // until it waits
		if err := waiting.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		waiting.Wait()
		if !late.Stop() || waiting.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "tweetarc: stopped") {
			t.Errorf("%s: %v: %s", args, waiting.ProcessState, &stderr)
		}
	}
	for _, args := range [][]string{{"search", "--db", "fifo", "mill"}, {"archive", "--db", "fifo", "a.txt"}, {"merge", "--db", "t.db", "fifo"}} {
		out, _ := program(args...).CombinedOutput()
		contains(t, string(out), "tweetarc: fifo: a pipe or a device, not an archive (name a file with --db)\n")
	}
}

// A named pipe on which nothing comes, or nothing more, is given up at a signal, before
// somebody opens it as well.
func TestSignal(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"detect", "fifo"}, {"archive", "--db", "t.db", "fifo"}, {"shard", "--out", "shards", "fifo"}} {
		for name, text := range map[string]string{"unopened": "", "silent": "", "an article": millLine("mill_0"), "rows": "title,text\na,"} {
			t.Run(args[0]+" "+name, func(t *testing.T) {
				fifo := filepath.Join(dir, "fifo")
				if err := syscall.Mkfifo(fifo, 0o666); err != nil {
					t.Fatal(err)
				}
				defer os.Remove(fifo)
				waiting := inFolder(dir)(args...)
				var stderr bytes.Buffer
				waiting.Stderr = &stderr
				if err := waiting.Start(); err != nil {
					t.Fatal(err)
				}
				late := time.AfterFunc(2*soon, func() { waiting.Process.Kill() })
				if name == "unopened" {
					time.Sleep(500 * time.Millisecond) // until it waits
				} else {
					w, err := os.OpenFile(fifo, os.O_WRONLY, 0) // waits for who reads
					if err != nil {
						t.Fatal(err)
					}
					defer w.Close()
					if _, err := w.WriteString(text); err != nil {
						t.Fatal(err)
					}
				}
				if err := waiting.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				waiting.Wait()
				if !late.Stop() || waiting.ProcessState.ExitCode() != 1 || !strings.HasPrefix(stderr.String(), "tweetarc: stopped") {
					t.Errorf("%v: %s", waiting.ProcessState, &stderr)
				}
			})
		}
	}
}
