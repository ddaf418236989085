package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
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

// BenchmarkShard reads one WARC file with one finder; bytes are those on the
// disk. With -crawl-to the file stays, for measuring whole processes.
func BenchmarkShard(b *testing.B) {
	path := *crawlTo
	if path == "" {
		path = filepath.Join(b.TempDir(), "crawl.warc.gz")
	}
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := writeCrawl(w, *crawlMB<<20); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	for b.Loop() {
		if code := run(b.Context(), []string{"tweetarc", "shard", "--jobs", "1", "--out", b.TempDir(), path}, nil, io.Discard, io.Discard); code != 0 {
			b.Fatal("code", code)
		}
	}
}
