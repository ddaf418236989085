package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// A coding sheet is CSV for spreadsheets. What a coder reads and fills in comes first. The
// confidence comes last, because it would influence the coder.
var sheetColumns = []store.Column{
	{Name: "case", Kind: store.Text},
	{Name: "n", Kind: store.Int},
	{Name: "passage", Kind: store.Text},
	{Name: "text", Kind: store.Text},
	{Name: "author", Kind: store.Text},
	{Name: "handle", Kind: store.Text},
	{Name: "posted_date", Kind: store.Day},
	{Name: "verdict", Kind: store.Text},
	{Name: "words", Kind: store.Text},
	{Name: "coder", Kind: store.Text},
	{Name: "note", Kind: store.Text},
	{Name: "outlet", Kind: store.Text},
	{Name: "article_title", Kind: store.Text},
	{Name: "article_date", Kind: store.Day},
	{Name: "article_url", Kind: store.Text},
	{Name: "file", Kind: store.Text},
	{Name: "record", Kind: store.Int},
	{Name: "form", Kind: store.Text},
	{Name: "confidence", Kind: store.Number},
	{Name: "sample", Kind: store.Text},
	{Name: "stratum", Kind: store.Text},
	{Name: "stratum_size", Kind: store.Int},
}

// What marks a tweet in its passage, and how long the passage may be: a cell holds
// 32,767 characters.
const (
	markBegin, markEnd = "⟦", "⟧"
	maxMarked          = 28_000
)

// passageOf is the passage of a case with the tweet marked.
func passageOf(c *store.Case) string {
	raw := c.Raw
	if len(raw) > maxMarked {
		raw = archive.Head(raw, maxMarked/8) + " […] " + archive.Tail(raw, maxMarked/8)
	}
	return c.Before + markBegin + raw + markEnd + c.After
}

// sheetWriter writes cases as a coding sheet: UTF-8 with a byte order mark, rows ended by
// CR LF, line breaks within cells by LF.
type sheetWriter struct {
	w      io.Writer
	sample *store.Sample
	size   map[string]int // of the strata
	line   bytes.Buffer
}

func newSheet(w io.Writer, s *store.Sample) (*sheetWriter, error) {
	out := &sheetWriter{w: w, sample: s, size: map[string]int{}}
	for _, h := range s.Strata {
		out.size[h.Name] = h.Embeds
	}
	names := make([]string, len(sheetColumns))
	for i, c := range sheetColumns {
		names[i] = c.Name
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	return out, out.row(names)
}

func (s *sheetWriter) row(cells []string) error {
	s.line.Reset()
	out := csv.NewWriter(&s.line)
	out.Write(cells) // a buffer takes all
	out.Flush()
	_, err := fmt.Fprintf(s.w, "%s\r\n", strings.TrimSuffix(s.line.String(), "\n"))
	return err
}

func (s *sheetWriter) write(c *store.Case) error {
	a := &c.Article
	cells := []string{
		c.Name(), strconv.Itoa(c.N), passageOf(c), c.Text, c.Author, c.Handle, c.Date, "", "", "", "",
		a.Outlet, a.Title, a.Date, a.URL, a.File, strconv.Itoa(a.Record), string(c.Form), strconv.FormatFloat(c.Confidence, 'f', -1, 64), s.sample.Key, c.Stratum, strconv.Itoa(s.size[c.Stratum]),
	}
	for i, v := range cells {
		cells[i] = store.ExcelCell(sheetColumns[i].Kind, strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\x00", ""))
	}
	return s.row(cells)
}

// sheet is CSV as somebody saved it.
type sheet struct {
	rows  []sheetRow
	lossy bool // in windows-1252, which has no letters but those of Western Europe
}

// sheetRow is a row of it, by the names of the columns; the passage is left out.
type sheetRow struct {
	number int // as the spreadsheet counts
	cells  map[string]string
}

// maxSheet is how long a sheet may be, in bytes.
const maxSheet = 256 << 20

// verdictSheet is what a coding sheet has at least.
var verdictSheet = [2]string{"case", "verdict"}

// readSheet reads a sheet that has two columns: with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or
// windows-1252, with columns in any order, more of them, and empty rows.
func readSheet(r io.Reader, columns [2]string) (*sheet, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSheet+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxSheet {
		return nil, fmt.Errorf("more than %d MB: this is no such sheet", maxSheet>>20)
	}
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")) {
		return nil, &store.Error{Err: errors.New("this is a workbook, not CSV"), Hint: "save it as CSV UTF-8"}
	}
	text, lossy, err := sheetText(b)
	if err != nil {
		return nil, err
	}
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(strings.ToLower(first), "sep=") {
		text = "\n" + rest // the row counts
	}
	// LibreOffice lets the user choose the quotes.
	swap := strings.NewReplacer()
	if strings.HasPrefix(strings.TrimLeft(text, "\r\n"), "'") {
		swap = strings.NewReplacer(`"`, `'`, `'`, `"`)
		text = swap.Replace(text)
	}
	for _, comma := range ",;\t|" {
		rows, err := sheetRows(text, comma, swap, columns)
		if rows != nil || err != nil {
			return &sheet{rows, lossy}, err
		}
	}
	hint := "tweetarc sample writes such a sheet"
	if columns != verdictSheet {
		hint = "tweetarc outlets --format csv writes such a list"
	}
	return nil, &store.Error{Err: fmt.Errorf("there are no columns %s and %s", columns[0], columns[1]), Hint: hint}
}

// sheetText is a sheet's text as UTF-8 with LF for line ends, and whether it came in
// windows-1252.
func sheetText(b []byte) (text string, lossy bool, err error) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		b, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(b)
	case len(b) > 3 && b[1] == 0 && b[3] == 0:
		b, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(b)
	case !utf8.Valid(b):
		lossy = true
		b, err = charmap.Windows1252.NewDecoder().Bytes(b)
	}
	text = strings.ToValidUTF8(strings.TrimPrefix(string(b), "\ufeff"), "\ufffd")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return text, lossy, err
}

// sheetRows are the rows of a sheet with a separator; nil if it has another.
func sheetRows(text string, comma rune, swap *strings.Replacer, columns [2]string) (rows []sheetRow, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	var header []string
	number, lines, at := 0, 0, int64(0) // rows and lines up to here
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			if header == nil {
				return nil, nil
			}
			return rows, err
		}
		line, _ := r.FieldPos(0)
		number += line - lines // an empty line is a row, too
		lines += strings.Count(text[at:r.InputOffset()], "\n")
		at = r.InputOffset()
		if header == nil {
			for _, c := range cells {
				header = append(header, strings.ToLower(strings.TrimSpace(store.FromExcelCell(swap.Replace(c)))))
			}
			has := map[string]bool{}
			for _, h := range header {
				has[h] = true
			}
			if !has[columns[0]] || !has[columns[1]] {
				if strings.Join(header, "") != "" {
					return nil, nil
				}
				header = nil // an empty row above it
				continue
			}
			rows = []sheetRow{}
			continue
		}
		row := sheetRow{number, map[string]string{}}
		for i, c := range cells {
			if i < len(header) && header[i] != "passage" && row.cells[header[i]] == "" {
				row.cells[header[i]] = strings.TrimSpace(swap.Replace(c))
			}
		}
		rows = append(rows, row)
	}
}

// cell is the text in a column, without the signs that protect it from the spreadsheet.
func (r *sheetRow) cell(column string) string { return store.FromExcelCell(r.cells[column]) }

// verdictNames are what verdicts are called where people read them.
var verdictNames = map[archive.Verdict]string{
	archive.VerdictRight:  "right",
	archive.VerdictBegins: "begins wrong",
	archive.VerdictEnds:   "ends wrong",
	archive.VerdictBoth:   "both wrong",
	archive.VerdictPerson: "wrong person",
	archive.VerdictNone:   "not a tweet",
	archive.VerdictUnsure: "cannot say",
}

// verdictWords are other words for verdicts that coders use, in lower case and without
// marks.
var verdictWords = map[archive.Verdict][]string{
	archive.VerdictRight:  {"ok", "okay", "yes", "y", "1", "true", "correct", "r", "x", "all right", "it is right"},
	archive.VerdictBegins: {"begin", "begin wrong", "begins wrongly", "wrong begin", "wrong beginning", "beginning wrong", "beginning", "start", "starts", "starts wrong", "start wrong", "wrong start", "b"},
	archive.VerdictEnds:   {"end", "end wrong", "ends wrongly", "wrong end", "wrong ending", "ending wrong", "ending", "e"},
	archive.VerdictBoth:   {"wrong words", "words wrong", "be", "b e"},
	archive.VerdictPerson: {"person wrong", "wrong author", "wrong user", "wrong handle", "wrong name", "wrong day", "wrong date", "another person", "p"},
	archive.VerdictNone:   {"no tweet", "not tweet", "isnt a tweet", "is not a tweet", "it is not a tweet"},
	archive.VerdictUnsure: {"?", "??", "???", "can not say", "cant say", "could not say", "cannot tell", "cant tell", "not sure", "dont know", "do not know", "unclear", "unknown", "u"},
}

var verdictOf = func() map[string]archive.Verdict {
	all := map[string]archive.Verdict{}
	for v, words := range verdictWords {
		all[string(v)], all[verdictNames[v]] = v, v
		for _, w := range words {
			all[w] = v
		}
	}
	return all
}()

// parseVerdict reads what a coder wrote; begins and ends together are both.
func parseVerdict(s string) (archive.Verdict, error) {
	said := strings.ToLower(strings.NewReplacer("’", "", "'", "", "‘", "", ".", "", "!", "", "\"", "", "_", " ", "-", " ", "\u00a0", " ").Replace(s))
	said = strings.Join(strings.Fields(said), " ")
	if v, ok := verdictOf[said]; ok {
		return v, nil
	}
	parts := strings.FieldsFunc(strings.ReplaceAll(said, " and ", ","), func(r rune) bool { return strings.ContainsRune(",;/+&", r) })
	found := map[archive.Verdict]bool{}
	for _, p := range parts {
		found[verdictOf[strings.TrimSpace(p)]] = true
	}
	if len(found) == 2 && found[archive.VerdictBegins] && found[archive.VerdictEnds] {
		return archive.VerdictBoth, nil
	}
	switch said {
	case "no", "n", "0", "false", "wrong", "not right", "incorrect":
		return "", archive.WithDetail(fmt.Sprintf("verdict %q can mean several things: begins wrong, ends wrong, wrong person or not a tweet", s), "verdict that can mean several things")
	}
	return "", archive.WithDetail(fmt.Sprintf("verdict %q is not one of: right, begins wrong, ends wrong, both wrong, wrong person, not a tweet, cannot say", archive.Head(s, 40)), "no such verdict")
}

// lost is a text without the letters that windows-1252 does not have, and without the ?
// that replaces them.
func lost(s string) string {
	return strings.Map(func(r rune) rune {
		if _, ok := charmap.Windows1252.EncodeRune(r); !ok || r == '?' {
			return -1
		}
		return r
	}, s)
}
