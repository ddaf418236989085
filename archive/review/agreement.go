package review

import (
	"cmp"
	"slices"

	"example.org/tweetarc/archive"
)

// Tested in review_test.go.

// Pair says how two coders agree on the cases that both judged.
type Pair struct {
	A       string  `json:"coder_a"`
	B       string  `json:"coder_b"`
	Cases   int     `json:"cases"`
	Agreed  int     `json:"agreed"`
	Kappa   float64 `json:"kappa"`   // Cohen's
	Defined bool    `json:"defined"` // false if both always gave the same one verdict: then there is no kappa
}

// agreement lists the coders, and how each pair of them agrees.
func agreement(cases []Case) (coders []Coder, pairs []Pair) {
	n := map[string]int{}
	tables := map[[2]string]map[[2]archive.Verdict]int{}
	for i := range cases {
		v := cases[i].Verdicts
		for k := range v {
			n[v[k].Coder]++
			for l := range v[:k] {
				a, b := &v[l], &v[k]
				if a.Coder > b.Coder {
					a, b = b, a
				}
				pair := [2]string{a.Coder, b.Coder}
				if tables[pair] == nil {
					tables[pair] = map[[2]archive.Verdict]int{}
				}
				tables[pair][[2]archive.Verdict{a.Verdict, b.Verdict}]++
			}
		}
	}
	for name, cases := range n {
		coders = append(coders, Coder{name, cases})
	}
	slices.SortFunc(coders, func(a, b Coder) int { return cmp.Compare(a.Name, b.Name) })
	for names, table := range tables {
		p := Pair{A: names[0], B: names[1]}
		p.Cases, p.Agreed, p.Kappa, p.Defined = cohensKappa(table)
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return coders, pairs
}

// cohensKappa is Cohen's kappa (1960) without weights. The table says how often two
// coders gave each pair of answers. If both always gave the same one answer, kappa is
// not defined.
func cohensKappa[T comparable](table map[[2]T]int) (cases, agreed int, kappa float64, defined bool) {
	a, b := map[T]int{}, map[T]int{}
	for answers, n := range table {
		cases += n
		a[answers[0]] += n
		b[answers[1]] += n
		if answers[0] == answers[1] {
			agreed += n
		}
	}
	byChance := 0 // agreements that chance would give, times cases
	for answer, n := range a {
		byChance += n * b[answer]
	}
	if cases == 0 || byChance == cases*cases {
		return cases, agreed, 0, false
	}
	return cases, agreed, float64(agreed*cases-byChance) / float64(cases*cases-byChance), true
}
