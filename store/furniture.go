package store

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// furniture says which part of an embed looks like a part of the page and not like the
// author or the words of a tweet; "" if none does. It looks for shapes that no name and
// hardly any tweet has, so that what it lists is worth a look.
func furniture(p *Place, _ string) string {
	for _, s := range authorSigns {
		if p.Author != "" && s.found(p) {
			return fmt.Sprintf("the author %s: %q", s.what, archive.Head(p.Author, 60))
		}
	}
	for _, s := range wordSigns {
		if p.Text != "" && s.found(p) {
			return fmt.Sprintf("the words %s: %q", s.what, archive.Head(p.Text, 60))
		}
	}
	return ""
}

// A sign says that a part of an embed may be furniture.
type sign struct {
	what  string
	found func(p *Place) bool
}

// maxName is the greatest number of characters of a display name.
const maxName = 50

var authorSigns = []sign{
	{"is longer than a name can be", func(p *Place) bool { return utf8.RuneCountInString(p.Author) > maxName }},
	{"ends in a colon", func(p *Place) bool { return strings.HasSuffix(p.Author, ":") || strings.HasSuffix(p.Author, "：") }},
	{"holds an address", func(p *Place) bool { return len(archive.Links(p.Author)) > 0 }},
	{"holds a handle in parentheses", func(p *Place) bool { return strings.Contains(p.Author, "(@") }},
	{"holds markup", func(p *Place) bool { return markup.MatchString(p.Author) }},
	{"is a control of the page", func(p *Place) bool { return control.MatchString(p.Author) }},
	{"begins like a byline", func(p *Place) bool { return byline.MatchString(p.Author) && !dash.MatchString(p.Raw) }},
}

var wordSigns = []sign{
	{"hold an attribution", func(p *Place) bool { return attributed.MatchString(p.Text) }},
	{"hold the author's own handle as a line", func(p *Place) bool { return hasLine(p.Text, "@"+p.Handle) }},
	{"end in a count", func(p *Place) bool { return strings.Contains(p.Text, "\n") && count.MatchString(lastLine(p.Text)) }},
	{"begin or end in a control of the page", func(p *Place) bool {
		return control.MatchString(firstLine(p.Text)) || control.MatchString(lastLine(p.Text))
	}},
	{"hold markup", func(p *Place) bool { return markup.MatchString(p.Text) }},
	{"are the article's title", func(p *Place) bool { return p.Text == p.Article.Title }},
}

var (
	// attributed is a handle in parentheses, and a year that follows it.
	attributed = regexp.MustCompile(`\(@[A-Za-z0-9_]{1,15}\)[^\n]{0,20}\b\d{4}\b`)
	count      = regexp.MustCompile(`^\s*\d[\d.,]*\s?[KkMm]?\s*$`)
	// control is a line with which a reader controls the page, or that the page adds.
	control = regexp.MustCompile(`(?i)^[·•\s]*([·•]|follow|following|reply|replying to @\w+.*|copy link|read \d+ repl(y|ies)|show (more|this thread)|view (post|tweet|image|on) .{1,20}|verified account|advertisement|alt|gif)[·•\s]*$`)
	markup  = regexp.MustCompile(`\]\(https?:|<https?:|^&gt;|</?[a-z]+>`)
	byline  = regexp.MustCompile(`^(By|Von|Par|Por|Di|Door|Av|Af|Photo|Foto|Text|Story by|Analysis by)[ :]`)
	dash    = regexp.MustCompile(`[—–―-]|mdash|8212`)
)

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }

// hasLine says whether one of the lines of s is line.
func hasLine(s, line string) bool {
	for l := range strings.SplitSeq(s, "\n") {
		if strings.EqualFold(strings.TrimSpace(l), line) {
			return true
		}
	}
	return false
}
