package enrich

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"example.org/tweetarc/archive"
)

// Tested in enrich_test.go and servers_test.go.

// OEmbed is X's oEmbed service: documented, without a key, one tweet a call. It
// ignores the handle of the question and answers with the real one, so it corrects
// handles.
type OEmbed struct {
	Client *Client
	Base   string // "": OEmbedBase
	// ReadHTML finds the tweets in HTML.
	ReadHTML func(html string) []archive.Embed

	s *service
}

// OEmbedBase is where the service is.
const OEmbedBase = "https://publish.twitter.com"

func (o *OEmbed) Name() string  { return "oembed" }
func (o *OEmbed) Batch() int    { return 1 }
func (o *OEmbed) Archive() bool { return false }

func (o *OEmbed) Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error {
	if o.s == nil {
		o.Base = strings.TrimSuffix(cmp.Or(o.Base, OEmbedBase), "/")
		if err := CheckBase(o.Base); err != nil {
			return &Stop{Err: err}
		}
		o.s = &service{name: "oembed", base: o.Base, flag: "--oembed-base", secrets: o.Client.Secrets, every: rate.NewLimiter(rate.Every(time.Second), 1)}
	}
	for _, t := range tweets {
		a, err := o.ask(ctx, t)
		if err != nil {
			return err
		}
		if err := answer(a); err != nil {
			return err
		}
	}
	return nil
}

// oembed is an answer of the service.
type oembed struct {
	URL        string `json:"url"`
	AuthorName string `json:"author_name"`
	AuthorURL  string `json:"author_url"`
	HTML       string `json:"html"`
}

func (o *OEmbed) ask(ctx context.Context, t archive.Tweet) (Answer, error) {
	address := "https://twitter.com/" + cmp.Or(t.Handle, "i") + "/status/" + t.ID
	q := url.Values{"url": {address}, "omit_script": {"1"}, "dnt": {"true"}}
	var said oembed
	r, err := o.Client.get(ctx, o.s, o.Base+"/oembed?"+q.Encode(), "", func(r *reply) (err error) {
		said, err = readOEmbed(r, t.ID)
		return err
	})
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Tweet: archive.Tweet{ID: t.ID}, Time: o.Client.now(), Raw: r.body}
	if r.status < 300 {
		a.State = Found
		o.fill(&a, &said)
		return a, nil
	}
	if a.State = r.refusal(t.ID); a.State == "" { // 402, or 403 without JSON: it refuses us, and says nothing about the tweet
		return a, fmt.Errorf("%s sent %w", o.Base, r.nonsense(""))
	}
	return a, nil
}

// readOEmbed reads the reply to a question about a tweet. The error says that it is
// no reply to that.
func readOEmbed(r *reply, id string) (said oembed, err error) {
	switch {
	case r.status == http.StatusNotFound, r.status == http.StatusForbidden && r.isJSON():
		if r.refusal(id) == "" {
			return said, r.nonsense("")
		}
		return said, nil
	case r.status >= 300 && r.status < 400:
		return said, r.nonsense("")
	case r.status >= 300:
		return said, nil
	case lenient(json.Unmarshal(r.body, &said)) != nil || said.URL == "" || said.HTML == "":
		return said, r.nonsense("not an oEmbed")
	}
	if st, ok := archive.FindStatus(said.URL); !ok || st.ID != id || !strings.Contains(said.HTML, id) {
		return said, r.nonsense("it answers another question")
	}
	return said, nil
}

// refusal is what a 404 or 403 says about the tweet, "" if it is not in the form of
// the service: {"error": words, "request": "/oembed?url=..."}, or errors of v1.1.
func (r *reply) refusal(id string) State {
	state := map[int]State{http.StatusNotFound: Gone, http.StatusForbidden: Hidden}[r.status]
	p := r.problem()
	for _, e := range p.Errors {
		if s := stateOf(e.Code); s != "" && state != "" {
			return s
		}
	}
	words, _ := p.Error.(string)
	known := strings.Contains(words, "that page does not exist") || strings.Contains(words, "you are not authorized")
	if !known && !strings.HasPrefix(p.Request, "/oembed") || words == "" {
		return ""
	}
	if u, err := url.Parse(p.Request); err == nil {
		if st, ok := archive.FindStatus(u.Query().Get("url")); ok && st.ID != id {
			return ""
		}
	}
	return state
}

// fill fills in what the service says about a tweet.
func (o *OEmbed) fill(a *Answer, said *oembed) {
	a.Author = strings.Join(strings.Fields(said.AuthorName), " ")
	if u, err := url.Parse(said.AuthorURL); err == nil {
		if h := path.Base(u.Path); archive.IsHandle(h) {
			a.Handle = h
		}
	}
	for _, e := range o.ReadHTML(said.HTML) {
		if e.ID == a.ID {
			a.Text, a.Date = e.Text, e.Date
			a.Handle, a.Author = cmp.Or(a.Handle, e.Handle), cmp.Or(a.Author, e.Author)
		}
	}
	a.WithID(a.ID)
}
