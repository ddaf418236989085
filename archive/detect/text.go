package detect

import (
	"strings"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/boundary"
	"tweetarc/archive/detect/internal/char"
)

// markup is what HTML or shortcodes left in a text hold of a tweet: Markdown
// files, CMS dumps, pages that an extractor escaped.
// Each is cut at a byte that is rare in prose, by which it is looked for.
var markup = [...]struct {
	before string
	rare   byte
	after  string
}{
	{"twitter", '-', "tweet"}, {"twitter", '-', "video"}, {"<amp", '-', "twitter"},
	{"{", '{', "< t"}, {"{", '{', "< x"}, {"", '{', "% t"}, {"", '[', "tweet"}, {"wp", ':', "embed"}, {"", '<', "oembed"},
}

func holdsMarkup(s string) bool {
	for _, m := range markup {
		if around(s, m.rare, func(before, after string) bool {
			return strings.HasSuffix(before, m.before) && strings.HasPrefix(after, m.after)
		}) {
			return true
		}
	}
	return false
}

// inText finds the tweets in running text, and in markup that stands in it.
func inText(a *archive.Article) []archive.Embed {
	var found []archive.Embed
	if holdsMarkup(a.Body) {
		p := readPage(a.Body)
		found = lawful(p, merge(p, findings(p)))
	}
	if len(found) == 0 {
		return textEmbeds(a.Body, a)
	}
	var all []archive.Embed
	from := 0
	read := func(end int) {
		for _, e := range textEmbeds(a.Body[from:end], a) {
			e.Start, e.End = from+e.Start, from+e.End
			all = append(all, e)
		}
	}
	for _, e := range found {
		read(e.Start)
		all, from = append(all, e), e.End
	}
	read(len(a.Body))
	return all
}

// A rule reads one form of embed. Its anchor is a string that every such embed
// holds, and read is called where one stands, never behind an embed that was
// found before. It looks outward from there, no further than a tweet reaches.
type rule struct {
	anchor string
	read   func(t *text, at int) *archive.Embed // nil if there is none
}

var rules = []rule{
	{"(@", attributed},
	{"( @", attributed},
	{"(\\@", attributed},
	{"witter post ", framed},
	{"AM - ", copiedWidget},
	{"PM - ", copiedWidget},
	{"AM · ", copiedWidget},
	{"PM · ", copiedWidget},
	{"/status", linked},
}

// text is a running text under the eyes of the rules.
type text struct {
	s         string
	article   *archive.Article
	floor     int    // nothing before it belongs to an embed that is yet to be found
	chained   bool   // an embed ends at floor
	last      string // its handle
	frame     int    // where the next frame ends, at or behind the last place asked for
	tried     int    // no handle in parentheses stands between here and the anchor that is looked at
	reordered int    // whether attributions stand behind the first line: 0 is not known, -1 no
	next      []int  // for each rule the place of its next anchor
	layout    boundary.Layout
	passages  []passage // the texts whose beginnings were looked for
}

// textEmbeds finds the tweets in s, a text of the article a.
func textEmbeds(s string, a *archive.Article) []archive.Embed {
	t := &text{s: s, article: a, next: make([]int, len(rules))}
	return t.embeds()
}

// Passages are those before the attributions of a running text, in whose Text
// tweets begin. The program that trains the boundary learns from them.
func Passages(a *archive.Article) []*boundary.Passage {
	t := &text{s: a.Body, article: a, next: make([]int, len(rules))}
	t.embeds()
	out := make([]*boundary.Passage, len(t.passages))
	for i := range t.passages {
		out[i] = t.passages[i].Passage
	}
	return out
}

// embeds finds the tweets in the text.
func (t *text) embeds() []archive.Embed {
	s := t.s
	any := false
	for i, r := range rules {
		t.next[i] = strings.Index(s, r.anchor)
		any = any || t.next[i] >= 0
	}
	if !any {
		return nil
	}
	t.layout = boundary.LayoutOf(s)
	var found []archive.Embed
	for {
		// The rule whose anchor is next, and where the next one of another stands.
		first, other := -1, len(s)
		for i, at := range t.next {
			switch {
			case at < 0:
			case first < 0:
				first = i
			case at < t.next[first]:
				first, other = i, t.next[first]
			default:
				other = min(other, at)
			}
		}
		if first < 0 {
			t.lookAgain(found)
			return found
		}
		r, at, past := &rules[first], t.next[first], 0
		for at >= 0 && at <= other {
			past = at + len(r.anchor)
			if e := r.read(t, at); e != nil {
				found = join(found, *e)
				t.floor, t.chained, t.last = max(t.floor, e.End), true, e.Handle
				past = max(past, t.floor)
			}
			at = indexFrom(s, past, r.anchor)
		}
		t.next[first] = at
		for i, at := range t.next { // each anchor is looked for once in each byte
			if at >= 0 && at < past {
				t.next[i] = indexFrom(s, past, rules[i].anchor)
			}
		}
	}
}

// nearby is how far an anchor is looked for byte by byte.
const nearby = 12

// indexFrom is where w stands in s, at from or behind; -1 if it does not.
func indexFrom(s string, from int, w string) int {
	for i := from; i < from+nearby && i+len(w) <= len(s); i++ { // where anchors are crowded
		if s[i] == w[0] && s[i+1] == w[1] && s[i:i+len(w)] == w {
			return i
		}
	}
	if i := strings.Index(s[from:], w); i >= 0 {
		return from + i
	}
	return -1
}

// join appends e, unless it and the one before are two sightings of one tweet
// side by side: its address on a line of its own, and its attribution.
func join(found []archive.Embed, e archive.Embed) []archive.Embed {
	if len(found) == 0 {
		return append(found, e)
	}
	p := &found[len(found)-1]
	link, full := p, &e
	if e.Form == archive.FormLink {
		link, full = full, p
	}
	if link.Form != archive.FormLink || full.Form == archive.FormLink || full.ID != "" && full.ID != link.ID ||
		e.Start-p.End > 4 || !strings.EqualFold(link.Handle, full.Handle) || full.Date != "" && full.Date != link.Date {
		return append(found, e)
	}
	whole := *full
	whole.WithID(link.ID)
	whole.Start, whole.End = p.Start, e.End
	*p = whole
	return found
}

// skipBreak moves over blanks, at most one line break, and the quote marks of
// the next line.
func skipBreak(s string, i int) int {
	i = char.SkipBlanks(s, i)
	j := i
	if j < len(s) && s[j] == '\r' {
		j++
	}
	if j < len(s) && s[j] == '\n' {
		i = char.SkipBlanks(s, j+1)
		for i < len(s) && s[i] == '>' {
			i = char.SkipBlanks(s, i+1)
		}
	}
	return i
}
