package web

import (
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// An embed links to its article unless it is superseded, and shows where its words are not
// those of the tweet.
func TestEmbedView(t *testing.T) {
	s := &site{links: &served}
	raw := strings.Repeat("x", rawText) + "the rest"
	p := &store.Place{Article: archive.Article{Origin: archive.Origin{File: "a.jsonl", Record: 1}}, Places: 1}
	p.Text, p.Raw, p.Before, p.After = "The mill stays.", raw, "\n before ", " after \n"
	p.Start, p.End, p.Form, p.Confidence = 10, 10+len(raw), archive.FormMarkup, 0.93
	tw := &store.Tweet{Text: "The mill turns."}
	v := s.embedView(p, tw)
	if got := shown(v.Changes); got != "The mill [-turns.] [+stays.]" {
		t.Error(got)
	}
	if v.Href != "/article?file=a.jsonl&record=1" || v.Gone || v.Sure != "93" || !v.Source || v.Start != 10 || v.End != 10+len(raw) {
		t.Errorf("%+v", v)
	}
	if got := []string{v.Before, v.Raw + v.Rest, v.Rest, v.After}; !slices.Equal(got, []string{"before ", raw, "the rest", " after"}) {
		t.Errorf("%q", got)
	}
	p.Places, p.Form, p.Text = 0, archive.FormText, tw.Text
	if v := s.embedView(p, tw); v.Href != "" || !v.Gone || v.Source || v.Changes != nil {
		t.Errorf("superseded: %+v", v)
	}
}
