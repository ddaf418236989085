package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tweetarc/archive"
)

// A case of TestClusters is a list of sightings, "tweet handle day id text":
// those marked with the same letter are one tweet, whatever the order.
var clusterCases = []struct{ name, sightings string }{
	{"same words", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"damaged words", `
		a ada 2020-05-01 - The loom weaves “flowers” and leaves https://t.co/abcdefghij
		a ADA 2020-05-01 - The loom weaves  flowers  and leaves`},
	{"the id comes from elsewhere", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves`},
	{"another day", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-02 - The loom weaves flowers and leaves`},
	{"another author", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b bob 2020-05-01 - The loom weaves flowers and leaves`},
	{"other words", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 - My horse came in second today, alas`},
	{"different ids stay apart", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves`},
	{"which of two ids nobody knows", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves
		c ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"equal words are better than alike ones", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves, and so does the engine
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"prose before the tweet", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - She said that it was new to her. The loom weaves flowers and leaves
		a ada 2020-05-01 - Others in the hall heard it otherwise and asked again and again. The loom weaves flowers and leaves`},
	{"two tweets and one text that holds both", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 - My horse came in second today, alas
		b ada 2020-05-01 - The loom weaves flowers and leaves My horse came in second today, alas`},
	{"first sentence alone", `
		a ada 2020-05-01 - The loom weaves flowers and leaves. The engine weaves numbers, and nobody has seen the like of it
		b ada 2020-05-01 - The loom weaves flowers and leaves.`},
	{"first line alone", `
		a ada 2020-05-01 - The loom weaves flowers and leaves.\nThe engine weaves numbers, and nobody has seen the like of it
		a ada 2020-05-01 - The loom weaves flowers and leaves.`},
	{"first line alone, behind prose", `
		a ada 2020-05-01 - She had said that it was new to her, and to all who stood there with her. The loom weaves flowers
		a ada 2020-05-01 - The loom weaves flowers\nThe engine weaves numbers\nNobody has seen the like of it, or will see it in our time
		a ada 2020-05-01 - Others in the hall heard it otherwise, and they asked again. The loom weaves flowers`},
	{"first line alone, the rest alone, and the whole", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - The engine weaves numbers
		a ada 2020-05-01 - The loom weaves flowers and leaves\nThe engine weaves numbers`},
	{"a word of the first line proves nothing", `
		a ada 2020-05-01 - She had said that it was a new loom
		b ada 2020-05-01 - loom\nThe engine weaves numbers, and nobody has seen the like of it`},
	{"prose before a short text of a script without spaces", `
		a ada 2020-05-01 - 織機は花と葉を織る
		a ada 2020-05-01 - 機関は数を織る、と彼女は言った。そろそろ終わりにする。織機は花と葉を織る`},
	{"a bot that counts", `
		a ada 2020-05-01 - Mill number 100 has turned its wheel, and all is well in the valley
		b ada 2020-05-01 - Mill number 101 has turned its wheel, and all is well in the valley
		a ada 2020-05-01 - Mill number 100 has turned its wheel, and all is well in the valley pic.twitter.com/aaaaaaaaaa
		b ada 2020-05-01 - She said. Mill number 101 has turned its wheel, and all is well in the valley`},
	{"a bot that counts, with ids", `
		a ada 2020-05-01 1256100000000000001 Mill number 100 has turned its wheel, and all is well in the valley
		b ada 2020-05-01 - Mill number 101 has turned its wheel, and all is well in the valley
		a ada 2020-05-01 - Mill number 100 has turned its wheel  and all is well in the valley`},
	{"a bot that counts, with one link", `
		a ada 2020-05-01 - Mill number 100 has turned its wheel https://t.co/abcdefghij
		b ada 2020-05-01 - Mill number 101 has turned its wheel https://t.co/abcdefghij`},
	{"a thread that says the same", `
		a ada 2020-05-01 - 1/3 The loom weaves flowers and leaves
		b ada 2020-05-01 - 2/3 The loom weaves flowers and leaves
		c ada 2020-05-01 - 3/3 The loom weaves flowers and leaves`},
	{"scores", `
		a ada 2020-05-01 - The mill leads the loom by 2-1 at half time
		b ada 2020-05-01 - The mill leads the loom by 3-1 at half time
		b ada 2020-05-01 - The mill leads the loom by 3–1 at half time`},
	{"a number that was cut off", `
		a ada 2020-05-01 - 1/3 The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"a number of the prose before", `
		a ada 2020-05-01 - In 1843 she said: 1/3 The loom weaves flowers and leaves
		a ada 2020-05-01 - 1/3 The loom weaves flowers and leaves`},
	{"a cut text joins no two that contradict each other", `
		a ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley
		a ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley 100
		b ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley 101`},
	{"a renamed account that counts", `
		a ada 2020-05-01 - The mill has turned its wheel 100 times pic.twitter.com/abcdefghij
		b countess 2020-05-01 1256100000000000001 The mill has turned its wheel 101 times pic.twitter.com/abcdefghij`},
	{"short words only if equal", `
		a ada 2020-05-01 - Not again
		a ada 2020-05-01 - Not again!
		b ada 2020-05-01 - Not again, no`},
	{"links alone by their code", `
		a ada 2020-05-01 - pic.twitter.com/abcdefghij
		a ada 2020-05-01 - https://t.co/abcdefghij
		b ada 2020-05-01 - https://t.co/bbbbbbbbbb`},
	{"the same words over different pictures", `
		a ada 2020-05-01 - A picture of the loom, once more pic.twitter.com/aaaaaaaaaa
		b ada 2020-05-01 - A picture of the loom, once more pic.twitter.com/bbbbbbbbbb`},
	{"a code under other words is another tweet", `
		a ada 2020-05-01 - The loom weaves flowers and leaves https://t.co/abcdefghij
		b ada 2020-05-01 - My horse came in second today, alas https://t.co/abcdefghij`},
	{"lost text is of its own", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 -
		b ada 2020-05-01 -`},
	{"a renamed account", `
		a ada 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		a countess 2020-05-01 1256100000000000001 The loom weaves flowers and leaves pic.twitter.com/abcdefghij`},
	{"a renamed account without ids", `
		a ada 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		a countess 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		b countess 2020-05-02 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		c bob 2020-05-01 - My horse came in second today, alas pic.twitter.com/abcdefghij`},
	{"no day, but the code", `
		a ada - - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		a ada 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij`},
	{"no day", `
		a ada - - The loom weaves flowers and leaves
		a ada - - The loom weaves  flowers and leaves
		b ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"no handle", `
		a - 2020-05-01 1256100000000000001
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
}

// sightings reads a case: the embeds, and the letter of each.
func sightings(t testing.TB, s string) (embeds []archive.Embed, letters []string) {
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		f := strings.SplitN(strings.TrimSpace(line), " ", 5)
		if len(f) < 4 {
			t.Fatalf("case line %q", line)
		}
		for i := range f {
			if f[i] == "-" {
				f[i] = ""
			}
		}
		f = append(f, "")
		e := say(f[1], f[2], f[3], strings.ReplaceAll(f[4], `\n`, "\n"))
		embeds, letters = append(embeds, e), append(letters, f[0])
	}
	return embeds, letters
}

func TestClusters(t *testing.T) {
	for _, c := range clusterCases {
		t.Run(c.name, func(t *testing.T) {
			embeds, letters := sightings(t, c.sightings)
			for seed := range 6 {
				order := rand.New(rand.NewPCG(uint64(seed), 0)).Perm(len(embeds))
				db := openTest(t)
				w := writer(t, db)
				for at, i := range order {
					found := article(fmt.Sprintf("%02d", i), 1, "2020-05-02", embeds[i])
					if err := w.Add(part([]archive.Found{found})); err != nil {
						t.Fatal(err)
					}
					if at%(seed+1) == seed { // transactions of one, two, three ...
						w.Flush()
					}
				}
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
				got := partition(t, db, len(embeds))
				for i := range embeds {
					for j := range embeds {
						if (letters[i] == letters[j]) != (got[i] == got[j]) {
							t.Fatalf("order %v: sightings %d and %d: one tweet: %v\n%s", order, i+1, j+1, got[i] == got[j], export(t, db, Tweets))
						}
					}
				}
			}
		})
	}
}

// partition tells the tweet of each file's sighting; the files are 00, 01, ...
func partition(t testing.TB, db *DB, n int) []int {
	t.Helper()
	rows, err := db.sql.Query(`SELECT f.path, e.tweet FROM files f JOIN articles a ON a.file = f.id JOIN embeds e ON e.article = a.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := make([]int, n)
	for rows.Next() {
		var path string
		var i, tweet int
		if err := rows.Scan(&path, &tweet); err != nil {
			t.Fatal(err)
		}
		fmt.Sscanf(path, "%d", &i)
		got[i] = tweet
	}
	return got
}

// Whatever the order, however cut into transactions, and whatever was archived
// before and replaced since: the same corpus gives the same tweets.
func TestOrderDoesNotMatter(t *testing.T) {
	var pool []archive.Embed
	for _, c := range clusterCases {
		embeds, _ := sightings(t, c.sightings)
		pool = append(pool, embeds...)
	}
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var files [][]archive.Found
		for i := range 40 {
			var found []archive.Found
			for record := range 1 + rnd.IntN(3) {
				var embeds []archive.Embed
				for range 1 + rnd.IntN(3) {
					e := pool[rnd.IntN(len(pool))]
					e.Confidence = float64(rnd.IntN(5)) / 4
					embeds = append(embeds, e)
				}
				found = append(found, article(fmt.Sprintf("%02d", i), record+1, fmt.Sprintf("2020-05-%02d", 2+rnd.IntN(20)), embeds...))
			}
			files = append(files, found)
		}
		once := openTest(t)
		keep(t, once, files...)
		pieces := openTest(t)
		w := writer(t, pieces)
		add := func(found []archive.Found) {
			if err := w.Add(part(found)); err != nil {
				t.Fatal(err)
			}
			if rnd.IntN(4) == 0 {
				w.Flush()
			}
		}
		for _, i := range rnd.Perm(len(files)) {
			if rnd.IntN(3) == 0 { // first as something else
				other := slices.Clone(files[rnd.IntN(len(files))])
				for j := range other {
					a := *other[j].Article
					a.File = files[i][0].Article.File
					other[j].Article = &a
				}
				add(other)
			}
			if rnd.IntN(3) == 0 {
				add(files[rnd.IntN(len(files))])
			}
		}
		for _, i := range rnd.Perm(len(files)) {
			add(files[i])
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for _, of := range []What{Embeds, Tweets} {
			if a, b := export(t, once, of), export(t, pieces, of); a != b {
				t.Fatalf("seed %d: %s differ:\n%s", seed, of, diff(a, b))
			}
		}
	}
}

func writer(t testing.TB, db *DB) *Writer {
	t.Helper()
	w, err := db.Writer(Run{Command: "test", Version: "0", Detector: "1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// part is a whole file, given as its articles.
func part(found []archive.Found) archive.Part {
	last := found[len(found)-1].Article
	return archive.Part{File: file(last.File), Found: found, Records: last.Record, Record: last.Record, Last: true}
}

func diff(a, b string) string {
	var d strings.Builder
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range as {
		if !slices.Contains(bs, l) {
			fmt.Fprintln(&d, "-", l)
		}
	}
	for _, l := range bs {
		if !slices.Contains(as, l) {
			fmt.Fprintln(&d, "+", l)
		}
	}
	return d.String()
}
