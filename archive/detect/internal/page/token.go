package page

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Tested in page_test.go.

// Tags and the text between them are cut here, as in the states of WHATWG HTML 13.2.5.
// Comments and scripts are rarer and are left to the tokenizer of golang.org/x/net/html,
// which takes five times as long.

// tokenAt is the token that begins at s[i:], and where it ends. It is an ErrorToken if a
// tag begins there and does not end.
func tokenAt(s string, i int) (t Token, end int) {
	t.Start = i
	if end = textEnd(s, i); end > i {
		t.Kind = html.TextToken
		return t, end
	}
	name := i + len("<")
	if t.Kind = html.StartTagToken; s[name] == '/' {
		t.Kind = html.EndTagToken
		name++
	}
	if name == len(s) || !isLetter(s[name]) {
		z := html.NewTokenizer(strings.NewReader(s[i:]))
		t.Kind = z.Next()
		return t, i + len(z.Raw())
	}
	end = nameEnd(s, name)
	t.Tag = tagOf(s[name:end])
	val := "" // of the last attribute
	for {
		end = skip(s, end)
		switch {
		case end == len(s):
			return Token{Kind: html.ErrorToken, Start: i}, i
		case s[end] != '>':
			if _, val, end = attributeAt(s, end); s[end-1] == '"' || s[end-1] == '\'' {
				val = ""
			}
			continue
		case s[end-1] == '/' && t.Kind == html.StartTagToken && !strings.HasSuffix(val, "/"):
			t.Kind = html.SelfClosingTagToken
		}
		return t, end + 1
	}
}

// textEnd is the end of the text at s[i:]; i if a tag or a comment begins there.
func textEnd(s string, i int) int {
	for end := i; ; end++ {
		n := strings.IndexByte(s[end:], '<')
		if n < 0 || end+n+1 == len(s) {
			return len(s)
		}
		end += n
		if c := s[end+1]; isLetter(c) || c == '/' || c == '!' || c == '?' {
			return end
		}
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isRaw are the elements whose text holds no tags.
var isRaw = TagSet(atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Script, atom.Style, atom.Textarea, atom.Title, atom.Xmp)

// textAfter is the end of the raw text after the tag t, which is between at and end; end
// if there is none. Tags in frames and <noscript> are read: lazy loaders and Instant
// Articles keep tweets there.
func textAfter(s string, at, end int, t Token) int {
	if t.Kind != html.StartTagToken && t.Kind != html.SelfClosingTagToken || !isRaw[t.Tag] ||
		t.Kind == html.StartTagToken && (t.Tag == atom.Iframe || t.Tag == atom.Noscript) {
		return end
	}
	text := rawEnd(s, end, t.Tag)
	if t.Tag == atom.Script && strings.Contains(s[end:text], "<!--") { // may hold the tags of scripts
		z := html.NewTokenizer(strings.NewReader(s[at:]))
		z.Next()
		if text = end; z.Next() == html.TextToken {
			text += len(z.Raw())
		}
	}
	return text
}

// rawEnd is where the element's end tag begins, at i or later.
func rawEnd(s string, i int, tag atom.Atom) int {
	name := tag.String()
	for tag != atom.Plaintext {
		n := strings.Index(s[i:], "</")
		if n < 0 {
			break
		}
		i += n
		if end := i + len("</") + len(name); end < len(s) && endsName(s[end]) && strings.EqualFold(s[i+len("</"):end], name) {
			return i
		}
		i += len("</")
	}
	return len(s)
}
