package store

import (
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in query_test.go.

// marksOf is the value of the column marks of a tweet: words by which the
// full-text index finds what is not a word of the text; see words.go.
func marksOf(t archive.Tweet, variants []*variant) string {
	var m []string
	is := map[string]bool{}
	text := t.Text
	var named []Sigil
	if strings.ContainsAny(text, "@#＠＃") {
		named = Sigils(text)
	}
	for _, w := range named {
		mark := markTag
		if w.sign == '@' {
			mark = markMention
		}
		m = append(m, mark+inWord(w.name))
		if parts := camels(w.name); len(parts) > 1 {
			m = append(m, parts...)
		}
	}
	if strings.HasPrefix(text, "@") {
		is["replies"] = true
	}
	for _, l := range linksIn(text, variants) {
		if isMedia(l) {
			is["media"] = true
		} else {
			is["links"] = true
		}
		m = append(m, linkWords(l)...)
		m = append(m, markLink) // so that no phrase matches words of two links
	}
	for _, f := range features {
		if is[f] {
			m = append(m, markIs+f)
		}
	}
	if strings.IndexFunc(text, func(r rune) bool { return r > 0xff }) >= 0 {
		m = append(m, unspaced(text)...)
	}
	return strings.Join(m, " ")
}

// linksIn are the links in the text of a tweet, and those of the markup of its embeds,
// sorted.
func linksIn(text string, variants []*variant) []string {
	all := archive.Links(text)
	for _, v := range variants {
		for _, l := range v.Links {
			for _, s := range []string{l.Shown, l.URL, l.Target} {
				if strings.Contains(s, "/") {
					all = append(all, s)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// isMedia says whether a link leads to a picture or film of a tweet.
func isMedia(l string) bool {
	return strings.Contains(l, "pic.twitter.com/") || strings.Contains(l, "pic.x.com/") || strings.Contains(l, "/photo/") || strings.Contains(l, "/video/")
}
