window.YTD.like.part0 = [{"like": {"tweetId": "1234427700000000003", "fullText": "Gulls on the pier", "expandedUrl": "https://twitter.com/i/web/status/1234427700000000003"}}]
