package review

// Tested in review_test.go.

// Bin has the cases with a confidence of at least Low and below High. The last bin
// also has those of its High.
type Bin struct {
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	N          int     `json:"n"`
	Exact      int     `json:"exact"`
	Confidence float64 `json:"confidence"` // mean, weighted by the strata
	Share      float64 `json:"share"`      // of the exact ones, weighted in the same way
}

// claim is a confidence, and whether the words were exact.
type claim struct {
	stratum    string
	confidence float64
	exact      bool
}

// weightsOf gives the weight of a case of each stratum: how many embeds of the archive
// it represents. It is nil if all cases have the same weight.
func weightsOf(strata []Stratum, each map[string]*tally) map[string]float64 {
	if len(strata) == 0 {
		return nil
	}
	weights := map[string]float64{}
	for _, s := range strata {
		if t := each[s.Name]; t != nil && t.judged > 0 {
			weights[s.Name] = float64(s.Embeds) / float64(t.judged)
		}
	}
	return weights
}

// calibrate compares the confidences with how often the words are exact, by bins with
// these lower bounds. Everything is weighted by the strata.
func (r *Report) calibrate(claims []claim, weights map[string]float64, bins []float64) {
	type sums struct{ weight, confidence, exact float64 }
	in := make([]sums, len(bins))
	r.Bins = make([]Bin, len(bins))
	all, brier := 0.0, 0.0
	for _, c := range claims {
		i := 0
		for i+1 < len(bins) && c.confidence >= bins[i+1] {
			i++
		}
		w, exact := 1.0, 0.0
		if weights != nil {
			w = weights[c.stratum]
		}
		if r.Bins[i].N++; c.exact {
			exact = 1
			r.Bins[i].Exact++
		}
		in[i].weight, in[i].confidence, in[i].exact = in[i].weight+w, in[i].confidence+w*c.confidence, in[i].exact+w*exact
		all, brier = all+w, brier+w*(c.confidence-exact)*(c.confidence-exact)
	}
	for i := range r.Bins {
		b := &r.Bins[i]
		b.Low, b.High = bins[i], 1
		if i+1 < len(bins) {
			b.High = bins[i+1]
		}
		if in[i].weight > 0 {
			b.Confidence, b.Share = in[i].confidence/in[i].weight, in[i].exact/in[i].weight
			r.ECE += in[i].weight / all * max(b.Confidence-b.Share, b.Share-b.Confidence)
		}
	}
	if all > 0 {
		r.Brier = brier / all
	}
}
