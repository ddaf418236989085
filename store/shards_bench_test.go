package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

var shardCount = flag.Int("shards", 10, "BenchmarkAddShard: how many shard files of 1,000 embeds")

// BenchmarkAddShard merges shard files of 500 articles with two embeds each, as
// a news crawl gives them: twelve files a day, tweets of the last days, most of
// them seen once, some hundreds of times.
func BenchmarkAddShard(b *testing.B) {
	const articles = 500
	rng := rand.New(rand.NewPCG(1, 2))
	tweets := rand.NewZipf(rng, 1.1, 50, 1<<30)
	first := time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)
	words := make([]string, 5000)
	for i := range words {
		words[i] = fmt.Sprintf("%c%c%d", 'a'+i%26, 'a'+i/26%26, i)
	}
	tweet := func(day int) archive.Embed { // always the same one of a number
		day += 365 - int(tweets.Uint64()%7)
		n := uint64(day)<<32 | tweets.Uint64()
		r := rand.New(rand.NewPCG(n, 3))
		text := ""
		for range 12 + r.IntN(20) {
			text += words[r.IntN(len(words))] + " "
		}
		id := ""
		if r.IntN(2) == 0 {
			id = fmt.Sprint((uint64(first.AddDate(0, 0, day).UnixMilli()) - 1288834974657 + n%(24*60*60*1000)) << 22)
		}
		return say(fmt.Sprintf("user_%d", r.IntN(200000)), first.AddDate(0, 0, day).Format(time.DateOnly), id, text)
	}
	dir := b.TempDir()
	paths := make([]string, *shardCount)
	for i := range paths {
		name := fmt.Sprintf("crawl-%05d.warc.gz", i)
		found := make([]archive.Found, articles)
		for j := range found {
			found[j] = article(name, 10*j+1, "2019-06-01", tweet(i/12), tweet(i/12))
		}
		paths[i] = shardOf(b, dir, name, part(found))
	}
	b.ReportAllocs()
	for b.Loop() {
		db, err := Open(filepath.Join(b.TempDir(), "t.db"))
		if err != nil {
			b.Fatal(err)
		}
		w := writer(b, db)
		// The rate of every tenth, for it should not fall as the archive grows.
		since, step := newLap(b), max(1, len(paths)/10)
		for i, p := range paths {
			if added, err := w.AddShard(p); !added || err != nil {
				b.Fatal(added, err)
			}
			if n := i + 1; n%step == 0 {
				since.log(b, n/step, n*articles*2)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		db.Close()
	}
	b.ReportMetric(float64(b.N*len(paths)*articles*2)/b.Elapsed().Seconds(), "embeds/s")
	b.ReportMetric(float64(peak(b)>>20), "MB-peak")
}

// A lap is where the embeds began of which log says the rate.
type lap struct {
	n, embeds int
	began     time.Time
	cpu       time.Duration
}

func newLap(b *testing.B) *lap { return &lap{began: time.Now(), cpu: cpuTime(b)} }

// log ends the lap, after so many embeds of all, and begins the nth.
func (l *lap) log(b *testing.B, n, embeds int) {
	now, cpu, more := time.Now(), cpuTime(b), float64(embeds-l.embeds)
	b.Logf("%d embeds: %.0f/s, %.1f µs of cpu each, %d MB peak", embeds, more/now.Sub(l.began).Seconds(), float64((cpu-l.cpu).Microseconds())/more, peak(b)>>20)
	*l = lap{n, embeds, now, cpu}
}

func usage(b *testing.B) (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u
}

// cpuTime is what this process has taken of the processors.
func cpuTime(b *testing.B) time.Duration {
	u := usage(b)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most memory that this process had, in bytes, SQLite's included.
func peak(b *testing.B) int64 { return usage(b).Maxrss << 10 }
