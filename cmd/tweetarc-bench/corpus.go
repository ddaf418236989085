package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// An author makes articles, the same ones for a seed: of the length that news
// have (log-normal, median 2.8 kB, mean 3.6), in words whose letters are as
// frequent as in English prose, for how often a reader stumbles over a w
// decides how fast it is.
type author struct {
	rnd        *rand.Rand
	words      []string
	word       *rand.Zipf
	paragraphs []string
}

const common = `the of and to a in that is was he for it with as his on be at by had not are but from or have an they which one you were her all
she there would their we him been has when who will more no if out so said what up its about into than them can only other new some could time
these two may then do first any my now such like our over man me even most made after also did many before must through back years where much
your way well down should because each just those people how too little state good very make world still own see men work long get here between
both life being under never day same another know while last might us great old year off come since against go came right used take three`

func newAuthor(seed uint64) *author {
	a := &author{rnd: rand.New(rand.NewPCG(seed, 11)), words: strings.Fields(common)}
	onsets := strings.Fields("b br c ch cl d dr f fl g gr h k l m n p pl pr r s sh sp st t th tr v")
	rhymes := strings.Fields("a ace ain all an ard are art at ay e each ed een ell ent er ess ext i ice ide ight ill ine ing ion ip ish ity o old on ong oo ord ore ork ound u ull un ust y")
	for len(a.words) < 20_000 {
		w := ""
		for range 1 + a.rnd.IntN(3) {
			w += onsets[a.rnd.IntN(len(onsets))] + rhymes[a.rnd.IntN(len(rhymes))]
		}
		a.words = append(a.words, w)
	}
	a.word = rand.NewZipf(a.rnd, 1.15, 6, uint64(len(a.words)-1))
	for range 4000 {
		var p strings.Builder
		for range 2 + a.rnd.IntN(4) {
			if p.Len() > 0 {
				p.WriteByte(' ')
			}
			p.WriteString(a.sentence())
		}
		a.paragraphs = append(a.paragraphs, p.String())
	}
	return a
}

func (a *author) any() string { return a.words[a.word.Uint64()] }

func (a *author) sentence() string {
	s := make([]string, 6+a.rnd.IntN(22))
	for i := range s {
		s[i] = a.any()
		if a.rnd.IntN(12) == 0 {
			s[i] += ","
		}
	}
	text := strings.TrimSuffix(strings.ToUpper(s[0][:1])+strings.Join(s, " ")[1:], ",")
	if a.rnd.IntN(6) == 0 {
		return "“" + text + ",” " + a.any() + " said."
	}
	return text + "."
}

// article is what the containers hold.
type article struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	Date  string `json:"date"`
	Text  string `json:"text"`
}

// next is an article, in share of 100 with tweets. A tweet is flattened in
// text, and a blockquote in a page.
func (a *author) next(n, share int, page bool) article {
	parts := make([]string, 0, 64)
	for size := int(math.Exp(7.95 + 0.7*a.rnd.NormFloat64())); size > 0; {
		p := a.paragraphs[a.rnd.IntN(len(a.paragraphs))]
		parts, size = append(parts, p), size-len(p)
	}
	if a.rnd.IntN(100) < share {
		for range 1 + a.rnd.IntN(3) {
			words := a.sentence() + " " + a.sentence()
			name, day := a.any(), 1+a.rnd.IntN(28)
			handle := fmt.Sprintf("%s_%d", name, a.rnd.IntN(5000))
			tweet := fmt.Sprintf("%s — %s%s Roe (@%s) May %d, 2019", words, strings.ToUpper(name[:1]), name[1:], handle, day)
			if page {
				id := int64(1123500000000000000) + int64(day)*24*3600*1000<<22 + a.rnd.Int64N(3600*1000<<22)
				tweet = fmt.Sprintf("<blockquote class=\"twitter-tweet\"><p lang=\"en\" dir=\"ltr\">%s</p>&mdash; %s Roe (@%s) <a href=\"https://twitter.com/%s/status/%d?ref_src=twsrc%%5Etfw\">May %d, 2019</a></blockquote>", words, name, handle, handle, id, day)
			}
			i := a.rnd.IntN(len(parts) + 1)
			parts = append(parts[:i], append([]string{tweet}, parts[i:]...)...)
		}
	}
	sep := "\n\n"
	if page {
		sep = "</p>\n<p>"
	}
	return article{fmt.Sprintf("https://news%d.example/2019/06/01/%s-%d", n%50, a.any(), n), strings.TrimSuffix(a.sentence(), "."), "2019-06-01", strings.Join(parts, sep)}
}

// page is an article as a web page, with what stands around it.
func (a *author) page(n, share int) string {
	art := a.next(n, share, true)
	var p strings.Builder
	fmt.Fprintf(&p, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>\n<link rel=\"canonical\" href=\"%s\">\n<meta property=\"article:published_time\" content=\"%sT08:00:00Z\">\n", art.Title, art.URL, art.Date)
	for i := range 12 {
		fmt.Fprintf(&p, "<link rel=\"stylesheet\" href=\"/static/%d/%x.css\"><script async src=\"/static/%d/%x.js\"></script>\n", i, a.rnd.Uint64(), i, a.rnd.Uint64())
	}
	p.WriteString("</head><body><ul>")
	for i := range 80 {
		w := a.any()
		fmt.Fprintf(&p, "<li class=\"nav__item nav__item--%d\"><a href=\"/%s/%d\">%s</a></li>\n", i, w, i, w)
	}
	fmt.Fprintf(&p, "</ul><article><h1>%s</h1>\n<p>%s</p></article></body></html>\n", art.Title, art.Text)
	return p.String()
}

// records are what a container holds, each on its way into it.
func (a *author) record(form string, n, share int) (string, error) {
	switch form {
	case "jsonl":
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(a.next(n, share, false))
		return b.String(), err
	case "wet":
		art := a.next(n, share, false)
		text := art.Title + "\n" + art.Text
		return fmt.Sprintf("WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: %s\r\nWARC-Date: 2019-06-01T00:00:00Z\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", art.URL, len(text), text), nil
	}
	http := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + a.page(n, share)
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/%d\r\nWARC-Date: 2019-06-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", n, len(http), http), nil
}

// corpus is a file of b.mb MB unpacked, made if it is not there: jsonl, wet,
// warc, with .gz or .zst behind.
func (b *bench) corpus(form string, share int) (string, error) { return b.sized(form, share, b.mb) }

func (b *bench) sized(form string, share, mb int) (string, error) {
	path := filepath.Join(b.dir, fmt.Sprintf("%dmb-%dpercent.%s", mb, share, form))
	return path, made(path, func(w io.Writer) error {
		format, packing, _ := strings.Cut(form, ".")
		var z io.WriteCloser
		var member *gzip.Writer // of WARC files each record is one
		switch packing {
		case "":
		case "zst":
			e, err := zstd.NewWriter(w)
			if err != nil {
				return err
			}
			z = e
		default:
			g := gzip.NewWriter(w)
			if z = g; format != "jsonl" {
				member = g
			}
		}
		a := newAuthor(uint64(share))
		for n, size := 0, 0; size < mb*1e6; n++ {
			r, err := a.record(format, n, share)
			if err != nil {
				return err
			}
			size += len(r)
			to := w
			if z != nil {
				to = z
			}
			if _, err := io.WriteString(to, r); err != nil {
				return err
			}
			if member != nil {
				if err := member.Close(); err != nil {
					return err
				}
				member.Reset(w)
			}
		}
		if z != nil && member == nil {
			return z.Close()
		}
		return nil
	})
}

// texts is a folder of b.files text files, a hundred to a folder.
func (b *bench) texts() (string, error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("texts-%d", b.files))
	a := newAuthor(3)
	return dir, madeDir(dir, b.files, func(n int) (string, string) {
		art := a.next(n, 1, false)
		return fmt.Sprintf("%04d/%06d.txt", n/100, n), art.Title + "\n\n" + art.Text + "\n"
	})
}

// made makes a file unless it is there; a broken one is not left.
func made(path string, write func(io.Writer) error) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = write(w)
	if e := w.Flush(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// madeDir makes a folder of n files unless it is there.
func madeDir(dir string, n int, file func(int) (name, text string)) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	part := dir + ".part"
	for i := range n {
		name, text := file(i)
		path := filepath.Join(part, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return os.Rename(part, dir)
}
