package archive

import "time"

// Verdict is what a person says of what was found.
type Verdict string

// The verdicts. All but none and unsure say that there is a tweet; begins, ends and
// both, that its text has other borders than were found.
const (
	VerdictRight  Verdict = "right"
	VerdictBegins Verdict = "begins" // the text begins too early or too late
	VerdictEnds   Verdict = "ends"   // the text ends too early or too late
	VerdictBoth   Verdict = "both"   // it begins and ends wrong, or its words are damaged
	VerdictPerson Verdict = "person" // another author, handle or day
	VerdictNone   Verdict = "none"   // not an embedded tweet
	VerdictUnsure Verdict = "unsure" // cannot say
)

// Verdicts are all of them.
var Verdicts = []Verdict{VerdictRight, VerdictBegins, VerdictEnds, VerdictBoth, VerdictPerson, VerdictNone, VerdictUnsure}

// Judgement is a verdict on one embed, as it was found when it was judged.
type Judgement struct {
	Article []byte // key of the article in the archive, see store
	Anchor  int    // where in the body the embed is attributed
	Coder   string // who judged, as they call themselves
	At      time.Time
	Verdict Verdict // "": taken back
	Words   string  // the tweet's, as the coder has them: Found, if it is right; "" where nobody said them
	Note    string

	Found      string // the text that was found
	ID, Handle string
	Date       string
	Form       Form
	Confidence float64
}
