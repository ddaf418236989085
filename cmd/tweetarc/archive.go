package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and inputs_test.go.

func archiveCommand() *cli.Command {
	return &cli.Command{
		Name:      "archive",
		Usage:     "find the tweets in articles, and save them",
		ArgsUsage: "PATH...",
		Description: `Reads files and folders, or - for standard input, and saves every embed: each
place in an article where a tweet is embedded (tweetarc help words explains such
words). A PATH may be a URL (http, https, s3). A password or a signature in it
goes to its server alone; it is neither printed nor kept.

A file that was archived before and has not changed is not read again. A run
that was stopped goes on where it stopped.

An article is its content: the same one in two files is one article with two
places. A file is the same file however its path is written. When a file has
changed, what it no longer holds is kept as superseded: it is not counted, and
search, show and export print it only with --superseded. A run that leaves
something out (--from, --to, --limit, a small --max-record) supersedes nothing.

--keep names fields of the records that are kept with each place of an article.
They are columns of exports, and keep.NAME:value searches them. --count-all also
counts the articles without tweets, by outlet and month, so that stats can say
which share of the articles embeds tweets. Every record is then read whole,
which takes several times as long. Later runs into the same archive keep the
same fields, and count, until one says --count-all=false. A table that lacks one
of the fields is refused: archive it with another --db, and merge the two.

   tweetarc archive articles/
   tweetarc archive --db news.db --text-field story --date-field printed a.csv
   tweetarc archive --keep section --outlet-field paper --count-all all.csv
   tweetarc archive CC-NEWS-20180322.warc.gz`,
		Flags: append([]cli.Flag{
			dbFlag(),
			&cli.BoolFlag{Name: "verify", Usage: "compare files by their SHA-256 instead of size and time, and keep it with the run"},
			&cli.BoolFlag{Name: "force", Usage: "read again what was archived before"},
		}, append(keepFlags(), inputFlags()...)...),
		Action: archiveAction,
	}
}

func archiveAction(c *cli.Context) error {
	s, err := newScanning(c)
	if err != nil {
		return err
	}
	db, err := openArchive(c, true)
	if err != nil {
		return err
	}
	defer db.Close()
	before, counted, err := db.Keeps(c.Context)
	if err == nil {
		err = s.d.keeping(c, s.r, before, counted)
	}
	if err != nil {
		return err
	}
	run := newRun(c, s.d)
	run.Force = c.Bool("force")
	rows, err := db.Writer(run)
	if err != nil {
		return err
	}
	if err := s.save(rows); err != nil {
		return err
	}
	done, _ := s.r.BytesRead()
	s.t.tellAll(c, rows.Counts(), done)
	if s.d.countAll {
		fmt.Fprintf(c.App.ErrWriter, "%s counted\n", plural(rows.Counts().Counted, "article"))
	}
	s.tellKept()
	tellSuperseded(c.App.ErrWriter, rows.Superseded())
	tellHolds(c, db)
	return s.t.failure()
}

// save reads the inputs into an archive. Where it is stopped, its error says where the
// next run goes on.
func (s *scanning) save(rows *store.Writer) error {
	resume := rows.Resume
	if s.c.Bool("verify") {
		resume = hashed(resume)
	}
	s.r.Resume = s.t.resuming(resume)
	var last archive.Origin
	err := s.run(func(p archive.Part) error {
		last = archive.Origin{File: p.File.Path, Record: p.Record}
		return rows.Add(s.t.kept(p))
	}, nil)
	if e := rows.Close(); e != nil {
		err = e
	}
	switch {
	case !errors.Is(err, context.Canceled):
		return err
	case last.File == "":
		return errors.New("stopped before anything was read")
	}
	return fmt.Errorf("stopped after %v; all up to there is saved, and the same command goes on from there", last)
}

// tellSuperseded says which files no longer hold tweets that they held.
func tellSuperseded(w io.Writer, files []store.Count) {
	for i, s := range files {
		if i == maxShown {
			n := 0
			for _, s := range files[i:] {
				n += s.N
			}
			fmt.Fprintf(w, "%s no longer in %s; kept as superseded\n", are(n, "tweet"), plural(len(files)-i, "other file"))
			return
		}
		fmt.Fprintf(w, "%s no longer in %s; kept as superseded\n", are(s.N, "tweet"), plain(s.Name))
	}
}

// tellHolds says how much an archive holds now.
func tellHolds(c *cli.Context, db *store.DB) {
	if n, err := db.Count(c.Context, nil); err == nil {
		fmt.Fprintf(c.App.ErrWriter, "%s now holds %s\n", c.String("db"), plural(n, "tweet"))
	}
}

// commandLine is the command with its flags and arguments, quoted for a shell: it is
// kept, and can be pasted. What is secret in URLs is left out.
func commandLine(c *cli.Context) string {
	var flags [][]string
	for _, name := range c.LocalFlagNames() {
		if !c.IsSet(name) || len(name) == 1 {
			continue
		}
		flag := []string{"--" + name}
		switch v := c.Value(name).(type) {
		case bool:
			if !v {
				flag[0] += "=false"
			}
		case cli.StringSlice:
			flag = nil
			for _, s := range v.Value() {
				flag = append(flag, "--"+name, s)
			}
		default:
			flag = append(flag, fmt.Sprint(v))
		}
		flags = append(flags, flag)
	}
	slices.SortFunc(flags, slices.Compare)
	words := append([]string{c.App.Name, c.Command.Name}, slices.Concat(flags...)...)
	paths := c.Args().Slice()
	if slices.ContainsFunc(paths, func(p string) bool { return len(p) > 1 && p[0] == '-' }) {
		words = append(words, "--")
	}
	words = append(words, paths...)
	for i, w := range words {
		words[i] = archive.WithoutSecrets(w)
	}
	return shellWords(words)
}

// shellWords are words, quoted for a POSIX shell.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellWord(w)
	}
	return strings.Join(quoted, " ")
}

// shellWord is s, quoted as one word for a POSIX shell. Text that plain would change is
// written in $'...', so that nothing of it gets lost.
func shellWord(s string) string {
	const bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
	switch {
	case s != "" && strings.Trim(s, bare) == "":
		return s
	case plain(s) == s:
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	b := []byte("$'")
	for rest := s; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		switch {
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\'' || r == '\\':
			b = append(b, '\\', byte(r))
		case unicode.IsPrint(r) && r != utf8.RuneError && !(r == ' ' && b[len(b)-1] == ' '):
			b = append(b, rest[:n]...)
		default:
			for _, c := range []byte(rest[:n]) {
				b = fmt.Appendf(b, `\x%02x`, c)
			}
		}
		rest = rest[n:]
	}
	return string(append(b, '\''))
}

// hashed gives files their hash before resume is asked about them. A file that cannot
// be read gets none; the reader will say why.
func hashed(resume func(*archive.File) (int, bool)) func(*archive.File) (int, bool) {
	var path, sum string // of the file hashed last: it may be a container of many
	return func(f *archive.File) (int, bool) {
		if on := corpus.OnDisk(f.Path); on != path {
			path, sum = on, ""
			if in, err := os.Open(on); err == nil {
				h := sha256.New()
				if _, err := io.Copy(h, in); err == nil {
					sum = hex.EncodeToString(h.Sum(nil))
				}
				in.Close()
			}
		}
		f.SHA256 = sum
		return resume(f)
	}
}
