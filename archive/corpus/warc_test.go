package corpus

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
)

// warcRecord makes a correct record.
func warcRecord(typ, fields, block string) string {
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Target-URI: https://a.example/%s\r\nWARC-Date: 2018-03-22T10:00:00Z\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n",
		typ, typ, fields, len(block), block)
}

func response(fields, body string) string {
	return warcRecord("response", "Content-Type: application/http; msgtype=response\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"+fields+"\r\n"+body)
}

const page = "<html><head><title>A page</title></head><body>(@a)</body></html>"

func coded(coding, s string) string {
	var b bytes.Buffer
	switch coding {
	case "gzip":
		return gz(s)
	case "br":
		w := brotli.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	case "deflate":
		w := zlib.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	case "bare":
		w, _ := flate.NewWriter(&b, 9)
		w.Write([]byte(s))
		w.Close()
	}
	return b.String()
}

func chunked(s string) string {
	var b strings.Builder
	for ; len(s) > 10; s = s[10:] {
		fmt.Fprintf(&b, "a;x=y\r\n%s\r\n", s[:10])
	}
	fmt.Fprintf(&b, "%x\r\n%s\r\n0\r\n\r\n", len(s), s)
	return b.String()
}

func TestWARC(t *testing.T) {
	const got = `:1  "A page" https://a.example/response html "` + page + `"`
	good := response("", page)
	for _, test := range []struct {
		name, data string
		want       []string
	}{
		{"response", good, []string{got}},
		{"version 1.0", strings.Replace(good, "1.1\r\nWARC-Type", "1.0\r\nwarc-type", 1), []string{got}},
		{"address in brackets", strings.Replace(good, "https://a.example/response", "<https://a.example/response>", 1), []string{got}},
		{"folded field", strings.Replace(good, "URI: ", "URI:\r\n\t", 1), []string{got}},
		{"bare line feeds", strings.ReplaceAll(warcRecord("resource", "Content-Type: text/html\r\n", page), "\r\n", "\n"), []string{strings.Replace(got, "response", "resource", 1)}},
		{"gzip", response("Content-Encoding: gzip\r\n", coded("gzip", page)), []string{got}},
		{"br", response("Content-Encoding: br\r\n", coded("br", page)), []string{got}},
		{"deflate", response("Content-Encoding: deflate\r\n", coded("deflate", page)), []string{got}},
		{"bare deflate", response("Content-Encoding: deflate\r\n", coded("bare", page)), []string{got}},
		{"gzip undone", response("Content-Encoding: gzip\r\n", page), []string{got}},
		{"gzip unsaid", response("", coded("gzip", page)), []string{got}},
		{"gzip twice", response("Content-Encoding: gzip\r\n", coded("gzip", coded("gzip", page))), []string{got}},
		{"gzip said to be br", response("Content-Encoding: br\r\n", coded("gzip", page)), []string{got}},
		{"gzip said to be deflate", response("Content-Encoding: deflate\r\n", coded("gzip", page)), []string{got}},
		{"br undone, with a BOM", response("Content-Encoding: br\r\n", "\ufeff"+page), []string{got}},
		{"no coding", response("Content-Encoding: text/html\r\n", page), []string{got}},
		{"unknown coding", response("Content-Encoding: exi\r\n", strings.Repeat("\x01\x02?", 50)), []string{`:1~ unknown content coding`}},
		{"chunked by transfer coding", response("Transfer-Encoding: gzip, chunked\r\n", chunked(coded("gzip", page))), []string{got}},
		{"chunked with a trailer", response("Transfer-Encoding: chunked\r\nTrailer: X\r\n", strings.TrimSuffix(chunked(page), "\r\n")+"X-Sum: 1\r\n\r\n"), []string{got}},
		{"folded HTTP field", response("X-Long: a\r\n\tb\r\n", page), []string{got}},
		{"HTTP/2", strings.Replace(good, "HTTP/1.1 200 OK", "HTTP/2 200 fine", 1), []string{got}},
		{"chunked", response("Transfer-Encoding: chunked\r\n", chunked(page)), []string{got}},
		{"chunked undone", response("Transfer-Encoding: chunked\r\n", page), []string{got}},
		{"chunked gzip", response("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", chunked(coded("gzip", page))), []string{got}},
		{"broken gzip", response("Content-Encoding: gzip\r\n", strings.Replace(coded("gzip", page), "\x00\x00\x00", "\x00??", 1)+"???????????????????"), []string{`:1! cannot unpack the HTTP body, which is gzip: gzip: invalid header`}},
		{
			"published", response("", `<meta property="article:published_time" content="2017-01-02T00:00:00Z">(@a)`),
			[]string{`:1 2017-01-02 "" https://a.example/response html "<meta property=\"article:published_time\" content=\"2017-01-02T00:00:00Z\">(@a)"`},
		},
		{"charset", warcRecord("response", "Content-Type: application/http\r\n", "HTTP/1.1 200\r\nContent-Type: text/html; charset=iso-8859-15\r\n\r\nCaf\xe9 \xa4(@a)"), []string{`:1  "" https://a.example/response html "Café €(@a)"`}},
		{"resource", warcRecord("resource", "Content-Type: text/html\r\n", page), []string{strings.Replace(got, "response", "resource", 1)}},
		{"conversion", warcRecord("conversion", "Content-Type: text/plain\r\n", "A page\nwith (@a)"), []string{`:1  "A page" https://a.example/conversion "A page\nwith (@a)"`}},
		{
			"others", warcRecord("warcinfo", "", "x: y") + warcRecord("request", "", "GET /") + warcRecord("metadata", "", "") + warcRecord("revisit", "", "HTTP/1.1 200 OK") +
				strings.Replace(good, "text/html", "image/png", 1) + strings.Replace(good, "200 OK", "404 No", 1) + warcRecord("x-own", "", "") + response("", page),
			[]string{`:1~ WARC warcinfo record`, `:2~ WARC request record`, `:3~ WARC metadata record`, `:4~ WARC revisit record`, `:5~ image`, `:6~ HTTP status 4xx`, `:7~ WARC unknown record`, strings.Replace(got, ":1", ":8", 1)},
		},
		{"garbage between", good + "garbage\r\nWARC\r\n" + good, []string{got, `:2! bytes that are not part of a WARC record`, strings.Replace(got, ":1", ":3", 1)}},
		{"length missing", strings.Replace(good, "Content-Length", "Content-Longth", 1) + good, []string{got, strings.Replace(got, ":1", ":2", 1)}},
		{"length too short", strings.Replace(good, "Content-Length: 1", "Content-Length: ", 1) + good, []string{`:1! the WARC record does not end where its length says`, strings.Replace(got, ":1", ":2", 1)}},
		{"length too long", strings.Replace(good, "Content-Length: 1", "Content-Length: 2", 1) + good + good, []string{`:1! the WARC record does not end where its length says`, strings.Replace(got, ":1", ":2", 1), strings.Replace(got, ":1", ":3", 1)}},
		{"length far too long", strings.Replace(good, "Content-Length: 1", "Content-Length: 99", 1) + good, []string{`:1! ends too early; if the file was cut, copy or download it again`, strings.Replace(got, ":1", ":2", 1)}},
		{"cut in the block", good + good[:len(good)-30], []string{got, `:2! ends too early; if the file was cut, copy or download it again`}},
		{"cut in the header", good + good[:40], []string{got, `:2! the WARC header has no end`}},
		{"no HTTP header", warcRecord("response", "Content-Type: application/http\r\n", "HTTP/1.1 200 OK\r\nContent-"), []string{`:1! the HTTP header has no end`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a.warc": test.data, "b.warc.gz": gz(test.data)})
			equal(t, read(t, &Reader{MayHold: hasAnchor}, "a.warc"), prefixed("a.warc", test.want)...)
			equal(t, read(t, &Reader{MayHold: hasAnchor}, "b.warc.gz"), prefixed("b.warc.gz", test.want)...)
		})
	}
}

// A broken gzip member costs only its own record.
func TestWARCMembers(t *testing.T) {
	member := gz(response("", page))
	broken := []byte(member)
	copy(broken[60:], "??????????????")
	const got = `:%d  "A page" https://a.example/response html "` + page + `"`
	folder(t, map[string]string{
		"a.warc.gz": member + member + string(broken) + member,
		"b.warc.gz": member + "garbage" + member,
		"c.warc.gz": member + member[:len(member)-20],
		"d.warc.gz": member + strings.Repeat("\x00", 600),
	})
	r := &Reader{}
	equal(t, read(t, r, "a.warc.gz"), "a.warc.gz"+fmt.Sprintf(got, 1), "a.warc.gz"+fmt.Sprintf(got, 2), "a.warc.gz:3! gzip: flate: corrupt input before offset 52; the data is damaged, copy or download it again", "a.warc.gz"+fmt.Sprintf(got, 4))
	equal(t, read(t, r, "b.warc.gz"), "b.warc.gz"+fmt.Sprintf(got, 1), "b.warc.gz:2! gzip: other bytes after the compressed data", "b.warc.gz"+fmt.Sprintf(got, 3))
	equal(t, read(t, r, "c.warc.gz"), "c.warc.gz"+fmt.Sprintf(got, 1), "c.warc.gz:2! gzip: ends too early; if the file was cut, copy or download it again")
	equal(t, read(t, r, "d.warc.gz"), "d.warc.gz"+fmt.Sprintf(got, 1))
}
