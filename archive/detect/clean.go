package detect

import (
	"html"
	"strings"
	"tweetarc/archive/detect/internal/char"
)

// name is a display name as a reader sees it: entities decoded, Markdown's
// escapes and emphasis undone, white space collapsed.
func name(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "[>"))
	if strings.ContainsRune(s, '&') {
		s = html.UnescapeString(s)
	}
	if strings.ContainsRune(s, '\\') {
		s = unescape(s)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// unescape undoes Markdown's backslashes before punctuation.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && char.IsPunct(s[i+1]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// style is what an extractor did to the markup of a tweet.
type style struct {
	quoted   bool // every line begins with "> "
	markdown bool // links are [shown](address), punctuation is escaped
	target   bool // links are shown (address)
}

// view is a stretch of a text as a reader sees it, with the way back.
type view struct {
	s    string
	from int     // where it begins in the text
	at   []int32 // for each byte of s how far behind from it stands in the text, and one more for its end; nil if all stands as it is
}

// place is where in the text the byte i of the view stands.
func (v *view) place(i int) int {
	if v.at == nil {
		return v.from + i
	}
	return v.from + int(v.at[i])
}

// wrapWidth is the length from which a line that is followed by another was
// probably broken by the extractor (html2text: 78, jaytaylor: 76).
const wrapWidth = 60

// altered are the bytes at which a view may differ from the text.
var altered = [256]bool{'\r': true, '\n': true, '&': true, '\\': true, '[': true, ']': true, '(': true}

// plain tells whether s is its own view.
func plain(s string, st style) bool {
	has := func(c byte) bool { return strings.IndexByte(s, c) >= 0 }
	return !st.quoted && !has('\r') && !has('&') && !(st.markdown && (has('\\') || has('['))) && !(st.target && has('('))
}

// look makes the view of s[lo:hi].
func look(s string, lo, hi int, st style) view {
	if plain(s[lo:hi], st) {
		return view{s: s[lo:hi], from: lo}
	}
	out := make([]byte, 0, hi-lo)
	at := make([]int32, 0, hi-lo+1)
	put := func(b string, from int) {
		out = append(out, b...)
		for range len(b) {
			at = append(at, int32(from-lo))
		}
	}
	var open []int // places in out of brackets that may begin a link
	line := lo     // where the line begins
	for i := lo; i < hi; {
		c := s[i]
		switch {
		case c == '\r':
			i++
			continue
		case c == '\n' && st.quoted:
			next := i + 1
			empty := 0
			for next < hi {
				j := char.SkipBlanks(s, next)
				if j < hi && s[j] == '>' {
					for j < hi && s[j] == '>' {
						j = char.SkipBlanks(s, j+1)
					}
				}
				if j < hi && (s[j] == '\n' || s[j] == '\r') {
					empty++
					next = j + 1
					if s[j] == '\r' && next < hi && s[next] == '\n' {
						next++
					}
					continue
				}
				next = j
				break
			}
			next = min(next, hi)
			switch {
			case empty > 0:
				put("\n\n", i)
			case i-line+wordLen(s, next) >= wrapWidth && !strings.HasSuffix(s[line:i], "  "):
				put(" ", i)
			default:
				put("\n", i)
			}
			i, line = next, next
			continue
		case c == '&':
			if n, r := entityAt(s[i:hi]); n > 0 {
				put(r, i)
				i += n
				continue
			}
		case c == '\\' && (st.markdown || st.quoted) && i+1 < hi && char.IsPunct(s[i+1]):
			put(s[i+1:i+2], i)
			i += 2
			continue
		case c == '[' && st.markdown:
			open = append(open, len(out))
		case c == ']' && st.markdown && len(open) > 0 && i+1 < hi && (s[i+1] == '(' || s[i+1] == '['):
			if end := closing(s[:hi], i+1); end > 0 {
				k := open[len(open)-1]
				open = open[:len(open)-1]
				out, at = append(out[:k], out[k+1:]...), append(at[:k], at[k+1:]...)
				i = end
				continue
			}
		case c == '(' && st.target:
			if j := skipBreak(s, i+1); strings.HasPrefix(s[j:hi], "http") {
				if end := closing(s[:hi], i); end > 0 {
					for len(out) > 0 && char.IsSpace(out[len(out)-1]) {
						out, at = out[:len(out)-1], at[:len(at)-1]
					}
					i = end
					continue
				}
			}
		}
		from := i
		for i++; i < hi && !altered[s[i]]; i++ {
		}
		out = append(out, s[from:i]...)
		for ; from < i; from++ {
			at = append(at, int32(from-lo))
		}
	}
	return view{string(out), lo, append(at, int32(hi-lo))}
}

func wordLen(s string, i int) int {
	j := i
	for j < len(s) && j < i+wrapWidth && !char.IsSpace(s[j]) {
		j++
	}
	return j - i
}

// entityAt decodes the HTML entity at the beginning of s, and tells its length.
func entityAt(s string) (int, string) {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return 0, ""
	}
	if d := html.UnescapeString(s[:end+1]); d != s[:end+1] {
		return end + 1, d
	}
	return 0, ""
}
