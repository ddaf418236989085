package web

import (
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/tweetarc/store"
)

// mark writes the pieces of a text so that they can be seen: marks in [ ], links
// in < >.
func mark(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		s := p.Text
		if p.Mark {
			s = "[" + s + "]"
		}
		if p.Href != "" {
			s = "<" + s
		}
		if p.End {
			s += ">"
		}
		b.WriteString(s)
	}
	return b.String()
}

func TestPieces(t *testing.T) {
	for _, x := range []struct{ query, text, want string }{
		{"", "plain\nlines", "plain\nlines"},
		{"bridge", "A bridge, the Bridge.", "A [bridge], the [Bridge]."},
		{"", "@ada and #loom, mail a@b.example, &#x27; /@no", "<@ada> and <#loom>, mail a@b.example, &#x27; /@no"},
		{"#loom", "See #loom #looms", "See <[#loom]> <#looms>"},
		{"ada", "@ada said ada", "<@[ada]> said [ada]"},
		{"", ".@ada: #été_2019 #الجسر!", ".<@ada>: <#été_2019> <#الجسر>!"},
		{"", "@a_name_that_is_far_too_long_for_one", "@a_name_that_is_far_too_long_for_one"},
		{"", "a\x00b\r\nc\x7f\u0085\xff\t", "a␀b\nc␡\ufffd\ufffd\t"},
	} {
		q, err := store.ParseQuery(x.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := mark(served.pieces(x.text, q.Highlights(x.text))); got != x.want {
			t.Errorf("%q in %q: %q, want %q", x.query, x.text, got, x.want)
		}
	}
}

// What is shown of a text holds its first mark, is no longer than was asked
// for, and its marks are those of the text.
func FuzzWindow(f *testing.F) {
	f.Add(strings.Repeat("word ", 300)+"goose"+strings.Repeat(" word", 300), 1500, 5)
	f.Add("goose", 0, 5)
	f.Add("\xff\xfeé\u0301", 1, 2)
	f.Fuzz(func(t *testing.T, text string, at, n int) {
		if at < 0 || n <= 0 || at >= len(text) || n > len(text)-at || !utf8.RuneStart(text[at]) || n > 300 {
			return
		}
		marks := []store.Span{{Start: at, End: at + n}}
		part, within, before, after := window(text, marks, cardText)
		if utf8.RuneCountInString(part) > cardText || !strings.Contains(text, part) || (!before && !after) != (part == text) {
			t.Fatalf("%d characters, %v %v", utf8.RuneCountInString(part), before, after)
		}
		if len(within) != 1 || part[within[0].Start:within[0].End] != text[at:at+n] {
			t.Fatalf("%v of %v", within, marks)
		}
		served.pieces(part, within)
		oneLine(text, 10)
		langOf(text)
	})
}

func TestOneLine(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{" two\n lines\t", "two lines"},
		{"\u202eekac\u202c\u2066", "ekac"},
		{"0123456789", "0123456789"},
		{"0123456789a", "0123456789…"},
		{strings.Repeat(" ", 100) + "far", "…"},
		{"nul\x00", "nul␀"},
	} {
		if got := oneLine(x.in, 10); got != x.want {
			t.Errorf("%q: %q, want %q", x.in, got, x.want)
		}
	}
}

func TestLang(t *testing.T) {
	for text, want := range map[string]string{"plain": "", "Straße": "", "新しい橋": "ja", "新橋": "zh", "다리": "ko", "הגשר": "he", "สะพาน": "th", "γέφυρα": "el", "الجسر": "", "мост": ""} {
		if got := langOf(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
