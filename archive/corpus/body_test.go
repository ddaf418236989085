package corpus

import (
	"bytes"
	"testing"
)

// The text of a known name is a teaser; the body has a name that says nothing.
func TestOtherText(t *testing.T) {
	folder(t, map[string]string{
		"a.jsonl": `{"id": 1, "text": "A teaser.", "zqx": "The article, with its @tweet.", "summary": "@short"}` + "\n" + `{"id": 2, "text": "A @tweet.", "zqx": "Longer than it, with a @tweet."}` + "\n",
		"a.csv":   "id,text,zqx,author\n1,A teaser.,\"The article, with its @tweet.\",@a\n2,A @tweet.,\"Longer than it, with a @tweet.\",b\n",
	})
	r := &Reader{MayHold: func(b []byte) bool { return bytes.IndexByte(b, '@') >= 0 }}
	for _, file := range []string{"a.jsonl", "a.csv"} {
		equal(t, read(t, r, file), prefixed(file, []string{`:1  ""  "The article, with its @tweet."`, `:2  ""  "A @tweet."`})...)
		if in := r.Inspect(file, 1); in.Fields.Text != "zqx" || in.Why == "" {
			t.Errorf("Inspect(%s): text from %q: %q", file, in.Fields.Text, in.Why)
		}
	}
}
