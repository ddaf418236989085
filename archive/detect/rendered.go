package detect

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/attribution"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/date"
	"example.org/tweetarc/archive/detect/internal/page"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in html_test.go.

// The classes of a rendering and of its name.
var (
	// tweetClass are the classes of a whole rendering: not of its parts, of lists of
	// tweets or of buttons.
	tweetClass = pattern{
		hold: []string{"tweet", "twitter"}, begin: []string{"bbpbox"},
		not: []string{"tweets", "timeline", "feed", "list", "share", "button", "follow", "action", "author", "text", "avatar", "icon", "link"},
	}
	// oneTweet are classes of single tweets. In a list of tweets no entry has them, so
	// such a tweet needs no whole date.
	oneTweet  = pattern{is: []string{"react-tweet-theme"}, begin: []string{"bbpbox"}}
	nameClass = pattern{end: []string{"name", "nametext"}, not: []string{"screenname"}}
)

// quotations are elements that are no entries of such a list either.
var quotations = page.TagSet(atom.Blockquote, atom.Figure)

// rendered reads a rendering of a tweet that a publisher made, or that was saved from the
// service. It is an element that says that it is a tweet and holds the address, a header
// with name and handle, and the words.
//
//	<div class="tweet"><b>Name</b> <span>@handle</span> <p>words</p> <a href="…/status/ID">05:38 PM - 07 Jun 2019</a></div>
//
// A tweet that it quotes or answers has an address or a header of its own; its parts are
// not read. The entries of a list of tweets have no whole date: "18 Aug", "1 month ago".
func rendered(p *page.Page, i int, as page.Attributes) (finding, bool) {
	if !isRendering(p, i, as) {
		return finding{}, false
	}
	end, closed := p.End(i)
	if !closed {
		return finding{}, false
	}
	r := rendering{Page: p, from: i + 1, to: end}
	r.scan()
	r.readAddress(as)
	if !r.readHeader() || r.isOfficial() {
		return finding{}, false
	}
	r.readLinkedDay()
	r.readDay(r.from, r.lineEnd(r.headerAt))
	r.readWords()
	r.readDay(r.from, r.words[0])
	r.readDay(r.words[1], r.other[0])
	r.readDay(r.other[1], r.to)
	if r.isSeveral() || r.isArticle() || !r.dated(as) {
		return finding{}, false
	}
	c := finding{Embed: archive.Embed{Form: archive.FormMarkup, Confidence: r.confidence(), Start: p.Tokens[i].Start, End: p.Tokens[end].Start}}
	c.Author, c.Handle = r.author, r.handle
	c.posted(r.day)
	c.datedBy(r.at)
	if r.id != "" {
		c.identify(r.id)
	}
	v := r.view(r.words[0], r.words[1])
	if c.Text = char.Trim(v.Text); c.Text != "" {
		c.Links = linksOf(p, v, view.Range{End: len(v.Text)})
	}
	return c, true
}

// isRendering reports whether an element says that it is a tweet: by its class, by the
// mark that the service uses, by a tweet's address, or as a quotation with such an
// address inside.
func isRendering(p *page.Page, i int, as page.Attributes) bool {
	if tweetClass.class(as) || as.Get("data-testid") == "tweet" || p.Tokens[i].Tag == atom.Blockquote && holdsLink(p, i, p.Tokens[i].Close) {
		return true
	}
	if notEmbeds[p.Tokens[i].Tag] || !p.Tokens[i].Marked {
		return false
	}
	id, _ := tweetID(as, false)
	return id != ""
}

// dated reports whether a whole date is there, or none is needed. Newsletters hide the
// address; then all else must be there.
func (r *rendering) dated(as page.Attributes) bool {
	if r.id == "" {
		return r.day.Day != "" && r.author != "" && r.words[1] > 0 && !r.guessed
	}
	return r.day.Day != "" || r.at != "" || oneTweet.class(as) || !as.Class(isSiteClass) && (r.stated || quotations[r.Tokens[r.from-1].Tag] && tweetClass.class(as))
}

// The confidence in a rendering, whose borders a publisher drew. It is higher if the
// markup says which words are the tweet's.
const (
	renderedConfidence = .9
	guessedConfidence  = .8
)

func (r *rendering) confidence() float64 {
	if r.guessed {
		return guessedConfidence
	}
	return renderedConfidence
}

// rendering is a rendering while it is read. Its places are tokens; 0 if not known.
type rendering struct {
	*page.Page
	from, to int

	id, user string      // from its address; user is "" if the address has none
	stated   bool        // the element itself says the ID
	links    []permalink // all links to tweets in it
	texts    []shown     // all texts in it

	author, handle string
	headerAt       int  // the handle or, if none is shown, the name
	dashed         bool // a dash is before the name, and some text before the dash
	words          [2]int
	guessed        bool   // the markup does not say which the words are
	other          [2]int // the first part of another tweet after the words; empty at the end if there is none
	day            date.Date
	dayAt          int
	at             string // ISO 8601
}

// permalink is a link to a tweet, or a button that names its ID.
type permalink struct {
	archive.Status
	token, end int
	button     bool
}

// shown is a text that is not blank.
type shown struct {
	string
	token int
}

const (
	maxPart         = 64  // the most tokens of a name, a day or a picture
	maxBeforeHeader = 300 // the most bytes before the header, without the words
)

// tweetLink reads the address of a tweet. It may lack the host, as on the service's own
// pages.
func tweetLink(href string) (archive.Status, bool) {
	if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") {
		href = "https://x.com" + href
	}
	return archive.FindStatus(href)
}

// buttonKeys are the parameters with the ID in the addresses of the service's buttons.
var buttonKeys = [...]string{"tweet_id=", "in_reply_to="}

// buttonID is the ID in the address of a button: …/intent/like?tweet_id=ID.
func buttonID(href string) string {
	if _, query, ok := strings.Cut(href, "/intent/"); ok {
		for _, k := range buttonKeys {
			if _, v, ok := strings.Cut(query, k); ok && archive.IsStatusID(digits(v)) {
				return digits(v)
			}
		}
	}
	return ""
}

// readAddress finds the tweet's own address. If the element does not say it, a button
// does. Else it is the first link of the user who is shown first, as a tweet that is
// quoted or answered has an address too.
func (r *rendering) readAddress(as page.Attributes) {
	r.id, r.user = tweetID(as, false)
	if r.id == "" && as.Get("id") != "" {
		r.id, r.user = idIn(as.Get("id"))
	}
	r.stated = r.id != ""
	if n := slices.IndexFunc(r.links, func(a permalink) bool { return a.button }); n >= 0 && r.id == "" {
		r.id = r.links[n].ID
	}
	if r.id == "" && len(r.links) > 0 {
		r.id = r.links[r.firstShown()].ID
	}
	for _, a := range r.links {
		if a.ID == r.id && !a.button {
			r.user = cmp.Or(r.user, a.Handle)
		}
	}
	if strings.EqualFold(r.user, "twitter") && !slices.ContainsFunc(r.texts, func(t shown) bool { return r.isOwn(t.string) }) {
		r.user = "" // a dummy
	}
}

// scan collects the texts of the rendering and its links to tweets.
func (r *rendering) scan() {
	for k := r.from; k < r.to; k++ {
		switch t := &r.Tokens[k]; {
		case r.IsText(k):
			s := char.Squash(html.UnescapeString(r.Raw(k)))
			if n := len(r.texts) - 1; n >= 0 && archive.IsHandle(s) && strings.HasSuffix(r.texts[n].string, "@") {
				r.texts[n] = shown{r.texts[n].string + s, k} // @<b>handle</b>
			} else if s != "" {
				r.texts = append(r.texts, shown{s, k})
			}
		case t.Marked && r.IsStart(k):
			as := r.Attributes(k)
			href := as.Get("href")
			a := permalink{token: k, end: min(max(k+1, t.Close), k+maxPart)}
			if id := buttonID(href); id != "" {
				a.ID, a.button = id, true
			} else if st, ok := tweetLink(href); ok {
				a.Status = st
			} else if a.ID, a.Handle = tweetID(as, false); a.ID == "" {
				continue
			}
			r.links = append(r.links, a)
		}
	}
}

// firstShown is the first link to a tweet of the user who is shown first.
func (r *rendering) firstShown() int {
	for _, t := range r.texts {
		for n, a := range r.links[:min(len(r.links), maxLinks)] {
			if _, h, ok := handleIn(t.string, a.Handle); ok && strings.EqualFold(h, a.Handle) {
				return n
			}
		}
	}
	return 0
}

// maxLinks is how many links to tweets in a rendering are compared with its texts.
const maxLinks = 8

// handleIn reads a text that is a handle, with the name before it or a day after it:
// "@handle", "(@handle)", "Name @handle", "Name (@handle)", "@handle · 5 Jun". A handle
// without its @ must be user.
func handleIn(s, user string) (name, handle string, ok bool) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		at = strings.LastIndexAny(s, " (")
		if handle = strings.TrimSuffix(s[at+1:], ")"); user == "" || !strings.EqualFold(handle, user) {
			return "", "", false
		}
		return nameBefore(s[:at+1]), handle, true
	}
	n := at + 1
	for n < len(s) && archive.IsHandleByte(s[n]) {
		n++
	}
	handle, rest := s[at+1:n], strings.TrimPrefix(s[n:], ")")
	if !archive.IsHandle(handle) || at > maxNameBytes {
		return "", "", false
	}
	if rest = char.Trim(rest); rest != "" && !startsWithAny(rest, "·", "•", "|", "—", "–", "- ", ",") {
		return "", "", false
	}
	return nameBefore(s[:at]), handle, true
}

func startsWithAny(s string, begins ...string) bool {
	return slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(s, b) })
}

// nameBefore is the name before a handle.
func nameBefore(s string) string {
	s = strings.TrimSuffix(strings.TrimRightFunc(s, char.IsBlank), "(")
	return char.Trim(strings.TrimLeft(char.Trim(s), "—–-"))
}

// isOwn reports whether a text is the handle in the header, with or without the name.
func (r *rendering) isOwn(s string) bool {
	name, h, ok := handleIn(s, r.user)
	return ok && (strings.EqualFold(h, r.user) || r.user == "" && (name == "" || strings.Contains(s, "(@")))
}

// readHeader finds handle and name. If no handle is shown, it is the one in the address,
// and the name is the text that links to the user or that has the class of a name.
func (r *rendering) readHeader() bool {
	n := slices.IndexFunc(r.texts, func(t shown) bool { return r.isOwn(t.string) })
	if n >= 0 {
		t, name := r.texts[n], ""
		name, r.handle, _ = handleIn(t.string, r.user)
		r.headerAt, r.dashed = t.token, n > 0 && startsWithAny(t.string, "—", "–", "-")
		if r.author = cmp.Or(name, r.namedByClass(r.headerAt)); r.author == "" {
			r.author = r.nameBefore(n)
		}
		return true
	}
	r.handle = r.user
	for k := r.from; k < r.to && r.handle != ""; k++ {
		if !r.IsStart(k) || r.Tokens[k].Close <= k+1 || r.Tokens[k].Close > k+maxPart {
			continue
		}
		as := r.Attributes(k)
		if r.isProfile(as.Get("href")) || nameClass.plainClass(as) {
			if r.author = lastLine(embedView(r.Page, k+1, r.Tokens[k].Close)); r.author != "" {
				r.headerAt = r.Tokens[k].Close - 1
				return true
			}
		}
	}
	return false
}

// isProfile reports whether an address is that of the user's page.
func (r *rendering) isProfile(href string) bool {
	href, _, _ = strings.Cut(href, "?")
	href = strings.TrimRight(href, "/")
	return strings.EqualFold(href[strings.LastIndexByte(href, '/')+1:], r.user)
}

// namedByClass is the name nearest to the handle among the texts with the class of a
// name.
func (r *rendering) namedByClass(handleAt int) (name string) {
	for k := r.from; k < r.to; k++ {
		if name != "" && k > handleAt {
			break
		}
		if !r.IsStart(k) || len(r.Raw(k)) <= len("<p class=x") {
			continue
		}
		if end, closed := r.End(k); closed && end <= min(r.to, k+maxPart) && nameClass.plainClass(r.Attributes(k)) {
			if s := lastLine(embedView(r.Page, k+1, end)); s != "" && !strings.Contains(s, "@") {
				name = s
			}
		}
	}
	return name
}

// nameBefore is the name before the handle, which is text n: the whole of the largest
// element that ends before the handle, as a name may hold pictures.
func (r *rendering) nameBefore(n int) string {
	at := r.texts[n].token
	for n--; n >= 0 && isBadge(r.texts[n].string); n-- {
	}
	if n < 0 {
		return ""
	}
	name := r.texts[n].string
	for _, e := range r.around(r.texts[n].token) {
		if end := r.Tokens[e].Close; end < at {
			name = lastLine(embedView(r.Page, e+1, end))
			break
		}
	}
	return char.Trim(strings.TrimLeft(name, "—–-"))
}

// isBadge reports whether s may be between a name and a handle.
func isBadge(s string) bool {
	s = strings.Trim(s, "✔✓☑•|·,(")
	k := furnitureAt(s)
	return char.Trim(s) == "" || k == followFurniture || k == verifiedFurniture
}

// lastLine is the last line that a view shows, without its badge.
func lastLine(v *view.View) string {
	s := strings.TrimSuffix(char.Trim(v.Text), "Verified account")
	s = char.Trim(s)
	return char.Squash(s[strings.LastIndexByte(s, '\n')+1:])
}

// around are the elements around a token, the outer ones first.
func (r *rendering) around(k int) (es []int) {
	for e := r.from; e < k; e++ {
		if r.Tokens[e].Close > k {
			es = append(es, e)
		}
	}
	return es
}

// isOfficial reports whether the header is the attribution of the service's own embed, or
// whether such an embed is inside. See quotes.
func (r *rendering) isOfficial() bool {
	if r.dashed || r.endsOfficially(r.from, r.to) && (!r.labelledBeforeHeader() || r.isQuotation(r.from-1)) {
		return true
	}
	at := r.headerAt
	for _, a := range r.links {
		if a.ID == r.id {
			at = max(at, a.token)
		}
	}
	for _, e := range slices.Backward(r.around(at)) {
		if r.isQuotation(e) {
			return r.endsOfficially(e+1, r.Tokens[e].Close)
		}
	}
	return false
}

// isQuotation reports whether an element is or may be the service's own embed.
func (r *rendering) isQuotation(e int) bool {
	return r.Tokens[e].Tag == atom.Blockquote || r.Attributes(e).Class(isSiteClass)
}

// endsOfficially reports whether the text between two tokens ends with an attribution. If
// they are the whole rendering, it must be the header.
func (r *rendering) endsOfficially(from, to int) bool {
	v := embedView(r.Page, from, to)
	a, ok := attribution.Last(v, true)
	if !ok || !a.Dated && !(a.HasDash() && a.Text > 0) && char.Trim(v.Text[a.Close:]) != "" {
		return false
	}
	at := v.Place(a.Open + max(0, strings.IndexByte(v.Text[a.Open:], '@')))
	return from > r.from || r.Attributes(r.from-1).Class(isSiteClass) || at >= r.Tokens[r.headerAt].Start && at < r.Tokens[r.headerAt+1].Start
}

// isArticle reports whether so much text is before the header that it must be prose.
func (r *rendering) isArticle() bool {
	n := 0
	for _, t := range r.texts {
		if t.token < r.headerAt && (t.token < r.words[0] || t.token >= r.words[1]) {
			n += len(t.string)
		}
	}
	return n > maxBeforeHeader
}

// isSeveral reports whether it is a list of tweets: links to other tweets are outside the
// smallest element that holds all parts of this one.
func (r *rendering) isSeveral() bool {
	if r.stated {
		return false
	}
	parts := []int{r.headerAt}
	if r.words[1] > 0 {
		parts = append(parts, r.words[0], r.words[1]-1)
	}
	if n := slices.IndexFunc(r.links, func(a permalink) bool { return a.ID == r.id }); n >= 0 && !slices.ContainsFunc(r.links, func(a permalink) bool { return a.button }) {
		parts = append(parts, cmp.Or(r.dayAt, r.links[n].token))
	}
	own := [2]int{r.from, r.to}
	for _, e := range r.around(r.headerAt) {
		if slices.Min(parts) < e || slices.Max(parts) > r.Tokens[e].Close {
			break
		}
		own = [2]int{e, r.Tokens[e].Close}
	}
	return slices.ContainsFunc(r.links, func(a permalink) bool {
		return !a.button && a.ID != r.id && (a.token < own[0] || a.token > own[1])
	})
}

const (
	maxBesideDate = 20  // a text may have fewer bytes than these beside its date: a time, "on"
	maxDay        = 100 // the most bytes of a text with a date
)

// readLinkedDay takes the day from a link to the tweet, where it may be in several
// elements, or from the title of the link.
func (r *rendering) readLinkedDay() {
	for _, a := range r.links {
		if a.button || a.ID != r.id || r.dayAt > 0 {
			continue
		}
		if d, ok := dayIn(embedView(r.Page, a.token, a.end).Text); ok && r.dayAt == 0 {
			r.day, r.dayAt = d, a.token
		}
		as := r.Attributes(a.token)
		for _, key := range [...]string{"title", "aria-label"} {
			if d, ok := dayIn(as.Get(key)); ok && r.day.Day == "" {
				r.day, r.dayAt = d, a.token
			}
		}
		if at, err := time.Parse(time.RubyDate, as.Get("title")); err == nil && r.at == "" {
			r.at, r.dayAt = at.Format(time.RFC3339), cmp.Or(r.dayAt, a.token)
		}
		for k := a.token; k < a.end; k++ {
			r.readTime(k)
		}
	}
}

func dayIn(s string) (date.Date, bool) {
	s = char.Trim(s)
	if len(s) > maxDay {
		return date.Date{}, false
	}
	d, n := date.At(s)
	return d, n > 0 && len(s)-n < maxBesideDate
}

// readTime takes the time from a <time> element.
func (r *rendering) readTime(k int) {
	if r.Tokens[k].Tag != atom.Time || !r.IsStart(k) {
		return
	}
	at := r.Attributes(k).Get("datetime")
	if d, ok := dayIn(at); ok && r.dayAt == 0 && len(at) == len(time.DateOnly) {
		r.day, r.dayAt = d, k
	} else if r.at == "" && len(at) > len("2006-01-02T") {
		r.at, r.dayAt = at, cmp.Or(r.dayAt, k)
	}
}

// readDay takes the day from the texts between two tokens, if no link has it.
func (r *rendering) readDay(from, to int) {
	for k := from; k < to && r.dayAt == 0; k++ {
		r.readTime(k)
		if d, ok := dayIn(r.textAt(k)); ok && r.dayAt == 0 {
			r.day, r.dayAt = d, k
		}
	}
}
