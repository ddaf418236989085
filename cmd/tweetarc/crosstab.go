package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/urfave/cli/v2"

	"example.org/tweetarc/cmd/tweetarc/web"
	"example.org/tweetarc/store"
)

// Tested in script_test.go.

// crosstabAction is stats --by, except for a unit of time alone.
func crosstabAction(c *cli.Context, format string) error {
	dims, of, err := crosstabFlags(c, format)
	if err != nil {
		return err
	}
	_, rows := rowFormats[format]
	top := max(1, c.Int("top"))
	if rows && !c.IsSet("top") {
		top = 0
	}
	q, err := parseQuery(c, strings.Join(c.Args().Slice(), " "))
	if err != nil {
		return err
	}
	db, err := openArchive(c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := keptDims(c, db, dims); err != nil {
		return err
	}
	m, err := db.Match(c.Context, q, 0)
	if err != nil {
		return err
	}
	t, err := m.Crosstab(c.Context, dims, top)
	if err == nil {
		err = t.Knows(of)
	}
	if err != nil {
		return err
	}
	if err := showCrosstab(c.App.Writer, format, t, of); err != nil {
		return err
	}
	tellCrosstab(c.App.ErrWriter, t, rows || len(dims) == 1 || of == store.OfShare)
	return nil
}

func showCrosstab(w io.Writer, format string, t *store.Crosstab, of store.Measure) error {
	switch newWriter := rowFormats[format]; {
	case newWriter != nil:
		return writeCrosstab(newWriter(w, t.Columns()), t)
	case format == "svg":
		return web.HeatMap(w, t, of)
	case len(t.Dims) == 1:
		return printTallies(w, t)
	}
	return printCrosstab(w, t, of)
}

// crosstabFlags are what --by and --of ask for.
func crosstabFlags(c *cli.Context, format string) ([]store.Dim, store.Measure, error) {
	dims, err := store.ParseDims(c.String("by"))
	if err != nil {
		return nil, "", usagef(c, "--by: %v", err)
	}
	of := store.Measure(cmp.Or(c.String("of"), string(store.OfEmbeds)))
	switch {
	case !slices.Contains(store.Measures, of):
		err = usagef(c, "--of must be embeds, tweets, articles or share, not %q", of)
	case c.IsSet("of") && (rowFormats[format] != nil || len(dims) < 2):
		err = usagef(c, "--of needs --format table or svg, and --by with two names; other formats have all counts")
	case format == "svg" && len(dims) < 2:
		err = usagef(c, "--format svg needs --by with two names, as in --by outlet,month")
	}
	return dims, of, err
}

// keptDims refuses a field that was not kept.
func keptDims(c *cli.Context, db *store.DB, dims []store.Dim) error {
	kept, _, err := db.Keeps(c.Context)
	if err != nil {
		return err
	}
	for _, d := range dims {
		if field, ok := strings.CutPrefix(string(d), "keep."); ok && !slices.Contains(kept, field) {
			return usagef(c, "--by: no field %q was kept (see archive --keep); kept fields: %s", field, cmp.Or(strings.Join(kept, ", "), "none"))
		}
	}
	return nil
}

func writeCrosstab(out store.RowWriter, t *store.Crosstab) error {
	for _, cell := range t.Cells {
		if err := out.Write(t.Row(cell)); err != nil {
			return err
		}
	}
	return out.Close()
}

// tellCrosstab says what a table does not.
func tellCrosstab(w io.Writer, t *store.Crosstab, shares bool) {
	for i, n := range t.Out {
		if n > 0 {
			fmt.Fprintf(w, "by %s, %s left out (--top)\n", t.Dims[i], are(n, "other"))
		}
	}
	if shares && t.Shares && t.Outside > 0 {
		fmt.Fprintf(w, "no share counts %s with tweets: not read with --count-all\n", plural(t.Outside, "article"))
	}
}

// printTallies prints a line for each value, with all its counts.
func printTallies(w io.Writer, t *store.Crosstab) error {
	columns := t.Columns()[1:]
	if !t.Shares {
		columns = columns[:3]
	}
	line := ""
	for _, c := range columns {
		line += fmt.Sprintf("%*s", max(9, len(c.Name)+2), c.Name)
	}
	_, err := fmt.Fprintf(w, "%s  %s\n", line, t.Dims[0])
	for _, cell := range t.Cells {
		line := ""
		for i, v := range t.Row(cell).Values[1 : len(columns)+1] {
			line += fmt.Sprintf("%*s", max(9, len(columns[i].Name)+2), cmp.Or(v, "-"))
		}
		if _, err = fmt.Fprintf(w, "%s  %s\n", line, strings.TrimRight(fit(cmp.Or(cell.Values[0], "(unknown)"), pageWidth-30, false), " ")); err != nil {
			return err
		}
	}
	return err
}

// printCrosstab prints a table by two names. Time goes down; of two times, the one with
// more values.
func printCrosstab(w io.Writer, t *store.Crosstab, of store.Measure) error {
	down, across := 0, 1
	first, _ := t.Dims[0].Unit()
	if second, _ := t.Dims[1].Unit(); second != "" && (first == "" || len(t.Values[1]) > len(t.Values[0])) {
		down, across = 1, 0
	}
	const room, name = 10, 24
	head := ""
	for _, v := range t.Values[across] {
		head += " " + right(cmp.Or(v.Name, "(unknown)"), room)
	}
	width := len("(unknown)")
	for _, v := range t.Values[down] {
		width = min(name, max(width, len([]rune(plain(v.Name)))))
	}
	_, err := fmt.Fprintf(w, "%s by %s and %s\n%s%s\n", of, t.Dims[down], t.Dims[across], strings.Repeat(" ", width), head)
	for _, v := range t.Values[down] {
		line := fit(cmp.Or(v.Name, "(unknown)"), width, false)
		for _, o := range t.Values[across] {
			values := [2]string{}
			values[down], values[across] = v.Name, o.Name
			line += " " + right(number(t.Cell(values[:]...), of), room)
		}
		if _, err = fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return err
}

// number is a count as a table shows it: a share in per cent, - where it is not known.
func number(t store.Tally, of store.Measure) string {
	switch n, known := t.Of(of); {
	case !known:
		return "-"
	case of == store.OfShare:
		return strconv.FormatFloat(100*n, 'f', 1, 64) + "%"
	default:
		return strconv.Itoa(int(n))
	}
}

// right is fit, but puts s at the right end.
func right(s string, width int) string {
	s = strings.TrimRight(fit(s, width, false), " ")
	return strings.Repeat(" ", max(0, width-runewidth.StringWidth(s))) + s
}
