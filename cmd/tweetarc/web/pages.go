package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// A site makes pages of an archive, for the server and for reports.
type site struct {
	db    *store.DB
	links *links
	tmpl  *template.Template
	most  int    // tweets that are counted of those found; 0 is all
	whole *whole // what is counted of all tweets, nil where that is not kept
}

// How much is on a page.
const (
	mostCounted = 4_000 // tweets of a query
	mostOfOne   = 250   // tweets of an author
	perPage     = 20    // tweets
	perPlaces   = 25    // sightings of an article
	perTweet    = 100   // sightings of a tweet: most have the same words, and are folded
	mostHidden  = 1_000 // superseded sightings of a tweet
	perList     = 100   // articles, inputs
	topFacets   = 8
	topStats    = 15
	nameSize    = 80 // characters of a name
	titleSize   = 240
)

func newSite(db *store.DB, l *links) (*site, error) {
	s := &site{db: db, links: l}
	var err error
	var operators template.HTML // the same on all pages, and long
	pages := []string{"templates/*.html"}
	if l.review { // else their parsing would be a good part of the start
		pages = append(pages, "templates/review/*.html")
	}
	s.tmpl, err = template.New("").Funcs(l.funcs()).Funcs(template.FuncMap{"operators": func() template.HTML { return operators }}).ParseFS(files, pages...)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = s.render(&b, "operators", help)
	operators = template.HTML(b.String())
	return s, err
}

func (s *site) render(w io.Writer, name string, view any) error {
	return s.tmpl.ExecuteTemplate(w, name, view)
}

// funcs are what templates can call.
func (l *links) funcs() template.FuncMap {
	return template.FuncMap{
		"searchFor":  func(q string) string { return l.search(search{Query: q}) },
		"tweetPage":  func(key string) string { return l.tweet(key) },
		"authorPage": func(handle string) string { return l.author(handle) },
		"statsPage":  func(q string) string { return l.stats(q) },
		"outletPage": func(name string) string { return l.outlet(name) },
		"found":      l.found,
		"feed":       func(q string) string { return l.feed(q) },
		"tablePage":  func(by, q string) string { return l.table(by, "", q) },
		"runsPage":   func() string { return l.runs() },
		"runPage":    func(key string) string { return l.run(key, 1) },
		"export":     func(format, q string) string { return l.export(format, q) },
		"asset":      func(name string) string { return l.asset(name) },
		"report":     func() bool { return l.report },
		"review":     func() bool { return l.review },
		"outside":    outside,
		"wayback":    wayback,
		"num":        grouped,
		"bytes":      func(n int64) string { return grouped(int(n)) },
		"listOf":     l.list,
		"count":      func(n int, noun string) string { return count(n, noun) },
		"name":       func(s string) string { return oneLine(s, nameSize) },
		"title":      func(s string) string { return oneLine(s, titleSize) },
		"visible":    visible,
		"day":        dayInWords,
		"moment":     func(s string) string { return strings.TrimSuffix(strings.Replace(s, "T", " ", 1), "Z") },
		"state":      func(s string) string { return states[s] },
	}
}

// states are what lookups say, in words.
var states = map[string]string{
	"found":    "found",
	"gone":     "gone",
	"hidden":   "not public",
	"withheld": "withheld",
	"unknown":  "not known",
	"maybe":    "perhaps this one",
}

// grouped is a number as people read it.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// dayInWords is a day as 5 March 2018; what is none stays as it is.
func dayInWords(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return t.Format("2 January 2006")
}

// A list is names with numbers.
type list struct {
	Title string
	Items []listItem
}

type listItem struct {
	Label, Note string
	N           int
	Share       string // of the greatest number
	Href        string
	Out         bool // it leads elsewhere
}

// list makes one of counts, whose names are of a kind: author, tweet, article,
// an operator of the search, or "".
func (l *links) list(title, kind string, counts []store.Count) list {
	most := 1
	for _, c := range counts {
		most = max(most, c.N)
	}
	v := list{Title: title}
	for _, c := range counts {
		item := listItem{Label: oneLine(c.Label, titleSize), N: c.N, Share: percent(100 * float64(c.N) / float64(most))}
		if item.Label == "" {
			item.Label = oneLine(c.Name, titleSize)
		}
		switch kind {
		case "author":
			item.Href, item.Note = l.author(c.Name), "@"+oneLine(c.Name, nameSize)
			if item.Label == oneLine(c.Name, titleSize) {
				item.Label, item.Note = item.Note, ""
			}
		case "tweet":
			item.Href = l.tweet(c.Name)
		case "article": // by its address, or file:record
			if item.Href = outside(c.Name); item.Href != "" {
				item.Out = true
			} else if i := strings.LastIndexByte(c.Name, ':'); i > 0 {
				if record, err := strconv.Atoi(c.Name[i+1:]); err == nil {
					item.Href = l.article(archive.Origin{File: c.Name[:i], Record: record})
				}
			}
		case "outlet":
			if item.Href = l.outlet(c.Name); c.Name == "" {
				item.Label = "not known"
			}
		case "":
		default:
			if c.Name != "" {
				if term := store.Term(kind, c.Name); term != "" {
					item.Href = l.search(search{Query: term})
				}
			} else {
				item.Label = "not known"
			}
		}
		v.Items = append(v.Items, item)
	}
	return v
}

// operatorHelp is a line of the search's help.
type operatorHelp struct{ Example, Finds string }

var help = []operatorHelp{
	{"bridge tram", "both words, also inside a #tag or @mention"},
	{"jane roe", "the same; words are found in names, too, and what the person wrote comes first"},
	{`"first stone"`, "one word right after the other"},
	{"bridge OR tunnel", "either; ( ) groups"},
	{"bridge -toll", "not the word after the dash"},
	{"engin*", "words that begin so"},
	{"@nasa", "mentions of somebody"},
	{"#budget", "a tag, whole"},
	{"from:nasa", "tweets of this user"},
	{"since:2018-03 until:2019", "posted on these days; until: is the first day that is not meant"},
	{"outlet:example.org", "seen in articles of this outlet, or of a host below it; outlet:=example.org of the outlet alone; a name of several words is written outlet:\"The Quay\""},
	{"keep.section:sports", "seen in articles of which the corpus says so, in a field that was kept; keep.section:* for any value"},
	{"url:example.org", "with a link there"},
	{"filter:media", "with pictures; also filter:links, filter:replies"},
	{"form:blockquote", "how they are embedded in the article"},
	{"has:id", "whose status ID is known; -has:id for the others"},
	{"min_sightings:3", "embedded at least so often"},
	{"confidence:<0.7", "whose words are less sure; also <=, >, >=, and 0.7..0.9"},
	{"-verdict:none", "without those that somebody judged to be no tweet; also right, begins, ends, both, person, unsure, and * for any"},
	{"include:superseded", "also what is no longer where it was: in a later version of its file it is missing"},
}

// page is what every page has.
type page struct {
	Title string
	Nav   string // which part of the site it is
	Query string // what is in the search field
	Focus bool   // the field waits for words
}

type errorView struct {
	page
	Status int
	Hint   string
}

// A card is a tweet in a list.
type card struct {
	*store.Tweet
	Text          []piece
	Before, After bool // there is more text
	Length        int  // of the text, in characters
	Lang          string
	Sure          string // of the words, per cent; "" where that says nothing
	In            seenIn
}

// seenIn is the article of a tweet's first sighting.
type seenIn struct {
	Outlet, Title, Date string
	Href                string
	Place               string // file:record
}

func (s *site) seenIn(h *store.Hit) seenIn {
	at := archive.Origin{File: h.File, Record: h.Record}
	in := seenIn{h.Outlet, h.Title, h.ArticleDate, s.links.article(at), at.String()}
	if h.Embeds == 0 && h.Key != "" {
		in.Href = "" // another article may be there now
	}
	return in
}

// sure is a confidence in per cent, rounded down: what is not certain is not said to be.
func sure(confidence float64) string { return strconv.Itoa(int(confidence*100 + 1e-9)) }

func (s *site) card(t *store.Tweet, marks []store.Span, n int) card {
	part, marks, before, after := window(t.Text, marks, n)
	c := card{Tweet: t, Text: s.links.pieces(part, marks), Before: before, After: after, Lang: langOf(part)}
	if t.Confidence < 1 && t.Text != "" {
		c.Sure = sure(t.Confidence)
	}
	if before || after {
		c.Length = utf8.RuneCountInString(t.Text)
		t.Text = "" // it may be long, and is kept
	}
	return c
}

type choice struct {
	Label, Href string
	Now         bool
}

type resultsView struct {
	page
	Bad      *badQuery
	Total    int
	Part     int // of these the newest so many are counted in Aside
	Archive  int // tweets in all of it
	Hidden   int // superseded ones, where all are
	Cards    []card
	By       store.Count // the author whom the query names, with the number of his tweets
	Sorts    []choice
	Again    string   // the order by chance with the next seed
	Narrowed []choice // the terms that can be taken away
	Pages    pager
	Aside    *asideView // nil where nothing is found, or it is elsewhere
}

// badQuery is a query with the place where it is wrong.
type badQuery struct{ Before, At, Msg string }

// pager are the pages of a list.
type pager struct {
	From, To, Total int
	Pages           []choice // Label "" is a gap
	Back, On        string
}

// newPager makes the links; the page asked for is brought into the bounds.
func newPager(number, per, total int, href func(page int) string) (pager, int) {
	last := max(1, (total+per-1)/per)
	number = min(max(number, 1), last)
	p := pager{From: (number-1)*per + 1, To: min(number*per, total), Total: total}
	if last == 1 {
		return p, number
	}
	if number > 1 {
		p.Back = href(number - 1)
	}
	if number < last {
		p.On = href(number + 1)
	}
	shown := 0
	for _, n := range []int{1, number - 1, number, number + 1, last} {
		if n <= shown || n > last {
			continue
		}
		if n > shown+1 {
			p.Pages = append(p.Pages, choice{})
		}
		p.Pages = append(p.Pages, choice{Label: grouped(n), Href: href(n), Now: n == number})
		shown = n
	}
	return p, number
}

var sortNames = map[store.Sort]string{
	store.ByRelevance:  "Best match",
	store.ByDateDesc:   "Newest",
	store.ByDate:       "Oldest",
	store.ByEmbeds:     "Most embedded",
	store.ByConfidence: "Least sure",
	store.ByChance:     "Random",
}

// sorts are the orders to choose from, and the next one by chance.
func (s *site) sorts(in search, ranked bool) (all []choice, again string) {
	for _, sort := range []store.Sort{store.ByRelevance, store.ByDateDesc, store.ByDate, store.ByEmbeds, store.ByConfidence, store.ByChance} {
		if sort != store.ByRelevance || ranked {
			all = append(all, choice{sortNames[sort], s.links.search(search{Query: in.Query, Sort: sort, Seed: in.Seed}), sort == in.Sort})
		}
	}
	if in.Sort == store.ByChance {
		again = s.links.search(search{Query: in.Query, Sort: in.Sort, Seed: in.Seed%math.MaxInt32 + 1})
	}
	return all, again
}

// searchPage is a page of what a search finds.
func (s *site) searchPage(ctx context.Context, in search, per int) (*resultsView, error) {
	v := &resultsView{page: page{Title: "Search", Nav: "search", Query: in.Query}}
	if in.Query != "" {
		v.Title = oneLine(in.Query, 60)
	}
	q, err := store.ParseQuery(in.Query)
	var bad *store.QueryError
	if errors.As(err, &bad) {
		before := archive.Tail(in.Query[:bad.Pos], 60)
		at, _ := head(in.Query[bad.Pos:], 40)
		v.Bad = &badQuery{visible(before), visible(at), bad.Msg}
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	if !slices.Contains(store.Sorts, in.Sort) {
		in.Sort = store.ByRelevance
	}
	m, err := s.db.Match(ctx, q, s.most)
	if err != nil {
		return nil, err
	}
	if v.Total, v.Part, v.Archive = m.N, m.Part, m.N; q.String() != "" {
		var of *store.Query
		if q.Superseded() {
			of = of.WithSuperseded()
		}
		if v.Archive, err = s.db.Count(ctx, of); err != nil {
			return nil, err
		}
	}
	if v.Archive == 0 {
		if v.Hidden, err = s.db.Count(ctx, (*store.Query)(nil).WithSuperseded()); err != nil {
			return nil, err
		}
	}
	if !m.Ranked && in.Sort == store.ByRelevance {
		in.Sort = store.ByDateDesc
	}
	if in.Sort != store.ByChance || in.Seed == 0 {
		in.Seed = firstSeed
	}
	v.Sorts, v.Again = s.sorts(in, m.Ranked)
	if v.By, err = s.db.By(ctx, q); err != nil {
		return nil, err
	}
	for _, part := range q.Narrowed() {
		v.Narrowed = append(v.Narrowed, choice{Label: oneLine(part.Text, nameSize), Href: s.links.found(q.Without(part.Text))})
	}
	sorted := in.Sort
	if !m.Ranked && sorted == store.ByDateDesc && in.Query != "" {
		sorted = "" // as it is without saying
	}
	v.Pages, in.Page = newPager(in.Page, per, v.Total, func(page int) string { return s.links.search(search{in.Query, sorted, in.Seed, page}) })
	hits, err := m.Search(ctx, store.Page{Sort: in.Sort, Seed: in.Seed, Limit: per, Offset: (in.Page - 1) * per})
	if err != nil {
		return nil, err
	}
	v.Cards = s.cards(hits)
	if m.N == 0 {
		return v, nil
	}
	c, err := s.count(ctx, m, q)
	if err != nil {
		return nil, err
	}
	v.Part, v.Aside = c.part, &asideView{newTimeline(c.times, c.by, q, s.links), s.facets(q, c.facets)}
	return v, nil
}

// counted is what is counted of a match, beside statistics.
type counted struct {
	part   int // tweets
	facets store.Facets
	times  []store.Count
	by     store.Unit
}

// count counts, or takes what is kept of all tweets.
func (s *site) count(ctx context.Context, m *store.Match, q *store.Query) (c counted, err error) {
	if kept := s.wholeOf(ctx, m, q); kept != nil {
		return kept.counted, nil
	}
	return countOf(ctx, m)
}

// wholeOf is what is kept of all tweets, if the query finds these and more than are
// counted at once.
func (s *site) wholeOf(ctx context.Context, m *store.Match, q *store.Query) *kept {
	if s.whole == nil || q.String() != "" || m.Part == m.N {
		return nil
	}
	return s.whole.get(ctx)
}

func countOf(ctx context.Context, m *store.Match) (c counted, err error) {
	c.part = m.Part
	if c.facets, err = m.Facets(ctx, topFacets); err != nil {
		return c, err
	}
	c.times, c.by, err = timesOf(ctx, m)
	return c, err
}

// timesOf counts by the unit that shows most.
func timesOf(ctx context.Context, m *store.Match) ([]store.Count, store.Unit, error) {
	counts, err := m.Histogram(ctx, store.ByMonth)
	by := unitOf(counts)
	if err == nil && by != store.ByMonth {
		counts, err = m.Histogram(ctx, by)
	}
	return counts, by, err
}

type asideView struct {
	Timeline *timeline
	Facets   []facet
}

// A facet divides a query's tweets.
type facet struct {
	Title string
	Items []facetItem
}

type facetItem struct {
	Label, Note string
	Count       string
	Href        string // the query narrowed, or no longer
	Now         bool
}

func (s *site) facets(q *store.Query, f store.Facets) []facet {
	var all []facet
	add := func(title string, counts []store.Count, of func(store.Count) (label, note string, terms []string)) {
		fc := facet{Title: title}
		for _, c := range counts {
			label, note, terms := of(c)
			item := facetItem{Label: oneLine(label, nameSize), Note: oneLine(note, nameSize), Count: grouped(c.N)}
			if item.Label == "" {
				item.Label, item.Note = item.Note, ""
			}
			if written := q.Written(terms...); len(written) == len(terms) {
				item.Now, item.Href = true, s.links.found(q.Without(written...))
			} else {
				item.Href = s.links.narrowed(title, c.Name, q, terms...)
			}
			fc.Items = append(fc.Items, item)
		}
		if len(fc.Items) > 0 {
			all = append(all, fc)
		}
	}
	add("Authors", f.Authors, func(c store.Count) (string, string, []string) {
		return c.Label, "@" + c.Name, []string{store.Term("from", c.Name)}
	})
	years := slices.DeleteFunc(slices.Clone(f.Years), func(y store.Count) bool {
		_, err := time.Parse("2006", y.Name)
		return err != nil
	})
	slices.Reverse(years)
	add("Years", years, func(c store.Count) (string, string, []string) {
		year, _ := strconv.Atoi(c.Name)
		return c.Name, "", []string{"since:" + c.Name, fmt.Sprintf("until:%04d", year+1)}
	})
	add("Outlets", f.Outlets, func(c store.Count) (string, string, []string) {
		return c.Name, "", []string{store.Term("outlet", "="+c.Name)}
	})
	for _, field := range f.Kept {
		add("Corpus: "+oneLine(field.Name, nameSize), field.Values, func(c store.Count) (string, string, []string) {
			return c.Name, "", []string{store.Term("keep."+field.Name, c.Name)}
		})
	}
	add("Forms", f.Forms, func(c store.Count) (string, string, []string) { return c.Name, "", []string{"form:" + c.Name} })
	var ids []store.Count
	for _, c := range []store.Count{{Name: "has:id", Label: "known", N: f.WithID}, {Name: "-has:id", Label: "not known", N: f.WithoutID}} {
		if c.N > 0 {
			ids = append(ids, c)
		}
	}
	add("Status ID", ids, func(c store.Count) (string, string, []string) { return c.Label, "", []string{c.Name} })
	return all
}

// A sighting is a place in an article, with the words around it.
type sighting struct {
	Article archive.Article
	Href    string // of the article's page
	Form    archive.Form
	Sure    string // of the boundary, per cent
	Start   int
	End     int
	InAll   int  // places of the article
	Gone    bool // it is superseded
	Apart   bool // it begins another article, on a page of several

	Before, Raw, Rest, After string
	Source                   bool     // it is markup
	Changes                  []change // of the tweet's words, where these are others
	Lang                     string
	Doubts                   []store.Finding
	Checks                   map[string]string
	Links                    []archive.Link

	Tweet *store.Tweet // in an article
}

// rawText is how much of an embed's bytes is shown at once, in characters.
const rawText = 1200

func (s *site) sighting(p *store.Place, t *store.Tweet) sighting {
	raw, _ := head(p.Raw, rawText)
	v := sighting{
		Article: p.Article,
		Href:    s.links.article(p.Article.Origin),
		Form:    p.Form,
		Sure:    sure(p.Confidence),
		Start:   p.Start,
		End:     p.End,
		InAll:   p.Places,
		Gone:    p.Places == 0,
		Before:  visible(p.Before),
		Raw:     visible(raw),
		Rest:    visible(p.Raw[len(raw):]),
		After:   visible(p.After),
		Source:  slices.Contains(markup, p.Form),
		Lang:    langOf(p.Text),
		Links:   p.Links,
		Doubts:  store.Doubts(p, t),
	}
	if v.Gone {
		v.Href = "" // another article may be there now
	}
	if len(v.Links) > perPlaces {
		v.Links = v.Links[:perPlaces]
	}
	if p.Text != t.Text {
		was, _ := head(t.Text, pageText)
		is, _ := head(p.Text, pageText)
		v.Changes = difference(visible(was), visible(is))
	}
	return v
}

// markup are the forms of HTML.
var markup = []archive.Form{archive.FormBlockquote, archive.FormIframe, archive.FormAMP, archive.FormAttribute, archive.FormMarkup, archive.FormShortcode, archive.FormJSON}

type tweetView struct {
	page
	card
	Rest     []piece // of the text
	Lookups  []store.Lookup
	Places   []wording
	Pages    pager
	Findings []choice // what does not fit, over the sightings shown
	Hidden   hidden
}

// A wording is sightings with the same words: the first, and those that are folded.
type wording struct {
	sighting
	Same []sighting
}

// fold puts those with the same words together, in the order of the first of them.
func fold(places []store.Place, of func(*store.Place) sighting) (all []wording) {
	at := map[string]int{}
	for i := range places {
		p := &places[i]
		words := strings.Join(strings.Fields(p.Text), " ")
		if n, ok := at[words]; ok {
			all[n].Same = append(all[n].Same, of(p))
			continue
		}
		at[words] = len(all)
		all = append(all, wording{sighting: of(p)})
	}
	return all
}

// hidden are the superseded sightings of a tweet.
type hidden struct {
	N     int
	More  bool   // there are more
	Shown bool   // they are among those on the page
	Href  string // the page with them, or without
}

// hiddenOf counts them.
func (s *site) hiddenOf(ctx context.Context, t *store.Tweet, shown bool) (h hidden, err error) {
	// All sightings are the current ones and these.
	rest, err := s.db.Places(ctx, t.Key, true, mostHidden+1, t.Embeds)
	h.N = min(len(rest), mostHidden)
	h.More = len(rest) > mostHidden
	h.Shown = h.N > 0 && (shown || t.Embeds == 0)
	switch {
	case s.links.report || h.N == 0 || t.Embeds == 0:
	case h.Shown:
		h.Href = s.links.tweet(t.Key)
	default:
		h.Href = address(s.links.tweet(t.Key), "superseded", "1")
	}
	return h, err
}

func (s *site) tweetPage(ctx context.Context, key string, superseded bool, number, per int) (*tweetView, error) {
	t, err := s.db.Tweet(ctx, key)
	if err != nil {
		return nil, err
	}
	v := &tweetView{page: page{Title: "Tweet by " + oneLine(t.Author+" @"+t.Handle, nameSize), Nav: "tweet"}}
	if v.Hidden, err = s.hiddenOf(ctx, t, superseded); err != nil {
		return nil, err
	}
	total, with := t.Embeds, ""
	if v.Hidden.Shown {
		total += v.Hidden.N
		if superseded {
			with = "1"
		}
	}
	v.Pages, number = newPager(number, per, total, func(n int) string {
		return address(s.links.tweet(key), "superseded", with, "page", fmt.Sprint(n))
	})
	if v.Lookups, err = s.db.Lookups(ctx, t.Key); err != nil {
		return nil, err
	}
	places, err := s.db.Places(ctx, t.Key, superseded, per, (number-1)*per)
	if err != nil {
		return nil, err
	}
	checks := map[string]int{}
	v.Places = fold(places, func(p *store.Place) sighting {
		sight := s.sighting(p, t)
		for _, d := range sight.Doubts {
			checks[d.Check]++
		}
		return sight
	})
	for _, c := range store.Checks {
		if n := checks[c.Name]; n > 0 {
			v.Findings = append(v.Findings, choice{Label: c.Doc, Href: count(n, "embed")})
		}
	}
	full := *t
	v.card = s.card(t, nil, pageText)
	if first, more := head(full.Text, pageText); more {
		v.Rest = s.links.pieces(full.Text[len(first):], nil)
	}
	for _, l := range v.Lookups {
		if l.Lang != "" && l.Lang != "und" && len(l.Lang) <= 12 {
			v.Lang = l.Lang
		}
	}
	return v, nil
}

type authorView struct {
	page
	*store.Author
	Part     int // of the author's tweets the newest so many are counted
	Timeline *timeline
	Cards    []card
	Articles []articleItem
	Pages    pager // of the articles
}

type articleItem struct {
	store.ArticleRef
	Href string
}

func (s *site) authorPage(ctx context.Context, handle string, number int) (*authorView, error) {
	most := mostOfOne
	if s.most == 0 {
		most = 0
	}
	a, m, err := s.db.Author(ctx, handle, topFacets, most)
	if err != nil {
		return nil, err
	}
	v := &authorView{Author: a, Part: m.Part, page: page{Title: "@" + a.Handle, Nav: "author"}}
	q, err := store.ParseQuery("from:" + a.Handle)
	if err != nil {
		return nil, err
	}
	times, by, err := timesOf(ctx, m)
	if err != nil {
		return nil, err
	}
	v.Timeline = newTimeline(times, by, q, s.links)
	hits, err := m.Search(ctx, store.Page{Sort: store.ByDateDesc, Limit: 5})
	if err != nil {
		return nil, err
	}
	v.Cards = s.cards(hits)
	v.Pages, number = newPager(number, perPage, a.Articles, func(n int) string { return address(s.links.author(a.Handle), "page", fmt.Sprint(n)) })
	articles, err := m.Articles(ctx, perPage, (number-1)*perPage)
	if err != nil {
		return nil, err
	}
	for _, a := range articles {
		v.Articles = append(v.Articles, articleItem{a, s.links.article(a.Origin)})
	}
	return v, nil
}

type articleView struct {
	page
	Article archive.Article
	InAll   int // places of the article
	Gone    bool
	Several bool // articles, of files with the same name
	Places  []sighting
	Tweets  int
	Pages   pager
}

func (s *site) articlePage(ctx context.Context, o archive.Origin, number, per int) (*articleView, error) {
	places, keys, err := s.db.InArticle(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, store.ErrNotFound
	}
	v := &articleView{Article: places[0].Article, InAll: places[0].Places, Gone: places[0].Places == 0, page: page{Nav: "article"}}
	v.Article.Origin = o
	apart := make([]bool, len(places))
	for i := 1; i < len(places); i++ {
		a, b := &places[i-1].Article, &places[i].Article
		apart[i] = a.URL != b.URL || a.Title != b.Title || a.Date != b.Date || a.Outlet != b.Outlet || places[i].Start < places[i-1].End
		v.Several = v.Several || apart[i]
	}
	v.Title = oneLine(v.Article.Title, nameSize)
	if v.Title == "" {
		v.Title = o.String()
	}
	v.Pages, _ = newPager(number, per, len(places), func(n int) string {
		return address(strings.TrimSuffix(s.links.article(o)+"&page="+fmt.Sprint(n), "&page=1"))
	})
	for i := v.Pages.From - 1; i < v.Pages.To; i++ {
		t, err := s.db.Tweet(ctx, keys[i])
		if err != nil {
			return nil, err
		}
		sight := s.sighting(&places[i], t)
		sight.Apart = v.Several && (i == v.Pages.From-1 || apart[i])
		t.Text, _ = head(t.Text, cardText)
		sight.Tweet = t
		v.Places = append(v.Places, sight)
	}
	return v, nil
}

type statsView struct {
	page
	store.Stats
	Total    int // of these the newest Tweets are counted
	Timeline *timeline
}

func (s *site) statsPage(ctx context.Context, query string) (*statsView, error) {
	q, err := store.ParseQuery(query)
	if err != nil {
		return nil, &pageError{400, "This query cannot be understood", err.Error()}
	}
	m, err := s.db.Match(ctx, q, s.most)
	if err != nil {
		return nil, err
	}
	c, err := s.summaryOf(ctx, m, q)
	if err != nil {
		return nil, err
	}
	v := &statsView{page: page{Title: "Statistics", Nav: "stats", Query: query}, Stats: c.stats, Total: c.total}
	v.TopTweets = slices.Clone(v.TopTweets)
	for i := range v.TopTweets {
		t := &v.TopTweets[i]
		t.Label = oneLine(t.Label, 140)
	}
	v.Timeline = newTimeline(c.times, c.by, q, s.links)
	return v, nil
}

// summary is the statistics of a match.
type summary struct {
	stats  store.Stats
	total  int // of these the newest stats.Tweets are counted
	times  []store.Count
	by     store.Unit
	layers []store.Layer // where they are kept
}

func (s *site) summaryOf(ctx context.Context, m *store.Match, q *store.Query) (c summary, err error) {
	if kept := s.wholeOf(ctx, m, q); kept != nil {
		return summary{kept.stats, kept.part, kept.times, kept.by, kept.layers}, nil
	}
	c.total = m.N
	if c.stats, err = m.Stats(ctx, topStats); err == nil {
		c.times, c.by, err = timesOf(ctx, m)
	}
	return c, err
}

type runsView struct {
	page
	Runs []store.Manifest
}

func (s *site) runsPage(ctx context.Context) (*runsView, error) {
	runs, err := s.db.Runs(ctx)
	slices.Reverse(runs)
	return &runsView{page{Title: "Runs", Nav: "runs"}, runs}, err
}

type runView struct {
	page
	*store.Manifest
	Pages  pager
	Forms  []store.Count
	Errors []store.Count
}

func (s *site) runPage(ctx context.Context, key string, number int) (*runView, error) {
	m, total, err := s.db.Run(ctx, key, perList, (max(number, 1)-1)*perList)
	if err != nil {
		return nil, err
	}
	v := &runView{page: page{Title: "Run of " + m.Started, Nav: "runs"}, Manifest: m}
	v.Pages, _ = newPager(number, perList, total, func(n int) string { return s.links.run(key, n) })
	v.Forms, v.Errors = byNumber(m.Counts.Forms), byNumber(m.Counts.Errors)
	return v, nil
}

// byNumber sorts counts, the most first.
func byNumber(counts map[string]int) []store.Count {
	var all []store.Count
	for name, n := range counts {
		all = append(all, store.Count{Name: name, N: n})
	}
	slices.SortFunc(all, func(a, b store.Count) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}
