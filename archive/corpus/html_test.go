package corpus

import "testing"

func TestHTML(t *testing.T) {
	for _, test := range []struct{ name, page, date, title, url, body string }{
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
					if !a.HTML || a.Date != test.date || a.Title != test.title || a.URL != test.url || a.Body != test.body {
						t.Errorf("got %+v", *a)
					}
				}
			}
		})
	}
}
