package enrich

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// dumpFile is a file of a dump that is being read.
type dumpFile struct {
	*Dump
	file      string
	s         *stream
	lookedFor func([]byte) bool
	each      func(Answer) error
	owner     userV2 // who wrote the tweets that name no author
	all       bool   // of the owner: they are looked for

	tweets  int      // that were decoded
	values  int      // JSON objects or rows
	ids     int      // that stand alone
	rounded int      // IDs
	zeros   bool     // IDs that end in zeros are rounded
	names   []string // of the first value's fields
	missing *noTweets
	broken  bool // something could not be read
}

// enough is how many values without a tweet are decoded: what comes after them
// only if it is looked for.
const enough = 10000

// binaries are formats that are no text.
var binaries = map[string]string{
	"Parquet": "write it as CSV or JSON lines",
	"WARC":    "archive it as articles, or ask the Wayback Machine",
}

// read reads the file.
func (f *dumpFile) read(format string) error {
	if _, binary := binaries[format]; binary {
		return nil
	}
	f.s.skipAssignment()
	c, _ := f.s.next()
	if c == '{' || c == '[' {
		return f.s.values(jsonReading{lookedFor: f.lookedFor, object: f.object, bad: f.badAt, scalar: func(s string) {
			if len(s) > 8 && archive.IsStatusID(s) {
				f.ids++
			}
		}})
	}
	return f.table()
}

func (f *dumpFile) badAt(line int, err error) {
	f.broken = true
	f.bad(&archive.ReadError{Origin: archive.Origin{File: f.file, Record: line}, Err: err})
}

// object reads the tweets of a JSON object.
func (f *dumpFile) object(raw []byte, line int, found bool) error {
	f.values++
	if !found && !f.all && (f.tweets > 0 || f.values > enough) {
		return nil
	}
	answers, err := decodeDump(raw)
	if errors.Is(err, errNoTweet) {
		if len(raw) > maxTweet {
			f.values--
			return errLong // it is read as what is in it
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

// knownAuthor fills in the author that a dump has apart from the tweet.
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

var errHuge = fmt.Errorf("a tweet of more than %d MB", maxTweet>>20)

// decodeDump reads the tweets of a JSON object as APIs write it, and else in any
// shape.
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

var errNotValid = errors.New("JSON that is not valid")

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
	f.names = make([]string, len(first))
	for i, name := range first {
		f.names[i] = string(name)
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
		return slices.ContainsFunc(f.names, func(n string) bool { return slices.Contains(names, plain(n)) })
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

// endInZeros says whether a spreadsheet kept but 15 digits of the table's IDs:
// of the first rows, nearly all that have a longer one have zeros after these.
func (f *dumpFile) endInZeros(comma byte) bool {
	s := newStream(bytes.NewReader(f.s.head(1 << 16)))
	long, zeros := 0, 0
	for {
		cells, err := s.row(comma, nil)
		if err != nil {
			return zeros > 0 && zeros*10 >= long*9
		}
		for i, cell := range cells[:min(len(cells), len(f.names))] {
			if id := cleanID(string(cell)); len(id) > 15 && archive.IsStatusID(id) && slices.Contains(idNames, plain(f.names[i])) {
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
	hydrateHint = "hydrate them first, with twarc2 hydrate or Hydrator, and give what that writes; or ask v2 or oembed"
	dumpHint    = "give JSON or CSV of hydrated tweets"
)

func short(names []string) string {
	s := strings.Join(names[:min(8, len(names))], ", ")
	return archive.Head(s, 120)
}

// row reads a row of a table.
func (f *dumpFile) row(cells [][]byte, line int) error {
	if len(cells) == 1 && len(cells[0]) == 0 {
		return nil
	}
	f.values++
	look, asked := false, ""
	for i, cell := range cells[:min(len(cells), len(f.names))] {
		if len(cell) < 32 {
			id := cleanID(string(cell))
			look = look || f.lookedFor([]byte(id)) || len(cell) > 0 && cell[0] == '@' && f.lookedFor(cell[1:])
			if len(cell) > 3 && (rounded(id) || f.zeros && cutID(id)) && slices.Contains(idNames, plain(f.names[i])) {
				asked = id
			}
		} else if at := bytes.LastIndexByte(cell, '/'); !look && at > 0 && bytes.HasPrefix(cell, []byte("http")) {
			look = f.lookedFor(cell[at+1:])
		}
	}
	if !look && asked == "" && (f.tweets > 0 || f.values > enough) {
		return nil
	}
	row, said := fields{}, map[string]string{}
	for i, cell := range cells[:min(len(cells), len(f.names))] {
		v := strings.ReplaceAll(string(cell), `""`, `"`)
		if v == "" || v == "NA" || v == "NaN" || v == "nan" {
			v = ""
		} else {
			said[f.names[i]] = v
		}
		name := plain(f.names[i])
		if f.zeros && slices.Contains(idNames, name) && cutID(cleanID(v)) {
			v = "" // a URL may still tell it
		}
		if _, has := row[name]; v != "" || !has {
			row[name] = v
		}
	}
	a, ok := row.tweet()
	if !ok {
		if asked != "" {
			f.rounded++
			f.badAt(line, errRounded)
		}
		return nil
	}
	a.Raw, _ = json.Marshal(said)
	f.tweets++
	return f.each(a)
}

var errRounded = errors.New("an ID that was rounded to a number, as spreadsheets do: take the table as it was before")

// takenFor is why the file has no tweets.
func (f *dumpFile) takenFor(format string) error {
	hint, binary := binaries[format]
	switch {
	case binary:
		return &noTweets{format + ", which is not read as tweets", cmp.Or(hint, dumpHint)}
	case f.s.err != nil && f.s.err != io.EOF:
		return &archive.ReadError{Origin: archive.Origin{File: f.file}, Err: f.s.err}
	case f.broken && f.values == 0:
		return &noTweets{"no tweets in it: it is damaged, or neither JSON nor a table", dumpHint}
	case f.ids > 0 && f.values == 0, len(f.names) == 1 && f.values > 0 && slices.Contains(idNames, plain(f.names[0])):
		return &noTweets{"a list of tweet IDs without the tweets' words", hydrateHint}
	case f.missing != nil:
		return f.missing
	case f.rounded > 0:
		return &noTweets{"a table whose tweet IDs were rounded to numbers, as spreadsheets do", "take the table as it was before"}
	case len(f.names) > 0 && f.values > 0:
		return &noTweets{fmt.Sprintf("no tweets: none of its %d values has a tweet's ID and words (fields: %s)", f.values, short(f.names)), dumpHint}
	case f.values > 0:
		return &noTweets{"no tweets in it", dumpHint}
	}
	return &noTweets{"empty, or no JSON and no table", dumpHint}
}
