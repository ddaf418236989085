package corpus

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// utf8Text is b as valid UTF-8. Text that is not is taken for windows-1252, the
// web's Latin-1 (WHATWG Encoding, section 4.2), unless some of it is UTF-8
// beyond ASCII: then its other bytes are damage, and become U+FFFD.
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

var bom = []byte("\xEF\xBB\xBF")

// skipBOM passes over a byte order mark at the beginning.
func skipBOM(w *window) {
	if string(w.peek(len(bom))) == string(bom) {
		w.skip(len(bom))
	}
}
