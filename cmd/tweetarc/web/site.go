package web

import (
	"cmp"
	"html/template"
	"io"
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
	most  int    // how many of the tweets found are counted; 0 is all
	whole *whole // counts of all tweets; nil if they are not kept
}

// How much is on a page.
const (
	mostCounted = 4_000 // tweets of a query
	mostOfOne   = 250   // tweets of an author
	perPage     = 20    // tweets
	perPlaces   = 25    // embeds of an article
	perTweet    = 100   // embeds of a tweet: most have the same words, and are folded
	mostHidden  = 1_000 // superseded embeds of a tweet
	perList     = 100   // articles, inputs
	topFacets   = 8
	topStats    = 15
	nameSize    = 80 // characters of a name
	titleSize   = 240
)

func newSite(db *store.DB, l *links) (*site, error) {
	s := &site{db: db, links: l}
	var err error
	var operators template.HTML // the same on all pages, so made once
	pages := []string{"templates/*.html"}
	if l.review { // parsing them takes a good part of the start
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

// states are the states of lookups in words.
var states = map[string]string{
	"found":    "found",
	"gone":     "gone",
	"hidden":   "not public",
	"withheld": "withheld",
	"unknown":  "not known",
	"maybe":    "possibly this one",
}

// grouped is a number with commas: 1,234.
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

// dayInWords is a day as 5 March 2018; if it is not a day, it stays as it is.
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
	Share       string // of the greatest number, per cent
	Href        string
	Out         bool // the link leaves these pages
}

// list makes a list of counts. Their names are all of one kind: author, tweet, article,
// outlet, the value of an operator of the search (the kind is the operator), or "".
func (l *links) list(title, kind string, counts []store.Count) list {
	most := 1
	for _, c := range counts {
		most = max(most, c.N)
	}
	v := list{Title: title}
	for _, c := range counts {
		item := l.listItem(kind, c)
		item.N, item.Share = c.N, percent(100*float64(c.N)/float64(most))
		v.Items = append(v.Items, item)
	}
	return v
}

func (l *links) listItem(kind string, c store.Count) (item listItem) {
	name := oneLine(c.Name, titleSize)
	item.Label = cmp.Or(oneLine(c.Label, titleSize), name)
	switch kind {
	case "":
	case "author":
		item.Href, item.Note = l.author(c.Name), "@"+oneLine(c.Name, nameSize)
		if item.Label == name {
			item.Label, item.Note = item.Note, ""
		}
	case "tweet":
		item.Href = l.tweet(c.Name)
	case "article":
		item.Href = outside(c.Name)
		if item.Out = item.Href != ""; !item.Out {
			item.Href = l.articleNamed(c.Name)
		}
	case "outlet":
		item.Label, item.Href = cmp.Or(item.Label, "not known"), l.outlet(c.Name)
	default:
		item.Label = cmp.Or(item.Label, "not known")
		if term := store.Term(kind, c.Name); c.Name != "" && term != "" {
			item.Href = l.search(search{Query: term})
		}
	}
	return item
}

// articleNamed is the page of an article with the name file:record, "" for other names.
func (l *links) articleNamed(name string) string {
	i := strings.LastIndexByte(name, ':')
	if i <= 0 {
		return ""
	}
	record, err := strconv.Atoi(name[i+1:])
	if err != nil {
		return ""
	}
	return l.article(archive.Origin{File: name[:i], Record: record})
}

// page is what every page has.
type page struct {
	Title string
	Nav   string // which part of the site it is
	Query string // what is in the search field
	Focus bool   // the search field has the focus
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
	Sure          string // confidence, per cent; "" if it is 100 or there is no text
	In            seenIn
}

// seenIn is the article of a tweet's first embed, in the order of files and records.
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

// sure is a confidence in per cent, rounded down, so that 100 means certain.
func sure(confidence float64) string { return strconv.Itoa(int(confidence*100 + 1e-9)) }

func (s *site) card(t *store.Tweet, marks []store.Span, n int) card {
	part, marks, before, after := window(t.Text, marks, n)
	c := card{Tweet: t, Text: s.links.pieces(part, marks), Before: before, After: after, Lang: langOf(part)}
	if t.Confidence < 1 && t.Text != "" {
		c.Sure = sure(t.Confidence)
	}
	if before || after {
		c.Length = utf8.RuneCountInString(t.Text)
		t.Text = "" // saves memory: the view is kept
	}
	return c
}

// cards shows tweets that were found.
func (s *site) cards(hits []store.Hit) []card {
	cards := make([]card, len(hits))
	for i := range hits {
		h := &hits[i]
		cards[i] = s.card(&h.Tweet, h.Highlights, cardText)
		cards[i].In = s.seenIn(h)
	}
	return cards
}

type articleItem struct {
	store.ArticleRef
	Href string
}

type choice struct {
	Label, Href string
	Now         bool
}

// A pager has the links to the pages of a list.
type pager struct {
	From, To, Total int
	Pages           []choice // a Label "" is a gap
	Back, On        string
}

// newPager makes the links, and returns the number of the page, which is a possible one.
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
