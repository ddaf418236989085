package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// The tweets that TestSearch searches: letter, handle, day, id, text.
const searched = `
	a nasa 2019-01-05 1081500000000000001 The Moon rises over café Zürich. Don't look away! pic.twitter.com/abcdefghij
	b ESA_Earth 2019-02-05 - Clouds over the moon? No: #NoMoonToday, says @nasa https://t.co/bbbbbbbbbb
	c ada 2020-03-01 - @some_name I've read it: https://news.example/2020/loom-story?x=1 and laughed 🎉
	d tokyo_t 2020-03-02 - 東京タワーから富士山が見えた2020年
	e krung 2021-01-01 - วันนี้อากาศดีมาก
	f seoul 2021-01-02 - 서울에서 만나요
	g delhi 2021-01-03 - नमस्ते दुनिया
	h bob 2022-06-01 - it was said: rock'n'roll is not dead (yet) - said "nobody" & co.
	i bob 2022-06-02 - some other name, some_name_else #tag_one #Tag
	j bob 2022-06-03 -
	k bob - - moonshine without a day`

// The letters of the tweets that a query finds, oldest first; the date orders them.
var searchCases = []struct{ query, found string }{
	{"", "kabcdefghij"},
	{"moon", "ab"},
	{"MOON over", "ab"},
	{`"the moon"`, "ab"},
	{`"over the moon"`, "b"},
	{`"moon the"`, ""},
	{"moon -clouds", "a"},
	{"-moon -seoul from:bob", "khij"},
	{"-moon", "kcdefghij"},
	{"clouds OR laughed", "bc"},
	{"moon (clouds OR café)", "ab"},
	{"(moon clouds) OR (read laughed)", "bc"},
	{"moon NOT clouds", "a"},
	{"moon AND clouds", "b"},
	{"moon or clouds", ""},
	{"cafe zurich", "a"},
	{"CAFÉ", "a"},
	{"don't", "a"},
	{"don’t", "a"},
	{"rock'n'roll", "h"},
	{"i've", "c"},
	{"moon*", "kab"},
	{`"moon ris"*`, "a"},
	{"nomoontoday", "b"},
	{"today", "b"},
	{"#NoMoonToday", "b"},
	{"#nomoon", ""},
	{"#nomoon*", "b"},
	{"#tag", "i"},
	{"#tag_one", "i"},
	{"@nasa", "b"},
	{"nasa", "ab"},
	{"bob", "khij"},
	{"esa earth", "b"},
	{"ada laughed", "c"},
	{"-bob -moon", "cdefg"},
	{"@some_name", "c"},
	{"@some", ""},
	{"some_name", "ci"},
	{"from:nasa", "a"},
	{"from:@NASA", "a"},
	{"from:esa_earth moon", "b"},
	{"-from:bob moon*", "ab"},
	{"(from:nasa OR from:ada)", "ac"},
	{"from:nasa OR laughed", "ac"},
	{"since:2021", "efghij"},
	{"since:2019-01-05 until:2019-02-05", "a"},
	{"until:2019-02", "a"},
	{"url:news.example", "c"},
	{"url:news.example/2020", "c"},
	{"url:loom-story", "c"},
	{"url:example/news", ""},
	{"url:target.example", "b"},
	{"https://news.example/2020/loom-story", "c"},
	{"https://twitter.com/x/status/1081500000000000001", "a"},
	{"1081500000000000001", "a"},
	{"id:1081500000000000001", "a"},
	{"https://t.co/bbbbbbbbbb", "b"},
	{"filter:links", "bc"},
	{"filter:media", "a"},
	{"-filter:media moon", "b"},
	{"filter:replies", "c"},
	{"has:id", "a"},
	{"-has:id moon", "b"},
	{"source:news.example", "kabcdefghij"},
	{"source:www.news.example", "kabcdefghij"},
	{"source:example", "kabcdefghij"},
	{"source:ews.example", ""},
	{"source:other.example", ""},
	{"source:=news.example", "kabcdefghij"},
	{"source:=example", ""},
	{"source:www.", "column 1: outlet: needs a name"},
	{"outlet:news.example", "kabcdefghij"},
	{"outlet:NEWS.example", "kabcdefghij"},
	{`outlet:="news.example"`, "kabcdefghij"},
	{"outlet:=", "column 1: outlet: needs a name"},
	{"outlet:example -outlet:=news.example", ""},
	{"keep.section:sports", ""},
	{"keep.:x", "column 1: keep. needs the name of a field"},
	{"confidence:<=1 moon", "ab"},
	{"confidence:<2", "column 1: confidence: needs numbers from 0 to 1"},
	{"confidence:0.9..0.1", "column 1: confidence: needs numbers from 0 to 1"},
	{"confidence:0.9..x", "column 1: confidence: needs"},
	{"confidence:=>0.5", "column 1: confidence: needs"},
	{"confidence:NaN", "column 1: confidence: needs"},
	{"form:blockquote", "a"},
	{"min_embeds:2", ""},
	{"min_embeds:1 moon", "ab"},
	{"min_sightings:1 moon", "ab"}, // its earlier name
	{"lang:en", ""},
	{"🎉", "c"},
	{"laughed 🎉", "c"},
	{"🎈", ""},
	{"東京", "d"},
	{"東京タワー", "d"},
	{"富士", "d"},
	{"京富", ""},
	{"見", "d"},
	{"た", "d"},
	{"2020年", "d"},
	{"2020 富士山", "d"},
	{"อากาศ", "e"},
	{"서울", "f"},
	{"만나", "f"},
	{"नमस्ते", "g"},
	{"10:30", ""},
	{"a - b", ""},
	{"said - nobody", "h"},
	{"(yet)", "h"},
	{"yet)", "column 4: this ) has no ("},
	{"moon OR", "column 6: OR needs"},
	{"OR moon", "column 1: OR needs"},
	{"AND moon", "column 1: AND needs"},
	{"moon NOT", "column 6: NOT needs"},
	{"(moon", "column 1: this ( is not closed"},
	{"moon ()", "column 6: nothing is between"},
	{`say "moon`, `column 5: this " is not closed`},
	{"moon min_faves:10", "column 6: no operator min_faves:"},
	{"since:yesterday", "column 1: since: needs a day"},
	{"été from:a-b", "column 5: from: needs a user name"},
	{"from:", "column 1: from: needs a value"},
	{"from: nasa", "column 1: from: needs a value"},
	{"form:quote", "column 1: form: needs"},
	{"min_embeds:many", "column 1: min_embeds: needs a number"},
	{"frm:ada", "column 1: no operator frm: (did you mean from: or form:?;"},
	{"handle:ada", "column 1: no operator handle: (did you mean from:?;"},
	{"autor:ada", "column 1: no operator autor: (did you mean from:?;"},
	{"befor:2018", "column 1: no operator befor: (did you mean until:?;"},
	{"note:ada", "column 1: no operator note: (operators: from:,"},
	{"filter:images", "column 1: filter: needs"},
	{"...", "column 1: it has no word"},
	{"((((((((((moon))))))))))", "more than 8 groups"},
	{strings.Repeat("x ", 300), "more than 200 words"},
	{strings.Repeat("x", 5000), "too long"},
	{"a\x00b", "column 2: a NUL"},
	{"a\xffb", "column 2: not UTF-8"},
}

func TestSearch(t *testing.T) {
	db := openTest(t)
	embeds, letters := embedsFrom(t, searched)
	embeds[1].Links = []archive.Link{{Shown: "https://t.co/bbbbbbbbbb", URL: "https://t.co/bbbbbbbbbb", Target: "http://target.example/page"}}
	letter := map[string]string{}
	var files [][]archive.Found
	for i, e := range embeds {
		letter[e.Text] = letters[i]
		files = append(files, []archive.Found{article(fmt.Sprintf("%02d", i), 1, "2022-07-01", e)})
	}
	keep(t, db, files...)
	for _, c := range searchCases {
		name := c.query
		if len(name) > 40 {
			name = name[:40]
		}
		t.Run(name, func(t *testing.T) {
			q, err := ParseQuery(c.query)
			if err != nil {
				var at *QueryError
				if !errors.As(err, &at) || !strings.Contains(err.Error(), c.found) || c.found == "" {
					t.Fatalf("%v, want %q", err, c.found)
				}
				return
			}
			for _, sort := range Sorts {
				hits, err := db.Search(t.Context(), q, Page{Sort: sort})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, h := range hits {
					got = append(got, letter[h.Text])
				}
				if sort != ByDate {
					slices.Sort(got)
					want := strings.Split(c.found, "")
					slices.Sort(want)
					if !slices.Equal(got, want) && c.found != "" {
						t.Errorf("by %s: found %v, want %v", sort, got, want)
					}
				} else if got := strings.Join(got, ""); got != c.found {
					t.Errorf("found %q, want %q (%+v)", got, c.found, q)
				}
			}
			if n, err := db.Count(t.Context(), q); err != nil || n != len(c.found) {
				t.Errorf("Count = %d, %v", n, err)
			}
		})
	}
}

func TestNarrow(t *testing.T) {
	for _, x := range []struct {
		query string
		add   string
		want  string
	}{
		{"", "from:ada", "from:ada"},
		{"loom", "from:ada", "loom from:ada"},
		{"loom from:bo engine", "from:ada", "loom from:bo engine from:ada"},
		{"loom since:2018-03-01", "since:2019 until:2020", "loom since:2019 until:2020"},
		{"loom until:2018 since:2019-03", "since:2019 until:2020", "loom until:2018 since:2019-03"},
		{"-form:text has:media loom -since:2019", "form:text has:id since:2018", "-form:text has:media loom -since:2019 form:text has:id since:2018"},
		{"loom from:ada", "from:ada", "loom from:ada"},
		{"loom OR engine", "from:ada", "(loom OR engine) from:ada"},
		{"(loom OR engine) from:bo", "form:text", "(loom OR engine) from:bo form:text"},
		{`"a OR b" (from:bo OR x)`, "from:ada", `"a OR b" (from:bo OR x) from:ada`},
		{`"from:bo said" loom`, "from:ada", `"from:bo said" loom from:ada`},
		{"https://example.org/since:2", "since:2018 until:2019", "https://example.org/since:2 since:2018 until:2019"},
		{"url:example.org lang:en", "form:text", "url:example.org lang:en form:text"},
		{"-0 OR(0)", "from:ada", "(-0 OR(0)) from:ada"},
		{`(a)OR b`, "from:ada", "((a)OR b) from:ada"},
		{`"a"OR b`, "from:ada", `("a"OR b) from:ada`},
		{"ORBIT from:ORWELL", "since:2019 until:2020", "ORBIT from:ORWELL since:2019 until:2020"},
		{"橋　from:bo", "form:text", "橋 from:bo form:text"},
		{`a OR ")" b(`, "from:ada", `(a OR ")" b( ) from:ada`},
	} {
		got := must(ParseQuery(x.query)).With(strings.Fields(x.add)...)
		if got != x.want {
			t.Errorf("%q.With(%q) = %q, want %q", x.query, x.add, got, x.want)
		}
		if _, err := ParseQuery(got); err != nil {
			t.Errorf("%q: %v", got, err)
		}
	}
	if got := must(ParseQuery("loom from:ada engine")).Without("from:ada"); got != "loom engine" {
		t.Error(got)
	}
	if got := must(ParseQuery(`loom from:ada "since:2018" -has:id url:x (from:bo)`)).Narrowed(); !slices.Equal(got, []Part{{"from:ada", "from", "ada", false}, {"-has:id", "has", "id", true}, {"(from:bo)", "from", "bo", false}}) {
		t.Errorf("%+v", got)
	}
	if got := must(ParseQuery(`form:"text" from:@Ada -has:id (since:2018)`)).Written("form:text", "from:ada", "has:id", "-has:id", "since:2018", "until:2019", ""); strings.Join(got, "|") != `form:"text"|from:@Ada|-has:id|(since:2018)` {
		t.Error(got)
	}
	if got := must(ParseQuery("from:ada OR from:bo")).Narrowed(); len(got) > 0 {
		t.Error(got)
	}
}

func TestTerm(t *testing.T) {
	for value, want := range map[string]string{"a.example": "outlet:a.example", "a)b.example": `outlet:"a)b.example"`, `a"b.example`: "", "": "", "=a.example": "outlet:=a.example", "=The Quay": `outlet:="The Quay"`} {
		if got := Term("outlet", value); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

// Who types a name gets what that person wrote, before what mentions it.
func TestPeople(t *testing.T) {
	db := openTest(t)
	her := say("janeroe", "2018-01-02", "", "The tram is late, as ever, and nobody on the platform is surprised any longer.")
	her.Author = "Jane Roé"
	other := say("bo", "2019-01-01", "", "Jane Roe said the tram is late.")
	mention := say("bo", "2019-01-02", "", "@janeroe the tram is late. @JaneRoe!")
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", her, other, mention)})
	for query, want := range map[string]string{"jane roe": "janeroe bo bo", "JANEROE": "janeroe bo", "janeroe tram": "janeroe bo", `"jane roe"`: "janeroe bo bo", "@janeroe": "bo", "roe": "janeroe bo bo", "jane*": "janeroe bo bo"} {
		var got []string
		for _, h := range must(db.Search(t.Context(), must(ParseQuery(query)), Page{})) {
			got = append(got, h.Handle)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
}

// What a query marks in a text is between « and ».
var markCases = []struct{ query, marked string }{
	{"moon", "The «Moon» rises over the #NoMoonToday moons"},
	{"moon*", "The «Moon» rises over the «moons»"},
	{`"the moon" rises`, "«The Moon» «rises» over the sun"},
	{"cafe", "In the «Café» of cafés"},
	{"don't", "I «don’t» know"},
	{"moon -sun", "«moon» and sun"},
	{"@nasa #moon", "says «@NASA» of «#Moon», not @nasa_x or #moonlight"},
	{"富士", "東京タワーから«富士»山"},
	{"🎉", "yes «🎉» yes"},
	{"filter:links", "no links here"},
	{"from:nasa moon OR sun", "«moon» and «sun»"},
	{"नमस्ते", "«नमस्ते» दुनिया"},
}

func TestMarks(t *testing.T) {
	for _, c := range markCases {
		q, err := ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("«", "", "»", "").Replace(c.marked)
		var b strings.Builder
		at := 0
		for _, s := range q.Highlights(text) {
			b.WriteString(text[at:s.Start] + "«" + text[s.Start:s.End] + "»")
			at = s.End
		}
		if got := b.String() + text[at:]; got != c.marked {
			t.Errorf("%s: %s, want %s", c.query, got, c.marked)
		}
	}
}

// Whatever is typed: an error with a place in the query, or SQL that SQLite
// takes and marks within the text.
func FuzzQuery(f *testing.F) {
	for _, c := range searchCases {
		f.Add(c.query, "The moon 東京 #tag @some_name don’t")
	}
	db := openTest(f)
	f.Fuzz(func(t *testing.T, s, text string) {
		q, err := ParseQuery(s)
		if err != nil {
			var at *QueryError
			if !errors.As(err, &at) || at.Pos < 0 || at.Pos > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		for _, sort := range Sorts {
			if _, err := db.Search(t.Context(), q, Page{Sort: sort, Limit: 3}); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
		}
		end := 0
		for _, m := range q.Highlights(text) {
			if m.Start < end || m.End <= m.Start || m.End > len(text) {
				t.Fatalf("%q marks %v in %q", s, m, text)
			}
			end = m.End
		}
	})
}
