package detect

import "math"

// choose is the likeliest of the starts and how likely it is: a softmax over
// the sums of their weights.
func choose(starts [][]value, d dialect) (best int, confidence float64) {
	scores := make([]float64, len(starts))
	for k, f := range starts {
		for _, x := range f {
			scores[k] += float64(x.value) * float64(weights[d][x.feature])
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
