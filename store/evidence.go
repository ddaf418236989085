package store

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"example.org/tweetarc/archive"
)

// Tested in identity_test.go.

// sure says of which of its ends the text of a form is sure.
func sure(f archive.Form) (begin, end bool) {
	switch f {
	case archive.FormText:
		return false, true
	case archive.FormHeader, archive.FormWidget, archive.FormFrame:
		return true, false
	case archive.FormLink:
		return false, false
	}
	return true, true // markup
}

// sure says of which of its ends the variant is sure: of both, if a person said what the
// words are.
func (v *variant) sure() (begin, end bool) {
	if v.by != "" {
		return true, true
	}
	return sure(v.Form)
}

// exact says whether both ends of the words are sure.
func (v *variant) exact() bool {
	begin, end := v.sure()
	return v.Text != "" && begin && end
}

// merge makes the tweet of some variants. It also returns how sure it is that the text is
// the tweet's, and who said so, if a person did. The text is what a person said or else
// that of the most complete markup. Without markup it is the flattened text that articles
// confirm, see beginning.go, or else the surest one; of equally sure texts it is the one
// that most variants have. Every other field is that of the best variant that has it.
//
// Variants with the same words confirm each other: the doubt that is left is that all of
// them err. What other variants have before or after the words does not count.
func merge(variants []*variant) (t archive.Tweet, confidence float64, by string) {
	if len(variants) == 1 { // most tweets
		if t = variants[0].Tweet; t.Text != "" {
			confidence = math.Round(100*variants[0].Confidence) / 100
		}
		return exactTime(t), confidence, variants[0].by
	}
	slices.SortFunc(variants, total) // products of floating-point numbers depend on the order
	articles := passages(variants)
	claims := claimsOf(variants, articles)
	for _, v := range claims {
		t.ID = cmp.Or(t.ID, v.ID)
		t.Author = cmp.Or(t.Author, v.Author)
		t.Handle = cmp.Or(t.Handle, v.Handle)
		t.Date = cmp.Or(t.Date, v.Date)
		t.Text = cmp.Or(t.Text, v.Text)
		if t.At.IsZero() {
			t.At = v.At
		}
	}
	if len(claims) > 0 {
		by = claims[0].by
	}
	if t.Text != "" && by == "" {
		best := claims[0].same
		if best.support() < 0 {
			if text := afterParting(t.Text, articles); text != "" {
				t.Text = text
				best.testimony = testimony{parts: true}
			}
		}
		confidence = math.Round(100*best.confidence()) / 100
	} else if by != "" {
		confidence = claims[0].Confidence
	}
	return exactTime(t), confidence, by
}

// claimsOf are the claims of the variants, the best first.
func claimsOf(variants []*variant, articles []string) []claim {
	claims := make([]claim, len(variants))
	same := map[string]*agreement{}
	var ended []string // words whose end is sure
	for i, v := range variants {
		v.prepare()
		words := spelled(v.words)
		if same[words] == nil {
			same[words] = &agreement{doubt: 1}
			same[words].testimony = testify(words, articles)
		}
		same[words].add(v)
		claims[i] = claim{v, rank(v), same[words]}
		if _, end := v.sure(); end {
			ended = append(ended, v.words)
		}
	}
	slices.Sort(ended)
	for i, c := range claims {
		begins := c.words + " "
		if at, _ := slices.BinarySearch(ended, begins); c.rank == flattened && at < len(ended) && strings.HasPrefix(ended[at], begins) {
			claims[i].rank = partly
		}
	}
	slices.SortStableFunc(claims, claim.compare)
	return claims
}

// exactTime is the tweet with the time of its ID, if that has one.
func exactTime(t archive.Tweet) archive.Tweet {
	if at, ok := archive.StatusTime(t.ID); ok {
		t.At, t.Date = at, at.Format(time.DateOnly)
	}
	return t
}

// A claim is what a variant says about the text of its tweet.
type claim struct {
	*variant
	rank int
	same *agreement // of all variants with the same words
}

// The ranks of evidence for a text, the best last.
const (
	lost        = iota
	tooLong     // longer than a tweet
	partly      // the beginning of another text
	flattened   // one end is a guess
	cutMarkup   // markup that says that it was cut
	wholeMarkup // both ends are sure
	person      // a person said what the words are
)

func rank(v *variant) int {
	cut, _ := ending(v.Text)
	switch {
	case v.by != "":
		return person
	case v.Text == "":
		return lost
	case v.exact() && cut:
		return cutMarkup
	case v.exact():
		return wholeMarkup
	case v.overlong:
		return tooLong
	}
	return flattened
}

// compare puts the best claim first.
func (a claim) compare(b claim) int {
	if a.rank != b.rank {
		return b.rank - a.rank
	}
	longer := cmp.Compare(len(b.words), len(a.words))
	surer := cmp.Or(cmp.Compare(b.same.best, a.same.best), cmp.Compare(a.same.doubt, b.same.doubt))
	if a.rank < cutMarkup { // a longer text may also have more of the prose around it
		support := cmp.Compare(b.same.support(), a.same.support())
		if support == 0 && a.same.support() <= 0 { // if articles confirm it, it does not
			longer, surer = surer, longer
		}
		longer = cmp.Or(support, longer)
	}
	return cmp.Or(longer, surer, cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(len(b.Text), len(a.Text)))
}

// An agreement is the variants of a tweet with the same words.
type agreement struct {
	best       float64 // the greatest of their confidences
	doubt      float64 // 0 to 1: that all of them err
	begin, end bool    // a flattened one is sure of its beginning, and one of its end
	testimony
}

// add adds a variant. A text that is sure of its beginning and one that is sure of its end
// are together as good as markup.
func (a *agreement) add(v *variant) {
	begin, end := v.sure()
	if !v.exact() {
		a.begin, a.end = a.begin || begin, a.end || end
	}
	a.best = max(a.best, v.Confidence)
	a.doubt *= max(1-v.Confidence, .01) // a confidence of 1 is rounded
	if begin {
		a.testimony = testimony{}
	}
	if a.begin && a.end {
		a.best, a.doubt, a.testimony = 1, 0, testimony{parts: true}
	}
}

// certain is the confidence from which on a single other article does not overrule an
// embed: the words may be damaged in that article.
const certain = .95

// support is how well articles confirm the words: 2 or 1 if they do, -1 if they refute them,
// 0 if they say nothing.
func (a *agreement) support() int {
	switch {
	case a.refuted && (a.several || a.best < certain):
		return -1
	case a.best >= certain && !a.alike:
		return 2
	case a.parts:
		return 1
	}
	return 0
}

// confidence is how sure the words are. The numbers were measured by putting tweets into
// other articles. Where the articles parted, 98 of 100 beginnings were right, however
// unsure each was. Where they went on alike, one in five was right; but of real articles
// copies also go on alike.
func (a *agreement) confidence() float64 {
	c := max(a.best, 1-a.doubt)
	switch {
	case a.parts:
		return 1 - (1-c)/10
	case a.support() < 0:
		return c / 4
	case a.alike:
		return c / 3
	}
	return c
}

// total is an order of variants that depends only on what they say.
func total(a, b *variant) int {
	return cmp.Or(
		-cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Text, b.Text),
		cmp.Compare(a.Author, b.Author),
		cmp.Compare(a.Handle, b.Handle),
		cmp.Compare(a.Date, b.Date),
		a.At.Compare(b.At),
		cmp.Compare(a.Form, b.Form),
		cmp.Compare(a.Confidence, b.Confidence),
		cmp.Compare(a.by, b.by),
		cmp.Compare(a.hash, b.hash),
	)
}
