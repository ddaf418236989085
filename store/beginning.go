package store

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// Tested in identity_test.go.

// If several articles embed a tweet, each has prose of its own before it. Read backwards
// from the end of the tweet, the articles agree up to some point, and then part. The tweet
// begins at this point or after it; a copy of the text that goes back further has prose.
// And a copy that begins exactly where the articles part is hardly wrong. Articles that
// do not part say nothing: they are copies of each other, or introduce the tweet in the
// same words.

// witnesses is how many articles are asked. If there are more, their hashes decide which.
const witnesses = 32

// shown is what articles have before a text: of several articles the first and the last in
// order, because two are enough to see whether they part.
type shown [2]string

// with is what the articles of both have.
func (s shown) with(o shown) shown {
	switch {
	case o[1] == "":
		return s
	case s[1] == "":
		return o
	}
	return shown{min(s[0], o[0]), max(s[1], o[1])}
}

// guesses says whether the beginning of an embed's text is a guess: it may be prose of the
// article, and some of the text may be missing.
func guesses(e *archive.Embed) bool {
	begin, end := sure(e.Form)
	return !begin && end && e.Text != "" && e.Confidence < 1
}

// passages are what different articles have up to the end of the tweet: normalised, and
// without spaces, which extractors lose at line breaks. Of copies of an article only one
// counts.
func passages(variants []*variant) []string {
	var asked []*variant
	for _, v := range variants {
		switch {
		case v.exact():
			return nil // the words are known
		case v.before[1] != "":
			asked = append(asked, v)
		}
	}
	slices.SortFunc(asked, func(a, b *variant) int { return cmp.Compare(a.hash, b.hash) })
	asked = asked[:min(len(asked), witnesses)]
	var all []string
	var befores []archive.Trigrams
	for _, v := range asked {
		for i, b := range v.before {
			if i > 0 && b == v.before[0] {
				break
			}
			before := archive.Normalize(visible(b))
			grams := archive.TrigramsOf(before)
			if enough(before) && !slices.ContainsFunc(befores, func(o archive.Trigrams) bool { return archive.Containment(o, grams) >= contradiction }) {
				all, befores = append(all, spelled(before)+spelled(archive.Normalize(v.Text))), append(befores, grams)
			}
		}
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// spelled is normalised words without their spaces.
func spelled(words string) string { return strings.ReplaceAll(words, " ", "") }

// visible is a piece of a body without tags.
func visible(body string) string {
	if !strings.ContainsAny(body, "<&") {
		return body
	}
	var b strings.Builder
	for {
		text, tag, found := strings.Cut(body, "<")
		b.WriteString(text)
		if _, rest, closed := strings.Cut(tag, ">"); found && closed {
			b.WriteByte(' ')
			body = rest
			continue
		}
		return html.UnescapeString(b.String())
	}
}

// A testimony is what articles say about a beginning of a tweet.
type testimony struct {
	parts   bool // most have different words before it
	alike   bool // most have the same words before it
	refuted bool // half or more have other words in its place
	several bool // more than one has other words in its place
}

// byChance is how many bytes before a tweet may be the same in two articles by chance.
const byChance = 8

// testify asks articles whether a tweet begins with these words.
func testify(words string, articles []string) (t testimony) {
	var before []string
	lack := 0
	for _, a := range articles {
		switch n := common(a, words); {
		case n < len(words):
			if n < len(a) && !damaged(words[:len(words)-n], a[:len(a)-n]) {
				lack++
			}
		case n+byChance <= len(a): // else it is too short to say anything
			before = append(before, a[len(a)-n-byChance:len(a)-n])
		}
	}
	slices.Sort(before)
	most, n := 0, 0
	for i, b := range before {
		if n++; i > 0 && b != before[i-1] {
			n = 1
		}
		most = max(most, n)
	}
	t.parts = len(before) > 1 && 2*most <= len(before)
	t.alike = len(before) > 1 && !t.parts
	t.refuted = !t.parts && lack > 0 && 2*lack >= len(articles)
	t.several = lack > 1
	return t
}

// common is the number of bytes that the ends of two texts have in common.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return n
}

// damaged says whether words are alike to what another article has in their place, at the
// end of elsewhere.
func damaged(words, elsewhere string) bool {
	elsewhere = archive.Tail(elsewhere, utf8.RuneCountInString(words))
	return archive.Containment(archive.TrigramsOf(words), archive.TrigramsOf(elsewhere)) >= contradiction
}

// afterParting cuts prose off the beginning of a text: it returns the text from where a
// tweet may begin, at or soon after the point where it has parted from all articles. It
// returns "" if there is no such beginning near.
func afterParting(text string, articles []string) string {
	words := spelled(archive.Normalize(text))
	n := len(words)
	for _, a := range articles {
		if c := common(a, words); c < n && c < len(a) && !damaged(words[:len(words)-c], a[:len(a)-c]) {
			n = c
		}
	}
	if n == len(words) {
		return ""
	}
	for i := range text {
		if i == 0 || !mayBegin(text[:i], text[i:]) {
			continue
		}
		if m := len(spelled(archive.Normalize(text[i:]))); m <= n {
			if n-m > 2*byChance || m == 0 {
				return ""
			}
			return text[i:]
		}
	}
	return ""
}

// mayBegin says whether a sentence or a line may begin between two parts of a text.
func mayBegin(before, after string) bool {
	trimmed := strings.TrimSpace(before)
	if r, _ := utf8.DecodeRuneInString(after); strings.ContainsRune(" \n\t", r) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case strings.ContainsRune("。！？", last):
		return true
	case !strings.ContainsRune(" \n\t", last):
		return false
	case strings.HasSuffix(trimmed, ":"), strings.Contains(before[len(trimmed):], "\n"):
		return true
	}
	_, stops := ending(trimmed)
	return stops
}
