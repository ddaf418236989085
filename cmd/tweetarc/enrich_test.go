package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/archive/enrich/enrichtest"
	"example.org/tweetarc/fixtures/slow"
	"example.org/tweetarc/store"
)

var chaos = flag.Int("chaos", slow.Or(500, 5000), "how many tweets TestEnrichChaos asks for")

// In tests time passes by waiting alone, and no connection leaves this machine;
// so it is too in the program that scripts run, which is this binary.
func init() {
	var mu sync.Mutex
	var ahead time.Duration
	newClient = func() *enrich.Client {
		return &enrich.Client{
			Transport: enrichtest.Loopback(func(address string) {
				fmt.Fprintln(os.Stderr, "a connection beyond loopback:", address)
				os.Exit(3)
			}),
			Timeout: 10 * time.Second,
			Now: func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return time.Now().Add(ahead)
			},
			Sleep: func(ctx context.Context, d time.Duration) error {
				mu.Lock()
				ahead += d
				mu.Unlock()
				return context.Cause(ctx)
			},
		}
	}
}

// TestEnrichScripts runs enrich and resolve as a user types them, against a
// world at $WORLD. Its tweets are those of a file world in the script: lines of
// "ID STATE HANDLE text"; + before the state: it was captured.
func TestEnrichScripts(t *testing.T) {
	worlds := map[string]*enrichtest.World{}
	var mu sync.Mutex
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "enrich"),
		Setup: func(e *testscript.Env) error {
			w := enrichtest.New()
			e.Defer(w.Close)
			mu.Lock()
			worlds[e.WorkDir] = w
			mu.Unlock()
			e.Vars = append(e.Vars, "HOME="+e.WorkDir, "WORLD="+w.URL, "TWEETARC_BEARER_TOKEN=", "TZ=UTC")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"world": func(ts *testscript.TestScript, neg bool, args []string) {
				mu.Lock()
				w := worlds[ts.Getenv("WORK")]
				mu.Unlock()
				for _, line := range strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n") {
					f := strings.SplitN(line, " ", 4)
					at, ok := archive.StatusTime(f[0])
					if !ok {
						ts.Fatalf("no status ID: %s", line)
					}
					state, captured := strings.CutPrefix(f[1], "+")
					w.Tweets[f[0]] = enrichtest.Tweet{ID: f[0], State: state, Captured: captured, Handle: f[2], Author: strings.ToUpper(f[2]), Text: f[3], At: at}
				}
			},
			"fault": func(ts *testscript.TestScript, neg bool, args []string) {
				mu.Lock()
				defer mu.Unlock()
				worlds[ts.Getenv("WORK")].Fault = enrichtest.First(enrichtest.Fault(args[0]), worlds[ts.Getenv("WORK")].Count()+1)
			},
			// requests N: so many were made since the last time
			"requests": requestsSince(worlds, &mu),
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

func requestsSince(worlds map[string]*enrichtest.World, mu *sync.Mutex) func(*testscript.TestScript, bool, []string) {
	last := map[string]int{}
	return func(ts *testscript.TestScript, neg bool, args []string) {
		mu.Lock()
		defer mu.Unlock()
		dir := ts.Getenv("WORK")
		n := worlds[dir].Count() - last[dir]
		last[dir] += n
		if fmt.Sprint(n) != args[0] {
			ts.Fatalf("%d requests were made, want %s", n, args[0])
		}
	}
}

// archiveOf makes an archive of tweets with these IDs.
func archiveOf(t *testing.T, w *enrichtest.World, ids []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.db")
	db, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Writer(store.Run{Command: "test", Detector: 1})
	if err != nil {
		t.Fatal(err)
	}
	file := &archive.File{Path: "made-up.jsonl", Size: 1, ModTime: time.Unix(1, 0)}
	record := 0
	for chunk := range slices.Chunk(ids, 100) {
		record++
		a := &archive.Article{Origin: archive.Origin{File: file.Path, Record: record}}
		var embeds []archive.Embed
		for _, id := range chunk {
			e := archive.Embed{Tweet: archive.Tweet{Handle: w.Of(id).Handle, Text: "as " + id + " was embedded"}, Form: archive.FormBlockquote, Confidence: 1, Start: len(a.Body)}
			e.WithID(id)
			a.Body += "(@" + e.Handle + ") " + id + "\n"
			e.End = len(a.Body) - 1
			embeds = append(embeds, e)
		}
		if err := rows.Add(archive.Part{File: file, Found: []archive.Found{{Article: a, Embeds: embeds}}, Records: 1, Record: record, Last: record*100 >= len(ids)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	db.Close()
	return path
}

func madeUpIDs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = enrichtest.ID(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i)*211*time.Second), i%4096)
	}
	return all
}

// known checks that of each tweet exactly one answer is kept, the true one, and
// returns how many are not known.
func known(t *testing.T, w *enrichtest.World, path string) (unknown int) {
	t.Helper()
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n := 0
	for a, err := range db.Asked(t.Context(), nil, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		switch {
		case len(a.Known) == 0 || len(a.Known) == 1 && a.Known[0].State == "unknown":
			unknown++
		case len(a.Known) > 1:
			t.Fatalf("%s: %d answers are kept", a.ID, len(a.Known))
		case a.Known[0].State != w.Of(a.ID).State:
			t.Errorf("%s: %s, but it is %s", a.ID, a.Known[0].State, w.Of(a.ID).State)
		}
	}
	found, err := db.Search(t.Context(), nil, store.Page{})
	if err != nil || len(found) != n {
		t.Fatal(err, len(found), n)
	}
	for _, f := range found {
		if want := w.Of(f.ID).State; f.Status != want && !(f.Status == "" || f.Status == "unknown") {
			t.Errorf("%s: status %s, want %s", f.ID, f.Status, want)
		}
	}
	return unknown
}

// A server that fails one call in three: the archive ends in the true state of
// every tweet, and has nothing twice.
func TestEnrichChaos(t *testing.T) {
	n := *chaos
	w := enrichtest.New()
	defer w.Close()
	w.Fault = enrichtest.Randomly(11, 3, slices.Concat(enrichtest.Passing, []enrichtest.Fault{enrichtest.Extra, enrichtest.Missing})...)
	path := archiveOf(t, w, madeUpIDs(n))
	t.Setenv(envBearer, "chaos-token")
	for runs := 1; ; runs++ {
		var out, log bytes.Buffer
		if code := run(t.Context(), []string{"tweetarc", "enrich", "--db", path, "--via", "v2", "--api-base", w.URL, "--yes"}, strings.NewReader(""), &out, &log); code != 0 {
			t.Fatalf("exit %d: %s", code, log.String())
		}
		if strings.Contains(log.String(), "chaos-token") || out.Len() > 0 {
			t.Errorf("%s%s", out.String(), log.String())
		}
		if unknown := known(t, w, path); unknown == 0 {
			t.Logf("%d tweets, %d requests, %d runs", n, w.Count(), runs)
			break
		} else if runs == 10 {
			t.Fatalf("%d are not known", unknown)
		}
	}
	if b, err := os.ReadFile(path); err != nil || bytes.Contains(b, []byte("chaos-token")) {
		t.Errorf("the token is in the archive (%v)", err)
	}
}

// Killed at any instant, enrich goes on where it was: the end is the same.
func TestCrashEnrich(t *testing.T) {
	for left := *kills; left > 0; left -= 10 {
		crashEnrich(t, min(left, 10))
	}
}

func crashEnrich(t *testing.T, kills int) {
	const n = 3000
	w := enrichtest.New()
	defer w.Close()
	w.Fault = func(int, *http.Request) enrichtest.Fault {
		time.Sleep(2 * time.Millisecond) // a network
		return enrichtest.OK
	}
	path := archiveOf(t, w, madeUpIDs(n))
	command := func() *exec.Cmd {
		c := exec.Command("tweetarc", "enrich", "--db", path, "--via", "v2", "--api-base", w.URL, "--yes")
		c.Env = append(os.Environ(), envBearer+"=kill-token")
		return c
	}
	rng := rand.New(rand.NewPCG(3, rand.Uint64()))
	killed, between := 0, 0
	for range kills {
		c := command()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		before := w.Count()
		// Kill it while it asks, a random number of requests and a moment later.
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		for until := before + 1 + rng.IntN(max(1, n/100/kills)); w.Count() < until && len(ended) == 0; {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rng.IntN(8000)) * time.Microsecond)
		c.Process.Kill()
		if err := <-ended; err != nil {
			killed++
		}
		if left := known(t, w, path); left > 0 && left < n {
			between++
		}
	}
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if left := known(t, w, path); left > 0 {
		t.Errorf("%d are not known", left)
	}
	most := 0
	for _, times := range w.Asked() {
		most = max(most, times)
	}
	if most > kills+1 {
		t.Errorf("one was asked for %d times", most)
	}
	t.Logf("%d tweets, killed %d times of %d, %d in the middle, %d requests, one asked at most %d times", n, killed, kills, between, w.Count(), most)
}

// Ctrl-C keeps what came, and says so.
func TestEnrichInterrupted(t *testing.T) {
	w := enrichtest.New()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	w.Fault = func(n int, _ *http.Request) enrichtest.Fault {
		if n == 4 {
			cancel()
			return enrichtest.Slow
		}
		return enrichtest.OK
	}
	path := archiveOf(t, w, madeUpIDs(1000))
	t.Setenv(envBearer, "token")
	var log bytes.Buffer
	code := run(ctx, []string{"tweetarc", "enrich", "--db", path, "--via", "v2", "--api-base", w.URL, "--yes"}, strings.NewReader(""), &log, &log)
	if code != 1 || !strings.Contains(log.String(), "stopped; the answers so far are kept, and the same command goes on") {
		t.Errorf("exit %d: %s", code, log.String())
	}
	if left := known(t, w, path); left != 700 {
		t.Errorf("%d are not known, want 700", left)
	}
}
