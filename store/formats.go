package store

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A RowWriter writes rows that have the columns it was made with. Close writes what is
// still buffered; it does not close the io.Writer.
type RowWriter interface {
	Write(Row) error
	Close() error
}

// NewCSV writes CSV as in RFC 4180, but with the line ends of Unix: a header, then a line
// for each row. Values are quoted where needed, and keep their line breaks.
func NewCSV(w io.Writer, columns []Column) RowWriter {
	c := &csvWriter{w: csv.NewWriter(w)}
	c.header(columns)
	return c
}

// NewTSV is NewCSV with tabs in place of commas.
func NewTSV(w io.Writer, columns []Column) RowWriter {
	c := &csvWriter{w: csv.NewWriter(w)}
	c.w.Comma = '\t'
	c.header(columns)
	return c
}

// NewExcelCSV writes CSV that spreadsheets do not damage. It begins with a byte order
// mark; without one they take the file for the code page of their country. And it guards
// values:
//
//   - What spreadsheets would read as a number or a day is written as ="...". That is
//     most important for IDs: spreadsheets keep 15 digits of a number.
//   - What begins like a formula gets an apostrophe before it. So does a part of a text
//     where a spreadsheet of another country may split it: after a semicolon, a bar, a
//     tab or a line end.
//   - What is longer than a cell can be, 32,767 characters, is cut.
func NewExcelCSV(w io.Writer, columns []Column) RowWriter {
	c := &csvWriter{w: csv.NewWriter(w), guard: columns}
	_, c.err = io.WriteString(w, "\ufeff")
	c.header(columns)
	return c
}

type csvWriter struct {
	w       *csv.Writer
	guard   []Column // for a spreadsheet
	guarded []string
	err     error
}

func (c *csvWriter) header(columns []Column) {
	header := make([]string, len(columns))
	for i, col := range columns {
		header[i] = col.Name
		if c.guard != nil { // the names of kept fields come from the corpus
			header[i] = excelCell(Text, col.Name)
		}
	}
	if c.err == nil {
		c.err = c.w.Write(header)
	}
}

func (c *csvWriter) Write(r Row) error {
	if c.err != nil {
		return c.err
	}
	values := r.Values
	if c.guard != nil {
		c.guarded = c.guarded[:0]
		for i, v := range values {
			c.guarded = append(c.guarded, excelCell(c.guard[i].Kind, v))
		}
		values = c.guarded
	}
	c.err = c.w.Write(values)
	return c.err
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	if c.err == nil {
		c.err = c.w.Error()
	}
	return c.err
}

// maxCell is the number of UTF-16 units that a cell of Excel can hold.
const maxCell = 32767

// excelCell guards a value. Numbers, days and times may be read as such, but only if they
// look like one: a merged archive may hold anything.
func excelCell(kind Kind, v string) string {
	switch {
	case v == "":
		return v
	case kind == ID && strings.Trim(v, "0123456789") == "":
		return `="` + v + `"`
	case kind != Text && kind != ID && v[0] != '-' && strings.Trim(v, "0123456789.:-TZ") == "":
		return v
	case misread(v):
		return `="` + v + `"`
	}
	v = formula.ReplaceAllString(v, "$1'$2")
	if strings.ContainsRune("\t\r\n", rune(v[0])) {
		v = "'" + v
	}
	if len(v) > maxCell {
		units := 0
		for i, r := range v {
			if units += utf16.RuneLen(r); units > maxCell {
				return v[:i]
			}
		}
	}
	return v
}

// ExcelCell is a value guarded as NewExcelCSV does it.
func ExcelCell(kind Kind, v string) string { return excelCell(kind, v) }

// FromExcelCell is the value of a cell that ExcelCell guarded, also after a spreadsheet or
// a text editor has saved it. It takes every apostrophe before a sign for a guard.
func FromExcelCell(v string) string {
	if inner, ok := strings.CutPrefix(v, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	if len(v) > 1 && v[0] == '\'' && strings.ContainsRune("\t\r\n", rune(v[1])) {
		v = v[1:]
	}
	return guarded.ReplaceAllString(v, "$1$2")
}

// formula is what a spreadsheet may take for the beginning of a formula. Where semicolons,
// bars or tabs are the separators of the country or the user's choice, a spreadsheet
// splits a file with commas at these. Then quotes do not hold a text together, and each
// line of it becomes a row. A spreadsheet may drop invisible characters before a formula:
// spaces, controls, and letters and marks that have no shape.
var formula = regexp.MustCompile(cellBegins + beginsFormula)

// guarded is a formula after its guard.
var guarded = regexp.MustCompile(cellBegins + "'" + beginsFormula)

const (
	cellBegins    = `(^|[;|\t\r\n])`
	beginsFormula = `(["\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\p{Z}\p{Cf}` +
		`\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{2800}\x{3164}\x{fe00}-\x{fe0f}\x{ffa0}\x{e0100}-\x{e01ef}]*[=+\-@＝＋－＠])`
)

// misread says whether a spreadsheet may take a text for a number, a day or a truth value:
// only signs of numbers, or a short word with a digit in it, such as 1e5, 3-4 or MAR1.
func misread(v string) bool {
	const numeric = "0123456789.,:/ +-%"
	switch {
	case len(v) > 40 || strings.ContainsAny(v, "\";|\n\r\t"), v[0] == '=', v[0] == '@':
		return false
	case strings.EqualFold(v, "true"), strings.EqualFold(v, "false"):
		return true
	case !strings.ContainsAny(v, "0123456789"):
		return false
	}
	return strings.Trim(v, numeric) == "" || !strings.ContainsAny(v, " /")
}

// NewIDs writes only the status IDs, one a line and each once, for twarc, hydrators and
// sharing. With LookupColumns, a tweet without an ID has the one that was found for it.
func NewIDs(w io.Writer, columns []Column) RowWriter {
	return &IDWriter{w: bufio.NewWriterSize(w, 64<<10), ids: []int{columnIndex(columns, "tweet_id"), columnIndex(columns, "api_id")}, has: map[uint64]struct{}{}}
}

// An IDWriter is the RowWriter that NewIDs makes.
type IDWriter struct {
	LeftOut int // rows without an ID
	Again   int // rows whose ID an earlier row has

	w   *bufio.Writer
	ids []int // the columns that may have the ID, the best first; -1 is none
	has map[uint64]struct{}
}

func (i *IDWriter) Write(r Row) error {
	for _, at := range i.ids {
		if at >= 0 && r.Values[at] != "" {
			if n, err := strconv.ParseUint(r.Values[at], 10, 64); err == nil {
				if _, again := i.has[n]; again {
					i.Again++
					return nil
				}
				i.has[n] = struct{}{}
			}
			i.w.WriteString(r.Values[at])
			return i.w.WriteByte('\n')
		}
	}
	i.LeftOut++
	return nil
}

func (i *IDWriter) Close() error { return i.w.Flush() }

// twarcColumns are the columns of twarc-csv that we can fill, and ours for them. If the
// exact time is not known, created_at is empty: a midnight would be invented.
var twarcColumns = []struct{ theirs, ours string }{
	{"id", "tweet_id"},
	{"author.username", "handle"},
	{"author.name", "author"},
	{"created_at", "posted_at"},
	{"text", "text"},
}

// NewTwarc writes CSV with the columns of twarc: id, author.username, author.name,
// created_at and text.
func NewTwarc(w io.Writer, columns []Column) RowWriter {
	t := &twarcWriter{csvWriter: csvWriter{w: csv.NewWriter(w)}}
	var header []Column
	for _, c := range twarcColumns {
		header = append(header, Column{Name: c.theirs})
		t.places = append(t.places, columnIndex(columns, c.ours))
	}
	t.header(header)
	return t
}

type twarcWriter struct {
	csvWriter
	places []int
}

func (t *twarcWriter) Write(r Row) error {
	values := make([]string, len(t.places))
	for i, p := range t.places {
		if p < 0 {
			continue
		}
		values[i] = r.Values[p]
		if twarcColumns[i].theirs == "created_at" && values[i] != "" {
			values[i] = strings.TrimSuffix(values[i], "Z") + ".000Z"
		}
	}
	return t.csvWriter.Write(Row{Values: values})
}

// NewJSONL writes a JSON object a line: the columns are its keys, in their order. Empty
// values are left out, numbers are numbers, IDs are strings. The links of an embed are
// under the key links.
func NewJSONL(w io.Writer, columns []Column) RowWriter {
	j := &jsonlWriter{w: bufio.NewWriterSize(w, 64<<10)}
	for _, c := range columns {
		j.keys = append(j.keys, string(appendJSON(nil, c.Name))+":")
		j.bare = append(j.bare, c.Kind == Int || c.Kind == Number)
	}
	return j
}

type jsonlWriter struct {
	w    *bufio.Writer
	keys []string
	bare []bool // of each column: its values are numbers
	line []byte
}

func (j *jsonlWriter) Write(r Row) error {
	b := append(j.line[:0], '{')
	for i, v := range r.Values {
		if v == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, j.keys[i]...)
		if j.bare[i] {
			b = append(b, v...)
		} else {
			b = appendJSON(b, v)
		}
	}
	if len(r.Links) > 0 {
		links, err := json.Marshal(r.Links)
		if err != nil {
			return err
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(b, `"links":`...), links...)
	}
	j.line = append(b, '}', '\n')
	_, err := j.w.Write(j.line)
	return err
}

func (j *jsonlWriter) Close() error { return j.w.Flush() }

// NewJSON writes one JSON array of the objects that NewJSONL writes.
func NewJSON(w io.Writer, columns []Column) RowWriter {
	return &jsonWriter{jsonlWriter: NewJSONL(w, columns).(*jsonlWriter)}
}

type jsonWriter struct {
	*jsonlWriter
	began bool
}

func (j *jsonWriter) Write(r Row) error {
	begin := ","
	if !j.began {
		j.began, begin = true, "["
	}
	j.w.WriteString(begin) // what is written next has the same error
	return j.jsonlWriter.Write(r)
}

func (j *jsonWriter) Close() error {
	end := "]\n"
	if !j.began {
		end = "[]\n"
	}
	j.w.WriteString(end)
	return j.jsonlWriter.Close()
}

const hexDigits = "0123456789abcdef"

// appendJSON appends s as a JSON string. Unlike encoding/json it does not escape <, > and
// &. Bytes that are not UTF-8 become U+FFFD.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = append(append(b, s[from:i]...), "\ufffd"...)
			from = i + n
		case r == '\u2028' || r == '\u2029', // a line end in JavaScript
			unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r): // commands to a terminal
			b = fmt.Appendf(append(b, s[from:i]...), `\u%04x`, r)
			from = i + n
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}
