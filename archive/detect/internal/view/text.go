package view

import (
	"bytes"
	"cmp"
	"html"
	"strings"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in view_test.go.

// OfText is the view of a running text. It may be Markdown or another format that
// extractors write.
func OfText(s string) *View {
	st := styleOf(s)
	if !st.links && !st.marked && !st.blocks && !st.escapes && !st.targets && !st.quotes && st.columns == 0 && len(st.references) == 0 && strings.IndexByte(s, '&') < 0 && strings.IndexByte(s, '\r') < 0 {
		return &View{Text: s, steps: []step{{}}}
	}
	r := reader{s: s, style: st, builder: builder{text: make([]byte, 0, len(s))}}
	r.read()
	return &View{Text: string(r.text), Links: r.links, quotes: r.quotes, steps: r.steps}
}

// style is what an extractor did to the markup of a page.
type style struct {
	links    bool // there are links of Markdown: [shown](address)
	marked   bool // there are links of other formats
	blocks   bool // there are tags or marks of blocks
	escapes  bool // a backslash may be before punctuation
	latex    bool // it is LaTeX: braces are marks
	rst      bool // it is reStructuredText: indented lines are quotes
	asciiDoc bool // it is AsciiDoc: the text of a link follows the address, in brackets
	spans    bool // there are tags of spans
	targets  bool // the address follows the text of a link, in parentheses
	quotes   bool // some lines begin with ">"
	columns  int  // the width at which all lines are wrapped; 0 if they are not wrapped

	references map[string]string // the addresses of links by number or name, as a text browser or Markdown lists them
}

// styleOf looks for the marks of each style. A link is a mark of Markdown, but not of a
// Markdown that escapes punctuation: only attributions are a mark of that.
func styleOf(s string) style {
	references, list := referencesOf(s)
	latex := strings.Contains(s, `\href{http`)
	links := hasLinks(s)
	return style{
		links:      strings.Contains(s, "](") || strings.Contains(s, "][") || strings.Contains(s, "]: http"),
		escapes:    hasEscapes(s) || latex,
		latex:      latex && (strings.Contains(s, `\begin{`) || strings.Contains(s, `\section{`) || strings.Contains(s, `\item`)),
		rst:        strings.Contains(s, ">`_"),
		asciiDoc:   links && isAsciiDoc(s),
		spans:      strings.Contains(s, "</span>"),
		targets:    hasTargets(s),
		quotes:     hasQuotes(s),
		marked:     links,
		blocks:     hasBlocks(s),
		columns:    columnsOf(s[:list]),
		references: references,
	}
}

// isAsciiDoc reports whether the text of a link follows its address.
func isAsciiDoc(s string) bool {
	for i := 0; ; {
		n := strings.Index(s[i:], "http")
		if n < 0 {
			return false
		}
		i += n
		if to := addressAt(s, i); to > i && to < len(s) && s[to] == '[' {
			return true
		}
		i += len("http")
	}
}

// hasQuotes reports whether a line begins with ">".
func hasQuotes(s string) bool {
	for i := 0; ; {
		n := strings.IndexByte(s[i:], '>')
		if n < 0 {
			return false
		}
		i += n
		line := strings.LastIndexByte(s[max(0, i-8):i], '\n') + 1 + max(0, i-8)
		if (line == 0 || s[line-1] == '\n') && skipIndent(s, line) == i {
			return true
		}
		i++
	}
}

// hasEscapes reports whether the handle of an attribution is escaped, "(@jane\_roe)", or
// its date is a link of Markdown.
func hasEscapes(s string) bool {
	for i := 0; ; {
		n := strings.IndexByte(s[i:], '@')
		if n < 0 {
			return false
		}
		i += n + 1
		if i > 1 && s[i-2] == '\\' {
			return true
		}
		if i < 2 || s[i-2] != '(' {
			continue
		}
		for i < len(s) && archive.IsHandleByte(s[i]) {
			i++
		}
		if strings.HasPrefix(s[i:], `\_`) {
			return true
		}
		if i < len(s) && s[i] == ')' && strings.HasPrefix(s[char.SkipBreak(s, i+1):], "[") {
			return true
		}
	}
}

// hasTargets reports whether an address in parentheses follows an attribution.
func hasTargets(s string) bool {
	for i := 0; ; {
		n := strings.IndexByte(s[i:], '(')
		if n < 0 {
			return false
		}
		i += n
		if holdsAddress(s, i) && strings.Contains(s[max(0, i-96):i], "(@") {
			if _, ok := archive.FindStatus(s[i:max(i, closing(s, i))]); ok {
				return true
			}
		}
		i++
	}
}

// holdsAddress reports whether the parentheses that open at i hold an address. It may be
// on the next line, which may be quoted.
func holdsAddress(s string, i int) bool {
	i = char.SkipBreak(s, i+1)
	for i < len(s) && s[i] == '>' {
		i = char.SkipBlanks(s, i+1)
	}
	return strings.HasPrefix(s[i:], "http")
}

// reader makes the view of a text.
type reader struct {
	builder
	s         string
	style     style
	quotes    []Range
	quoted    bool                  // the line is in a quote
	block     string                // the line or tag that ends the quote, if its lines have no marks
	ends      [len(quoteBlocks)]int // for each kind of block where the next line is that ends one
	endTag    int                   // where the next tag is that ends a quote
	directive bool                  // the line before belongs to a directive of reStructuredText
	quotable  bool                  // the last line without indent is no item of a list
	line      int                   // where the line begins, after the marks of quoting
	open      []int                 // brackets in the view that may begin a link
}

// altered are the bytes at which a view may differ from the text.
var altered = [256]bool{
	'\r': true, '\n': true, '&': true, '\\': true, '[': true, ']': true, '(': true,
	'<': true, '|': true, '"': true, '#': true, ':': true, '+': true, '{': true, '}': true,
}

func (r *reader) read() {
	i := r.beginLine(0)
	for i < len(r.s) {
		if n := r.special(i); n > i {
			i = n
			continue
		}
		from := i
		for i++; i < len(r.s) && !altered[r.s[i]]; i++ {
		}
		r.copy(r.s[from:i], from)
	}
	r.endQuote()
	if r.style.columns > 0 && len(r.quotes) == 1 && r.quotes[0] == (Range{0, len(r.text)}) {
		r.quotes = nil // a whole mail that is quoted
	}
}

// special reads what is shown otherwise than it is written. It returns where that ends; i
// if there is nothing of the kind.
func (r *reader) special(i int) int {
	switch r.s[i] {
	case '\r':
		return r.carriageReturns(i)
	case '\n':
		return r.lineEnd(i)
	case '&':
		return r.entity(i)
	case '\\':
		return r.backslash(i)
	case '{', '}':
		if r.style.latex {
			return i + 1
		}
	case '+':
		return r.plus(i)
	case '<':
		return r.angle(i)
	case '#', '|', '"':
		return r.markedLink(i)
	case '[':
		for _, read := range [...]func(int) int{r.definition, r.reference, r.asciiDoc, r.markedLink} {
			if end := read(i); end > i {
				return end
			}
		}
		return r.linkBegin(i)
	case ']':
		return r.linkEnd(i)
	case '(':
		return r.target(i)
	}
	return i
}

// entity reads the HTML entity at i.
func (r *reader) entity(i int) int {
	n, shown := entityAt(r.s[i:])
	if n > 0 {
		r.put(shown, i, i+n)
	}
	return i + n
}

// backslash reads what a backslash begins: the end of a link, a line break, an escaped
// mark, or a link.
func (r *reader) backslash(i int) int {
	s := r.s
	switch {
	case r.style.rst && strings.HasPrefix(s[i:], `\ `):
		return i + 2 // not shown: it ends a link
	case r.block != "":
		if after, ok := strings.CutPrefix(strings.TrimPrefix(s[i:], `\strut `), `\\`); ok && endsLine(after) {
			return len(s) - len(after) // a line break
		}
	}
	if r.style.escapes || r.quoted {
		if i+1 < len(s) && char.IsPunct(s[i+1]) {
			r.put(s[i+1:i+2], i, i+2)
			return i + 2
		}
		if endsLine(s[i+1:]) {
			return i + 1 // Markdown's line break
		}
	}
	return r.markedLink(i)
}

// plus reads AsciiDoc's marks around a sign without meaning, ++_++, and its mark of a
// line break.
func (r *reader) plus(i int) int {
	s := r.s
	if r.style.marked && i+5 <= len(s) && s[i:i+2] == "++" && s[i+3:i+5] == "++" {
		r.put(s[i+2:i+3], i, i+5)
		return i + 5
	}
	if r.style.asciiDoc && r.block != "" && i > 0 && s[i-1] == ' ' && endsLine(s[i+1:]) {
		r.truncate(len(bytes.TrimRight(r.text, " ")))
		return i + 1
	}
	return i
}

// angle reads a tag, or a link with its address in angle brackets.
func (r *reader) angle(i int) int {
	if end := blockTag(r.s, i); end > i {
		r.tag(i, end)
		return end
	}
	if end := tagAt(r.s, i, "span"); end > i && r.style.spans {
		return end
	}
	return r.markedLink(i)
}

// tag reads the tag of a block.
func (r *reader) tag(i, end int) {
	switch tag := r.s[i:end]; {
	case strings.HasPrefix(tag, "<br"):
		r.put("\n", i, end)
	case strings.HasPrefix(tag, "<blockquote") && (r.block == quoteEnd || r.block == "" && !r.quoted) && (i == 0 || r.s[i-1] != '`'):
		if r.endTag < end {
			r.endTag = len(r.s) + maxQuote
			if n := strings.Index(r.s[end:], quoteEnd); n >= 0 {
				r.endTag = end + n
			}
		}
		if r.endTag < end+maxQuote {
			r.endQuote() // of a quote in a quote the inner one counts
			r.block = quoteEnd
			r.beginQuote()
		}
	case r.block == quoteEnd && tag == quoteEnd:
		r.endBlock(i, end)
	}
}

// endBlock ends the block that is a quote. What is between i and end ends it.
func (r *reader) endBlock(i, end int) {
	r.block = ""
	if r.quoted {
		r.trim(r.quotes[len(r.quotes)-1].Start)
		r.endQuote()
	}
	r.put("\n", i, end)
}

// carriageReturns reads the carriage returns at i. Before a line feed they are not shown.
// Else each is a line break.
func (r *reader) carriageReturns(i int) int {
	end := i
	for end < len(r.s) && r.s[end] == '\r' {
		end++
	}
	if end == len(r.s) || r.s[end] == '\n' {
		return end
	}
	r.put(strings.Repeat("\n", end-i), i, end)
	return r.beginLine(end)
}

// maxOpen is the greatest number of brackets that are open at once.
const maxOpen = 32

// linkBegin reads the bracket at i, which may begin a link of Markdown.
func (r *reader) linkBegin(i int) int {
	if !r.style.links {
		return i
	}
	r.open = append(r.open[max(0, len(r.open)-maxOpen+1):], len(r.text))
	r.copy("[", i)
	if strings.HasPrefix(r.s[i+1:], ">") { // a quoted line that begins with a link
		return char.SkipBlanks(r.s, i+2)
	}
	return i + 1
}

// linkEnd reads the end of the Markdown link whose bracket closes at i.
func (r *reader) linkEnd(i int) int {
	if !r.style.links || len(r.open) == 0 {
		return i
	}
	k := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	target, end := "", i
	switch {
	case i+1 < len(r.s) && (r.s[i+1] == '(' || r.s[i+1] == '['):
		if end = closing(r.s, i+1); end == 0 {
			return i
		}
		target = r.s[i+2 : end-1]
		if r.s[i+1] == '[' {
			target = cmp.Or(r.style.references[cmp.Or(target, string(r.text[k+1:]))], target)
		}
	case r.style.references[string(r.text[k+1:])] != "":
		target, end = r.style.references[string(r.text[k+1:])], i+1
	default:
		return i
	}
	r.cut(k)
	r.link(k, target, end)
	return end
}

// link adds a link whose text is the view from begin on. A single line break in it is a
// hard wrap. (In quoted lines that was decided before.)
func (r *reader) link(begin int, target string, after int) {
	shown := r.text[begin:]
	if i := bytes.IndexByte(shown, '\n'); (!r.quoted || r.block != "" || r.style.rst) && i > 0 && bytes.LastIndexByte(shown, '\n') == i && !isMeant(string(shown[:i])) {
		shown[i] = ' '
	}
	r.links = append(r.links, Link{Range: Range{begin, len(r.text)}, Target: target, after: after})
}

// target reads the address in parentheses that follows the text of its link.
func (r *reader) target(i int) int {
	if !r.style.targets || !holdsAddress(r.s, i) {
		return i
	}
	end := closing(r.s, i)
	if end == 0 {
		return i
	}
	lo := 0
	if n := len(r.quotes); n > 0 {
		lo = max(r.quotes[n-1].Start, r.quotes[n-1].End)
	}
	r.trim(lo)
	n := len(r.text)
	r.links = append(r.links, Link{Range: Range{n, n}, Target: r.s[i+1 : end-1], after: end})
	return end
}

// quoteIndent are the bytes that may be before the mark of a quoted line.
const quoteIndent = " \t*"

// skipIndent is where the mark of a quoted line may be after i: after blanks, and after
// the mark of an item that is a quote.
func skipIndent(s string, i int) int {
	for i < len(s) && strings.IndexByte(quoteIndent, s[i]) >= 0 {
		i++
	}
	if strings.HasPrefix(s[i:], "- >") || strings.HasPrefix(s[i:], "+ >") {
		// Other lines of the quote must be indented; else it is a comparison.
		if n := strings.IndexByte(s[i:], '\n'); n >= 0 && strings.HasPrefix(s[i+n+1:], "  ") && strings.HasPrefix(strings.TrimLeft(s[i+n+1:], " "), ">") {
			return i + 2
		}
	}
	n := i
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if after, ok := strings.CutPrefix(s[n:], "."); ok && n > i && strings.HasPrefix(strings.TrimLeft(after, " "), ">") {
		return len(s) - len(strings.TrimLeft(after, " "))
	}
	return i
}

// beginLine reads the marks of quoting at the beginning of a line. It returns where the
// text of the line begins.
func (r *reader) beginLine(i int) int {
	if end := r.blockLine(i); end > i {
		r.line = end
		return end
	}
	j, quoted := r.marks(i)
	if r.style.rst && j < len(r.s) && !char.IsSpace(r.s[j]) && j == i {
		r.quotable = !isItem(r.s[j:]) || strings.HasPrefix(r.s[j+1:], " ..\n") // Pandoc's mark of an item that is a quote
	}
	switch {
	case quoted && !r.quoted:
		r.beginQuote()
	case !quoted:
		r.endQuote()
	}
	r.quoted, r.line = quoted, j
	return j
}

// isItem reports whether a line begins with the mark of a list's item.
func isItem(s string) bool {
	s = strings.TrimLeft(s[:min(len(s), 8)], "0123456789#")
	return strings.HasPrefix(s, "* ") || strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "+ ") || strings.HasPrefix(s, ". ") || strings.HasPrefix(s, ") ")
}

func (r *reader) beginQuote() {
	r.open = r.open[:0] // no link goes into a quote ...
	r.quotes = append(r.quotes, Range{len(r.text), -1})
	r.quoted = true
}

func (r *reader) endQuote() {
	if n := len(r.quotes) - 1; n >= 0 && r.quotes[n].End < 0 {
		r.quotes[n].End = len(r.text)
		r.open = r.open[:0] // ... or out of one
	}
	r.quoted = false
}

// marks is the end of the marks of quoting at i, where a line begins.
func (r *reader) marks(i int) (end int, quoted bool) {
	switch j := char.SkipBlanks(r.s, i); {
	case r.block != "":
		return j, true
	case r.style.rst && strings.HasPrefix(r.s[i:], minIndent) && r.mayIndent():
		if strings.HasPrefix(r.s[j:], lineMark) {
			j += len(lineMark)
		}
		return j, true
	case r.style.rst && endsLine(r.s[j:]):
		return j, r.quoted
	}
	if !r.style.quotes {
		return i, false
	}
	j := skipIndent(r.s, i)
	if strings.HasPrefix(r.s[j:], "[>") {
		return j, true // the mark is within a link
	}
	for j < len(r.s) && r.s[j] == '>' {
		j, quoted = char.SkipBlanks(r.s, j+1), true
	}
	if !quoted {
		return i, false
	}
	return j, true
}

// mayIndent reports whether an indented line may be in a quote: the quote goes on, or one
// begins after an empty line.
func (r *reader) mayIndent() bool {
	return r.quoted || r.quotable && (len(r.text) == 0 || bytes.HasSuffix(r.text, []byte("\n\n")))
}

// minIndent is the least indent of a quote in reStructuredText.
const minIndent = "   "

// lineMark begins the lines of reStructuredText that are not wrapped.
const lineMark = "| "

// wrapWidth is the length from which a quoted line was probably wrapped by the extractor,
// if another line follows (html2text: 78, jaytaylor: 76).
const wrapWidth = 60

// lineEnd reads the line break at i and the marks at the beginning of the next line. In
// an article that is hard-wrapped it undoes the wraps.
func (r *reader) lineEnd(i int) int {
	if end := r.blockLine(i + 1); end > i+1 {
		if n := len(r.text); n == 0 || r.text[n-1] != '\n' {
			r.copy("\n", i)
		}
		r.line = end
		return end
	}
	next, quoted := r.marks(i + 1)
	switch {
	case r.quoted == quoted && r.isWrap(i, next):
		next = char.SkipBlanks(r.s, next)
		r.put(" ", i, next)
		r.line = next
		return next
	case !r.quoted || !quoted:
		r.copy("\n", i)
		return r.beginLine(i + 1)
	}
	return r.quotedLineEnd(i, next)
}

// quotedLineEnd reads the line break at i between two lines of a quote. It undoes hard
// wraps, and empty lines become one. The words of the second line begin at next.
func (r *reader) quotedLineEnd(i, next int) int {
	words := r.skipEmpty(next)
	switch {
	case words > next:
		r.put("\n\n", i, words)
	case i-r.line+wordLength(r.s[next:]) >= wrapWidth && !isMeant(r.s[r.line:i]) && !r.isMarked(i, next):
		r.put(" ", i, next)
	default:
		r.put("\n", i, next)
	}
	if end := r.blockLine(words); end > words {
		words = end
	}
	r.line = words
	return words
}

// skipEmpty is the end of the quote's empty lines at i, and of the marks after them.
func (r *reader) skipEmpty(i int) int {
	for i < len(r.s) && (r.s[i] == '\n' || r.s[i] == '\r') {
		j := i + 1
		if r.s[i] == '\r' && j < len(r.s) && r.s[j] == '\n' {
			j++
		}
		n, still := r.marks(j)
		if !still {
			break
		}
		i = n
	}
	return i
}

// isWrap reports whether the line break at i is a hard wrap, in an article that has them
// everywhere. The words of the next line begin at next.
func (r *reader) isWrap(i, next int) bool {
	if r.style.columns == 0 || isMeant(r.s[r.line:i]) {
		return false
	}
	words := strings.TrimLeft(r.s[next:min(len(r.s), next+maxColumns)], " \t")
	if words == "" || endsLine(words) || r.line == i {
		return false
	}
	begin := strings.LastIndexByte(r.s[max(0, i-maxColumns*utf8.UTFMax):i], '\n') + 1 + max(0, i-maxColumns*utf8.UTFMax)
	word := words[:strings.IndexAny(words+"\n", " \r\n")]
	return utf8.RuneCountInString(r.s[begin:i])+1+utf8.RuneCountInString(word) > r.style.columns
}

// isMeant reports whether a line ends with Markdown's mark of a line break.
func isMeant(line string) bool {
	line = strings.TrimSuffix(line, "\r")
	return strings.HasSuffix(line, "  ") || strings.HasSuffix(line, `\`)
}

// isMarked reports whether the line break at i has a mark: in AsciiDoc before it, in
// reStructuredText after it and before next.
func (r *reader) isMarked(i, next int) bool {
	return r.style.asciiDoc && r.block != "" && strings.HasSuffix(r.s[:i], " +") || r.style.rst && strings.HasSuffix(r.s[:next], lineMark)
}

// endsLine reports whether s begins with a line end.
func endsLine(s string) bool {
	return strings.HasPrefix(s, "\n") || strings.HasPrefix(s, "\r\n")
}

// wordLength is the length of the word that s begins with.
func wordLength(s string) int {
	n := 0
	for n < len(s) && n < wrapWidth && !char.IsSpace(s[n]) {
		n++
	}
	return n
}

// entityAt decodes the HTML entity that s begins with, and reports its length.
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

// maxAddress is how long an address is at most, in bytes.
const maxAddress = 400

// closing is the end of the brackets or parentheses that are opened at i, no
// further away than an address is long; 0 if they are not closed.
func closing(s string, i int) int {
	open := s[i]
	shut := map[byte]byte{'(': ')', '[': ']', '{': '}'}[open]
	depth := 0
	for j := i; j < len(s) && j < i+maxAddress; j++ {
		switch s[j] {
		case '\\':
			if open == '{' {
				j++
			}
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return 0
}
