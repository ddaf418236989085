package detect

import "math"

// choose is the likeliest of the candidates and how likely it is: a softmax
// over the sums of the weights of their features.
func choose(cands []candidate, d dialect) (best int, confidence float64) {
	scores := make([]float64, len(cands))
	for k := range cands {
		for _, x := range cands[k].values {
			scores[k] += float64(x.value) * float64(weights[x.feature][d])
		}
		if scores[k] > scores[best] {
			best = k
		}
	}
	sum := 0.0
	for _, s := range scores {
		sum += math.Exp(s - scores[best])
	}
	return best, 1 / sum
}
