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

// Tested in enrich_test.go and servers_test.go.

// Client sends all requests. The zero value works; the fields other than Agent,
// Secrets and Waiting are for tests.
type Client struct {
	Transport http.RoundTripper // nil: one of its own
	Agent     string            // the User-Agent
	Tries     int               // of one request; 0: 6
	Timeout   time.Duration     // of one try, its body included; 0: a minute

	Now   func() time.Time                           // nil: time.Now
	Sleep func(context.Context, time.Duration) error // nil: it waits; an error is the context's

	// Secrets are kept out of messages and answers, like those of the source: a
	// server may have seen the secrets of another source.
	Secrets []Secret

	// Waiting, if set, is called before every wait, except those of a steady rate.
	Waiting func(Wait)

	once sync.Once
	http *http.Client
}

// Wait is a wait that begins now.
type Wait struct {
	Source string
	Why    string // "rate limit", or the error of the last try
	Until  time.Time
}

// The most bytes that are read of a body.
const (
	maxBody  = 4 << 20
	maxPage  = 16 << 20 // of a captured page
	maxList  = 32 << 20 // of a list of captures
	maxError = 1 << 20  // of an error
)

// patience is the longest wait, at once or in one call. A service that asks for
// more stops.
const patience = time.Hour

// reply is what a service said, whatever its status.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// service is a service, its rate, and its secrets.
type service struct {
	name    string
	base    string        // its address
	flag    string        // that sets the address
	every   *rate.Limiter // its steady rate
	pause   time.Duration // after a 429 that does not say how long
	until   time.Time     // it is not asked before
	secrets []Secret
	limit   int64 // of a body; 0: maxBody

	spoken bool // it once answered in its own form
	odd    int  // how often it sent something else before
	pages  bool // its answers are the pages of others: nonsense in them is not its fault

	traces, pieces map[string]bool // of the secrets: see holdsSecret
}

// How often a service that has never answered in its own form is asked: in one
// call, and in all.
const (
	oddInCall = 2
	oddInAll  = 4
)

// goesOn is a hint.
const goesOn = "the answers so far are kept; the same command goes on later"

// Secret is a token or a key. It prints as [secret].
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

// transport carries all requests.
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

// encrypted refuses an address without TLS, unless it is on this machine.
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
	return fmt.Errorf("%s://%s is not encrypted: give an https address", u.Scheme, u.Host)
}

// CheckBase says what is wrong with the address of a service, nil if nothing is.
func CheckBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case archive.WithoutSecrets(base) != base:
		return errors.New("the address has a password, a key or a fragment in it: leave that out")
	case err != nil:
		return err
	case u.Host == "":
		return fmt.Errorf("%q is not the address of a service, as https://HOST", base)
	}
	return encrypted(u)
}

// get sends a GET request.
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

// read reads a reply to its end. It does not use a body that repeats a secret,
// for bodies are kept and shown.
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
	case r.status < 300 && limit <= maxBody && s.holdsSecret(body, false): // a higher limit is the Wayback Machine's, which gets no secret
		return nil, &nonsense{strconv.Itoa(r.status) + " with " + repeats}
	case r.status >= 300 && s.holdsSecret(body, true):
		r.body = []byte(`{"detail":"` + repeats + `"}`)
	}
	return r, nil
}

type tooLong struct{ limit int64 }

func (e *tooLong) Error() string { return fmt.Sprintf("an answer of more than %d MB", e.limit>>20) }

// statusError is a status that says that the service does not answer.
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

// statusError makes an error of a reply, in the service's own words.
func (r *reply) statusError() *statusError {
	return &statusError{r.status, r.detail()}
}

// problem is an error of v2 or of oEmbed or, in Errors, of v1.1.
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
	json.Unmarshal(r.body, &p) // without JSON, or with a field of another type, there is nothing to say
	return p
}

// detail is what the service says about its error, in one line.
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

// isJSON says whether the body is JSON, whatever the header says.
func (r *reply) isJSON() bool { return json.Valid(r.body) }

// wantJSON is the usable of most sources: a success must be JSON.
func wantJSON(r *reply) error {
	if r.status < 300 && !r.isJSON() {
		return r.nonsense("")
	}
	return nil
}

// call asks until a reply is usable. It keeps to the service's rate, and tries
// again after what may pass: a rate limit (429), a server that fails (5xx), lost
// connections, slow answers and answers that usable refuses. It soon gives up a
// service that only ever sent nonsense.
func (c *Client) call(ctx context.Context, s *service, try func(context.Context) (*reply, error), usable func(*reply) error) (*reply, error) {
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
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		if err == nil {
			s.spoken = s.spoken || r.status < 300 || r.status == http.StatusNotFound // as usable found it in the service's own words
			s.odd = 0
			return r, nil
		}
		if last := c.giveUp(s, err, n, began); last != nil {
			return nil, last
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

// giveUp is the error of a call whose nth try failed, nil if it is tried again.
func (c *Client) giveUp(s *service, err error, n int, began time.Time) error {
	var stop *Stop
	var long *tooLong
	var odd *nonsense
	var away *elsewhere
	suspect := (errors.As(err, &odd) || errors.As(err, &away)) && !s.spoken && !s.pages
	if suspect {
		s.odd++
	}
	switch {
	case errors.As(err, &stop), errors.As(err, &long):
		return err
	case s.odd >= oddInAll:
		return &Stop{fmt.Errorf("%s does not behave like %s: it sent %w", shown(s.base, 100), s.name, err), "is " + s.flag + " right, and does the network ask for a login?"}
	case away != nil, suspect && n >= oddInCall:
		return fmt.Errorf("%s sent %w", shown(s.base, 100), err)
	case n == cmp.Or(c.Tries, 6):
		return fmt.Errorf("%w, tried %d times", err, n)
	case n > 1 && c.now().Sub(began) > patience:
		return &Stop{fmt.Errorf("%w, since %s", err, began.Local().Format("2006-01-02 15:04")), goesOn}
	}
	return nil
}

const rateLimit = "rate limit"

// tryOnce tries once, and says why there was no reply.
func (c *Client) tryOnce(ctx context.Context, try func(context.Context) (*reply, error)) (*reply, error) {
	timeout := cmp.Or(c.Timeout, time.Minute)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := try(ctx)
	var stop *Stop
	var long *tooLong
	var u *url.Error // repeats the address, which is long
	switch {
	case err == nil:
		return r, nil
	case errors.As(err, &stop), errors.As(err, &long):
	case ctx.Err() != nil:
		err = fmt.Errorf("no answer in %v", timeout)
	default:
		for errors.As(err, &u) { // with v1 there is one in another
			err = u.Err
		}
		if strings.HasPrefix(err.Error(), "failed to parse Location header") { // net/http quotes all of it
			err = &nonsense{"a redirect to an address that is not valid"}
		}
	}
	return nil, err
}

// judge says why a reply is no answer, and notes before when the service must not
// be asked again.
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

// notBefore has the service not asked before a time.
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
	if d > patience {
		return &Stop{fmt.Errorf("%s until %s", why, s.until.Local().Format("2006-01-02 15:04")), goesOn}
	}
	if c.Waiting != nil {
		c.Waiting(Wait{s.name, why, s.until})
	}
	return c.sleep(ctx, d)
}

// free is when a service may be asked again after a 429.
func (r *reply) free(now time.Time, otherwise time.Duration) time.Time {
	if at, ok := r.retryAfter(now); ok && at.After(now) {
		return at
	}
	if at, ok := r.reset(); ok && at.After(now) {
		return at.Add(rand.N(2 * time.Second)) // for clocks differ
	}
	return now.Add(otherwise + rand.N(otherwise/4))
}

func (r *reply) retryAfter(now time.Time) (time.Time, bool) {
	return archive.RetryAfter(r.header.Get("Retry-After"), now)
}

// reset reads X's header: seconds since 1970.
func (r *reply) reset() (time.Time, bool) {
	n, err := strconv.ParseInt(r.header.Get("x-rate-limit-reset"), 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(n, 0), true
}
