package boundary

import "math"

// hiddenUnits is how many units the model has between features and score.
const hiddenUnits = 16

// model scores the starts of a text: a sum of the weights of their features
// and, since features mean more together than each alone (a colon behind
// another tweet is an introduction), of hidden units, each of which sums some
// of the features and counts if its sum is above 0.
type model struct {
	weights      [features_]weights
	bias, out    [layouts][hiddenUnits]float32
	temperatures [layouts]float64 // they make the certainties true
}

// weights are what a feature adds to the score in each dialect, and to each
// hidden unit.
type weights [int(layouts) + hiddenUnits]float32

// sums gives for each candidate the sums of the weights of its features, those
// of the hidden units with their biases.
func (m *model) sums(cands []candidate, d Layout, sums []weights) []weights {
	sums = sums[:0]
	begin := weights{}
	copy(begin[layouts:], m.bias[d][:])
	for k := range cands {
		sums = append(sums, begin)
		addRows(&sums[k], &m.weights, cands[k].values)
	}
	return sums
}

// scores makes scores of sums.
func (m *model) scores(sums []weights, d Layout, scores []float64) []float64 {
	scores = scores[:0]
	out := &m.out[d]
	for k := range sums {
		s := sums[k][d]
		for i, h := range sums[k][layouts:] {
			s += max(0, h) * out[i]
		}
		scores = append(scores, float64(s))
	}
	return scores
}

// addRowsPlainly is what addRows does, for processors without an own way. (The
// conversion keeps product and sum apart: fused, they would round otherwise.)
func addRows(sums *weights, of *[features_]weights, values []value) {
	for _, x := range values {
		for i, w := range of[x.feature] {
			sums[i] += float32(x.value * w)
		}
	}
}

// choose is the likeliest of the candidates with such scores, and how likely
// it is: a softmax, cooled or heated so that what it claims holds for tweets
// that the weights were not made from.
func (m *model) choose(scores []float64, d Layout) (best int, confidence float64) {
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
