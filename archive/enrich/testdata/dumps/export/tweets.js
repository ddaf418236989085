window.YTD.tweets.part0 = [
  {
    "tweet": {
      "id": "1234427700000000001",
      "id_str": "1234427700000000001",
      "full_text": "Fog over the quay &amp; bells",
      "created_at": "Mon Mar 02 10:00:00 +0000 2020",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "id": "1234427700000000002",
      "id_str": "1234427700000000002",
      "full_text": "The ferry is late, \"again\"",
      "created_at": "Mon Mar 02 10:00:00 +0000 2020",
      "lang": "en"
    }
  }
]
