package web

import "testing"

func TestAuthor(t *testing.T) {
	wantPages(t, `
/author/JaneRoe 200
	<bdi class="name">Jane Roe</bdi> <bdi class="handle">@janeroe</bdi>
	All 13 tweets
	In the same articles
/author/nobody_at_all 404
	Not in this archive
/author/-- 404
`)
}
