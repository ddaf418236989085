// Package web is the page behind tweetarc serve, and the same pages as files
// behind tweetarc report.
//
//	s, err := web.New(db, web.Options{})
//	err = s.Serve(ctx, listener)
//
// An archive is made of what strangers wrote, so the page trusts nothing in it:
// texts are text (html/template), addresses are links only where they are http
// or https, writing that turns round stays inside its element, and a policy
// (CSP) forbids scripts, frames and whatever does not come from this server,
// should all that fail. Nothing is loaded from the net. There is no script.
//
// Nor does it trust who asks: another page in the same browser can send
// requests here. They are answered only under names that are ours (see
// ownHost), only GET and HEAD, and not where the browser says that another
// site's page wants the answer for a part of itself.
package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tweetarc/archive"
	"tweetarc/store"
)

// Options are what a server may be told.
type Options struct {
	Hosts []string      // names beside localhost and IP addresses under which it is asked for
	Limit time.Duration // for one question to the archive; 0 is 20 seconds
	Log   *log.Logger   // where it tells of its own faults; nil is nowhere
}

// Server serves an archive. It is an http.Handler.
type Server struct {
	site
	opts Options
	mux  *http.ServeMux
}

const defaultLimit = 20 * time.Second

// New makes the server of an archive, which stays the caller's to close, behind
// the server.
func New(db *store.DB, opts Options) (*Server, error) {
	if opts.Limit == 0 {
		opts.Limit = defaultLimit
	}
	if opts.Log == nil {
		opts.Log = log.New(io.Discard, "", 0)
	}
	site, err := newSite(db, &served, opts.Limit)
	if err != nil {
		return nil, err
	}
	s := &Server{site: *site, opts: opts, mux: http.NewServeMux()}
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":             s.search,
		"GET /tweet/{key}":     s.tweet,
		"GET /author/{handle}": s.author,
		"GET /article":         s.article,
		"GET /stats":           s.stats,
		"GET /runs":            s.runs,
		"GET /run/{key}":       s.run,
		"GET /csv":             s.download("csv"),
		"GET /excel":           s.download("excel"),
		"GET /jsonl":           s.download("jsonl"),
		"GET /static/{name}":   asset,
		"GET /":                func(http.ResponseWriter, *http.Request) error { return errNoPage },
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	return s, nil
}

// Warm counts what the first pages show, so that of a large archive nobody waits
// for it. What fails here is asked again by the pages.
func (s *Server) Warm(ctx context.Context) {
	all, err := store.ParseQuery("")
	if err == nil {
		_, err = s.aside(ctx, all)
	}
	if err == nil {
		_, err = s.page(ctx, "", true, "stats", func(ctx context.Context) (any, error) { return s.statsPage(ctx, "") })
	}
	if err != nil && ctx.Err() == nil {
		s.opts.Log.Printf("counting ahead: %v", err)
	}
}

// Serve answers until ctx ends. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      s.opts.Limit + 20*time.Second, // a download moves it on
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

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

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
		http.Error(w, "This is no address of tweetarc serve. Another name can be allowed with --host.", http.StatusMisdirectedRequest)
	case r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate":
		http.Error(w, "Other sites may link to this page, but not load it.", http.StatusForbidden)
	case len(r.URL.RawQuery) > maxAddress:
		s.fail(w, r, &pageError{http.StatusRequestURITooLong, "This address is too long", "A query has at most 4,096 bytes."})
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// maxAddress is a query of 4 KB with every byte escaped, and some more.
const maxAddress = 16 << 10

// ownHost tells whether a request names this server. A page of evil.example can
// have its name resolve to 127.0.0.1 and then read what is answered, as its
// own; but then it asks for evil.example. Addresses without a name are safe:
// nobody else owns them.
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

// A pageError is an error as the page shows it.
type pageError struct {
	Status int
	Title  string
	Hint   string
}

func (e *pageError) Error() string { return e.Title }

var errNoPage = &pageError{http.StatusNotFound, "There is no such page", "The address may be cut short. The search finds every tweet of the archive."}

// fail answers with an error in words.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var shown *pageError
	var known *store.Error
	switch {
	case r.Context().Err() != nil:
		return // nobody listens
	case errors.As(err, &shown):
	case errors.Is(err, store.ErrNotFound):
		shown = &pageError{http.StatusNotFound, "Not in this archive", "It may have been under another address, or the archive was made anew. The search finds every tweet."}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		shown = &pageError{http.StatusServiceUnavailable, "This takes too long", fmt.Sprintf("The search was broken off after %v. A query with rarer words, an author or a year is quicker.", s.opts.Limit)}
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

// send answers with a page, whole or not at all.
func (s *Server) send(w http.ResponseWriter, status int, name string, view any) error {
	var b bytes.Buffer
	if err := s.render(&b, name, view); err != nil {
		return err
	}
	s.write(w, &made{status: status, html: b.Bytes()})
	return nil
}

// write sends a page or its first part. Should the reader have gone, that is
// his affair.
func (s *Server) write(w http.ResponseWriter, p *made) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(p.status)
	w.Write(p.html)
}

// page is a page that was made before, or is made now.
func (s *Server) page(ctx context.Context, key string, dear bool, name string, view func(context.Context) (any, error)) (*made, error) {
	return ask(ctx, s.answers, name+" "+key, dear, func(ctx context.Context) (*made, error) {
		v, err := view(ctx)
		if err != nil {
			return nil, err
		}
		p := &made{status: http.StatusOK}
		if r, ok := v.(*resultsView); ok {
			if r.Bad != nil {
				p.status = http.StatusBadRequest
			} else if r.Total > 0 {
				p.query = r.query
			}
		}
		var b bytes.Buffer
		err = s.render(&b, name, v)
		p.html = b.Bytes()
		return p, err
	})
}

// search sends the results as soon as they are there; the timeline and facets,
// which have to look at all of them, follow in the same answer.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	in := search{strings.TrimSpace(v.Get("q")), store.Sort(v.Get("sort")), pageNumber(r)}
	key := fmt.Sprintf("%s %d %s", in.Sort, in.Page, in.Query)
	p, err := s.page(r.Context(), key, false, "search", func(ctx context.Context) (any, error) { return s.results(ctx, in, perPage) })
	if err != nil {
		return err
	}
	s.write(w, p)
	if p.status != http.StatusOK || r.Method == http.MethodHead {
		return nil
	}
	if p.query != nil {
		http.NewResponseController(w).Flush() // where that is not possible it comes as a whole
		aside, err := s.aside(r.Context(), p.query)
		if err != nil && r.Context().Err() == nil {
			s.opts.Log.Printf("%s: %v", r.URL, err)
			s.render(w, "aside", &asideView{Failed: true})
		} else if err == nil {
			w.Write(aside.html)
		}
	}
	return s.render(w, "search-end", nil)
}

func (s *Server) aside(ctx context.Context, q *store.Query) (*made, error) {
	return s.page(ctx, q.String(), true, "aside", func(ctx context.Context) (any, error) { return s.site.aside(ctx, q) })
}

// pageNumber is which page of a list is asked for; what is none is the first.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

// serve sends a page of the archive.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, key string, dear bool, name string, view func(context.Context) (any, error)) error {
	p, err := s.page(r.Context(), key, dear, name, view)
	if err == nil {
		s.write(w, p)
	}
	return err
}

func (s *Server) tweet(w http.ResponseWriter, r *http.Request) error {
	key, n := keyOf(r.PathValue("key")), pageNumber(r)
	return s.serve(w, r, fmt.Sprint(n, " ", key), false, "tweet", func(ctx context.Context) (any, error) { return s.tweetPage(ctx, key, n, perPlaces) })
}

func (s *Server) author(w http.ResponseWriter, r *http.Request) error {
	handle, n := r.PathValue("handle"), pageNumber(r)
	if !archive.IsHandle(handle) {
		return errNoPage
	}
	return s.serve(w, r, fmt.Sprint(n, " ", handle), true, "author", func(ctx context.Context) (any, error) { return s.authorPage(ctx, handle, n) })
}

func (s *Server) article(w http.ResponseWriter, r *http.Request) error {
	v, n := r.URL.Query(), pageNumber(r)
	record, err := strconv.Atoi(v.Get("record"))
	if err != nil {
		return errNoPage
	}
	o := archive.Origin{File: v.Get("file"), Record: record}
	return s.serve(w, r, fmt.Sprint(n, " ", o), false, "article", func(ctx context.Context) (any, error) { return s.articlePage(ctx, o, n, perPlaces) })
}

func (s *Server) stats(w http.ResponseWriter, r *http.Request) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	return s.serve(w, r, q, true, "stats", func(ctx context.Context) (any, error) { return s.statsPage(ctx, q) })
}

func (s *Server) runs(w http.ResponseWriter, r *http.Request) error {
	return s.serve(w, r, "", false, "runs", func(ctx context.Context) (any, error) { return s.runsPage(ctx) })
}

func (s *Server) run(w http.ResponseWriter, r *http.Request) error {
	key, n := r.PathValue("key"), pageNumber(r)
	return s.serve(w, r, fmt.Sprint(n, " ", key), false, "run", func(ctx context.Context) (any, error) { return s.runPage(ctx, key, n) })
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
		w.Header().Set("Content-Type", f.mime)
		w.Header().Set("Content-Disposition", `attachment; filename="`+f.file+`"`)
		if r.Method == http.MethodHead {
			return nil
		}
		out := f.make(&patient{http.NewResponseController(w), w}, store.TweetColumns)
		if _, err := s.db.Export(r.Context(), store.Tweets, q, out.Write); err != nil {
			if r.Context().Err() == nil {
				s.opts.Log.Printf("%s: %v", r.URL, err)
			}
			panic(http.ErrAbortHandler) // so that what was sent is not taken for all
		}
		if out.Close() != nil {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// patient gives the reader of a long answer time as long as it reads.
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
