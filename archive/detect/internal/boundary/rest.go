package boundary

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

// Tested in ../../limits_test.go and ../../text_test.go.

// Some extractors move an attribution to the end of the first line of its tweet. Then the
// other lines, the rest, come after it, and nothing says where they end. So the stretch
// up to the next attribution is cut at the places where the rest may end, and these are
// weighed like the beginnings of texts. One of them is the beginning of the stretch:
// there is no rest. For most extractors that is so.

// Stretch is what is known of the text after an attribution.
type Stretch struct {
	Text   string // the view after the attribution, up to the dash of the next one
	Before *Look  // at the text before the attribution
	Next   *Look  // at the text of the next attribution; nil if Text does not end at one
	Offset int    // where in Text the passage of Next begins
	Others int    // how many of the article's other attributions are moved, as IsMoved says
}

// StretchReach is how many bytes of a stretch may be the rest. If the next attribution is
// further away it does not matter.
const StretchReach = 1000

// end is a place where the rest may end.
type end struct {
	*line
	at     int     // its byte; 0 if there is no rest
	kind   endKind // what the rest ends with
	next   opening // what comes after it
	length float64 // of the rest, as a part of what the day allows
	rest   counts  // counts of the rest
	left   counts  // counts of what is after it
	begins float64 // how likely it is that the next text begins here or later
	joined float64 // ... and exactly here
}

// line is the line before an attribution: the first line of the text.
type line struct {
	s      *Stretch
	kind   endKind // what it ends with
	length float64 // as a part of what the day allows
	inner  int     // how many sentences end within it
	likely float64 // how likely it is that the text begins there, as a logarithm
}

// counts are counts of words in a part of a stretch.
type counts struct {
	pictures, addresses, service, markup, turns int
}

func (c *counts) minus(b *counts) counts {
	return counts{c.pictures - b.pictures, c.addresses - b.addresses, c.service - b.service, c.markup - b.markup, c.turns - b.turns}
}

type endKind uint8

// What a line may end with.
const (
	withWord endKind = iota
	withPicture
	withAddress
	withTag // a hashtag or a mention
	withSymbol
	withSentence
	withColon
)

func endOf(w string) endKind {
	r, n := utf8.DecodeLastRuneInString(w)
	before, _ := utf8.DecodeLastRuneInString(w[:len(w)-n])
	switch {
	case strings.Contains(w, "pic.twitter.com/"):
		return withPicture
	case strings.Contains(w, "t.co/"):
		return withAddress
	case isColon(r):
		return withColon
	case char.EndsSentence(r) || char.IsCloser(r) && char.EndsSentence(before):
		return withSentence
	case w != "" && (w[0] == '#' && strings.Trim(w, "#") != "" || w[0] == '@'):
		return withTag
	case isSymbol(r):
		return withSymbol
	}
	return withWord
}

func isSymbol(r rune) bool {
	return r > 0x2000 && unicode.In(r, unicode.So, unicode.Sk, unicode.Mn) || r == 0x200d
}

type opening uint8

// What a line may begin with.
const (
	byCapital opening = iota
	byEnd             // there is no more
	bySmall
	byMarkup // as blocks of Markdown do
	byService
	byUncased
	byDash // as attributions do, also those that were not read
	byOther
)

func openingOf(s string) opening {
	r, _ := utf8.DecodeRuneInString(s)
	w := firstWord(s)
	switch {
	case s == "":
		return byEnd
	case w == "—" || w == "–":
		return byDash
	case unicode.IsLower(r):
		return bySmall
	case unicode.IsUpper(r):
		return byCapital
	case strings.Trim(w, "#>*-+`|") == "" || r == '[' || r == '*' || r == '`' || strings.HasPrefix(s, "!["):
		return byMarkup
	case r == '#' || r == '@' || isSymbol(r) || isAddress(w):
		return byService
	case char.IsUncased(r):
		return byUncased
	}
	return byOther
}

// ends are the places where the rest may end. The first is the beginning of the stretch.
// It is nil if there is surely no rest.
func (s *Stretch) ends() []end {
	text := s.Text[:min(len(s.Text), StretchReach)]
	i := skip(text, 0)
	breaks := strings.Count(text[:i], "\n")
	if i == len(text) || breaks > 1 || len(s.Before.candidates) == 0 {
		return nil
	}
	out, all := s.endsIn(text, i, breaks > 0)
	for k := range out {
		out[k].left = all.minus(&out[k].rest)
	}
	s.nextBegins(out)
	return out
}

// endsIn are the ends in a text whose words begin at i, and the counts of all words that
// may be in the rest. If lines is true the rest is whole lines, else it is part of a
// line.
func (s *Stretch) endsIn(text string, i int, lines bool) (out []end, all counts) {
	p := s.Before.Passage
	limit, length := LimitFor(p.Day), -1.0
	l := &line{s: s, kind: endOf(lastWord(p.Text))}
	out = []end{{line: l, next: openingOf(text[i:])}}
	for i < len(text) {
		at := wordEnd(text, i)
		w := text[i:at]
		i = skip(text, at)
		length += float64(weightOf(w) + 1)
		if length > mostRest*limit || i == len(text) && (s.Next != nil || len(text) < len(s.Text)) {
			break // the next tweet has words, too
		}
		kind, open, breaks := endOf(w), openingOf(text[i:]), strings.Count(text[at:i], "\n")
		if open != byDash {
			all.add(w, kind)
		}
		if breaks > 0 || i == len(text) || !lines && (open != bySmall || kind != withWord) {
			out = append(out, end{line: l, at: at, kind: kind, next: open, length: length / limit, rest: all})
		}
		if breaks > 1 || breaks > 0 && !lines {
			break
		}
		if open == byCapital && kind != withWord && kind != withSentence && kind != withColon {
			all.turns++
		}
	}
	return out, all
}

// mostRest is how much longer than its day allows a text may look.
const mostRest = 1.15

// nextBegins sets for each end how likely it is that the next text begins there.
func (s *Stretch) nextBegins(ends []end) {
	if s.Next == nil || len(s.Next.candidates) == 0 {
		return
	}
	p := s.Next.scores()
	likelihoods(p, 1)
	k, sum := len(p)-1, 0.0
	for i := len(ends) - 1; i >= 0; i-- {
		e := &ends[i]
		from := skip(s.Text, e.at)
		for ; k >= 0 && s.Offset+s.Next.candidates[k].at >= from; k-- {
			if s.Offset+s.Next.candidates[k].at == from {
				e.joined = p[k]
			}
			sum += p[k]
		}
		e.begins = sum
	}
}

// IsMoved reports whether the attribution was moved: after it is an address of the
// service that can belong to no other attribution.
func (s *Stretch) IsMoved() bool {
	if text := s.Text[:min(len(s.Text), StretchReach)]; !strings.Contains(text, "pic.twitter.com/") && !strings.Contains(text, "t.co/") {
		return false // most have none
	}
	ends := s.ends()
	return len(ends) > 0 && (ends[0].left.pictures > 0 || s.Next == nil && ends[0].left.addresses > 0)
}

// add counts a word.
func (c *counts) add(w string, kind endKind) {
	switch kind {
	case withPicture:
		c.pictures++
	case withAddress:
		c.addresses++
	case withTag, withSymbol:
		c.service++
	}
	if strings.Contains(w, "](") || strings.Contains(w, "**") || strings.Trim(w, "#>`") == "" {
		c.markup++
	}
}

// restFeature is a fact about a place where the rest may end, as a number.
type restFeature struct {
	name, meaning string
	of            func(e *end) float64
}

// none is v if there is no rest; some is v if there is one.
func (e *end) none(v float64) float64 { return is(e.at == 0) * v }
func (e *end) some(v float64) float64 { return is(e.at > 0) * v }

func (e *end) cut(k endKind) float64  { return e.none(is(e.line.kind == k)) }
func (e *end) with(k endKind) float64 { return e.some(is(e.kind == k)) }
func (e *end) then(o opening) float64 { return e.some(is(e.next == o)) }

// alone is v if no attribution ends the stretch; before is v if one does.
func (e *end) alone(v float64) float64  { return is(e.s.Next == nil) * v }
func (e *end) before(v float64) float64 { return is(e.s.Next != nil) * v }

func upTo(most, n int) float64 { return float64(min(n, most)) }

// ofLine is how many of the features are about the line before the attribution. Their
// values depend on where the text begins.
const ofLine = 3

// restFeatures are all features of such a place.
var restFeatures = []restFeature{
	{"rest-begin", "how likely it is that the text before begins at the candidate, as a logarithm", func(e *end) float64 { return e.line.likely }},
	{"rest-inner", "there is one: how many sentences end within the line before the attribution", func(e *end) float64 { return e.some(upTo(3, e.inner)) }},
	{"rest-over", "there is one: by how much the text with it is longer than the day allows, in tenths", func(e *end) float64 { return e.some(10 * max(0, e.line.length+e.length-1)) }},
	{"rest-none", "there is none", func(e *end) float64 { return e.none(1) }},
	{"rest-none-word", "... and the line before the attribution ends in the middle of a sentence", func(e *end) float64 { return e.cut(withWord) }},
	{"rest-none-colon", "... and it ends in a colon", func(e *end) float64 { return e.cut(withColon) }},
	{"rest-none-picture", "... and it ends in the address of a picture", func(e *end) float64 { return e.cut(withPicture) }},
	{"rest-none-address", "... and it ends in another address", func(e *end) float64 { return e.cut(withAddress) }},
	{"rest-none-sentence", "... and it ends a sentence", func(e *end) float64 { return e.cut(withSentence) }},
	{"rest-none-small", "... and a small letter follows the attribution", func(e *end) float64 { return e.none(is(e.next == bySmall)) }},
	{"rest-none-markup", "... and a mark of Markdown does", func(e *end) float64 { return e.none(is(e.next == byMarkup)) }},
	{"rest-none-others", "... but addresses show that another attribution of the article has one", func(e *end) float64 { return e.none(upTo(1, e.s.Others)) }},
	{"rest-picture", "it ends in the address of a picture", func(e *end) float64 { return e.with(withPicture) }},
	{"rest-address", "it ends in another address", func(e *end) float64 { return e.with(withAddress) }},
	{"rest-tag", "it ends in a hashtag or a mention", func(e *end) float64 { return e.with(withTag) }},
	{"rest-sentence", "it ends a sentence", func(e *end) float64 { return e.with(withSentence) }},
	{"rest-then-end", "nothing follows it", func(e *end) float64 { return e.then(byEnd) }},
	{"rest-then-small", "a small letter follows it", func(e *end) float64 { return e.then(bySmall) }},
	{"rest-then-service", "a hashtag, a mention, an address or a symbol follows it", func(e *end) float64 { return e.then(byService) }},
	{"rest-then-uncased", "a letter without case follows it", func(e *end) float64 { return e.then(byUncased) }},
	{"rest-pictures", "the address of a picture is in it before its end", func(e *end) float64 { return e.some(min(2, float64(e.rest.pictures)-e.with(withPicture))) }},
	{"rest-turns", "how often a capital follows a hashtag, an address or a symbol in it", func(e *end) float64 { return e.some(upTo(3, e.rest.turns)) }},
	{"rest-markups", "how many links and marks of Markdown are in it", func(e *end) float64 { return e.some(upTo(3, e.rest.markup)) }},
	{"rest-left-picture", "the address of a picture is left", func(e *end) float64 { return upTo(2, e.left.pictures) }},
	{"rest-left-address", "another address is left", func(e *end) float64 { return e.alone(upTo(2, e.left.addresses)) }},
	{"rest-left-address-next", "... before another attribution", func(e *end) float64 { return e.before(upTo(2, e.left.addresses)) }},
	{"rest-left-services", "how many hashtags, mentions and symbols are left", func(e *end) float64 { return e.alone(upTo(4, e.left.service)) }},
	{"rest-left-services-next", "... before another attribution", func(e *end) float64 { return e.before(upTo(4, e.left.service)) }},
	{"rest-next-after", "how likely it is that the next text begins here or later, as a logarithm", func(e *end) float64 { return e.before(math.Log(0.01 + e.begins)) }},
	{"rest-next-here", "how likely it is that it begins here", func(e *end) float64 { return e.joined }},
}

// Rest chooses where in the stretch the rest ends, 0 if there is none. As the rest needs
// room in the text, it also chooses again where the text before begins.
func (m *Model) Rest(s *Stretch) Choice {
	ends := s.likely()
	if len(ends) == 0 {
		return Choice{0, 1}
	}
	before := s.Before
	layout := before.Passage.Layout
	weights := m.Weights[layout][len(features)+len(second):]
	fixed, values := make([]float64, len(ends)), []float64(nil)
	for k := range ends {
		values = ends[k].values(restFeatures[ofLine:], values[:0])
		fixed[k] = score(weights[ofLine:], values)
	}
	likely := before.scores()
	likelihoods(likely, m.Temperatures[layout])
	scores := make([]float64, 0, len(likely)*len(ends)) // of each candidate with each end
	for i, c := range before.candidates {
		ends[0].line.from(c.at, likely[i])
		for k := range ends {
			values = ends[k].values(restFeatures[:ofLine], values[:0])
			scores = append(scores, fixed[k]+score(weights, values))
		}
	}
	both := slices.Clone(scores)
	likelihoods(both, 1)
	sum := make([]float64, len(ends))
	for i, p := range both {
		sum[i%len(ends)] += p
	}
	best := 0
	for k := range sum {
		if sum[k] > sum[best] {
			best = k
		}
	}
	for i := range before.candidates {
		before.candidates[i].score = m.Temperatures[layout] * scores[i*len(ends)+best]
	}
	before.Choice = m.first(before, before.scores())
	return Choice{ends[best].at, sum[best]}
}

// from sets that the line begins at a byte of the passage, which has this likelihood.
func (l *line) from(at int, likely float64) {
	l.likely = math.Log(leastLikely + likely)
	p := l.s.Before.Passage
	text := p.Text[at:]
	l.length, l.inner = float64(lengthOf(text))/LimitFor(p.Day), 0
	for w := range strings.FieldsSeq(text) {
		if endOf(w) == withSentence {
			l.inner++
		}
	}
	if l.kind == withSentence && l.inner > 0 {
		l.inner--
	}
}

// likely are the ends; none if nothing in the article shows that its attributions are
// moved.
func (s *Stretch) likely() []end {
	if s.Others == 0 && !s.IsMoved() {
		return nil
	}
	return s.ends()
}

func (e *end) values(features []restFeature, values []float64) []float64 {
	for i := range features {
		values = append(values, features[i].of(e))
	}
	return values
}

// leastLikely is the likelihood of a candidate that no feature supports.
const leastLikely = 0.002

// DescribeRest returns pairs of a candidate for the beginning of the text and a place
// where its rest may end, with their features. It leaves out what the model takes for
// unlikely, and returns none if there is surely no rest.
func (m *Model) DescribeRest(s *Stretch) (begins, ends []int, values [][]float64) {
	all := s.likely()
	p := s.Before.scores()
	if len(all) == 0 {
		return nil, nil, nil
	}
	likelihoods(p, m.Temperatures[s.Before.Passage.Layout])
	for i, c := range s.Before.candidates {
		if p[i] < leastLikely {
			continue
		}
		all[0].line.from(c.at, p[i])
		for k := range all {
			begins, ends, values = append(begins, c.at), append(ends, all[k].at), append(values, all[k].values(restFeatures, nil))
		}
	}
	return begins, ends, values
}
