package store

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

func TestEnding(t *testing.T) {
	for text, want := range map[string][2]bool{ // cut, stops
		"The loom weaves":                            {false, false},
		"The loom weaves.":                           {false, true},
		"“The loom weaves.”":                         {false, true},
		"The loom weaves 🌸":                          {false, true},
		"The loom weaves #leaves":                    {false, true},
		"The loom weaves for @ada":                   {false, true},
		"織機は花を織る。":                                   {false, true},
		"The loom weaves…":                           {true, false},
		"The loom weaves... https://t.co/abcdefghij": {true, false},
		"The loom weaves https://t.co/abcdefghij":    {true, false},
		"The loom weaves. https://t.co/abcdefghij":   {false, true},
		"See the loom: https://t.co/abcdefghij":      {false, false},
		"The loom weaves pic.twitter.com/abcdefghij": {false, false},
		"https://t.co/abcdefghij":                    {false, true},
	} {
		if cut, stops := ending(text); cut != want[0] || stops != want[1] {
			t.Errorf("%q: cut %v, stops %v", text, cut, stops)
		}
	}
}

// Of a text that is longer than a tweet only the part counts that its form is sure
// of; letters of scripts without spaces count as two where others may have 280.
func TestPrepare(t *testing.T) {
	latin, wide := "one "+strings.Repeat("words ", 60)+"last", strings.Repeat("織", 200)
	for _, c := range []struct {
		form       archive.Form
		day, text  string
		begin, end string
		overlong   bool
	}{
		{archive.FormText, "2020-05-01", latin, "", "last", true},
		{archive.FormHeader, "2020-05-01", latin, "one", "", true},
		{archive.FormText, "2020-05-01", latin[:297], "one", "words", false},
		{archive.FormText, "2015-05-01", latin[:297], "", "words", true},
		{archive.FormText, "2020-05-01", wide, "織", "織", true},
		{archive.FormText, "2020-05-01", wide[:150*len("織")], "織", "織", false},
		{archive.FormText, "2015-05-01", wide[:150*len("織")], "織", "織", false},
	} {
		v := &variant{Embed: say("ada", c.day, "", c.text)}
		v.Form = c.form
		v.prepare()
		if v.overlong != c.overlong || !strings.HasPrefix(v.words, c.begin) || !strings.HasSuffix(v.words, c.end) {
			t.Errorf("%s of %s, %.20q: overlong %v, %q", c.form, c.day, c.text, v.overlong, v.words)
		}
	}
}
