package store

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

// crowd archives a few hundred tweets, some with several embeds, some without a day.
func crowd(t *testing.T, db *DB) {
	rnd := rand.New(rand.NewPCG(4, 2))
	handles := []string{"ada", "Ada", "bo_b", "c3", "", "dee"}
	days := []string{"2012-01-31", "2012-02-01", "2015-07-09", "2015-07-10", "2019-12-31", "", "9999-12-31", "2005-05-05"}
	var all [][]archive.Found
	for f := range 6 {
		var found []archive.Found
		for i := range 40 {
			var embeds []archive.Embed
			for range 1 + rnd.IntN(3) {
				id := ""
				day := days[rnd.IntN(len(days))]
				n := rnd.IntN(60)
				if n%3 == 0 {
					id, day = fmt.Sprint(1_000_000_000_000_000_000+int64(n)<<30), ""
				}
				e := say(handles[rnd.IntN(len(handles))], day, id, fmt.Sprintf("word%d and more of number %d", n%7, n))
				e.Form = Forms[rnd.IntN(3)]
				embeds = append(embeds, e)
			}
			a := article(fmt.Sprintf("f%d.jsonl", f), i+1, "2020-01-01", embeds...)
			a.Article.URL = []string{"https://www.one.example/x", "https://two.example/", "", "https://three.example/y"}[rnd.IntN(4)]
			found = append(found, a)
		}
		all = append(all, found)
	}
	keep(t, db, all...)
}

// answer is what a query asks of a tweet, read without any index.
type answer struct {
	row               int64
	key, handle, text string
	day, at           string
	embeds            int
	hosts, forms      []string
}

// all reads the tweets in the order of day, time and key.
func all(t *testing.T, db *DB) (tweets []answer) {
	rows := must(db.sql.Query(`SELECT id, key, handle, text, posted_date, posted_at, embeds,
		(SELECT group_concat(a.host, ' ') FROM embeds e JOIN articles a ON a.id = e.article WHERE e.tweet = t.id), (SELECT group_concat(form, ' ') FROM embeds e WHERE e.tweet = t.id) FROM tweets t`))
	defer rows.Close()
	for rows.Next() {
		var s answer
		var hosts, forms string
		if err := rows.Scan(&s.row, &s.key, &s.handle, &s.text, &s.day, &s.at, &s.embeds, &hosts, &forms); err != nil {
			t.Fatal(err)
		}
		s.hosts, s.forms = strings.Fields(hosts), strings.Fields(forms)
		tweets = append(tweets, s)
	}
	slices.SortFunc(tweets, func(a, b answer) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.at, b.at), cmp.Compare(a.key, b.key))
	})
	return tweets
}

// answers says whether a tweet answers a query, without any index.
func (n *node) answers(s answer) bool {
	is := func(k *node) bool { return k.answers(s) }
	switch n.op {
	case '&':
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !is(k) })
	case '|':
		return slices.ContainsFunc(n.kids, is)
	case '-':
		return !is(n.kids[0])
	}
	switch n.operator {
	case "from":
		return strings.EqualFold(s.handle, n.value)
	case "since":
		return s.day >= n.value
	case "until":
		return s.day < n.value && s.day != ""
	case "has":
		return !strings.Contains(s.key, "/")
	case "form":
		return slices.Contains(s.forms, n.value)
	case "outlet":
		return slices.ContainsFunc(s.hosts, func(h string) bool { return h == n.value || strings.HasSuffix(h, "."+n.value) })
	case "min_embeds":
		return s.embeds >= must(strconv.Atoi(n.value))
	case "id":
		if s.key == n.value {
			return true
		}
	}
	return strings.Contains(" "+s.text+" ", " "+strings.Join(n.term.phrases[0].tokens, " ")+" ")
}

var matchQueries = []string{
	"", "word1", "word1 OR word2", "from:ada", "from:ADA -word2", "word3 from:bo_b", "since:2015", "until:2015", "since:2012-01-31 until:2012-02-01", "until:2005", "since:9999-12-31",
	"source:one.example", "source:example", "form:text", "has:id", "-has:id", "-word1", "min_embeds:3", "nothing", "nothing from:ada", "word1 OR from:ada", "(word1 from:ada) OR (word2 -from:ada)",
	"-(word1 has:id)", "more -word1 -word2 since:2015", "-word1 -has:id", "number -(word1 OR word2)", `"number 9" has:id`, "1000000096636764160 OR word1 has:id", "from:nobody", "min_embeds:0",
}

// A match has the tweets that answer its query, in every order and on every page, in each
// of the ways in which rows are listed.
func TestMatch(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	tweets := all(t, db)
	for _, text := range matchQueries {
		q := must(ParseQuery(text))
		m := must(db.Match(t.Context(), q, 0))
		if m.N == 0 && !strings.Contains(text, "no") && text != "until:2005" {
			t.Errorf("%q finds nothing", text)
		}
		found := slices.Clone(tweets)
		if q.root != nil {
			found = slices.DeleteFunc(found, func(s answer) bool { return !q.root.answers(s) })
		}
		if len(found) != m.N || m.Part != m.N {
			t.Fatalf("%q: %d tweets, %d counted, want %d", text, m.N, m.Part, len(found))
		}
		if exported := must(db.Export(t.Context(), Tweets, q, func(Row) error { return nil })); exported != m.N {
			t.Errorf("%q: %d are exported, %d found", text, exported, m.N)
		}
		if hits := must(m.Search(t.Context(), Page{})); len(hits) != m.N {
			t.Errorf("%q: %d hits, want %d", text, len(hits), m.N)
		}
		for _, sort := range []Sort{ByDate, ByDateDesc, ByEmbeds} {
			checkOrder(t, m, sort, found)
		}
	}
	m := must(db.Match(t.Context(), nil, 0))
	if _, err := m.Histogram(t.Context(), "week"); err == nil {
		t.Error("by week")
	}
	if _, err := m.Search(t.Context(), Page{Sort: "age"}); err == nil {
		t.Error("by age")
	}
}

// checkOrder compares pages of a match with the tweets found, which are by date.
func checkOrder(t *testing.T, m *Match, sort Sort, found []answer) {
	t.Helper()
	found = slices.Clone(found)
	switch sort {
	case ByDateDesc:
		slices.Reverse(found)
	case ByEmbeds:
		slices.SortFunc(found, func(a, b answer) int { return -cmp.Or(cmp.Compare(a.embeds, b.embeds), cmp.Compare(a.key, b.key)) })
	}
	var want []int64
	for _, s := range found {
		want = append(want, s.row)
	}
	for _, x := range [][2]int{{7, 0}, {7, 7}, {7, m.N - m.N%7}, {1, m.N}, {m.N, 3}, {m.N - 3, 3}} {
		limit, offset := x[0], min(x[1], m.N)
		part := want[offset:min(m.N, offset+max(0, limit))]
		if got := must(m.order(t.Context(), sort, limit, offset)); !slices.Equal(got, part) {
			t.Errorf("%q by %s, %v: %v, want %v", m.query, sort, x, got, part)
		}
		if m.set == nil || len(part) == 0 {
			continue
		}
		if got := must(m.sort(t.Context(), orders[sort].forward, len(part), offset)); !slices.Equal(got, part) {
			t.Errorf("%q by %s, %v, sorted: %v, want %v", m.query, sort, x, got, part)
		}
		if got := must(m.readIndex(t.Context(), orders[sort].forward, len(part), offset, 1)); got != nil && !slices.Equal(got, part) {
			t.Errorf("%q by %s, %v, read: %v, want %v", m.query, sort, x, got, part)
		}
	}
}

// If only a part of a match is counted, the counts are those of a match that has only this
// part.
func TestPartOfMatch(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	ctx := t.Context()
	for _, text := range matchQueries {
		q := must(ParseQuery(text))
		m, part := must(db.Match(ctx, q, 0)), must(db.Match(ctx, q, 3))
		if part.N != m.N || part.Part != min(3, m.N) {
			t.Errorf("%q, of 3: %+v", text, part)
		}
		newest := must(m.order(ctx, ByDateDesc, 3, 0))
		if len(newest) == 0 {
			continue
		}
		few := &Match{db: db, query: q, N: len(newest), Part: len(newest), set: rowSet{}}
		for _, row := range newest {
			few.set.add(row)
		}
		if got, want := must(part.Facets(ctx, 5)), must(few.Facets(ctx, 5)); !reflect.DeepEqual(got, want) || got.WithID+got.WithoutID != len(newest) {
			t.Errorf("%q: facets %+v, want %+v", text, got, want)
		}
		if got, want := must(part.Stats(ctx, 5)), must(few.Stats(ctx, 5)); !reflect.DeepEqual(got, want) || got.Tweets != len(newest) {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
		if got, want := must(part.Histogram(ctx, ByDay)), must(few.Histogram(ctx, ByDay)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: by day %+v, want %+v", text, got, want)
		}
	}
}

func TestWatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	db := must(Open(path))
	defer db.Close()
	reader := must(OpenReadOnly(path))
	defer reader.Close()
	w, err := reader.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	version := func() int64 {
		t.Helper()
		v, err := w.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := version()
	if version() != first {
		t.Error("another number without a change")
	}
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is on."))})
	if version() == first {
		t.Error("the same number after a change")
	}
}

func TestArticles(t *testing.T) {
	db := openTest(t)
	loom := say("Ada", "2018-01-01", "", "The loom is on.")
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", loom, say("bo", "2018-01-01", "", "Not by Ada")), article("a.txt", 2, "2020-01-01", loom, loom)},
		[]archive.Found{article("b.txt", 1, "2019-01-01", loom), article("b.txt", 2, "2019-01-01", say("bo", "2018-01-01", "", "Not by Ada"))})
	a, ada, err := db.Author(t.Context(), "ada", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if name := say("Ada", "", "", "").Author; !reflect.DeepEqual(a.Names, []Count{{Name: name, N: 4}}) || len(a.With) != 1 || a.With[0].Name != "bo" || a.With[0].N != 1 {
		t.Errorf("%+v", a)
	}
	for _, x := range []struct {
		limit, offset int
		want          string
	}{
		{9, 0, "[a.txt:2 2] [a.txt:1 1] [b.txt:1 1] "},
		{1, 0, "[a.txt:2 2] "},
		{2, 1, "[a.txt:1 1] [b.txt:1 1] "},
		{2, 9, ""},
	} {
		articles, err := ada.Articles(t.Context(), x.limit, x.offset)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, a := range articles {
			got += fmt.Sprintf("[%v %d] ", a.Origin, a.Embeds)
		}
		if got != x.want {
			t.Errorf("limit %d offset %d: %s, want %s", x.limit, x.offset, got, x.want)
		}
	}
}

func TestRun(t *testing.T) {
	db := openTest(t)
	keep(t, db, []archive.Found{article("a.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is on."))},
		[]archive.Found{article("b.txt", 1, "2019-01-01", say("ada", "2018-01-01", "", "The loom is off."))})
	runs, err := db.Runs(t.Context())
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	err = db.Inputs(t.Context(), runs[0].Key, func(in Input) error {
		runs[0].Inputs = append(runs[0].Inputs, in)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m, total, err := db.Run(t.Context(), runs[0].Key, 0, 0)
	if err != nil || total != 2 || !reflect.DeepEqual(*m, runs[0]) {
		t.Errorf("%+v, %d, %v; want %+v", m, total, err, runs[0])
	}
	m, total, err = db.Run(t.Context(), runs[0].Key, 1, 1)
	if err != nil || total != 2 || len(m.Inputs) != 1 || m.Inputs[0].Path != "b.txt" {
		t.Errorf("%+v, %d, %v", m, total, err)
	}
	if _, _, err := db.Run(t.Context(), "nix", 0, 0); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := db.Tweet(t.Context(), "1"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, _, err := db.Author(t.Context(), "nobody", 3, 0); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if errors.Is(errorf("another"), ErrNotFound) {
		t.Error("another error is not found")
	}
}

func TestDoubts(t *testing.T) {
	db := openTest(t)
	e := say("ada", "", "1000000000000000000", "The loom is on.") // of 2018-05-25
	e.Date = "2018-05-27"
	keep(t, db, []archive.Found{article("a.txt", 1, "2018-05-20", e)})
	tw := must(db.Tweet(t.Context(), e.ID))
	places, err := db.Places(t.Context(), e.ID, false, 0, 0)
	if err != nil || len(places) != 1 {
		t.Fatal(places, err)
	}
	var all []Finding
	if _, err := db.Verify(t.Context(), func(f Finding) error { all = append(all, f); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := Doubts(&places[0], tw); !reflect.DeepEqual(got, all) || len(got) != 2 { // day, before
		t.Errorf("%+v, Verify finds %+v", got, all)
	}
}
