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
)

func archiveCommand() *cli.Command {
	return &cli.Command{
		Name:      "archive",
		Usage:     "find the tweets in articles and save them",
		ArgsUsage: "PATH...",
		Description: `Reads files and folders, or - for standard input, and saves every embed of a
tweet. A file that is archived already and has not changed is not read again;
what was broken off goes on where it stopped. A PATH may be a URL (http, https,
s3); a password or a signature in it is sent to its server, and neither printed
nor kept.

An article is its content: the same one in two files is one article with two
places. A file is the same file however its path is written. When a file has
changed, what it no longer holds is kept as superseded: it counts for nothing,
and search, show and export print it with --superseded. A reading that leaves
something out (--from, --to, --limit, a small --max-record) supersedes nothing.

--keep names fields of the corpus that are kept with each place of an article:
they are columns of exports, and keep.NAME:value searches them. --count-all
counts the articles without tweets, too, by outlet and month, so that "stats"
can say in which share of them tweets are embedded; every record is then read
whole, which takes some times as long. Later runs into the same archive keep the
same fields, and count, until one says --count-all=false. A table that lacks
one of the fields is refused: archive it with another --db, and merge.

   tweetarc archive articles/
   tweetarc archive --db news.db --text-field story --date-field printed a.csv
   tweetarc archive --keep section --outlet-field paper --count-all all.csv
   tweetarc archive CC-NEWS-20180322.warc.gz`,
		Flags: append([]cli.Flag{
			dbFlag(),
			&cli.BoolFlag{Name: "verify", Usage: "hash the inputs: a file is unchanged if its SHA-256 is, and the manifest has it"},
			&cli.BoolFlag{Name: "force", Usage: "read again what was archived before"},
		}, append(keepFlags(), inputFlags()...)...),
		Action: archiveAction,
	}
}

func archiveAction(c *cli.Context) error {
	paths, err := inputPaths(c)
	if err != nil {
		return err
	}
	t := newTally(paths)
	d, err := detector(c)
	if err != nil {
		return err
	}
	r, err := reader(c)
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
		err = d.keeping(c, r, before, counted)
	}
	if err != nil {
		return err
	}
	run := newRun(c, d)
	run.Force = c.Bool("force")
	rows, err := db.Writer(run)
	if err != nil {
		return err
	}
	r.Resume = t.resuming(rows.Resume)
	if c.Bool("verify") {
		r.Resume = t.resuming(hashed(rows.Resume))
	}
	var last archive.Origin
	kept := make(seenFields, len(d.keep))
	bar := startProgress(c, r, paths)
	defer bar.end()
	scan := archive.Scan{Find: d.find, Workers: c.Int("jobs"), All: d.countAll, Keep: func(p archive.Part) error {
		p = d.inside(p)
		for _, f := range p.Found {
			kept.add(f)
		}
		t.add(bar, c.App.Name, p)
		bar.tweets.Store(int64(t.embeds))
		last = archive.Origin{File: p.File.Path, Record: p.Record}
		return rows.Add(t.kept(p))
	}}
	err = scan.Run(c.Context, r.Articles(paths...))
	bar.end()
	if e := rows.Close(); e != nil {
		err = e
	}
	if errors.Is(err, context.Canceled) {
		if last.File != "" {
			err = fmt.Errorf("stopped after %v; all up to there is saved, the same command goes on from there", last)
		} else {
			err = errors.New("stopped before anything was read")
		}
	}
	if err != nil {
		return err
	}
	done, _ := r.BytesRead()
	t.outside = &d.outside
	t.tellAll(c, rows.Counts(), done)
	if d.countAll {
		fmt.Fprintf(c.App.ErrWriter, "%s counted\n", plural(rows.Counts().Counted, "article"))
	}
	if t.embeds > 0 {
		kept.tell(c, d.keep)
	}
	for _, s := range rows.Superseded() {
		fmt.Fprintf(c.App.ErrWriter, "%s no longer in %s; kept as superseded\n", are(s.N, "tweet"), plain(s.Name))
	}
	if n, err := db.Count(c.Context, nil); err == nil {
		fmt.Fprintf(c.App.ErrWriter, "%s now holds %s\n", c.String("db"), plural(n, "tweet"))
	}
	return t.failure()
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
		words[i] = shellWord(archive.WithoutSecrets(w))
	}
	return strings.Join(words, " ")
}

// shellWord is s as a POSIX shell reads it as one word. What plain would change is
// written in $'...', so that it comes through as it is.
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

// hashed gives files their hash before resume is asked about them. One that
// cannot be read keeps none; the reader will say why.
func hashed(resume func(*archive.File) (int, bool)) func(*archive.File) (int, bool) {
	var path, sum string // of the file hashed last, a container of many perhaps
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
