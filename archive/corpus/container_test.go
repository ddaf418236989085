package corpus

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

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
		"misnamed.txt! an archive with another name; name it .zip, .tar or .tar.gz")
	equal(t, read(t, &Reader{}, "cut.zip"), "cut.zip! not a complete zip; if it was cut, copy or download it again")
	got := read(t, &Reader{}, "cut.tar")
	if last := got[len(got)-1]; len(got) < 3 || last != "cut.tar! ends too early; if the file was cut, copy or download it again" && !strings.HasSuffix(last, "ends too early; if the file was cut, copy or download it again") {
		t.Errorf("cut.tar: %q", got)
	}
	got = read(t, &Reader{}, "big.tar")
	if len(got) != 2<<17+1 || got[1<<17-1] != `big.tar/big.json:131072  ""  "words words"` || got[2<<17-1] != `big.tar/big.jsonl:131072  ""  "words words"` || got[2<<17] != `big.tar/z.txt:1  ""  "z"` {
		t.Errorf("big.tar: %d records", len(got))
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

// Files of a zip with damaged bytes have one reason, whatever the offset is, and a cure.
func TestZipDamaged(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{"a.txt", "b.txt"} {
		for i := range 300 {
			files[name] += fmt.Sprintf("%s and the %d mills of the hill\n", name, i*i)
		}
	}
	data := []byte(zipped(t, files))
	for _, at := range []int{200, len(data)/2 + 300} {
		copy(data[at:], bytes.Repeat([]byte{0xff}, 40))
	}
	folder(t, map[string]string{"a.zip": string(data)})
	reasons := map[string]int{}
	for batch := range (&Reader{}).Articles("a.zip") {
		for _, err := range batch.Articles {
			if err != nil {
				reasons[archive.Reason(err)]++
				if !strings.HasSuffix(err.Error(), "; the data is damaged, copy or download it again") {
					t.Error(err)
				}
			}
		}
	}
	if len(reasons) != 1 || reasons["flate: corrupt input"] != 2 {
		t.Error(reasons)
	}
}
