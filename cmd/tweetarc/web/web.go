// Package web makes web pages of an archive: on a server, for tweetarc serve, and as
// files, for tweetarc report. It also draws the figures of other commands (Plot, HeatMap).
//
//	s, err := web.New(db, web.Options{})
//	err = s.Serve(ctx, listener)
//
// In goes an open archive (package store), out come HTML, downloads, an Atom feed and SVG.
// web.go has the server and the list of its addresses. Each page has a file (search.go,
// tweet.go and so on) that makes its view; site.go has what they share. The templates make
// a page of the view. A report makes the same views (report.go), only with other links
// (links.go).
//
// An archive holds texts by strangers, so the pages trust nothing in it: texts are escaped
// (html/template), only http and https addresses become links, characters that change the
// direction of writing have no effect outside their element, and should all that fail, a
// content security policy allows only the files of this server. The pages load nothing
// from the internet, and work without scripts: these add keys, and clicks in the review.
//
// The server does not trust requests either: a page of another site, open in the same
// browser, can send some. It answers only to its own names (see ownHost), changes nothing
// on GET, and refuses what the browser marks as a part of another site's page. Only the
// review writes, see review.go.
package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// Options are the settings of a server.
type Options struct {
	Hosts  []string      // names that it answers to, beside localhost and IP addresses
	Limit  time.Duration // for one query; 0 is 20 seconds
	Log    *log.Logger   // for errors; nil is nowhere
	Review *store.DB     // the same archive, open for writing verdicts; nil: no review
}

// Server serves an archive. It is an http.Handler.
type Server struct {
	site
	opts   Options
	slots  chan struct{} // one for each page that is made at the same time: with more, all would be slower
	mux    *http.ServeMux
	review *reviewer // nil: no review
}

const defaultLimit = 20 * time.Second

// New makes the server of an archive. The caller closes first the server, then the archive.
func New(db *store.DB, opts Options) (*Server, error) {
	if opts.Limit == 0 {
		opts.Limit = defaultLimit
	}
	if opts.Log == nil {
		opts.Log = log.New(io.Discard, "", 0)
	}
	at := served
	at.review = opts.Review != nil
	site, err := newSite(db, &at)
	if err != nil {
		return nil, err
	}
	site.most = mostCounted
	if site.whole, err = newWhole(db); err != nil {
		return nil, err
	}
	s := &Server{site: *site, opts: opts, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), mux: http.NewServeMux()}
	routes := map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":             s.search,
		"GET /tweet/{key}":     s.tweet,
		"GET /author/{handle}": s.author,
		"GET /article":         s.article,
		"GET /outlet/{name}":   s.outlet,
		"GET /stats":           s.stats,
		"GET /runs":            s.runs,
		"GET /run/{key}":       s.run,
		"GET /csv":             s.download("csv"),
		"GET /excel":           s.download("excel"),
		"GET /jsonl":           s.download("jsonl"),
		"GET /feed.atom":       s.feed,
		"GET /counts.csv":      s.counts,
		"GET /counts.svg":      s.counts,
		"GET /static/{name}":   asset,
		"GET /":                func(http.ResponseWriter, *http.Request) error { return errNoPage },
	}
	if opts.Review != nil {
		s.review = newReviewer(opts.Review)
		routes["GET /review"], routes["POST /review"] = s.reviewPages, s.judge
	}
	for pattern, h := range routes {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	return s, nil
}

// Close ends what the server still counts in the background.
func (s *Server) Close() error { return s.whole.close() }

// Serve answers until ctx ends. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      s.opts.Limit + 20*time.Second, // a download sets it anew
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          s.opts.Log,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if h.Shutdown(last) != nil {
			h.Close()
		}
	})
	defer stop()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	switch {
	case !s.ownHost(r.Host):
		http.Error(w, "tweetarc serve does not answer to this name. To allow it, start tweetarc serve with --host NAME.", http.StatusMisdirectedRequest)
	case r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate":
		http.Error(w, "Other sites can link to this page, but not load it.", http.StatusForbidden)
	case len(r.URL.RawQuery) > maxAddress:
		s.fail(w, r, &pageError{http.StatusRequestURITooLong, "This address is too long", "A query can have at most 4,096 bytes."})
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// maxAddress is a query of 4 KB with every byte escaped, and some more.
const maxAddress = 16 << 10

// ownHost says whether a request names this server. The owner of evil.example can let that
// name resolve to 127.0.0.1, so that a page of evil.example may read the answers; but then
// the request names evil.example. IP addresses are safe: they are no names to resolve.
func (s *Server) ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	same := func(name string) bool { return strings.EqualFold(name, host) }
	return same("localhost") || slices.ContainsFunc(s.opts.Hosts, same)
}

// A pageError is an error as a page shows it.
type pageError struct {
	Status int
	Title  string
	Hint   string
}

func (e *pageError) Error() string { return e.Title }

var errNoPage = &pageError{http.StatusNotFound, "This page does not exist", "The address may be incomplete. Use the search to find a tweet."}

// fail answers with an error in words.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var shown *pageError
	var known *store.Error
	switch {
	case r.Context().Err() != nil:
		return // the reader has gone
	case errors.As(err, &shown):
	case errors.Is(err, store.ErrNotFound):
		shown = &pageError{http.StatusNotFound, "Not in this archive", "The archive may have changed since this address was made. Use the search to find a tweet."}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		shown = &pageError{http.StatusServiceUnavailable, "This took too long", fmt.Sprintf("The search was stopped after %v. It is faster with a rarer word, an author or a year.", s.opts.Limit)}
	case errors.As(err, &known):
		shown = &pageError{http.StatusInternalServerError, "The archive cannot be read", known.Error()}
	default:
		shown = &pageError{http.StatusInternalServerError, "This did not work", err.Error()}
	}
	if shown.Status == http.StatusInternalServerError {
		s.opts.Log.Printf("%s: %v", r.URL, err)
	}
	err = s.send(w, shown.Status, "error", errorView{page{Title: shown.Title}, shown.Status, shown.Hint})
	if err != nil {
		s.opts.Log.Printf("%s: %v", r.URL, err)
		http.Error(w, shown.Title, shown.Status)
	}
}

// send answers with a complete page or not at all.
func (s *Server) send(w http.ResponseWriter, status int, name string, view any) error {
	var b bytes.Buffer
	if err := s.render(&b, name, view); err != nil {
		return err
	}
	// An error of writing means that the reader has gone.
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
	return nil
}

// ask runs a question to the archive when it is the request's turn, up to the time limit.
func (s *Server) ask(r *http.Request, question func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(r.Context(), s.opts.Limit)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	err := question(ctx)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // SQLite has another error for it
	}
	return err
}

// page makes a page of the archive and sends it.
func (s *Server) page(w http.ResponseWriter, r *http.Request, name string, view func(context.Context) (any, error)) error {
	var v any
	err := s.ask(r, func(ctx context.Context) (err error) {
		v, err = view(ctx)
		return err
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if v, ok := v.(*resultsView); ok && v.Bad != nil {
		status = http.StatusBadRequest
	}
	return s.send(w, status, name, v)
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	if r.URL.RawQuery == "" {
		return s.home(w, r)
	}
	v := r.URL.Query()
	sort, _ := store.SortOf(v.Get("sort")) // an unknown one is the default
	in := search{Query: strings.TrimSpace(v.Get("q")), Sort: sort, Page: pageNumber(r)}
	if seed := v.Get("seed"); seed != "" {
		var err error
		if in.Seed, err = strconv.ParseInt(seed, 10, 64); err != nil {
			return &pageError{http.StatusBadRequest, "This is not a seed", "A seed is a whole number, for example 7."}
		}
	}
	return s.page(w, r, "search", func(ctx context.Context) (any, error) { return s.searchPage(ctx, in, perPage) })
}

// home answers with the page about the archive; for an empty one, with the search page.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	m, err := s.db.Match(r.Context(), nil, s.most)
	switch {
	case err != nil:
		return err
	case m.N == 0:
		return s.page(w, r, "search", func(ctx context.Context) (any, error) { return s.searchPage(ctx, search{}, perPage) })
	}
	return s.page(w, r, "home", func(ctx context.Context) (any, error) { return s.homePage(ctx, m) })
}

func (s *Server) outlet(w http.ResponseWriter, r *http.Request) error {
	return s.page(w, r, "outlet-page", func(ctx context.Context) (any, error) { return s.outletPage(ctx, r.PathValue("name"), pageNumber(r)) })
}

// pageNumber is the page of a list that is asked for, the first if it is not a number.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

func (s *Server) tweet(w http.ResponseWriter, r *http.Request) error {
	return s.page(w, r, "tweet", func(ctx context.Context) (any, error) {
		return s.tweetPage(ctx, keyOf(r.PathValue("key")), r.URL.Query().Get("superseded") == "1", pageNumber(r), perTweet)
	})
}

func (s *Server) author(w http.ResponseWriter, r *http.Request) error {
	handle := r.PathValue("handle")
	if !archive.IsHandle(handle) {
		return errNoPage
	}
	err := s.page(w, r, "author", func(ctx context.Context) (any, error) { return s.authorPage(ctx, handle, pageNumber(r)) })
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	// Perhaps all tweets of the author are superseded: the search shows them.
	q, e := store.ParseQuery("from:" + handle + " include:superseded")
	if e != nil {
		return e
	}
	n, e := s.db.Count(r.Context(), q)
	switch {
	case e != nil:
		return e
	case n == 0:
		return err
	}
	http.Redirect(w, r, s.links.found(q.String()), http.StatusFound)
	return nil
}

func (s *Server) article(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	record, err := strconv.Atoi(v.Get("record"))
	if err != nil {
		return errNoPage
	}
	o := archive.Origin{File: v.Get("file"), Record: record}
	return s.page(w, r, "article", func(ctx context.Context) (any, error) { return s.articlePage(ctx, o, pageNumber(r), perPlaces) })
}

func (s *Server) stats(w http.ResponseWriter, r *http.Request) error {
	if in := askedFor(r); in.by != "" {
		return s.page(w, r, "table", func(ctx context.Context) (any, error) { return s.tablePage(ctx, in) })
	}
	return s.page(w, r, "stats", func(ctx context.Context) (any, error) {
		return s.statsPage(ctx, strings.TrimSpace(r.URL.Query().Get("q")))
	})
}

// askedFor is the table of counts that is asked for.
func askedFor(r *http.Request) asked {
	v := r.URL.Query()
	by := slices.DeleteFunc(slices.Clone(v["by"]), func(name string) bool { return name == "" })
	return asked{strings.TrimSpace(v.Get("q")), strings.Join(by, ","), store.Measure(cmp.Or(v.Get("of"), string(store.OfEmbeds)))}
}

// counts answers with the table as a file: all of it as CSV, or what the page shows as a
// figure.
func (s *Server) counts(w http.ResponseWriter, r *http.Request) error {
	in, top, figure := askedFor(r), 0, strings.HasSuffix(r.URL.Path, ".svg")
	if figure {
		top = topRows
	}
	var c *store.Crosstab
	err := s.ask(r, func(ctx context.Context) (err error) {
		c, _, err = s.table(ctx, in, top)
		return err
	})
	if err != nil {
		return err
	}
	if figure {
		var b bytes.Buffer
		if err := HeatMap(&b, c, in.of); err != nil {
			return &pageError{http.StatusBadRequest, "This cannot be drawn", err.Error()}
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Content-Disposition", `attachment; filename="counts.svg"`)
		_, err := w.Write(b.Bytes())
		return err
	}
	w.Header().Set("Content-Type", formats["csv"].mime)
	w.Header().Set("Content-Disposition", `attachment; filename="counts.csv"`)
	out := store.NewCSV(&patient{http.NewResponseController(w), w}, c.Columns())
	for _, cell := range c.Cells {
		if err := out.Write(c.Row(cell)); err != nil {
			panic(http.ErrAbortHandler) // the reader has gone
		}
	}
	if out.Close() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *Server) runs(w http.ResponseWriter, r *http.Request) error {
	return s.page(w, r, "runs", func(ctx context.Context) (any, error) { return s.runsPage(ctx) })
}

func (s *Server) run(w http.ResponseWriter, r *http.Request) error {
	return s.page(w, r, "run", func(ctx context.Context) (any, error) { return s.runPage(ctx, r.PathValue("key"), pageNumber(r)) })
}

// formats are the downloads.
var formats = map[string]struct {
	file, mime string
	make       func(io.Writer, []store.Column) store.RowWriter
}{
	"csv":   {"tweets.csv", "text/csv; charset=utf-8", store.NewCSV},
	"excel": {"tweets-excel.csv", "text/csv; charset=utf-8", store.NewExcelCSV},
	"jsonl": {"tweets.jsonl", "application/jsonl; charset=utf-8", store.NewJSONL},
}

// download streams all tweets of the query.
func (s *Server) download(name string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, err := store.ParseQuery(strings.TrimSpace(r.URL.Query().Get("q")))
		if err != nil {
			return &pageError{http.StatusBadRequest, "This query cannot be understood", err.Error()}
		}
		f := formats[name]
		columns, err := s.db.Columns(r.Context(), store.Tweets)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", f.mime)
		w.Header().Set("Content-Disposition", `attachment; filename="`+f.file+`"`)
		if r.Method == http.MethodHead {
			return nil
		}
		out := f.make(&patient{http.NewResponseController(w), w}, columns)
		if _, err := s.db.Export(r.Context(), store.Tweets, q, out.Write); err != nil {
			if r.Context().Err() == nil {
				s.opts.Log.Printf("%s: %v", r.URL, err)
			}
			panic(http.ErrAbortHandler) // so that nobody takes what was sent for all of it
		}
		if out.Close() != nil {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// patient lets a long answer take its time, as long as somebody reads it.
type patient struct {
	control *http.ResponseController
	w       io.Writer
}

func (p *patient) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(30 * time.Second)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.w.Write(b)
}
