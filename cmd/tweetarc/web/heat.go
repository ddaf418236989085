package web

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/store"
)

// A heat is a table of counts by two dimensions, where time goes from left to right and
// darker cells count more. By one dimension it is a list.
type heat struct {
	By, Of  string // as in the address
	Caption string
	Notes   []string
	Corner  string // what the rows are: a dimension
	Columns []heatColumn
	Rows    []heatRow
	Steps   []heatStep
	Empty   bool

	// Pixels of the drawing.
	Width, Height, Left, Top, LegendTop int
}

type heatColumn struct {
	Label, Tick string
	X           int
	slanted     bool
}

type heatRow struct {
	Label, Href string
	Cells       []heatCell
	Y, Middle   int
}

type heatCell struct {
	Text, Title      string
	Step             int // 0 is nothing
	Href             string
	X, Width, Middle int
}

// A heatStep is a colour and the numbers it means.
type heatStep struct {
	Step     int
	Label    string
	X, TextX int
}

const (
	heatSteps   = 8
	heatColumns = 120 // at most; of a time, the last ones
	heatHeight  = 24  // of a row
	heatLabel   = 24  // characters of a name in a drawing
)

// newHeat shows a table of counts.
func newHeat(c *store.Crosstab, of store.Measure, q *store.Query, l *links) *heat {
	h := &heat{By: byOf(c.Dims), Of: string(of), Caption: heatTitle(c.Dims, of), Empty: len(c.Cells) == 0}
	if len(c.Dims) == 1 {
		h.list(c, q, l)
	} else {
		h.matrix(c, of, q, l)
	}
	for i, n := range c.Out {
		if n > 0 {
			h.Notes = append(h.Notes, fmt.Sprintf("Not shown: %s of %s.", count(n, "more value"), c.Dims[i]))
		}
		if c.Dims[i].Several() {
			h.Notes = append(h.Notes, fmt.Sprintf("A tweet counts once for each %s that it has. A tweet without one is not in the table.", c.Dims[i]))
		}
	}
	if c.Shares && c.Outside > 0 && (of == store.OfShare || len(c.Dims) == 1) {
		h.Notes = append(h.Notes, fmt.Sprintf("The shares leave out %s with tweets, read without --count-all.", count(c.Outside, "article")))
	}
	return h
}

func byOf(dims []store.Dim) string {
	names := make([]string, len(dims))
	for i, d := range dims {
		names[i] = string(d)
	}
	return strings.Join(names, ",")
}

func heatTitle(dims []store.Dim, of store.Measure) string {
	title := map[store.Measure]string{store.OfEmbeds: "Embeds", store.OfTweets: "Tweets", store.OfArticles: "Articles with tweets", store.OfShare: "Share of articles with tweets"}[of]
	for i, d := range dims {
		title += [2]string{" by ", " and "}[i] + d.String()
	}
	return title
}

// measured is a count for people to read, "" if it is nothing or not known.
func measured(t store.Tally, of store.Measure) string {
	switch n, known := t.Of(of); {
	case !known, n == 0 && of != store.OfShare:
		return ""
	case of == store.OfShare:
		return strconv.FormatFloat(100*n, 'f', 1, 64) + "%"
	default:
		return grouped(int(n))
	}
}

func labelIn(value string, n int) string {
	if value == "" {
		return "not known"
	}
	return oneLine(value, n)
}

// hrefOf is the query narrowed to values, "" if no operator asks for one of them.
func hrefOf(q *store.Query, l *links, dims []store.Dim, values ...string) string {
	var terms []string
	for i, d := range dims {
		t := d.Terms(values[i])
		if t == nil {
			return ""
		}
		terms = append(terms, t...)
	}
	return l.narrowed("", "", q, terms...)
}

// list shows a table by one dimension, with a column for each measure.
func (h *heat) list(c *store.Crosstab, q *store.Query, l *links) {
	h.Caption = "Counts by " + c.Dims[0].String()
	h.Corner = c.Dims[0].String()
	columns := store.Measures
	if !c.Shares {
		columns = columns[:3]
	}
	for _, of := range columns {
		h.Columns = append(h.Columns, heatColumn{Label: string(of), slanted: true})
	}
	for _, cell := range c.Cells {
		row := heatRow{Label: labelIn(cell.Values[0], nameSize), Href: hrefOf(q, l, c.Dims, cell.Values[0])}
		for _, of := range columns {
			row.Cells = append(row.Cells, heatCell{Text: measured(cell.Tally, of)})
		}
		h.Rows = append(h.Rows, row)
	}
}

// matrix shows a table by two dimensions. If one of them is a time, it has the columns.
func (h *heat) matrix(c *store.Crosstab, of store.Measure, q *store.Query, l *links) {
	down, across := 0, 1
	if first, _ := c.Dims[0].Unit(); first != "" {
		if second, _ := c.Dims[1].Unit(); second == "" {
			down, across = 1, 0
		}
	}
	h.Corner = c.Dims[down].String()
	names := h.across(c.Dims[across], c.Values[across])
	most := 0.0
	for _, cell := range c.Cells {
		if n, known := cell.Of(of); known && slices.Contains(names, cell.Values[across]) {
			most = max(most, n)
		}
	}
	for _, v := range c.Values[down] {
		row := heatRow{Label: labelIn(v.Name, nameSize), Href: hrefOf(q, l, c.Dims[down:down+1], v.Name)}
		for i, name := range names {
			values := [2]string{}
			values[down], values[across] = v.Name, name
			t := c.Cell(values[:]...)
			cell := heatCell{Text: measured(t, of), Step: stepOf(t, of, most)}
			cell.Title = fmt.Sprintf("%s, %s: %s", row.Label, h.Columns[i].Label, inWords(t))
			if t.Embeds > 0 {
				cell.Href = hrefOf(q, l, c.Dims, values[:]...)
			}
			row.Cells = append(row.Cells, cell)
		}
		h.Rows = append(h.Rows, row)
	}
	h.steps(of, most)
}

// inWords is everything that was counted in a cell.
func inWords(t store.Tally) string {
	s := fmt.Sprintf("%s, %s, %s", count(t.Embeds, "embed"), count(t.Tweets, "tweet"), count(t.Articles, "article"))
	if share, known := t.Share(); known {
		s += fmt.Sprintf("; tweets are in %.1f%% of %s", 100*share, count(t.Counted, "article"))
	}
	return s
}

// across makes the columns and returns their values. Of a time there are all columns from
// the first to the last, also those without a count.
func (h *heat) across(d store.Dim, values []store.Value) (names []string) {
	by, _ := d.Unit()
	unit, isTime := units[by]
	if !isTime {
		for _, v := range values[:min(len(values), heatColumns)] {
			names = append(names, v.Name)
			h.Columns = append(h.Columns, heatColumn{Label: labelIn(v.Name, nameSize), Tick: labelIn(v.Name, heatLabel), slanted: true})
		}
		return names
	}
	var counts []store.Count
	unknown := false
	for _, v := range values {
		if _, err := time.Parse(unit.layout, v.Name); err == nil {
			counts = append(counts, store.Count{Name: v.Name, N: v.Embeds})
		} else {
			unknown = true // or an invalid day, which verify reports
		}
	}
	counts, out := possible(counts)
	if out > 0 {
		h.Notes = append(h.Notes, "Not shown: "+count(out, "embed")+" with an impossible day (before 2006 or in the future).")
	}
	if len(counts) > 0 {
		first, _ := time.Parse(unit.layout, counts[0].Name)
		last, _ := time.Parse(unit.layout, counts[len(counts)-1].Name)
		if begin := unit.add(last, 1-heatColumns); first.Before(begin) {
			h.Notes = append(h.Notes, fmt.Sprintf("Only the last %d %ss are shown.", heatColumns, by))
			first = begin
		}
		for at := first; !at.After(last); at = unit.add(at, 1) {
			names = append(names, at.Format(unit.layout))
		}
		for i := range names {
			at := unit.add(first, i)
			h.Columns = append(h.Columns, heatColumn{Label: at.Format(unit.label), Tick: tick(by, at, i, len(names))})
		}
	}
	if unknown {
		names = append(names, "")
		h.Columns = append(h.Columns, heatColumn{Label: "not known", Tick: "?"})
	}
	return names
}

// stepOf is how dark a cell is. It grows with the square root of a count, because some
// counts are far above the others.
func stepOf(t store.Tally, of store.Measure, most float64) int {
	n, _ := t.Of(of)
	if n <= 0 || most <= 0 {
		return 0
	}
	part := n / most
	if of != store.OfShare {
		part = math.Sqrt(part)
	}
	return min(heatSteps, max(1, int(math.Ceil(heatSteps*part-1e-9))))
}

// steps makes the legend of the colours.
func (h *heat) steps(of store.Measure, most float64) {
	for step := 1; step <= heatSteps; step++ {
		label := ""
		if of == store.OfShare {
			label = fmt.Sprintf("≤ %.1f%%", 100*most*float64(step)/heatSteps)
		} else {
			bound := func(k int) int { return int(math.Floor(most*float64(k*k)/(heatSteps*heatSteps) + 1e-9)) }
			from, to := bound(step-1)+1, bound(step)
			switch {
			case from > to:
				continue // no number has this colour
			case from == to:
				label = grouped(to)
			default:
				label = grouped(from) + "–" + grouped(to)
			}
		}
		if most > 0 {
			h.Steps = append(h.Steps, heatStep{Step: step, Label: label})
		}
	}
}

// place gives everything its place in the drawing.
func (h *heat) place() {
	const margin, legend, letter = 16, 86, 6.6
	longest := 6
	for i := range h.Rows {
		label, _ := head(h.Rows[i].Label, heatLabel)
		if label != h.Rows[i].Label {
			label += "…"
		}
		h.Rows[i].Label = label
		longest = max(longest, len([]rune(label)))
	}
	width := min(48, max(13, 640/max(1, len(h.Columns))))
	h.Left, h.Top = margin+int(float64(longest)*letter)+8, 54
	slanted := 0
	for i := range h.Columns {
		h.Columns[i].X = h.Left + i*width + width/2
		if h.Columns[i].slanted {
			slanted = max(slanted, len([]rune(h.Columns[i].Tick)))
		}
	}
	h.Top += int(float64(slanted) * letter * 0.64)
	room := true // for the number of each cell; otherwise numbers are only in the titles
	for _, r := range h.Rows {
		for _, c := range r.Cells {
			room = room && float64(len([]rune(c.Text)))*letter <= float64(width)
		}
	}
	for i := range h.Rows {
		r := &h.Rows[i]
		r.Y = h.Top + i*heatHeight
		r.Middle = r.Y + heatHeight/2 + 4
		for j := range r.Cells {
			c := &r.Cells[j]
			c.X, c.Width, c.Middle = h.Left+j*width, width-1, h.Columns[j].X
			if !room {
				c.Text = ""
			}
		}
	}
	h.LegendTop = h.Top + len(h.Rows)*heatHeight + 16
	for i := range h.Steps {
		s := &h.Steps[i]
		s.X, s.TextX = h.Left+i*legend, h.Left+i*legend+18
	}
	right := h.Left + max(len(h.Columns)*width+int(float64(slanted)*letter*0.77), len(h.Steps)*legend, int(float64(len(h.Caption))*8))
	h.Width, h.Height = right+margin, h.LegendTop+24+18*len(h.Notes)
}

// Slanted says whether the label of a column is turned, to save room.
func (c heatColumn) Slanted() bool { return c.slanted }

// ColumnY, RowX and LegendText are positions of text.
func (h *heat) ColumnY() int    { return h.Top - 6 }
func (h *heat) RowX() int       { return h.Left - 8 }
func (h *heat) LegendText() int { return h.LegendTop + 11 }

// NoteY is the position of the i-th note.
func (h *heat) NoteY(i int) int { return h.LegendTop + 32 + 18*i }

// HeatMap writes a table by two dimensions as an SVG figure.
func HeatMap(w io.Writer, c *store.Crosstab, of store.Measure) error {
	if len(c.Dims) != 2 {
		return fmt.Errorf("a heat map has two dimensions, not %d", len(c.Dims))
	}
	l := served
	l.facet = func(_, _, _ string) string { return "" } // a figure has no links
	s, err := newSite(nil, &l)
	if err != nil {
		return err
	}
	h := newHeat(c, of, nil, &l)
	h.place()
	return s.render(w, "heatmap", h)
}
