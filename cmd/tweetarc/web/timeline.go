package web

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// A timeline is a histogram of a query's tweets by the time they were posted, drawn as SVG.
// The link of a bar narrows the query to its time.
type timeline struct {
	Unit   store.Unit
	Bars   []bar
	Most   int
	Height int    // of the drawing, in pixels
	Base   int    // the bottom of the bars
	Begin  string // of the first bar
	End    string // of the last
	Out    int    // tweets with an impossible day, see possible
	Layers []layer
}

type bar struct {
	Name  string // 2018, 2018-03, 2018-03-05
	Label string // 2018, March 2018, 5 March 2018
	Title string // with the number
	Tick  string // the label below it, mostly none
	N     int
	Href  string
	Now   bool // the query is narrowed to it

	X, Width, Middle     string // per cent
	Hit                  string // width including the gap
	Y, Height, TickPlace int    // pixels
	Parts                []barPart
}

// A barPart is the part of a layer in a bar.
type barPart struct {
	Class        string
	N, Y, Height int
}

// Bars are years if there are more than monthsInYears months, or more than monthsSparse of
// which most have no tweet. They are days if there are at most monthsInDays months.
const (
	monthsInYears = 72
	monthsSparse  = 24
	monthsInDays  = 2
)

const (
	timelineHeight = 120
	timelineBase   = 98
	timelineTop    = 8
)

// unitOf chooses the unit of the bars from counts by month.
func unitOf(months []store.Count) store.Unit {
	months, _ = possible(months)
	if len(months) == 0 {
		return store.ByMonth
	}
	first, last := monthNumber(months[0].Name), monthNumber(months[len(months)-1].Name)
	switch n := last - first + 1; {
	case n > monthsInYears, n > monthsSparse && len(months) < n/2:
		return store.ByYear
	case n <= monthsInDays:
		return store.ByDay
	}
	return store.ByMonth
}

// possible leaves out impossible days, before the first tweet or in the future; out is what
// was counted on them.
func possible(counts []store.Count) (some []store.Count, out int) {
	limit := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	for _, c := range counts {
		if c.Name < archive.FirstDay[:len(c.Name)] || c.Name > limit[:len(c.Name)] {
			out += c.N
			continue
		}
		some = append(some, c)
	}
	return some, out
}

func monthNumber(s string) int {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0
	}
	return t.Year()*12 + int(t.Month())
}

var units = map[store.Unit]struct {
	title, layout, label string
	slots                float64 // at least so many bars have room, so that a few do not become too wide
	add                  func(time.Time, int) time.Time
	tick                 func(at time.Time, i int, few bool) string // see tick
}{
	store.ByYear:  {"Years", "2006", "2006", 8, func(t time.Time, n int) time.Time { return t.AddDate(n, 0, 0) }, yearTick},
	store.ByMonth: {"Months", "2006-01", "January 2006", 12, func(t time.Time, n int) time.Time { return t.AddDate(0, n, 0) }, monthTick},
	store.ByDay:   {"Days", "2006-01-02", "2 January 2006", 31, func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }, dayTick},
}

// newTimeline draws counts by a unit, which are in order; nil if no day is known.
func newTimeline(counts []store.Count, by store.Unit, q *store.Query, l *links) *timeline {
	counts, out := possible(counts)
	if len(counts) == 0 {
		return nil
	}
	unit := units[by]
	begin, err := time.Parse(unit.layout, counts[0].Name)
	last, err2 := time.Parse(unit.layout, counts[len(counts)-1].Name)
	if err != nil || err2 != nil {
		return nil // invalid days, which verify reports
	}
	t := &timeline{Unit: by, Height: timelineHeight, Base: timelineBase, Out: out}
	var since, until string
	for _, p := range q.Narrowed() {
		switch p.Operator {
		case "since":
			since = p.Value
		case "until":
			until = p.Value
		}
	}
	i := 0
	for at := begin; !at.After(last); at = unit.add(at, 1) {
		name := at.Format(unit.layout)
		b := bar{Name: name, Label: at.Format(unit.label)}
		for i < len(counts) && counts[i].Name <= name {
			if counts[i].Name == name {
				b.N = counts[i].N
			}
			i++
		}
		from, to := name, unit.add(at, 1).Format(unit.layout)
		b.Title = b.Label + ": " + count(b.N, "tweet")
		b.Now = since == from && until == to
		if b.N > 0 {
			b.Href = l.narrowed(unit.title, name, q, "since:"+from, "until:"+to)
		}
		t.Most = max(t.Most, b.N)
		t.Bars = append(t.Bars, b)
	}
	t.place(begin)
	t.Begin, t.End = t.Bars[0].Label, t.Bars[len(t.Bars)-1].Label
	return t
}

// place gives the bars their places, and some of them a tick.
func (t *timeline) place(begin time.Time) {
	n := float64(len(t.Bars))
	step := 100 / max(n, units[t.Unit].slots)
	for i := range t.Bars {
		b := &t.Bars[i]
		b.X, b.Hit, b.Width, b.Middle = percent(float64(i)*step), percent(step), percent(step*0.82), percent((float64(i)+0.41)*step)
		if b.N > 0 {
			b.Height = max(2, b.N*(timelineBase-timelineTop)/t.Most)
		}
		b.Y, b.TickPlace = timelineBase-b.Height, timelineHeight-4
		b.Tick = tick(t.Unit, units[t.Unit].add(begin, i), i, len(t.Bars))
	}
}

// tick is the label below the i-th of n units of time, which begins at a time; mostly none.
func tick(unit store.Unit, at time.Time, i, n int) string { return units[unit].tick(at, i, n <= 12) }

func yearTick(at time.Time, _ int, few bool) string {
	if few || at.Year()%5 == 0 {
		return strconv.Itoa(at.Year())
	}
	return ""
}

func monthTick(at time.Time, i int, few bool) string {
	january := at.Month() == time.January
	switch {
	case few && (i == 0 || january):
		return at.Format("Jan 2006")
	case january:
		return strconv.Itoa(at.Year())
	case few:
		return at.Format("Jan")
	}
	return ""
}

func dayTick(at time.Time, i int, few bool) string {
	switch d := at.Day(); {
	case d == 1 || i == 0 && d < 27: // a long label: none may follow soon
		return at.Format("2 Jan")
	case d == 11 || d == 21 || few && i%3 == 0:
		return strconv.Itoa(d)
	}
	return ""
}

// Plot writes counts by a unit as an SVG figure.
func Plot(w io.Writer, counts []store.Count, by store.Unit) error {
	l := served
	l.facet = func(_, _, _ string) string { return "" } // a figure has no links
	s, err := newSite(nil, &l)
	if err != nil {
		return err
	}
	t := newTimeline(counts, by, nil, &l)
	if t == nil {
		t = &timeline{Unit: by, Height: timelineHeight, Base: timelineBase}
	}
	const at, middle = 30, 4 // where the bars begin, and half a line of text
	return s.render(w, "plot", struct {
		*timeline
		Top, Bottom int
	}{t, at + timelineTop + middle, at + timelineBase + middle})
}

func percent(f float64) string { return fmt.Sprintf("%.4g%%", f) }

// timesOf counts by the unit that suits the time between the first and the last tweet.
func timesOf(ctx context.Context, m *store.Match) ([]store.Count, store.Unit, error) {
	counts, err := m.Histogram(ctx, store.ByMonth)
	by := unitOf(counts)
	if err == nil && by != store.ByMonth {
		counts, err = m.Histogram(ctx, by)
	}
	return counts, by, err
}
