package boundary

import "math"

// Tested in score_test.go.

// An article embeds its tweets in its own way: one after another, or each after a colon;
// short ones or long ones. So its texts are decided twice. The second time it is known
// how the others probably begin.

// way is how a text is embedded if it begins at a candidate. It is also the sum of the
// ways of several texts, each times its likelihood. It is small, as an article with a
// hundred thousand tweets keeps one for each candidate.
type way struct {
	texts   float32
	chained float32 // follow another tweet
	joined  float32 // ... and begin directly after it
	colon   float32 // have a colon before them
	named   float32 // have the author or a word for tweeting in the unit before
	length  float32 // as a part of what their day allows
	lost    float32 // have lost their words
	below   float32 // have words, and their attribution begins a line
	alone   float32 // have lost their words, and their attribution begins a line
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

// plus adds x, multiplied by times.
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

// secondFeature is a fact about a candidate and the article's other texts, as a number.
type secondFeature struct {
	name, meaning string
	of            func(w, others *way) float32
}

// second are the features of the second look: how the way of a candidate agrees with the
// way of the article's other texts.
var second = []secondFeature{
	{"others-joined", "it begins directly after another tweet, and so do the article's others (-1: they do not)", func(w, o *way) float32 {
		return w.joined * (2*o.joined/max(o.chained, 1e-9) - 1) * trust(o.chained)
	}},
	{"others-colon", "a colon is before it, and before the others (-1: only before the others)", func(w, o *way) float32 { return (2*w.colon - 1) * o.colon / o.texts * trust(o.texts) }},
	{"others-named", "the unit before names the author or tweeting, and so it does for the others", func(w, o *way) float32 { return (2*w.named - 1) * o.named / o.texts * trust(o.texts) }},
	{"others-length", "by how much its length differs from that of the others", func(w, o *way) float32 { return float32(math.Abs(float64(w.length-o.length/o.texts))) * trust(o.texts) }},
	{"others-lost", "its words are lost, and so are those of the others (-1: theirs are not)", func(w, o *way) float32 { return w.lost * (2*o.lost/o.texts - 1) * trust(o.texts) }},
	{"others-below", "its words are lost and its attribution begins a line; those of the others with words do not (-1: they do)", func(w, o *way) float32 {
		kept := o.texts - o.lost
		return w.alone * (1 - 2*o.below/max(kept, 1e-9)) * trust(kept)
	}},
}

// trust is how far the way of so many texts counts as the way of the article. Two others
// are enough.
func trust(texts float32) float32 {
	if texts < 0.5 {
		return 0
	}
	return min(1, (1+texts)/3)
}

// Again chooses a second time for the texts of an article, now that it is known how the
// others probably begin.
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

// others is, for each text, the sum of the ways of all others.
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
