package web

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// A figure is XML, whatever strangers call themselves.
func TestFigure(t *testing.T) {
	h := start(t)
	for _, by := range []string{"outlet,article-month", "handle,hashtag", "domain,posted-day", "mention,form"} {
		_, body := get(t, h, "/counts.svg?by="+by)
		d := xml.NewDecoder(strings.NewReader(body))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("by %s: %v", by, err)
			}
		}
	}
}
