package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in laws_test.go and html_test.go.

// An anchor is something that every embed of a form holds. Each rule names its own
// anchors and is tried where they are. All anchors together are the filter before that.
// So an anchor must fit the text as a reader sees it and also the raw record, where the
// bytes around its literal may be escaped.
type anchor struct {
	literal string                      // of ASCII letters, digits and marks that no encoding changes
	fits    func(s string, at int) bool // checks the bytes around the literal at byte at; nil if any will do
	next    string                      // after the literal is one of these bytes or one beyond ASCII; "": any byte, or none
}

// at reports whether the anchor is in s at byte at.
func (a *anchor) at(s string, at int) bool {
	return strings.HasPrefix(s[at:], a.literal) && (a.next == "" || at+len(a.literal) < len(s) && a.mayBeNext(s[at+len(a.literal)])) && (a.fits == nil || a.fits(s, at))
}

func (a *anchor) mayBeNext(c byte) bool {
	return a.next == "" || c >= utf8.RuneSelf || strings.IndexByte(a.next, c) >= 0
}

var (
	// The handle of an attribution: (@janeroe), （@janeroe）.
	handleAnchor = handleAt("@")
	// The same with a wide @, plain or escaped as in JSON.
	wideHandleAnchors = []anchor{handleAt("＠"), handleAt(`\uff20`), handleAt(`\uFF20`)}
	// The same in a page, where tags may be before it: (<b>@janeroe</b>), — <a href="…">@janeroe</a>.
	taggedHandleAnchor = anchor{literal: "@", fits: taggedHandleFits}
	// A handle after a dash, which may be a link: — @janeroe, — [@janeroe](https://…).
	dashedHandleAnchor = anchor{literal: "@", fits: func(s string, at int) bool {
		return endsWithDash(strings.TrimSuffix(s[max(0, at-maxGap):at], "["))
	}}
	// The handle in the header of a copied tweet. Only a button or a dot may follow it in
	// its line: Jane Roe @janeroe, @janeroe · Follow.
	headerAnchor = anchor{literal: "@", fits: headerFits}
	// The time under a tweet that was copied into one line: 9:07 AM - 28 Dec 2016.
	amAnchor = anchor{literal: "AM", fits: dayFollows, next: ` -\&%=+`}
	pmAnchor = anchor{literal: "PM", fits: dayFollows, next: ` -\&%=+`}
	// The publisher's frame: Skip Twitter post by @janeroe.
	frameAnchors = []anchor{{literal: "Twitter", fits: postFollows}, {literal: "twitter", fits: postFollows}}
	// The address of a tweet: twitter.com/janeroe/status/1.
	statusAnchors = []anchor{slashedAt("status"), slashedAt("statuses")}
)

// Markup in running text.
var (
	// The names of shortcodes and components with the brackets before them: [tweet 1],
	// [MEDIA=twitter], (twitter: …), ::tweet{, {{< tweet, {% include tweet.html, <Tweet
	// id=.
	shortcodeAnchors = append(literals("[tweet", "[twitter", "[embed", "[media", "[MEDIA", "[share", "[blackbirdpie", "(twitter:", "(tweet:", "::tweet", "<Tw", "<tw", "<StaticTweet"),
		anchor{literal: "{{", fits: namesEmbed}, anchor{literal: "{%", fits: namesEmbed})
)

// maxCodeName is the greatest length of a shortcode's name, in bytes.
const maxCodeName = 24

// literals are anchors that fit whatever is around them.
func literals(of ...string) (anchors []anchor) {
	for _, l := range of {
		anchors = append(anchors, anchor{literal: l})
	}
	return anchors
}

// namesEmbed reports whether the braces at byte at are followed by a name for an embed.
func namesEmbed(s string, at int) bool {
	s = s[at+2 : min(len(s), at+2+maxCodeName)]
	return holds(s, codeNames) || followed(s, "x")
}

var codeNames = []string{"weet", "witter", "embed"}

// handleAt is the anchor of a handle that begins with at. A parenthesis is before it, and
// a byte that can begin a handle is after it.
func handleAt(at string) anchor {
	return anchor{literal: at, next: handleBytes + `\&%=<`, fits: func(s string, i int) bool {
		return inParenthesis(s, beforeTags(s, i))
	}}
}

// inParenthesis reports whether an opening parenthesis and a gap end at byte i.
func inParenthesis(s string, i int) bool {
	for k := i - 1; k >= 0 && k >= i-maxGap; k-- {
		if n := parenthesis(s[k:i]); n > 0 {
			return k+n+gap(s[k+n:i]) == i
		}
	}
	return false
}

func endsWithDash(s string) bool {
	s = strings.TrimRight(s, " \u00a0\u200a")
	return endsWithAny(s, "—", `\u2014`, "--", "&mdash;", "&#8212;")
}

// taggedHandleFits looks for a tag before an @ and, before all tags there, for a
// parenthesis or a dash. If there are too many tags to see that, it says yes.
func taggedHandleFits(s string, at int) bool {
	if at == 0 || strings.IndexByte(">;eE", s[at-1]) < 0 || !endsWithAny(s[:at], ">", "&gt;", `\u003e`, `\u003E`, "%3E", "%3e") {
		return false
	}
	i := at
	for range maxTagsBefore {
		if i = len(strings.TrimRight(s[max(0, i-maxGap):i], " \t\r\n")) + max(0, i-maxGap); i == 0 || s[i-1] != '>' {
			return i == at || inParenthesis(s, i) || endsWithDash(s[max(0, i-maxGap):i])
		}
		lo := max(0, i-maxPlainTag)
		less := strings.LastIndexByte(s[lo:i], '<')
		if less < 0 || strings.HasSuffix(s[:i], "-->") {
			return true
		}
		i = lo + less
	}
	return true
}

// How far taggedHandleFits looks: so many tags, each of so many bytes.
const (
	maxTagsBefore = 6
	maxPlainTag   = 1 << 9
)

const handleBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// beforeTags is where the tags begin that an extractor left at the end of s[:i], two at
// most.
func beforeTags(s string, i int) int {
	for range 2 {
		if i == 0 || s[i-1] != '>' {
			break
		}
		lo := max(0, i-maxTag)
		less := strings.LastIndexByte(s[lo:i], '<')
		if less < 0 {
			break
		}
		i = lo + less
	}
	return i
}

// headerFits checks that a handle is in the header of a copied tweet: its line ends after
// it, and only a name is before it in the line.
func headerFits(s string, at int) bool {
	end := at + 1
	for end < len(s) && archive.IsHandleByte(s[end]) {
		end++
	}
	if end == at+1 || end-at > 2*maxGap {
		return false
	}
	if strings.HasPrefix(s[end:], `"`) && strings.HasSuffix(s[:at], `"`) {
		return false // the handle is a value of a record
	}
	for n := 1; n > 0; end += n {
		n = inlineTag(s[end:])
	}
	after := strings.TrimLeft(s[end:min(len(s), end+maxGap)], " \t")
	if after != "" && strings.IndexByte("\r\n\\\"F&<[](%=*", after[0]) < 0 && char.Blank(after, 0) == 0 {
		if r, _ := utf8.DecodeRuneInString(after); !isDot(r) {
			return false
		}
	}
	return endsInName(s[:at])
}

// endsInName reports whether the last line of s is only a name, and tags after it.
func endsInName(s string) bool {
	for n := 1; n > 0; s = s[:len(s)-n] {
		n = inlineTagBefore(s)
	}
	name := s[max(0, len(s)-2*maxGap):]
	if i := strings.LastIndexAny(name, "\n>\""); i >= 0 {
		name = name[i+1:]
	}
	if i := strings.LastIndex(name, `\n`); i >= 0 {
		name = name[i+2:]
	}
	name = strings.TrimRight(name, " ")
	return !strings.HasSuffix(name, ":") && !strings.HasSuffix(name, "witter") && len(strings.Fields(name)) <= maxNameWords
}

// inlineTag is the length of the inline tag that s begins with; 0 if there is none.
func inlineTag(s string) int {
	if s == "" || s[0] != '<' {
		return 0
	}
	end := strings.IndexByte(s[:min(len(s), maxTag)], '>') + 1
	name := strings.TrimPrefix(s[1:max(1, end)], "/")
	if n := strings.IndexAny(name, " \t\n>"); n < 0 || !slices.Contains(inlineNames, name[:n]) {
		return 0
	}
	return end
}

var inlineNames = []string{"a", "b", "em", "font", "i", "s", "small", "span", "strong", "u"}

// inlineTagBefore is the length of the inline tag that s ends with; 0 if there is none.
func inlineTagBefore(s string) int {
	if !strings.HasSuffix(s, ">") {
		return 0
	}
	s = s[max(0, len(s)-maxTag):]
	if less := strings.LastIndexByte(s, '<'); less >= 0 && inlineTag(s[less:]) == len(s)-less {
		return len(s) - less
	}
	return 0
}

// maxNameWords is the greatest number of words in a name. More words before a handle are
// prose.
const maxNameWords = 6

// parenthesis is the length of the opening parenthesis that s begins with, wide or
// not; 0 if there is none.
func parenthesis(s string) int {
	switch s[0] {
	case '(':
		return 1
	case '\\', '&', '%', '=', "（"[0]:
		for _, p := range [...]string{"（", `\uff08`, `\uFF08`, "&#65288;", "%EF%BC%88", "=EF=BC=88"} {
			if strings.HasPrefix(s, p) {
				return len(p)
			}
		}
	}
	return 0
}

// tags are the ways to write the beginning of a tag with this name, plain and escaped.
func tags(name string) []anchor {
	return literals("<"+name, "&lt;"+name, "%3C"+name, "%3c"+name, "=3C"+name)
}

var (
	tagAnchors    = tags("")
	escapeAnchors = []anchor{{literal: `\u00`, next: "234567"}}
)

// followed reports whether s begins with a gap and one of these letters.
func followed(s, letters string) bool {
	s = s[gap(s):]
	return s != "" && strings.IndexByte(letters, s[0]) >= 0
}

// postFollows reports whether a gap and "post" follow the name of the service.
func postFollows(s string, at int) bool {
	s = s[at+len("twitter"):]
	return strings.HasPrefix(s[gap(s):], "post")
}

// slashedAt is the anchor of a word with a slash after it, plain or escaped.
func slashedAt(word string) anchor {
	return anchor{literal: word, next: `/\%&=`, fits: func(s string, at int) bool {
		s = s[at+len(word):]
		return s[0] < utf8.RuneSelf && (s[0] != '\\' || len(s) > 1 && (s[1] == '/' || s[1] == '\\') || strings.HasPrefix(s, `\u002`))
	}}
}

// dayFollows reports whether a day may follow AM or PM and a mark: no word follows, and
// no other time of day.
func dayFollows(s string, at int) bool {
	s = s[at+len("AM"):]
	mark := strings.TrimLeft(s, " ")
	if mark == "" || mark[0] < utf8.RuneSelf && strings.IndexByte(`-\&%=+`, mark[0]) < 0 {
		return false
	}
	s = s[gap(s):]
	if s == "" || s[0] < '0' || s[0] > '9' {
		if s == "" || s[0] < 'a' || s[0] > 'z' {
			return true
		}
		month, day, _ := strings.Cut(s[:min(len(s), maxGap)], " ") // dec 28
		return len(month) <= maxMonth && day != "" && '0' <= day[0] && day[0] <= '9'
	}
	s = strings.TrimLeft(strings.TrimLeft(s, "0123456789"), " ")
	return !strings.HasPrefix(s, ":") && !strings.HasPrefix(s, "AM") && !strings.HasPrefix(s, "PM")
}

// maxMonth is the greatest length of the name of a month, with its dot, in bytes.
const maxMonth = 16

func endsWithAny(s string, ends ...string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

// maxTag is the greatest length of a tag within an attribution, in bytes.
const maxTag = 200

// maxGap is the greatest length of a gap, in bytes.
const maxGap = 24

// gap is the length of the blanks and marks, plain or escaped, that s begins with.
func gap(s string) int {
	i := 0
	for i < len(s) && i < maxGap {
		n := escape(s[i:])
		if c := s[i]; n == 0 && c < utf8.RuneSelf && (archive.IsHandleByte(c) && c != '_' || c == '@' || c == '(') {
			break
		}
		i += max(1, n)
	}
	return min(i, len(s))
}

// escape is the length of the escaped character or the number of a reference that s
// begins with: \u00a0, \n, &nbsp;, %20, =20, [1]; 0 if there is none.
func escape(s string) int {
	switch c := s[0]; {
	case strings.HasPrefix(s, `\u`):
		return len(`\u0000`)
	case c == '\\' && len(s) > 1 && 'a' <= s[1] && s[1] <= 'z':
		return len(`\n`)
	case c == '&':
		return strings.IndexByte(s[:min(len(s), 10)], ';') + 1
	case c == '[':
		n := 1
		for n < len(s) && n < 5 && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		if n < len(s) && s[n] == ']' {
			return n + 1
		}
	case c == '%', c == '=':
		return len("%20")
	}
	return 0
}
