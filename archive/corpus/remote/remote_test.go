package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestIs(t *testing.T) {
	for path, want := range map[string]bool{
		"http://a.example/x": true, "HTTPS://a.example/x": true, "s3://bucket/key": true,
		"a.warc.gz": false, "dir/http:/x": false, "ftp://a.example/x": false, "": false, "://": false,
	} {
		if Is(path) != want {
			t.Errorf("Is(%q) = %v", path, !want)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct{ name, want, err string }{
		{"https://a.example/x?y=1#z", "https://a.example/x?y=1", ""},
		{"s3://commoncrawl/crawl-data/CC-NEWS/2018/03/a.warc.gz", "https://data.commoncrawl.org/crawl-data/CC-NEWS/2018/03/a.warc.gz", ""},
		{"S3://open-news/a b?c#d%.gz", "https://open-news.s3.amazonaws.com/a%20b%3Fc%23d%25.gz", ""},
		{"s3://news.example/a", "https://s3.amazonaws.com/news.example/a", ""},
		{"s3:///a", "", "not the name of an S3 bucket"},
		{"s3://u@host/a", "", "not the name of an S3 bucket"},
		{"https://me:secret@a.example/x?token=secret#y", "https://me:secret@a.example/x?token=secret", ""},
		{"https://me:sec/ret@a.example/x", "", "not a valid URL"},
		{"ftp://a.example/x", "", "only http, https and s3 can be read"},
		{"https:///x", "", "the URL has no host"},
		{"https://a.example/%zz", "", `invalid URL escape "%zz"`},
		{"https://a.example/%zz?key=secret", "", "not a valid URL"},
	} {
		got, err := addressOf(tt.name)
		if got != tt.want || tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
			t.Errorf("addressOf(%q) = %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// content is the file that the servers have.
var content = func() string {
	var b strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&b, "line %d of an invented file\n", i)
	}
	return b.String()
}()

var modified = time.Date(2018, 3, 22, 10, 0, 0, 0, time.UTC)

// fault answers the nth request, from 0. If it is not done, an honest server answers.
type fault func(n int, w http.ResponseWriter, r *http.Request) (done bool)

func serve(t *testing.T, f fault) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(requests.Add(1)) - 1
		if f(n, w, r) {
			return
		}
		w.Header().Set("ETag", `"one"`)
		http.ServeContent(w, r, "", modified, strings.NewReader(content))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/news.txt", requests
}

// part begins an honest answer, but writes only n bytes of it.
func part(w http.ResponseWriter, r *http.Request, n int) {
	at := 0
	if s, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		at, _ = strconv.Atoi(strings.TrimSuffix(s, "-"))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, len(content)-1, len(content)))
	}
	w.Header().Set("ETag", `"one"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)-at))
	if at > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	io.WriteString(w, content[at:min(at+n, len(content))])
	w.(http.Flusher).Flush()
}

func status(code int) fault {
	return func(n int, w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(code)
		return true
	}
}

// after answers the first request with n bytes and cuts the connection. Then answers all
// later requests.
func after(n int, then fault) fault {
	return func(i int, w http.ResponseWriter, r *http.Request) bool {
		if i == 0 {
			part(w, r, n)
			panic(http.ErrAbortHandler)
		}
		return then(i, w, r)
	}
}

// times answers the first n requests with a fault, and all later ones honestly.
func times(n int, f fault) fault {
	return func(i int, w http.ResponseWriter, r *http.Request) bool { return i < n && f(i, w, r) }
}

func honest(int, http.ResponseWriter, *http.Request) bool { return false }

func cut(int, http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

func silent(_ int, _ http.ResponseWriter, r *http.Request) bool {
	<-r.Context().Done()
	return true
}

// ranged answers a request for a range with the given header and the bytes of the file
// from first on to last; other requests honestly.
func ranged(header string, first, last int) fault {
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Range") == "" {
			return false
		}
		w.Header().Set("Content-Range", header)
		w.WriteHeader(http.StatusPartialContent)
		io.WriteString(w, content[first:last])
		return true
	}
}

// shortRange answers with less than was asked for, and says so.
func shortRange(n int, w http.ResponseWriter, r *http.Request) bool {
	at, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-"))
	end := min(at+40000, len(content))
	return ranged(fmt.Sprintf("bytes %d-%d/%d", at, end-1, len(content)), at, end)(n, w, r)
}

// other answers with another file: its tag, its time and its content.
func other(etag string, at time.Time, content string) fault {
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "", at, strings.NewReader(content))
		return true
	}
}

// unsized sends n bytes of the file without its length, and then cuts the connection if
// that is not all.
func unsized(n int) fault {
	return func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.(http.Flusher).Flush()
		io.WriteString(w, content[:n])
		w.(http.Flusher).Flush()
		if n < len(content) {
			panic(http.ErrAbortHandler)
		}
		return true
	}
}

var readTests = []struct {
	name     string
	fault    fault
	err      string // of Open or of reading
	requests int    // how many it takes
}{
	{"honest", honest, "", 1},
	{"busy twice", times(2, status(http.StatusServiceUnavailable)), "", 3},
	{"busy for good", status(http.StatusServiceUnavailable), "503 Service Unavailable (tried 4 times)", 4},
	{"too many requests", times(1, status(http.StatusTooManyRequests)), "", 2},
	{"not there", status(http.StatusNotFound), "404 Not Found", 1},
	{"forbidden", status(http.StatusForbidden), "403 Forbidden", 1},
	{"cut again and again", times(9, func(_ int, w http.ResponseWriter, r *http.Request) bool {
		part(w, r, 9999)
		panic(http.ErrAbortHandler)
	}), "", 10},
	{"cut before the first byte", times(1, cut), "", 2},
	{"cut for good", after(9999, cut), "connection cut (tried 4 times)", 4},
	{"busy in the middle", after(50000, times(3, status(http.StatusBadGateway))), "", 4},
	{"silent", times(1, func(n int, w http.ResponseWriter, r *http.Request) bool {
		part(w, r, 9999)
		return silent(n, w, r)
	}), "", 2},
	{"silent for good", silent, "the server does not answer (tried 4 times)", 4},
	{"no ranges", after(30000, func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("Range")
		return false
	}), "", 2},
	{"wrong range", after(30000, ranged(fmt.Sprintf("bytes %d-%d/%d", 29000, len(content)-1, len(content)), 29000, len(content))), "", 3},
	{"a range of nothing", after(30000, ranged("bytes ???", 0, 0)), "", 3},
	{"short range", after(30000, shortRange), "", 4},
	{"changed", after(30000, other(`"two"`, modified.Add(time.Hour), content)), "changed while it was read; run the command again", 2},
	{"shorter than before", after(30000, other("", modified, content[:100])), "changed while it was read; run the command again", 2},
	{"length unknown", unsized(len(content)), "", 1},
	{"length unknown, cut", func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n == 0 {
			return unsized(20000)(n, w, r)
		}
		return unsized(len(content))(n, w, r)
	}, "", 2},
	{"ranges would not fit a compressed answer", func(n int, w http.ResponseWriter, r *http.Request) bool {
		return r.Header.Get("Accept-Encoding") != "" && status(http.StatusNotAcceptable)(n, w, r)
	}, "", 1},
}

func TestRead(t *testing.T) {
	for _, tt := range readTests {
		t.Run(tt.name, func(t *testing.T) {
			url, requests := serve(t, tt.fault)
			c := Client{Tries: 4, Wait: time.Millisecond, Stall: 100 * time.Millisecond}
			var got []byte
			in, err := c.Open(t.Context(), url)
			if err == nil {
				defer in.Close()
				got, err = io.ReadAll(in)
			}
			switch {
			case tt.err == "" && err != nil, tt.err != "" && (err == nil || err.Error() != tt.err):
				t.Errorf("error %v, want %q", err, tt.err)
			case tt.err == "" && string(got) != content:
				t.Errorf("read %d bytes that are not the %d of the file", len(got), len(content))
			case !strings.HasPrefix(content, string(got)):
				t.Error("bytes before the error are not those of the file")
			}
			if n := int(requests.Load()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
		})
	}
}

func TestInput(t *testing.T) {
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) bool {
		if a := r.Header.Get("User-Agent"); a != "tweetarc/test" {
			t.Errorf("User-Agent %q", a)
		}
		return false
	})
	c := Client{Agent: "tweetarc/test"}
	in, err := c.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if in.Size != int64(len(content)) || !in.ModTime.Equal(modified) || in.ETag != `"one"` {
		t.Errorf("size %d, modified %v, etag %s", in.Size, in.ModTime, in.ETag)
	}
}

// A reader may be slow, even if a server may not be silent for so long.
func TestReaderMayWait(t *testing.T) {
	url, requests := serve(t, func(n int, w http.ResponseWriter, r *http.Request) bool { return false })
	c := Client{Tries: 1, Stall: 30 * time.Millisecond}
	in, err := c.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	first := make([]byte, 10)
	if _, err := io.ReadFull(in, first); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	rest, err := io.ReadAll(in)
	if err != nil || string(first)+string(rest) != content || requests.Load() != 1 {
		t.Errorf("%d bytes, %v, %d requests", len(rest), err, requests.Load())
	}
}

func TestCancel(t *testing.T) {
	why := errors.New("enough")
	url, _ := serve(t, status(http.StatusServiceUnavailable))
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	c := Client{Wait: time.Hour, MaxWait: time.Hour}
	if _, err := c.Open(ctx, url); err != why {
		t.Errorf("Open: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n == 0 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	c := Client{Wait: time.Millisecond}
	began := time.Now()
	in, err := c.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	if took := time.Since(began); took < time.Second {
		t.Errorf("asked again after %v", took)
	}
}

func TestContentRange(t *testing.T) {
	for s, want := range map[string][3]any{
		"bytes 5-9/10":  {int64(5), int64(10), true},
		"bytes 5-9/*":   {int64(5), int64(-1), true},
		"bytes */10":    {int64(0), int64(0), false},
		"bytes x-9/10":  {int64(0), int64(0), false},
		"items 5-9/10":  {int64(0), int64(0), false},
		"":              {int64(0), int64(0), false},
		"bytes 5-9":     {int64(0), int64(0), false},
		"bytes 5-9/ten": {int64(5), int64(0), false},
	} {
		first, total, ok := contentRange(s)
		if ok != want[2] || ok && (first != want[0] || total != want[1]) {
			t.Errorf("contentRange(%q) = %d, %d, %v", s, first, total, ok)
		}
	}
}

// The secrets of a URL go to its server, but not to another one and not into an error.
func TestSecrets(t *testing.T) {
	const signed = "?X-Amz-Signature=MADEUP&page=1"
	var elsewhere []http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere = append(elsewhere, r.Header)
		io.WriteString(w, "text")
	}))
	defer other.Close()
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ada" || password != "MADEUP" {
			t.Errorf("%s: user %q, password %q", r.URL, user, password)
		}
		if r.URL.Query().Get("X-Amz-Signature") != "MADEUP" {
			t.Errorf("asked for %s without its signature", r.URL)
		}
		if r.Header.Get("Referer") != "" {
			t.Errorf("%s comes from %s", r.URL, r.Header.Get("Referer"))
		}
		switch r.URL.Path {
		case "/other":
			http.Redirect(w, r, other.URL+"/"+signed, http.StatusFound)
		case "/same":
			w.Header().Set("Location", "/x"+signed)
			w.WriteHeader(http.StatusFound)
		case "/broken":
			w.Header().Set("Location", "https://ada:MADEUP@a.example:x/%zz?token=MADEUP")
			w.WriteHeader(http.StatusFound)
		case "/loop":
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		case "/dead":
			http.Redirect(w, r, "http://127.0.0.1:1/"+signed, http.StatusFound)
		case "/ftp":
			http.Redirect(w, r, "ftp://ada:MADEUP@a.example/"+signed, http.StatusFound)
		case "/gone":
			http.NotFound(w, r)
		default:
			io.WriteString(w, "text")
		}
	}))
	defer first.Close()
	base := strings.Replace(first.URL, "http://", "http://ada:MADEUP@", 1)
	for path, want := range map[string]string{
		"/x": "", "/other": "", "/same": "", "/broken": "the server redirects to an invalid URL", "/loop": "the server redirects too often",
		"/dead": "dial tcp 127.0.0.1:1: connect: connection refused", "/ftp": `unsupported protocol scheme "ftp"`, "/gone": "404 Not Found",
	} {
		c := Client{Tries: 1}
		in, err := c.Open(t.Context(), base+path+signed)
		if err == nil {
			b, readErr := io.ReadAll(in)
			if in.Close(); string(b) != "text" || readErr != nil || want != "" {
				t.Errorf("%s: %q, %v", path, b, readErr)
			}
		} else if err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if len(elsewhere) != 1 {
		t.Fatalf("the other server was asked %d times", len(elsewhere))
	}
	for _, name := range []string{"Referer", "Authorization", "Cookie"} {
		if v := elsewhere[0].Get(name); v != "" {
			t.Errorf("the other server was told %s: %s", name, v)
		}
	}
}
