package web

import "testing"

func TestStats(t *testing.T) {
	wantPages(t, `
/stats 200
	Articles with tweets
	href="/tweet/
/stats?q=goose 200
	value="goose"
	href="/stats?by=outlet%2Carticle-month&amp;q=goose"
/stats?q=%22 400
`)
}
