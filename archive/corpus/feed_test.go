package corpus

import (
	"strings"
	"testing"
)

const rssHead = `<?xml version="1.0" encoding="UTF-8"?><!-- c --><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><image><title>no</title></image><title>The Gull</title>`

func TestFeeds(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{
			"RSS", rssHead + `<item><title>A &amp;amp; B</title><link>https://gull.example/1</link><description>teaser</description><content:encoded><![CDATA[<p>One</item></p>]]></content:encoded><pubDate>Sun, 05 May 2019 08:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">x</guid><description>&lt;p&gt;Two&lt;/p&gt;</description></item></channel></rss>`,
			[]string{`:1 2019-05-05 "A & B" https://gull.example/1 html "<p>One</item></p>"`, `:2  ""  html "<p>Two</p>"`},
		},
		{
			"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><title>The Gull</title><entry><title>A</title><link rel="self" href="https://gull.example/s"/><link href="https://gull.example/1"/><summary>teaser</summary><content type="html">&lt;p&gt;One</content><updated>2020-01-01T00:00:00Z</updated><published>2019-05-05T08:00:00Z</published></entry>
<entry><id>https://gull.example/2</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Two &amp; <b>more</b></div></content></entry><entry><content type="text">a plain one</content></entry></feed>`,
			[]string{`:1 2019-05-05 "A" https://gull.example/1 html "<p>One"`, `:2  "" https://gull.example/2 html "<div xmlns=\"http://www.w3.org/1999/xhtml\">Two &amp; <b>more</b></div>"`, `:3  ""  "a plain one"`},
		},
		{"Atom with prefixes", `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>A</a:title><a:link href="https://gull.example/1"/><a:content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>One</h:p></h:div></a:content></a:entry>
<a:entry><a:content type="html">&lt;p&gt;Two</a:content></a:entry></a:feed>`, []string{`:1  "A" https://gull.example/1 html "<div xmlns:h=\"http://www.w3.org/1999/xhtml\"><p>One</p></div>"`, `:2  ""  html "<p>Two"`}},
		{
			"RDF", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Gull</title><items><rdf:Seq/></items></channel><item><title>A</title><link>https://gull.example/1</link><description>One</description><dc:date>2019-05-05</dc:date></item></rdf:RDF>`,
			[]string{`:1 2019-05-05 "A" https://gull.example/1 "One"`},
		},
		{"a charset", strings.Replace(rssHead, "UTF-8", "ISO-8859-2", 1) + "<item><title>m\xb1ka</title></item></channel></rss>", []string{`:1  "mąka"  ""`}},
		{
			"a broken item", rssHead + "<item><title>A</title><description>On\x0be &nbsp;& <b>x</description></item><item><a b=></item><item><title>C</title></item></channel></rss>",
			[]string{`:1  "A"  html "On e &nbsp;& <b>x"`, `:2 -`, `:3  "C"  ""`},
		},
		{"cut", rssHead + "<item><title>A</title></item><item><title>B", []string{`:1  "A"  ""`, ":2! ends too early; if the file was cut, copy or download it again"}},
		{"cut between items", rssHead + "<item><title>A</title></item>", []string{`:1  "A"  ""`, ":2! the feed is incomplete: its last tag is missing"}},
		{
			"a long item", rssHead + "<item><title>A</title></item><item>" + strings.Repeat("x", 3<<20) + "</item><item><title>C</title></item></channel></rss>",
			[]string{`:1  "A"  ""`, ":2! record longer than 262144 bytes; raise --max-record to read it", `:3  "C"  ""`},
		},
		{"a page", "<html><p>The tag <rss version=2> begins a feed, and <item> an item.</p></html>", []string{`:1  ""  html "<html><p>The tag <rss version=2> begins a feed, and <item> an item.</p></html>"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a": test.in})
			got := read(t, &Reader{MaxRecord: 1 << 20}, "a")
			if len(got) != len(test.want) {
				t.Fatalf("%d records: %.2000s", len(got), got)
			}
			for i := range got {
				if got[i] != "a"+test.want[i] {
					t.Errorf("got  %.500s\nwant a%s", got[i], test.want[i])
				}
			}
		})
	}
	folder(t, map[string]string{"a.xml": rssHead + "<item><title>A</title></item></channel></rss>"})
	for b := range new(Reader).Articles("a.xml") {
		for a := range b.Articles {
			if a.Outlet != "The Gull" {
				t.Errorf("its outlet is %q", a.Outlet)
			}
		}
	}
}
