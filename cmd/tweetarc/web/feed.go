package web

import (
	"context"
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/tweetarc/store"
)

// perFeed is how many tweets a feed has: the newest.
const perFeed = 50

// An atomFeed is a search in the format of RFC 4287.
type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Updated   string     `xml:"updated"`
	Published string     `xml:"published,omitempty"`
	Author    string     `xml:"author>name"`
	Links     []atomLink `xml:"link"`
	Content   string     `xml:"content"`
}

// feed answers with the newest tweets of a search.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) error {
	text := strings.TrimSpace(r.URL.Query().Get("q"))
	q, err := store.ParseQuery(text)
	if err != nil {
		return &pageError{http.StatusBadRequest, "This query cannot be understood", err.Error()}
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.opts.Limit)
	defer cancel()
	hits, err := s.db.Search(ctx, q, store.Page{Sort: store.ByDateDesc, Limit: perFeed})
	if err != nil {
		return err
	}
	here := (&url.URL{Scheme: "http", Host: r.Host}).String()
	f := atomFeed{
		ID: nameOf("search", text), Title: "Tweets in " + oneLine(s.db.Name(), nameSize), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339), Generator: "tweetarc",
		Links: []atomLink{{"self", "application/atom+xml", here + s.links.feed(text)}, {"alternate", "text/html", here + s.links.found(text)}},
	}
	if text != "" {
		f.Title = oneLine(text, nameSize) + ": " + f.Title
	}
	for i := range hits {
		e := entryOf(&hits[i], here, s.links)
		f.Entries, f.Updated = append(f.Entries, e), max(f.Updated, e.Updated)
	}
	b, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	fmt.Fprintf(w, "%s%s\n", xml.Header, b)
	return nil
}

// entryOf is a tweet in a feed. Its time is when the tweet was posted, or else the day of
// the article.
func entryOf(h *store.Hit, here string, l *links) atomEntry {
	posted := momentOf(h.At, h.Date)
	e := atomEntry{
		ID: nameOf("tweet", h.Key), Published: posted, Updated: posted, Author: oneLine(strings.TrimSpace(h.Author+" @"+h.Handle), nameSize),
		Links: []atomLink{{"alternate", "text/html", here + l.tweet(h.Key)}}, Content: visible(h.Text),
	}
	if posted == "" {
		e.Updated = momentOf("", h.ArticleDate)
	}
	if e.Updated == "" {
		e.Updated = time.Unix(0, 0).UTC().Format(time.RFC3339)
	}
	e.Title = oneLine(h.Text, nameSize)
	if e.Title == "" {
		e.Title = e.Author + ", text not known"
	}
	if h.Title != "" || h.Outlet != "" {
		e.Content += "\n\n" + oneLine(strings.Trim(h.Outlet+": "+h.Title, ": "), titleSize)
	}
	return e
}

// momentOf is a time in the format of feeds: the exact time, or else the beginning of the
// day; "" if neither is known.
func momentOf(at, day string) string {
	for _, t := range []struct{ text, layout string }{{at, time.RFC3339}, {day, time.DateOnly}} {
		if t, err := time.Parse(t.layout, t.text); err == nil && t.Year() > 0 {
			return t.UTC().Format(time.RFC3339)
		}
	}
	return ""
}

// nameOf is the name of a feed or an entry, the same wherever the archive is: a UUID of
// version 5 (RFC 9562).
func nameOf(kind, key string) string {
	sum := sha1.Sum([]byte("tweetarc " + kind + " " + key))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
