package detect

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
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
	{"the others' introductions", `The mill closed on Monday, and the town had something to say. The bakers wrote on Twitter: «No bread tomorrow. — Ada Quill (@adaquill) March 3, 2018 The sailors wrote: «What a loss for our town! #mill — Bo Farrow (@bofarrow) March 4, 2018 And then there was this from the schools: «There will be no lessons on Friday. — Rio Tan (@rio_tan) March 4, 2018 The council meets on Monday.`}, // without the third, the second would be taken with its colon
	{"lost emoji", `The mayor was not amused and said so on Twitter. This is what she posted:«??? pic.twitter.com/AbCdEfGhIj  Ada Quill (@adaquill) March 3, 2018The council meets on Monday.`},
	{"glued", `The mayor was not amused and said so on Twitter.«We will rebuild this bridge, I promise you that!  Ada Quill (@adaquill) March 3, 2018The council meets on Monday.`},
	{"a heading of Markdown", `The council meets on Monday, and [the minutes](https://example.org/minutes) are kept in the town hall. ### Voices of the Week «Thank you to everyone who came to the bridge! #bridge pic.twitter.com/AbCdEfGhIj — Ada Quill (@adaquill) March 3, 2018 ### Events The council meets.`},
	{"wrapped lines", "The repairs cost $40 million, said the council on Monday morning.\n\n«The sheds were dry, the boats were paid for, and the men who built them\ncould walk home for lunch. Now they want a hotel there. #harbour\n— Ada Quill (@adaquill) March 3, 2018\n\nThe council meets on Monday."},
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
