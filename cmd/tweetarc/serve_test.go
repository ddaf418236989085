package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"example.org/tweetarc/store"
)

// serve prints where it is, answers there, and ends with the context.
func TestServe(t *testing.T) {
	db := filepath.Join(t.TempDir(), "t.db")
	news := strings.NewReader(`{"text":"He said it.\n\nThe tram is late, as ever. — Rio Tan (@rio_tan) May 2, 2019\n\nNobody laughed.","title":"Late"}` + "\n")
	if code := run(t.Context(), []string{"tweetarc", "archive", "--db", db, "-"}, news, io.Discard, io.Discard); code != 0 {
		t.Fatal("archive:", code)
	}
	for _, x := range []struct{ listen, warning string }{
		{"127.0.0.1:0", ""},
		{"localhost:0", ""},
		{"0.0.0.0:0", "there is no password"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		out, in := io.Pipe()
		code := make(chan int, 1)
		go func() {
			code <- run(ctx, []string{"tweetarc", "serve", "--db", db, "--listen", x.listen}, nil, io.Discard, in)
			in.Close()
		}()
		address, warned := "", ""
		lines := bufio.NewScanner(out)
		for address == "" && lines.Scan() {
			if _, after, ok := strings.Cut(lines.Text(), "is at "); ok {
				address, _, _ = strings.Cut(after, " ")
			} else {
				warned += lines.Text()
			}
		}
		go io.Copy(io.Discard, out)
		if (x.warning == "") != (warned == "") || !strings.Contains(warned, x.warning) {
			t.Errorf("%s: warning %q", x.listen, warned)
		}
		resp, err := http.Get(address + "?q=tram")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "The <mark>tram</mark> is late") {
			t.Errorf("%s: %s, %v", address, resp.Status, err)
		}
		cancel()
		select {
		case c := <-code:
			if c != 0 {
				t.Errorf("exit code %d", c)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it goes on")
		}
	}
}

// serve --review says where, and what is judged there is in the archive.
func TestServeReview(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	news := strings.NewReader(`{"text":"He said it.\n\nThe tram is late, as ever. — Rio Tan (@rio_tan) May 2, 2019\n\nNobody laughed.","title":"Late"}` + "\n")
	if code := run(t.Context(), []string{"tweetarc", "archive", "--db", path, "-"}, news, io.Discard, io.Discard); code != 0 {
		t.Fatal("archive:", code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"tweetarc", "serve", "--db", path, "--review", "--listen", "127.0.0.1:0"}, nil, io.Discard, in)
		in.Close()
	}()
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		_, address, _ = strings.Cut(lines.Text(), "review it at ")
	}
	go io.Copy(io.Discard, out)
	resp, err := http.Get(address + "?coder=Ana")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s, %v: %s", resp.Status, err, body)
	}
	v := url.Values{"verdict": {"right"}}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(string(body), -1) {
		v.Set(m[1], m[2])
	}
	if resp, err = http.PostForm(address, v); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if coders, err := db.Coders(t.Context()); err != nil || resp.StatusCode != 200 || len(coders) != 1 || coders[0].Name != "Ana" || coders[0].N != 1 {
		t.Errorf("%s: %+v, %v", resp.Status, coders, err)
	}
	cancel()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d", c)
	}
}

// Whoever opens the page of the fixtures' archive and knows nothing of it has
// the tweet about the bridge before him, in its article, after three clicks, each
// on what the page before shows.
func TestThreeClicks(t *testing.T) {
	db := filepath.Join(t.TempDir(), "t.db")
	if code := run(t.Context(), []string{"tweetarc", "archive", "--db", db, "../../fixtures/articles"}, nil, io.Discard, io.Discard); code != 0 {
		t.Fatal("archive:", code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"tweetarc", "serve", "--db", db, "--listen", "127.0.0.1:0"}, nil, io.Discard, in)
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	_, after, _ := strings.Cut(line, "is at ")
	first, _, _ := strings.Cut(after, " ")
	base, err := url.Parse(first)
	if err != nil {
		t.Fatal(line, err)
	}
	// The words on the links: the author's facet, the tweet's embeds, the article.
	const tweet = "We have waited twelve years for this bridge"
	clicks := []string{"Jane Roe", "embed", "Harbour town opens its bridge"}
	for i := 0; ; i++ {
		resp, err := http.Get(base.String())
		if err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(base, resp.Status, err)
		}
		shown := false // the tweet, and on its own page and its article's marked in the passage
		var next string
		for n := range doc.Descendants() {
			switch text := textOf(n); {
			case n.Data == "a" && next == "" && i < len(clicks) && strings.Contains(text, clicks[i]) && (i != 1 || within(n, "article", tweet)):
				for _, a := range n.Attr {
					if a.Key == "href" {
						next = a.Val
					}
				}
			case (n.Data == "mark" || n.Data == "p" && i < 2) && strings.Contains(text, tweet):
				shown = true
			}
		}
		if !shown {
			t.Errorf("%s does not show the tweet", base)
		}
		if i == len(clicks) {
			break
		}
		if next == "" {
			t.Fatalf("%s: no link %q", base, clicks[i])
		}
		if base, err = base.Parse(next); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d", c)
	}
}

// within says whether a node is in an element with these words.
func within(n *html.Node, element, words string) bool {
	for a := range n.Ancestors() {
		if a.Data == element && strings.Contains(textOf(a), words) {
			return true
		}
	}
	return false
}

// textOf is the text below a node.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
