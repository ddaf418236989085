package enrich_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/tweetarc/archive/enrich"
)

// badReply is what a server that does not behave sends to every request.
type badReply struct {
	name     string
	status   int
	kind     string
	body     string
	header   string // NAME: VALUE
	sources  string // that get it; "": all
	want     string // in the error
	requests int    // at most; 0: 4
}

const (
	askedID = "1256176538219446275"
	otherID = "1256176538219446276"
)

var badReplies = []badReply{
	{name: "404 page", status: 404, kind: "text/html", body: "<html><title>Not &lt;here&gt;</title>", sources: "oembed wayback v1", want: "404 with a page of HTML titled “Not <here>”"},
	{name: "404 page, v2", status: 404, kind: "text/html", body: "<html><h1>Not here</h1>", sources: "v2", want: "is --api-base right?"},
	{name: "404 of a framework", status: 404, kind: "application/json", body: `{"detail":"Not Found"}`, sources: "oembed wayback v1", want: "404 with JSON: Not Found"},
	{name: "404 of a gateway", status: 404, kind: "application/json", body: `{"error":"Not Found"}`, sources: "oembed wayback v1", want: "404 with JSON: Not Found"},
	{name: "404 of a polite gateway", status: 404, kind: "application/json", body: `{"error":"Sorry, no such route"}`, sources: "oembed", want: "404 with JSON: Sorry, no such route"},
	{name: "404, empty", status: 404, sources: "oembed wayback v1", want: "404 with an empty body"},
	{name: "404 about another tweet", status: 404, kind: "application/json", body: `{"error":"Sorry, that page does not exist","request":"/oembed?url=https%3A%2F%2Ftwitter.com%2Fi%2Fstatus%2F` + otherID + `"}`, sources: "oembed", want: "404 with JSON"},
	{name: "403 of a gateway", status: 403, kind: "application/json", body: `{"error":"Forbidden"}`, sources: "oembed", want: "403 with JSON: Forbidden"},
	{name: "portal", status: 200, kind: "text/html", body: "<!DOCTYPE html><title>Guest\x1b]0;x\a \u202eWLAN</title>", want: `200 with a page of HTML titled “Guest\u001b]0;x\u0007 \u202eWLAN”`},
	{name: "portal, as JSON", status: 200, kind: "application/json", body: `<html><title>Guest</title>`, want: "a page of HTML titled “Guest”"},
	{name: "other JSON", status: 200, kind: "application/json", body: `{"ok":true}`, want: `200 with JSON: {"ok":true}`},
	{name: "null", status: 200, kind: "application/json", body: `null`, want: "200 with JSON: null"},
	{name: "empty", status: 200, want: "200 with an empty body"},
	{name: "text", status: 200, kind: "text/plain", body: "pong\u009b31m", want: `200 with text: pong\u009b31m`},
	{name: "half", status: 200, kind: "application/json", body: `[{"id_str":"` + askedID, want: "200 with text"},
	{name: "other oEmbed", status: 200, kind: "application/json", body: `{"version":"1.0","type":"video","url":"https://video.example/watch/1","html":"<iframe></iframe>"}`, sources: "oembed", want: "it answers another question"},
	{name: "another tweet", status: 200, kind: "application/json", body: `{"url":"https://twitter.com/a/status/` + otherID + `","html":"<blockquote>x</blockquote>"}`, sources: "oembed", want: "it answers another question"},
	{name: "hollow oEmbed", status: 200, kind: "application/json", body: `{"url":"https://twitter.com/a/status/` + askedID + `"}`, sources: "oembed", want: "not an oEmbed"},
	{name: "another tweet", status: 200, kind: "application/json", body: `[{"id_str":"` + otherID + `","text":"x","user":{"screen_name":"a"}}]`, sources: "v1", want: "it answers another question"},
	{name: "another tweet", status: 200, kind: "application/json", body: `{"data":[{"id":"` + otherID + `","text":"x"}]}`, sources: "v2", want: "it answers another question"},
	{name: "400 of something else", status: 400, kind: "application/json", body: `{"error":"bad request"}`, sources: "v2", want: "400 with JSON: bad request"},
	{name: "other captures", status: 200, kind: "application/json", body: `[["timestamp","original"],["20200501110000","https://twitter.com/a/status/99"]]`, sources: "wayback", want: "it answers another question"},
	{name: "other table", status: 200, kind: "application/json", body: `[["a","b"],["1","2"]]`, sources: "wayback", want: "not a list of captures"},
	{name: "login", status: 302, header: "Location: https://login.example/?to=x", want: "a redirect to https://login.example, which was not followed: it is another host"},
	{name: "metadata", status: 307, header: "Location: http://169.254.169.254/latest/", want: "a redirect to http://169.254.169.254, which was not followed: it is not encrypted"},
	{name: "broken redirect", status: 302, header: "Location: http://[::1/%zz", want: "a redirect to an address that is not valid"},
	{name: "nowhere", status: 304, want: "304"},
	{name: "years", status: 429, header: "Retry-After: 999999999", want: "rate limit until", requests: 1},
	{name: "the past", status: 429, header: "Retry-After: Mon, 02 Jan 2006 15:04:05 GMT", want: "429 Too Many Requests, tried 6 times", requests: 40},
	{name: "negative", status: 429, header: "Retry-After: -5", want: "429 Too Many Requests, tried 6 times", requests: 40},
	{name: "storm", status: 429, header: "Retry-After: 3000", want: "429 Too Many Requests, since", requests: 40},
	{name: "broken", status: 502, kind: "text/html", body: "<html>", want: "502 Bad Gateway, tried 6 times", requests: 40},
	{name: "our own account is suspended", status: 403, kind: "application/json", body: `{"errors":[{"message":"Your account is suspended","code":64}]}`, sources: "oembed v1", want: "Your account is suspended (code 64)"},
	{name: "controls", status: 401, kind: "application/json", body: `{"title":"x","detail":"\u001b]0;x\u0007\u009b31m\u202eevil"}`, sources: "v1 v2", want: `\u001b]0;x\u0007\u009b31m\u202eevil`},
}

func TestBadServers(t *testing.T) {
	for _, b := range badReplies {
		for _, name := range names {
			if b.sources != "" && !strings.Contains(" "+b.sources+" ", " "+name+" ") {
				continue
			}
			t.Run(name+"/"+b.name, func(t *testing.T) {
				requests := 0
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					requests++
					w.Header()["Content-Type"] = nil
					if b.kind != "" {
						w.Header().Set("Content-Type", b.kind)
					}
					if k, v, ok := strings.Cut(b.header, ": "); ok {
						w.Header().Set(k, v)
					}
					w.WriteHeader(b.status)
					io.WriteString(w, b.body)
				}))
				defer server.Close()
				a, err := askServer(t, server.URL, name)
				for _, x := range a.all {
					if x.State != enrich.Unknown || len(x.Raw) > 0 {
						t.Errorf("kept %s: %s", x.State, x.Raw)
					}
				}
				if err == nil || !strings.Contains(err.Error(), b.want) {
					t.Errorf("said %v, want %s", err, b.want)
				}
				most := max(4, b.requests)
				if requests > most {
					t.Errorf("%d requests", requests)
				}
			})
		}
	}
}

// askServer asks a server about ten tweets.
func askServer(t *testing.T, base, name string) (*kept, error) {
	w, client, _ := newWorld(t)
	source := map[string]enrich.Source{
		"v2":      &enrich.V2{Client: client, Base: base, Bearer: token},
		"v1":      &enrich.V1{Client: client, Base: base, Keys: keys},
		"oembed":  &enrich.OEmbed{Client: client, Base: base, ReadHTML: readHTML},
		"wayback": &enrich.Wayback{Client: client, Base: base, ReadHTML: readHTML},
	}[name]
	a := &kept{}
	err := enrich.Loop{Sources: []enrich.Source{source}, Keep: a.keep}.Run(t.Context(), ask(w, append([]string{askedID}, someIDs(9)...)))
	return a, err
}

// A token is in no message and in no answer that is kept, however it is written.
func TestSecretInEveryEscaping(t *testing.T) {
	const secret = "MADE+UP/Secret/tok3n~Zq9"
	each := func(format string) string {
		var b strings.Builder
		for _, r := range secret {
			fmt.Fprintf(&b, format, r)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"raw": secret, "slashes": strings.ReplaceAll(secret, "/", `\/`), "one": strings.ReplaceAll(secret, "/", `\u002f`), "all": each(`\u%04x`), "upper": each(`\u%04X`),
		"URL": strings.ReplaceAll(strings.ReplaceAll(secret, "/", "%2F"), "+", "%2b"), "URL, all": each("%%%02x"), "twice": strings.ReplaceAll(each("%%%02X"), "%", "%25"), "form": strings.ReplaceAll(secret, "/", "%2f"),
		"HTML": each("&#%d;"), "HTML, hex": each("&#x%X;"), "HTML, names": strings.NewReplacer("/", "&sol;", "+", "&plus;").Replace(secret), "hex": each("%02x"), "HEX": each("%02X"),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "basic": base64.StdEncoding.EncodeToString([]byte("a-key:" + secret)), "basic, URL": base64.URLEncoding.EncodeToString([]byte("key2:" + secret)),
		"folded": secret[:9] + `\r\n ` + secret[9:], "lower": strings.ToLower(secret), "piece": secret[3:14], "bearer": "Bearer " + secret,
	} {
		for _, status := range []int{401, 400, 404, 500, 200} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				if status == 200 && name != "piece" {
					fmt.Fprintf(w, `{"data":[{"id":"%s","text":"x"}],"echo":"%s"}`, askedID, text)
					return
				}
				fmt.Fprintf(w, `{"title":"Oops","type":"about:blank","detail":"bad token %s","errors":[{"message":"bad token %s"}]}`, text, text)
			}))
			w, client, _ := newWorld(t)
			client.Tries = 2
			var a kept
			var said []string
			client.Waiting = func(w enrich.Wait) { said = append(said, w.Why) }
			for _, s := range []enrich.Source{&enrich.V2{Client: client, Base: server.URL, Bearer: secret}, &enrich.V1{Client: client, Base: server.URL, Bearer: secret}} {
				err := enrich.Loop{Sources: []enrich.Source{s}, Keep: a.keep, Trouble: func(err *enrich.SourceError, _ bool) { said = append(said, err.Error()) }}.Run(t.Context(), ask(w, []string{askedID}))
				if err == nil {
					t.Errorf("%s, %d, %s: no error", name, status, s.Name())
					continue
				}
				said = append(said, err.Error())
			}
			for _, x := range a.all {
				if len(x.Raw) > 0 {
					t.Errorf("%s, %d: kept %s", name, status, x.Raw)
				}
			}
			for _, s := range said {
				if strings.Contains(s, "bad token") || !strings.Contains(s, "[secret]") && strings.Contains(s, text) {
					t.Errorf("%s, %d: said %s", name, status, s)
				}
			}
			server.Close()
		}
	}
}

// An answer without an end, or one that grows when it is unpacked, is an error.
func TestEndlessServers(t *testing.T) {
	line := strings.Repeat(" ", 1<<16)
	var bomb bytes.Buffer // packed once: the race detector makes that slow
	z := gzip.NewWriter(&bomb)
	for range 2000 {
		io.WriteString(z, line)
	}
	z.Close()
	for name, serve := range map[string]http.HandlerFunc{
		"gzip bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, line); err != nil {
					return
				}
			}
		},
	} {
		server := httptest.NewServer(serve)
		for _, source := range names {
			a, err := askServer(t, server.URL, source)
			if err == nil || !strings.Contains(err.Error(), "an answer of more than") {
				t.Errorf("%s, %s: %v", name, source, err)
			}
			for _, x := range a.all {
				if x.State != enrich.Unknown || len(x.Raw) > 0 {
					t.Errorf("%s, %s: kept %s", name, source, x.State)
				}
			}
		}
		server.Close()
	}
}

// After a page of nonsense among answers it asks again. A tweet that always gets such
// a page does not stop the others.
func TestOddNowAndThen(t *testing.T) {
	w, client, _ := newWorld(t)
	s := &enrich.OEmbed{Client: client, ReadHTML: readHTML}
	all := someIDs(20)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, all[0]) {
			http.Error(rw, "<html>", http.StatusNotFound)
			return
		}
		w.Config.Handler.ServeHTTP(rw, r)
	}))
	defer server.Close()
	s.Base = server.URL
	var a kept
	if err := (enrich.Loop{Sources: []enrich.Source{s}, Keep: a.keep}).Run(t.Context(), ask(w, all)); err != nil {
		t.Fatal(err)
	}
	for i, id := range all {
		want := truth(w.Of(id), "oembed")
		if i == 0 {
			want = ""
		}
		if a.state(id) != want {
			t.Errorf("%d: %q, want %q", i, a.state(id), want)
		}
	}
}
