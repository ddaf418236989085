package detect

import (
	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/boundary"
	"example.org/tweetarc/archive/detect/internal/date"
	"example.org/tweetarc/archive/detect/internal/view"
)

// inText finds the tweets in running text, and in markup that is in it: Markdown
// files, dumps of content systems, pages that an extractor escaped.
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

// text is a running text while the rules read it. All places are bytes of its view.
type text struct {
	v        *view.View
	s        string // what v shows
	article  *archive.Article
	model    *boundary.Model
	layout   boundary.Layout
	found    []textFinding
	inByline func(at int) bool // whether the markup says that the name at at is a byline's; nil in running text
	floor    int               // no embed that is yet to be found begins before it
	tried    int               // no name begins before it: there was another handle
	frame    int               // where the next frame ends that was looked for
	noWidget int               // no footer of a copied tweet is before it
	lost     int               // whether a mark is in the place of dashes: 0 is not known, -1 no
	order    date.Order        // of the numbers in its dates, if ordered says that it is known
	ordered  bool
}

// textFinding is an embed of a running text.
type textFinding struct {
	archive.Embed
	look      *boundary.Look // where its text may begin; nil if that is sure
	from      int            // where the look's passage begins
	rest      string         // its lines after the attribution
	restDoubt float64        // of the rest, or that there is none
	doubt     float64        // of the attribution; the confidence is less by it
	alone     bool           // the attribution has lines for itself, and no dash
}

func newText(v *view.View, a *archive.Article, m *boundary.Model) *text {
	return &text{v: v, s: v.Text, layout: boundary.LayoutOf(v.Text), article: a, model: m}
}

// read lets the rules read the text, each where one of its anchors is, from front
// to back and never before the end of an embed that was found.
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

// embeds finds the tweets of the text. Their places are bytes of the article.
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

// last is the embed that was found last, nil if there is none.
func (t *text) last() *textFinding {
	if len(t.found) == 0 {
		return nil
	}
	return &t.found[len(t.found)-1]
}

// lookAgain corrects where the texts begin, now that all of the article are known.
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

// Passages is for the command archive/detect/train, which learns from what it returns,
// and of no use elsewhere: the passages before the attributions of a running text, in
// which its tweets begin; the stretches after them, in which they may go on, nil for
// those that do not; and where in the body the embeds begin and end, in bytes.
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
