package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

func TestAllocate(t *testing.T) {
	for _, c := range []struct {
		n      int
		embeds []int
		want   []int
	}{
		{10, []int{100}, []int{10}},
		{10, []int{4}, []int{4}},                  // all there are
		{10, []int{300, 100}, []int{8, 2}},        // 7.5 and 2.5: the first of equal remainders
		{10, []int{100, 300}, []int{3, 7}},        //
		{20, []int{960, 20, 20}, []int{16, 2, 2}}, // two at least
		{20, []int{998, 1, 1}, []int{18, 1, 1}},   // or what there is
		{20, []int{500, 300, 200}, []int{10, 6, 4}},
		{1, []int{5}, []int{1}},
		{100, []int{50, 49}, []int{50, 49}},
	} {
		var strata []Stratum
		for _, n := range c.embeds {
			strata = append(strata, Stratum{Embeds: n})
		}
		allocate(strata, c.n)
		var got []int
		for _, s := range strata {
			got = append(got, s.Drawn)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%d of %v: %v, want %v", c.n, c.embeds, got, c.want)
		}
	}
	for seed := range uint64(500) { // the law: n are drawn, of each no more than it has, and two or all at least
		rnd := rand.New(rand.NewPCG(seed, 3))
		var strata []Stratum
		n, embeds := 4+rnd.IntN(300), 0
		for range 1 + rnd.IntN(n/4) {
			strata = append(strata, Stratum{Embeds: 1 + rnd.IntN(1<<rnd.IntN(16))})
			embeds += strata[len(strata)-1].Embeds
		}
		allocate(strata, n)
		drawn := 0
		for _, s := range strata {
			if drawn += s.Drawn; s.Drawn > s.Embeds || s.Drawn < min(2, s.Embeds) && len(strata) > 1 {
				t.Fatalf("seed %d: %+v", seed, strata)
			}
		}
		if drawn != min(n, embeds) {
			t.Fatalf("seed %d: %d of %d drawn: %+v", seed, drawn, n, strata)
		}
	}
}

// corpus is articles with many embeds.
func corpus() (files [][]archive.Found) {
	rnd := rand.New(rand.NewPCG(1, 9))
	for f := range 10 {
		var found []archive.Found
		for record := range 6 {
			var embeds []archive.Embed
			for i := range 1 + rnd.IntN(4) {
				e := say(fmt.Sprintf("user%d", rnd.IntN(7)), fmt.Sprintf("20%d-05-01", 17+rnd.IntN(4)), "", fmt.Sprintf("words of the tweet %d %d %d", f, record, i))
				e.Confidence = float64(rnd.IntN(101)) / 100
				embeds = append(embeds, e)
			}
			a := article(fmt.Sprintf("%02d", f), record+1, "2021-05-02", embeds...)
			a.Article.URL = fmt.Sprintf("https://outlet%d.example/%d/%d", rnd.IntN(3), f, record)
			found = append(found, a)
		}
		files = append(files, found)
	}
	return files
}

// The same sample, whatever order the corpus was archived in, also by a merge.
func TestDrawIsReproducible(t *testing.T) {
	draws := []Draw{
		{N: 40, Seed: 1},
		{N: 40, By: []string{"confidence", "outlet"}, Seed: 7},
		{N: 12, By: []string{"handle", "year", "form"}, Seed: -3},
		{N: 9, By: []string{"year"}, Query: query(t, "from:user1 OR from:user2")},
		{N: 5000, By: []string{"outlet"}},
	}
	want := ""
	for seed := range uint64(3) {
		files := corpus()
		rand.New(rand.NewPCG(seed, 4)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		db := openTest(t)
		if seed == 2 {
			other := openTest(t)
			keep(t, other, files[:6]...)
			w := writer(t, db)
			mergeInto(t, w, other.path)
			closed(t, w)
			files = files[5:]
		}
		keep(t, db, files...)
		got := ""
		for _, d := range draws {
			s := must(db.Draw(t.Context(), d))
			all, err := db.Cases(t.Context(), Queue{Sample: s.Key}, 0, 0)
			if err != nil || len(all) != s.N {
				t.Fatalf("%d cases of %d, %v", len(all), s.N, err)
			}
			got += fmt.Sprintln(s.Key, s.Strata)
			for _, c := range all {
				got += fmt.Sprintln(c.N, c.Name(), c.Stratum, c.Text)
			}
		}
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("in another order:\n%s\nfirst:\n%s", got, want)
		}
		before := samples(t, db)
		if _, err := db.Draw(t.Context(), draws[1]); err != nil || samples(t, db) != before {
			t.Errorf("drawn again it is another sample: %v", err)
		}
		sound(t, db)
	}
}

// Strata: each has its share, no more than a quarter of n, the rest is one.
func TestDrawStrata(t *testing.T) {
	db := openTest(t)
	keep(t, db, corpus()...)
	total := 0
	for _, c := range []struct {
		n      int
		by     string
		strata int
	}{{40, "", 1}, {40, "confidence", 6}, {8, "confidence", 2}, {40, "outlet,confidence,year", 10}, {1, "outlet", 1}} {
		d := Draw{N: c.n}
		if c.by != "" {
			d.By = strings.Split(c.by, ",")
		}
		s := must(db.Draw(t.Context(), d))
		embeds, drawn := 0, 0
		for _, h := range s.Strata {
			embeds, drawn = embeds+h.Embeds, drawn+h.Drawn
		}
		if total == 0 {
			total = embeds
		}
		if len(s.Strata) != c.strata || embeds != total || drawn != c.n {
			t.Errorf("%d by %s: %+v", c.n, c.by, s.Strata)
		}
		all := must(db.Cases(t.Context(), Queue{Sample: s.Key}, 0, 0))
		of := map[string]int{}
		for _, c := range all {
			if of[c.Stratum]++; len(d.By) == 1 && d.By[0] == "confidence" && c.Stratum != otherStrata && c.Stratum != confidenceBin(c.Confidence) {
				t.Errorf("%v is in the stratum %s", c.Confidence, c.Stratum)
			}
		}
		for _, h := range s.Strata {
			if of[h.Name] != h.Drawn {
				t.Errorf("%s has %d of %d", h.Name, of[h.Name], h.Drawn)
			}
		}
	}
	for _, d := range []Draw{{N: 0}, {N: 5, By: []string{"colour"}}, {N: mostDrawn + 1}, {N: 5, Query: query(t, "from:nobody")}} {
		if _, err := db.Draw(t.Context(), d); err == nil {
			t.Errorf("%+v is drawn", d)
		}
	}
}

// confidenceBin is the name of the bin for a confidence.
func confidenceBin(confidence float64) string {
	i := 0
	for i+1 < len(ConfidenceBins) && confidence >= ConfidenceBins[i+1] {
		i++
	}
	return binName(i)
}

func TestConfidenceBin(t *testing.T) {
	for confidence, want := range map[float64]string{0: "0.00 to 0.50", 0.49: "0.00 to 0.50", 0.5: "0.50 to 0.70", 0.9: "0.90 to 0.95", 0.99: "0.99 to 1.00", 1: "0.99 to 1.00"} {
		if got := confidenceBin(confidence); got != want {
			t.Errorf("%v is in %q, want %q", confidence, got, want)
		}
	}
}

// What was drawn and is no longer found is still a case, without an embed.
func TestMissingCase(t *testing.T) {
	db := openTest(t)
	keep(t, db, judgeable())
	s := must(db.Draw(t.Context(), Draw{N: 4}))
	if _, err := db.sql.Exec(`UPDATE sampled SET anchor = 7 WHERE n = 2`); err != nil {
		t.Fatal(err)
	}
	all, err := db.Cases(t.Context(), Queue{Sample: s.Key}, 0, 0)
	if err != nil || len(all) != 4 || !all[1].Missing() || all[0].Missing() || all[1].Article.Title == "" {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := db.Sample(t.Context(), "none"); err == nil {
		t.Error("there is a sample none")
	}
	if got, err := db.Sample(t.Context(), s.Key[:4]); err != nil || got.Key != s.Key {
		t.Errorf("%+v, %v", got, err)
	}
}
