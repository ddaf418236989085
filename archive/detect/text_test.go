package detect

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"example.org/tweetarc/archive"
)

// Each file in testdata/text.txtar is a text with its answer in it:
//
//	«⟦the text⟧ — ‹Author› (@⟨handle⟩) May 4, 2019»{2019-05-04}
//
// The embed is between « and ». Text, author and handle are in ⟦⟧, ‹› and ⟨⟩ if they are
// the same as in the article. In the braces is what the marks cannot show: day, ID, form
// (except text), and the text or author if they differ from the article (unescaped,
// unwrapped, joined). The test removes the marks, detects, and puts the marks back in:
// the result must be the same.
func TestText(t *testing.T) {
	archived, err := txtar.ParseFile("testdata/text.txtar")
	if err != nil {
		t.Fatal(err)
	}
	update := os.Getenv("UPDATE_SCRIPTS") != ""
	for i, f := range archived.Files {
		t.Run(f.Name, func(t *testing.T) {
			want := strings.TrimSuffix(string(f.Data), "\n")
			a := &archive.Article{Body: bodyOf(want), Date: "2024-01-01"}
			embeds := Tweets(a)
			checkLaws(t, a, embeds)
			got := marked(a.Body, embeds)
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			archived.Files[i].Data = []byte(got + "\n")
		})
	}
	if update {
		if err := os.WriteFile("testdata/text.txtar", txtar.Format(archived), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

var allMarks = regexp.MustCompile(`»\{[^}]*\}|[«»⟦⟧‹›⟨⟩]`)

func bodyOf(s string) string { return allMarks.ReplaceAllString(s, "") }

func marked(body string, embeds []archive.Embed) string {
	var b strings.Builder
	at := 0
	for _, e := range embeds {
		b.WriteString(body[at:e.Start])
		at = e.End
		raw := body[e.Start:e.End]
		note := []string{}
		if e.Date != "" {
			note = append(note, e.Date)
		}
		if e.ID != "" {
			note = append(note, e.ID)
		}
		if e.Form != archive.FormText {
			note = append(note, string(e.Form))
		}
		if !embrace(&raw, e.Text, "⟦", "⟧") {
			note = append(note, fmt.Sprintf("text %q", e.Text))
		}
		if !embrace(&raw, e.Author, "‹", "›") {
			note = append(note, fmt.Sprintf("author %q", e.Author))
		}
		if !embrace(&raw, "@"+e.Handle, "@⟨", "⟩") {
			note = append(note, fmt.Sprintf("handle %q", e.Handle))
		}
		fmt.Fprintf(&b, "«%s»{%s}", raw, strings.Join(note, " "))
	}
	b.WriteString(body[at:])
	return b.String()
}

// embrace puts marks around what in raw: at its last place, for a text at its first.
func embrace(raw *string, what, begin, end string) bool {
	if what == "" {
		return true
	}
	i := strings.LastIndex(*raw, what)
	if begin == "⟦" {
		i = strings.Index(*raw, what)
	}
	if i < 0 {
		return false
	}
	*raw = (*raw)[:i] + begin + strings.TrimPrefix(what, "@") + end + (*raw)[i+len(what):]
	return true
}
