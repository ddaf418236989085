package web

import "testing"

func TestArticle(t *testing.T) {
	wantPages(t, `
/article?file=town%2Fnews-1.jsonl&record=1 200
	tweets in this article
	<mark>
	town/news-1.jsonl:1
/article?file=town%2Fnews-1.jsonl&record=99 404
/article?file=town%2Fnews-1.jsonl 404
`)
}
