// Command tweetarc finds the tweets that are embedded in articles, archives them in an
// SQLite file, and searches, counts, checks and exports what it found.
//
// The package reads command lines and prints; the work is done by others: archive/corpus
// reads articles, archive/detect finds embeds, archive/enrich asks what else is known of
// a tweet, store keeps it all, and web, below, shows it. Begin with run and newApp in
// main.go. Each command has a file of its name, which holds its help, its flags and its
// action. Those that read a corpus share input.go (flags), scan.go (the loop) and tally.go
// (what is said at the end).
package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and version_test.go.

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal ends the run in order, a second one at once
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: arguments and streams in, exit code out. 0 is done, 1
// failed, 2 wrong usage, 3 done, but some of the input could not be read.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	asks, none := asksCompletion(args)
	if none {
		return 0
	}
	out := &answer{w: stdout}
	app := newApp(stdin, out, stderr)
	args, err := arranged(app, args, asks)
	if err == nil {
		err = stopped(app.RunContext(ctx, args))
	}
	if e := out.failed(); e != nil {
		err = e
	}
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EPIPE): // the reader of our output has enough (| head)
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "%s: %s\n", app.Name, plain(archive.TextWithoutSecrets(err.Error())))
		fmt.Fprintf(stderr, "try: %s --help\n", strings.TrimSpace(app.Name+" "+usage.command))
		return 2
	}
	fmt.Fprintf(stderr, "%s: %s\n", app.Name, plain(archive.TextWithoutSecrets(err.Error())))
	var some *incompleteError
	if errors.As(err, &some) {
		return 3
	}
	return 1
}

// answer is standard output. It remembers that it could not be written, so that no command
// has to check each line that it prints.
type answer struct {
	w   io.Writer
	mu  sync.Mutex // a command that is stopped does not wait for what it writes
	err error
}

func (a *answer) Write(p []byte) (int, error) {
	n, err := a.w.Write(p)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = cmp.Or(a.err, err)
	return n, err
}

// failed is the error of the first writing that failed.
func (a *answer) failed() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return outputError("standard output", a.err)
}

// fileOf is the file that is written to, if it is one.
func fileOf(w io.Writer) (*os.File, bool) {
	if a, ok := w.(*answer); ok {
		w = a.w
	}
	f, ok := w.(*os.File)
	return f, ok
}

// stopped is the error of a command that a signal ended.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped")
	}
	return err
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:  "tweetarc",
		Usage: "find the tweets embedded in articles, archive and search them",
		UsageText: `   tweetarc archive articles/           find tweets in files, and save them
   tweetarc search 'words from:handle'  search what was saved
   tweetarc COMMAND --help              explain a command, with examples`,
		Description: `Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but some of the input could
not be read. Without --db the archive is the file that the environment variable
TWEETARC_DB names, or else tweets.db.`,
		Version:   version(),
		Reader:    stdin,
		Writer:    stdout,
		ErrWriter: stderr,
		Commands: []*cli.Command{
			archiveCommand(),
			detectCommand(),
			inspectCommand(),
			runsCommand(),
			searchCommand(),
			showCommand(),
			authorCommand(),
			statsCommand(),
			sampleCommand(),
			validateCommand(),
			exportCommand(),
			outletsCommand(),
			enrichCommand(),
			resolveCommand(),
			verifyCommand(),
			forgetCommand(),
			shardCommand(),
			shardsCommand(),
			mergeCommand(),
			serveCommand(),
			reportCommand(),
			schemaCommand(),
			manCommand(),
			completionCommand(),
			helpCommand(),
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return unknownCommand(c, c.Args().Slice()...)
			}
			return cli.ShowAppHelp(c)
		},
		Flags:                []cli.Flag{cli.HelpFlag}, // the package cli adds it only where help is its own
		OnUsageError:         onUsageError,
		ExitErrHandler:       func(*cli.Context, error) {}, // run prints the error
		EnableBashCompletion: true,

		DisableSliceFlagSeparator: true, // a comma may be in a glob or a file's name
	}
	for _, command := range app.Commands {
		command.OnUsageError = onUsageError
		command.HideHelpCommand = true
	}
	return app
}

//go:embed CITATION.cff
var citation string

// version is the one in CITATION.cff, followed by the commit, unless this is the release
// itself.
func version() string {
	_, v, _ := strings.Cut(citation, "\nversion: ")
	v, _, _ = strings.Cut(v, "\n")
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "v"+v {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return v + "+" + s.Value[:min(12, len(s.Value))]
		}
	}
	return v // built from an archive of the source
}

// usageError is a command line that cannot be understood.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }

func usagef(c *cli.Context, format string, args ...any) error {
	return &usageError{c.Command.Name, fmt.Errorf(format, args...)}
}

func onUsageError(c *cli.Context, err error, isSub bool) error {
	if c.Command != nil && c.Command.Name != c.App.Name {
		return &usageError{c.Command.Name, badValue(c.Command.Flags, err)}
	}
	if flag, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		err = unknownFlag(&cli.Command{Flags: c.App.Flags}, dashed(strings.TrimPrefix(flag, "-")))
	}
	return &usageError{"", badValue(c.App.Flags, err)}
}

// openArchive opens the archive that --db names.
func openArchive(c *cli.Context, write bool) (*store.DB, error) {
	if c.String("db") == "" {
		return nil, usagef(c, "the name of the archive is empty; name it with --db or in TWEETARC_DB")
	}
	if write {
		return store.Open(c.String("db"))
	}
	return store.OpenReadOnly(c.String("db"))
}

func dbFlag() cli.Flag {
	return &cli.StringFlag{Name: "db", TakesFile: true, Value: "tweets.db", Usage: "the archive, an SQLite `FILE`", EnvVars: []string{"TWEETARC_DB"}}
}
