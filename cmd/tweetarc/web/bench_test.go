package web

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// The archive of the benchmarks is one that those of package store make:
//
//	go test ./store -run '^$' -bench Export/tweets/csv -benchtime 1x -tweets 1000000 -archive /tmp/million.db
//	go test ./cmd/tweetarc/web -run '^$' -bench FirstLook -benchtime 1x -archive /tmp/million.db
var (
	benchArchive = flag.String("archive", "", "benchmarks: the `archive` that is served, instead of the invented town")
	benchPages   = flag.Int("pages", 500, "benchmarks: `pages` of each view")
)

// views are addresses of every kind, all different, drawn from the archive:
// words as often as they stand in tweets, authors as often as they tweet.
func views(b *testing.B, db *store.DB) (names []string, paths map[string][]string) {
	all, err := db.Match(b.Context(), nil, mostCounted)
	if err != nil {
		b.Fatal(err)
	}
	stats, err := all.Stats(b.Context(), 200)
	if err != nil {
		b.Fatal(err)
	}
	sites := stats.TopOutlets
	paths = map[string][]string{"runs": {"/runs"}}
	known := map[string]bool{}
	add := func(view, path string) {
		if !known[path] && len(paths[view]) < *benchPages {
			known[path] = true
			paths[view] = append(paths[view], path)
		}
	}
	query := func(s string) string { return "/?q=" + url.QueryEscape(s) }
	total := all.N
	per := max(1, min(*benchPages, total/2))
	for i := range per {
		for _, sort := range []store.Sort{store.ByDate, store.ByEmbeds} {
			add("list, any page", fmt.Sprintf("/?page=%d&sort=%s", 1+i*(total/perPage)/per, sort))
		}
		hits, err := all.Search(b.Context(), store.Page{Sort: store.ByDate, Limit: 2, Offset: i * (total - 2) / per})
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
			add("site and year", query("outlet:"+sites[len(known)%len(sites)].Name+" since:"+h.Date[:4]+" until:"+h.Date[:7]))
			add("form and word", query("form:text "+w[2]))
			add("not a word", query("-"+w[0]))
			add("broad, by day", query("since:"+h.Date[:4]))
			add("form", query("form:"+string(store.Forms[i%5])))
			add("site", query("outlet:"+sites[i%len(sites)].Name))
			add("seen often", query(fmt.Sprintf("min_embeds:%d", 2+i%5)))
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
	return names, paths
}

// BenchmarkFirstLook asks for pages of each view, none of which was asked for before,
// one after the other, over loopback. An operation is all pages of the view.
func BenchmarkFirstLook(b *testing.B) {
	path := *benchArchive
	if path == "" {
		path = b.TempDir() + "/town.db"
		town(b, path)
	}
	db, err := store.OpenReadOnly(path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	names, paths := views(b, db)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			s, err := New(db, Options{Limit: 5 * time.Minute})
			if err != nil {
				b.Fatal(err)
			}
			h := httptest.NewServer(s)
			defer func() { h.Close(); s.Close() }()
			var took []time.Duration
			var slowest string
			before := cpuTime(b)
			for range b.N {
				for _, path := range paths[name] {
					began := time.Now()
					fetch(b, h.Client(), h.URL+path)
					if took = append(took, time.Since(began)); slices.Max(took) == took[len(took)-1] {
						slowest = path
					}
				}
			}
			cpu := cpuTime(b) - before
			slices.Sort(took)
			ms := func(t time.Duration) float64 { return float64(t.Microseconds()) / 1000 }
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
			b.ReportMetric(ms(took[len(took)-1]), "max-ms")
			b.ReportMetric(ms(cpu)/float64(len(took)), "cpu-ms/page")
			b.Logf("%d pages; slowest: %s", len(took), slowest)
		})
	}
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

// cpuTime is what this process has taken of the processors, the asking included:
// other programs on the machine do not change it.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
