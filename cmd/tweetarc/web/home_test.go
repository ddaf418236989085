package web

import "testing"

func TestHome(t *testing.T) {
	wantPages(t, `
/ 200
	>138 tweets</a> by
	<title>town.db · tweetarc</title>
	tweetarc test, detector test<
	class="layer-0"
	all others
	<th scope="row">2013</th>
	href="/?q=since%3A2015&#43;until%3A2016"
	Most often embedded
	href="/outlet/lampnews.example"
	href="/feed.atom"
	- class="facet"
`)
}
