package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
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
}

// press archives what operatorCases search.
func press(t *testing.T) *DB {
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
		UPDATE articles SET kept = '{"section":"damaged' WHERE outlet = ''`))
	return db
}

func TestOperators(t *testing.T) {
	db := press(t)
	for _, x := range operatorCases {
		must(db.sql.Exec(`DELETE FROM aliases`))
		if !strings.Contains(x.query, "=news.example") {
			must(db.sql.Exec(`INSERT INTO aliases (name, outlet, at) VALUES ('news.example', 'Evening', 1)`))
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

// chanceOf are the keys of a page in the order of a seed.
func chanceOf(t *testing.T, m *Match, seed int64, limit, offset int) (keys []string) {
	for _, h := range must(m.Search(t.Context(), Page{Sort: ByChance, Seed: seed, Limit: limit, Offset: offset})) {
		keys = append(keys, h.Key)
	}
	return keys
}

// The order by chance is that of its seed, for all of a query and for a part of it, on
// each page; that by confidence begins with the least sure.
func TestOrders(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	must(db.sql.Exec(`UPDATE tweets SET confidence = (id * 7 % 11) / 10.0`))
	for _, query := range []string{"", "word1", "from:ada"} {
		m := must(db.Match(t.Context(), must(ParseQuery(query)), 0))
		all := chanceOf(t, m, 1, 0, 0)
		if len(all) != m.N || m.N < 20 {
			t.Fatalf("%q: %d of %d", query, len(all), m.N)
		}
		var paged []string
		for offset := 0; offset < m.N+7; offset += 7 {
			paged = append(paged, chanceOf(t, m, 1, 7, offset)...)
		}
		if !slices.Equal(paged, all) {
			t.Errorf("%q: pages\n%v, want\n%v", query, paged, all)
		}
		if other := chanceOf(t, m, 2, 0, 0); slices.Equal(other, all) || !slices.Equal(slices.Sorted(slices.Values(other)), slices.Sorted(slices.Values(all))) {
			t.Errorf("%q: another seed: %v", query, other)
		}
		if query != "" { // what is in both is in the same order
			whole := chanceOf(t, must(db.Match(t.Context(), nil, 0)), 1, 0, 0)
			if some := slices.DeleteFunc(whole, func(k string) bool { return !slices.Contains(all, k) }); !slices.Equal(some, all) {
				t.Errorf("%q: in all tweets %v, alone %v", query, some, all)
			}
		}
		hits := must(m.Search(t.Context(), Page{Sort: ByConfidence}))
		if !slices.IsSortedFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(a.Confidence, b.Confidence), cmp.Compare(a.Key, b.Key)) }) || len(hits) != m.N {
			t.Errorf("%q by confidence: %d", query, len(hits))
		}
	}
	if _, err := db.Search(t.Context(), nil, Page{Sort: "size"}); err == nil || !strings.Contains(err.Error(), "random") {
		t.Error(err)
	}
}

// The layers of a timeline are its bars, divided.
func TestLayers(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	m := must(db.Match(t.Context(), must(ParseQuery("-word3")), 0))
	for _, by := range []Unit{ByYear, ByMonth} {
		sum := map[string]int{}
		layers := must(m.Layers(t.Context(), by, 2))
		if len(layers) != 3 || layers[0].N < layers[1].N || layers[2].Name != "" {
			t.Fatalf("%+v", layers)
		}
		for _, l := range layers {
			n := 0
			for _, c := range l.Times {
				sum[c.Name] += c.N
				n += c.N
			}
			if n != l.N {
				t.Errorf("%s by %s: %d, said to be %d", l.Name, by, n, l.N)
			}
		}
		for _, c := range must(m.Histogram(t.Context(), by)) {
			if sum[c.Name] != c.N {
				t.Errorf("%s: %d, want %d", c.Name, sum[c.Name], c.N)
			}
		}
	}
}

// An outlet is found in all places of its articles; what a facet counts is what its
// operator finds.
func TestOutlet(t *testing.T) {
	db := press(t)
	must(db.sql.Exec(`INSERT INTO aliases (name, outlet, at) VALUES ('news.example', 'Evening', 1)`))
	for name, want := range map[string]string{
		"the quay": "{The Quay 1 1 1 2019-01-02 2019-01-02 [{a A 1}]}", "daily tram": "{daily tram 1 1 1 2019-01-02 2019-01-02 [{a A 1}]}",
		"EVENING": "{Evening 1 1 1 2019-01-02 2019-01-02 [{b B 1}]}", "news.example": `no articles of the outlet "news.example"`, "nix": `no articles of the outlet "nix"`, "": `no articles of the outlet ""`,
	} {
		o, _, err := db.Outlet(t.Context(), name, 5, 0)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(*o)
			if len(must(db.ArticlesOf(t.Context(), name, 9, 0))) != o.Articles {
				t.Errorf("%s: not as many articles are listed", name)
			}
		}
		if !strings.HasPrefix(got, want) && !strings.Contains(got, want+" (") {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if n := must(db.CountOutlets(t.Context())); n != 3 {
		t.Errorf("%d outlets", n)
	}
	f, err := must(db.Match(t.Context(), nil, 0)).Facets(t.Context(), 9)
	if err != nil || len(f.Outlets) != 3 || len(f.Kept) != 2 {
		t.Fatal(f, err)
	}
	check := func(term string, n int) {
		if found := must(db.Count(t.Context(), must(ParseQuery(term)))); found != n || n == 0 {
			t.Errorf("%s finds %d, the facet has %d", term, found, n)
		}
	}
	for _, c := range f.Outlets {
		check(Term("outlet", "="+c.Name), c.N)
	}
	for _, field := range f.Kept {
		for _, c := range field.Values {
			check(Term(keepPrefix+field.Name, c.Name), c.N)
		}
	}
}

func TestBy(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	for query, want := range map[string]string{"ADA": "ada", "@ada": "ada", "bo_b": "bo_b", "nobody": "", "ada word1": "", "-ada": "", "ada*": "", `"ada"`: "", "from:ada": "", "": "", "#ada": ""} {
		q := must(ParseQuery(query))
		by := must(db.By(t.Context(), q))
		if !strings.EqualFold(by.Name, want) || want != "" && by.N != must(db.Count(t.Context(), must(ParseQuery("from:"+want)))) {
			t.Errorf("%s: %+v, want %s", query, by, want)
		}
	}
}
