package boundary

import "math"

// Tested in score_test.go.

// An article embeds its tweets in its own way: one after another, or each with
// a colon before it; short ones or long ones. So its texts are looked at twice,
// the second time each knowing how the others seem to begin.

// way is how a text is embedded if it begins at a candidate, or how a number
// of texts are, together: then each counts by how likely it is. (Articles with a
// hundred thousand tweets keep one for each candidate, so it is small.)
type way struct {
	texts   float32
	chained float32 // after another tweet
	joined  float32 // ... and beginning right there
	colon   float32 // with a colon before
	named   float32 // the author, or a word of tweeting, in the unit before
	length  float32 // as a part of what the day allows
	lost    float32 // no words are left
	below   float32 // words are left, and the attribution begins a line
	alone   float32 // none are left, and it does
}

func wayOf(c *candidate) way {
	w := way{texts: 1, length: float32(min(1.2, c.ratio()))}
	if c.r.p.Origin == AfterTweet {
		w.chained, w.joined = 1, float32(is(c.edge == eStart))
	}
	w.lost = float32(is(c.edge == eEnd))
	w.below = float32(is(c.r.p.Below && c.edge != eEnd))
	w.alone = float32(is(c.r.p.Below && c.edge == eEnd))
	w.colon = float32(is(c.afterColon()))
	w.named = float32(is(c.before.n(tTweets|tTwitter|tAuthor) > 0))
	return w
}

// plus adds x, times so much.
func (w *way) plus(x *way, times float32) {
	w.texts += times * x.texts
	w.chained += times * x.chained
	w.joined += times * x.joined
	w.colon += times * x.colon
	w.named += times * x.named
	w.length += times * x.length
	w.lost += times * x.lost
	w.below += times * x.below
}

// secondFeature is a fact about a candidate and the article's other texts.
type secondFeature struct {
	name, meaning string
	of            func(w, others *way) float32
}

// second are the features of the second look: how the way of a candidate agrees
// with that of the article's other texts.
var second = []secondFeature{
	{"others-joined", "it begins right after another tweet, as the article's others do (-1: as they do not)", func(w, o *way) float32 {
		return w.joined * (2*o.joined/max(o.chained, 1e-9) - 1) * trust(o.chained)
	}},
	{"others-colon", "a colon is before it, as before the others (-1: not, but before the others)", func(w, o *way) float32 { return (2*w.colon - 1) * o.colon / o.texts * trust(o.texts) }},
	{"others-named", "the unit before names the author or tweeting, as it does for the others", func(w, o *way) float32 { return (2*w.named - 1) * o.named / o.texts * trust(o.texts) }},
	{"others-length", "by how much its length is other than the others'", func(w, o *way) float32 { return float32(math.Abs(float64(w.length-o.length/o.texts))) * trust(o.texts) }},
	{"others-lost", "its words are lost, as those of the others are (-1: are not)", func(w, o *way) float32 { return w.lost * (2*o.lost/o.texts - 1) * trust(o.texts) }},
	{"others-below", "its words are lost and its attribution begins a line, which those of others with words do not (-1: do, too)", func(w, o *way) float32 {
		kept := o.texts - o.lost
		return w.alone * (1 - 2*o.below/max(kept, 1e-9)) * trust(kept)
	}},
}

// trust is how far the way of so many texts is taken for that of the article:
// two others make it.
func trust(texts float32) float32 {
	if texts < 0.5 {
		return 0
	}
	return min(1, (1+texts)/3)
}

// Again chooses once more for the texts of an article, each in the knowledge
// of how the others begin.
func (m *Model) Again(looks []*Look) []Choice {
	choices := make([]Choice, len(looks))
	var values []float64
	for i, others := range m.others(looks) {
		l := looks[i]
		if len(l.candidates) == 0 {
			choices[i] = l.Choice
			continue
		}
		scores := make([]float64, len(l.candidates))
		for k := range l.candidates {
			c := &l.candidates[k]
			values = c.way.compare(&others, values[:0])
			scores[k] = c.score + score(m.Weights[l.Passage.Layout][len(features):], values)
		}
		choices[i] = m.choose(l, scores)
	}
	return choices
}

// others is for each of the texts the way of all the others.
func (m *Model) others(looks []*Look) []way {
	out := make([]way, len(looks))
	var all way
	for i, l := range looks {
		scores := l.scores()
		if len(scores) > 0 {
			likelihoods(scores, 1)
		}
		for k, p := range scores {
			out[i].plus(&l.candidates[k].way, float32(p))
		}
		all.plus(&out[i], 1)
	}
	for i := range out {
		own := out[i]
		out[i] = all
		out[i].plus(&own, -1)
	}
	return out
}

// compare appends the features of the second look.
func (w *way) compare(others *way, values []float64) []float64 {
	for i := range second {
		v := 0.0
		if others.texts >= 0.5 {
			v = float64(second[i].of(w, others))
		}
		values = append(values, v)
	}
	return values
}
