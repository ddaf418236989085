package store

import (
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in verdicts_test.go.

// passage is how many characters of the article are kept before and after an embed.
const passage = 300

// articleEmbeds are the embeds of one article, as the archive keeps them.
type articleEmbeds struct {
	Article archive.Article `json:"article"` // without its body
	Key     []byte          `json:"key"`     // its keyOf
	Embeds  []Passage       `json:"embeds"`
}

// size is about how many bytes it takes in memory.
func (s *articleEmbeds) size() int {
	n := len(s.Article.URL) + len(s.Article.Title) + len(s.Article.Outlet) + 200
	for _, v := range s.Article.Kept {
		n += len(v)
	}
	for i := range s.Embeds {
		n += s.Embeds[i].size()
	}
	return n
}

// revisit is a revisit with its record.
type revisit struct {
	archive.Revisit
	Record int `json:"record"`
}

// revisitsIn are the revisits in a part.
func revisitsIn(p archive.Part) (all []revisit) {
	for _, e := range p.Errors {
		if e.Revisit != nil {
			all = append(all, revisit{*e.Revisit, e.Record})
		}
	}
	return all
}

// A Passage is an embed and what is around it in the article.
type Passage struct {
	archive.Embed
	Raw    string `json:"raw"`    // the body from Start to End, verbatim
	Before string `json:"before"` // what is before it in the body
	After  string `json:"after"`  // and after it
}

func (s *Passage) size() int {
	n := len(s.Raw) + len(s.Before) + len(s.After) + len(s.Text) + len(s.Author) + len(s.Handle) + 500
	for _, l := range s.Links {
		n += len(l.Shown) + len(l.URL) + len(l.Target) + 50
	}
	return n
}

// embedsOf cuts from an article what the archive keeps of it. The result keeps none of the
// article's memory, unless copies of the passages would take more memory than the body.
func embedsOf(f archive.Found) articleEmbeds {
	s := articleEmbeds{Article: *f.Article, Key: keyOf(f.Article), Embeds: make([]Passage, len(f.Embeds))}
	a := &s.Article
	body := a.Body
	a.Body = ""
	for _, p := range []*string{&a.URL, &a.Title, &a.Date, &a.Outlet, &a.Captured, &a.RecordID, &a.Payload} {
		*p = strings.Clone(*p)
	}
	cut := strings.Clone
	if 2*passage*len(f.Embeds) > len(body) {
		cut = func(s string) string { return s } // the body takes less memory than the copies
	}
	for i, e := range f.Embeds {
		e.ID, e.Author, e.Handle, e.Date, e.Text = cut(e.ID), cut(e.Author), cut(e.Handle), cut(e.Date), cut(e.Text)
		links := make([]archive.Link, len(e.Links))
		for j, l := range e.Links {
			links[j] = archive.Link{Shown: strings.Clone(l.Shown), URL: strings.Clone(l.URL), Target: strings.Clone(l.Target)}
		}
		e.Links = links
		s.Embeds[i] = Passage{
			Embed:  e,
			Raw:    cut(body[e.Start:e.End]),
			Before: cut(archive.Tail(body[:e.Start], passage)),
			After:  cut(archive.Head(body[e.End:], passage)),
		}
	}
	return s
}
