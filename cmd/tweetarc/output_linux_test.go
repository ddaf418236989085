package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// outputWorld is a folder with an archive t.db, large enough to be interrupted
// at, and its export want.csv.
func outputWorld(t *testing.T) (dir string, program func(...string) *exec.Cmd) {
	t.Helper()
	dir = t.TempDir()
	writeNews(t, filepath.Join(dir, "news"), 40, 400)
	program = inFolder(dir)
	must(t, program("archive", "--db", "t.db", "news"))
	must(t, program("export", "--db", "t.db", "-o", "want.csv"))
	return dir, program
}

func sameFiles(t *testing.T, dir, name string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join(dir, "want.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %v, %d bytes, not %d", name, err, len(got), len(want))
	}
}

// interrupted starts a command and sends it a signal once it has a temporary
// file; false if it came to its end before.
func interrupted(t *testing.T, c *exec.Cmd, sig os.Signal) bool {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }()
	for {
		select {
		case <-ended:
			return false
		default:
		}
		if len(leftovers(t, c.Dir)) == 0 {
			continue
		}
		c.Process.Signal(sig)
		if sig == syscall.SIGKILL {
			<-ended
		}
		return len(leftovers(t, c.Dir)) > 0
	}
}

// What a killed command leaves is taken away by the next that writes the same,
// and nothing else is.
func TestKilledOutputs(t *testing.T) {
	dir, program := outputWorld(t)
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, output string }{
		{"export -o out.csv", "out.csv"},
		{"report --limit 300 -o pages", "pages"},
		{"report --limit 300 -o empty", "empty"},
		{"shard --out shards --jobs 1 news", "shards"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := strings.Fields(c.name)
			if args[0] != "shard" {
				args = append([]string{args[0], "--db", "t.db"}, args[1:]...)
			}
			killed := false
			for range 50 {
				if killed = interrupted(t, program(args...), syscall.SIGKILL); killed {
					break
				}
				if c.output != "empty" {
					os.RemoveAll(filepath.Join(dir, c.output))
				}
			}
			if !killed {
				t.Fatal("it always came to its end")
			}
			left := leftovers(t, dir)
			// Of another host, of another target, of the user: not ours to take away.
			host := "." + hostname + "-"
			others := []string{".notes.csv.elsewhere-1-0" + tempExt, ".other.csv" + host + "1-0" + tempExt, "out.csv" + tempExt}
			if args[0] == "shard" {
				others = others[:0]
			}
			for _, name := range others {
				if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			must(t, program(args...))
			for _, path := range left {
				if _, err := os.Lstat(path); err == nil {
					t.Errorf("%s is still there", path)
				}
			}
			if now := leftovers(t, dir); len(now) != len(others) {
				t.Errorf("left: %q", now)
			}
			for _, name := range others {
				if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "mine" {
					t.Errorf("%s: %v", name, err)
				}
				os.Remove(filepath.Join(dir, name))
			}
		})
	}
	sameFiles(t, dir, "out.csv")
}

// What a living process is writing is let be: it comes to its end.
func TestLivingOutput(t *testing.T) {
	dir, program := outputWorld(t)
	for range 50 {
		os.Remove(filepath.Join(dir, "out.csv"))
		first := program("export", "--db", "t.db", "-o", "out.csv")
		var stderr bytes.Buffer
		first.Stderr = &stderr
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		for { // until it has written something: before, its file is not locked yet
			if left := leftovers(t, dir); len(left) == 1 {
				if st, err := os.Stat(left[0]); err == nil && st.Size() > 0 {
					break
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "out.csv")); err == nil {
				break
			}
		}
		first.Process.Signal(syscall.SIGSTOP)
		for !still(first.Process.Pid) {
			time.Sleep(time.Millisecond)
		}
		left := leftovers(t, dir)
		if len(left) == 1 {
			must(t, program("export", "--db", "t.db", "-o", "out.csv", "news_is_not_a_word"))
			if now := leftovers(t, dir); len(now) != 1 || now[0] != left[0] {
				t.Errorf("left: %q, not %q", now, left)
			}
		}
		first.Process.Signal(syscall.SIGCONT)
		if err := first.Wait(); err != nil {
			t.Errorf("%v: %s", err, &stderr)
		}
		sameFiles(t, dir, "out.csv")
		if len(left) == 1 {
			return
		}
	}
	t.Fatal("it always came to its end")
}

// still says whether all threads of a process have stopped, or ended.
func still(pid int) bool {
	stats, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, path := range stats {
		b, _ := os.ReadFile(path)
		if _, state, _ := strings.Cut(string(b), ") "); state != "" && !strings.Contains("TZX", state[:1]) {
			return false
		}
	}
	return true
}

// A pipe that nobody opens, or that nobody reads, is waited for until a signal.
func TestWaitingOutput(t *testing.T) {
	dir, program := outputWorld(t)
	fifo := filepath.Join(dir, "f")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		output string
		opened bool
	}{{"unopened", "f", false}, {"unread", "f", true}, {"standard output", "-", false}} {
		for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			t.Run(c.name+" "+sig.String(), func(t *testing.T) {
				waiting := program("export", "--db", "t.db", "-o", c.output)
				var stderr bytes.Buffer
				waiting.Stderr = &stderr
				r, w, err := os.Pipe() // never read
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				defer w.Close()
				waiting.Stdout = w
				if c.opened {
					f, err := os.OpenFile(fifo, os.O_RDWR, 0)
					if err != nil {
						t.Fatal(err)
					}
					defer f.Close()
				}
				if err := waiting.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(500 * time.Millisecond) // until it waits
				waiting.Process.Signal(sig)
				late := time.AfterFunc(20*time.Second, func() { waiting.Process.Kill() })
				waiting.Wait()
				if !late.Stop() || waiting.ProcessState.ExitCode() != 1 || stderr.String() != "tweetarc: stopped\n" {
					t.Errorf("%v: %s", waiting.ProcessState, &stderr)
				}
				if st, err := os.Lstat(fifo); err != nil || st.Mode().Type() != fs.ModeNamedPipe {
					t.Errorf("the pipe is no pipe: %v", err)
				}
			})
		}
	}
}

// Devices are written to, not replaced. They are the test's own: what is wrong
// here must not break those of the machine.
func TestDevices(t *testing.T) {
	dir, program := outputWorld(t)
	for name, minor := range map[string]int{"null": 3, "full": 7} {
		if err := syscall.Mknod(filepath.Join(dir, name), syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
			t.Skip("cannot make a device: ", err)
		}
	}
	if f, err := os.OpenFile(filepath.Join(dir, "null"), os.O_WRONLY, 0); err != nil {
		t.Skip("devices do not work here: ", err)
	} else {
		f.Close()
	}
	must(t, program("export", "--db", "t.db", "-o", "null"))
	if err := os.Symlink("null", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	must(t, program("export", "--db", "t.db", "-o", "link"))
	full := program("export", "--db", "t.db", "-o", "full")
	out, _ := full.CombinedOutput()
	if full.ProcessState.ExitCode() != 1 || string(out) != "tweetarc: full: no space left on device\n" {
		t.Errorf("%v: %s", full.ProcessState, out)
	}
	for _, name := range []string{"null", "full"} {
		if st, err := os.Lstat(filepath.Join(dir, name)); err != nil || st.Mode().Type() != fs.ModeDevice|fs.ModeCharDevice {
			t.Errorf("%s is no device: %v", name, err)
		}
	}
}

// What may not be written: as somebody who is not root.
func TestOutputPermissions(t *testing.T) {
	dir, program := outputWorld(t)
	user := unprivileged(t, dir, program)
	make := func(folder string, folderMode fs.FileMode, file string, fileMode fs.FileMode) {
		t.Helper()
		folder = filepath.Join(dir, folder)
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, file)
		if err := os.WriteFile(path, []byte("old and longer than nothing"), fileMode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, fileMode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(folder, folderMode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(folder, 0o777) })
	}
	make("shut", 0o555, "mine.csv", 0o666)
	make("open", 0o777, "mine.csv", 0o444)

	refused := func(says string, args ...string) {
		t.Helper()
		c := user(args...)
		out, _ := c.CombinedOutput()
		if c.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "tweetarc: "+says) {
			t.Errorf("%q: %v: %s", args, c.ProcessState, out)
		}
	}
	refused("open/mine.csv: permission denied", "export", "--db", "t.db", "-o", "open/mine.csv")
	refused("shut/new.csv: permission denied (no file can be made in", "export", "--db", "t.db", "-o", "shut/new.csv")
	refused("shut/pages: permission denied (nothing can be made in", "report", "--db", "t.db", "-o", "shut/pages")
	refused("shut/mine.csv.schema.json: permission denied", "export", "--db", "t.db", "--with-schema", "-o", "shut/mine.csv")
	for _, name := range []string{"shut/mine.csv", "open/mine.csv"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "old and longer than nothing" {
			t.Errorf("%s: %v: %.40s", name, err, b)
		}
	}

	// A file that may be written in a folder that may not is written in place.
	before, err := os.Stat(filepath.Join(dir, "shut/mine.csv"))
	if err != nil {
		t.Fatal(err)
	}
	must(t, user("export", "--db", "t.db", "-o", "shut/mine.csv"))
	sameFiles(t, dir, "shut/mine.csv")
	if after, err := os.Stat(filepath.Join(dir, "shut/mine.csv")); err != nil || !os.SameFile(before, after) {
		t.Errorf("it is another file: %v", err)
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// unprivileged runs the command as somebody who is not root.
func unprivileged(t *testing.T, dir string, program func(args ...string) *exec.Cmd) func(args ...string) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		return program
	}
	const nobody = 65534
	binary, err := exec.LookPath("tweetarc")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(dir, "tweetarc")
	if err := os.WriteFile(binary, b, 0o755); err != nil {
		t.Fatal(err)
	}
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) { // that nobody may pass
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return func(args ...string) *exec.Cmd {
		c := exec.Command(binary, args...)
		c.Dir = dir
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return c
	}
}

// A file that root replaces keeps its owner; a file that is
// mounted, as in a container, is written in place.
func TestOutputAsRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	dir, program := outputWorld(t)
	path := filepath.Join(dir, "theirs.csv")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 1234, 2345); err != nil {
		t.Fatal(err)
	}
	must(t, program("export", "--db", "t.db", "-o", "theirs.csv"))
	sameFiles(t, dir, "theirs.csv")
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if uid, gid := owner(st); uid != 1234 || gid != 2345 || st.Mode() != 0o640 {
		t.Errorf("of %d:%d, mode %v", uid, gid, st.Mode())
	}

	mounted := filepath.Join(dir, "mounted.csv")
	if err := os.WriteFile(mounted, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(path, mounted, "", syscall.MS_BIND, ""); err != nil {
		t.Skip("cannot mount a file: ", err)
	}
	defer syscall.Unmount(mounted, 0)
	if err := os.WriteFile(path, bytes.Repeat([]byte("longer than the export\n"), 1e6), 0); err != nil {
		t.Fatal(err)
	}
	must(t, program("export", "--db", "t.db", "-o", "mounted.csv"))
	sameFiles(t, dir, "mounted.csv")
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}
