package page

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func read(body string) *Page {
	var marks []int
	for at := range body {
		if strings.HasPrefix(body[at:], "weet") || strings.HasPrefix(body[at:], "bbpBox") {
			marks = append(marks, at)
		}
	}
	return Read(body, marks)
}

// The tokens are all of a page, except a tag that does not end.
func TestRead(t *testing.T) {
	p := read(`a<p class=Tweet>b</p tweet><!-- bbpBox --><x-y/>tweet<!doctype tweet><p tweet`)
	var got []string
	for i, tok := range p.Tokens[:len(p.Tokens)-1] {
		s := tok.Kind.String() + " " + p.Raw(i)
		if tok.Marked {
			s += " !"
		}
		got = append(got, s)
	}
	want := "Text a, StartTag <p class=Tweet> !, Text b, EndTag </p tweet>, Comment <!-- bbpBox --> !, SelfClosingTag <x-y/>, Text tweet !, Doctype <!doctype tweet> !"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("tokens\n%s, want\n%s", s, want)
	}
	if p.Name(1) != "p" || p.Name(5) != "x-y" || p.IsStart(0) || !p.IsStart(1) || p.IsStart(3) || !p.IsStart(5) {
		t.Errorf("names %s, %s", p.Name(1), p.Name(5))
	}
	for at, want := range map[int]int{0: 0, 1: 1, 2: 2, 16: 2, 17: 3} {
		if i := p.At(at); i != want {
			t.Errorf("the token at %d is %d, want %d", at, i, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	p := read(`<P CLASS='a tweet' Title="x&amp;y" hidden><b class="c">`)
	as := p.Attributes(0)
	is := func(want string) func(string) bool { return func(c string) bool { return c == want } }
	if as.Get("title") != "x&y" || len(as) != 3 || as.Get("id") != "" || !as.Class(is("tweet")) || as.Class(is("a tweet")) || p.Attributes(1).Get("class") != "c" {
		t.Errorf("%q, %q", as, p.Attributes(1))
	}
	var many strings.Builder
	for n := range 2 * maxAttributes {
		many.WriteString(strings.Repeat(" a"+strings.Repeat("b", n), 2))
	}
	if n := len(read("<p" + many.String() + ">").Attributes(0)); n != maxAttributes {
		t.Errorf("%d attributes", n)
	}
	if len(read("<p>").Attributes(0)) > 0 {
		t.Error("attributes where there are none")
	}
}

// The content of these elements is text with their tag, whatever it looks like. In other
// elements it is read.
func TestReadRaw(t *testing.T) {
	for _, name := range strings.Fields("script style textarea title xmp noembed noframes plaintext") {
		if p := read("<" + name + ">a<b>c</" + name + ">"); p.Tokens[1].Tag.String() != name {
			t.Errorf("%s: %+v", name, p.Tokens)
		}
	}
	for _, name := range strings.Fields("iframe noscript div") {
		if p := read("<" + name + ">a<b>c</" + name + ">"); p.Tokens[2].Tag != atom.B || p.Tokens[1].Tag != 0 {
			t.Errorf("%s: %+v", name, p.Tokens)
		}
	}
}

// An element ends with the tag that closes it, whatever is open inside it. An inline
// element's end tag outside does not close it.
func TestEnd(t *testing.T) {
	for body, want := range map[string]string{
		"<div>a</div>b":                     "<div>a</div>",
		"<div><div>a</div>b</div>c":         "<div><div>a</div>b</div>",
		"<div><p>a<b></div>c":               "<div><p>a<b></div>",
		"<div><span>a</div></span>c":        "<div><span>a</div>",
		"<span><div>a</span>b</div></span>": "<span><div>a</span>b</div></span>",
		"<x-y><x-z>a</x-y></x-z>":           "<x-y><x-z>a</x-y>",
		"<div/>a</div>":                     "<div/>",
		"<div>a":                            "none",
		"<div>" + strings.Repeat("x", MaxElement-len("<div>")) + "</div>":   "<div>" + strings.Repeat("x", MaxElement-len("<div>")) + "</div>",
		"<div>" + strings.Repeat("x", MaxElement-len("<div>")+1) + "</div>": "none",
	} {
		p := read(body)
		end, closed := p.End(0)
		got := body[:p.Tokens[end].Start]
		if !closed {
			got = "none"
		}
		if got != want {
			t.Errorf("%.40s: ends %.40q, want %.40q", body, got, want)
		}
	}
}

// These end where they begin, as nobody asks where they are closed.
func TestLoose(t *testing.T) {
	for _, name := range strings.Fields("area base br col embed hr img input link meta param source track wbr p b i em strong u s small big font tt code nobr center html body head") {
		if end, closed := read("<" + name + ">a</" + name + ">").End(0); end != 1 || !closed {
			t.Errorf("%s ends at token %d, %v", name, end, closed)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("<p>tweet</p>")
	f.Fuzz(func(t *testing.T, body string) {
		p := read(body)
		for i, tok := range p.Tokens[:len(p.Tokens)-1] {
			if end, _ := p.End(i); end <= i || end >= len(p.Tokens) {
				t.Fatalf("%q: token %d ends at %d", body, i, end)
			}
			s := p.Raw(i)
			if marked := strings.Contains(s, "weet") || strings.Contains(s, "bbpBox"); s == "" || tok.Marked != (marked && tok.Kind != html.EndTagToken) {
				t.Fatalf("%q: token %q, marked %v", body, s, tok.Marked)
			}
		}
	})
}

// The attributes are those that a browser reads.
func FuzzAttributes(f *testing.F) {
	for _, s := range []string{
		`<p>`, `<P CLASS=Tweet id = 'a"b' data-x="1&amp;2" checked/>`, `<a href="?a=1&copy=2&notes&lt;&semi;&#65x&#x41;&bad;&" href=again>`,
		`<p/=x =y==z a/b c / d=/ e=>`, "<p a='\r\n\r' b=\"&\r&&amp\">", `<br a=b/>`, `<p a="&amp">`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := read(s)
		for i := range p.Tokens[:len(p.Tokens)-1] {
			z := html.NewTokenizer(strings.NewReader(p.Raw(i)))
			var want Attributes
			z.Next()
			for _, more := z.TagName(); more && p.IsStart(i); {
				var k, v []byte
				k, v, more = z.TagAttr()
				want = append(want, Attribute{string(k), string(v)})
			}
			if got := p.Attributes(i); !slices.Equal(got, want[:min(len(want), maxAttributes)]) {
				t.Fatalf("%q: %q, not %q", p.Raw(i), got, want)
			}
		}
	})
}

// The tokens are those of the tokenizer of golang.org/x/net/html, which has all rules.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		"a<b>c</b>d<", "a</", "a<b", "a</b", "<b c", "<b c='>'>d<B/c/>x<b c=/>y<b c=d/>z<b c='d/'/>", "1 < 2 <<b>></ b></><?php x?><!doctype html><!-- - --!>x<!-",
		"<script>if (a<b) '</scrip'<!--<script></script>--></SCRIPT >x<script/>y</script><title>a<b></title><textarea></textarea>z", "<iframe><b></iframe><iframe/><b></iframe><noscript><p></noscript>",
		"<plaintext><b>", "<style></style", "<b =c=d / =e >f", "<b \x00c\x00>", "<x-y></x-Y><a b=\"c\"d='e'f>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := read(s)
		z := html.NewTokenizer(strings.NewReader(s))
		n, at, raw := 0, 0, atom.Atom(0)
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			got, text := p.Tokens[n], raw
			if kind == html.SelfClosingTagToken && got.Kind == html.StartTagToken {
				kind = got.Kind // <p a a=/>: the tokenizer drops the second a and so does not see where it ends
			}
			raw = 0
			end := at + len(z.Raw())
			if got.Kind != kind || got.Start != at || p.Tokens[n+1].Start != end || kind == html.TextToken && got.Tag != text {
				t.Fatalf("%q: token %d is %v, not %v %q", s, n, got, kind, s[at:end])
			}
			if name, _ := z.TagName(); len(name) > 0 && got.Tag != tagOf(string(name)) && !strings.Contains(p.Raw(n), "\x00") {
				t.Fatalf("%q: token %d is %s, not %s", s, n, p.Name(n), name)
			}
			if kind == html.StartTagToken && isRaw[got.Tag] {
				if raw = got.Tag; raw == atom.Iframe || raw == atom.Noscript {
					z.NextIsNotRawText()
					raw = 0
				}
			}
			n, at = n+1, end
		}
		if n != len(p.Tokens)-1 || p.Tokens[n].Start != at {
			t.Fatalf("%q: %d tokens up to %d, not %d up to %d", s, len(p.Tokens)-1, p.Tokens[len(p.Tokens)-1].Start, n, at)
		}
	})
}
