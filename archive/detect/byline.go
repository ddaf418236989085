package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in text_test.go and html_test.go.

// isByline reports whether it is a byline, by its words or by the markup of the page.
func (t *text) isByline(a *attribution.Attribution) bool {
	return a.IsByline(t.s) || t.inByline != nil && a.ID == "" && !a.HasDash() && t.inByline(a.Name)
}

// bylines are the classes of elements that name the writer of the article or the
// photographer.
var bylines = pattern{
	is: []string{"author", "authors", "writer", "credit"}, begin: []string{"author-", "author_"},
	end: []string{"-author", "_author", "-authors", "-credit", "_credit"}, hold: []string{"byline", "by-line"}, not: []string{"tweet", "twitter"},
}

// inByline reports whether token i is the first text in an element that is a byline.
func inByline(p *page.Page, i int) bool {
	for from := max(0, i-maxTags); i > from; i-- {
		t := &p.Tokens[i-1]
		if t.Kind == html.TextToken && char.Trim(p.Raw(i-1)) != "" || t.Kind == html.EndTagToken && page.Blocks[t.Tag] {
			return false
		}
		if !p.IsStart(i - 1) {
			continue
		}
		as := p.Attributes(i - 1)
		if t.Tag == atom.Address || bylines.class(as) || as.Get("rel") == "author" || as.Get("itemprop") == "author" {
			return true
		}
	}
	return false
}

// maxTags is the greatest number of tokens between the beginning of a byline and its
// name.
const maxTags = 8

// dropTeasers drops what is a list of articles: headlines with their authors below. If
// all finds without a dash look like headlines, they are no tweets.
func (t *text) dropTeasers() {
	alone, all := 0, true
	for i := range t.found {
		if e := &t.found[i]; e.alone {
			alone++
			all = all && isHeadline(e.Text)
		}
	}
	if alone > 1 && all {
		t.found = slices.DeleteFunc(t.found, func(e textFinding) bool { return e.alone })
	}
}

// isHeadline reports whether words look like a headline and hold nothing that only tweets
// have.
func isHeadline(words string) bool {
	const min, max = 2, 16 // words
	first, _ := utf8.DecodeRuneInString(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	n := strings.Count(words, " ") + 1
	return min <= n && n <= max && !unicode.IsLower(first) && (unicode.IsLetter(last) || unicode.IsDigit(last)) &&
		!strings.ContainsAny(words, "\n@#") && !strings.Contains(words, "://") && !strings.Contains(words, "pic.twitter.com/") &&
		!strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(unicode.So, r) })
}
