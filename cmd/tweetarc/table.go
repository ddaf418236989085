package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"
	"golang.org/x/text/unicode/bidi"

	"example.org/tweetarc/store"
)

// formatFlag is --format. The first format is for people, and the default on a terminal;
// the second is the default elsewhere.
func formatFlag(formats ...string) cli.Flag {
	return &cli.StringFlag{Name: "format", Usage: fmt.Sprintf("print as `FORMAT`: %s (default: %s on a terminal, else %s)", oneOf(formats...), formats[0], formats[1])}
}

// oneOf lists what may be chosen.
func oneOf(names ...string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// format is what --format says.
func format(c *cli.Context) string {
	if f := c.String("format"); f != "" {
		return f
	}
	if isTerminal(c.App.Writer) {
		return "table"
	}
	return "jsonl"
}

func isTerminal(w io.Writer) bool {
	f, ok := fileOf(w)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columnsFlag is --columns.
func columnsFlag() cli.Flag {
	return &cli.StringFlag{Name: "columns", Usage: "print only these `COLUMNS`, separated by commas, in this order (see tweetarc schema)"}
}

// rowWriter prints rows on standard output in the format that --format says,
// with the columns that --columns chooses.
func rowWriter(c *cli.Context, columns []store.Column) (store.RowWriter, error) {
	f := format(c)
	if f == "table" {
		if c.String("columns") != "" {
			return nil, usagef(c, "--columns cannot be used with --format table")
		}
		return newTable(c.App.Writer, columns), nil
	}
	newWriter, ok := rowFormats[f]
	if !ok {
		return nil, usagef(c, "--format must be table, jsonl or csv, not %q", f)
	}
	return chosen(c, columns, func(columns []store.Column) store.RowWriter { return newWriter(c.App.Writer, columns) })
}

// chosen makes a writer of the columns that --columns chooses from columns.
func chosen(c *cli.Context, columns []store.Column, newWriter func([]store.Column) store.RowWriter) (store.RowWriter, error) {
	if c.String("columns") == "" {
		return newWriter(columns), nil
	}
	some, cut, err := store.Choose(columns, strings.Split(c.String("columns"), ","))
	if err != nil {
		return nil, usagef(c, "--columns: %v", err)
	}
	return cutting{newWriter(some), cut}, nil
}

// cutting writes some of a row's columns.
type cutting struct {
	store.RowWriter
	cut func(store.Row) store.Row
}

func (c cutting) Write(r store.Row) error { return c.RowWriter.Write(c.cut(r)) }

// table prints one line for each row: day, author, text, place. It fits the
// terminal; a pipe gets 120 columns.
type table struct {
	w                   *bufio.Writer
	columns             map[string]int
	author, text, place int // widths
	bold                bool
}

func newTable(w io.Writer, columns []store.Column) *table {
	t := &table{w: bufio.NewWriter(w), columns: map[string]int{}}
	for i, c := range columns {
		t.columns[c.Name] = i
	}
	width := 120
	if f, ok := fileOf(w); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			width = n
		}
	}
	t.bold = isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	t.resize(width)
	return t
}

// resize shares a line of so many cells among the columns.
func (t *table) resize(width int) {
	t.author = min(24, width/5)
	t.place = min(36, width*3/10)
	t.text = max(10, width-10-t.author-t.place-6)
}

func (t *table) Write(r store.Row) error {
	v := func(name string) string {
		if i, ok := t.columns[name]; ok {
			return r.Values[i]
		}
		return ""
	}
	who := v("author")
	if h := v("handle"); h != "" {
		who = strings.TrimSpace(who + " @" + h)
	}
	return t.line(v("posted_date"), who, v("text"), v("file")+":"+v("record"))
}

// line prints a row; text may come with its marks, fitted to the column.
func (t *table) line(day, who, text, place string) error {
	if text == "" {
		text = "-"
	}
	if !strings.Contains(text, markOn) {
		text = fit(text, t.text, false)
	}
	_, err := fmt.Fprintf(t.w, "%s  %s  %s  %s\n", fit(day, 10, false), fit(who, t.author, false), text, strings.TrimRight(fit(place, t.place, true), " "))
	return err
}

// Bold on a terminal that shows colours.
const (
	markOn  = "\x1b[1m"
	markOff = "\x1b[0m"
)

// snippet is the part of a text that holds the first mark, the marks bold where
// the terminal shows it.
func (t *table) snippet(text string, marks []store.Span) string {
	if len(marks) == 0 {
		return text
	}
	// Begin some words before the first mark, if it would not be seen otherwise.
	from := 0
	if runewidth.StringWidth(text[:marks[0].End]) > t.text {
		from = marks[0].Start
		for n := 0; from > 0 && n < t.text/3; n++ {
			_, w := utf8.DecodeLastRuneInString(text[:from])
			from -= w
		}
	}
	var b strings.Builder
	room := t.text
	if from > 0 {
		b.WriteString("…")
		room--
	}
	put := func(s string, bold bool) {
		s = plain(s)
		if runewidth.StringWidth(s) > room {
			s = runewidth.Truncate(s, room, "…")
		}
		room -= runewidth.StringWidth(s)
		if bold && s != "" {
			s = markOn + s + markOff
		}
		b.WriteString(s)
	}
	at := from
	for _, m := range marks {
		if m.Start < at || room <= 0 {
			continue
		}
		put(text[at:m.Start], false)
		put(text[m.Start:m.End], t.bold)
		at = m.End
	}
	if room > 0 {
		put(text[at:], false)
	}
	return isolated(b.String()) + strings.Repeat(" ", max(0, room))
}

func (t *table) Close() error { return t.w.Flush() }

// fit makes s exactly width cells wide and harmless for a terminal; what is
// too long is cut at its end, or at its beginning.
func fit(s string, width int, keepEnd bool) string {
	s = strings.TrimSpace(plain(s))
	if runewidth.StringWidth(s) > width {
		if keepEnd {
			s = runewidth.TruncateLeft(s, runewidth.StringWidth(s)-width+1, "…")
		} else {
			s = runewidth.Truncate(s, width, "…")
		}
	}
	return runewidth.FillRight(isolated(s), width)
}

// isolated keeps text that is written from right to left from changing the order of its
// neighbours in the line (FSI and PDI of Unicode's UAX 9, which have no width).
func isolated(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		p, _ := bidi.LookupRune(r)
		return p.Class() == bidi.R || p.Class() == bidi.AL
	}) {
		return "\u2068" + s + "\u2069"
	}
	return s
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// are is how many of a noun are.
func are(n int, noun string) string {
	if n == 1 {
		return plural(n, noun) + " is"
	}
	return plural(n, noun) + " are"
}

// plain is s on one line and safe to print: signs that move a terminal's cursor or change
// the direction of its text are shown as \u001b. Other invisible signs are left out.
func plain(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case unicode.IsControl(r), 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
			fmt.Fprintf(&b, `\u%04x`, r)
		case unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d: // joiners are part of words
		default:
			b.WriteRune(r)
		}
		space = false
	}
	return b.String()
}
