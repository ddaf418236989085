package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/tweetarc/fixtures/slow"
)

var (
	worldCount = flag.Int("worlds", slow.Or(4, 600), "how many worlds TestWorlds makes")
	worldSeed  = flag.Uint64("seed", 1, "the first world of TestWorlds, the first file of TestDamaged")
)

// TestWorlds makes small folders of articles, changes them step by step as people do,
// and reads them after every step in one of many ways. What an archive then says
// must not depend on the way:
//
//  1. What it says is there is what a new archive of the folder says, in exports and
//     statistics. (Of what was removed without being moved an archive cannot know;
//     no step does that.)
//  2. With what is superseded it has all that was ever there, and nothing else.
//  3. Archives merged in any order, in any groups and repeatedly give the same exports.
//  4. verify finds nothing.
func TestWorlds(t *testing.T) {
	seeds := make(chan uint64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				w := newWorld(t.TempDir(), seed)
				if err := w.live(); err != nil {
					t.Errorf("-worlds 1 -seed %d: %v\nsteps:\n\t%s", seed, err, strings.Join(w.log, "\n\t"))
				}
				os.RemoveAll(w.dir)
			}
		})
	}
	for i := range *worldCount {
		if t.Failed() {
			break
		}
		seeds <- *worldSeed + uint64(i)
	}
	close(seeds)
	workers.Wait()
}

// A world is a folder, as it is now, and an archive of it.
type world struct {
	*rand.Rand
	dir       string
	files     map[string]*worldFile // by their paths in the folder
	clock     int64                 // when a file was last changed
	articles  int                   // made so far
	spelled   []string              // how the folder was named
	ever      map[string]bool       // embeds that were ever there
	snapshots []string              // archives as they were
	vanished  bool                  // some path is no longer there
	log       []string
	flags     []string // of archive
}

// worldFile is a file. Where it is no zip it has one member, without a name.
type worldFile struct {
	members []member
	changed int64
}

type member struct {
	name    string
	records []string // texts, pages or lines
}

func newWorld(dir string, seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 0)), dir: dir, files: map[string]*worldFile{}, ever: map[string]bool{}}
	if w.IntN(2) == 0 {
		w.flags = []string{"--keep", "section,page", "--count-all"}
	}
	for range 2 + w.IntN(3) {
		ext := w.pick(".txt", ".html", ".jsonl", ".jsonl", ".jsonl.gz", ".zip", ".warc", ".warc")
		f := &worldFile{changed: w.tick()}
		if ext == ".zip" {
			for i := range 1 + w.IntN(2) {
				of := w.pick(".txt", ".html", ".jsonl")
				f.members = append(f.members, member{fmt.Sprint("m", i, of), w.records(of)})
			}
		} else {
			f.members = []member{{"", w.records(ext)}}
		}
		w.files[w.free(ext)] = f
	}
	return w
}

func (w *world) pick(some ...string) string { return some[w.IntN(len(some))] }

func (w *world) tick() int64 {
	w.clock++
	return w.clock
}

// path is one of the files.
func (w *world) path() string { return w.pick(slices.Sorted(maps.Keys(w.files))...) }

// free is a path that no file has.
func (w *world) free(ext string) string {
	for {
		path := w.pick("", "a/", "b/") + w.pick("one", "two", "three", "four") + ext
		if w.files[path] == nil {
			return path
		}
	}
}

// extOf is .jsonl.gz of x.jsonl.gz.
func extOf(path string) string {
	name := filepath.Base(path)
	return name[strings.Index(name, "."):]
}

func (w *world) records(ext string) (all []string) {
	for range 1 + w.IntN(3) {
		all = append(all, w.record(ext))
		if !strings.HasPrefix(ext, ".jsonl") && ext != ".warc" {
			break
		}
	}
	return all
}

// record is an article, often with tweets, sometimes one that is there already.
func (w *world) record(ext string) string {
	ext = strings.TrimSuffix(ext, ".gz")
	var there []string
	for _, path := range slices.Sorted(maps.Keys(w.files)) {
		for _, m := range w.files[path].members {
			if strings.TrimSuffix(extOf(path+m.name), ".gz") == ext || strings.HasSuffix(m.name, ext) {
				there = append(there, m.records...)
			}
		}
	}
	if len(there) > 0 && w.IntN(4) == 0 {
		return w.pick(there...)
	}
	w.articles++
	if ext == ".warc" && len(there) > 0 && w.IntN(2) == 0 { // a revisit
		of := w.pick(there...)
		uri, digest := warcValue.FindStringSubmatch(of)[1], warcDigest.FindStringSubmatch(of)[1]
		return warcRecordOf(w.articles, "revisit", uri, digest, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
	}
	day, title := fmt.Sprintf("2019-06-%02d", 1+w.IntN(28)), fmt.Sprint("Council news ", w.articles)
	html := ext == ".html" || ext == ".warc" || ext == ".jsonl" && w.IntN(2) == 0
	text := "The council met on Monday, and it was meeting " + fmt.Sprint(w.articles) + " of all.\n\n"
	if html {
		text = "<p>" + text + "</p>"
	}
	for range w.IntN(5) / 2 {
		text += w.tweet(html)
	}
	switch ext {
	case ".txt":
		return "date " + day + " " + title + "\n\n" + text
	case ".warc":
		return warcRecordOf(w.articles, "response", fmt.Sprint("https://news.example/", w.articles), fmt.Sprint("sha1:", w.articles),
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><head><title>"+title+"</title></head><body>"+text+"</body></html>")
	case ".html":
		return `<html><head><title>` + title + `</title><meta property="article:published_time" content="` + day + `"></head><body><article>` + text + `</article></body></html>`
	}
	line, _ := json.Marshal(map[string]string{"url": fmt.Sprint("https://news.example/", w.articles), "date": day, "title": title + w.pick("", " again"), "text": text, "section": w.pick("", "News", "Trade, \"fine\" crafts"), "page": w.pick("1", "2")})
	return string(line)
}

var (
	warcValue  = regexp.MustCompile(`WARC-Target-URI: (\S+)`)
	warcDigest = regexp.MustCompile(`WARC-Payload-Digest: (\S+)`)
)

func warcRecordOf(n int, typ, uri, digest, block string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Date: 2019-07-01T00:00:00Z\r\nWARC-Target-URI: %s\r\nWARC-Payload-Digest: %s\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		typ, n, uri, digest, len(block), block)
}

// tweet is one of some tweets, as articles have them.
func (w *world) tweet(html bool) string {
	n := w.IntN(5)
	handle, words := []string{"ada_mole", "bo_farrow", "rio_tan"}[n%3], []string{"The mill is gone.", "Fog on the bridge again, and no ferry.", "A goose stopped the tram today!"}[n/2]
	if html && w.IntN(2) == 0 {
		return fmt.Sprintf(`<blockquote class="twitter-tweet"><p>%s</p>&mdash; Mx Name (@%s) <a href="https://twitter.com/%s/status/%d">May %d, 2019</a></blockquote>`, words, handle, handle, 1124600000000000000+n, 4+n%2)
	}
	if html {
		return fmt.Sprintf("<p>%s — Mx Name (@%s) May %d, 2019</p><p>The mayor did not answer.</p>", words, handle, 4+n%2)
	}
	return fmt.Sprintf("%s — Mx Name (@%s) May %d, 2019\n\nThe mayor did not answer.\n\n", words, handle, 4+n%2)
}

// change does to the folder what people do. Nothing is removed that was not copied.
func (w *world) change() {
	path := w.path()
	f := w.files[path]
	m := &f.members[w.IntN(len(f.members))]
	ext := extOf(path + m.name)
	if m.name != "" {
		ext = extOf(m.name)
	}
	switch what := w.pick("rename", "rename", "swap", "edit", "grow", "shorten", "repack", "repack", "copy", "touch", "delete"); what {
	case "rename": // or move
		to := w.free(extOf(path))
		w.remove(path)
		w.files[to] = f
		w.tell(what, path, to)
	case "swap":
		w.swap(path)
	case "edit":
		m.records[w.IntN(len(m.records))] = w.record(ext)
		f.changed = w.tick()
		w.tell(what, path+" "+m.name)
	case "grow":
		w.grow(path, m, ext)
	case "shorten":
		if i := w.IntN(len(m.records)); len(m.records) > 1 {
			m.records = slices.Delete(m.records, i, i+1)
			f.changed = w.tick()
			w.tell(what, path+" "+m.name)
		}
	case "repack":
		w.repack(path)
	case "copy":
		w.copyFile(path)
	case "touch":
		f.changed = w.tick()
		w.tell(what, path)
	case "delete":
		if w.copiedElsewhere(path) {
			w.remove(path)
			w.tell(what, path)
		}
	}
}

// swap gives a file and another of its kind each other's names.
func (w *world) swap(path string) {
	f := w.files[path]
	for _, other := range slices.Sorted(maps.Keys(w.files)) {
		if g := w.files[other]; other != path && extOf(other) == extOf(path) && f.changed != g.changed {
			w.files[path], w.files[other] = g, f
			w.vanished = true // what is in them, if they are containers
			w.tell("swap", path, other)
			return
		}
	}
}

// grow puts a record more into a file, or a file more into a container.
func (w *world) grow(path string, m *member, ext string) {
	f, name := w.files[path], m.name
	if strings.HasPrefix(ext, ".jsonl") || ext == ".warc" {
		m.records = slices.Insert(m.records, w.IntN(len(m.records)+1), w.record(ext))
	} else if name != "" {
		f.members = append(f.members, member{fmt.Sprint("g", w.tick(), ext), w.records(ext)})
	}
	f.changed = w.tick()
	w.tell("grow", path+" "+name)
}

// repack unpacks a file, or packs it, alone or with others.
func (w *world) repack(path string) {
	f := w.files[path]
	switch ext := extOf(path); {
	case ext == ".zip":
		w.remove(path)
		for _, m := range f.members {
			to := w.free(extOf(m.name))
			w.files[to] = &worldFile{[]member{{"", m.records}}, w.tick()}
			w.tell("unzip", path, m.name, to)
		}
	case strings.HasPrefix(ext, ".jsonl") && w.IntN(2) == 0:
		to := w.free(map[string]string{".jsonl": ".jsonl.gz", ".jsonl.gz": ".jsonl"}[ext])
		w.remove(path)
		w.files[to] = &worldFile{f.members, w.tick()}
		w.tell("gzip", path, to)
	default:
		packed := &worldFile{changed: w.tick()}
		for _, p := range slices.Sorted(maps.Keys(w.files)) {
			if e := extOf(p); (p == path || w.IntN(2) == 0) && e != ".zip" {
				packed.members = append(packed.members, member{strings.TrimSuffix(p, ".gz"), w.files[p].members[0].records})
				w.remove(p)
				w.tell("zip", p)
			}
		}
		to := w.free(".zip")
		w.files[to] = packed
		w.tell("into", to)
	}
}

// copyFile makes a copy of a file, which may keep its time.
func (w *world) copyFile(path string) {
	f, g := w.files[path], &worldFile{changed: w.tick()}
	for _, m := range f.members {
		g.members = append(g.members, member{m.name, slices.Clone(m.records)})
	}
	if w.IntN(2) == 0 {
		g.changed = f.changed
	}
	to := w.free(extOf(path))
	w.files[to] = g
	w.tell("copy", path, to)
}

// copiedElsewhere says whether other files have all records of a file.
func (w *world) copiedElsewhere(path string) bool {
	elsewhere := map[string]bool{}
	for other, g := range w.files {
		for _, m := range g.members {
			for _, r := range m.records {
				elsewhere[r] = elsewhere[r] || other != path
			}
		}
	}
	for _, m := range w.files[path].members {
		for _, r := range m.records {
			if !elsewhere[r] {
				return false
			}
		}
	}
	return true
}

// remove takes a file away, which an archive may not come to know.
func (w *world) remove(path string) {
	delete(w.files, path)
	w.vanished = true
}

func (w *world) tell(words ...string) { w.log = append(w.log, strings.Join(words, " ")) }

// write makes the folder what it is in the world.
func (w *world) write() error {
	folder := filepath.Join(w.dir, "news")
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	for path, f := range w.files {
		var b bytes.Buffer
		switch extOf(path) {
		case ".zip":
			z := zip.NewWriter(&b)
			for _, m := range f.members {
				in, err := z.Create(m.name)
				if err != nil {
					return err
				}
				io.WriteString(in, strings.Join(m.records, "\n"))
			}
			z.Close()
		case ".jsonl.gz":
			z := gzip.NewWriter(&b)
			io.WriteString(z, strings.Join(f.members[0].records, "\n"))
			z.Close()
		default:
			b.WriteString(strings.Join(f.members[0].records, "\n"))
		}
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			return err
		}
		at := time.Unix(1_600_000_000+f.changed, 0)
		if err := os.Chtimes(path, at, at); err != nil {
			return err
		}
	}
	return nil
}

// say runs the program, and gives what it prints; its exit code is to be 0.
func (w *world) say(args ...string) (string, error) {
	var out, told bytes.Buffer
	if args[0] == "archive" {
		args = slices.Insert(slices.Clone(args), 1, w.flags...)
	}
	if code := run(context.Background(), append([]string{"tweetarc"}, args...), strings.NewReader(""), &out, &told); code != 0 {
		return "", fmt.Errorf("%s: exit code %d: %s%s", strings.Join(args, " "), code, out.String(), told.String())
	}
	return out.String(), nil
}

func (w *world) db(name string) string { return filepath.Join(w.dir, name+".db") }

// copied is a copy of an archive.
func (w *world) copied(db string) (string, error) {
	to := w.db(fmt.Sprint("copy", w.tick()))
	b, err := os.ReadFile(db)
	if err == nil {
		err = os.WriteFile(to, b, 0o666)
	}
	return to, err
}

// mergeCopy merges a copy of the archive that went its own way.
func (w *world) mergeCopy(db string, archive func() error, folder string) error {
	if len(w.ever) == 0 { // there is none yet
		if err := archive(); err != nil {
			return err
		}
	}
	other, err := w.copied(db)
	if err != nil {
		return err
	}
	if err := archive(); err != nil {
		return err
	}
	if err := w.look(); err != nil {
		return err
	}
	w.change()
	if err := w.write(); err != nil {
		return err
	}
	if _, err := w.say("archive", "--db", other, "-q", folder); err != nil {
		return err
	}
	w.snapshots = append(w.snapshots, other)
	_, err = w.say("merge", "--db", db, other)
	return err
}

// read reads all of the folder, in one of many ways.
func (w *world) read(db string) error {
	folder := w.spelling()
	archive := func(args ...string) error {
		_, err := w.say(append([]string{"archive", "--db", db, "-q"}, args...)...)
		return err
	}
	part := func(read func() error) error { return read() }
	if len(w.ever) > 0 {
		part = func(read func() error) error { return w.keeps(db, read) }
	}
	way := w.pick("plainly", "plainly", "files", "twice", "two", "broken", "limit", "from", "force", "verify", "merge")
	w.tell("  read", folder, way)
	var err error
	switch way {
	case "plainly": // below
	case "files":
		paths := slices.Sorted(maps.Keys(w.files))
		w.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		for _, p := range paths {
			err = cmp.Or(err, archive(folder+"/"+p))
		}
	case "twice":
		err = archive(folder, folder)
	case "two":
		errs := make(chan error)
		for range 2 {
			go func() { errs <- archive(folder) }()
		}
		err = cmp.Or(<-errs, <-errs)
	case "broken":
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Duration(w.IntN(4000))*time.Microsecond, cancel)
		run(ctx, append([]string{"tweetarc", "archive", "--db", db, "-q", folder}, w.flags...), strings.NewReader(""), io.Discard, io.Discard)
		cancel()
	case "limit":
		limit := fmt.Sprint(1 + w.IntN(4))
		err = part(func() error { return archive("--limit", limit, folder) })
	case "from":
		day := fmt.Sprintf("2019-06-%02d", 1+w.IntN(28))
		err = part(func() error { return archive("--from", day, folder) })
	case "force", "verify":
		err = archive("--"+way, folder)
	case "merge":
		err = w.mergeCopy(db, func() error { return archive(folder) }, folder)
	}
	if err != nil {
		return err
	}
	for _, s := range w.spelled {
		if err := archive(s); err != nil {
			return err
		}
	}
	return nil
}

// spelling is a way to name the folder.
func (w *world) spelling() string {
	s := filepath.Join(w.dir, "news")
	if here, err := os.Getwd(); err == nil && w.IntN(4) == 0 {
		s, _ = filepath.Rel(here, s)
	} else if w.IntN(4) == 0 {
		s = w.dir + "/../" + filepath.Base(w.dir) + "/news"
	}
	if !slices.Contains(w.spelled, s) {
		w.spelled = append(w.spelled, s)
	}
	return s
}

// look makes a new archive of what is there, and keeps in mind that it was.
func (w *world) look() error {
	os.Remove(w.db("now"))
	for _, s := range w.spelled {
		if _, err := w.say("archive", "--db", w.db("now"), "-q", s); err != nil {
			return err
		}
	}
	embeds, err := w.embeds(w.db("now"), true)
	maps.Copy(w.ever, embeds)
	return err
}

// keeps sees that reading a part of the folder supersedes nothing that is still there.
func (w *world) keeps(db string, read func() error) error {
	before, err := w.embeds(db, false)
	if err != nil {
		return err
	}
	if err := w.look(); err != nil {
		return err
	}
	now, err := w.embeds(w.db("now"), false)
	if err != nil {
		return err
	}
	if err := read(); err != nil {
		return err
	}
	after, err := w.embeds(db, false)
	for e := range before {
		if err == nil && now[e] && !after[e] {
			return fmt.Errorf("1: a part of the folder was read, and %s is superseded", e)
		}
	}
	return err
}

// embeds are the embeds of an archive, by what their articles are.
func (w *world) embeds(db string, superseded bool) (map[string]bool, error) {
	out, err := w.say("export", "--db", db, "--of", "embeds", fmt.Sprint("--superseded=", superseded))
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, r := range rows[1:] {
		is := map[string]string{}
		for i, column := range rows[0] {
			is[column] = r[i]
		}
		title := ""
		if is["article_url"] == "" {
			title = is["article_title"] // which is of its content then
		}
		row := fmt.Sprintf("%q", []string{is["article_url"], title, is["article_date"], is["start"], is["end"], is["handle"], is["text"]})
		if all[row] {
			return nil, fmt.Errorf("%s is there twice", row)
		}
		all[row] = true
	}
	return all, nil
}

// answers are what an archive says, each under its question: all exports, or those of
// what is there, and statistics.
func (w *world) answers(db string, all bool) (map[string]string, error) {
	questions := []string{"export --of tweets", "export --of embeds", "export --of places --columns article_url,article_title,article_date,outlet,file,record,captured_at", "stats --format csv", "outlets --format csv", "stats --by outlet,month --format csv"}
	if len(w.flags) > 0 {
		questions = append(questions, "stats --by keep.section,month --format csv")
	}
	if all {
		questions = []string{"export --of tweets", "export --of embeds", "export --of places", "export --of tweets --superseded", "export --of embeds --superseded", "export --of places --superseded"}
	}
	said := map[string]string{}
	for _, q := range questions {
		out, err := w.say(append(strings.Fields(q), "--db", db)...)
		if err != nil {
			return nil, err
		}
		if w.vanished { // files and records are those that were read
			out = readTotals.ReplaceAllString(out, "")
		}
		said[q] = out
	}
	return said, nil
}

var readTotals = regexp.MustCompile(`(?m)^total,(files|records|unreadable),.*\n`)

// same compares what two archives say.
func (w *world) same(law, db, other string, all bool) error {
	got, err := w.answers(db, all)
	if err != nil {
		return err
	}
	want, err := w.answers(other, all)
	if err != nil {
		return err
	}
	for _, q := range slices.Sorted(maps.Keys(want)) {
		if got[q] != want[q] {
			return fmt.Errorf("%s: tweetarc %s:\n%s\nand of %s:\n%s", law, q, got[q], filepath.Base(other), want[q])
		}
	}
	return nil
}

// live makes the folder, changes it, and says which law is broken.
func (w *world) live() error {
	db := w.db("t")
	for range 3 + w.IntN(3) {
		if err := w.write(); err != nil {
			return err
		}
		if err := w.read(db); err != nil {
			return err
		}
		if err := w.look(); err != nil {
			return err
		}
		if err := w.same("1", db, w.db("now"), false); err != nil {
			return err
		}
		embeds, err := w.embeds(db, true)
		if err != nil {
			return err
		}
		if !maps.Equal(embeds, w.ever) {
			return fmt.Errorf("2: there are\n%s\nthere were\n%s", lines(embeds), lines(w.ever))
		}
		if len(w.snapshots) < 4 && w.IntN(2) == 0 {
			copied, err := w.copied(db)
			if err != nil {
				return err
			}
			w.snapshots = append(w.snapshots, copied)
		}
		w.change()
	}
	if _, err := w.say("verify", "--db", db); err != nil {
		return fmt.Errorf("4: %w", err)
	}
	return w.merge(append(w.snapshots, w.db("now")))
}

// merge merges archives in two ways.
func (w *world) merge(dbs []string) error {
	w.tell(fmt.Sprintf("merge %d", len(dbs)))
	one, other := w.db("one"), w.db("other")
	if _, err := w.say(append([]string{"merge", "--db", one}, dbs...)...); err != nil {
		return err
	}
	w.Shuffle(len(dbs), func(i, j int) { dbs[i], dbs[j] = dbs[j], dbs[i] })
	n := 1 + w.IntN(len(dbs))
	group := w.db("group")
	if _, err := w.say(append([]string{"merge", "--db", group}, dbs[:n]...)...); err != nil {
		return err
	}
	rest := append(slices.Clone(dbs[w.IntN(n+1):]), group) // some of them once more
	w.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	if _, err := w.say(append([]string{"merge", "--db", other}, rest...)...); err != nil {
		return err
	}
	if err := w.same("3", one, other, true); err != nil {
		return err
	}
	_, err := w.say("verify", "--db", other)
	if err != nil {
		return fmt.Errorf("4: %w", err)
	}
	return nil
}

func lines(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), "\n") }
