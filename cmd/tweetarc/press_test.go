package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// press is the invented corpus of ANALYSIS.md: what six papers printed in two years, as
// a CSV with the columns of those on Kaggle, and the truth of every tweet in it.
type press struct {
	*rand.Rand
	rows   []pressRow
	tweets []pressEmbed // the last ones, which other papers print, too
}

// pressRow is a row of it: an article, or one that the corpus has twice.
type pressRow struct {
	id, outlet, section string
	date                time.Time
	title, url, text    string
	twice               bool
	embeds              []pressEmbed
}

// pressEmbed is a tweet in an article.
type pressEmbed struct {
	name, handle, text string
	day                time.Time
	id                 string // where the article gives it
	other              bool   // a post of another network, which looks the same
}

// The papers, and how many of 100 of their articles have a tweet in the first year.
var papers = []struct {
	outlet, site string
	share        int
}{
	{"Harbour Post", "harbourpost.example", 20},
	{"The Daily Loom", "dailyloom.example", 9},
	{"Evening Thread", "eveningthread.example", 14},
	{"Ferry Times", "ferrytimes.example", 5},
	{"Hill Gazette", "hillgazette.example", 9},
	{"Mill Courier", "millcourier.example", 3},
}

var (
	sections   = []string{"News", "News", "News", "Politics", "Sport", "Trade, crafts"}
	firstNames = strings.Fields("Mira Tom Jane Rio Ada Pavel Nuria Odd Sanna Ivo Lena Kofi")
	lastNames  = strings.Fields("Weaver Thread Rowe Tann Quill Miller Fenn Harrow Stitch Oakes")
	// A sentence of a paper is who did what and when, one of a tweet feeling, thing and end.
	who   = []string{"The council", "The harbour master", "A spokesman of the ferry", "The weavers of the old town", "The owner of the mill", "The minister", "The school board", "A judge in the hill district", "The trade union", "The museum", "The water company", "A group of neighbours", "The coach of the rowing club", "The fire brigade"}
	did   = []string{"met to discuss the new bridge", "said that the budget would be short", "refused to comment on the report", "opened a second office near the station", "asked for more time", "presented a plan for the quay", "lost the vote by a narrow margin", "found that the roof needed repair", "promised to answer in writing", "rejected the offer of the bank", "closed the road for a week", "won an appeal against the fine", "counted fewer visitors than before", "hired twelve people for the season"}
	when  = []string{"on Monday", "after a long debate", "in the spring", "for the third time this year", "before the holidays", "late in the evening", "without giving a reason", "in front of some forty people", "as had been expected", "according to its own figures"}
	feel  = []string{"We have waited twelve years for", "Nobody asked me about", "I cannot believe what they did to", "So proud of", "Once more I am late because of", "Please, somebody explain", "Tonight we sing for", "There is no excuse for", "I walked home past", "My children love", "Today I learned about", "Thank you to everybody at", "Who pays for", "Good morning from"}
	thing = []string{"this bridge", "the ferry", "our mill", "the new timetable", "that old crane", "the harbour lights", "the market hall", "the rowing club", "the vote on the quay", "the library", "a street without trees", "the last bakery", "the long winter", "tram number four"}
	end   = []string{"and it was worth it!", "#harbourtown", "and I will say so on Thursday.", "Bring a scarf.", "pic.twitter.com/%s", "#weave #mend", "Ask the council!", "You will not regret it.", "That is all I have to say…", "https://t.co/%s", "What a day", "and so should you"}
	// What a paper prints between its own words and a tweet.
	intro = []string{"", "", "", "", "She answered at once:", "He wrote on Twitter:", "One of them tweeted:", "Not everybody agreed:", "The mayor put it like this."}
	// What has a handle, a link or a day, and is no tweet.
	near = []string{"Follow our reporter NAME (@HANDLE) for more.", "Photo: NAME (@HANDLE)", "By NAME (@HANDLE) DAY", "More at https://twitter.com/HANDLE and on our pages.", "Write to us at twitter.com, by letter, or at the counter.", "A video shared by NAME (@HANDLE) on another network had been seen a thousand times."}
)

const (
	pressArticles = 5000
	pressTwice    = 12 // rows that the corpus has twice
)

// newPress prints always the same.
func newPress() *press {
	p := &press{Rand: rand.New(rand.NewPCG(22, 5000))}
	for i := range pressArticles - pressTwice {
		p.rows = append(p.rows, p.article(i))
	}
	for i := range pressTwice {
		again := p.rows[i*397]
		again.twice = true
		p.rows = append(p.rows, again)
	}
	for i := range p.rows {
		p.rows[i].id = fmt.Sprintf("%06d", 17+i)
	}
	return p
}

func (p *press) pick(some []string) string { return some[p.IntN(len(some))] }

// prose is some sentences of a paper.
func (p *press) prose(n int) string {
	var all []string
	for range n {
		all = append(all, p.pick(who)+" "+p.pick(did)+" "+p.pick(when)+".")
	}
	return strings.Join(all, " ")
}

func (p *press) person() (name, handle string) {
	first, last := p.pick(firstNames), p.pick(lastNames)
	return first + " " + last, strings.ToLower(first + "_" + last)
}

// tweet is one of about that day: new, or one that another article has, too.
func (p *press) tweet(day time.Time) pressEmbed {
	if n := len(p.tweets); n > 0 && p.IntN(5) == 0 {
		e := p.tweets[n-1-p.IntN(min(n, 6))]
		if lag := day.Sub(e.day).Hours() / 24; lag >= 0 && lag < 60 {
			e.id = ""
			return e
		}
	}
	e := pressEmbed{day: day.AddDate(0, 0, -[]int{0, 0, 0, 0, 1, 1, 1, 2, 5, 9}[p.IntN(10)])}
	if p.IntN(100) < 6 { // it is tomorrow in the service's zone
		e.day = day.AddDate(0, 0, 1)
	}
	e.name, e.handle = p.person()
	e.text = p.pick(feel) + " " + p.pick(thing)
	if p.IntN(3) == 0 {
		e.text += ". " + p.pick(feel) + " " + p.pick(thing)
	}
	last := p.pick(end)
	if strings.Contains(last, "%s") {
		last = fmt.Sprintf(last, strconv.FormatUint(p.Uint64()|1<<62, 36)[:10])
	}
	e.text += " " + last
	e.other = p.IntN(30) == 0
	if !e.other {
		p.tweets = append(p.tweets, e)
	}
	return e
}

// statusID is an ID of that day.
func (p *press) statusID(day time.Time) string {
	ms := day.UnixMilli() + int64(p.IntN(86_400_000))
	return strconv.FormatInt((ms-1288834974657)<<22|int64(p.IntN(1<<22)), 10)
}

// article is one with a tweet, something like one, or neither.
func (p *press) article(i int) pressRow {
	paper := papers[p.IntN(len(papers))]
	day := time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*730/pressArticles)
	r := pressRow{outlet: paper.outlet, section: p.pick(sections), date: day, title: "Of " + p.pick(thing) + " and " + p.pick(thing)}
	r.url = fmt.Sprintf("https://www.%s/%d/%d", paper.site, day.Year(), 1000+i)
	if p.IntN(5) == 0 {
		r.section = ""
	}
	parts := []string{p.prose(2 + p.IntN(3))}
	between := "\n\n"
	if p.IntN(10) < 3 { // flattened: every line break is a space
		between = " "
	}
	share := paper.share + 5*(day.Year()-2018)
	switch n := p.IntN(100); {
	case n < share:
		for range []int{1, 1, 1, 1, 1, 1, 1, 2, 2, 3}[p.IntN(10)] {
			e := p.tweet(day)
			for _, other := range r.embeds {
				if other.handle == e.handle {
					e.handle = ""
				}
			}
			if e.handle == "" {
				continue
			}
			printed := e.day.Format("January 2, 2006")
			if between != " " && !e.other && p.IntN(5) == 0 { // as Markdown, with the link
				e.id = p.statusID(e.day)
				printed = "[" + printed + "](https://twitter.com/" + e.handle + "/status/" + e.id + ")"
			}
			if said := p.pick(intro); said != "" {
				parts = append(parts, said)
			}
			parts = append(parts, fmt.Sprintf("%s — %s (@%s) %s", e.text, e.name, e.handle, printed), p.prose(1+p.IntN(2)))
			r.embeds = append(r.embeds, e)
		}
	case n < share+6:
		name, handle := p.person()
		parts = append(parts, strings.NewReplacer("NAME", name, "HANDLE", handle, "DAY", day.Format("January 2, 2006")).Replace(p.pick(near)), p.prose(2))
	}
	r.text = strings.Join(parts, between)
	return r
}

// write writes it as a CSV.
func (p *press) write(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"id", "publication", "section", "date", "title", "url", "content"})
	for _, r := range p.rows {
		out.Write([]string{r.id, r.outlet, r.section, r.date.Format(time.DateOnly), r.title, r.url, r.text})
	}
	out.Flush()
	return out.Error()
}
