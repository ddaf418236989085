package corpus

import (
	"bytes"
	"io"
	"testing"
	"time"
)

// The field with a known name holds a teaser, and the body has a name that means nothing.
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

// Lines without an article come first. The article must come before the input ends.
func TestAnswersAfterOtherLines(t *testing.T) {
	for _, before := range []string{"", "{\"id\": 1}\n", "\n", "\n{\"id\": 1}\n \n"} {
		in, out := io.Pipe()
		go io.WriteString(out, before+"{\"text\": \"One\"}\n")
		late := time.AfterFunc(10*time.Second, func() { out.CloseWithError(io.ErrNoProgress) })
		var got []string
		for b := range (&Reader{Stdin: in}).Articles("-") {
			for a := range b.Articles {
				if a != nil {
					got = append(got, a.Body)
					if !late.Stop() {
						t.Errorf("after %q: not answered", before)
					}
					out.Close()
				}
			}
		}
		equal(t, got, "One")
	}
}
