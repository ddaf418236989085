package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed pages.py
var pagesPy string

// html is whole pages, beside the Python programs that read them.
func (b *bench) html() error {
	b.say("## HTML pages, beside Tweet-Finder and goose3\n")
	dir := b.pages
	if dir == "" {
		dir = filepath.Join(b.dir, "pages")
		a := newAuthor(4)
		if err := madeDir(dir, 200, func(n int) (string, string) { return fmt.Sprintf("%03d.html", n), a.page(n, 50) }); err != nil {
			return err
		}
	}
	script := filepath.Join(b.dir, "pages.py")
	if err := os.WriteFile(script, []byte(pagesPy), 0o666); err != nil {
		return err
	}
	b.say("| program | found | pages failed | s | times ours | bar |")
	b.say("| --- | --- | --- | --- | --- | --- |")
	ours := b.cmd("detect", "-q", "--format", "jsonl", "--include", "*.html", dir)
	type program struct {
		name, module string
	}
	for i, p := range []program{{"Tweet-Finder", "tweetfinder"}, {"goose3", "goose3"}} {
		if err := exec.Command(b.python, "-c", "import "+p.module).Run(); err != nil {
			b.say("| %s | | | not installed for %s | | |", p.name, filepath.Base(b.python))
			continue
		}
		var us, them, ratios []float64
		var found int
		var theirs string
		for n := range b.pairs + 1 {
			u, err := ours.run(true)
			if err != nil {
				return err
			}
			t, err := command(b.python, script, p.module, dir).run(true)
			if err != nil {
				return err
			}
			found, theirs = strings.Count(string(u.out), "\n"), string(t.out)
			if n > 0 {
				us, them = append(us, u.wall.Seconds()), append(them, t.wall.Seconds())
				ratios = append(ratios, t.wall.Seconds()/u.wall.Seconds())
			}
		}
		slices.Sort(us)
		slices.Sort(them)
		slices.Sort(ratios)
		if i == 0 {
			b.say("| tweetarc detect | %d | 0 | %.3f | 1 | |", found, middle(us))
		}
		n, failed, _ := strings.Cut(strings.TrimSpace(theirs), " ")
		b.say("| %s | %s | %s | %.2f | %.0f (%.0f to %.0f) | 100 |", p.name, n, failed, middle(them), middle(ratios), ratios[0], ratios[len(ratios)-1])
	}
	b.say("")
	return nil
}

// measure runs a benchmark of package store once, in a process of its own, on
// an archive of n tweets, and gives the figures that it reports by their units.
func (b *bench) measure(name string, n int, more ...string) (map[string]float64, spent, error) {
	t := command(append([]string{b.store, "-test.run", "^$", "-test.bench", name, "-test.timeout", "0", "-tweets", strconv.Itoa(n), "-archive", b.archive(n)}, more...)...)
	s, err := t.run(true)
	if err != nil {
		return nil, s, fmt.Errorf("%w\n%s", err, s.out)
	}
	figures := map[string]float64{}
	for line := range strings.Lines(string(s.out)) {
		f := strings.Fields(line)
		if len(f) < 3 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		for i := 2; i+1 < len(f); i += 2 {
			if v, err := strconv.ParseFloat(f[i], 64); err == nil {
				figures[f[i+1]] = v
			}
		}
	}
	if len(figures) == 0 {
		return nil, s, fmt.Errorf("%s: no figures in %s", name, s.out)
	}
	return figures, s, nil
}

func (b *bench) archive(n int) string { return filepath.Join(b.dir, fmt.Sprintf("tweets-%d.db", n)) }

// archives is the store, beside the shell of SQLite.
func (b *bench) archives() error {
	b.say("## An archive of %d tweets, beside the sqlite3 shell\n", b.tweets)
	if _, err := exec.LookPath("sqlite3"); err != nil {
		b.say("sqlite3 is not installed.\n")
		return nil
	}
	if _, _, err := b.measure("Export/tweets/csv", b.tweets, "-test.benchtime", "1x"); err != nil { // makes the archive
		return err
	}
	rows := filepath.Join(b.dir, fmt.Sprintf("embeds-%d.csv", b.tweets))
	if err := made(rows, func(w io.Writer) error {
		c := exec.Command(b.tweetarc, "export", "--db", b.archive(b.tweets), "--of", "embeds", "--format", "csv")
		c.Stdout = w
		return c.Run()
	}); err != nil {
		return err
	}
	generate, _, err := b.measure("Generate", b.tweets, "-test.benchtime", "1x")
	if err != nil {
		return err
	}
	shellDB := filepath.Join(b.dir, "shell.db")
	script := filepath.Join(b.dir, "import.sql")
	if err := os.WriteFile(script, []byte(fmt.Sprintf(".import --csv '%s' embeds\nCREATE VIRTUAL TABLE words USING fts4(text, content='embeds', tokenize=unicode61);\nINSERT INTO words(words) VALUES('rebuild');\n", rows)), 0o666); err != nil {
		return err
	}
	load := shell(`exec sqlite3 '`+shellDB+`' < "$0"`, script)
	load.setup = func() error { return removeArchive(shellDB) }
	var us, them, ratios []float64
	var loaded map[string]float64
	for n := range b.pairs + 1 {
		if loaded, _, err = b.measure("Load", b.tweets, "-test.benchtime", "1x"); err != nil {
			return err
		}
		t, err := load.run(false)
		if err != nil {
			return err
		}
		u := (loaded["ns/op"] - generate["ns/op"]) / 1e9
		if n > 0 {
			us, them, ratios = append(us, u), append(them, t.wall.Seconds()), append(ratios, u/t.wall.Seconds())
		}
	}
	slices.Sort(us)
	slices.Sort(them)
	slices.Sort(ratios)
	b.say("| what | tweetarc | reference | ratio | bar | |")
	b.say("| --- | --- | --- | --- | --- | --- |")
	b.say("| load (`go test ./store -bench Load` less `-bench Generate`; `.import` of the same embeds as CSV, and an FTS rebuild) | %.1f s | %.1f s | %.2f (%.2f to %.2f) | 0.6 | %s |",
		middle(us), middle(them), middle(ratios), ratios[0], ratios[len(ratios)-1], met(middle(ratios) <= 0.6))
	ask, _, err := b.measure("Search/date", b.tweets, "-test.benchtime", "200x")
	if err != nil {
		return err
	}
	sql, _, err := b.measure("Shell", b.tweets, "-test.benchtime", "200x")
	if err != nil {
		return err
	}
	for _, p := range []string{"p50-ms", "p95-ms"} {
		b.say("| search, 200 mixed queries, %s (the shell: the same SQL) | %.2f | %.2f | %.2f | | |", strings.TrimSuffix(p, "-ms")+" in ms", ask[p], sql[p], ask[p]/sql[p])
	}
	for _, kind := range []string{"tweets/csv", "tweets/jsonl", "embeds/csv", "embeds/jsonl"} {
		f, _, err := b.measure("Export/"+kind+"$", b.tweets, "-test.benchtime", "3x")
		if err != nil {
			return err
		}
		b.say("| export of %s | %.0f rows/s | | | | |", kind, f["rows/s"])
	}
	b.say("")
	return nil
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

// growth is whether ten times as much takes ten times as long, in the same memory.
func (b *bench) growth() error {
	b.say("## Growth\n")
	b.say("| what | s | a unit | to the smallest | peak MB |")
	b.say("| --- | --- | --- | --- | --- |")
	sizes := []int{b.mb / 10, b.mb}
	tweets := []int{b.tweets / 10, b.tweets}
	if b.large {
		sizes, tweets = append(sizes, 10*b.mb), append(tweets, 10*b.tweets)
	}
	first := 0.0
	for i, mb := range sizes {
		file, err := b.sized("jsonl", 1, mb)
		if err != nil {
			return err
		}
		var runs []spent
		for range b.pairs {
			s, err := b.cmd("detect", "-q", file).run(false)
			if err != nil {
				return err
			}
			runs = append(runs, s)
		}
		wall := median(runs, func(s spent) float64 { return s.wall.Seconds() })
		unit := wall / float64(mb) * 1000
		if i == 0 {
			first = unit
		}
		b.say("| detect, %d MB of JSON lines | %.2f | %.2f s/GB | %.2f | %.0f |", mb, wall, unit, unit/first, median(runs, func(s spent) float64 { return float64(s.rss) / 1e6 }))
	}
	for i, n := range tweets {
		f, s, err := b.measure("Load", n, "-test.benchtime", "1x")
		if err != nil {
			return err
		}
		unit := f["ns/op"] / float64(n) / 1e3
		if i == 0 {
			first = unit
		}
		b.say("| load of %d tweets, generated | %.1f | %.1f µs/tweet | %.2f | %.0f |", n, time.Duration(f["ns/op"]).Seconds(), unit, unit/first, float64(s.rss)/1e6)
	}
	b.say("")
	return nil
}
