package archive

import (
	"strings"
	"testing"
)

// addresses show what FindStatus must find in them: [ ] around the address, { }
// around the ID, < > around the handle. Without marks it must find nothing.
var addresses = []string{
	// the plain forms
	"[https://twitter.com/<ada_l>/status/{1196933671941046371}]",
	"[http://twitter.com/<ada_l>/statuses/{374826599838646277}]",
	"[https://x.com/<ada_l>/status/{2078585600209850276}]?ref_src=twsrc%5Etfw",
	"see [twitter.com/<ada_l>/status/{1196933671941046371}]/photo/1 and more",
	"[//twitter.com/<ada_l>/status/{1196933671941046371}]#m",
	"[https://www.twitter.com/<ada_l>/status/{1196933671941046371}]?s=20",
	"[https://mobile.twitter.com/<ada_l>/status/{1196933671941046371}]",
	"[https://m.twitter.com/<ada_l>/status/{1196933671941046371}]/video/1",
	"[https://de.twitter.com/<ada_l>/status/{374826599838646277}]",
	"[HTTPS://Twitter.COM/<Ada_L>/status/{1196933671941046371}]",
	"[https://twitter.com/#!/<ada_l>/status/{66960772953018368}]",
	"[https://twitter.com/%23!/<ada_l>/status/{66960772953018368}]",
	"[https://twitter.com/<jack>/statuses/{20}]",
	// no handle
	"[https://twitter.com/i/web/status/{1453226479449015273}]",
	"[https://twitter.com/i/status/{1453226479449015273}]",
	"[https://twitter.com/statuses/{14000000001}]",
	"[https://twitter.com/X/status/{1875709309350841275}]?ref_src=tw",
	"[https://twitter.com/<x>/status/{1875709309350841275}]",
	// other hosts
	"[https://nitter.net/<ada_l>/status/{1196933671941046371}]#m",
	"[https://nitter.example-host.org/<ada_l>/status/{1196933671941046371}]",
	"[https://vxtwitter.com/<ada_l>/status/{1196933671941046371}]",
	"[https://xcancel.com/<ada_l>/status/{1196933671941046371}]",
	// inside another address, JSON, entities
	"https://web.archive.org/web/20160820205919/[http://twitter.com/<ada_l>/status/{739064153502658617}]",
	"https://web.archive.org/web/2016/[http://twitter.com:80/<ada_l>/status/{739064153502658617}]",
	"https://archive.ph/o/Ab1/[https://twitter.com/<ada_l>/status/{739064153502658617}]",
	"embed?url=[https%3A%2F%2Fx.com%2F<ada_l>%2Fstatus%2F{1783148892779448274}]%3Flang%3Dde",
	"embed?url=[https%3a%2f%2ftwitter.com%2f<F2F>%2fstatus%2f{1783148892779448274}]",
	"next=embed%3Furl%3D[https%253A%252F%252Ftwitter.com%252F<ada_l>%252Fstatus%252F{1783148892779448274}]",
	`{"url":"[https:\/\/twitter.com\/<ada_l>\/status\/{1196933671941046371}]"}`,
	`{"url":"[https:\u002F\u002Ftwitter.com\u002F<ada_l>\u002Fstatus\u002F{1196933671941046371}]"}`,
	`{\"url\":\"[https:\\/\\/twitter.com\\/<ada_l>\\/status\\/{1196933671941046371}]\"}`,
	`href="[https:&#x2F;&#x2F;twitter.com&#x2F;<ada_l>&#x2F;status&#x2F;{1196933671941046371}]"`,
	"[https%3A%2F%2Ftwitter.com%2Fi%2Fweb%2Fstatus%2F{1453226479449015273}]",
	// the first of two, or the second if the first is not a tweet's
	"[https://x.com/<a>/status/{21}] https://x.com/b/status/22",
	"https://example.org/status/21 [https://x.com/<b>/status/{22}]",
	"status status/1 [https://x.com/<b>/status/{22}]",
	// glued to what follows
	"[https://twitter.com/<ada_l>/status/{1196933671941046371}]pic.twitter.com/abc",
	"([https://twitter.com/<ada_l>/status/{1196933671941046371}])",

	// nothing to find
	"",
	"status",
	"https://twitter.com/ada_l",
	"https://twitter.com/ada_l/lists/status",
	"https://twitter.com/ada_l/status/",
	"https://twitter.com/ada_l/status/abc",
	"https://twitter.com/i/web/status/1…",
	"https://twitter.com/ada_l/status/119693...",
	"https://netflix.com/ada_l/status/1196933671941046371",
	"https://twitter.com.example.org/ada_l/status/1196933671941046371",
	"https://example.org/ada_l/status/1196933671941046371",
	"https://api.twitter.com/1.1/statuses/show/1196933671941046371.json",
	"https://twitter.com/ada_l/media/status/1196933671941046371",
	"https://twitter.com/i/web/more/status/1196933671941046371",
	"https://twitter.com/this_name_is_far_too_long/status/1196933671941046371",
	"https://twitter.com/ada-l/status/1196933671941046371",
	"https://twitter.com/ada_l/status/01196933671941046371",
	"https://twitter.com/ada_l/status/99999999999",         // between the sequence and the snowflakes
	"https://twitter.com/ada_l/status/9196933671941046371", // in the year 2080
	"https://twitter.com/ada_l/status/11969336719410463710",
	"https://twitter.com/intent/tweet?in_reply_to=1196933671941046371",
}

func TestFindStatus(t *testing.T) {
	for _, c := range addresses {
		plain := unmarked(c)
		got := plain
		if st, ok := FindStatus(plain); ok {
			addr := plain[st.Start:st.End]
			path := strings.TrimSuffix(addr, st.ID)
			if st.Handle != "" {
				at := strings.LastIndex(path[:strings.LastIndex(path, "status")], st.Handle)
				path = path[:at] + "<" + st.Handle + ">" + path[at+len(st.Handle):]
			}
			got = plain[:st.Start] + "[" + path + "{" + st.ID + "}]" + plain[st.End:]
		}
		if got != c {
			t.Errorf("want %s\n got %s", c, got)
		}
	}
}

// unmarked removes the marks. JSON has braces too: only those around digits are
// marks.
func unmarked(s string) string {
	s = strings.NewReplacer("[", "", "]", "", "<", "", ">", "").Replace(s)
	for i := range len(s) {
		if n := i + 1 + span(s[i+1:], isDigit); s[i] == '{' && n < len(s) && n > i+1 && s[n] == '}' {
			return s[:i] + s[i+1:n] + s[n+1:]
		}
	}
	return s
}

func TestIsStatusID(t *testing.T) {
	for id, want := range map[string]bool{
		"20": true, "29700859247": true, "14000000002": true,
		"29700859248": false, "9999999999999": false, "10000000000000": true,
		"1196933671941046371": true, "9223372036854775807": false, "9223372036854775808": false,
		"": false, "0": false, "020": false, "-20": false, "+20": false, "2_0": false, "20 ": false, "٢٠": false,
	} {
		if got := IsStatusID(id); got != want {
			t.Errorf("IsStatusID(%q) = %v", id, got)
		}
	}
}

func TestStatusTime(t *testing.T) {
	for id, want := range map[string]string{
		"1196933671941046371": "2019-11-19T23:30:00.000Z",
		"66960772953018368":   "2011-05-07T20:21:07.000Z",
		"29700859247":         "", // an old one: no time
		"20":                  "",
		"":                    "",
		"x":                   "",
	} {
		got := ""
		if at, ok := StatusTime(id); ok {
			got = at.Format("2006-01-02T15:04:05.000Z07:00")
		}
		if got != want {
			t.Errorf("StatusTime(%q) = %s, want %s", id, got, want)
		}
	}
}

func TestWithID(t *testing.T) {
	printed := Tweet{Date: "2019-11-18"}
	printed.WithID("1196933671941046371")
	if printed.Date != "2019-11-18" || printed.At.IsZero() {
		t.Errorf("the printed day was lost: %+v", printed)
	}
	var bare, old Tweet
	bare.WithID("1196933671941046371")
	if bare.Date != "2019-11-19" {
		t.Errorf("no day from the ID: %+v", bare)
	}
	old.WithID("20")
	if old.ID != "20" || old.Date != "" || !old.At.IsZero() {
		t.Errorf("a day from an ID that holds none: %+v", old)
	}
}

func TestIsHandle(t *testing.T) {
	for h, want := range map[string]bool{
		"a": true, "Ada_L": true, "12_31_84": true, "abcdefghijklmnopqrst": true,
		"": false, "abcdefghijklmnopqrstu": false, "ada.l": false, "ada-l": false, "@ada": false, "ada l": false, "ädä": false, "a\x00": false,
	} {
		if got := IsHandle(h); got != want {
			t.Errorf("IsHandle(%q) = %v", h, got)
		}
	}
}

// These laws hold for whatever FindStatus finds.
func FuzzFindStatus(f *testing.F) {
	for _, s := range []string{
		"https://twitter.com/ada_l/status/1196933671941046371", `https:\/\/x.com\/i\/web\/status\/1453226479449015273`,
		"url=https%3A%2F%2Fnitter.net%2Fa%2Fstatuses%2F20", "http://twitter.com:80/#!/a/status/20", "\\u002Fstatus\\u002F20",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		st, ok := FindStatus(s)
		if !ok {
			return
		}
		if st.Start < 0 || st.Start >= st.End || st.End > len(s) {
			t.Fatalf("%q: [%d:%d] of %d bytes", s, st.Start, st.End, len(s))
		}
		addr := s[st.Start:st.End]
		if !strings.HasSuffix(addr, st.ID) || !strings.Contains(addr, st.Handle) || !IsStatusID(st.ID) || st.Handle != "" && !IsHandle(st.Handle) {
			t.Fatalf("%q: %+v", s, st)
		}
		if again, ok := FindStatus(addr); !ok || again.ID != st.ID || again.Handle != st.Handle {
			t.Fatalf("%q alone gives %+v, in its place %+v", addr, again, st)
		}
	})
}

func BenchmarkFindStatus(b *testing.B) {
	s := strings.Repeat("the xhr.status is a statuscode and https://example.org/status/200 is no tweet; ", 1<<10)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := FindStatus(s); ok {
			b.Fatal("found one")
		}
	}
}
