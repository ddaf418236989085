package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.org/tweetarc/fixtures/slow"
)

// faultC makes a disk fail: from the nth call on, of the kind that FAULT_CALL
// names, calls on files whose names hold .db fail with FAULT_ERRNO. SQLite
// makes them through libc; the program's own reading and writing is not met.
const faultC = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int broken(const char *call, int fd) {
	static atomic_int n;
	const char *which = getenv("FAULT_CALL");
	if (!which || strcmp(which, call)) return 0;
	char link[64], path[4096];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof path - 1);
	if (len < 0) return 0;
	path[len] = 0;
	if (!strstr(path, ".db") || ++n <= atoi(getenv("FAULT_AFTER"))) return 0;
	errno = atoi(getenv("FAULT_ERRNO"));
	return 1;
}
#define FAULT(kind, ret, name, params, ...) ret name params { \
	static ret (*real) params; \
	if (!real) real = dlsym(RTLD_NEXT, #name); \
	return broken(kind, fd) ? -1 : real(__VA_ARGS__); \
}
FAULT("write", ssize_t, pwrite64, (int fd, const void *b, size_t n, off_t at), fd, b, n, at)
FAULT("write", ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at), fd, b, n, at)
FAULT("write", ssize_t, write, (int fd, const void *b, size_t n), fd, b, n)
FAULT("read", ssize_t, pread64, (int fd, void *b, size_t n, off_t at), fd, b, n, at)
FAULT("read", ssize_t, pread, (int fd, void *b, size_t n, off_t at), fd, b, n, at)
FAULT("sync", int, fsync, (int fd), fd)
FAULT("sync", int, fdatasync, (int fd), fd)
`

// A disk that is full, or fails at any call: the command says so and what to
// do, and when the disk is well again the same command does the rest.
func TestDiskFails(t *testing.T) {
	dir := t.TempDir()
	lib := filepath.Join(dir, "fault.so")
	cc := exec.Command("cc", "-shared", "-fPIC", "-o", lib, "-x", "c", "-", "-ldl")
	cc.Stdin = strings.NewReader(faultC)
	if out, err := cc.CombinedOutput(); err != nil {
		t.Skipf("no shared library: %v: %s", err, out)
	}
	writeNews(t, filepath.Join(dir, "news"), 8, 400)
	program := inFolder(dir)
	must(t, program("archive", "--db", "whole.db", "news"))
	want := bothExports(t, program, "whole.db")
	failed := 0
	for _, c := range []struct {
		call  string
		errno syscall.Errno
		says  string
	}{
		{"write", syscall.ENOSPC, "the disk is full, but what was reported as saved is safe: make room, then run the same command again"},
		{"write", syscall.EIO, "the disk failed, but what was reported as saved is safe: run the same command again"},
		{"sync", syscall.EIO, "the disk failed"},
		{"read", syscall.EIO, "disk fail"},
	} {
		t.Run(fmt.Sprintf("%s %v", c.call, c.errno), func(t *testing.T) {
			for _, after := range []int{3, 40, 0, 8, 250}[:slow.Or(2, 5)] {
				db := "t.db"
				ill := program("archive", "--db", db, "news")
				ill.Env = append(os.Environ(), "LD_PRELOAD="+lib, "FAULT_CALL="+c.call, fmt.Sprint("FAULT_AFTER=", after), fmt.Sprint("FAULT_ERRNO=", int(c.errno)))
				out, err := ill.CombinedOutput()
				if err != nil {
					failed++
					if code := ill.ProcessState.ExitCode(); code != 1 || !bytes.Contains(out, []byte(c.says)) {
						t.Errorf("after %d: code %d: %s", after, code, out)
					}
					if bytes.Contains(out, []byte("now holds")) {
						t.Errorf("after %d: %s", after, out)
					}
				}
				must(t, program("archive", "--db", db, "news"))
				sameArchive(t, program, db, want)
				for _, end := range []string{"", "-wal", "-shm"} {
					os.Remove(filepath.Join(dir, db+end))
				}
			}
		})
	}
	if failed < slow.Or(5, 10) {
		t.Errorf("only %d of the commands failed", failed)
	}
}

// A disk that is really full.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to mount a small disk")
	}
	dir := t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), 20, 400)
	program := inFolder(dir)
	must(t, program("archive", "--db", "whole.db", "news"))
	small := filepath.Join(dir, "small")
	if err := os.Mkdir(small, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=1500k"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	defer syscall.Unmount(small, 0)
	old := filepath.Join(small, "old.csv")
	if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"archive", "--db", "small/t.db", "news"},
		{"export", "--db", "whole.db", "-o", "small/tweets.csv", "--of", "embeds", "--with-schema"},
	} {
		if args[0] == "export" { // what the archive left free is more than an export takes
			rest := filepath.Join(small, "rest")
			os.WriteFile(rest, make([]byte, 2<<20), 0o666) // as much as there is room for
			info, err := os.Stat(rest)
			if err == nil {
				err = os.Truncate(rest, info.Size()-100<<10)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		out, err := program(args...).CombinedOutput()
		if err == nil {
			t.Fatalf("%s fits: %s", args, out)
		} else if err != nil && !bytes.Contains(out, []byte("disk is full")) && !bytes.Contains(out, []byte("no space left")) {
			t.Errorf("%s: %s", args, out)
		}
	}
	if _, err := os.Stat(filepath.Join(small, "tweets.csv")); err == nil {
		t.Error("a part of an export has its name")
	}
	// An export that is there already stays as it is.
	if err := os.WriteFile(filepath.Join(small, "fill"), make([]byte, 2<<20), 0o666); err == nil {
		t.Error("the small disk is not small")
	}
	if out, err := program("export", "--db", "whole.db", "-o", "small/old.csv").CombinedOutput(); err == nil || string(out) != "tweetarc: small/old.csv: no space left on device\n" {
		t.Errorf("%v: %s", err, out)
	}
	if b, err := os.ReadFile(old); err != nil || string(b) != "old" {
		t.Errorf("%v: the old export is %.40q", err, b)
	}
	if left := leftovers(t, small); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if err := syscall.Mount("tmpfs", small, "tmpfs", syscall.MS_REMOUNT, "size=100m"); err != nil {
		t.Fatal(err)
	}
	must(t, program("archive", "--db", "small/t.db", "news"))
	sameArchive(t, program, "small/t.db", bothExports(t, program, "whole.db"))

	// And then it may only be read.
	if err := syscall.Mount("tmpfs", small, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if out, err := program("export", "--db", "whole.db", "-o", "small/old.csv").CombinedOutput(); err == nil || string(out) != "tweetarc: small/old.csv: read-only file system\n" {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := program("archive", "--force", "--db", "small/t.db", "news").CombinedOutput(); err == nil || !bytes.Contains(out, []byte("may not be written")) && !bytes.Contains(out, []byte("exists and may be written")) {
		t.Errorf("%v: %s", err, out)
	}
	sameArchive(t, program, "small/t.db", bothExports(t, program, "whole.db"))
}

// Two that write at once and some that read: nothing is lost or there twice,
// and what readers see is whole.
func TestTwoWriters(t *testing.T) {
	dir := t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), 20, 400)
	program := inFolder(dir)
	must(t, program("archive", "--db", "whole.db", "news"))
	want := bothExports(t, program, "whole.db")
	must(t, program("archive", "--db", "t.db", "news/000.jsonl"))
	done := make(chan string, 2)
	for range 2 {
		go func() {
			out, err := program("archive", "--db", "t.db", "news").CombinedOutput()
			if err != nil && !bytes.Contains(out, []byte("locked: another program is writing to it (wait until it ends, then try again)")) {
				done <- fmt.Sprintf("%v: %s", err, out)
				return
			}
			done <- ""
		}()
	}
	seen := 0
	for ended := 0; ended < 2; {
		select {
		case problem := <-done:
			if ended++; problem != "" {
				t.Error(problem)
			}
		default:
			n := bytes.Count(must(t, program("export", "--db", "t.db", "--of", "embeds")), []byte("\n"))
			if n < seen {
				t.Errorf("%d rows, and %d before", n, seen)
			}
			seen = n
		}
	}
	must(t, program("archive", "--db", "t.db", "news")) // the rest, if one was turned away
	sameArchive(t, program, "t.db", want)
}

// A reader that has enough, and streams that are closed.
func TestStreams(t *testing.T) {
	dir := t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), 20, 400)
	for _, c := range []struct {
		name, line string
		codes      string // that it may end with
		noise      bool   // it may say something
	}{
		{"head", `tweetarc detect -q news | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}`, "0 141", true},
		{"head of an export", `tweetarc archive -q --db t.db news 2>/dev/null; tweetarc export --db t.db | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}`, "0 141", false},
		{"stderr closed", `tweetarc detect news 2>&- >/dev/null; echo $?`, "0", false},
		{"stdout closed", `tweetarc archive -q --db c.db news >&- 2>/dev/null; echo $?; tweetarc verify --db c.db >&- 2>/dev/null; echo $?`, "0", false},
		{"full", `tweetarc detect -q news >/dev/full; echo $?`, "1", true},
		{"no HOME", `unset HOME XDG_CACHE_HOME XDG_CONFIG_HOME; tweetarc detect news >/dev/null 2>&1; echo $?`, "0", false},
		{"commas", `LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 tweetarc detect news 2>/dev/null | md5sum >a; LC_ALL=C LANG=C tweetarc detect news 2>/dev/null | md5sum >b; cmp a b; echo $?`, "0", false},
		{"100,000 paths", `yes news/000.jsonl | head -n 100000 >paths; tweetarc detect -q --limit 1000 --paths-from paths >/dev/null 2>&1; echo $?; head -n 20000 paths | xargs tweetarc detect -q --limit 1000 >/dev/null 2>&1; echo $?`, "0", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			sh := exec.Command("bash", "-c", c.line)
			sh.Dir = dir
			var stdout, stderr bytes.Buffer
			sh.Stdout, sh.Stderr = &stdout, &stderr
			if err := sh.Run(); err != nil {
				t.Fatalf("%v: %s", err, &stderr)
			}
			for _, code := range strings.Fields(stdout.String()) {
				if !strings.Contains(" "+c.codes+" ", " "+code+" ") {
					t.Errorf("code %s, not %s: %s", code, c.codes, &stderr)
				}
			}
			if s := stderr.String(); strings.Contains(s, "broken pipe") || strings.Contains(s, "panic") || strings.Contains(s, "goroutine") || !c.noise && s != "" {
				t.Errorf("it says %s", s)
			}
		})
	}
}

// A terminal that is hardly one: no line is wider, and nothing is lost.
func TestNarrowTerminal(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("no script to make a terminal with")
	}
	dir := t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), 2, 40)
	sh := exec.Command("script", "-qec", "stty cols 20 rows 10; tweetarc archive --db t.db news; tweetarc search --db t.db mill; tweetarc stats --db t.db", "/dev/null")
	sh.Dir = dir
	out, err := sh.CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("panic")) || !bytes.Contains(out, []byte("tweets")) {
		t.Errorf("%v: %s", err, out)
	}
}

// Names that are hostile to terminals, scripts and parsers of flags.
func TestFileNames(t *testing.T) {
	dir := t.TempDir()
	program := inFolder(dir)
	tweet := "The mill turns. — Ada Mole (@ada_mole) May 8, 2019\n"
	names := []string{"a b.txt", "new\nline.txt", "-q.txt", "--format", "red\x1b[31m.txt", "bell\a.txt", "turned\u202e.txt", "quote\".txt", "comma,.txt", "byte\xff.txt", "two  lines\n'.txt"}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(tweet), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out := must(t, program(append([]string{"detect", "--format", "jsonl", "--columns", "handle,file", "--"}, names...)...))
	if n := bytes.Count(out, []byte(`"ada_mole"`)); n != len(names) || bytes.Count(out, []byte("\n")) != n {
		t.Errorf("%d of %d: %s", n, len(names), out)
	}
	must(t, program(append([]string{"archive", "--db", "t.db", "--"}, names...)...))
	runs := must(t, program("runs", "--db", "t.db"))
	for _, word := range []string{`$'new\nline.txt'`, `$'red\x1b[31m.txt'`, `$'turned\xe2\x80\xae.txt'`, `$'byte\xff.txt'`, `'quote".txt'`, `$'two \x20lines\n\'.txt'`} {
		if !bytes.Contains(runs, []byte(" "+word)) { // as bash reads it
			t.Errorf("no %s in %s", word, runs)
		}
	}
	for _, name := range names {
		for _, args := range [][]string{{"detect", "--format", "table", "--", name}, {"detect", "--", name + "\x1b[2J.missing"}} {
			got, _ := program(args...).CombinedOutput()
			if bytes.ContainsAny(got, "\x1b\a") || bytes.Contains(got, []byte("\u202e")) {
				t.Errorf("%q reaches the terminal: %q", name, got)
			}
		}
	}
}

// The clock may jump while archive runs and between runs: nothing is ordered by
// it but the list of runs. Here the earlier run was in the future.
func TestClockJumps(t *testing.T) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("no sqlite3 shell to set a clock back with")
	}
	dir := t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), 10, 400)
	program := inFolder(dir)
	must(t, program("archive", "--db", "whole.db", "news"))
	want := bothExports(t, program, "whole.db")
	must(t, program("archive", "--db", "t.db", "news/000.jsonl", "news/007.jsonl"))
	if out, err := exec.Command("sqlite3", filepath.Join(dir, "t.db"), "UPDATE runs SET began = 4070908800000, ended = '2099-01-01T00:00:01Z'").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	must(t, program("archive", "--db", "t.db", "news"))
	sameArchive(t, program, "t.db", want)
	if out := must(t, program("runs", "--db", "t.db", "--format", "json")); bytes.Count(out, []byte(`"2099`)) == 0 {
		t.Errorf("runs: %s", out)
	}
}
