package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime/metrics"
	"testing"
	"time"

	"tweetarc/archive"
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
		if n := mergeAll(b, db, paths...); n != len(paths) {
			b.Fatalf("%d added", n)
		}
		db.Close()
	}
	b.ReportMetric(float64(b.N*len(paths)*articles*2)/b.Elapsed().Seconds(), "embeds/s")
	heap := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(heap)
	b.ReportMetric(float64(heap[0].Value.Uint64())/(1<<20), "MB-memory")
}
