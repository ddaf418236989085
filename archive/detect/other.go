package detect

import "tweetarc/archive"

func header(t *text, a *attribution, end, lo int) (archive.Embed, bool) { return archive.Embed{}, false }
func framed(t *text, at int) (archive.Embed, bool) { return archive.Embed{}, false }
func copiedWidget(t *text, at int) (archive.Embed, bool) { return archive.Embed{}, false }
func linked(t *text, at int) (archive.Embed, bool) { return archive.Embed{}, false }
