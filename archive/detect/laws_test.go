package detect

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tweetarc/archive"
)

// checkLaws checks what archive.Embed promises.
func checkLaws(t *testing.T, a *archive.Article, embeds []archive.Embed) {
	t.Helper()
	end := 0
	for i, e := range embeds {
		if e.Start < end || e.End <= e.Start || e.End > len(a.Body) {
			t.Fatalf("embed %d of %q: [%d:%d] behind %d of %d", i, a.Body, e.Start, e.End, end, len(a.Body))
		}
		end = e.End
		raw := a.Body[e.Start:e.End]
		if !(e.Handle != "" && strings.Contains(strings.ReplaceAll(raw, `\_`, "_"), e.Handle)) && !(e.ID != "" && strings.Contains(raw, e.ID)) {
			t.Fatalf("embed %d of %q: %q holds neither handle %q nor ID %q", i, a.Body, raw, e.Handle, e.ID)
		}
		if e.Confidence < 0 || e.Confidence > 1 {
			t.Fatalf("embed %d of %q: confidence %v", i, a.Body, e.Confidence)
		}
		if utf8.ValidString(a.Body) && !(utf8.ValidString(e.Text) && utf8.ValidString(e.Author)) {
			t.Fatalf("embed %d of %q: invalid UTF-8 in %q, %q", i, a.Body, e.Text, e.Author)
		}
		if e.Date != "" && (len(e.Date) != 10 || e.Date < archive.FirstDay) {
			t.Fatalf("embed %d of %q: date %q", i, a.Body, e.Date)
		}
		if e.ID != "" && !archive.IsStatusID(e.ID) {
			t.Fatalf("embed %d of %q: ID %q", i, a.Body, e.ID)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"He wrote: A bad thing....... — Jane Roe (@janeroe) March 21, 2018 and left.",
		"> One\n> two\n> \n> — Jane \\_ Roe (@jane\\_roe) [18. März 2018](https://twitter.com/jane_roe/status/975393318486069249)\n",
		"Skip Twitter post by @janeroe Words. Report End of Twitter post by @janeroe",
		"JOBS!  Jane Roe (@janeroe) August 15, 2017She then",
		"Jane Roe (@janeroe) We are ready.\n\nhttps://twitter.com/janeroe/status/975393318486069249\n",
		"Follow\nJane Roe ✔ @janeroe\nWords here\n9:07 AM - 28 Dec 2016\n",
		"First line. — Jane Roe (@janeroe) March 5, 2019 Second line. pic.twitter.com/abcdefghij More",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := &archive.Article{Body: s}
		checkLaws(t, a, Tweets(a))
	})
}

// anchors are what MayHold looks for, as one would write it down, in any case.
var anchors = strings.Split(`(@|( @|\@|twitter|tweet|x.com|xcancel.`, "|")

var lineEnd = regexp.MustCompile(`@\w+\b *([\n\r\\]|[^\x00-\x7f]|Follow)`)

func plainMayHold(s string) bool {
	small := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, s)
	return lineEnd.MatchString(s) || slices.ContainsFunc(anchors, func(a string) bool { return strings.Contains(small, a) })
}

// However long the text, and wherever in it: an anchor is found, and nothing else is.
func TestAnchors(t *testing.T) {
	for _, word := range append([]string{"@", "(a@", "tw", "twit", "TWITTER", "tWeet", "X.Com", "xCANCEL.", "twett", "wtitter", "x. com", "y.com", "xcance", "x@c", "@ab\n", "@ab \\", "@ab  Follow", "@abFollow", "@ab ·", "@ab.", "@\n"}, anchors...) {
		for before := range 70 {
			for _, after := range []int{0, 1, 15, 16, 17, 40} {
				s := strings.Repeat("t", before) + word + strings.Repeat("x", after)
				if got := mayHold(s); got != plainMayHold(s) {
					t.Errorf("mayHold(%q) = %v", s, got)
				}
			}
		}
	}
}

func FuzzMayHold(f *testing.F) {
	for _, a := range anchors {
		f.Add("some words before " + a + " and behind")
	}
	f.Fuzz(func(t *testing.T, s string) {
		for from := range min(len(s)+1, 20) { // at every alignment
			if got := mayHold(s[from:]); got != plainMayHold(s[from:]) {
				t.Errorf("mayHold(%q) = %v", s[from:], got)
			}
		}
	})
}

// FuzzRules tries the rules where the anchors say that there is nothing: they
// agree. And links are found beside what is found without them.
func FuzzRules(f *testing.F) {
	for _, s := range []string{
		"Jane Roe (@janeroe) March 5, 2018", "Skip Twitter post by @janeroe Words. End of Twitter post by @janeroe",
		"Jane Roe ✔ @janeroe\nWords\n9:07 AM - 28 Dec 2016", "see x.com/janeroe/status/975393318486069249 there", "X.Com/status/100000000",
		`<amp-twitter data-tweetid="975393318486069249">`, `<div data-tweet-id="975393318486069249">`, "[tweet 975393318486069249]", "{{< x user=jane id=975393318486069249 >}}",
	} {
		f.Add(s, false)
		f.Add("<p>"+s, true)
	}
	f.Fuzz(func(t *testing.T, s string, html bool) {
		a := &archive.Article{Body: s, HTML: html}
		if !mayHold(s) {
			find := inText
			if html {
				find = inHTML
			}
			for _, e := range find(a) {
				t.Fatalf("without an anchor in %q: %+v", s, e)
			}
		}
		with := TweetsAndLinks(a)
		checkLaws(t, a, with)
		for _, e := range Tweets(a) {
			if !slices.ContainsFunc(with, func(w archive.Embed) bool { return w.Start <= e.Start && e.End <= w.End }) {
				t.Fatalf("with links %+v is lost of %q: %+v", e, s, with)
			}
		}
	})
}

// Hostile texts cost no more than others: the figure is ns a byte.
func BenchmarkHostile(b *testing.B) {
	for _, x := range []struct{ name, s string }{
		{"handles", strings.Repeat("(@", 1<<20)},
		{"undated", strings.Repeat("(@a)", 1<<18)},
		{"dashes", strings.Repeat("—", 1<<19) + " (@janeroe) March 5, 2018"},
		{"dashes and handles", strings.Repeat("— (@ab) ", 1<<16)},
		{"oneline", strings.Repeat("word and word ", 1<<19) + "— Jane Roe (@janeroe) March 5, 2018"},
		{"parentheses", strings.Repeat("(", 1<<19) + strings.Repeat(")", 1<<19) + "(@a)"},
		{"marks", "(@a)" + strings.Repeat("\u0301", 1<<19) + "(@a) March 5, 2018"},
		{"links", strings.Repeat("/status/1 ", 1<<17)},
		{"frames", strings.Repeat("Skip Twitter post by @ab ", 1<<16)},
		{"times", strings.Repeat("9:07 AM - ", 1<<17) + "(@"},
		{"quotes", strings.Repeat("> ", 1<<19) + "— Jane Roe (@janeroe) March 5, 2018"},
		{"brackets", strings.Repeat("[", 1<<20) + "](@a)"},
		{"lines", strings.Repeat("\n", 1<<20) + "(@janeroe) March 5, 2018"},
	} {
		b.Run(x.name, func(b *testing.B) {
			a := &archive.Article{Body: x.s}
			b.SetBytes(int64(len(x.s)))
			for b.Loop() {
				Tweets(a)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x.s)), "ns/byte")
		})
	}
}

// BenchmarkNone is a text without anchors; BenchmarkEmbed one embed in prose.
func BenchmarkNone(b *testing.B) {
	// News has a tw, x. or xc, at which the pass stops for a moment, in some 1,200 bytes.
	a := &archive.Article{Body: strings.Repeat(strings.Repeat("Nobody knew that morning what the next week would bring, she said. The mills were shut down, and the owner of a third wrote to the town for whom it was news. ", 7)+"Two of them stayed. ", 1<<9)}
	b.SetBytes(int64(len(a.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if Tweets(a) != nil {
			b.Fatal("found something")
		}
	}
}

func BenchmarkEmbed(b *testing.B) {
	prose := "The mayor spoke of the bridge on Tuesday, and nobody listened. Her office did not answer questions about the plan. "
	tweet := "We have waited for this bridge for twelve years, and this morning the first stone was laid! Thank you to everyone who came. #bridge https://t.co/abcdefghij — Jane Roe (@janeroe) March 5, 2018 "
	a := &archive.Article{Body: strings.Repeat(prose, 10) + tweet + strings.Repeat(prose, 10)}
	b.ReportAllocs()
	for b.Loop() {
		if len(Tweets(a)) != 1 {
			b.Fatal("not found")
		}
	}
}
