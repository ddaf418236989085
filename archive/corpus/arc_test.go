package corpus

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

const arcHeader = "filedesc://a.arc 0.0.0.0 20180306000000 text/plain 20\n1 0 InternetArchive\n\n"

func arcRecord(url, mime, block string) string {
	return fmt.Sprintf("%s 192.0.2.1 20180306010203 %s %d\n%s\n", url, mime, len(block), block)
}

func TestARC(t *testing.T) {
	http := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Fog (@ada_mole)</p>"
	a := arcRecord("http://a.example/x", "text/html", http)
	v2 := strings.Replace(a, " text/html ", " text/html 200 - - 0 a.arc ", 1)
	for _, tt := range []struct{ name, data, want string }{
		{"version 1", arcHeader + a, ":1~ :2"},
		{"version 2", arcHeader + v2, ":1~ :2"},
		{"a space in the URL", arcHeader + strings.Replace(a, "/x", "/x y", 1), ":1~ :2"},
		{"an image", arcHeader + arcRecord("http://a.example/i", "image/png", "x") + a, ":1~ :2~ :3"},
		{"a wrong length", arcHeader + strings.Replace(a, " text/html ", " text/html 1", 1) + a + strings.Repeat(a, 9), ":1~ :2!" + eachOf(3, 12)},
		{"rubbish", arcHeader + "rubbish here\n" + a, ":1~ :2! :3"},
		{"cut", arcHeader + a + a[:len(a)-9], ":1~ :2 :3!"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for a, err := range records(&Reader{}, "a.arc", []byte(tt.data)) {
				switch {
				case err == nil:
					got = append(got, fmt.Sprintf(":%d", a.Record))
					if a.Captured != "2018-03-06T01:02:03Z" || !strings.HasPrefix(a.URL, "http://a.example/x") {
						t.Errorf("%s at %s", a.URL, a.Captured)
					}
				case isSkipped(err):
					got = append(got, fmt.Sprintf(":%d~", recordOf(nil, err)))
				default:
					got = append(got, fmt.Sprintf(":%d!", recordOf(nil, err)))
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func eachOf(from, to int) (s string) {
	for n := from; n <= to; n++ {
		s += fmt.Sprintf(" :%d", n)
	}
	return s
}

func isSkipped(err error) bool {
	var s archive.Skipped
	return errors.As(err, &s)
}
