package detect

import "math"

// choose is the likeliest of the candidates and how likely it is: a softmax
// over the sums of the weights of their features, cooled or heated so that what
// it claims holds for tweets that the weights were not made from.
func choose(cands []candidate, d dialect) (best int, confidence float64) {
	scores := scores(cands, d)
	for k := range scores {
		if scores[k] > scores[best] {
			best = k
		}
	}
	return best, certainty(scores, best, temperatures[d])
}

func certainty(scores []float64, best int, temperature float64) float64 {
	sum := 0.0
	for _, s := range scores {
		sum += math.Exp((s - scores[best]) / temperature)
	}
	return 1 / sum
}

func scores(cands []candidate, d dialect) []float64 {
	scores := make([]float64, len(cands))
	for k := range cands {
		for _, x := range cands[k].values {
			scores[k] += float64(x.value) * float64(weights[x.feature][d])
		}
	}
	return scores
}
