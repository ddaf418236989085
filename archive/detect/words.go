package detect

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/page"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in html_test.go.

// The classes of the parts of a rendering, without their punctuation.
var (
	textClass = pattern{
		is:   []string{"twcontent", "bbptweet", "entrytitle", "eentrytitle", "fulltext", "contentquote"},
		hold: []string{"tweettext"}, end: []string{"tweetdescription"}, not: []string{"retweettext"},
	}
	bodyClass = pattern{hold: []string{"tweetcontent", "tweetbody"}} // may hold more than the text
	// otherClass are the classes of a part that belongs to the tweet that is quoted or
	// answered.
	otherClass = pattern{hold: []string{"quote", "reply", "replies", "replying"}, not: []string{"contentquote"}}
)

// readWords finds the words of a rendering. If the markup says which they are, they may
// be before or after the header. Else they are the first paragraph after it, or the first
// line, or the text beside the handle. Another tweet may begin after them.
func (r *rendering) readWords() {
	r.other = [2]int{r.to, r.to}
	if !r.labelledBeforeHeader() {
		r.wordsAfterHeader()
	}
	if from, end := r.words[0], r.words[1]; end > 0 {
		r.other = r.otherAfter(from)
		end = min(end, r.other[0])
		if r.dayAt >= from && r.dayAt < end {
			end = r.dayAt // the day is in the same element
		}
		for _, a := range r.links { // "Show more"
			if a.token > from && a.token < end && a.ID == r.id && !strings.Contains(r.textAt(a.token+1), "/") && r.view(from, a.token).Text != "" {
				end = a.token
			}
		}
		r.words[1] = max(from, end)
	}
}

func (r *rendering) labelledBeforeHeader() bool {
	for k := r.from; k < r.headerAt && !r.isOther(k); k++ {
		if end, isText := r.labelled(k); end > 0 && (isText || end <= r.headerAt) {
			r.words = [2]int{k + 1, end}
			return true
		}
	}
	return false
}

// guess is where the words may be, if the markup does not say it. An end of 0 means that
// there is no such place.
type guess struct {
	paragraph, line [2]int
	answer          [2]int // a line that may also say whom the tweet answers
	after           int    // where the header's line ends
}

func (g *guess) found() bool { return g.paragraph[1] > 0 || g.line[1] > 0 }

// wordsAfterHeader takes the words that the markup names; else the first paragraph, or
// the first line, or the text beside the handle.
func (r *rendering) wordsAfterHeader() {
	g := guess{after: r.lineEnd(r.headerAt)}
	for k := r.headerAt + 1; k < r.to && !r.isOtherHeader(k); k++ {
		if g.answer[1] > 0 && g.answer[0] < r.dayAt && r.dayAt < k {
			break // the day ends the words
		}
		if r.isOther(k) {
			if g.found() {
				break
			}
			k = r.answerEnd(k)
			continue
		}
		if end, _ := r.labelled(k); end > 0 && (r.Tokens[k].Tag != atom.Blockquote || !g.found()) {
			r.words = [2]int{k + 1, end}
			return
		}
		k = r.guessAt(k, &g)
	}
	r.guessed = g.paragraph[1] == 0
	switch {
	case g.paragraph[1] > 0:
		r.words = g.paragraph
	case g.line[1] > 0:
		r.words = g.line
	case g.answer[1] > 0:
		r.words = g.answer
	case r.isWords(r.headerAt+1, g.after):
		r.words = [2]int{r.headerAt + 1, g.after}
	default:
		r.wordsBeforeHeader()
	}
}

// answerEnd is where a part of another tweet ends that begins at k, before the words: the
// line that says whom the tweet answers.
func (r *rendering) answerEnd(k int) int {
	k = max(k, r.Tokens[k].Close)
	if r.Tokens[k].Tag == atom.P {
		return paragraphEnd(r.Page, k, r.to)
	}
	return k
}

// guessAt guesses whether the paragraph or line that begins at k is the words. It returns
// the last token that it looked at.
func (r *rendering) guessAt(k int, g *guess) int {
	if r.Tokens[k].Tag == atom.P && r.IsStart(k) {
		end := paragraphEnd(r.Page, k, r.to)
		if g.paragraph[1] == 0 && r.isWords(k, end) {
			g.paragraph = [2]int{k, r.endOfParagraphs(k)}
		}
		return end - 1
	}
	if k < g.after || g.found() || r.textAt(k) == "" {
		return k
	}
	end := r.lineEnd(k)
	switch {
	case !r.isWords(k, end):
	case g.answer[1] == 0 && r.isAnswer(k, end):
		g.answer = [2]int{k, r.endOfBlock(k)}
	default:
		g.line = [2]int{k, r.endOfBlock(k)}
	}
	return end - 1
}

// wordsBeforeHeader takes the text before the header: all before the largest element
// around the header that has text before it.
func (r *rendering) wordsBeforeHeader() {
	for _, e := range r.around(r.headerAt) {
		if v := r.view(r.from, e); v.Text != "" {
			r.words = [2]int{r.from, e}
			return
		}
	}
}

// textAt is the text that token k shows.
func (r *rendering) textAt(k int) string {
	if !r.IsText(k) {
		return ""
	}
	return char.Squash(html.UnescapeString(r.Raw(k)))
}

// labelled is the end of the element that begins at k, if the markup says that it holds
// the words; isText is true if it says that nothing else is in it.
func (r *rendering) labelled(k int) (end int, isText bool) {
	t := &r.Tokens[k]
	if t.Kind != html.StartTagToken {
		return 0, false
	}
	as := r.Attributes(k)
	isText = textClass.plainClass(as) || as.Get("data-testid") == "tweetText"
	if !isText && t.Tag != atom.Blockquote && (!bodyClass.plainClass(as) || r.holdsText(k)) {
		return 0, false
	}
	if t.Tag == atom.P {
		return paragraphEnd(r.Page, k, r.to), isText
	}
	if end, closed := r.End(k); closed && end <= r.to {
		return end, isText
	}
	return 0, false
}

// holdsText reports whether inside k is an element that holds only the words.
func (r *rendering) holdsText(k int) bool {
	for n := k + 1; n < min(r.Tokens[k].Close, k+maxPart); n++ {
		if r.Tokens[n].Kind == html.StartTagToken && textClass.plainClass(r.Attributes(n)) {
			return true
		}
	}
	return false
}

// isOther reports whether a part of another tweet begins at k: a link to it that shows
// more than its address, or an element whose class says that it is quoted or answered.
func (r *rendering) isOther(k int) bool {
	if !r.IsStart(k) || r.Tokens[k].Close <= k && r.Tokens[k].Tag != atom.P {
		return false
	}
	if r.Tokens[k].Tag != atom.A {
		return otherClass.plainClass(r.Attributes(k)) && r.holdsOther(k)
	}
	n, ok := slices.BinarySearchFunc(r.links, k, func(a permalink, k int) int { return a.token - k })
	return ok && !r.links[n].button && r.links[n].ID != r.id && r.isBlock(k)
}

// holdsOther reports whether somebody else's handle is in the element or the paragraph
// that begins at k.
func (r *rendering) holdsOther(k int) bool {
	end := r.Tokens[k].Close
	if end == 0 {
		end = paragraphEnd(r.Page, k, r.to)
	}
	for n := k + 1; n < min(end, k+maxPart); n++ {
		if r.isMention(n) {
			return true
		}
	}
	return false
}

// isOtherHeader reports whether the header of another tweet begins at k: a second name,
// or a link to that tweet that shows only a picture.
func (r *rendering) isOtherHeader(k int) bool {
	t := &r.Tokens[k]
	if !r.IsStart(k) || t.Close <= k || t.Close > k+maxPart {
		return false
	}
	switch as := r.Attributes(k); {
	case as.Get("data-testid") == "User-Name":
		return true
	case t.Tag == atom.A:
		return r.isOther(k) && r.view(k+1, t.Close).Text == "" && slices.ContainsFunc(r.Tokens[k:t.Close], func(t page.Token) bool { return t.Tag == atom.Img })
	case nameClass.plainClass(as):
		name := lastLine(r.view(k+1, t.Close))
		return name != "" && name != r.author && !strings.Contains(name, "@")
	}
	return false
}

// isBlock reports whether a link is a whole line or more, and not a word in a line.
func (r *rendering) isBlock(k int) bool {
	for n := k - 1; n > max(0, k-maxParagraph) && !endsParagraph(r.Page, n); n-- {
		if r.textAt(n) != "" {
			inside := r.Tokens[k:min(r.Tokens[k].Close, k+maxPart)]
			return slices.ContainsFunc(inside, func(t page.Token) bool { return t.Kind == html.StartTagToken && page.Blocks[t.Tag] })
		}
	}
	return !strings.Contains(r.textAt(k+1), "/")
}

// view is the view of the tokens between two, without buttons.
func (r *rendering) view(from, to int) *view.View {
	return view.OfPage(r.Page, from, to, func(k int) bool {
		switch t := &r.Tokens[k]; t.Tag {
		case atom.Button:
			return true
		case atom.A:
			return t.Marked && (strings.Contains(r.Raw(k), "/intent/") || r.isOther(k))
		}
		return isHidden(r.Page, k)
	})
}

// otherAfter is the first part of another tweet after token from: the largest element
// around that part that begins after from. If the element is too small for a whole tweet,
// the part goes on to the end.
func (r *rendering) otherAfter(from int) [2]int {
	for k := from; k < r.to; k++ {
		if !r.isOther(k) && !(k >= r.words[1] && (r.isMention(k) || r.isOtherHeader(k))) {
			continue
		}
		e := k
		if es := r.around(k); len(es) > 0 && es[len(es)-1] >= from {
			e = es[slices.IndexFunc(es, func(e int) bool { return e >= from })]
		}
		shown := 0
		for _, t := range r.texts {
			if t.token > e && t.token < r.Tokens[e].Close {
				shown++
			}
		}
		if shown < nameHandleWords {
			return [2]int{e, r.to}
		}
		return [2]int{e, r.Tokens[e].Close}
	}
	return [2]int{r.to, r.to}
}

// nameHandleWords is the least number of texts that a whole tweet shows: name, handle,
// words.
const nameHandleWords = 3

// isMention reports whether the text of token k is somebody else's handle, or ends with
// it.
func (r *rendering) isMention(k int) bool {
	if !strings.Contains(r.textAt(k), "@") {
		return false
	}
	_, h, ok := handleIn(r.textAt(k), "")
	return ok && !strings.EqualFold(h, r.handle)
}

// isAnswer reports whether a line may say whom the tweet answers: it is about as short as
// the handles of other people in it.
func (r *rendering) isAnswer(from, to int) bool {
	s := char.Squash(r.view(from, to).Text)
	first, last := strings.IndexByte(s, '@'), strings.LastIndexByte(s, '@')
	return first >= 0 && first <= maxBesideAnswer && len(s)-last <= maxBesideAnswer
}

// maxBesideAnswer is the greatest number of bytes before the first handle and after the
// last @.
const maxBesideAnswer = 48

// isWords reports whether the text between two tokens may be the words.
func (r *rendering) isWords(from, to int) bool {
	s := char.Squash(r.view(from, to).Text)
	_, isDay := dayIn(s)
	return strings.Trim(s, "0123456789.,KM ") != "" && !isBadge(s) && !isPlaceholder(s) && !isDay
}

// lineEnd is the end of the line that holds token k.
func (r *rendering) lineEnd(k int) int {
	for k++; k < r.to; k++ {
		if t := &r.Tokens[k]; t.Kind != html.TextToken && page.Blocks[t.Tag] {
			return k
		}
	}
	return r.to
}

// endOfBlock is the end of the innermost block around token k.
func (r *rendering) endOfBlock(k int) int {
	for _, e := range slices.Backward(r.around(k)) {
		if page.Blocks[r.Tokens[e].Tag] {
			return r.Tokens[e].Close
		}
	}
	return r.to
}

// endOfParagraphs is the end of a run of paragraphs. The first begins at k.
func (r *rendering) endOfParagraphs(k int) int {
	inside := true
	for k++; k < r.to; k++ {
		switch t := &r.Tokens[k]; {
		case t.Tag == atom.P:
			inside = r.IsStart(k)
		case t.Kind != html.TextToken && page.Blocks[t.Tag], !inside && r.textAt(k) != "":
			return k
		}
	}
	return r.to
}

// paragraphEnd is the token that ends the paragraph at i.
func paragraphEnd(p *page.Page, i, j int) int {
	for k := i + 1; k < j; k++ {
		if page.Blocks[p.Tokens[k].Tag] && p.Tokens[k].Kind != html.TextToken {
			return k
		}
	}
	return j
}
