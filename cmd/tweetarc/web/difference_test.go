package web

import (
	"strings"
	"testing"
)

// shown is a difference with - before what is gone and + before what is new.
func shown(all []change) string {
	var b strings.Builder
	for _, c := range all {
		switch {
		case c.Gone:
			b.WriteString("[-" + c.Text + "]" + c.Space)
		case c.New:
			b.WriteString("[+" + c.Text + "]" + c.Space)
		default:
			b.WriteString(c.Text + c.Space)
		}
	}
	return b.String()
}

func TestDifference(t *testing.T) {
	for _, x := range []struct{ first, second, want string }{
		{"the tram is late", "the tram is late", "the tram is late"},
		{"the tram is late", "the tram is early", "the tram is [-late] [+early]"},
		{"the tram is late", "the tram", "the tram [-is late]"},
		{"the tram", "the tram is late", "the tram [+is late]"},
		{"open on Friday at nine", "open on Monday at ten", "open on [-Friday] [+Monday] at [-nine] [+ten]"},
		{"a b c d", "b d e", "[-a] b [-c] d [+e]"},
		{"a\nb", "a  b ", "a  b "},
		{"", "so", "[+so]"},
		{"so", "", "[-so]"},
		{"", "", ""},
		{"東京", "大阪", "[-東京] [+大阪]"},
	} {
		if got := shown(difference(x.first, x.second)); got != x.want {
			t.Errorf("%q, %q: %q, want %q", x.first, x.second, got, x.want)
		}
	}
}

// Both texts can be read from what differs; very long ones are compared, too.
func FuzzDifference(f *testing.F) {
	f.Add("a b c", "b c\n d")
	f.Add(strings.Repeat("x y ", 600), strings.Repeat("y z ", 600))
	f.Fuzz(func(t *testing.T, first, second string) {
		var was, is []string
		for _, c := range difference(first, second) {
			if c.Gone && c.New || c.Text == "" && c.Space == "" {
				t.Fatalf("%+v", c)
			}
			if !c.New {
				was = append(was, strings.Fields(c.Text)...)
			}
			if !c.Gone {
				is = append(is, strings.Fields(c.Text)...)
			}
		}
		if strings.Join(was, " ") != strings.Join(strings.Fields(first), " ") || strings.Join(is, " ") != strings.Join(strings.Fields(second), " ") {
			t.Errorf("%q, %q: %q, %q", first, second, was, is)
		}
	})
}
