package web

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// A query that parses still does when it is narrowed, and finds no more.
func FuzzNarrow(f *testing.F) {
	path := filepath.Join(f.TempDir(), "t.db")
	db := town(f, path)
	for _, s := range []string{"", "bridge", "bridge OR tram", `"the bridge" -goose`, "(a OR (b c)) from:janeroe", "-(bridge)", "a) (b", `"`, "OR", "NOT x", "from:a OR -b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.TrimSpace(s)
		q, err := store.ParseQuery(s)
		if err != nil || len(s) > 200 || strings.Count(s, "(") > 5 {
			return
		}
		narrow, err := store.ParseQuery(q.With("from:janeroe"))
		if err != nil {
			t.Fatalf("%q: %v", q.With("from:janeroe"), err)
		}
		if len(q.Narrowed()) > 0 {
			return // what was narrowed may be replaced
		}
		all, err := db.Count(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		some, err := db.Count(t.Context(), narrow)
		if err != nil {
			t.Fatal(err)
		}
		if some > min(all, 13) {
			t.Errorf("%q finds %d, %q %d", s, all, narrow, some)
		}
	})
}

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

func TestOutside(t *testing.T) {
	for _, s := range []string{"javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//example.org", "example.org", "http:", "http://", "", "\x00http://x"} {
		if got := outside(s); got != "" {
			t.Errorf("%q: link to %q", s, got)
		}
	}
	for _, s := range []string{"http://example.org", "https://example.org/a?b#c", " HTTPS://example.org"} {
		if outside(s) == "" {
			t.Errorf("%q: no link", s)
		}
	}
}

func query(t *testing.T, s string) *store.Query {
	q, err := store.ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestTimeline(t *testing.T) {
	months := func(names ...string) (counts []store.Count) {
		for i, n := range names {
			counts = append(counts, store.Count{Name: n, N: i + 1})
		}
		return counts
	}
	for _, x := range []struct {
		months []store.Count
		want   store.Unit
	}{
		{months("2018-03"), store.ByDay},
		{months("2018-03", "2018-04"), store.ByDay},
		{months("2018-03", "2018-05"), store.ByMonth},
		{months("2010-01", "2018-05"), store.ByYear},
		{months("1999-01", "2018-05", "9999-12"), store.ByDay},
		{months("2016-01", "2018-05"), store.ByYear},
	} {
		if got := unitOf(x.months); got != x.want {
			t.Errorf("%v: %s, want %s", x.months, got, x.want)
		}
	}
	tl := newTimeline(months("1999-12", "2018-11", "2019-02"), store.ByMonth, query(t, "loom since:2018-11 until:2018-12"), &served)
	var got []string
	for _, b := range tl.Bars {
		got = append(got, b.Label)
	}
	if strings.Join(got, ", ") != "November 2018, December 2018, January 2019, February 2019" || tl.Out != 1 || tl.Most != 3 {
		t.Errorf("%v %+v", got, tl)
	}
	if b := tl.Bars[3]; b.Href != "/?q=loom+until%3A2018-12+since%3A2019-02" || b.Height != timelineBase-timelineTop || b.Y != timelineTop || b.Now {
		t.Errorf("%+v", b)
	}
	if b := tl.Bars[0]; !b.Now || tl.Bars[1].Href != "" {
		t.Errorf("%+v", b)
	}
	if newTimeline(months("1999-12"), store.ByMonth, nil, &served) != nil || newTimeline(nil, store.ByYear, nil, &served) != nil {
		t.Error("a timeline of nothing")
	}
	if bad := newTimeline(months("2018-1x", "2018-zz"), store.ByMonth, nil, &served); bad != nil {
		t.Errorf("%+v", bad)
	}
}

func TestPager(t *testing.T) {
	for _, x := range []struct {
		number, total int
		want          string
	}{
		{1, 0, "1-0:"},
		{1, 10, "1-10:"},
		{1, 11, "1-10: [1] 2 >"},
		{2, 30, "11-20:< 1 [2] 3 >"},
		{50, 1000, "491-500:< 1 … 49 [50] 51 … 100 >"},
		{100, 1000, "991-1000:< 1 … 99 [100]"},
		{999, 1000, "991-1000:< 1 … 99 [100]"},
		{-5, 30, "1-10: [1] 2 3 >"},
	} {
		p, _ := newPager(x.number, 10, x.total, func(n int) string { return "/" + grouped(n) })
		var b strings.Builder
		b.WriteString(grouped(p.From) + "-" + strings.ReplaceAll(grouped(p.To), ",", "") + ":")
		if p.Back != "" {
			b.WriteString("<")
		}
		for _, c := range p.Pages {
			switch {
			case c.Label == "":
				b.WriteString(" …")
			case c.Now:
				b.WriteString(" [" + c.Label + "]")
			default:
				b.WriteString(" " + c.Label)
			}
		}
		if p.On != "" {
			b.WriteString(" >")
		}
		if b.String() != x.want {
			t.Errorf("page %d of %d: %s, want %s", x.number, x.total, b.String(), x.want)
		}
	}
}

// What is counted of all tweets is kept while the archive stays, and for a while
// after a change; nobody waits for it.
func TestWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	writer := town(t, path)
	db, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w, err := newWhole(db)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	get := func(want int) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if k := w.get(t.Context()); k != nil && k.stats.Tweets == want && k.part == want {
				return
			}
		}
		t.Errorf("%d tweets, want %d", w.get(t.Context()).stats.Tweets, want)
	}
	change := func(n int) {
		file := fmt.Sprint("change", n)
		fill(t, writer, part(file, article(file, 1, "", "New", "2019-01-01", archive.Tweet{Author: "New", Handle: "newcomer", Date: "2019-01-01", Text: fmt.Sprintf("Walrus of number %d!", n)})))
	}
	took := func(d time.Duration) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.kept.took = d
	}
	get(138)
	first := w.get(t.Context())
	if w.get(t.Context()) != first {
		t.Error("it is counted again without a change")
	}
	took(0)
	change(1)
	get(139)
	took(time.Minute)
	change(2)
	get(139) // counting took long, and is looked at for ten minutes
	w.mu.Lock()
	w.kept.made = time.Now().Add(-time.Hour)
	w.mu.Unlock()
	get(139 + 1)
	w.stop()
	took(0)
	change(3)
	if k := w.get(t.Context()); k == nil || k.stats.Tweets != 140 {
		t.Error("what is kept is lost at the end")
	}
}
