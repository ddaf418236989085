// Command tweetarc-bench measures tweetarc beside what people would use in its
// place: both in turn, on the same input, in pairs. Inputs are made from a seed
// and kept in a folder; a reference that is not installed is told and left out.
//
//	go run ./cmd/tweetarc-bench -out cmd/tweetarc-bench/BENCHMARKS.md
//	go run ./cmd/tweetarc-bench -sections scan,packed -mb 100 -pairs 7
//
// It runs in the module, which it builds the program from. BENCHMARKS.md is what it printed.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// notes say what the limits are where a bar is missed.
//
//go:embed notes.md
var notes string

// A bench is one run of this program.
type bench struct {
	dir           string // where inputs and archives are
	out           io.Writer
	pairs         int
	mb            int // of a corpus, unpacked
	files, tweets int
	large         bool
	pages, python string
	tweetarc      string // the program
	store         string // the benchmarks of package store
}

// sections are what is measured, in the order of the report.
var sections = []section{
	{"scan", (*bench).scan},
	{"folder", (*bench).folder},
	{"packed", (*bench).packed},
	{"pages", (*bench).html},
	{"store", (*bench).archives},
	{"growth", (*bench).growth},
}

type section struct {
	name string
	run  func(*bench) error
}

func main() {
	var b bench
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	chosen := flag.String("sections", strings.Join(names, ","), "what to measure")
	out := flag.String("out", "", "write the report to this `file`, not to standard output")
	flag.StringVar(&b.dir, "dir", filepath.Join(os.TempDir(), "tweetarc-bench"), "`folder` of inputs and archives: some 10 GB, kept for the next run")
	flag.IntVar(&b.pairs, "pairs", 5, "runs of each command, in turn")
	flag.IntVar(&b.mb, "mb", 1000, "size of a corpus, `MB` unpacked")
	flag.IntVar(&b.files, "files", 100_000, "files of the folder of texts")
	flag.IntVar(&b.tweets, "tweets", 1_000_000, "tweets of the archive")
	flag.BoolVar(&b.large, "large", false, "let growth go to ten times -mb and -tweets (20 GB more)")
	flag.StringVar(&b.pages, "pages", "", "`folder` of HTML pages for Tweet-Finder and goose3, instead of made ones")
	flag.StringVar(&b.python, "python", "python3", "a Python that has tweetfinder and goose3 (pip install tweetfinder goose3)")
	flag.Parse()
	if err := b.run(strings.Split(*chosen, ","), *out); err != nil {
		fmt.Fprintln(os.Stderr, "tweetarc-bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(chosen []string, out string) error {
	for _, name := range chosen {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			return fmt.Errorf("no section %q", name)
		}
	}
	if err := os.MkdirAll(b.dir, 0o777); err != nil {
		return err
	}
	b.tweetarc, b.store = filepath.Join(b.dir, "tweetarc"), filepath.Join(b.dir, "store.test")
	for _, args := range [][]string{{"build", "-o", b.tweetarc, "tweetarc/cmd/tweetarc"}, {"test", "-c", "-o", b.store, "tweetarc/store"}} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	var report strings.Builder
	b.out = io.MultiWriter(&report, os.Stdout)
	b.say("# Benchmarks\n")
	b.say("Whole processes, each beside a reference on the same input: `go run ./cmd/tweetarc-bench %s`, %s, %s. "+
		"A run of the one, a run of the other, %d times after one that does not count; inputs are in the page cache. "+
		"Ratios are of wall time, pair by pair: median (least to most). Below 1 tweetarc is faster.\n",
		strings.Join(os.Args[1:], " "), time.Now().UTC().Format(time.DateOnly), machine(), b.pairs)
	for _, s := range sections {
		if !slices.Contains(chosen, s.name) {
			continue
		}
		if err := s.run(b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	b.say("%s", notes)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(report.String()), 0o666)
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.out, format+"\n", args...) }

// machine is a line about this one.
func machine() string {
	name := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				name = strings.TrimSpace(v)
				break
			}
		}
	}
	load := "?"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	return fmt.Sprintf("%s, %d processors, %s, %s, load %s at the start", name, runtime.NumCPU(), runtime.GOOS, runtime.Version(), load)
}

// scan is the byte path: one file of JSON lines.
func (b *bench) scan() error {
	b.say("## One file of JSON lines\n")
	b.header()
	for _, share := range []int{1, 13} {
		file, err := b.corpus("jsonl", share)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%d MB, tweets in %d %% of the articles", b.mb, share)
		rg := []string{"rg", "-c", "-F", "(@", file}
		bars := [2]float64{1.2, 2.0}
		if share != 1 {
			bars = [2]float64{}
		}
		if err := b.pair("detect, "+name, bars[0], b.cmd("detect", "-q", file), command(rg...)); err != nil {
			return err
		}
		if err := b.pair("archive, "+name, bars[1], b.fresh(file), command(rg...)); err != nil {
			return err
		}
	}
	b.say("")
	return nil
}

// folder is a folder of many text files.
func (b *bench) folder() error {
	dir, err := b.texts()
	if err != nil {
		return err
	}
	b.say("## A folder of text files\n")
	b.header()
	if err := b.pair(fmt.Sprintf("detect, %d files", b.files), 2, b.cmd("detect", "-q", dir), command("rg", "-c", "-F", "(@", dir)); err != nil {
		return err
	}
	err = b.pair(fmt.Sprintf("archive, %d files", b.files), 0, b.fresh(dir), command("rg", "-c", "-F", "(@", dir))
	b.say("")
	return err
}

// packed are the compressed containers.
func (b *bench) packed() error {
	b.say("## Compressed\n")
	b.header()
	for _, form := range []string{"jsonl.gz", "wet.gz", "warc.gz", "jsonl.zst"} {
		file, err := b.corpus(form, 1)
		if err != nil {
			return err
		}
		cat := "zcat"
		if strings.HasSuffix(form, ".zst") {
			cat = "zstd -dc"
		}
		if err := b.pair(fmt.Sprintf("detect, %s, %d MB unpacked", form, b.mb), 1, b.cmd("detect", "-q", file), shell(cat+` "$0" | rg -c -F '(@'`, file)); err != nil {
			return err
		}
	}
	b.say("")
	return nil
}
