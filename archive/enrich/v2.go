package enrich

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"example.org/tweetarc/archive"
)

// Tested in enrich_test.go, match_test.go and servers_test.go.

// V2 is X's API, GET /2/tweets: 100 IDs a call. Each tweet and user that it answers
// with costs money.
type V2 struct {
	Client *Client
	Base   string // "": V2Base
	Bearer Secret
	// MaxCost, if it is not 0, is how many dollars may be spent. A call that could
	// cost more than what is left is not made.
	MaxCost float64

	s, search *service
	spent     float64
}

// V2Base is where X's API is.
const V2Base = "https://api.x.com"

// About what X charges for a tweet and for a user, in dollars (pay per use, August
// 2026).
const (
	pricePost = 0.005
	priceUser = 0.010
)

const (
	v2Batch  = 100
	v2Search = 1024 // characters of a query
)

// v2Fields are the fields that are asked for.
var v2Fields = url.Values{
	"tweet.fields": {"created_at,author_id,lang,entities,public_metrics,note_tweet,edit_history_tweet_ids,withheld,referenced_tweets"},
	"expansions":   {"author_id"},
	"user.fields":  {"username,name,verified"},
}

// Cost is about how many dollars it costs, at most, to ask about tweets of that many
// authors.
func Cost(tweets, authors int) float64 {
	return float64(tweets)*pricePost + float64(authors)*priceUser
}

func (v *V2) Name() string  { return "v2" }
func (v *V2) Batch() int    { return v2Batch }
func (v *V2) Archive() bool { return false }

// FindBatch is large, so that queries fill up if many tweets are of one day.
func (v *V2) FindBatch() int { return 1000 }

// Spent is about what the answers so far have cost.
func (v *V2) Spent() float64 { return v.spent }

func (v *V2) open() error {
	if v.s != nil {
		return nil
	}
	if !v.Bearer.valid() {
		return &Stop{errors.New("the bearer token is missing or has characters that are not allowed"), "see --credentials"}
	}
	v.Base = strings.TrimSuffix(cmp.Or(v.Base, V2Base), "/")
	if err := CheckBase(v.Base); err != nil {
		return &Stop{Err: err}
	}
	secrets := []Secret{v.Bearer}
	// 3,500 calls in 15 minutes; a search a second.
	v.s = &service{name: "v2", base: v.Base, flag: "--api-base", secrets: slices.Concat(secrets, v.Client.Secrets), every: rate.NewLimiter(rate.Every(15*time.Minute/3500), 10)}
	v.search = &service{name: "v2", base: v.Base, flag: "--api-base", secrets: slices.Concat(secrets, v.Client.Secrets), every: rate.NewLimiter(rate.Every(time.Second), 1)}
	return nil
}

func (v *V2) Ask(ctx context.Context, tweets []archive.Tweet, answer func(Answer) error) error {
	if err := v.open(); err != nil {
		return err
	}
	return v.ask(ctx, ids(tweets), answer)
}

func (v *V2) ask(ctx context.Context, ids []string, answer func(Answer) error) error {
	if err := v.afford(Cost(len(ids), len(ids))); err != nil {
		return err
	}
	q := url.Values{"ids": {strings.Join(ids, ",")}}
	var page pageV2
	r, err := v.get(ctx, v.s, "/2/tweets", q, func(r *reply) (err error) {
		if page, err = decodeV2(r.body); err != nil || len(page.answers) == 0 {
			return r.nonsense("it names no tweet")
		}
		asked := map[string]bool{}
		for _, id := range ids {
			asked[id] = true
		}
		for i := range page.answers {
			if a := &page.answers[i]; !a.hollow() && (asked[a.ID] || earlier(a, asked) != "") {
				return nil
			}
		}
		return r.nonsense("it answers another question")
	})
	if err != nil {
		return err
	}
	if r.status == http.StatusBadRequest { // one bad ID fails the whole call
		if len(ids) == 1 {
			return answer(Answer{Tweet: archive.Tweet{ID: ids[0]}, State: Unknown, Time: v.Client.now(), Raw: r.body})
		}
		if err := v.ask(ctx, ids[:len(ids)/2], answer); err != nil {
			return err
		}
		return v.ask(ctx, ids[len(ids)/2:], answer)
	}
	v.spent += Cost(page.posts, page.users)
	return v.hand(ids, page.answers, answer)
}

// hand calls answer for each ID that was asked about.
func (v *V2) hand(ids []string, answers []Answer, answer func(Answer) error) error {
	asked := map[string]bool{}
	for _, id := range ids {
		asked[id] = true
	}
	for _, a := range answers {
		a.Time = v.Client.now()
		if !asked[a.ID] {
			a.ID = earlier(&a, asked)
		}
		if asked[a.ID] && !a.hollow() {
			delete(asked, a.ID)
			if err := answer(a); err != nil {
				return err
			}
		}
	}
	for _, id := range ids { // it said nothing about these
		if asked[id] {
			if err := answer(Answer{Tweet: archive.Tweet{ID: id}, State: Unknown, Time: v.Client.now()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// earlier is the ID that was asked about if the answer is a later edition of that
// tweet, or "".
func earlier(a *Answer, asked map[string]bool) string {
	var one struct {
		Data tweetV2 `json:"data"`
	}
	if lenient(json.Unmarshal(a.Raw, &one)) != nil {
		return ""
	}
	for _, id := range one.Data.editions() {
		if asked[id] {
			return id
		}
	}
	return ""
}

// get asks, and makes errors of the replies that are no answers.
func (v *V2) get(ctx context.Context, s *service, path string, q url.Values, usable func(*reply) error) (*reply, error) {
	for k, f := range v2Fields {
		q[k] = f
	}
	r, err := v.Client.get(ctx, s, v.Base+path+"?"+q.Encode(), v.Bearer, func(r *reply) error {
		switch err := wantJSON(r); {
		case r.status >= 300 && r.status < 400, r.status == http.StatusBadRequest && !r.isProblem():
			return r.nonsense("")
		case err != nil || r.status >= 300:
			return err
		}
		return usable(r)
	})
	if err != nil {
		return nil, err
	}
	switch {
	case r.status < 300, r.status == http.StatusBadRequest:
		return r, nil
	case r.status == http.StatusUnauthorized:
		return nil, &Stop{r.statusError(), "is the bearer token right, and still valid?"}
	case r.status == http.StatusPaymentRequired:
		return nil, &Stop{r.statusError(), "the account has no credit left"}
	case r.status == http.StatusForbidden:
		return nil, &Stop{r.statusError(), "the account's plan does not allow this"}
	case r.status == http.StatusNotFound:
		return nil, &Stop{r.statusError(), "is --api-base right?"}
	}
	return nil, r.statusError()
}

// afford refuses a call that could cost more than is left.
func (v *V2) afford(cost float64) error {
	if v.MaxCost > 0 && v.spent+cost > v.MaxCost+1e-9 {
		return &Stop{fmt.Errorf("stopped before more than $%.2f would be spent (so far: about $%.2f)", v.MaxCost, v.spent), "raise --max-cost to go on"}
	}
	return nil
}

func ids(tweets []archive.Tweet) []string {
	all := make([]string, len(tweets))
	for i, t := range tweets {
		all[i] = t.ID
	}
	return all
}

// Find searches the archive of all posts. A query asks for as many tweets of one day
// as fit into it.
func (v *V2) Find(ctx context.Context, wanted []Wanted, offer func(Answer), done func(...int) error) error {
	if err := v.open(); err != nil {
		return err
	}
	for _, q := range queries(wanted) {
		n := min(100, max(10, 3*len(q.of)))
		if err := v.afford(Cost(n, n)); err != nil {
			return err
		}
		p := url.Values{"query": {q.text}, "start_time": {q.from.Format(time.RFC3339)}, "end_time": {q.to.Format(time.RFC3339)}, "max_results": {strconv.Itoa(n)}}
		var page pageV2
		r, err := v.get(ctx, v.search, "/2/tweets/search/all", p, func(r *reply) (err error) {
			page, err = decodeV2(r.body)
			if errors.Is(err, errNoTweet) && isSearch(r.body) {
				return nil
			}
			if err != nil {
				return r.nonsense("not the result of a search")
			}
			return nil
		})
		if err != nil {
			return err
		}
		if r.status >= 300 {
			return &Stop{r.statusError(), "the service does not understand the query: please report this"}
		}
		v.spent += Cost(page.posts, page.users)
		for _, a := range page.answers {
			a.Time = v.Client.now()
			offer(a)
		}
		if err := done(q.of...); err != nil {
			return err
		}
	}
	return nil
}

// isSearch says whether the answer is that of a search, which may have found nothing.
func isSearch(raw []byte) bool {
	var body bodyV2
	return lenient(json.Unmarshal(raw, &body)) == nil && body.Meta != nil
}
