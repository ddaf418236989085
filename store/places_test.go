package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/fixtures/slow"
)

// at is a file as it was for a while, known by an absolute path.
func at(path string, version int) *archive.File {
	f := file(path)
	f.Abs, f.Size = "/corpus/"+strings.TrimPrefix(path, "./"), int64(100+version)
	return f
}

// inZip is a file in a container.
func inZip(zip *archive.File, name string) *archive.File {
	zip.Holds = true
	f := file(zip.Path + "/" + name)
	f.In = zip
	if zip.Abs != "" {
		f.Abs = zip.Abs + "/" + name
	}
	return f
}

// told is an article with one tweet, the same wherever it is.
func told(text string) archive.Found {
	f := article("", 1, "2020-05-02", say("ada", "2020-05-01", "", text))
	f.Article.URL = "https://news.example/" + strings.ReplaceAll(text, " ", "-")
	return f
}

// holding is all of a file that holds these articles, as parts of one record each.
func holding(f *archive.File, found ...archive.Found) (parts []archive.Part) {
	for i := range found {
		a := *found[i].Article
		a.File, a.Record = f.Path, i+1
		parts = append(parts, archive.Part{File: f, Found: []archive.Found{{Article: &a, Embeds: found[i].Embeds}}, Records: 1, Record: i + 1})
	}
	if len(parts) == 0 {
		parts = append(parts, archive.Part{File: f})
	}
	parts[len(parts)-1].Last = true
	return parts
}

// unreadable is a part in which the last record could not be read; record 0 is all of
// the file.
func unreadable(p archive.Part, record int, err error) archive.Part {
	p.Errors = append(p.Errors, &archive.ReadError{Origin: archive.Origin{File: p.File.Path, Record: record}, Err: err})
	p.Records, p.Record = p.Records+1, max(p.Record, record)
	p.Last = p.Last && record > 0 && !archive.IsDamage(err)
	return p
}

// scanner hands on parts as a reader of files does, and asks where to go on.
type scanner struct {
	w       *Writer
	parts   []archive.Part
	after   int
	skip    bool
	skipped *archive.File // a container
	last    *archive.File
	read    int // parts handed on
}

// next hands on a part, and is false at the end.
func (r *scanner) next(t testing.TB) bool {
	t.Helper()
	if len(r.parts) == 0 {
		return false
	}
	p := r.parts[0]
	r.parts = r.parts[1:]
	if in := p.File.In; in != nil && (r.last == nil || r.last.In != in) {
		if _, skip := r.w.Resume(in); skip {
			r.skipped = in
		}
	}
	if p.File != r.last && !p.File.Holds && r.skipped == nil {
		r.after, r.skip = r.w.Resume(p.File)
	}
	r.last = p.File
	if p.File == r.skipped || p.File.In != nil && p.File.In == r.skipped || !p.File.Holds && (r.skip || p.Record <= r.after && !p.Last) {
		return true
	}
	if !p.File.Holds && p.Record <= r.after {
		p.Found, p.Records = nil, 0
	}
	r.read++
	addPart(t, r.w, copied(p))
	return true
}

// scan is a run that reads these parts; it returns which inputs have lost how many tweets.
func scan(t testing.TB, db *DB, run Run, parts ...archive.Part) string {
	t.Helper()
	run.Detector = max(run.Detector, 1)
	w := must(db.Writer(run))
	r := scanner{w: w, parts: parts}
	for r.next(t) {
	}
	closed(t, w)
	sound(t, db)
	var superseded []string
	for _, c := range w.Superseded() {
		superseded = append(superseded, fmt.Sprint(c.Name, ":", c.N))
	}
	return strings.Join(superseded, " ")
}

// whereabouts are the places of all its articles, "file:record text", the
// superseded ones in parentheses.
func whereabouts(t testing.TB, db *DB) string {
	t.Helper()
	rows := must(db.sql.Query(`SELECT f.name || ':' || p.record || ' ' || e.text, p.current, e.current FROM places p JOIN files f ON f.id = p.file JOIN embeds e ON e.article = p.article ORDER BY f.name, p.record, e.text`))
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		var current, counts bool
		if err := rows.Scan(&s, &current, &counts); err != nil {
			t.Fatal(err)
		}
		if current && !counts {
			t.Errorf("%s: the place is current, and the embed is not", s)
		}
		if !current {
			s = "(" + s + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// inAll is all that archives of one corpus have in common, whatever runs made them:
// exports, counts, and what was read of which version.
func inAll(t testing.TB, db *DB) string {
	t.Helper()
	var b bytes.Buffer
	for _, q := range []*Query{nil, (*Query)(nil).WithSuperseded()} {
		columns, cut, err := Choose(PlaceColumns, []string{"file", "record", "article_url", "article_title", "outlet", "captured_at"})
		if err != nil {
			t.Fatal(err)
		}
		out := NewCSV(&b, columns)
		must(db.Export(t.Context(), Places, q, func(r Row) error { return out.Write(cut(r)) }))
		out.Close()
		s := must(must(db.Match(t.Context(), q, 0)).Stats(t.Context(), 9))
		fmt.Fprintf(&b, "%+v\n", s)
	}
	return b.String() + holds(t, db)
}

// Only a reading of all of an input supersedes what was there before.
func TestSupersedes(t *testing.T) {
	x, y, z := told("one thing"), told("another thing"), told("a third thing")
	stream := func(path string) *archive.File { return &archive.File{Path: path, Size: -1} }
	zip := func(version int, names map[string][]archive.Found, end ...func(archive.Part) archive.Part) (parts []archive.Part) {
		c := at("c.zip", version)
		for _, name := range []string{"a", "b"} {
			if found, ok := names[name]; ok {
				parts = append(parts, holding(inZip(c, name), found...)...)
			}
		}
		last := archive.Part{File: c, Last: true}
		for _, change := range end {
			last = change(last)
		}
		return append(parts, last)
	}
	broken := func(p archive.Part) archive.Part { return unreadable(p, 0, errors.New("cut")) }
	bad := func(parts []archive.Part, record int, err error) []archive.Part {
		parts[len(parts)-1] = unreadable(parts[len(parts)-1], record, err)
		return parts
	}
	member := zip(1, map[string][]archive.Found{"a": {y}, "b": {y}})
	member[0] = broken(member[0])
	for _, c := range []struct {
		name   string
		run    Run
		first  []archive.Part
		second []archive.Part
		tells  string
		where  string
	}{
		{"all", Run{}, holding(at("a", 0), x, y), holding(at("a", 1), y), "a:1", "a:1 another thing, (a:1 one thing), (a:2 another thing)"},
		{"nothing is left", Run{}, holding(at("a", 0), x, y), holding(at("a", 1)), "a:2", "(a:1 one thing), (a:2 another thing)"},
		{"more", Run{}, holding(at("a", 0), x), holding(at("a", 1), x, z), "", "a:1 one thing, a:2 a third thing"},
		{"the options leave something out", Run{Partial: true}, holding(at("a", 0), x, y), holding(at("a", 1), y), "", "a:1 another thing, a:1 one thing, a:2 another thing"},
		{"a record is unreadable", Run{}, holding(at("a", 0), x), bad(holding(at("a", 1), y), 2, errors.New("no JSON")), "", "a:1 another thing, a:1 one thing"},
		{"a record is no article", Run{}, holding(at("a", 0), x), bad(holding(at("a", 1), y), 2, archive.Skipped("image")), "a:1", "a:1 another thing, (a:1 one thing)"},
		{"cut", Run{}, holding(at("a", 0), x), bad(holding(at("a", 1), y), 0, errors.New("cut")), "", "a:1 another thing, a:1 one thing"},
		{"damaged", Run{}, holding(at("a", 0), x), bad(holding(at("a", 1), y), 1, &archive.Damage{Err: errors.New("checksum")}), "", "a:1 another thing, a:1 one thing"},
		{"a pipe", Run{}, holding(stream("p"), x), holding(stream("p"), y), "", "p:1 another thing, p:1 one thing"},
		{"standard input", Run{}, holding(stream("-"), x), holding(stream("-"), y), "", "-:1 another thing, -:1 one thing"},
		{"a member less", Run{}, zip(0, map[string][]archive.Found{"a": {x}, "b": {y}}), zip(1, map[string][]archive.Found{"b": {y}}), "c.zip:1", "(c.zip/a:1 one thing), c.zip/b:1 another thing"},
		{"members are chosen", Run{Globs: "--include=b"}, zip(0, map[string][]archive.Found{"a": {x}, "b": {y}}), zip(1, map[string][]archive.Found{"b": {y}}), "", "c.zip/a:1 one thing, c.zip/b:1 another thing"},
		{"a plain file is not chosen from", Run{Globs: "--include=b"}, holding(at("a", 0), x), holding(at("a", 1), y), "a:1", "a:1 another thing, (a:1 one thing)"},
		{"a broken container", Run{}, zip(0, map[string][]archive.Found{"a": {x}, "b": {y}}), zip(1, map[string][]archive.Found{"b": {y}}, broken), "", "c.zip/a:1 one thing, c.zip/b:1 another thing"},
		{"a broken member", Run{}, zip(0, map[string][]archive.Found{"a": {x}, "b": {z}}), member, "", "c.zip/a:1 another thing, c.zip/a:1 one thing, c.zip/b:1 a third thing, c.zip/b:1 another thing"},
		{"it is elsewhere too", Run{}, slices.Concat(holding(at("a", 0), x), holding(at("b", 0), x)), holding(at("a", 1), y), "", "a:1 another thing, (a:1 one thing), b:1 one thing"},
		{"another place in it", Run{}, holding(at("a", 0), y, x), holding(at("a", 1), x, y), "", "(a:1 another thing), a:1 one thing, a:2 another thing, (a:2 one thing)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openTest(t)
			scan(t, db, Run{Options: "1"}, c.first...)
			c.run.Options = "2"
			if got := scan(t, db, c.run, c.second...); got != c.tells {
				t.Errorf("tells %q, want %q", got, c.tells)
			}
			if got := whereabouts(t, db); got != c.where {
				t.Errorf("%s; want %s", got, c.where)
			}
			// What was there comes back, and what was is kept.
			scan(t, db, Run{Options: "3"}, c.first...)
			if got := whereabouts(t, db); strings.Count(got, "one thing") < 1 || !strings.Contains(export(t, db, Embeds), "one thing") {
				t.Errorf("again as it was: %s", got)
			}
		})
	}
}

// What could not be read to its end is read again the next time, a container as what
// is in it.
func TestNeverDone(t *testing.T) {
	zip := at("c.zip", 0)
	a, b, end := holding(inZip(zip, "a"), told("one thing"))[0], holding(inZip(zip, "b"), told("another thing"))[0], archive.Part{File: zip, Last: true}
	cut := errors.New("cut")
	for _, c := range []struct {
		name  string
		parts []archive.Part
		read  string // of the files then
	}{
		{"whole", []archive.Part{a, b, end}, "c.zip skip"},
		{"the container", []archive.Part{a, b, unreadable(end, 0, cut)}, "c.zip 0, c.zip/a skip, c.zip/b skip"},
		{"damage of the container", []archive.Part{a, b, unreadable(end, 0, &archive.Damage{Err: cut})}, "c.zip 0, c.zip/a 0, c.zip/b 0"}, // any of it may be wrong
		{"the first member", []archive.Part{unreadable(a, 0, cut), b, end}, "c.zip 0, c.zip/a 1, c.zip/b skip"},
		{"the last member", []archive.Part{a, unreadable(b, 0, cut), end}, "c.zip 0, c.zip/a skip, c.zip/b 1"},
		{"damage in a member", []archive.Part{a, unreadable(b, 1, &archive.Damage{Err: cut}), end}, "c.zip 0, c.zip/a skip, c.zip/b 0"},
	} {
		db := openTest(t)
		for range 2 {
			w := must(db.Writer(Run{Detector: 1}))
			for _, p := range c.parts {
				addPart(t, w, copied(p))
			}
			closed(t, w)
			sound(t, db)
			asked := writer(t, db)
			var got []string
			for _, f := range []*archive.File{zip, a.File, b.File} {
				after, skip := asked.Resume(f)
				if skip {
					got = append(got, f.Path+" skip")
				} else {
					got = append(got, fmt.Sprint(f.Path, " ", after))
				}
				if skip && f == zip {
					break
				}
			}
			if got := strings.Join(got, ", "); got != c.read {
				t.Errorf("%s: %s, want %s", c.name, got, c.read)
			}
		}
	}
}

// mixed is a corpus of a plain file and a container, in parts.
func mixed(version int) (parts []archive.Part) {
	var texts []archive.Found
	for i := range 7 {
		if i != 3 || version == 0 {
			texts = append(texts, told(fmt.Sprint("number ", []string{"one", "two", "three", "four", "five", "six", "seven"}[i], " of them")))
		}
	}
	parts = holding(at("plain", version), texts[:3]...)
	zip := at("c.zip", version)
	parts = append(parts, holding(inZip(zip, "a"), texts[2:4]...)...)
	bad := holding(inZip(zip, "b"), texts[4:]...)
	bad[0] = unreadable(bad[0], 1, archive.Skipped("image"))
	parts = append(parts, bad...)
	parts = append(parts, holding(inZip(zip, "c"), texts[3:5]...)...)
	return append(parts, archive.Part{File: zip, Last: true})
}

// When a scan is broken off anywhere, twice, only the rest is read then, and all is as if
// nothing had happened. What a new version no longer has is superseded when all of it was
// read, in however many runs.
func TestBrokenOff(t *testing.T) {
	want := openTest(t)
	scan(t, want, Run{}, mixed(0)...)
	scan(t, want, Run{}, mixed(1)...)
	all := inAll(t, want)
	for first := range len(mixed(1)) {
		for second := range len(mixed(1)) - first {
			db := openTest(t)
			scan(t, db, Run{}, mixed(0)...)
			before := exportAll(t, db)
			read := 0
			for _, upTo := range []int{first, first + second, len(mixed(1))} {
				w := must(db.Writer(Run{Detector: 1}))
				r := scanner{w: w, parts: mixed(1)}
				for len(r.parts) > len(mixed(1))-upTo && r.next(t) {
				}
				closed(t, w)
				sound(t, db)
				read += r.read
				if upTo < len(mixed(1)) && upTo > 3 && !strings.Contains(export(t, db, Embeds), "number four of them") {
					t.Fatalf("broken off after %d, %d: a part supersedes\n%s", first, second, diff(before, exportAll(t, db)))
				}
			}
			if read != len(mixed(1)) {
				t.Errorf("broken off after %d, %d: %d parts were read, of %d", first, second, read, len(mixed(1)))
			}
			if got := inAll(t, db); got != all {
				t.Fatalf("broken off after %d, %d:\n%s", first, second, diff(all, got))
			}
		}
	}
}

// When two programs read the same files at once, and each asks how far the other came, all
// is as if there had been one.
func TestTwoWriters(t *testing.T) {
	// Where a record of the container is unreadable, nothing in it is superseded.
	corpus := func(version int, bad bool) []archive.Part {
		parts := mixed(version)
		if bad {
			parts[3] = unreadable(parts[3], 1, errors.New("no JSON"))
		}
		return parts
	}
	all := map[bool]string{}
	for _, bad := range []bool{false, true} {
		want := openTest(t)
		scan(t, want, Run{}, mixed(0)...)
		scan(t, want, Run{}, corpus(1, bad)...)
		all[bad] = inAll(t, want)
	}
	for seed := range uint64(slow.Or(6, 120)) {
		bad := seed%2 == 0
		rnd := rand.New(rand.NewPCG(seed, 40))
		db := openTest(t)
		scan(t, db, Run{}, mixed(0)...)
		var readers [2]scanner
		for i := range readers {
			readers[i] = scanner{w: must(db.Writer(Run{Detector: 1, Force: seed%3 == 0})), parts: corpus(1, bad)}
		}
		var steps []string
		for open := 2; open > 0; {
			i := rnd.IntN(2)
			if r := &readers[i]; r.w != nil {
				steps = append(steps, fmt.Sprint(i, ":", len(r.parts)))
				if rnd.IntN(2) == 0 {
					flush(t, r.w)
				}
				if !r.next(t) {
					closed(t, r.w)
					r.w = nil
					open--
				}
			}
		}
		sound(t, db)
		if got := inAll(t, db); got != all[bad] {
			t.Fatalf("seed %d, steps %v:\n%s", seed, steps, diff(all[bad], got))
		}
	}
}

// A file that was read without its hash is read again with it, all of it, also where
// this was broken off; then the hash alone counts.
func TestHashed(t *testing.T) {
	db := openTest(t)
	x, y, z := told("one thing"), told("another thing"), told("a third thing")
	hashed := func(modified int) *archive.File {
		f := at("a", 0)
		f.SHA256, f.ModTime = "c0ffee", f.ModTime.Add(time.Duration(modified)*time.Hour)
		return f
	}
	unhashed := func(modified int) *archive.File {
		f := hashed(modified)
		f.SHA256 = ""
		return f
	}
	scan(t, db, Run{}, holding(at("a", 0), x)...)
	for i, step := range []struct {
		file  *archive.File
		parts int
		skip  bool
		where string
	}{
		{at("a", 0), 0, true, "a:1 one thing"},
		{hashed(0), 1, false, "a:1 another thing, a:1 one thing"}, // other bytes of the same size and time
		{hashed(1), 2, false, "a:1 another thing, (a:1 one thing), a:2 a third thing"},
		{hashed(2), 0, true, "a:1 another thing, (a:1 one thing), a:2 a third thing"},
		{unhashed(1), 0, true, "a:1 another thing, (a:1 one thing), a:2 a third thing"},
		{unhashed(2), 2, false, "a:1 another thing, (a:1 one thing), a:2 a third thing"}, // who knows what is in it
		{hashed(3), 2, false, "a:1 another thing, (a:1 one thing), a:2 a third thing"},
	} {
		w := must(db.Writer(Run{Detector: 1}))
		after, skip := w.Resume(step.file)
		if skip != step.skip {
			t.Errorf("step %d: skipped %v", i, skip)
		}
		if !skip {
			for _, p := range holding(step.file, y, z)[after:step.parts] {
				addPart(t, w, copied(p))
			}
		}
		closed(t, w)
		sound(t, db)
		if got := whereabouts(t, db); got != step.where {
			t.Errorf("step %d: %s; want %s", i, got, step.where)
		}
	}
}

// Other globs are other options, of what they choose from alone.
func TestGlobsAreOptions(t *testing.T) {
	db := openTest(t)
	parts := mixed(0)
	zip := parts[len(parts)-1].File
	scan(t, db, Run{Globs: "a"}, parts...)
	for _, c := range []struct {
		globs, options string
		plain, zip     bool
	}{{"a", "", true, true}, {"b", "", true, false}, {"", "", true, false}, {"a", "x", false, false}} {
		w := runOf(t, db, Run{Globs: c.globs, Options: c.options})
		_, plain := w.Resume(parts[0].File)
		_, container := w.Resume(zip)
		if plain != c.plain || container != c.zip {
			t.Errorf("%+v: skipped %v, %v", c, plain, container)
		}
	}
}

func runOf(t testing.TB, db *DB, run Run) *Writer {
	t.Helper()
	run.Detector = max(run.Detector, 1)
	w := must(db.Writer(run))
	t.Cleanup(func() { w.Close() })
	return w
}

// A file is named as users gave it, of several spellings by the first in order, also
// where it is not read again.
func TestSpellings(t *testing.T) {
	x, y := told("one thing"), told("another thing")
	corpus := func(prefix string) (parts []archive.Part) {
		zip := at(prefix+"c.zip", 0)
		parts = append(holding(at(prefix+"a", 0), x, y), holding(inZip(zip, "m"), x)...)
		parts = append(parts, archive.Part{File: zip, Last: true})
		return append(parts, holding(at("b", 0), y)...)
	}
	want := openTest(t)
	scan(t, want, Run{}, corpus("./")...)
	for _, order := range [][]string{{"", "./"}, {"./", ""}, {"", "./", ""}} {
		for _, force := range []bool{false, true} {
			db := openTest(t)
			for _, prefix := range order {
				if got := scan(t, db, Run{Force: force}, corpus(prefix)...); got != "" {
					t.Errorf("%q: superseded %s", order, got)
				}
			}
			if a, b := inAll(t, want), inAll(t, db); a != b {
				t.Errorf("%q, by force %v:\n%s", order, force, diff(a, b))
			}
			hit := must(db.Search(t.Context(), must(ParseQuery("one")), Page{}))[0]
			if hit.File != "./a" {
				t.Errorf("%q: found in %s", order, hit.File)
			}
		}
	}
}

// What is met elsewhere while its file is gone was moved.
func TestMoved(t *testing.T) {
	x, y := told("one thing"), told("another thing")
	type step struct {
		parts []archive.Part
		gone  string
		where string
	}
	for name, steps := range map[string][]step{
		"moved": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), x), "old", "new:1 one thing, (old:1 one thing)"},
		},
		"moved twice": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), x), "old", "new:1 one thing, (old:1 one thing)"},
			{holding(at("newer", 0), x), "old new", "(new:1 one thing), newer:1 one thing, (old:1 one thing)"},
		},
		"moved there and then gone": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), x), "old", "new:1 one thing, (old:1 one thing)"},
			{holding(at("b", 0), y), "old new", "b:1 another thing, new:1 one thing, (old:1 one thing)"},
		},
		"copied": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), x), "", "new:1 one thing, old:1 one thing"},
		},
		"copied, then the first is gone": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), x), "", "new:1 one thing, old:1 one thing"},
			{holding(at("new", 0), x), "old", "new:1 one thing, (old:1 one thing)"},
		}, // skipped, but met
		"some of it": {
			{holding(at("old", 0), x, y), "", "old:1 one thing, old:2 another thing"},
			{holding(at("new", 0), x), "old", "new:1 one thing, (old:1 one thing), old:2 another thing"},
		},
		"gone, and nowhere else": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), y), "old", "new:1 another thing, old:1 one thing"},
		},
		"it is back": {
			{holding(at("old", 0), x), "", "old:1 one thing"},
			{holding(at("new", 0), x), "old", "new:1 one thing, (old:1 one thing)"},
			{holding(at("old", 1), x), "new", "(new:1 one thing), old:1 one thing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := openTest(t)
			for i, s := range steps {
				gone := func(path string) bool {
					return slices.Contains(strings.Fields(s.gone), strings.TrimPrefix(path, "/corpus/"))
				}
				scan(t, db, Run{Gone: gone}, s.parts...)
				if got := whereabouts(t, db); got != s.where {
					t.Errorf("step %d: %s; want %s", i, got, s.where)
				}
			}
			// Others know it too, whatever they merge first.
			other := openTest(t)
			w := writer(t, other)
			for range 2 {
				must(w.Merge(t.Context(), db))
			}
			w.Close()
			sound(t, other)
			if got := whereabouts(t, other); got != steps[len(steps)-1].where {
				t.Errorf("merged: %s", got)
			}
		})
	}
}

// Of an article the embeds count that the highest version of the detector found.
func TestDetectors(t *testing.T) {
	found := func(text string) archive.Found {
		f := told("The words that one version takes for the tweet and the other does not")
		f.Embeds = slices.Clone(f.Embeds)
		f.Embeds[0].Text = text
		return f
	}
	db := openTest(t)
	for i, step := range []struct {
		detector   int
		file, text string
		want       string // of the tweet now
		places     int
	}{
		{2, "a", "two", "two", 1},
		{1, "a", "one", "two", 1},
		{1, "b", "one", "two", 2},
		{3, "b", "three", "three", 2},
		{10, "a", "ten", "ten", 2},
		{9, "c", "nine", "ten", 3},
	} {
		scan(t, db, Run{Detector: step.detector, Options: fmt.Sprint(step.detector)}, holding(at(step.file, 0), found(step.text))...)
		hits := must(db.Search(t.Context(), nil, Page{}))
		places := must(db.Places(t.Context(), hits[0].Key, true, 0, 0))
		if len(hits) != 1 || hits[0].Text != step.want || len(places) != 1 || places[0].Places != step.places {
			t.Errorf("step %d: %+v, %+v", i, hits, places)
		}
	}
}

// Articles are counted by their addresses: of two versions of a page there is one.
func TestAddresses(t *testing.T) {
	same := say("ada", "2020-05-01", "", "one thing and another")
	page := func(url, lead string) archive.Found {
		f := article("", 1, "2020-05-02", same)
		f.Article.URL, f.Article.Body = url, f.Article.Body+lead
		return f
	}
	pages := []archive.Found{
		page("https://www.news.example/a", "As it was."), page("http://news.example/a#top", "As it is now."), page("//NEWS.example/a", "Once more."),
		page("https://news.example/A", ""), page("https://news.example/a?page=2", ""), page("", "Nowhere."), page("", "Nowhere else."),
	}
	for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}} {
		db := openTest(t)
		for n, i := range order {
			scan(t, db, Run{}, holding(at(fmt.Sprint("f", i), 0), pages[i])...)
			if n == 3 {
				w := writer(t, db)
				must(w.Merge(t.Context(), db2(t, pages)))
				w.Close()
			}
		}
		sound(t, db)
		tw := must(db.Search(t.Context(), nil, Page{}))[0]
		s := must(must(db.Match(t.Context(), nil, 0)).Stats(t.Context(), 9))
		if tw.Embeds != 7 || tw.Articles != 5 || s.Articles != 5 || s.Embeds != 7 {
			t.Errorf("%v: tweet in %d, %d; stats %d, %d", order, tw.Embeds, tw.Articles, s.Embeds, s.Articles)
		}
	}
}

// db2 is an archive of all pages in one file.
func db2(t testing.TB, pages []archive.Found) *DB {
	db := openTest(t)
	scan(t, db, Run{}, holding(at("all", 0), pages...)...)
	return db
}

// Each place has the title and the address that it was seen with; those of the first
// current one are the article's.
func TestPlacesDiffer(t *testing.T) {
	seenAs := func(url, title, outlet string) archive.Found {
		f := told("one thing")
		a := *f.Article
		a.URL, a.Title, a.Outlet = url, title, outlet
		return archive.Found{Article: &a, Embeds: f.Embeds}
	}
	old, now := seenAs("http://news.example/x", "Old title", ""), seenAs("https://www.news.example/x#now", "New title", "The News")
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		db := openTest(t)
		parts := [][]archive.Part{holding(at("a", 0), old), holding(at("b", 0), now)}
		for _, i := range order {
			scan(t, db, Run{}, parts[i]...)
		}
		places := func(want string) {
			t.Helper()
			var got []string
			must(db.Export(t.Context(), Places, nil, func(r Row) error { got = append(got, strings.Join(r.Values[:5], ",")); return nil }))
			if got := strings.Join(got, " "); got != want {
				t.Errorf("%v: places %s, want %s", order, got, want)
			}
		}
		article := func(want string) {
			t.Helper()
			must(db.Export(t.Context(), Embeds, nil, func(r Row) error {
				if got := strings.Join(r.Values[columnIndex(EmbedColumns, "article_url"):columnIndex(EmbedColumns, "start")], ","); got != want {
					t.Errorf("%v: %s, want %s", order, got, want)
				}
				return nil
			}))
		}
		places("http://news.example/x,Old title,2020-05-02,news.example,a https://www.news.example/x#now,New title,2020-05-02,The News,b")
		article("http://news.example/x,Old title,2020-05-02,news.example,a,1,2")
		scan(t, db, Run{}, holding(at("a", 1))...)
		places("https://www.news.example/x#now,New title,2020-05-02,The News,b")
		article("https://www.news.example/x#now,New title,2020-05-02,The News,b,1,1")
		scan(t, db, Run{}, holding(at("a", 2), seenAs("http://news.example/x", "Third title", ""))...)
		article("http://news.example/x,Third title,2020-05-02,news.example,a,1,2")
	}
}

// A URL is everywhere the same input, a path is that of its archive.
func TestScopes(t *testing.T) {
	x, y := told("one thing"), told("another thing")
	for name, want := range map[string]string{"https://corpus.example/a": "https://corpus.example/a:1 another thing, (https://corpus.example/a:1 one thing)", "a": "a:1 another thing, a:1 one thing"} {
		input := func(version int) *archive.File {
			f := at(name, version)
			if strings.Contains(name, "://") {
				f.Abs = name
			}
			return f
		}
		first, second := openTest(t), openTest(t)
		scan(t, first, Run{}, holding(input(0), x)...)
		time.Sleep(2 * time.Millisecond)
		scan(t, second, Run{}, holding(input(1), y)...)
		for _, order := range [][]*DB{{first, second}, {second, first}, {first, second, first}} {
			db := openTest(t)
			w := writer(t, db)
			for _, other := range order {
				must(w.Merge(t.Context(), other))
			}
			closed(t, w)
			sound(t, db)
			if got := whereabouts(t, db); got != want {
				t.Errorf("%s; want %s", got, want)
			}
			// It is skipped where another archive has read it.
			if _, skip := writer(t, db).Resume(input(1)); skip != strings.Contains(name, "://") {
				t.Errorf("%s: skipped %v", name, skip)
			}
		}
	}
}

// Copies of an archive go on apart, and are merged in any order, any of them twice: what
// is where is as if one archive had read all of it, one after the other.
func TestCopies(t *testing.T) {
	words := []string{"one", "two", "three", "four", "five"}
	for seed := range uint64(slow.Or(2, 8)) {
		rnd := rand.New(rand.NewPCG(seed, 50))
		straight := openTest(t)
		version := 0
		reading := func() (run Run, parts []archive.Part) {
			version++
			run = Run{Options: fmt.Sprint(version), Partial: rnd.IntN(5) == 0, Force: true}
			var found []archive.Found
			for _, i := range rnd.Perm(len(words))[:rnd.IntN(len(words))] {
				found = append(found, told("thing "+words[i]))
			}
			f := at([]string{"a", "b", "c.zip"}[rnd.IntN(3)], version)
			if parts = holding(f, found...); f.Path == "c.zip" {
				parts = append(holding(inZip(f, []string{"x", "y"}[rnd.IntN(2)]), found...), archive.Part{File: f, Last: true})
			}
			if rnd.IntN(5) == 0 {
				parts[len(parts)-1] = unreadable(parts[len(parts)-1], 0, errors.New("cut"))
			}
			return run, parts
		}
		paths := []string{straight.path}
		for range 3 {
			run, parts := reading()
			scan(t, straight, run, parts...)
		}
		all := must(os.ReadFile(straight.path))
		for range 3 {
			path := filepath.Join(t.TempDir(), "copy.db")
			if err := os.WriteFile(path, all, 0o666); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		paths = paths[1:]
		for range 9 {
			run, parts := reading()
			scan(t, straight, run, parts...)
			time.Sleep(2 * time.Millisecond) // two runs of one moment are one reading
			db := must(Open(paths[rnd.IntN(len(paths))]))
			scan(t, db, run, parts...)
			time.Sleep(2 * time.Millisecond)
			db.Close()
		}
		want, exported := whereabouts(t, straight), ""
		for range 4 {
			db := openTest(t)
			order := append(rnd.Perm(len(paths)), rnd.IntN(len(paths)))
			w := writer(t, db)
			for _, i := range order {
				other := must(OpenReadOnly(paths[i]))
				must(w.Merge(t.Context(), other))
				other.Close()
			}
			closed(t, w)
			sound(t, db)
			if got := whereabouts(t, db); got != want {
				t.Fatalf("seed %d, order %v:\n%s\nwant\n%s", seed, order, got, want)
			}
			got := exportAll(t, db)
			if exported == "" {
				exported = got
			}
			if got != exported {
				t.Fatalf("seed %d, order %v:\n%s", seed, order, diff(exported, got))
			}
			if a, b := export(t, straight, Tweets)+export(t, straight, Embeds), export(t, db, Tweets)+export(t, db, Embeds); a != b {
				t.Fatalf("seed %d, order %v:\n%s", seed, order, diff(a, b))
			}
		}
	}
}

// An article with more embeds than are identified at once gives the same as any other,
// wherever in it the embeds of an author and day are.
func TestManyEmbeds(t *testing.T) {
	slow.Test(t)
	var embeds []archive.Embed
	for i := range addedAtOnce + 10 {
		embeds = append(embeds, say(fmt.Sprint("keeper_", i/2%3000), fmt.Sprintf("2020-05-%02d", 1+i%2), "", fmt.Sprintf("The ferry of pier %d is late again this morning, says the mate", i%(addedAtOnce/2))))
	}
	db := openTest(t)
	keep(t, db, []archive.Found{article("a", 1, "", embeds[0])}, []archive.Found{article("b", 1, "", embeds...)}, []archive.Found{article("c", 2, "", embeds...)})
	want := map[string]bool{}
	for _, e := range embeds {
		want[e.Handle+e.Date+e.Text] = true
	}
	if n := strings.Count(export(t, db, Tweets), "\n") - 1; n != len(want) {
		t.Errorf("%d tweets, want %d", n, len(want))
	}
	if n := strings.Count(export(t, db, Embeds), "\n") - 1; n != 1+2*len(embeds) {
		t.Errorf("%d embeds, want %d", n, 1+2*len(embeds))
	}
	sound(t, db)
}

// Words that were superseded and are back in another article count for their tweet again.
func TestComesBack(t *testing.T) {
	told := func(article string, confidence float64) archive.Found {
		e := say("ada", "2020-05-01", "", "The mill is gone, and the ferry, too.")
		e.Confidence = confidence
		f := told(article)
		return archive.Found{Article: f.Article, Embeds: []archive.Embed{e}}
	}
	confidence := func(scans ...[]archive.Part) (c float64) {
		db := openTest(t)
		for i, parts := range scans {
			scan(t, db, Run{Options: fmt.Sprint(i)}, parts...)
		}
		if err := db.sql.QueryRow(`SELECT confidence FROM tweets WHERE embeds > 0`).Scan(&c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	sure, less, again := told("one", .9), told("another", .8), told("a third", .9)
	both := holding(at("b", 0), less)
	want := confidence(both, holding(at("c", 0), again))
	got := confidence(slices.Concat(holding(at("a", 0), sure), both), holding(at("a", 1)), holding(at("c", 0), again))
	if got != want {
		t.Errorf("the tweet's confidence is %v, in a new archive %v", got, want)
	}
}
