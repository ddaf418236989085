package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime/metrics"
	"testing"

	"tweetarc/archive"
)

var shardCount = flag.Int("shards", 10, "BenchmarkAddShard: how many shard files of 1,000 embeds")

// BenchmarkAddShard merges shard files of 500 articles with two embeds each, of
// authors and words as they come in the news: most tweets are seen once, some
// hundreds of times.
func BenchmarkAddShard(b *testing.B) {
	const articles = 500
	rng := rand.New(rand.NewPCG(1, 2))
	tweets := rand.NewZipf(rng, 1.1, 50, 1<<30)
	words := make([]string, 5000)
	for i := range words {
		words[i] = fmt.Sprintf("%c%c%d", 'a'+i%26, 'a'+i/26%26, i)
	}
	tweet := func() archive.Embed { // always the same one of a number
		n := tweets.Uint64()
		r := rand.New(rand.NewPCG(n, 3))
		text := ""
		for range 12 + r.IntN(20) {
			text += words[r.IntN(len(words))] + " "
		}
		id := ""
		if r.IntN(2) == 0 {
			id = fmt.Sprint(1000000000000000000 + n<<22)
		}
		return say(fmt.Sprintf("user_%d", r.IntN(200000)), fmt.Sprintf("2019-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28)), id, text)
	}
	dir := b.TempDir()
	paths := make([]string, *shardCount)
	for i := range paths {
		name := fmt.Sprintf("crawl-%05d.warc.gz", i)
		found := make([]archive.Found, articles)
		for j := range found {
			found[j] = article(name, 10*j+1, "2019-06-01", tweet(), tweet())
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
