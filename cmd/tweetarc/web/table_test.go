package web

import "testing"

func TestTable(t *testing.T) {
	wantPages(t, `
/stats?by=outlet&by=posted-year 200
	Embeds by outlet and year of the tweet
	<bdi>lampnews.example</bdi></a></th>
	<td class="s8"
	href="/counts.csv?by=outlet%2Cposted-year"
	href="/counts.svg?by=outlet%2Cposted-year&amp;of=embeds"
	href="/stats?by=outlet%2Cposted-year&amp;of=tweets">tweets
	- >share</a>
/stats?by=handle,posted-year&of=tweets&q=bridge 200
	Tweets by handle and year of the tweet
	href="/?q=bridge&#43;from%3Ajaneroe&#43;since%3A
/stats?by=hashtag 200
	Counts by hashtag
	href="/?q=%23tramlife"
	A tweet counts once for each hashtag
/stats?by=outlet,month&q=nosuchwordatall 200
	No tweet matches this query.
/stats?by=nix 400
	This cannot be counted
/stats?by=outlet,month&of=share 400
	archive with --count-all
/stats?by=outlet,month&of=nix 400
/stats?by=outlet,month&q=%22 400
/counts.csv?by=handle,posted-year 200
	handle,posted_year,embeds,tweets,articles
	janeroe,2015,
/counts.csv 400
/counts.svg?by=outlet,posted-year 200
	<title>lampnews.example, 2015: 
/counts.svg?by=outlet 400
	This cannot be drawn
`)
}
