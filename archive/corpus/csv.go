package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"example.org/tweetarc/archive"
)

// CSV as in RFC 4180, and as spreadsheets and databases really write it: several
// delimiters, all line ends, ' as the quote, quotes that are not doubled, quotes
// escaped with a backslash, spaces before a quote, and Excel's first line that names
// the delimiter (sep=;). The first row is the header if it looks like one.
//
// A quote that is never closed would swallow the rest of the file. So if a row has
// several lines and the wrong number of columns, that is one error, and the next row
// is the next line with the right number.

var csvRows = &format{
	name: "CSV", exts: []string{".csv", ".tsv", ".tab"}, byName: true,
	recognise: func(b []byte, _ string) bool { return isCSV(b) },
	read:      (*source).csv,
}

var errQuote = errors.New("a quote in this row is not closed")

// delimiters are tried, the most common first. Hive writes 0x01.
const delimiters = ",\t;|\x01^~"

// table is how a CSV file is written and what its columns are.
type table struct {
	comma   byte
	quote   byte // " or '
	escape  bool // \" is a quote
	header  bool // the first row is the header
	names   []string
	columns [parts]int // -1 for none
	texts   []int      // columns that may be the text, the surest name first
	keep    []int      // as Fields.Keep; -1 for a column that the table lacks
	mac     bool       // rows end in carriage returns
}

// cell says where in a row a cell is, with its quotes.
type cell struct {
	start, end int
	quoted     bool
}

// row is a row that was scanned.
type row struct {
	cells []cell
	end   int  // after the line end
	lines int  // number of line ends inside quotes
	whole bool // the end was found
	stray bool // there is a quote that is neither doubled nor at the end of a cell
}

// scan reads one row at the beginning of b into r.
func (t *table) scan(r *row, b []byte, eof bool) {
	*r = row{cells: r.cells[:0]}
	for i := 0; ; {
		c, next, ok := t.cell(r, b, i, eof)
		if !ok {
			return
		}
		i = next
		r.cells = append(r.cells, c)
		switch {
		case i == len(b):
			r.end, r.whole = i, eof
			return
		case b[i] == '\n':
			r.end, r.whole = i+1, true
			return
		case b[i] == t.comma:
			i++
		}
	}
}

// cell gives the cell at b[i], and where it ends. It is false if the end is not in b.
func (t *table) cell(r *row, b []byte, i int, eof bool) (c cell, next int, ok bool) {
	c = cell{start: i}
	for i < len(b) && b[i] == ' ' {
		i++
	}
	if i < len(b) && b[i] == t.quote {
		c.start, c.quoted = i, true
		if i, ok = t.quoted(r, b, i, eof); !ok {
			return c, i, false
		}
	} else {
		for i < len(b) && b[i] != t.comma && b[i] != '\n' {
			i++
		}
	}
	c.end = i
	if (c.quoted || i < len(b) && b[i] == '\n') && c.end > c.start && b[c.end-1] == '\r' {
		c.end--
	}
	return c, i, true
}

// quoted gives the end of the cell whose first quote is at b[start]. A carriage return
// after the last quote belongs to the cell. It is false if the end is not in b.
func (t *table) quoted(r *row, b []byte, start int, eof bool) (end int, ok bool) {
	for i := start + 1; ; {
		j := bytes.IndexByte(b[i:], t.quote)
		if j < 0 {
			return 0, false
		}
		r.lines += bytes.Count(b[i:i+j], lf)
		i += j + 1
		switch {
		case t.escape && escaped(b[start+1:i-1]):
		case i == len(b):
			return i, eof
		case b[i] == t.comma || b[i] == '\n':
			return i, true
		case b[i] == '\r':
			return i + 1, i+1 < len(b) || eof
		case b[i] == t.quote:
			i++
		default:
			r.stray = true
		}
	}
}

// escaped says whether b ends in an odd number of backslashes.
func escaped(b []byte) bool {
	n := len(b)
	for n > 0 && b[n-1] == '\\' {
		n--
	}
	return (len(b)-n)%2 == 1
}

// value is what a cell of the row b holds. The bytes are in b or in scratch.
func (t *table) value(scratch *[]byte, b []byte, c cell) []byte {
	b = b[c.start:c.end]
	if !c.quoted {
		return b
	}
	b = b[1:]
	if len(b) > 0 && b[len(b)-1] == t.quote {
		b = b[:len(b)-1]
	}
	if bytes.IndexByte(b, t.quote) < 0 {
		return b
	}
	dst := (*scratch)[:0]
	for {
		i := bytes.IndexByte(b, t.quote)
		if i < 0 {
			*scratch = append(dst, b...)
			return *scratch
		}
		if t.escape && escaped(b[:i]) {
			dst = append(dst, b[:i-1]...)
		} else {
			dst = append(dst, b[:i]...)
		}
		dst = append(dst, t.quote)
		if b = b[i+1:]; len(b) > 0 && b[0] == t.quote {
			b = b[1:]
		}
	}
}

// sniffTable finds the delimiter, the header and the columns of a file from its beginning.
func sniffTable(head []byte, whole bool, fields Fields) (table, error) {
	t := table{comma: ',', quote: '"', escape: escapes(head, '"')}
	rows := t.sample(head, whole)
	if len(rows) == 0 {
		return t, nil
	}
	for i, c := range rows[0] {
		rows[0][i] = strings.TrimSpace(c)
	}
	t.header = isHeader(rows[0], fields)
	if t.header {
		t.names = rows[0]
	} else {
		for i := range rows[0] {
			t.names = append(t.names, strconv.Itoa(i+1))
		}
	}
	for part, want := range fields.list() {
		t.columns[part] = t.column(part, want)
		if want == "" && !t.header {
			t.columns[part] = column(rows, part)
		}
		if want != "" && t.columns[part] < 0 {
			return t, errNoColumn(want, t.names)
		}
	}
	if t.columns[partText] < 0 {
		t.columns[partText] = longest(rows)
	}
	t.texts = []int{t.columns[partText]}
	if fields.Text == "" && t.header {
		t.texts = t.textColumns(longest(rows))
	}
	for _, want := range fields.Keep {
		i := t.column(-1, want)
		if i < 0 && !slices.Contains(fields.Lack, want) {
			return t, errNoColumn(want, t.names)
		}
		t.keep = append(t.keep, i)
	}
	return t, nil
}

// errNoColumn is the error of a table that lacks a column which the user named.
func errNoColumn(want string, names []string) error {
	return withHint("no column "+want, "there are "+list(names))
}

// textColumns gives the columns with a known name for a text, the surest first. If there
// are none it gives the column with the most text.
func (t *table) textColumns(most int) (texts []int) {
	ranks := map[int]int{}
	for i, n := range t.names {
		if is, ok := nameOf([]byte(n)); ok && is.part == partText {
			texts, ranks[i] = append(texts, i), is.rank
		}
	}
	if len(texts) == 0 {
		return []int{most}
	}
	slices.SortStableFunc(texts, func(a, b int) int { return ranks[a] - ranks[b] })
	return texts
}

// column is the column of a part: the one with the wanted name or number or, if nothing
// is wanted, with the surest of the known names; -1 without one.
func (t *table) column(part int, want string) int {
	if want == "" {
		column, best := -1, 0
		for i, n := range t.names {
			if is, ok := nameOf([]byte(n)); ok && is.part == part && (column < 0 || is.rank < best) {
				column, best = i, is.rank
			}
		}
		return column
	}
	column := -1
	for i, n := range t.names {
		if n == want || column < 0 && strings.EqualFold(n, want) {
			column = i
		}
	}
	if n, err := strconv.Atoi(want); err == nil && column < 0 && 0 < n && n <= len(t.names) {
		return n - 1
	}
	return column
}

// sample finds the delimiter and the quote, and gives the first rows.
func (t *table) sample(head []byte, whole bool) (rows [][]string) {
	best := -1
	for i := range len(delimiters) {
		try := *t
		try.comma = delimiters[i]
		try.sniffQuote(head, whole)
		found := try.first(20, head, whole)
		if len(found) == 0 {
			continue
		}
		same := 0
		for _, cells := range found {
			if len(cells) == len(found[0]) {
				same++
			}
		}
		// More than one column is better than one, and the same number of columns
		// in all rows is better still.
		score := 1000*same/len(found) - i
		if len(found[0]) == 1 {
			score = 0
		}
		if score > best {
			best, rows, t.comma, t.quote, t.escape = score, found, try.comma, try.quote, try.escape
		}
	}
	return rows
}

// sniffQuote finds the quote. It is ' if the whole first row is in such quotes. It is
// also ' if these are only around cells, and without them the rows would not have the
// same number of columns. Else it is ".
func (t *table) sniffQuote(head []byte, whole bool) {
	t.quote = '"'
	if !t.mayQuote(head) {
		return
	}
	single := table{comma: t.comma, quote: '\'', escape: escapes(head, '\'')}
	regular, all, only := single.quotes(head, whole)
	if regular && only && !all {
		plain, _, _ := t.quotes(head, whole)
		regular = !plain
	}
	if regular && (all || only) {
		t.quote, t.escape = single.quote, single.escape
	}
}

// mayQuote says whether a cell of head may begin with '.
func (t *table) mayQuote(head []byte) bool {
	return len(head) > 0 && head[0] == '\'' || bytes.Contains(head, []byte{t.comma, '\''}) ||
		bytes.Contains(head, []byte{t.comma, ' ', '\''}) || bytes.Contains(head, []byte("\n'"))
}

// quotes says how t.quote is used in the first rows. They are regular if all have the
// same number of columns. all says that all cells of the first row are quoted, except
// for empty cells and numbers; only, that quotes are only around cells, or doubled
// inside.
func (t *table) quotes(head []byte, whole bool) (regular, all, only bool) {
	n, columns := 0, 0
	all, only = true, true
	for r, b := range t.rows(20, head, whole) {
		if n++; n == 1 {
			columns = len(r.cells)
		}
		if len(r.cells) != columns {
			return false, false, false
		}
		only = only && !r.stray
		for _, c := range r.cells {
			cell := bytes.TrimSpace(b[c.start:c.end])
			if c.quoted || len(cell) == 0 {
				continue
			}
			all = all && (n > 1 || len(bytes.Trim(cell, "0123456789.-")) == 0)
			only = only && cell[0] != '"' && bytes.IndexByte(cell, t.quote) < 0
		}
	}
	return n > 1 && columns > 1, all, only
}

// escapes says whether quotes are escaped with a backslash: there are such quotes, and
// none that are doubled.
func escapes(head []byte, quote byte) bool {
	double := []byte{quote, quote}
	return bytes.Contains(head, []byte{'\\', quote}) && !bytes.Contains(bytes.ReplaceAll(head, []byte{',', quote, quote, ','}, nil), double)
}

// rows gives up to n rows at the beginning of head, without blank lines.
func (t *table) rows(n int, head []byte, whole bool) iter.Seq2[*row, []byte] {
	return func(yield func(*row, []byte) bool) {
		var r row
		for b := head; len(b) > 0 && n > 0; b = b[r.end:] {
			if t.scan(&r, b, whole); !r.whole {
				return
			}
			if len(r.cells) == 1 && len(bytes.Trim(b[:r.end], "\"' \t\r\n")) == 0 {
				continue
			}
			if n--; !yield(&r, b) {
				return
			}
		}
	}
}

// first gives the values of these rows.
func (t *table) first(n int, head []byte, whole bool) (rows [][]string) {
	var scratch []byte
	for r, b := range t.rows(n, head, whole) {
		cells := make([]string, len(r.cells))
		for i, c := range r.cells {
			cells[i] = string(t.value(&scratch, b, c))
		}
		rows = append(rows, cells)
	}
	return rows
}

// isHeader says whether cells are names: none of them looks like content, and one is a
// known name or there are several.
func isHeader(cells []string, fields Fields) bool {
	named, content := false, false
	for _, c := range cells {
		c = strings.TrimSpace(c)
		ok := known([]byte(c))
		for _, want := range fields.list() {
			ok = ok || want != "" && want == c
		}
		named = named || ok
		content = content || len(c) > 60 || strings.Contains(c, "://") || day(c) != "" || c != "" && strings.Trim(c, "0123456789.-") == ""
	}
	return named && !content || !content && len(cells) > 1
}

// In Excel's "CSV (Macintosh)" rows end in carriage returns, and cells may have line
// feeds. Such a file is read with the two exchanged.

// isMac says whether rows end in carriage returns: there are no other line ends, or the
// rows have the same number of columns only if they end so.
func isMac(head []byte, whole bool) bool {
	if n := bytes.Count(head, []byte{'\r'}); n == 0 || n == bytes.Count(head, []byte("\r\n")) {
		return false
	}
	return bytes.IndexByte(head, '\n') < 0 || !regular(head, whole) && regular(exchanged(head), whole)
}

// regular says whether all of the first rows have the same number of columns.
func regular(head []byte, whole bool) bool {
	var t table
	rows := t.sample(head, whole)
	return len(rows) > 1 && len(rows[0]) > 1 && !slices.ContainsFunc(rows, func(r []string) bool { return len(r) != len(rows[0]) })
}

// exchanged is head as macRows reads it.
func exchanged(head []byte) []byte {
	b, _ := io.ReadAll(&macRows{w: bytes.NewReader(head)})
	return b
}

// macRows exchanges carriage returns and line feeds. Both together are one line end
// inside a cell.
type macRows struct {
	w    io.Reader
	buf  [32 << 10]byte
	rest []byte // of buf, still to be read
	cr   bool   // the last byte was a carriage return, which has not come out yet
	err  error
}

func (m *macRows) Read(p []byte) (int, error) {
	for len(m.rest) == 0 && m.err == nil {
		var n int
		n, m.err = m.w.Read(m.buf[1:]) // one more may come out than comes in
		m.rest = m.exchange(m.buf[:0], m.buf[1:1+n])
	}
	n := copy(p, m.rest)
	if m.rest = m.rest[n:]; len(m.rest) > 0 {
		return n, nil
	}
	return n, m.err
}

func (m *macRows) exchange(out, in []byte) []byte {
	for _, c := range in {
		if m.cr && c != '\n' {
			out = append(out, '\n')
		}
		switch {
		case c == '\n':
			out = append(out, '\r')
		case c != '\r':
			out = append(out, c)
		}
		m.cr = c == '\r'
	}
	if m.err != nil && m.cr {
		out = append(out, '\n')
	}
	return out
}

// column finds the column of a part without names: the first in which every row has an
// address, or a date; -1 without one, and for all other parts.
func column(rows [][]string, part int) int {
	is := func(cell string) bool { return part == partDate && day(cell) != "" }
	if part == partURL {
		is = func(cell string) bool {
			return strings.HasPrefix(cell, "http://") || strings.HasPrefix(cell, "https://")
		}
	}
	for i := range rows[0] {
		if !slices.ContainsFunc(rows, func(r []string) bool { return i >= len(r) || !is(r[i]) }) {
			return i
		}
	}
	return -1
}

// longest is the column with the most bytes, among those of the first row.
func longest(rows [][]string) (column int) {
	n := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r[:min(len(r), len(n))] {
			if n[i] += len(c); n[i] > n[column] {
				column = i
			}
		}
	}
	return column
}

// sepLine is the length of the line sep=; which tells Excel the delimiter, 0 without
// it. What it says is not used, as the rows show it too.
func sepLine(b []byte) int {
	line, _, ok := bytes.Cut(b, lf)
	if !ok || len(bytes.TrimRight(line, "\r")) != len("sep=;") || !bytes.EqualFold(line[:len("sep=")], []byte("sep=")) {
		return 0
	}
	return len(line) + 1
}

// prologue is the length of what is before a header with known names: a few lines of
// titles and comments, which have fewer cells than the header.
func prologue(head []byte, whole bool) int {
	const most = 20 // lines
	for n, at := 0, 0; n < most; n++ {
		begin := beginning(head[at:])
		for _, comma := range []byte(delimiters) {
			if !mayHead(head[at:], begin, comma, whole) {
				continue
			}
			t := table{comma: comma}
			t.sniffQuote(head[at:], whole)
			rows := t.first(2, head[at:], whole)
			if len(rows) < 2 || len(rows[0]) != len(rows[1]) || !isHeader(rows[0], Fields{}) {
				continue
			}
			for line := range bytes.Lines(head[:at]) {
				filled := bytes.Trim(line, string(comma)+" \r\n")
				if bytes.Count(filled, []byte{comma}) >= len(rows[0])-1 {
					return 0
				}
			}
			return at
		}
		i := bytes.IndexByte(head[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return 0
}

// isCSV distinguishes CSV from text: there is a header with known names, and the rows
// have as many columns.
func isCSV(b []byte) bool {
	if sepLine(b) > 0 {
		return true
	}
	whole := len(b) < sniffLen
	if isMac(b, whole) {
		b = exchanged(b)
	}
	begin := beginning(b)
	if !slices.ContainsFunc([]byte(delimiters), func(comma byte) bool { return mayHead(b, begin, comma, whole) }) {
		return false
	}
	var t table
	rows := t.sample(b, whole)
	if len(rows) < 2 || !knownNames(rows[0]) || !isHeader(rows[0], Fields{}) {
		return false
	}
	for _, r := range rows {
		if len(r) != len(rows[0]) {
			return false
		}
	}
	return true
}

// beginning is the part of b where the first names of a header would be.
func beginning(b []byte) []byte {
	begin, _, _ := bytes.Cut(bytes.TrimLeft(b, "\r\n "), lf)
	if bytes.ContainsAny(begin, `"'`) { // a name may have several lines
		begin = b[:min(len(b), 512)]
	}
	return begin
}

// mayHead says whether the first row may be a header with known names. For most texts
// begin, their beginning, is enough to see that it is not.
func mayHead(b, begin []byte, comma byte, whole bool) bool {
	if bytes.IndexByte(begin, comma) < 0 {
		return false
	}
	for line := range bytes.SplitSeq(begin, lf) {
		for cell := range bytes.SplitSeq(line, []byte{comma}) {
			if known(bytes.Trim(cell, "\"'\r\t ")) {
				t := table{comma: comma}
				t.sniffQuote(b, whole)
				head := t.first(1, b, whole)
				return len(head) > 0 && knownNames(head[0])
			}
		}
	}
	return false
}

// known says whether a cell is a known name.
func known(cell []byte) bool {
	_, ok := nameOf(cell)
	return ok
}

// knownNames says whether two of the cells, or half of them, are known names.
func knownNames(cells []string) bool {
	n := 0
	for _, c := range cells {
		if known([]byte(c)) {
			n++
		}
	}
	return len(cells) > 1 && (n > 1 || 2*n >= len(cells))
}

// csv reads the rows of a CSV file.
func (s *source) csv(w *window) articles {
	head := w.peek(sniffLen)
	mac := isMac(head, len(head) < sniffLen)
	if mac {
		w = s.window(&macRows{w: w})
	}
	if named := sepLine(w.peek(sniffLen)); named > 0 {
		w.skip(named)
	}
	head = w.peek(sniffLen)
	if n := prologue(head, len(head) < sniffLen); n > 0 {
		w.skip(n)
		head = w.peek(sniffLen)
	}
	t, err := sniffTable(head, len(head) < sniffLen, s.Fields)
	if err != nil {
		return s.unread(err)
	}
	t.mac = mac
	s.tableTaken(&t)
	c := csvReader{table: t, w: w, max: s.max}
	return func(yield func(*archive.Article, error) bool) {
		if t.header {
			c.next()
			w.skip(c.row.end)
		}
		for n := 1; ; n++ {
			ok, err := c.next()
			if !ok && err == nil {
				return
			}
			var a *archive.Article
			if ok && n > s.after {
				a, err = s.csvRow(&c)
			}
			if ok {
				w.skip(c.row.end)
			}
			if (a != nil || err != nil) && !yield(s.record(n, a, err)) || c.over {
				return
			}
		}
	}
}

// csvRow reads the article of the row at which c is.
func (s *source) csvRow(c *csvReader) (*archive.Article, error) {
	b := c.w.data()[:c.row.end]
	if !s.holds(b) {
		return s.dropped()
	}
	value := func(i int) []byte { return c.cellValue(&s.dec.scratch, b, i) }
	columns := c.columns
	columns[partText] = c.texts[0]
	if len(c.texts) > 1 {
		best, _ := s.choose(len(c.texts), func(i int) ([]byte, error) { return value(c.texts[i]), nil })
		columns[partText] = c.texts[best]
		if s.inspect != nil {
			var fields []string
			for _, i := range c.texts {
				fields = append(fields, c.names[i])
			}
			s.textTaken(c.names[columns[partText]], fields)
		}
	}
	html := strings.Contains(strings.ToLower(c.names[columns[partText]]), "html")
	others := c.others(value)
	if s.Fields.Text != "" {
		others = none
	}
	a, err := s.fielded(html, func(part int) ([]byte, error) { return value(columns[part]), nil }, others)
	if err == nil && len(c.keep) > 0 {
		a.Kept = make([]string, len(c.keep))
		for i, column := range c.keep {
			a.Kept[i] = utf8Text(value(column))
		}
	}
	return a, err
}

// cellValue is the value in column i of the row b, nil if the row does not have it.
func (c *csvReader) cellValue(scratch *[]byte, b []byte, i int) []byte {
	if i < 0 || i >= len(c.row.cells) {
		return nil
	}
	v := c.value(scratch, b, c.row.cells[i])
	if c.mac && bytes.IndexByte(v, '\r') >= 0 {
		v = bytes.ReplaceAll(v, []byte{'\r'}, lf)
	}
	return v
}

// others gives the values of a row in the columns whose names mean nothing.
func (t *table) others(value func(i int) []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for i, n := range t.names {
			if !slices.Contains(t.columns[:], i) && !known([]byte(n)) && !yield(n, value(i)) {
				return
			}
		}
	}
}

// csvReader goes from row to row.
type csvReader struct {
	table
	w       *window
	max     int64
	row     row
	read    int64 // bytes of the rows that were good
	scanned int64 // bytes looked at again after a bad one
	over    bool  // the input ended, or too much of it is bad
}

// next scans the next row, which stays in the window. It is false at the end. An error
// is for all lines up to the next good row.
func (c *csvReader) next() (bool, error) {
	for {
		ok, err := c.scanRow()
		switch {
		case ok && len(c.row.cells) == 1 && len(c.names) != 1 && blank(c.w.data()[:c.row.end]):
			c.w.skip(c.row.end)
			continue // a blank line
		case ok:
			err = c.count()
		}
		switch {
		case err != nil:
			c.pass()
			return false, err
		case ok:
			c.read += int64(c.row.end)
		}
		return ok, nil
	}
}

// pass goes to the row after a bad one. If the bad row has several lines, the next row
// is the next line that is a good row.
func (c *csvReader) pass() {
	if c.row.whole && c.row.lines == 0 && !c.over {
		c.w.skip(c.row.end)
		return
	}
	for !c.over {
		if c.row.whole {
			c.scanned += int64(c.row.end)
		} else {
			c.scanned += int64(len(c.w.data()))
		}
		c.w.skipLine()
		if c.scanned > c.read+4*c.max {
			c.over = true // so damaged input takes linear time
			return
		}
		ok, err := c.scanRow()
		if !ok && err == nil || err == nil && c.count() == nil && !c.row.stray {
			return
		}
	}
}

// scanRow scans the row at which the window is.
func (c *csvReader) scanRow() (bool, error) {
	for n := 4096; ; {
		b := c.w.peek(n)
		if len(b) == 0 {
			if err := c.w.failure(); err != nil {
				c.over = true
				return false, err
			}
			return false, nil
		}
		eof := len(b) < n
		if d := c.w.data(); len(d) > len(b) {
			b = d
		}
		c.scan(&c.row, b, eof)
		switch {
		case c.row.whole && int64(c.row.end) > c.max, !c.row.whole && int64(len(b)) > c.max:
			c.row.lines++ // so pass goes on with the next line
			return false, tooLong(c.max)
		case c.row.whole && c.row.end == len(b) && eof && c.w.failure() != nil:
			c.over = true
			return false, c.w.failure() // the row may be cut
		case c.row.whole:
			return true, nil
		case eof:
			if err := c.w.failure(); err != nil {
				c.over = true
				return false, err
			}
			return false, errQuote
		}
		n = 2 * len(b)
	}
}

// count compares the number of columns with that of the header.
func (c *csvReader) count() error {
	have, want := len(c.row.cells), len(c.names)
	for have > want && c.row.cells[have-1].start == c.row.cells[have-1].end {
		have-- // spreadsheets add empty cells at the end
	}
	if have != want || want == 0 { // 0 if the first row is too long to be seen
		columns := archive.WithDetail(fmt.Sprintf("%d columns where the first row has %d", have, want), "not as many columns as in the first row")
		return &hinted{columns, "is a quote or a delimiter wrong?"}
	}
	return nil
}
