package enrich_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/archive/enrich/enrichtest"
)

// wants yields wanted tweets.
func wants(all ...enrich.Wanted) iter.Seq2[enrich.Wanted, error] {
	return func(yield func(enrich.Wanted, error) bool) {
		for _, w := range all {
			if !yield(w, nil) {
				return
			}
		}
	}
}

func wanted(handle, day, text string) enrich.Wanted {
	return enrich.Wanted{Tweet: archive.Tweet{Handle: handle, Date: day, Text: text}, Key: handle + "/" + day + "/" + text}
}

// at is a status ID of an hour of 2020-05-day.
func at(day, hour int) string {
	return enrichtest.ID(time.Date(2020, 5, day, hour, 0, 0, 0, time.UTC), 1)
}

// dumpOf is a dump of v1.1 with these tweets: ID, handle, text.
func dumpOf(t testing.TB, tweets ...[3]string) *enrich.Dump {
	var b strings.Builder
	for _, x := range tweets {
		line, err := json.Marshal(map[string]any{"id_str": x[0], "full_text": x[2], "user": map[string]any{"screen_name": x[1], "name": x[1]}})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return &enrich.Dump{Path: write(t, "dump.jsonl", []byte(b.String()))}
}

func TestMatch(t *testing.T) {
	const loom = "The engine weaves algebraic patterns just as the loom weaves flowers and leaves"
	for _, c := range []struct {
		name string
		want enrich.Wanted
		dump [][3]string
		id   string // of the match, "" for none; with ? before a maybe
	}{
		{"the same words", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "Ada", loom}}, at(1, 9)},
		{"links and quotes aside", wanted("ada", "2020-05-01", "It’s “the engine” that weaves pic.twitter.com/abc"), [][3]string{{at(1, 9), "ada", `It's "the engine" that weaves https://t.co/xyz`}}, at(1, 9)},
		{"another author", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "bob", loom}}, ""},
		{"another day", wanted("ada", "2020-05-01", loom), [][3]string{{at(2, 9), "ada", loom}}, ""},
		{"prose before it", wanted("ada", "2020-05-01", "she wrote: "+loom), [][3]string{{at(1, 9), "ada", loom}, {at(1, 10), "ada", "something else was on my mind that day"}}, at(1, 9)},
		{"its beginning lost", wanted("ada", "2020-05-01", loom[20:]), [][3]string{{at(1, 9), "ada", loom}}, at(1, 9)},
		{"equal is better than alike", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "ada", loom + " (2)"}, {at(1, 10), "ada", loom}}, at(1, 10)},
		{"two the same: nobody knows which", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "ada", loom}, {at(1, 10), "ada", loom}}, "?" + at(1, 9)},
		{"the same one twice is one", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "ada", loom}, {at(1, 9), "ada", loom}}, at(1, 9)},
		{"half the words", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "ada", "The engine weaves algebraic patterns just as the loom will never ever do for us"}}, "?" + at(1, 9)},
		{"other numbers", wanted("ada", "2020-05-01", loom+", 100 of them"), [][3]string{{at(1, 9), "ada", loom + ", 101 of them"}}, "?" + at(1, 9)},
		{"other words", wanted("ada", "2020-05-01", loom), [][3]string{{at(1, 9), "ada", "Tea at five with the Duchess of Nowhere"}}, ""},
		{"an author who quotes their own tweet: the same end is not all of it", wanted("ada", "2020-05-01", "Again, and louder this time, since nobody heard me:"+loom), [][3]string{{at(1, 9), "ada", loom}, {at(1, 10), "ada", "Again, and louder this time, since nobody heard me:\n" + loom[:70]}}, "?" + at(1, 9)},
		{"two run together: the end is sure", wanted("ada", "2020-05-01", "Tea at five with the Duchess of Nowhere at All? "+loom), [][3]string{{at(1, 9), "ada", "Tea at five with the Duchess of Nowhere at All?"}, {at(1, 10), "ada", loom}}, at(1, 10)},
		{"few words, equal", wanted("ada", "2020-05-01", "Wow!"), [][3]string{{at(1, 9), "ada", "wow"}}, at(1, 9)},
		{"few words, not equal", wanted("ada", "2020-05-01", "Wow!"), [][3]string{{at(1, 9), "ada", "wow, what a day"}}, ""},
		{"a link decides between two", wanted("ada", "2020-05-01", loom[:40]+" https://t.co/Two"), [][3]string{{at(1, 9), "ada", loom[:40] + " one https://t.co/One"}, {at(1, 10), "ada", loom[:40] + " two https://t.co/Two"}}, at(1, 10)},
		{"a picture alone, the code is the same", wanted("ada", "2020-05-01", "pic.twitter.com/AbC"), [][3]string{{at(1, 9), "ada", "https://t.co/AbC"}, {at(1, 10), "ada", "https://t.co/aBc"}}, at(1, 9)},
		{"a widget's day may be off by one", enrich.Wanted{Tweet: archive.Tweet{Handle: "ada", Date: "2020-05-02", Text: loom}, Key: "k", Loose: true}, [][3]string{{at(1, 23), "ada", loom}}, at(1, 23)},
		{"but not by two", enrich.Wanted{Tweet: archive.Tweet{Handle: "ada", Date: "2020-05-03", Text: loom}, Key: "k", Loose: true}, [][3]string{{at(1, 23), "ada", loom}}, ""},
		{"no day, many words", wanted("ada", "", loom), [][3]string{{at(1, 9), "ada", loom}}, at(1, 9)},
		{"no day, few words", wanted("ada", "", "The engine weaves again"), [][3]string{{at(1, 9), "ada", "The engine weaves again"}}, "?" + at(1, 9)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := dumpOf(t, c.dump...)
			var got []enrich.Match
			err := enrich.Resolver{Finders: []enrich.Finder{d}, Keep: func(m []enrich.Match) error { got = append(got, m...); return nil }}.Run(t.Context(), wants(c.want))
			if err != nil || len(got) != 1 || got[0].Key != c.want.Key || got[0].Source != d.Path {
				t.Fatalf("%v, %+v", err, got)
			}
			m := got[0]
			id := m.ID
			if id != "" && !m.Sure {
				id = "?" + id
			}
			if id != c.id {
				t.Errorf("%s, score %.2f, want %s", id, m.Score, c.id)
			}
			if m.Score < 0 || m.Score > 1 || (m.ID == "") != (m.State == enrich.Unknown) {
				t.Errorf("%+v", m)
			}
		})
	}
}

// famous are tweets of a few authors, several a day, which the world has.
func famous(w *enrichtest.World) []enrichtest.Tweet {
	var all []enrichtest.Tweet
	for day := 1; day <= 6; day++ {
		for i, handle := range []string{"Ferry_Times", "gate_north", "tram7"} {
			for hour := 8; hour < 12; hour++ {
				id := at(day, hour)
				id = id[:len(id)-1] + fmt.Sprint(i+hour%3*3)
				x := w.Of(id)
				x.Handle, x.Author, x.State, x.Captured = handle, strings.ToUpper(handle), "found", true
				w.Tweets[id] = x
				all = append(all, x)
			}
		}
	}
	return all
}

func TestFindAtServices(t *testing.T) {
	for _, name := range []string{"v2", "wayback"} {
		t.Run(name, func(t *testing.T) {
			w, client, _ := newWorld(t)
			all := famous(w)
			var want []enrich.Wanted
			ids := map[string]string{}
			for i, x := range all {
				q := wanted(strings.ToLower(x.Handle), x.At.Format(time.DateOnly), x.Text+" pic.twitter.com/x"+fmt.Sprint(i))
				ids[q.Key] = x.ID
				want = append(want, q)
			}
			stranger := wanted("nobody_here", "2020-05-01", "Words that nobody has ever posted on that day")
			want = append(want, stranger)
			slices.SortFunc(want, func(a, b enrich.Wanted) int { return strings.Compare(a.Key, b.Key) })
			finder := sources(w, client)[name].(enrich.Finder)
			got := map[string]enrich.Match{}
			err := enrich.Resolver{Finders: []enrich.Finder{finder}, Keep: func(m []enrich.Match) error {
				for _, x := range m {
					got[x.Key] = x
				}
				return nil
			}}.Run(t.Context(), wants(want...))
			if err != nil {
				t.Fatal(err)
			}
			for key, id := range ids {
				if m := got[key]; m.ID != id || !m.Sure || m.Source != name || len(m.Raw) == 0 {
					t.Errorf("%s: %+v, want %s", key, m, id)
				}
			}
			if m, ok := got[stranger.Key]; !ok || m.ID != "" || len(m.Raw) == 0 {
				t.Errorf("nobody's: %+v", m)
			}
			requests, _ := w.Requests()
			t.Logf("%d tweets, %d requests", len(want), len(requests))
			clauses := checkQueries(t, requests)
			if name == "v2" && (clauses != len(want) || len(requests) > 8) {
				t.Errorf("%d clauses in %d requests", clauses, len(requests))
			}
		})
	}
}

// checkQueries checks that v2 takes the queries, and counts the tweets that they ask for.
func checkQueries(t *testing.T, requests []string) (clauses int) {
	for _, r := range requests {
		u, _ := url.ParseRequestURI(strings.TrimPrefix(r, "GET "))
		if u.Path != "/2/tweets/search/all" {
			continue
		}
		q := u.Query().Get("query")
		clauses += strings.Count(q, "from:")
		if n := len([]rune(q)); n > 1024 || !strings.HasSuffix(q, " -is:retweet") || strings.Count(q, "(") != strings.Count(q, ")") {
			t.Errorf("%d characters: %s", n, q)
		}
	}
	return clauses
}

// What was found before a source fails is kept, and what it has answered is not asked
// again.
func TestResolverStops(t *testing.T) {
	w, client, _ := newWorld(t)
	all := famous(w)
	var want []enrich.Wanted
	for _, x := range all {
		want = append(want, wanted(x.Handle, x.At.Format(time.DateOnly), x.Text))
	}
	w.Fault = func(n int, _ *http.Request) enrichtest.Fault {
		if n > 2 {
			return enrichtest.Denied402
		}
		return enrichtest.OK
	}
	got := map[string]bool{}
	r := enrich.Resolver{Finders: []enrich.Finder{sources(w, client)["v2"].(enrich.Finder)}, Keep: func(m []enrich.Match) error {
		for _, x := range m {
			if got[x.Key] {
				t.Errorf("%s twice", x.Key)
			}
			got[x.Key] = true
		}
		return nil
	}}
	if err := r.Run(t.Context(), wants(want...)); err == nil || !strings.Contains(err.Error(), "v2: 402") || len(got) != 24 {
		t.Errorf("%v, %d found, want those of two days, 24", err, len(got))
	}
	w.Fault = nil
	for i := range want {
		if got[want[i].Key] {
			want[i].Asked = []string{"v2"}
		}
	}
	if err := r.Run(t.Context(), wants(want...)); err != nil || len(got) != len(want) {
		t.Errorf("%v, %d found", err, len(got))
	}
}

// A search may find nothing: that is an answer too.
func TestNothingIsFound(t *testing.T) {
	w, client, _ := newWorld(t)
	for _, name := range []string{"v2", "wayback"} {
		var got []enrich.Match
		r := enrich.Resolver{Finders: []enrich.Finder{sources(w, client)[name].(enrich.Finder)}, Keep: func(m []enrich.Match) error { got = append(got, m...); return nil }}
		if err := r.Run(t.Context(), wants(wanted("nobody_here", "2020-05-01", "Words that nobody has ever posted"))); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0].State != enrich.Unknown || got[0].Source != name || got[0].Sure {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestResolverIsNotSureAndAsksTheNext(t *testing.T) {
	w, client, _ := newWorld(t)
	all := famous(w)
	x := all[0]
	empty := dumpOf(t, [3]string{at(9, 1), "nobody", "nothing"})
	var got []string
	r := enrich.Resolver{Finders: []enrich.Finder{empty, sources(w, client)["wayback"].(enrich.Finder)}, Keep: func(m []enrich.Match) error {
		for _, y := range m {
			got = append(got, fmt.Sprintf("%s %q %v", strings.Replace(y.Source, empty.Path, "dump", 1), y.ID, y.Sure))
		}
		return nil
	}}
	if err := r.Run(t.Context(), wants(wanted(x.Handle, x.At.Format(time.DateOnly), x.Text))); err != nil {
		t.Fatal(err)
	}
	if want := []string{`dump "" false`, fmt.Sprintf("wayback %q true", x.ID)}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
