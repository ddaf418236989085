package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/fixtures/slow"
)

// shardOf writes the shard file of an input, and gives its path.
func shardOf(t testing.TB, dir, input string, parts ...archive.Part) string {
	t.Helper()
	return shardOfSize(t, dir, input, 100, parts...)
}

// shardOfSize is that of an input of so many bytes.
func shardOfSize(t testing.TB, dir, input string, size int64, parts ...archive.Part) string {
	t.Helper()
	return shardWith(t, dir, ShardHeader{Input: input, Abs: input, Scope: "here", Size: size, Version: "0", Detector: 1, Options: "1"}, parts...)
}

func shardWith(t testing.TB, dir string, h ShardHeader, parts ...archive.Part) string {
	t.Helper()
	var b bytes.Buffer
	s, err := NewShardWriter(&b, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, strings.ReplaceAll(h.Input, "/", "_")+".jsonl.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// mergeAll adds shard files in one run, and returns how many were new.
func mergeAll(t testing.TB, db *DB, paths ...string) (added int) {
	t.Helper()
	w := writer(t, db)
	for _, p := range paths {
		ok, err := w.AddShard(p)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			added++
		}
	}
	closed(t, w)
	return added
}

// holds is all that two archives of the same corpus have in common: exports
// and the progress of the files.
func holds(t testing.TB, db *DB) string {
	t.Helper()
	rows, err := db.sql.Query(`SELECT f.name, v.size, v.done > 0, v.complete, ` + readSoFar + ` FROM versions v JOIN files f ON f.id = v.file` + soFar + ` ORDER BY f.name, v.size`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var v, p [8]any
		for i := range v {
			p[i] = &v[i]
		}
		if err := rows.Scan(p[:]...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, v[:]...)
	}
	var wild int
	for _, q := range []string{
		`SELECT count(*) FROM tweets WHERE id NOT IN (SELECT tweet FROM embeds)`,
		`SELECT count(*) FROM links WHERE embed NOT IN (SELECT id FROM embeds)`,
		`SELECT (SELECT count(*) FROM tweets) - (SELECT count(*) FROM tweets_fts)`,
	} {
		if err := db.sql.QueryRow(q).Scan(&wild); err != nil || wild != 0 {
			t.Errorf("%d, %v: %s", wild, err, q)
		}
	}
	return export(t, db, Embeds) + export(t, db, Tweets) + b.String()
}

// input is what a scan makes of one input of the test: parts of one file or,
// as of a container, of several.
type input struct {
	name  string
	parts []archive.Part
}

func someInputs(rng *rand.Rand) []input {
	words := strings.Fields("the harbour closes today and nobody knows why gulls rejoice while ferries wait for better weather tomorrow perhaps")
	var all []input
	for i := range 10 {
		in := input{name: fmt.Sprintf("in%d.jsonl", i)}
		files := 1
		var container *archive.File
		if i%4 == 3 {
			in.name, files = fmt.Sprintf("in%d.zip", i), 3
			container = file(in.name)
			container.Holds = true
		}
		for f := range files {
			name := in.name
			if files > 1 {
				name += fmt.Sprintf("/%d.txt", f)
			}
			info := file(name)
			info.In = container
			record := 0
			for range 1 + rng.IntN(2) {
				p := archive.Part{File: info}
				for range rng.IntN(4) {
					record += 1 + rng.IntN(3)
					p.Records++
					if rng.IntN(6) == 0 {
						p.Errors = append(p.Errors, &archive.ReadError{Origin: archive.Origin{File: name, Record: record}, Err: errors.New("not JSON")})
						continue
					}
					var embeds []archive.Embed
					for range 1 + rng.IntN(3) {
						at := rng.IntN(8)
						e := say([]string{"ada", "bob", "cy"}[rng.IntN(3)], []string{"2020-05-01", "2020-05-02", ""}[rng.IntN(3)], "", strings.Join(words[at:at+3+rng.IntN(8)], " "))
						switch rng.IntN(5) {
						case 0:
							e.WithID(fmt.Sprint(1256100000000000000 + int64(rng.IntN(4))<<30))
						case 1:
							e.Text += " pic.twitter.com/" + []string{"aBcDeFgHi0", "aBcDeFgHi1"}[rng.IntN(2)]
							e.Links = []archive.Link{{Shown: "pic.twitter.com/x", URL: "https://t.co/<&>"}}
						case 2:
							e.Confidence = 0.37
						}
						embeds = append(embeds, e)
					}
					p.Found = append(p.Found, article(name, record, fmt.Sprintf("2020-05-%02d", 1+rng.IntN(9)), embeds...))
				}
				p.Record = record
				in.parts = append(in.parts, p)
			}
			last := &in.parts[len(in.parts)-1]
			if rng.IntN(8) == 0 {
				last.Records++
				last.Errors = append(last.Errors, &archive.ReadError{Origin: archive.Origin{File: name}, Err: errors.New("connection cut")})
			} else {
				last.Last = true
			}
		}
		if container != nil {
			in.parts = append(in.parts, archive.Part{File: container, Last: true})
		}
		all = append(all, in)
	}
	return all
}

// Shards in any order, any number of times and in any number of runs give the same as
// archiving their inputs one after the other.
func TestMergeIsArchive(t *testing.T) {
	for seed := range uint64(slow.Or(2, 8)) {
		rng := rand.New(rand.NewPCG(seed, 10))
		inputs := someInputs(rng)
		dir := t.TempDir()
		shards := make([]string, len(inputs))
		for i, in := range inputs {
			shards[i] = shardOf(t, dir, in.name, in.parts...)
		}
		merged := openTest(t)
		order := rng.Perm(len(inputs))
		for _, upTo := range []int{rng.IntN(len(inputs)), len(inputs)} {
			straight := openTest(t)
			w := writer(t, straight)
			for i, in := range inputs {
				if !slices.Contains(order[:upTo], i) {
					continue
				}
				for _, p := range in.parts {
					addPart(t, w, copied(p))
				}
			}
			closed(t, w)
			for range 2 {
				again := slices.Clone(order[:upTo])
				rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
				var paths []string
				for _, i := range again {
					paths = append(paths, shards[i])
				}
				mergeAll(t, merged, paths...)
			}
			if d := diff(holds(t, straight), holds(t, merged)); d != "" {
				t.Fatalf("seed %d, %d inputs: archived (-) and merged (+):\n%s", seed, upTo, d)
			}
		}
		if n := mergeAll(t, merged, shards...); n != 0 {
			t.Errorf("seed %d: %d shards added again", seed, n)
		}
	}
}

// A record that could be read but is no article is no error, neither when it is archived
// nor in a shard.
func TestSkippedIsNoError(t *testing.T) {
	p := part([]archive.Found{article("in", 2, "2020-05-02", say("ada", "2020-05-01", "", "one thing"))})
	p.Records, p.Record = 3, 3
	p.Errors = []*archive.ReadError{
		{Origin: archive.Origin{File: "in", Record: 1}, Err: archive.Skipped("request")},
		{Origin: archive.Origin{File: "in", Record: 3}, Err: errors.New("not JSON")},
	}
	shard := shardOf(t, t.TempDir(), "in", p)
	s, err := OpenShard(shard)
	if err != nil || s.Trailer.Errors != 1 || s.Trailer.Records != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	straight, merged := openTest(t), openTest(t)
	w := writer(t, straight)
	addPart(t, w, copied(p))
	closed(t, w)
	mergeAll(t, merged, shard)
	for _, db := range []*DB{straight, merged} {
		var n int
		if err := db.sql.QueryRow(`SELECT errors FROM versions`).Scan(&n); err != nil || n != 1 {
			t.Error(n, err)
		}
	}
}

// What the later of two shards of an input no longer has is superseded, whichever shard is
// added first.
func TestLaterShardCounts(t *testing.T) {
	ada := func(name string, record int, text string) archive.Found {
		return article(name, record, "2020-05-02", say("ada", "2020-05-01", "", text))
	}
	one, other, third := ada("in", 1, "one thing"), ada("in", 9, "another thing"), ada("in", 2, "a third thing")
	cut := archive.Part{File: file("in"), Records: 1, Record: 1, Found: []archive.Found{one}, Errors: []*archive.ReadError{{Err: errors.New("cut")}}}
	bad := part([]archive.Found{one})
	bad.Errors = []*archive.ReadError{{Origin: archive.Origin{File: "in", Record: 9}, Err: errors.New("no JSON")}}
	for _, tt := range []struct {
		name     string
		old, new []archive.Part
		want     string // texts, and after a slash those that are superseded
	}{
		{"changed", []archive.Part{part([]archive.Found{one, other})}, []archive.Part{part([]archive.Found{third})}, "a third thing/another thing one thing"},
		{"shorter", []archive.Part{part([]archive.Found{one, other})}, []archive.Part{part([]archive.Found{one})}, "one thing/another thing"},
		{"empty", []archive.Part{part([]archive.Found{one})}, []archive.Part{{File: file("in"), Last: true}}, "/one thing"},
		{"cut", []archive.Part{part([]archive.Found{one, other})}, []archive.Part{cut}, "another thing one thing/"},
		{"a record is unreadable", []archive.Part{part([]archive.Found{one, other})}, []archive.Part{bad}, "another thing one thing/"},
		{
			"a file less in the container",
			[]archive.Part{part([]archive.Found{ada("in/a", 1, "one thing")}), part([]archive.Found{ada("in/b", 1, "another thing")})},
			[]archive.Part{part([]archive.Found{ada("in/b", 1, "another thing")})},
			"another thing/one thing",
		},
		{
			"two of one name in it",
			[]archive.Part{part([]archive.Found{ada("in/a", 1, "one thing")})},
			[]archive.Part{part([]archive.Found{ada("in/a", 1, "one thing")}), part([]archive.Found{ada("in/a", 1, "another thing")})},
			"another thing one thing/",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			older := shardOf(t, t.TempDir(), "in", tt.old...)
			time.Sleep(2 * time.Millisecond)
			newer := shardOfSize(t, t.TempDir(), "in", 101, tt.new...)
			want := ""
			for _, order := range [][]string{{older, newer}, {newer, older}, {older, newer, older}} {
				db := openTest(t)
				mergeAll(t, db, order...)
				now, all := texts(t, db, nil), texts(t, db, (*Query)(nil).WithSuperseded())
				gone := slices.DeleteFunc(all, func(s string) bool { return slices.Contains(now, s) })
				if got := strings.Join(now, " ") + "/" + strings.Join(gone, " "); got != tt.want {
					t.Errorf("%q, want %q", got, tt.want)
				}
				got := exportAll(t, db)
				if want == "" {
					want = got
				}
				if d := diff(want, got); d != "" {
					t.Errorf("%v:\n%s", order, d)
				}
				sound(t, db)
			}
		})
	}
}

// Small shards of one detector share a transaction: the archive is as if each had its own,
// and each shard that is saved is whole.
func TestSmallShards(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range 6 {
		name := fmt.Sprintf("in-%d", i)
		detector := 1 + i/2%2
		found := article(name, 1, "2020-05-02", say("ada", "2020-05-01", "", fmt.Sprintf("thing %d", detector)), say("bob", "2020-05-01", "", name))
		paths = append(paths, shardWith(t, dir, ShardHeader{Input: name, Abs: name, Scope: "here", Size: 100, Version: "0", Detector: detector, Options: fmt.Sprint(detector)}, part([]archive.Found{found})))
	}
	apart := openTest(t)
	for _, p := range paths {
		mergeAll(t, apart, p)
	}
	db := openTest(t)
	w := writer(t, db)
	began := time.Now()
	for i, p := range paths {
		if ok, err := w.AddShard(p); !ok || err != nil {
			t.Fatal(p, ok, err)
		}
		reader := must(OpenReadOnly(db.path))
		// Of two shards of a detector: one tweet each, and one that is in all of the detector.
		saved := i / 2 * 2
		if n := len(texts(t, reader, nil)); n != saved+min(i/2, 2) && time.Since(began) < batchTime {
			t.Errorf("%d tweets are saved after %d shards", n, i+1)
		}
		reader.Close()
	}
	closed(t, w)
	if d := diff(exportAll(t, apart), exportAll(t, db)); d != "" {
		t.Error(d)
	}
	sound(t, db)
}

// All shards that failed count: one came further than another, and a whole one may be
// older than both. It does not matter which is added first, through which archive, or how
// often.
func TestFailedShards(t *testing.T) {
	reading := func(failed bool, upTo int) archive.Part {
		p := archive.Part{File: file("in"), Last: !failed}
		for r := range upTo {
			p.Found = append(p.Found, article("in", r+1, "", say("ada", "2020-05-01", "", fmt.Sprint("thing ", r+1))))
			p.Records, p.Record = r+1, r+1
		}
		if failed {
			p = unreadable(p, 0, errors.New("cut"))
		}
		return p
	}
	var paths []string
	for _, p := range []archive.Part{reading(true, 2), reading(true, 1), reading(false, 3), reading(true, 1)} {
		paths = append(paths, shardOf(t, t.TempDir(), "in", p))
		time.Sleep(2 * time.Millisecond)
	}
	for _, c := range []struct {
		shards []int
		texts  string
		most   int // records
	}{
		{[]int{0, 1}, "thing 1 thing 2", 2},
		{[]int{1, 3}, "thing 1", 1},
		{[]int{0, 2}, "thing 1 thing 2 thing 3", 3},
		{[]int{2, 3}, "thing 1 thing 2 thing 3", 3},
		{[]int{0, 1, 2, 3}, "thing 1 thing 2 thing 3", 3},
	} {
		want := ""
		for range slow.Or(2, 4) {
			rand.Shuffle(len(c.shards), func(i, j int) { c.shards[i], c.shards[j] = c.shards[j], c.shards[i] })
			db, other := openTest(t), openTest(t)
			mergeAll(t, other, paths[c.shards[0]])
			for again := range 3 {
				for _, i := range c.shards {
					if n := mergeAll(t, db, paths[i]); n > 0 && again > 0 {
						t.Errorf("%v: %d is added again", c.shards, i)
					}
				}
				if again == 1 {
					w := writer(t, db)
					must(w.Merge(t.Context(), other))
					w.Close()
				}
			}
			sound(t, db)
			w := writer(t, other)
			for range 2 {
				must(w.Merge(t.Context(), db))
			}
			w.Close()
			for i, db := range []*DB{db, other} {
				if got := strings.Join(texts(t, db, nil), " "); got != c.texts {
					t.Errorf("%v, archive %d: %s, want %s", c.shards, i, got, c.texts)
				}
				if s := must(must(db.Match(t.Context(), nil, 0)).Stats(t.Context(), 1)); s.Records == 0 || s.Records > c.most {
					t.Errorf("%v, archive %d: %d records, of %d", c.shards, i, s.Records, c.most)
				}
				got := exportAll(t, db)
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%v, archive %d:\n%s", c.shards, i, diff(want, got))
				}
			}
		}
	}
}

// texts are those of the tweets that a query finds.
func texts(t *testing.T, db *DB, q *Query) (all []string) {
	t.Helper()
	_, err := db.Export(t.Context(), Tweets, q, func(r Row) error {
		all = append(all, r.Values[columnIndex(TweetColumns, "text")])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// Shard files, archives made of some of them and archives made without, in any
// order, any of them twice: always the same.
func TestMergeOfShardsAndArchives(t *testing.T) {
	for seed := range uint64(slow.Or(1, 4)) {
		rng := rand.New(rand.NewPCG(seed, 20))
		dir := t.TempDir()
		var all []string
		inputs := someInputs(rng)
		for version, inputs := range [][]input{inputs, someInputs(rng)} { // of each input two
			sub := filepath.Join(dir, fmt.Sprint(version))
			if err := os.Mkdir(sub, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, in := range inputs {
				all = append(all, shardOfSize(t, sub, in.name, int64(100+version), in.parts...))
			}
			time.Sleep(2 * time.Millisecond)
		}
		shards := slices.Clone(all)
		for i := range 4 {
			path := filepath.Join(dir, fmt.Sprintf("%d.db", i))
			all = append(all, path)
			db := must(Open(path))
			if i < 3 {
				var some []string
				for _, s := range rng.Perm(len(shards))[:rng.IntN(len(shards))] {
					some = append(some, shards[s])
				}
				mergeAll(t, db, some...)
			} else {
				keep(t, db, []archive.Found{article(inputs[0].name, 1, "2020-05-02", say("ada", "2020-05-01", "", "as it is here"))},
					[]archive.Found{article("alone.jsonl", 1, "2020-05-02", say("ada", "2020-05-01", "", "as it is here"))})
			}
			db.Close()
		}
		want := ""
		for range 4 {
			db := openTest(t)
			w := writer(t, db)
			order := append(rng.Perm(len(all)), rng.Perm(len(all))[:len(all)/2]...)
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for at := range 2 * len(order) { // and all that again, which changes nothing
				path := all[order[at%len(order)]]
				changed := false
				if strings.HasSuffix(path, ".db") {
					other := must(OpenReadOnly(path))
					m := must(w.Merge(t.Context(), other))
					other.Close()
					changed = m.New > 0
				} else {
					changed = must(w.AddShard(path))
				}
				if changed && at >= len(order) {
					t.Errorf("seed %d: %s changes what holds it", seed, path)
				}
			}
			closed(t, w)
			sound(t, db)
			got := exportAll(t, db)
			if want == "" {
				want = got
			}
			if d := diff(want, got); d != "" {
				t.Fatalf("seed %d, order %v:\n%s", seed, order, d)
			}
		}
	}
}

// The shard of a URL does not remove what another one has below it.
func TestNeighboursStay(t *testing.T) {
	db := openTest(t)
	dir := t.TempDir()
	one := func(name string) archive.Part {
		return part([]archive.Found{article(name, 1, "", say("ada", "2020-05-01", "", "words of "+name))})
	}
	mergeAll(t, db, shardOf(t, dir, "https://h/a", one("https://h/a")), shardOf(t, dir, "https://h/a/b", one("https://h/a/b")))
	time.Sleep(time.Millisecond)
	mergeAll(t, db, shardOf(t, dir, "https://h/a", one("https://h/a")))
	if got := export(t, db, Embeds); strings.Count(got, "\n") != 3 {
		t.Error(got)
	}
}

// A shard of more than a batch is saved piece by piece, and as a whole or not
// at all.
func TestLongShard(t *testing.T) {
	const n = 2*batchArticles + 10
	found := make([]archive.Found, n)
	for i := range found {
		found[i] = article("in", i+1, "", say(fmt.Sprint("u", i%5000), "2020-05-01", "", "words"))
	}
	path := shardOf(t, t.TempDir(), "in", part(found))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db := openTest(t)
	lines := unzip(t, b)
	lines[n/2+batchArticles] = strings.Replace(lines[n/2+batchArticles], "words", "sword", 1)
	w := writer(t, db)
	var bad *ShardError
	if _, err := w.AddShard(zip(t, lines)); !errors.As(err, &bad) {
		t.Errorf("damaged: %v", err)
	}
	if got := export(t, db, Embeds); strings.Count(got, "\n") != 1 {
		t.Error("some of a damaged shard stays")
	}
	if ok, err := w.AddShard(path); !ok || err != nil {
		t.Fatal("after a damaged one:", err)
	}
	closed(t, w)
	if c := w.Counts(); c.Files != 1 || c.Articles != n || c.Embeds != n || c.Records != n {
		t.Errorf("counts %+v", c)
	}
	if got := export(t, db, Embeds); strings.Count(got, "\n") != n+1 {
		t.Errorf("%d rows", strings.Count(got, "\n"))
	}
	short := shardOf(t, t.TempDir(), "in", part(found[:3]))
	mergeAll(t, db, short)
	if got := export(t, db, Embeds); strings.Count(got, "\n") != 4 {
		t.Errorf("%d rows of the shorter one", strings.Count(got, "\n"))
	}
}

func unzip(t testing.TB, b []byte) []string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	return lines[:len(lines)-1]
}

// zip writes lines as a shard file would have them: the first and the last as
// members of their own.
func zip(t testing.TB, lines []string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i, l := range lines {
		if i == 1 || i == len(lines)-1 {
			z.Close()
			z.Reset(&b)
		}
		io.WriteString(z, l)
	}
	z.Close()
	path := filepath.Join(t.TempDir(), "x.jsonl.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// sealed writes lines as a shard file with a trailer that fits them.
func sealed(t testing.TB, lines []string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return zip(t, append(slices.Clone(lines), fmt.Sprintf(`{"trailer":{"sha256":"%x"}}`+"\n", sum)))
}

// A shard file that is unfinished or damaged is refused, and leaves the archive as it was.
func TestBrokenShards(t *testing.T) {
	path := shardOf(t, t.TempDir(), "in", part([]archive.Found{
		article("in", 1, "", say("ada", "2020-05-01", "", "one thing")),
		article("in", 2, "", say("ada", "2020-05-02", "", "another thing")),
	}))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := unzip(t, whole) // header, file, article, article, read, trailer
	with := func(change func(l []string) []string) string { return zip(t, change(slices.Clone(lines))) }
	raw := func(b []byte) string {
		path := filepath.Join(t.TempDir(), "x.jsonl.gz")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct{ name, path, want string }{
		{"not there", filepath.Join(t.TempDir(), "none"), "no such file or directory"},
		{"empty", raw(nil), "not finished: its end is missing"},
		{"text", raw([]byte("hello, this is no shard file")), "not a shard file"},
		{"other JSON", zip(t, []string{"{\"a\":1}\n", "{}\n"}), "not a shard file"},
		{"half", raw(whole[:len(whole)/2]), "not finished: its end is missing"},
		{"all but a byte", raw(whole[:len(whole)-1]), "not finished: its end is missing"},
		{"no trailer", with(func(l []string) []string { return l[:5] }), "not finished: its end is missing"},
		{"a newer format", with(func(l []string) []string {
			l[0] = strings.Replace(l[0], `"shard":4`, `"shard":9`, 1)
			return l
		}), "a shard file in format 9, but this program reads format 4 (install a newer tweetarc)"},
		{"an older format", with(func(l []string) []string {
			l[0] = strings.Replace(l[0], `"shard":4`, `"shard":1`, 1)
			return l
		}), "a shard file in format 1, but this program reads format 4 (make it again with this tweetarc)"},
		{"an article without a key", with(func(l []string) []string { l[2] = strings.Replace(l[2], `"key":"`, `"kee":"`, 1); return l }), "line 3: an article has no key"},
		{
			"a word changed", with(func(l []string) []string { l[3] = strings.Replace(l[3], "another", "any", 1); return l }),
			"damaged: its SHA-256 is not the one in its trailer",
		},
		{"a line lost", with(func(l []string) []string { return slices.Delete(l, 3, 4) }), "damaged: its SHA-256 is not the one in its trailer"},
		{"out of order", with(func(l []string) []string { l[2], l[3] = l[3], l[2]; return l }), "line 4: articles are out of order"},
		{"no JSON", with(func(l []string) []string { l[2] = "{\n"; return l }), "line 3: unexpected end of JSON input"},
		{"nothing known", with(func(l []string) []string { l[2] = "{}\n"; return l }), "line 3: it is of no known kind"},
		{"another input's file", with(func(l []string) []string { l[1] = strings.Replace(l[1], `"in"`, `"input"`, 1); return l }), "line 2: it begins a file of another input"},
		{"no file", with(func(l []string) []string { return slices.Delete(l, 1, 2) }), "line 2: it is outside of any file"},
		{"embeds without an article", with(func(l []string) []string { return slices.Insert(l, 2, "{\"more\":[{}]}\n") }), "line 3: it has embeds without an article"},
		{"too many embeds", with(func(l []string) []string {
			return slices.Insert(l, 3, `{"more":[`+strings.Repeat("{},", maxShardEmbeds)+"{}]}\n")
		}), "line 4: it has more than 256 embeds"},
		{"a bad embed", with(func(l []string) []string { return slices.Insert(l, 3, "{\"more\":[{\"form\":\"quote\"}]}\n") }), `line 4: there is no form "quote"`},
		{"a long line", with(func(l []string) []string {
			return slices.Insert(l, 3, `{"more":"`+strings.Repeat("x", maxShardLine+300<<10)+"\"}\n")
		}), "line 4: it is longer than 4194304 bytes"},
		{"a bad revisit", with(func(l []string) []string { return slices.Insert(l, 2, "{\"revisit\":{\"record\":0}}\n") }), "line 3: a revisit has impossible values"},
		{"a bad month", with(func(l []string) []string { return slices.Insert(l, 2, "{\"counted\":[{\"month\":\"May\"}]}\n") }), `line 3: a counted article has the month "May"`},
		{"no end of a file", sealed(t, lines[:4]), "damaged: a file has no end"},
		{"a file in a file", with(func(l []string) []string { return slices.Insert(l, 2, l[1]) }), "line 3: a file begins inside another one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := openTest(t)
			w := writer(t, db)
			ok, err := w.AddShard(tt.path)
			var bad *ShardError
			if ok || !errors.As(err, &bad) || !strings.HasSuffix(err.Error(), ": "+tt.want) {
				t.Errorf("added %v, error %v; want ...: %s", ok, err, tt.want)
			}
			if ok, err := w.AddShard(path); !ok || err != nil {
				t.Errorf("the next one: %v, %v", ok, err)
			}
			closed(t, w)
			if got := export(t, db, Embeds); strings.Count(got, "\n") != 3 {
				t.Error(got)
			}
		})
	}
}

// An article with more embeds than a line may have gives the same from a shard file as
// archived.
func TestManyEmbedsInShard(t *testing.T) {
	var embeds []archive.Embed
	for i := range 2*maxShardEmbeds + 10 {
		embeds = append(embeds, say(fmt.Sprint("keeper_", i), "2020-05-01", "", fmt.Sprintf("The ferry of pier %d is late again this morning", i)))
	}
	found := []archive.Found{article("in", 1, "", embeds...), article("in", 2, "", embeds[0])}
	straight, merged := openTest(t), openTest(t)
	keep(t, straight, found)
	mergeAll(t, merged, shardOf(t, t.TempDir(), "in", part(found)))
	if d := diff(holds(t, straight), holds(t, merged)); d != "" {
		t.Error(d)
	}
}

func TestOpenShard(t *testing.T) {
	p := part([]archive.Found{article("in", 3, "", say("ada", "2020-05-01", "", "one"), say("bob", "2020-05-01", "", "two"))})
	p.Errors = []*archive.ReadError{
		{Origin: archive.Origin{File: "in", Record: 2}, Err: errors.New("not JSON")},
		{Origin: archive.Origin{File: "in"}, Err: archive.Skipped("hidden file")},
		{Origin: archive.Origin{File: "in"}, Err: errors.New("connection cut")},
	}
	p.Records += 2
	s, err := OpenShard(shardOf(t, t.TempDir(), "in", p))
	if err != nil {
		t.Fatal(err)
	}
	s.Trailer.SHA256 = s.Trailer.SHA256[:0]
	if want := (ShardTrailer{Records: 3, Articles: 1, Embeds: 2, Errors: 1, Failed: "in: connection cut"}); s.Trailer != want {
		t.Errorf("trailer %+v, want %+v", s.Trailer, want)
	}
	h := s.Header
	if h.Input != "in" || h.Detector != 1 || h.Version != "0" || h.Size != 100 || time.Since(h.Made) > time.Minute {
		t.Errorf("header %+v", h)
	}
}

// FuzzAddShard: whatever is between a header and a trailer that fit, adding it does not panic. It
// is added or refused as a shard, and leaves an archive that exports.
func FuzzAddShard(f *testing.F) {
	b, err := os.ReadFile(shardOf(f, f.TempDir(), "in", part([]archive.Found{
		article("in", 1, "", say("ada", "2020-05-01", "", "one thing")),
		article("in", 2, "", say("ada", "2020-05-01", "1256100000000000000", "another thing")),
	})))
	if err != nil {
		f.Fatal(err)
	}
	lines := unzip(f, b)
	f.Add(strings.Join(lines[1:len(lines)-1], ""))
	f.Add(lines[1] + lines[4])
	f.Add(lines[1] + lines[2] + lines[2])
	f.Add("{}\n")
	f.Add("")
	db := openTest(f)
	w := writer(f, db)
	f.Fuzz(func(t *testing.T, body string) {
		made, err := json.Marshal(ShardHeader{Shard: shardVersion, Input: "in", Made: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		path := sealed(t, []string{string(made) + "\n", body})
		var bad *ShardError
		if _, err := w.AddShard(path); err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		flush(t, w)
		export(t, db, Embeds)
		export(t, db, Tweets)
	})
}
