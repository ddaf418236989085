package attribution

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive/detect/internal/view"
)

// Running texts. | is where the tweet's text ends, ‹› are around the name, and » is where
// the attribution ends. After => is what it says: handle, day, ID, and the kind of mark
// before the name.
var textTests = []struct{ name, in, want string }{
	// Dashes, one for each row of the table.
	{"em dash", "Gone.| —‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"em dash glued to the text", "Gone.|—‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"em dash glued to the name", "Gone.| —‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"horizontal bar", "Gone.| ―‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"entity, escaped twice", "Gone.| &amp;mdash;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"decimal entity, escaped twice", "Gone.| &amp;#8212;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"hexadecimal entity, escaped twice", "Gone.| &amp;#x2014;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"hexadecimal entity with X, escaped twice", "Gone.| &amp;#X2014;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as cp1252", "Gone.| â€”‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as cp1252, twice", "Gone.| Ã¢Â\u0080Â\u0094‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as cp1252, twice, all of it", "Gone.| Ã¢â‚¬â€\u009d‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as cp1252, twice, cut", "Gone.| Ã¢â‚¬â€‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as ISO 8859-1", "Gone.| â\u0080\u0094‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"cp1252 as ISO 8859-1", "Gone.| \u0097‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"box drawing", "Gone.| ─‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"escaped as JSON, twice", `Gone.| \u2014‹ Ada Mole› (@ada_mole) May 4, 2019»`, "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as cp1252, made straight", `Gone.| â€"‹ Ada Mole› (@ada_mole) May 4, 2019»`, "ada_mole 2019-05-04 em dash"},
	{"figure dash", "Gone.| ‒‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"three hyphens", "Gone.| ---‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"en dash glued to the text", "Gone.|–‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"two hyphens", "Gone.| --‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"en dash", "Gone.| –‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"en dash, escaped twice", "Gone.| &amp;ndash;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"en dash as a decimal entity, escaped twice", "Gone.| &amp;#8211;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"en dash as cp1252", "Gone.| â€“‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"minus", "Gone.| −‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"hyphen", "Gone.| -‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 hyphen"},
	{"em dash, escaped three times", "Gone.| &amp;amp;mdash;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"in cp1252's number", "Gone.| &amp;#151;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"minus, escaped twice", "Gone.| &amp;minus;‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"escaped in JSON, twice", `Gone.| \u2014‹ Ada Mole› (@ada_mole) May 4, 2019»`, "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as Mac Roman", "Gone.| ‚Äî‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"UTF-8 as cp1251", "Gone.| вЂ”‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"cp1252's en dash as ISO 8859-1", "Gone.| \u0096‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"another entity is none", "it is gone, copper &amp;amp; |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},

	// Lost dashes.
	{"a question mark", "Gone.| ?‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"... after a question", "Gone?| ?‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"... before a long name", "Gone| ?‹ Mills & Sons of Dale› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"... after hyphens", "Gone -- well, all of it --! Or is it| ?‹ (((Ada)))› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"... in a small name", "Gone| ?‹ ada mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"one for each byte", "Gone.| ???‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"the replacement character", "Gone.| \ufffd‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"... for each byte", "Gone.| \ufffd\ufffd\ufffd‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"an inverted question mark", "Gone.| ¿‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"a question before a dash", "Gone ?| —‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"... before hyphens", "Gone ?| --‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"... before a hyphen", "Gone ?| -‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 hyphen"},
	{"after the end of a sentence", "Gone.|?‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 lost dash"},
	{"a question, or not", "it is gone|?‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 glued mark"},
	{"a question before two blanks", "it is gone?|  ‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 two blanks"},
	{"... after a blank that does not break", "it is gone\u00a0? |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"... and more words", "is it ? they say it is all gone, and so does |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"no name after it", "so it is gone, Ada Mole ?|‹› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},

	{"a hyphen within a word is none", "She said it was gone, well- |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"an en dash within a word is none", "as it is on the pages 3–Ada |‹Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"the last em dash counts", "Mill — our mill — gone| —‹ Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"names have other dashes", "Gone.| —‹ Ada - Ward -- 3› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"two hyphens before one", "Gone.| --‹ Ada - Ward 3› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 double hyphen"},
	{"a name has 64 letters at most", "— |‹" + long(64) + "› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"... and may have as many", "Gone.| —‹ " + long(62) + "› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},

	{"emoji are letters, however they are joined", "Gone.| —‹ " + strings.Repeat("👩🏽‍👩🏽‍👧🏽‍👦🏽", 25) + " Ada› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"accents are none", "Gone.| —‹ " + strings.Repeat("A\u0301\u0302\u0303", 50) + "› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"unbalanced parentheses, titles and commas", "Gone.| —‹ Dr. Ada (of the Mill), Ph.D., :-(› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},

	// No dash.
	{"two blanks", "GONE!|  ‹Ada Mole› (@ada_mole) May 4, 2019»She left", "ada_mole 2019-05-04 two blanks"},
	{"capitalised words", "it is gone. |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"... and what joins them", "it is gone. |‹Mills & Sons of the Dale› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"an emoji after them", "it is gone. |‹Ada Mole 🌾› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"words of the handle", "it is gone. |‹ada mole› (@AdaMole) May 4, 2019»", "AdaMole 2019-05-04 none"},
	{"a sentence ends the name", "All Gone! |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"an initial does not", "and now it is gone, |‹Ada Q. Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"an address ends it", "gone https://T.co/Abc |‹Ada› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"a picture ends it", "gone pic.twitter.com/Ab |‹Ada› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"a line of its own", "Gone.\n|‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 own line"},
	{"with emphasis", "Gone.\n|**‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 own line"},
	{"the dash on the line above", "Gone| —\n\n‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"a line of prose is no name", "Gone.\nsaid the mayor of |‹Mill› (@mill) May 4, 2019»", "mill 2019-05-04 none"},
	{"nor one with two sentences", "Gone.\nThe Ending. |‹Ada Mole› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 none"},
	{"no name", "Gone.| —‹› (@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},

	// The parentheses.
	{"no blank before", "Gone.| —‹ Ada Mole›(@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"blanks inside", "Gone.| —‹ Ada Mole› ( @ada_mole ) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"a tab inside", "Gone.| —‹ Ada Mole› (\t@ada_mole\t) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"a line break inside", "Gone.| —‹ Ada Mole› (@ada_mole\n) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"a line break before", "Gone.| —‹ Ada Mole› (\n@ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"14 blanks inside", "Gone.| —‹ Ada Mole› (              @ada_mole) May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"17 blanks are too many", "Gone. — Ada Mole (                 @ada_mole) May 4, 2019", ""},
	{"the number of a reference inside", "Gone.| —‹ Ada Mole› ([12]@ada_mole) [3]May 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"an escaped underscore", `Gone.| —‹ Ada Mole› (@ada\_mole) May 4, 2019»`, "ada_mole 2019-05-04 em dash"},
	{"an escaped @", `Gone.| —‹ Ada Mole› (\@ada_mole) May 4, 2019»`, "ada_mole 2019-05-04 em dash"},
	{"a handle has 20 letters at most", "Gone. — Ada (@a2345678901234567890x) May 4, 2019", ""},
	{"an address of mail is none", "Gone. — Ada (ada@mole.example) May 4, 2019", ""},
	{"a parenthesis that is not closed", "Gone. — Ada (@ada_mole May 4, 2019", ""},

	// What follows.
	{"a break before the date", "Gone.| —‹ Ada› (@ada_mole)\nMay 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"an empty line before the date", "Gone.| —‹ Ada› (@ada_mole)\n\nMay 4, 2019»", "ada_mole 2019-05-04 em dash"},
	{"... and words after it", "Gone.| —‹ Ada› (@ada_mole)»\n\nMay 4, 2019 was a Saturday", "ada_mole em dash"},
	{"two empty lines are too much", "Gone.| —‹ Ada› (@ada_mole)»\n\n\nMay 4, 2019", "ada_mole em dash"},
	{"emphasis around the date", "Gone.| —‹ Ada› (@ada_mole) *May 4, 2019*»", "ada_mole 2019-05-04 em dash"},
	{"brackets around the date", "Gone.| —‹ Ada› (@ada_mole) [May 4, 2019]»", "ada_mole 2019-05-04 em dash"},
	{"a linked date", "Gone.| —‹ Ada› (@ada_mole) [May 4, 2019»](https://twitter.com/ada_mole/status/1124703206545887232)", "ada_mole 2019-05-04 1124703206545887232 em dash"},
	{"a link that shows nothing", "Gone.| —‹ Ada› (@ada_mole)»[](https://twitter.com/ada_mole/status/1124703206545887232)", "ada_mole 1124703206545887232 em dash"},
	{"a link that shows other words", "Gone.| —‹ Ada› (@ada_mole)» [there](https://twitter.com/ada_mole/status/1124703206545887232)", "ada_mole em dash"},
	{"the address in parentheses", "Gone.| —‹ Ada› (@ada_mole) May 4, 2019» (https://x.com/ada_mole/status/1124703206545887232)", "ada_mole 2019-05-04 1124703206545887232 em dash"},
	{"... of 390 bytes", "Gone.| —‹ Ada› (@ada_mole) May 4, 2019» (https://x.com/ada_mole/status/1124703206545887232?" + strings.Repeat("a", 340) + ")", "ada_mole 2019-05-04 1124703206545887232 em dash"},
	{"... of 410 bytes is none", "Gone.| —‹ Ada› (@ada_mole) May 4, 2019» (https://x.com/ada_mole/status/1124703206545887232?" + strings.Repeat("a", 360) + ")", "ada_mole 2019-05-04 em dash"},
	{"the address in the place of the date", "Gone.| —‹ Ada› (@ada_mole) https://x.com/ada_mole/status/1124703206545887232?s=20» and", "ada_mole 1124703206545887232 em dash"},
	{"another address", "Gone.| —‹ Ada› (@ada_mole)» https://example.org/ada_mole/status/1124703206545887232", "ada_mole em dash"},
	{"entities", "Gone.| —‹ Ada› (@ada_mole)&nbsp;18.&nbsp;März&#xa0;2018»", "ada_mole 2018-03-18 em dash"},
	{"masked digits", "Gone.| —‹ Ada› (@ada_mole) October *NUMBER*, *NUMBER*»", "ada_mole masked em dash"},
	{"a time beside it", "Gone.| —‹ Ada› (@ada_mole) 9:07 AM - 4 May 2019»", "ada_mole 2019-05-04 clock em dash"},
}

func long(n int) string { return strings.Repeat("Adaaaaa ", n)[:n-1] + "a" }

var marks = [...]string{NoMark: "none", Hyphen: "hyphen", DoubleHyphen: "double hyphen", GluedMark: "glued mark", LostDash: "lost dash", EmDash: "em dash", DoubleSpace: "two blanks", LineStart: "own line"}

func TestText(t *testing.T) {
	for _, test := range textTests {
		t.Run(test.name, func(t *testing.T) {
			v := view.OfText(unmark(test.in))
			a, ok := At(v, strings.IndexByte(v.Text, '@'), Context{})
			if !ok {
				if test.want != "" {
					t.Errorf("no attribution in %q", v.Text)
				}
				return
			}
			if got := says(&a); got != test.want {
				t.Errorf("%q says %q, not %q", test.in, got, test.want)
			}
			shown := view.OfText(strings.NewReplacer("|", "\x01", "‹", "\x02", "›", "\x03", "»", "\x04").Replace(test.in))
			if got, want := mark(v.Text, &a), strings.NewReplacer("\x01", "|", "\x02", "‹", "\x03", "›", "\x04", "»").Replace(shown.Text); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func unmark(s string) string {
	return strings.NewReplacer("|", "", "‹", "", "›", "", "»", "").Replace(s)
}

// mark puts the marks of textTests into s.
func mark(s string, a *Attribution) string {
	name := a.Name
	for name > a.Text && s[name-1] == ' ' && a.Mark >= Hyphen && a.Mark <= EmDash {
		name--
	}
	end := a.Name + len(a.Author)
	var b strings.Builder
	for i := 0; i <= len(s); i++ {
		for _, m := range []struct {
			at int
			s  string
		}{{textEnd(s, a), "|"}, {name, "‹"}, {end, "›"}, {a.End, "»"}} {
			if m.at == i {
				b.WriteString(m.s)
			}
		}
		if i < len(s) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// textEnd is the end of the text without the blanks before a dash.
func textEnd(s string, a *Attribution) int {
	if !a.HasDash() {
		return a.Text
	}
	return len(strings.TrimRight(s[:a.Text], " \n"))
}

func says(a *Attribution) string {
	words := []string{a.Handle}
	switch {
	case a.Dated && a.Date.Day == "":
		words = append(words, "masked")
	case a.Dated:
		words = append(words, a.Date.Day)
	}
	if a.Date.Clock {
		words = append(words, "clock")
	}
	words = append(words, a.ID, marks[a.Mark])
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// Whether it is an attribution in an article of 2019-05-10.
func TestIsAttribution(t *testing.T) {
	for _, test := range []struct {
		in            string
		sure, undated bool
	}{
		{"Gone. — Ada Mole (@ada_mole) May 4, 2019", true, false},
		{"Gone. — Ada Mole (@ada_mole) https://x.com/ada_mole/status/1124703206545887232", true, false},
		{"it is gone, Ada Mole (@ada_mole) May 4, 2019", true, false},
		{"it is gone, Ada Mole (@ada_mole) May 24, 2019", false, false}, // after the article
		{"Gone. — Ada Mole (@ada_mole) May 24, 2019", true, false},
		{"Gone. — Ada Mole (@ada_mole)", false, true},
		{"Gone. — Ada Mole (@ada_mole)\nThe council met.", false, true},
		{"Gone. -- Ada Mole (@ada_mole)", false, true},
		{"Gone. - Ada Mole (@ada_mole)", false, false},
		{"Gone. — (@ada_mole)", false, false},
		{"Gone.\nAda Mole (@ada_mole)", false, false},
		{"Gone. — Ada Mole (@ada_mole) about 2 hours ago", false, true},
		{"Gone. — Ada Mole (@ada_mole) on May", false, false},
		{"Gone. — Ada Mole (@ada_mole), who", false, false},
		{"Gone. — Ada Mole (@ada_mole). She", false, false},
		{"Gone. — Ada Mole (@ada_mole) is a miller", false, false},
		{"Gone. — Ada Mole (@ada_mole) The council met.", false, true},
		{"Gone. — Ada Mole (@ada_mole) #mill", false, true},
		{"Gone. -- Ada Mole (@ada_mole) The council met.", false, false},
		{"See https://t.co/AbCd — Ada Mole (@ada_mole) is a", false, true},
	} {
		v := view.OfText(test.in)
		a, _ := At(v, strings.IndexByte(v.Text, '@'), Context{})
		if sure, undated := a.IsSure("2019-05-10"), a.IsUndated(v.Text); sure != test.sure || undated != test.undated {
			t.Errorf("%q: sure %v, undated %v", test.in, sure, undated)
		}
	}
}

// Whole tweets, as markup gives them: name, handle, day and text.
func TestLast(t *testing.T) {
	for _, test := range []struct {
		name, in string
		known    bool
		want     string
	}{
		{"a line of its own", "Gone.\n\n— Ada Mole (@ada_mole) May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"three hyphens", "Gone.\n\n--- Ada Mole (@ada_mole) May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"a minus", "Gone.\n\n− Ada Mole (@ada_mole) May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"a hyphen glued to the name", "Gone.\n\n-Ada Mole (@ada_mole) May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"a dash in the name's line", "Gone.\n\n— Ada — Mole (@ada_mole) May 4, 2019", false, "Ada — Mole|ada_mole|2019-05-04|Gone."},
		{"no dash", "Gone.\n\nMill - Trust (@ada_mole) May 4, 2019", false, "Mill - Trust|ada_mole|2019-05-04|Gone."},
		{"the line of the text", "Gone. - Ada Mole (@ada_mole) May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"a name line of 70 bytes", "Gone.\n\nMill - " + long(62) + " (@ada_mole) May 4, 2019", false, "Mill - " + long(62) + "|ada_mole|2019-05-04|Gone."},
		{"what may follow", "Gone. — Ada (@ada_mole) May 4, 2019 " + strings.Repeat("on the site ", 5), false, "Ada|ada_mole|2019-05-04|Gone."},
		{"a long line is not the name's alone", "One.\n\n" + strings.Repeat("Gone. ", 14) + "- Ada (@ada_mole) May 4, 2019", false, "Ada|ada_mole|2019-05-04|One.\n\n" + strings.Repeat("Gone. ", 13) + "Gone."},
		{"empty lines before the date", "Gone. — Ada (@ada_mole)\n\n\n\nMay 4, 2019", false, "Ada|ada_mole|2019-05-04|Gone."},
		{"a name of any length", "Gone.\n\n" + long(90) + " (@ada_mole) May 4, 2019", false, long(90) + "|ada_mole|2019-05-04|Gone."},
		{"too much after it", "— Ada (@ada_mole) May 4, 2019. " + long(80), false, ""},
		{"mail after it", "Gone. — Ada (@ada_mole) May 4, 2019 ada@mole.example", false, "Ada|ada_mole|2019-05-04|Gone."},
		{"printed twice", "Gone.\n\n— Ada (@ada_mole) May 4, 2019\n— Ada (@ada_mole) May 4, 2019", false, "Ada|ada_mole|2019-05-04|Gone."},
		{"... of two days", "Gone.\n\n— Ada (@ada_mole) May 4, 2019\n— Ada (@ada_mole) May 5, 2019", false, "Ada|ada_mole|2019-05-05|Gone.\n\n— Ada (@ada_mole) May 4, 2019"},
		{"a dash became a question mark", "Gone.\n\n? Ada Mole (@ada_mole) May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"the service before the day", "Gone.\n\n— Ada Mole (@ada_mole) on X, May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"wide signs", "Gone.\n\n— Ada Mole（＠ada_mole） May 4, 2019", false, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"no parentheses", "Gone.\n— Ada Mole @ada_mole, May 4, 2019", true, "Ada Mole|ada_mole|2019-05-04|Gone."},
		{"... nor name", "Gone.\n— @ada_mole", true, "|ada_mole||Gone."},
		{"... without the markup", "Gone.\n— Ada Mole @ada_mole, May 4, 2019", false, ""},
		{"... without a dash", "Gone.\nAda Mole @ada_mole, May 4, 2019", true, ""},
		{"... on the only line", "— Ada Mole @ada_mole", true, ""},
		{"... mail is none", "Gone.\n— ada@mole.example", true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := view.OfText(test.in)
			got := ""
			if a, ok := Last(v, test.known); ok {
				got = strings.Join([]string{a.Author, a.Handle, a.Date.Day, strings.TrimSpace(v.Text[:a.Text])}, "|")
			}
			if got != test.want {
				t.Errorf("%q: %q, not %q", test.in, got, test.want)
			}
		})
	}
}

// The address in parentheses, if no view made a link of it.
func TestTarget(t *testing.T) {
	for n, want := range map[int]string{330: "1124703206545887232", 370: ""} {
		v := &view.View{Text: "Gone. — Ada (@ada_mole) May 4, 2019 (https://x.com/ada_mole/status/1124703206545887232?" + strings.Repeat("a", n) + ") more"}
		if a, _ := At(v, strings.IndexByte(v.Text, '@'), Context{}); a.ID != want {
			t.Errorf("with %d bytes more the ID is %q, not %q", n, a.ID, want)
		}
	}
}

func TestFirst(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Mole (@ada_mole)\nGone.":                     "Ada Mole|ada_mole|20",
		"Mill - Trust (@ada_mole) \nGone.":                "Mill - Trust|ada_mole|25",
		"— Ada Mole (@ada_mole)\nGone.":                   "",
		"(@ada_mole)\nGone.":                              "",
		"Ada Mole (@ada_mole) Gone.\nGone.":               "",
		"Ada Mole (@ada_mole)":                            "",
		strings.Repeat("Ada ", 18) + "(@ada_mole)\nGone.": "",
	} {
		got := ""
		if a, end, ok := First(view.OfText(in)); ok {
			got = fmt.Sprintf("%s|%s|%d", a.Author, a.Handle, end)
		}
		if got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

// How doubtful a name is.
func TestDoubt(t *testing.T) {
	for in, want := range map[string]float64{
		"Gone. — Ada Mole (@ada_mole) May 4, 2019":                                     0,
		"Gone. — Mills & Sons of the Upper and the Lower Dale (@ada_mole) May 4, 2019": 0,
		"Gone. — Bylines of Ada (@ada_mole) May 4, 2019":                               0,
		"Gone. — (@ada_mole) May 4, 2019":                                              0.1,
		"Gone.\nThe Mill Is Gone Ada Mole (@ada_mole) May 4, 2019":                     0.3,
		"Gone. — By Ada Mole (@ada_mole) May 4, 2019":                                  0.5,
		"Gone.\nReplying to Ada Mole (@ada_mole) May 4, 2019":                          0.5,
		"Gone.\n\nFollow (@ada_mole) May 4, 2019":                                      0.5,
		"Gone. — " + long(60) + " (@ada_mole) May 4, 2019":                             0.5,
	} {
		v := view.OfText(in)
		if a, _ := At(v, strings.IndexByte(v.Text, '@'), Context{}); a.Doubt(v.Text) != want {
			t.Errorf("%q: %v, not %v", in, a.Doubt(v.Text), want)
		}
	}
}
