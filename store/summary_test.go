package store

import (
	"fmt"
	"testing"

	"example.org/tweetarc/archive"
)

// A summary counts what is in the archive, and the runs that read something.
func TestSummary(t *testing.T) {
	db := openTest(t)
	closed(t, writer(t, db)) // a run that reads nothing
	keep(t, db, judgeable())
	judge(t, db, cases(t, db)[0].Judged("Eve", archive.VerdictBegins, "weaves patterns", "", second(1)))
	got := fmt.Sprintf("%+v", must(db.Summary(t.Context())))
	want := "{Inputs:1 Records:3 Unreadable:0 Counted:0 Articles:3 Outlets:1 Embeds:4 Corrected:1 Tweets:4 First:2020-05-01 Last:2020-05-03 Runs:1 Versions:[0] Detectors:[]}"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
