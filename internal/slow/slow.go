// Package slow lets tests be quick. go test ./... on a new machine runs all that is
// cheap: few rounds, small inputs, nothing but Go and a C compiler. What takes long, or
// needs a browser, Python and the like, runs where the environment has TWEETARC_SLOW=1,
// as it has in .ci/run.
package slow

import (
	"os"
	"testing"
)

// Test skips a test that is slow.
func Test(t testing.TB) {
	t.Helper()
	if !wanted() {
		t.Skip("slow: set TWEETARC_SLOW=1")
	}
}

// Or is how many rounds a test makes, or how large its input is: few, or as many as
// a slow test does.
func Or(few, many int) int {
	if wanted() {
		return many
	}
	return few
}

func wanted() bool { return os.Getenv("TWEETARC_SLOW") == "1" }
