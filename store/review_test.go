package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// Verdicts, a line each: case, coder, verdict, words; a later line is said later.
const differing = `
1 Ana right The tram is late.
1 Bo  right The tram is late.
2 Ana right The tram is late.
2 Bo  none
3 Ana begins tram is late.
3 Bo  begins is late.
4 Bo  right The tram is late.
4 Cy  none
5 Ana begins
5 Bo  begins is late.
2 Cy  none
6 Ana none
6 Bo  right The tram is late.
6 Ana -
`

func TestDiffering(t *testing.T) {
	db := must(Open(filepath.Join(t.TempDir(), "t.db")))
	defer db.Close()
	caseOf := func(n string) []byte { return []byte(strings.Repeat(n, keyLength)) }
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, line := range strings.Split(strings.TrimSpace(differing), "\n") {
		at = at.Add(time.Second)
		f := append(strings.Fields(line), "")
		verdict := archive.Verdict(strings.TrimPrefix(f[2], "-"))
		j := archive.Judgement{Article: caseOf(f[0]), Anchor: 7, Coder: f[1], At: at, Verdict: verdict, Words: strings.TrimSpace(strings.Join(f[3:], " ")), Found: "The tram is late.", Form: archive.FormText, Confidence: 0.5}
		if _, err := db.Judge(t.Context(), []archive.Judgement{j}); err != nil {
			t.Fatal(line, err)
		}
	}
	for _, x := range []struct {
		coder, cases string
		others       int
	}{{"Ana", "23", 1}, {"Bo", "234", 0}, {"Cy", "24", 1}, {"Dee", "", 3}} {
		cases, others, err := db.Differing(t.Context(), x.coder)
		var want []string
		for _, n := range strings.Split(x.cases, "") {
			want = append(want, CaseName(caseOf(n), 7))
		}
		if err != nil || !slices.Equal(cases, want) || others != x.others {
			t.Errorf("%s: %v and %d others, want %v and %d, %v", x.coder, cases, others, want, x.others, err)
		}
	}
	for coder, want := range map[string]string{"Ana": "5", "Bo": "6", "Cy": "2", "Dee": ""} {
		last, err := db.LastVerdict(t.Context(), coder)
		switch {
		case err != nil:
			t.Error(err)
		case last == nil && want != "", last != nil && string(last.Article) != string(caseOf(want)):
			t.Errorf("%s said last %+v, want %s", coder, last, want)
		}
	}
}
