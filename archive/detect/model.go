package detect

import "math"

// hiddenUnits is how many units the model has between features and score.
const hiddenUnits = 16

// model scores the starts of a text: a sum of the weights of their features
// and, since features mean more together than each alone (a colon behind
// another tweet is an introduction), of hidden units, each of which sums some
// of the features and counts if its sum is above 0.
type model struct {
	weights      [features_]weights
	bias, out    [dialects][hiddenUnits]float32
	temperatures [dialects]float64 // they make the certainties true
}

// weights are what a feature adds to the score in each dialect, and to each
// hidden unit.
type weights [int(dialects) + hiddenUnits]float32

// scores gives each candidate its score.
func (m *model) scores(cands []candidate, d dialect, scores []float64) []float64 {
	scores = scores[:0]
	for k := range cands {
		h, s := m.bias[d], float32(0)
		for _, x := range cands[k].values {
			w := &m.weights[x.feature]
			s += x.value * w[d]
			for i, v := range w[dialects:] {
				h[i] += x.value * v
			}
		}
		for i := range h {
			s += max(0, h[i]) * m.out[d][i]
		}
		scores = append(scores, float64(s))
	}
	return scores
}

// choose is the likeliest of the candidates with such scores, and how likely
// it is: a softmax, cooled or heated so that what it claims holds for tweets
// that the weights were not made from.
func (m *model) choose(scores []float64, d dialect) (best int, confidence float64) {
	for k := range scores {
		if scores[k] > scores[best] {
			best = k
		}
	}
	return best, 1 / sumOver(scores, best, m.temperatures[d])
}

// sumOver is the sum of the likelihoods, that of the best being 1.
func sumOver(scores []float64, best int, temperature float64) (sum float64) {
	for _, s := range scores {
		sum += math.Exp((s - scores[best]) / temperature)
	}
	return sum
}
