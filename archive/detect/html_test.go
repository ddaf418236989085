package detect

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tweetarc/archive"
)

// htmlCases reads testdata/html.txt: cases with a name ("# name"), a page in
// which ⟦ ⟧ stand around each embed, and the answer, a line for each embed,
//
//	> form ID Author @handle day time: text
//
// where what is not known is left out, and a line for each link of its text.
func htmlCases(t testing.TB) (cases []struct{ name, page, want string }) {
	data, err := os.ReadFile("testdata/html.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Split("\n"+string(data), "\n# ")[1:] {
		name, s, _ := strings.Cut(s, "\n")
		page, want, _ := strings.Cut(s+"\n", "\n> ")
		cases = append(cases, struct{ name, page, want string }{name, page, strings.TrimSpace("> " + want)})
	}
	return cases
}

var unmark = strings.NewReplacer("⟦", "", "⟧", "")

func TestHTML(t *testing.T) {
	for _, c := range htmlCases(t) {
		t.Run(c.name, func(t *testing.T) {
			body := unmark.Replace(c.page)
			var page, got strings.Builder
			at := 0
			for _, e := range Tweets(&archive.Article{Body: body, HTML: true}) {
				page.WriteString(body[at:e.Start] + "⟦" + body[e.Start:e.End] + "⟧")
				at = e.End
				fmt.Fprintln(&got, describe(e))
			}
			page.WriteString(body[at:])
			if want := strings.TrimPrefix(c.want+"\n", ">\n"); got.String() != want {
				t.Errorf("found\n%swant\n%s", got.String(), want)
			}
			if page.String() != c.page {
				t.Errorf("the embeds stand at\n%s\nwant\n%s", page.String(), c.page)
			}
		})
	}
}

func describe(e archive.Embed) string {
	words := []string{">", string(e.Form), e.ID, e.Author}
	if e.Handle != "" {
		words = append(words, "@"+e.Handle)
	}
	words = append(words, e.Date)
	if _, ok := archive.StatusTime(e.ID); !ok && !e.At.IsZero() {
		words = append(words, e.At.Format("15:04:05"))
	}
	s := strings.Join(strings.Fields(strings.Join(words, " ")), " ") + ":"
	if e.Text != "" {
		s += " " + strings.ReplaceAll(e.Text, "\n", "⏎")
	}
	for _, l := range e.Links {
		s += strings.TrimRight("\n> link "+l.Shown+" "+l.URL+" "+l.Target, " ")
	}
	return s
}
