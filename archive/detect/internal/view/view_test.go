package view

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/page"
)

// Running texts and what their reader sees. A link is shown as ‹text›(address), a block
// of quoted lines is between « and ».
var textTests = []struct{ name, in, want string }{
	{"plain", "One. Two.\n\nThree.", "One. Two.\n\nThree."},
	{"line ends", "One.\r\nTwo.\r\n", "One.\nTwo.\n"},
	{"entities", "Flour &amp; bread &mdash; &#x1f33e; &nope; &", "Flour & bread — 🌾 &nope; &"},
	{"once only", "&amp;mdash;", "&mdash;"},
	{"links", "See [the mill](https://mill.example/a), [it](b).", "See ‹the mill›(https://mill.example/a), ‹it›(b)."},
	{"links by name", "See [the mill][1].", "See ‹the mill›(1)."},
	{"a picture in a link", "[![mill](https://a.example) x](https://b.example)", "‹!‹mill›(https://a.example) x›(https://b.example)"},
	{"a link that shows nothing", "(@ada)[](https://x.com/a/status/20)", "(@ada)‹›(https://x.com/a/status/20)"},
	{"parentheses in an address", "[a](https://b.example/c_(d))", "‹a›(https://b.example/c_(d))"},
	{"brackets in a link", "[a [b] c](d)", "‹a [b] c›(d)"},
	{"32 brackets at most", strings.Repeat("[", 34) + "a" + strings.Repeat("](b)", 34), "[[" + strings.Repeat("‹", 32) + "a" + strings.Repeat("›(b)", 32) + strings.Repeat("](b)", 2)},
	{"an address of 390 bytes", "[a](" + strings.Repeat("b", 390) + ")", "‹a›(" + strings.Repeat("b", 390) + ")"},
	{"an address of 400 bytes at most", "[a](" + strings.Repeat("b", 400) + ")", "[a](" + strings.Repeat("b", 400) + ")"},
	{"brackets", "a [b] (c) ]( [d]", "a [b] (c) ]( [d]"},
	{"escapes are not undone", `lambda \(x) and \_`, `lambda \(x) and \_`},
	{"... unless a handle is escaped", `a \- b — Ada (@ada\_mole)`, `a - b — Ada (@ada_mole)`},
	{"... or its @", `a \- b — Ada (\@ada)`, `a - b — Ada (@ada)`},
	{"... or its date linked", `a \- b \ c — Ada (@ada) [May 4](c)`, `a - b \ c — Ada (@ada) ‹May 4›(c)`},
	{"... or the line quoted", `> a \- b` + "\n\n" + `a \- b`, "«a - b\n»\n" + `a \- b`},
	{"addresses after their links", "See a (https://b.example). — Ada (@ada) May 4, 2019 (https://x.com/a/status/20)", "See a‹›(https://b.example). — Ada (@ada) May 4, 2019‹›(https://x.com/a/status/20)"},
	{"... wrapped", "> — Ada (@ada) May 4, 2019 (\n> https://x.com/a/status/20 )", "«— Ada (@ada) May 4, 2019»‹›(\n> https://x.com/a/status/20 )"},
	{"... but of articles without", "See a (https://b.example).", "See a (https://b.example)."},
	{"... and of others", "See (a). — Ada (@ada) May 4, 2019 (https://x.com/a/status/20)", "See (a). — Ada (@ada) May 4, 2019‹›(https://x.com/a/status/20)"},
	{"a quote", "One.\n> Two.\n> Three.\nFour.", "One.\n«Two.\nThree.\n»Four."},
	{"its empty lines", "> One.\n>\n> \n> Two.", "«One.\n\nTwo.»"},
	{"within a list", " * > One.\n * > Two.", "«One.\nTwo.»"},
	{"two levels", ">> One.\n> > Two.", "«One.\nTwo.»"},
	{"hard wraps", "> " + strings.Repeat("word ", 11) + "word\n> words.", "«" + strings.Repeat("word ", 11) + "word words.»"},
	{"a line that would have fit", "> " + strings.Repeat("word ", 9) + "word\n> words.", "«" + strings.Repeat("word ", 9) + "word\nwords.»"},
	{"a break that was meant", "> " + strings.Repeat("word ", 11) + "word  \n> words.", "«" + strings.Repeat("word ", 11) + "word  \nwords.»"},
	{"a link that begins a quoted line", "> a (@b)\n[> May 4](c)", "«a (@b)\n‹May 4›(c)»"},
	{"no link goes into a quote", "[a\n> b](c)", "[a\n«b](c)»"},
	{"autolinks", "See <https://b.example/a>, a <3 b, 5 < 7 > 2 <a@b.example>.", "See ‹https://b.example/a›(https://b.example/a), a <3 b, 5 < 7 > 2 <a@b.example>."},
	{"links of Org", "See [[https://b.example][the mill]].", "See ‹the mill›(https://b.example)."},
	{"... of MediaWiki", "See [https://b.example the mill].", "See ‹the mill›(https://b.example)."},
	{"... of LaTeX", `See \href{https://b.example}{the \#mill}.`, "See ‹the #mill›(https://b.example)."},
	{"... of Typst", `See #link("https://b.example")[the mill].`, "See ‹the mill›(https://b.example)."},
	{"... of reStructuredText", "See `the mill <https://b.example>`__, `it <https://c.example>`_.", "See ‹the mill›(https://b.example), ‹it›(https://c.example)."},
	{"... of AsciiDoc", "See https://b.example[the ++_++mill++_++] and @ada++_++mole.", "See ‹the _mill_›(https://b.example) and @ada_mole."},
	{"a numbered address that begins its line", "See\n[2]https://b.example\n\nReferences\n\n   2. https://b.example\n", "See\n‹›(https://b.example)https://b.example\n\nReferences\n\n   2. https://b.example\n"},
	{"carriage returns alone are line ends", "The mill\r\ris gone.\rSo\r\nit\r\r\nis.\r", "The mill\n\nis gone.\nSo\nit\nis."},
	{"wraps above a list of addresses", "The council met on Monday evening and said\nnothing of the mill, though half of the town\nhad come to hear what would become of the\nwheel, the sluice and the two old millers.\n\nReferences\n\n   1. https://b.example/a\n   2. https://b.example/an-address-that-is-longer\n", "The council met on Monday evening and said nothing of the mill, though half of the town had come to hear what would become of the wheel, the sluice and the two old millers.\n\nReferences\n\n   1. https://b.example/a\n   2. https://b.example/an-address-that-is-longer\n"},
	{"references by name", "See [the mill] and [b][2].\n\n[the mill]: https://b.example\n[2]: https://c.example\n", "See ‹the mill›(https://b.example) and ‹b›(https://c.example).\n\n\n\n"},
	{"tags of blocks", "<div class=\"x\">\nThe mill<br>is gone.\n</div>\n", "\nThe mill\nis gone.\n\n"},
	{"... of Jira", "See [the mill|https://b.example].", "See ‹the mill›(https://b.example)."},
	{"... of Textile", `See "the mill":https://b.example now`, "See ‹the mill›(https://b.example) now"},
	{"an address in brackets", "[https://b.example] [https://b.example a](https://c.example)", "[https://b.example] ‹https://b.example a›(https://c.example)"},
	{"a text browser's references", "See [1]the mill [2].\nReferences\n\n 1. https://b.example\n", "See ‹›(https://b.example)the mill [2].\nReferences\n\n 1. https://b.example\n"},
	{"quote blocks", "One.\n#+begin_quote\nTwo.\n#+end_quote\n#three [[https://b.example][a]]", "One.\n\n«Two.»\n\n#three ‹a›(https://b.example)"},
	{"... of Org, with line breaks", "One.\n#+BEGIN_QUOTE\nTwo:\\\\\n\\\\\n- a\n\n#+END_QUOTE\nThree.", "One.\n\n«Two:\n\n- a»\n\nThree."},
	{"... of LaTeX", "One.\n\n\\begin{quote}\nTwo:\\\\\n\\strut \\\\\n- \\url{https://b.example}\n\\end{quote}\n\\href{https://c.example}{{Three}{.}}", "One.\n\n«Two:\n\n- ‹https://b.example›(https://b.example)»\n\n‹Three.›(https://c.example)"},
	{"... of AsciiDoc", "One.\n\n____\nTwo: +\n +\n- https://b.example[4&#44; 5]·https://c.example[a] + b\n____\nThree. +\nFour.", "One.\n\n«Two:\n\n- ‹4, 5›(https://b.example)·‹a›(https://c.example) + b»\n\nThree. +\nFour."},
	{"... of a wiki", "One.\n<blockquote>Two:<br />\n- [https://b.example <span>a</span>]\n</blockquote>\n<span>Three.</span>", "One.\n«Two:\n\n- ‹a›(https://b.example)»\n\nThree."},
	{"... of reStructuredText", "One `a <https://b.example>`__\\ b.\n\n.. container:: x\n\n   | Two:\n   | - a\n\n   Three.\n\nFour.", "One ‹a›(https://b.example)b.\n\n\n«Two:\n- a\n\nThree.\n\n»Four."},
	{"... that do not end", "One.\n#+begin_quote\nTwo.\n\n____\n<blockquote>Three.", "One.\n\nTwo.\n\nThree."},
	{"a quote in an item", "- > Two:\n  >\n  > a\n\n+ > b\n  > c\n\n- > 5 of them\n- c > d", "«Two:\n\na\n»\n«b\nc\n»\n- > 5 of them\n- c > d"},
	{"a wrap in a link", "[The\nmill](https://b.example) [The  \nmill](https://b.example) [The\n\nmill](https://b.example)", "‹The mill›(https://b.example) ‹The  \nmill›(https://b.example) ‹The\n\nmill›(https://b.example)"},
	{"lines about blocks", "One `a <https://b.example>`__\n::: {.x}\nTwo.\n:::\n.. image:: https://b.example\n   :alt: a\n:smile: Three.\n::: no class", "One ‹a›(https://b.example)\n\nTwo.\n\n:smile: Three.\n::: no class"},
	{"blocks at the beginning", "#+begin_quote\nOne.\n#+end_quote\n\nTwo.", "\n«One.»\n\n\nTwo."},
	{"a directive parts quotes of reStructuredText", "One `a <https://b.example>`_\n\n   Two.\n\n..\n\n   Three.\n", "One ‹a›(https://b.example)\n\n«Two.\n»\n\n«Three.\n»"},
	{"no quotes: what goes on below an item or a term", "`a <https://b.example>`_\n\n1. One.\n\n   Two.\n\nTerm\n   Three.\n", "‹a›(https://b.example)\n\n1. One.\n\n   Two.\n\nTerm\n   Three.\n"},
	{"a quote within a line, and within another", "* One: <blockquote>Two. <blockquote>Three.</blockquote>", "* One: «Two. »«Three.»\n"},
	{"a text that is indented as a whole", "\n   See `a <https://b.example>`_.\n\n   One.\n", "\n   See ‹a›(https://b.example).\n\n   One.\n"},
	{"blocks with carriage returns, and with more on their line", "See https://b.example[a]\r\n____\r\nOne.\r\n____\r\n#+begin_quote :x 1\r\nTwo.\r\n#+end_quote\r\n", "See ‹a›(https://b.example)\n\n«One.»\n\n«Two.»\n\n"},
	{"a directive at the beginning", ".. epigraph::\n\n   One.\n\n`a <https://b.example>`_", "\n\n«One.\n\n»‹a›(https://b.example)"},
	{"an empty block", "One.\n\n\\begin{quote}\n\\end{quote}\n\nTwo.\n#+begin_quote\n#+end_quote", "One.\n\n\n\nTwo.\n\n"},
	{"lines that only begin like a block's", "One.\n\\begin{quote} Two.\n\\end{quote} Three.\n\n\\begin{quote}\nFour.\\end{quote}\nFive.", "One.\n\\begin{quote} Two.\n\\end{quote} Three.\n\nFour.\\end{quote}\nFive."},
	{"rules are no blocks", "One.\n\n____\n\nTwo.\n\n____\n\nThree.\n\n<p>", "One.\n\n\nTwo.\n\n\nThree.\n\n"},
	{"a quote before a block", "> One.\n#+begin_quote\nTwo.\n#+end_quote", "«One.»\n\n«Two.»\n"},
	{"a tag that is spoken of", "One `<blockquote>` two </blockquote> three. I love <span>s. C++ {{ x }}", "One `` two  three. I love <span>s. C++ {{ x }}"},
	{"braces outside of LaTeX", "\\href{https://b.example}{Set \\{ {a}}: {b} [[https://b.example][C++]] https://b.example[++]", "‹Set { a›(https://b.example): {b} ‹C++›(https://b.example) ‹›(https://b.example)"},
	{"a meant break of a link in a quote", "> [One.\n> Two.](https://b.example)", "«‹One.\nTwo.›(https://b.example)»"},
	{"an address within a word", "see:https://b.example[1] url=\"https://b.example[1]\"", "see:https://b.example[1] url=\"https://b.example[1]\""},
	{"Markdown's line break", "> Two:\\\n> - a\n\nb\\\nc", "«Two:\n- a\n»\nb\\\nc"},
	{"a wrapped article", "The mill on the river was sold last\nnight to a baker of the next village,\nwho wants to use it to grind his flour\nas it was.\n\n> It was my mother's mill, and I am\n> glad.\n", "The mill on the river was sold last night to a baker of the next village, who wants to use it to grind his flour as it was.\n\n«It was my mother's mill, and I am glad.\n»"},
	{"... but not one with a break that was meant", "The mill on the river was sold last\nnight to a baker of the next village,\nwho wants to use it to grind his flour\nas it was.\n\nOne mill\nno flour\n", "The mill on the river was sold last\nnight to a baker of the next village,\nwho wants to use it to grind his flour\nas it was.\n\nOne mill\nno flour\n"},
	{"a mark within a line", "a > b\nc > d", "a > b\nc > d"},
}

func shown(v *View) string {
	var b strings.Builder
	for i := 0; i <= len(v.Text); i++ {
		for _, l := range v.Links {
			if l.End == i && l.Start < i {
				fmt.Fprintf(&b, "›(%s)", l.Target)
			}
		}
		for _, q := range v.quotes {
			if q.End == i {
				b.WriteString("»")
			}
		}
		for _, q := range v.quotes {
			if q.Start == i {
				b.WriteString("«")
			}
		}
		for k := len(v.Links) - 1; k >= 0; k-- {
			if l := v.Links[k]; l.Start == i {
				b.WriteString("‹")
				if l.End == i {
					fmt.Fprintf(&b, "›(%s)", l.Target)
				}
			}
		}
		if i < len(v.Text) {
			b.WriteByte(v.Text[i])
		}
	}
	return b.String()
}

func TestOfText(t *testing.T) {
	for _, test := range textTests {
		t.Run(test.name, func(t *testing.T) {
			v := OfText(test.in)
			if got := shown(v); got != test.want {
				t.Errorf("%q is seen as\n%q, not\n%q", test.in, got, test.want)
			}
			checkPlaces(t, test.in, v)
		})
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		in, seen     string
		place, after []int // for each byte that is seen: where in the article it comes from, and where that ends
	}{
		{"ab", "ab", []int{0, 1}, []int{1, 2}},
		{"a&amp;b", "a&b", []int{0, 1, 6}, []int{1, 6, 7}},
		{"a\r\nb", "a\nb", []int{0, 2, 3}, []int{1, 3, 4}},
		{"[a](b)c", "ac", []int{1, 6}, []int{6, 7}},
		{"x[a](b)", "xa", []int{0, 2}, []int{1, 7}},
		{"> a\n> b", "a\nb", []int{2, 3, 6}, []int{3, 6, 7}},
	} {
		v := OfText(test.in)
		if v.Text != test.seen {
			t.Fatalf("%q is seen as %q", test.in, v.Text)
		}
		for i := range v.Text {
			if v.Place(i) != test.place[i] || v.After(i+1) != test.after[i] {
				t.Errorf("%q: byte %d is from %d to %d, not from %d to %d", test.in, i, v.Place(i), v.After(i+1), test.place[i], test.after[i])
			}
		}
	}
}

// checkPlaces checks the laws of a view: its bytes come from the article, in order.
func checkPlaces(t *testing.T, s string, v *View) {
	t.Helper()
	last := 0
	for i := range len(v.Text) {
		from, to := v.Place(i), v.After(i+1)
		if from < last || to <= from || to > len(s) {
			t.Fatalf("byte %d of %q is from %d to %d of %q, after %d", i, v.Text, from, to, s, last)
		}
		last = from
	}
	for i, l := range v.Links {
		if l.Start < 0 || l.End < l.Start || l.End > len(v.Text) || i > 0 && l.End < v.Links[i-1].End {
			t.Fatalf("link %d of %q: %+v", i, s, v.Links)
		}
	}
	for i, q := range v.quotes {
		if q.Start < 0 || q.End < q.Start || q.End > len(v.Text) || i > 0 && q.Start < v.quotes[i-1].End {
			t.Fatalf("quotes of %q: %v", s, v.quotes)
		}
	}
	if utf8.ValidString(s) && !utf8.ValidString(v.Text) {
		t.Fatalf("%q is seen as %q", s, v.Text)
	}
}

func FuzzOfText(f *testing.F) {
	for _, test := range textTests {
		f.Add(test.in)
	}
	f.Fuzz(func(t *testing.T, s string) { checkPlaces(t, s, OfText(s)) })
}

// Pages, as above, with marks of links around their texts.
func TestOfPage(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"blocks", "<p>One.</p> <p>Two.</p>", "One.\n\nTwo."},
		{"breaks", "One.<br>Two.<br/><br>Three.<br><br><br>Four.", "One.\nTwo.\n\nThree.\n\nFour."},
		{"white space", "<p> One \n\t two\u00a0 three </p>", "One two\u00a0 three"},
		{"entities", "A &amp; B &mdash;&nbsp;C &#x1f6a2; &notit; &", "A & B —\u00a0C 🚢 ¬it; &"},
		{"inline tags", "<b>O</b>ne <i>two</i>", "One two"},
		{"links", `One <a href="status">two</a> <a href="x">three</a>`, "One‹ two›(status)‹ three›()"},
		{"a link that is not closed", `<a href="status">One <a href="b">two`, "‹One›(status)‹ two›()"},
		{"emoji as pictures", `One <img class="emoji" alt="🚢"> <img alt="no"> <img src="/emoji/1.png" alt="🌾">`, "One 🚢 🌾"},
		{"scripts are not shown", "One <script>two</script><style>three</style>four", "One\n\nfour"},
		{"comments neither", "One <!-- two -->three", "One three"},
		{"left out", "<p>One <nav>two</nav> <span id=out>three</span> four</p>", "One\n\nfour"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var marks []int
			if at := strings.Index(test.in, "status"); at >= 0 {
				marks = append(marks, at)
			}
			p := page.Read(test.in, marks)
			v := OfPage(p, 0, len(p.Tokens)-1, func(i int) bool {
				return p.Name(i) == "nav" || p.Attributes(i).Get("id") == "out"
			})
			if got := shown(v); got != test.want {
				t.Errorf("%q is seen as %q, not %q", test.in, got, test.want)
			}
			for i := range v.Text {
				if from, to := v.Place(i), v.After(i+1); from < 0 || to < from || to > len(test.in) {
					t.Errorf("byte %d is from %d to %d", i, from, to)
				}
			}
		})
	}
}

func TestQuoteAt(t *testing.T) {
	v := &View{Text: "0123456789", quotes: []Range{{2, 4}, {6, 8}}}
	for i, want := range []int{-1, -1, 2, 2, 2, -1, 6, 6, 6, -1} {
		got := -1
		if q, ok := v.QuoteAt(i); ok {
			got = q.Start
		}
		if got != want {
			t.Errorf("the quote at %d begins at %d, not %d", i, got, want)
		}
	}
}

func TestTouching(t *testing.T) {
	v := &View{Text: "0123456789", Links: []Link{{Range: Range{2, 4}}, {Range: Range{5, 5}}, {Range: Range{6, 8}}}}
	for _, test := range []struct{ start, end, first, n int }{{0, 1, 0, 0}, {0, 2, 0, 1}, {4, 4, 0, 1}, {4, 5, 0, 2}, {5, 5, 1, 1}, {5, 6, 1, 2}, {0, 9, 0, 3}, {9, 9, 3, 0}} {
		if got := v.Touching(test.start, test.end); len(got) != test.n || test.n > 0 && got[0] != v.Links[test.first] {
			t.Errorf("from %d to %d: %v", test.start, test.end, got)
		}
	}
}
