package outlet

import (
	"testing"

	"example.org/tweetarc/archive"
)

func TestOf(t *testing.T) {
	for _, c := range []struct{ name, url, want string }{
		{"", "https://www.example.org/a", "example.org"},
		{"", "https://news.local.example.co.uk/a", "example.co.uk"},
		{"", "https://rosa.blogspot.com/2014/a.html", "rosa.blogspot.com"},
		{"", "http://127.0.0.1:8080/a", "127.0.0.1"},
		{"", "http://intranet/a", "intranet"},
		{"", "not an address", ""},
		{"The Daily Loom", "https://loom.example.org/a", "The Daily Loom"},
		{"news.loom.com", "", "loom.com"},
		{"www.loom.com", "", "loom.com"},
		{"https://news.loom.com/", "", "loom.com"},
		{"A.V.Club", "", "A.V.Club"},
		{"loom v. engine", "", "loom v. engine"},
		{"loom", "", "loom"},
	} {
		if got := Of(&archive.Article{Outlet: c.name, URL: c.url}); got != c.want {
			t.Errorf("%q at %q: outlet %q, want %q", c.name, c.url, got, c.want)
		}
	}
}
