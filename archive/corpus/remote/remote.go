// Package remote opens inputs that are named by URL: http, https, and s3 by its public
// https address. Begin with Client.Open: in goes a URL, out comes an Input, which is
// read like a file. It is one stream and never stored. If the connection is cut or
// falls silent, or the server is busy, the package asks again for the rest.
//
// A URL may hold a user name and password, or a signature. They go to the server of
// the URL and nowhere else: not into errors, and not to another server after a
// redirect. The name of an input is the URL without them (archive.WithoutSecrets).
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

// Client opens inputs. Its fields may be zero, and must not be changed while it is in
// use. Several goroutines may use it at once.
type Client struct {
	Agent string // User-Agent, so that a server's owner knows who asks

	// Tries is how often in a row the server is asked without a new byte of the
	// input; 0 is 12. Between two tries the client waits for Wait (0 is a second),
	// doubled each time up to MaxWait (0 is a minute). Half of that is random, so
	// that many clients do not ask a busy server at the same moment.
	Tries         int
	Wait, MaxWait time.Duration

	// Stall is how long a connection may be silent before it is closed; 0 is a minute.
	Stall time.Duration

	once sync.Once
	http *http.Client
}

// or is v, or the default for a field that is zero.
func or[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// maxRetryAfter limits how long a server may make us wait.
const maxRetryAfter = 5 * time.Minute

var (
	errStalled  = errors.New("the server does not answer")
	errCut      = errors.New("connection cut")
	errRange    = errors.New("the server sent another part than the one asked for")
	errChanged  = errors.New("changed while it was read; run the command again")
	errURL      = errors.New("not a valid URL")
	errScheme   = errors.New("only http, https and s3 can be read")
	errNoHost   = errors.New("the URL has no host")
	errBucket   = errors.New("not the name of an S3 bucket")
	errLocation = errors.New("the server redirects to an invalid URL")
	errLoop     = errors.New("the server redirects too often")
	errNear     = errors.New("the public server redirects to an address inside this network, which is not allowed")
)

// Is says whether path is a URL that Open can read, and not the name of a file.
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

// buckets have their own public address. Common Crawl's S3 answers only users with an
// account, its CDN everybody (https://commoncrawl.org/get-started).
var buckets = map[string]string{"commoncrawl": "https://data.commoncrawl.org/"}

// addressOf is the address to ask for a URL: the URL itself or, for s3://bucket/key, its
// https address.
func addressOf(name string) (string, error) {
	if len(name) >= len(s3) && strings.EqualFold(name[:len(s3)], s3) {
		bucket, key, _ := strings.Cut(name[len(s3):], "/")
		return bucketAddress(bucket, (&url.URL{Path: key}).EscapedPath()) // a key may hold any character, also ? and #
	}
	u, err := url.Parse(name)
	switch {
	case err != nil && archive.WithoutSecrets(name) != name:
		return "", errURL // the error might show the password
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

// bucketAddress is the https address of a key in a bucket.
func bucketAddress(bucket, key string) (string, error) {
	if strings.Trim(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || bucket == "" {
		return "", errBucket
	}
	if base, ok := buckets[bucket]; ok {
		return base + key, nil
	}
	if strings.Contains(bucket, ".") { // S3's certificate is only for names without a dot
		return "https://s3.amazonaws.com/" + bucket + "/" + key, nil
	}
	return "https://" + bucket + ".s3.amazonaws.com/" + key, nil
}

// unnamed removes the URL from an error, which may hold secrets and which the caller
// knows. It also removes the secrets from other URLs in it, as that of a redirect.
func unnamed(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if strings.HasPrefix(err.Error(), "failed to parse Location header") { // net/http quotes the header
		return lasting{errLocation}
	}
	if s := archive.TextWithoutSecrets(err.Error()); s != err.Error() {
		return errors.New(s)
	}
	return err
}

// redirected follows a redirect. It removes the Referer, as the first URL may hold
// secrets.
func redirected(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return lasting{errLoop}
	}
	req.Header.Del("Referer")
	return nil
}

const maxRedirects = 10

// Input reads what is at a URL, from its beginning to its end.
type Input struct {
	Size    int64     // bytes, -1 if the server does not say
	ModTime time.Time // zero if the server does not say
	ETag    string    // "" if the server does not say

	client   *Client
	ctx      context.Context
	url      string
	opened   bool  // Size, ModTime and ETag are known
	whole    bool  // do not ask for a range again
	at       int64 // bytes that Read has given
	skip     int64 // bytes that Read must drop, as it gave them before
	failures int   // since the last new byte
	from     origin
	conn     *connection
	err      error // that Read gives from now on
}

// connection is one answer. The watch ends it if it is silent.
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

// Open asks for a URL and waits for the head of the answer. ctx also ends the reading. A
// status that will not change (404) is an error at once.
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

// drop closes the connection.
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

// cause says why a connection failed.
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

// lasting is an error for which asking again is no use.
type lasting struct{ error }

func (l lasting) Unwrap() error { return l.error }

// connect asks until there is an answer, or retry or a lasting error ends it.
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

// retry counts a failure and waits before the next try. If there must be no more tries,
// it returns the error.
func (in *Input) retry(cause error, atLeast time.Duration) error {
	if in.ctx.Err() != nil {
		return context.Cause(in.ctx)
	}
	in.failures++
	if tries := or(in.client.Tries, 12); in.failures >= tries {
		if tries > 1 {
			cause = fmt.Errorf("%w (tried %d times)", cause, tries)
		}
		return cause
	}
	wait := archive.Backoff(in.failures, or(in.client.Wait, time.Second), or(in.client.MaxWait, time.Minute))
	return archive.Sleep(in.ctx, max(wait, min(atLeast, maxRetryAfter)))
}

// request asks once for what has not been read.
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

// ask sends the request.
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
		// A changed file comes whole, and accept notices it (RFC 9110 section 13.1.5,
		// which requires a strong validator).
		if in.ETag != "" && !strings.HasPrefix(in.ETag, "W/") {
			req.Header.Set("If-Range", in.ETag)
		} else if !in.ModTime.IsZero() {
			req.Header.Set("If-Range", in.ModTime.Format(http.TimeFormat))
		}
	}
	return in.client.http.Do(req)
}

// accept checks an answer, and says in skip how much of it Read has given before.
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

// statusError is the error of a status. It has our words, as the server's may repeat a
// secret.
func statusError(code int) error {
	return errors.New(strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code)))
}

// otherThan says whether a and b are both known, and different.
func otherThan[T comparable](a, b, unknown T) bool { return a != b && a != unknown && b != unknown }

// acceptRange checks that the range of an answer begins where reading stopped.
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

// contentRange reads the header "bytes first-last/total". For "*", total is -1.
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
