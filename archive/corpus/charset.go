package corpus

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Tested in text_test.go and csv_test.go.

// utf8Text is b as valid UTF-8. If b is not UTF-8 it is read as windows-1252, the
// web's Latin-1 (WHATWG Encoding, section 4.2). But if some of it is UTF-8 beyond
// ASCII, the other bytes are damaged and become U+FFFD.
func utf8Text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if r, n := utf8.DecodeRune(b[i:]); r != utf8.RuneError || n > 1 {
			return strings.ToValidUTF8(string(b), "\uFFFD")
		}
		i++
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(s)
}

// htmlText is a page as UTF-8. A page that is valid UTF-8 is UTF-8, whatever it says.
// Otherwise the HTTP header or the page's meta element name the charset (WHATWG HTML
// 13.2.3.2).
func htmlText(b []byte, contentType string) string {
	b = bytes.TrimPrefix(b, bom)
	escaped := bytes.IndexByte(b, 0x1b) >= 0 // ISO-2022-JP looks like ASCII
	if !escaped && utf8.Valid(b) {
		return string(b)
	}
	enc, name, _ := charset.DetermineEncoding(b, contentType)
	if name == "utf-8" || name == "windows-1252" {
		return utf8Text(b)
	}
	s, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return utf8Text(b)
	}
	return strings.ToValidUTF8(string(s), "\uFFFD")
}

var bom = []byte("\xEF\xBB\xBF")

// skipBOM skips a byte order mark at the beginning.
func skipBOM(w *window) {
	if string(w.peek(len(bom))) == string(bom) {
		w.skip(len(bom))
	}
}

// fromUTF16 decodes UTF-16, which Excel and old news archives write. It is nil if head
// is not UTF-16. Without a byte order mark, UTF-16 is recognised by its NULs.
func fromUTF16(head []byte, src io.Reader) io.Reader {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")): // UTF-32
		return nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		order = unicode.BigEndian
	default:
		var nul [2]int
		head = head[:min(len(head), 128)&^1]
		for i, c := range head {
			if c == 0 {
				nul[i&1]++
			}
		}
		switch half := len(head) / 2; {
		case half > 2 && nul[0] == 0 && nul[1] > half*3/4:
		case half > 2 && nul[1] == 0 && nul[0] > half*3/4:
			order = unicode.BigEndian
		default:
			return nil
		}
	}
	return transform.NewReader(src, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
}
