package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"example.org/tweetarc/fixtures/slow"
)

// call runs the program, and gives what it prints on standard output.
func call(t *testing.T, ctx context.Context, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(ctx, append([]string{"tweetarc"}, args...), strings.NewReader(""), &stdout, &stderr); got != code {
		t.Fatalf("tweetarc %s: code %d, want %d\n%s", strings.Join(args, " "), got, code, stderr.String())
	}
	return stdout.String()
}

// exports are both exports of an archive.
func exports(t *testing.T, db string) string {
	t.Helper()
	return call(t, t.Context(), 0, "export", "--db", db, "--of", "embeds") + call(t, t.Context(), 0, "export", "--db", db, "--of", "tweets")
}

// embeds is how many an archive holds.
func embeds(t *testing.T, db string) int {
	t.Helper()
	return strings.Count(call(t, t.Context(), 0, "export", "--db", db, "--of", "embeds", "--format", "jsonl"), "\n")
}

// crawl is a WARC file of n pages, each a gzip member, as a crawler writes it.
func crawl(t testing.TB, seed, n int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i := range n {
		page := fmt.Sprintf("<!DOCTYPE html><html><head><title>Item %d</title></head><body><p>%s</p><p>The tram was late for the %dth time this week, and nobody says why. — Rider %d (@rider_%d) May %d, 2019</p></body></html>",
			i, strings.Repeat(fmt.Sprintf("Of the trams of town %d there is little to say. ", seed), 20), i%97, i%11, i%11, 1+i%28)
		http := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
		fmt.Fprintf(z, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/%d/%d\r\nWARC-Date: 2019-06-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", seed, i, len(http), http)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		z.Reset(&b)
	}
	return b.Bytes()
}

// What a network does to its users: a server that cuts, falls silent, is busy
// and sends other parts than asked for gives the same archive as an honest one.
func TestShardOverABadNetwork(t *testing.T) {
	network := &badNetwork{files: crawlFiles(t), faults: map[string]int{}, asked: map[string]int{}}
	server := httptest.NewServer(network)
	t.Cleanup(server.Close)

	dir := t.TempDir()
	straight, merged, shards := filepath.Join(dir, "straight.db"), filepath.Join(dir, "merged.db"), filepath.Join(dir, "shards")
	inputs := []string{"--paths-from", server.URL + "/warc.paths.gz", "--base-url", server.URL}
	call(t, t.Context(), 0, append([]string{"archive", "-q", "--db", straight}, inputs...)...)
	network.bad, network.asked = true, map[string]int{}
	for i := range 3 {
		args := []string{"shard", "--out", shards, "--shard", fmt.Sprintf("%d/3", i), "--jobs", "16", "--timeout", "200ms"}
		call(t, t.Context(), 0, append(args, inputs...)...)
	}
	call(t, t.Context(), 0, "merge", "--db", merged, shards)
	if got, want := exports(t, merged), exports(t, straight); got != want {
		t.Errorf("%d bytes exported over a bad network, %d over a good one", len(got), len(want))
	} else if strings.Count(got, "\n") < 800 {
		t.Errorf("only %d lines", strings.Count(got, "\n"))
	}
	for _, name := range []string{"busy", "cut", "silent", "wrong range", "no range"} {
		if network.faults[name] == 0 {
			t.Errorf("the server was never %q: %v", name, network.faults)
		}
	}
	// Nothing is asked twice.
	before := maps.Clone(network.asked)
	call(t, t.Context(), 0, append([]string{"shard", "--out", shards, "--timeout", "1s"}, inputs...)...)
	for name, n := range network.asked {
		if n != before[name] && name != "/warc.paths.gz" {
			t.Errorf("%s was read again", name)
		}
	}
}

// crawlFiles are what a server has: archives of a crawl, files of all formats, and the
// list of them.
func crawlFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for i := range 4 {
		files[fmt.Sprintf("/crawl/%d.warc.gz", i)] = crawl(t, i, 200)
	}
	same, err := os.ReadDir("../../fixtures/same")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range same {
		if f.IsDir() || i%slow.Or(4, 1) != 0 {
			continue
		}
		b, err := os.ReadFile("../../fixtures/same/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		files["/same/"+f.Name()] = b
	}
	var list bytes.Buffer
	z := gzip.NewWriter(&list)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintln(z, strings.TrimPrefix(name, "/"))
	}
	z.Close()
	files["/warc.paths.gz"] = list.Bytes()
	return files
}

// badNetwork serves files, and where it is bad, does wrong the first times that it is
// asked for one.
type badNetwork struct {
	files         map[string][]byte
	mu            sync.Mutex
	bad           bool
	faults, asked map[string]int // how often it did what, and was asked for what
}

// fault says what goes wrong with a request for a part of a file that begins at a byte.
func (n *badNetwork) fault(path string, at int) (name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	times, content := n.asked[path], n.files[path]
	n.asked[path]++
	name = "honest"
	if n.bad && times <= 2 {
		name = [...]string{"busy", "cut", "silent", "wrong range", "no range"}[(times+len(path)+int(content[len(content)/2]))%5]
	}
	if name == "wrong range" && at == 0 {
		name = "cut" // there is none to be wrong
	}
	n.faults[name]++
	return name
}

func (n *badNetwork) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content := n.files[r.URL.Path]
	if content == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", strconv.Quote(r.URL.Path))
	at := 0
	if s, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		at, _ = strconv.Atoi(strings.TrimSuffix(s, "-"))
	}
	switch n.fault(r.URL.Path, at) {
	case "busy":
		http.Error(w, "slow down", http.StatusServiceUnavailable)
		return
	case "cut":
		sendHalf(w, content, at)
		panic(http.ErrAbortHandler)
	case "silent":
		sendHalf(w, content, at)
		<-r.Context().Done()
		return
	case "wrong range":
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at/2, len(content)-1, len(content)))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(content[at/2:])
		return
	case "no range":
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(content))
}

// sendHalf begins an honest answer, and sends half of what is left.
func sendHalf(w http.ResponseWriter, content []byte, at int) {
	w.Header().Set("Content-Length", strconv.Itoa(len(content)-at))
	if at > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, len(content)-1, len(content)))
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Write(content[at : at+(len(content)-at)/2])
	w.(http.Flusher).Flush()
}

// A signal in the middle leaves whole shard files alone, and the same command
// does the rest.
func TestShardStopped(t *testing.T) {
	dir := t.TempDir()
	corpus, shards := filepath.Join(dir, "corpus"), filepath.Join(dir, "shards")
	if err := os.Mkdir(corpus, 0o755); err != nil {
		t.Fatal(err)
	}
	const inputs = 12
	for i := range inputs {
		if err := os.WriteFile(filepath.Join(corpus, fmt.Sprintf("%d.warc.gz", i)), crawl(t, i, 100), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr bytes.Buffer
	stop := writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil }) // after the first input
	if code := run(ctx, []string{"tweetarc", "shard", "--out", shards, "--jobs", "2", corpus}, nil, stop, &stderr); code != 1 || !strings.Contains(stderr.String(), "the same command goes on from there") {
		t.Errorf("code %d, %s", code, stderr.String())
	}
	files, err := filepath.Glob(filepath.Join(shards, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if hidden, _ := filepath.Glob(filepath.Join(shards, ".*")); len(hidden) > 0 {
		t.Errorf("%v are left over", hidden)
	}
	if done := len(files) - 1; done == 0 || done == inputs { // beside failed/
		t.Errorf("%d of %d inputs done when it was stopped", done, inputs)
	}
	call(t, t.Context(), 0, "shard", "--out", shards, corpus)
	straight, merged := filepath.Join(dir, "straight.db"), filepath.Join(dir, "merged.db")
	call(t, t.Context(), 0, "archive", "-q", "--db", straight, corpus)
	call(t, t.Context(), 0, "merge", "--db", merged, shards)
	if exports(t, straight) != exports(t, merged) {
		t.Error("merged is not what one archive command gives")
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A task that reads only a part of an input does not replace a whole one.
func TestFailureKeepsTheWhole(t *testing.T) {
	dir := t.TempDir()
	page := crawl(t, 1, 600)
	whole := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if whole {
			w.Write(page)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		w.Write(page[:len(page)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	shards, db := filepath.Join(dir, "shards"), filepath.Join(dir, "a.db")
	call(t, t.Context(), 0, "shard", "--out", shards, server.URL+"/a.warc.gz")
	whole = false
	call(t, t.Context(), 3, "shard", "--out", shards, "--force", "--tries", "1", server.URL+"/a.warc.gz")
	if got := call(t, t.Context(), 3, "shards", shards); !strings.Contains(got, "failed   1") || !strings.Contains(got, "connection cut") {
		t.Error(got)
	}
	call(t, t.Context(), 0, "merge", "--db", db, shards)
	if n := embeds(t, db); n != 600 {
		t.Errorf("%d embeds", n)
	}
	// Where there was none, what could be read counts until there is more.
	other := filepath.Join(dir, "other")
	call(t, t.Context(), 3, "shard", "--out", other, "--tries", "1", server.URL+"/a.warc.gz")
	db = filepath.Join(dir, "b.db")
	call(t, t.Context(), 0, "merge", "--db", db, other)
	if n := embeds(t, db); n < 200 || n > 400 {
		t.Errorf("%d embeds in half of the file", n)
	}
	whole = true
	call(t, t.Context(), 0, "shard", "--out", other, "--tries", "1", server.URL+"/a.warc.gz")
	call(t, t.Context(), 0, "merge", "--db", db, other)
	if n := embeds(t, db); n != 600 {
		t.Errorf("%d embeds", n)
	}
}

func TestParseShare(t *testing.T) {
	for _, tt := range []struct {
		flag      string
		env       string // NAME=value ...
		share, of uint64
		err       string
	}{
		{"0/1", "", 0, 1, ""},
		{"7/8", "", 7, 8, ""},
		{"8/8", "", 0, 0, "there is no share 8 of 8: the first is 0"},
		{"1", "", 0, 0, `"1" must be I/N, with I from 0 to N-1, or auto`},
		{"a/b", "", 0, 0, `"a/b" must be I/N, with I from 0 to N-1, or auto`},
		{"-1/2", "", 0, 0, `"-1/2" must be I/N, with I from 0 to N-1, or auto`},
		{"1/0", "", 0, 0, `"1/0" must be I/N, with I from 0 to N-1, or auto`},
		{"auto", "", 0, 0, "auto: this is no task of an array job, because none of SLURM_ARRAY_TASK_ID, AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX is set"},
		{"auto", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=20 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=1", 3, 20, ""},
		{"auto", "SLURM_ARRAY_TASK_ID=20 SLURM_ARRAY_TASK_COUNT=20 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_STEP=1", 19, 20, ""},
		{"auto", "SLURM_ARRAY_TASK_ID=15 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=5", 3, 4, ""},
		{"auto", "SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_STEP=1", 0, 0, "Slurm: task 9 is not one of 2 in a row from 3: for such an array write I/N"},
		{"auto", "SLURM_ARRAY_TASK_ID=x SLURM_ARRAY_TASK_COUNT=2", 0, 0, `Slurm: SLURM_ARRAY_TASK_ID="x" is no number`},
		{"auto", "AWS_BATCH_JOB_ARRAY_INDEX=9 AWS_BATCH_JOB_ARRAY_SIZE=10", 9, 10, ""},
		{"auto", "AWS_BATCH_JOB_ARRAY_INDEX=9", 0, 0, "AWS Batch does not say how many tasks there are: write auto/N"},
		{"auto/10", "AWS_BATCH_JOB_ARRAY_INDEX=9", 9, 10, ""},
		{"auto", "JOB_COMPLETION_INDEX=2", 0, 0, "Kubernetes does not say how many tasks there are: write auto/N"},
		{"auto/5", "JOB_COMPLETION_INDEX=2", 2, 5, ""},
		{"auto/2", "JOB_COMPLETION_INDEX=2", 0, 0, "Kubernetes: task 2 is not one of 2 in a row from 0: for such an array write I/N"},
	} {
		env := map[string]string{}
		for _, v := range strings.Fields(tt.env) {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		share, of, err := parseShare(tt.flag, func(name string) string { return env[name] })
		if share != tt.share || of != tt.of || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%s, %s: %d/%d, %v", tt.flag, tt.env, share, of, err)
		}
	}
}

// Shares leave nothing out and take nothing twice, whatever their number.
func TestShares(t *testing.T) {
	for _, n := range []uint64{1, 2, 7, 100} {
		counts := make([]int, n)
		for i := range 10000 {
			counts[shareOf(fmt.Sprintf("crawl/%d.warc.gz", i), n)]++
		}
		if most, least := slices.Max(counts), slices.Min(counts); most > 2*10000/int(n) || least < 10000/int(n)/2 {
			t.Errorf("%d shares hold from %d to %d inputs", n, least, most)
		}
	}
}
