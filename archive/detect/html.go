package detect

import "tweetarc/archive"

func inHTML(a *archive.Article) []archive.Embed { return nil }
