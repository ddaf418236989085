package corpus

import (
	"archive/tar"
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"example.org/tweetarc/archive"
)

func TestContainers(t *testing.T) {
	var links bytes.Buffer
	w := tar.NewWriter(&links)
	w.WriteHeader(&tar.Header{Name: "d/", Typeflag: tar.TypeDir, Mode: 0o755})
	w.WriteHeader(&tar.Header{Name: "d/link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
	w.WriteHeader(&tar.Header{Name: "../../up.txt", Size: 2})
	w.Write([]byte("up"))
	w.Close()
	files := map[string]string{"b.txt": "bee", "a/c.jsonl": `{"text": "c"}`, "__MACOSX/._b.txt": "x", ".DS_Store": "x", "d.txt.gz": gz("dee"), "empty.txt": "", "in.zip": zipped(t, map[string]string{"x": "x"})}
	want := []string{
		"/.DS_Store~ hidden file",
		"/__MACOSX/._b.txt~ resource fork of a Mac",
		`/a/c.jsonl:1  ""  "c"`,
		`/b.txt:1  ""  "bee"`,
		`/d.txt.gz:1  ""  "dee"`,
		`/empty.txt! empty file`,
		`/in.zip! an archive inside an archive is not read; unpack it first`,
	}
	big := strings.Repeat("{\"text\": \"words words\"}\n", 1<<17)
	z, tr := zipped(t, files), tarred(t, files)
	folder(t, map[string]string{
		"a.zip": z, "b": z, "a.tar": tr, "c": gz(tr), "a.tar.zst": packed(t, "zst", tr), "a.tbz2": packed(t, "bz2", tr),
		"links.tar": links.String(), "empty.zip": zipped(t, nil), "empty.tar": tarred(t, nil), "cut.zip": z[:len(z)-40], "cut.tar": tr[:strings.Index(tr, "\x1f\x8b")+5],
		"misnamed.txt": z, "big.tar": tarred(t, map[string]string{"big.jsonl": big, "big.json": "[" + strings.ReplaceAll(strings.TrimSpace(big), "\n", ",") + "]", "z.txt": "z"}),
	})
	for _, name := range []string{"a.zip", "b", "a.tar", "c", "a.tar.zst", "a.tbz2"} {
		equal(t, read(t, &Reader{}, name), prefixed(name, want)...)
		data, _ := os.ReadFile(name)
		equal(t, read(t, &Reader{Stdin: bytes.NewReader(data)}, "-"), prefixed("-", want)...)
	}
	equal(t, read(t, &Reader{Include: []string{"*.txt"}}, "a.zip"), "a.zip/__MACOSX/._b.txt~ resource fork of a Mac", `a.zip/b.txt:1  ""  "bee"`, "a.zip/empty.txt! empty file")
	equal(t, read(t, &Reader{}, "links.tar"), "links.tar/d/link~ link or device in an archive", `links.tar/../../up.txt:1  ""  "up"`)
	equal(t, read(t, &Reader{}, "empty.zip", "empty.tar", "misnamed.txt"), "empty.zip! no files in this archive", "empty.tar! no files in this archive",
		"misnamed.txt! an archive, though its name says something else; name it .zip, .tar or .tar.gz")
	equal(t, read(t, &Reader{}, "cut.zip"), "cut.zip! not a complete zip; if it was cut, copy or download it again")
	got := read(t, &Reader{}, "cut.tar")
	if last := got[len(got)-1]; len(got) < 3 || last != "cut.tar! ends too early; if it was cut, copy or download it again" && !strings.HasSuffix(last, "ends too early; if it was cut, copy or download it again") {
		t.Errorf("cut.tar: %q", got)
	}
	got = read(t, &Reader{}, "big.tar")
	if len(got) != 2<<17+1 || got[1<<17-1] != `big.tar/big.json:131072  ""  "words words"` || got[2<<17-1] != `big.tar/big.jsonl:131072  ""  "words words"` || got[2<<17] != `big.tar/z.txt:1  ""  "z"` {
		t.Errorf("big.tar: %d records", len(got))
	}
}

func TestPacked(t *testing.T) {
	text := strings.Repeat("It rained all day in the harbour. ", 1000)
	files := map[string]string{"nested.gz": gz(gz("deep")), "bomb": gz(gz(gz(gz(gz("deeper"))))), "huge.gz": gz(strings.Repeat("\x20", 3<<20))}
	want := map[string]string{
		"nested.gz": `nested.gz:1  ""  "deep"`,
		"bomb":      "bomb! compressed more than 4 times; unpack it first",
		"huge.gz":   "huge.gz:1! record longer than 1 MiB; raise --max-record to read it",
	}
	for how, said := range map[string]string{"gz": "gzip", "zst": "zstd", "bz2": "bzip2", "xz": "xz"} {
		data := gz(text)
		if how != "gz" {
			data = packed(t, how, text)
		}
		files["whole."+how], want["whole."+how] = data, fmt.Sprintf("whole.%s:1  \"\"  %q", how, text)
		files["cut."+how], want["cut."+how] = data[:len(data)-7], "cut."+how+":1! "+said+": ends too early; if it was cut, copy or download it again"
		middle := []byte(data)
		for i := len(data) / 2; i < len(data)/2+8; i++ {
			middle[i] ^= 0x5a
		}
		files["corrupt."+how], want["corrupt."+how] = string(middle), "corrupt."+how+":1! "+said+": "
		files["wrong."+how], want["wrong."+how] = "text", "wrong."+how+`:1  ""  "text"`
	}
	folder(t, files)
	for name, w := range want {
		got := read(t, &Reader{MaxRecord: 1 << 20}, name)
		if len(got) != 1 || got[0] != w && !(strings.HasPrefix(name, "c") && (strings.HasPrefix(got[0], w) || strings.HasPrefix(got[0], strings.Replace(w, ":1!", "!", 1)))) {
			t.Errorf("%.200q, want %.200q", got, w)
		}
	}
}

// What unpacks to more than a record may have is an error and does not fill the memory.
// Other records are read.
func TestBombs(t *testing.T) {
	bomb := "(@a) " + strings.Repeat("a", 6<<20)
	lines := `{"text": "1 (@a)"}` + "\n" + `{"text": "` + bomb + `"}` + "\n" + `{"text": "3 (@a)"}` + "\n"
	type row struct {
		Text string `parquet:"text,zstd"`
	}
	var pages, page bytes.Buffer
	w := parquet.NewGenericWriter[row](&pages, parquet.MaxRowsPerRowGroup(3))
	w.Write([]row{{"1 (@a)"}, {bomb[:3<<20]}, {"3 (@a)"}})
	w.Close()
	w = parquet.NewGenericWriter[row](&page, parquet.MaxRowsPerRowGroup(2))
	w.Write([]row{{"1 (@a)"}, {bomb}, {"3 (@a)"}})
	w.Close()
	wide := []byte(packed(t, "xz", lines))
	wide[16] = 40 // a dictionary of 4 GiB
	crc := wide[12+4*int(wide[12]):]
	for i, c := 0, crc32.ChecksumIEEE(wide[12:12+4*int(wide[12])]); i < 4; i, c = i+1, c>>8 {
		crc[i] = byte(c)
	}
	folder(t, map[string]string{
		"a.gz": gz(lines), "a.zst": packed(t, "zst", lines), "a.bz2": packed(t, "bz2", lines), "a.xz": packed(t, "xz", lines), "pages.parquet": pages.String(),
		"a.zip": zipped(t, map[string]string{"a.jsonl": lines, "b.txt": bomb, "c.txt": "bee"}), "page.parquet": page.String(), "wide.xz": string(wide), "deep.gz": gz(gz(bomb)),
		"a.warc.gz": gz(response("Content-Encoding: gzip\r\n", coded("gzip", bomb)) + response("Content-Encoding: br\r\n", coded("br", bomb)) + response("Content-Encoding: zstd\r\n", packed(t, "zst", bomb)) + response("", "bee")),
	})
	r := &Reader{MaxRecord: 1 << 20}
	const said = "! record longer than 1 MiB; raise --max-record to read it"
	want := []string{`:1  ""  "1 (@a)"`, ":2" + said, `:3  ""  "3 (@a)"`}
	for _, name := range []string{"a.gz", "a.zst", "a.bz2", "a.xz", "pages.parquet"} {
		equal(t, read(t, r, name), prefixed(name, want)...)
	}
	equal(t, read(t, r, "a.zip"), append(prefixed("a.zip/a.jsonl", want), "a.zip/b.txt:1"+said, `a.zip/c.txt:1  ""  "bee"`)...)
	equal(t, read(t, r, "deep.gz"), "deep.gz:1"+said)
	equal(t, read(t, r, "wide.xz"), "wide.xz! xz: needs more than 128 MiB of memory to unpack; unpack it first, with xz -d")
	equal(t, read(t, r, "page.parquet"), "page.parquet:1! a page of 6 MiB is more than 4 times --max-record; raise that to read it; 1 more rows of its row group are lost with it", `page.parquet:3  ""  "3 (@a)"`)
	equal(t, read(t, r, "a.warc.gz"), "a.warc.gz:1"+said, "a.warc.gz:2"+said, "a.warc.gz:3"+said, `a.warc.gz:4  "" https://a.example/response html "bee"`)
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

func TestLimit(t *testing.T) {
	folder(t, map[string]string{"a.jsonl": "{\"text\": \"1\"}\nbroken\n{\"text\": \"3\"}\n{\"text\": \"4\"}\n", "b.txt": "bee", "c.txt": "sea"})
	all := []string{`a.jsonl:1  ""  "1"`, `a.jsonl:2! not a JSON object`, `a.jsonl:3  ""  "3"`, `a.jsonl:4  ""  "4"`, `b.txt:1  ""  "bee"`, `c.txt:1  ""  "sea"`}
	for limit, n := range []int{6, 1, 3, 4, 5, 6, 6} {
		equal(t, read(t, &Reader{Limit: limit}, "."), prefixed("./", all[:n])...)
	}
	for b := range (&Reader{Limit: 2}).Articles("a.jsonl") {
		if b.Last {
			t.Error("a file cut by the limit is said to be at its end")
		}
	}
}

func TestInspect(t *testing.T) {
	jsonl := "{\"maintext\": \"Words\", \"id\": 1, \"data\": {\"title\": \"T\"}}\n{\"maintext\": \"More\"}\n"
	folder(t, map[string]string{".hidden": "", "a.zip": zipped(t, map[string]string{"a.jsonl.gz": gz(jsonl), "b.txt": "b"}), "b.csv": "id;title;content\n1;T;Words\n"})
	got := (&Reader{}).Inspect(".", 5)
	if s := fmt.Sprint(got.File, got.Layers, got.Names, got.Fields, len(got.Articles)); s != "./a.zip/a.jsonl.gz[zip gzip JSON lines] [maintext id data] {maintext  data.title    [] []} 2" {
		t.Error(s)
	}
	got = (&Reader{}).Inspect("b.csv", 5)
	if s := fmt.Sprint(got.File, got.Layers, got.Delimiter, got.Header, got.Names, got.Fields, got.Articles); s != "b.csv[CSV];true [id title content] {content  title    [] []} [b.csv:1]" {
		t.Error(s)
	}
	if got = (&Reader{}).Inspect("missing", 1); fmt.Sprint(got.Errors) != "[missing: no such file or directory]" {
		t.Error(got)
	}
}

func TestBytesRead(t *testing.T) {
	long := strings.Repeat("{\"text\": \"words words\"}\n", 1<<17)
	folder(t, map[string]string{"d/a.jsonl": long, "d/b.txt": "bee", "d/c.json.gz": gz(long)})
	r := &Reader{}
	r.Measure("d")
	read(t, r, "d")
	if done, total := r.BytesRead(); done != total || total < int64(len(long)) {
		t.Errorf("%d of %d bytes", done, total)
	}
}

// A zip with too many files is refused, even if it gives a smaller number.
func TestZipDirectory(t *testing.T) {
	entry := "PK\x01\x02" + strings.Repeat("\x00", 24) + "\x01" + strings.Repeat("\x00", 17) + "a"
	all := strings.Repeat(entry, maxDirectory/256)
	end := "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00" + littleEndian(len(all)) + littleEndian(4) + "\x00\x00"
	folder(t, map[string]string{"a.zip": "PK\x03\x04" + all + end})
	equal(t, read(t, &Reader{}, "a.zip"), "a.zip! "+errDirectory.Error())
}

func littleEndian(n int) string {
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}
