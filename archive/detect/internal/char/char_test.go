package char

import "testing"

// Characters of each kind; those after | are not of it.
func TestKinds(t *testing.T) {
	for _, test := range []struct {
		name, in string
		is       func(r rune) bool
	}{
		{"blank", " \t\n\v\f\r\u00a0\u061c\u1680\u2000\u2009\u200b\u200e\u200f\u2028\u202a\u202e\u202f\u205f\u2060\u2066\u2069\u3000\ufeff|a.–\u200c\u200d\u2010\u2030\u2061\u2070\u3001\u00a1", IsBlank},
		{"end of a sentence", ".!?…。！？؟|,:;a", EndsSentence},
		{"closing quotation mark", "”\"’»'」|“«a(", IsQuoteEnd},
		{"closer", ")]*”|([a", IsCloser},
		{"uncased", "水한ا|aЯé1", IsUncased},
		{"punctuation", "!/:@[`{~|a0 é", func(r rune) bool { return r < 0x80 && IsPunct(byte(r)) }},
	} {
		want := true
		for _, r := range test.in {
			if r == '|' && want {
				want = false
			} else if test.is(r) != want {
				t.Errorf("%s: %q %U is taken for one: %v", test.name, r, r, !want)
			}
		}
	}
}

// | is where the blanks after the first byte end, or before the last begin.
func TestSkip(t *testing.T) {
	for _, test := range []struct {
		in            string
		blanks, brk   int
		before, blank int
	}{
		{"a b", 2, 2, 0, 1},
		{"a \t\u00a0b", 5, 5, 0, 1},
		{"a\nb", 1, 2, 0, 1},
		{"a \r\n b", 2, 5, 0, 1},
		{"a\n\nb", 1, 2, 0, 1},
		{"ab\u3000", 1, 1, 3, 0},
		{"ab ", 1, 1, 1, 0},
	} {
		if got := SkipBlanks(test.in, 1); got != test.blanks {
			t.Errorf("the blanks of %q end at %d, not %d", test.in, got, test.blanks)
		}
		if got := SkipBreak(test.in, 1); got != test.brk {
			t.Errorf("the break of %q ends at %d, not %d", test.in, got, test.brk)
		}
		if got := BlankBefore(test.in, len(test.in)); got != test.before {
			t.Errorf("%q ends with a blank of %d bytes, not %d", test.in, got, test.before)
		}
		if got := Blank(test.in, 1); got != test.blank {
			t.Errorf("the blank of %q has %d bytes, not %d", test.in, got, test.blank)
		}
	}
	if got := Squash("\u200b a \u00a0\n b "); got != "a b" {
		t.Errorf("squashed to %q", got)
	}
	if got := Trim("\u200b a  b\ufeff\n"); got != "a  b" {
		t.Errorf("trimmed to %q", got)
	}
}
