package detect

import "math"

// A voice is a kind of sentence: one of a tweet, the first one of a tweet, the
// one before a tweet. How much rather a voice than the prose of an article
// would say a sentence is the logarithm of the ratio of two probabilities,
// each that of a chain of words: every word depends on the one before. Rare
// pairs of words count as the second word alone does.
type voice int

const (
	ofTweet voice = iota
	ofFirst
	ofBefore
	voices
)

// lexicon holds those logarithms.
type lexicon struct {
	words  map[string]token
	single [][voices]float32
	pairs  map[uint32][voices]float32
}

var words lexicon

func pairOf(a, b token) uint32 { return uint32(a)<<16 | uint32(b) }

func (l *lexicon) voice(a, b token) [voices]float32 {
	if v, ok := l.pairs[pairOf(a, b)]; ok {
		return v
	}
	if int(b) < len(l.single) {
		return l.single[b]
	}
	return [voices]float32{}
}

// voiced gives the candidates the features that hear.
func (r *reading) voiced(cands []candidate) {
	n := len(r.tokens)
	own := make([][voices]float32, n+1)    // of each token
	sum := make([][voices]float32, n+1)    // of the tokens before
	ends := make(map[int]bool, len(cands)) // where a sentence ends
	for _, c := range cands {
		if c.junction.strong() {
			ends[int(r.at[c.word])] = true
		}
	}
	prev := kBegin
	for i, k := range r.tokens {
		if ends[i] {
			prev = kBegin
		}
		own[i] = words.voice(prev, k)
		sum[i+1] = sum[i]
		for v := range own[i] {
			sum[i+1][v] += own[i][v]
		}
		if i+1 == n || ends[i+1] {
			e := words.voice(k, kEnd)
			for v := range e {
				sum[i+1][v] += e[v]
			}
		}
		prev = k
	}
	over := func(i, j int) (s [voices]float64, mean [voices]float64) {
		if i >= j {
			return s, mean
		}
		b := words.voice(kBegin, r.tokens[i])
		for v := range s {
			s[v] = float64(sum[j][v] - sum[i][v] - own[i][v] + b[v])
			mean[v] = s[v] / math.Sqrt(float64(j-i+2))
		}
		return s, mean
	}
	for k := range cands {
		c := &cands[k]
		at, end, before, before2 := int(r.at[c.word]), int(r.at[c.end]), int(r.at[c.before]), int(r.at[c.before2])
		num := func(x feature, v float64) {
			c.values = append(c.values, value{x, float32(math.Max(-15, math.Min(15, v)))})
		}
		text, textMean := over(at, n)
		first, firstMean := over(at, end)
		_, restMean := over(end, n)
		out, outMean := over(before, at)
		_, out2Mean := over(before2, before)
		num(vText, text[ofTweet])
		num(vTextMean, textMean[ofTweet])
		num(vFirst, first[ofFirst])
		num(vFirstMean, firstMean[ofFirst])
		num(vFirstTweet, firstMean[ofTweet])
		num(vRest, restMean[ofTweet])
		num(vBefore, out[ofBefore])
		num(vBeforeMean, outMean[ofBefore])
		num(vBeforeTweet, out[ofTweet])
		num(vBeforeTweetMean, outMean[ofTweet])
		num(vBefore2, out2Mean[ofTweet])
	}
}
