package review

// Bin is the cases with a confidence from Low on and below High; the last bin has its
// High, too.
type Bin struct {
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	N          int     `json:"n"`
	Exact      int     `json:"exact"`
	Confidence float64 `json:"confidence"` // the mean
	Share      float64 `json:"share"`      // that are exact, weighted as the mean is
}

// claim is a confidence, and whether the words were exact.
type claim struct {
	stratum    string
	confidence float64
	exact      bool
}

// weightsOf says of how many embeds of the archive a case of a stratum speaks; nil is
// one each.
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

// calibrate compares confidences with what they claim, by bins with these lower bounds.
// It is all weighted as the strata are.
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
