package enrich

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dghubble/go-twitter/twitter" //lint:ignore SA1019 finished, like the API that it is for
	"github.com/dghubble/oauth1"
	"golang.org/x/time/rate"

	"example.org/tweetarc/archive"
)

// Tested in enrich_test.go and servers_test.go.

// V1 is a server that still answers in v1.1: statuses/lookup, 100 IDs a call. X
// itself has refused it with 403 and code 453 since mid-2023.
//
// go-twitter makes the requests. This file adds what it lacks: another base
// address, cancelling, limits, tries, and the difference between an empty answer
// and a failure, for its error is nil after a 429 with a body of v2, and after an
// empty 503. Lookup leaves out what it does not have; statuses/show is then asked
// for the reason, one tweet a call.
type V1 struct {
	Client *Client
	Base   string // e.g. https://api.example.org, without /1.1; "": V1Base
	Bearer Secret // of the app alone; if it is "", the Keys count
	Keys   Keys   // of app and user

	s, one *service // lookup and show
	silent bool     // show gives no reasons
}

// Keys are the four keys of OAuth 1.0a.
type Keys struct {
	ConsumerKey    Secret
	ConsumerSecret Secret
	Token          Secret
	TokenSecret    Secret
}

// V1Base is where v1.1 was.
const V1Base = "https://api.twitter.com"

func (v *V1) Name() string  { return "v1" }
func (v *V1) Batch() int    { return 100 }
func (v *V1) Archive() bool { return false }

func (v *V1) open() error {
	if v.s != nil {
		return nil
	}
	v.Base = strings.TrimSuffix(cmp.Or(v.Base, V1Base), "/")
	if err := CheckBase(v.Base); err != nil {
		return &Stop{Err: err}
	}
	secrets := []Secret{v.Bearer}
	if v.Bearer == "" {
		secrets = []Secret{v.Keys.ConsumerKey, v.Keys.ConsumerSecret, v.Keys.Token, v.Keys.TokenSecret}
	}
	for _, s := range secrets {
		if !s.valid() {
			return &Stop{errors.New("the bearer token, or one of the four keys, is missing or has characters that are not allowed"), "see --credentials"}
		}
	}
	// 900 calls in 15 minutes, of each of the two.
	v.s = &service{name: "v1", base: v.Base, flag: "--api-base", secrets: slices.Concat(secrets, v.Client.Secrets), every: rate.NewLimiter(rate.Every(time.Second), 10)}
	v.one = &service{name: "v1", base: v.Base, flag: "--api-base", secrets: slices.Concat(secrets, v.Client.Secrets), every: rate.NewLimiter(rate.Every(time.Second), 10)}
	return nil
}

func (v *V1) Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error {
	if err := v.open(); err != nil {
		return err
	}
	asked := map[string]bool{}
	var numbers []int64
	for _, t := range tweets {
		n, err := strconv.ParseInt(t.ID, 10, 64)
		if err != nil {
			return fmt.Errorf("not a status ID: %q", t.ID)
		}
		asked[t.ID] = true
		numbers = append(numbers, n)
	}
	items, err := v.lookup(ctx, numbers)
	if err != nil {
		return err
	}
	for _, item := range items {
		answers, err := decodeV1(item)
		if err != nil || !asked[answers[0].ID] || answers[0].hollow() {
			continue
		}
		a := answers[0] // the others are what it retweets or quotes
		a.Time = v.Client.now()
		delete(asked, a.ID)
		if err := answer(a); err != nil {
			return err
		}
	}
	for i, t := range tweets {
		if !asked[t.ID] {
			continue
		}
		a, err := v.why(ctx, t.ID, numbers[i])
		if err != nil {
			return err
		}
		if err := answer(a); err != nil {
			return err
		}
	}
	return nil
}

// lookup asks for many tweets, and gives those of the answer.
func (v *V1) lookup(ctx context.Context, numbers []int64) ([]json.RawMessage, error) {
	r, err := v.call(ctx, v.s, func(c *twitter.Client) error {
		// New parameters for each call: Lookup appends the IDs to them.
		_, _, err := c.Statuses.Lookup(numbers, &twitter.StatusLookupParams{TweetMode: "extended"})
		return err
	}, func(r *reply) error {
		switch {
		case r.status == http.StatusNotFound && !r.isProblem():
			return r.nonsense("")
		case r.status >= 300:
			return nil
		case !r.isList():
			return r.nonsense("not a list of tweets")
		}
		var items []json.RawMessage
		err := json.Unmarshal(r.body, &items)
		for _, item := range items {
			if answers, err := decodeV1(item); err == nil && slices.Contains(numbers, number(answers[0].ID)) && !answers[0].hollow() {
				return nil
			}
		}
		if len(items) > 0 {
			return r.nonsense("it answers another question")
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case r.status == http.StatusNotFound: // it has none of them
		return nil, nil
	case r.status >= 300:
		return nil, v.refused(r)
	}
	var items []json.RawMessage
	err = json.Unmarshal(r.body, &items)
	return items, err
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

// why asks about one tweet that lookup left out.
func (v *V1) why(ctx context.Context, id string, number int64) (Answer, error) {
	a := Answer{Tweet: archive.Tweet{ID: id}, State: Unknown, Time: v.Client.now()}
	if v.silent {
		return a, nil
	}
	r, err := v.call(ctx, v.one, func(c *twitter.Client) error {
		_, _, err := c.Statuses.Show(number, &twitter.StatusShowParams{TweetMode: "extended"})
		return err
	}, func(r *reply) error {
		switch {
		case r.status == http.StatusNotFound && !r.isProblem():
			return r.nonsense("")
		case r.status >= 300:
			return nil
		}
		answers, err := decodeV1(r.body)
		if err != nil || answers[0].ID != id || answers[0].hollow() {
			return r.nonsense("it answers another question")
		}
		a = answers[0]
		return nil
	})
	var odd *nonsense
	var stop *Stop
	switch {
	case errors.As(err, &odd): // lookup works: this server has no show, or fails now and then
		v.silent = errors.As(err, &stop)
		return a, nil
	case err != nil:
		return a, err
	}
	a.Time = v.Client.now()
	if r.status < 300 {
		return a, nil
	}
	for _, e := range r.problem().Errors {
		if s := stateOf(e.Code); s != "" {
			a.State = s
		}
	}
	if a.State == Unknown && r.status != http.StatusNotFound { // a 404 without a reason is an answer
		return a, v.refused(r)
	}
	a.Raw = r.body
	return a, nil
}

// refused is the error of a reply that refuses us.
func (v *V1) refused(r *reply) error {
	switch r.status {
	case http.StatusUnauthorized:
		return &Stop{r.statusError(), "are the keys right, and still valid?"}
	case http.StatusForbidden, http.StatusGone, http.StatusPaymentRequired:
		return &Stop{r.statusError(), "this server does not answer v1.1 with these keys, and X stopped doing so in 2023: use --via v2, or name another server by --api-base"}
	}
	return r.statusError()
}

// call makes one call of go-twitter through the Client, and returns the whole
// reply of the server, which go-twitter does not.
func (v *V1) call(ctx context.Context, s *service, ask func(*twitter.Client) error, usable func(*reply) error) (*reply, error) {
	return v.Client.call(ctx, s, func(ctx context.Context) (*reply, error) {
		t := &v1Transport{v: v, s: s, ctx: ctx}
		err := ask(twitter.NewClient(&http.Client{Transport: t}))
		if t.last == nil {
			if err == nil {
				err = errors.New("no answer")
			}
			return nil, err
		}
		return t.last, nil // go-twitter may have failed to read it
	}, usable)
}

// v1Transport sends go-twitter's requests to the right server, with the context
// that go-twitter does not take, signs them, and keeps the reply.
type v1Transport struct {
	v    *V1
	s    *service
	ctx  context.Context
	last *reply
}

func (t *v1Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	base, err := url.Parse(t.v.Base)
	if err != nil {
		return nil, err
	}
	req = req.Clone(t.ctx)
	req.URL.Scheme, req.URL.Host, req.URL.Path = base.Scheme, base.Host, base.Path+req.URL.Path
	req.Host = ""
	if err := encrypted(req.URL); err != nil {
		return nil, err
	}
	t.v.Client.identify(req)
	// Each redirect is signed again, for the signature includes the address. A
	// redirect stays on the server (see redirect).
	send := t.v.Client.transport()
	if t.v.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+string(t.v.Bearer))
	} else {
		send = t.sign(send)
	}
	resp, err := (&http.Client{Transport: send, CheckRedirect: redirect}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if t.last, err = t.s.read(resp); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(t.last.body))
	return resp, nil
}

func (t *v1Transport) sign(send http.RoundTripper) http.RoundTripper {
	k := &t.v.Keys
	config := oauth1.NewConfig(string(k.ConsumerKey), string(k.ConsumerSecret))
	ctx := context.WithValue(t.ctx, oauth1.HTTPClient, &http.Client{Transport: send})
	return config.Client(ctx, oauth1.NewToken(string(k.Token), string(k.TokenSecret))).Transport
}
