package enrich

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"example.org/tweetarc/archive"
)

// Client is how the services are asked. The zero value asks as it should; the
// fields are for tests and for those who know better.
type Client struct {
	Transport http.RoundTripper // nil is one of its own
	Agent     string            // the User-Agent
	Tries     int               // of one request, 0 is 6
	Timeout   time.Duration     // of one try, its body included; 0 is 60 s
	Patience  time.Duration     // the longest wait for a rate limit, 0 is an hour; what is longer stops the source

	Now   func() time.Time                           // nil is time.Now
	Sleep func(context.Context, time.Duration) error // nil waits; an error is the context's

	// Secrets are, besides those of a source, kept out of messages: of what
	// another source knows, a server may know as well.
	Secrets []Secret

	// Waiting, if set, is called before every wait but those of a steady rate.
	Waiting func(Wait)

	once sync.Once
	http *http.Client
}

// Wait is a wait that is about to begin.
type Wait struct {
	Source string
	Why    string // "rate limit", or the error after which it is tried again
	Until  time.Time
}

// Answers beyond these sizes are not read.
const (
	maxBody  = 4 << 20
	maxPage  = 16 << 20 // of a captured page
	maxList  = 32 << 20 // of a CDX list
	maxError = 1 << 20  // of what a status says that is no success
)

// reply is what a service said, whatever its status.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// service is a service with its pace and what nobody else may see of it.
type service struct {
	name    string
	base    string        // its address
	flag    string        // that sets it
	every   *rate.Limiter // its steady rate
	pause   time.Duration // after a 429 that does not say how long
	until   time.Time     // not asked before
	secrets []Secret
	limit   int64 // of a body, 0 is maxBody

	spoken bool // it answered once as it should
	odd    int  // answers that were none until then
	pages  bool // its answers are other people's pages: odd ones say nothing of it

	traces, pieces map[string]bool // of the secrets: see tells
}

// How often a service that has not answered once as it should is asked: in one
// call, and in all until it is given up.
const (
	oddInCall = 2
	oddInAll  = 4
)

// Secret is a token or key. It prints as [secret].
type Secret string

func (Secret) String() string               { return "[secret]" }
func (Secret) GoString() string             { return "[secret]" }
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// valid says whether the secret can be in a header.
func (s Secret) valid() bool {
	return s != "" && strings.IndexFunc(string(s), func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil && d > 0 {
		return c.Sleep(ctx, d)
	}
	return archive.Sleep(ctx, d)
}

// transport is what all requests go through in the end.
func (c *Client) transport() http.RoundTripper {
	c.client()
	return c.http.Transport
}

func (c *Client) client() *http.Client {
	c.once.Do(func() {
		t := c.Transport
		if t == nil {
			d := http.DefaultTransport.(*http.Transport).Clone()
			d.MaxResponseHeaderBytes = 1 << 20
			t = d
		}
		c.http = &http.Client{Transport: t, CheckRedirect: redirect}
	})
	return c.http
}

// encrypted refuses what is not TLS, but for this machine itself.
func encrypted(u *url.URL) error {
	if u.Scheme == "https" {
		return nil
	}
	if u.Scheme == "http" {
		ip := net.ParseIP(u.Hostname())
		if u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			return nil
		}
	}
	return fmt.Errorf("%s://%s: only https is asked", u.Scheme, u.Host)
}

// CheckBase says what is wrong with the address of a service.
func CheckBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case archive.WithoutSecrets(base) != base:
		return errors.New("an address with a password, a key or a fragment in it")
	case err != nil:
		return err
	case u.Host == "":
		return fmt.Errorf("%q is no address of a service", base)
	}
	return encrypted(u)
}

// get asks for an address.
func (c *Client) get(ctx context.Context, s *service, address string, bearer Secret, usable func(*reply) error) (*reply, error) {
	return c.call(ctx, s, func(ctx context.Context) (*reply, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, &Stop{Err: err}
		}
		if err := encrypted(req.URL); err != nil {
			return nil, &Stop{Err: err}
		}
		c.identify(req)
		if bearer != "" {
			req.Header.Set("Authorization", "Bearer "+string(bearer))
		}
		resp, err := c.client().Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		return s.read(resp)
	}, usable)
}

func (c *Client) identify(req *http.Request) {
	req.Header.Set("User-Agent", cmp.Or(c.Agent, "tweetarc"))
}

// read reads a reply to its end. One that sends a secret back to us is not
// used: bodies are kept and shown.
func (s *service) read(resp *http.Response) (*reply, error) {
	limit := cmp.Or(s.limit, maxBody)
	if resp.StatusCode >= 300 {
		limit = maxError
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	r := &reply{resp.StatusCode, resp.Header, body}
	switch {
	case r.status >= 300 && int64(len(body)) > limit:
		r.body = nil
	case int64(len(body)) > limit:
		return nil, &tooLong{limit}
	case r.status < 300 && limit <= maxBody && s.tells(body, false): // what is longer is of the Wayback Machine, which has no secret
		return nil, &nonsense{strconv.Itoa(r.status) + " with " + repeats}
	case r.status >= 300 && s.tells(body, true):
		r.body = []byte(`{"detail":"` + repeats + `"}`)
	}
	return r, nil
}

type tooLong struct{ limit int64 }

func (e *tooLong) Error() string { return fmt.Sprintf("an answer of more than %d bytes", e.limit) }

// statusError is a status that is no answer.
type statusError struct {
	status int
	detail string
}

func (e *statusError) Error() string {
	s := strings.TrimSpace(strconv.Itoa(e.status) + " " + http.StatusText(e.status))
	if e.detail != "" && !strings.EqualFold(e.detail, http.StatusText(e.status)) {
		s += ": " + e.detail
	}
	return s
}

// statusError makes an error of a reply, with the service's own words.
func (r *reply) statusError() *statusError {
	return &statusError{r.status, r.detail()}
}

// problem is an error of v2 or, in Errors, of v1.1.
type problem struct {
	Title, Detail, Type string
	Error               any
	Request             string // of oEmbed
	Errors              []struct {
		Message, Detail string
		Code            int
	}
}

func (r *reply) problem() (p problem) {
	json.Unmarshal(r.body, &p) // what is no JSON says nothing, nor does a field of another type
	return p
}

// detail is what the service says of its error, one line.
func (r *reply) detail() string {
	p := r.problem()
	d := cmp.Or(p.Detail, p.Title)
	if s, ok := p.Error.(string); ok && d == "" {
		d = s
	}
	for _, e := range p.Errors {
		if d == "" {
			if d = cmp.Or(e.Message, e.Detail); e.Code != 0 {
				d = fmt.Sprintf("%s (code %d)", d, e.Code)
			}
		}
	}
	return shown(d, 300)
}

// isJSON says whether the reply is JSON, whatever its header says.
func (r *reply) isJSON() bool { return json.Valid(r.body) }

// wantJSON is what makes a reply usable to most sources: below 500 and, where
// all went well, JSON.
func wantJSON(r *reply) error {
	if r.status < 300 && !r.isJSON() {
		return r.nonsense("")
	}
	return nil
}

// call asks until a reply is usable. It waits for the service's pace, and
// tries again what may pass: a full service (429), a broken one (5xx), lost
// connections, slow answers and those that usable refuses. A service that
// never answered but with nonsense is given up soon.
func (c *Client) call(ctx context.Context, s *service, try func(context.Context) (*reply, error), usable func(*reply) error) (*reply, error) {
	tries := cmp.Or(c.Tries, 6)
	began := c.now()
	for n := 1; ; n++ {
		if err := c.await(ctx, s); err != nil {
			return nil, err
		}
		r, err := c.tryOnce(ctx, try)
		if err == nil {
			err = s.judge(r, c.now(), usable)
		}
		err = s.hush(err)
		var stop *Stop
		var long *tooLong
		var odd *nonsense
		var away *elsewhere
		isOdd := errors.As(err, &odd) || errors.As(err, &away)
		if isOdd && !s.spoken && !s.pages {
			s.odd++
		}
		switch cause := context.Cause(ctx); {
		case cause != nil:
			return nil, cause
		case errors.As(err, &stop), errors.As(err, &long):
			return nil, err
		case err == nil:
			s.spoken = s.spoken || r.status < 300 || r.status == http.StatusNotFound // in the words of the service: see usable
			s.odd = 0
			return r, nil
		case s.odd >= oddInAll:
			return nil, &Stop{fmt.Errorf("%s is not what it should be: it answers %w", shown(s.base, 100), err), "is " + s.flag + " right, and does the network ask for a login?"}
		case away != nil, isOdd && !s.spoken && !s.pages && n >= oddInCall:
			return nil, fmt.Errorf("%s answers %w", shown(s.base, 100), err)
		case n == tries:
			return nil, fmt.Errorf("%w, %d times", err, n)
		case n > 1 && c.now().Sub(began) > cmp.Or(c.Patience, time.Hour):
			return nil, &Stop{fmt.Errorf("%w, since %s", err, began.Local().Format("2006-01-02 15:04")), "what was answered is kept; the same command goes on later"}
		}
		why := rateLimit
		if r == nil || r.status != http.StatusTooManyRequests {
			why = escaped(err.Error())
			s.notBefore(c.now().Add(archive.Backoff(n, 2*time.Second, 2*time.Minute)))
		}
		if err := c.pause(ctx, s, why); err != nil {
			return nil, err
		}
	}
}

const rateLimit = "rate limit"

// tryOnce tries once, and words why there was no reply.
func (c *Client) tryOnce(ctx context.Context, try func(context.Context) (*reply, error)) (*reply, error) {
	timeout := cmp.Or(c.Timeout, time.Minute)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := try(ctx)
	var stop *Stop
	var long *tooLong
	var u *url.Error // says the address, which is long and no news
	switch {
	case err == nil:
		return r, nil
	case errors.As(err, &stop), errors.As(err, &long):
	case ctx.Err() != nil:
		err = fmt.Errorf("no answer in %v", timeout)
	default:
		for errors.As(err, &u) { // v1's is in another one
			err = u.Err
		}
		if strings.HasPrefix(err.Error(), "failed to parse Location header") { // net/http's, with all of it
			err = &nonsense{"a redirect to what is no address"}
		}
	}
	return nil, err
}

// judge says why a reply is no answer, and notes until when the service is not
// to be asked again.
func (s *service) judge(r *reply, now time.Time, usable func(*reply) error) error {
	switch {
	case r.status == http.StatusTooManyRequests:
		s.until = r.free(now, cmp.Or(s.pause, time.Minute))
		return r.statusError()
	case r.status >= 500, r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly:
		if at, ok := r.retryAfter(now); ok {
			s.until = at
		}
		return r.statusError()
	}
	if err := usable(r); err != nil {
		return err
	}
	if at, ok := r.reset(); ok && r.header.Get("x-rate-limit-remaining") == "0" {
		s.notBefore(at)
	}
	return nil
}

// notBefore sees to it that the service is not asked before a time.
func (s *service) notBefore(at time.Time) {
	if at.After(s.until) {
		s.until = at
	}
}

// await waits until the service may be asked.
func (c *Client) await(ctx context.Context, s *service) error {
	if err := c.pause(ctx, s, rateLimit); err != nil {
		return err
	}
	if s.every == nil {
		return context.Cause(ctx)
	}
	now := c.now()
	return c.sleep(ctx, s.every.ReserveN(now, 1).DelayFrom(now))
}

// pause waits until s.until.
func (c *Client) pause(ctx context.Context, s *service, why string) error {
	d := s.until.Sub(c.now())
	if d <= 0 {
		return nil
	}
	if d > cmp.Or(c.Patience, time.Hour) {
		return &Stop{fmt.Errorf("%s until %s", why, s.until.Local().Format("2006-01-02 15:04")), "what was answered is kept; the same command goes on then"}
	}
	if c.Waiting != nil {
		c.Waiting(Wait{s.name, why, s.until})
	}
	return c.sleep(ctx, d)
}

// free is when a service that had enough may be asked again.
func (r *reply) free(now time.Time, otherwise time.Duration) time.Time {
	if at, ok := r.retryAfter(now); ok && at.After(now) {
		return at
	}
	if at, ok := r.reset(); ok && at.After(now) {
		return at.Add(rand.N(2 * time.Second)) // clocks differ
	}
	return now.Add(otherwise + rand.N(otherwise/4))
}

func (r *reply) retryAfter(now time.Time) (time.Time, bool) {
	return archive.RetryAfter(r.header.Get("Retry-After"), now)
}

// reset reads X's header, seconds since 1970.
func (r *reply) reset() (time.Time, bool) {
	n, err := strconv.ParseInt(r.header.Get("x-rate-limit-reset"), 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(n, 0), true
}
