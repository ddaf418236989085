package corpus

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	pq "github.com/parquet-go/parquet-go/format"

	"tweetarc/archive"
)

// Parquet is read column by column, only those of an article's parts, page by
// page. The row groups of a large file are batches of their own.

// parquetTable is an open file and its columns.
type parquetTable struct {
	*parquet.File
	in      io.ReaderAt
	columns [parts]*parquet.Column // nil: none
	names   []string
	taken   [parts]string
	html    bool
}

func openParquet(r io.ReaderAt, size int64, fields Fields) (f *parquetTable, err error) {
	defer caught(&err)
	p, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
	if err != nil {
		return nil, err
	}
	f = &parquetTable{File: p, in: r}
	var best [parts]int
	for _, leaf := range leaves(nil, p.Root()) {
		full := strings.Join(leafPath(leaf), ".")
		f.names = append(f.names, full)
		steps := strings.Split(full, ".")
		is, known := names[string(plainName(new([64]byte), []byte(steps[len(steps)-1])))]
		is.rank += 1000 * (len(steps) - 1)
		for part, want := range fields.list() {
			rank := is.rank + 1
			switch {
			case want != "" && want == full:
				rank = 0
				if part == partText && !isText(leaf) {
					return nil, fmt.Errorf("column %s holds %s, no text", want, leaf.Type())
				}
			case want != "" || !known || is.part != part || part != partDate && !isText(leaf) || amongMany(leaf):
				continue
			}
			if f.columns[part] == nil || rank < best[part] {
				f.columns[part], best[part], f.taken[part] = leaf, rank, full
			}
		}
	}
	for part, want := range fields.list() {
		if want != "" && f.columns[part] == nil {
			return nil, fmt.Errorf("no column %s (there are %s)", want, list(f.names))
		}
	}
	if f.columns[partText] == nil {
		return nil, errNoText(f.names, "")
	}
	f.html = strings.Contains(strings.ToLower(f.taken[partText]), "html")
	return f, nil
}

// leaves are the columns that hold values, in the order of the file.
func leaves(l []*parquet.Column, c *parquet.Column) []*parquet.Column {
	if c.Leaf() {
		return append(l, c)
	}
	for _, c := range c.Columns() {
		l = leaves(l, c)
	}
	return l
}

// leafPath is the path of a column, without the levels that a list is made of.
func leafPath(c *parquet.Column) []string {
	path := c.Path()
	for len(path) > 1 {
		switch path[len(path)-1] {
		case "list", "element", "item", "array", "bag", "array_element":
			path = path[:len(path)-1]
			continue
		}
		break
	}
	return path
}

// amongMany tells whether a column is a field of the objects of a list: the
// address of each image is not the article's.
func amongMany(c *parquet.Column) bool {
	path, lists := leafPath(c), 0
	if len(path) < len(c.Path()) {
		lists = 1
	}
	return len(path) > 1 && c.MaxRepetitionLevel() > lists
}

func isText(c *parquet.Column) bool {
	return c.Type().Kind() == parquet.ByteArray
}

// caught turns a panic of the library, which broken files can bring about, into
// an error.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("broken Parquet: %v", r)
	}
}

// groups yields the row groups of a Parquet file, which stays open as long as
// they are read.
func (r *Reader) groups(f *archive.File, in *shared, yield func(archive.Batch) bool) bool {
	defer in.release()
	r.recognised(parquetFile)
	after, skip := r.resume(f)
	if skip {
		r.done.Add(f.Size)
		return true
	}
	p, err := openParquet(&countedAt{in.file, &r.done}, f.Size, r.Fields)
	if err != nil {
		return yield(failed(f, err))
	}
	r.fieldsTaken(p.names, p.taken)
	rows := 0
	groups := p.RowGroups()
	for i, g := range groups {
		first := rows
		rows += int(g.NumRows())
		if rows <= after && i < len(groups)-1 {
			continue
		}
		in.users.Add(1)
		if !yield(archive.Batch{File: f, Last: i == len(groups)-1, Articles: func(yield func(*archive.Article, error) bool) {
			defer in.release()
			r.source(f, after, yield).rowGroup(p, i, first)
		}}) {
			return false
		}
	}
	if len(groups) == 0 {
		return yield(archive.Batch{File: f, Last: true, Articles: func(func(*archive.Article, error) bool) {}})
	}
	return true
}

// parquet reads a Parquet file, from a copy if it comes out of a stream.
func (s *source) parquet(w *window) {
	in := s.seeker
	var size int64
	var err error
	if in == nil {
		if in, size, err = spool(w); err != nil {
			s.fileError(err)
			return
		}
		defer in.Close()
	} else if info, err := in.Stat(); err == nil {
		size = info.Size()
	}
	p, err := openParquet(in, size, s.Fields)
	if err != nil {
		s.fileError(err)
		return
	}
	s.fieldsTaken(p.names, p.taken)
	first := 0
	for i, g := range p.RowGroups() {
		if !s.rowGroup(p, i, first) {
			return
		}
		first += int(g.NumRows())
	}
}

// maxPage is how many times the most bytes of a record a page may unpack to: it
// holds many records, and is unpacked as a whole.
const maxPage = 4

// checkPages looks for a page that is too long, in the headers of the pages of
// one column of a group. What is wrong with them otherwise, reading them tells.
func (f *parquetTable) checkPages(group, column int, max int64) error {
	m := &f.Metadata().RowGroups[group].Columns[column].MetaData
	at, end := m.DataPageOffset, m.DataPageOffset+m.TotalCompressedSize
	if d := m.DictionaryPageOffset; 0 < d && d < at {
		at, end = d, d+m.TotalCompressedSize
	}
	for at < end {
		in := bufio.NewReaderSize(io.NewSectionReader(f.in, at, end-at), 512)
		n := counted{Reader: in}
		var h pq.PageHeader
		if err := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(&n)).Decode(&h); err != nil || h.CompressedPageSize < 0 {
			return nil
		}
		if int64(h.UncompressedPageSize) > max {
			return fmt.Errorf("page of %d MiB (more than %d times --max-record)", h.UncompressedPageSize>>20, maxPage)
		}
		at += n.n + int64(h.CompressedPageSize)
	}
	return nil
}

// counted counts what is taken out of a buffer.
type counted struct {
	*bufio.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counted) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// rowGroup reads the rows of one group, whose first is the one behind row.
func (s *source) rowGroup(f *parquetTable, group, row int) bool {
	g := f.RowGroups()[group]
	last := row + int(g.NumRows())
	lost := func(err error) bool { // the columns are no longer in step
		if row < last {
			err = fmt.Errorf("%w; with it %d more rows of its group are lost", err, last-row)
		}
		return s.fail(row, err)
	}
	var columns [parts]*columnReader
	for part, c := range f.columns {
		if c == nil {
			continue
		}
		if err := f.checkPages(group, c.Index(), maxPage*s.max); err != nil {
			row++
			return lost(err)
		}
		columns[part] = &columnReader{Column: c, pages: g.ColumnChunks()[c.Index()].Pages(), repeated: c.MaxRepetitionLevel() > 0}
		defer columns[part].close()
	}
	for range g.NumRows() {
		row++
		var values [parts][]parquet.Value
		for part, c := range columns {
			if c == nil {
				continue
			}
			var err error
			if values[part], err = c.row(); err != nil {
				return lost(err)
			}
		}
		if row <= s.after {
			continue
		}
		if !s.row(row, f, values) {
			return false
		}
	}
	return true
}

func (s *source) row(n int, f *parquetTable, values [parts][]parquet.Value) bool {
	text := values[partText]
	body := s.dec.scratch[:0]
	switch {
	case len(text) == 1:
		body = text[0].ByteArray()
	case len(text) > 1:
		for i, v := range text {
			if i > 0 {
				body = append(body, "\n\n"...)
			}
			body = append(body, v.ByteArray()...)
		}
		s.dec.scratch = body
	}
	if int64(len(body)) > s.max {
		return s.fail(n, tooLong(s.max))
	}
	if !s.holds(body) {
		return s.dropped(n)
	}
	value := func(part int) string {
		if len(values[part]) == 0 {
			return ""
		}
		return parquetString(values[part][0], f.columns[part].Type())
	}
	s.a.Body = utf8Text(body)
	s.a.HTML = f.html || looksHTML(s.a.Body)
	s.a.URL = strings.TrimSpace(value(partURL))
	s.a.Title = oneLine(value(partTitle))
	s.a.Date = day(value(partDate))
	return s.article(n)
}

// parquetString prints a value so that day can read it.
func parquetString(v parquet.Value, t parquet.Type) string {
	if v.IsNull() {
		return ""
	}
	var logical any
	if l := t.LogicalType(); l != nil {
		logical = l.Value
	}
	switch v.Kind() {
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return utf8Text(v.ByteArray())
	case parquet.Int32:
		if _, ok := logical.(*pq.DateType); ok {
			return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
		}
		return strconv.Itoa(int(v.Int32()))
	case parquet.Int64:
		n := v.Int64()
		if ts, ok := logical.(*pq.TimestampType); ok && ts.Unit.Value != nil {
			return time.Unix(n/int64(time.Second/ts.Unit.Value.Duration()), 0).UTC().Format(time.DateOnly)
		}
		return strconv.FormatInt(n, 10)
	case parquet.Int96:
		return int96Day(v.Int96())
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	}
	return v.String()
}

// int96Day reads Impala's timestamps: nanoseconds of the day, Julian day.
func int96Day(v deprecated.Int96) string {
	const epoch = 2440588 // Julian day of 1970-01-01
	return time.Unix((int64(v[2])-epoch)*24*60*60, 0).UTC().Format(time.DateOnly)
}

// columnReader reads the values of one column of a row group, row by row.
type columnReader struct {
	*parquet.Column
	pages    parquet.Pages
	repeated bool
	page     parquet.Page
	values   parquet.ValueReader
	buf      [64]parquet.Value
	next     []parquet.Value // of buf, not yet taken
	one      [1]parquet.Value
	many     []parquet.Value
}

// row is the values of the next row; they stay until it is called again. A
// null is no value.
func (c *columnReader) row() (v []parquet.Value, err error) {
	defer caught(&err)
	if err := c.fill(); err != nil {
		if err == io.EOF {
			err = errTruncated
		}
		return nil, err
	}
	first := c.next[0]
	if !c.repeated {
		c.next = c.next[1:]
		if first.IsNull() {
			return nil, nil
		}
		c.one[0] = first
		return c.one[:], nil
	}
	c.many = c.many[:0]
	for {
		if v := c.next[0]; !v.IsNull() {
			c.many = append(c.many, v.Clone())
		}
		c.next = c.next[1:]
		switch err := c.fill(); {
		case err == io.EOF:
			return c.many, nil
		case err != nil:
			return nil, err
		case c.next[0].RepetitionLevel() == 0:
			return c.many, nil
		}
	}
}

// fill sees to it that there is a next value.
func (c *columnReader) fill() error {
	for len(c.next) == 0 {
		if c.values == nil {
			p, err := c.pages.ReadPage()
			if err != nil {
				return err
			}
			if c.page != nil {
				parquet.Release(c.page)
			}
			c.page, c.values = p, p.Values()
		}
		n, err := c.values.ReadValues(c.buf[:])
		c.next = c.buf[:n]
		if err != nil {
			c.values = nil
			if err != io.EOF {
				return err
			}
		}
	}
	return nil
}

func (c *columnReader) close() {
	if c.page != nil {
		parquet.Release(c.page)
	}
	c.pages.Close()
}
