package web

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tweetarc/archive"
	"tweetarc/store"
)

// The archive of the benchmarks is one that those of package store make:
//
//	go test ./store -run '^$' -bench Export/tweets/csv -benchtime 1x -tweets 1000000 -archive /tmp/million.db
//	go test ./cmd/tweetarc/web -run '^$' -bench Load -benchtime 1x -archive /tmp/million.db
var (
	benchArchive = flag.String("archive", "", "benchmarks: the `archive` that is served, instead of the invented town")
	benchPages   = flag.Int("pages", 500, "benchmarks: `pages` of each view")
)

// clients is how many ask at the same time.
const clients = 20

// views are addresses of every kind, all different, drawn from the archive:
// words as often as they stand in tweets, authors as often as they tweet.
func views(b *testing.B, d *store.Digest) (names []string, paths map[string][]string) {
	q, err := store.ParseQuery("")
	if err != nil {
		b.Fatal(err)
	}
	all, err := d.Find(b.Context(), q, 0)
	if err != nil {
		b.Fatal(err)
	}
	stats, err := d.Stats(b.Context(), all, 200)
	if err != nil {
		b.Fatal(err)
	}
	sites := stats.TopHosts
	paths = map[string][]string{"runs": {"/runs"}}
	known := map[string]bool{}
	add := func(view, path string) {
		if !known[path] && len(paths[view]) < *benchPages {
			known[path] = true
			paths[view] = append(paths[view], path)
		}
	}
	query := func(s string) string { return "/?q=" + url.QueryEscape(s) }
	total := d.Len()
	per := max(1, min(*benchPages, total/2))
	for i := range per {
		for _, sort := range []store.Sort{store.ByDate, store.BySightings} {
			add("list, any page", fmt.Sprintf("/?page=%d&sort=%s", 1+i*(total/perPage)/per, sort))
		}
		hits, err := d.Search(b.Context(), q, all, store.Page{Sort: store.ByDate, Limit: 2, Offset: i * (total - 2) / per})
		if err != nil {
			b.Fatal(err)
		}
		for _, h := range hits {
			var w []string
			for _, word := range strings.Fields(h.Text) {
				if !strings.ContainsAny(word, "/:()*\"\x00") && len(word) > 3 && word[0] < 0x80 {
					w = append(w, word)
				}
			}
			if len(w) < 4 || h.Date == "" {
				continue
			}
			add("one word", query(w[0]))
			add("two words", query(w[0]+" "+w[1]))
			add("phrase", query(`"`+w[1]+" "+w[2]+`"`))
			add("either word", query(w[0]+" OR "+w[2]))
			add("beginning", query(w[3][:4]+"*"))
			add("word, sorted", query(w[1])+"&sort=sightings")
			add("word and year", query(w[0]+" since:"+h.Date[:4]+" until:"+h.Date[:7]))
			add("word of author", query(w[2]+" from:"+h.Handle))
			add("word, page 9", query(w[3])+"&page=9")
			add("author's tweets", query("from:"+h.Handle+" has:id"))
			add("days", query(fmt.Sprintf("since:%s until:%s", h.Date[:7], h.Date)))
			add("site and year", query("source:"+sites[len(known)%len(sites)].Name+" since:"+h.Date[:4]+" until:"+h.Date[:7]))
			add("tweet", served.tweet(h.Key))
			add("author", served.author(h.Handle))
			add("article", served.article(archive.Origin{File: h.File, Record: h.Record}))
			add("statistics", "/stats?q="+url.QueryEscape(w[1]))
		}
	}
	for name := range paths {
		names = append(names, name)
	}
	slices.Sort(names)
	var mix []string
	for i := range *benchPages {
		for _, name := range names {
			if i < len(paths[name]) {
				mix = append(mix, paths[name][i])
			}
		}
	}
	paths["mix"] = mix
	return append(names, "mix"), paths
}

// bare is what SQL alone takes for a page: to find and count its tweets and
// read what it shows.
func bare(ctx context.Context, db *store.DB, path string) error {
	u, err := url.Parse(path)
	if err != nil {
		return err
	}
	v := u.Query()
	q, err := store.ParseQuery(v.Get("q"))
	if err != nil {
		return err
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	switch first {
	case "":
		if _, err := db.Count(ctx, q); err != nil {
			return err
		}
		page := 1
		fmt.Sscan(v.Get("page"), &page)
		_, err = db.Search(ctx, q, store.Page{Sort: store.Sort(v.Get("sort")), Limit: perPage, Offset: (page - 1) * perPage})
	case "tweet":
		if _, err = db.Find(ctx, keyOf(rest)); err == nil {
			_, err = db.Lookups(ctx, keyOf(rest))
		}
		if err == nil {
			_, err = db.Places(ctx, keyOf(rest), perPlaces, 0)
		}
	case "author":
		_, err = db.Author(ctx, rest, topFacets)
	case "article":
		var record int
		fmt.Sscan(v.Get("record"), &record)
		_, keys, e := db.InArticle(ctx, archive.Origin{File: v.Get("file"), Record: record})
		for _, key := range keys {
			if e == nil {
				_, e = db.Find(ctx, key)
			}
		}
		err = e
	case "stats":
		_, err = db.Stats(ctx, q, topStats)
	case "runs":
		_, err = db.Runs(ctx)
	default:
		err = fmt.Errorf("no view %s", path)
	}
	return err
}

func benchDB(b *testing.B) *store.DB {
	path := *benchArchive
	if path == "" {
		path = b.TempDir() + "/town.db"
		town(b, path)
	}
	db, err := store.OpenReadOnly(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// benchServer is a server that has made no page yet.
func benchServer(b *testing.B, db *store.DB, d *store.Digest) *httptest.Server {
	s, err := New(db, Options{Limit: 5 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	version, err := s.answers.watch.Version(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s.answers.moment = moment{digest: d, version: version}
	h := httptest.NewServer(s)
	h.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = clients
	b.Cleanup(func() { h.Close(); s.Close() })
	return h
}

func fetch(b *testing.B, c *http.Client, address string) {
	resp, err := c.Get(address)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err == nil && resp.StatusCode != 200 {
			err = fmt.Errorf("%s: %s", address, resp.Status)
		}
	}
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkLoad asks for every page of each view once, none of which was made
// before: 20 clients over loopback, who ask for the next as soon as they are
// answered. An operation is all pages of the view.
func BenchmarkLoad(b *testing.B) {
	db := benchDB(b)
	d, err := db.Digest(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	names, paths := views(b, d)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			var cpu time.Duration
			var slowest string
			for range b.N {
				b.StopTimer()
				d, err := db.Digest(b.Context()) // that has looked nothing up
				if err != nil {
					b.Fatal(err)
				}
				h := benchServer(b, db, d)
				times := make([]time.Duration, len(paths[name]))
				var next atomic.Int64
				var group sync.WaitGroup
				runtime.GC() // what making the digest left is none of the pages' work
				before := cpuTime(b)
				b.StartTimer()
				for range clients {
					group.Go(func() {
						for i := int(next.Add(1)) - 1; i < len(times); i = int(next.Add(1)) - 1 {
							began := time.Now()
							fetch(b, h.Client(), h.URL+paths[name][i])
							times[i] = time.Since(began)
						}
					})
				}
				group.Wait()
				cpu += cpuTime(b) - before
				slowest = paths[name][slices.Index(times, slices.Max(times))]
				took = append(took, times...)
			}
			slices.Sort(took)
			ms := func(t time.Duration) float64 { return float64(t.Microseconds()) / 1000 }
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
			b.ReportMetric(ms(took[len(took)-1]), "max-ms")
			b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "pages/s")
			b.ReportMetric(ms(cpu)/float64(len(took)), "cpu-ms/page")
			b.Logf("%d pages; slowest: %s", len(paths[name]), slowest)
		})
	}
}

// cpuTime is what this process has taken of the processors, the clients' part
// included: other programs on the machine do not change it.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFirst asks for pages one after the other, and SQL for what stands on
// them: the mean of both, and their ratio.
func BenchmarkFirst(b *testing.B) {
	db := benchDB(b)
	d, err := db.Digest(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	names, paths := views(b, d)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			list := paths[name][:min(len(paths[name]), 50)]
			var page, sql time.Duration
			for range b.N {
				d, err := db.Digest(b.Context()) // that has looked nothing up
				if err != nil {
					b.Fatal(err)
				}
				h := benchServer(b, db, d)
				for _, path := range list {
					if err := bare(b.Context(), db, path); err != nil { // into the cache of the system
						b.Fatal(path, err)
					}
					began := time.Now()
					if err := bare(b.Context(), db, path); err != nil {
						b.Fatal(path, err)
					}
					sql += time.Since(began)
					began = time.Now()
					fetch(b, h.Client(), h.URL+path)
					page += time.Since(began)
				}
			}
			n := float64(b.N * len(list))
			b.ReportMetric(float64(page.Microseconds())/1000/n, "page-ms")
			b.ReportMetric(float64(sql.Microseconds())/1000/n, "sql-ms")
			b.ReportMetric(float64(page)/float64(sql), "ratio")
		})
	}
}
