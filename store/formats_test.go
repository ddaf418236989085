package store

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"example.org/tweetarc/archive"
)

var formatColumns = []Column{
	{Name: "tweet_id", Kind: ID},
	{Name: "author", Kind: Text},
	{Name: "handle", Kind: Text},
	{Name: "posted_date", Kind: Day},
	{Name: "posted_at", Kind: Time},
	{Name: "text", Kind: Text},
	{Name: "confidence", Kind: Number},
	{Name: "record", Kind: Int},
}

var formatRows = []Row{
	{
		Values: []string{"1256100000000000000", "Ada, \"Countess\"", "mar1", "2020-05-01", "2020-05-01T05:55:51Z", "=2+3\nand 🎉 <b>", "0.95", "7"},
		Links:  []archive.Link{{Shown: "pic.twitter.com/x", URL: "https://t.co/x"}},
	},
	{Values: []string{"", "", "ada_l", "2020-05-01", "", "plain words of a tweet", "1", "12"}},
}

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct {
		make func(io.Writer, []Column) RowWriter
		want string
	}{
		"csv": {NewCSV, `tweet_id,author,handle,posted_date,posted_at,text,confidence,record
1256100000000000000,"Ada, ""Countess""",mar1,2020-05-01,2020-05-01T05:55:51Z,"=2+3
and 🎉 <b>",0.95,7
,,ada_l,2020-05-01,,plain words of a tweet,1,12
`},
		"excel": {NewExcelCSV, "\ufeff" + `tweet_id,author,handle,posted_date,posted_at,text,confidence,record
"=""1256100000000000000""","Ada, ""Countess""","=""mar1""",2020-05-01,2020-05-01T05:55:51Z,"'=2+3
and 🎉 <b>",0.95,7
,,ada_l,2020-05-01,,plain words of a tweet,1,12
`},
		"jsonl": {NewJSONL, `{"tweet_id":"1256100000000000000","author":"Ada, \"Countess\"","handle":"mar1","posted_date":"2020-05-01","posted_at":"2020-05-01T05:55:51Z","text":"=2+3\nand 🎉 <b>","confidence":0.95,"record":7,"links":[{"shown":"pic.twitter.com/x","url":"https://t.co/x"}]}
{"handle":"ada_l","posted_date":"2020-05-01","text":"plain words of a tweet","confidence":1,"record":12}
`},
		"ids": {NewIDs, "1256100000000000000\n"},
		"twarc": {NewTwarc, `id,author.username,author.name,created_at,text
1256100000000000000,mar1,"Ada, ""Countess""",2020-05-01T05:55:51.000Z,"=2+3
and 🎉 <b>"
,ada_l,,,plain words of a tweet
`},
	} {
		var b bytes.Buffer
		w := c.make(&b, formatColumns)
		for _, r := range formatRows {
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if b.String() != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, b.String(), c.want)
		}
	}
}

// A tweet without an ID has the one that was looked up, where that is a column.
func TestIDs(t *testing.T) {
	columns := []Column{{Name: "handle", Kind: Text}, {Name: "tweet_id", Kind: ID}, {Name: "api_id", Kind: ID}}
	for _, c := range []struct {
		columns int
		want    string
		leftOut int
	}{{1, "", 5}, {2, "11\n12\n", 3}, {3, "11\n12\n23\n", 1}} {
		var b bytes.Buffer
		w := NewIDs(&b, columns[:c.columns])
		for _, values := range [][]string{{"a", "11", ""}, {"b", "12", "22"}, {"c", "", "23"}, {"d", "", ""}, {"e", "", "11"}} {
			if err := w.Write(Row{Values: values[:c.columns]}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if n := w.(*IDWriter).LeftOut; b.String() != c.want || n != c.leftOut {
			t.Errorf("%d columns: %q, %d left out, not %q, %d", c.columns, b.String(), n, c.want, c.leftOut)
		}
	}
}

func TestExcelCell(t *testing.T) {
	for v, want := range map[string]string{
		"":                         "",
		"words":                    "words",
		"007":                      `="007"`,
		"1e5":                      `="1e5"`,
		"3-4":                      `="3-4"`,
		"1/2":                      `="1/2"`,
		"12 345,6":                 `="12 345,6"`,
		"true":                     `="true"`,
		"@ada hello there":         "'@ada hello there",
		" =cmd|' /C calc'!A0":      "' =cmd|' /C calc'!A0",
		"-1 is a number":           "'-1 is a number",
		"\tx":                      "'\tx",
		"a ;=1":                    "a ;'=1",
		`a; "=1"`:                  `a;' "=1"`,
		"a\t+1 b":                  "a\t'+1 b",
		"a\n@SUM(1)":               "a\n'@SUM(1)",
		"1;=2":                     "1;'=2",
		"1|=2":                     "1|'=2",
		"a |=1+1":                  "a |'=1+1",
		" |\u200b@SUM(1) b":        " |'\u200b@SUM(1) b",
		"a;\u200b=2":               "a;'\u200b=2",
		"\ufeff\u2060 =2 b":        "'\ufeff\u2060 =2 b",
		"\x00\x1f\u3000\u3164=2 b": "'\x00\x1f\u3000\u3164=2 b",
		"\u200b\n=2":               "\u200b\n'=2",
		"yes|no":                   "yes|no",
		"so; well, @ada":           "so; well, @ada",
		"https://news.example/12":  "https://news.example/12",
		strings.Repeat("ü", 40000): strings.Repeat("ü", 32767),
	} {
		if got := excelCell(Text, v); got != want {
			t.Errorf("%.50q: %.50q, want %.50q", v, got, want)
		}
	}
	for _, kind := range []Kind{ID, Day, Time, Int, Number} { // as a stranger's shard may have it
		if got := excelCell(kind, `"&1+1&"`); got != `"&1+1&"` {
			t.Errorf("%s: %q", kind, got)
		}
		if got := excelCell(kind, "=1+1"); got != "'=1+1" {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

func TestParquet(t *testing.T) {
	var b bytes.Buffer
	w := NewParquet(&b, formatColumns)
	for _, r := range formatRows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range f.Schema().Columns() {
		names = append(names, c[0])
	}
	if want := "tweet_id author handle posted_date posted_at text confidence record"; strings.Join(names, " ") != want {
		t.Errorf("columns %v, want %v", names, want)
	}
	rows := parquet.NewReader(f)
	got := map[string]any{}
	if err := rows.Read(&got); err != nil {
		t.Fatal(err)
	}
	if got["tweet_id"] != "1256100000000000000" || got["record"] != int64(7) || got["confidence"] != 0.95 {
		t.Errorf("first row: %v", got)
	}
	clear(got)
	if err := rows.Read(&got); err != nil {
		t.Fatal(err)
	}
	if got["tweet_id"] != nil || got["record"] != int64(12) {
		t.Errorf("second row: %v", got)
	}
}

func TestChoose(t *testing.T) {
	columns, cut, err := Choose(formatColumns, []string{"text", " handle"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cut(formatRows[1]).Values; columns[0].Name != "text" || !reflect.DeepEqual(got, []string{"plain words of a tweet", "ada_l"}) {
		t.Errorf("%v %v", columns, got)
	}
	if _, _, err := Choose(formatColumns, []string{"texts"}); err == nil || !strings.Contains(err.Error(), `no column "texts" (columns: tweet_id, author,`) {
		t.Errorf("error %v", err)
	}
}

// A CSV of ours, read again and written again, is the same bytes.
func FuzzCSVRoundTrip(f *testing.F) {
	f.Add("1256100000000000000", "a,\"b\"\nc\u2028", "=1+2", "")
	f.Add("", " x ", "\\.", "\t;|")
	f.Fuzz(func(t *testing.T, id, author, handle, text string) {
		columns := []Column{{Name: "tweet_id", Kind: ID}, {Name: "author", Kind: Text}, {Name: "handle", Kind: Text}, {Name: "text", Kind: Text}}
		write := func(rows ...[]string) []byte {
			var b bytes.Buffer
			w := NewCSV(&b, columns)
			for _, r := range rows {
				if err := w.Write(Row{Values: r}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		first := write([]string{id, author, handle, text}, []string{"1", "", "", text})
		rows, err := csv.NewReader(bytes.NewReader(first)).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%q: %d rows, %v", first, len(rows), err)
		}
		if again := write(rows[1:]...); !bytes.Equal(again, bytes.ReplaceAll(first, []byte("\r\n"), []byte("\n"))) && !bytes.Equal(again, first) {
			t.Errorf("%q became %q", first, again)
		}
	})
}

// What is written is read again: by encoding/csv and encoding/json, whatever
// the values are.
func FuzzFormats(f *testing.F) {
	f.Add("1256100000000000000", "a,\"b\"\r\nc\u2028<&>\x00\x7f", "é\xff")
	f.Fuzz(func(t *testing.T, id, text, author string) {
		columns := []Column{{Name: "tweet_id", Kind: ID}, {Name: "author", Kind: Text}, {Name: "text", Kind: Text}}
		values := []string{id, author, text}
		var c, j bytes.Buffer
		for _, w := range []RowWriter{NewCSV(&c, columns), NewJSONL(&j, columns)} {
			if err := w.Write(Row{Values: values}); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := csv.NewReader(&c).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %v, %v", values, rows, err)
		}
		for i, v := range values { // the reader makes \n of \r\n
			if rows[1][i] != strings.ReplaceAll(v, "\r\n", "\n") {
				t.Errorf("%q became %q", v, rows[1][i])
			}
		}
		var got map[string]string
		if err := json.Unmarshal(j.Bytes(), &got); err != nil || bytes.Count(j.Bytes(), []byte("\n")) != 1 {
			t.Fatalf("%q: %v", j.String(), err)
		}
		for i, v := range values {
			if utf8.ValidString(v) && got[columns[i].Name] != v {
				t.Errorf("%q became %q", v, got[columns[i].Name])
			}
		}
	})
}
