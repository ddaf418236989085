package boundary

import (
	"strings"
	"testing"
)

// edgeCases are the places where a text may begin, one for each reason: | marks the
// place. Texts with two marks have two places for that reason.
var edgeCases = []struct{ name, text string }{
	{"start", `|Thank you`},
	{"gap", "She left.\n\n\n\n|Thank you"},
	{"paragraph", "She left.\n\n|thank you"},
	{"line", "She left\n|thank you"},
	{"line", "The sheds were dry, and the men who built\nthem left,\n|they said"},
	{"line", "They left them by the old mill\n|and then went"},
	{"line", "The sheds were dry, and the men who built.\n|them left"},
	{"furniture", `She left. x |Thank you`},
	{"aside", `She left. (RELATED: Bridge Closed. Again) |Thank you`},
	{"address", `https://t.co/abc |thank you`},
	{"colon", `She wrote: |thank you`},
	{"quoted", `She said “we left.” |thank you`},
	{"unquoted", `She said “we left” |thank you`},
	{"sentence", `She left. |thank you all! |so there`},
	{"abbreviation", `She met Lt. |Quill`},
	{"spaces", `She left  |and wrote`},
	{"closer", `She left (early) |and wrote`},
	{"mark", `She left |#bridge and |@quill`},
	{"sentence", `वह गई। |धन्यवाद`},
	{"sentence", `πού είναι; |το πλοίο έφυγε`},
	{"heading", `Bridge |Quill wept`},
	{"title", `She left. ## The |week |of |bridges`},
	{"capital", `she left |Thank you`},
	{"capitals", `then Quill |Thank you`},
	{"glued-sentence", `she left.|Thank you`},
	{"glued-colon", `she wrote:|Thank you`},
	{"glued-word", `she left|Thank you`},
}

func TestEdges(t *testing.T) {
	for e := eStart; e < edges; e++ {
		name, found := reasons[e].name, false
		for _, c := range edgeCases {
			if c.name != name {
				continue
			}
			found = true
			body := strings.ReplaceAll(c.text, "|", "")
			if got := marked(body, func(c *candidate) bool { return c.edge == e }); got != c.text {
				t.Errorf("%s: got %s want %s", name, got, c.text)
			}
		}
		if !found && e != eItem && e != eLink && e != eEnd { // see TestItems, TestLinks, TestLost
			t.Errorf("%s: no case", name)
		}
	}
}

// marked puts | at those candidates of a text that are asked for.
func marked(body string, is func(c *candidate) bool) string {
	var r reading
	r.read(&Passage{Text: body, Origin: Article, Layout: OneLine})
	var b strings.Builder
	at := 0
	for _, c := range r.candidates(nil) {
		if is(&c) {
			b.WriteString(body[at:c.at] + "|")
			at = c.at
		}
	}
	return b.String() + body[at:]
}

// The places that are candidates: | marks them.
func TestPlaces(t *testing.T) {
	for _, text := range []string{
		`|One sentence. |Another one! |"A quotation." |And so on`,
		`|It was |Lt. |Gov. |Quill, at |St. |Mary. |Then he left`, // capitals are candidates too
		`Quill answered. x |Thank you`,                            // nothing before the furniture
		`|See: |advertising on |Hannity`,                          // it is no furniture here
		`|She said |“we will.” |ad |Quill left. |X |Corp. pays`,   // nor are these
		"She left.\n\nAd\n\n|Quill wept",
		"|She left.\n***\n|Quill wept",
		`She left. AD |Quill wept. |Thank you`,
		`She left. Advertisement |Thank you`,
		`She left. (RELATED: Bridge Closed. Again) |Thank you`, // nor before a link to another article
		`|She left. |(The bridge is closed. Again) |Thank you`,
		`https://twitter.com/adaquill/status/969927301234567890 |Thank you`,
		`— |If someone |O’Malley. |…. |The bridge`,
		"|a\n|b\n\n|c",
		`She left. ## The |week |Thank |You |all`, // nor before a heading, nor its own first word
		`|Issue |# 1 is the |Last`,
		`She left. # The |week |Thank |you`,
		"She left.\n# Week\n|Thank you",
		`|„Die |Brücke z.B. ist zu.“ |Thank you`, // a quotation mark that closes is no beginning
		`|A |U.S. |District in 3.5 miles at www.a.bC`,
		`|#OneTwo and |McDonald`,
	} {
		if got := marked(strings.ReplaceAll(text, "|", ""), func(*candidate) bool { return true }); got != text {
			t.Errorf("got  %s\nwant %s", got, text)
		}
	}
}

// No text begins inside a link to another site. One may begin after it.
func TestLinks(t *testing.T) {
	for text, want := range map[string]string{
		`She left. <News: The Bridge> Thank you`: `|She left. |News: The Bridge |Thank you`,
		`She left. <news of the bridge> it is`:   `|She left. |news of the bridge it is`,
		`She left. <The Bridge.> Thank you`:      `|She left. |The Bridge. |Thank you`,
		`See <https://a.example/The.Bridge> Go`:  `|See https://a.example/The.Bridge |Go`,
	} {
		from, to := strings.IndexByte(text, '<'), strings.IndexByte(text, '>')
		var r reading
		r.read(&Passage{Text: strings.NewReplacer("<", "", ">", "").Replace(text), Origin: Article, Layout: OneLine, Links: []Link{{from, to - 1}}})
		got, at := "", 0
		for _, c := range r.candidates(nil) {
			got += r.p.Text[at:c.at] + "|"
			at = c.at
		}
		if got += r.p.Text[at:]; got != want {
			t.Errorf("%s: got %s want %s", text, got, want)
		}
	}
}

// What is just within a limit, and what is just beyond it.
func TestLimits(t *testing.T) {
	var r reading
	r.read(&Passage{Text: strings.Repeat("Ab. ", 300), Origin: Cut})
	if n := len(r.candidates(nil)); n != 100 {
		t.Errorf("%d candidates, not 100", n)
	}
	for n, want := range map[int]bool{440: true, 470: false} {
		r.read(&Passage{Text: "Ab cd. " + strings.Repeat("ef ", (n-7)/3), Origin: Article})
		if got := r.candidates(nil)[0].isAlone(); got != want {
			t.Errorf("an article of %d letters is but a tweet: %v", n, got)
		}
	}
	for n, want := range map[int]Layout{60_000: Lines, 70_000: OneLine} {
		if got := LayoutOf(strings.Repeat("word ", n/5) + "\nword"); got != want {
			t.Errorf("a line break after %d letters: layout %d", n, got)
		}
	}
	if c := trained.Look(&Passage{Text: "", Origin: Cut}).Choice; c != (Choice{-1, 0.5}) {
		t.Errorf("without a text the choice is %v", c)
	}
}
