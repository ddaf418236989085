package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tweetarc/archive"
	"tweetarc/archive/corpus"
	"tweetarc/archive/detect"
	"tweetarc/store"
)

var (
	worlds    = flag.Int("worlds", 100, "how many worlds TestWorlds tries")
	worldSeed = flag.Uint64("world", 0, "the first of them")
)

// A world is a folder of files that change, and archives that read them. After each
// change all of it is read, in one of many ways. These laws hold:
//
//   - What an archive exports is what a fresh archive of the folder exports, as long as
//     nothing is removed without being moved.
//   - With what is superseded, it is all that was ever seen.
//   - Merging archives, in any order, any of them twice, gives one result.
//   - Verify finds no damage.
type world struct {
	t         testing.TB
	rnd       *rand.Rand
	dir       string            // where it is
	files     map[string][]item // by their paths below w
	spellings []string          // of the folder, as users type it
	db        *store.DB
	ever      map[string]bool // embeds: handle and text
	steps     []string
	clock     time.Time
	made      int // items
}

// item is one article.
type item struct{ name, text string }

var sayings = []string{
	"The quay is open again today, bring a scarf.", "Nobody asked the fishermen about the sheds.", "Good morning, Velm!",
	"Good morning, Velm! The ferry stops today, at last.", "Bridge seven opens in June.", "We will be back on Friday, louder.",
}

// article makes one: of a few tweets, some of which others have, too, and some with an
// ID in the page.
func (w *world) article() item {
	w.made++
	n := w.rnd.IntN(len(sayings))
	lead := []string{"The council met.", "It rained.", "Nobody spoke."}[w.rnd.IntN(3)]
	if w.rnd.IntN(4) > 0 {
		lead += fmt.Sprintf(" That was number %d.", w.made)
	}
	handle := fmt.Sprintf("mira_%d", w.rnd.IntN(3))
	text := fmt.Sprintf("%s\n\n%s — Mira (@%s) March 5, 2018\n\nAnd so on.", lead, sayings[n], handle)
	if w.rnd.IntN(3) == 0 {
		text = fmt.Sprintf(`<p>%s</p><blockquote class="twitter-tweet"><p>%s</p>&mdash; Mira (@%s) <a href="https://twitter.com/%s/status/%d">March 5, 2018</a></blockquote>`,
			lead, sayings[n], handle, handle, 970700000000000000+n)
	}
	return item{fmt.Sprintf("m%d.txt", w.made), text}
}

func (w *world) articles(n int) (items []item) {
	for range n {
		items = append(items, w.article())
	}
	return items
}

// write writes a file, in the format that its name says.
func (w *world) write(name string) {
	var b bytes.Buffer
	items := w.files[name]
	switch {
	case strings.HasSuffix(name, ".zip"):
		z := zip.NewWriter(&b)
		for _, it := range items {
			f := sure(z.Create(it.name))
			sure(f.Write([]byte(it.text)))
		}
		z.Close()
	case strings.HasSuffix(name, ".txt"):
		b.WriteString(items[0].text)
	default:
		for _, it := range items {
			line := sure(json.Marshal(map[string]string{"text": it.text}))
			b.Write(append(line, '\n'))
		}
	}
	if strings.HasSuffix(name, ".gz") {
		var z bytes.Buffer
		g := gzip.NewWriter(&z)
		sure(g.Write(b.Bytes()))
		g.Close()
		b = z
	}
	path := filepath.Join(w.dir, "w", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		w.t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Second)
	if err := os.Chtimes(path, w.clock, w.clock); err != nil {
		w.t.Fatal(err)
	}
}

// change changes one thing.
func (w *world) change() {
	names := slices.Sorted(maps.Keys(w.files))
	name := names[w.rnd.IntN(len(names))]
	items := w.files[name]
	fresh := func(ext string) string { w.made++; return fmt.Sprintf("%c/f%d%s", 'a'+w.rnd.IntN(2), w.made, ext) }
	ext := name[strings.IndexByte(name, '.'):]
	switch kind := w.rnd.IntN(7); kind {
	case 0: // rename, or move
		to := fresh(ext)
		w.step("mv %s %s", name, to)
		if err := os.MkdirAll(filepath.Join(w.dir, "w", filepath.Dir(to)), 0o777); err != nil {
			w.t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(w.dir, "w", name), filepath.Join(w.dir, "w", to)); err != nil {
			w.t.Fatal(err)
		}
		w.files[to] = items
		delete(w.files, name)
	case 1: // repack
		as := fresh(map[string]string{".txt": ".zip", ".zip": ".txt", ".jsonl": ".jsonl.gz", ".jsonl.gz": ".jsonl"}[ext])
		w.step("repack %s %s", name, as)
		for i := range items { // of a zip each is a file
			if ext != ".zip" {
				w.files[as] = items
			} else {
				as = fresh(".txt")
				w.files[as] = items[i : i+1]
			}
			w.write(as)
		}
		w.remove(name)
	case 2: // copy
		to := fresh(ext)
		w.step("cp %s %s", name, to)
		w.files[to] = items
		w.write(to)
	case 3: // touch
		w.step("touch %s", name)
		w.write(name)
	case 4: // a new file
		ext := []string{".txt", ".jsonl", ".zip", ".jsonl.gz"}[w.rnd.IntN(4)]
		n := 1 + w.rnd.IntN(3)
		if ext == ".txt" {
			n = 1
		}
		to := fresh(ext)
		w.step("new %s", to)
		w.files[to] = w.articles(n)
		w.write(to)
	default: // edit, grow, shorten
		items = slices.Clone(items)
		switch i := w.rnd.IntN(len(items)); {
		case kind == 5 || ext == ".txt":
			w.step("edit %s", name)
			items[i] = item{items[i].name, w.article().text}
		case len(items) > 1 && w.rnd.IntN(2) == 0:
			w.step("shorten %s", name)
			items = slices.Delete(items, i, i+1)
		default:
			w.step("grow %s", name)
			items = append(items, w.article())
		}
		w.files[name] = items
		w.write(name)
	}
}

func (w *world) remove(name string) {
	delete(w.files, name)
	if err := os.Remove(filepath.Join(w.dir, "w", name)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) step(format string, args ...any) { w.steps = append(w.steps, fmt.Sprintf(format, args...)) }

// scan reads paths into an archive as the command does, up to some parts; 0 is all.
func (w *world) scan(rows *store.Writer, upTo int, limit int, paths ...string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := &corpus.Reader{MayHold: detect.MayHold, Resume: rows.Resume, Limit: limit}
	parts := 0
	stop := errors.New("stopped")
	s := archive.Scan{Find: detect.Tweets, Workers: 1, Keep: func(p archive.Part) error {
		if parts++; upTo > 0 && parts > upTo {
			return stop
		}
		return rows.Add(p)
	}}
	if err := s.Run(ctx, r.Articles(paths...)); err != nil && err != stop {
		w.t.Fatal(err)
	}
}

func (w *world) writer(db *store.DB, options string, force bool) *store.Writer {
	return sure(db.Writer(store.Run{Command: "test", Detector: 10, Options: options, Partial: options != "10", Force: force, Gone: func(path string) bool {
		_, err := os.Lstat(path)
		return errors.Is(err, os.ErrNotExist)
	}}))
}

// read reads all of the folder, in one of many ways.
func (w *world) read(db *store.DB) {
	order := slices.Clone(w.spellings)
	w.rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	run := func(rows *store.Writer, upTo, limit int, paths ...string) {
		w.scan(rows, upTo, limit, paths...)
		if err := rows.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	switch w.rnd.IntN(6) {
	case 0:
		w.step("read")
	case 1:
		w.step("read, broken off")
		run(w.writer(db, "10", false), 1+w.rnd.IntN(3), 0, order...)
	case 2:
		w.step("read a part")
		run(w.writer(db, "10 --limit=1", false), 0, 1, order...)
	case 3:
		w.step("read file by file")
		for _, name := range slices.Sorted(maps.Keys(w.files)) {
			run(w.writer(db, "10", false), 0, 0, order[0]+"/"+name)
		}
	case 4:
		w.step("read twice at once")
		one, two := w.writer(db, "10", true), w.writer(db, "10", true)
		w.scan(one, 1+w.rnd.IntN(3), 0, order...)
		if err := one.Flush(); err != nil {
			w.t.Fatal(err)
		}
		w.scan(two, 0, 0, order...)
		if err := errors.Join(two.Close(), one.Close()); err != nil {
			w.t.Fatal(err)
		}
	case 5:
		w.step("read by force")
		run(w.writer(db, "10", true), 0, 0, order...)
	}
	run(w.writer(db, "10", false), 0, 0, order...)
}

// exported is all of what an archive exports; without times it can be compared with
// that of a fresh one.
func (w *world) exported(db *store.DB, q *store.Query, times bool) string {
	var b strings.Builder
	for _, of := range []store.What{store.Tweets, store.Embeds, store.Places} {
		_, err := db.Export(w.t.Context(), of, q, func(r store.Row) error {
			if v := r.Values; of == store.Places && !times {
				v[len(v)-1] = ""
			}
			fmt.Fprintf(&b, "%s %q\n", of, r.Values)
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	m := sure(db.Match(w.t.Context(), q, 0))
	s := sure(m.Stats(w.t.Context(), 3))
	s.Files, s.Records = 0, 0 // of all files ever, see stats
	fmt.Fprintf(&b, "%+v\n", s)
	return b.String()
}

// texts are the embeds that an archive exports.
func (w *world) texts(db *store.DB, q *store.Query) map[string]bool {
	all := map[string]bool{}
	_, err := db.Export(w.t.Context(), store.Embeds, q, func(r store.Row) error {
		all[r.Values[3]+" "+r.Values[6]] = true
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) open(name string) *store.DB {
	db := sure(store.Open(filepath.Join(w.dir, name)))
	w.t.Cleanup(func() { db.Close() })
	return db
}

func (w *world) same(what, want, got string) {
	if want == got {
		return
	}
	w.t.Fatalf("%s\n%s\n%s", what, strings.Join(w.steps, "\n"), lineDiff(want, got))
}

func lineDiff(want, got string) string {
	var b strings.Builder
	a, c := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, l := range a {
		if !slices.Contains(c, l) {
			fmt.Fprintln(&b, "-", l)
		}
	}
	for _, l := range c {
		if !slices.Contains(a, l) {
			fmt.Fprintln(&b, "+", l)
		}
	}
	if b.Len() == 0 {
		return "in another order"
	}
	return b.String()
}

// live lets a world go on for some steps.
func (w *world) live(steps int) {
	for range 2 {
		name := []string{"a/x.txt", "b/y.jsonl", "a/z.zip"}[w.rnd.IntN(3)]
		w.files[name] = w.articles(1 + map[bool]int{true: w.rnd.IntN(3)}[!strings.HasSuffix(name, ".txt")])
		w.write(name)
	}
	w.db = w.open("t.db")
	all := (*store.Query)(nil).WithSuperseded()
	for i := range steps {
		if i > 0 {
			w.change()
		}
		w.read(w.db)
		fresh := w.open(fmt.Sprintf("fresh%d.db", i))
		rows := w.writer(fresh, "10", false)
		w.scan(rows, 0, 0, w.spellings...)
		if err := rows.Close(); err != nil {
			w.t.Fatal(err)
		}
		w.same("not what a fresh archive (-) has", w.exported(fresh, nil, false), w.exported(w.db, nil, false))
		maps.Copy(w.ever, w.texts(fresh, nil))
		if seen := w.texts(w.db, all); !maps.Equal(seen, w.ever) {
			w.t.Fatalf("%d embeds with what is superseded, %d were seen\n%s\n%v\n%v", len(seen), len(w.ever), strings.Join(w.steps, "\n"), seen, w.ever)
		}
		if n := sure(w.db.Verify(w.t.Context(), func(f store.Finding) error {
			if f.Key == "" {
				w.step("%s: %s", f.Check, f.Detail)
			}
			return nil
		})); n.Damage > 0 {
			w.t.Fatalf("damage\n%s", strings.Join(w.steps, "\n"))
		}
		if w.rnd.IntN(3) == 0 { // a copy, from here on another archive
			w.step("copy the archive")
			copied := w.open(fmt.Sprintf("copy%d.db", i))
			rows := w.writer(copied, "10", false)
			sure(rows.Merge(w.t.Context(), w.db))
			if err := rows.Close(); err != nil {
				w.t.Fatal(err)
			}
			if w.rnd.IntN(2) == 0 {
				w.read(copied)
			}
		}
	}
	var archives []*store.DB
	for _, path := range sure(filepath.Glob(filepath.Join(w.dir, "*.db"))) {
		archives = append(archives, w.open(filepath.Base(path)))
	}
	want := ""
	for i := range 3 {
		merged := w.open(fmt.Sprintf("merged%d", i))
		rows := w.writer(merged, "10", false)
		order := append(w.rnd.Perm(len(archives)), w.rnd.IntN(len(archives)))
		for _, j := range order {
			sure(rows.Merge(w.t.Context(), archives[j]))
		}
		if err := rows.Close(); err != nil {
			w.t.Fatal(err)
		}
		got := w.exported(merged, nil, true) + w.exported(merged, all, true)
		if want == "" {
			want = got
		}
		w.same(fmt.Sprintf("merged in the order %v", order), want, got)
	}
}

func TestWorlds(t *testing.T) {
	for seed := *worldSeed; seed < *worldSeed+uint64(*worlds); seed++ {
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			w := &world{t: t, rnd: rand.New(rand.NewPCG(seed, 19)), dir: dir, files: map[string][]item{}, ever: map[string]bool{}, clock: time.Unix(1_600_000_000, 0)}
			w.spellings = [][]string{{"w"}, {"./w", "w"}, {"w", filepath.Join(dir, "w")}}[w.rnd.IntN(3)]
			w.live(2 + w.rnd.IntN(3))
		})
		if !ok {
			return
		}
	}
}

func sure[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
