package store

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// RowWriter writes rows that have the columns it was made with. Close writes
// what is still held back; it does not close the file below.
type RowWriter interface {
	Write(Row) error
	Close() error
}

// NewCSV writes CSV as RFC 4180 has it, but with line feeds alone: a header,
// then a line for each row, quoted where needed, line breaks kept.
func NewCSV(w io.Writer, columns []Column) RowWriter {
	c := &csvWriter{w: csv.NewWriter(w)}
	header := make([]string, len(columns))
	for i, col := range columns {
		header[i] = col.Name
	}
	c.err = c.w.Write(header)
	return c
}

type csvWriter struct {
	w   *csv.Writer
	err error
}

func (c *csvWriter) Write(r Row) error {
	if c.err == nil {
		c.err = c.w.Write(r.Values)
	}
	return c.err
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	if c.err == nil {
		c.err = c.w.Error()
	}
	return c.err
}

// NewJSONL writes one JSON object a line: the columns as keys, in their order,
// empty values left out, numbers as numbers, IDs as strings. The rows of embeds
// carry their links under the key links.
func NewJSONL(w io.Writer, columns []Column) RowWriter {
	j := &jsonlWriter{w: bufio.NewWriterSize(w, 64<<10)}
	for _, c := range columns {
		j.keys = append(j.keys, `"`+c.Name+`":`)
		j.bare = append(j.bare, c.Kind == Int || c.Kind == Number)
	}
	return j
}

type jsonlWriter struct {
	w    *bufio.Writer
	keys []string
	bare []bool // the value is a number
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

const hexDigits = "0123456789abcdef"

// appendJSON appends s as a JSON string. Unlike encoding/json it leaves <, >
// and & as they are; bytes that are no UTF-8 become U+FFFD.
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
		case r == '\u2028' || r == '\u2029': // a line's end to JavaScript
			b = append(append(b, s[from:i]...), `\u202`...)
			b = append(b, hexDigits[r&15])
			from = i + n
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}
