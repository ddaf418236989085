package detect

import (
	"cmp"
	"strings"

	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in text_test.go and html_test.go.

// A shortcode is a mark in a text that a content system, static site, forum or wiki
// replaces. It is a name and arguments in brackets. Some have a content and then the name
// again.
//
//	[tweet ID] · [tweet]ID[/tweet] · [embed]URL[/embed] · [MEDIA=twitter]ID[/MEDIA]
//	{{< x user="janeroe" id="ID" >}} · {{ tweet(id="ID") }} · {{#tweet: ID}} · {{Cite tweet|number=ID}}
//	{% embed URL %} · (twitter: URL) · @[tweet](ID) · ::tweet{#ID}
type shortcode struct {
	name    string // in lower case, without its punctuation
	args    string
	content string
	size    int // bytes of the whole
}

// brackets are the brackets of shortcodes, longer ones first.
var brackets = []struct{ open, close string }{
	{"{{<", ">}}"}, {"{{%", "%}}"}, {"{{", "}}"}, {"{%", "%}"}, {"@[", ")"}, {"[", "]"}, {"(", ")"}, {"::", "}"},
}

var (
	// tweetNames are the names of shortcodes for tweets. A number in one is the ID.
	tweetNames = pattern{
		is: []string{"x", "xpost", "xembed", "xsimple", "blackbirdpie"}, hold: []string{"tweet", "twitter"},
		not: []string{"timeline", "profile", "follow", "feed"},
	}
	// embedNames are the names of shortcodes for all kinds of things. Only the address of
	// a tweet counts, or a number beside the name of the service.
	embedNames = pattern{is: []string{"share", "social", "unfurl"}, hold: []string{"embed", "media"}}
)

const (
	maxShortcode = 512  // bytes without the content
	maxContent   = 1024 // bytes
	minCodeID    = 8    // digits: shorter numbers are something else
)

// shortcodes reads the shortcodes of a text, except in code.
func shortcodes(p *page.Page, i int, _ page.Attributes) (found []finding) {
	if i > 0 && (p.Tokens[i-1].Tag == atom.Code || p.Tokens[i-1].Tag == atom.Pre) && p.IsStart(i-1) {
		return nil
	}
	fences := 0
	for at, end := p.Tokens[i].Start, p.Tokens[i+1].Start; at < end; {
		n := strings.IndexAny(p.Body[at:end], "[{@(:")
		if n < 0 {
			break
		}
		fences += strings.Count(p.Body[at:at+n], "```")
		if at += n; fences%2 > 0 || at > 0 && p.Body[at-1] == '`' { // Markdown's code
			at++
			continue
		}
		// The shortcode may hold tags: {{<tweet 20>}}, or a link made from its address.
		code, ok := shortcodeAt(p.Body, at)
		if c, holds := code.tweet(); ok && holds {
			c.Form, c.Confidence, c.Start, c.End = archive.FormShortcode, 1, at, at+code.size
			found = append(found, c)
			at = c.End
			continue
		}
		at++
	}
	return found
}

// shortcodeAt reads the shortcode that begins at byte at of the body.
func shortcodeAt(body string, at int) (code shortcode, ok bool) {
	s := body[at:min(len(body), at+maxShortcode)]
	for _, b := range brackets {
		if !strings.HasPrefix(s, b.open) {
			continue
		}
		begin := char.SkipAny(s, len(b.open), " #-\"")
		end := begin
		for end < len(s) && (archive.IsHandleByte(s[end]) || s[end] == '-') {
			end++
		}
		n := strings.Index(s[end:], b.close)
		if end == begin || n < 0 {
			return code, false
		}
		code = shortcode{name: bareName(s[begin:end]), args: s[end : end+n], size: end + n + len(b.close)}
		switch b.open {
		case "(":
			return code, strings.HasPrefix(code.args, ":") && hasLine(body, at, at+code.size)
		case "[":
			code.readContent(body[at+code.size:], s[begin:end])
		}
		return code, true
	}
	return code, false
}

// readContent reads the content before the closing name, [/name], if there is one.
func (code *shortcode) readContent(s, name string) {
	s = s[:min(len(s), maxContent)]
	n := strings.Index(s, "[/")
	if n < 0 {
		return
	}
	if after := s[n+len("[/"):]; len(after) > len(name) && strings.EqualFold(after[:len(name)], name) && after[len(name)] == ']' {
		code.content = s[:n]
		code.size += n + len("[/]") + len(name)
	}
}

// hasLine reports whether s[start:end] is on a line of its own.
func hasLine(s string, start, end int) bool {
	before, after := s[max(0, start-maxShortcode):start], s[end:min(len(s), end+maxShortcode)]
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	return char.Trim(before[strings.LastIndexByte(before, '\n')+1:]) == "" && char.Trim(after) == ""
}

// tweet is the tweet in the shortcode.
func (code *shortcode) tweet() (c finding, ok bool) {
	fields := fieldsOf(code.args)
	ours := tweetNames.fits(code.name)
	for _, f := range fields {
		ours = ours || services.fits(strings.ToLower(f.value)) || f.key == "" && tweetNames.fits(bareName(f.value)) && !strings.Contains(f.value, "//")
	}
	whole := code.name + code.args + " " + code.content
	st, ok := archive.FindStatus(whole)
	switch {
	case ok && (ours || embedNames.fits(code.name) || strings.HasPrefix(code.name, "http") && strings.HasSuffix(code.args, ":embed")):
	case ours:
		if st.ID = codeID(code.args + " " + code.content); st.ID == "" {
			return c, false
		}
	default:
		return c, false
	}
	c.Handle = cmp.Or(value(fields, "user", "username", "handle", "screen_name"), st.Handle)
	if c.Handle = strings.TrimPrefix(c.Handle, "@"); !archive.IsHandle(c.Handle) {
		c.Handle = ""
	}
	c.Author = value(fields, "author", "name")
	if c.Text = value(fields, "text"); strings.Contains(code.args, "|") { // in a wiki the title is the words
		c.Text = cmp.Or(c.Text, value(fields, "title"))
	}
	if d, n := date.At(value(fields, "date", "posted")); n > 0 {
		c.posted(d)
	}
	if words := char.Trim(code.content); strings.ContainsAny(words, " \n") {
		c.Text = words
	}
	c.identify(st.ID)
	return c, true
}

// field is an argument of a shortcode; its key is "" if it has none.
type field struct{ key, value string }

// fieldsOf are the arguments of a shortcode: name=value, name: value or a value, which
// may be quoted. In a wiki they are between bars.
func fieldsOf(args string) (fields []field) {
	wiki := strings.Contains(args, "|")
	for args != "" {
		args = args[char.SkipAny(args, 0, " \t\n|,;():=}"):]
		end := strings.IndexAny(args, " \t\n=|:\"")
		if wiki {
			end = strings.IndexAny(args, "=|\"")
		}
		var f field
		if end >= 0 && (args[end] == '=' || args[end] == ':' && !strings.HasPrefix(args[end:], "://")) {
			f.key = strings.ToLower(char.Trim(args[:end]))
			args = strings.TrimLeft(args[end+1:], " ")
		}
		f.value, args = valueOf(args, wiki)
		if f.value != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// valueOf is the value at the beginning of args, and what follows it.
func valueOf(args string, wiki bool) (value, rest string) {
	if args == "" {
		return "", ""
	}
	if q := args[0]; q == '"' || q == '\'' {
		value, rest, _ = strings.Cut(args[1:], string(q))
		return value, rest
	}
	ends := " \t\n"
	if wiki {
		ends = "|"
	}
	end := strings.IndexAny(args, ends)
	if end < 0 {
		end = len(args)
	}
	return char.Trim(args[:end]), args[end:]
}

// value is the value of the first key that a field has.
func value(fields []field, keys ...string) string {
	for _, k := range keys {
		for _, f := range fields {
			if f.key == k {
				return f.value
			}
		}
	}
	return ""
}

// codeID is the last number in the arguments that can be the tweet's ID.
func codeID(args string) (id string) {
	for _, w := range strings.FieldsFunc(args, func(c rune) bool { return strings.ContainsRune(" \t\n=\"'“”″|,:;/#(){}", c) }) {
		if len(w) >= minCodeID && archive.IsStatusID(w) {
			id = w
		}
	}
	return id
}
