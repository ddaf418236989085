package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/archive/corpus/remote"
	"example.org/tweetarc/store"
)

func shardCommand() *cli.Command {
	return &cli.Command{
		Name:      "shard",
		Usage:     "find the tweets in a share of a corpus, on one of many machines",
		ArgsUsage: "PATH...",
		Description: `Reads every input, a file or a URL, and writes what it finds to one file in the
folder --out. The file is named by the hash of the input's path (of a URL
without password and signature), and appears only when all of it is written. An
input whose file is there is not read again, unless it has changed or the
detector is newer. So any number of tasks can share a folder, be killed at any
time, and be started again. tweetarc merge brings the folder into an archive.

--shard I/N reads share I of N, counted from 0; the hash of an input's path says
in which share it is. N may be another number the next time. --shard auto takes
I and N from the array job of Slurm or AWS Batch. Kubernetes gives only I: write
--shard auto/N.

An input that cannot be read to its end leaves a note in the folder failed in
--out, and is tried again the next time. The exit code is then 3, as it is if
only some records could not be read. One line of JSON per input says what came
of it.

   tweetarc shard --out shards articles/
   tweetarc shard --out shards --shard auto --paths-from warc.paths.gz \
      --base-url https://data.commoncrawl.org/
   tweetarc merge --db news.db shards`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "out", TakesFile: true, Aliases: []string{"o"}, Usage: "the `FOLDER` for the shard files; it is made if it is not there"},
			&cli.StringFlag{Name: "shard", Value: "0/1", Usage: "read share `I/N` of the inputs, or auto"},
			&cli.BoolFlag{Name: "force", Usage: "read again what is there already"},
		}, append(slices.DeleteFunc(inputFlags(), func(f cli.Flag) bool {
			return f.Names()[0] == "limit" || f.Names()[0] == "quiet"
		}), keepFlags()...)...),
		Action: shardAction,
	}
}

// incompleteError is the error of a command that did what it could, but not all.
type incompleteError struct{ error }

// sharder turns inputs into shard files.
type sharder struct {
	c       *cli.Context
	dir     string
	client  *remote.Client
	d       *detection
	scope   string // names the folder: paths in it mean the same to all its tasks
	inputs  []shardInput
	t       *tally
	side    int // inputs side by side
	workers int // for each input
}

// sharded is the result of an input, as shard prints it.
type sharded struct {
	Input string `json:"input"`
	Shard string `json:"shard,omitempty"` // the file
	State string `json:"state"`           // new, kept, failed
	*store.ShardTrailer
	Error string `json:"error,omitempty"`

	bytes   int64
	unread  unread
	stopped error // what ends the command
}

func shardAction(c *cli.Context) error {
	s, err := newSharder(c)
	if err != nil {
		return err
	}
	began := time.Now()
	ctx, cancel := context.WithCancelCause(c.Context)
	defer cancel(nil)
	total, err := s.collect(s.start(ctx), cancel)
	if err != nil {
		return err
	}
	w := c.App.ErrWriter
	fmt.Fprintf(w, "%s: %d new, %d kept, %d failed; %s\n", plural(len(s.inputs), "input"), total.states["new"], total.states["kept"], total.states["failed"], plural(s.t.embeds, "embed"))
	s.t.tellUnread(w)
	if s.t.before > 0 {
		fmt.Fprintf(w, "%s in the inputs that are kept could not be read the last time\n", plural(s.t.before, "record"))
	}
	tellSpeed(w, time.Since(began), total.bytes)
	if n := total.states["failed"]; n > 0 {
		return &incompleteError{fmt.Errorf("%s of %d could not be read to the end; the same command tries again", plural(n, "input"), len(s.inputs))}
	}
	return s.t.failure()
}

// newSharder reads flags and arguments, makes the folder, and lists the inputs.
func newSharder(c *cli.Context) (*sharder, error) {
	s := &sharder{c: c, dir: c.String("out"), client: remoteClient(c)}
	if s.dir == "" {
		return nil, usagef(c, "no folder for the shard files: name it with --out")
	}
	share, of, err := parseShare(c.String("shard"), os.Getenv)
	if err != nil {
		return nil, usagef(c, "--shard: %w", err)
	}
	paths, err := inputPaths(c)
	if err != nil {
		return nil, err
	}
	if slices.Contains(paths, "-") {
		return nil, usagef(c, "standard input has no name for its shard file; give a file or a URL")
	}
	if s.d, err = shardDetector(c); err != nil {
		return nil, err
	}
	r, err := reader(c)
	if err == nil {
		err = s.d.keeping(c, r, nil, false)
	}
	if err == nil {
		s.scope, err = shardFolder(s.dir)
	}
	if err != nil {
		return nil, err
	}
	s.t = newTally(paths, &s.d.outside)
	s.t.troubles = troubles{w: c.App.ErrWriter, begin: c.App.Name + ": "}
	s.inputs, s.t.skipped = shardInputs(r, paths, share, of)
	jobs := cmp.Or(c.Int("jobs"), runtime.GOMAXPROCS(0))
	s.side = max(1, min(len(s.inputs), jobs))
	s.workers = (jobs + s.side - 1) / s.side
	return s, nil
}

// shardFolder makes a folder of shards, and removes what killed tasks left in it.
func shardFolder(dir string) (scope string, err error) {
	failed := filepath.Join(dir, "failed")
	if err := os.MkdirAll(failed, 0o777); err != nil {
		return "", outputError(dir, err)
	}
	clean(dir, "") // once: a folder may hold very many files
	clean(failed, "")
	return folderScope(dir)
}

// start makes the shard files, several at the same time. Each input has a channel for its
// result.
func (s *sharder) start(ctx context.Context) []chan sharded {
	results := make([]chan sharded, len(s.inputs))
	for i := range results {
		results[i] = make(chan sharded, 1)
	}
	go func() {
		var g errgroup.Group
		g.SetLimit(s.side)
		for i := range s.inputs {
			g.Go(func() error {
				results[i] <- s.shard(ctx, &s.inputs[i])
				return nil
			})
		}
	}()
	return results
}

// shardTotals are the counts of a run of shard.
type shardTotals struct {
	states map[string]int
	bytes  int64
}

// collect prints the results in the order of the inputs, whichever is done first.
func (s *sharder) collect(results []chan sharded, cancel context.CancelCauseFunc) (*shardTotals, error) {
	total := &shardTotals{states: map[string]int{}}
	defer s.t.unread()
	out := json.NewEncoder(s.c.App.Writer)
	out.SetEscapeHTML(false)
	for i := range results {
		done := <-results[i]
		if done.stopped == nil {
			done.stopped = out.Encode(done)
		}
		if err := done.stopped; err != nil {
			cancel(err)
			for _, r := range results[i+1:] { // let those that are running finish
				<-r
			}
			if errors.Is(err, context.Canceled) {
				err = fmt.Errorf("stopped; %d of %s are done, and the same command goes on from there", total.states["new"]+total.states["kept"], plural(len(results), "input"))
			}
			return nil, err
		}
		total.states[done.State]++
		total.bytes += done.bytes
		s.count(&done)
	}
	return total, nil
}

// count counts the result of an input, and prints what could not be read.
func (s *sharder) count(done *sharded) {
	in := s.t.input(done.Input)
	nothing := false // all of it was passed over
	if done.ShardTrailer != nil {
		s.t.embeds += done.Embeds
		s.t.articles += done.Records - done.Errors
		nothing = done.Records == 0 && done.Failed == ""
	}
	if done.State == "kept" {
		s.t.resumed.Store(true)
		s.t.before += done.Errors
		if nothing {
			count(&done.unread.passed, "passed over the last time")
		}
	}
	s.t.addUnread(in, &done.unread)
	if done.State == "failed" && len(done.unread.errors) == 0 {
		s.t.troubles.input(done.Input, done.Error)
	}
	if in != nil && !nothing {
		in.settled.Store(true)
	}
}

// folderScope is the name of a folder of shards: paths that its tasks read mean the same
// to all of them. The first task makes it.
func folderScope(dir string) (string, error) {
	path := filepath.Join(dir, "scope")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		id := rand.Text()
		_, err = f.WriteString(id + "\n")
		if e := f.Close(); err == nil {
			err = e
		}
		return id, err
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", outputError(dir, err)
	}
	for range 50 { // another task may be writing it
		b, err := os.ReadFile(path)
		if id, ok := strings.CutSuffix(string(b), "\n"); err != nil || ok && id != "" {
			return id, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return "", fmt.Errorf("%s is not complete; if no task is running, delete it and try again", path)
}

// shardInput is one input of the corpus, as it is listed.
type shardInput struct {
	archive.File
	address string // what is read: Path or, of a URL, all of it
	found   bool   // in a folder: nobody named it
	err     error
}

// shardInputs are the inputs of one share, each once, and what was left out.
func shardInputs(r *corpus.Reader, paths []string, share, of uint64) (inputs []shardInput, skipped map[string]int) {
	seen := map[string]bool{}
	named := namesOf(paths)
	slices.Sort(named)
	addresses := map[string]string{} // of URLs, by their names
	for _, p := range paths {
		if remote.Is(p) {
			addresses[archive.WithoutSecrets(p)] = p
		}
	}
	for f, err := range r.Files(paths...) {
		if seen[f.Path] || shareOf(f.Path, of) != share {
			continue
		}
		seen[f.Path] = true
		var skip archive.Skipped
		if errors.As(err, &skip) {
			count(&skipped, string(skip))
			continue
		}
		_, is := slices.BinarySearch(named, f.Path)
		inputs = append(inputs, shardInput{*f, cmp.Or(addresses[f.Path], f.Path), !is, err})
	}
	return inputs, skipped
}

// shardName names the shard file of an input.
func shardName(input string) string {
	sum := sha256.Sum256([]byte(input))
	return hex.EncodeToString(sum[:16])
}

const shardExt = ".jsonl.gz"

// shareOf is the share of n to which an input belongs.
func shareOf(input string, n uint64) uint64 {
	sum := sha256.Sum256([]byte(input))
	return binary.BigEndian.Uint64(sum[:]) % n
}

func (s *sharder) path(input string) string {
	return filepath.Join(s.dir, shardName(input)+shardExt)
}

// current says whether a shard holds the input as it is now, read to its end with these
// options. A URL counts as unchanged: to ask costs as much as the answer is worth.
func current(h *store.Shard, f *archive.File, options string) bool {
	return h.Header.Input == f.Path && h.Header.Options == options && h.Trailer.Failed == "" &&
		(remote.Is(f.Path) || h.Header.Size == f.Size && h.Header.ModTime.Equal(f.ModTime))
}

// shard makes the shard file of one input, unless it is there.
func (s *sharder) shard(ctx context.Context, in *shardInput) sharded {
	done := sharded{Input: in.Path, Shard: s.path(in.Path)}
	if ctx.Err() != nil {
		done.stopped = context.Cause(ctx)
		return done
	}
	old, _ := store.OpenShard(done.Shard) // an unfinished one is made again
	if old != nil && !s.c.Bool("force") && current(old, &in.File, s.d.options) {
		done.State, done.ShardTrailer = "kept", &old.Trailer
		done.stopped = s.clear(in.Path)
		return done
	}
	err := in.err
	var t store.ShardTrailer
	if err == nil {
		t, err = s.write(ctx, in, &done, old != nil && old.Trailer.Failed == "")
	}
	var failed inputFailed
	switch {
	case err == nil && t.Failed == "":
		done.State, done.ShardTrailer = "new", &t
		done.stopped = s.clear(in.Path)
		return done
	case err == nil: // the file holds what could be read
		done.ShardTrailer = &t
		err = errors.New(t.Failed)
	case errors.As(err, &failed) || in.err != nil:
		done.Shard = ""
	default:
		done.stopped = err
		return done
	}
	done.State, done.Error = "failed", err.Error()
	done.stopped = s.fail(in.Path, done.Error, done.reason(err))
	return done
}

// reason is the archive.Reason of the error of an input that could not be read to its end.
func (d *sharded) reason(err error) string {
	for _, e := range d.unread.first {
		if archive.Head(e.Error(), 1000) == err.Error() { // as a shard file keeps it
			return archive.Reason(e)
		}
	}
	return archive.Reason(err)
}

// inputFailed is the error of an input that got no shard file.
type inputFailed struct{ error }

// write makes a shard file. With keep there is a complete one already, and an incomplete
// one does not replace it.
func (s *sharder) write(ctx context.Context, in *shardInput, done *sharded, keep bool) (t store.ShardTrailer, err error) {
	r, err := reader(s.c)
	if err != nil {
		return t, err
	}
	r.Found = in.found
	s.d.read(r)
	h := store.ShardHeader{
		Input: in.Path, Size: in.Size, ModTime: in.ModTime.UTC(), Version: s.c.App.Version,
		Abs: in.Abs, Scope: s.scope, Detector: s.d.version, Options: s.d.options, Partial: s.d.partial, Keep: s.d.keep, CountAll: s.d.countAll,
	}
	if remote.Is(in.Path) {
		h.Scope = "" // a URL is everywhere the same
		from, err := s.client.Open(ctx, in.address)
		if ctx.Err() != nil {
			return t, context.Cause(ctx)
		}
		if err != nil {
			return t, inputFailed{&archive.ReadError{Origin: archive.Origin{File: in.Path}, Err: err}}
		}
		defer from.Close()
		h.Size, h.ModTime, h.ETag = from.Size, from.ModTime, from.ETag
		r.Open = func(string) (*archive.File, io.ReadCloser, error) {
			return &archive.File{Size: from.Size, ModTime: from.ModTime}, from, nil
		}
	}
	err = outputs{cleaned: true}.write(ctx, outFile{done.Shard, func(w io.Writer) error {
		out, err := store.NewShardWriter(w, h)
		if err != nil {
			return err
		}
		scan := archive.Scan{Find: s.d.find, All: s.d.countAll, Workers: s.workers, Keep: func(p archive.Part) error {
			done.unread.add(p)
			return out.Add(s.d.inside(p))
		}}
		if err := scan.Run(ctx, r.Articles(in.address)); err != nil {
			return err
		}
		if t, err = out.Close(); err == nil && t.Failed != "" && keep {
			err = inputFailed{errors.New(t.Failed)}
		}
		return err
	}})
	done.bytes, _ = r.BytesRead()
	return t, err
}

// failure is the note in failed/ on an input.
type failure struct {
	Input    string    `json:"input"`
	Error    string    `json:"error"`
	Reason   string    `json:"reason,omitempty"` // the error without the input, details and cure
	Time     time.Time `json:"time"`
	Host     string    `json:"host,omitempty"`
	Detector string    `json:"detector"`
}

func (s *sharder) note(input string) string {
	return filepath.Join(s.dir, "failed", shardName(input)+".json")
}

// clear removes the note of an earlier failure.
func (s *sharder) clear(input string) error {
	if err := os.Remove(s.note(input)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// fail notes a failure.
func (s *sharder) fail(input, cause, reason string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "" // the note is good without it
	}
	return outputs{cleaned: true}.write(s.c.Context, outFile{s.note(input), func(w io.Writer) error {
		return json.NewEncoder(w).Encode(failure{input, cause, reason, time.Now().UTC().Truncate(time.Second), host, s.d.options})
	}})
}

// arrays are the array jobs that --shard auto supports, with the environment variables
// that say which task this is.
var arrays = []struct{ name, index, size, first, step string }{
	{"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP"},
	{"AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", "", ""},
	{"Kubernetes", "JOB_COMPLETION_INDEX", "", "", ""},
}

// parseShare reads I/N, auto and auto/N.
func parseShare(s string, env func(string) string) (share, of uint64, err error) {
	which, count, counted := strings.Cut(s, "/")
	if counted {
		if of, err = strconv.ParseUint(count, 10, 32); err != nil || of == 0 {
			return 0, 0, fmt.Errorf("%q must be I/N, with I from 0 to N-1, or auto", s)
		}
	}
	if which == "auto" {
		if share, of, err = arrayShare(of, env); err != nil {
			return 0, 0, err
		}
	} else if share, err = strconv.ParseUint(which, 10, 32); err != nil || !counted {
		return 0, 0, fmt.Errorf("%q must be I/N, with I from 0 to N-1, or auto", s)
	}
	if share >= of {
		return 0, 0, fmt.Errorf("there is no share %d of %d: the first is 0", share, of)
	}
	return share, of, nil
}

// arrayShare reads the environment; of is 0 if that should come from there, too.
func arrayShare(of uint64, env func(string) string) (share, n uint64, err error) {
	var unset []string
	for _, a := range arrays {
		if env(a.index) == "" {
			unset = append(unset, a.index)
			continue
		}
		number := func(name string, otherwise uint64) uint64 {
			if name == "" || env(name) == "" {
				return otherwise
			}
			v, e := strconv.ParseUint(env(name), 10, 32)
			if e != nil && err == nil {
				err = fmt.Errorf("%s: %s=%q is no number", a.name, name, env(name))
			}
			return v
		}
		index, first, step, size := number(a.index, 0), number(a.first, 0), number(a.step, 1), number(a.size, 0)
		switch {
		case err != nil:
			return 0, 0, err
		case of == 0 && size == 0:
			return 0, 0, fmt.Errorf("%s does not say how many tasks there are: write auto/N", a.name)
		case of == 0:
			of = size
		}
		if index < first || step == 0 || (index-first)%step != 0 || (index-first)/step >= of {
			return 0, 0, fmt.Errorf("%s: task %d is not one of %d in a row from %d: for such an array write I/N", a.name, index, of, first)
		}
		return (index - first) / step, of, nil
	}
	return 0, 0, fmt.Errorf("auto: this is no task of an array job, because none of %s is set", strings.Join(unset, ", "))
}
