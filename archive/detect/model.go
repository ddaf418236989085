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
		values, s := cands[k].values, float32(0)
		for _, x := range values {
			s += x.value * m.weights[x.feature][d]
		}
		for i := 0; i < hiddenUnits; i += atOnce {
			h := m.units(values, i, (*[atOnce]float32)(m.bias[d][i:]))
			for j, v := range h {
				s += max(0, v) * m.out[d][i+j]
			}
		}
		scores = append(scores, float64(s))
	}
	return scores
}

// atOnce is how many hidden units are summed at once: as many as a processor has
// registers for.
const atOnce = 8

// units are the sums of the hidden units from the first on.
func (m *model) units(values []value, first int, bias *[atOnce]float32) [atOnce]float32 {
	a, b, c, d, e, f, g, h := bias[0], bias[1], bias[2], bias[3], bias[4], bias[5], bias[6], bias[7]
	for _, x := range values {
		w := (*[atOnce]float32)((*[hiddenUnits]float32)(m.weights[x.feature][dialects:])[first:])
		if v := x.value; v != 1 {
			a, b, c, d = a+v*w[0], b+v*w[1], c+v*w[2], d+v*w[3]
			e, f, g, h = e+v*w[4], f+v*w[5], g+v*w[6], h+v*w[7]
		} else { // most are
			a, b, c, d = a+w[0], b+w[1], c+w[2], d+w[3]
			e, f, g, h = e+w[4], f+w[5], g+w[6], h+w[7]
		}
	}
	return [atOnce]float32{a, b, c, d, e, f, g, h}
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
