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

// OEmbed is X's oEmbed service: documented, without a key, one tweet a call.
// It does not look at the handle it is asked with and answers with the real
// one, so it verifies and repairs handles.
type OEmbed struct {
	Client *Client
	Base   string // "" is OEmbedBase
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
	r, err := o.Client.get(ctx, o.s, o.Base+"/oembed?"+q.Encode(), "", func(r *reply) error {
		said = oembed{}
		switch {
		case r.status == http.StatusNotFound, r.status == http.StatusForbidden && r.isJSON():
			if r.refusal(t.ID) == "" {
				return r.nonsense("")
			}
			return nil
		case r.status >= 300 && r.status < 400:
			return r.nonsense("")
		case r.status >= 300:
			return nil
		case lenient(json.Unmarshal(r.body, &said)) != nil || said.URL == "" || said.HTML == "":
			return r.nonsense("not an oEmbed")
		}
		if st, ok := archive.FindStatus(said.URL); !ok || st.ID != t.ID || !strings.Contains(said.HTML, t.ID) {
			return r.nonsense("about something else than was asked")
		}
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Tweet: archive.Tweet{ID: t.ID}, Time: o.Client.now(), Raw: r.body}
	switch {
	case r.status < 300:
		a.State = Found
		o.read(&a, &said)
	case r.refusal(t.ID) != "":
		a.State = r.refusal(t.ID)
	default:
		// 402, 403 without JSON: the service does not talk to us, and says nothing
		// of the tweet.
		return a, fmt.Errorf("%s answers %w", o.Base, r.nonsense(""))
	}
	return a, nil
}

// refusal is what a 404 or 403 says of the tweet, "" if it is none of the service:
// {"error": words, "request": "/oembed?url=..."}, or the errors of v1.1.
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

// read fills in what the service says of a tweet.
func (o *OEmbed) read(a *Answer, said *oembed) {
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
