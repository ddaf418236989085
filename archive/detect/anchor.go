package detect

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"tweetarc/archive"
	"tweetarc/archive/detect/internal/char"
)

// An anchor is what every embed of a form holds. Each rule names its own; they
// are where it is tried, and all of them together are the prefilter. So an
// anchor fits the text that a reader sees and the raw record alike: what is
// around its literal may be escaped.
type anchor struct {
	literal string                      // of ASCII letters, digits and marks that no encoding changes
	fits    func(s string, at int) bool // looks at what is around the literal at byte at; nil if that does not matter
}

var (
	// The handle of an attribution: (@janeroe), （@janeroe）.
	handleAnchor = anchor{"@", handleFits("@")}
	// The same with a wide @, as it is and as JSON may have it.
	wideHandleAnchors = []anchor{{"＠", handleFits("＠")}, {`\uff20`, handleFits(`\uff20`)}, {`\uFF20`, handleFits(`\uFF20`)}}
	// The same in a page, where a tag may be before it: (<b>@janeroe</b>).
	taggedHandleAnchor = anchor{"@", func(s string, at int) bool {
		if at == 0 || strings.IndexByte(">;eE", s[at-1]) < 0 {
			return false
		}
		return endsWithAny(s[:at], ">", "&gt;", `\u003e`, `\u003E`, "%3E", "%3e")
	}}
	// A handle after a dash, which may be a link: — @janeroe, — [@janeroe](https://…).
	dashedHandleAnchor = anchor{"@", func(s string, at int) bool {
		s = strings.TrimRight(strings.TrimSuffix(s[max(0, at-maxGap):at], "["), " \u00a0\u200a")
		return endsWithAny(s, "—", `\u2014`, "--", "&mdash;", "&#8212;")
	}}
	// The handle in the header of a copied tweet, which ends its line but for a
	// button or a dot: Jane Roe @janeroe, @janeroe · Follow.
	headerAnchor = anchor{"@", headerFits}
	// The time under a tweet that was copied into one line: 9:07 AM - 28 Dec 2016.
	amAnchor = anchor{"AM", markFollows}
	pmAnchor = anchor{"PM", markFollows}
	// The publisher's frame: Skip Twitter post by @janeroe.
	frameAnchor = anchor{"witter", func(s string, at int) bool {
		s = s[at+len("witter"):]
		return strings.HasPrefix(s[gap(s):], "post")
	}}
	// The address of a tweet: twitter.com/janeroe/status/1.
	statusAnchor = anchor{"status", func(s string, at int) bool {
		s = strings.TrimPrefix(s[at+len("status"):], "es")
		return s != "" && (strings.IndexByte(`/\%&=`, s[0]) >= 0 || s[0] >= utf8.RuneSelf)
	}}
)

// Markup in running text.
var (
	// The names of shortcodes after their brackets, and of components: [tweet 1],
	// [MEDIA=twitter], (twitter: …), ::tweet{, {{< tweet, {% include tweet.html, <Tweet id=.
	shortcodeAnchors = []anchor{{"[tweet", nil}, {"[twitter", nil}, {"[embed", nil}, {"[media", nil}, {"[MEDIA", nil}, {"[share", nil},
		{"[blackbirdpie", nil}, {"(twitter:", nil}, {"(tweet:", nil}, {"::tweet", nil}, {"{{", namesEmbed}, {"{%", namesEmbed}, {"<Tw", nil}, {"<tw", nil}, {"<StaticTweet", nil}}
	oembedAnchor = anchor{"oembed", func(s string, at int) bool { return endsWithAny(s[:at], tagBegins[:]...) }}
)

// maxCodeName is how long a shortcode's name is at most, in bytes.
const maxCodeName = 24

// namesEmbed reports whether a name of what shows a tweet follows the braces at byte
// at.
func namesEmbed(s string, at int) bool {
	s = s[at+2 : min(len(s), at+2+maxCodeName)]
	return holds(s, codeNames) || followed(s, "x")
}

var codeNames = []string{"weet", "witter", "embed"}

// handleFits looks for the parenthesis before an @, and for what begins a handle
// after it.
func handleFits(at string) func(string, int) bool {
	return func(s string, i int) bool {
		if next := i + len(at); next == len(s) || !archive.IsHandleByte(s[next]) && s[next] < utf8.RuneSelf && strings.IndexByte(`\&%=<`, s[next]) < 0 {
			return false
		}
		i = beforeTags(s, i)
		for k := i - 1; k >= 0 && k >= i-maxGap; k-- {
			if n := parenthesis(s[k:i]); n > 0 {
				return k+n+gap(s[k+n:i]) == i
			}
		}
		return false
	}
}

// beforeTags is the beginning of the tags with which s[:i] ends, that an extractor
// left, two at most.
func beforeTags(s string, i int) int {
	for range 2 {
		lo := max(0, i-maxTag)
		less := strings.LastIndexByte(s[lo:i], '<')
		if i == 0 || s[i-1] != '>' || less < 0 {
			break
		}
		i = lo + less
	}
	return i
}

// headerFits looks for what ends a line after the handle, and before it for
// nothing in the line but a name.
func headerFits(s string, at int) bool {
	end := at + 1
	for end < len(s) && archive.IsHandleByte(s[end]) {
		end++
	}
	if end == at+1 || end-at > 2*maxGap {
		return false
	}
	after := strings.TrimLeft(s[end:min(len(s), end+maxGap)], " \t")
	if after != "" && strings.IndexByte("\r\n\\\"F&<[](%=*", after[0]) < 0 && char.Blank(after, 0) == 0 {
		if r, _ := utf8.DecodeRuneInString(after); !isDot(r) {
			return false
		}
	}
	name := s[max(0, at-2*maxGap):at]
	if i := strings.LastIndexAny(name, "\n>"); i >= 0 {
		name = name[i+1:]
	}
	if i := strings.LastIndex(name, `\n`); i >= 0 {
		name = name[i+2:]
	}
	name = strings.TrimRight(name, " ")
	return !strings.HasSuffix(name, ":") && !strings.HasSuffix(name, "witter") && len(strings.Fields(name)) <= maxNameWords
}

// maxNameWords is how many words before a handle are a name, and not prose: of the
// last ones a name has no more.
const maxNameWords = 6

// parenthesis is the length of the opening parenthesis that s begins with, wide or
// not; 0 if there is none.
func parenthesis(s string) int {
	switch s[0] {
	case '(':
		return 1
	case '\\', '&', '%', '=', "（"[0]:
		for _, p := range [...]string{"（", `\uff08`, `\uFF08`, "&#65288;", "%EF%BC%88", "=EF=BC=88"} {
			if strings.HasPrefix(s, p) {
				return len(p)
			}
		}
	}
	return 0
}

// tagBegins are the ways in which the beginning of a tag is written.
var tagBegins = [...]string{"<", `\u003c`, `\u003C`, "&lt;", "%3C", "%3c", "=3C"}

// followed reports whether, after a gap, one of some letters follows.
func followed(s, letters string) bool {
	s = s[gap(s):]
	return s != "" && strings.IndexByte(letters, s[0]) >= 0
}

// markFollows reports whether, after two letters, blanks and a mark follow.
func markFollows(s string, at int) bool {
	s = strings.TrimLeft(s[at+2:], " ")
	return s != "" && (strings.IndexByte(`-\&%=+`, s[0]) >= 0 || s[0] >= utf8.RuneSelf)
}

func endsWithAny(s string, ends ...string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

// maxTag is how long a tag within an attribution is at most, in bytes.
const maxTag = 200

// maxGap is how long a gap is at most, in bytes.
const maxGap = 24

// gap is the length of the blanks and other marks with which s begins, also
// where they are escaped.
func gap(s string) int {
	i := 0
	for i < len(s) && i < maxGap {
		n := escape(s[i:])
		if c := s[i]; n == 0 && c < utf8.RuneSelf && (archive.IsHandleByte(c) && c != '_' || c == '@' || c == '(') {
			break
		}
		i += max(1, n)
	}
	return min(i, len(s))
}

// escape is the length of the escaped character or the number of a reference
// with which s begins: \u00a0, \n, &nbsp;, %20, =20, [1]; 0 if it begins with none.
func escape(s string) int {
	switch c := s[0]; {
	case strings.HasPrefix(s, `\u`):
		return len(`\u0000`)
	case c == '\\' && len(s) > 1 && 'a' <= s[1] && s[1] <= 'z':
		return len(`\n`)
	case c == '&':
		return strings.IndexByte(s[:min(len(s), 10)], ';') + 1
	case c == '[':
		n := 1
		for n < len(s) && n < 5 && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		if n < len(s) && s[n] == ']' {
			return n + 1
		}
	case c == '%', c == '=':
		return len("%20")
	}
	return 0
}

// filter finds anchors. It looks at every second pair of bytes only: of each
// literal it knows one pair at an even and one at an odd distance from its
// beginning, and one of them is looked at wherever the literal is.
type filter struct {
	anchors []anchor
	pairs   [1 << 16]uint8 // for each pair one more than its place in parts; 0 if no literal has it
	parts   [][]part
}

// part is a pair of bytes of an anchor's literal.
type part struct {
	anchor int
	at     int // where the pair is in the literal: -1, if its first byte is the one before
}

func newFilter(anchors []anchor) *filter {
	f := &filter{anchors: anchors}
	for n, a := range anchors {
		for odd := range 2 {
			f.add(part{n, rarestPair(a.literal, odd)})
		}
	}
	return f
}

// add adds a part with all the pairs that it may be: any byte may be before or
// after the literal.
func (f *filter) add(p part) {
	literal := f.anchors[p.anchor].literal
	same := map[uint8]uint8{} // places in parts, with and without p
	for pair := range len(f.pairs) {
		first, second := byte(pair), byte(pair>>8)
		if p.at >= 0 && literal[p.at] != first || p.at+1 < len(literal) && literal[p.at+1] != second {
			continue
		}
		old := f.pairs[pair]
		if same[old] == 0 {
			var parts []part
			if old > 0 {
				parts = f.parts[old-1]
			}
			f.parts = append(f.parts, append(slices.Clone(parts), p))
			same[old] = uint8(len(f.parts))
		}
		f.pairs[pair] = same[old]
	}
}

// rarestPair is where in a literal the pair of bytes is that is rarest in prose,
// among those at an odd distance from the beginning or those at an even one.
func rarestPair(literal string, odd int) int {
	const frequent = " etaoinshrdlucmfwypvbgkqjxz" // the most frequent first
	best, least := -odd, math.MaxInt
	for at := -odd; at+1 <= len(literal); at += 2 {
		n := 1
		for i := at; i <= at+1; i++ {
			switch {
			case i < 0 || i == len(literal):
				n *= 8 * len(frequent) // any byte
			case strings.IndexByte(frequent, literal[i]) >= 0:
				n *= 1 + len(frequent) - strings.IndexByte(frequent, literal[i])
			}
		}
		if n < least {
			best, least = at, n
		}
	}
	return best
}

// next is the first place in s[from:] where an anchor fits, and its number; -1
// if none does.
func (f *filter) next(s string, from int) (at, anchor int) {
	for i := from; i < len(s); i += 2 {
		for i+16 <= len(s) {
			b := s[i : i+16]
			x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
			y := uint64(b[8]) | uint64(b[9])<<8 | uint64(b[10])<<16 | uint64(b[11])<<24 | uint64(b[12])<<32 | uint64(b[13])<<40 | uint64(b[14])<<48 | uint64(b[15])<<56
			if f.pairs[uint16(x)]|f.pairs[uint16(x>>16)]|f.pairs[uint16(x>>32)]|f.pairs[x>>48] != 0 {
				break
			}
			i += 8
			if f.pairs[uint16(y)]|f.pairs[uint16(y>>16)]|f.pairs[uint16(y>>32)]|f.pairs[y>>48] != 0 {
				break
			}
			i += 8
		}
		if i >= len(s) {
			break
		}
		pair := uint16(s[i])
		if i+1 < len(s) {
			pair |= uint16(s[i+1]) << 8
		}
		k := f.pairs[pair]
		if k == 0 {
			continue
		}
		for _, p := range f.parts[k-1] {
			a := &f.anchors[p.anchor]
			at := i - p.at
			if at >= from && strings.HasPrefix(s[min(at, len(s)):], a.literal) && (a.fits == nil || a.fits(s, at)) {
				return at, p.anchor
			}
		}
	}
	return -1, -1
}
