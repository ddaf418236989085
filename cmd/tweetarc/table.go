package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/mattn/go-runewidth"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"tweetarc/store"
)

// formatFlag is --format; the first of the formats is for people and the
// default on a terminal, the second the default elsewhere.
func formatFlag(formats ...string) cli.Flag {
	return &cli.StringFlag{Name: "format", Usage: fmt.Sprintf("`%s` (default: %s on a terminal, else %s)", strings.Join(formats, "|"), formats[0], formats[1])}
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
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// rowWriter prints rows on standard output in the format that --format says.
func rowWriter(c *cli.Context, columns []store.Column) (store.RowWriter, error) {
	f := format(c)
	if f == "table" {
		return newTable(c.App.Writer, columns), nil
	}
	newWriter, ok := rowFormats[f]
	if !ok {
		return nil, usagef(c, "--format: table, jsonl or csv, not %q", f)
	}
	return newWriter(c.App.Writer, columns), nil
}

// table prints one line for each row: day, author, text, place. It fits the
// terminal; a pipe gets 120 columns.
type table struct {
	w                   *bufio.Writer
	columns             map[string]int
	author, text, place int // widths
}

func newTable(w io.Writer, columns []store.Column) *table {
	t := &table{w: bufio.NewWriter(w), columns: map[string]int{}}
	for i, c := range columns {
		t.columns[c.Name] = i
	}
	width := 120
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			width = n
		}
	}
	t.author = min(24, width/5)
	t.place = min(36, width/4)
	t.text = max(10, width-10-t.author-t.place-6)
	return t
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

func (t *table) line(day, who, text, place string) error {
	if text == "" {
		text = "-"
	}
	_, err := fmt.Fprintf(t.w, "%s  %s  %s  %s\n", fit(day, 10, false), fit(who, t.author, false), fit(text, t.text, false), strings.TrimRight(fit(place, t.place, true), " "))
	return err
}

func (t *table) Close() error { return t.w.Flush() }

// fit makes s exactly width cells wide and harmless for a terminal; what is
// too long is cut at its end, or at its beginning.
func fit(s string, width int, keepEnd bool) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != 0x200d { // direction overrides and the like
			return -1
		}
		return r
	}, s)
	if runewidth.StringWidth(s) > width {
		if keepEnd {
			s = runewidth.TruncateLeft(s, runewidth.StringWidth(s)-width+1, "…")
		} else {
			s = runewidth.Truncate(s, width, "…")
		}
	}
	return runewidth.FillRight(s, width)
}

// printTweets prints what a search found.
func printTweets(c *cli.Context, found []store.Tweet) error {
	if f := format(c); f != "table" {
		out, err := rowWriter(c, store.TweetColumns)
		if err != nil {
			return err
		}
		for i := range found {
			if err := out.Write(found[i].Row()); err != nil {
				return err
			}
		}
		return out.Close()
	}
	t := newTable(c.App.Writer, nil)
	for _, tw := range found {
		who := strings.TrimSpace(tw.Author + " @" + tw.Handle)
		if err := t.line(tw.Date, who, tw.Text, fmt.Sprintf("%s:%d", tw.FirstFile, tw.FirstRecord)); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(c.App.ErrWriter, "no tweets found")
	}
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// tell prints what a scan read and found.
func (t *tally) tell(c *cli.Context) {
	w := c.App.ErrWriter
	fmt.Fprintf(w, "%s, %d with tweets, %s\n", plural(t.articles, "article"), t.with, plural(t.embeds, "embed"))
	if n := sum(t.skipped); n > 0 {
		fmt.Fprintf(w, "%d skipped: %s\n", n, reasons(t.skipped))
	}
	if n := sum(t.errors); n > 0 {
		fmt.Fprintf(w, "%d could not be read: %s\n", n, reasons(t.errors))
	}
}

// tellAll is tell with what the archive says, and the time it took.
func (t *tally) tellAll(c *cli.Context, counts store.Counts, bytes int64) {
	t.tell(c)
	w := c.App.ErrWriter
	if counts.Skipped > 0 {
		fmt.Fprintf(w, "%s unchanged since archived, not read again\n", plural(counts.Skipped, "file"))
	}
	took := time.Since(t.began)
	fmt.Fprintf(w, "%.1f s, %.0f MB/s\n", took.Seconds(), float64(bytes)/1e6/max(took.Seconds(), 1e-3))
}

// failure is the error of a scan that read nothing because no input could be read.
func (t *tally) failure() error {
	if t.failedFiles > 0 {
		return fmt.Errorf("%s could not be read", plural(t.failedFiles, "input"))
	}
	return nil
}

// stopped words the end of a scan by a signal.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped")
	}
	return err
}
