package corpus

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

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
		files["cut."+how], want["cut."+how] = data[:len(data)-7], "cut."+how+":1! "+said+": ends too early; if the file was cut, copy or download it again"
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
