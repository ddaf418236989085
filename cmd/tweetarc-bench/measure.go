package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A task is a command, and what is done before each of its runs.
type task struct {
	args  []string
	setup func() error
}

func command(args ...string) task { return task{args: args} }

// shell is a line of sh, in which arg is "$0".
func shell(line, arg string) task { return command("sh", "-c", line, arg) }

func (b *bench) cmd(args ...string) task { return command(append([]string{b.tweetarc}, args...)...) }

// fresh archives path into an archive that is not there yet.
func (b *bench) fresh(path string) task {
	db := filepath.Join(b.dir, "fresh.db")
	t := b.cmd("archive", "-q", "--db", db, path)
	t.setup = func() error { return removeArchive(db) }
	return t
}

func removeArchive(db string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(db + end); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// spent is what a run took.
type spent struct {
	wall, cpu time.Duration
	rss       int64 // bytes, the largest process
	out, err  []byte
}

func (t task) run(keep bool) (spent, error) {
	if t.setup != nil {
		if err := t.setup(); err != nil {
			return spent{}, err
		}
	}
	c := exec.Command(t.args[0], t.args[1:]...)
	var stdout, stderr bytes.Buffer
	c.Stderr = &stderr
	c.Stdout = io.Discard
	if keep {
		c.Stdout = &stdout
	}
	began := time.Now()
	err := c.Run()
	s := spent{wall: time.Since(began), out: stdout.Bytes(), err: stderr.Bytes()}
	if err != nil {
		return s, fmt.Errorf("%s: %w: %.500s", strings.Join(t.args, " "), err, stderr.String())
	}
	s.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.rss = u.Maxrss << 10
	}
	return s, nil
}

func (b *bench) header() {
	b.say("| what | tweetarc s (CPU, MB) | reference s | ratio | bar | |")
	b.say("| --- | --- | --- | --- | --- | --- |")
}

// pair runs the two in turn and says how they compare. A bar of 0 is none.
func (b *bench) pair(name string, bar float64, ours, ref task) error {
	for _, tool := range append([]string{ref.args[0]}, strings.Fields(strings.NewReplacer("|", " ", `"`, " ").Replace(strings.Join(ref.args, " ")))...) {
		if slices.Contains(references, tool) {
			if _, err := exec.LookPath(tool); err != nil {
				b.say("| %s | | %s is not installed | | | |", name, tool)
				return nil
			}
		}
	}
	var us, them []spent
	var ratios []float64
	for i := range b.pairs + 1 {
		u, err := ours.run(false)
		if err != nil {
			return err
		}
		t, err := ref.run(false)
		if err != nil {
			return err
		}
		if i > 0 { // the first one warms up
			us, them = append(us, u), append(them, t)
			ratios = append(ratios, u.wall.Seconds()/t.wall.Seconds())
		}
	}
	slices.Sort(ratios)
	verdict, bars := "", ""
	if bar > 0 {
		bars, verdict = fmt.Sprint(bar), "met"
		if middle(ratios) > bar {
			verdict = "**missed**"
		}
	}
	wall := func(s spent) float64 { return s.wall.Seconds() }
	b.say("| %s | %.2f (%.2f, %.0f) | %.2f | %.2f (%.2f to %.2f) | %s | %s |", name,
		median(us, wall), median(us, func(s spent) float64 { return s.cpu.Seconds() }), median(us, func(s spent) float64 { return float64(s.rss) / 1e6 }),
		median(them, wall), middle(ratios), ratios[0], ratios[len(ratios)-1], bars, verdict)
	return nil
}

// references are the programs that need not be there.
var references = []string{"rg", "zcat", "zstd", "sqlite3"}

func median(runs []spent, of func(spent) float64) float64 {
	var list []float64
	for _, r := range runs {
		list = append(list, of(r))
	}
	slices.Sort(list)
	return middle(list)
}

// middle is the median of what is sorted.
func middle(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
