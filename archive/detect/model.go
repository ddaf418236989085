package detect

import "math"

// A start is as good as the sum of the weights of its features and of what the
// lexicon says of three stretches: the text, its first sentence, and the
// sentence before it.
const (
	inside = iota
	atFirst
	ahead
	voices
)

// lexicon says how words and pairs of words sound in each of the stretches.
type lexicon struct {
	words  map[string]token
	pairs  map[uint32]int32  // of two tokens: the place of its voice
	voices [][voices]float32 // of the tokens, then of the pairs
}

var words lexicon

func pairOf(a, b token) uint32 { return uint32(a)<<16 | uint32(b) }

func (l *lexicon) pair(a, b token) [voices]float32 {
	if k, ok := l.pairs[pairOf(a, b)]; ok {
		return l.voices[k]
	}
	return [voices]float32{}
}

func (l *lexicon) single(a token) [voices]float32 {
	if int(a) < len(l.voices) {
		return l.voices[a]
	}
	return [voices]float32{}
}

// scores are those of the candidates.
func (r *reading) scores(cands []candidate, d dialect) []float64 {
	// The voices of the tokens and of the pairs that end with them, summed up.
	n := len(r.tokens)
	sum := make([][voices]float32, n+1)
	ends := make([][voices]float32, n) // of the pair that ends with a token
	for i, k := range r.tokens {
		v := words.single(k)
		if i > 0 {
			ends[i] = words.pair(r.tokens[i-1], k)
		}
		for x := range v {
			sum[i+1][x] = sum[i][x] + v[x] + ends[i][x]
		}
	}
	over := func(i, j, x int) float32 { // without the pair that begins before i
		if i >= j {
			return 0
		}
		return sum[j][x] - sum[i][x] - ends[i][x]
	}
	out := make([]float64, len(cands))
	for k := range cands {
		c := &cands[k]
		score := float32(0)
		for _, x := range c.values {
			score += x.value * weights[d][x.feature]
		}
		at, end, before := int(r.at[c.word]), int(r.at[c.end]), int(r.at[c.before])
		score += over(at, n, inside)
		if at < end {
			score += over(at, end, atFirst) + words.pair(kBegin, r.tokens[at])[atFirst] + words.pair(r.tokens[end-1], kEnd)[atFirst]
		}
		if before < at {
			score += over(before, at, ahead) + words.pair(kBegin, r.tokens[before])[ahead] + words.pair(r.tokens[at-1], kEnd)[ahead]
		}
		out[k] = float64(score)
	}
	return out
}

// choose is the likeliest of the candidates and how likely it is: a softmax
// over their scores.
func (r *reading) choose(cands []candidate, d dialect) (best int, confidence float64) {
	scores := r.scores(cands, d)
	for k := range scores {
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
