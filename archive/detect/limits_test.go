package detect

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
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

// A passage begins at most 4096 bytes before the attribution. What is kept around it is
// 6000 bytes before and 2000 after.
func TestPassages(t *testing.T) {
	body := strings.Repeat("Word words. ", 1000) + "— Ada Mole (@ada_mole) May 4, 2019 " + strings.Repeat("Word words. ", 1000)
	passages, _, _ := Passages(&archive.Article{Body: body})
	for _, p := range passages {
		if len(p.Text) != 4096 || len(p.Text)+len(p.Before) != 6000 || len(p.After) != 2000 {
			t.Errorf("the text has %d bytes, with what is before %d, and after it are %d", len(p.Text), len(p.Text)+len(p.Before), len(p.After))
		}
	}
}

// A record with a tag may be a page, in whatever way the tag is written.
func TestMayHoldTags(t *testing.T) {
	for _, less := range []string{"<", `\u003c`, `\u003C`, "&lt;", "%3C", "%3c", "=3C"} {
		if raw := less + "p tweet"; !MayHold([]byte(raw)) {
			t.Errorf("%q is dropped", raw)
		}
		if raw := "x " + less + "oembed url"; !MayHold([]byte(raw)) {
			t.Errorf("%q is dropped", raw)
		}
	}
	for _, raw := range []string{
		"a tweet of hers on Twitter", "a record of status, oembed {{ b {% c AM",
		// pages that only speak of Twitter
		`<p>A tweet of hers, she said on <a href="https://twitter.com/janeroe">Twitter</a>.</p>`, `{"html": "<p>Her \u201ctweet\u201d, the Twitter mayor of <b>status quo</b> only"}`,
		`<p>The mayor, <a href="https://twitter.com/janeroe" class="handle">@janeroe</a>, said so.`, `<meta name="site" content="@janeroe"><a href="https://twitter.com/intent/tweet?url=x">Share</a>`,
	} {
		if MayHold([]byte(raw)) {
			t.Errorf("%q is decoded", raw)
		}
	}
}

// The lines of a tweet after its attribution count only if addresses in the article prove
// them. And the confidence in such a text.
func TestRest(t *testing.T) {
	const (
		prose = " The council meets again on Monday and hears the owner of the mill. He has said that he did not know of it, and that nobody had told him." +
			" A crowd of a hundred people or so stood at the fence on Friday to see it fall, and some took a brick home."
		next     = " Nobody asked us. — Rio Tan (@rio_tan) May 4, 2019"
		picture  = " pic.twitter.com/AbCdEfGhIj"
		address  = " https://t.co/AbCdEfGhIj"
		first    = " — Ada Mole (@ada_mole) May 4, 2019"
		andMoved = " A bird came. — Rio Tan (@rio_tan) May 4, 2019 It left." + picture + prose
	)
	for _, test := range []struct{ name, after, rest string }{
		{"to a picture", " Second line." + picture + prose, "Second line." + picture},
		{"with tags", " Second line." + address + " #mill #gone" + prose, "Second line." + address + " #mill #gone"},
		{"no heading is a tag", " Second line." + picture + " ## More on the mill" + prose, "Second line." + picture},
		{"to an address", " Second line." + address + prose, "Second line." + address},
		{"not without one", " Second line." + prose, ""},
		{"unless another has one", " and so are its stones! #mill" + prose + andMoved, "and so are its stones! #mill"},
		{"in other lines", "\nSecond line." + "\nThird line." + address + "\n" + prose, "Second line.\nThird line." + address},
		{"not over an empty line", "\n\nSecond line." + address + "\n\n" + prose, ""},
		{"not longer than a tweet", strings.Repeat(" Second line.", 26) + address, ""},
		{"before another tweet", " Second line." + picture + next, "Second line." + picture},
		{"not if that may have the address", " Nobody asked us." + picture + " — Rio Tan (@rio_tan) May 4, 2019", ""},
		{"or has another attribution", " Nobody asked us." + picture + " — Rio Tan, May 4, 2019" + prose, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := Tweets(&archive.Article{Body: "The mill is gone" + first + test.after})
			_, rest, _ := strings.Cut(found[0].Text, "\n")
			if rest != test.rest {
				t.Errorf("after the first line comes %q, not %q", rest, test.rest)
			}
			if c := found[0].Confidence; c < .2 || c > 1 {
				t.Errorf("the confidence is %v", c)
			}
		})
	}
}

// In a page, an attribution whose link lost its tag, and how near the address must be.
func TestBroken(t *testing.T) {
	for n, want := range map[int]int{43: 1, 50: 0, 60: 0, 90: 0} {
		body := "<p>(@ada_mole)" + strings.Repeat("a", n) + "://twitter.com/ada_mole/status/1124703206545887232</p>"
		if found := Tweets(&archive.Article{Body: body, HTML: true}); len(found) != want {
			t.Errorf("%d bytes: found %v", n, found)
		}
	}
}

// A doubtful name lowers the confidence.
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
