package detect

import (
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in html_test.go.

// The words of pages. Each is in a tag, a script or a shortcode.
var (
	tweetWord   = anchor{literal: "weet", fits: func(s string, at int) bool { return inMarkup(s, at, "weet") }}
	twitterWord = anchor{literal: "witter", fits: func(s string, at int) bool { return inMarkup(s, at, "witter") }}
	statusWord  = anchor{literal: "status", fits: func(s string, at int) bool { return inMarkup(s, at, "status") }}
)

// inMarkup reports whether the word at byte at may be part of markup. If not, it is part
// of prose, or of an address that is no tweet's.
func inMarkup(s string, at int, word string) bool {
	after := s[at+len(word):]
	if path, ok := strings.CutPrefix(after, ".com"); ok && path != "" && isSlash(path[0]) {
		return isUserPath(strings.TrimLeft(path, `\/`))
	}
	if after != "" && (after[0] == '(' || after[0] == '/' || after[0] == '<' && word == "status") { // a call, or an address
		return true
	}
	name, end := at, at+len(word)
	for name > 0 && (archive.IsHandleByte(s[name-1]) || s[name-1] == '-') {
		name--
	}
	if strings.HasSuffix(s[:name], "/intent/") {
		return false
	}
	return inShortcode(s[max(0, name-maxShortcode):min(len(s), end+len(":"))]) || inTag(s, name, end)
}

// isUserPath reports whether the path of an address begins with a user and goes on, as
// that of a tweet does.
func isUserPath(path string) bool {
	rest := strings.TrimLeft(path, handleBytes)
	return rest != path && rest != "" && isSlash(rest[0]) && !strings.HasPrefix(path, "intent")
}

// isSlash reports whether c is a slash, or the backslash before an escaped one.
func isSlash(c byte) bool { return c == '/' || c == '\\' }

// inTag reports whether a word, the bytes from i to j, is in a tag or in an attribute's
// value that holds tags.
func inTag(s string, i, j int) bool {
	lo, hi := max(0, i-maxProse), min(len(s), j+maxProse)
	before, after := s[lo:i], s[j:hi]
	open, end := strings.LastIndexAny(before, "<>"), strings.IndexAny(after, "<>")
	switch {
	case open < 0 && lo > 0, open >= 0 && before[open] == '<', end < 0 && hi < len(s), end >= 0 && after[end] == '>':
		return true
	case end >= 0:
		after = after[:end]
	}
	return holds(before[open+1:], markupSigns) || holds(after, markupSigns)
}

// inShortcode reports whether a shortcode may begin before a word or at it.
func inShortcode(before string) bool {
	if holds(before, codeBegins) {
		return true
	}
	for {
		_, after, ok := strings.Cut(before, "(")
		if !ok {
			return false
		}
		before = strings.TrimLeft(after, ` #-"`)
		if strings.HasPrefix(strings.TrimLeft(before, handleBytes+"-"), ":") {
			return true
		}
	}
}

var codeBegins = []string{"[", "{{", "{%", "::"}

// maxProse is how far around a word tags are looked for, in bytes. Prose has no
// markupSigns between tags, but an attribute's value that holds tags does.
const maxProse = 1 << 10

var markupSigns = []string{"=", "&lt", "&gt", "&#", "%3"}
