package enrich

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in dump_test.go and shape_test.go.

// dumpFile is a file of a dump that is being read.
type dumpFile struct {
	*Dump
	file      string
	s         *stream
	lookedFor func([]byte) bool // an ID or a handle
	each      func(Answer) error
	owner     userV2 // who wrote the tweets that name no author
	all       bool   // all tweets are looked for: the owner is

	tweets  int       // that were decoded
	records int       // JSON objects or rows
	ids     int       // IDs without a tweet
	rounded int       // IDs
	names   []string  // of the fields of the first record
	columns []string  // of a table, their plain names
	zeros   bool      // IDs that end in zeros are rounded
	missing *noTweets // which column of tweets the table does not have
	broken  bool      // something could not be read
}

// enough is how many records of a file are decoded until one has a tweet, and how
// many are checked for whether they are JSON. Of all others only those with
// something that is looked for are decoded, so nobody knows whether they could be.
const enough = 10000

// binaries are formats that are no text, with a hint.
var binaries = map[string]string{
	"Parquet": "convert it to CSV or JSON lines",
	"WARC":    "tweetarc archive finds the tweets in its pages; or ask the Wayback Machine: --via wayback",
}

func (f *dumpFile) read(format string) error {
	if _, binary := binaries[format]; binary {
		return nil
	}
	f.s.skipAssignment()
	c, _ := f.s.next()
	if c == '{' || c == '[' {
		r := jsonReader{stream: f.s, lookedFor: f.lookedFor, object: f.object, bad: f.badAt, scalar: func(s string) {
			if len(s) > 8 && archive.IsStatusID(s) {
				f.ids++
			}
		}}
		return r.read()
	}
	return f.table()
}

func (f *dumpFile) badAt(line int, err error) {
	f.broken = true
	f.bad(&archive.ReadError{Origin: archive.Origin{File: f.file, Record: line}, Err: err})
}

// object reads the tweets of a JSON object.
func (f *dumpFile) object(raw []byte, line int, found bool) error {
	f.records++
	if !found && !f.all && (f.tweets > 0 || f.records > enough) {
		if f.records <= enough && !json.Valid(raw) {
			f.badAt(line, errNotValid)
		}
		return nil
	}
	answers, err := decodeDump(raw)
	if errors.Is(err, errNoTweet) {
		if len(raw) > maxTweet {
			f.records--
			return errLong // so that the objects in it are read
		}
		if f.names == nil {
			f.names = names(raw)
		}
		if !found {
			return nil
		}
	}
	if err != nil {
		f.badAt(line, err)
		return nil
	}
	for _, a := range answers {
		if len(a.Raw) > maxTweet {
			f.badAt(line, errHuge)
			continue
		}
		if a.State == Found && a.Handle == "" {
			f.knownAuthor(&a)
		}
		f.tweets++
		if err := f.each(a); err != nil {
			return err
		}
	}
	return nil
}

// knownAuthor fills in the author, whom the dump names elsewhere.
func (f *dumpFile) knownAuthor(a *Answer) {
	u := f.owner
	if u.Username == "" && len(f.users) > 0 {
		var by struct {
			ID string `json:"author_id"`
		}
		if lenient(json.Unmarshal(a.Raw, &by)) == nil {
			u = f.users[by.ID]
		}
	}
	a.Handle, a.Author = u.Username, u.Name
}

// names are the names of an object's fields.
func names(raw []byte) []string {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return []string{}
	}
	return sortedKeys(m)
}

// maxTweet is the most bytes of a tweet's JSON, and of what is read in any shape.
const maxTweet = 1 << 20

var (
	errHuge     = fmt.Errorf("more than %d MB: no tweet is that long", maxTweet>>20)
	errNotValid = errors.New("the JSON is not valid")
	errRounded  = archive.WithDetail("the ID was rounded to a number, as spreadsheets do, and its last digits are lost: give the table as it was before", "the ID was rounded to a number")
)

// decodeDump reads the tweets of a JSON object: as APIs write it or, if these
// have no words or no handle, in any shape.
func decodeDump(raw []byte) ([]Answer, error) {
	raw = bytes.Clone(raw) // answers keep it
	answers, err := decode(raw)
	if err != nil && !errors.Is(err, errNoTweet) {
		return nil, errNotValid
	}
	if len(answers) > 0 {
		if a := &answers[0]; a.State != Found || a.Text != "" && a.Handle != "" {
			return answers, nil
		}
	}
	if len(raw) <= maxTweet {
		if other := decodeAny(raw); len(other) > 0 && (len(answers) == 0 || other[0].Handle != "" && other[0].Text != "") {
			return other, nil
		}
	}
	if len(answers) == 0 {
		return nil, errNoTweet
	}
	return answers, nil
}

// table reads rows of cells.
func (f *dumpFile) table() error {
	line, _, _ := bytes.Cut(f.s.head(1<<16), []byte{'\n'})
	comma, most := byte(','), 0
	for _, c := range []byte{',', '\t', ';', '|'} {
		if n := bytes.Count(line, []byte{c}); n > most {
			comma, most = c, n
		}
	}
	first, err := f.s.row(comma, nil)
	if err != nil {
		return nil
	}
	if !slices.ContainsFunc(first, func(cell []byte) bool { return !archive.IsStatusID(cleanID(string(cell))) }) {
		f.ids++
		return nil
	}
	for _, name := range first {
		f.names = append(f.names, string(name))
		f.columns = append(f.columns, plain(string(name)))
	}
	if f.missing = f.notForTweets(); f.missing != nil {
		return nil
	}
	f.zeros = f.endInZeros(comma)
	var cells [][]byte
	for tries := 0; ; {
		line := f.s.line
		cells, err = f.s.row(comma, cells)
		switch {
		case err == nil:
			if err := f.row(cells, line); err != nil {
				return err
			}
			continue
		case err == errLong && tries < 8:
			f.badAt(line, err)
			tries++
			f.s.skipLine()
			continue
		case err != io.EOF:
			f.badAt(line, err)
		}
		return nil
	}
}

// notForTweets says why the columns cannot be those of tweets, nil if they can.
func (f *dumpFile) notForTweets() *noTweets {
	have := func(names []string) bool {
		return slices.ContainsFunc(f.columns, func(n string) bool { return slices.Contains(names, n) })
	}
	columns := "(columns: " + short(f.names) + ")"
	switch {
	case len(f.names) == 1 && !have(idNames):
		return &noTweets{"text without tweets: neither JSON nor a table", dumpHint}
	case !have(idNames) && !have(urlNames):
		return &noTweets{"a table without a column of tweet IDs " + columns, "name it tweet_id or id"}
	case !have(textNames):
		return &noTweets{"a table of tweet IDs without the tweets' words " + columns, hydrateHint}
	}
	return nil
}

// endInZeros says whether a spreadsheet kept only 15 digits of the table's IDs: in
// the first rows, nearly all IDs of more digits have zeros after these.
func (f *dumpFile) endInZeros(comma byte) bool {
	s := newStream(bytes.NewReader(f.s.head(1 << 16)))
	long, zeros := 0, 0
	for {
		cells, err := s.row(comma, nil)
		if err != nil {
			return zeros > 0 && zeros*10 >= long*9
		}
		for i, cell := range cells[:min(len(cells), len(f.columns))] {
			if id := cleanID(string(cell)); len(id) > 15 && archive.IsStatusID(id) && slices.Contains(idNames, f.columns[i]) {
				if long++; cutID(id) {
					zeros++
				}
			}
		}
	}
}

// cutID recognises an ID that may be the first 15 digits of one, and zeros.
func cutID(id string) bool { return len(id) > 15 && strings.Trim(id[15:], "0") == "" }

const (
	hydrateHint = "hydrate them first, with twarc2 hydrate or Hydrator, and give the file that it writes; or ask a service: --via v2 or --via oembed"
	dumpHint    = "give hydrated tweets, as JSON or CSV"
)

// short shows names in a message.
func short(names []string) string {
	s := strings.Join(names[:min(8, len(names))], ", ")
	return archive.Head(s, 120)
}

// row reads a row of a table.
func (f *dumpFile) row(cells [][]byte, line int) error {
	if len(cells) == 1 && len(cells[0]) == 0 {
		return nil
	}
	cells = cells[:min(len(cells), len(f.columns))]
	f.records++
	lost := f.hasRounded(cells)
	if !lost && (f.tweets > 0 || f.records > enough) && !f.isLookedFor(cells) {
		return nil
	}
	row, raw := f.fieldsOf(cells)
	a, ok := row.tweet()
	if !ok {
		if lost {
			f.rounded++
			f.badAt(line, errRounded)
		}
		return nil
	}
	a.Raw, _ = json.Marshal(raw)
	f.tweets++
	return f.each(a)
}

// hasRounded says whether the row has a rounded ID.
func (f *dumpFile) hasRounded(cells [][]byte) bool {
	for i, cell := range cells {
		if len(cell) > 3 && len(cell) < 32 && slices.Contains(idNames, f.columns[i]) && f.isRounded(string(cell)) {
			return true
		}
	}
	return false
}

func (f *dumpFile) isRounded(cell string) bool {
	id := cleanID(cell)
	return rounded(id) || f.zeros && cutID(id)
}

// isLookedFor says whether an ID or a handle in the row, or at the end of a URL in
// it, is looked for.
func (f *dumpFile) isLookedFor(cells [][]byte) bool {
	for _, cell := range cells {
		if len(cell) >= 32 {
			if !bytes.HasPrefix(cell, []byte("http")) {
				continue
			}
			cell = cell[bytes.LastIndexByte(cell, '/')+1:]
		}
		if f.lookedFor([]byte(cleanID(string(cell)))) || len(cell) > 0 && cell[0] == '@' && f.lookedFor(cell[1:]) {
			return true
		}
	}
	return false
}

// fieldsOf are the row's fields by their plain names, of two the first that is not
// empty; and all that it says, by the names of the columns.
func (f *dumpFile) fieldsOf(cells [][]byte) (row fields, raw map[string]string) {
	row, raw = fields{}, map[string]string{}
	for i, cell := range cells {
		v := strings.ReplaceAll(string(cell), `""`, `"`)
		if v == "" || v == "NA" || v == "NaN" || v == "nan" {
			v = ""
		} else {
			raw[f.names[i]] = v
		}
		name := f.columns[i]
		if f.zeros && slices.Contains(idNames, name) && cutID(cleanID(v)) {
			v = "" // a URL may still have the whole ID
		}
		if _, has := row[name]; v != "" || !has {
			row[name] = v
		}
	}
	return row, raw
}

// takenFor is why the file has no tweets.
func (f *dumpFile) takenFor(format string) error {
	hint, binary := binaries[format]
	switch {
	case binary:
		return &noTweets{format + ", which is not read as tweets", hint}
	case f.s.err != nil && f.s.err != io.EOF:
		return &archive.ReadError{Origin: archive.Origin{File: f.file}, Err: f.s.err}
	case f.broken && f.records == 0:
		return &noTweets{"no tweets in it: it is damaged, or neither JSON nor a table", dumpHint}
	case f.ids > 0 && f.records == 0, len(f.names) == 1 && f.records > 0 && slices.Contains(idNames, plain(f.names[0])):
		return &noTweets{"a list of tweet IDs without the tweets' words", hydrateHint}
	case f.missing != nil:
		return f.missing
	case f.rounded > 0:
		return &noTweets{"a table whose tweet IDs were rounded to numbers, as spreadsheets do, so that their last digits are lost", "give the table as it was before"}
	case len(f.names) > 0 && f.records > 0:
		return &noTweets{fmt.Sprintf("no tweets in it: none of its %d records has a tweet's ID and words (fields: %s)", f.records, short(f.names)), dumpHint}
	case f.records > 0:
		return &noTweets{"no tweets in it", dumpHint}
	}
	return &noTweets{"empty, or neither JSON nor a table", dumpHint}
}
