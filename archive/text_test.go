package archive

import "testing"

func TestHeadAndTail(t *testing.T) {
	for _, c := range []struct {
		s          string
		n          int
		head, tail string
	}{
		{"gull", 2, "gu", "ll"}, {"Möwe", 3, "Möw", "öwe"}, {"🐈", 9, "🐈", "🐈"}, {"a\xff\xfe", 2, "a\xff", "\xff\xfe"}, {"gull", 0, "", ""}, {"", 1, "", ""},
	} {
		if head, tail := Head(c.s, c.n), Tail(c.s, c.n); head != c.head || tail != c.tail {
			t.Errorf("%q, %d: head %q, tail %q", c.s, c.n, head, tail)
		}
	}
}

func TestHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.News.example:8080/a?b": "news.example", "http://m.news.example": "m.news.example", "http://[::1]:80/": "::1",
		"news.example/a": "", "https://%zz/": "", "": "",
	} {
		if got := Host(address); got != want {
			t.Errorf("Host(%q) = %q, want %q", address, got, want)
		}
	}
}
