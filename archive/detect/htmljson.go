package detect

import (
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/page"
)

// carried reads an element that carries the tweet as JSON or as escaped HTML in
// an attribute: Substack's data-attrs, the data-html of lazy loaders.
func carried(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if mute[p.Tokens[i].Tag] || !p.Tokens[i].Marked {
		return finding{}, false
	}
	for _, a := range as {
		v := strings.TrimSpace(a.Val)
		if strings.HasPrefix(v, "%3C") || strings.HasPrefix(v, "%7B") {
			if u, err := url.QueryUnescape(v); err == nil {
				v = u
			}
		}
		var t archive.Tweet
		var ok bool
		switch {
		case len(v) > page.MaxElement || len(v) < len(`{"url":""}`) || matches(unsaid, a.Key):
			continue
		case strings.Contains(v, "twitter-tweet") && strings.Contains(v, "blockquote"):
			if v[0] == '{' || v[0] == '[' {
				v = unescapeJSON(v)
			}
			if !strings.Contains(v, "<blockquote") {
				v = html.UnescapeString(v)
			}
			t, ok = escaped(v)
		case v[0] == '{':
			t, ok = tweetOf(v)
		}
		if !ok {
			continue
		}
		c := finding{Embed: archive.Embed{Form: archive.FormJSON, Confidence: 1, Tweet: t, Start: p.Tokens[i].Start, End: p.Tokens[i+1].Start}, next: i + 1}
		if end, closed := p.End(i); closed {
			c.reach = p.Tokens[end].Start
			c.hollow = true // what is inside shows the same tweet
		}
		return c, true
	}
	return finding{}, false
}

// keys are those under which publishers keep the parts of a tweet, the
// best first.
var keys = struct{ url, id, text, handle, name, date []string }{
	url:    []string{"url", "tweet_url", "tweetUrl", "embedUrl", "embed_url", "permalink", "href"},
	id:     []string{"id_str", "tweet_id", "tweetId", "tweetID", "statusId", "id"},
	text:   []string{"full_text", "text", "tweet_text"},
	handle: []string{"username", "screen_name", "screenName", "handle"},
	name:   []string{"name", "display_name", "displayName"},
	date:   []string{"date", "created_at", "createdAt", "timestamp"},
}

// tweetOf reads the JSON object of a tweet: its address, or its ID under a name
// of its own, and whatever else is told.
func tweetOf(s string) (t archive.Tweet, ok bool) {
	var o map[string]any
	if json.Unmarshal([]byte(s), &o) != nil {
		return t, false
	}
	for _, k := range [...]string{"tweet", "data", "embed"} { // {"tweet":{…}}
		if in, ok := o[k].(map[string]any); ok {
			o = in
			break
		}
	}
	said := func(from map[string]any, under []string) string {
		for _, k := range under {
			if s, ok := from[k].(string); ok && s != "" {
				return s
			}
		}
		return ""
	}
	st, ok := archive.FindStatus(said(o, keys.url))
	if !ok {
		for _, k := range keys.id {
			if id, _ := o[k].(string); archive.IsStatusID(id) && (k != "id" && len(id) >= minID || said(o, keys.text) != "") {
				st.ID, ok = id, true
				break
			}
		}
	}
	if !ok {
		return t, false
	}
	user, isObject := o["user"].(map[string]any)
	if !isObject {
		user = o
	}
	t.Handle = strings.TrimPrefix(said(user, keys.handle), "@")
	if !archive.IsHandle(t.Handle) {
		t.Handle = st.Handle
	}
	t.Author = squash(said(user, keys.name))
	t.Text = trim(html.UnescapeString(said(o, keys.text)))
	if on := said(o, keys.date); on != "" {
		for _, layout := range [...]string{time.RFC3339, time.RubyDate} {
			if at, err := time.Parse(layout, on); err == nil {
				t.At = at.UTC()
				t.Date = t.At.Format(time.DateOnly)
			}
		}
	}
	t.WithID(st.ID)
	return t, true
}

// escaped reads the first blockquote of a tweet in HTML that was escaped.
func escaped(s string) (archive.Tweet, bool) {
	p := readPage(s)
	for i := range p.Tokens {
		if p.IsStart(i) && p.Tokens[i].Tag == atom.Blockquote {
			if c, ok := quote(p, i, p.Attributes(i)); ok {
				return c.Tweet, true
			}
		}
	}
	return archive.Tweet{}, false
}

// scripted finds the tweets in the data of the script whose text is token i:
// blockquotes, under the escapes of JSON or none.
func scripted(p *page.Page, i int) (found []finding) {
	s, start := p.Raw(i), p.Tokens[i].Start
	const tag = "blockquote"
	for at := strings.Index(s, tag); at >= 0; {
		end := len(s)
		if n := strings.Index(s[at+len(tag):], tag); n >= 0 {
			end = at + len(tag) + n
		}
		if piece := s[at:end]; len(piece) <= page.MaxElement && strings.Contains(piece[:min(len(piece), 512)], "twitter-") {
			if t, ok := escaped("<" + unescapeJSON(piece) + tag + ">"); ok {
				from, to := at-suffixOf(s[:at], openings), min(len(s), end+len(tag))
				to += prefixOf(s[to:], closings)
				found = append(found, finding{Embed: archive.Embed{Form: archive.FormJSON, Confidence: 1, Tweet: t, Start: start + from, End: start + to}})
			}
		}
		if at = end; end == len(s) {
			break
		}
	}
	return found
}

// calls finds the tweets for which a script asks the site, and those that it
// lists as the page's embeds.
func calls(p *page.Page, i int) (found []finding) {
	s, start := p.Raw(i), p.Tokens[i].Start
	if at := strings.Index(s, `"oEmbedTitles":[`); at >= 0 {
		end := at + max(0, strings.IndexByte(s[at:], ']'))
		for {
			st, ok := archive.FindStatus(s[at:end])
			if !ok {
				break
			}
			c := finding{Embed: archive.Embed{Form: archive.FormJSON, Confidence: 1, Start: start + at + st.Start, End: start + at + st.End}, called: true}
			c.Handle = st.Handle
			c.identify(st.ID)
			found = append(found, c)
			at += st.End
		}
	}
	const call = "createTweet("
	for at := strings.Index(s, call); at >= 0; {
		at += len(call)
		if id := digits(s[at:min(len(s), at+40)]); len(id) >= minID && archive.IsStatusID(id) {
			end := at + strings.Index(s[at:], id) + len(id)
			c := finding{Embed: archive.Embed{Form: archive.FormJSON, Confidence: 1, Start: start + at - len(call), End: start + end}, called: true}
			c.identify(id)
			found = append(found, c)
		}
		n := strings.Index(s[at:], call)
		if n < 0 {
			break
		}
		at += n
	}
	return found
}

// How the brackets of a tag are written in a script.
var (
	openings = [...]string{"<", `\u003C`, `\u003c`, `\\u003C`, `\\u003c`, "&lt;"}
	closings = [...]string{">", `\u003E`, `\u003e`, `\\u003E`, `\\u003e`, "&gt;"}
)

func suffixOf(s string, of [6]string) int {
	for _, o := range of {
		if strings.HasSuffix(s, o) {
			return len(o)
		}
	}
	return 0
}

func prefixOf(s string, of [6]string) int {
	for _, o := range of {
		if strings.HasPrefix(s, o) {
			return len(o)
		}
	}
	return 0
}

// digits are the first of s.
func digits(s string) string {
	i := strings.IndexAny(s, "0123456789")
	if i < 0 {
		return ""
	}
	return s[i : len(s)-len(strings.TrimLeft(s[i:], "0123456789"))]
}

// unescapeJSON undoes the escapes of a JSON string, and of one inside another.
func unescapeJSON(s string) string {
	for range 3 {
		if !strings.Contains(s, `\"`) && !strings.Contains(s, `\u`) && !strings.Contains(s, `\/`) {
			break
		}
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] != '\\' || i+1 == len(s) {
				b.WriteByte(s[i])
				continue
			}
			i++
			switch s[i] {
			case 'n', 'r', 't':
				b.WriteByte(' ')
			case 'u':
				c, n := hex4(s[i+1:])
				if low, m := hex4(strings.TrimPrefix(s[min(len(s), i+1+n):], `\u`)); n > 0 && m > 0 && utf16.IsSurrogate(c) {
					if both := utf16.DecodeRune(c, low); both != utf8.RuneError {
						c, n = both, n+len(`\u`)+m
					}
				}
				b.WriteRune(c)
				i += n
			default:
				b.WriteByte(s[i])
			}
		}
		s = b.String()
	}
	return s
}

// hex4 reads four hexadecimal digits; n is 0 if there are none.
func hex4(s string) (c rune, n int) {
	if len(s) < 4 {
		return utf8.RuneError, 0
	}
	v, err := strconv.ParseUint(s[:4], 16, 16)
	if err != nil {
		return utf8.RuneError, 0
	}
	return rune(v), 4
}
