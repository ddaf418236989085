// Package review says from the verdicts of people how right an archive is: precision
// and exact words with their intervals, the agreement of coders, and whether
// confidences are true.
package review

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/tweetarc/archive"
)

// Case is an embed with what coders said of it.
type Case struct {
	Stratum    string // that it was drawn from
	Text       string // as the archive has it now
	Confidence float64
	Missing    bool                // the archive has it no more: Text and Confidence are those of its verdicts
	Verdicts   []archive.Judgement // of each coder one
}

// Stratum is a part of the archive, with how many embeds it has.
type Stratum struct {
	Name   string `json:"name"`
	Embeds int    `json:"embeds"`
}

// Share is how many of some are so, and the 95 % interval.
type Share struct {
	N    int     `json:"n"`  // that are so
	Of   int     `json:"of"` // that were judged
	P    float64 `json:"share"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Figures are what is said of a set of cases.
type Figures struct {
	Precision Share `json:"precision"` // there is a tweet of that person
	Exact     Share `json:"exact"`     // of these: its words are the tweet's, no more and no less
}

// OfStratum are the figures of a stratum.
type OfStratum struct {
	Stratum
	Drawn int `json:"drawn"`
	Figures
}

// Report is what the verdicts say.
type Report struct {
	Cases  int `json:"cases"`  // that there are
	Judged int `json:"judged"` // with a verdict but "cannot say"
	Unsure int `json:"unsure"` // with no other verdict than that
	// Of the cases judged:
	Verdicts map[archive.Verdict]int `json:"verdicts"`
	Disputed int                     `json:"disputed"` // coders said different things
	Changed  int                     `json:"changed"`  // the archive has another text now than was judged
	Missing  int                     `json:"missing"`  // ... or none
	Wordless int                     `json:"wordless"` // a tweet without a text, so that no words can be exact
	Unknown  int                     `json:"unknown"`  // ... or of which nobody said the right words, and the text is another now

	Sampled Figures     `json:"judged_figures"` // of the cases as they are
	Archive *Figures    `json:"archive_figures,omitempty"`
	Covered float64     `json:"covered"` // how much of the archive the strata have of which cases were judged
	Strata  []OfStratum `json:"strata,omitempty"`
	Coders  []Coder     `json:"coders"`
	Pairs   []Pair      `json:"pairs,omitempty"`
	Bins    []Bin       `json:"calibration,omitempty"`
	Brier   float64     `json:"brier"` // the mean square of confidence minus exactness
	ECE     float64     `json:"ece"`   // the mean distance of confidence and exactness, by bins
}

// Coder is who judged how many cases.
type Coder struct {
	Name  string `json:"coder"`
	Cases int    `json:"cases"`
}

// Of says how right the archive is. With strata its figures are weighted by them.
func Of(cases []Case, strata []Stratum, bins []float64) *Report {
	r := &Report{Cases: len(cases), Verdicts: map[archive.Verdict]int{}}
	all := tally{}
	each := map[string]*tally{}
	drawn := map[string]int{}
	var claims []claim
	for i := range cases {
		c := &cases[i]
		drawn[c.Stratum]++
		j, ok := r.count(c)
		if !ok {
			continue
		}
		t := each[c.Stratum]
		if t == nil {
			t = &tally{}
			each[c.Stratum] = t
		}
		exact, known := r.exact(c, j)
		for _, t := range []*tally{&all, t} {
			t.add(IsTweet(j.Verdict), exact, known)
		}
		if known {
			claims = append(claims, claim{c.Stratum, confidenceOf(c, j), exact})
		}
	}
	r.Sampled = all.figures()
	r.weigh(strata, each, drawn)
	r.calibrate(claims, weightsOf(strata, each), bins)
	r.Coders, r.Pairs = agreement(cases)
	return r
}

// count counts a case, and says which verdict counts.
func (r *Report) count(c *Case) (j *archive.Judgement, ok bool) {
	if j = Decide(c.Verdicts); j == nil {
		return nil, false
	}
	if j.Verdict == archive.VerdictUnsure {
		r.Unsure++
		return nil, false
	}
	r.Judged++
	r.Verdicts[j.Verdict]++
	if slices.ContainsFunc(c.Verdicts, func(o archive.Judgement) bool { return o.Verdict != j.Verdict }) {
		r.Disputed++
	}
	switch {
	case c.Missing:
		r.Missing++
	case !SameText(c.Text, j.Found):
		r.Changed++
	}
	return j, true
}

// exact tells whether the words of a case are the tweet's, and whether that is known.
func (r *Report) exact(c *Case, j *archive.Judgement) (exact, known bool) {
	if !IsTweet(j.Verdict) {
		return false, false
	}
	text := c.Text
	if c.Missing {
		text = j.Found
	}
	switch {
	case strings.TrimSpace(text) == "":
		r.Wordless++
		return false, false
	case j.Words != "" || j.Verdict == archive.VerdictRight:
		return SameText(text, j.Words), true
	case SameText(text, j.Found): // it was wrong, whatever the right words are
		return false, true
	}
	r.Unknown++
	return false, false
}

// confidenceOf is the confidence in the text that was compared.
func confidenceOf(c *Case, j *archive.Judgement) float64 {
	if c.Missing {
		return j.Confidence
	}
	return c.Confidence
}

// IsTweet tells whether there is a tweet of that person.
func IsTweet(v archive.Verdict) bool {
	switch v {
	case archive.VerdictRight, archive.VerdictBegins, archive.VerdictEnds, archive.VerdictBoth:
		return true
	}
	return false
}

// Decide is the verdict that counts of those of several coders: what most say, and
// where as many say something else, the latest. "Cannot say" counts only where nobody
// says more. Nil is no verdict.
func Decide(verdicts []archive.Judgement) (best *archive.Judgement) {
	votes := map[archive.Verdict]int{}
	for _, j := range verdicts {
		votes[j.Verdict]++
	}
	votes[archive.VerdictUnsure] = 0
	for i := range verdicts {
		j := &verdicts[i]
		if j.Verdict == "" {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(votes[j.Verdict], votes[best.Verdict]), j.At.Compare(best.At), cmp.Compare(j.Coder, best.Coder)) > 0 {
			best = j
		}
	}
	return best
}

// Words are the tweet's words by the verdict that counts; nil where it does not say them,
// or there is no tweet of that person.
func Words(verdicts []archive.Judgement) *string {
	j := Decide(verdicts)
	switch {
	case j == nil || !IsTweet(j.Verdict):
		return nil
	case j.Verdict == archive.VerdictRight:
		return &j.Found
	case j.Words != "":
		return &j.Words
	}
	return nil
}

// straight are the characters that programs and keyboards change.
var straight = strings.NewReplacer("‘", "'", "’", "'", "‛", "'", "ʼ", "'", "“", `"`, "”", `"`, "„", `"`, "…", "...", "\u00a0", " ", "\u200b", "", "\ufe0f", "")

// SameText tells whether two texts are the same but for white space and the shape of
// quotation marks, apostrophes and dots, which spreadsheets and keyboards change.
func SameText(a, b string) bool {
	return a == b || plain(a) == plain(b)
}

func plain(s string) string {
	return strings.Join(strings.Fields(straight.Replace(norm.NFC.String(s))), " ")
}

// tally counts cases.
type tally struct{ judged, tweets, known, exact int }

func (t *tally) add(tweet, exact, known bool) {
	t.judged++
	for _, c := range []struct {
		is bool
		n  *int
	}{{tweet, &t.tweets}, {known, &t.known}, {known && exact, &t.exact}} {
		if c.is {
			*c.n++
		}
	}
}

func (t *tally) figures() Figures {
	return Figures{ShareOf(t.tweets, t.judged), ShareOf(t.exact, t.known)}
}

// ShareOf is a share with Wilson's interval.
func ShareOf(n, of int) Share {
	s := Share{N: n, Of: of, High: 1}
	if of > 0 {
		s.P = float64(n) / float64(of)
		s.Low, s.High = Wilson(s.P, float64(of))
	}
	return s
}

// z is the 97.5th percentile of the standard normal distribution.
const z = 1.959963984540054

// Wilson is the 95 % interval of a share p of n (Wilson 1927), without correction for
// continuity; n need not be whole. Of nothing it is 0 to 1.
func Wilson(p, n float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	low, high = max(0, middle-half), min(1, middle+half)
	if p == 0 {
		low = 0
	}
	if p == 1 {
		high = 1
	}
	return low, high
}

// Counted is what was judged of a stratum: of Judged cases Of come into question, and N
// of these are so.
type Counted struct{ Embeds, Judged, Of, N int }

// Stratified estimates the share N/Of in all strata. With the weights W = Embeds over
// those of all strata of which something was judged, it is
//
//	p = (Σ W·N/Judged) / X,  X = Σ W·Of/Judged
//
// and its interval is Wilson's of the effective number of cases
//
//	min(X² / Σ (W/Judged)²·Of, p(1-p) / v),  v = Σ W²·s²/Judged / X²
//
// that is how many cases of a simple sample would say as much: the first is Kish's, the
// second what the strata show. s² is the variance, within the stratum, of what a case
// adds to N less p times what it adds to Of; of a stratum of which one case was judged
// it is p(1-p)·Of. Where all cases come into question, that is the usual stratified
// estimate with v = Σ W²·q(1-q)/(Judged-1), q = N/Judged. There is no correction for how
// much of a stratum was judged.
func Stratified(strata []Counted) Share {
	var s Share
	embeds := 0.0
	for _, h := range strata {
		if h.Judged > 0 {
			embeds += float64(h.Embeds)
			s.N, s.Of = s.N+h.N, s.Of+h.Of
		}
	}
	if s.Of == 0 || embeds == 0 {
		s.High = 1
		return s
	}
	so, x, squares := 0.0, 0.0, 0.0
	for _, h := range strata {
		if h.Judged > 0 {
			w := float64(h.Embeds) / embeds / float64(h.Judged) // of each case
			so, x, squares = so+w*float64(h.N), x+w*float64(h.Of), squares+w*w*float64(h.Of)
		}
	}
	if x == 0 {
		s.High = 1
		return s
	}
	s.P = so / x
	switch s.N { // exactly, whatever the weights add up to
	case s.Of:
		s.P = 1
	case 0:
		s.P = 0
	}
	n, v := x*x/squares, 0.0
	for _, h := range strata {
		if h.Judged == 0 {
			continue
		}
		w, judged, of, is := float64(h.Embeds)/embeds, float64(h.Judged), float64(h.Of), float64(h.N)
		variance := s.P * (1 - s.P) * of
		if h.Judged > 1 {
			mean := (is - s.P*of) / judged
			variance = (is*(1-s.P)*(1-s.P) + (of-is)*s.P*s.P - judged*mean*mean) / (judged - 1)
		}
		v += w * w * variance / judged / (x * x)
	}
	if v > 0 && s.P > 0 && s.P < 1 {
		n = min(n, s.P*(1-s.P)/v)
	}
	s.Low, s.High = Wilson(s.P, n)
	return s
}

// weigh makes the figures of the strata and of all.
func (r *Report) weigh(strata []Stratum, each map[string]*tally, drawn map[string]int) {
	if len(strata) == 0 {
		return
	}
	var tweets, exact []Counted
	embeds, covered := 0, 0
	for _, s := range strata {
		t := each[s.Name]
		if t == nil {
			t = &tally{}
		}
		r.Strata = append(r.Strata, OfStratum{s, drawn[s.Name], t.figures()})
		tweets = append(tweets, Counted{s.Embeds, t.judged, t.judged, t.tweets})
		exact = append(exact, Counted{s.Embeds, t.judged, t.known, t.exact})
		embeds += s.Embeds
		if t.judged > 0 {
			covered += s.Embeds
		}
	}
	r.Archive = &Figures{Stratified(tweets), Stratified(exact)}
	if len(strata) == 1 { // a simple sample
		*r.Archive = r.Sampled
	}
	if embeds > 0 {
		r.Covered = float64(covered) / float64(embeds)
	}
}
