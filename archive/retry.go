package archive

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// What every client of a server needs to try again.

// Sleep waits for d. If ctx ends first, Sleep returns the cause.
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

// Backoff is how long to wait after the nth failure in a row. It begins with
// first and doubles each time up to most. Half of it is random, so that many
// clients do not all come back at the same moment.
func Backoff(n int, first, most time.Duration) time.Duration {
	d := min(first<<min(n-1, 20), most)
	return d/2 + rand.N(d/2+1)
}

// RetryAfter reads the header Retry-After, which holds seconds or a date (RFC 9110
// section 10.2.3), and gives the time to wait for. It is false if the header is
// neither.
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
