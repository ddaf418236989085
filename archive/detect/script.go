package detect

import (
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// isTemplate reports whether a script holds HTML that is shown later, after the reader's
// consent for example.
func isTemplate(as page.Attributes) bool {
	kind, _, _ := strings.Cut(as.Get("type"), ";")
	return templateTypes.fits(kind)
}

var templateTypes = pattern{is: []string{"text/plain", "text/html", "text/template", "text/x-template", "text/x-html"}}

// listed reads the tweets that a script lists as the embeds of the page:
//
//	"oEmbedTitles":["https://x.com/…/status/ID", …]
func listed(p *page.Page, i int, _ page.Attributes) (found []finding) {
	s := p.Raw(i)
	at := strings.Index(s, `"oEmbedTitles":[`)
	if at < 0 {
		return nil
	}
	end := at + max(0, strings.IndexByte(s[at:], ']'))
	for {
		st, ok := archive.FindStatus(s[at:end])
		if !ok {
			return found
		}
		start := p.Tokens[i].Start + at
		c := byID(archive.FormJSON, start+st.Start, start+st.End, st.ID, st.Handle)
		c.asked = true
		found = append(found, c)
		at += st.End
	}
}

// maxArgument is the greatest number of bytes in a call before the ID: quotation marks,
// or an expression.
const maxArgument = 40

// calls reads the calls with which a script loads a tweet from the service.
func calls(p *page.Page, i int, _ page.Attributes) (found []finding) {
	const call = "createTweet("
	s := p.Raw(i)
	for start, n := 0, 0; ; {
		if n = strings.Index(s[start:], call); n < 0 {
			return found
		}
		begin := start + n
		start = begin + len(call)
		at := max(0, strings.IndexAny(s[start:min(len(s), start+maxArgument)], "0123456789"))
		if id := digits(s[start+at:]); len(id) >= minID && archive.IsStatusID(id) {
			base := p.Tokens[i].Start
			c := byID(archive.FormJSON, base+begin, base+start+at+len(id), id, "")
			c.asked = true
			found = append(found, c)
		}
	}
}

// templates reads the blockquotes in HTML that is shown later.
func templates(p *page.Page, i int, as page.Attributes) []finding {
	found := escapedQuotes(p, i, as)
	for n := range found {
		found[n].Form, found[n].asked = archive.FormBlockquote, true
	}
	return found
}

// escapedQuotes reads blockquotes, escaped as in JSON or not.
func escapedQuotes(p *page.Page, i int, _ page.Attributes) (found []finding) {
	s, start := p.Raw(i), p.Tokens[i].Start
	const tag = "blockquote"
	for at := strings.Index(s, tag); at >= 0; {
		end := len(s)
		if n := strings.Index(s[at+len(tag):], tag); n >= 0 {
			end = at + len(tag) + n
		}
		if piece := s[at:end]; len(piece) <= page.MaxElement && strings.Contains(piece[:min(len(piece), maxStartTag)], "twitter-") {
			if t, ok := quoteIn("<" + unescapeJSON(piece) + tag + ">"); ok {
				from := at - bracket(s[:at], openings, strings.HasSuffix)
				to := min(len(s), end+len(tag))
				to += bracket(s[to:], closings, strings.HasPrefix)
				found = append(found, finding{Embed: archive.Embed{Form: archive.FormJSON, Confidence: 1, Tweet: t, Start: start + from, End: start + to}})
			}
		}
		if at = end; end == len(s) {
			break
		}
	}
	return found
}

// maxStartTag is the greatest number of bytes from the beginning of a tag to its class.
const maxStartTag = 512

// The brackets of a tag as scripts write them.
var (
	openings = []string{"<", `\u003C`, `\u003c`, "&lt;"}
	closings = []string{">", `\u003E`, `\u003e`, `\\u003E`, `\\u003e`, "&gt;"}
)

// bracket is the length of the bracket that s begins or ends with; 0 if there is none.
func bracket(s string, of []string, has func(s, end string) bool) int {
	for _, b := range of {
		if has(s, b) {
			return len(b)
		}
	}
	return 0
}

// unescapeJSON undoes the escapes of a JSON string, also of one inside another.
func unescapeJSON(s string) string {
	for range 3 {
		if !strings.Contains(s, `\"`) && !strings.Contains(s, `\u`) && !strings.Contains(s, `\/`) {
			break
		}
		var b strings.Builder
		for {
			at := strings.IndexByte(s, '\\')
			if at < 0 || at+1 == len(s) {
				break
			}
			b.WriteString(s[:at])
			r, n := archive.EscapedRune(s[at:])
			c := s[at+1]
			s = s[at+max(n, 2):]
			switch c {
			case 'n', 'r', 't':
				b.WriteByte(' ')
			case 'u':
				if n == 0 {
					r = utf8.RuneError
				}
				b.WriteRune(r)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteString(s)
		s = b.String()
	}
	return s
}
