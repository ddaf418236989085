package boundary

import (
	"math"
)

// An article embeds its tweets in its own way: one after another, or each with
// a sentence and a colon before it, or with the author's name; of one sentence
// or of many. So each of an article's texts is looked at twice, the second time
// knowing how the others seem to stand.

// habits are sums over an article's tweets, each counted by how likely its
// starts are.
type habits struct {
	tweets    float64 // how many there are
	chained   float64 // ... that follow another
	adjoining float64 // ... and begin behind it
	colons    float64 // how many have a colon before them
	named     float64 // ... the author, or a word of tweeting
	weak      float64 // ... where nothing ended
	broken    float64 // how many have a line break inside
	single    float64 // ... are one sentence
	sentences float64 // how many they have together
	length    float64 // their lengths, as bins of lengthBins
}

// manner is how a text stands if it begins at a candidate.
type manner struct {
	adjoining, colon, named, single, weak, broken bool
	sentences, length                             uint8
}

// habitsOf are those of one tweet, its scores from a first look.
func habitsOf(cands []candidate, scores []float64, from Origin) (h habits) {
	best := 0
	for k := range scores {
		if scores[k] > scores[best] {
			best = k
		}
	}
	sum := sumOver(scores, best, 1)
	h.tweets = 1
	if from == AfterTweet {
		h.chained = 1
	}
	for k := range cands {
		p, m := math.Exp(scores[k]-scores[best])/sum, &cands[k].manner
		for _, x := range [...]struct {
			is  bool
			sum *float64
		}{{m.adjoining, &h.adjoining}, {m.colon, &h.colons}, {m.named, &h.named}, {m.single, &h.single}, {m.weak, &h.weak}, {m.broken, &h.broken}} {
			if x.is {
				*x.sum += p
			}
		}
		h.sentences += p * float64(m.sentences)
		h.length += p * float64(m.length)
	}
	return h
}

// plus adds x, as often as sign says.
func (h habits) plus(x *habits, sign float64) habits {
	h.tweets += sign * x.tweets
	h.chained += sign * x.chained
	h.adjoining += sign * x.adjoining
	h.colons += sign * x.colons
	h.named += sign * x.named
	h.single += sign * x.single
	h.weak += sign * x.weak
	h.broken += sign * x.broken
	h.sentences += sign * x.sentences
	h.length += sign * x.length
	return h
}

// compare appends to the values of a candidate how it agrees with the article's
// other tweets.
func (h *habits) compare(m *manner, values []value) []value {
	if h.tweets < 0.5 {
		return values
	}
	const trust = 1. / 3 // three tweets make a habit
	sure := min(1, trust*(1+h.tweets))
	add := func(f feature, v float64) {
		if v != 0 {
			values = append(values, value{f, float32(v)})
		}
	}
	either := func(is bool, yes, no feature, v float64) {
		if is {
			add(yes, v)
		} else {
			add(no, v)
		}
	}
	if m.adjoining && h.chained > 0.5 {
		add(fHabitAdjoining, (2*h.adjoining/h.chained-1)*min(1, trust*(1+h.chained)))
	}
	either(m.colon, fHabitColon, fHabitNoColon, h.colons/h.tweets*sure)
	either(m.named, fHabitNamed, fHabitUnnamed, h.named/h.tweets*sure)
	either(m.single, fHabitSingle, fHabitMany, h.single/h.tweets*sure)
	either(m.weak, fHabitWeak, fHabitStrong, h.weak/h.tweets*sure)
	either(m.broken, fHabitBroken, fHabitWhole, h.broken/h.tweets*sure)
	add(fHabitSentences, math.Abs(h.sentences/h.tweets-float64(m.sentences))*sure)
	add(fHabitLength, math.Abs(h.length/h.tweets-float64(m.length))*sure)
	return values
}
