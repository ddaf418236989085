package detect

import (
	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/date"
	"example.org/tweetarc/archive/detect/internal/view"
)

// inText finds the tweets in running text and in markup inside it: in Markdown files,
// exports of content systems, pages that an extractor escaped.
func inText(a *archive.Article, m *boundary.Model) []archive.Embed {
	var found []archive.Embed
	if at, _ := markupFilter.next(a.Body, 0); at >= 0 {
		p := readPage(a.Body)
		found = lawful(p, merge(p, findings(p)))
	}
	all := make([]archive.Embed, 0, len(found))
	from := 0
	read := func(end int) {
		for _, e := range newText(view.OfText(a.Body[from:end]), a, m).embeds() {
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

// text is a running text while the rules read it. All its places are bytes of the view.
type text struct {
	v        *view.View
	s        string // what v shows
	article  *archive.Article
	model    *boundary.Model
	layout   boundary.Layout
	found    []textFinding
	inByline func(at int) bool // in a page: whether the markup says that the name at at is in a byline
	floor    int               // the next embed begins here or later
	tried    int               // the next name begins here or later, after the handle that was tried last
	frame    int               // where the end of a frame was found last
	noWidget int               // up to here no copied tweet has a footer
	lost     int               // whether a mark replaced the dashes: 1 yes, -1 no, 0 not yet known
	order    date.Order        // of the numbers in its dates, if ordered is true
	ordered  bool
}

// textFinding is an embed that a rule found in running text.
type textFinding struct {
	archive.Embed
	look      *boundary.Look // the candidates for its beginning; nil if the beginning is sure
	from      int            // where the look's passage begins
	rest      string         // its lines after the attribution
	restDoubt float64        // how doubtful it is that rest is right
	doubt     float64        // how doubtful the attribution is
	alone     bool           // the attribution is on lines of its own and has no dash
}

func newText(v *view.View, a *archive.Article, m *boundary.Model) *text {
	return &text{v: v, s: v.Text, layout: boundary.LayoutOf(v.Text), article: a, model: m}
}

// read tries the rules, each where one of its anchors is, from the beginning to the end.
// No rule reads before the end of an embed that was found.
func (t *text) read() {
	for at, n := textFilter.next(t.s, 0); at >= 0; {
		past := at + len(textFilter.anchors[n].literal)
		if e := textRuleOf[n].read(t, at); e != nil {
			t.found = append(t.found, *e)
			t.floor = max(t.floor, e.End)
		}
		at, n = textFilter.next(t.s, max(past, t.floor))
	}
}

// embeds finds the tweets of the text. Their places are bytes of the body.
func (t *text) embeds() []archive.Embed {
	t.read()
	t.readRests()
	t.lookAgain()
	embeds := make([]archive.Embed, 0, len(t.found))
	for _, e := range t.found {
		e.Start, e.End = t.v.Place(e.Start), t.v.After(e.End)
		embeds = joined(embeds, e.Embed)
	}
	return embeds
}

// last is the embed that was found last; nil if there is none.
func (t *text) last() *textFinding {
	if len(t.found) == 0 {
		return nil
	}
	return &t.found[len(t.found)-1]
}

// lookAgain decides again where the texts begin, now that all tweets of the article are
// known.
func (t *text) lookAgain() {
	defer t.dropTeasers()
	var of []*textFinding
	var looks []*boundary.Look
	for i := range t.found {
		if e := &t.found[i]; e.look != nil {
			of, looks = append(of, e), append(looks, e.look)
		}
	}
	for i, c := range t.model.Again(looks) {
		of[i].begin(c, t.s)
	}
}

// Passages is for the command archive/detect/train, and of no use elsewhere. It gives the
// passages before the attributions of a running text, in which its tweets begin; the
// stretches after them, in which the texts may go on, nil for a tweet that cannot; and
// for each embed where it begins and ends in the body.
func Passages(a *archive.Article) (before []*boundary.Passage, after []*boundary.Stretch, places [][2]int) {
	t := newText(view.OfText(a.Body), a, boundary.Trained())
	t.read()
	all := make([]*boundary.Stretch, len(t.found))
	for i, s := range t.stretches() {
		all[i] = s
	}
	for i, s := range all {
		if t.found[i].look != nil {
			after = append(after, s)
		}
	}
	t.readRests()
	for _, e := range t.found {
		if e.look != nil {
			before = append(before, e.look.Passage)
			places = append(places, [2]int{t.v.Place(e.Start), t.v.After(e.End)})
		}
	}
	return before, after, places
}
