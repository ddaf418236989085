package main

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// However an article is changed, the words of its tweets are in it, in order, and the same
// seed gives the same.
func TestVariants(t *testing.T) {
	in := invented(12)
	others = map[float64][]string{280: {"No bread tomorrow.", "The mill is closed. It was the last one."}}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			out := varied(in, 3, v.most, v.change)
			if len(out) != v.most {
				t.Errorf("%d of 12 articles are made, want %d", len(out), v.most)
			}
			if !reflect.DeepEqual(out, varied(in, 3, v.most, v.change)) {
				t.Error("the same seed gives others")
			}
			changed := false
			for _, a := range out {
				rest := bare(attributions.ReplaceAllString(a.text, "")) // which may be within a text
				for _, w := range a.tweets {
					_, after, ok := strings.Cut(rest, bare(w.text))
					if !ok && !w.unknown {
						t.Fatalf("%q is not in %q", w.text, rest)
					}
					if ok {
						rest = after
					}
				}
				for _, old := range in {
					changed = changed || a.source == old.source && a.text != old.text
				}
			}
			if !changed {
				t.Error("nothing was changed")
			}
		})
	}
}

func TestChanges(t *testing.T) {
	r := func() *rand.Rand { return rand.New(rand.NewPCG(1, 4)) }
	a := article{
		text:   "It rained. It still does.\n\nThe bridge is open. So it is! — Ada Quill (@adaquill) March 3, 2018\n\nThe end.",
		tweets: []label{{handle: "adaquill", text: "The bridge is open. So it is!"}},
	}
	for name, want := range map[string]struct{ text, tweet string }{
		"one line": {"It rained. It still does. The bridge is open. So it is! — Ada Quill (@adaquill) March 3, 2018 The end.", "The bridge is open. So it is!"},
		"lines":    {"It rained. It still does.\nThe bridge is open. So it is! — Ada Quill (@adaquill) March 3, 2018\nThe end.", "The bridge is open. So it is!"},
		"enciphered": {
			"Ov seopif. Ov tvomm fuit.\n\nThe bridge is open. So it is! — Ada Quill (@adaquill) March 3, 2018\n\nVji ipf.", "The bridge is open. So it is!",
		},
		"moved": {"It rained. It still does.\n\nThe bridge is open. — Ada Quill (@adaquill) March 3, 2018\nSo it is!\n\nThe end.", "The bridge is open.\nSo it is!"},
	} {
		change := map[string]func(article, *rand.Rand) article{
			"one line": each(inOneLine), "lines": each(inLines), "enciphered": foreign(enciphered), "moved": moved,
		}[name]
		got := change(a, r())
		if got.text != want.text || got.tweets[0].text != want.tweet {
			t.Errorf("%s: %q\nof %q", name, got.tweets[0].text, got.text)
		}
	}
}
