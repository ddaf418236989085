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
		{"https:///x", "", "URL without a host"},
		{"https://a.example/%zz", "", `invalid URL escape "%zz"`},
		{"https://a.example/%zz?key=secret", "", "not a valid URL"},
	} {
		got, err := addressOf(tt.name)
		if got != tt.want || tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
			t.Errorf("addressOf(%q) = %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// content is what the servers of the tests hold.
var content = func() string {
	var b strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&b, "line %d of an invented file\n", i)
	}
	return b.String()
}()

var modified = time.Date(2018, 3, 22, 10, 0, 0, 0, time.UTC)

// fault is one answer of a server, to the nth request, from 0. What it does not
// write itself the true server does.
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

// part begins an honest answer, writes n bytes of it, and leaves the rest out.
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

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fault    fault
		err      string // of Open or of reading
		requests int    // how many it takes
	}{
		{"honest", func(int, http.ResponseWriter, *http.Request) bool { return false }, "", 1},
		{"busy twice", func(n int, w http.ResponseWriter, r *http.Request) bool {
			return n < 2 && status(http.StatusServiceUnavailable)(n, w, r)
		}, "", 3},
		{"busy for good", status(http.StatusServiceUnavailable), "503 Service Unavailable (asked 4 times)", 4},
		{"too many requests", func(n int, w http.ResponseWriter, r *http.Request) bool {
			return n < 1 && status(http.StatusTooManyRequests)(n, w, r)
		}, "", 2},
		{"not there", status(http.StatusNotFound), "404 Not Found", 1},
		{"forbidden", status(http.StatusForbidden), "403 Forbidden", 1},
		{"cut again and again", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n >= 9 {
				return false
			}
			part(w, r, 9999)
			panic(http.ErrAbortHandler)
		}, "", 10},
		{"cut before the first byte", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n > 0 {
				return false
			}
			panic(http.ErrAbortHandler)
		}, "", 2},
		{"cut for good", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				part(w, r, 9999)
			}
			panic(http.ErrAbortHandler)
		}, "connection cut (asked 4 times)", 4},
		{"busy in the middle", func(n int, w http.ResponseWriter, r *http.Request) bool {
			switch n {
			case 0:
				part(w, r, 50000)
				panic(http.ErrAbortHandler)
			case 1, 2:
				return status(http.StatusBadGateway)(n, w, r)
			}
			return false
		}, "", 4},
		{"silent", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n > 0 {
				return false
			}
			part(w, r, 9999)
			<-r.Context().Done()
			return true
		}, "", 2},
		{"silent for good", func(n int, w http.ResponseWriter, r *http.Request) bool {
			<-r.Context().Done()
			return true
		}, "no answer (asked 4 times)", 4},
		{"knows no ranges", func(n int, w http.ResponseWriter, r *http.Request) bool {
			r.Header.Del("Range")
			if n > 0 {
				return false
			}
			part(w, r, 30000)
			panic(http.ErrAbortHandler)
		}, "", 2},
		{"wrong range", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				part(w, r, 30000)
				panic(http.ErrAbortHandler)
			}
			if r.Header.Get("Range") == "" {
				return false
			}
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", 29000, len(content)-1, len(content)))
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, content[29000:])
			return true
		}, "", 3},
		{"a range of nothing", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				part(w, r, 30000)
				panic(http.ErrAbortHandler)
			}
			if r.Header.Get("Range") == "" {
				return false
			}
			w.Header().Set("Content-Range", "bytes ???")
			w.WriteHeader(http.StatusPartialContent)
			return true
		}, "", 3},
		{"short range", func(n int, w http.ResponseWriter, r *http.Request) bool { // that says so
			if n == 0 {
				part(w, r, 30000)
				panic(http.ErrAbortHandler)
			}
			s := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
			at, _ := strconv.Atoi(s)
			end := min(at+40000, len(content))
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, end-1, len(content)))
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, content[at:end])
			return true
		}, "", 4},
		{"changed", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				part(w, r, 30000)
				panic(http.ErrAbortHandler)
			}
			w.Header().Set("ETag", `"two"`)
			http.ServeContent(w, r, "", modified.Add(time.Hour), strings.NewReader(content))
			return true
		}, "changed while it was read", 2},
		{"grew shorter", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 {
				part(w, r, 30000)
				panic(http.ErrAbortHandler)
			}
			http.ServeContent(w, r, "", modified, strings.NewReader(content[:100]))
			return true
		}, "changed while it was read", 2},
		{"length unknown", func(n int, w http.ResponseWriter, r *http.Request) bool {
			w.(http.Flusher).Flush()
			io.WriteString(w, content)
			return true
		}, "", 1},
		{"length unknown, cut", func(n int, w http.ResponseWriter, r *http.Request) bool {
			w.(http.Flusher).Flush()
			if n == 0 {
				io.WriteString(w, content[:20000])
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			}
			io.WriteString(w, content)
			return true
		}, "", 2},
		{"packed on the way", func(n int, w http.ResponseWriter, r *http.Request) bool {
			if e := r.Header.Get("Accept-Encoding"); e != "" {
				t.Errorf("asks for %q: ranges would not fit", e)
			}
			return false
		}, "", 1},
	} {
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

func TestInputTells(t *testing.T) {
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

// A slow reader is no silent server.
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

// What is secret in a URL goes to its server, and neither to another nor into an
// error.
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
		"/x": "", "/other": "", "/same": "", "/broken": "redirected to what is no URL", "/loop": "redirected too often",
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
