package web

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSearch(t *testing.T) {
	wantPages(t, `
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
	title="Remove this filter"><bdi>since:2013</bdi>
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
	No tweets found
	No tweet matches this query.
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
	93% sure of the words
/?q=goose&sort=random&seed=x 400
	This is not a seed
/?q=goose 200
	href="/feed.atom?q=goose"
	<a class="outlet" href="/outlet/
	title="town/news-
`)
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
		{"/?q=bridge", []string{"27 tweets<", "count the newest 5 of these tweets.", ">Download all 27 as <a", ">Best match</a>"}},
		{"/?q=bridge&page=2", []string{"27 tweets<", "aria-current=\"page\""}},
		{"/stats?q=bridge", []string{"finds 27 tweets. This page counts the newest 5.", "<dd>5</dd>"}},
		{"/?q=bridge+since:2013+until:2014", []string{"6 tweets<", "Download all 6 as"}},
		{"/", []string{"138 tweets<", "19 authors"}},
		{"/stats", []string{"<dd>138</dd>"}},
	} {
		status, body := get(t, h, x.path)
		for end := time.Now().Add(10 * time.Second); !strings.Contains(x.path, "q=") && strings.Contains(body, "the newest 5") && time.Now().Before(end); time.Sleep(time.Millisecond) {
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
	for _, sort := range []string{"date", "-date", "embeds", "sightings", "confidence", "random", "random&seed=7"} {
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
						t.Errorf("page %d: %s after %s", page, after[:10], days)
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
