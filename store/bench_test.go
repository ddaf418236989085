package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// The size of the archive that benchmarks work on, and where it is kept between
// runs:
//
//	go test ./store -run '^$' -bench . -tweets 1000000 -archive /tmp/million.db
var (
	benchTweets  = flag.Int("tweets", 20_000, "benchmarks: tweets in the archive")
	benchArchive = flag.String("archive", "", "benchmarks: archive to make, or to take where it is there")
)

// A generator makes parts of an invented corpus, always the same for a seed.
// Lengths of texts, links, tags, embeds of a tweet and authors are distributed as in
// the news (median 147 characters, 9 in 10 under 280; words and authors by
// Zipf's law; 47 in 100 end with a link; half have an ID). Its articles come
// about in the order of time, as those of a crawl do; most embed what was just
// tweeted, one in ten something older.
type generator struct {
	rnd           *rand.Rand
	words         []string
	word, author  *rand.Zipf
	seen          []archive.Embed // that may be embedded again
	made, records int
	file          *archive.File // of the last part
	articles      int
}

func newGenerator(seed uint64) *generator {
	g := &generator{rnd: rand.New(rand.NewPCG(seed, 7))}
	const syllables = "ba be bi bo da de di do fa fe ga go ha he ka ki ko la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si so ta te ti to va ve wa we ya za zu"
	parts := strings.Fields(syllables)
	known := map[string]bool{}
	for len(g.words) < 60_000 {
		w := ""
		for range 1 + len(g.words)/4000%4 + g.rnd.IntN(3) {
			w += parts[g.rnd.IntN(len(parts))]
		}
		if !known[w] {
			known[w] = true
			g.words = append(g.words, w)
		}
	}
	g.word = rand.NewZipf(g.rnd, 1.1, 8, uint64(len(g.words)-1))
	g.author = rand.NewZipf(g.rnd, 1.2, 20, 300_000)
	return g
}

var epoch = time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)

func (g *generator) tweet() archive.Embed {
	r := g.rnd
	n := g.author.Uint64()
	// A million articles are fifteen years, and then they begin anew.
	const years = 15 * 365 * 24 * time.Hour
	at := epoch.Add(time.Duration(g.articles%1_000_000)*(years/1_000_000) + time.Duration(r.Int64N(int64(72*time.Hour))))
	if r.IntN(10) == 0 {
		at = epoch.Add(time.Duration(r.Int64N(int64(years))))
	}
	at = at.Truncate(time.Second)
	e := archive.Embed{Form: archive.FormText, Confidence: 0.9}
	e.Handle = fmt.Sprintf("%s_%d", g.words[n%60_000], n)
	e.Author = strings.ToUpper(g.words[n%60_000][:1]) + g.words[n%60_000][1:] + " " + g.words[(n*7)%60_000]
	e.Date = at.Format(time.DateOnly)
	length := min(20+int(r.ExpFloat64()*60)+r.IntN(160), 290)
	var b strings.Builder
	if r.IntN(33) == 0 {
		b.WriteString("@" + g.words[g.author.Uint64()%60_000] + " ")
	}
	if r.IntN(40) == 0 {
		for b.Len() < length {
			b.WriteRune(rune(0x4e00 + g.word.Uint64()%3000))
		}
	}
	for b.Len() < length {
		w := g.words[g.word.Uint64()]
		switch r.IntN(60) {
		case 0:
			w = "#" + w
		case 1:
			w += "."
		case 2:
			w = "\n" + w
		}
		b.WriteString(w + " ")
	}
	code := func() string { // ten letters
		c := make([]byte, 10)
		for i := range c {
			c[i] = byte('a' + r.IntN(26))
		}
		return string(c)
	}
	if r.IntN(100) < 20 {
		b.WriteString("https://t.co/" + code() + " ")
	}
	if r.IntN(100) < 28 {
		b.WriteString("pic.twitter.com/" + code())
	}
	e.Text = strings.TrimSpace(b.String())
	if r.IntN(2) == 0 {
		ms := at.UnixMilli() - 1288834974657
		if ms > 1000 {
			e.Form, e.Confidence = archive.FormBlockquote, 1
			e.WithID(fmt.Sprint(ms<<22 | r.Int64N(1<<22)))
		}
	}
	g.made++
	return e
}

// part is the next stretch of the corpus, of some 250 articles; its files are
// of 20 parts.
func (g *generator) part() archive.Part {
	n := g.records / 250
	if path := fmt.Sprintf("corpus/%05d.jsonl.gz", n/20); g.file == nil || g.file.Path != path {
		g.file = &archive.File{Path: path, Size: 1 << 20, ModTime: time.Unix(1_600_000_000, 0)}
	}
	f := g.file
	p := archive.Part{File: f, Last: n%20 == 19}
	if n%20 == 0 {
		g.records = n * 250
	}
	for i := range 250 {
		record := (n%20*250 + i) * 8 // most articles have none
		g.articles++
		a := &archive.Article{
			Origin: archive.Origin{File: f.Path, Record: record + 1},
			URL:    fmt.Sprintf("https://www.%s.example/%d/%s.html", g.words[g.author.Uint64()%2000], record, g.words[i]),
			Title:  strings.Join(g.words[1000+i:1008+i], " "),
		}
		var b strings.Builder
		var embeds []archive.Embed
		for range 1 + int(g.rnd.ExpFloat64()*0.9) {
			var e archive.Embed
			if len(g.seen) > 0 && g.rnd.IntN(5) == 0 {
				e = g.seen[g.rnd.IntN(len(g.seen))]
			} else {
				e = g.tweet()
				if len(g.seen) < 2000 {
					g.seen = append(g.seen, e)
				} else if g.rnd.IntN(3) == 0 {
					g.seen[g.rnd.IntN(len(g.seen))] = e
				}
			}
			b.WriteString("What was said then is what is said now, as those will know who were there and heard it. And this is what they said. ")
			e.Start = b.Len()
			b.WriteString(e.Text + " — " + e.Author + " (@" + e.Handle + ") " + e.Date)
			e.End = b.Len()
			b.WriteString("\n\n")
			embeds = append(embeds, e)
			a.Date = max(a.Date, e.Date)
		}
		a.Body = b.String()
		p.Found = append(p.Found, archive.Found{Article: a, Embeds: embeds})
	}
	g.records += 250
	p.Records = 250 * 8
	p.Record = (n%20 + 1) * 250 * 8
	return p
}

// fill archives parts until the generator has made n tweets.
func fill(b *testing.B, db *DB, g *generator, n int) (embeds int) {
	w, err := db.Writer(Run{Command: "benchmark", Version: "0", Detector: 1})
	if err != nil {
		b.Fatal(err)
	}
	since := newLap(b)
	for step := max(1, n/10); g.made < n; {
		p := g.part()
		for _, f := range p.Found {
			embeds += len(f.Embeds)
		}
		if err := w.Add(p); err != nil {
			b.Fatal(err)
		}
		if g.made/step > since.n {
			since.log(b, g.made/step, embeds)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return embeds
}

// benchDB is the archive of -tweets tweets.
func benchDB(b *testing.B) *DB {
	path := *benchArchive
	if path == "" {
		path = filepath.Join(os.TempDir(), fmt.Sprintf("tweetarc-bench-%d.db", *benchTweets))
	}
	_, missing := os.Stat(path)
	db, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	if missing != nil {
		fill(b, db, newGenerator(1), *benchTweets)
	}
	return db
}

// BenchmarkLoad archives -tweets tweets; an operation is all of them.
func BenchmarkLoad(b *testing.B) {
	for range b.N {
		b.StopTimer()
		path := filepath.Join(b.TempDir(), "load.db")
		db, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		g := newGenerator(1)
		b.StartTimer()
		embeds := fill(b, db, g, *benchTweets)
		b.StopTimer()
		db.Close()
		st, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(embeds)*float64(b.N)/b.Elapsed().Seconds(), "embeds/s")
		b.ReportMetric(float64(g.made)*float64(b.N)/b.Elapsed().Seconds(), "tweets/s")
		b.ReportMetric(float64(st.Size())/float64(embeds), "bytes/embed")
		b.StartTimer()
	}
}

// BenchmarkGenerate is what of BenchmarkLoad is the generator's.
func BenchmarkGenerate(b *testing.B) {
	for range b.N {
		g := newGenerator(1)
		for g.made < *benchTweets {
			g.part()
		}
	}
}

func BenchmarkExport(b *testing.B) {
	db := benchDB(b)
	for _, of := range []What{Tweets, Embeds} {
		for _, format := range []struct {
			name string
			make func(*counter) RowWriter
		}{
			{"csv", func(c *counter) RowWriter { return NewCSV(c, of.Columns()) }},
			{"jsonl", func(c *counter) RowWriter { return NewJSONL(c, of.Columns()) }},
		} {
			b.Run(string(of)+"/"+format.name, func(b *testing.B) {
				b.ReportAllocs()
				rows := 0
				for range b.N {
					c := &counter{}
					out := format.make(c)
					n, err := db.Export(b.Context(), of, nil, out.Write)
					if err == nil {
						err = out.Close()
					}
					if err != nil {
						b.Fatal(err)
					}
					rows += n
					b.SetBytes(c.n)
				}
				b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// benchQueries are what people type: words rare and common, phrases, authors,
// tags, days, and all of these together, made of the generator's words.
func benchQueries(n int) []string {
	g := newGenerator(1)
	r := rand.New(rand.NewPCG(3, 3))
	word := func() string { return g.words[g.word.Uint64()] }
	rare := func() string { return g.words[3000+r.IntN(20_000)] }
	handle := func() string { a := g.author.Uint64(); return fmt.Sprintf("%s_%d", g.words[a%60_000], a) }
	year := func() int { return 2009 + r.IntN(15) }
	kinds := []func() string{
		rare,
		word,
		func() string { return rare() + " " + word() },
		func() string { return word() + " " + word() + " " + word() },
		func() string { return `"` + word() + " " + word() + `"` },
		func() string { return rare() + " OR " + rare() },
		func() string { return word() + " -" + word() },
		func() string { return rare()[:3] + "*" },
		func() string { return "from:" + handle() },
		func() string { return "from:" + handle() + " " + word() },
		func() string { return "#" + word() },
		func() string { return fmt.Sprintf("%s since:%d until:%d", word(), year(), year()+1) },
		func() string { return fmt.Sprintf("since:%d-06 until:%d-07", year(), year()) },
		func() string { return rare() + " filter:media" },
		func() string { return rare() + " has:id" },
		func() string { return rare() + " min_embeds:2" },
	}
	queries := make([]string, n)
	for i := range queries {
		queries[i] = kinds[i%len(kinds)]()
	}
	return queries
}

// BenchmarkSearch asks 200 mixed queries, the first 20 results of each; an
// operation is one query. It reports the median and the 95th percentile.
func BenchmarkSearch(b *testing.B) {
	db := benchDB(b)
	queries := benchQueries(200)
	for _, sort := range Sorts {
		b.Run(string(sort), func(b *testing.B) {
			took := make([]time.Duration, 0, len(queries))
			for i := range b.N {
				q, err := ParseQuery(queries[i%len(queries)])
				if err != nil {
					b.Fatal(err)
				}
				began := time.Now()
				if _, err := db.Search(b.Context(), q, Page{Sort: sort, Limit: 20}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			percentiles(b, took)
		})
	}
	for name, ask := range map[string]func(*Query) error{
		"count": func(q *Query) error { _, err := db.Count(b.Context(), q); return err },
		"facets": func(q *Query) error {
			m, err := db.Match(b.Context(), q, 0)
			if err == nil {
				_, err = m.Facets(b.Context(), 10)
			}
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			took := make([]time.Duration, 0, len(queries))
			for i := range b.N {
				q, err := ParseQuery(queries[i%len(queries)])
				if err != nil {
					b.Fatal(err)
				}
				began := time.Now()
				if err := ask(q); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			percentiles(b, took)
		})
	}
}

func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
	b.ReportMetric(took[len(took)*95/100].Seconds()*1e3, "p95-ms")
	b.ReportMetric(took[len(took)-1].Seconds()*1e3, "max-ms")
}
