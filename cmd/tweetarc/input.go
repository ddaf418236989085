package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/archive/corpus/remote"
	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/store"
)

// Tested in inputs_test.go and secrets_test.go.

// inputFlags are the flags of every command that reads a corpus: what to read, and how.
func inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "text-field", Usage: "the `FIELD` of a record that holds the text (a.b is field b in field a)"},
		&cli.StringFlag{Name: "url-field", Usage: "the `FIELD` that holds the article's address"},
		&cli.StringFlag{Name: "title-field", Usage: "the `FIELD` that holds its title"},
		&cli.StringFlag{Name: "date-field", Usage: "the `FIELD` that holds its date"},
		&cli.StringFlag{Name: "outlet-field", Usage: "the `FIELD` that holds who published it"},
		&cli.StringSliceFlag{Name: "include", Usage: "in folders, zip and tar files, read only files that match this `GLOB` (may be repeated)"},
		&cli.StringSliceFlag{Name: "exclude", Usage: "in folders, zip and tar files, leave out files that match this `GLOB` (may be repeated)"},
		&cli.StringFlag{Name: "paths-from", TakesFile: true, Usage: "also read the paths in `FILE`, one per line (may be gzip or a URL; - is standard input)"},
		&cli.StringFlag{Name: "base-url", Usage: "the `URL` that comes before each path of --paths-from"},
		&cli.DurationFlag{Name: "timeout", Value: time.Minute, Usage: "for URLs: ask again if nothing comes for this `TIME`"},
		&cli.IntFlag{Name: "tries", Value: 12, Usage: "for URLs: give up after `N` tries in a row without a new byte"},
		&cli.StringFlag{Name: "from", Usage: "only articles published on this `DAY` (YYYY-MM-DD) or later; leaves out those without a date"},
		&cli.StringFlag{Name: "to", Usage: "only articles published on this `DAY` or earlier; leaves out those without a date"},
		&cli.StringFlag{Name: "weights", TakesFile: true, Usage: "decide where texts begin and end by the weights in `FILE`, trained on your own corpus (see archive/detect/TRAINING.md)"},
		&cli.BoolFlag{Name: "links", Usage: "also find tweets that are only linked to; their form is link"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "show no progress"},
		&cli.IntFlag{Name: "limit", Usage: "stop after `N` articles"},
		&cli.Int64Flag{Name: "max-record", Value: corpus.DefaultMaxRecord, Usage: "skip records of more than `BYTES`"},
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Usage: "read with `N` finders at the same time", DefaultText: "one per processor"},
	}
}

// scanMemory is the memory limit of a scan, in bytes: above it the garbage collector works
// harder. Without it the row groups of a Parquet file would take twice the memory that
// they need. GOMEMLIMIT in the environment overrides it.
const scanMemory = 120 << 20

// withRoom raises the memory limit for long articles. What is found in them takes many
// times their bytes, and at its limit the collector would run all the time. With a
// greater times, the largest pages would take less time and more memory.
func withRoom(find func(*archive.Article) []archive.Embed) func(*archive.Article) []archive.Embed {
	const long, times = 1 << 20, 2
	return func(a *archive.Article) []archive.Embed {
		if n := scanMemory + times*int64(len(a.Body)); len(a.Body) > long && debug.SetMemoryLimit(-1) < n {
			debug.SetMemoryLimit(n)
		}
		return find(a)
	}
}

// reader is the corpus reader that the flags describe.
func reader(c *cli.Context) (*corpus.Reader, error) {
	for _, name := range []string{"include", "exclude"} {
		for _, g := range c.StringSlice(name) {
			if !corpus.CheckGlob(g) {
				return nil, usagef(c, "--%s: %q is no glob", name, g)
			}
		}
	}
	if err := cmp.Or(moreThanZero(c, "timeout", "tries", "max-record"), notNegative(c, "limit", "jobs")); err != nil {
		return nil, err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(scanMemory)
	}
	return &corpus.Reader{
		MayHold:   detect.MayHold,
		Fields:    corpus.Fields{Text: c.String("text-field"), URL: c.String("url-field"), Title: c.String("title-field"), Date: c.String("date-field"), Outlet: c.String("outlet-field")},
		Include:   c.StringSlice("include"),
		Exclude:   c.StringSlice("exclude"),
		Limit:     c.Int("limit"),
		MaxRecord: c.Int64("max-record"),
		Stdin:     c.App.Reader,
		Done:      c.Context.Done(),
		Open:      opener(c.Context, remoteClient(c)),
	}, nil
}

// inputPaths are the arguments and what --paths-from names.
func inputPaths(c *cli.Context) ([]string, error) {
	paths := c.Args().Slice()
	list := c.String("paths-from")
	if c.String("base-url") != "" && (list == "" || !remote.Is(c.String("base-url"))) {
		return nil, usagef(c, "--base-url must be an http, https or s3 URL, and needs --paths-from")
	}
	if list != "" {
		listed, err := listedPaths(c, list)
		if err != nil {
			return nil, fmt.Errorf("--paths-from %w", fileError(archive.WithoutSecrets(list), err))
		}
		paths = append(paths, listed...)
		if len(paths) == 0 {
			return nil, fmt.Errorf("--paths-from %s: there are no paths in it", archive.WithoutSecrets(list))
		}
	}
	if len(paths) == 0 {
		return nil, usagef(c, "no PATH given (- is standard input)")
	}
	for i, p := range paths { // as the reader names them
		paths[i] = corpus.PathName(corpus.RealPath(p))
	}
	return paths, oneName(paths)
}

// oneName refuses URLs that differ only in their secret parts: the archive would take them
// for one input, and not read the second or replace the first by it.
func oneName(paths []string) error {
	var addresses map[string]string // by their names
	for _, p := range paths {
		if !remote.Is(p) {
			continue
		}
		name := archive.WithoutSecrets(p)
		if other, ok := addresses[name]; ok && other != p {
			return fmt.Errorf("%s: two URLs differ only in a password, key or signature, so the archive would take them for one; download them and read the files", name)
		}
		if addresses == nil {
			addresses = map[string]string{}
		}
		addresses[name] = p
	}
	return nil
}

// namesOf are the paths as archive.File has them.
func namesOf(paths []string) []string {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = archive.WithoutSecrets(p)
	}
	return names
}

// unlessDone calls read, but does not wait longer than ctx: read may wait for a pipe into
// which nobody writes.
func unlessDone[T any](ctx context.Context, read func() (T, error)) (T, error) {
	var all T
	var err error
	over := make(chan struct{})
	go func() {
		all, err = read()
		close(over)
	}()
	select {
	case <-over:
		return all, err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// listedPaths are the lines of a list: a file, a URL, or standard input, which may be gzip
// as Common Crawl's warc.paths.gz is.
func listedPaths(c *cli.Context, list string) ([]string, error) {
	return unlessDone(c.Context, func() ([]string, error) { return readList(c, list) })
}

func readList(c *cli.Context, list string) (paths []string, err error) {
	in := c.App.Reader
	switch {
	case remote.Is(list):
		r, err := remoteClient(c).Open(c.Context, list)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		in = r
	case list != "-":
		f, err := os.Open(list)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b := bufio.NewReader(in)
	in = b
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		if in, err = gzip.NewReader(b); err != nil {
			return nil, err
		}
	}
	base := c.String("base-url")
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p := strings.TrimSuffix(lines.Text(), "\r")
		if p == "" {
			continue
		}
		if base != "" && !remote.Is(p) {
			p = strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(p, "/")
		}
		paths = append(paths, p)
	}
	return paths, lines.Err()
}

// detection is how a scan finds tweets, with all flags that change what is found in a file:
// a file that was read with other ones must be read again.
type detection struct {
	find    func(*archive.Article) []archive.Embed
	version int    // if two versions read an article, the higher one counts, see detect.Weights.Rank
	options string // these flags, and the version of the detector
	globs   string // the flags that choose files in a container
	partial bool   // the flags leave something out
	outside leftOut
	leaves  func(*archive.Article) bool // whether --from and --to leave an article out; nil if they are not given

	keep     []string // see keepFlags
	lack     []string // those of keep that only earlier runs asked for: an input may lack them
	countAll bool
}

// leftOut counts the articles that may hold a tweet, but are left out by --from and --to.
type leftOut struct {
	articles atomic.Int64
	undated  atomic.Int64 // ... because they have no date
}

// tell prints how many they are.
func (l *leftOut) tell(w io.Writer) {
	articles, undated := l.articles.Load(), l.undated.Load()
	switch {
	case articles == 0:
		return
	case undated == articles:
		fmt.Fprintf(w, "%s left out by --from and --to: without a date\n", plural(int(articles), "article"))
	case undated > 0:
		fmt.Fprintf(w, "%s left out by --from and --to, %d of them without a date\n", plural(int(articles), "article"), undated)
	default:
		fmt.Fprintf(w, "%s left out by --from and --to\n", plural(int(articles), "article"))
	}
}

// detector is the detection that the flags ask for.
func detector(c *cli.Context) (*detection, error) {
	weights, err := weightsFile(c)
	if err != nil {
		return nil, err
	}
	d := &detection{find: weights.Tweets, version: int(weights.Rank(c.Bool("links"))), options: strconv.Itoa(detect.Version)}
	if weights.Hash != "" {
		d.options += " --weights=" + weights.Hash[:16]
	}
	for _, name := range []string{"from", "to", "text-field", "url-field", "title-field", "date-field", "outlet-field"} {
		if v := c.String(name); v != "" {
			d.options += " --" + name + "=" + v
		}
	}
	if c.Bool("links") {
		d.find, d.options = weights.TweetsAndLinks, d.options+" --links"
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		d.find = withRoom(d.find)
	}
	if n := c.Int64("max-record"); n != 0 && n != corpus.DefaultMaxRecord {
		d.options += fmt.Sprintf(" --max-record=%d", n)
		d.partial = n < corpus.DefaultMaxRecord
	}
	if n := c.Int("limit"); n > 0 {
		d.options += fmt.Sprintf(" --limit=%d", n)
		d.partial = true
	}
	for _, name := range []string{"include", "exclude"} {
		for _, g := range c.StringSlice(name) {
			d.globs += " --" + name + "=" + g
		}
	}
	return d, d.between(c)
}

// between makes it leave out the articles that --from and --to exclude, and those without
// a date.
func (d *detection) between(c *cli.Context) error {
	from, to := c.String("from"), c.String("to")
	for _, name := range []string{"from", "to"} {
		day := c.String(name)
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return usagef(c, "--%s: %q is no day (write YYYY-MM-DD)", name, day)
		}
	}
	if to != "" && from > to {
		return usagef(c, "--from %s is after --to %s", from, to)
	}
	if from == "" && to == "" {
		return nil
	}
	d.partial = true
	all := d.find
	d.leaves = func(a *archive.Article) bool { return a.Date == "" || a.Date < from || to != "" && a.Date > to }
	d.find = func(a *archive.Article) []archive.Embed {
		if d.leaves(a) {
			d.outside.articles.Add(1)
			if a.Date == "" {
				d.outside.undated.Add(1)
			}
			return nil
		}
		return all(a)
	}
	return nil
}

// weightsFile are the weights that --weights names, or those of the program.
func weightsFile(c *cli.Context) (*detect.Weights, error) {
	path := c.String("weights")
	if path == "" {
		return detect.BuiltIn(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--weights %w", fileError(path, err))
	}
	defer f.Close()
	w, err := detect.ReadWeights(f)
	if err != nil {
		return nil, &store.Error{Err: fmt.Errorf("--weights %w", fileError(path, err)), Hint: "archive/detect/TRAINING.md says how to make such a file"}
	}
	return w, nil
}

// shardDetector is detector for shards. Each of them may be of a container, and globs may
// leave out a part of it, so globs count as options.
func shardDetector(c *cli.Context) (*detection, error) {
	d, err := detector(c)
	if err == nil && d.globs != "" {
		d.options, d.partial = d.options+d.globs, true
	}
	return d, err
}

// newRun is what the archive records of the command.
func newRun(c *cli.Context, d *detection) store.Run {
	return store.Run{
		Command:  commandLine(c),
		Version:  c.App.Version,
		Detector: d.version,
		Options:  d.options,
		Globs:    d.globs,
		Partial:  d.partial,
		Keep:     d.keep,
		CountAll: d.countAll,
		Gone: func(path string) bool {
			_, err := os.Lstat(corpus.RealPath(path))
			return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		},
	}
}
