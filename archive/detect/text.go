package detect

import "tweetarc/archive"

func inText(a *archive.Article) []archive.Embed { return nil }
