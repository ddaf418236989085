package detect

import (
	"strings"
	"testing"

	"tweetarc/archive"
)

// What is just within a limit, and what is just beyond it.
func TestLimits(t *testing.T) {
	words := func(n int) string { return strings.Repeat("word ", n/5) }
	const by = " — Ada Mole (@ada_mole) May 4, 2019"
	for _, test := range []struct {
		name, body string
		handles    string // of the embeds
	}{
		{"a frame of 4000 bytes", "Skip Twitter post by @ada_mole " + words(4000) + "End of Twitter post by @ada_mole", "ada_mole"},
		{"a frame of 4200", "Skip Twitter post by @ada_mole " + words(4200) + "End of Twitter post by @ada_mole", ""},
		{"the frame's end 40 bytes after the attribution", "It said." + by + strings.Repeat(" word", 7) + " End of Twitter post by @rio_tan", "ada_mole"},
		{"... 50 bytes", "It said." + by + strings.Repeat(" word", 9) + " End of Twitter post by @rio_tan", "ada_mole rio_tan"},
		{"... 1000 bytes, of the same author", "It said." + by + strings.Repeat(" Word.", 165) + " End of Twitter post by @ada_mole", "ada_mole"},
		{"... 1100 bytes", "It said." + by + strings.Repeat(" Word.", 183) + " End of Twitter post by @ada_mole", "ada_mole ada_mole"},
		{"a widget's text of 47 lines", "Ada Mole @ada_mole\n" + strings.Repeat("word\n", 47) + "9:07 AM - 28 Dec 2016\n", "ada_mole"},
		{"... 48 lines", "Ada Mole @ada_mole\n" + strings.Repeat("word\n", 48) + "9:07 AM - 28 Dec 2016\n", ""},
		{"a widget's line of 990 bytes", "Ada Mole @ada_mole\n" + words(990) + "\n9:07 AM - 28 Dec 2016\n", "ada_mole"},
		{"... 1010 bytes", "Ada Mole @ada_mole\n" + words(1015) + "\n9:07 AM - 28 Dec 2016\n", ""},
		{"a widget's name of 250 bytes", strings.Repeat("w", 250) + " @ada_mole\nword\n9:07 AM - 28 Dec 2016\n", "ada_mole"},
		{"... 260 bytes", strings.Repeat("w", 260) + " @ada_mole\nword\n9:07 AM - 28 Dec 2016\n", ""},
		{"a header's text of 420 letters", "Ada Mole (@ada_mole) " + strings.Repeat("Word ", 84) + "\n", "ada_mole"},
		{"... 425 letters", "Ada Mole (@ada_mole) " + strings.Repeat("Word ", 86) + "\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var handles []string
			for _, e := range Tweets(&archive.Article{Body: test.body}) {
				handles = append(handles, e.Handle)
			}
			if got := strings.Join(handles, " "); got != test.handles {
				t.Errorf("found %q, not %q", got, test.handles)
			}
		})
	}
}

// A passage reaches back over 4096 bytes of text, and what is around it over 6000
// before and 2000 after.
func TestPassages(t *testing.T) {
	body := strings.Repeat("Word words. ", 1000) + "— Ada Mole (@ada_mole) May 4, 2019 " + strings.Repeat("Word words. ", 1000)
	for _, p := range Passages(&archive.Article{Body: body}) {
		if len(p.Text) != 4096 || len(p.Text)+len(p.Before) != 6000 || len(p.After) != 2000 {
			t.Errorf("the text has %d bytes, with what is before %d, and after it are %d", len(p.Text), len(p.Text)+len(p.Before), len(p.After))
		}
	}
}

// However a tag is written, a record with one may be a page.
func TestMayHoldTags(t *testing.T) {
	for _, less := range []string{"<", `\u003c`, `\u003C`, "&lt;", "%3C", "%3c", "=3C"} {
		if raw := "a tweet " + less + "p"; !MayHold([]byte(raw)) {
			t.Errorf("%q is dropped", raw)
		}
		if raw := "x " + less + "oembed url"; !MayHold([]byte(raw)) {
			t.Errorf("%q is dropped", raw)
		}
	}
	for _, raw := range []string{"a tweet of hers on Twitter", "a record of status, oembed {{ b {% c AM"} {
		if MayHold([]byte(raw)) {
			t.Errorf("%q is decoded", raw)
		}
	}
}

// The lines of a tweet after its attribution, and the trust in such a text.
func TestRest(t *testing.T) {
	for _, test := range []struct {
		name, after, rest string
	}{
		{"to a picture", " Second line. pic.twitter.com/AbCdEfGhIj More.", "Second line. pic.twitter.com/AbCdEfGhIj"},
		{"with tags", " Second line. pic.twitter.com/AbCdEfGhIj #mill #gone More.", "Second line. pic.twitter.com/AbCdEfGhIj #mill #gone"},
		{"to an address", " Second line. https://t.co/AbCdEfGhIj More.", "Second line. https://t.co/AbCdEfGhIj"},
		{"not without one", " Second line. More.", ""},
		{"not in another line", "\nSecond line. https://t.co/AbCdEfGhIj More.", ""},
		{"not longer than a tweet", strings.Repeat(" Second line.", 26) + " https://t.co/AbCdEfGhIj", ""},
		{"not if another tweet follows", " Second line. https://t.co/AbCdEfGhIj More. " + strings.Repeat("Words. ", 60) + "— Rio Tan (@rio_tan) May 4, 2019", ""},
		{"but if that is 700 bytes away", " Second line. https://t.co/AbCdEfGhIj More. " + strings.Repeat("Words. ", 110) + "— Rio Tan (@rio_tan) May 4, 2019", "Second line. https://t.co/AbCdEfGhIj"},
		{"or after a picture", " Second line. pic.twitter.com/AbCdEfGhIj More. " + strings.Repeat("Words. ", 60) + "— Rio Tan (@rio_tan) May 4, 2019", "Second line. pic.twitter.com/AbCdEfGhIj"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := Tweets(&archive.Article{Body: "It said nothing.\n\nFirst line. — Ada Mole (@ada_mole) May 4, 2019" + test.after})
			_, rest, _ := strings.Cut(found[0].Text, "\n")
			if rest != test.rest {
				t.Errorf("after the first line comes %q, not %q", rest, test.rest)
			}
			if c := found[0].Confidence; rest != "" && (c > restTrust || c < .8) {
				t.Errorf("the confidence is %v", c)
			}
		})
	}
}

// In a page, an attribution whose link lost its tag: the address is so near.
func TestBroken(t *testing.T) {
	for n, want := range map[int]int{43: 1, 50: 0, 60: 0, 90: 0} {
		body := "<p>(@ada_mole)" + strings.Repeat("a", n) + "://twitter.com/ada_mole/status/1124703206545887232</p>"
		if found := Tweets(&archive.Article{Body: body, HTML: true}); len(found) != want {
			t.Errorf("%d bytes: found %v", n, found)
		}
	}
}

// A name that is doubted lowers the confidence.
func TestDoubt(t *testing.T) {
	with := func(name string) float64 {
		found := Tweets(&archive.Article{Body: "The council met.\n\nThe mill is gone.\n\n" + name + " (@ada_mole) May 4, 2019\n\nIt left."})
		if len(found) != 1 {
			t.Fatalf("%q: %d embeds", name, len(found))
		}
		return found[0].Confidence
	}
	if sure, doubted := with("— Ada Mole"), with("— Replying to Ada Mole"); doubted > sure*0.51 {
		t.Errorf("%v, and in doubt %v", sure, doubted)
	}
}
