package store

import (
	"strings"
	"testing"

	"tweetarc/archive"
)

// Outlets, fields that were kept and confidence, as queries ask for them. Tweet a is in
// an article of The Quay that the Daily Tram has, too; b is of a host below
// news.example, c of nobody.
var operatorCases = []struct{ query, found string }{
	{`outlet:"the quay"`, "a"},
	{`outlet:="The Quay"`, "a"},
	{`outlet:"=The Quay"`, "a"},
	{`outlet:="Daily Tram"`, "a"},
	{"outlet:Quay", ""},
	{"outlet:quay.example", "a"},
	{"source:quay.example", "a"},
	{"source:=quay.example", "a"},
	{"outlet:https://www.quay.example/x", "a"},
	{"outlet:news.example", "b"},
	{"outlet:=news.example", "b"},
	{"outlet:=sports.news.example", "b"},
	{"outlet:example", "ab"},
	{`outlet:Evening`, "b"},
	{"-outlet:example", "c"},
	{"keep.section:SPORTS", "a"},
	{"keep.Section:opinion", "a"},
	{"keep.section:*", "ab"},
	{"-keep.section:*", "c"},
	{`keep.section:"city life"`, "b"},
	{`keep."by line":ada`, "b"},
	{`keep."by line:ada`, "column 6: this \" is not closed"},
	{"keep.page:1", ""},
	{`keep.$.section:sports`, ""},
	{"confidence:<0.7", "b"},
	{"confidence:<=0.7", "bc"},
	{"confidence:>0.7", "a"},
	{"confidence:>=0.7", "ac"},
	{"confidence:0.7", "c"},
	{"confidence:0.6..0.7", "bc"},
	{"confidence:0.9..0.1", ""},
}

func TestOperators(t *testing.T) {
	db := openTest(t)
	embed := func(name string, confidence float64) archive.Embed {
		e := say(name, "2019-01-01", "", "The tram is late, says "+name+".")
		e.Confidence = confidence
		return e
	}
	a, b, c := article("a.txt", 1, "2019-01-02", embed("a", 0.95)), article("a.txt", 2, "2019-01-02", embed("b", 0.65)), article("a.txt", 3, "2019-01-02", embed("c", 0.7))
	a.Article.URL, a.Article.Outlet = "https://www.quay.example/x", "The Quay"
	b.Article.URL, c.Article.URL = "https://sports.news.example/x", ""
	again := a
	tram := *a.Article
	tram.File, tram.Record, tram.Outlet = "b.txt", 1, "Daily Tram"
	again.Article = &tram
	keep(t, db, []archive.Found{a, b, c}, []archive.Found{again})
	must(db.sql.Exec(`UPDATE articles SET kept = '{"section":"Sports"}' WHERE outlet = 'The Quay';
		UPDATE places SET kept = '{"section":"Opinion"}' WHERE outlet = 'Daily Tram';
		UPDATE articles SET kept = '{"by line":"Ada","section":"City life"}', outlet = 'news.example' WHERE host = 'sports.news.example';
		UPDATE articles SET kept = '{"section":"damaged' WHERE outlet = '';
		INSERT INTO aliases (name, outlet, at) VALUES ('news.example', 'Evening', 1)`))
	for _, x := range operatorCases {
		if strings.Contains(x.query, "=news.example") {
			must(db.sql.Exec(`DELETE FROM aliases`))
		}
		q, err := ParseQuery(x.query)
		if err != nil {
			if !strings.Contains(err.Error(), x.found) || x.found == "" {
				t.Errorf("%s: %v, want %q", x.query, err, x.found)
			}
			continue
		}
		var got string
		for _, h := range must(db.Search(t.Context(), q, Page{Sort: ByDate})) {
			got += h.Handle
		}
		if got != x.found {
			t.Errorf("%s finds %q, want %q", x.query, got, x.found)
		}
		must(db.sql.Exec(`INSERT OR IGNORE INTO aliases (name, outlet, at) VALUES ('news.example', 'Evening', 1)`))
	}
}

// What is written of an operator is read as what it was.
func FuzzTerm(f *testing.F) {
	for _, s := range []string{"The Quay", "=The Quay", `a"b`, "a:b", "(", "=", "x)", "*", "=\""} {
		f.Add("by line", s)
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, field, value string) {
		for _, operator := range []string{"outlet", keepPrefix + field} {
			term := Term(operator, value)
			if term == "" {
				continue
			}
			if p := must(ParseQuery(term)).parts(); len(p) != 1 || p[0].Operator != operator || p[0].Value != value {
				t.Errorf("%q %q is written %q, which reads %+v", operator, value, term, p)
			}
		}
	})
}
