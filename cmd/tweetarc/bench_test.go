package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"
)

var (
	crawlMB = flag.Int64("crawl", 8, "BenchmarkShard: MB of the WARC file")
	crawlTo = flag.String("crawl-to", "", "BenchmarkShard: leave the WARC file here")
)

// writeCrawl writes a WARC file of size bytes like those of CC-NEWS: pages of
// some 50 kB, each with its request, a gzip member each, packed to a fifth; a
// tweet is embedded in one page of twenty.
func writeCrawl(w io.Writer, size int64) error {
	rng := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 3000)
	for i := range words {
		for range 1 + rng.IntN(4) {
			words[i] += string("bdfgklmnprstvz"[rng.IntN(14)]) + string("aeiou"[rng.IntN(5)])
		}
	}
	zipf := rand.NewZipf(rng, 1.3, 8, uint64(len(words)-1))
	paragraphs := make([]string, 4000)
	for i := range paragraphs {
		var p strings.Builder
		for range 60 {
			p.WriteString(words[zipf.Uint64()] + " ")
		}
		paragraphs[i] = p.String()
	}
	any := func() string { return paragraphs[rng.IntN(len(paragraphs))] }
	n := int64(0)
	z, err := gzip.NewWriterLevel(nil, 6)
	if err != nil {
		return err
	}
	for i := 0; n < size; i++ {
		var p strings.Builder
		fmt.Fprintf(&p, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%s</title>", any()[:40])
		for j := range 60 {
			fmt.Fprintf(&p, "<link rel=\"stylesheet\" href=\"/static/%d/%x.css\"><script async src=\"/static/%d/%x.js\"></script>\n", j, rng.Uint64(), j, rng.Uint64())
		}
		p.WriteString("</head><body>")
		for j := range 200 {
			fmt.Fprintf(&p, "<li class=\"nav__item nav__item--%d\"><a class=\"nav__link\" href=\"/%s/%d\">%s</a></li>\n", j, words[zipf.Uint64()], j, words[zipf.Uint64()])
		}
		for range 25 {
			fmt.Fprintf(&p, "<p class=\"article__paragraph\">%s</p>\n", any())
		}
		switch rng.IntN(40) {
		case 0:
			fmt.Fprintf(&p, "<blockquote class=\"twitter-tweet\"><p lang=\"en\" dir=\"ltr\">%s</p>&mdash; Rider %d (@rider_%d) <a href=\"https://twitter.com/rider_%d/status/%d\">May 4, 2019</a></blockquote>", any()[:120], i, i%5000, i%5000, 1124752000000000000+int64(i)<<22)
		case 1:
			fmt.Fprintf(&p, "<p>%s — Rider %d (@rider_%d) May %d, 2019</p>", any()[:120], i%5000, i%5000, 1+i%28)
		}
		fmt.Fprintf(&p, "<p>%s</p></body></html>", any())
		http := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + p.String()
		for _, record := range []string{
			fmt.Sprintf("WARC/1.0\r\nWARC-Type: request\r\nWARC-Target-URI: https://news.example/%d\r\nContent-Type: application/http; msgtype=request\r\nContent-Length: 16\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n", i),
			fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/%d\r\nWARC-Date: 2019-06-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, len(http), http),
		} {
			z.Reset(&counted{w, &n})
			if _, err := io.WriteString(z, record); err != nil {
				return err
			}
			if err := z.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

type counted struct {
	io.Writer
	n *int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	*c.n += int64(n)
	return n, err
}

// crawlFile makes a WARC file of some size, and says of which.
func crawlFile(b *testing.B, path string, size int64) int64 {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := writeCrawl(w, size); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// BenchmarkShard reads one WARC file with one finder; bytes are those on the
// disk. With -crawl-to the file stays, for measuring whole processes.
func BenchmarkShard(b *testing.B) {
	path := *crawlTo
	if path == "" {
		path = filepath.Join(b.TempDir(), "crawl.warc.gz")
	}
	b.SetBytes(crawlFile(b, path, *crawlMB<<20))
	b.ReportAllocs()
	for b.Loop() {
		if code := run(b.Context(), []string{"tweetarc", "shard", "--jobs", "1", "--out", b.TempDir(), path}, nil, io.Discard, io.Discard); code != 0 {
			b.Fatal("code", code)
		}
	}
}

// BenchmarkTwo has two processes of the program read a crawl, eight files each:
// as the shares 0/2 and 1/2 of one list into one folder, and as two runs that
// know nothing of each other. It reports the median of the ratio of their times,
// run by run, and of what they took of the processors.
//
//	go test ./cmd/tweetarc -run '^$' -bench Two -benchtime 5x -crawl 2048
func BenchmarkTwo(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "tweetarc")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	first := filepath.Join(dir, "crawl")
	size := crawlFile(b, first, *crawlMB<<20/16)
	var shares [2][]string
	for i := 0; len(shares[0])+len(shares[1]) < 16; i++ {
		path := filepath.Join(dir, fmt.Sprintf("crawl-%05d.warc.gz", i))
		if s := shareOf(path, 2); len(shares[s]) < 8 {
			if err := os.Link(first, path); err != nil {
				b.Fatal(err)
			}
			shares[s] = append(shares[s], path)
		}
	}
	both := func(args [2][]string) (wall, cpu float64) {
		var group errgroup.Group
		var used [2]time.Duration
		began := time.Now()
		for i := range args {
			group.Go(func() error {
				c := exec.Command(program, append([]string{"shard", "--jobs", "1"}, args[i]...)...)
				c.Env = append(os.Environ(), "GOMAXPROCS=1")
				out, err := c.CombinedOutput()
				if err != nil {
					return fmt.Errorf("%w: %s", err, out)
				}
				used[i] = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
		return time.Since(began).Seconds(), (used[0] + used[1]).Seconds()
	}
	list := slices.Concat(shares[0], shares[1])
	var walls, cpus []float64
	b.SetBytes(16 * size)
	for b.Loop() {
		run := b.TempDir()
		out := func(name string) string { return filepath.Join(run, name) }
		runs := [2][2][]string{
			{append([]string{"--out", out("a")}, shares[0]...), append([]string{"--out", out("b")}, shares[1]...)},
			{append([]string{"--out", out("c"), "--shard", "0/2"}, list...), append([]string{"--out", out("c"), "--shard", "1/2"}, list...)},
		}
		var wall, cpu [2]float64
		for i := range runs { // either one is first every other time
			which := (i + len(walls)) % 2
			wall[which], cpu[which] = both(runs[which])
		}
		b.Logf("two shares %.2f s (cpu %.2f), two runs %.2f s (cpu %.2f)", wall[1], cpu[1], wall[0], cpu[0])
		walls, cpus = append(walls, wall[1]/wall[0]), append(cpus, cpu[1]/cpu[0])
	}
	slices.Sort(walls)
	slices.Sort(cpus)
	b.ReportMetric(walls[len(walls)/2], "ratio")
	b.ReportMetric(cpus[len(cpus)/2], "cpu-ratio")
}
