package web

import (
	"context"
	"fmt"
	"strings"

	"example.org/tweetarc/store"
)

type tweetView struct {
	page
	card
	Rest     []piece // of the text, folded
	Lookups  []store.Lookup
	Wordings []wording
	Pages    pager
	Findings []choice // possible errors in the embeds shown
	Hidden   hidden
}

// A wording is all embeds with the same words: the first, and the others, which are folded.
type wording struct {
	embedView
	Same []embedView
}

// fold puts embeds with the same words together, in the order of their first ones.
func fold(places []store.Place, of func(*store.Place) embedView) (all []wording) {
	at := map[string]int{}
	for i := range places {
		p := &places[i]
		words := strings.Join(strings.Fields(p.Text), " ")
		if n, ok := at[words]; ok {
			all[n].Same = append(all[n].Same, of(p))
			continue
		}
		at[words] = len(all)
		all = append(all, wording{embedView: of(p)})
	}
	return all
}

// hidden are the superseded embeds of a tweet.
type hidden struct {
	N     int
	More  bool   // there are more
	Shown bool   // they are on the page too
	Href  string // the page that shows them, or hides them
}

// hiddenOf counts the superseded embeds of a tweet.
func (s *site) hiddenOf(ctx context.Context, t *store.Tweet, shown bool) (h hidden, err error) {
	// After the current embeds come the superseded ones.
	rest, err := s.db.Places(ctx, t.Key, true, mostHidden+1, t.Embeds)
	h.N = min(len(rest), mostHidden)
	h.More = len(rest) > mostHidden
	h.Shown = h.N > 0 && (shown || t.Embeds == 0)
	switch {
	case s.links.report || h.N == 0 || t.Embeds == 0:
	case h.Shown:
		h.Href = s.links.tweet(t.Key)
	default:
		h.Href = address(s.links.tweet(t.Key), "superseded", "1")
	}
	return h, err
}

func (s *site) tweetPage(ctx context.Context, key string, superseded bool, number, per int) (*tweetView, error) {
	t, err := s.db.Tweet(ctx, key)
	if err != nil {
		return nil, err
	}
	v := &tweetView{page: page{Title: "Tweet by " + oneLine(t.Author+" @"+t.Handle, nameSize), Nav: "tweet"}}
	if v.Hidden, err = s.hiddenOf(ctx, t, superseded); err != nil {
		return nil, err
	}
	total, with := t.Embeds, ""
	if v.Hidden.Shown {
		total += v.Hidden.N
		if superseded {
			with = "1"
		}
	}
	v.Pages, number = newPager(number, per, total, func(n int) string {
		return address(s.links.tweet(key), "superseded", with, "page", fmt.Sprint(n))
	})
	if v.Lookups, err = s.db.Lookups(ctx, t.Key); err != nil {
		return nil, err
	}
	places, err := s.db.Places(ctx, t.Key, superseded, per, (number-1)*per)
	if err != nil {
		return nil, err
	}
	checks := map[string]int{}
	v.Wordings = fold(places, func(p *store.Place) embedView {
		e := s.embedView(p, t)
		for _, d := range e.Doubts {
			checks[d.Check]++
		}
		return e
	})
	for _, c := range store.Checks {
		if n := checks[c.Name]; n > 0 {
			v.Findings = append(v.Findings, choice{Label: c.Doc, Href: count(n, "embed")})
		}
	}
	full := *t
	v.card = s.card(t, nil, pageText)
	if first, more := head(full.Text, pageText); more {
		v.Rest = s.links.pieces(full.Text[len(first):], nil)
	}
	for _, l := range v.Lookups {
		if l.Lang != "" && l.Lang != "und" && len(l.Lang) <= 12 {
			v.Lang = l.Lang
		}
	}
	return v, nil
}
