package view

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in view_test.go.

// markup is how a format writes a link. Markdown is not among them: the text of its links
// is in brackets, which may be nested (see linkBegin).
type markup struct{ open, between, shut string }

// addressFirst are the markups in which the address comes before the text of the link.
var addressFirst = []markup{
	{`[[`, `][`, `]]`},    // Org
	{`[`, ` `, `]`},       // MediaWiki
	{`\href{`, `}{`, `}`}, // LaTeX
	{`\url{`, ``, `}`},
	{`[[`, ``, `]]`},
	{`#link("`, `")[`, `]`}, // Typst
	{`<a href="`, `">`, `</a>`},
}

// shownFirst are the markups in which it comes after it.
var shownFirst = []markup{
	{"`", ` <`, ">`_"}, // reStructuredText; an anonymous link has one more _
	{`[`, `|`, `]`},    // Jira
	{`"`, `":`, ``},    // Textile
}

// maxShown is the greatest length of the text of such a link, in bytes.
const maxShown = 300

// hasLinks reports whether there is an address in one of these markups or in angle
// brackets.
func hasLinks(s string) bool {
	for i := 0; ; {
		n := strings.Index(s[i:], "://")
		if n < 0 {
			return false
		}
		i += n + len("://")
		scheme := strings.TrimSuffix(s[:i-len("://")], "s")
		if !strings.HasSuffix(scheme, "http") {
			continue
		}
		at := len(scheme) - len("http")
		if at > 0 && strings.IndexByte(`<[|{`, s[at-1]) >= 0 || at > 1 && (s[at-2:at] == `("` || s[at-2:at] == `":` || s[at-2:at] == `="`) {
			return true
		}
		if to := addressAt(s, at); to < len(s) && s[to] == '[' {
			return true
		}
	}
}

// addressAt is the end of the address at i; i if there is none.
func addressAt(s string, i int) int {
	if !strings.HasPrefix(s[i:], "http://") && !strings.HasPrefix(s[i:], "https://") {
		return i
	}
	for j := i; ; j++ {
		if j == len(s) || s[j] <= ' ' || strings.IndexByte("<>[]{}|\"`", s[j]) >= 0 {
			return j
		}
		if j == i+maxAddress {
			return i
		}
	}
}

// markedLink reads the link with a mark at i: its beginning, or the mark between its text
// and its address. It returns where the link ends; i if there is none.
func (r *reader) markedLink(i int) int {
	if !r.style.marked {
		return i
	}
	for _, m := range addressFirst {
		if strings.HasPrefix(r.s[i:], m.open) {
			if end := r.addressFirst(i, m); end > i {
				return end
			}
		}
	}
	for _, m := range shownFirst {
		if sign := strings.TrimLeft(m.between, " "); strings.HasPrefix(r.s[i:], sign) {
			if end := r.shownFirst(i, i+len(sign), m); end > i {
				return end
			}
		}
	}
	return r.autolink(i)
}

// addressFirst reads the link of markup m that begins at i.
func (r *reader) addressFirst(i int, m markup) int {
	from := i + len(m.open)
	to := addressAt(r.s, from)
	if to == from || !strings.HasPrefix(r.s[to:], m.between) {
		return i
	}
	shown := to + len(m.between)
	n := strings.Index(r.s[shown:min(len(r.s), shown+maxShown)], m.shut)
	switch {
	case m.between == "":
		shown, n = from, to-from
		if !strings.HasPrefix(r.s[to:], m.shut) {
			return i
		}
	case m.shut == "}":
		n = closing(r.s, shown-1) - 1 - shown
	}
	if n <= 0 || strings.Contains(r.s[shown:shown+n], "\n\n") {
		return i
	}
	end := shown + n + len(m.shut)
	if m.shut == "]" && end < len(r.s) && (r.s[end] == '(' || r.s[end] == '[') {
		return i // a link of Markdown
	}
	begin := len(r.text)
	r.shown(shown, shown+n, false)
	r.link(begin, r.s[from:to], end)
	return end
}

// shown reads the text of a link, between i and end.
func (r *reader) shown(i, end int, asciiDoc bool) {
	for i < end {
		switch s := r.s[i:end]; {
		case r.style.escapes && s[0] == '\\' && len(s) > 1 && char.IsPunct(s[1]):
			r.copy(s[1:2], i+1)
			i += 2
			continue
		case s[0] == '&':
			if n, shown := entityAt(s); n > 0 {
				r.put(shown, i, i+n)
				i += n
				continue
			}
		case s[0] == '<':
			if end := max(blockTag(r.s, i), tagAt(r.s, i, "span")); end > i && end <= i+len(s) {
				i = end
				continue
			}
		case s[0] == '{' || s[0] == '}':
			if r.style.escapes {
				i++
				continue
			}
		case asciiDoc && strings.HasPrefix(s, "++"): // around a sign without meaning
			i += 2
			continue
		}
		r.copy(r.s[i:i+1], i)
		i++
	}
}

// shownFirst reads the rest of a link of markup m. Its text was read, and its address
// begins at from.
func (r *reader) shownFirst(i, from int, m markup) int {
	to := addressAt(r.s, from)
	if to == from || !strings.HasPrefix(r.s[to:], m.shut) {
		return i
	}
	lo := max(0, len(r.text)-maxShown)
	k := strings.LastIndex(string(r.text[lo:]), m.open)
	if k < 0 || k+1 == len(r.text)-lo || strings.Contains(string(r.text[lo+k:]), "\n\n") {
		return i
	}
	if n := len(r.links); n > 0 && r.links[n-1].End > lo+k {
		return i
	}
	if n := len(r.quotes); n > 0 && max(r.quotes[n-1].Start, r.quotes[n-1].End) > lo+k {
		return i
	}
	end := to + len(m.shut)
	if strings.HasPrefix(m.shut, ">") && strings.HasPrefix(r.s[end:], "_") {
		end++
	}
	r.cut(lo + k)
	r.open = slices.DeleteFunc(r.open, func(at int) bool { return at >= lo+k })
	if strings.HasPrefix(m.between, " ") {
		r.trim(lo + k)
	}
	r.link(lo+k, r.s[from:to], end)
	return end
}

// asciiDoc reads the text of a link in brackets. Its address was read, and ends at i.
func (r *reader) asciiDoc(i int) int {
	if !r.style.marked {
		return i
	}
	n := strings.IndexByte(r.s[i:min(len(r.s), i+maxShown)], ']')
	lo := max(0, len(r.text)-maxAddress)
	word := strings.LastIndexAny(string(r.text[lo:]), " \n\t(") + 1 + lo
	k := strings.Index(string(r.text[word:]), "http")
	if n < 2 || k < 0 || k > 0 && r.text[word+k-1] < utf8.RuneSelf && string(r.text[word:word+k]) != "link:" {
		return i
	}
	address := string(r.text[word+k:])
	if addressAt(address, 0) != len(address) {
		return i
	}
	word += len(strings.TrimSuffix(string(r.text[word:word+k]), "link:"))
	if next := i + n + 1; next < len(r.s) && (r.s[next] == '(' || r.s[next] == '[') {
		return i // a link of Markdown, beside an address
	}
	r.truncate(word)
	r.shown(i+1, i+n, true)
	r.link(word, address, i+n+1)
	return i + n + 1
}

// autolink reads the address in angle brackets at i. It is its own text.
func (r *reader) autolink(i int) int {
	to := addressAt(r.s, i+1)
	if r.s[i] != '<' || to == i+1 || to == len(r.s) || r.s[to] != '>' {
		return i
	}
	begin := len(r.text)
	r.copy(r.s[i+1:to], i+1)
	r.links = append(r.links, Link{Range: Range{begin, len(r.text)}, Target: r.s[i+1 : to], after: to + 1})
	return to + 1
}

// quoteBlocks are the lines that formats have around a quote. A line that other texts
// have too counts only if there are other marks of the format.
var quoteBlocks = [...]struct {
	begin, end string
	asciiDoc   bool
}{
	{"#+begin_quote", "#+end_quote", false}, // Org
	{"#+BEGIN_QUOTE", "#+END_QUOTE", false},
	{`\begin{quote}`, `\end{quote}`, false}, // LaTeX
	{`\begin{quotation}`, `\end{quotation}`, false},
	{"____", "____", true},
}

// quoteEnd is the tag that ends a quote.
const quoteEnd = "</blockquote>"

// maxQuote is the greatest length of a quote, in bytes: a tweet, its addresses, and what
// a page has around it.
const maxQuote = 8 << 10

// blockLine reads the line at i if it only begins or ends a block, or describes one. It
// returns where the line ends; i if it is another line.
func (r *reader) blockLine(i int) int {
	if !r.style.blocks {
		return i
	}
	begin := char.SkipBlanks(r.s, i)
	end := min(len(r.s), begin+maxColumns)
	if n := strings.IndexByte(r.s[begin:end], '\n'); n >= 0 {
		end = begin + n
	}
	if end == begin || end == begin+maxColumns || strings.IndexByte(blockBegins, r.s[begin]) < 0 {
		return i
	}
	line := strings.TrimRight(r.s[begin:end], " \t\r")
	if strings.HasPrefix(line, "#+") {
		line, _, _ = strings.Cut(line, " ") // it may say more of the block
	}
	switch {
	case r.isOption(line, begin > i):
		if r.block == "" && r.style.rst {
			r.endQuote() // what is indented below it is another
			r.quotable = r.quotable || begin == i
		}
		return end
	case line == "____" && !r.style.asciiDoc, r.quoteBlock(line, i, end):
		return end
	}
	return i
}

// quoteBlock begins or ends a block that is a quote, if the line between i and end does.
func (r *reader) quoteBlock(line string, i, end int) bool {
	for n, b := range quoteBlocks {
		switch {
		case r.block == b.end && line == b.end:
			r.endBlock(i, end)
			return true
		case r.block == "" && line == b.begin && (r.style.asciiDoc || !b.asciiDoc):
			if r.endsBefore(n, end, b.end) {
				r.endQuote()
				r.block = b.end
			}
			return true
		}
	}
	return false
}

// endsBefore reports whether the line that ends a block is near enough after i. It keeps
// the place of the next such line for later blocks.
func (r *reader) endsBefore(block, i int, line string) bool {
	if r.ends[block] < i {
		r.ends[block] = lineAfter(r.s, i, line)
	}
	return r.ends[block] < i+maxQuote
}

// lineAfter is the place of the next line after i that is only these words; far after the
// end of s if there is none.
func lineAfter(s string, i int, words string) int {
	for {
		n := strings.Index(s[i:], words)
		if n < 0 {
			return len(s) + maxQuote
		}
		at := i + n
		i = at + len(words)
		before := strings.TrimRight(s[max(0, at-maxColumns):at], " \t")
		if strings.HasSuffix(before, "\n") && (i == len(s) || endsLine(s[char.SkipBlanks(s, i):]) || char.SkipBlanks(s, i) == len(s)) {
			return at
		}
	}
}

// isOption reports whether a line describes a block: Pandoc's fences, with a class or
// without, and reStructuredText's directives with the indented lines below them.
func (r *reader) isOption(line string, indented bool) bool {
	switch {
	case strings.HasPrefix(line, ":::"):
		class := strings.TrimLeft(line, ": ")
		return class == "" || strings.HasPrefix(class, "{") && strings.HasSuffix(class, "}") || isClass(class)
	case line == "..":
		return r.style.rst
	case strings.HasPrefix(line, ".. "):
		r.directive = r.style.rst && strings.Contains(line, "::")
		return r.directive
	}
	r.directive = r.directive && indented && strings.HasPrefix(line, ":")
	return r.directive
}

// isClass reports whether s is the name of a class.
func isClass(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0
}

// blockBegins are the bytes that begin such lines.
const blockBegins = ":._#\\"

// hasBlocks reports whether a text has lines or tags of blocks.
func hasBlocks(s string) bool {
	for i := 0; i < len(s); {
		i = char.SkipBlanks(s, i)
		for _, mark := range [...]string{":::", "..", "____", "#+begin_q", "#+BEGIN_Q", `\begin{quot`} {
			if strings.HasPrefix(s[i:], mark) {
				return true
			}
		}
		n := strings.IndexByte(s[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
	}
	for i := 0; ; i++ {
		n := strings.IndexByte(s[i:], '<')
		if n < 0 {
			return false
		}
		if i += n; blockTag(s, i) > i {
			return true
		}
	}
}

// blockTags are the tags of blocks that converters leave in a text.
var blockTags = []string{"div", "blockquote", "figure", "figcaption", "article", "section", "p", "br"}

// blockTag is the end of one of blockTags at i; i if there is none.
func blockTag(s string, i int) int {
	for _, tag := range blockTags {
		if end := tagAt(s, i, tag); end > i {
			return end
		}
	}
	return i
}

// tagAt is the end of a tag with this name at i, also of an end tag; i if there is none.
func tagAt(s string, i int, name string) int {
	after, ok := strings.CutPrefix(strings.TrimPrefix(s[i+1:], "/"), name)
	if !ok || after == "" || strings.IndexByte(" />\n", after[0]) < 0 {
		return i
	}
	if n := strings.IndexByte(after[:min(len(after), maxShown)], '>'); n >= 0 && strings.IndexByte(after[:n], '<') < 0 {
		return len(s) - len(after) + n + 1
	}
	return i
}

// referencesOf are the addresses that a converter lists, by number or name. A text
// browser lists them at the end of a text, "  2. https://…", Markdown anywhere, "[2]:
// https://…". list is where the browser's list begins.
func referencesOf(s string) (all map[string]string, list int) {
	all, list = map[string]string{}, len(s)
	for i := 0; ; {
		n := strings.Index(s[i:], "]:")
		if n < 0 {
			break
		}
		i += n + len("]:")
		line := strings.LastIndexByte(s[max(0, i-maxShown):i], '\n') + 1 + max(0, i-maxShown)
		label := strings.ReplaceAll(strings.TrimLeft(s[line:i-len("]:")], "> "), `\`, "")
		if from := char.SkipBreak(s, i); strings.HasPrefix(label, "[") {
			if to := addressAt(s, from); to > from {
				all[label[1:]] = s[from:to]
			}
		}
	}
	for end := len(s); end > 0; {
		begin := strings.LastIndexByte(s[:end-1], '\n') + 1
		line := strings.TrimSpace(s[begin:end])
		number, address, _ := strings.Cut(strings.TrimPrefix(strings.Replace(line, "] ", ". ", 1), "["), ". ")
		if address = strings.TrimSpace(address); line != "" && !strings.HasSuffix(line, ":") && (strings.Trim(number, "0123456789") != "" || addressAt(address, 0) != len(address) || address == "") {
			break
		}
		if address != "" {
			all[number], list = address, begin
		}
		end = begin
	}
	return all, list
}

// definition is the end of the definition of a reference, if the line begins with one at
// i; else i.
func (r *reader) definition(i int) int {
	if len(r.style.references) == 0 || strings.Trim(r.s[r.line:i], " ") != "" {
		return i
	}
	n := strings.IndexByte(r.s[i:min(len(r.s), i+maxShown)], ']')
	if n < 0 || r.style.references[strings.ReplaceAll(r.s[i+1:i+n], `\`, "")] == "" {
		return i
	}
	from := i + n + len("]:")
	if from > len(r.s) || r.s[from-1] != ':' && r.s[from-1] != ' ' {
		return i // a text browser's number before an address that is shown
	}
	from = char.SkipBreak(r.s, from)
	if to := addressAt(r.s, from); to > from {
		return to
	}
	return i
}

// maxNumber is the greatest number of digits in the number of a reference.
const maxNumber = 4

// reference reads the number at i that a text browser wrote before a link.
func (r *reader) reference(i int) int {
	if len(r.style.references) == 0 {
		return i
	}
	n := strings.IndexByte(r.s[i:min(len(r.s), i+maxNumber+2)], ']')
	if n < 0 {
		return i
	}
	address, ok := r.style.references[r.s[i+1:i+n]]
	if !ok {
		return i
	}
	end := i + n + 1
	r.links = append(r.links, Link{Range: Range{len(r.text), len(r.text)}, Target: address, after: end})
	return end
}

const (
	minWraps   = 3   // in an article that is wrapped
	minColumns = 32  // no article is wrapped at fewer ...
	maxColumns = 100 // ... or more characters
)

// columnsOf is the width at which an article is hard-wrapped: the length of its longest
// line; 0 if it is not wrapped. In a wrapped article the first word after each single
// break would not have fit on the line before. Attributions may have lines of their own.
func columnsOf(s string) int {
	columns := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \r\n")
		if n := utf8.RuneCountInString(line[:min(len(line), 1+maxColumns*utf8.UTFMax)]); n > columns && hasBlank(line) {
			if columns = n; n > maxColumns {
				return 0
			}
		}
	}
	if columns < minColumns {
		return 0
	}
	wraps, last := 0, 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \r\n")
		words := strings.TrimLeft(line, quoteIndent+">")
		if last > 0 && words != "" && !strings.HasPrefix(words, "—") && !strings.HasPrefix(words, "-") {
			if last+1+firstWord(words) <= columns {
				return 0
			}
			wraps++
		}
		last = 0
		if words != "" {
			last = utf8.RuneCountInString(line)
		}
	}
	if wraps < minWraps {
		return 0
	}
	return columns
}

// hasBlank reports whether a line has several words, and so may be wrapped.
func hasBlank(line string) bool {
	return strings.IndexByte(strings.TrimLeft(line, quoteIndent+">"), ' ') > 0
}

// firstWord is the number of characters in the first word of s.
func firstWord(s string) int {
	word, _, _ := strings.Cut(s, " ")
	return utf8.RuneCountInString(word)
}
