window.YTD.account.part0 = [
  {
    "account": {
      "email": "q@quay.example",
      "username": "quay_watch",
      "accountId": "5",
      "accountDisplayName": "Quay Watch"
    }
  }
]
