package archive

import (
	"errors"
	"fmt"
	"testing"
)

func TestTweetURL(t *testing.T) {
	for _, c := range []struct {
		tweet Tweet
		want  string
	}{
		{Tweet{Handle: "ada_l"}, ""},
		{Tweet{ID: "20"}, "https://twitter.com/i/web/status/20"},
		{Tweet{ID: "20", Handle: "ada_l"}, "https://twitter.com/ada_l/status/20"},
	} {
		if got := c.tweet.URL(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.tweet, got, c.want)
		}
	}
}

func TestReadError(t *testing.T) {
	cut := errors.New("unexpected end of the file")
	for _, c := range []struct {
		err          *ReadError
		text, reason string
		damage       bool
	}{
		{&ReadError{Origin: Origin{File: "a.gz"}, Err: &Damage{fmt.Errorf("gzip: %w", cut)}}, "a.gz: gzip: unexpected end of the file", cut.Error(), true},
		{&ReadError{Origin: Origin{File: "a.json", Record: 7}, Err: fmt.Errorf("body: %w", WithDetail("no mill at 4604", "no mill"))}, "a.json:7: body: no mill at 4604", "no mill", false},
		{&ReadError{Origin: Origin{File: "a.warc", Record: 7}, Err: Skipped("image")}, "a.warc:7: image", "image", false},
	} {
		if c.err.Error() != c.text || Reason(c.err) != c.reason || IsDamage(c.err) != c.damage {
			t.Errorf("%q: reason %q, damage %v", c.err, Reason(c.err), IsDamage(c.err))
		}
	}
}
