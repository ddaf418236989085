package corpus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// A WARC may have a dictionary in its first frame, and then a frame for each record.
func TestZstdDictionary(t *testing.T) {
	dict := []byte("<html><head><title>A page</title></head><body>")
	frame := func(s string, options ...zstd.EOption) string {
		w, err := zstd.NewWriter(nil, options...)
		if err != nil {
			t.Fatal(err)
		}
		return string(w.EncodeAll([]byte(s), nil))
	}
	first := func(dict string) string {
		return "\x5d\x2a\x4d\x18" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(dict)))) + dict
	}
	record := frame(response("", page), zstd.WithEncoderDictRaw(0, dict))
	broken := []byte(record)
	for i := range 2 {
		broken[len(broken)/2+i] ^= 0x5a
	}
	got := `:%d  "A page" https://a.example/response html "` + page + `"`
	for _, test := range []struct {
		name, data string
		want       []string
	}{
		{"raw", first(string(dict)) + record + record, []string{fmt.Sprintf(got, 1), fmt.Sprintf(got, 2)}},
		{"compressed", first(frame(string(dict))) + record + record, []string{fmt.Sprintf(got, 1), fmt.Sprintf(got, 2)}},
		{"a damaged frame", first(string(dict)) + record + string(broken) + record, []string{fmt.Sprintf(got, 1), ":2! zstd: ", fmt.Sprintf(got, 3)}},
		{"missing", frame(page, zstd.WithEncoderDictRaw(7, dict)), []string{"! zstd: needs a dictionary that is not in the file; unpack the file first, with zstd -d -D DICTIONARY"}},
		{"cut", first(string(dict))[:20], []string{"! zstd: ends too early; if the file was cut, copy or download it again"}},
		{"broken", first(zstdDict + "\x01\x02\x03\x04, not a dictionary"), []string{"! zstd: the dictionary in the file cannot be used: "}},
		{"too large", "\x5d\x2a\x4d\x18\xff\xff\xff\x7f", []string{"! zstd: the dictionary in the file cannot be used: has 2147483647 bytes, more than 16777216; unpack the file first, with zstd -d -D DICTIONARY"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a.warc.zst": test.data})
			lines := read(t, &Reader{}, "a.warc.zst")
			if len(lines) != len(test.want) {
				t.Fatalf("%q, want %q", lines, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(lines[i], "a.warc.zst"+want) {
					t.Errorf("%s, want %s", lines[i], want)
				}
			}
		})
	}
}

// A frame says how much memory its window takes.
func TestZstdWindow(t *testing.T) {
	frame := func(log byte) []byte { // with one block, that is as it is
		const text = "It rained."
		return append([]byte(zstdMark+"\x00"), append([]byte{(log - 10) << 3, byte(len(text)<<3 | 1), 0, 0}, text...)...)
	}
	for log, want := range map[byte]string{
		27: `:1  ""  "It rained."`,
		28: "! zstd: needs 256 MiB of memory to unpack, more than 128 MiB; unpack it first, with zstd -d --long=31",
		31: "! zstd: needs 2048 MiB of memory to unpack, more than 128 MiB; unpack it first, with zstd -d --long=31",
	} {
		equal(t, read(t, &Reader{Stdin: bytes.NewReader(frame(log))}, "-"), "-"+want)
	}
	single := zstdMark + "\xa0\x00\x00\x00\x20" // a single segment of 512 MiB, without its blocks
	equal(t, read(t, &Reader{Stdin: strings.NewReader(single)}, "-"), "-! zstd: needs 512 MiB of memory to unpack, more than 128 MiB; unpack it first, with zstd -d --long=31")
}
