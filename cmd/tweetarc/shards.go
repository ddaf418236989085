package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/archive/corpus/remote"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and shard_test.go.

func shardsCommand() *cli.Command {
	return &cli.Command{
		Name:      "shards",
		Usage:     "say which inputs of shard are done, and which are missing",
		ArgsUsage: "DIR",
		Description: `Counts the inputs that are done, missing, failed (could not be read to the end)
or stale (have changed since, or were read by an older detector or with other
flags: give the flags that shard had), and says why inputs failed (the exit code
is then 3). The inputs are those of --paths-from, or else those that the folder
DIR knows of. --missing prints the paths that are not done, for the next run.

   tweetarc shards shards
   tweetarc shards --paths-from warc.paths.gz \
      --base-url https://data.commoncrawl.org/ shards
   tweetarc shards --paths-from list --missing shards |
      tweetarc shard --out shards --paths-from -`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "missing", Usage: "print the paths that are not done, one per line"},
		}, flagsNamed(inputFlags(), "paths-from", "base-url", "text-field", "url-field", "title-field", "date-field", "from", "to", "weights", "links", "max-record", "include", "exclude")...),
		Action: shardsAction,
	}
}

// flagsNamed are the flags of these names.
func flagsNamed(flags []cli.Flag, names ...string) []cli.Flag {
	var some []cli.Flag
	for _, name := range names {
		for _, f := range flags {
			if f.Names()[0] == name {
				some = append(some, f)
			}
		}
	}
	return some
}

// The states of an input, in the order in which they are printed.
var shardStates = []string{"done", "missing", "failed", "stale"}

func shardsAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef(c, "give one folder of shard files")
	}
	dir := c.Args().First()
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such folder", dir)
	} else if err != nil {
		return outputError(dir, err)
	} else if !info.IsDir() {
		return usagef(c, "%s is not a folder", dir)
	}
	d, err := shardDetector(c)
	if err != nil {
		return err
	}
	inputs, err := judgedInputs(c, dir)
	if err != nil {
		return err
	}
	if c.Bool("missing") {
		for _, input := range inputs {
			if state, _, _ := shardState(dir, archive.WithoutSecrets(input), d.options); state != "done" {
				if _, err := fmt.Fprintln(c.App.Writer, input); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var out bytes.Buffer
	failed := troubles{w: &out, begin: "failed: "}
	counts := map[string]int{}
	for _, input := range inputs {
		name := archive.WithoutSecrets(input)
		state, line, reason := shardState(dir, name, d.options)
		switch counts[state]++; {
		case state == "failed" && reason != "":
			failed.add(archive.Origin{File: name}, reason, line)
		case state == "failed":
			failed.input(name, line)
		}
	}
	failed.end()
	broken, err := brokenShards(&out, dir)
	if err != nil {
		return err
	}
	for _, state := range shardStates {
		if _, err := fmt.Fprintf(c.App.Writer, "%-8s %d\n", state, counts[state]); err != nil {
			return err
		}
	}
	if _, err := out.WriteTo(c.App.Writer); err != nil {
		return err
	}
	if n := counts["failed"]; n > 0 {
		return &incompleteError{fmt.Errorf("%s of %d could not be read to the end; the same tweetarc shard command tries again", plural(n, "input"), len(inputs))}
	}
	if broken > 0 {
		return &incompleteError{fmt.Errorf("%s not finished or damaged; %s", are(broken, "shard file"), makeAgain)}
	}
	return nil
}

// makeAgain is what to do about shard files that cannot be added to an archive.
const makeAgain = "delete such files, and the same tweetarc shard command makes them again"

// brokenShards prints the shard files of a folder that are not finished, or no shard
// files, and counts them.
func brokenShards(w io.Writer, dir string) (n int, err error) {
	names, err := shardFiles(dir)
	if err != nil {
		return 0, err
	}
	broken := troubles{w: w, begin: "broken: "}
	for _, name := range names {
		if _, err := store.OpenShard(name); err != nil {
			n++
			broken.input(name, err.Error())
		}
	}
	broken.end()
	return n, nil
}

// judgedInputs are the inputs that --paths-from lists, else those of which a folder has
// a shard file or a note, each once.
func judgedInputs(c *cli.Context, dir string) (inputs []string, err error) {
	var all []string
	if list := c.String("paths-from"); list == "" {
		if all, err = knownInputs(dir); err == nil && len(all) == 0 {
			names, err := shardFiles(dir)
			if err != nil || len(names) == 0 {
				return nil, cmp.Or(err, noShards(dir))
			}
		}
	} else if all, err = listedPaths(c, list); err != nil {
		err = fmt.Errorf("--paths-from %s: %w", archive.WithoutSecrets(list), err)
	}
	seen := map[string]bool{}
	for _, input := range all {
		if input = corpus.PathName(corpus.RealPath(input)); !seen[input] {
			seen[input] = true
			inputs = append(inputs, input)
		}
	}
	return inputs, err
}

// shardState says how far an input is. Of one that failed, line is the error, and reason
// its archive.Reason if that is known.
func shardState(dir, input, options string) (state, line, reason string) {
	s, _ := store.OpenShard(filepath.Join(dir, shardName(input)+shardExt)) // unfinished is missing
	if b, err := os.ReadFile(filepath.Join(dir, "failed", shardName(input)+".json")); err == nil {
		var f failure
		if json.Unmarshal(b, &f) != nil {
			f.Error = input + ": unreadable note in failed/"
		}
		return "failed", f.Error, f.Reason
	}
	if s == nil {
		return "missing", "", ""
	}
	if s.Trailer.Failed != "" {
		return "failed", s.Trailer.Failed, ""
	}
	f := archive.File{Path: input}
	if !remote.Is(input) {
		info, err := os.Stat(corpus.RealPath(input))
		if err != nil { // gone, or on another machine: what was read counts
			f.Size, f.ModTime = s.Header.Size, s.Header.ModTime
		} else {
			f.Size, f.ModTime = info.Size(), info.ModTime()
		}
	}
	if current(s, &f, options) {
		return "done", "", ""
	}
	return "stale", "", ""
}

// shardFiles are the names of the shard files in a folder, in order.
func shardFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), shardExt) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}

// knownInputs are the inputs of which a folder has a shard file or a note.
func knownInputs(dir string) ([]string, error) {
	names, err := shardFiles(dir)
	if err != nil {
		return nil, err
	}
	var inputs []string
	for _, name := range names {
		if s, err := store.OpenShard(name); err == nil {
			inputs = append(inputs, s.Header.Input)
		}
	}
	notes, err := os.ReadDir(filepath.Join(dir, "failed"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, n := range notes {
		if strings.HasPrefix(n.Name(), ".") {
			continue // one that is being written
		}
		path := filepath.Join(dir, "failed", n.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var f failure
		if err := json.Unmarshal(b, &f); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		inputs = append(inputs, f.Input)
	}
	slices.Sort(inputs)
	return inputs, nil
}
