package boundary

import (
	"slices"
	"strings"
	"testing"
)

// The starts that come into question: | marks them.
func TestStarts(t *testing.T) {
	for _, text := range []string{
		`|One sentence. |Another one! |"A quotation." |And so on`,
		`|It was |Lt. |Gov. |Quill, at |St. |Mary. |Then he left`, // capitals come into question too
		`Quill answered. x |Thank you`,                            // nothing before the furniture
		`She left. (RELATED: Bridge Closed. Again) |Thank you`,    // nor before a link to another article
		`|She left. |(The bridge is closed. Again) |Thank you`,
		`https://twitter.com/adaquill/status/969927301234567890 |Thank you`,
		`— |If someone |O’Malley. |…. |The bridge`,
		"|a\n|b\n\n|c",
		`She left. ## The week |Thank |You all`, // nor before a heading, nor its own first word
		`|Issue |# 1 is the |Last`,
		`She left. # The week |Thank you`,
		"She left.\n# Week\n|Thank you",
		`|„Die |Brücke z.B. ist zu.“ |Thank you`, // a quotation mark that closes is no beginning
		`|word.|Glued sentence`,
		`|see this:|Glued colon`,
	} {
		body := strings.ReplaceAll(text, "|", "")
		p := Passage{Text: body, Origin: Article, Layout: OneLine}
		var got strings.Builder
		at := 0
		for _, st := range p.starts(nil) {
			got.WriteString(body[at:st.at] + "|")
			at = st.at
		}
		if got.WriteString(body[at:]); got.String() != text {
			t.Errorf("got  %s\nwant %s", got.String(), text)
		}
	}
}

// Where the language turns: | marks it.
func TestTurns(t *testing.T) {
	for _, text := range []string{
		"Der Rat tagte bis spät, danach schrieb die Bürgermeisterin einen Satz. |I am so proud of this city and all who live here.",
		"The council sat until late, and the mayor was asked about it. |Die Brücke bleibt auf Jahre gesperrt, heute tagt der Rat.",
		"The council sat until late, and the mayor was asked about it. I am so proud of this city and all who live here.",
		"Der Rat tagte bis spät, danach schrieb die Bürgermeisterin einen Satz. Die Brücke bleibt gesperrt.",
		"The council sat until late, and the mayor was asked about it. Great news! Brücke gesperrt.",
	} {
		body := strings.ReplaceAll(text, "|", "")
		p := Passage{Text: body, Origin: Article, Layout: OneLine}
		var got strings.Builder
		at := 0
		for _, c := range p.describe(p.starts(nil), new(desk)) {
			if slices.Contains(c.values, value{fTurns, 1}) && c.junction == jSentence {
				got.WriteString(body[at:c.at] + "|")
				at = c.at
			}
		}
		if got.WriteString(body[at:]); got.String() != text {
			t.Errorf("got  %s\nwant %s", got.String(), text)
		}
	}
}

func TestCopies(t *testing.T) {
	const first = `"The bridge will be open by June, I promise," she wrote. `
	s := first + `The bridge will be open by June, I promise. Truly.`
	p := Passage{Text: s}
	var c copies
	edges := []edge{{at: 0}, {at: len(first)}, {at: len(s)}}
	p.copies(edges, &c)
	whole, second, end := &edges[0], &edges[1], &edges[2]
	if found, longer := c.begins(second); !found || longer {
		t.Error("the second copy does not begin")
	}
	if x := c.share(second, end); x < 0.8 || x > 0.95 {
		t.Errorf("%.2f of the text is a copy", x)
	}
	if x := c.itself(whole); x < 0.3 {
		t.Errorf("%.2f of the whole is a copy of itself", x)
	}
	if x := c.itself(second); x != 0 {
		t.Errorf("%.2f of the text is a copy of itself", x)
	}
}
