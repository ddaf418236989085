package detect

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html/atom"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/date"
	"tweetarc/archive/detect/internal/page"
)

// quote reads the site's own embed, of all its ages:
//
//	<blockquote class="twitter-tweet"><p>text</p>&mdash; Name (@handle) <a href="…/status/ID">date</a></blockquote>
//
// and what has become of it: the class lost or moved (lazy loaders), the
// attribution in a <p> of its own, another element in the blockquote's place,
// only the address left. Without a sign of the site in the start tag it takes
// an attribution, with a dash or a date, and the tweet's address.
func quote(p *page.Page, i int, as page.Attributes) (finding, bool) {
	signed := isTweet(as)
	if p.Tokens[i].Tag != atom.Blockquote && !as.Class(isSiteClass) {
		return finding{}, false
	}
	end, closed := p.End(i)
	end, links, inner := quoteEnd(p, i, end, closed)
	if inner {
		return finding{}, false // what is inside may be one
	}
	r := render(p, i+1, end, true)
	at, found := signatureOf(string(r.text), signed)
	begin := 0
	if h, n := headerOf(string(r.text)); n > 0 && signed && at.text == 0 {
		at, found, begin = h, true, n
	}
	st, link, linked := statusOf(p, r, links, at)
	_, dated := date.At(at.rest)
	switch {
	case signed && !found && !linked:
		return finding{}, false // the class without a tweet
	case !signed && (!found || !linked || !at.dashed && dated == 0 || at.text == 0 && at.author == ""):
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormBlockquote, Confidence: 1, Start: p.Tokens[i].Start, End: p.Tokens[end].Start}, next: end}
	text := len(r.text)
	if found {
		c.Author, c.Handle = at.author, at.handle
		if begin == 0 {
			text = at.text
		}
		if d, n := date.At(at.rest); n > 0 {
			c.posted(d)
		}
	}
	if linked {
		if d, n := date.At(r.shown(link)); n > 0 && c.Date == "" {
			c.posted(d)
		}
		c.Handle = cmp.Or(c.Handle, st.Handle)
		// The address shows the date or an invitation to click, never the tweet.
		text = min(text, link.start)
		c.datedBy(p.Attributes(link.tok).Get("data-datetime"))
		c.identify(st.ID)
	} else if id, _ := tweetID(as, false); id != "" {
		c.identify(id)
	}
	c.Text = trim(string(r.text[begin:max(begin, text)]))
	if at.dangling {
		c.Text = trim(strings.TrimRight(c.Text, "—–- "))
	}
	if isPlaceholder(c.Text) {
		c.Text = ""
	}
	if c.Text != "" {
		c.Links = linksOf(p, r, begin, text)
	}
	return c, true
}

// isSiteClass tells the classes that the site's own script looks for.
func isSiteClass(class string) bool {
	return strings.EqualFold(class, "twitter-tweet") || strings.EqualFold(class, "twitter-video")
}

// quoteEnd is where the blockquote i ends: where its element does or, if that
// is not closed, behind the last address of a tweet before the next block of
// another kind. links are the addresses of tweets in it; inner tells of another
// blockquote inside.
func quoteEnd(p *page.Page, i, end int, closed bool) (_ int, links []int, inner bool) {
	last := i + 1
	for j := i + 1; j < end; j++ {
		t := &p.Tokens[j]
		if !p.IsStart(j) {
			continue
		}
		switch {
		case t.Tag == atom.Blockquote && closed:
			return end, nil, true
		case !closed && (t.Tag == atom.Blockquote || t.Tag == atom.Script || t.Tag == atom.Article || t.Tag == atom.Footer):
			end = j
		case t.Tag == atom.A && t.Marked && strings.Contains(p.Raw(j), "status"):
			links = append(links, j)
			if last = j + 1; t.Close > 0 && t.Close < end {
				last = t.Close + 1
			}
		}
	}
	if !closed {
		end = min(end, last)
	}
	return end, links, false
}

// statusOf chooses the tweet's own address among the links of its rendering:
// the last one, if it does not stand in the text before the attribution.
func statusOf(p *page.Page, r *rendering, links []int, at signature) (archive.Status, anchor, bool) {
	for k := len(r.anchors) - 1; k >= 0 && len(links) > 0; k-- {
		a := r.anchors[k]
		if !slices.Contains(links, a.tok) {
			continue
		}
		st, ok := archive.FindStatus(p.Attributes(a.tok).Get("href"))
		if ok && (a.start >= at.text || strings.EqualFold(st.Handle, at.handle)) {
			return st, a, true
		}
	}
	return archive.Status{}, anchor{}, false
}

// linksOf are the links in a stretch of the text, but for mentions and tags.
func linksOf(p *page.Page, r *rendering, start, end int) []archive.Link {
	var ls []archive.Link
	for _, a := range r.anchors {
		shown := r.shown(a)
		if a.start < start || a.end > end || shown == "" || strings.ContainsAny(shown[:1], "@#$") {
			continue
		}
		as := p.Attributes(a.tok)
		l := archive.Link{Shown: shown, URL: strings.TrimSpace(as.Get("href"))}
		for _, k := range [...]string{"data-expanded-url", "title"} {
			if t := strings.TrimSpace(as.Get(k)); l.Target == "" && t != l.URL && isWebAddress(t) {
				l.Target = t
			}
		}
		if l.URL != "" {
			ls = append(ls, l)
		}
	}
	return ls
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// signature is an attribution, "— Name (@handle) rest", at the end of a tweet.
type signature struct {
	text     int // where the tweet's text before it ends
	author   string
	handle   string
	rest     string // what stands behind, a date mostly
	dashed   bool   // there was a dash
	dangling bool   // it was left behind on the text's line
}

// dashMarks stand before an attribution; the last are what cp1252 makes of one.
var dashMarks = [...]string{"—", "–", "―", "--", "-", "â€”", "â€“", "Ã¢Â\u0080Â\u0094"}

// signatureOf reads the attribution that s, a whole tweet, ends in. The line
// that it stands on is the name's where it begins with a dash or a block of text
// precedes it; else the name begins behind the last dash. In what is known to
// be a tweet, a last line "— Name @handle" is one too.
func signatureOf(s string, known bool) (at signature, ok bool) {
	open := strings.LastIndex(s, "(@")
	handle, end := "", 0
	if open >= 0 {
		handle, end = handleAt(s, open)
	}
	if handle == "" {
		if known {
			return bareSignature(s)
		}
		return at, false
	}
	at.handle, at.rest = handle, trim(s[end:])
	if len(at.rest) > maxRest {
		return signature{}, false
	}
	line := strings.LastIndexByte(s[:open], '\n') + 1
	before, name := trim(s[:line]), s[line:open]
	at.text = line
	if n := leadingDash(trim(name)); n > 0 {
		at.author, at.dashed = squash(trim(name)[n:]), true
		return at, true
	}
	if i, n := lastDash(name, before != "" && len(name) < maxNameLine); i >= 0 {
		at.text, at.author, at.dashed = line+i, squash(name[i+n:]), true
		return at, true
	}
	at.author = squash(name)
	at.dangling = strings.HasSuffix(before, "—") || strings.HasSuffix(before, "–") || strings.HasSuffix(before, "--")
	at.dashed = at.dangling
	return at, true
}

// headerOf reads "Name (@handle)" on the first line, and where that ends.
func headerOf(s string) (at signature, end int) {
	end = strings.IndexByte(s, '\n')
	if end < 0 || end > maxNameLine {
		return at, 0
	}
	open := strings.LastIndex(s[:end], "(@")
	if open <= 0 {
		return at, 0
	}
	handle, after := handleAt(s, open)
	if handle == "" || trim(s[after:end]) != "" || leadingDash(s) > 0 {
		return at, 0
	}
	return signature{author: squash(s[:open]), handle: handle}, end
}

// bareSignature reads "— Name @handle" or "— @handle" on the last line.
func bareSignature(s string) (at signature, ok bool) {
	line := strings.LastIndexByte(s, '\n') + 1
	n := leadingDash(s[line:])
	if n == 0 || line == 0 || len(s)-line > maxNameLine+maxRest {
		return at, false
	}
	words := strings.Fields(s[line+n:])
	for i, w := range words {
		h, ok := strings.CutPrefix(w, "@")
		if h = strings.TrimRight(h, ",:"); ok && archive.IsHandle(h) {
			return signature{text: line, author: strings.Join(words[:i], " "), handle: h, rest: strings.Join(words[i+1:], " "), dashed: true}, true
		}
	}
	return at, false
}

// maxNameLine is as long as a line is that holds but a name.
const maxNameLine = 80

// maxRest is as much as may stand between an attribution and the end of its
// blockquote: a date, a comma, "on Twitter".
const maxRest = 80

// leadingDash is the length of the dash that s begins with.
func leadingDash(s string) int {
	for _, d := range dashMarks {
		if strings.HasPrefix(s, d) {
			return len(d)
		}
	}
	return 0
}

// lastDash finds the dash before a name that stands behind text on one line:
// the last of the strongest kind there is. Where the line may be the name's
// alone only an em dash counts, for names have others.
func lastDash(s string, alone bool) (at, n int) {
	for _, d := range [...]string{"—", "―", "â€”", " – ", " -- ", " - "} {
		if i := strings.LastIndex(s, d); i >= 0 && (!alone || d[0] != ' ') {
			return i, len(d)
		}
	}
	return -1, 0
}

// squash makes every run of white space one space.
func squash(s string) string { return strings.Join(strings.Fields(trim(s)), " ") }

// placeholders stand where the widget was not loaded or the tweet is gone.
var placeholders = map[string]bool{
	"tweet may have been deleted": true, "loading tweet": true, "view tweet": true, "view on twitter": true, "view on x": true,
	"view image on twitter": true, "view post on x": true, "see tweet": true, "twitter": true, "tweet": true, "x": true,
	"ver tweet": true, "ver en twitter": true, "voir le tweet": true, "tweet op twitter": true, "tweet anzeigen": true,
	"tweet bekijken": true, "se tweet": true, "xで投稿を見る": true, "ツイートを見る": true, "embedded tweet": true, "loading": true,
}

func isPlaceholder(s string) bool {
	s = strings.TrimRight(strings.ToLower(s), ".…! ")
	return placeholders[strings.TrimSpace(strings.TrimSuffix(s, "(opens in a new tab)"))]
}

// posted sets the day that is printed. A time of day beside it is that of some
// zone, so there the ID's day is better; see identify.
func (c *finding) posted(d date.Date) {
	c.Date = d.Day
	c.local = d.Clock
}

// identify sets the ID, and the time that it tells.
func (c *finding) identify(id string) {
	at := c.At
	c.WithID(id)
	if c.local && !c.At.IsZero() && !c.At.Equal(at) {
		c.Date = c.At.Format(time.DateOnly)
	}
}

// datedBy takes the exact time from what an attribute says in ISO 8601.
func (c *finding) datedBy(iso string) {
	at, err := time.Parse(time.RFC3339, iso)
	if err != nil || !c.At.IsZero() {
		return
	}
	c.At = at.UTC()
	if c.Date == "" || c.local {
		c.Date, c.local = c.At.Format(time.DateOnly), false
	}
}
