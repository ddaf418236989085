package corpus

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	pq "github.com/parquet-go/parquet-go/format"

	"example.org/tweetarc/archive"
)

// Of a Parquet file only the columns of an article's parts are read, page by page. Each
// row group is a batch.

var parquetFile = &format{
	name: "Parquet", exts: []string{".parquet"},
	recognise: magic("PAR1"),
	read:      (*source).parquet,
	split:     (*Reader).rowGroups,
}

// parquetTable is an open file and its columns.
type parquetTable struct {
	*parquet.File
	in      io.ReaderAt
	columns []*parquet.Column // by part, nil for none; then more texts; then those to keep
	texts   []int             // which columns may be the text, the surest name first
	names   []string
	taken   [parts]string
}

var errFooter = withHint("not a complete Parquet file", "if it was cut, copy or download it again")

// checkFooter compares the length that a file gives for its footer with its own. The
// library would take as much memory as the file says, up to 4 GB.
func checkFooter(r io.ReaderAt, size int64) error {
	var end [8]byte // the length of the footer, and PAR1
	rest := size - int64(len("PAR1")+len(end))
	if rest < 0 {
		return errFooter
	}
	if _, err := r.ReadAt(end[:], size-int64(len(end))); err != nil && err != io.EOF {
		return err
	}
	if length := int64(binary.LittleEndian.Uint32(end[:])); length > rest {
		return errFooter
	}
	return nil
}

// openParquet opens a file and finds its columns.
func openParquet(r io.ReaderAt, size int64, fields Fields) (f *parquetTable, err error) {
	defer caught(&err)
	if err := checkFooter(r, size); err != nil {
		return nil, err
	}
	p, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
	if err != nil {
		return nil, &hinted{withoutNumbers(err), "if the file was cut, copy or download it again"}
	}
	f = &parquetTable{File: p, in: r, columns: make([]*parquet.Column, parts), texts: []int{partText}}
	all := leaves(nil, p.Root())
	for _, leaf := range all {
		f.names = append(f.names, strings.Join(leafPath(leaf), "."))
	}
	for part, want := range fields.list() {
		switch i := f.column(all, part, want); {
		case i >= 0 && part == partText && !isText(all[i]):
			return nil, fmt.Errorf("column %s does not hold text, but %s", want, all[i].Type())
		case i >= 0:
			f.columns[part], f.taken[part] = all[i], f.names[i]
		case want != "":
			return nil, errNoColumn(want, f.names)
		case part == partText:
			return nil, errNoText(f.names, "")
		}
	}
	if fields.Text == "" {
		for _, i := range f.known(all, partText)[1:] {
			f.texts = append(f.texts, len(f.columns))
			f.columns = append(f.columns, all[i])
		}
	}
	for _, want := range fields.Keep {
		var column *parquet.Column
		if i := slices.Index(f.names, want); i >= 0 {
			column = all[i]
		} else if !slices.Contains(fields.Lack, want) {
			return nil, errNoColumn(want, f.names)
		}
		f.columns = append(f.columns, column)
	}
	return f, nil
}

// column is the column of a part: the wanted one or, if nothing is wanted, the one with
// the surest of the known names; -1 without one.
func (f *parquetTable) column(leaves []*parquet.Column, part int, want string) int {
	if want != "" {
		return slices.Index(f.names, want)
	}
	if known := f.known(leaves, part); len(known) > 0 {
		return known[0]
	}
	return -1
}

// known gives the columns with a known name for a part, the surest first.
func (f *parquetTable) known(leaves []*parquet.Column, part int) (columns []int) {
	ranks := map[int]int{}
	for i, leaf := range leaves {
		steps := strings.Split(f.names[i], ".")
		is, known := stepsName(steps)
		rank := is.rank + 1000*(len(steps)-1)
		if known && is.part == part && (part == partDate || part == partCaptured || isText(leaf)) && !amongMany(leaf) {
			columns, ranks[i] = append(columns, i), rank
		}
	}
	slices.SortStableFunc(columns, func(a, b int) int { return ranks[a] - ranks[b] })
	return columns
}

// stepsName says what a column's name means. That is what its last step means, but in an
// outlet only the name belongs to the article.
func stepsName(steps []string) (is name, known bool) {
	last := steps[len(steps)-1]
	is, known = nameOf([]byte(last))
	if len(steps) < 2 || steps[len(steps)-2] == "_source" {
		return is, known
	}
	above, ok := nameOf([]byte(steps[len(steps)-2]))
	if !ok || above.part != partOutlet {
		return is, known
	}
	if strings.EqualFold(last, "name") {
		return above, true
	}
	return is, known && containers[strings.ToLower(steps[len(steps)-2])]
}

// leaves appends the columns that hold values to l, in the order of the file.
func leaves(l []*parquet.Column, c *parquet.Column) []*parquet.Column {
	if c.Leaf() {
		return append(l, c)
	}
	for _, c := range c.Columns() {
		l = leaves(l, c)
	}
	return l
}

// leafPath is the path of a column, without the levels that only belong to a list.
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

// amongMany says whether a column is a field of objects in a list. The address of an
// image in a list of images is not the article's.
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

// caught turns a panic of the Parquet library into an error. Damaged files can cause one.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = archive.WithDetail(fmt.Sprintf("the Parquet file is damaged: %v", r), "the Parquet file is damaged")
	}
}

// rowGroups gives the row groups of a Parquet file, which stays open while they are read.
func (r *Reader) rowGroups(in *input) batches {
	return func(yield func(archive.Batch) bool) {
		after, skip := r.resume(in.File)
		if skip {
			r.passedOver(in)
			return
		}
		disk, size, err := r.random(in)
		if err != nil {
			yield(r.failure(in.File, err))
			return
		}
		defer disk.release()
		f, err := openParquet(disk.at, size, r.Fields)
		if err != nil {
			yield(r.failure(in.File, err))
			return
		}
		r.fieldsTaken(f.names, f.taken)
		first, groups := 0, f.RowGroups()
		for i, g := range groups {
			from, last := first, i == len(groups)-1
			first += int(g.NumRows())
			if first <= after && !last {
				continue
			}
			disk.users.Add(1)
			if !yield(r.batch(in.File, after, last, func(s *source) articles {
				s.atEnd(disk.release)
				return s.rowGroup(f, i, from)
			})) {
				return
			}
		}
		if len(groups) == 0 {
			yield(archive.Batch{File: in.File, Last: true, Articles: func(func(*archive.Article, error) bool) {}})
		}
	}
}

// parquet reads a Parquet file. If it is in a stream, it reads a copy.
func (s *source) parquet(w *window) articles {
	in := &input{File: &archive.File{}, w: w}
	if s.disk != nil {
		info, err := s.disk.Stat()
		if err != nil {
			return s.unread(err)
		}
		in.Size, in.disk = info.Size(), s.onDisk(s.disk)
	}
	disk, size, err := s.random(in)
	if err != nil {
		return s.unread(err)
	}
	if s.disk == nil {
		s.atEnd(disk.release)
	}
	f, err := openParquet(disk.at, size, s.Fields)
	if err != nil {
		return s.unread(err)
	}
	s.fieldsTaken(f.names, f.taken)
	return func(yield func(*archive.Article, error) bool) {
		first := 0
		for i, g := range f.RowGroups() {
			for a, err := range s.rowGroup(f, i, first) {
				if !yield(a, err) {
					return
				}
			}
			first += int(g.NumRows())
		}
	}
}

// maxPage limits a page, which is unpacked as a whole, to so many times the bytes of a
// record: a page holds many records.
const maxPage = 4

// checkPages looks for a page that is too long, in the headers of the pages of one column
// in a group. Other errors in them are found when the pages are read.
func (f *parquetTable) checkPages(group, column int, max int64) error {
	m := &f.Metadata().RowGroups[group].Columns[column].MetaData
	at, end := m.DataPageOffset, m.DataPageOffset+m.TotalCompressedSize
	if d := m.DictionaryPageOffset; 0 < d && d < at {
		at, end = d, d+m.TotalCompressedSize
	}
	for at < end {
		part := io.NewSectionReader(f.in, at, end-at)
		in := bufio.NewReaderSize(part, 512)
		var h pq.PageHeader
		if err := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(in)).Decode(&h); err != nil || h.CompressedPageSize < 0 {
			return nil
		}
		if int64(h.UncompressedPageSize) > max {
			return withHint(fmt.Sprintf("a page of %d MiB is more than %d times --max-record", h.UncompressedPageSize>>20, maxPage), "raise that to read it")
		}
		read, _ := part.Seek(0, io.SeekCurrent)
		at += read - int64(in.Buffered()) + int64(h.CompressedPageSize)
	}
	return nil
}

// rowGroup reads the rows of one group. They come after so many rows of other groups.
func (s *source) rowGroup(f *parquetTable, group, row int) articles {
	return func(yield func(*archive.Article, error) bool) {
		g := f.RowGroups()[group]
		last := row + int(g.NumRows())
		columns, values := make([]*columnReader, len(f.columns)), make([][]parquet.Value, len(f.columns))
		for part, c := range f.columns {
			if c == nil {
				continue
			}
			if err := f.checkPages(group, c.Index(), maxPage*s.max); err != nil {
				yield(s.record(row+1, nil, lost(err, last-row-1)))
				return
			}
			columns[part] = &columnReader{Column: c, pages: g.ColumnChunks()[c.Index()].Pages(), repeated: c.MaxRepetitionLevel() > 0}
			defer columns[part].close()
		}
		for row < last {
			row++
			if err := next(values, columns); err != nil { // now the columns are at different rows
				yield(s.record(row, nil, lost(err, last-row)))
				return
			}
			if row <= s.after {
				continue
			}
			a, err := s.row(f, values)
			if !yield(s.record(row, a, err)) {
				return
			}
		}
	}
}

// lost adds to an error how many more rows of the group cannot be read.
func lost(err error, rows int) error {
	if rows == 0 {
		return err
	}
	return fmt.Errorf("%w; %d more rows of its row group are lost with it", err, rows)
}

// next reads the next row.
func next(values [][]parquet.Value, columns []*columnReader) (err error) {
	for part, c := range columns {
		if c == nil {
			continue
		}
		if values[part], err = c.row(); err != nil {
			return err
		}
	}
	return nil
}

// row makes the article of a row.
func (s *source) row(f *parquetTable, values [][]parquet.Value) (*archive.Article, error) {
	text := func(i int) ([]byte, error) {
		if len(values[i]) == 0 {
			return nil, nil
		}
		text := values[i][0].ByteArray()
		if more := values[i][1:]; len(more) > 0 {
			text = append(s.dec.scratch[:0], text...)
			for _, v := range more {
				text = append(append(text, "\n\n"...), v.ByteArray()...)
			}
			s.dec.scratch = text
		}
		if int64(len(text)) > s.max {
			return nil, tooLong(s.max)
		}
		return text, nil
	}
	from := partText
	if len(f.texts) > 1 {
		best, err := s.choose(len(f.texts), func(i int) ([]byte, error) { return text(f.texts[i]) })
		if err != nil {
			return nil, err
		}
		from = f.texts[best]
		if s.inspect != nil {
			var fields []string
			for _, i := range f.texts {
				fields = append(fields, strings.Join(leafPath(f.columns[i]), "."))
			}
			s.textTaken(fields[best], fields)
		}
	}
	html := strings.Contains(strings.ToLower(strings.Join(f.columns[from].Path(), ".")), "html")
	value := func(i int) []byte {
		if len(values[i]) == 0 {
			return nil
		}
		return parquetBytes(values[i][0], f.columns[i].Type())
	}
	a, err := s.fielded(html, func(part int) ([]byte, error) {
		if part == partText {
			return text(from)
		}
		return value(part), nil
	}, none)
	if keep := parts + len(f.texts) - 1; err == nil && keep < len(f.columns) {
		for i := range f.columns[keep:] {
			a.Kept = append(a.Kept, utf8Text(value(keep+i)))
		}
	}
	return a, err
}

// parquetBytes prints a value so that day and moment can read it.
func parquetBytes(v parquet.Value, t parquet.Type) []byte {
	if v.IsNull() {
		return nil
	}
	var logical any
	if l := t.LogicalType(); l != nil {
		logical = l.Value
	}
	switch v.Kind() {
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return v.ByteArray()
	case parquet.Int32:
		if _, ok := logical.(*pq.DateType); ok {
			return timeBytes(int64(v.Int32())*secondsOfDay, time.DateOnly)
		}
	case parquet.Int64:
		if ts, ok := logical.(*pq.TimestampType); ok && ts.Unit.Value != nil {
			layout := isoLocal
			if ts.IsAdjustedToUTC {
				layout = isoUTC
			}
			return timeBytes(v.Int64()/int64(time.Second/ts.Unit.Value.Duration()), layout)
		}
		return strconv.AppendInt(nil, v.Int64(), 10)
	case parquet.Int96: // Impala's timestamps: nanoseconds of the day, Julian day
		const epoch = 2440588 // Julian day of 1970-01-01
		at := v.Int96()
		nanos := int64(at[1])<<32 | int64(at[0])
		return timeBytes((int64(at[2])-epoch)*secondsOfDay+nanos/int64(time.Second), isoUTC)
	case parquet.Double:
		return strconv.AppendFloat(nil, v.Double(), 'f', -1, 64)
	}
	return []byte(v.String())
}

const secondsOfDay = 24 * 60 * 60

func timeBytes(unix int64, layout string) []byte {
	return time.Unix(unix, 0).UTC().AppendFormat(nil, layout)
}

// columnReader reads the values of one column in a row group, row by row.
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

// row gives the values of the next row, without nulls. They are valid until the next
// call.
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

// fill reads the next value, if it is not there yet.
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
