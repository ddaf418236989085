package detect

import (
	"strings"

	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/page"
)

// shortcodeForms are what content systems put in a text for a tweet: how one
// opens, how it closes, and whether a number in it is the tweet's ID; else only
// an address counts.
var shortcodeForms = []struct {
	open, close string
	id          bool
}{
	{"[tweet", "]", true}, {"[embedtweet", "]", true}, {"[twitter", "]", true}, {"[embed-twitter", "]", true},
	{"[embed_twitter", "]", true}, {"[blackbirdpie", "]", true},
	{"[embed", "[/embed]", false}, {"[http", ":embed", false}, {"[oembed", "]", false}, {"[media", "]", false},
	{"{{< tweet", ">}}", true}, {"{{<tweet", ">}}", true}, {"{{< x ", ">}}", true}, {"{{< twitter", ">}}", true},
	{"{{% tweet", "%}}", true}, {"{{< embed", ">}}", false},
	{"{% tweet", "%}", true}, {"{% twitter", "%}", true}, {"{% embed", "%}", false}, {"{% oembed", "%}", false},
	{"{{#tweet:", "}}", true}, {"{{#widget:tweet", "}}", true}, {"@[tweet](", ")", true},
}

const (
	maxShortcode = 512 // bytes
	minCodeID    = 8   // digits, for a shortcode has other numbers too
)

// shortcodes reads those of a text, but not where they are shown as code.
func shortcodes(p *page.Page, i int, _ page.Attributes) (found []finding) {
	if i > 0 && (p.Tokens[i-1].Tag == atom.Code || p.Tokens[i-1].Tag == atom.Pre) && p.IsStart(i-1) {
		return nil
	}
	for at, end := p.Tokens[i].Start, p.Tokens[i+1].Start; at < end; {
		n := strings.IndexAny(p.Body[at:end], "[{@")
		if n < 0 {
			break
		}
		at += n
		// The shortcode may reach over tags: {{<tweet 20>}}, or a link made of its address.
		id, handle, n := shortcodeAt(p.Body[at:min(len(p.Body), at+maxShortcode)])
		if n > 0 {
			found = append(found, byID(archive.FormShortcode, at, at+n, id, handle))
		}
		at += max(n, 1)
	}
	return found
}

// shortcodeAt reads the shortcode that s begins with; n is its length.
func shortcodeAt(s string) (id, handle string, n int) {
	for _, f := range shortcodeForms {
		if len(s) < len(f.open) || !strings.EqualFold(s[:len(f.open)], f.open) {
			continue
		}
		args, _, ok := strings.Cut(s[len(f.open):], f.close)
		if !ok {
			continue
		}
		n := len(f.open) + len(args) + len(f.close)
		if st, ok := archive.FindStatus(args); ok {
			return st.ID, st.Handle, n
		}
		if id := codeID(args); f.id && id != "" {
			return id, codeUser(args), n
		}
	}
	return "", "", 0
}

// codeID is the last number among the arguments of a shortcode that can be the
// tweet's.
func codeID(args string) (id string) {
	for _, w := range strings.FieldsFunc(args, func(c rune) bool { return strings.ContainsRune(" \t\n=\"'“”″|,:;/", c) }) {
		if len(w) >= minCodeID && archive.IsStatusID(w) {
			id = w
		}
	}
	return id
}

// codeUsers are how a shortcode names the user.
var codeUsers = []string{`user="`, `user=`, `user: "`}

func codeUser(args string) string {
	for _, k := range codeUsers {
		_, after, _ := strings.Cut(args, k)
		if h, _, _ := strings.Cut(after, `"`); archive.IsHandle(h) {
			return h
		}
	}
	return ""
}
