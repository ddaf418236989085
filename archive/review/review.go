// Package review measures how right an archive is. People, the coders, judged a
// sample of its embeds; from their verdicts the package computes how many embeds are
// tweets (precision), how many have exactly the tweet's words, how well the coders
// agree, and whether the confidences are true. Shares come with 95 % intervals.
//
// Begin with Of: in go the cases, each an embed with its verdicts, and the strata
// from which they were drawn; out comes a Report. Decide and Words apply the same
// rules to one case.
package review

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/tweetarc/archive"
)

// Case is an embed with the verdicts of its coders.
type Case struct {
	Stratum    string // from which it was drawn
	Text       string // as it is in the archive now
	Confidence float64
	Missing    bool                // the archive no longer has it: use the text and confidence that was judged
	Verdicts   []archive.Judgement // one for each coder
}

// Stratum is a part of the archive, with how many embeds it has.
type Stratum struct {
	Name   string `json:"name"`
	Embeds int    `json:"embeds"`
}

// Share is how many of some cases have a property, and the 95 % interval.
type Share struct {
	N    int     `json:"n"`  // cases that have it
	Of   int     `json:"of"` // cases for which that is known
	P    float64 `json:"share"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Figures are the two shares of a set of cases.
type Figures struct {
	Precision Share `json:"precision"` // there is a tweet of that person
	Exact     Share `json:"exact"`     // of these: its words are the tweet's, no more and no less
}

// OfStratum has the figures of a stratum.
type OfStratum struct {
	Stratum
	Drawn int `json:"drawn"` // cases
	Figures
}

// Report is what the verdicts say about the archive.
type Report struct {
	Cases  int `json:"cases"`  // all of them
	Judged int `json:"judged"` // with a verdict other than "cannot say"
	Unsure int `json:"unsure"` // with that verdict alone
	// Of the cases judged:
	Verdicts map[archive.Verdict]int `json:"verdicts"`
	Disputed int                     `json:"disputed"` // coders disagree
	Changed  int                     `json:"changed"`  // the text in the archive is no longer the one that was judged
	Missing  int                     `json:"missing"`  // the embed is no longer in the archive
	Wordless int                     `json:"wordless"` // a tweet without a text, so its words cannot be exact
	Unknown  int                     `json:"unknown"`  // a tweet whose text has changed, and no coder gave its words

	Sampled Figures     `json:"judged_figures"`            // of the cases, without weights
	Archive *Figures    `json:"archive_figures,omitempty"` // of the whole archive, estimated from the strata
	Covered float64     `json:"covered"`                   // how much of the archive is in strata of which cases were judged
	Strata  []OfStratum `json:"strata,omitempty"`
	Coders  []Coder     `json:"coders"`
	Pairs   []Pair      `json:"pairs,omitempty"`
	Bins    []Bin       `json:"calibration,omitempty"`
	Brier   float64     `json:"brier"` // mean square of confidence minus exactness
	ECE     float64     `json:"ece"`   // mean distance between confidence and exactness, by bins
}

// Coder says how many cases a coder judged.
type Coder struct {
	Name  string `json:"coder"`
	Cases int    `json:"cases"`
}

// Of makes the report. If there are strata, it also estimates the figures of the
// whole archive from them. bins are the lower bounds of the bins of confidence.
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
			t.add(isTweet(j.Verdict), exact, known)
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

// count counts a case and gives the verdict that decides; ok is false without one.
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

// exact says whether the words of a case are the tweet's, and whether that is known.
func (r *Report) exact(c *Case, j *archive.Judgement) (exact, known bool) {
	if !isTweet(j.Verdict) {
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
	case SameText(text, j.Found): // a coder called it wrong
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

// isTweet says whether a verdict means that there is a tweet of that person.
func isTweet(v archive.Verdict) bool {
	switch v {
	case archive.VerdictRight, archive.VerdictBegins, archive.VerdictEnds, archive.VerdictBoth:
		return true
	}
	return false
}

// Decide gives the verdict that counts: what most coders say or, if two verdicts
// are equally common, the latest of them. "Cannot say" counts only if nobody says
// anything else. It is nil if there is no verdict.
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

// Words gives the tweet's words by the verdict that counts. They are nil if it does
// not give them, or if there is no tweet of that person.
func Words(verdicts []archive.Judgement) *string {
	j := Decide(verdicts)
	switch {
	case j == nil || !isTweet(j.Verdict):
		return nil
	case j.Verdict == archive.VerdictRight:
		return &j.Found
	case j.Words != "":
		return &j.Words
	}
	return nil
}

// straight replaces the characters that programs and keyboards change.
var straight = strings.NewReplacer("‘", "'", "’", "'", "‛", "'", "ʼ", "'", "“", `"`, "”", `"`, "„", `"`, "…", "...", "\u00a0", " ", "\u200b", "", "\ufe0f", "")

// SameText says whether two texts are the same except for white space and the shape
// of quotation marks, apostrophes and dots, which spreadsheets and keyboards change.
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
	return Figures{shareOf(t.tweets, t.judged), shareOf(t.exact, t.known)}
}

// shareOf makes a share with Wilson's interval.
func shareOf(n, of int) Share {
	s := Share{N: n, Of: of, High: 1}
	if of > 0 {
		s.P = float64(n) / float64(of)
		s.Low, s.High = wilson(s.P, float64(of))
	}
	return s
}

// z is the 97.5th percentile of the standard normal distribution.
const z = 1.959963984540054

// wilson is the 95 % interval of a share p of n cases (Wilson 1927), without
// correction for continuity. n need not be a whole number. For no cases the interval
// is 0 to 1.
func wilson(p, n float64) (low, high float64) {
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

// counted says what was judged of a stratum with so many embeds: of the cases that
// were judged, of come into question, and n of these have the property.
type counted struct{ embeds, judged, of, n int }

// stratified estimates the share n/of in all strata. With the weights W = embeds over
// all embeds of the strata of which cases were judged, it is the ratio S/X of
// S = Σ W·n/judged and X = Σ W·of/judged. Its interval is Wilson's for this many cases:
//
//	min(X² / Σ (W/judged)²·of, p(1-p) / v),  v = ratioVariance / X²
//
// A simple sample of so many cases would say as much. The first number is Kish's,
// the second is what the strata show.
func stratified(strata []counted) Share {
	s := Share{High: 1}
	var judged []counted
	embeds := 0.0
	for _, h := range strata {
		if h.judged > 0 {
			judged = append(judged, h)
			embeds += float64(h.embeds)
			s.N, s.Of = s.N+h.n, s.Of+h.of
		}
	}
	if s.Of == 0 || embeds == 0 {
		return s
	}
	so, x, squares := 0.0, 0.0, 0.0
	for _, h := range judged {
		w := float64(h.embeds) / embeds / float64(h.judged) // of each case
		so, x, squares = so+w*float64(h.n), x+w*float64(h.of), squares+w*w*float64(h.of)
	}
	if x == 0 {
		return s
	}
	s.P = so / x
	switch s.N { // exactly, whatever the weights add up to
	case s.Of:
		s.P = 1
	case 0:
		s.P = 0
	}
	cases := x * x / squares
	if v := ratioVariance(judged, embeds, s.P) / (x * x); v > 0 && s.P > 0 && s.P < 1 {
		cases = min(cases, s.P*(1-s.P)/v)
	}
	s.Low, s.High = wilson(s.P, cases)
	return s
}

// ratioVariance is Σ W²·s²/judged, the variance of the share p times X². s² is the
// variance, within a stratum, of what a case adds to n minus p times what it adds
// to of. For a stratum with one judged case it is p(1-p)·of. If all cases come into
// question, the result is the usual W²·q(1-q)/(judged-1) with q = n/judged. There is
// no correction for how much of a stratum was judged.
func ratioVariance(judged []counted, embeds, p float64) (v float64) {
	for _, h := range judged {
		w, cases, of, n := float64(h.embeds)/embeds, float64(h.judged), float64(h.of), float64(h.n)
		variance := p * (1 - p) * of
		if h.judged > 1 {
			mean := (n - p*of) / cases
			variance = (n*(1-p)*(1-p) + (of-n)*p*p - cases*mean*mean) / (cases - 1)
		}
		v += w * w * variance / cases
	}
	return v
}

// weigh makes the figures of the strata and of the whole archive.
func (r *Report) weigh(strata []Stratum, each map[string]*tally, drawn map[string]int) {
	if len(strata) == 0 {
		return
	}
	var tweets, exact []counted
	embeds, covered := 0, 0
	for _, s := range strata {
		t := each[s.Name]
		if t == nil {
			t = &tally{}
		}
		r.Strata = append(r.Strata, OfStratum{s, drawn[s.Name], t.figures()})
		tweets = append(tweets, counted{s.Embeds, t.judged, t.judged, t.tweets})
		exact = append(exact, counted{s.Embeds, t.judged, t.known, t.exact})
		embeds += s.Embeds
		if t.judged > 0 {
			covered += s.Embeds
		}
	}
	r.Archive = &Figures{stratified(tweets), stratified(exact)}
	if len(strata) == 1 { // a simple sample
		*r.Archive = r.Sampled
	}
	if embeds > 0 {
		r.Covered = float64(covered) / float64(embeds)
	}
}
