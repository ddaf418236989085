package web

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tweetarc/archive"
	"tweetarc/store"
)

// The archive of the benchmarks is one that those of package store make:
//
//	go test ./store -run '^$' -bench Export/tweets/csv -benchtime 1x -tweets 1000000 -archive /tmp/million.db
//	go test ./cmd/tweetarc/web -run '^$' -bench Load -benchtime 10000x -archive /tmp/million.db
var benchArchive = flag.String("archive", "", "benchmarks: the `archive` that is served, instead of the invented town")

// clients is how many ask at the same time.
const clients = 20

// views are paths of every kind, some hundred of them drawn from the archive.
func views(b *testing.B, db *store.DB) (names []string, paths map[string][]string, bare func(ctx context.Context, path string) error) {
	ctx := b.Context()
	paths = map[string][]string{"home": {"/"}, "stats": {"/stats"}, "runs": {"/runs"}}
	total, err := db.Count(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 41 {
		hits, err := db.Search(ctx, nil, store.Page{Sort: store.ByDate, Limit: 5, Offset: i * (total - 5) / 40})
		if err != nil {
			b.Fatal(err)
		}
		for _, h := range hits {
			words := strings.Fields(h.Text)
			var plain []string
			for _, w := range words {
				if !strings.ContainsAny(w, "/:()\"\x00") && len(w) > 3 && w[0] < 0x80 {
					plain = append(plain, w)
				}
			}
			if len(plain) < 3 {
				continue
			}
			q := func(s string) string { return "/?q=" + url.QueryEscape(s) }
			paths["search"] = append(paths["search"], q(plain[0]), q(plain[1]+" "+plain[2]), q(`"`+plain[0]+" "+plain[1]+`"`), q(plain[0]+" OR "+plain[2]), q("from:"+h.Handle))
			paths["narrowed"] = append(paths["narrowed"], q(plain[0]+" since:"+h.Date[:4]), q("from:"+h.Handle+" has:id"), q(fmt.Sprintf("since:%s until:%s", h.Date[:7], h.Date)))
			paths["sorted"] = append(paths["sorted"], q(plain[1])+"&sort=date", q(plain[1])+"&sort=sightings")
			paths["tweet"] = append(paths["tweet"], served.tweet(h.Key))
			paths["author"] = append(paths["author"], served.author(h.Handle))
			paths["article"] = append(paths["article"], served.article(archive.Origin{File: h.File, Record: h.Record}))
		}
		paths["far page"] = append(paths["far page"], fmt.Sprintf("/?page=%d", 1+(total/perPage)*i/40))
	}
	// bare is what of a page is the archive's alone.
	bare = func(ctx context.Context, path string) error {
		u, err := url.Parse(path)
		if err != nil {
			return err
		}
		first, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		switch first {
		case "":
			v := u.Query()
			q, err := store.ParseQuery(v.Get("q"))
			if err != nil {
				return err
			}
			var page int
			fmt.Sscan(v.Get("page"), &page)
			if _, err := db.Count(ctx, q); err != nil {
				return err
			}
			if _, err := db.Search(ctx, q, store.Page{Sort: store.Sort(v.Get("sort")), Limit: perPage, Offset: max(0, page-1) * perPage}); err != nil {
				return err
			}
			_, err = db.Matches(ctx, q)
			return err
		case "tweet":
			if _, err := db.Find(ctx, keyOf(rest)); err != nil {
				return err
			}
			if _, err := db.Lookups(ctx, keyOf(rest)); err != nil {
				return err
			}
			_, err := db.Places(ctx, keyOf(rest), perPlaces, 0)
			return err
		case "author":
			if _, err := db.Author(ctx, rest, topFacets); err != nil {
				return err
			}
			_, err := db.ArticlesOf(ctx, rest, perPage, 0)
			return err
		case "article":
			var record int
			fmt.Sscan(u.Query().Get("record"), &record)
			_, keys, err := db.InArticle(ctx, archive.Origin{File: u.Query().Get("file"), Record: record})
			for _, key := range keys {
				if err == nil {
					_, err = db.Find(ctx, key)
				}
			}
			return err
		case "stats":
			_, err := db.Stats(ctx, nil, topStats)
			return err
		case "runs":
			_, err := db.Runs(ctx)
			return err
		}
		return fmt.Errorf("no view %s", path)
	}
	for name, list := range paths {
		names = append(names, name)
		paths[name] = list[:min(len(list), 200)]
	}
	slices.Sort(names)
	return names, paths, bare
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

func benchServer(b *testing.B, db *store.DB) *httptest.Server {
	s, err := New(db, Options{Limit: 5 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	s.Warm(b.Context())
	h := httptest.NewServer(s)
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

// BenchmarkLoad measures each view, and a mix of all, asked for by 20 clients
// at once over loopback, who ask again as soon as they are answered.
func BenchmarkLoad(b *testing.B) {
	db := benchDB(b)
	names, paths, _ := views(b, db)
	h := benchServer(b, db)
	h.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = clients
	var mix []string
	for _, name := range names {
		mix = append(mix, paths[name][:min(len(paths[name]), 60)]...)
	}
	paths["mix"] = mix
	for _, name := range append(names, "mix") {
		b.Run(name, func(b *testing.B) {
			took := make([]time.Duration, b.N)
			var next atomic.Int64
			var group sync.WaitGroup
			b.ResetTimer()
			for range clients {
				group.Go(func() {
					for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
						began := time.Now()
						fetch(b, h.Client(), h.URL+paths[name][i*7919%len(paths[name])])
						took[i] = time.Since(began)
					}
				})
			}
			group.Wait()
			b.StopTimer()
			slices.Sort(took)
			ms := func(p int) float64 { return float64(took[len(took)*p/100].Microseconds()) / 1000 }
			b.ReportMetric(ms(50), "p50-ms")
			b.ReportMetric(ms(95), "p95-ms")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}

// BenchmarkFirst asks for each page once, alone, so that nothing is known of it
// yet, and for what it takes from the archive: their ratio is the page's share.
func BenchmarkFirst(b *testing.B) {
	db := benchDB(b)
	names, paths, bare := views(b, db)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			list := slices.Compact(slices.Sorted(slices.Values(paths[name])))
			list = list[:min(len(list), 60)]
			for range b.N {
				for _, path := range list { // into the cache of the system
					if err := bare(b.Context(), path); err != nil {
						b.Fatal(path, err)
					}
				}
				h := benchServer(b, db)
				var page, sql time.Duration
				for _, path := range list {
					began := time.Now()
					fetch(b, h.Client(), h.URL+path)
					page += time.Since(began)
					began = time.Now()
					if err := bare(b.Context(), path); err != nil {
						b.Fatal(path, err)
					}
					sql += time.Since(began)
				}
				n := float64(len(list))
				b.ReportMetric(float64(page.Microseconds())/1000/n, "page-ms")
				b.ReportMetric(float64(sql.Microseconds())/1000/n, "sql-ms")
				b.ReportMetric(float64(page)/float64(sql), "ratio")
			}
		})
	}
}
