package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// judgeable is a file of three articles with tweets of two people.
func judgeable() []archive.Found {
	sure := func(e archive.Embed, confidence float64) archive.Embed {
		e.Confidence = confidence
		return e
	}
	return []archive.Found{
		article("a.jsonl", 1, "2020-05-02", sure(say("ada_l", "2020-05-01", "", "The engine weaves patterns like a loom"), 0.4)),
		article("a.jsonl", 2, "2020-05-03", sure(say("bob", "2020-05-02", "", "Nothing is as old as the news of yesterday"), 0.97),
			sure(say("ada_l", "2020-05-02", "1256500000000000001", "We may say most aptly that it weaves"), 0.8)),
		article("a.jsonl", 3, "2020-05-04", say("bob", "2020-05-03", "", "A third thing that somebody said")),
	}
}

// cases are all cases, the least sure first.
func cases(t testing.TB, db *DB) []Case {
	t.Helper()
	all := must(db.Cases(t.Context(), Queue{}, 0, 0))
	return all
}

func judge(t testing.TB, db *DB, verdicts ...archive.Judgement) int {
	t.Helper()
	n, err := db.Judge(t.Context(), verdicts)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// verdictsOf are all verdicts, one a line.
func verdictsOf(t testing.TB, db *DB) string {
	t.Helper()
	var b strings.Builder
	err := db.Judgements(t.Context(), func(j archive.Judgement) error {
		fmt.Fprintf(&b, "%s %s: %s %q %q @%s\n", j.Coder, j.At.Format("05"), j.Verdict, j.Words, j.Note, j.Handle)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func second(n int) time.Time {
	return time.Unix(1_600_000_000+int64(n), 0).Truncate(time.Minute).Add(time.Duration(n) * time.Second)
}

func TestJudge(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	all := cases(t, db)
	if len(all) != 4 || all[0].Confidence != 0.4 || all[3].Confidence != 1 || all[0].Article.Outlet != "news.example" || !strings.Contains(all[0].Before, "It began") {
		t.Fatalf("cases: %+v", all)
	}
	c := &all[0]
	if key, anchor, ok := ParseCaseName(c.Name()); !ok || !bytes.Equal(key, c.ArticleKey) || anchor != c.Anchor {
		t.Errorf("%s is read as %x %d", c.Name(), key, anchor)
	}
	for _, step := range []struct {
		j       archive.Judgement
		changed int
		want    string
	}{
		{c.Judged("Eve", archive.VerdictBegins, "weaves patterns", "", second(2)), 1, "Eve 02: begins \"weaves patterns\" \"\" @ada_l\n"},
		{c.Judged("Eve", archive.VerdictBegins, "weaves patterns", "", second(2)), 0, "Eve 02: begins \"weaves patterns\" \"\" @ada_l\n"},
		{c.Judged("Eve", archive.VerdictNone, "", "", second(1)), 0, "Eve 02: begins \"weaves patterns\" \"\" @ada_l\n"}, // older
		{c.Judged(" Eve ", archive.VerdictRight, "", "sure", second(3)), 1, "Eve 03: right \"The engine weaves patterns like a loom\" \"sure\" @ada_l\n"},
		{c.Judged("Dan", archive.VerdictNone, "no words of a tweet", "", second(0)), 1, "Dan 00: none \"\" \"\" @ada_l\nEve 03: right \"The engine weaves patterns like a loom\" \"sure\" @ada_l\n"},
		{c.Judged("Eve", "", "", "", second(4)), 1, "Dan 00: none \"\" \"\" @ada_l\n"},
	} {
		if n := judge(t, db, step.j); n != step.changed {
			t.Errorf("%+v: %d changed, want %d", step.j, n, step.changed)
		}
		if got := verdictsOf(t, db); got != step.want {
			t.Errorf("after %s by %s: %s\nwant %s", step.j.Verdict, step.j.Coder, got, step.want)
		}
	}
	for _, q := range []struct {
		Queue
		first, judged int // the record of the first case
	}{{Queue{}, 2, 1}, {Queue{Coder: "Eve"}, 1, 0}, {Queue{Coder: "Dan", Unjudged: true}, 2, 1}, {Queue{Query: query(t, "from:ada_l")}, 2, 1}} {
		got, err := db.Cases(t.Context(), q.Queue, 1, 0)
		if err != nil || len(got) != 1 || got[0].Article.Record != q.first {
			t.Errorf("%+v: %+v, %v", q.Queue, got, err)
		}
		if n, judged, err := db.Progress(t.Context(), q.Queue); err != nil || judged != q.judged || n != 4 && q.Query == nil {
			t.Errorf("%+v: %d judged of %d, %v", q.Queue, judged, n, err)
		}
	}
	one, err := db.Case(t.Context(), c.ArticleKey, c.Anchor)
	if err != nil || one.Text != c.Text || len(one.Verdicts) != 1 || one.Verdicts[0].Coder != "Dan" {
		t.Errorf("the case alone: %+v, %v", one, err)
	}
	sound(t, db)
}

func TestJudgeRefuses(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	c := &cases(t, db)[0]
	for _, j := range []archive.Judgement{
		c.Judged("Eve", "perhaps", "", "", second(1)),
		c.Judged(" ", archive.VerdictRight, "", "", second(1)),
		c.Judged("Eve", archive.VerdictEnds, strings.Repeat("x", maxSaid+1), "", second(1)),
		{Article: []byte("short"), Coder: "Eve", Verdict: archive.VerdictRight},
	} {
		if _, err := db.Judge(t.Context(), []archive.Judgement{c.Judged("Dan", archive.VerdictRight, "", "", second(1)), j}); err == nil {
			t.Errorf("%.80v is kept", j)
		}
	}
	if got := verdictsOf(t, db); got != "" {
		t.Errorf("kept all the same: %s", got)
	}
}

// Verdicts of archives merged in any order, any of them twice, are the same.
func TestMergeVerdicts(t *testing.T) {
	var paths []string
	for i := range 3 {
		path := filepath.Join(t.TempDir(), "t.db")
		paths = append(paths, path)
		db := must(Open(path))
		keep(t, db, judgeable())
		rnd := rand.New(rand.NewPCG(uint64(i), 7))
		all := cases(t, db)
		for range 12 {
			judge(t, db, all[rnd.IntN(4)].Judged([]string{"Eve", "Dan"}[rnd.IntN(2)], archive.Verdicts[rnd.IntN(len(archive.Verdicts))], fmt.Sprint("words ", rnd.IntN(3)), "", second(rnd.IntN(4))))
		}
		must(db.Draw(t.Context(), Draw{N: 2 + i, Seed: int64(i)}))
		db.Close()
	}
	want := ""
	for seed := range uint64(6) {
		db := openTest(t)
		w := writer(t, db)
		for _, i := range append(rand.New(rand.NewPCG(seed, 8)).Perm(3), int(seed%3)) {
			mergeInto(t, w, paths[i])
		}
		closed(t, w)
		got := verdictsOf(t, db) + samples(t, db)
		if want == "" {
			want = got
		}
		if got != want || got == "" {
			t.Errorf("in order %d:\n%s\nelse:\n%s", seed, got, want)
		}
		sound(t, db)
	}
}

func mergeInto(t testing.TB, w *Writer, path string) {
	t.Helper()
	other := must(OpenReadOnly(path))
	defer other.Close()
	must(w.Merge(t.Context(), other))
}

// A verdict holds words and a name: it goes with what is forgotten, stays away in a
// later merge, and comes back where the tombstones are lifted.
func TestForgetVerdicts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	other := must(Open(path))
	keep(t, other, judgeable())
	var verdicts []archive.Judgement
	for _, c := range cases(t, other) {
		verdicts = append(verdicts, c.Judged("Eve", archive.VerdictEnds, "other words by "+c.Handle+" of their own", "", second(1)))
	}
	judge(t, other, verdicts...)
	must(other.Draw(t.Context(), Draw{N: 4, By: []string{"handle"}, Query: query(t, "from:ada_l OR from:bob")}))
	other.Close()

	db := openTest(t)
	merge := func() {
		w := writer(t, db)
		mergeInto(t, w, path)
		closed(t, w)
	}
	merge()
	if got := strings.Count(verdictsOf(t, db), "@ada_l"); got != 2 {
		t.Fatalf("%d verdicts on her before", got)
	}
	keys, _, err := db.Select(t.Context(), Selection{Query: query(t, "from:ada_l")})
	if err != nil {
		t.Fatal(err)
	}
	w := writer(t, db)
	n, err := w.Forget(keys, "ada_l")
	if err != nil || n.Verdicts != 2 {
		t.Fatalf("%+v, %v", n, err)
	}
	closed(t, w)
	for when, again := range map[string]func(){"at once": func() {}, "after a merge": merge, "after another": merge} {
		again()
		if n := judge(t, db, verdicts...); n != 0 {
			t.Errorf("%s: %d verdicts are taken in", when, n)
		}
		if got := verdictsOf(t, db); strings.Count(got, "@bob") != 2 || strings.Contains(got, "ada_l") {
			t.Errorf("%s: %s", when, got)
		}
		if got := samples(t, db); strings.Contains(got, "ada_l") || strings.Count(got, "bob") < 2 {
			t.Errorf("%s: %s", when, got)
		}
		for _, words := range []string{"ada_l", "ADA_L", "engine weaves"} {
			if has(t, db, words) {
				t.Errorf("%s: %q is in the file", when, words)
			}
		}
		sound(t, db)
	}
	// An archive that takes the tombstones over, and then the sample.
	fresh := openTest(t)
	w = writer(t, fresh)
	must(w.MergeTombstones(t.Context(), db))
	mergeInto(t, w, path)
	closed(t, w)
	if got := samples(t, fresh) + verdictsOf(t, fresh); strings.Contains(got, "ada_l") || !strings.Contains(got, "bob") {
		t.Errorf("in a fresh archive: %s", got)
	}
	w = writer(t, db)
	must(w.Lift(""))
	closed(t, w)
	merge()
	if got := strings.Count(verdictsOf(t, db), "@ada_l"); got != 2 {
		t.Errorf("%d verdicts on her when it was undone", got)
	}
}

// What a coder says of an embed that another detector found otherwise goes, too.
func TestForgetVerdictsOfOtherWords(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	c := cases(t, db)[0]
	c.Text = "what an older detector found there"
	judge(t, db, c.Judged("Eve", archive.VerdictRight, "", "", second(1)))
	now, err := db.Case(t.Context(), c.ArticleKey, c.Anchor)
	if err != nil {
		t.Fatal(err)
	}
	w := writer(t, db)
	n, err := w.Forget([]string{now.Key}, "")
	if err != nil || n.Verdicts != 1 {
		t.Fatalf("%+v, %v", n, err)
	}
	closed(t, w)
	if n := judge(t, db, c.Judged("Eve", archive.VerdictRight, "", "", second(2))); n != 0 || verdictsOf(t, db) != "" {
		t.Errorf("it is back: %s", verdictsOf(t, db))
	}
}

func TestVerifyVerdicts(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	c := cases(t, db)[0]
	judge(t, db, c.Judged("Eve", archive.VerdictEnds, "its words", "", second(1)))
	sound(t, db)
	if _, err := db.sql.Exec(`UPDATE verdicts SET words = 'others'`); err != nil {
		t.Fatal(err)
	}
	if broken := problems(t, db); !strings.Contains(broken, "verdict "+c.Name()+" by Eve") {
		t.Errorf("verify says %q", broken)
	}
}

// problems are what verify says, one a line.
func problems(t testing.TB, db *DB) string {
	t.Helper()
	var b strings.Builder
	if _, err := db.Verify(t.Context(), func(f Finding) error {
		fmt.Fprintln(&b, f.Check, f.Detail)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// samples are all samples, with what was drawn, one a line.
func samples(t testing.TB, db *DB) string {
	t.Helper()
	all := must(db.Samples(t.Context()))
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%s %d %q %v %d %v\n", s.Key, s.N, s.Query, s.By, s.Seed, s.Strata)
		got := must(db.Cases(t.Context(), Queue{Sample: s.Key}, 0, 0))
		for _, c := range got {
			fmt.Fprintf(&b, "  %d %s %s %q by %d\n", c.N, c.Name(), c.Stratum, c.Text, len(c.Verdicts))
		}
	}
	return b.String()
}

// What is guarded for a spreadsheet is read back as it was, also unopened.
func TestFromExcelCell(t *testing.T) {
	for _, v := range []string{"", "plain words", "=1+1", "@ada first", "a\n-b\n@c", "\tx", "\r\n", "001234567890123456789", "3-4", "it's", "a;=b|+c", "\u200b=x", "＝1", "say \"no\"", "'tis so"} {
		if got := FromExcelCell(ExcelCell(Text, v)); got != v {
			t.Errorf("%q comes back as %q", v, got)
		}
	}
}

// Forgotten words go from what was said of other people's tweets, too, and do not come
// back with another archive.
func TestForgetWordsInVerdicts(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	var bobs Case
	for _, c := range cases(t, db) {
		if c.Handle == "bob" && c.Confidence == .97 {
			bobs = c
		}
	}
	judge(t, db, bobs.Judged("Eve", archive.VerdictBegins, "She wrote: The engine weaves patterns like a loom", "as in: The engine weaves patterns like a loom!", second(1)))
	if !has(t, db, "weaves patterns") {
		t.Fatal("it was never there")
	}
	old := filepath.Join(t.TempDir(), "old.db")
	must(db.sql.Exec(`VACUUM INTO ?`, old))
	w := writer(t, db)
	must(w.Forget([]string{must(db.Search(t.Context(), query(t, "from:ada_l engine"), Page{}))[0].Key}, ""))
	closed(t, w)
	for range 2 {
		if has(t, db, "weaves patterns") || !strings.Contains(verdictsOf(t, db), `Eve 01: begins "She wrote: ....`) {
			t.Errorf("it is in the file; verdicts %s", verdictsOf(t, db))
		}
		sound(t, db)
		w := writer(t, db)
		mergeInto(t, w, old)
		closed(t, w)
	}
}

// What a person corrected is not odd.
func TestVerifyCorrected(t *testing.T) {
	db := openTest(t)
	found := say("ada_l", "2020-05-01", "1256100000000000001", "She said at once that the engine weaves patterns like a loom")
	found.Form = archive.FormText
	keep(t, db, []archive.Found{article("a.jsonl", 1, "2020-05-02", found)})
	judge(t, db, cases(t, db)[0].Judged("Eve", archive.VerdictBoth, "Nothing of that kind was ever written by anybody", "", second(1)))
	if got := problems(t, db); got != "" {
		t.Error(got)
	}
}

// A query asks for what was said of embeds.
func TestVerdictOperator(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	all := cases(t, db) // of ada_l, ada_l, bob, bob
	judge(t, db, all[0].Judged("Eve", archive.VerdictNone, "", "", second(1)), all[1].Judged("Eve", archive.VerdictRight, "", "", second(1)),
		all[2].Judged("Eve", archive.VerdictNone, "", "", second(1)))
	judge(t, db, all[2].Judged("Eve", "", "", "", second(2))) // taken back
	for query, want := range map[string]int{"verdict:none": 1, "-verdict:none": 3, "verdict:right": 1, "verdict:*": 2, "-verdict:*": 2, "verdict:ends": 0, "verdict:none OR verdict:right": 2, "verdict:none from:bob": 0} {
		q, err := ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := must(db.Search(t.Context(), q, Page{})); len(got) != want {
			t.Errorf("%s finds %d, want %d", query, len(got), want)
		}
	}
	if _, err := ParseQuery("verdict:wrong"); err == nil {
		t.Error("verdict:wrong is taken")
	}
}
