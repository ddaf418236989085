package store

import (
	"strings"

	"tweetarc/archive"
)

// passage is how many characters of the article an embed keeps on either side.
const passage = 300

// Sightings are the embeds of one article as the archive keeps them.
type Sightings struct {
	Article archive.Article `json:"article"` // without its body
	Key     []byte          `json:"key"`     // of its content, see content.go
	Embeds  []Sighting      `json:"embeds"`
}

// size is roughly how many bytes it takes in memory.
func (s *Sightings) size() (n int) {
	for _, e := range s.Embeds {
		n += len(e.Raw) + len(e.Before) + len(e.After) + len(e.Text) + 200
	}
	return n
}

// Sighting is an embed in its passage.
type Sighting struct {
	archive.Embed
	Raw    string `json:"raw"`    // the body from Start to End, verbatim
	Before string `json:"before"` // what stands before it in the body
	After  string `json:"after"`
}

// sightingsOf cuts from an article what the archive keeps of it. The result
// holds nothing of the article's memory, unless its passages would take more.
func sightingsOf(f archive.Found) Sightings {
	s := Sightings{Article: *f.Article, Key: keyOf(f.Article), Embeds: make([]Sighting, len(f.Embeds))}
	a := &s.Article
	body := a.Body
	a.Body = ""
	for _, p := range []*string{&a.URL, &a.Title, &a.Date, &a.Outlet, &a.Captured} {
		*p = strings.Clone(*p)
	}
	cut := strings.Clone
	if 2*passage*len(f.Embeds) > len(body) {
		cut = func(s string) string { return s }
	}
	for i, e := range f.Embeds {
		e.ID, e.Author, e.Handle, e.Date, e.Text = strings.Clone(e.ID), strings.Clone(e.Author), strings.Clone(e.Handle), strings.Clone(e.Date), strings.Clone(e.Text)
		links := make([]archive.Link, len(e.Links))
		for j, l := range e.Links {
			links[j] = archive.Link{Shown: strings.Clone(l.Shown), URL: strings.Clone(l.URL), Target: strings.Clone(l.Target)}
		}
		e.Links = links
		s.Embeds[i] = Sighting{
			Embed:  e,
			Raw:    cut(body[e.Start:e.End]),
			Before: cut(archive.Tail(body[:e.Start], passage)),
			After:  cut(archive.Head(body[e.End:], passage)),
		}
	}
	return s
}
