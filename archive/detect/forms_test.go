package detect

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// TestForms runs the examples of FORMS.md: below each article is what is found in it,
// a line for each embed. With UPDATE_SCRIPTS=1 it writes these lines anew.
func TestForms(t *testing.T) {
	page, err := os.ReadFile("FORMS.md")
	if err != nil {
		t.Fatal(err)
	}
	forms := map[archive.Form]bool{}
	example := regexp.MustCompile("(?s)(```(text|html)\n(.*?)```\n```found\n)(.*?)(```\n)")
	got := example.ReplaceAllStringFunc(string(page), func(s string) string {
		m := example.FindStringSubmatch(s)
		a := &archive.Article{Body: m[3], HTML: m[2] == "html", Date: "2019-06-01"}
		embeds := Tweets(a)
		checkLaws(t, a, embeds)
		found := ""
		for _, e := range embeds {
			forms[e.Form] = true
			found += strings.TrimPrefix(answer(e), "> ") + "\n"
		}
		if found == "" {
			found = "nothing\n"
		}
		if found != m[4] {
			t.Errorf("in\n%sfound\n%swant\n%s", m[3], found, m[4])
		}
		return m[1] + found + m[5]
	})
	for _, f := range []archive.Form{
		archive.FormText, archive.FormHeader, archive.FormFrame, archive.FormWidget, archive.FormLink, archive.FormBlockquote,
		archive.FormIframe, archive.FormAMP, archive.FormAttribute, archive.FormMarkup, archive.FormShortcode, archive.FormJSON,
	} {
		if !forms[f] {
			t.Errorf("no example of the form %s", f)
		}
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile("FORMS.md", []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
