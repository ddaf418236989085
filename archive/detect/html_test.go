package detect

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/page"
	"example.org/tweetarc/fixtures/slow"
)

// htmlCases reads testdata/html.txt. A case is a name ("# name"), a page with ⟦ ⟧ around
// each embed, and the answer, a line for each embed:
//
//	> form ID Author @handle day time: text
//
// What is not known is left out. A line for each link in the text may follow.
func htmlCases(t testing.TB) (cases []struct{ name, page, want string }) {
	data, err := os.ReadFile("testdata/html.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Split("\n"+string(data), "\n# ")[1:] {
		name, s, _ := strings.Cut(s, "\n")
		page, want, _ := strings.Cut(s+"\n", "\n> ")
		cases = append(cases, struct{ name, page, want string }{name, page, strings.TrimSpace("> " + want)})
	}
	return cases
}

var unmark = strings.NewReplacer("⟦", "", "⟧", "")

func TestHTML(t *testing.T) {
	for _, c := range htmlCases(t) {
		t.Run(c.name, func(t *testing.T) {
			body := unmark.Replace(c.page)
			var page, got strings.Builder
			at := 0
			for _, e := range Tweets(&archive.Article{Body: body, HTML: true}) {
				page.WriteString(body[at:e.Start] + "⟦" + body[e.Start:e.End] + "⟧")
				at = e.End
				fmt.Fprintln(&got, answer(e))
			}
			page.WriteString(body[at:])
			if want := strings.TrimPrefix(c.want+"\n", ">\n"); got.String() != want {
				t.Errorf("found\n%swant\n%s", got.String(), want)
			}
			if page.String() != c.page {
				t.Errorf("the embeds are at\n%s\nwant\n%s", page.String(), c.page)
			}
		})
	}
}

// nameCases reads testdata/names.txt. A case is a name ("# name"), a page on one line,
// and lines with names and an answer:
//
//	name ¦ name => answer
//
// The answer is what is found first if each of these names replaces NAME in the page.
func nameCases(t testing.TB) (cases []struct{ of, name, page, want string }) {
	data, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Split("\n"+string(data), "\n# ")[1:] {
		lines := strings.Split(strings.TrimSpace(s), "\n")
		for _, l := range lines[2:] {
			names, want, ok := strings.Cut(l, " =>")
			if !ok {
				t.Fatalf("%s: no => in %q", lines[0], l)
			}
			for _, name := range strings.Split(names, " ¦ ") {
				cases = append(cases, struct{ of, name, page, want string }{lines[0], name, strings.ReplaceAll(lines[1], "NAME", name), strings.TrimSpace(want)})
			}
		}
	}
	return cases
}

func TestHTMLNames(t *testing.T) {
	for _, c := range nameCases(t) {
		got := ""
		for _, e := range Tweets(&archive.Article{Body: c.page, HTML: true}) {
			got = strings.TrimPrefix(answer(e), "> ")
			break
		}
		if got, _, _ := strings.Cut(got, "\n"); got != c.want {
			t.Errorf("%s: %s: found %q, want %q", c.of, c.name, got, c.want)
		}
	}
}

// The limits of the rules. With up to n a page gives the first answer, with more the
// second.
func TestHTMLLimits(t *testing.T) {
	const (
		status  = "https://twitter.com/mia_od/status/14000000001"
		element = `<p data-tweet-id="14000000001"></p>`
		quote   = `blockquote class="twitter-tweet">Hi<a href="` + status + `"></a></blockquote>`
	)
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name        string
		n           int
		page        func(n int) string
		first, then string
	}{
		{"a page is empty: maxEmpty", 600, func(n int) string { return "<p>" + x(n) + "</p><script><" + quote + "</script>" }, "1 Hi", ""},
		{"two findings are of one tweet: maxApart", 4091, func(n int) string { return element + x(n) + element }, "1", "1, 1"},
		{"an element only loads the tweet: maxLoading", 300, func(n int) string { return `<div data-tweet-id="14000000001">` + x(n) + `</div>` }, "1 to the end", "1"},
		{"an element is one embed: MaxElement", 64<<10 - len(`<blockquote class="twitter-tweet">`), func(n int) string {
			return `<blockquote class="twitter-tweet"><a href="` + status + `"></a>` + x(n-len(`<a href="`+status+`"></a>`)) + `</blockquote>`
		}, "1 to the end", "1"},
		{"an attribute may carry a tweet: MaxElement", 64 << 10, func(n int) string {
			v := `{"id_str":"14000000001","a":""}`
			return `<p data-tweet='` + v[:len(v)-2] + x(n-len(v)) + `"}'>`
		}, "1", ""},
		{"a script may hold a blockquote: MaxElement", 64 << 10, func(n int) string {
			open := strings.TrimSuffix(quote, "blockquote>")
			return "<script><" + strings.TrimSuffix(open, "</") + x(n-len(open)) + "</blockquote></script>"
		}, "1 Hi", ""},
		{"elements in elements are looked at: maxWork", 16, func(n int) string { return strings.Repeat("<div class=tweet>", n) + element + x(100_000) }, "1", ""},
		{"an ID is one: minID", -5, func(n int) string { return `<p data-tweet-id="` + "12345678"[:-n] + `">` }, "1", ""},
		{"an ID in JSON is one: minID", -5, func(n int) string { return `<p data-tweet='{"tweetId":"` + "12345678"[:-n] + `"}'>` }, "1", ""},
		{"an ID in a call is one: minID", -5, func(n int) string { return `<script>createTweet("` + "12345678"[:-n] + `")</script>` }, "1", ""},
		{"an ID by a class is one: minBareID", -15, func(n int) string { return `<p class=my-tweet data-id="` + "100000000000001"[:-n] + `">` }, "1 2010-11-04", ""},
		{"an ID in a name is one: minBareID", -15, func(n int) string { return `<p id="tweet-` + "100000000000001"[:-n] + `">` }, "1 2010-11-04", ""},
		{"a value is an address: maxValue", 2048, func(n int) string {
			return `<p data-url="https://x.example/` + x(n-len("https://x.example/?"+status)) + "?" + status + `">`
		}, "1", ""},
		{"a value of settings holds one: maxValue", 2048, func(n int) string { return `<p x-data="a('` + status + `') ` + x(n-len("a('') "+status)) + `">` }, "1", ""},
		{"an argument begins: maxArgument", 39, func(n int) string { return `<script>createTweet(` + x(n) + `14000000001)</script>` }, "1", ""},
		{"a start tag has its class: maxStartTag", 512 - len(`blockquote class="twitter-`), func(n int) string { return "<script><" + strings.Replace(quote, " ", " "+x(n-1)+" ", 1) + "</script>" }, "1 Hi", ""},
		{"a shortcode ends: maxShortcode", 512, func(n int) string { return "[tweet 14000000001 " + x(n-len("[tweet 14000000001 ]")) + "]" }, "1", ""},
		{"a paragraph reaches back: maxParagraph", 11, func(n int) string { return "<p>See " + strings.Repeat("<i></i>", n) + status }, "", "1"},
		{"a paragraph reaches on: maxParagraph", 11, func(n int) string { return "<p>" + status + strings.Repeat("<i></i>", n) + " there" }, "", "1"},
		{"a link is around a picture: maxBeforePicture", 2, func(n int) string {
			return `<a href="` + status + `">` + strings.Repeat("<i>", n) + `<img alt="Twitter post by @mia_od: Hi">`
		}, "1 Hi", " Hi"},
		{"something is beside a date: maxBesideDate", 19, func(n int) string {
			return `<div class=tweet><i>@mia_od</i><p>Hi</p><i>May 14, 2010 ` + x(n-1) + `</i><a href="` + status + `"></a></div>`
		}, "1 2010-05-14 Hi", ""},
	} {
		for n, want := range map[int]string{c.n: c.first, c.n + 1: c.then} {
			var got []string
			for _, e := range Tweets(&archive.Article{Body: c.page(n), HTML: true}) {
				s := strings.TrimRight(fmt.Sprintln(e.ID[:min(1, len(e.ID))], e.Date, strings.TrimRight(e.Text, "x")), " \n")
				if s = strings.ReplaceAll(s, "  ", " "); e.End == len(c.page(n)) && e.Start == 0 && strings.Contains(c.first, "end") {
					s += " to the end"
				}
				got = append(got, s)
			}
			if got := strings.Join(got, ", "); got != want {
				t.Errorf("%s: with %d found %q, want %q", c.name, n, got, want)
			}
		}
	}
}

// The borders of a rendering's text are drawn by a publisher, not by the service, so the
// confidence is lower.
func TestHTMLConfidence(t *testing.T) {
	for page, want := range map[string]float64{
		tweet:                             1,
		`<p data-tweet-id="14000000001">`: 1,
		`<img alt="Twitter post by @mia_od: Hi">`:           .9,
		`<p data-tweet='{"id":"14000000001","text":"Hi"}'>`: 1,
		"<script><" + tweet[1:] + "</script>":               1,
		`<div class="tweet"><i>@mia_od</i> <p>Hi</p> <a href="https://x.com/mia_od/status/14000000001">May 14, 2010</a></div>`: .9,
	} {
		found := Tweets(&archive.Article{Body: page, HTML: true})
		if len(found) != 1 || found[0].Confidence != want {
			t.Errorf("%s: found %+v, want confidence %v", page, found, want)
		}
	}
}

// Every embed that a rule finds holds one of its anchors, at the token where the rule was
// tried. Each anchor is the only one in some embed.
func TestHTMLAnchors(t *testing.T) {
	var pages []string
	for _, c := range htmlCases(t) {
		pages = append(pages, unmark.Replace(c.page))
	}
	for _, c := range nameCases(t) {
		pages = append(pages, c.page)
	}
	for _, r := range htmlRules {
		needed := map[string]bool{}
		for _, body := range pages {
			p := readPage(body)
			for i := range p.Tokens[:len(p.Tokens)-1] {
				if on := spotOf(p, i); r.on&on == 0 && (r.on != onData || on != onScript) {
					continue
				}
				var as page.Attributes
				if p.IsStart(i) {
					as = p.Attributes(i)
				}
				for _, c := range r.read(p, i, as) {
					var held []string
					for _, a := range r.anchors {
						for at := min(c.Start, p.Tokens[i].Start); at < max(c.End, p.Tokens[i+1].Start); at++ {
							if a.at(body, at) {
								held = append(held, a.literal)
								break
							}
						}
					}
					switch len(held) {
					case 0:
						t.Errorf("rule %q: no anchor in %q", r.name, body[c.Start:c.End])
					case 1:
						needed[held[0]] = true
					}
				}
			}
		}
		if len(needed) != len(r.anchors) {
			t.Errorf("rule %q: of its %d anchors only %v are needed by a case", r.name, len(r.anchors), needed)
		}
	}
}

// A page that holds a tweet is not dropped before it is decoded, in whatever it is
// wrapped.
func TestMayHold(t *testing.T) {
	for _, c := range htmlCases(t) {
		if c.want == ">" {
			continue
		}
		page := unmark.Replace(c.page)
		asJSON, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		for as, raw := range map[string]string{"itself": page, "JSON": string(asJSON), "percent": url.QueryEscape(page), "CSV": strings.ReplaceAll(page, `"`, `""`)} {
			if !MayHold([]byte(raw)) {
				t.Errorf("%s as %s is dropped", c.name, as)
			}
		}
	}
	if raw := "<p>The council met on Thursday, at example.com, with six@example.org.</p>"; MayHold([]byte(raw)) {
		t.Errorf("%s is not", raw)
	}
}

func answer(e archive.Embed) string {
	words := []string{">", string(e.Form), e.ID, e.Author}
	if e.Handle != "" {
		words = append(words, "@"+e.Handle)
	}
	words = append(words, e.Date)
	if _, ok := archive.StatusTime(e.ID); !ok && !e.At.IsZero() {
		words = append(words, e.At.Format("15:04:05"))
	}
	s := strings.Join(strings.Fields(strings.Join(words, " ")), " ") + ":"
	if e.Text != "" {
		s += " " + strings.ReplaceAll(e.Text, "\n", "⏎")
	}
	for _, l := range e.Links {
		s += strings.TrimRight("\n> link "+l.Shown+" "+l.URL+" "+l.Target, " ")
	}
	return s
}

// FuzzHTML checks for any body the laws of archive.Embed, and that the tokens of a page
// are all of it.
func FuzzHTML(f *testing.F) {
	for _, c := range htmlCases(f) {
		f.Add(unmark.Replace(c.page))
	}
	for _, h := range hostile(2) {
		f.Add(h.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		a := &archive.Article{Body: body, HTML: true}
		end := 0
		for _, e := range Tweets(a) {
			if e.Start < end || e.Start >= e.End || e.End > len(body) {
				t.Fatalf("%+v begins before byte %d, of %d", e, end, len(body))
			}
			end = e.End
			s := body[e.Start:e.End]
			if (e.ID == "" || !strings.Contains(s, e.ID)) && (e.Handle == "" || !strings.Contains(s, e.Handle)) {
				t.Fatalf("%+v: neither handle nor ID in %q", e, s)
			}
			if e.ID != "" && !archive.IsStatusID(e.ID) || e.Handle != "" && !archive.IsHandle(e.Handle) {
				t.Fatalf("%+v", e)
			}
			if e.Text != strings.TrimSpace(e.Text) || e.Author != strings.Join(strings.Fields(e.Author), " ") || e.Form == "" || e.Confidence < 0 || e.Confidence > 1 {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// tweet is a tweet that must be found.
const tweet = `<blockquote class="twitter-tweet"><p>Still here</p>&mdash; Mia (@mia_od) <a href="https://twitter.com/mia_od/status/1196933671941046371">November 19, 2019</a></blockquote>`

// hostile are pages that should cost much time or memory. Their size grows with n.
func hostile(n int) []struct{ name, body string } {
	rep := func(s string) string { return strings.Repeat(s, n) }
	few := func(s string) string { return strings.Repeat(s, n/5+1) }
	return []struct{ name, body string }{
		{"nested blockquotes, unclosed", rep(`<blockquote class="twitter-tweet">`) + tweet},
		{"nested blockquotes, closed", rep(`<blockquote>`) + tweet + rep(`</blockquote>`)},
		{"nested wrappers", rep(`<div class="tweet" data-tweet-id="739064153502658617">`) + tweet + rep(`</div>`)},
		{"handles in a rendering", `<div class="tweet"><a href="https://twitter.com/a/status/739064153502658617">` + rep(`<div>@x</div>`) + `</a></div>`},
		{"nested renderings", rep(`<div class="tweet"><a href="https://twitter.com/a/status/739064153502658617">`) + rep(`</a></div>`)},
		{"nested elements of all names", rep(`<div><span><a><x-y><td><ul>`) + tweet + rep(`</ul></span></a>`)},
		{"unclosed attribute", tweet + `<a href="` + few(`twitter-tweet status/1 `)},
		{"unclosed tag", tweet + `<` + few(`blockquote class=twitter-tweet `)},
		{"attribute", tweet + `<div data-x="` + few(`https://twitter.com/a/status/ `) + `">`},
		{"attributes", tweet + `<div ` + few(`data-tweet-id=1 status=2 `) + `>`},
		{"class", `<blockquote class="` + few("twitter-tweet ") + `">` + tweet},
		{"script", tweet + `<script>` + few(`"<blockquote class=\"twitter-tweet\">`) + `</script>`},
		{"script, escaped often", tweet + `<script>` + few(`\\\\\\u003Cblockquote twitter-\\\\\\\"`) + `</script>`},
		{"calls", tweet + `<script>` + few(`createTweet(`) + `</script>`},
		{"unclosed script", tweet + `<script>` + few(`<!--<script>twitter`)},
		{"comment", tweet + `<!--` + few(`-wp:embed twitter.com/a/status/-- `)},
		{"zeros", tweet + few("\x00<\x00twitter\x00@(@") + tweet},
		{"entities", tweet + `<blockquote class="twitter-tweet"><p>` + few("&amp;&#x1f6a2;&notit;&") + `</p>(@mia_od)`},
		{"attributions", tweet + few(`(@mia_od) twitter.com/mia/status/ `)},
		{"attributions whose links lost their tags", few(`twitter — (@mia_od</a> twitter.com/mia_od/status/1196933671941046371 `) + few(`<p>(@mia_od)aaa://twitter.com/mia_od/status/1196933671941046371</p>`)},
		{"a quote full of tweets", strings.Replace(tweet, "<p>", rep(`<p>Still</p>&mdash; Mia (@mia_od) <a href="https://twitter.com/mia_od/status/1196933671941046371">November 19, 2019</a>`)+"<p>", 1)},
		{"addresses", tweet + few(`https://twitter.com/mia_od/status/739064153502658617 `)},
		{"lines", tweet + few("\n\nhttps://twitter.com/mia_od/status/99999999999\n\n")},
		{"shortcodes", tweet + few(`[tweet [embed {{< tweet {% twitter @[tweet](`)},
		{"links", `<blockquote class="twitter-tweet">` + few(`<a href="https://twitter.com/a/status/x">`) + tweet},
		{"pictures", tweet + few(`<img alt="Twitter post by @`)},
		{"bytes that are not UTF-8", few("\xff\xfe(@\xc3) twitter") + tweet},
		{"dashes", `<blockquote class="twitter-tweet">` + few("— ") + `(@mia_od)</blockquote>`},
		{"words of prose", strings.Repeat(`<p>`+strings.Repeat("a tweet ", 120)+`</p>`, n/300+1) + tweet},
		{"handles after tags", strings.Repeat(`<a>`+strings.Repeat(">@a", 150), n/300+1) + tweet},
		{"tags around handles", few(`<b>`) + few(`<i>@a</i>, `) + tweet},
	}
}

// A tweet before hostile content is found, and all is read in seconds. If a rule read a
// page again for each of its elements, it would take hours.
func TestHTMLHostile(t *testing.T) {
	pages := append(hostile(slow.Or(5_000, 100_000)), bigAttribute(slow.Or(5, 50)))
	for _, h := range pages {
		t.Run(h.name, func(t *testing.T) {
			found := Tweets(&archive.Article{Body: h.body, HTML: true})
			if strings.HasPrefix(h.body, tweet) && (len(found) == 0 || found[0].Text != "Still here" || found[0].Start != 0) {
				t.Errorf("found %d, not the first", len(found))
			}
			for _, e := range found {
				if len(e.Text) > page.MaxElement {
					t.Errorf("%d bytes of text", len(e.Text))
				}
			}
		})
	}
}

func bigAttribute(mb int) struct{ name, body string } {
	return struct{ name, body string }{"a big attribute", tweet + `<img alt="` + strings.Repeat("https://twitter.com/a/status/ ", mb<<20/29) + `">` + tweet}
}

// Links in prose are found in addition to embeds, but not links that belong to an embed.
func TestTweetsAndLinks(t *testing.T) {
	for _, c := range []struct {
		html bool
		body string
	}{
		{true, tweet + `<p>She <a href="https://x.com/mia_od/status/739064153502658617">said</a> and twitter.com/oldsalt/status/14000000001.</p><script>"https://x.com/mia_od/status/21"</script>` + tweet},
		{false, "She said https://x.com/mia_od/status/739064153502658617 and (twitter.com/oldsalt/status/14000000001)."},
	} {
		a := &archive.Article{Body: c.body, HTML: c.html}
		var got []string
		end := 0
		for _, e := range TweetsAndLinks(a) {
			if e.Start < end || e.End <= e.Start || !strings.Contains(c.body[e.Start:e.End], e.ID) {
				t.Errorf("[%d:%d] begins before %d", e.Start, e.End, end)
			}
			end = e.End
			if e.Form == archive.FormLink {
				got = append(got, e.Handle+" "+e.ID)
			}
		}
		if want := "mia_od 739064153502658617, oldsalt 14000000001"; strings.Join(got, ", ") != want {
			t.Errorf("found %v, want %s", got, want)
		}
		if n := len(Tweets(a)); end == 0 || c.html && n != 2 {
			t.Errorf("%d embeds", n)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	paragraph := "<p class=\"body\">The council met on <a href=\"https://example.org/a\">Thursday</a> and spoke of the harbour wall, at some length, without coming to an end of it.</p>\n"
	cases := htmlCases(b)
	for _, p := range []struct{ name, body string }{
		{"none", strings.Repeat(paragraph, 2000)},
		{"few", strings.Repeat(strings.Repeat(paragraph, 100)+unmark.Replace(cases[0].page), 10)},
		{"many", strings.Repeat(strings.Repeat(paragraph, 5)+unmark.Replace(cases[0].page), 100)},
	} {
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(p.body)))
			b.ReportAllocs()
			for b.Loop() {
				Tweets(&archive.Article{Body: p.body, HTML: true})
			}
		})
		b.Run(p.name+"/tokenizer", func(b *testing.B) { // what to compare with
			b.SetBytes(int64(len(p.body)))
			b.ReportAllocs()
			for b.Loop() {
				for z := html.NewTokenizer(strings.NewReader(p.body)); z.Next() != html.ErrorToken; {
				}
			}
		})
	}
}
