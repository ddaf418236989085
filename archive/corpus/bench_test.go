package corpus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchArticles gives a few thousand articles as long as news. One in eight has an
// anchor.
func benchArticles() []sample {
	words := strings.Fields("the harbour was closed on Monday after a storm and the council said it would open again when the last of the boats had been brought in while the owners waited")
	list := make([]sample, 4000)
	for i := range list {
		var b strings.Builder
		for n := range 400 + i%200 {
			b.WriteString(words[(i*7+n*n)%len(words)])
			b.WriteByte(' ')
			if n%60 == 59 {
				b.WriteString("\n\n")
			}
		}
		if i%8 == 0 {
			b.WriteString("All good. — Ada Mole (@ada_mole) May 4, 2019")
		}
		list[i] = sample{b.String(), "https://news.example/a", "Harbour closed", "2019-05-05"}
	}
	return list
}

func benchmark(b *testing.B, name string, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r := &Reader{MayHold: hasAnchor}
		for range records(r, name, data) {
		}
	}
}

func BenchmarkJSONLines(b *testing.B) {
	var data []byte
	for _, a := range benchArticles() {
		line, _ := json.Marshal(a)
		data = append(append(data, line...), '\n')
	}
	benchmark(b, "a.jsonl", data)
}

func BenchmarkJSONLinesGzip(b *testing.B) {
	var data strings.Builder
	for _, a := range benchArticles() {
		data.WriteString(a.jsonl() + "\n")
	}
	benchmark(b, "a.jsonl.gz", []byte(gz(data.String())))
}

func BenchmarkCSV(b *testing.B) {
	data := []byte("text,url,title,date\n")
	for _, a := range benchArticles() {
		data = append(data, `"`+strings.ReplaceAll(a.Text, `"`, `""`)+`",`+a.URL+`,`+a.Title+`,`+a.Date+"\n"...)
	}
	benchmark(b, "a.csv", data)
}

func BenchmarkWARC(b *testing.B) {
	var data []byte
	for _, a := range benchArticles() {
		data = append(data, response("", a.page())...)
	}
	benchmark(b, "a.warc", data)
}

// BenchmarkTexts reads a folder of small files, most of them without a tweet.
func BenchmarkTexts(b *testing.B) {
	dir := b.TempDir()
	size := int64(0)
	for i, a := range benchArticles()[:1000] {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.txt", i)), []byte(a.Title+"\n\n"+a.Text), 0o666); err != nil {
			b.Fatal(err)
		}
		size += int64(len(a.Title) + 2 + len(a.Text))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		r := &Reader{MayHold: hasAnchor}
		for batch := range r.Articles(dir) {
			for range batch.Articles {
			}
		}
	}
}
