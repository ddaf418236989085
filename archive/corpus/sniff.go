package corpus

import (
	"bytes"
	"path"
	"strconv"
	"strings"

	"tweetarc/archive"
)

// sniffLen is how much of a file is looked at.
const sniffLen = 64 << 10

// format is what the bytes of a file are.
type format int

const (
	plainText format = iota
	htmlPage
	jsonLines
	jsonValues
	csvRows
	warcFile
	parquetFile
	zipFile
	tarFile
	gzipped
	zstandard
	bzipped
	xzipped
	binary // none of these
)

var formatNames = [...]string{"text", "HTML", "JSON lines", "JSON", "CSV", "WARC", "Parquet", "zip", "tar",
	"gzip", "zstd", "bzip2", "xz", "unknown binary data"}

func (f format) String() string { return formatNames[f] }

// sniffers are tried in this order on the first bytes of a file, without a
// byte order mark; those at the top need no name, those at the bottom are
// guesses. The signatures are those of the formats' own documents: RFC 1952,
// RFC 8878, the xz format 1.1, bzip2, APPNOTE 4.3, POSIX ustar, Parquet, ISO
// 28500.
var sniffers = []struct {
	format
	is func(head []byte, name string) bool
}{
	{gzipped, magic(gzipMark)},
	{zstandard, magic("\x28\xb5\x2f\xfd")},
	{zstandard, skippable},
	{bzipped, func(b []byte, _ string) bool {
		return len(b) > 9 && string(b[:3]) == "BZh" && (string(b[4:10]) == "1AY&SY" || string(b[4:10]) == "\x17rE8P\x90")
	}},
	{xzipped, magic("\xfd7zXZ\x00")},
	{zipFile, magic("PK\x03\x04")},
	{zipFile, magic("PK\x05\x06")},
	{parquetFile, magic("PAR1")},
	{tarFile, isTar},
	{warcFile, magic("WARC/")},
	{jsonValues, func(b []byte, _ string) bool { return begins(b, '[', "{[\"]") }},
	{jsonLines, isJSONLines},
	{jsonValues, func(b []byte, _ string) bool { return begins(b, '{', "\"}") }},
	{binary, magic("%PDF-")}, // the words in it are compressed
	{binary, isBinary},
	{warcFile, func(b []byte, name string) bool { return hasExt(name, ".warc", ".wet") }}, // garbage before the first record
	{plainText, func(_ []byte, name string) bool { return hasExt(name, ".md", ".markdown") }},
	{htmlPage, func(b []byte, name string) bool { return beginsHTML(b) }},
	{csvRows, isCSV},
	{jsonLines, func(_ []byte, name string) bool { return hasExt(name, ".jsonl", ".ndjson") }},
	{htmlPage, func(_ []byte, name string) bool { return hasExt(name, ".html", ".htm", ".xhtml") }},
}

// sniff recognises what begins with head. The name is that of the file, with
// or without the endings of compression.
func sniff(head []byte, name string) format {
	head = bytes.TrimPrefix(head, bom)
	for _, s := range sniffers {
		if s.is(head, name) {
			return s.format
		}
	}
	return plainText
}

// decode hands a file to the reader of its format.
func (s *source) decode(f format, w *window) {
	switch f {
	case gzipped, zstandard, bzipped, xzipped:
		s.packed(f, w)
	case jsonLines:
		s.jsonLines(w)
	case jsonValues:
		s.jsonValues(w)
	case htmlPage:
		s.html(w)
	case csvRows:
		s.csv(w)
	case warcFile:
		s.warc(w)
	case parquetFile:
		s.parquet(w)
	case zipFile, tarFile:
		if s.nested || f == zipFile && s.layers > 0 {
			s.fileError(errNested)
		} else {
			s.fileError(errName)
		}
	case binary:
		s.fileError(archive.Skipped(f.String()))
	default:
		s.text(w)
	}
}

func magic(m string) func([]byte, string) bool {
	return func(b []byte, _ string) bool { return len(b) >= len(m) && string(b[:len(m)]) == m }
}

// skippable knows zstd's skippable frames, with which some archives begin.
func skippable(b []byte, name string) bool {
	return len(b) >= 4 && b[0]&0xf0 == 0x50 && string(b[1:4]) == "\x2a\x4d\x18"
}

// isTar knows a tar file by the checksum of its first header, which is as old
// as the format. One without files is 1024 NULs.
func isTar(b []byte, name string) bool {
	if len(b) < 512 {
		return false
	}
	if b[0] == 0 {
		return hasExt(name, ".tar", ".tgz") && len(bytes.Trim(b[:512], "\x00")) == 0
	}
	want, err := strconv.ParseInt(strings.Trim(string(b[148:156]), " \x00"), 8, 64)
	if err != nil {
		return false
	}
	sum := int64(8 * ' ')
	for i, c := range b[:512] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}

// begins tells whether b's first two characters are c and one of next.
func begins(b []byte, c byte, next string) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != c {
		return false
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	return len(b) > 0 && strings.IndexByte(next, b[0]) >= 0
}

// isJSONLines tells lines of JSON from one JSON value: the first line, or the
// second, stands for itself.
func isJSONLines(b []byte, name string) bool {
	if !begins(b, '{', "\"}") {
		return false
	}
	named := hasExt(name, ".jsonl", ".ndjson")
	b = bytes.TrimLeft(b, " \t\r\n")
	first, rest, more := bytes.Cut(b, lf)
	if !more {
		return named || len(b) > sniffLen/2 && !hasExt(name, ".json") // a long first line
	}
	if rest = bytes.TrimLeft(rest, " \t\r\n"); len(rest) == 0 {
		return named // else one value
	}
	var d jsonDecoder
	end, err := d.skipValue(first, 0)
	whole := err == nil && space(first, end) == len(first)
	if rest[0] != '{' {
		return named && (whole || len(bytes.TrimSpace(first)) > 1) // not {, and its members below
	}
	return whole || begins(rest, '{', "\"}") && len(first) > 2
}

// isBinary tells whether b is no text at all: more than a few control
// characters, one byte in twenty-five. Of random bytes it is one in nine.
func isBinary(b []byte, _ string) bool {
	b = b[:min(len(b), 4096)]
	controls := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			controls++
		}
	}
	return controls > 3+len(b)/25
}

// htmlTags are what HTML begins with, as in net/http/sniff.go and the WHATWG's
// MIME Sniffing 7.1, and what the bodies of articles begin with.
var htmlTags = func() (l [][]byte) {
	for _, t := range strings.Fields(`!doctype html head script iframe h1 h2 h3 h4 div font table a style title b body br p
		article section main blockquote figure img span strong em i ul ol li amp-twitter header meta link hr center`) {
		l = append(l, []byte(t))
	}
	return l
}()

// beginsHTML tells whether b begins with a tag of HTML, or a comment.
func beginsHTML(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n\f")
	if bytes.HasPrefix(b, []byte("<?xml")) {
		if i := bytes.Index(b[:min(len(b), 4096)], []byte("?>")); i >= 0 {
			b = bytes.TrimLeft(b[i+2:], " \t\r\n\f")
		}
	}
	if len(b) == 0 || b[0] != '<' {
		return false
	}
	if bytes.HasPrefix(b, []byte("<!--")) {
		return true
	}
	for _, t := range htmlTags {
		if n := 1 + len(t); len(b) > n && bytes.EqualFold(b[1:n], t) && strings.IndexByte(" \t\r\n\f>/", b[n]) >= 0 {
			return true
		}
	}
	return false
}

// looksHTML tells whether the value of a field is HTML: it begins so, or ends
// a paragraph or a link somewhere.
func looksHTML(s string) bool {
	return beginsHTML([]byte(s[:min(len(s), 5000)])) ||
		strings.Contains(s, "</p>") || strings.Contains(s, "</a>") || strings.Contains(s, "</blockquote>")
}

// hasExt tells whether a name ends so, endings of compression apart.
func hasExt(name string, exts ...string) bool {
	name = strings.ToLower(name)
	for _, z := range [...]string{".gz", ".zst", ".bz2", ".xz"} {
		name = strings.TrimSuffix(name, z)
	}
	ext := path.Ext(name)
	for _, e := range exts {
		if e == ext {
			return true
		}
	}
	return false
}
