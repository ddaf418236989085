// Package view turns a part of an article into what its reader sees: entities are
// decoded, quoting and hard wraps are undone, and a link is the text that it shows. A
// view keeps the way back, for each of its bytes, the place in the article. So whatever
// is found in a view can be shown in the article. OfText makes the view of running text,
// OfPage that of a page.
package view

import (
	"slices"
	"sort"

	"example.org/tweetarc/archive/detect/internal/char"
)

// View is a text as its reader sees it.
type View struct {
	Text   string
	Links  []Link  // in the order of their ends
	quotes []Range // the blocks of quoted lines ("> "), in order
	steps  []step
}

// Range is a stretch of a view's Text, in bytes.
type Range struct{ Start, End int }

// Link is a link: the text that it shows, and its address.
type Link struct {
	Range
	Target string // the address; in a page see also the tag at Token
	Token  int    // in a page: the token of the start tag
	after  int    // in a text: the byte of the article after the link's markup
}

// step says where the text from byte at up to the next step comes from: from the bytes of
// the article that begin at from, one for one. If whole is true, it comes from all the
// bytes between from and to, as "&" comes from "&amp;".
type step struct {
	at, from, to int
	whole        bool
}

// stepOf is the step that byte i of Text belongs to.
func (v *View) stepOf(i int) *step {
	n := sort.Search(len(v.steps), func(n int) bool { return v.steps[n].at > i })
	if n == 0 {
		return &step{}
	}
	return &v.steps[n-1]
}

// Place is the byte of the article that byte i of Text comes from.
func (v *View) Place(i int) int {
	s := v.stepOf(i)
	if s.whole {
		return s.from
	}
	return s.from + i - s.at
}

// After is the byte of the article after those that the last byte of Text[:i] comes from,
// and after the markup of a link that ends there.
func (v *View) After(i int) int {
	s := v.stepOf(i - 1)
	end := s.from + i - s.at
	if s.whole {
		end = s.to
	}
	for _, l := range v.Touching(i, i) {
		if l.End <= i {
			end = max(end, l.after)
		}
	}
	return end
}

// Touching are the links that have a byte or an edge between start and end.
func (v *View) Touching(start, end int) []Link {
	i := sort.Search(len(v.Links), func(i int) bool { return v.Links[i].End >= start })
	j := i
	for j < len(v.Links) && v.Links[j].Start <= end {
		j++
	}
	return v.Links[i:j]
}

// QuoteAt is the block of quoted lines that holds byte i or ends there.
func (v *View) QuoteAt(i int) (Range, bool) {
	n := sort.Search(len(v.quotes), func(n int) bool { return v.quotes[n].End >= i })
	if n < len(v.quotes) && v.quotes[n].Start <= i {
		return v.quotes[n], true
	}
	return Range{}, false
}

// Part is the view of a part of the text, without its quotes.
func (v *View) Part(start, end int) *View {
	part := &View{Text: v.Text[start:end]}
	for _, l := range v.Links {
		if l.Start >= start && l.End <= end {
			l.Start, l.End = l.Start-start, l.End-start
			part.Links = append(part.Links, l)
		}
	}
	for _, s := range v.steps {
		s.at -= start
		if s.at < 0 { // only the last of these counts
			if !s.whole {
				s.from -= s.at
			}
			s.at = 0
		}
		part.steps = append(part.steps, s)
	}
	return part
}

// Shown is the text of a range, without blanks around it.
func (v *View) Shown(r Range) string { return char.Trim(v.Text[r.Start:r.End]) }

// builder writes a view.
type builder struct {
	text  []byte
	links []Link
	steps []step
}

// copy adds s, the bytes of the article at from.
func (b *builder) copy(s string, from int) {
	if s == "" {
		return
	}
	n := len(b.steps) - 1
	if n < 0 || b.steps[n].whole || b.steps[n].from+len(b.text)-b.steps[n].at != from {
		b.steps = append(b.steps, step{at: len(b.text), from: from})
	}
	b.text = append(b.text, s...)
}

// put adds s, which shows the bytes of the article between from and to.
func (b *builder) put(s string, from, to int) {
	b.steps = append(b.steps, step{len(b.text), from, to, true})
	b.text = append(b.text, s...)
}

// cut removes byte i of Text, which is the same in the article.
func (b *builder) cut(i int) {
	b.text = append(b.text[:i], b.text[i+1:]...)
	n := sort.Search(len(b.steps), func(n int) bool { return b.steps[n].at > i }) - 1
	after := step{at: i, from: b.steps[n].from + i - b.steps[n].at + 1}
	if b.steps[n].at == i {
		b.steps[n] = after
	} else {
		b.steps = slices.Insert(b.steps, n+1, after)
		n++
	}
	for n++; n < len(b.steps); n++ {
		b.steps[n].at--
	}
	for k := len(b.links) - 1; k >= 0 && b.links[k].End > i; k-- {
		b.links[k].Start--
		b.links[k].End--
	}
}

// trim removes the blanks at the end, but nothing before lo.
func (b *builder) trim(lo int) {
	n := len(b.text)
	for n > lo && char.IsSpace(b.text[n-1]) {
		n--
	}
	b.truncate(n)
}

// truncate keeps only the first n bytes.
func (b *builder) truncate(n int) {
	b.text = b.text[:n]
	for k := len(b.steps); k > 0 && b.steps[k-1].at >= n; k = len(b.steps) {
		b.steps = b.steps[:k-1]
	}
	for k := len(b.links) - 1; k >= 0 && b.links[k].End > n; k-- {
		l := &b.links[k]
		l.Start, l.End = min(l.Start, n), n
	}
}
