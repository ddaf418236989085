package web

import "testing"

func TestOutlet(t *testing.T) {
	wantPages(t, `
/outlet/LAMPNEWS.example 200
	<h1><bdi>lampnews.example</bdi></h1>
	href="/?q=outlet%3A%3Dlampnews.example"
	Latest articles
	Top authors
	<a href="/article?file=town
/outlet/lampnews.example?page=9 200
/outlet/nix 404
	Not in this archive
/outlet/%22%3E%3Cscript%3E 404
`)
}
