package corpus

import "testing"

func TestHTML(t *testing.T) {
	for _, test := range []struct{ name, page, date, title, url, outlet, body string }{
		{name: "nothing", page: "<p>Hello"},
		{name: "title", page: "<title>A &amp; B\n C</title>", title: "A & B C"},
		{name: "open graph", page: `<title>x</title><meta property="og:title" content="A &quot;B&quot;"><meta content="https://a.example/" property=og:url>`, title: `A "B"`, url: "https://a.example/"},
		{name: "canonical", page: `<meta property=og:url content=https://b.example/><link href=https://a.example/ rel=canonical>`, url: "https://a.example/"},
		{name: "relative canonical", page: `<link href=/x rel=canonical>`},
		{name: "saved page", page: "<!DOCTYPE html>\n<!-- saved from url=(0022)https://a.example/page -->\n<html>", url: "https://a.example/page"},
		{name: "published", page: `<meta name=date content=2017-01-01><meta property="article:published_time" content="2018-03-22T10:00:00+01:00">`, date: "2018-03-22"},
		{name: "JSON-LD", page: "<body><script type=\"application/ld+json\">{\"@type\": \"NewsArticle\",\n\"datePublished\" : \"2018-03-22T10:00:00Z\"}</script>", date: "2018-03-22"},
		{name: "time", page: `<body><time>now</time><time datetime="2018-03-22 10:00">March 22</time><time datetime="2018-04-22">`, date: "2018-03-22"},
		{name: "itemprop", page: `<body><time datetime=2011-01-01></time><span itemprop="datePublished" content="March 22, 2018">`, date: "2018-03-22"},
		{name: "charset", page: "<meta charset=iso-8859-2><title>\xb1\xe6</title>", title: "ąć", body: "<meta charset=iso-8859-2><title>ąć</title>"},
		{name: "UTF-8 that says Latin-1", page: "<meta charset=iso-8859-1><title>ą</title>", title: "ą"},
		{name: "site name", page: `<meta name=dc.publisher content="A House"><meta property="og:site_name" content="The Quay &amp;amp; Sons ">`, outlet: "The Quay & Sons"},
		{name: "publisher", page: `<script type="application/ld+json">{"author": {"name": "Ada"}, "publisher" : {"@type": "Organization", "logo": {"name": "no"}, "name": "The \u0051uay", "x": 1}}</script><meta name=dc.publisher content="A House">`, outlet: "The Quay"},
		{name: "publisher elsewhere", page: `<script type="application/ld+json">{"publisher": {"@id": "#org"}}</script><script type="application/ld+json">{"publisher": {"name"</script>`},
		{name: "after all else", page: `<link href=https://a.example/ rel=canonical><meta property=og:title content=T><meta property=article:published_time content=2018-03-22><meta property=og:site_name content=Quay>`, url: "https://a.example/", title: "T", date: "2018-03-22", outlet: "Quay"},
		{name: "UTF-16", page: "\xff\xfe<\x00p\x00>\x00\x05\x01", body: "<p>ą"},
		{name: "BOM", page: "\ufeff<p>", body: "<p>"},
		{name: "windows-1252", page: "<p>\x93x\x94", body: "<p>“x”"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a": test.page})
			for b := range new(Reader).Articles("a") {
				for a, err := range b.Articles {
					if err != nil {
						t.Fatal(err)
					}
					if test.body == "" {
						test.body = test.page
					}
					if !a.HTML || a.Date != test.date || a.Title != test.title || a.URL != test.url || a.Outlet != test.outlet || a.Body != test.body {
						t.Errorf("got %+v", *a)
					}
				}
			}
		})
	}
}
