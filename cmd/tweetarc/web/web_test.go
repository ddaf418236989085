package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

var hold = flag.String("serve", "", "serve the archive of the tests at this `address` until killed, to look at it")

func TestHold(t *testing.T) {
	if *hold == "" {
		t.Skip("no -serve ADDRESS")
	}
	l, err := net.Listen("tcp", *hold)
	if err != nil {
		t.Fatal(err)
	}
	t.Fatal(server(t).Serve(t.Context(), l))
}

// get asks a server for a path and returns the status and the body.
func get(t testing.TB, s *httptest.Server, path string) (int, string) {
	t.Helper()
	resp, err := s.Client().Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(path, err)
	}
	return resp.StatusCode, string(b)
}

func start(t testing.TB) *httptest.Server {
	t.Helper()
	h := httptest.NewServer(server(t))
	t.Cleanup(h.Close)
	return h
}

// What stands on the pages: a path, then lines that must be on it, or behind a
// dash must not.
const pagesWant = `
/ 200
	>138 tweets</a> by
	<title>town.db · tweetarc</title>
	with tweetarc test, detector test.
	class="layer-0"
	everybody else
	<th scope="row">2013</th>
	href="/?q=since%3A2015&#43;until%3A2016"
	Most often embedded
	href="/outlet/lampnews.example"
	href="/feed.atom"
	- class="facet"
/?sort=-date 200
	138 tweets
	<title>Search · tweetarc</title>
	>Newest</a>
	- >Best match</a>
	Tweets by year
	href="/?q=since%3A2015&#43;until%3A2016"
	href="/?q=from%3Ajaneroe"
	href="/?q=outlet%3A%3Dlampnews.example"
	href="/?q=form%3Ablockquote"
	href="/?q=-has%3Aid"
	href="/csv"
/?q=lighthouse+lit 200
	1 tweet<
	The <mark>lighthouse</mark> is <mark>lit</mark> again.
	>Best match</a>
	<span class="state gone">gone</span>
/?q=%23tramlife+since%3A2013 200
	<a href="/?q=%23tramlife"><mark>#tramlife</mark></a>
	title="Take away"><bdi>since:2013</bdi>
/?q=goose&page=1000000 200
	aria-current="page"
/?q=goose&page=x&sort=nix 200
	aria-current="true">Best match</a>
/?q=(bridge 400
	This query cannot be understood
	<code dir="auto"><mark>(bridge</mark></code>
	this ( is not closed
	- <mark></mark>
/?q=nosuchwordatall 200
	No tweet
	Nothing in the archive fits.
	- class="timeline"
/?q=since:2015-01+until:2015-02 200
	Tweets by day
/?q=janeroe 200
	<a href="/?q=from%3Ajaneroe">13 tweets by @janeroe</a>
/?q=%40JANEROE 200
	<a href="/?q=from%3Ajaneroe">13 tweets by @janeroe</a>
/?q=jane+roe 200
	- tweets by @
/?q=goose+from:janeroe 200
	- tweets by @
/?q=goose&sort=random&seed=3 200
	aria-current="true">Random</a>
	href="/?q=goose&amp;seed=4&amp;sort=random"
	93 % sure of the words
/?q=goose&sort=random&seed=x 400
	This is no seed
/?q=goose 200
	href="/feed.atom?q=goose"
	<a class="outlet" href="/outlet/
	title="town/news-
/outlet/LAMPNEWS.example 200
	<h1><bdi>lampnews.example</bdi></h1>
	href="/?q=outlet%3A%3Dlampnews.example"
	Latest articles
	Top accounts
	<a href="/article?file=town
/outlet/lampnews.example?page=9 200
/outlet/nix 404
	Not in this archive
/outlet/%22%3E%3Cscript%3E 404
/author/JaneRoe 200
	<bdi class="name">Jane Roe</bdi> <bdi class="handle">@janeroe</bdi>
	All 13 tweets
	In articles with
/author/nobody_at_all 404
	Not in this archive
/author/-- 404
/article?file=town%2Fnews-1.jsonl&record=1 200
	tweets in it
	<mark>
	town/news-1.jsonl:1
/article?file=town%2Fnews-1.jsonl&record=99 404
/article?file=town%2Fnews-1.jsonl 404
/tweet/1 404
	Not in this archive
/stats 200
	Articles with tweets
	href="/tweet/
/stats?q=goose 200
	value="goose"
	href="/stats?by=outlet%2Carticle-month&amp;q=goose"
/stats?q=%22 400
/stats?by=outlet&by=posted-year 200
	Embeds by outlet and year of the tweet
	<bdi>lampnews.example</bdi></a></th>
	<td class="s8"
	href="/counts.csv?by=outlet%2Cposted-year"
	href="/counts.svg?by=outlet%2Cposted-year&amp;of=embeds"
	href="/stats?by=outlet%2Cposted-year&amp;of=tweets">tweets
	- >share</a>
/stats?by=handle,posted-year&of=tweets&q=bridge 200
	Tweets by handle and year of the tweet
	href="/?q=bridge&#43;from%3Ajaneroe&#43;since%3A
/stats?by=hashtag 200
	Counts by hashtag
	href="/?q=%23tramlife"
	A tweet counts under each hashtag
/stats?by=outlet,month&q=nosuchwordatall 200
	Nothing in the archive fits.
/stats?by=nix 400
	This cannot be counted
/stats?by=outlet,month&of=share 400
	archive with --count-all
/stats?by=outlet,month&of=nix 400
/stats?by=outlet,month&q=%22 400
/counts.csv?by=handle,posted-year 200
	handle,posted_year,embeds,tweets,articles
	janeroe,2015,
/counts.csv 400
/counts.svg?by=outlet,posted-year 200
	<title>lampnews.example, 2015: 
/counts.svg?by=outlet 400
	This cannot be drawn
/runs 200
	tweetarc archive town/
/run/nix 404
/nix 404
	There is no such page
/static/nix.css 404
`

func TestPages(t *testing.T) {
	h := start(t)
	var path, body string
	for _, line := range strings.Split(strings.TrimSpace(pagesWant), "\n") {
		want, under := strings.CutPrefix(line, "\t")
		if !under {
			var status, got int
			if _, err := fmt.Sscanf(line, "%s %d", &path, &status); err != nil {
				t.Fatal(line, err)
			}
			if got, body = get(t, h, path); got != status {
				t.Errorf("%s: %d, want %d", path, got, status)
			}
			continue
		}
		if not, ok := strings.CutPrefix(want, "- "); ok {
			if strings.Contains(body, not) {
				t.Errorf("%s holds %q", path, not)
			}
		} else if !strings.Contains(body, want) {
			t.Errorf("%s does not hold %q", path, want)
		}
	}
}

// A tweet's page tells all that is known of it.
func TestTweet(t *testing.T) {
	h := start(t)
	late := idOf(time.Date(2016, 5, 4, 12, 0, 0, 0, time.UTC), 1)
	_, body := get(t, h, "/tweet/"+late)
	for _, want := range []string{
		"The lighthouse is lit again.", "4 May 2016, 12:00:00", late,
		`href="https://twitter.com/janeroe/status/` + late + `" rel="noreferrer`, `href="https://web.archive.org/web/*/https://twitter.com/janeroe/status/` + late + `"`,
		"What does not fit", "The printed day is not the day of the status ID.", "printed 2016-05-06, but ID " + late + " is of 2016-05-04", "posted on 2016-05-04, but the article is of 2016-05-01",
		`<span class="state gone">gone</span> asked 2020-02-03 04:05:06`, "oembed", "wayback", `<span class="state found">found</span>`,
		`<a href="/article?file=town%2Fodd`, ">bytes 101 – ", "&lt;blockquote class=&#34;twitter-tweet&#34;&gt;", "that week, and those who had been there",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	// Without an ID it has an address too, and its list can be paged.
	_, body = get(t, h, "/?q=goose+-has:id")
	at := strings.Index(body, `href="/tweet/`)
	if at < 0 {
		t.Fatal("no goose without ID")
	}
	path, _, _ := strings.Cut(body[at+len(`href="`):], `"`)
	if status, body := get(t, h, path+"?page=2"); status != 200 || !strings.Contains(body, "one goose") || !strings.Contains(path, "~") {
		t.Errorf("%s: %d", path, status)
	}
}

// crawl follows all links from the first page on and hands on every page.
func crawl(t *testing.T, first string, read func(string) string, each func(path string, doc *html.Node)) {
	seen := map[string]bool{first: true}
	for next := []string{first}; len(next) > 0; next = next[1:] {
		path := next[0]
		doc, err := html.Parse(strings.NewReader(read(path)))
		if err != nil {
			t.Fatal(err)
		}
		each(path, doc)
		for n := range doc.Descendants() {
			for _, a := range n.Attr {
				if n.Data != "a" || a.Key != "href" {
					continue
				}
				base, _ := url.Parse(path)
				to, err := base.Parse(a.Val)
				if err != nil || to.Host != "" || seen[to.String()] || strings.HasPrefix(a.Val, "#") || len(seen) > 120 {
					continue
				}
				seen[to.String()] = true
				if to.Path != "/csv" && to.Path != "/feed.atom" && to.Path != "/excel" && to.Path != "/jsonl" && !strings.HasSuffix(to.Path, ".csv") && !strings.HasSuffix(to.Path, ".svg") && !strings.HasSuffix(to.Path, ".jsonl") {
					next = append(next, to.String())
				}
			}
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d pages", len(seen))
	}
}

var allowedElements = map[string]bool{}

func init() {
	for _, e := range strings.Fields(`html head meta title link body a header div svg path nav form label input button main h1 h2 h3 details summary table caption
		thead tbody tr th td code p section ul ol li article span bdi time mark footer aside dl dt dd b br q g line rect text blockquote kbd ins del select option`) {
		allowedElements[e] = true
	}
}

// harmless is the law of every page: nothing of what the archive holds became
// an element, an attribute or an address that a browser would act on.
func harmless(t *testing.T, path string, doc *html.Node) {
	t.Helper()
	for n := range doc.Descendants() {
		switch n.Type {
		case html.TextNode:
			if i := strings.IndexFunc(n.Data, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfffe }); i >= 0 {
				t.Errorf("%s: control character in %q", path, n.Data[max(0, i-10):min(len(n.Data), i+10)])
			}
			if strings.ContainsRune(n.Data, '\u202e') && !isolated(n) {
				t.Errorf("%s: turned writing in <%s>", path, n.Parent.Data)
			}
			if n.Parent.Data == "title" && n.Parent.Namespace == "" && strings.ContainsAny(n.Data, "\u202e\u2066") {
				t.Errorf("%s: title turns round", path)
			}
		case html.ElementNode:
			if n.Data == "script" && n.FirstChild == nil && len(n.Attr) == 2 && n.Attr[0].Val == served.asset("keys.js") {
				continue
			}
			if !allowedElements[n.Data] {
				t.Errorf("%s: <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src":
					t.Errorf("%s: %s=%q", path, a.Key, a.Val)
				case a.Key == "href" || a.Key == "action":
					u, err := url.Parse(a.Val)
					if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || strings.Contains(a.Val, "ZgotmplZ") { // what html/template puts in the place of javascript:
						t.Errorf("%s: %s=%q", path, a.Key, a.Val)
					}
				}
			}
		}
	}
}

// isolated tells whether what turns the writing round in a text ends with an
// element around it.
func isolated(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "bdi" || hasAttr(p, "dir") {
			return true
		}
	}
	return false
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func TestHostile(t *testing.T) {
	h := start(t)
	long := false
	read := func(path string) string {
		_, body := get(t, h, path)
		return body
	}
	check := func(path string, doc *html.Node) {
		harmless(t, path, doc)
		if strings.HasPrefix(path, "/?") {
			for n := range doc.Descendants() {
				if n.Type == html.TextNode && len(n.Data) > 10*cardText {
					t.Errorf("%s: %d bytes of text are not folded", path, len(n.Data))
				}
			}
		}
		if strings.HasPrefix(path, "/tweet/") && strings.Contains(path, "longname") {
			long = true
			for n := range doc.Descendants() {
				if n.Type == html.TextNode && len(n.Data) > 2*pageText && n.Parent.Data != "details" && n.Parent.Parent.Data != "details" {
					t.Errorf("%s: %d bytes of text are not folded", path, len(n.Data))
				}
			}
		}
	}
	for _, first := range []string{"/?q=until%3A2015-02+since%3A2015", "/stats", "/stats?by=outlet,posted-year", "/stats?by=hashtag,handle", "/runs", "/?q=%3Cscript%3E%22%27%00", "/?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%22", "/?q=%E2%80%AE%28"} {
		crawl(t, first, read, check)
	}
	if !long {
		t.Error("the page of the long tweet was not reached")
	}
	_, body := get(t, h, "/?q=from%3Anullbyte")
	if !strings.Contains(body, "a null␀byte, a bell␇, an escape ␛[31m") {
		t.Error("control characters are not shown")
	}
	_, body = get(t, h, "/?q=from%3Alongname")
	if !strings.Contains(body, "all 50,0") || len(body) > 60_000 {
		t.Errorf("the long text is not folded: %d bytes", len(body))
	}
	_, body = get(t, h, "/?q=from:scheme")
	if strings.Contains(body, `href="javascript`) {
		t.Error("javascript: is a link")
	}
}

func TestHeadersAndHosts(t *testing.T) {
	s := server(t)
	s.opts.Hosts = []string{"archive.example"}
	ask := func(method, path, host string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Host = host
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for _, x := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "/", "127.0.0.1:8420", 200},
		{"GET", "/", "localhost", 200},
		{"GET", "/", "LOCALHOST:1", 200},
		{"GET", "/", "[::1]:8420", 200},
		{"GET", "/", "192.0.2.7:80", 200},
		{"GET", "/", "archive.example:443", 200},
		{"GET", "/", "evil.example", 421},
		{"GET", "/", "evil.example:8420", 421},
		{"GET", "/", "localhost.evil.example", 421},
		{"GET", "/", "127.0.0.1.evil.example", 421},
		{"GET", "/csv", "evil.example", 421},
		{"GET", "/static/" + assets.hashed["style.css"], "evil.example", 421},
		{"GET", "/", "", 421},
		{"HEAD", "/", "localhost", 200},
		{"HEAD", "/csv", "localhost", 200},
		{"POST", "/", "localhost", 405},
		{"PUT", "/stats", "localhost", 405},
		{"DELETE", "/tweet/1", "localhost", 405},
		{"OPTIONS", "/", "localhost", 405},
		{"GET", "/?q=" + strings.Repeat("a", 5000), "localhost", 400},
		{"GET", "/?q=" + strings.Repeat("a", 50_000), "localhost", 414},
		{"GET", "/?q=%ff", "localhost", 400},
		{"GET", "/?q=%00", "localhost", 400},
		{"GET", "/tweet/%00%ff%2e%2e%2f", "localhost", 404},
		{"GET", "/static/..%2fweb.go", "localhost", 404},
		{"GET", "/run/%22", "localhost", 404},
	} {
		w := ask(x.method, x.path, x.host)
		if w.Code != x.status {
			t.Errorf("%s %.60s of %s: %d, want %d", x.method, x.path, x.host, w.Code, x.status)
		}
		for k, v := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
			if w.Header().Get(k) != v {
				t.Errorf("%s %.60s: %s: %q", x.method, x.path, k, w.Header().Get(k))
			}
		}
	}
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Error(policy)
	}
	// Another site's page may link here, but not load what is here.
	if c := ask("GET", "/csv", "localhost", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors").Code; c != 403 {
		t.Error("cross-site load:", c)
	}
	if c := ask("GET", "/", "localhost", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate").Code; c != 200 {
		t.Error("cross-site link:", c)
	}
	w := ask("GET", "/static/"+assets.hashed["style.css"], "localhost")
	if w.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Error(w.Header())
	}
}

// A query that takes too long is broken off, and said so.
func TestLimit(t *testing.T) {
	s := server(t)
	s.opts.Limit = time.Nanosecond
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/?q=bridge", nil)
	r.Host = "localhost"
	s.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "This takes too long") {
		t.Error(w.Code, w.Body.String())
	}
}

// While a run adds to the archive, its new rows show.
func TestNewRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	writer := town(t, path)
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := New(db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h := httptest.NewServer(s)
	defer h.Close()
	if _, body := get(t, h, "/?q=walrus"); !strings.Contains(body, "No tweet") {
		t.Fatal("a walrus before its time")
	}
	fill(t, writer, part("town/more.jsonl", article("town/more.jsonl", 1, "", "More", "2019-01-01", archive.Tweet{Author: "New", Handle: "newcomer", Date: "2019-01-01", Text: "A walrus!"})))
	end := time.Now().Add(10 * time.Second)
	for {
		_, body := get(t, h, "/?q=walrus")
		if strings.Contains(body, "1 tweet<") && strings.Contains(body, "@newcomer") && strings.Contains(body, "from%3Anewcomer") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the walrus does not show")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestDownload(t *testing.T) {
	s := server(t)
	h := httptest.NewServer(s)
	defer h.Close()
	q, err := store.ParseQuery("since:2015 until:2015-02")
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range formats {
		var want bytes.Buffer
		out := f.make(&want, store.TweetColumns)
		if _, err := s.db.Export(t.Context(), store.Tweets, q, out.Write); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		resp, err := h.Client().Get(h.URL + "/" + name + "?q=since%3A2015+until%3A2015-02")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !bytes.Equal(got, want.Bytes()) || len(got) < 32767 {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), want.Len(), err)
		}
		if d := resp.Header.Get("Content-Disposition"); d != `attachment; filename="`+f.file+`"` {
			t.Error(name, d)
		}
		if guarded := bytes.Contains(got, []byte(`'=1+cmd`)); guarded != (name == "excel") {
			t.Errorf("%s: formula guarded: %v", name, guarded)
		}
	}
	if status, _ := get(t, h, "/csv?q=%28"); status != 400 {
		t.Error("bad query:", status)
	}
}

// What was kept of the corpus is in the downloads and in a report, as it is in exports.
func TestDownloadKept(t *testing.T) {
	db, err := store.Open(filepath.Join(t.TempDir(), "k.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w, err := db.Writer(store.Run{Command: "tweetarc archive --keep section", Version: "test", Detector: 1, Options: "test", Keep: []string{"section"}})
	if err != nil {
		t.Fatal(err)
	}
	a := article("kept.csv", 1, "https://lampnews.example/1", "Of trams", "2018-03-06",
		archive.Tweet{Author: "Jane Roe", Handle: "janeroe", Date: "2018-03-05", Text: "The tram is late, as ever."})
	a.Article.Kept = []string{"Trade, crafts"}
	if err := errors.Join(w.Add(part("kept.csv", a)), w.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := New(db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	defer h.Close()
	dir := t.TempDir()
	if _, err := Report(t.Context(), db, nil, dir, 0); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"csv":   {",words_by,section\n", `,"Trade, crafts"` + "\n"},
		"excel": {",words_by,section\n", `,"Trade, crafts"` + "\n"},
		"jsonl": {`"section":"Trade, crafts"}` + "\n"},
	} {
		status, got := get(t, h, "/"+name)
		for _, want := range want {
			if status != 200 || !strings.Contains(got, want) {
				t.Errorf("%s: %d, no %q in %q", name, status, want, got)
			}
		}
		if b, err := os.ReadFile(filepath.Join(dir, formats[name].file)); err == nil && string(b) != got {
			t.Errorf("%s: the report has %q, the page %q", name, b, got)
		} else if err != nil {
			t.Error(err)
		}
	}
}

func TestReport(t *testing.T) {
	db := town(t, filepath.Join(t.TempDir(), "t.db"))
	for _, query := range []string{"", "since:2015", "nosuchwordatall"} {
		q, err := store.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		w, err := Report(t.Context(), db, q, dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.Count(t.Context(), q); err != nil || w.Found != n || w.Tweets != n {
			t.Error(w, n, err)
		}
		pages := 0
		err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".html" {
				return err
			}
			pages++
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			doc, err := html.Parse(bytes.NewReader(b))
			if err != nil {
				return err
			}
			harmless(t, path, doc)
			for n := range doc.Descendants() {
				for _, a := range n.Attr {
					if a.Key == "action" || n.Data == "form" {
						t.Errorf("%s: a form", path)
					}
					if n.Data == "link" && a.Key == "href" && strings.Contains(a.Val, ":") {
						t.Errorf("%s: loads %s", path, a.Val)
					}
					if a.Key != "href" || strings.HasPrefix(a.Val, "http") || strings.HasPrefix(a.Val, "#") {
						continue
					}
					to, err := url.PathUnescape(a.Val)
					if err != nil {
						t.Error(path, a.Val, err)
						continue
					}
					if _, err := os.Stat(filepath.Join(filepath.Dir(path), to)); err != nil || to == "" || filepath.IsAbs(to) {
						t.Errorf("%s: link to %q: %v", path, a.Val, err)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if pages != w.Pages {
			t.Errorf("%q: %d pages, %d said", query, pages, w.Pages)
		}
		if query == "nosuchwordatall" && pages != 3 {
			t.Errorf("%d pages of nothing", pages)
		}
	}
	// With a limit, and the same again.
	var two [2]string
	for i := range two {
		dir := t.TempDir()
		w, err := Report(t.Context(), db, nil, dir, 10)
		if err != nil || w.Tweets != 10 || w.Found != 138 {
			t.Fatal(w, err)
		}
		two[i] = dir
	}
	if a, b := tree(t, two[0]), tree(t, two[1]); a != b {
		t.Error("two reports of one archive differ")
	}
}

func tree(t *testing.T, dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		b.WriteString(strings.TrimPrefix(path, dir) + "\n" + string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Serve ends when its context does, also while somebody is connected.
func TestServeEnds(t *testing.T) {
	s := server(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, l) }()
	resp, err := http.Get("http://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on")
	}
}

// Of what very many tweets answer all can be leafed through, the newest are counted,
// and the page says so.
func TestMany(t *testing.T) {
	s := server(t)
	s.most = 5
	h := httptest.NewServer(s)
	defer h.Close()
	for _, x := range []struct {
		path  string
		words []string
	}{
		{"/?q=bridge", []string{"27 tweets<", "count the newest 5 of these tweets.", ">All 27 as <a", ">Best match</a>"}},
		{"/?q=bridge&page=2", []string{"27 tweets<", "aria-current=\"page\""}},
		{"/stats?q=bridge", []string{"finds 27 tweets. This page counts the newest 5 of them.", "<dd>5</dd>"}},
		{"/?q=bridge+since:2013+until:2014", []string{"6 tweets<", "All 6 as"}},
		{"/", []string{"138 tweets<", "19 accounts"}},
		{"/stats", []string{"<dd>138</dd>"}},
	} {
		status, body := get(t, h, x.path)
		for end := time.Now().Add(10 * time.Second); !strings.Contains(x.path, "q=") && strings.Contains(body, "the newest 5 of") && time.Now().Before(end); time.Sleep(time.Millisecond) {
			status, body = get(t, h, x.path) // until all are counted
		}
		for _, want := range x.words {
			if status != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d, no %q", x.path, status, want)
			}
		}
		if x.path == "/" && strings.Contains(body, "the newest 5") {
			t.Errorf("%s: not all are counted", x.path)
		}
	}
	if status, body := get(t, h, "/csv?q=bridge"); status != 200 || strings.Count(body, "\n") < 27 {
		t.Errorf("the download holds %d lines", strings.Count(body, "\n"))
	}
}

// The pages of a list hold every tweet once, in its order.
func TestPaging(t *testing.T) {
	h := start(t)
	for _, sort := range []string{"date", "-date", "sightings", "confidence", "random", "random&seed=7"} {
		seen := map[string]bool{}
		days := ""
		for page := 1; page <= 7; page++ {
			_, body := get(t, h, fmt.Sprintf("/?sort=%s&page=%d", sort, page))
			for _, card := range strings.Split(body, `<article class="card">`)[1:] {
				_, after, _ := strings.Cut(card, `class="when" href="`)
				key, rest, _ := strings.Cut(after, `"`)
				if seen[key] {
					t.Errorf("%s, page %d: %s again", sort, page, key)
				}
				seen[key] = true
				if _, after, ok := strings.Cut(rest, `datetime="`); ok && sort == "date" {
					if after[:10] < days {
						t.Errorf("page %d: %s behind %s", page, after[:10], days)
					}
					days = after[:10]
				}
			}
		}
		if len(seen) != 138 {
			t.Errorf("%s: %d tweets on 7 pages", sort, len(seen))
		}
	}
}

// A figure is XML, whatever strangers call themselves.
func TestFigure(t *testing.T) {
	h := start(t)
	for _, by := range []string{"outlet,article-month", "handle,hashtag", "domain,posted-day", "mention,form"} {
		_, body := get(t, h, "/counts.svg?by="+by)
		d := xml.NewDecoder(strings.NewReader(body))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("by %s: %v", by, err)
			}
		}
	}
}
