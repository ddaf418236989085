package archive

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// What all that asks a server needs to ask again.

// Sleep waits for d. Where ctx ends before, it returns its cause.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Backoff is how long to wait after the nth failure in a row: first, doubled each
// time up to most, half of it by chance, so that many clients do not come back at
// once.
func Backoff(n int, first, most time.Duration) time.Duration {
	d := min(first<<min(n-1, 20), most)
	return d/2 + rand.N(d/2+1)
}

// RetryAfter is the time until which the header Retry-After asks to wait, seconds
// or a date (RFC 9110 section 10.2.3).
func RetryAfter(header string, now time.Time) (time.Time, bool) {
	header = strings.TrimSpace(header)
	if n, err := strconv.Atoi(header); err == nil && n >= 0 {
		return now.Add(time.Duration(min(n, 1<<30)) * time.Second), true
	}
	for _, layout := range [...]string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} { // RFC 9110 section 5.6.7
		if at, err := time.Parse(layout, header); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
