package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// newsroom writes articles in invented words.
type newsroom struct {
	*rand.Rand
	words []string
}

func newNewsroom() newsroom {
	n := newsroom{Rand: rand.New(rand.NewPCG(1, 2))}
	for range 6000 {
		w := ""
		for range 1 + n.IntN(4) {
			w += string("bcdfghklmnprstvw"[n.IntN(16)]) + []string{"a", "e", "i", "o", "u", "ea", "ou", "er", "in"}[n.IntN(9)]
		}
		n.words = append(n.words, w)
	}
	return n
}

// sentence is a sentence of about so many words. A third are the frequent words of all
// texts, some are names, and some sentences hold a quotation.
func (n newsroom) sentence(about int) string {
	var b strings.Builder
	for i := range about/2 + n.IntN(about) {
		w := n.words[n.IntN(1+n.IntN(len(n.words)))] // some are frequent
		switch k := n.IntN(40); {
		case k < 13:
			w = strings.Fields("the of to and in a that was for on with he it is as by at said from but his not had are")[n.IntN(24)]
		case k < 16:
			w = capital(w)
		case k == 16:
			w += ","
		case k == 17:
			w = "“" + w + ",”"
		case k == 18:
			w += "’s"
		}
		if i == 0 {
			w = capital(w)
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String() + "."
}

func capital(w string) string { return strings.ToUpper(w[:1]) + w[1:] }

// tweet is the text of a tweet, its handle and its name.
func (n newsroom) tweet() (text, handle, name string) {
	handle = n.words[n.IntN(len(n.words))] + fmt.Sprint(n.IntN(100))
	text = n.sentence(10)
	if n.IntN(2) == 0 {
		text += " " + n.sentence(14)
	}
	if n.IntN(2) == 0 {
		text += " #" + n.words[n.IntN(len(n.words))]
	}
	if n.IntN(2) == 0 {
		text += " https://t.co/abcdefghij"
	}
	return text, handle, capital(n.words[n.IntN(999)]) + " " + capital(n.words[n.IntN(999)])
}

// article is an article with about 4,000 bytes of prose, as in the news, and some tweets.
// A page is much longer.
func (n newsroom) article(tweets int, sep string, html bool) *archive.Article {
	length := int(4000 * math.Exp(0.6*n.NormFloat64()))
	var blocks []string
	for size := 0; size < length; {
		p := n.sentence(22)
		for range n.IntN(4) {
			p += " " + n.sentence(22)
		}
		size += len(p)
		if html {
			p = `<p class="story-body__text"><span data-x="1">` + p + ` <a href="https://example.org/news/world?id=1&amp;x=2" class="link">` + n.sentence(4) + "</a></span></p>"
		}
		blocks = append(blocks, p)
	}
	for range tweets {
		text, handle, name := n.tweet()
		t := fmt.Sprintf("%s — %s (@%s) March 5, 2018", text, name, handle)
		if html {
			t = fmt.Sprintf(`<blockquote class="twitter-tweet" data-lang="en"><p lang="en" dir="ltr">%s</p>&mdash; %s (@%s) <a href="https://twitter.com/%s/status/970%015d?ref_src=twsrc%%5Etfw">March 5, 2018</a></blockquote>`,
				text, name, handle, handle, n.Int64N(1e15))
		}
		at := n.IntN(len(blocks) + 1)
		blocks = append(blocks[:at], append([]string{t}, blocks[at:]...)...)
	}
	a := &archive.Article{Body: strings.Join(blocks, sep), HTML: html}
	if html { // menus, styles and scripts
		var b strings.Builder
		for b.Len() < 20_000+n.IntN(25_000) {
			fmt.Fprintf(&b, "<li class=\"nav-item nav-item--%d\"><a href=\"/section/%s\" data-track='{\"a\": %d}'>%s</a></li>\n", n.IntN(99), n.words[n.IntN(999)], n.IntN(99), n.sentence(3))
		}
		a.Body = "<!DOCTYPE html><html><head><script>var x = {" + strings.Repeat(`"config": [1, 2, 3], `, 1000) + "}</script></head><body><ul>" + b.String() + "</ul><article>" + a.Body + "</article><ul>" + b.String() + "</ul></body></html>"
	}
	return a
}

// BenchmarkArticles reads articles as long as those in the news, with one tweet or with
// five to twenty.
func BenchmarkArticles(b *testing.B) {
	for _, form := range []struct {
		name, sep string
		html      bool
	}{{"paragraphs", "\n\n", false}, {"line", " ", false}, {"page", "\n", true}} {
		for _, many := range []bool{false, true} {
			n := newNewsroom()
			var articles []*archive.Article
			embeds := 0
			for range 200 {
				tweets := 1
				if many {
					tweets = 5 + n.IntN(16)
				}
				articles = append(articles, n.article(tweets, form.sep, form.html))
				embeds += tweets
			}
			b.Run(form.name+map[bool]string{false: "/one", true: "/many"}[many], func(b *testing.B) {
				b.ReportAllocs()
				size := 0
				for b.Loop() {
					found := 0
					size = 0
					for _, a := range articles {
						found += len(Tweets(a))
						size += len(a.Body)
					}
					if found != embeds {
						b.Fatalf("found %d of %d", found, embeds)
					}
				}
				each := float64(b.Elapsed().Microseconds()) / float64(b.N)
				b.ReportMetric(each/float64(embeds), "us/embed")
				b.ReportMetric(float64(size)/float64(len(articles)), "bytes/article")
			})
		}
	}
}
