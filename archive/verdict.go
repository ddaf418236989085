package archive

import "time"

// Tested in review/review_test.go.

// Verdict is what a person says about an embed.
type Verdict string

// The verdicts. All but none and unsure mean that there is a tweet; begins, ends
// and both mean that the boundaries of its text are wrong.
const (
	VerdictRight  Verdict = "right"
	VerdictBegins Verdict = "begins" // the text begins too early or too late
	VerdictEnds   Verdict = "ends"   // the text ends too early or too late
	VerdictBoth   Verdict = "both"   // both are wrong, or words in it are damaged
	VerdictPerson Verdict = "person" // another author, handle or day
	VerdictNone   Verdict = "none"   // not an embedded tweet
	VerdictUnsure Verdict = "unsure" // the person cannot say
)

// Verdicts has all verdicts.
var Verdicts = []Verdict{VerdictRight, VerdictBegins, VerdictEnds, VerdictBoth, VerdictPerson, VerdictNone, VerdictUnsure}

// Judgement is a coder's verdict on one embed.
type Judgement struct {
	Article []byte // key of the article in the archive, see store
	Anchor  int    // where in the body the embed's attribution is
	Coder   string // name of the person
	At      time.Time
	Verdict Verdict // "" if the coder took it back
	Words   string  // the tweet's words by the coder, which are Found if that is right; "" if not given
	Note    string

	// The embed as it was found when it was judged.

	Found      string // its text
	ID, Handle string
	Date       string
	Form       Form
	Confidence float64
}
