package enrich_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/archive/enrich/enrichtest"
	"example.org/tweetarc/fixtures/slow"
)

const token = "AAAAtop%2Fsecret-token"

var keys = enrich.Keys{ConsumerKey: "consumer-key-1", ConsumerSecret: "consumer-secret-2", Token: "user-token-3", TokenSecret: "user-secret-4"}

// clock is a time that passes only in Sleep.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []enrich.Wait
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
	return context.Cause(ctx)
}

// newWorld is a world, and a client that asks it without waiting and without leaving
// this machine.
func newWorld(t testing.TB) (*enrichtest.World, *enrich.Client, *clock) {
	w := enrichtest.New()
	t.Cleanup(w.Close)
	k := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.Now = k.Now
	transport := enrichtest.Loopback(func(address string) { t.Errorf("a connection to %s", address) })
	t.Cleanup(transport.CloseIdleConnections)
	return w, &enrich.Client{
		Transport: transport, Now: k.Now, Sleep: k.Sleep, Timeout: 5 * time.Second,
		Waiting: func(w enrich.Wait) { k.waits = append(k.waits, w) },
	}, k
}

func readHTML(html string) []archive.Embed {
	return detect.Tweets(&archive.Article{Body: html, HTML: true})
}

// sources are all services of a world.
func sources(w *enrichtest.World, c *enrich.Client) map[string]enrich.Source {
	return map[string]enrich.Source{
		"v2":      &enrich.V2{Client: c, Base: w.URL, Bearer: token},
		"v1":      &enrich.V1{Client: c, Base: w.URL, Keys: keys},
		"oembed":  &enrich.OEmbed{Client: c, Base: w.URL, ReadHTML: readHTML},
		"wayback": &enrich.Wayback{Client: c, Base: w.URL, ReadHTML: readHTML},
	}
}

var names = []string{"v2", "v1", "oembed", "wayback"}

// someIDs are n IDs of 2020.
func someIDs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = enrichtest.ID(time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i)*97*time.Second), i%4096)
	}
	return all
}

// ask are questions about these IDs, with the handles that they have in the world.
func ask(w *enrichtest.World, ids []string) iter.Seq2[enrich.Question, error] {
	return func(yield func(enrich.Question, error) bool) {
		for _, id := range ids {
			if !yield(enrich.Question{Tweet: archive.Tweet{ID: id, Handle: w.Of(id).Handle}}, nil) {
				return
			}
		}
	}
}

// kept is what a loop kept.
type kept struct {
	all []enrich.Answer
	of  map[string][]enrich.Answer
}

func (k *kept) keep(answers []enrich.Answer) error {
	if k.of == nil {
		k.of = map[string][]enrich.Answer{}
	}
	for _, a := range answers {
		k.all = append(k.all, a)
		k.of[a.ID] = append(k.of[a.ID], a)
	}
	return nil
}

// state is what is known of an ID in the end.
func (k *kept) state(id string) string {
	state := ""
	for _, a := range k.of[id] {
		if a.State != enrich.Unknown {
			state += string(a.State)
		}
	}
	return state
}

// truth is what a source can say about a tweet.
func truth(t enrichtest.Tweet, source string) string {
	switch {
	case source == "wayback" && t.Captured:
		return "found"
	case source == "wayback":
		return ""
	case source == "oembed" && t.State == "withheld":
		return "hidden"
	}
	return t.State
}

func TestStates(t *testing.T) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			w, c, _ := newWorld(t)
			var k kept
			all := someIDs(130)
			err := enrich.Loop{Sources: []enrich.Source{sources(w, c)[name]}, Keep: k.keep}.Run(t.Context(), ask(w, all))
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range all {
				want := w.Of(id)
				if len(k.of[id]) != 1 || k.state(id) != truth(want, name) {
					t.Errorf("%s: %d answers, %s, want %s", id, len(k.of[id]), k.state(id), truth(want, name))
					continue
				}
				a := k.of[id][0]
				if a.Source != name || a.Time.IsZero() || len(a.Raw) == 0 {
					t.Errorf("%s: source %q, time %v, body of %d bytes", id, a.Source, a.Time, len(a.Raw))
				}
				if tweet := contentOf(want, a.State); a.Tweet != tweet {
					t.Errorf("%s: %+v\nwant %+v", id, a.Tweet, tweet)
				}
			}
		})
	}
}

// contentOf is what an answer about a tweet has: all if it was found, else the ID.
func contentOf(t enrichtest.Tweet, state enrich.State) archive.Tweet {
	if state != enrich.Found {
		return archive.Tweet{ID: t.ID}
	}
	at, _ := archive.StatusTime(t.ID)
	return archive.Tweet{ID: t.ID, Handle: t.Handle, Author: t.Author, Text: t.Text, Date: t.At.Format(time.DateOnly), At: at}
}

func TestFaultsPass(t *testing.T) {
	faults := slices.Concat(enrichtest.Passing, []enrichtest.Fault{enrichtest.Slow, enrichtest.TellsSecret})
	for _, name := range names {
		for _, fault := range faults {
			if name == "wayback" && fault == enrichtest.Empty200 {
				continue // an empty list says that there is no capture
			}
			t.Run(name+"/"+string(fault), func(t *testing.T) {
				t.Parallel()
				faultPasses(t, name, fault)
			})
		}
	}
}

// faultPasses has the first request fail. The source announces that it waits, and then
// gives all answers.
func faultPasses(t *testing.T, name string, fault enrichtest.Fault) {
	w, c, k := newWorld(t)
	if fault == enrichtest.Slow {
		c.Timeout = 300 * time.Millisecond
	}
	w.Fault = enrichtest.First(fault, 1)
	var a kept
	all := someIDs(5)
	began := k.Now()
	err := enrich.Loop{Sources: []enrich.Source{sources(w, c)[name]}, Keep: a.keep}.Run(t.Context(), ask(w, all))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range all {
		if got, want := a.state(id), truth(w.Of(id), name); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if len(k.waits) == 0 {
		t.Fatal("no wait was announced")
	}
	wait := k.waits[0]
	limit := strings.HasPrefix(string(fault), "429")
	if wait.Source != name || limit != (wait.Why == "rate limit") || !wait.Until.After(began) {
		t.Errorf("announced %+v", wait)
	}
	for _, x := range a.all {
		if strings.Contains(string(x.Raw), token) {
			t.Error("the token is in a body")
		}
	}
}

func TestWaits(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    enrichtest.Fault
		min, max time.Duration
	}{
		{"v2", enrichtest.RateReset, 3 * time.Second, 6 * time.Second},
		{"v2", enrichtest.RateAfter, 2 * time.Second, 3 * time.Second},
		{"v2", enrichtest.RateBare, time.Minute, 80 * time.Second},
		{"wayback", enrichtest.RateBare, 2 * time.Minute, 3 * time.Minute}, // it shuts out who goes on
		{"v1", enrichtest.Empty503, time.Second, 2100 * time.Millisecond},
	} {
		w, client, k := newWorld(t)
		w.Fault = enrichtest.First(c.fault, 1)
		var a kept
		began := k.Now()
		if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)[c.name]}, Keep: a.keep}).Run(t.Context(), ask(w, someIDs(1))); err != nil {
			t.Fatal(err)
		}
		if d := k.waits[0].Until.Sub(began); d < c.min || d > c.max {
			t.Errorf("%s, %s: waited %v, want %v to %v", c.name, c.fault, d, c.min, c.max)
		}
	}
}

// After the last answer that the service allows, the next call waits, and this is
// announced. It does not wait for a day.
func TestWaitsFromHeaders(t *testing.T) {
	w, client, k := newWorld(t)
	w.Fault = enrichtest.First(enrichtest.Spent, 1)
	var a kept
	began := k.Now()
	if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)["v2"]}, Keep: a.keep}).Run(t.Context(), ask(w, someIDs(150))); err != nil {
		t.Fatal(err)
	}
	if len(a.all) != 150 || len(k.waits) != 1 || k.waits[0].Why != "rate limit" || k.waits[0].Until.Sub(began) != 15*time.Minute {
		t.Errorf("%d answers, waits %v", len(a.all), k.waits)
	}
	w.Fault = enrichtest.First(enrichtest.RateDay, 1<<30)
	n := w.Count()
	err := enrich.Loop{Sources: []enrich.Source{sources(w, client)["v2"]}, Keep: a.keep}.Run(t.Context(), ask(w, someIDs(150)))
	if err == nil || !strings.Contains(err.Error(), "v2: rate limit until 2026-11-23 ") || w.Count() != n+1 || len(a.all) != 150 {
		t.Errorf("%v after %d requests", err, w.Count()-n)
	}
}

// The answer about an edited tweet is its last edition, which has another ID.
func TestEdited(t *testing.T) {
	w, client, _ := newWorld(t)
	w.Fault = enrichtest.First(enrichtest.Edited, 1)
	var a kept
	all := someIDs(20)
	if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)["v2"]}, Keep: a.keep}).Run(t.Context(), ask(w, all)); err != nil {
		t.Fatal(err)
	}
	for _, id := range all {
		if a.state(id) != w.Of(id).State {
			t.Errorf("%s: %s, want %s", id, a.state(id), w.Of(id).State)
		}
	}
}

func TestPace(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		min  time.Duration // for n tweets
	}{
		{"oembed", 31, 30 * time.Second},
		{"wayback", 13, 12 * time.Minute / 24},
		{"v2", 400, 0},
	} {
		w, client, k := newWorld(t)
		var a kept
		began := k.Now()
		if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)[c.name]}, Keep: a.keep}).Run(t.Context(), ask(w, someIDs(c.n))); err != nil {
			t.Fatal(err)
		}
		if d := k.Now().Sub(began); d < c.min-time.Millisecond {
			t.Errorf("%s: %d tweets in %v, want at least %v", c.name, c.n, d, c.min)
		}
		if len(k.waits) > 0 {
			t.Errorf("%s: a steady rate is announced: %v", c.name, k.waits)
		}
	}
}

func TestStops(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault enrichtest.Fault
		want  string
	}{
		{"v2", enrichtest.Denied401, "v2: 401 Unauthorized (is the bearer token right, and still valid?)"},
		{"v2", enrichtest.Denied402, "v2: 402 Payment Required: Your enrolled account does not have any credits"},
		{"v2", enrichtest.Denied403, "v2: 403 Forbidden: You have access to a subset of endpoints only. (code 453)"},
		{"v1", enrichtest.Denied401, "v1: 401 Unauthorized"},
		{"v1", enrichtest.Denied403, "(code 453) (this server does not answer v1.1"},
	} {
		w, client, _ := newWorld(t)
		w.Fault = enrichtest.First(c.fault, 1<<30)
		var a kept
		err := enrich.Loop{Sources: []enrich.Source{sources(w, client)[c.name]}, Keep: a.keep}.Run(t.Context(), ask(w, someIDs(500)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v", c.name, c.fault, err)
		}
		if w.Count() != 1 || len(a.all) > 0 {
			t.Errorf("%s, %s: %d requests, %d answers", c.name, c.fault, w.Count(), len(a.all))
		}
	}
}

// A refusal is not taken for an answer about the tweet.
func TestOEmbedCouldNotAsk(t *testing.T) {
	for _, fault := range []enrichtest.Fault{enrichtest.HTML403, enrichtest.Denied402, enrichtest.RateBare} {
		w, client, _ := newWorld(t)
		w.Fault = enrichtest.First(fault, 1<<30)
		var a kept
		var given []string
		loop := enrich.Loop{Sources: []enrich.Source{sources(w, client)["oembed"]}, Keep: a.keep, Failures: 3, Trouble: func(err *enrich.SourceError, gaveUp bool) {
			if gaveUp {
				given = append(given, err.Error())
			}
		}}
		if err := loop.Run(t.Context(), ask(w, someIDs(50))); err == nil || len(given) != 1 {
			t.Errorf("%s: %v, given up %v", fault, err, given)
		}
		if len(a.all) != 3 { // it is not asked again
			t.Errorf("%s: %d answers", fault, len(a.all))
		}
		for _, x := range a.all {
			if x.State != enrich.Unknown || len(x.Raw) > 0 {
				t.Errorf("%s: %+v", fault, x)
			}
		}
	}
}

func TestBatchIsHalvedAroundABadID(t *testing.T) {
	w, client, _ := newWorld(t)
	w.Fault = enrichtest.First(enrichtest.Bad400, 1<<30)
	all := someIDs(100)
	var a kept
	if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)["v2"]}, Keep: a.keep}).Run(t.Context(), ask(w, all)); err != nil {
		t.Fatal(err)
	}
	for _, id := range all {
		want := truth(w.Of(id), "v2")
		if strings.HasSuffix(id, "7") {
			want = ""
		}
		if a.state(id) != want {
			t.Errorf("%s: %s, want %s", id, a.state(id), want)
		}
		if n := w.Asked()[id]; n > 8 {
			t.Errorf("%s: asked %d times", id, n)
		}
	}
}

// Sources are asked in order until one has the tweet. Archives are still asked for what
// is gone.
func TestOrder(t *testing.T) {
	w, client, _ := newWorld(t)
	s := sources(w, client)
	all := someIDs(200)
	var a kept
	if err := (enrich.Loop{Sources: []enrich.Source{s["v2"], s["oembed"], s["wayback"]}, Keep: a.keep}).Run(t.Context(), ask(w, all)); err != nil {
		t.Fatal(err)
	}
	for _, id := range all {
		x := w.Of(id)
		var got []string
		for _, y := range a.of[id] {
			got = append(got, y.Source+" "+string(y.State))
		}
		want := []string{"v2 " + x.State}
		if x.State != "found" {
			if x.Captured {
				want = append(want, "wayback found")
			} else {
				want = append(want, "wayback unknown")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
	// What is known is not asked again.
	n := w.Count()
	known := func(yield func(enrich.Question, error) bool) {
		for _, id := range all {
			if !yield(enrich.Question{Tweet: archive.Tweet{ID: id}, Known: a.of[id]}, nil) {
				return
			}
		}
	}
	if err := (enrich.Loop{Sources: []enrich.Source{s["v2"], s["oembed"], s["wayback"]}, Keep: a.keep}).Run(t.Context(), known); err != nil || w.Count() != n {
		t.Errorf("%d more requests, %v", w.Count()-n, err)
	}
}

func TestCancelKeeps(t *testing.T) {
	w, client, _ := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.Fault = func(n int, _ *http.Request) enrichtest.Fault {
		if n == 4 {
			cancel()
			return enrichtest.Slow
		}
		return enrichtest.OK
	}
	var a kept
	err := enrich.Loop{Sources: []enrich.Source{sources(w, client)["v2"]}, Keep: a.keep}.Run(ctx, ask(w, someIDs(1000)))
	if !errors.Is(err, context.Canceled) || len(a.all) != 300 {
		t.Errorf("%v, %d answers kept, want 300", err, len(a.all))
	}
	if slices.ContainsFunc(a.all, func(x enrich.Answer) bool { return x.State == enrich.Unknown }) {
		t.Error("what was not asked is kept as unknown")
	}
}

func TestKeepFails(t *testing.T) {
	w, client, _ := newWorld(t)
	full := errors.New("disk full")
	err := enrich.Loop{Sources: []enrich.Source{sources(w, client)["v2"]}, Keep: func([]enrich.Answer) error { return full }}.Run(t.Context(), ask(w, someIDs(1000)))
	if !errors.Is(err, full) || w.Count() != 1 {
		t.Errorf("%v after %d requests", err, w.Count())
	}
}

func TestMaxCost(t *testing.T) {
	w, client, _ := newWorld(t)
	v2 := &enrich.V2{Client: client, Base: w.URL, Bearer: token, MaxCost: 5}
	var a kept
	err := enrich.Loop{Sources: []enrich.Source{v2}, Keep: a.keep}.Run(t.Context(), ask(w, someIDs(1000)))
	if err == nil || !strings.Contains(err.Error(), "stopped before more than $5.00 would be spent") || !strings.Contains(err.Error(), "--max-cost") {
		t.Errorf("%v", err)
	}
	if v2.Spent() > 5 || v2.Spent() < 3.5 || len(a.all) != 100*w.Count() {
		t.Errorf("spent %.2f in %d requests, %d answers", v2.Spent(), w.Count(), len(a.all))
	}
}

// Redirects to another host are not followed.
func TestRedirectElsewhere(t *testing.T) {
	for _, name := range names {
		w, client, _ := newWorld(t)
		other := enrichtest.New()
		defer other.Close()
		w.Fault, w.Other = enrichtest.First(enrichtest.Elsewhere, 1<<30), other.URL
		var a kept
		err := enrich.Loop{Sources: []enrich.Source{sources(w, client)[name]}, Keep: a.keep}.Run(t.Context(), ask(w, someIDs(3)))
		if err == nil || !strings.Contains(err.Error(), "a redirect to "+other.URL+", which was not followed: it is another host") {
			t.Errorf("%s: %v", name, err)
		}
		if other.Count() != 0 {
			t.Errorf("%s: the redirect was followed", name)
		}
		for _, id := range someIDs(3) {
			if s := a.state(id); s != "" {
				t.Errorf("%s: %s", name, s)
			}
		}
	}
}

// Redirects on the same host are followed, and signed again.
func TestRedirectOnTheHost(t *testing.T) {
	for _, name := range names {
		w, client, _ := newWorld(t)
		w.Fault = func(n int, _ *http.Request) enrichtest.Fault {
			if n%2 == 1 {
				return enrichtest.Elsewhere
			}
			return enrichtest.OK
		}
		var a kept
		if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)[name]}, Keep: a.keep}).Run(t.Context(), ask(w, someIDs(3))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		requests, headers := w.Requests()
		for i, h := range headers {
			if h.Get("Referer") != "" || (name == "v1" || name == "v2") && h.Get("Authorization") == "" {
				t.Errorf("%s: %s with %v", name, requests[i], h)
			}
		}
		for _, id := range someIDs(3) {
			if got, want := a.state(id), truth(w.Of(id), name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

func TestCheckBase(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://api.x.com": true, "https://example.org:8443/x": true, "http://127.0.0.1:80": true, "http://[::1]:80": true, "http://localhost:80": true,
		"http://example.org": false, "http://127.0.0.1.example.org": false, "http://10.0.0.1": false, "ftp://127.0.0.1": false, "": false, "example.org": false, "https://a:b@example.org": false, "https://example.org/?api_key=x": false,
	} {
		if err := enrich.CheckBase(base); (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestSecretsStayInside(t *testing.T) {
	s := enrich.Secret(token)
	marshalled, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{string(marshalled), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %q", s, struct{ S enrich.Secret }{s}, s, s), fmt.Sprintf("%v", &enrich.V2{Bearer: s})} {
		if strings.Contains(printed, token) {
			t.Errorf("printed: %s", printed)
		}
	}
	w, client, _ := newWorld(t)
	client.Tries = 2
	w.Fault = enrichtest.First(enrichtest.TellsSecret, 1<<30)
	var a kept
	var said []string
	for _, src := range []enrich.Source{sources(w, client)["v2"], &enrich.V1{Client: client, Base: w.URL, Bearer: token}} {
		err := enrich.Loop{Sources: []enrich.Source{src}, Keep: a.keep, Failures: 1, Trouble: func(err *enrich.SourceError, _ bool) { said = append(said, err.Error()) }}.Run(t.Context(), ask(w, someIDs(1)))
		said = append(said, err.Error())
	}
	for _, s := range said {
		if strings.Contains(s, token) || !strings.Contains(s, "[secret]") {
			t.Errorf("said: %s", s)
		}
	}
	for _, bad := range []enrich.Secret{"", "a b", "a\nb", "ä"} {
		err := enrich.Loop{Sources: []enrich.Source{&enrich.V2{Client: client, Base: w.URL, Bearer: bad}}, Keep: a.keep}.Run(t.Context(), ask(w, someIDs(1)))
		if err == nil || bad != "" && strings.Contains(err.Error(), string(bad)) {
			t.Errorf("token %q: %v", string(bad), err)
		}
	}
}

// go-twitter's traps: see the comment on V1.
func TestV1(t *testing.T) {
	w, client, _ := newWorld(t)
	var a kept
	all := someIDs(250)
	if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)["v1"]}, Keep: a.keep}).Run(t.Context(), ask(w, all)); err != nil {
		t.Fatal(err)
	}
	requests, headers := w.Requests()
	asked := map[string]int{}
	for i, r := range requests {
		if !strings.Contains(r, "tweet_mode=extended") || !strings.HasPrefix(r, "GET /1.1/statuses/") {
			t.Error(r)
		}
		if h := headers[i].Get("Authorization"); !strings.HasPrefix(h, "OAuth ") || strings.Contains(h, "secret") {
			t.Errorf("Authorization: %s", h)
		}
		if strings.Contains(r, "lookup") {
			n := strings.Count(r, "%2C") + 1 // parameters do not grow from call to call
			if n > 100 {
				t.Errorf("%d IDs in a call", n)
			}
			asked["lookup"] += n
		} else {
			asked["show"]++
		}
	}
	missing := 0
	for _, id := range all {
		if s := w.Of(id).State; s == "gone" || s == "hidden" {
			missing++
		}
	}
	if asked["lookup"] != 250 || asked["show"] != missing {
		t.Errorf("asked %v; %d are missing", asked, missing)
	}
}

// Answers with IDs that nobody asked for, with some twice, or with some left out.
func TestOtherIDs(t *testing.T) {
	for _, name := range []string{"v2", "v1"} {
		for _, fault := range []enrichtest.Fault{enrichtest.Extra, enrichtest.Missing} {
			w, client, _ := newWorld(t)
			w.Fault = enrichtest.First(fault, 1)
			all := someIDs(90)
			var a kept
			if err := (enrich.Loop{Sources: []enrich.Source{sources(w, client)[name]}, Keep: a.keep}).Run(t.Context(), ask(w, all)); err != nil {
				t.Fatal(err)
			}
			for i, id := range all {
				want := w.Of(id).State
				if fault == enrichtest.Missing && name == "v2" && i < 45 {
					want = "" // left out: not known, and asked again the next time
				}
				if a.state(id) != want || len(a.of[id]) != 1 {
					t.Errorf("%s, %s: %s: %d answers, %s, want %s", name, fault, id, len(a.of[id]), a.state(id), want)
				}
			}
			if len(a.all) != len(all) {
				t.Errorf("%s, %s: %d answers", name, fault, len(a.all))
			}
		}
	}
}

// A server fails in one call of three, in a random way. Every tweet ends in its true
// state, none is asked for more often than the tries allow, nothing is kept twice, and
// memory is bounded.
func TestChaos(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		tries int // of one tweet in one run, at most
	}{{"v2", 100_000, 6}, {"v1", 3000, 12}, {"oembed", 1000, 6}, {"wayback", 500, 36}} {
		t.Run(c.name, func(t *testing.T) {
			c.n /= slow.Or(50, 1)
			w, client, _ := newWorld(t)
			faults := slices.Concat(enrichtest.Passing, []enrichtest.Fault{enrichtest.Extra, enrichtest.Missing})
			if c.name == "wayback" { // an empty list is an answer
				faults = slices.DeleteFunc(faults, func(f enrichtest.Fault) bool { return f == enrichtest.Empty200 })
			}
			w.Fault = enrichtest.Randomly(7, 3, faults...)
			all := someIDs(c.n)
			s := states{T: t, of: map[string]enrich.State{}}
			loop := enrich.Loop{Sources: []enrich.Source{sources(w, client)[c.name]}, Keep: s.keep}
			runs := 0
			for left := all; len(left) > 0; runs++ {
				if runs == 20 {
					t.Fatalf("%d are not known after %d runs", len(left), runs)
				}
				if err := loop.Run(t.Context(), ask(w, left)); err != nil {
					t.Fatal(err)
				}
				left = slices.DeleteFunc(slices.Clone(left), func(id string) bool {
					return s.of[id] != enrich.Unknown || truth(w.Of(id), c.name) == ""
				})
			}
			for _, id := range all {
				if want := enrich.State(truth(w.Of(id), c.name)); s.of[id] != cmp.Or(want, enrich.Unknown) {
					t.Errorf("%s: %s, want %s", id, s.of[id], want)
				}
			}
			most := slices.Max(slices.Collect(maps.Values(w.Asked())))
			if most > c.tries*runs {
				t.Errorf("one was asked for %d times in %d runs", most, runs)
			}
			t.Logf("%d IDs, %d requests, %d runs, one asked at most %d times, heap %d MB", c.n, w.Count(), runs, most, s.heap>>20)
			if s.heap > 128<<20 {
				t.Errorf("%d MB", s.heap>>20)
			}
		})
	}
}

// states are the states that were kept. Only an unknown one may change.
type states struct {
	*testing.T
	of    map[string]enrich.State
	keeps int
	heap  uint64 // its largest size
}

func (s *states) keep(answers []enrich.Answer) error {
	for _, a := range answers {
		if before, ok := s.of[a.ID]; ok && before != enrich.Unknown {
			s.Errorf("%s: %s after %s", a.ID, a.State, before)
		}
		s.of[a.ID] = a.State
	}
	if s.keeps++; s.keeps%250 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		s.heap = max(s.heap, m.HeapAlloc)
	}
	return nil
}

// write makes a file of the test.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
