package detect

import (
	"slices"
	"strings"
	"testing"

	"tweetarc/archive"
)

// Where the text begins: « marks it.
var startCases = []struct{ name, text string }{
	{"the verb of posting and a colon", `The mayor answered within the hour. She tweeted: «We will rebuild this bridge, and we will do it together. — Ada Quill (@adaquill) March 3, 2018 The council meets on Monday.`},
	{"a narrative sentence stays outside", `The bridge was closed in 2016 after inspectors found cracks in two of its pillars. The mayor announced on Tuesday that the repairs would cost $40 million. «I can't believe we are paying for this twice!! https://t.co/abcdefghij — Bo Farrow (@bofarrow) March 3, 2018 The council meets on Monday.`},
	{"the second copy is the tweet", `“The bridge will be open by June, I promise you that,” Quill wrote on Twitter. “Not a day later.” «The bridge will be open by June, I promise you that. Not a day later. — Ada Quill (@adaquill) March 3, 2018 The council meets on Monday.`},
	{"dots before a copy", `“and we will not stop until the bridge is open to everybody again,” Quill tweeted. «....and we will not stop until the bridge is open to everybody again. Thank you! — Ada Quill (@adaquill) March 3, 2018 She left.`},
	{"furniture", `Quill answered her critics later that day. x «The bridge is safe. The engineers say so. I say so. — Ada Quill (@adaquill) March 3, 2018 The council meets on Monday.`},
	{"more furniture", `Quill answered her critics on Twitter. Advertisement «Great meeting with our engineers this morning! — Ada Quill (@adaquill) March 3, 2018 The council meets on Monday.`},
	{"an aside", `The repairs cost $40 million, said the council. (RELATED: Bridge Closed After Cracks Found In Two Pillars) «Thank you to everyone who stood by us! #bridge — Ada Quill (@adaquill) March 3, 2018 The council meets.`},
	{"an abbreviation ends no sentence", `The governor was asked about it as well and answered on Twitter: «My thanks to Lt. Gov. Ada Quill for her work on the bridge! — Bo Farrow (@bofarrow) March 3, 2018 The council meets on Monday.`},
	{"paragraphs", "The repairs cost $40 million, said the council.\n\n«We will rebuild this bridge.\n\n\n\nTogether. — Ada Quill (@adaquill) March 3, 2018\n\nThe council meets on Monday."},
	{"lines", "The repairs cost $40 million, said the council on Monday morning.\n«We will rebuild this bridge, and we will do it together.\n— Ada Quill (@adaquill) March 3, 2018\nThe council meets on Monday."},
	{"a chain", "She was not alone.\n\n«We will rebuild it. — Ada Quill (@adaquill) March 3, 2018 «No, you will not! — Bo Farrow (@bofarrow) March 4, 2018\n\nThe council meets."},
	{"the others' introductions", `The mill closed on Monday, and the town had something to say. From bakers: «No bread tomorrow. We are closed until the mill runs again. — Ada Quill (@adaquill) March 3, 2018 From sailors: «What a loss for our town! #mill — Bo Farrow (@bofarrow) March 4, 2018 From the schools: «There will be no lessons on Friday. — Rio Tan (@rio_tan) March 4, 2018 The council meets on Monday.`}, // each alone would be taken with its colon
	{"lost emoji", `The mayor was not amused and said so on Twitter. This is what she posted:«??? pic.twitter.com/AbCdEfGhIj  Ada Quill (@adaquill) March 3, 2018The council meets on Monday.`},
	{"glued", `The mayor was not amused and said so on Twitter.«We will rebuild this bridge, I promise you that!  Ada Quill (@adaquill) March 3, 2018The council meets on Monday.`},
	{"a heading of Markdown", `The council meets on Monday, and [the minutes](https://example.org/minutes) are kept in the town hall. ### Voices of the Week «Thank you to everyone who came to the bridge! The new rail is *so* good. #bridge pic.twitter.com/AbCdEfGhIj — Ada Quill (@adaquill) March 3, 2018 ### Events The council meets.`},
	{"lines, and empty ones for headings", "The bridge\n\nThe repairs cost $40 million, said the council on Monday morning.\nThe mayor was asked about it in the evening and gave no answer.\nThe council meets again on Monday.\nIt has not said when the bridge will open.\n«We will rebuild this bridge, and we will do it together. — Ada Quill (@adaquill) March 3, 2018\nThe council meets on Monday."},
	{"a row of a table", `«BREAKING: Bridge closed. The mayor says: nobody was hurt. She also said that it was an old bridge. — Ada Quill (@adaquill) March 3, 2018`},
}

func TestStart(t *testing.T) {
	for _, c := range startCases {
		t.Run(c.name, func(t *testing.T) {
			body := strings.ReplaceAll(c.text, "«", "")
			got, at := "", 0
			for _, e := range Tweets(&archive.Article{Body: body}) {
				got += body[at:e.Start] + "«"
				at = e.Start
				if e.Confidence <= 0 || e.Confidence > 1 {
					t.Errorf("confidence %v", e.Confidence)
				}
			}
			if got += body[at:]; got != c.text {
				t.Errorf("got  %s\nwant %s", got, c.text)
			}
		})
	}
}

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
		p := passage{view: view{s: body}, origin: article, dialect: oneLine}
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
		p := passage{view: view{s: body}, around: body, self: len(body), length: len(body), origin: article, dialect: oneLine}
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
	p := passage{view: view{s: s}, around: s, self: len(s), length: len(s)}
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

func BenchmarkStart(b *testing.B) {
	const prose = `The bridge was closed in 2016 after inspectors found cracks in two of its pillars, and the mayor announced on Tuesday that the repairs would cost $40 million. "We knew that it was old," Farrow said. `
	const tweet = `We will rebuild this bridge, and we will do it together. Thank you to everyone who stood by us! https://t.co/abcdefghij — Ada Quill (@adaquill) March 3, 2018 `
	a := &archive.Article{Body: strings.Repeat(strings.Repeat(prose, 12)+tweet, 100)}
	b.SetBytes(int64(len(a.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if n := len(Tweets(a)); n != 100 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/embed")
}
