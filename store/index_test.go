package store

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tweetarc/archive"
)

// What a digest reads of the index is what MATCH finds, and ranks as it does, in
// an index of many segments whose rows were written, written anew and merged.
func TestIndexAsMatch(t *testing.T) {
	db := openTest(t)
	rnd := rand.New(rand.NewPCG(9, 1))
	words := []string{"loom", "Looms", "engine", "éclair", "Eclair", "Ελλάδα", "東京都", "ไทย", "#Loom_Day", "@ada_b", "🎉", "x", "loom's", "https://news.example/a/loom"}
	for i := range 80 {
		words = append(words, fmt.Sprintf("w%d", i))
	}
	text := func() string {
		all := make([]string, 2+rnd.IntN(25))
		for i := range all {
			all[i] = words[int(rnd.ExpFloat64()*12)%len(words)]
		}
		return strings.Join(all, " ")
	}
	for run := range 36 { // sixteen segments become one
		var embeds []archive.Embed
		for range 12 {
			embeds = append(embeds, say("ada", "", fmt.Sprint(1_000_000_000_000_000_000+rnd.Int64N(200)<<30), text()))
		}
		keep(t, db, []archive.Found{article(fmt.Sprint("f", run), 1, "2020-01-01", embeds...)})
	}
	var segments int
	if err := db.sql.QueryRow(`SELECT count(DISTINCT level) * 100 + count(*) FROM tweets_fts_segdir`).Scan(&segments); err != nil || segments < 205 {
		t.Fatalf("%d segments, %v: not what this test is about", segments, err)
	}
	d, err := db.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	queries := []string{"loom", "LOOM", "loom*", "lo*", "l*", "w*", "eclair", "élla*", "ελλαδα", "東京", "京都", "都", "東京都", "ไท", "#loom_day", "#loom*", "@ada_b", "🎉", "nowhere", "nowhere*",
		"loom OR nowhere", "loom engine", "loom -engine", "(loom OR engine) -w1 -w2", "url:news.example", "filter:links", "loom's", `"w1 w2"`, `"w1 w2"*`, `"w1 w*"`, `"loom engine looms"`, `"loom lo"*`, `loom -"loom engine"`, `"loom 東京都 x"`, "\u0300", "\U0001e922"}
	for range 300 {
		a, b, c := words[rnd.IntN(30)], words[rnd.IntN(30)], words[rnd.IntN(30)]
		queries = append(queries, fmt.Sprintf(`"%s %s"`, a, b), fmt.Sprintf("%s (%s OR -%s)", a, b, c), fmt.Sprintf(`%s -"%s %s"`, a, b, c), fmt.Sprintf(`"%s %s"* OR %s`, a, b[:1], c))
	}
	found := 0
	for _, text := range queries {
		q, err := ParseQuery(text)
		if err != nil || q.match == "" || q.cond != "" {
			continue
		}
		var want []scored
		var s scored
		err = each(t.Context(), db.sql, `SELECT docid, bm25(matchinfo(tweets_fts, 'pcnalx')) FROM tweets_fts WHERE tweets_fts MATCH ? ORDER BY docid`, []any{&s.id, &s.score}, func() { want = append(want, s) }, q.match)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		found += len(want)
		x, err := d.index(t.Context(), q.root.leaves(true))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, most := range []int{0, 5} {
			f := d.findWords(x, q.root, most)
			last := want[max(0, len(want)-cmp.Or(most, len(want))):]
			var got []int32
			f.set.last(cmp.Or(most, len(want))).each(func(i int32) { got = append(got, i) })
			if !slices.EqualFunc(got, last, func(a int32, b scored) bool { return a == b.id }) {
				t.Fatalf("%q, most %d: %v, MATCH finds %v", text, most, got, last)
			}
		}
		ids, scores := x.ranks(q.root.leaves(false), d.findWords(x, q.root, 0).set, d.length)
		for i, id := range ids {
			if s := (scored{id, scores[i]}); s != want[i] {
				t.Errorf("%q: rank %v, by matchinfo %v", text, s, want[i])
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d tweets found", found)
	}
}

// Another program may merge segments bit by bit; until it has ended the words of
// a row stand in several.
func TestIndexPartly(t *testing.T) {
	db := openTest(t)
	for run := range 8 {
		var embeds []archive.Embed
		for i := range 200 {
			embeds = append(embeds, say("ada", "2020-01-01", "", fmt.Sprintf("loom %d of run %d", i, run)))
		}
		keep(t, db, []archive.Found{article(fmt.Sprint("f", run), 1, "2020-01-01", embeds...)})
	}
	find := func() (int, error) {
		d, err := db.Digest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.Find(t.Context(), must(ParseQuery("loom")), 0)
		if err != nil {
			return 0, err
		}
		return m.Len(), nil
	}
	for _, step := range []struct{ sql, fails string }{
		{`INSERT INTO tweets_fts(tweets_fts) VALUES ('merge=1,2')`, "merged in part"},
		{`INSERT INTO tweets_fts(tweets_fts) VALUES ('optimize')`, ""},
	} {
		if _, err := db.sql.Exec(step.sql); err != nil {
			t.Fatal(err)
		}
		n, err := find()
		if step.fails == "" && (n != 1600 || err != nil) || step.fails != "" && (err == nil || !strings.Contains(err.Error(), step.fails)) {
			t.Errorf("after %s: %d, %v", step.sql, n, err)
		}
	}
}

// A damaged index is told, or finds less; it brings nothing down.
func TestIndexDamaged(t *testing.T) {
	db := openTest(t)
	crowd(t, db)
	d, err := db.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, damage := range []string{
		`UPDATE tweets_fts_segdir SET root = x''`,
		`UPDATE tweets_fts_segdir SET root = x'7f'`,
		`UPDATE tweets_fts_segdir SET root = x'0101'`,                             // its block is not there
		`UPDATE tweets_fts_segdir SET root = x'00ff7f'`,                           // a long word
		`UPDATE tweets_fts_segdir SET root = x'0005776f7264310105'`,               // a list cut off
		`UPDATE tweets_fts_segdir SET root = x'0005776f7264310aff0102ff00ffffff'`, // numbers without an end
	} {
		if _, err := db.sql.Exec(damage); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"word1", "wor*", `"word1 more"`} {
			d.answers = lists{}
			if m, err := d.Find(t.Context(), must(ParseQuery(text)), 0); err != nil && !strings.Contains(err.Error(), "damaged") {
				t.Errorf("%s: %q: %v, %v", damage, text, m, err)
			}
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte("\x00\x05word1\x04\x03\x02\x03\x00"), "word1", false)
	f.Add([]byte("\x01\x02\x05word1\x00\x03rds"), "wo", true)
	f.Fuzz(func(t *testing.T, node []byte, text string, prefix bool) {
		token := indexToken{text, prefix}
		if first, last, err := children(node, token); err == nil && last-first > int64(len(node)) {
			t.Errorf("%d children of %d bytes", last-first, len(node))
		}
		lists, err := leafLists(nil, node, token)
		if err != nil {
			return
		}
		lists = append(lists, node)
		x := &index{rows: 64}
		one := &indexPhrase{tokens: []indexToken{token}, lists: [][][][]byte{{lists}}}
		two := &indexPhrase{tokens: []indexToken{token, token}, lists: [][][][]byte{{{node}, lists}}}
		has := newRows(64)
		x.each(one, 0, func(row int32, pos []byte) { has.add(row) })
		x.each(two, 0, func(row int32, pos []byte) {
			if !has.has(row) {
				t.Errorf("row %d has two words, but not one", row)
			}
		})
	})
}

func BenchmarkIndexFind(b *testing.B) {
	db := openTest(b)
	var found []archive.Found
	for i := range 2000 {
		found = append(found, article("f", i+1, "2020-01-01", say("ada", "2020-01-01", "", fmt.Sprintf("The loom weaves %d flowers, says the engine", i))))
	}
	keep(b, db, found)
	d := must(db.Digest(context.Background()))
	q := must(ParseQuery("loom engine"))
	b.ReportAllocs()
	for b.Loop() {
		d.answers = lists{}
		if m, err := d.Find(b.Context(), q, 0); err != nil || m.Len() != 2000 {
			b.Fatal(m, err)
		}
	}
}
