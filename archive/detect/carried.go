package detect

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
)

// Tested in html_test.go.

// carried reads an element that holds the tweet as JSON or as escaped HTML in an
// attribute: data-attrs of Substack, data-html of lazy loaders.
func carried(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if notEmbeds[p.Tokens[i].Tag] || !p.Tokens[i].Marked {
		return finding{}, false
	}
	for _, a := range as {
		v := strings.TrimSpace(a.Val)
		if notShown.fits(a.Key) {
			continue
		}
		t, ok := carriedTweet(v)
		if !ok {
			continue
		}
		c := finding{Embed: archive.Embed{Form: archive.FormJSON, Confidence: 1, Tweet: t, Start: p.Tokens[i].Start, End: p.Tokens[i+1].Start}}
		if end, closed := p.End(i); closed {
			c.reach, c.only = p.Tokens[end].Start, true // the element shows the same tweet
		}
		return c, true
	}
	return finding{}, false
}

// carriedTweet reads the tweet in the value of an attribute.
func carriedTweet(v string) (archive.Tweet, bool) {
	if strings.HasPrefix(v, "%3C") || strings.HasPrefix(v, "%7B") {
		if u, err := url.QueryUnescape(v); err == nil {
			v = u
		}
	}
	switch {
	case len(v) > page.MaxElement || len(v) < len(`{"url":""}`):
	case strings.Contains(v, "twitter-tweet") && strings.Contains(v, "blockquote"):
		if v[0] == '{' || v[0] == '[' {
			v = unescapeJSON(v)
		}
		if !strings.Contains(v, "<blockquote") {
			v = html.UnescapeString(v)
		}
		return quoteIn(v)
	case v[0] == '{':
		return tweetOf(v)
	}
	return archive.Tweet{}, false
}

// quoteIn reads the first blockquote of a tweet in HTML that was escaped.
func quoteIn(s string) (archive.Tweet, bool) {
	p := readPage(s)
	for i := range p.Tokens {
		if p.IsStart(i) && p.Tokens[i].Tag == atom.Blockquote {
			if cs := quotes(p, i, p.Attributes(i)); len(cs) > 0 {
				return cs[0].Tweet, true
			}
		}
	}
	return archive.Tweet{}, false
}

// The keys that publishers use for a tweet and its parts, the best first.
var (
	wholeKeys  = []string{"tweet", "data", "embed"} // {"tweet":{…}}
	urlKeys    = []string{"url", "tweet_url", "tweetUrl", "embedUrl", "embed_url", "permalink", "href"}
	idKeys     = []string{"id_str", "tweet_id", "tweetId", "tweetID", "statusId"}
	textKeys   = []string{"full_text", "text", "tweet_text"}
	handleKeys = []string{"username", "screen_name", "screenName", "handle"}
	nameKeys   = []string{"name", "display_name", "displayName"}
	dateKeys   = []string{"date", "created_at", "createdAt", "timestamp"}
)

// object is a JSON object.
type object map[string]any

// text is the first value under the keys that is a text.
func (o object) text(keys []string) string {
	for _, k := range keys {
		if s, ok := o[k].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// tweetOf reads the JSON object of a tweet. It needs the address, or the ID under a key
// that only tweets have. All else may be missing.
func tweetOf(s string) (t archive.Tweet, ok bool) {
	var o object
	if json.Unmarshal([]byte(s), &o) != nil {
		return t, false
	}
	for _, k := range wholeKeys {
		if in, ok := o[k].(map[string]any); ok {
			o = in
			break
		}
	}
	st, ok := archive.FindStatus(o.text(urlKeys))
	if !ok {
		if st.ID = o.id(); st.ID == "" {
			return t, false
		}
	}
	user, ok := o["user"].(map[string]any)
	if !ok {
		user = o
	}
	t.Handle = strings.TrimPrefix(object(user).text(handleKeys), "@")
	if !archive.IsHandle(t.Handle) {
		t.Handle = st.Handle
	}
	t.Author = char.Squash(object(user).text(nameKeys))
	t.Text = char.Trim(html.UnescapeString(o.text(textKeys)))
	for _, layout := range [...]string{time.RFC3339, time.RubyDate} {
		if at, err := time.Parse(layout, o.text(dateKeys)); err == nil {
			t.At = at.UTC()
			t.Date = t.At.Format(time.DateOnly)
		}
	}
	t.WithID(st.ID)
	return t, true
}

// id is the tweet's ID. The key "id" counts only if a text is beside it: else it may be
// the ID of anything.
func (o object) id() string {
	for _, k := range idKeys {
		if id, _ := o[k].(string); archive.IsStatusID(id) && (len(id) >= minID || o.text(textKeys) != "") {
			return id
		}
	}
	if id, _ := o["id"].(string); archive.IsStatusID(id) && o.text(textKeys) != "" {
		return id
	}
	return ""
}
