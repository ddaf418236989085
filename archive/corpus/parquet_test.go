package corpus

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"example.org/tweetarc/archive"
)

func TestParquet(t *testing.T) {
	type row struct {
		ID   int64    `parquet:"id"`
		Text []string `parquet:"text,list"`
		Meta struct {
			URL   *string `parquet:"url,optional"`
			Title string  `parquet:"headline,dict"`
		} `parquet:"meta"`
		Date int32 `parquet:"date,date"`
		At   int64 `parquet:"published_at,timestamp(microsecond)"`
	}
	rows := make([]row, 5)
	for i := range rows {
		rows[i].ID = int64(i)
		rows[i].Text = []string{fmt.Sprint("One ", i), "two (@a)"}[:i%3]
		rows[i].Meta.Title = "T"
		if i%2 == 1 {
			url := fmt.Sprint("https://a.example/", i)
			rows[i].Meta.URL = &url
		}
		rows[i].Date, rows[i].At = int32(17612+i), 1521712800000000
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, parquet.MaxRowsPerRowGroup(2), parquet.Compression(&parquet.Zstd))
	w.Write(rows)
	w.Close()
	want := []string{
		`:1 -`,
		`:2 2018-03-23 "T" https://a.example/1 "One 1"`,
		`:3 2018-03-24 "T"  "One 2\n\ntwo (@a)"`,
		`:4 -`,
		`:5 2018-03-26 "T"  "One 4"`,
	}
	want[0], want[3] = `:1 2018-03-22 "T"  ""`, `:4 2018-03-25 "T" https://a.example/3 ""`
	folder(t, map[string]string{"a.parquet": b.String(), "b": b.String(), "c.gz": gz(b.String()), "cut.parquet": b.String()[:b.Len()-9], "magic.parquet": "PAR1 and no more"})
	equal(t, read(t, &Reader{}, "a.parquet"), prefixed("a.parquet", want)...)
	equal(t, read(t, &Reader{}, "b"), prefixed("b", want)...)
	equal(t, read(t, &Reader{}, "c.gz"), prefixed("c.gz", want)...)
	equal(t, read(t, &Reader{Stdin: &b}, "-"), prefixed("-", want)...)
	r := &Reader{Resume: func(*archive.File) (int, bool) { return 3, false }}
	equal(t, read(t, r, "a.parquet"), prefixed("a.parquet", want[3:])...)
	equal(t, read(t, r, "b"), prefixed("b", want[3:])...)
	equal(t, read(t, &Reader{Fields: Fields{Text: "meta.headline", Date: "published_at"}, Limit: 1}, "b"), `b:1 2018-03-22 "T"  "T"`)
	equal(t, read(t, &Reader{Fields: Fields{Text: "id"}}, "b"), `b! column id does not hold text, but INT(64,true)`)
	equal(t, read(t, &Reader{Fields: Fields{Text: "no"}}, "b"), `b! no column no; there are id, text, meta.url, meta.headline, date, published_at`)
	for _, name := range []string{"cut.parquet", "magic.parquet"} {
		if got := read(t, &Reader{}, name); len(got) != 1 || !strings.HasPrefix(got[0], name+"! ") {
			t.Errorf("%q", got)
		}
	}
}

// A footer that says it is longer than its file takes no memory.
func TestParquetFooter(t *testing.T) {
	folder(t, map[string]string{"long.parquet": "PAR1 and no more\xff\xff\xff\xf0PAR1", "short.parquet": "PAR1xx"})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, name := range []string{"long.parquet", "short.parquet"} {
		equal(t, read(t, &Reader{}, name), name+"! not a complete Parquet file; if it was cut, copy or download it again")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("%d bytes of memory taken", took)
	}
}

// Columns of unusual types can be read, and are not taken for the text.
func TestParquetTypes(t *testing.T) {
	type media struct {
		URL     string   `parquet:"url"`
		Caption []string `parquet:"caption,list"`
	}
	type row struct {
		ID      [16]byte          `parquet:"id,uuid"`
		Text    []byte            `parquet:"text"`
		Title   string            `parquet:"title,enum"`
		Raw     string            `parquet:"raw,json"`
		Price   int64             `parquet:"price,decimal(2:10)"`
		Tags    map[string]string `parquet:"tags"`
		Media   []media           `parquet:"media,list"`
		Seen    bool              `parquet:"seen"`
		Score   *float64          `parquet:"score,optional"`
		Date    *string           `parquet:"date,optional,dict"`
		Content int32             `parquet:"content"`
	}
	date := "2018-03-22"
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	w.Write([]row{
		{Text: []byte("One (@a)"), Title: "T", Media: []media{{"https://b.example", []string{"x", "y"}}, {}}, Tags: map[string]string{"a": "b"}, Date: &date},
		{Text: []byte("caf\xe9 (@a)")},
		{},
	})
	w.Close()
	folder(t, map[string]string{"a.parquet": b.String()})
	equal(t, read(t, &Reader{}, "a.parquet"), `a.parquet:1 2018-03-22 "T"  "One (@a)"`, `a.parquet:2  ""  "café (@a)"`, `a.parquet:3 -`)
	equal(t, read(t, &Reader{Fields: Fields{Text: "content"}}, "a.parquet"), `a.parquet! column content does not hold text, but INT(32,true)`)
	equal(t, read(t, &Reader{Fields: Fields{Text: "media.list.element.caption"}, Limit: 1}, "a.parquet"), `a.parquet:1 2018-03-22 "T"  "x\n\ny"`)
}
