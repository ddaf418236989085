package web

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// Before | lead | words | tail | after, of what an embed is.
var passages = []struct {
	name        string
	form        archive.Form
	b, raw, a   string
	words, want string
}{
	{
		"plain", archive.FormText, "He said it. ", "The tram is late. — Rio Tan (@rio_tan) May 2, 2019", "\n\nNobody laughed.", "The tram is late.",
		"He said it. ||The tram is late.| — Rio Tan (@rio_tan) May 2, 2019|\n\nNobody laughed.",
	},
	{"the name first", archive.FormHeader, "", "Rio Tan (@rio_tan): The tram is\nlate.", "", "The tram is late.", "|Rio Tan (@rio_tan): |The tram is late.||"},
	{"an introduction too much", archive.FormText, "a", "It rained. Late! — Rio (@rio)", "", "It rained. Late!", "a||It rained. Late!| — Rio (@rio)|"},
	{"a link in Markdown", archive.FormText, "", "Read the [minutes of the harbour](https://t.co/x) tonight, all of it — R (@r)", "", "Read the minutes of the harbour tonight, all of it", "||Read the minutes of the harbour tonight, all of it| — R (@r)|"},
	{
		"markup", archive.FormBlockquote, `lass="x">Before it.</p>`, `<blockquote class="twitter-tweet"><p lang="en">Fog &amp; rain<br>tonight</p>&mdash; R (@r) <a href="https://x.example">May 2</a></blockquote><script src="x">bad()</script>`, `<p>After <b>it</b>.</p><p cl`, "Fog & rain\ntonight",
		"Before it.\n\n||Fog & rain\ntonight|\n\n— R (@r) May 2|\n\nAfter it.",
	},
	{"plain text with a smaller-than", archive.FormText, "if a < b and c > d: ", "x <3 y — R (@r)", "", "x <3 y", "if a < b and c > d: ||x <3 y| — R (@r)|"},
	{"no words", archive.FormLink, "See ", "https://twitter.com/r/status/1", " there", "", "See |||https://twitter.com/r/status/1| there"},
	{"words from elsewhere", archive.FormText, "a", "nothing of it", "b", "Quite another text.", "a| |Quite another text.|| b"},
	{"bytes that are none", archive.FormText, "\xff", "\xfe\xffhi there\xf0 — R (@r)", "", "hi there", "\ufffd|\ufffd\ufffd|hi there|\ufffd — R (@r)|"},
	{"thousands of stops", archive.FormText, "", strings.Repeat("<", 1000) + " x", "", "x", "|" + strings.Repeat("<", 1000) + " |x||"},
}

func TestPassage(t *testing.T) {
	for _, x := range passages {
		s := store.Passage{Embed: archive.Embed{Form: x.form, Tweet: archive.Tweet{Text: x.words}}, Before: x.b, Raw: x.raw, After: x.a}
		p := newPassage(&s)
		if got := strings.Join([]string{p.Before, p.Lead, p.Words, p.Tail, p.After}, "|"); got != x.want {
			t.Errorf("%s:\n got %q\nwant %q", x.name, got, x.want)
		}
	}
}

func TestVerdictOn(t *testing.T) {
	for _, x := range []struct {
		found, words string
		want         archive.Verdict
	}{
		{"The tram is late.", "The  tram\nis late.", archive.VerdictRight},
		{"He said. The tram is late.", "The tram is late.", archive.VerdictBegins},
		{"is late.", "The tram is late.", archive.VerdictBegins},
		{"The tram is late. Nobody laughed.", "The tram is late.", archive.VerdictEnds},
		{"The tram", "The tram is late.", archive.VerdictEnds},
		{"He said. The tram is late. Nobody", "The tram is late.", archive.VerdictBoth},
		{"tram is", "The tram is late.", archive.VerdictBoth},
		{"The trxm is late.", "The tram is late.", archive.VerdictBoth},
		{"", "The tram is late.", archive.VerdictBoth},
	} {
		if got := verdictOn(x.found, x.words); got != x.want {
			t.Errorf("%q, %q: %s, want %s", x.found, x.words, got, x.want)
		}
	}
}
