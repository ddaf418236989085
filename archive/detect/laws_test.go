package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/fixtures/slow"
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
		if !(e.Handle != "" && strings.Contains(asShown.Replace(raw), e.Handle)) && !(e.ID != "" && strings.Contains(raw, e.ID)) {
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

// asShown removes from a handle what an extractor put into it.
var asShown = strings.NewReplacer(`\_`, "_", "\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u2060", "", "\ufeff", "")

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"He wrote: A bad thing....... — Jane Roe (@janeroe) March 21, 2018 and left.",
		"> One\n> two\n> \n> — Jane \\_ Roe (@jane\\_roe) [18. März 2018](https://twitter.com/jane_roe/status/975393318486069249)\n",
		"Skip Twitter post by @janeroe Words. Report End of Twitter post by @janeroe",
		"JOBS!  Jane Roe (@janeroe) August 15, 2017She then",
		"Jane Roe (@janeroe) We are ready.\n\nhttps://twitter.com/janeroe/status/975393318486069249\n",
		"Follow\nJane Roe ✔ @janeroe\nWords here\n9:07 AM - 28 Dec 2016\n",
		"Jane Roe\n@janeroe\n·\nFollow\nReplying to @ab and @cd\nWords here\nGIF\nRio Tan\n@rio_tan\nOther words\n午後9:07 · 2018年3月21日\n567\nReply",
		"Jane Roe @janeroe · Mar 5, 2018\nWords here\n12\n34\n\nJane Roe ✔ @janeroe Words here 9:07 AM - 28 Dec 2016 12 likes",
		"Jane Roe (@janeroe) tweeted at 9:07 PM on Wed, Mar 21, 2018:\nWords\n(https://twitter.com/janeroe/status/976565862527930371?s=03)",
		"Bad. — <b>Jane</b> *Roe* （＠jane\u00adroe）\n\n· on X, (March 21, 2018) — <b>Jane</b> *Roe* （＠jane\u00adroe）",
		"Bad ? ? Jane Roe\n(**@janeroe**) | March 21, 2018 ? Jane Roe (@janeroe) March 21, 2018",
		"First line. — Jane Roe (@janeroe) March 5, 2019 Second line. pic.twitter.com/abcdefghij More",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := &archive.Article{Body: s}
		checkLaws(t, a, Tweets(a))
	})
}

// Where an anchor fits (yes) and where it does not (no), anywhere in a text.
var anchorTests = []struct {
	name    string
	anchor  anchor
	yes, no []string
}{
	{"handle", handleAnchor, []string{
		"(@jane", "( @jane", "(\t@jane", "(\n@jane", `(\n@jane`, `(\u00a0@jane`, "(&nbsp;@jane", "(%20@jane", `(\@jane`, "(\u200b@jane", "([@jane", "(" + strings.Repeat(" ", 20) + "@jane",
		"（@jane", `\uff08@jane`, `\uFF08 @jane`, "&#65288;@jane", "%EF%BC%88@jane", "(**@jane", "(<b>@jane", `(<b><a href="https://x.com/jane">@jane`, "([1]@jane", "(@\u200bjane", `(@\u200ejane`, "(@&shy;jane",
	}, []string{"@jane", "(" + strings.Repeat(" ", 30) + "@jane", "jane@example.org", "(jane@example.org", "(and @jane", ")@jane", "）@jane", "(@ jane", "(@.", "(<b>x</b>@jane", "(and <b>@jane"}},
	{"wide handle", wideHandleAnchors[0], []string{"(＠jane", "（＠jane", `（\u200b＠jane`}, []string{"＠jane", "(and ＠jane", "(＠ jane"}},
	{"wide handle in JSON", wideHandleAnchors[1], []string{`(\uff20jane`, `\uff08\uff20jane`, `\uff08\uff20\u200ejane`}, []string{`\uff20jane`, "(@jane"}},
	{"wide handle in other JSON", wideHandleAnchors[2], []string{`(\uFF20jane`, `\uFF08\uFF20jane`}, []string{`\uFF20jane`, "(@jane"}},
	{"tagged handle", taggedHandleAnchor, []string{">@jane", `\u003e@jane`, "&gt;@jane"}, []string{" @jane", "(@jane"}},
	{"header", headerAnchor, []string{"Jane @jane", "\n@jane\n", `\n@jane\nWords`, `Jane @jane"`, "@jane · Mar 3", `@jane \u00b7 Mar 3`, "@jane &middot; Mar", "@jane Follow\n", "@jane\tFollow", "@jane<br>"}, []string{"@jane said", "jane@example.org", "Follow us on Twitter @jane\n", "on Twitter: @jane\n", "@jane, who", strings.Repeat("a ", 40) + "@jane\n"}},
	{"am", amAnchor, []string{"9:07 AM - 28 Dec", "AM · Jan", `AM \u00b7 Jan`, "AM &middot; Jan", "AM%20-", "AM · dec. 28"}, []string{"9 AM on Monday", "AMERICA", "AM", "9 AM - 4 PM", "9 AM — 12:30", "9:30 AM - some"}},
	{"pm", pmAnchor, []string{"9:07 PM - 28 Dec", "PM · Jan"}, []string{"the PM said", "PM."}},
	{"frame", frameAnchors[0], []string{"Skip Twitter post by", "Twitter&nbsp;post", "Twitter\npost", "Twitter+post"}, []string{"a Twitter user", "Twitter"}},
	{"status", statusAnchors[0], []string{"/status/1", `\/status\/1`, "%2Fstatus%2F1", "status&#x2F;1"}, []string{"status quo", "statuses", "status", "its status—as", `status\u2014as`, `status\nAs`}},
	{"statuses", statusAnchors[1], []string{"/statuses/1", `statuses\/1`}, []string{"statuses of", "/status/1"}},
}

// In a text of any length, an anchor is found at any place, and nothing else is.
func TestAnchors(t *testing.T) {
	for _, test := range anchorTests {
		f := newFilter([]anchor{test.anchor})
		for _, words := range []struct {
			list []string
			fits bool
		}{{test.yes, true}, {test.no, false}} {
			for _, w := range words.list {
				for before := range 40 {
					for _, after := range []int{0, 1, 15, 16, 17, 40} {
						s := strings.Repeat("t", before) + w + strings.Repeat(" ", after)
						if at, _ := f.next(s, 0); (at >= 0) != words.fits {
							t.Fatalf("%s: an anchor in %q: %v", test.name, s, at >= 0)
						}
					}
				}
			}
		}
	}
}

// Each literal of a filter is found wherever it is, and what is found is a literal.
func FuzzFilter(f *testing.F) {
	for _, a := range pageFilter.anchors {
		f.Add("some words before " + a.literal + " and after it " + a.literal)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for from := range min(len(s)+1, 20) { // at every alignment
			want := -1
			for _, a := range pageFilter.anchors {
				for at := from; at < len(s); at++ {
					if a.at(s, at) {
						if want < 0 || at < want {
							want = at
						}
						break
					}
				}
			}
			if at, _ := pageFilter.next(s, from); (at < 0) != (want < 0) || at >= 0 && (at < want || at > want+16) {
				t.Fatalf("an anchor of %q from %d is at %d, not %d", s, from, at, want)
			}
		}
	})
}

// FuzzRules tries the rules where the anchors say that there is nothing: they find
// nothing. With links all is found that is found without them.
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
		if html && !holdsAny(pageFilter, s) || !html && !MayHold([]byte(s)) {
			find := inText
			if html {
				find = inHTML
			}
			for _, e := range find(a, boundary.Trained()) {
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

// encodings are ways in which a record may hold a text.
var encodings = []struct {
	name   string
	encode func(s string) string
}{
	{"as it is", func(s string) string { return s }},
	{"JSON", func(s string) string { return inJSON(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) }},
	{"JSON in ASCII", func(s string) string {
		return inJSON(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r > '~' })
	}},
	{"JSON for pages", func(s string) string {
		return inJSON(s, func(r rune) bool { return r < ' ' || strings.ContainsRune(`"\<>&'=`, r) })
	}},
	{"JSON, all escaped", func(s string) string { return inJSON(s, func(rune) bool { return true }) }},
}

// inJSON is a JSON string in which some runes are escaped by their numbers, but not line
// ends.
func inJSON(s string, escaped func(rune) bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case escaped(r) && r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		case escaped(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return `{"text": "` + b.String() + `"}`
}

// FuzzMayHold checks that no record with an embed is dropped before it is decoded, in any
// encoding.
func FuzzMayHold(f *testing.F) {
	for _, s := range []string{
		"Words — Jane Roe (@janeroe) March 5, 2018", "Words — Jane Roe （＠janeroe） March 5, 2018", "Skip Twitter post by @janeroe Words. End of Twitter post by @janeroe",
		"Jane Roe ✔ @janeroe Words 9:07 AM - 28 Dec 2016", "Ada Bea Cora Dora Edda Fay @janeroe\nWords\n28 Dec 2016", "Jane Roe\n@janeroe\nWords\n9:07 AM · Dec 28, 2016", "x.com/janeroe/status/975393318486069249",
		`<div data-tweet-id="975393318486069249">`, `[tweet 975393318486069249]`, `<blockquote class="twitter-tweet"><p>Words</p>&mdash; Jane (<b>@janeroe</b>) <a href="https://x.com/janeroe/status/975393318486069249">`,
	} {
		f.Add(s, strings.HasPrefix(s, "<"))
	}
	f.Fuzz(func(t *testing.T, s string, html bool) {
		if !utf8.ValidString(s) || html && !strings.Contains(s, "<") || len(Tweets(&archive.Article{Body: s, HTML: html})) == 0 {
			return
		}
		for _, e := range encodings {
			if raw := e.encode(s); !MayHold([]byte(raw)) {
				t.Fatalf("dropped as %s: %q", e.name, raw)
			}
		}
	})
}

// hostileTexts are texts that should cost much time, about a megabyte each.
var hostileTexts = []struct{ name, body string }{
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
	{"copied headers", strings.Repeat("Jane Roe\n@janeroe\n", 1<<15)},
	{"copied tweets", strings.Repeat("Jane Roe\n@janeroe\n· Mar 5\n1 2 3 4\n", 1<<14)},
	{"a copied tweet without end", "@janeroe\n" + strings.Repeat("@ab @cd\n", 1<<16)},
	{"quotes", strings.Repeat("> ", 1<<19) + "— Jane Roe (@janeroe) March 5, 2018"},
	{"brackets", strings.Repeat("[", 1<<20) + "](@a)"},
	{"tags", strings.Repeat("<b>", 1<<18) + strings.Repeat("<b>(<b>@a) ", 1<<16)},
	{"soft hyphens", strings.Repeat("\u00ad(@a\u00ad) — ", 1<<16)},
	{"lost dashes", strings.Repeat("Ada ? ", 1<<18) + strings.Repeat(" ? A (@ab) May 4, 2019", 1<<15)},
	{"the same again", strings.Repeat("— Ada (@ab) ", 1<<16)},
	{"marks and words", strings.Repeat("— Ada (@ab) on X · [1] via (", 1<<16)},
	{"lines", strings.Repeat("\n", 1<<20) + "(@janeroe) March 5, 2018"},
	{"carriage returns", strings.Repeat("\r", 1<<22) + "(@janeroe) March 5, 2018"},
	{"lines without line feeds", strings.Repeat("a\r", 1<<19) + "(@janeroe) March 5, 2018"},
	{"references", strings.Repeat("[1]: http://a.b\n", 1<<16) + "(@janeroe) March 5, 2018"},
	{"a list of addresses", "(@janeroe) March 5, 2018\n" + strings.Repeat("1. http://a.b\n", 1<<16)},
	{"addresses and brackets", strings.Repeat("http://a.b[c] [http://a.b|", 1<<15) + "(@janeroe) March 5, 2018"},
	{"items that are quotes", strings.Repeat("1. > * ", 1<<17) + "(@janeroe) March 5, 2018"},
	{"tags of blocks", strings.Repeat("<div ", 1<<17) + strings.Repeat("<br>", 1<<16) + "(@janeroe) March 5, 2018"},
	{"shortcodes", strings.Repeat("[tweet {{ (twitter: ::a ", 1<<15)},
}

// A hostile text is read in seconds. If it were read again for each of its bytes, it
// would take hours.
func TestHostile(t *testing.T) {
	for _, x := range hostileTexts {
		t.Run(x.name, func(t *testing.T) {
			Tweets(&archive.Article{Body: x.body[:slow.Or(1<<14, len(x.body))]})
		})
	}
}

// Hostile texts cost no more than others. The figure is ns for each byte.
func BenchmarkHostile(b *testing.B) {
	for _, x := range hostileTexts {
		b.Run(x.name, func(b *testing.B) {
			a := &archive.Article{Body: x.body}
			b.SetBytes(int64(len(x.body)))
			for b.Loop() {
				Tweets(a)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x.body)), "ns/byte")
		})
	}
}

// BenchmarkNone is a text without anchors.
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
