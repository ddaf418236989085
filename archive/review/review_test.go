package review

import (
	"math"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

func near(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

// The values are those of R: prop.test(x, n, correct = FALSE)$conf.int.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		n, of     int
		low, high float64
	}{
		{8, 10, 0.4902, 0.9433},
		{0, 10, 0, 0.2775},
		{10, 10, 0.7225, 1},
		{1, 2, 0.0945, 0.9055},
		{81, 263, 0.2553, 0.3662}, // Newcombe 1998
		{15, 148, 0.0624, 0.1605}, // the same
		{0, 20, 0, 0.1611},        // the same
		{0, 0, 0, 1},
	} {
		if s := shareOf(c.n, c.of); !near(s.Low, c.low) || !near(s.High, c.high) {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.n, c.of, s.Low, s.High, c.low, c.high)
		}
	}
}

func TestStratified(t *testing.T) {
	simple := shareOf(8, 10)
	for _, c := range []struct {
		name   string
		strata []counted
		p      float64
		n, of  int
		number float64 // the effective one
	}{
		{"one stratum: v has 10-1 for 10", []counted{{1000, 10, 10, 8}}, 0.8, 8, 10, 9},
		{"one that is all right", []counted{{1000, 10, 10, 10}}, 1, 10, 10, 10},
		// W 0.75 and 0.25: p = 0.75*0.9 + 0.25*0.5; v = 0.5625*0.09/19 + 0.0625*0.25/9
		{"two, a large one and a bad one", []counted{{300, 20, 20, 18}, {100, 10, 10, 5}}, 0.8, 23, 30, 1 / (0.5625/20 + 0.0625/10)},
		{"what was not judged has no weight", []counted{{300, 20, 20, 18}, {100, 10, 10, 5}, {5000, 0, 0, 0}}, 0.8, 23, 30, 1 / (0.5625/20 + 0.0625/10)},
		{"none comes into question", []counted{{300, 20, 0, 0}}, 0, 0, 0, 0},
		{"nothing", nil, 0, 0, 0, 0},
		{"one case of each: p(1-p)", []counted{{10, 1, 1, 1}, {10, 1, 1, 0}}, 0.5, 1, 2, 2},
		// Half of the first stratum is in question: X = 0.75/2 + 0.25, p = (0.75*9/20 + 0.25*5/10) / X
		{
			"a ratio",
			[]counted{{300, 20, 10, 9}, {100, 10, 10, 5}},
			(0.75*9/20 + 0.25*5/10) / 0.625, 14, 20,
			0.625 * 0.625 / (0.75*0.75/400*10 + 0.25*0.25/100*10),
		},
	} {
		s := stratified(c.strata)
		low, high := wilson(c.p, c.number)
		if !near(s.P, c.p) || s.N != c.n || s.Of != c.of || !near(s.Low, low) || !near(s.High, high) {
			t.Errorf("%s: %+v, want %.4f, %.4f to %.4f", c.name, s, c.p, low, high)
		}
	}
	if s := stratified([]counted{{500, 5, 5, 4}, {500, 5, 5, 4}}); !near(s.P, simple.P) || s.Low > simple.Low {
		t.Errorf("two equal halves: %+v, a simple sample %+v", s, simple)
	}
	// The interval is no narrower than what the strata show: all faults in the heavy one.
	heavy := stratified([]counted{{900, 2, 2, 1}, {100, 98, 98, 98}})
	if heavy.High-heavy.Low < 0.8 {
		t.Errorf("two cases say too much: %+v", heavy)
	}
}

func TestKappa(t *testing.T) {
	for _, c := range []struct {
		table   map[[2]string]int
		n       int
		kappa   float64
		defined bool
	}{
		{map[[2]string]int{{"y", "y"}: 20, {"y", "n"}: 5, {"n", "y"}: 10, {"n", "n"}: 15}, 50, 0.4, true},
		{map[[2]string]int{{"y", "y"}: 45, {"y", "n"}: 15, {"n", "y"}: 25, {"n", "n"}: 15}, 100, 0.1304, true},
		{map[[2]string]int{{"y", "y"}: 25, {"y", "n"}: 35, {"n", "y"}: 5, {"n", "n"}: 35}, 100, 0.2593, true},
		{map[[2]string]int{{"a", "a"}: 44, {"a", "b"}: 5, {"a", "c"}: 1, {"b", "a"}: 7, {"b", "b"}: 20, {"b", "c"}: 3, {"c", "a"}: 9, {"c", "b"}: 5, {"c", "c"}: 6}, 100, 0.4915, true},
		{map[[2]string]int{{"y", "n"}: 3, {"n", "y"}: 3}, 6, -1, true},
		{map[[2]string]int{{"y", "y"}: 9}, 9, 0, false},
		{nil, 0, 0, false},
	} {
		n, _, kappa, defined := cohensKappa(c.table)
		if n != c.n || !near(kappa, c.kappa) || defined != c.defined {
			t.Errorf("%v: %d, %.4f, %v; want %d, %.4f, %v", c.table, n, kappa, defined, c.n, c.kappa, c.defined)
		}
	}
}

func by(coder string, at int64, v archive.Verdict, found, words string) archive.Judgement {
	return archive.Judgement{Coder: coder, At: time.Unix(at, 0), Verdict: v, Found: found, Words: words, Confidence: 0.6}
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name string
		of   []archive.Judgement
		want string
	}{
		{"nobody", nil, ""},
		{"all took it back", []archive.Judgement{by("a", 1, "", "", "")}, ""},
		{"one", []archive.Judgement{by("a", 1, archive.VerdictEnds, "", "")}, "a"},
		{"most", []archive.Judgement{by("a", 1, archive.VerdictEnds, "", ""), by("b", 2, archive.VerdictEnds, "", ""), by("c", 3, archive.VerdictNone, "", "")}, "b"},
		{"the latest of as many", []archive.Judgement{by("a", 5, archive.VerdictEnds, "", ""), by("b", 2, archive.VerdictNone, "", "")}, "a"},
		{"a verdict before two that cannot say", []archive.Judgement{by("a", 1, archive.VerdictEnds, "", ""), by("b", 2, archive.VerdictUnsure, "", ""), by("c", 3, archive.VerdictUnsure, "", "")}, "a"},
		{"nobody can say", []archive.Judgement{by("b", 2, archive.VerdictUnsure, "", "")}, "b"},
	} {
		got := ""
		if j := Decide(c.of); j != nil {
			got = j.Coder
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	right := func(coder, text string) archive.Judgement { return by(coder, 1, archive.VerdictRight, text, text) }
	cases := []Case{
		{"sure", "it’s a “loom”", 0.99, false, []archive.Judgement{right("a", `it's a "loom"`), right("b", `it's a "loom"`)}},
		{"sure", "a b", 0.95, false, []archive.Judgement{by("a", 1, archive.VerdictEnds, "a b", "a"), by("b", 2, archive.VerdictBegins, "a b", "b")}},
		{"sure", "new words", 0.9, false, []archive.Judgement{right("a", "old words")}},                                 // is another now, and wrong
		{"sure", "right words", 0.9, false, []archive.Judgement{by("a", 1, archive.VerdictBoth, "odd", "right words")}}, // ... and right
		{"sure", "", 0.5, false, []archive.Judgement{right("a", "")}},
		{"sure", "another", 0.5, false, []archive.Judgement{by("a", 1, archive.VerdictBegins, "odd", "")}}, // nobody knows
		{"not sure", "x", 0.4, false, []archive.Judgement{by("a", 1, archive.VerdictNone, "x", "")}},
		{"not sure", "", 0, true, []archive.Judgement{right("a", "gone")}},
		{"not sure", "x", 0.4, false, []archive.Judgement{by("a", 1, archive.VerdictUnsure, "x", "")}},
		{"not sure", "x", 0.4, false, nil},
	}
	r := Of(cases, []Stratum{{"sure", 900}, {"not sure", 100}, {"never judged", 1000}}, []float64{0, 0.5, 0.9})
	counts := [8]int{r.Cases, r.Judged, r.Unsure, r.Disputed, r.Changed, r.Missing, r.Wordless, r.Unknown}
	if want := [8]int{10, 8, 1, 1, 3, 1, 1, 1}; counts != want {
		t.Errorf("counts %v, want %v", counts, want)
	}
	if p, e := r.Sampled.Precision, r.Sampled.Exact; p.N != 7 || p.Of != 8 || e.N != 3 || e.Of != 5 {
		t.Errorf("figures %+v", r.Sampled)
	}
	if p := r.Archive.Precision.P; !near(p, 0.95) || !near(r.Covered, 0.5) {
		t.Errorf("of the archive %.4f, covered %.4f", p, r.Covered)
	}
	// 900*2/6 + 100*1/2 of 900*4/6 + 100*1/2
	if p := r.Archive.Exact.P; !near(p, 350.0/650) {
		t.Errorf("exact in the archive %.4f", p)
	}
	if len(r.Strata) != 3 || r.Strata[1].Precision.Of != 2 || r.Strata[2].Precision.Of != 0 || r.Strata[0].Drawn != 6 {
		t.Errorf("strata %+v", r.Strata)
	}
	if len(r.Pairs) != 1 || r.Pairs[0].Cases != 2 || r.Pairs[0].Agreed != 1 || len(r.Coders) != 2 {
		t.Errorf("agreement %+v of %+v", r.Pairs, r.Coders)
	}
	if b := r.Bins; b[0].N != 0 || b[1].N != 1 || b[1].Exact != 1 || b[2].N != 4 || !near(b[2].Confidence, (0.99+0.95+0.9+0.9)/4) || !near(b[2].Share, 0.5) {
		t.Errorf("bins %+v", b)
	}
	// Weights 150 of the sure, 50 of the other, whose confidence was 0.6.
	brier := (150*(0.01*0.01+0.95*0.95+0.9*0.9+0.1*0.1) + 50*0.4*0.4) / 650
	ece := 600.0/650*(0.935-0.5) + 50.0/650*0.4
	if !near(r.Brier, brier) || !near(r.ECE, ece) {
		t.Errorf("Brier %.4f, want %.4f; ECE %.4f, want %.4f", r.Brier, brier, r.ECE, ece)
	}
}

func TestReportOfNothing(t *testing.T) {
	r := Of(nil, nil, []float64{0, 0.5})
	if r.Sampled.Precision.High != 1 || r.Archive != nil || r.Brier != 0 || len(r.Coders) != 0 {
		t.Errorf("%+v", r)
	}
}
