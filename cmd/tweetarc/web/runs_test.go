package web

import (
	"regexp"
	"strings"
	"testing"
)

func TestRuns(t *testing.T) {
	wantPages(t, `
/runs 200
	tweetarc archive town/
/run/nix 404
`)
}

// A run's page has what it counted, and its inputs.
func TestRun(t *testing.T) {
	h := start(t)
	_, body := get(t, h, "/runs")
	path := regexp.MustCompile(`/run/[^"]+`).FindString(body)
	_, body = get(t, h, path)
	for _, want := range []string{"tweetarc archive town/", "<dd>5 read</dd>", "5 inputs", "town/news-1.jsonl", "Embeds, by form", `href="/?q=form%3Ablockquote"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s: no %q", path, want)
		}
	}
}
