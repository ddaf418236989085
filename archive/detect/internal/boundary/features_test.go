package boundary

import (
	"math"
	"strings"
	"testing"
)

// Each feature has a text in which | marks the candidate, and its value there. If nothing
// else is said, the author is Ada Quill, the day 2018-03-03, the layout OneLine, the
// origin Article.
var featureCases = []struct {
	name  string
	value float64
	text  string
	p     Passage
}{
	{name: "origin-article", value: 1, text: "|Thank you"},
	{name: "edge-item", value: 1, text: "So: - |Thank you", p: Passage{After: "\n- And so"}},
	{name: "edge-end", value: 1, text: "Quill wept|"},
	{name: "alone", value: 1, text: "|Thank you"},
	{name: "alone", value: 0, text: "|Thank you", p: Passage{After: "more"}},
	{name: "alone", value: 0, text: "|Thank you", p: Passage{Origin: AfterTweet}},
	{name: "alone-lines", value: 1, text: "|Thank\nyou"},
	{name: "alone", value: 0, text: "|Thank\nyou"},
	{name: "alone-colon", value: 1, text: "|She wrote: Thank you"},
	{name: "before-nothing", value: 1, text: "She wrote:|"},
	{name: "unit-credit", value: 1, text: "|Photo: Ada Quill\nno"},
	{name: "unit-credit", value: 0, text: "|Photo: Ada Quill"},
	{name: "breaks-joined", value: 2, text: "|Thank\nyou\nall", p: Passage{Joined: true}},
	{name: "breaks-joined", value: 0, text: "|Thank\nyou\nall"},
	{name: "end-below", value: 1, text: "She left. He left.|", p: Passage{Below: true}},
	{name: "first-i", value: 1, text: "she wept |I left"},
	{name: "first-i", value: 0, text: "She wept. |I left"},
	{name: "copy-line", value: 1, text: "|News of the old bridge\nThe council wept", p: Passage{Before: "News of the old bridge\nHome\n"}},
	{name: "copy-line", value: 0, text: "|News of the old bridge\nThe council wept", p: Passage{Before: "We read News of the old bridge\nHome\n"}},
	{name: "copy-line", value: 0, text: "|News of the old bridge\nThe council wept", p: Passage{Before: "News of the old bridge\nThe council wept\n"}},
	{name: "title-1", value: 1, text: "# The week |Thank you"},
	{name: "title-1", value: 0, text: "# The week. |Thank you"},
	{name: "title-3", value: 1, text: "# The Week of |Thanks"},
	{name: "title-6", value: 1, text: "# The Week of All the Bridges |Thanks"},
	{name: "title-6", value: 0, text: "# The Week of All the Bridges and of the Ferries, |Thanks"},
	{name: "title-case", value: 1, text: "# News of the Bridge |Thank you"},
	{name: "title-case", value: 0, text: "# News of the bridge |Thank you"},
	{name: "title-small", value: 1, text: "# News of the bridge |Thank you"},
	{name: "title-capital", value: 1, text: "# Bridges |Thank you"},
	{name: "title-of", value: 1, text: "# News |of the Bridge"},
	{name: "title-past", value: 1, text: "# News I left. |Thank you"},
	{name: "title-past", value: 0, text: "# News\nI left. |Thank you"},
	{name: "before-polite", value: 1, text: "橋は閉まりました。 |船は遅いなあ。"},
	{name: "before-polite", value: 0, text: "橋は閉まりました。 |船は遅いです。"},
	{name: "unit-polite", value: 1, text: "|橋は閉まりました。 船は遅いなあ。"},
	{name: "unit-polite", value: 0, text: "|橋は閉まったな。 船は遅いです。"},
	{name: "edge-link", value: 1, text: "The Bridge |Thank you", p: Passage{Links: []Link{{0, 10}}}},
	{name: "before-announces", value: 1, text: "The mayor hit back: |no"},
	{name: "before-announces", value: 0, text: "So I hit back: |no"},
	{name: "before-announces", value: 0, text: "Update: |no"},
	{name: "unit-announces", value: 1, text: "|The mayor hit back: no"},
	{name: "before-credit", value: 1, text: "The old quay (Rio Tan)\n|Thank you"},
	{name: "before-credit", value: 1, text: "Boats. Foto: Rio Tan/dpa\n|Thank you"},
	{name: "before-credit", value: 0, text: "Look at this. (My photo.)\n|Thank you"},
	{name: "before-credit", value: 0, text: "Boats: 12\n|Cars: 3"},
	{name: "origin-tweet", value: 1, text: "|Thank you", p: Passage{Origin: AfterTweet}},
	{name: "origin-tweet-colon", value: 1, text: "|And then: Thank you", p: Passage{Origin: AfterTweet}},
	{name: "origin-tweet-colon", value: 0, text: "|And then. Thank you", p: Passage{Origin: AfterTweet}},
	{name: "origin-tweet-colon", value: 0, text: "|And then: Thank you"},
	{name: "origin-frame", value: 1, text: "|Thank you", p: Passage{Origin: Frame}},
	{name: "length-85", value: 1, text: "|" + chars(210)},
	{name: "length-85", value: 0, text: "|" + chars(190)},
	{name: "length-95", value: 1, text: "|" + chars(250)},
	{name: "length-95", value: 1, text: "|" + chars(125), p: Passage{Day: "2017-03-03"}},
	{name: "length-103", value: 1, text: "|" + chars(280)},
	{name: "length-115", value: 1, text: "|" + chars(300)},
	{name: "length-more", value: 1, text: "|" + chars(330)},
	{name: "length-over", value: 0.2, text: "|" + chars(350)},
	{name: "breaks", value: 2, text: "|One\ntwo\nthree"},
	{name: "breaks", value: 0, text: "She left.\n|one"},
	{name: "empty-lines", value: 1, text: "|One\n\ntwo"},
	{name: "first-capital", value: 1, text: "|Thank you"},
	{name: "first-capital", value: 0, text: "|thank you"},
	{name: "first-quote", value: 1, text: "|“Thank you”"},
	{name: "first-dots", value: 1, text: "|...and so"},
	{name: "first-dots", value: 1, text: "|…and so"},
	{name: "first-dot-at", value: 1, text: "|.@quill and so"},
	{name: "first-number", value: 1, text: "|2/3 and so"},
	{name: "first-number", value: 1, text: "|• and so"},
	{name: "first-number", value: 0, text: "|23 and so"},
	{name: "first-function", value: 1, text: "they left |The bridge"},
	{name: "first-function", value: 0, text: "they left. |The bridge"},
	{name: "first-connective", value: 1, text: "|But no"},
	{name: "first-he", value: 1, text: "|They left"},
	{name: "unit-names", value: 2, text: "|Thank Bo and Rio. Then Tan"},
	{name: "unit-commas", value: 2, text: "|One, two, three. And, so"},
	{name: "unit-mentions", value: 1, text: "|Thank @bo today! And @rio"},
	{name: "unit-he", value: 2, text: "|Now he and she. And they"},
	{name: "unit-past", value: 2, text: "|Bo was elected. It had"},
	{name: "unit-short", value: 2, text: "|u & me. w/ you"},
	{name: "unit-colon", value: 1, text: "|In the news: nothing"},
	{name: "unit-colon", value: 0, text: "|In the news of this: nothing"},
	{name: "unit-colon-shout", value: 1, text: "|WATCH: nothing"},
	{name: "unit-colon-here", value: 1, text: "|This is it: nothing"},
	{name: "unit-colon-the", value: 1, text: "|From bakers: nothing"},
	{name: "unit-colon-the", value: 0, text: "|Bakers: nothing"},
	{name: "unit-unended", value: 1, text: "|Thank you"},
	{name: "unit-unended", value: 0, text: "|Thank you!"},
	{name: "unit-style", value: 1, text: "|It’s here", p: Passage{Before: "It's there."}},
	{name: "unit-style", value: 0, text: "|It's here", p: Passage{Before: "It's there."}},
	{name: "before-colon", value: 1, text: "She wrote: |no"},
	{name: "before-colon-quote", value: 1, text: "She wrote: |“no"},
	{name: "before-unended", value: 1, text: "she left |The bridge"},
	{name: "before-unended", value: 0, text: "she left. |The bridge"},
	{name: "before-hangs", value: 1, text: "she left of |The bridge"},
	{name: "before-author", value: 1, text: "So says Quill: |no"},
	{name: "before-author", value: 0, text: "So says Quill. She left. |no"},
	{name: "before-twitter", value: 1, text: "See Twitter: |no"},
	{name: "before-tweeted", value: 1, text: "She tweeted: |no"},
	{name: "before-open", value: 1, text: "She said “no. |And so"},
	{name: "before-heading", value: 1, text: "So ## is Week. |And so"},
	{name: "before-words", value: 1, text: "One two three four five six. |And so"},
	{name: "before-words", value: 0, text: "One two three four five six seven. |And so"},
	{name: "before-question", value: 1, text: "So what? |And so"},
	{name: "before-no-the", value: 1, text: "One two three four five six seven eight. |And so"},
	{name: "before-no-the", value: 0, text: "One two three the five six seven eight. |And so"},
	{name: "before2-author", value: 1, text: "So says Quill. She left. |no"},
	{name: "text-author", value: 2, text: "|So Quill and Quill. And Quill’s"},
	{name: "text-mentions", value: 2, text: "|One @bo. Two @rio"},
	{name: "text-hashtags", value: 2, text: "|One #bo. Two #rio"},
	{name: "text-tweets", value: 1, text: "|One. She tweeted"},
	{name: "text-said", value: 1, text: "|One. She said"},
	{name: "text-links", value: 2, text: "|One. The news of Bo", p: Passage{Links: []Link{{5, 8}, {17, 19}}}},
	{name: "text-links", value: 1, text: "The news. |One of Bo", p: Passage{Links: []Link{{4, 8}, {11, 13}}}},
	{name: "picture-1", value: 1, text: "She left. |Thank you pic.twitter.com/AbCd"},
	{name: "picture-1", value: 0, text: "|One. Two. pic.twitter.com/AbCd"},
	{name: "picture-1", value: 0, text: "|Thank you https://t.co/AbCd"},
	{name: "picture-3", value: 1, text: "|One. Two. Three pic.twitter.com/AbCd"},
	{name: "picture-3", value: 0, text: "|One. Two pic.twitter.com/AbCd"},
	{name: "text-i", value: 2, text: "|I left. We wept"},
	{name: "text-names", value: 2, text: "|So Bo left. And Rio"},
	{name: "text-short", value: 2, text: "|u left. w/ Rio"},
	{name: "text-empty", value: 1, text: "|@bo #bridge https://t.co/a"},
	{name: "text-3-words", value: 1, text: "|One two three #bridge"},
	{name: "text-3-words", value: 0, text: "|One two three four"},
	{name: "text-quotes", value: 1, text: "|One “two three"},
	{name: "text-quotes", value: 0, text: "|One “two” three"},
	{name: "text-style", value: 1, text: "|It's here", p: Passage{Before: "It's there."}},
	{name: "echo", value: 0, text: "|Harbour closed. Harvest open"},
	{name: "echo", value: 1, text: "|Bridge closed. Bridges open"},
	{name: "copy", value: 1, text: "|The bridge is closed today", p: Passage{Before: "She said: the bridge is closed, she said."}},
	{name: "copy-begins", value: 1, text: "Then so: |The bridge is closed today", p: Passage{Before: "She said: the bridge is closed, she said."}},
	{name: "copy-begins", value: 0, text: "She said: |The bridge is closed today", p: Passage{Before: "She said: the bridge is closed, she said."}},
	{name: "copy-text", value: 1, text: "|The bridge is closed", p: Passage{Before: "The bridge is closed, she said."}},
	{name: "copy-itself", value: 0.5, text: "|The bridge is closed. The bridge is closed"},
	{name: "copy-edge", value: 1, text: "Nothing is new. |The bridge is closed", p: Passage{Before: "The bridge is closed, she said."}},
}

// chars is a text of n characters, in words of nine.
func chars(n int) string { return strings.Repeat("abcdefghi ", n/10+1)[:n-1] + "z" }

// valuesAt is the features of the candidate that | marks in a text.
func valuesAt(t *testing.T, text string, p Passage) map[string]float64 {
	t.Helper()
	at := strings.IndexByte(text, '|')
	p.Text = text[:at] + text[at+1:]
	if p.Origin == Cut {
		p.Origin = Article
	}
	if p.Layout == Paragraphs {
		p.Layout = OneLine
	}
	if p.Day == "" {
		p.Day = "2018-03-03"
	}
	p.Author = "Ada Quill"
	var r reading
	r.read(&p)
	for _, c := range r.candidates(nil) {
		if c.at == at {
			m := map[string]float64{}
			for i, v := range c.values(nil) {
				m[features[i].name] = v
			}
			return m
		}
	}
	t.Fatalf("%s: no candidate", text)
	return nil
}

func TestFeatures(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range featureCases {
		tested[c.name] = true
		if got, ok := valuesAt(t, c.text, c.p)[c.name]; !ok || math.Abs(got-c.value) > 0.01 {
			t.Errorf("%s: %s: got %v want %v", c.name, c.text, got, c.value)
		}
	}
	for _, c := range edgeCases {
		k := strings.IndexByte(c.text, '|')
		if got := valuesAt(t, c.text[:k+1]+strings.ReplaceAll(c.text[k+1:], "|", ""), Passage{})["edge-"+c.name]; got != 1 {
			t.Errorf("edge-%s: %s: got %v want 1", c.name, c.text, got)
		}
		tested["edge-"+c.name] = true
	}
	for _, f := range features {
		if !tested[f.name] {
			t.Errorf("%s: no case", f.name)
		}
	}
}
