package archive

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalize(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"The Loom, again!":                  "the loom again",
		"“Don’t”  say\n'so'":                "don t say so",
		"ＦＵＬＬ ﬁne ½":                        "full fine 1 2",
		"Café Ünï":                          "café ünï",
		"a https://t.co/AbC123 b":           "a b",
		"on.pic.twitter.com/AbC12":          "on",
		"x https://news.example/a?b=c#d, y": "x y",
		"glued:https://t.co/AbCdEf1234@ada": "glued ada",
		"#LoomsAndLeaves @ada_l":            "loomsandleaves ada_l",
		"🎉 party ❤️ time":                   "party time",
		"東京タワー、見た":                          "東京タワー 見た",
		"नमस्ते दुनिया":                     "नमस्ते दुनिया",
		"https://":                          "",
		"either/or t.co/":                   "either or",
		"\xff\xfe":                          "",
	} {
		if got := Normalize(text); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	for _, c := range []struct{ text, links, codes, media string }{
		{"no links, either/or", "", "", ""},
		{"a https://t.co/AbC1 b", "https://t.co/AbC1", "AbC1", ""},
		{"a HTTPS://T.CO/AbC1@b", "HTTPS://T.CO/AbC1", "AbC1", ""},
		{"tagpic.twitter.com/xYz2 https://t.co/AbC1", "pic.twitter.com/xYz2 https://t.co/AbC1", "xYz2 AbC1", "xYz2"},
		{"https://pic.twitter.com/xYz2", "https://pic.twitter.com/xYz2", "xYz2", "xYz2"},
		{"two pic.twitter.com/one1 pic.x.com/two2", "pic.twitter.com/one1 pic.x.com/two2", "one1 two2", "two2"},
		{"at.co/ab is no link of theirs", "", "", ""},
		{"https://news.example/a/b?c=d and", "https://news.example/a/b?c=d", "", ""},
	} {
		codes, media := LinkCodes(c.text)
		if links := strings.Join(Links(c.text), " "); links != c.links || strings.Join(codes, " ") != c.codes || media != c.media {
			t.Errorf("%q: links %q, codes %q, media %q", c.text, links, codes, media)
		}
	}
}

func TestContainment(t *testing.T) {
	of := func(s string) Trigrams { return TrigramsOf(Normalize(s)) }
	tweet := "The loom weaves flowers and leaves, the engine numbers"
	for _, c := range []struct {
		a, b     string
		min, max float64
	}{
		{tweet, tweet, 1, 1},
		{tweet, "She said: " + tweet + " And so on.", 1, 1},
		{tweet, "The loom weaves flowers and leaves", 1, 1},
		{tweet, "The loom weaves  flowers? and leaves the engine numbers pic.twitter.com/x", 1, 1},
		{tweet, "My horse came in second today, alas", 0, 0.3},
		{tweet, "", 0, 0},
		{"ab", "ab", 0, 0},
	} {
		if got := Containment(of(c.a), of(c.b)); got < c.min || got > c.max {
			t.Errorf("%q in %q: %.2f", c.a, c.b, got)
		}
	}
}

func TestSameNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"no numbers", "none here either", true},
		{"the mill turned for the 100th time", "the mill turned for the 101th time", false},
		{"1/3 of looms", "2/3 of looms", false},
		{"1/3 of looms", "1/2 of looms", false},
		{"won 2-1", "won 1-2", false},
		{"number 1", "number 11", false},
		{"at 9:00", "at 10:00", false},
		{"1/3 of looms", "of looms", true},
		{"in 2019 he said: 1/3 of looms", "1/3 of looms", true},
		{"1/3 of looms", "1/3 of looms, two of 40", true},
		{"0.7 < 0.8 > 0.3", "0.7 < 0.80.3", true},
		{"३ looms", "४ looms", false},
	} {
		if SameNumbers(c.a, c.b) != c.same || SameNumbers(c.b, c.a) != c.same {
			t.Errorf("%q, %q: not %v", c.a, c.b, c.same)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add("The “loom” https://t.co/abc pic.twitter.com/xyz 東京", "other")
	f.Fuzz(func(t *testing.T, a, b string) {
		n := Normalize(a)
		if !utf8.ValidString(n) || n != strings.TrimSpace(n) || strings.Contains(n, "  ") {
			t.Fatalf("Normalize(%q) = %q", a, n)
		}
		x, y := TrigramsOf(n), TrigramsOf(Normalize(b))
		if c := Containment(x, y); c < 0 || c > 1 || c != Containment(y, x) {
			t.Fatalf("containment %v", c)
		}
		if !slices.IsSorted(x) {
			t.Fatal("trigrams not sorted")
		}
		at := 0
		for _, l := range Links(a) {
			i := strings.Index(a[at:], l)
			if i < 0 || l == "" {
				t.Fatalf("%q has no link %q after byte %d", a, l, at)
			}
			at += i + len(l)
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	text := "The “loom” weaves flowers and leaves, the engine weaves numbers: nobody has seen the like of it https://t.co/abcdefghij"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Normalize(text)
	}
}
