// Package remote opens inputs that are named by URL: http, https, and s3 by its
// public https form. An input is one stream, never stored; what the network
// does to it meanwhile (a connection that is cut or falls silent, a server that
// is busy) is mended by asking again for the rest.
//
// A URL may hold a user name and password, or a signature. They go to the server
// that it names and nowhere else: no error has them, nor has a redirect to
// another server. As a name, a URL is what archive.WithoutSecrets leaves of it.
//
//	client := remote.Client{Agent: "tweetarc/1.0"}
//	in, err := client.Open(ctx, "s3://commoncrawl/crawl-data/.../x.warc.gz")
//	defer in.Close()
//	io.Copy(w, in)
package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/tweetarc/archive"
)

// Client opens inputs. Its fields may be left zero, and must not be changed
// once it is in use. It may be used by several goroutines at once.
type Client struct {
	Agent string // User-Agent, so that a server's owner knows who asks

	// Tries is how often in a row a server is asked without one more byte of an
	// input, 0 is 12. Before each try but the first Wait goes by (0 is a
	// second), doubled each time up to MaxWait (0 is a minute), half of it by
	// chance: a server that is busy is not helped by all asking at once.
	Tries         int
	Wait, MaxWait time.Duration

	// Stall is the silence after which a connection is given up, 0 is a minute.
	Stall time.Duration

	once sync.Once
	http *http.Client
}

func or[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// maxRetryAfter bounds how long a server may ask us to wait.
const maxRetryAfter = 5 * time.Minute

var (
	errStalled  = errors.New("no answer")
	errCut      = errors.New("connection cut")
	errRange    = errors.New("the server sent another part than asked for")
	errChanged  = errors.New("changed while it was read")
	errURL      = errors.New("not a valid URL")
	errScheme   = errors.New("only http, https and s3 can be read")
	errNoHost   = errors.New("URL without a host")
	errBucket   = errors.New("not the name of an S3 bucket")
	errLocation = errors.New("redirected to what is no URL")
	errLoop     = errors.New("redirected too often")
	errNear     = errors.New("redirected to an address inside this network, which no public server may name")
)

// Is says whether path is a URL that Open knows, rather than a file's name.
func Is(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	if !ok {
		return false
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "s3":
		return true
	}
	return false
}

// buckets have a public address of their own: Common Crawl's S3 answers only
// who has an account there, its CDN everybody
// (https://commoncrawl.org/get-started).
var buckets = map[string]string{"commoncrawl": "https://data.commoncrawl.org/"}

// addressOf is the address that is asked for what name names: itself or, of
// s3://bucket/key, its https form.
func addressOf(name string) (string, error) {
	if len(name) >= len(s3) && strings.EqualFold(name[:len(s3)], s3) {
		bucket, key, _ := strings.Cut(name[len(s3):], "/")
		return bucketAddress(bucket, (&url.URL{Path: key}).EscapedPath()) // a key may hold any character, also ? and #
	}
	u, err := url.Parse(name)
	switch {
	case err != nil && archive.WithoutSecrets(name) != name:
		return "", errURL // what is wrong might be the password
	case err != nil:
		return "", unnamed(err)
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errScheme
	case u.Host == "":
		return "", errNoHost
	}
	u.Fragment = ""
	return u.String(), nil
}

const s3 = "s3://"

func bucketAddress(bucket, key string) (string, error) {
	if strings.Trim(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || bucket == "" {
		return "", errBucket
	}
	if base, ok := buckets[bucket]; ok {
		return base + key, nil
	}
	if strings.Contains(bucket, ".") { // S3's certificate has names of one part alone
		return "https://s3.amazonaws.com/" + bucket + "/" + key, nil
	}
	return "https://" + bucket + ".s3.amazonaws.com/" + key, nil
}

// unnamed takes the URL out of an error, and what is secret out of others, as that
// of a redirect: the caller knows the URL, and it may hold what is nobody else's
// business.
func unnamed(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if strings.HasPrefix(err.Error(), "failed to parse Location header") { // net/http's, with all of it
		return lasting{errLocation}
	}
	if s := archive.TextWithoutSecrets(err.Error()); s != err.Error() {
		return errors.New(s)
	}
	return err
}

// redirected follows a redirect, and does not tell where it comes from: that may
// be what gave access to it.
func redirected(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return lasting{errLoop}
	}
	req.Header.Del("Referer")
	return nil
}

const maxRedirects = 10

// Input is what a URL names, read from its beginning to its end.
type Input struct {
	Size    int64     // bytes, -1 if the server does not say
	ModTime time.Time // zero if the server does not say
	ETag    string    // "" if the server does not say

	client   *Client
	ctx      context.Context
	url      string
	opened   bool  // Size, ModTime and ETag are known
	whole    bool  // do not ask for a range again
	at       int64 // bytes handed on
	skip     int64 // bytes to drop until what comes is new
	failures int   // since the last new byte
	from     origin
	conn     *connection
	err      error // lasting
}

// connection is one answer, with a watch on its silence.
type connection struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	watch  *time.Timer
	after  time.Duration // Retry-After
}

func (c *connection) close() {
	c.watch.Stop()
	if c.body != nil {
		c.body.Close()
	}
	c.cancel(nil)
}

// Open asks for what name names and waits for the head of the answer; ctx ends
// the reading as well. A status that asking again will not change (404) is an
// error at once.
func (c *Client) Open(ctx context.Context, name string) (*Input, error) {
	address, err := addressOf(name)
	if err != nil {
		return nil, err
	}
	c.once.Do(func() {
		c.http = &http.Client{Transport: newReach(), CheckRedirect: redirected}
	})
	in := &Input{Size: -1, client: c, ctx: ctx, url: address}
	if err := in.connect(); err != nil {
		return nil, err
	}
	return in, nil
}

// Close ends the reading. Read fails from now on.
func (in *Input) Close() error {
	in.drop()
	if in.err == nil {
		in.err = errors.New("closed")
	}
	return nil
}

func (in *Input) drop() {
	if in.conn != nil {
		in.conn.close()
		in.conn = nil
	}
}

func (in *Input) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, in.err
	}
	for in.err == nil {
		if in.conn == nil {
			if err := in.connect(); err != nil {
				in.err = err
				break
			}
		}
		into := p
		if in.skip > 0 && in.skip < int64(len(p)) {
			into = p[:in.skip]
		}
		in.conn.watch.Reset(or(in.client.Stall, time.Minute)) // only while we wait for it
		n, err := in.conn.body.Read(into)
		in.conn.watch.Stop()
		if in.skip > 0 {
			in.skip -= int64(n)
			n = 0
		}
		if n > 0 {
			in.at += int64(n)
			in.failures = 0
		}
		switch {
		case err == nil:
		case err == io.EOF && in.skip == 0 && (in.Size < 0 || in.at == in.Size):
			in.drop()
			in.err = io.EOF
		default:
			cause := in.conn.cause(err)
			in.drop()
			in.err = in.retry(cause, 0)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, in.err
}

// cause words why a connection failed.
func (c *connection) cause(err error) error {
	if cause := context.Cause(c.ctx); cause != nil {
		return cause
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	if errors.Is(err, errNear) {
		return lasting{errNear}
	}
	err = unnamed(err)
	var dns *net.DNSError
	if errors.As(err, &dns) {
		err = fmt.Errorf("%s: %s", dns.Name, dns.Err)
		if dns.IsNotFound {
			return lasting{err}
		}
	}
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return lasting{err}
	}
	return err
}

// lasting is an error that asking again will not change.
type lasting struct{ error }

func (l lasting) Unwrap() error { return l.error }

// connect asks until there is an answer, or no hope for one.
func (in *Input) connect() error {
	for {
		c, err := in.request()
		if err == nil {
			in.conn = c
			return nil
		}
		var l lasting
		if errors.As(err, &l) {
			return l.error
		}
		if err := in.retry(err, c.after); err != nil {
			return err
		}
	}
}

// retry counts a failure and waits before the next try; it is an error when
// there is to be none.
func (in *Input) retry(cause error, atLeast time.Duration) error {
	if in.ctx.Err() != nil {
		return context.Cause(in.ctx)
	}
	in.failures++
	if tries := or(in.client.Tries, 12); in.failures >= tries {
		if tries > 1 {
			cause = fmt.Errorf("%w (asked %d times)", cause, tries)
		}
		return cause
	}
	wait := archive.Backoff(in.failures, or(in.client.Wait, time.Second), or(in.client.MaxWait, time.Minute))
	return archive.Sleep(in.ctx, max(wait, min(atLeast, maxRetryAfter)))
}

// request asks once for what has not been read yet.
func (in *Input) request() (*connection, error) {
	ctx, cancel := context.WithCancelCause(in.ctx)
	c := &connection{ctx: ctx, cancel: cancel}
	c.watch = time.AfterFunc(or(in.client.Stall, time.Minute), func() { cancel(errStalled) })
	resp, err := in.ask(ctx)
	if err == nil {
		c.body = resp.Body
		c.watch.Stop()
		err = in.accept(resp)
		if until, ok := archive.RetryAfter(resp.Header.Get("Retry-After"), time.Now()); ok {
			c.after = time.Until(until)
		}
	} else {
		err = c.cause(err)
	}
	if err != nil {
		c.close()
	}
	return c, err
}

func (in *Input) ask(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(context.WithValue(ctx, originKey{}, &in.from), http.MethodGet, in.url, nil)
	if err != nil {
		return nil, err
	}
	if in.client.Agent != "" {
		req.Header.Set("User-Agent", in.client.Agent)
	}
	if in.at > 0 && !in.whole {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", in.at))
		// What has changed comes whole, and is noticed (RFC 9110 section 13.1.5,
		// which wants a strong validator).
		if in.ETag != "" && !strings.HasPrefix(in.ETag, "W/") {
			req.Header.Set("If-Range", in.ETag)
		} else if !in.ModTime.IsZero() {
			req.Header.Set("If-Range", in.ModTime.Format(http.TimeFormat))
		}
	}
	return in.client.http.Do(req)
}

// accept judges an answer, and notes for Read what part of it is new.
func (in *Input) accept(resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		in.skip = in.at
	case code == http.StatusPartialContent && in.at > 0:
		if err := in.acceptRange(resp.Header.Get("Content-Range")); err != nil {
			return err
		}
	case code == http.StatusRequestedRangeNotSatisfiable:
		return lasting{errChanged}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return statusError(code)
	default:
		return lasting{statusError(code)}
	}
	modified, _ := http.ParseTime(resp.Header.Get("Last-Modified"))
	size, etag, modified := resp.ContentLength, resp.Header.Get("ETag"), modified.UTC()
	if !in.opened {
		in.opened = true
		in.Size, in.ModTime, in.ETag = size, modified, etag
		return nil
	}
	if resp.StatusCode == http.StatusOK && otherThan(in.Size, size, -1) || otherThan(in.ETag, etag, "") || otherThan(in.ModTime, modified, time.Time{}) {
		return lasting{errChanged}
	}
	return nil
}

// statusError names a status in our words: the server's may repeat what is secret.
func statusError(code int) error {
	return errors.New(strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code)))
}

// otherThan says whether a and b are different, and both known.
func otherThan[T comparable](a, b, unknown T) bool { return a != b && a != unknown && b != unknown }

// acceptRange judges the range of an answer that is to begin where we are.
func (in *Input) acceptRange(header string) error {
	first, total, ok := contentRange(header)
	if ok && otherThan(in.Size, total, -1) {
		return lasting{errChanged}
	}
	if !ok || first != in.at {
		in.whole = true
		return errRange
	}
	in.skip = 0
	return nil
}

// contentRange reads "bytes first-last/total"; total is -1 for "*".
func contentRange(s string) (first, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, length, ok2 := strings.Cut(s, "/")
	from, _, ok3 := strings.Cut(span, "-")
	if !ok || !ok2 || !ok3 {
		return 0, 0, false
	}
	first, err := strconv.ParseInt(from, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if length == "*" {
		return first, -1, true
	}
	total, err = strconv.ParseInt(length, 10, 64)
	return first, total, err == nil
}
