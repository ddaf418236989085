package archive

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestSleep(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := Sleep(ctx, time.Millisecond); err != nil {
		t.Error(err)
	}
	why := errors.New("enough")
	cancel(why)
	for _, d := range []time.Duration{0, time.Hour} {
		if err := Sleep(ctx, d); err != why {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	for n, most := range []time.Duration{1: 2, 2: 4, 3: 8, 4: 10, 5: 10, 99: 10} {
		if n == 0 || most == 0 {
			continue
		}
		for range 100 {
			if d := Backoff(n, 2*time.Second, 10*time.Second); d < most*time.Second/2 || d > most*time.Second {
				t.Errorf("%d: %v, want %d s at most", n, d, most)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2020, 3, 2, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"0": 0, " 120 ": 2 * time.Minute, "Mon, 02 Mar 2020 10:00:30 GMT": 30 * time.Second, "Monday, 02-Mar-20 10:00:30 GMT": 30 * time.Second,
		"Mon Mar  2 10:00:30 2020": 30 * time.Second, "-1": -1, "": -1, "soon": -1,
	} {
		at, ok := RetryAfter(header, now)
		if ok != (want >= 0) || ok && at.Sub(now) != want {
			t.Errorf("%q: %v %v", header, at, ok)
		}
	}
}
