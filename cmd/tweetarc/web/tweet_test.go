package web

import (
	"strings"
	"testing"
	"time"
)

// A tweet's page shows all that is known of it.
func TestTweet(t *testing.T) {
	h := start(t)
	late := idOf(time.Date(2016, 5, 4, 12, 0, 0, 0, time.UTC), 1)
	_, body := get(t, h, "/tweet/"+late)
	for _, want := range []string{
		"The lighthouse is lit again.", "4 May 2016, 12:00:00", late,
		`href="https://twitter.com/janeroe/status/` + late + `" rel="noreferrer`, `href="https://web.archive.org/web/*/https://twitter.com/janeroe/status/` + late + `"`,
		"Possible errors", "The printed day is not the day of the status ID.", "printed 2016-05-06, but ID " + late + " is of 2016-05-04", "posted on 2016-05-04, but the article is of 2016-05-01",
		`<span class="state gone">gone</span>, checked 2020-02-03 04:05:06`, "oembed", "wayback", `<span class="state found">found</span>`,
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

func TestNoTweet(t *testing.T) {
	wantPages(t, `
/tweet/1 404
	Not in this archive
`)
}
