package store

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// tabled is a table as text: "outlet month: embeds tweets articles[ with/counted]" with
// a / between cells.
func tabled(c *Crosstab) string {
	var all []string
	for _, cell := range c.Cells {
		s := fmt.Sprintf("%s: %d %d %d", strings.Join(cell.Values, " "), cell.Embeds, cell.Tweets, cell.Articles)
		if c.Shares {
			s += fmt.Sprintf(" %d/%d", cell.With, cell.Counted)
		}
		all = append(all, s)
	}
	return strings.Join(all, " / ")
}

func crosstab(t testing.TB, db *DB, query, by string, top int) *Crosstab {
	t.Helper()
	m := must(db.Match(t.Context(), must(ParseQuery(query)), 0))
	c, err := m.Crosstab(t.Context(), must(ParseDims(by)), top)
	if err != nil {
		t.Fatal(by, err)
	}
	return c
}

var crosstabs = []struct {
	query, by string
	top       int
	want      string
}{
	{"", "outlet", 0, "The Quay: 3 2 2 / ferry.example: 2 2 2"},
	{"", "outlet,month", 0, "The Quay 2020-05: 2 2 1 / The Quay 2020-06: 1 1 1 / ferry.example 2020-05: 1 1 1 / ferry.example : 1 1 1"},
	{"", "outlet,posted-month", 0, "The Quay 2019-12: 1 1 1 / The Quay 2020-05: 2 1 2 / ferry.example 2020-05: 1 1 1 / ferry.example : 1 1 1"},
	{"", "posted-year,form", 0, "2019 text: 1 1 1 / 2020 text: 3 1 3 /  text: 1 1 1"},
	{"", "handle", 0, "ada: 3 1 3 / bob: 1 1 1 / cy: 1 1 1"},
	{"", "handle", 1, "ada: 3 1 3"},
	{"", "hashtag", 0, "weave: 4 2 4 / flax: 1 1 1"},
	{"", "mention,month", 0, "bob 2020-05: 3 1 3"},
	{"", "domain", 0, "mill.example: 3 1 3 / loom.example: 1 1 1"},
	{"", "keep.section", 0, ": 2 2 2 / arts: 2 2 1 / sports: 1 1 1"},
	{"from:bob", "outlet", 0, "The Quay: 1 1 1"},
}

// weavers is an archive of four articles of two outlets.
func weavers(t testing.TB) *DB {
	db := openTest(t)
	ada := say("ada", "2020-05-01", "", "The loom weaves #Weave flowers, says @Bob, see https://www.mill.example/a and pic.twitter.com/abc1234567")
	bob := say("bob", "2019-12-31", "", "My horse came in second today, alas")
	cy := say("Cy", "", "", "Of #weave and #FLAX and #flax we know too much https://t.co/abcdefghij")
	cy.Links = []archive.Link{{Shown: "loom.example/x…", URL: "https://t.co/abcdefghij", Target: "https://news.loom.example/x"}}
	one := func(file string, record int, date, outlet string, kept string, embeds ...archive.Embed) archive.Found {
		f := article(file, record, date, embeds...)
		f.Article.URL, f.Article.Outlet = fmt.Sprintf("https://www.ferry.example/%s/%d", file, record), outlet
		return f
	}
	keep(t, db, []archive.Found{one("a", 1, "2020-05-03", "The Quay", "", ada, bob), one("a", 2, "2020-06-03", "The Quay", "", ada)},
		[]archive.Found{one("b", 1, "2020-05-04", "", "", ada), one("b", 2, "", "", "", cy)})
	for record, section := range []string{"arts", "sports"} {
		must(db.sql.Exec(`UPDATE articles SET kept = json_object('section', ?) WHERE record = ? AND file = (SELECT id FROM files WHERE name = 'a')`, section, record+1))
	}
	return db
}

func TestCrosstab(t *testing.T) {
	db := weavers(t)
	for _, c := range crosstabs {
		if got := tabled(crosstab(t, db, c.query, c.by, c.top)); got != c.want {
			t.Errorf("%q by %s:\ngot  %s\nwant %s", c.query, c.by, got, c.want)
		}
	}
	if c := crosstab(t, db, "", "handle", 1); c.Out[0] != 2 || c.Total.Embeds != 5 {
		t.Errorf("%d left out of %+v", c.Out[0], c.Total)
	}
}

// The cells of what has one value add up to what Stats counts, and so do the margins;
// of a query, too.
func TestCrosstabAddsUp(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	for _, query := range []string{"", "word3", "from:ada", "since:2015 until:2016", "form:text -word1", "include:superseded", "nosuchword"} {
		m := must(db.Match(t.Context(), must(ParseQuery(query)), 0))
		s := must(m.Stats(t.Context(), 1))
		for _, by := range []string{"outlet", "outlet,month", "handle,year", "form,posted-day", "handle,form", "article-month", "posted-year,article-year", "outlet,handle", "keep.x,day"} {
			c := must(m.Crosstab(t.Context(), must(ParseDims(by)), 0))
			embeds, tweets, rows := 0, 0, 0
			for _, cell := range c.Cells {
				embeds += cell.Embeds
				tweets += cell.Tweets
			}
			for _, v := range c.Values[0] {
				rows += v.Embeds
			}
			if got, want := fmt.Sprint(c.Total.Tweets, c.Total.Embeds, c.Total.Articles, embeds, rows), fmt.Sprint(s.Tweets, s.Embeds, s.Articles, s.Embeds, s.Embeds); got != want {
				t.Errorf("%q by %s: %s, want %s", query, by, got, want)
			}
			if (by == "handle,form" || by == "handle,year") && tweets < s.Tweets {
				t.Errorf("%q by %s: %d tweets of %d", query, by, tweets, s.Tweets)
			}
			if c.Shares {
				t.Errorf("%q by %s: shares, although nothing was counted", query, by)
			}
		}
	}
}

// countArticle counts an article as a reading with --count-all does.
func countArticle(t testing.TB, db *DB, file, url, outlet, month string) {
	t.Helper()
	address := int64(0)
	if db.sql.QueryRow(`SELECT address FROM articles WHERE url = ?`, url).Scan(&address) != nil {
		address = int64(len(url)) + 1000 // it has no tweets
	}
	must(db.sql.Exec(`INSERT INTO counted (file, article, outlet, month, last, moved) SELECT id, ?, ?, ?, complete, 0 FROM files WHERE name = ?`, address, outlet, month, file))
}

// Shares are of all articles counted, also those without tweets, and never more than
// all of them.
func TestShares(t *testing.T) {
	db := weavers(t)
	countArticle(t, db, "a", "https://www.ferry.example/a/1", "The Quay", "2020-05")
	countArticle(t, db, "a", "https://www.ferry.example/a/2", "The Quay", "2020-06")
	countArticle(t, db, "a", "https://without.example/", "The Quay", "2020-06")
	countArticle(t, db, "a", "https://without.example/of/tweets", "The Mole", "2019-06")
	for _, c := range []struct{ query, by, want string }{
		{"", "outlet", "The Quay: 3 2 2 2/3 / ferry.example: 2 2 2 0/0 / The Mole: 0 0 0 0/1"},
		{"", "outlet,month", "The Quay 2020-05: 2 2 1 1/1 / The Quay 2020-06: 1 1 1 1/2 / ferry.example 2020-05: 1 1 1 0/0 / ferry.example : 1 1 1 0/0 / The Mole 2019-06: 0 0 0 0/1"},
		{"", "article-year", "2019: 0 0 0 0/1 / 2020: 4 2 3 2/3 / : 1 1 1 0/0"},
		{"from:bob", "outlet", "The Quay: 1 1 1 1/3 / The Mole: 0 0 0 0/1"},
		{"from:bob", "outlet,form", "The Quay text: 1 1 1"},
		{"include:superseded from:bob", "outlet", "The Quay: 1 1 1"},
	} {
		if got := tabled(crosstab(t, db, c.query, c.by, 0)); got != c.want {
			t.Errorf("%q by %s:\ngot  %s\nwant %s", c.query, c.by, got, c.want)
		}
	}
	if c := crosstab(t, db, "", "outlet", 0); c.Outside != 2 {
		t.Errorf("%d articles outside, want 2", c.Outside)
	}
	var rows []string
	c := crosstab(t, db, "", "outlet,month", 0)
	for _, cell := range c.Cells {
		rows = append(rows, strings.Join(c.Row(cell).Values, ","))
	}
	if got, want := strings.Join(rows[1:3], " / "), "The Quay,2020-06,1,1,1,2,0.5000 / ferry.example,2020-05,1,1,1,,"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Under an alias, and where a later reading did not count.
	must(db.sql.Exec(`INSERT INTO aliases (name, outlet, at) VALUES ('The Mole', 'The Quay', 1)`))
	if got, want := tabled(crosstab(t, db, "", "outlet", 1)), "The Quay: 3 2 2 2/4"; got != want {
		t.Errorf("with an alias %s, want %s", got, want)
	}
	must(db.sql.Exec(`UPDATE files SET complete = complete + 1 WHERE name = 'a'`))
	if got, want := tabled(crosstab(t, db, "", "outlet", 1)), "The Quay: 3 2 2"; got != want {
		t.Errorf("counted before %s, want %s", got, want)
	}
}

// An article in places of several outlets counts once in each.
func TestCrosstabPlaces(t *testing.T) {
	db := openTest(t)
	a := article("", 1, "2020-05-02", say("ada", "2020-05-01", "", "The loom weaves flowers"))
	scan(t, db, Run{}, append(holding(at("a", 1), a), holding(at("b", 1), a, a)...)...)
	if n := 0; db.sql.QueryRow(`SELECT places FROM articles`).Scan(&n) != nil || n != 3 {
		t.Fatalf("%d places", n)
	}
	must(db.sql.Exec(`UPDATE places SET outlet = 'The Mole', kept = '{"section":"arts"}' WHERE file = (SELECT id FROM files WHERE name = 'b')`))
	if got, want := tabled(crosstab(t, db, "", "outlet,keep.section", 0)), "The Mole arts: 1 1 1 / news.example : 1 1 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if c := crosstab(t, db, "", "outlet", 0); c.Total.Embeds != 1 || c.Total.Articles != 1 {
		t.Errorf("in all %+v", c.Total)
	}
	// And so say the statistics.
	all := must(db.Match(t.Context(), nil, 0))
	var rows []Count
	for _, v := range must(all.Crosstab(t.Context(), []Dim{dimOutlet}, 0)).Values[0] {
		rows = append(rows, Count{Name: v.Name, N: v.Embeds})
	}
	if top := must(all.Stats(t.Context(), 100)).TopOutlets; fmt.Sprint(top) != fmt.Sprint(rows) {
		t.Errorf("stats has outlets %v, the table %v", top, rows)
	}
}

func TestParseDims(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"outlet,month", "[outlet article-month]"},
		{"month,keep.section", "[article-month keep.section]"},
		{"handle, month", "[handle posted-month]"},
		{"article_month", "[article-month]"},
		{"year", "[posted-year]"},
		{"keep.a_b,posted-day", "[keep.a_b posted-day]"},
		{"outlet,outlet", "cannot count by outlet twice"},
		{"month,posted-month", "cannot count by posted-month twice"},
		{"outlet,month,form", "cannot count by 3 things"},
		{"host", `cannot count by "host"`},
		{"keep.", `cannot count by "keep."`},
		{"", `cannot count by ""`},
		{"outlet,", `cannot count by ""`},
		{"keep.FIELD", "[keep.FIELD]"},
	} {
		dims, err := ParseDims(c.in)
		if got := fmt.Sprint([]Dim(dims)); err != nil && strings.Contains(err.Error(), c.want) || err == nil && fmt.Sprintf("%q", dims) == fmt.Sprintf("%q", names(c.want)) {
			continue
		} else {
			t.Errorf("%q: %s, %v, want %s", c.in, got, err, c.want)
		}
	}
}

func names(list string) (dims []Dim) {
	for _, name := range strings.Fields(strings.Trim(list, "[]")) {
		dims = append(dims, Dim(name))
	}
	return dims
}

// BenchmarkCrosstab counts all tweets of the archive; an operation is one table.
func BenchmarkCrosstab(b *testing.B) {
	db := benchDB(b)
	m := must(db.Match(b.Context(), nil, 0))
	for _, by := range []string{"outlet,month", "outlet,posted-month", "handle,year", "hashtag,year", "domain", "keep.section,month"} {
		b.Run(by, func(b *testing.B) {
			for range b.N {
				c, err := m.Crosstab(b.Context(), must(ParseDims(by)), 10)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(c.Total.Embeds), "embeds")
			}
		})
	}
}
