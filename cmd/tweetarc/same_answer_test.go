package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/cmd/tweetarc/web"
	"example.org/tweetarc/fixtures/slow"
	"example.org/tweetarc/store"
)

// harbourNews are articles as JSON lines, whose tweets share authors, days, words,
// tags, links and hosts.
func harbourNews() string {
	rnd := rand.New(rand.NewPCG(18, 1))
	pick := func(all string) string {
		words := strings.Fields(all)
		return words[rnd.IntN(len(words))]
	}
	var b strings.Builder
	for i := range 260 {
		var body strings.Builder
		for range 1 + rnd.IntN(3) {
			handle, day := pick("ada_mole bo_farrow rio_tan janeroe Jane_Quill"), fmt.Sprintf("May %d, %d", 1+rnd.IntN(28), 2015+rnd.IntN(5))
			words := fmt.Sprintf("The %s and the %s of %s, number %d", pick("bridge tram ferry goose lamp"), pick("bridge tram ferry fog 霧 Café"), pick("#harbour #TramLife @janeroe @rio_tan Quillby 東京"), rnd.IntN(30))
			words += pick("! . ? …") + pick(" https://news.example/a/tram pic.twitter.com/AbCdEfGhIj . 🎉")
			status := ""
			if rnd.IntN(2) == 0 {
				status = fmt.Sprintf("https://twitter.com/%s/status/%d", handle, 700_000_000_000_000_000+int64(rnd.IntN(40))<<40)
			}
			if status != "" {
				fmt.Fprintf(&body, `<blockquote class="twitter-tweet"><p>%s</p>&mdash; %s Name (@%s) <a href="%s">%s</a></blockquote>`, words, handle, handle, status, day)
			} else {
				fmt.Fprintf(&body, "<p>%s — %s Name (@%s) %s</p>", words, handle, handle, day)
			}
		}
		line, _ := json.Marshal(map[string]string{"url": fmt.Sprintf("https://%s/%d", pick("www.one.example two.example sub.two.example three.example"), i), "date": fmt.Sprintf("2019-06-%02d", 1+i%30), "title": fmt.Sprint("News ", i), "text": "<p>It was said.</p>" + body.String()})
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// The command and the page say the same: as many tweets, in the same order.
func TestSameAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	if code := run(t.Context(), []string{"tweetarc", "archive", "--db", path, "-"}, strings.NewReader(harbourNews()), io.Discard, io.Discard); code != 0 {
		t.Fatal("archive:", code)
	}
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	page, err := web.New(db, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	queries := []string{
		"", "goose", "bridge tram", `"the bridge"`, "fog OR lamp", "bridge -fog", "-goose", "NOT goose", "(fog OR lamp) -bridge", "tra*", "brid* -tram", "@janeroe", "@rio_tan -bridge", "#harbour", "#TramLife OR #harbour",
		"tramlife", "霧", "東京", "cafe", "🎉", "url:news.example", "url:https://news.example/a", "filter:links", "filter:media", "filter:replies", "has:id", "-has:id", "has:links", "lang:en", "-lang:en", "min_embeds:2", "-min_embeds:2",
		"min_embeds:0", "form:text", "form:blockquote", "-form:text", "form:text OR has:id", "source:one.example", "source:two.example", "source:sub.two.example", "source:example", "-source:example", "https://news.example/a/tram",
		"id:700000000000000000", "700001099511627776", "https://twitter.com/janeroe/status/700002199023255552", "nothing", "goose nothing", "goose OR nothing", "number", "number -nothing", "of the and",
	}
	for _, handle := range []string{"ada_mole", "BO_FARROW", "nobody"} {
		queries = append(queries, "from:"+handle, "from:"+handle+" bridge", "-from:"+handle, "from:"+handle+" OR fog", "from:"+handle+" has:id since:2017", "from:@"+handle+" source:two.example form:text")
	}
	for _, day := range []string{"2016", "2017-05", "2018-05-14", "2030"} {
		queries = append(queries, "since:"+day, "until:"+day, "goose since:"+day, "-since:"+day, "since:2016-05-03 until:"+day, "bridge -until:"+day+" form:blockquote", "(since:"+day+" fog) OR (until:"+day+" lamp)")
	}
	if len(queries) < 98 {
		t.Errorf("only %d queries", len(queries))
	}
	cards := regexp.MustCompile(`class="when" href="/tweet/([^"]+)"`)
	total := regexp.MustCompile(`<h2 id="total">([\d,]+) tweet`)
	found := 0
	for i, q := range queries {
		if i%slow.Or(4, 1) != 0 {
			continue
		}
		n := strings.TrimSpace(call(t, t.Context(), 0, "search", "--db", path, "--count", "--", q))
		for _, sort := range store.Sorts {
			var want []string
			for line := range strings.Lines(call(t, t.Context(), 0, "search", "--db", path, "--format", "jsonl", "--columns", "key", "--sort", string(sort), "--", q)) {
				var row struct{ Key string }
				if err := json.Unmarshal([]byte(line), &row); err != nil {
					t.Fatal(err)
				}
				want = append(want, row.Key)
			}
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/?"+url.Values{"q": {q}, "sort": {string(sort)}}.Encode(), nil)
			r.Host = "localhost"
			page.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Fatalf("%q: %s", q, w.Body)
			}
			var got []string
			for _, m := range cards.FindAllStringSubmatch(w.Body.String(), -1) {
				key, err := url.PathUnescape(m[1])
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.ReplaceAll(key, "~", "/"))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q by %s: the page has\n%v, the command\n%v", q, sort, got, want)
			}
			if said := total.FindStringSubmatch(w.Body.String()); (said == nil && n != "0") || said != nil && strings.ReplaceAll(said[1], ",", "") != n {
				t.Errorf("%q: the page says %q, the command %s", q, said, n)
			}
			found += len(want)
		}
	}
	if found < 100*len(queries)/4/slow.Or(4, 1) {
		t.Errorf("they find only %d tweets", found)
	}
}
