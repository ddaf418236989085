package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
