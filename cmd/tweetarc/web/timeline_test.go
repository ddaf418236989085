package web

import (
	"strings"
	"testing"

	"example.org/tweetarc/store"
)

func query(t *testing.T, s string) *store.Query {
	q, err := store.ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestTimeline(t *testing.T) {
	months := func(names ...string) (counts []store.Count) {
		for i, n := range names {
			counts = append(counts, store.Count{Name: n, N: i + 1})
		}
		return counts
	}
	for _, x := range []struct {
		months []store.Count
		want   store.Unit
	}{
		{months("2018-03"), store.ByDay},
		{months("2018-03", "2018-04"), store.ByDay},
		{months("2018-03", "2018-05"), store.ByMonth},
		{months("2010-01", "2018-05"), store.ByYear},
		{months("1999-01", "2018-05", "9999-12"), store.ByDay},
		{months("2016-01", "2018-05"), store.ByYear},
	} {
		if got := unitOf(x.months); got != x.want {
			t.Errorf("%v: %s, want %s", x.months, got, x.want)
		}
	}
	tl := newTimeline(months("1999-12", "2018-11", "2019-02"), store.ByMonth, query(t, "loom since:2018-11 until:2018-12"), &served)
	var got []string
	for _, b := range tl.Bars {
		got = append(got, b.Label)
	}
	if strings.Join(got, ", ") != "November 2018, December 2018, January 2019, February 2019" || tl.Out != 1 || tl.Most != 3 {
		t.Errorf("%v %+v", got, tl)
	}
	if b := tl.Bars[3]; b.Href != "/?q=loom+until%3A2018-12+since%3A2019-02" || b.Height != timelineBase-timelineTop || b.Y != timelineTop || b.Now {
		t.Errorf("%+v", b)
	}
	if b := tl.Bars[0]; !b.Now || tl.Bars[1].Href != "" {
		t.Errorf("%+v", b)
	}
	if newTimeline(months("1999-12"), store.ByMonth, nil, &served) != nil || newTimeline(nil, store.ByYear, nil, &served) != nil {
		t.Error("a timeline of nothing")
	}
	if bad := newTimeline(months("2018-1x", "2018-zz"), store.ByMonth, nil, &served); bad != nil {
		t.Errorf("%+v", bad)
	}
}
