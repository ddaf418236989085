package web

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// A passage is an embed as a reader of the article sees it: the tweet's words, and around
// them the rest of the embed and some of the article.
type passage struct {
	Before string // of the article
	Lead   string // of the embed before the words
	Words  string // as they were found
	Tail   string // of the embed after the words, mostly author and day
	After  string
	Lang   string
	Apart  bool // the embed does not show the words as they were found
}

// tags are only in markup, not in plain text.
var tags = regexp.MustCompile(`(?i)</(a|p|div|span|blockquote|li|h[1-6])>|<(p|br)[ />]`)

// mostPlaced is how many bytes of an embed are searched for its words.
const mostPlaced = 256 << 10

func newPassage(s *store.Passage) passage {
	before, raw, after := s.Before, archive.Head(s.Raw, mostPlaced), s.After
	if slices.Contains(markup, s.Form) || tags.MatchString(before+raw+after) {
		if shut := strings.IndexByte(before, '>'); shut >= 0 && !strings.Contains(before[:shut], "<") {
			before = before[shut+1:] // it begins inside a tag
		}
		if open := strings.LastIndexByte(after, '<'); open > strings.LastIndexByte(after, '>') {
			after = after[:open] // it ends inside a tag
		}
		before, raw, after = readable(before), readable(raw), readable(after)
	}
	p := passage{Before: strings.TrimLeftFunc(visible(before), unicode.IsSpace), Words: visible(s.Text), After: strings.TrimRightFunc(visible(after), unicode.IsSpace), Lang: langOf(s.Text)}
	begin, end, ok := borders(raw, s.Text)
	switch {
	case ok:
		p.Lead, p.Tail = visible(raw[:begin]), visible(raw[end:])
	case strings.TrimSpace(s.Text) == "":
		p.Tail = visible(raw)
	default:
		p.Apart = true
		p.Lead, p.After = " ", " "+p.After
	}
	if strings.HasSuffix(p.Before, "\n") || p.Before == "" {
		p.Lead = strings.TrimLeft(p.Lead, "\n ")
	}
	if strings.HasPrefix(p.After, "\n") {
		p.Tail = strings.TrimRight(p.Tail, "\n ")
	}
	return p
}

// breaks are elements that begin a line, paragraphs elements that begin a paragraph, and
// silent elements whose text a browser does not show.
var (
	breaks     = map[string]bool{"br": true, "div": true, "li": true, "tr": true, "td": true, "section": true, "article": true, "figure": true, "header": true, "footer": true}
	paragraphs = map[string]bool{"p": true, "blockquote": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "ul": true, "ol": true, "table": true}
	silent     = map[string]bool{"script": true, "style": true, "iframe": true, "noscript": true, "template": true}
)

var (
	manySpaces = regexp.MustCompile(`[ \t]+`)
	manyLines  = regexp.MustCompile(` ?\n ?(?:\n ?)+`)
)

// readable is the text of markup without its tags.
func readable(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(0)
	within := ""
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		t := z.Token()
		switch {
		case kind == html.TextToken && within == "":
			b.WriteString(t.Data)
		case kind == html.StartTagToken && silent[t.Data]:
			within = t.Data
		case kind == html.EndTagToken && t.Data == within:
			within = ""
		case kind == html.TextToken || within != "":
		case paragraphs[t.Data]:
			b.WriteString("\n\n")
		case breaks[t.Data]:
			b.WriteString("\n")
		}
	}
	return manyLines.ReplaceAllString(manySpaces.ReplaceAllString(b.String(), " "), "\n\n")
}

// borders are the positions where words begin and end in a text. White space may differ.
// If the text also has links that the words lack, their first and last letters decide.
func borders(text, words string) (begin, end int, ok bool) {
	dense, at := squeeze(text)
	look, _ := squeeze(words)
	if look == "" {
		return 0, 0, false
	}
	if i := strings.Index(dense, look); i >= 0 {
		return at[i], at[i+len(look)-1] + 1, true
	}
	for _, n := range []int{24, 12, 6} {
		first, last := archive.Head(look, n), archive.Tail(look, n)
		i := strings.Index(dense, first)
		if i < 0 {
			continue
		}
		if j := strings.LastIndex(dense[i:], last); j >= 0 {
			return at[i], at[i+j+len(last)-1] + 1, true
		}
	}
	return 0, 0, false
}

// squeeze is a text without white space, and the position of each of its bytes in the text.
func squeeze(s string) (dense string, at []int) {
	b := make([]byte, 0, len(s))
	at = make([]int, 0, len(s))
	for i, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		for k := range len(string(r)) {
			if i+k < len(s) && r != unicode.ReplacementChar {
				b = append(b, s[i+k])
				at = append(at, i+k)
			}
		}
	}
	return string(b), at
}

// verdictOn is the verdict that follows from the words a coder gives: whether the words
// found begin wrong, end wrong, or both.
func verdictOn(found, words string) archive.Verdict {
	f, _ := squeeze(found)
	w, _ := squeeze(words)
	switch {
	case f == w:
		return archive.VerdictRight
	case f == "":
		return archive.VerdictBoth
	case strings.HasPrefix(f, w) || strings.HasPrefix(w, f):
		return archive.VerdictEnds
	case strings.HasSuffix(f, w) || strings.HasSuffix(w, f):
		return archive.VerdictBegins
	}
	return archive.VerdictBoth
}
